/*
 * test_stream.c - reassembly against a model: seeded random runs, then one case for each rule of stream.h.
 *
 * The consumer knows the position of each byte it is given: bytes given in place lie in the segment at
 * hand, all others end at next_seq. So every byte is compared with the text and taken once at most.
 */
#include "config.h"

#include "flow/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define RUNS 2000
#define TEXT_MAX 120000
#define SEGMENTS_MAX 16384
#define BLOCKS 2

/* xorshift64*: Marsaglia 2003, Vigna 2014. */
static uint32_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)(*state * UINT64_C(2685821657736338717) >> 32);
}

static uint32_t below(uint64_t *state, uint32_t n)
{
    return next_random(state) % n;
}

enum appetite { EAT_LINES, EAT_SOME, EAT_ALL, EAT_NONE, APPETITE_N };

/* One stream, what it carries, and what came out. */
struct model {
    struct stream_memory memory;
    struct stream stream;
    uint64_t random;
    uint8_t text[TEXT_MAX];
    uint32_t len;
    uint32_t base; /* sequence number of text[0] */
    uint8_t done[TEXT_MAX];
    enum appetite appetite;

    struct stream_segment at_hand;
    uint32_t first;    /* position of the earliest byte that the stream has seen */
    uint32_t position; /* of the byte that comes next, when nothing is missing */
    uint32_t shown;    /* behind the newest byte given out, consumed or not */
    bool joined;       /* position is valid */
    bool was_cut;      /* the newest piece was cut: the next one has a gap */
    uint32_t cut_len;  /* of that piece */
    bool lacks_room;   /* all blocks are in use elsewhere */
    unsigned n_pieces, n_gaps, n_alone;
    uint64_t n_done;
};

static uint32_t position_of(const struct model *m, struct view data)
{
    const struct view hand = m->at_hand.data;

    if (hand.p && data.p >= hand.p && data.p < hand.p + hand.n)
        return m->at_hand.seq + (uint32_t)(data.p - hand.p) - m->base;
    return m->stream.next_seq - (uint32_t)data.n - m->base;
}

static size_t eat(struct model *m, struct view data)
{
    switch (m->appetite) {
    case EAT_LINES: {
        size_t last = view_find_last(data, '\n');

        return last == data.n ? 0 : last + 1;
    }
    case EAT_SOME: return below(&m->random, (uint32_t)data.n + 1);
    case EAT_ALL: return data.n + below(&m->random, 2); /* more than there is counts as all */
    default: return 0;
    }
}

static void take(struct model *m, uint32_t at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (m->done[at + i])
            fail_msg("byte %zu was taken twice", at + i);
        m->done[at + i] = 1;
    }
    m->n_done += n;
}

static size_t consumer(void *arg, struct view data, unsigned flags)
{
    struct model *m = arg;
    uint32_t at = position_of(m, data);
    size_t n;

    assert_true(data.n > 0);
    assert_true(at <= m->len && data.n <= m->len - at);
    assert_memory_equal(data.p, m->text + at, data.n);
    m->n_pieces++;
    if (m->joined && at < m->first) { /* from before the first segment: alone */
        assert_int_equal(flags, STREAM_GAP | STREAM_CUT);
        assert_true(at + data.n <= m->first);
        m->first = at;
        m->n_alone++;
        take(m, at, data.n);
        return eat(m, data);
    }
    if (!m->joined) {
        m->first = at;
        assert_true(flags & STREAM_GAP);
    } else if (at != m->position) {
        assert_true(at > m->position);
        assert_int_equal(m->position, m->shown); /* what was kept has been given out as cut */
        assert_true(flags & STREAM_GAP);
    } else if (flags & STREAM_GAP) { /* nothing is missing: only a piece that there was no room for ends so */
        assert_true(m->was_cut && (m->cut_len >= STREAM_WINDOW || m->lacks_room));
    } else {
        assert_false(m->was_cut);
    }
    m->n_gaps += flags & STREAM_GAP;
    m->joined = true;
    n = flags & STREAM_CUT ? data.n : min_size(eat(m, data), data.n);
    take(m, at, n);
    m->position = at + (uint32_t)n;
    m->shown = at + (uint32_t)data.n;
    m->was_cut = flags & STREAM_CUT;
    m->cut_len = (uint32_t)data.n;
    return flags & STREAM_CUT ? below(&m->random, (uint32_t)data.n + 1) : n;
}

