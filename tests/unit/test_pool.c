/*
 * test_pool.c - the pool: its cap, its refusals, and that memory used again comes zeroed.
 */
#include "config.h"

#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CAP 5
#define SIZE 100 /* is rounded up to 128 */

static void fill(struct pool *p, uint32_t i, int byte)
{
    memset(pool_at(p, i), byte, p->size);
}

static void assert_filled(const struct pool *p, uint32_t i, uint8_t byte)
{
    const uint8_t *mem = pool_at(p, i);

    for (size_t at = 0; at < p->size; at++)
        assert_int_equal(mem[at], byte);
}

static void test_cap_and_refusals(void **state)
{
    bool taken[CAP] = {false};
    struct pool p;

    (void)state;
    assert_true(pool_init(&p, SIZE, CAP));
    assert_int_equal(p.size, 128);
    for (int i = 0; i < CAP; i++) {
        uint32_t at = pool_take(&p);

        assert_true(at < CAP && !taken[at]);
        taken[at] = true;
        fill(&p, at, 0xaa);
    }
    assert_int_equal(p.n_refused, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        assert_int_equal(pool_take(&p), POOL_NONE);
        assert_int_equal(p.n_refused, i);
    }
    assert_int_equal(p.n_used, CAP);
    assert_int_equal(p.n_peak, CAP);
    pool_give(&p, 2);
    assert_int_equal(p.n_used, CAP - 1);
    assert_int_equal(pool_take(&p), 2);
    assert_int_equal(pool_take(&p), POOL_NONE);
    assert_int_equal(p.n_refused, 4);
    pool_fini(&p);
    pool_fini(&p);
}

static void test_zeroed_when_taken(void **state)
{
    struct pool p;

    (void)state;
    assert_true(pool_init(&p, SIZE, CAP));
    for (int round = 0; round < 3; round++) {
        uint32_t at[CAP];

        for (int i = 0; i < CAP; i++) {
            at[i] = pool_take(&p);
            assert_filled(&p, at[i], 0);
            fill(&p, at[i], 0xff);
        }
        for (int i = 0; i < CAP; i++)
            pool_give(&p, at[(i * 2 + round) % CAP]);
        assert_int_equal(p.n_used, 0);
    }
    assert_int_equal(p.n_peak, CAP);
    assert_int_equal(p.n_touched, CAP);
    pool_fini(&p);
}

/* Giving and taking some leaves the others as they are. */
static void test_neighbours_stay(void **state)
{
    struct pool p;

    (void)state;
    assert_true(pool_init(&p, 64, CAP));
    for (uint32_t i = 0; i < CAP; i++)
        fill(&p, pool_take(&p), (int)i + 1);
    pool_give(&p, 1);
    pool_give(&p, 3);
    assert_int_equal(pool_take(&p), 3); /* the one given last is the warmest */
    assert_int_equal(pool_take(&p), 1);
    assert_filled(&p, 1, 0);
    assert_filled(&p, 3, 0);
    assert_filled(&p, 0, 1);
    assert_filled(&p, 2, 3);
    assert_filled(&p, 4, 5);
    pool_fini(&p);
}

/* Room that is never used costs nothing: 1 GiB can be reserved, and are not touched. */
static void test_reserved_only(void **state)
{
    struct pool p;

    (void)state;
    assert_true(pool_init(&p, 65536, UINT32_C(1) << 14));
    assert_int_equal(p.n_touched, 0);
    assert_int_equal(pool_take(&p), 0);
    assert_int_equal(p.n_touched, 1);
    pool_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cap_and_refusals),
        cmocka_unit_test(test_zeroed_when_taken),
        cmocka_unit_test(test_neighbours_stay),
        cmocka_unit_test(test_reserved_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
