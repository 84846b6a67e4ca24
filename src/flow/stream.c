/*
 * stream.c - the reassembly of stream.h: a window of bytes that starts with what is in order and may
 * hold pieces behind holes. Offsets in the window count from the first byte that is kept.
 */
#include "config.h"

#include "flow/stream.h"

#include <assert.h>

#define FAR_BEHIND 65536u /* bytes: more than a retransmission reaches back, so probably another connection */
#define N_OLD_MAX 3       /* segments in a row far behind until the stream follows them */

bool stream_memory_init(struct stream_memory *m, uint32_t n_blocks)
{
    m->ctr = (struct stream_counters){0};
    if (!pool_init(&m->blocks, STREAM_WINDOW, n_blocks))
        return false;
    m->blocks.is_scratch = true;
    return true;
}

void stream_memory_fini(struct stream_memory *m)
{
    pool_fini(&m->blocks);
}

static uint8_t *window(const struct stream *s, const struct stream_memory *m)
{
    return pool_at(&m->blocks, s->block);
}

static bool take_block(struct stream *s, struct stream_memory *m)
{
    if (s->has_block)
        return true;
    s->block = pool_take(&m->blocks);
    s->has_block = s->block != POOL_NONE;
    if (!s->has_block)
        m->ctr.no_room++;
    return s->has_block;
}

static void give_block_if_empty(struct stream *s, struct stream_memory *m)
{
    if (s->has_block && s->have == 0 && s->n_ranges == 0) {
        pool_give(&m->blocks, s->block);
        s->has_block = false;
    }
}

/* Calls the consumer; gives the bytes it is done with. */
static size_t hand_out(struct stream *s, struct view data, unsigned flags, stream_fn *fn, void *arg)
{
    size_t n = fn(arg, data, flags | (s->gap ? STREAM_GAP : 0));

    s->gap = false;
    return flags & STREAM_CUT ? data.n : min_size(n, data.n);
}

/* Moves the window forward by n bytes that the consumer is done with. */
static void forget(struct stream *s, struct stream_memory *m, uint32_t n)
{
    uint8_t *w = window(s, m);
    uint32_t end = s->n_ranges ? s->range[s->n_ranges - 1].to : s->have;

    if (n == 0)
        return;
    memmove(w, w + n, end - n);
    s->have -= n;
    for (int i = 0; i < s->n_ranges; i++) {
        s->range[i].from -= n;
        s->range[i].to -= n;
    }
}

/* Hands out what is in order in the window. */
static void drain(struct stream *s, struct stream_memory *m, unsigned flags, stream_fn *fn, void *arg)
{
    if (s->have == STREAM_WINDOW)
        flags |= STREAM_CUT;
    if (s->have)
        forget(s, m, (uint32_t)hand_out(s, view_of(window(s, m), s->have), flags, fn, arg));
    if (flags & STREAM_CUT && s->have == 0)
        s->gap = true;
}

/* Joins pieces that are no longer behind a hole. */
static void absorb(struct stream *s)
{
    int n = 0;

    while (n < s->n_ranges && s->range[n].from <= s->have) {
        if (s->range[n].to > s->have) {
            s->next_seq += s->range[n].to - s->have;
            s->have = s->range[n].to;
        }
        n++;
    }
    if (n == 0)
        return;
    memmove(s->range, s->range + n, (size_t)(s->n_ranges - n) * sizeof(s->range[0]));
    s->n_ranges = (uint8_t)(s->n_ranges - n);
    s->n_pending = 0;
}

/* Gives the first hole up: what came before it is cut, what comes after it starts with a gap. */
static void skip_hole(struct stream *s, struct stream_memory *m, stream_fn *fn, void *arg)
{
    uint32_t hole;

    assert(s->n_ranges > 0);
    m->ctr.gaps++;
    drain(s, m, STREAM_CUT, fn, arg);
    s->gap = true;
    hole = s->range[0].from; /* have is 0 now, so the window starts with the hole */
    s->next_seq += hole;
    memmove(window(s, m), window(s, m) + hole, s->range[s->n_ranges - 1].to - hole);
    for (int i = 0; i < s->n_ranges; i++) {
        s->range[i].from -= hole;
        s->range[i].to -= hole;
    }
    absorb(s);
    drain(s, m, 0, fn, arg);
}

/* Gives bytes to the consumer that cannot be kept. */
static void hand_out_cut(struct stream *s, struct view data, stream_fn *fn, void *arg)
{
    s->next_seq += (uint32_t)data.n;
    hand_out(s, data, STREAM_CUT, fn, arg);
    s->gap = true;
}

