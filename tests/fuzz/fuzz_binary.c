/*
 * fuzz_binary.c - the input as a conversation that is no lines, whole and in pieces.
 *
 * First byte: how long the pieces are. Then messages: a byte, whose highest bit is the direction and the rest 256 bytes each of the
 * length, a byte with the rest of the length, and the bytes; the last one ends with the input. Invariants: what is found does not
 * depend on the pieces; records are in range.
 */
#include "config.h"

#include "../binary_talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static struct binary_talk *run(struct view input, size_t step)
{
    struct buf b = buf_of(input);
    struct binary_talk *t = talk_new();

    t->stop_when_lost = true;
    while (buf_left(&b) > 2) {
        uint8_t head = buf_u8(&b);
        size_t n = (size_t)(head & 0x7f) << 8 | buf_u8(&b);
        struct view what = view_head(buf_rest(&b), n);

        buf_skip(&b, what.n);
        talk_say(t, head >> 7, what, step);
    }
    talk_end(t);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view input = view_of(data, size);
    struct binary_talk *whole, *parts;

    if (size < 4)
        return 0;
    whole = run(view_skip(input, 1), STREAM_WINDOW);
    parts = run(view_skip(input, 1), 1u + data[0]);
    /* A first payload in pieces may be taken for the beginning of what the whole one is not. */
    if (whole->open && parts->open && whole->d.binary.form == parts->d.binary.form && whole->opened_at == parts->opened_at) {
        check(whole->d.proven == parts->d.proven && whole->d.protocol == parts->d.protocol);
        check(whole->d.n_messages == parts->d.n_messages && whole->d.n_submitted == parts->d.n_submitted);
        check(whole->d.n_accepted == parts->d.n_accepted && whole->n == parts->n);
        check(memcmp(whole->kinds, parts->kinds, sizeof(whole->kinds)) == 0);
    }
    talk_free(whole);
    talk_free(parts);
    return 0;
}
