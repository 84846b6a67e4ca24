/*
 * fuzz_stream.c - the input drives the segments of one stream.
 *
 * The first byte chooses where sequence numbers start and how the consumer behaves; then each segment
 * takes 6 bytes: what to do, offset (2), length (2), bytes cut off by the snap length. The byte at an
 * offset is a function of the offset. Invariants: what comes out is the right byte for its place, each
 * place is taken once at most (until the stream follows another connection far behind), and all
 * blocks are given back at the end.
 */
#include "config.h"

#include "flow/stream.h"

#include <stdlib.h>

#define SEGMENT_BYTES 6
#define LENGTH_MAX 20000u
#define PLACES (65536u + LENGTH_MAX)
#define FAR_BEHIND 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* By default 256 MiB of freed memory are kept back, so that nearly every allocation is a page fault: three times slower. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

struct run {
    struct stream_memory memory;
    struct stream stream;
    uint32_t base;
    uint8_t manner;
    struct stream_segment at_hand;
    uint32_t due; /* place of the next byte in order, before the segment at hand */
    uint8_t taken[PLACES];
};

static uint8_t text[PLACES];

static void check(bool ok)
{
    if (!ok)
        abort();
}

static uint32_t place_of(const struct run *r, struct view data)
{
    const struct view hand = r->at_hand.data;

    if (hand.p && data.p >= hand.p && data.p < hand.p + hand.n)
        return r->at_hand.seq + (uint32_t)(data.p - hand.p) - r->base;
    return r->stream.next_seq - (uint32_t)data.n - r->base;
}

/* True for a piece from before the first segment: the stream does not move for it. */
static bool is_alone(const struct run *r, uint32_t at, struct view data, unsigned flags)
{
    return flags == (STREAM_GAP | STREAM_CUT) && r->stream.next_seq - r->base != at + (uint32_t)data.n;
}

static size_t consumer(void *arg, struct view data, unsigned flags)
{
    struct run *r = arg;
    uint32_t at = place_of(r, data);
    size_t n = data.n;

    check(data.n > 0 && at < PLACES && data.n <= PLACES - at);
    check(memcmp(data.p, text + at, data.n) == 0);
    if (at < r->due && r->due - at >= FAR_BEHIND && flags & STREAM_GAP && !is_alone(r, at, data, flags))
        memset(r->taken, 0, sizeof(r->taken)); /* another connection */
    if (!(flags & STREAM_CUT)) {
        size_t newline = view_find_last(data, text[255]);

        n = r->manner & 1 ? data.n : r->manner & 2 ? 0 : newline == data.n ? 0 : newline + 1;
    }
    check(n == 0 || !memchr(r->taken + at, 1, n));
    memset(r->taken + at, 1, n);
    return n;
}

static void push(struct run *r, const uint8_t *b, ns_t now)
{
    uint32_t at = (uint32_t)b[1] << 8 | b[2], len = ((uint32_t)b[3] << 8 | b[4]) % LENGTH_MAX;
    uint32_t captured = len > b[5] && b[0] & 1 ? len - b[5] : len;
    uint8_t *copy;

    if (b[0] & 2)
        stream_ack(&r->stream, r->base + at);
    if (b[0] & 4) /* goes on where the stream is */
        at = (r->stream.next_seq - r->base + at % 16 - 8) % 65536;
    if (len == 0)
        return;
    copy = malloc(captured ? captured : 1);
    check(copy != NULL);
    memcpy(copy, text + at, captured);
    r->at_hand = (struct stream_segment){r->base + at, view_of(copy, captured), len, now};
    r->due = r->stream.started ? r->stream.next_seq - r->base : at;
    stream_push(&r->stream, &r->memory, &r->at_hand, consumer, r);
    r->at_hand.data = (struct view){NULL, 0};
    free(copy);
    check(r->stream.n_ranges <= STREAM_RANGES && r->stream.have <= STREAM_WINDOW);
    check(r->stream.has_block == (r->stream.have > 0 || r->stream.n_ranges > 0));
    for (int i = 0; i < r->stream.n_ranges; i++) { /* in order, apart from each other, inside the window */
        const struct stream_range *g = &r->stream.range[i];

        check(g->from > (i ? r->stream.range[i - 1].to : r->stream.have) && g->from < g->to && g->to <= STREAM_WINDOW);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run r;
    ns_t now = 0;

    if (size == 0)
        return 0;
    if (text[0] == 0)
        for (uint32_t i = 0; i < PLACES; i++)
            text[i] = (uint8_t)((i * UINT32_C(2654435761)) >> 24 | 1);
    memset(&r, 0, sizeof(r));
    check(stream_memory_init(&r.memory, 1));
    r.manner = data[0] & 3;
    r.base = (uint32_t)(data[0] >> 2) * 0x04000000u - 30000u;
    if (data[0] == 0xff)
        pool_take(&r.memory.blocks); /* no room at all */
    for (size_t i = 1; i + SEGMENT_BYTES <= size; i += SEGMENT_BYTES) {
        now += data[i] >> 3 << 24; /* up to half a second */
        push(&r, data + i, now);
    }
    stream_end(&r.stream, &r.memory, consumer, &r);
    check(r.memory.blocks.n_used == (data[0] == 0xff));
    stream_memory_fini(&r.memory);
    return 0;
}