/* Pushes [from, from + wire_len), of which n bytes were captured, out of memory that is gone afterwards. */
static unsigned push(struct model *m, uint32_t from, uint32_t n, uint32_t wire_len, ns_t time_ns)
{
    uint8_t *copy = malloc(n ? n : 1);
    unsigned gaps;

    assert_non_null(copy);
    memcpy(copy, m->text + from, n);
    m->at_hand = (struct stream_segment){m->base + from, view_of(copy, n), wire_len, time_ns};
    gaps = stream_push(&m->stream, &m->memory, &m->at_hand, consumer, m);
    free(copy);
    m->at_hand.data = (struct view){NULL, 0};
    return gaps;
}

static void finish(struct model *m)
{
    stream_end(&m->stream, &m->memory, consumer, m);
    assert_int_equal(m->memory.blocks.n_used, m->lacks_room ? BLOCKS : 0);
    stream_memory_fini(&m->memory);
}

static void start(struct model *m, uint64_t seed)
{
    memset(m, 0, sizeof(*m));
    m->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    assert_true(stream_memory_init(&m->memory, BLOCKS));
}

/* Lines of different lengths; long_lines: some longer than the window. */
static void write_text(struct model *m, uint32_t len, bool long_lines)
{
    uint32_t line = 0;

    m->len = len;
    m->base = below(&m->random, 2) ? 0u - below(&m->random, len) : next_random(&m->random);
    for (uint32_t i = 0; i < len; i++) {
        if (line == 0)
            line = 1 + (long_lines && below(&m->random, 8) == 0 ? below(&m->random, 40000) : below(&m->random, 3000));
        m->text[i] = --line == 0 ? '\n' : (uint8_t)('!' + below(&m->random, 200));
        if (line && m->text[i] == '\n')
            m->text[i] = '-';
    }
}

struct piece {
    uint32_t from, wire_len;
    uint32_t order; /* when it comes */
    bool lost;
};

static int by_order(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

struct weather {
    uint32_t mss;
    uint32_t reorder;   /* places that a segment may come late; 0 = none */
    uint32_t duplicate; /* one in n comes twice; 0 = none */
    uint32_t overlap;   /* one in n reaches back */
    uint32_t loss;      /* one in n is lost */
    uint32_t snap;      /* bytes captured of each at most */
    uint32_t keep_alive;
    uint32_t wild_ack; /* one in n: an acknowledgement of anything */
    uint32_t start;    /* bytes before the first segment */
    ns_t step_ns;
};

/* Cuts the text into segments in their order of arrival; gives how many. */
static size_t cut_text(struct model *m, const struct weather *w, struct piece *pieces)
{
    size_t n = 0;

    for (uint32_t at = w->start, i = 0; at < m->len && n + 2 < SEGMENTS_MAX; i++) {
        uint32_t len = 1 + below(&m->random, w->mss), back = 0;

        len = len < m->len - at ? len : m->len - at;
        if (w->overlap && at > w->start && below(&m->random, w->overlap) == 0)
            back = below(&m->random, at - w->start < 2000 ? at - w->start : 2000);
        pieces[n] = (struct piece){at - back, len + back, i * 2, w->loss && below(&m->random, w->loss) == 0};
        if (w->reorder && i > 0)
            pieces[n].order += 2 * below(&m->random, w->reorder + 1);
        n++;
        if (w->duplicate && below(&m->random, w->duplicate) == 0) {
            pieces[n] = pieces[n - 1];
            pieces[n].order += 1 + below(&m->random, 60);
            n++;
        }
        at += len;
    }
    qsort(pieces, n, sizeof(pieces[0]), by_order);
    return n;
}

static void mark(uint8_t *seen, uint32_t from, uint32_t n)
{
    memset(seen + from, 1, n);
}

/* Pushes all pieces. Gives the number of gaps that were counted. */
static unsigned play(struct model *m, const struct weather *w, uint8_t *seen)
{
    static struct piece pieces[SEGMENTS_MAX];
    size_t n = cut_text(m, w, pieces);
    uint32_t in_order = w->start;
    unsigned gaps = 0;
    ns_t now = 1000 * NS_PER_SEC;

    for (size_t i = 0; i < n; i++) {
        const struct piece *p = &pieces[i];
        uint32_t captured = w->snap && p->wire_len > w->snap ? w->snap : p->wire_len;

        now += w->step_ns;
        if (p->lost)
            continue;
        gaps += push(m, p->from, captured, p->wire_len, now);
        mark(seen, p->from, captured);
        while (in_order < m->len && seen[in_order])
            in_order++;
        if (below(&m->random, 3) == 0)
            stream_ack(&m->stream, m->base + in_order);
        if (w->wild_ack && below(&m->random, w->wild_ack) == 0)
            stream_ack(&m->stream, m->base + below(&m->random, m->len));
        if (w->keep_alive && in_order > w->start && below(&m->random, w->keep_alive) == 0) {
            uint8_t zero = 0;
            struct stream_segment probe = {m->base + in_order - 1, view_of(&zero, 1), 1, now};

            m->at_hand = probe;
            gaps += stream_push(&m->stream, &m->memory, &probe, consumer, m); /* the byte is no text: to be dropped */
            m->at_hand.data = (struct view){NULL, 0};
        }
    }
    return gaps;
}

static void test_model_nothing_lost(void **state)
{
    static struct model m;
    static uint8_t seen[TEXT_MAX];

    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct weather w = {.mss = 1460, .step_ns = NS_PER_SEC / 1000};
        bool long_lines;

        start(&m, seed);
        long_lines = below(&m.random, 4) == 0;
        m.appetite = (enum appetite)below(&m.random, APPETITE_N);
        w.mss = below(&m.random, 3) ? 1460 : 1 + below(&m.random, 100);
        write_text(&m, w.mss < 100 ? 4000 : 30000, long_lines);
        w.reorder = long_lines || m.appetite == EAT_NONE || m.appetite == EAT_SOME ? 0 : below(&m.random, 3);
        w.duplicate = w.reorder ? 0 : below(&m.random, 10);
        w.overlap = below(&m.random, 10);
        w.keep_alive = below(&m.random, 10);
        w.start = below(&m.random, 2) ? below(&m.random, 2000) : 0;
        memset(seen, 0, sizeof(seen));
        assert_int_equal(play(&m, &w, seen), 0);
        finish(&m);
        assert_int_equal(m.memory.ctr.gaps, 0);
        assert_int_equal(m.memory.ctr.no_room, 0);
        assert_int_equal(m.n_done, m.len - w.start);
        assert_int_equal(m.n_alone, 0);
    }
}