/* Appends in-order bytes to the window, up to each piece that is already there, and hands out. */
static void append(struct stream *s, struct stream_memory *m, struct view data, stream_fn *fn, void *arg)
{
    if (!take_block(s, m)) {
        hand_out_cut(s, data, fn, arg);
        return;
    }
    while (data.n > 0) { /* ends: there is room, as a full window is emptied, and the next piece lies ahead */
        uint32_t stop = s->n_ranges ? s->range[0].from : STREAM_WINDOW;
        uint32_t n = (uint32_t)min_size(data.n, stop - s->have);
        uint32_t seq;

        memcpy(window(s, m) + s->have, data.p, n);
        s->have += n;
        s->next_seq += n;
        seq = s->next_seq;
        absorb(s);
        data = view_skip(view_skip(data, n), s->next_seq - seq);
        drain(s, m, 0, fn, arg);
    }
}

/* In-order data. Consumes it in place when nothing is kept. */
static void deliver(struct stream *s, struct stream_memory *m, struct view data, stream_fn *fn, void *arg)
{
    size_t n;

    if (s->have > 0 || s->n_ranges > 0) {
        append(s, m, data, fn, arg);
        return;
    }
    n = hand_out(s, data, 0, fn, arg);
    s->next_seq += (uint32_t)n;
    data = view_skip(data, n);
    if (data.n == 0)
        return;
    if (data.n >= STREAM_WINDOW || !take_block(s, m)) {
        hand_out_cut(s, data, fn, arg);
        return;
    }
    memcpy(window(s, m), data.p, data.n);
    s->have = (uint32_t)data.n;
    s->next_seq += (uint32_t)data.n;
}

/* Puts [from, to) among the pieces, joined where they touch. False when there is no place. */
static bool add_range(struct stream *s, uint32_t from, uint32_t to)
{
    int at = 0, last;

    while (at < s->n_ranges && s->range[at].to < from)
        at++;
    for (last = at; last < s->n_ranges && s->range[last].from <= to; last++) {
        from = s->range[last].from < from ? s->range[last].from : from;
        to = s->range[last].to > to ? s->range[last].to : to;
    }
    if (last == at) {
        if (s->n_ranges == STREAM_RANGES)
            return false;
        memmove(s->range + at + 1, s->range + at, (size_t)(s->n_ranges - at) * sizeof(s->range[0]));
        s->n_ranges++;
    } else {
        memmove(s->range + at + 1, s->range + last, (size_t)(s->n_ranges - last) * sizeof(s->range[0]));
        s->n_ranges = (uint8_t)(s->n_ranges - (last - at - 1));
    }
    s->range[at] = (struct stream_range){from, to};
    return true;
}

/* Copies the bytes of [from, from + n) that no piece has yet. */
static void copy_new(struct stream *s, struct stream_memory *m, uint32_t from, struct view data)
{
    uint8_t *w = window(s, m);
    uint32_t at = from, end = from + (uint32_t)data.n;

    for (int i = 0; i <= s->n_ranges && at < end; i++) {
        uint32_t stop = i < s->n_ranges && s->range[i].from < end ? s->range[i].from : end;

        if (at < stop) {
            memcpy(w + at, data.p + (at - from), stop - at);
            at = stop;
        }
        if (i < s->n_ranges && s->range[i].to > at)
            at = s->range[i].to;
    }
}

/* Keeps a segment that lies behind a hole. False when it does not fit. */
static bool keep(struct stream *s, struct stream_memory *m, uint32_t ahead, const struct stream_segment *seg)
{
    uint64_t from = (uint64_t)s->have + ahead, to = from + seg->data.n;
    struct stream_range before[STREAM_RANGES];
    uint8_t n_before = s->n_ranges;

    if (to > STREAM_WINDOW || seg->data.n == 0 || !take_block(s, m))
        return false;
    memcpy(before, s->range, sizeof(before));
    if (s->n_ranges == STREAM_RANGES) { /* only when it joins what is there */
        if (!add_range(s, (uint32_t)from, (uint32_t)to))
            return false;
        memcpy(s->range, before, sizeof(before));
        s->n_ranges = n_before;
    }
    copy_new(s, m, (uint32_t)from, seg->data);
    add_range(s, (uint32_t)from, (uint32_t)to);
    if (s->n_pending++ == 0)
        s->hole_ns = seg->time_ns;
    return true;
}

/* Starts anew at seq: what is kept is handed out as cut. */
static void restart(struct stream *s, struct stream_memory *m, uint32_t seq, stream_fn *fn, void *arg)
{
    while (s->n_ranges > 0)
        skip_hole(s, m, fn, arg);
    drain(s, m, STREAM_CUT, fn, arg);
    m->ctr.gaps++;
    s->next_seq = seq;
    s->gap = true;
    s->n_old = 0;
    s->n_pending = 0;
}

