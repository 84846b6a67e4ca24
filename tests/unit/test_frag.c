/*
 * test_frag.c - the fragment table against a plain model of it, and its limits.
 */
#include "config.h"

#include "wire/frag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define N_SLOTS 8
#define DATAGRAM_MAX 65535

static struct frag_table table;
static struct wire_counters c;
static uint8_t bytes[DATAGRAM_MAX + 1]; /* byte i of every datagram, if it is not said otherwise */
static struct view whole;
static uint32_t wire_len;

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 31 + i / 256);
    c = (struct wire_counters){0};
    return frag_table_init(&table, N_SLOTS, 1) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    frag_table_fini(&table);
    return 0;
}

static struct fragment piece(uint32_t id, uint32_t offset, uint32_t n, bool more)
{
    struct fragment f = {.id = id, .proto = 17, .more = more, .offset = offset, .wire_len = n};

    f.data = view_of(bytes + min_size(offset, DATAGRAM_MAX), min_size(n, DATAGRAM_MAX - min_size(offset, DATAGRAM_MAX)));
    return f;
}

static bool add(struct fragment f)
{
    return frag_add(&table, &f, &whole, &wire_len, &c);
}

static bool add_piece(uint32_t id, uint32_t offset, uint32_t n, bool more)
{
    return add(piece(id, offset, n, more));
}

static void assert_whole(size_t n)
{
    assert_int_equal(wire_len, n);
    assert_int_equal(whole.n, n);
    assert_memory_equal(whole.p, bytes, n);
}

static void test_two_pieces(void **state)
{
    (void)state;
    assert_false(add_piece(1, 0, 1480, true));
    assert_true(add_piece(1, 1480, 21, false));
    assert_whole(1501);
    frag_release(&table);
    assert_int_equal(c.fragments, 2);
    assert_int_equal(c.fragments_joined, 1);
}

static void test_largest(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < 65528; at += 8)
        assert_false(add_piece(1, at, 8, true));
    assert_true(add_piece(1, 65528, 7, false));
    assert_whole(DATAGRAM_MAX);
    frag_release(&table);
    assert_false(add_piece(1, 65528, 7, false));
    assert_true(add_piece(1, 0, 65528, true));
    assert_whole(DATAGRAM_MAX);
}

static void test_limits(void **state)
{
    static const struct {
        uint32_t offset, n;
        bool more;
    } rows[] = {
        {65528, 8, false},
        {65528, 8, true},
        {0, 65536, false},
        {8, 65528, false},
        {0, 0, false},
        {8, 0, true},
        {0, 1, true},
        {0, 12, true},
        {65528, UINT32_MAX, false},
        {8, UINT32_MAX - 7, true},
        {65528, UINT32_MAX - 65528 + 9, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_false(add_piece(1, rows[i].offset, rows[i].n, rows[i].more));
        assert_int_equal(c.malformed_fragment, i + 1);
    }
    frag_end(&table, &c);
    assert_int_equal(c.fragments_lost, 0);
}

/* What makes a datagram: both addresses, the number, the protocol and the tunnel. */
static void test_identity(void **state)
{
    (void)state;
    for (int field = 0; field < 8; field++) {
        struct fragment first = piece(1, 0, 8, true), last = piece(1, 8, 8, false);
        struct fragment other = last;

        switch (field) {
        case 0: other.src.b[15] = 1; break;
        case 1: other.dst.b[0] = 1; break;
        case 2: other.id = 0x80000001; break;
        case 3: other.proto = 6; break;
        case 4: other.outer_src.b[15] = 1; break;
        case 5: other.outer_dst.b[0] = 1; break;
        case 6: other.vni = 0x800000; break;
        case 7: other.n_encap = 1; break;
        }
        assert_false(add(first));
        assert_false(add(other));
        assert_int_equal(c.fragments_lost, field);
        assert_true(add(last));
        assert_whole(16);
        frag_release(&table);
        frag_end(&table, &c); /* the other one */
    }
}

static void test_oldest_goes(void **state)
{
    struct fragment f;

    (void)state;
    for (uint32_t id = 0; id < N_SLOTS; id++) {
        f = piece(id, 0, 8, true);
        f.time_ns = id == 5 ? 1 : 100 + id; /* 5 is idle longest */
        assert_false(add(f));
    }
    f = piece(99, 0, 8, true);
    f.time_ns = 200;
    assert_false(add(f));
    assert_int_equal(c.fragments_lost, 1);
    for (uint32_t id = 0; id < N_SLOTS; id++) {
        f = piece(id, 8, 8, false);
        f.time_ns = 201;
        if (id != 5) {
            assert_true(add(f));
            frag_release(&table);
        }
    }
    frag_end(&table, &c);
    assert_int_equal(c.fragments_lost, 2);
}

/* A datagram that was given out stays as it is, whatever is added, until it is released. */
static void test_lent_stays(void **state)
{
    struct view lent;

    (void)state;
    assert_false(add_piece(1, 0, 800, true));
    assert_true(add_piece(1, 800, 800, false));
    lent = whole;
    for (uint32_t id = 1; id < 40; id++) {
        struct fragment f = piece(id, 800, 800, true);

        f.data = view_of(bytes + 5, 800);
        add(f);
        assert_int_equal(lent.n, 1600);
        assert_memory_equal(lent.p, bytes, 1600);
    }
    assert_int_equal(c.fragments_joined, 1);
}

/* All slots lent: a new fragment is counted as lost, and after the release there is room. */
static void test_all_lent(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < N_SLOTS; id++) {
        assert_false(add_piece(id, 0, 8, true));
        assert_true(add_piece(id, 8, 8, false));
    }
    assert_false(add_piece(100, 0, 8, true));
    assert_int_equal(c.fragments_lost, 1);
    frag_release(&table);
    assert_false(add_piece(100, 0, 8, true));
    assert_true(add_piece(100, 8, 8, false));
    assert_int_equal(c.fragments_lost, 1);
}