static void test_model_bad_weather(void **state)
{
    static struct model m;
    static uint8_t seen[TEXT_MAX];
    uint64_t n_done = 0, n_gaps = 0, n_alone = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct weather w = {.mss = 1460, .step_ns = NS_PER_SEC / 1000};

        start(&m, seed + 1000000);
        m.lacks_room = below(&m.random, 8) == 0;
        for (uint32_t i = 0; m.lacks_room && i < BLOCKS; i++)
            pool_take(&m.memory.blocks);
        m.appetite = (enum appetite)below(&m.random, APPETITE_N);
        w.mss = below(&m.random, 3) ? 1460 : 1 + below(&m.random, 100);
        write_text(&m, w.mss < 100 ? 4000 : 2000 + below(&m.random, TEXT_MAX - 2000), below(&m.random, 2));
        w.reorder = below(&m.random, 16);
        w.duplicate = below(&m.random, 10);
        w.overlap = below(&m.random, 10);
        w.loss = below(&m.random, 2) ? 2 + below(&m.random, 60) : 0;
        w.snap = below(&m.random, 3) ? 0 : 1 + below(&m.random, 1500);
        w.wild_ack = below(&m.random, 2) ? 1 + below(&m.random, 20) : 0;
        w.start = below(&m.random, 2) ? below(&m.random, 2000) : 0;
        w.step_ns = below(&m.random, 4) ? NS_PER_SEC / 1000 : NS_PER_SEC / 3;
        memset(seen, 0, sizeof(seen));
        assert_true(play(&m, &w, seen) <= m.memory.ctr.gaps);
        finish(&m);
        for (uint32_t i = 0; i < m.len; i++)
            if (m.done[i] && !seen[i])
                fail_msg("byte %u was never captured", i);
        n_done += m.n_done;
        n_gaps += m.n_gaps;
        n_alone += m.n_alone;
    }
    /* The weather was bad enough to matter, and most came through. */
    assert_true(n_gaps > RUNS && n_alone > 10);
    assert_true(n_done > UINT64_C(20000) * RUNS);
}

/* --- one case for each rule ----------------------------------------------------------------- */

#define NOW (1000 * NS_PER_SEC)

/* A log of the pieces given out: "text" in order, '<' before a gap, '>' behind a cut. */
struct log {
    char text[2 * STREAM_WINDOW];
    size_t n;
    bool keep; /* keeps all that is not cut */
};