/* The bytes of a segment behind those captured are missing: a hole that nothing will fill. */
static void skip_uncaptured(struct stream *s, struct stream_memory *m, const struct stream_segment *seg, stream_fn *fn,
                            void *arg)
{
    uint32_t captured_end = seg->seq + (uint32_t)seg->data.n;

    if (s->next_seq != captured_end)
        return;            /* pieces that came earlier reach beyond it */
    if (s->n_ranges > 0) { /* the hole before the first piece is no longer worth waiting for */
        skip_hole(s, m, fn, arg);
        return;
    }
    drain(s, m, STREAM_CUT, fn, arg);
    s->next_seq = seg->seq + seg->wire_len;
    s->gap = true;
}

/*
 * A segment from before the first one that was seen: reordering at the start of the stream. It is
 * handed out alone, once.
 */
static void push_before_first(struct stream *s, const struct stream_segment *seg, stream_fn *fn, void *arg)
{
    s->first_seq = seg->seq;
    if (seg->data.n)
        fn(arg, seg->data, STREAM_GAP | STREAM_CUT);
}

/*
 * A segment that begins before next_seq. True when it now begins at next_seq, cut to what is new;
 * false when nothing new is left of it.
 */
static bool trim_old(struct stream *s, struct stream_memory *m, struct stream_segment *seg, stream_fn *fn, void *arg)
{
    uint32_t behind = s->next_seq - seg->seq;
    uint32_t before_first = s->first_seq - seg->seq;

    if (behind < seg->wire_len) {
        seg->data = view_skip(seg->data, behind);
        seg->wire_len -= behind;
        seg->seq = s->next_seq;
        return true;
    }
    if (before_first >= seg->wire_len && before_first < FAR_BEHIND) {
        push_before_first(s, seg, fn, arg);
        return false;
    }
    if (behind < FAR_BEHIND || ++s->n_old < N_OLD_MAX)
        return false;
    restart(s, m, seg->seq, fn, arg);
    s->first_seq = seg->seq;
    return true;
}

/*
 * A segment that begins after next_seq. True when it is kept for later; false when the holes before it
 * were given up, so that next_seq has reached it or passed it.
 */
static bool wait_for_hole(struct stream *s, struct stream_memory *m, const struct stream_segment *seg, stream_fn *fn, void *arg)
{
    bool lost = s->seen_ack && (int32_t)(s->acked - seg->seq) >= 0;

    if (!lost && keep(s, m, seg->seq - s->next_seq, seg)) {
        if (s->n_pending >= STREAM_PENDING_MAX || seg->time_ns - s->hole_ns > STREAM_HOLE_NS)
            skip_hole(s, m, fn, arg);
        return true;
    }
    while (s->n_ranges > 0 && (int32_t)(seg->seq - s->next_seq) > 0)
        skip_hole(s, m, fn, arg);
    if ((int32_t)(seg->seq - s->next_seq) > 0)
        restart(s, m, seg->seq, fn, arg);
    return false;
}

/* Puts a segment where it belongs. */
static void place(struct stream *s, struct stream_memory *m, struct stream_segment *seg, stream_fn *fn, void *arg)
{
    if ((int32_t)(seg->seq - s->next_seq) > 0 && wait_for_hole(s, m, seg, fn, arg))
        return;
    if ((int32_t)(seg->seq - s->next_seq) < 0 && !trim_old(s, m, seg, fn, arg))
        return;
    s->n_old = 0;
    if (seg->data.n)
        deliver(s, m, seg->data, fn, arg);
    if (seg->wire_len > seg->data.n)
        skip_uncaptured(s, m, seg, fn, arg);
}

unsigned stream_push(struct stream *s, struct stream_memory *m, const struct stream_segment *given, stream_fn *fn, void *arg)
{
    struct stream_segment seg = *given;
    uint64_t gaps = m->ctr.gaps;

    if (!s->started) {
        s->started = true;
        s->gap = true;
        s->next_seq = s->first_seq = seg.seq;
    }
    if (s->next_seq - s->first_seq > INT32_MAX) /* far from the start: it must not come near again as numbers wrap around */
        s->first_seq = s->next_seq - INT32_MAX;
    place(s, m, &seg, fn, arg);
    give_block_if_empty(s, m);
    return (unsigned)(m->ctr.gaps - gaps);
}

void stream_ack(struct stream *s, uint32_t ack)
{
    if (!s->seen_ack || (int32_t)(ack - s->acked) > 0)
        s->acked = ack;
    s->seen_ack = true;
}

void stream_end(struct stream *s, struct stream_memory *m, stream_fn *fn, void *arg)
{
    while (s->n_ranges > 0)
        skip_hole(s, m, fn, arg);
    drain(s, m, STREAM_CUT, fn, arg);
    give_block_if_empty(s, m);
}