/* Time that runs back is no age. */
static void test_time_runs_back(void **state)
{
    struct fragment f = piece(1, 0, 8, true);

    (void)state;
    f.time_ns = NS_TIME_MAX;
    assert_false(add(f));
    f = piece(1, 8, 8, false);
    f.time_ns = -NS_TIME_MAX;
    assert_true(add(f));
    assert_whole(16);
}

/* Captured in part: what is behind the first hole is not given. */
static void test_captured_in_part(void **state)
{
    struct fragment f = piece(1, 16, 16, true);

    (void)state;
    f.data.n = 3;
    assert_false(add(f));
    assert_false(add_piece(1, 32, 8, false));
    assert_true(add_piece(1, 0, 16, true));
    assert_int_equal(wire_len, 40);
    assert_int_equal(whole.n, 19);
    assert_memory_equal(whole.p, bytes, 19);
}

/* --- against a model ------------------------------------------------------------------------------- */

static uint32_t random_of(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % below;
}

/*
 * Random overlapping pieces of one datagram, each with bytes of its own: the result must be what
 * writing each byte only once gives.
 */
static void test_overlaps_against_model(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 2000; round++) {
        uint8_t model[160], data[160];
        bool have[160] = {false};
        uint64_t seed = round;
        uint32_t total = 1 + random_of(&seed, sizeof(model)), n_have = 0;
        uint8_t fill = 0;
        bool done = false, seen_last = false;

        while (!done) {
            uint32_t offset = random_of(&seed, (total + 7) / 8) * 8;
            uint32_t n = min_size((1 + random_of(&seed, 6)) * 8, total - offset);
            bool more = offset + n < total;
            struct fragment f = piece((uint32_t)round, offset, n, more);

            memset(data, ++fill, n);
            f.data = view_of(data, n);
            for (uint32_t i = offset; i < offset + n; i++) {
                if (!have[i]) {
                    have[i] = true;
                    model[i] = fill;
                    n_have++;
                }
            }
            seen_last = seen_last || !more;
            done = add(f);
            assert_int_equal(done, seen_last && n_have == total);
        }
        assert_int_equal(whole.n, total);
        assert_memory_equal(whole.p, model, total);
        frag_release(&table);
    }
    assert_int_equal(c.fragments_joined, 2000);
    assert_int_equal(c.malformed_fragment, 0);
    assert_int_equal(c.fragments_lost, 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_two_pieces),       test(test_largest),
        test(test_limits),           test(test_identity),
        test(test_oldest_goes),      test(test_lent_stays),
        test(test_all_lent),         test(test_time_runs_back),
        test(test_captured_in_part), test(test_overlaps_against_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
