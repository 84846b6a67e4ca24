/*
 * fuzz_dpi.c - the input drives payloads of some connections through nDPI's part.
 *
 * An operation takes 4 bytes and its text: the connection (bits 0 to 2), direction (3), whether to forget
 * it instead (4) or to begin anew on its place (5), its ports (6); how often the text is repeated; length
 * of the text (2, big endian, as far as there is input). Invariants: a verdict is final; no more states are
 * held than the cap; what is held is held for at most DPI_PAYLOADS_MAX payloads; counters add up; in the
 * end nothing is held. One nDPI serves all inputs: starting it takes 20 ms.
 */
#include "config.h"

#include "detect/dpi.h"

#include <stdlib.h>

#define SLOTS 8
#define CAP 5
#define HEAD 4
#define TEXT_MAX 65535u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* By default 256 MiB of freed memory are kept back, so that nearly every allocation is a page fault: three times slower. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* The text, repeated; a buffer of its own size, so that a read past its end is seen. */
static struct view repeat(struct view text, unsigned times)
{
    size_t n = min_size(text.n * (times + 1), TEXT_MAX);
    uint8_t *bytes = malloc(n + !n);

    check(bytes != NULL);
    for (size_t i = 0; i < n; i++)
        bytes[i] = text.p[i % text.n];
    return view_of(bytes, n);
}

static void show(struct dpi *dpi, struct dpi_slot *slot, uint8_t op, struct view bytes, ns_t time_ns)
{
    const struct dpi_counters before = *dpi_counters(dpi), *after = dpi_counters(dpi);
    const struct dpi_slot was = *slot;
    struct dpi_payload payload = {.bytes = bytes, .dir = op >> 3 & 1, .time_ns = time_ns};
    enum dpi_verdict said;

    payload.sport = payload.dir ? 3333 : (uint16_t)(op & 0x40 ? 8333 : 40000);
    payload.dport = payload.dir ? (uint16_t)(op & 0x40 ? 8333 : 40000) : 3333;
    said = dpi_packet(dpi, slot, &payload);
    check(said == slot->verdict);
    check(was.verdict == DPI_OPEN || (said == was.verdict && slot->n_shown == was.n_shown));
    check(said == DPI_OPEN || slot->flow == 0);
    check(slot->n_shown <= DPI_PAYLOADS_MAX && slot->n_shown <= was.n_shown + 1);
    check(bytes.n > 0 || slot->n_shown == was.n_shown);
    check(slot->n_sent[0] + slot->n_sent[1] <= slot->n_shown * DPI_PAYLOAD_MAX);
    check(dpi_n_held(dpi) <= CAP);
    check(after->flows - before.flows + after->refused - before.refused <= 1);
    check(after->mining - before.mining == (was.verdict == DPI_OPEN && said == DPI_MINING));
    check((after->refused > before.refused) == (was.verdict == DPI_OPEN && said == DPI_REFUSED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dpi *dpi;
    struct dpi_slot slots[SLOTS] = {0};
    struct buf b = buf_of(view_of(data, size));
    ns_t now = -NS_PER_SEC;

    if (!dpi)
        dpi = dpi_new(CAP);
    check(dpi != NULL);
    while (buf_left(&b) >= HEAD) {
        uint8_t op = buf_u8(&b), times = buf_u8(&b);
        struct view text = buf_take(&b, min_size(buf_be16(&b), buf_left(&b)));
        struct view bytes = repeat(text, times);
        struct dpi_slot *slot = &slots[op % SLOTS];

        if (op & 0x30)
            dpi_forget(dpi, slot);
        if (op & 0x20)
            *slot = (struct dpi_slot){0};
        if (!(op & 0x10))
            show(dpi, slot, op, bytes, now);
        now += NS_PER_SEC / 3;
        free((void *)(uintptr_t)bytes.p);
    }
    for (size_t i = 0; i < SLOTS; i++)
        dpi_forget(dpi, &slots[i]);
    check(dpi_n_held(dpi) == 0);
    return 0;
}
