/*
 * test_rate.c - hash rates of findings: connections one after the other and side by side, windows, copies, repeats.
 */
#include "config.h"

#include "finding/finding.h"

#include "../evidence_of.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct seen {
    struct finding_rate rate;
    enum finding_state state;
    uint32_t n;
};

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct seen *seen = arg;

    seen->rate = f->rate;
    seen->state = state;
    seen->n++;
}

struct fixture {
    struct conf conf;
    struct finding_table *table;
    struct seen seen;
};

static int setup(void **state)
{
    struct fixture *x = calloc(1, sizeof(*x));
    struct hash_key key;

    if (!x)
        return -1;
    conf_defaults(&x->conf);
    hash_key_fixed(&key, 1);
    x->table = finding_table_new(&x->conf, &key, NULL, on_finding, &x->seen);
    *state = x;
    return x->table ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *x = *state;

    finding_table_free(x->table);
    free(x);
    return 0;
}

/* A record of the connection from `port', which began at second `from' and said its newest at `to': n shares of 1000 hashes. */
static struct evidence mined(uint16_t port, int from, int to, uint32_t n)
{
    struct evidence e = evidence_of(0x0a000001, EVIDENCE_ACCEPTED, EVIDENCE_OF_START + from * NS_PER_SEC);

    e.miner.port = port;
    e.time_ns = e.flow_last_ns = EVIDENCE_OF_START + to * NS_PER_SEC;
    e.session_first_ns = EVIDENCE_OF_START + from * NS_PER_SEC;
    e.session_last_ns = e.time_ns;
    e.stage = STAGE_PAID;
    e.n_submitted = e.n_accepted = e.n_work = n;
    e.work = 1000.0 * n;
    e.rate_method = RATE_ACCEPTED;
    return e;
}

static void assert_rate(const struct fixture *x, double hs, double error_pct, int window_s)
{
    if (fabs(x->seen.rate.hs - hs) > 1e-6 * hs)
        fail_msg("%.9g instead of %.9g", x->seen.rate.hs, hs);
    assert_true(fabs(x->seen.rate.error_pct - error_pct) < 0.1);
    assert_int_equal(x->seen.rate.window_ns / NS_PER_SEC, window_s);
}

static void add(struct fixture *x, struct evidence e)
{
    finding_add(x->table, &e);
}

static void test_one(void **state)
{
    struct fixture *x = *state;

    add(x, mined(1, 0, 50, 9));
    finding_close_all(x->table);
    assert_rate(x, 0, 0, 0); /* 9 shares claim nothing */
    add(x, mined(1, 0, 50, 9));
    add(x, mined(1, 0, 100, 25));
    add(x, mined(1, 0, 100, 25)); /* what comes twice changes nothing */
    finding_close_all(x->table);
    assert_rate(x, 250, 20, 100);
}

/* The hours between two connections do not count; time in which both are in use counts once. */
static void test_flows(void **state)
{
    struct fixture *x = *state;

    add(x, mined(1, 0, 100, 16));
    add(x, mined(2, 5000, 5100, 16));
    finding_close_all(x->table);
    assert_rate(x, 160, 100 / sqrt(32), 200);
    add(x, mined(1, 0, 50, 8));
    add(x, mined(2, 10, 60, 8));
    add(x, mined(1, 0, 90, 16));
    add(x, mined(2, 10, 100, 16));
    finding_close_all(x->table);
    assert_rate(x, 320, 100 / sqrt(32), 100);
}

/* An update tells of the time since the one before, the end of it all of the whole. */
static void test_window(void **state)
{
    struct fixture *x = *state;
    int s = (int)(x->conf.output.update_interval / NS_PER_SEC) + 1;

    add(x, mined(1, 0, 10, 1));
    add(x, mined(1, 0, s + 10, 100));
    assert_int_equal(x->seen.state, FINDING_UPDATE);
    assert_rate(x, 100000.0 / (s + 10), 10, s + 10);
    add(x, mined(1, 0, 2 * s + 20, 500));
    assert_rate(x, 400000.0 / (s + 10), 5, s + 10);
    add(x, mined(1, 0, 3 * s + 30, 505)); /* too few since: the whole session */
    assert_rate(x, 505000.0 / (3 * s + 30), 100 / sqrt(505), 3 * s + 30);
    finding_close_all(x->table);
    assert_rate(x, 505000.0 / (3 * s + 30), 100 / sqrt(505), 3 * s + 30);
}

/* The way of counting changes: the sum follows, and is never below nothing. */
static void test_recount(void **state)
{
    struct fixture *x = *state;
    struct evidence e = mined(1, 0, 100, 20);

    add(x, e);
    e.work = 5000;
    add(x, e);
    finding_close_all(x->table);
    assert_rate(x, 50, 100 / sqrt(20), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_flows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_window, setup, teardown),
        cmocka_unit_test_setup_teardown(test_recount, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