static size_t log_piece(void *arg, struct view data, unsigned flags)
{
    struct log *l = arg;

    if (!(flags & STREAM_CUT) && l->keep)
        return 0;
    if (flags & STREAM_GAP)
        l->text[l->n++] = '<';
    assert_true(l->n + data.n + 2 < sizeof(l->text));
    memcpy(l->text + l->n, data.p, data.n);
    l->n += data.n;
    if (flags & STREAM_CUT)
        l->text[l->n++] = '>';
    l->text[l->n] = '\0';
    return data.n;
}

struct bench {
    struct stream_memory memory;
    struct stream stream;
    struct log log;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    *state = b;
    return b && stream_memory_init(&b->memory, 1) ? 0 : -1;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    stream_end(&b->stream, &b->memory, log_piece, &b->log);
    assert_int_equal(b->memory.blocks.n_used, 0);
    stream_memory_fini(&b->memory);
    free(b);
    return 0;
}

static unsigned say_at(struct bench *b, uint32_t seq, const char *text, ns_t time_ns)
{
    struct stream_segment seg = {seq, view_str(text), (uint32_t)strlen(text), time_ns};

    return stream_push(&b->stream, &b->memory, &seg, log_piece, &b->log);
}

static unsigned say(struct bench *b, uint32_t seq, const char *text)
{
    return say_at(b, seq, text, NOW);
}

static unsigned say_cut(struct bench *b, uint32_t seq, const char *text, uint32_t wire_len)
{
    struct stream_segment seg = {seq, view_str(text), wire_len, NOW};

    return stream_push(&b->stream, &b->memory, &seg, log_piece, &b->log);
}

static void test_in_order_is_not_copied(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say(b, 103, "def");
    assert_string_equal(b->log.text, "<abcdef");
    assert_int_equal(b->memory.blocks.n_touched, 0);
}

static void test_hole_filled(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say(b, 106, "ghi");
    say(b, 112, "mno");
    assert_string_equal(b->log.text, "<abc");
    say(b, 103, "def");
    assert_string_equal(b->log.text, "<abcdefghi");
    say(b, 109, "jkl");
    assert_string_equal(b->log.text, "<abcdefghijklmno");
    assert_int_equal(b->memory.ctr.gaps, 0);
}

static void test_hole_filled_by_one_over_all(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say(b, 106, "GHI");
    say(b, 112, "MNO");
    say(b, 102, "cdefghijklmnopqr");
    assert_string_equal(b->log.text, "<abcdefGHIjklMNOpqr"); /* what came first stays */
}

static void test_first_wins_behind_hole(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say(b, 106, "GHI");
    say(b, 104, "efghijk");
    say(b, 103, "XXXXXXXXXXX");
    assert_string_equal(b->log.text, "<abcXefGHIjkXXX");
}

static void test_first_wins_in_window(void **state)
{
    struct bench *b = *state;

    b->log.keep = true;
    say(b, 100, "abc");
    say(b, 100, "XXXdef");
    b->log.keep = false;
    say(b, 106, "g");
    assert_string_equal(b->log.text, "abcdefg"); /* the gap mark came with the first call, which kept all */
}

static void test_acked_hole_given_up(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    stream_ack(&b->stream, 112);
    assert_int_equal(say(b, 109, "jkl"), 1);
    assert_string_equal(b->log.text, "<abc<jkl");
    assert_int_equal(say(b, 103, "def"), 0); /* too late */
    assert_int_equal(say(b, 112, "mno"), 0);
    assert_string_equal(b->log.text, "<abc<jklmno");
}

static void test_partly_acked_hole_is_waited_for(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    stream_ack(&b->stream, 108); /* not all before 109 */
    assert_int_equal(say(b, 109, "jkl"), 0);
    assert_string_equal(b->log.text, "<abc");
    say(b, 103, "defghi");
    assert_string_equal(b->log.text, "<abcdefghijkl");
}

static void test_kept_is_cut_before_gap(void **state)
{
    struct bench *b = *state;

    b->log.keep = true;
    say(b, 100, "abc");
    b->log.keep = false;
    stream_ack(&b->stream, 200);
    say(b, 200, "xyz");
    assert_string_equal(b->log.text, "abc><xyz");
}

static void test_pending_max(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    for (uint32_t i = 1; i < STREAM_PENDING_MAX; i++)
        assert_int_equal(say(b, 103 + 2 * i, "x"), 0);
    assert_string_equal(b->log.text, "<abc");
    assert_int_equal(say(b, 103 + 2 * STREAM_PENDING_MAX, "y"), 1);
    assert_string_equal(b->log.text, "<abc<x"); /* one hole is given up, the next one waits */
}

