/*
 * test_work.c - what shares are worth: jobs and their difficulty, figures and hashes, shares without a job.
 */
#include "config.h"

#include "detect/work.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct mining_msg figure(const char *number)
{
    struct mining_msg msg = {.say = SAY_DIFFICULTY, .target_kind = TARGET_DIFFICULTY};

    msg.target = (struct json_val){.text = view_str(number), .type = JSON_NUMBER, .complete = true};
    return msg;
}

static struct mining_msg target(const char *hex)
{
    struct mining_msg msg = {.say = SAY_JOB, .target_kind = TARGET_CRYPTONOTE};

    msg.target = json_text_of(view_str(hex));
    return msg;
}

static const struct mining_msg none;

static void assert_work(const struct work *w, double unit, bool heard, uint32_t n, double hashes, enum rate_method method)
{
    struct evidence e = {.n_accepted = n, .n_submitted = n};

    work_fill(w, unit, 0, heard, &e);
    assert_int_equal(e.rate_method, method);
    if (!(fabs(e.work - hashes) <= hashes * 1e-6))
        fail_msg("%.12g instead of %.12g", e.work, hashes);
    assert_int_equal(e.n_work, method == RATE_NONE ? 0 : n);
}

/* A share counts with the difficulty of its own job, however late it comes. */
static void test_jobs(void **state)
{
    struct work w = {0};
    struct mining_msg easy = target("ffff0100"), hard = target("ffff0000");
    struct share a, b;

    (void)state;
    work_job(&w, 1, &easy);
    a = work_submit(&w, 1, &none);
    work_job(&w, 2, &hard);
    b = work_submit(&w, 1, &none);
    work_accept(&w, a, 1);
    work_accept(&w, b, 1);
    assert_work(&w, 0, true, 2, 2 * 32768.0, RATE_ACCEPTED);
    work_accept(&w, work_submit(&w, 2, &none), 1);
    assert_work(&w, 0, true, 3, 2 * 32768.0 + 65537, RATE_ACCEPTED);
    assert_true(fabs(w.min - 32768) < 1 && fabs(w.max - 65537) < 1);
}

/* What mining.set_difficulty says holds for the next job. */
static void test_set_for_next(void **state)
{
    struct work w = {0};
    struct mining_msg first = figure("1024"), second = figure("4096");

    (void)state;
    work_set(&w, &first);
    work_job(&w, 1, &none);
    work_set(&w, &second);
    work_accept(&w, work_submit(&w, 1, &none), 1);
    assert_work(&w, 0, true, 1, 0, RATE_NONE); /* what a figure is worth is not known */
    assert_work(&w, 65537, true, 1, 1024 * 65537.0, RATE_ACCEPTED);
    work_job(&w, 2, &none);
    work_accept(&w, work_submit(&w, 2, &none), 1);
    assert_work(&w, 2, true, 2, 2 * (1024 + 4096), RATE_ACCEPTED);
}

/* Before the first job, and for jobs that were forgotten or never seen, the newest known holds. */
static void test_unknown_jobs(void **state)
{
    struct work w = {0};
    struct mining_msg easy = target("ffff0100");

    (void)state;
    work_accept(&w, work_submit(&w, 9, &none), 1);
    assert_work(&w, 0, true, 1, 0, RATE_NONE);
    work_job(&w, 1, &easy);
    for (uint64_t job = 2; job < 2 + WORK_JOBS; job++)
        work_job(&w, job, &easy);
    work_accept(&w, work_submit(&w, 1, &none), 1);
    assert_work(&w, 0, true, 2, 2 * 32768.0, RATE_ACCEPTED); /* the first counts as much as the second */
}

/* Stratum V2 and others acknowledge many at once. */
static void test_many(void **state)
{
    struct work w = {0};
    struct mining_msg easy = target("ffff0100");
    struct share s = {0};

    (void)state;
    work_job(&w, 1, &easy);
    for (int i = 0; i < 5; i++)
        s = work_submit(&w, 1, &none);
    work_accept(&w, s, 5);
    assert_work(&w, 0, true, 5, 5 * 32768.0, RATE_ACCEPTED);
    assert_work(&w, 0, false, 5, 5 * 32768.0, RATE_SUBMITTED);
}

/* Ergo's jobs bring b, which the pool's difficulty divides. */
static void test_ergo(void **state)
{
    struct work w = {0};
    struct mining_msg half = figure("0.5"), job = {.say = SAY_JOB, .target_kind = TARGET_ERGO};

    (void)state;
    job.target =
        json_text_of(view_str("115792089237316195423570985008687907853269984665640564039457584007913129")); /* 2^256 / 10^6 */
    work_set(&w, &half);
    work_job(&w, 1, &job);
    work_accept(&w, work_submit(&w, 1, &none), 1);
    assert_work(&w, 0, true, 1, 2e6, RATE_ACCEPTED);
}

/* Protocols.md 2.4 in small: of n shares' hashes the easiest tells the difficulty. */
static void test_hashes(void **state)
{
    struct work w = {0};
    char hex[65];

    (void)state;
    for (int i = 1; i <= 16; i++) {
        struct mining_msg msg = {.say = SAY_SUBMIT};
        uint64_t hash = UINT64_MAX / (uint64_t)(1000 * 17 / (17 - i)); /* difficulties 1000 * 17/16 up */

        for (int b = 0; b < 24; b++)
            snprintf(hex + (size_t)b * 2, 3, "%02x", 0xab);
        for (int b = 0; b < 8; b++)
            snprintf(hex + 48 + (size_t)b * 2, 3, "%02x", (unsigned)(hash >> (8 * b) & 0xff));
        msg.share_hash = json_text_of(view_str(hex));
        work_submit(&w, 0, &msg);
        if (i < 8)
            assert_work(&w, 0, false, (uint32_t)i, 0, RATE_NONE);
    }
    assert_work(&w, 0, false, 16, 16 * 1062.0 * 16 / 17, RATE_HASHES);
}

/* What the login asked for counts when nothing else does. */
static void test_fixed(void **state)
{
    struct work w = {0};
    struct evidence e = {.n_submitted = 3};

    (void)state;
    work_fill(&w, 0, 5000, false, &e);
    assert_int_equal(e.rate_method, RATE_SUBMITTED);
    assert_true(fabs(e.work - 15000) < 1);
}

/* Nonsense is worth nothing, and no sum runs out of bounds. */
static void test_nonsense(void **state)
{
    static const char *const numbers[] = {"0", "-5", "1e400", "1e38", "1e-40", "x"};
    struct work w = {0};
    struct mining_msg huge = figure("9e36");
    struct share s;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct mining_msg msg = figure(numbers[i]);

        work_set(&w, &msg);
        work_job(&w, 1, &none);
        assert_true(work_submit(&w, 1, &none).value <= 0);
    }
    work_set(&w, &huge);
    work_job(&w, 2, &none);
    s = work_submit(&w, 2, &none);
    work_accept(&w, s, UINT32_MAX);
    for (int i = 0; i < 4; i++) {
        struct evidence e = {.n_accepted = UINT32_MAX};

        work_fill(&w, 1e60, 0, true, &e);
        assert_true(isfinite(e.work) && e.work <= EVIDENCE_WORK_MAX);
        work_accept(&w, s, UINT32_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs),  cmocka_unit_test(test_set_for_next), cmocka_unit_test(test_unknown_jobs),
        cmocka_unit_test(test_many),  cmocka_unit_test(test_ergo),         cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_fixed), cmocka_unit_test(test_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