static void test_hole_too_old(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    assert_int_equal(say_at(b, 106, "ghi", NOW), 0);
    assert_int_equal(say_at(b, 109, "jkl", NOW + STREAM_HOLE_NS), 0);
    assert_string_equal(b->log.text, "<abc");
    assert_int_equal(say_at(b, 112, "mno", NOW + STREAM_HOLE_NS + 1), 1);
    assert_string_equal(b->log.text, "<abc<ghijklmno");
}

static void test_window_full_behind_hole(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say(b, 106, "ghi");
    assert_int_equal(say(b, 103 + STREAM_WINDOW - 1, "z"), 0); /* the last byte of the window */
    assert_string_equal(b->log.text, "<abc");
    assert_int_equal(say(b, 103 + STREAM_WINDOW, "y"), 2);
    assert_string_equal(b->log.text, "<abc<ghi<zy");
}

static void test_window_full_in_order(void **state)
{
    struct bench *b = *state;
    char text[1001];
    uint32_t at = 0;

    memset(text, 'a', 1000);
    text[1000] = '\0';
    b->log.keep = true;
    for (; at + 1000 < STREAM_WINDOW; at += 1000)
        say(b, at, text);
    text[STREAM_WINDOW - 1 - at] = '\0';
    say(b, at, text);
    assert_int_equal(b->log.n, 0); /* one byte is free */
    say(b, STREAM_WINDOW - 1, "bc");
    assert_int_equal(b->log.n, STREAM_WINDOW + 1);
    assert_string_equal(b->log.text + STREAM_WINDOW - 2, "ab>");
    assert_int_equal(b->stream.have, 1);
}

static void test_no_blocks(void **state)
{
    struct bench *b = *state;
    uint32_t taken = pool_take(&b->memory.blocks);

    b->log.keep = true;
    say(b, 100, "abc"); /* cannot be kept: is given out as cut */
    say(b, 103, "def");
    assert_string_equal(b->log.text, "abc>def>"); /* the calls before, without a cut, took the marks */
    assert_int_equal(b->memory.ctr.no_room, 2);
    say(b, 109, "jkl"); /* behind a hole: given up at once */
    assert_string_equal(b->log.text, "abc>def>jkl>");
    assert_int_equal(b->memory.ctr.gaps, 1);
    pool_give(&b->memory.blocks, taken);
}

static void test_far_behind_restarts_at_third(void **state)
{
    struct bench *b = *state;

    say(b, 1000000, "abc");
    say(b, 500000, "old");
    say(b, 500003, "old");
    assert_string_equal(b->log.text, "<abc");
    assert_int_equal(say(b, 500006, "new"), 1);
    say(b, 500009, "er");
    assert_string_equal(b->log.text, "<abc<newer");
}

static void test_far_behind_not_in_a_row(void **state)
{
    struct bench *b = *state;

    say(b, 1000000, "abc");
    say(b, 500000, "old");
    say(b, 500003, "old");
    say(b, 1000003, "def");
    say(b, 500006, "old");
    say(b, 500009, "old");
    assert_string_equal(b->log.text, "<abcdef");
}

static void test_restart_forgets_first(void **state)
{
    struct bench *b = *state;

    say(b, 1000000, "abc");
    say(b, 930000, "one");
    say(b, 930000, "two");
    say(b, 930000, "new");
    say(b, 930003, "er");
    assert_string_equal(b->log.text, "<abc<newer");
    say(b, 940000, "x"); /* behind a hole */
    stream_ack(&b->stream, 940001);
    say(b, 940001, "y");
    say(b, 940000, "xy"); /* a retransmission, not a segment from before the first */
    assert_string_equal(b->log.text, "<abc<newer<xy");
}

static void test_before_first(void **state)
{
    struct bench *b = *state;

    say(b, 103, "def");
    say(b, 100, "abc"); /* alone, and once */
    say(b, 100, "abc");
    say(b, 106, "ghi");
    assert_string_equal(b->log.text, "<def<abc>ghi");
    say(b, 97, "___");
    assert_string_equal(b->log.text, "<def<abc>ghi<___>");
    assert_int_equal(b->memory.ctr.gaps, 0);
}

static void test_before_first_reaches_over(void **state)
{
    struct bench *b = *state;

    say(b, 103, "def");
    say(b, 100, "abcdefghi"); /* what is new is given out, not what is before the first */
    assert_string_equal(b->log.text, "<defghi");
}

static void test_before_first_not_after_wrap(void **state)
{
    struct bench *b = *state;
    uint32_t at = 100;

    for (int i = 0; i < 8; i++, at += 1u << 29)
        say_cut(b, at, ".", 1u << 29);
    say(b, at, "abc"); /* 4 GiB on: the first number again */
    assert_string_equal(b->log.text, "<.<.<.<.<.<.<.<.<abc");
    say(b, at - 3, "old");
    assert_string_equal(b->log.text, "<.<.<.<.<.<.<.<.<abc");
}

static void test_wrap_around(void **state)
{
    struct bench *b = *state;

    say(b, 0xfffffffe, "ab");
    say(b, 3, "fgh");
    say(b, 0xfffffffe, "XX");
    say(b, 0, "cde");
    assert_string_equal(b->log.text, "<abcdefgh");
    assert_int_equal(b->memory.ctr.gaps, 0);
}

static void test_truncated(void **state)
{
    struct bench *b = *state;

    say_cut(b, 100, "abc", 10);
    say(b, 110, "klm");
    assert_string_equal(b->log.text, "<abc<klm");
    b->log.keep = true;
    say(b, 113, "n");
    say_cut(b, 114, "o", 6); /* what was kept is cut too */
    b->log.keep = false;
    say(b, 120, "u");
    assert_string_equal(b->log.text, "<abc<klmno><u");
}

static void test_truncated_to_nothing(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say_cut(b, 103, "", 7);
    say(b, 110, "klm");
    assert_string_equal(b->log.text, "<abc<klm");
}

static void test_truncated_behind_hole(void **state)
{
    struct bench *b = *state;

    say(b, 100, "abc");
    say_cut(b, 106, "g", 3);
    say(b, 109, "jkl");
    say(b, 103, "def");
    assert_string_equal(b->log.text, "<abcdefg"); /* the missing end is a hole like others */
    say(b, 106, "ghi");
    assert_string_equal(b->log.text, "<abcdefghijkl");
}

static void test_truncated_before_pieces(void **state)
{
    struct bench *b = *state;

    say(b, 97, "___");
    say(b, 106, "ghi");
    say_cut(b, 100, "abc", 6);
    say(b, 109, "jkl");
    assert_string_equal(b->log.text, "<___abc<ghijkl"); /* one gap, not another behind the piece */
}

static void test_keep_alive(void **state)
{
    struct bench *b = *state;
    uint8_t zero = 0;
    struct stream_segment probe = {102, view_of(&zero, 1), 1, NOW};

    say(b, 100, "abc");
    stream_push(&b->stream, &b->memory, &probe, log_piece, &b->log);
    say(b, 103, "def");
    assert_string_equal(b->log.text, "<abcdef");
}

static void test_end_hands_out_all(void **state)
{
    struct bench *b = *state;

    b->log.keep = true;
    say(b, 100, "abc");
    say(b, 106, "ghi");
    say(b, 112, "mno");
    stream_end(&b->stream, &b->memory, log_piece, &b->log);
    assert_string_equal(b->log.text, "abc>ghi>mno>");
    assert_int_equal(b->memory.ctr.gaps, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_nothing_lost),
        cmocka_unit_test(test_model_bad_weather),
        CASE(test_in_order_is_not_copied),
        CASE(test_hole_filled),
        CASE(test_hole_filled_by_one_over_all),
        CASE(test_first_wins_behind_hole),
        CASE(test_first_wins_in_window),
        CASE(test_acked_hole_given_up),
        CASE(test_partly_acked_hole_is_waited_for),
        CASE(test_kept_is_cut_before_gap),
        CASE(test_pending_max),
        CASE(test_hole_too_old),
        CASE(test_window_full_behind_hole),
        CASE(test_window_full_in_order),
        CASE(test_no_blocks),
        CASE(test_far_behind_restarts_at_third),
        CASE(test_far_behind_not_in_a_row),
        CASE(test_restart_forgets_first),
        CASE(test_before_first),
        CASE(test_before_first_reaches_over),
        CASE(test_before_first_not_after_wrap),
        CASE(test_wrap_around),
        CASE(test_truncated),
        CASE(test_truncated_to_nothing),
        CASE(test_truncated_behind_hole),
        CASE(test_truncated_before_pieces),
        CASE(test_keep_alive),
        CASE(test_end_hands_out_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
