/*
 * test_blind.c - each rule of blindness in simulated time: when it is said, when it is over, how often.
 */
#include "config.h"

#include "role/blind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND NS_PER_SEC
#define EVENTS_MAX 100000

struct run {
    struct blind *blind;
    struct metrics m;
    struct worker_counters c; /* of worker 0 */
    ns_t now;
    uint32_t n_events, n_lost[BLIND_RULES_N], n_over[BLIND_RULES_N];
    ns_t last_lost[BLIND_RULES_N], last_over[BLIND_RULES_N];
    struct blind_event last;
    ns_t times[EVENTS_MAX];
};

static struct hash_key hash;

static void take(void *arg, const struct blind_event *e)
{
    struct run *r = arg;

    assert_true(e->rule < BLIND_RULES_N);
    assert_true(strlen(e->detail) > 10);
    r->last = *e;
    ++*(e->over ? &r->n_over[e->rule] : &r->n_lost[e->rule]);
    *(e->over ? &r->last_over[e->rule] : &r->last_lost[e->rule]) = r->now;
    assert_true(r->n_events < EVENTS_MAX);
    r->times[r->n_events++] = r->now;
}

static int setup(void **state)
{
    struct run *r = calloc(1, sizeof(*r));
    struct conf conf;

    assert_non_null(r);
    conf_defaults(&conf); /* no packets: 1 minute, no DNS: 10 minutes */
    hash_key_fixed(&hash, 9);
    r->now = 1000 * SECOND;
    r->m.n_workers = 1;
    r->m.n_interfaces = 1;
    r->m.n_outputs = 1;
    (void)snprintf(r->m.interface[0].name, METRICS_NAME_MAX, "eth7");
    (void)snprintf(r->m.output[0].name, METRICS_NAME_MAX, "json:/x");
    r->blind = blind_new(&conf, &hash, r->now, take, r);
    assert_non_null(r->blind);
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct run *r = *state;

    blind_free(r->blind);
    free(r);
    return 0;
}

/* n seconds, in each of which the worker handles and receives so many packets and loses so many. */
static void pass(struct run *r, int n, uint64_t packets, uint64_t dropped)
{
    for (int i = 0; i < n; i++) {
        r->now += SECOND;
        r->c.frames += packets;
        r->c.received[0] += packets + dropped;
        r->c.kernel_dropped[0] += dropped;
        metrics_worker_take(&r->m.worker[0], &r->c, r->now);
        blind_tick(r->blind, &r->m, r->now);
    }
}

static struct source_count source(uint32_t n)
{
    struct source_count c = {.vni = n};

    addr_set_v4(&c.addr, (const uint8_t[]){10, 1, (uint8_t)(n >> 8), (uint8_t)n});
    return c;
}

/* A second in which a source counts this. */
static void hear(struct run *r, struct source_count c)
{
    r->now += SECOND;
    blind_source(r->blind, &c, r->now);
}

static bool is_failing(struct run *r, const char *reason)
{
    struct blind_health h;

    blind_health(r->blind, &r->m, r->now, &h);
    assert_int_equal(h.failing, h.n > 0);
    for (uint32_t i = 0; i < h.n; i++)
        if (strstr(h.reason[i], reason))
            return true;
    return false;
}

static void test_no_packets(void **state)
{
    struct run *r = *state;

    pass(r, 59, 0, 0);
    assert_int_equal(r->n_events, 0);
    assert_false(is_failing(r, "no packet"));
    pass(r, 1, 0, 0);
    assert_int_equal(r->n_lost[BLIND_NO_PACKETS], 1);
    assert_true(is_failing(r, "no packet for 60 s"));
    assert_int_equal(r->m.blind[BLIND_NO_PACKETS], 1);
    pass(r, 100, 0, 0);
    assert_int_equal(r->n_events, 1);
    pass(r, 1, 1, 0);
    assert_int_equal(r->n_over[BLIND_NO_PACKETS], 1);
    assert_false(is_failing(r, "no packet"));
    assert_int_equal(r->m.blind[BLIND_NO_PACKETS], 0);
    /* Again within 10 minutes: /healthz fails at once, the event waits. */
    pass(r, 60, 0, 0);
    assert_true(is_failing(r, "no packet"));
    assert_int_equal(r->n_events, 2);
    pass(r, 438, 0, 0);
    assert_int_equal(r->n_events, 2);
    pass(r, 1, 0, 0);
    assert_int_equal(r->n_lost[BLIND_NO_PACKETS], 2);
    assert_int_equal(r->last_lost[BLIND_NO_PACKETS], (1000 + 60 + 600) * SECOND);
}

static void test_never(void **state)
{
    struct run *r = *state;
    struct conf conf;

    conf_defaults(&conf);
    conf.status.no_packets_after = conf.status.no_dns_after = 0;
    blind_configure(r->blind, &conf, true);
    pass(r, 4000, 0, 0);
    for (int i = 0; i < 4000; i++) {
        struct source_count c = source(1);

        c.packets = c.tcp = c.syn = c.syn_ack = 1000;
        hear(r, c);
    }
    assert_int_equal(r->n_events, 0);
}

static void test_kernel_drops(void **state)
{
    struct run *r = *state;

    pass(r, 120, 9990, 10); /* 0.1 %, no more */
    assert_int_equal(r->n_events, 0);
    assert_false(is_failing(r, "drops"));
    pass(r, 60, 9980, 20);
    assert_int_equal(r->n_lost[BLIND_KERNEL_DROPS], 1);
    assert_true(is_failing(r, "drops"));
    pass(r, 120, 9993, 7); /* under the limit, but not far under it */
    assert_int_equal(r->n_over[BLIND_KERNEL_DROPS], 0);
    assert_true(is_failing(r, "drops"));
    pass(r, 60, 9996, 4);
    assert_int_equal(r->n_over[BLIND_KERNEL_DROPS], 1);
    assert_false(is_failing(r, "drops"));
}

/* A burst at the start is judged after 10 seconds; a window is a minute, so an old burst is over. */
static void test_drop_window(void **state)
{
    struct run *r = *state;

    pass(r, 1, 100, 0);
    pass(r, 1, 100, 100);
    pass(r, 8, 100, 0);
    assert_int_equal(r->n_events, 0);
    pass(r, 1, 100, 0);
    assert_int_equal(r->n_lost[BLIND_KERNEL_DROPS], 1);
    pass(r, 49, 100, 0);
    assert_int_equal(r->n_over[BLIND_KERNEL_DROPS], 0);
    pass(r, 3, 100, 0);
    assert_int_equal(r->n_over[BLIND_KERNEL_DROPS], 1);
}

static void test_interface(void **state)
{
    struct run *r = *state;
    struct interface_counters *c = &r->m.interface[0];

    c->dropped = 5000; /* since the machine started */
    pass(r, 10, 100, 0);
    c->has_dropped = 1;
    c->n_allowances = 1;
    (void)snprintf(c->allowance[0].name, METRICS_NAME_MAX, "pps_allowance_exceeded");
    c->allowance[0].value = 77;
    pass(r, 10, 100, 0);
    assert_int_equal(r->n_events, 0);
    c->dropped++;
    pass(r, 1, 100, 0);
    assert_int_equal(r->n_lost[BLIND_INTERFACE_DROPS], 1);
    assert_non_null(strstr(r->last.detail, "eth7"));
    pass(r, 30, 100, 0);
    c->dropped++;
    pass(r, 60, 100, 0);
    assert_int_equal(r->n_over[BLIND_INTERFACE_DROPS], 0);
    pass(r, 1, 100, 0);
    assert_int_equal(r->n_over[BLIND_INTERFACE_DROPS], 1);
    c->dropped = 0; /* the interface was made anew */
    c->allowance[0].value += 3;
    pass(r, 1, 100, 0);
    assert_int_equal(r->n_lost[BLIND_INTERFACE_DROPS], 1);
    assert_int_equal(r->n_lost[BLIND_ALLOWANCE], 1);
    assert_non_null(strstr(r->last.detail, "pps_allowance_exceeded"));
    assert_int_equal(r->m.blind[BLIND_ALLOWANCE], 1);
}

static void test_no_dns(void **state)
{
    static const struct {
        uint64_t tcp, syn, dns; /* a second */
        int seconds;
        uint32_t n_lost;
    } cases[] = {
        {10, 1, 0, 600, 0},                        /* the first second begins the time */
        {10, 1, 0, 601, 1},  {1, 1, 0, 999, 0},    /* too little TCP */
        {1, 1, 0, 1000, 1},  {100, 0, 0, 2000, 0}, /* no connection was opened */
        {10, 1, 1, 2000, 0},
    };
    struct run *r = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint32_t before = r->n_lost[BLIND_NO_DNS];

        for (int s = 0; s < cases[i].seconds; s++) {
            struct source_count c = source(100 + (uint32_t)i);

            c.tcp = cases[i].tcp;
            c.packets = c.tcp + cases[i].dns;
            c.syn = c.syn_ack = cases[i].syn;
            c.dns = cases[i].dns;
            hear(r, c);
        }
        assert_int_equal(r->n_lost[BLIND_NO_DNS] - before, cases[i].n_lost);
        if (cases[i].n_lost) {
            struct source_count c = source(100 + (uint32_t)i);

            assert_non_null(strstr(r->last.detail, "amazon-dns"));
            assert_non_null(strstr(r->last.detail, "AddNetworkServices"));
            assert_non_null(strstr(r->last.detail, "source 10.1.0.10"));
            c.dns = 1;
            before = r->n_over[BLIND_NO_DNS];
            hear(r, c);
            assert_int_equal(r->n_over[BLIND_NO_DNS] - before, 1);
        }
    }
}

/* Without a tunnel there is no mirror filter to speak of. */
static void test_no_dns_plain(void **state)
{
    struct run *r = *state;

    for (int s = 0; s < 700; s++)
        hear(r, (struct source_count){.vni = SOURCE_PLAIN, .packets = 10, .tcp = 10, .syn = 1, .syn_ack = 1});
    assert_int_equal(r->n_lost[BLIND_NO_DNS], 1);
    assert_non_null(strstr(r->last.detail, "without a tunnel"));
    assert_null(strstr(r->last.detail, "amazon"));
}

static void test_one_direction(void **state)
{
    static const struct {
        uint64_t syn, syn_ack;             /* a second */
        uint64_t other_syn, other_syn_ack; /* every other second */
        int seconds;
        uint32_t n_lost;
    } cases[] = {
        {1, 0, 1, 0, 49, 0},   {1, 0, 1, 0, 50, 1},      {0, 1, 0, 1, 49, 0},    {0, 1, 0, 1, 50, 1},
        {50, 0, 50, 0, 30, 0}, {50, 0, 50, 0, 31, 1},    {1, 1, 1, 1, 500, 0},   {9, 0, 0, 9, 500, 0},
        {100, 0, 0, 0, 31, 1}, {100, 1, 100, 0, 500, 0}, {100, 0, 0, 1, 500, 0}, {0, 0, 0, 0, 500, 0},
    };
    struct run *r = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint32_t before = r->n_lost[BLIND_ONE_DIRECTION];

        for (int s = 0; s < cases[i].seconds; s++) {
            struct source_count c = source(200 + (uint32_t)i);

            c.packets = 1;
            c.syn = s % 2 ? cases[i].other_syn : cases[i].syn;
            c.syn_ack = s % 2 ? cases[i].other_syn_ack : cases[i].syn_ack;
            hear(r, c);
        }
        if (r->n_lost[BLIND_ONE_DIRECTION] - before != cases[i].n_lost)
            fail_msg("case %zu", i);
        if (cases[i].n_lost) {
            struct source_count c = source(200 + (uint32_t)i);

            c.syn = cases[i].syn == 0;
            c.syn_ack = cases[i].syn > 0;
            before = r->n_over[BLIND_ONE_DIRECTION];
            hear(r, c);
            assert_int_equal(r->n_over[BLIND_ONE_DIRECTION] - before, 1);
        }
    }
}

static void hear_cut(struct run *r, int seconds, uint64_t packets, uint64_t cut)
{
    for (int s = 0; s < seconds; s++) {
        struct source_count c = source(300);

        c.packets = packets;
        c.truncated = cut;
        hear(r, c);
    }
}

static void test_truncated(void **state)
{
    struct run *r = *state;

    hear_cut(r, 1000, 1000, 100); /* 10 %, no more */
    hear_cut(r, 1, 0, 0);
    assert_int_equal(r->n_events, 0);
    hear_cut(r, 125, 1000, 110);
    assert_int_equal(r->n_lost[BLIND_TRUNCATED], 1);
    hear_cut(r, 1000, 1000, 60);
    assert_int_equal(r->n_over[BLIND_TRUNCATED], 0);
    hear_cut(r, 125, 1000, 50);
    assert_int_equal(r->n_over[BLIND_TRUNCATED], 1);
}

/* A minute with few packets goes on until there are 100. */
static void test_truncated_few(void **state)
{
    struct run *r = *state;

    hear_cut(r, 99, 1, 1);
    assert_int_equal(r->n_events, 0);
    hear_cut(r, 1, 1, 1);
    assert_int_equal(r->n_lost[BLIND_TRUNCATED], 1);
}

/* The most events in any time of this length. */
static uint32_t most_within(const struct run *r, ns_t span)
{
    uint32_t most = 0;

    for (uint32_t i = 0, from = 0; i < r->n_events; i++) {
        while (r->times[i] - r->times[from] >= span)
            from++;
        most = i - from + 1 > most ? i - from + 1 : most;
    }
    return most;
}

/* 3000 sources that turn blind and back every 200 seconds, for an hour and a half, and 3000 others that only come by. */
static void test_flood(void **state)
{
    struct run *r = *state;
    uint64_t suppressed;

    for (int s = 0; s < 5400; s += 50) {
        for (uint32_t n = 0; n < 3060; n++) {
            struct source_count c = source(n < 3000 ? n : n + 60 * (uint32_t)(s / 50));

            c.packets = 100;
            c.syn = s / 50 % 2 ? 100 : 0;
            c.syn_ack = s / 50 % 4 == 0 ? 1 : 0;
            blind_source(r->blind, &c, r->now);
        }
        pass(r, 50, 100, 0);
    }
    suppressed = r->m.blind_events_suppressed;
    assert_true(r->n_events > 16);
    assert_true(most_within(r, 60 * SECOND) <= 16 + 2); /* and the numbers of the others, lost and over */
    /* Each may say it once in 10 minutes, and its end. */
    assert_in_range(suppressed, 3000, 2 * 3000 * 10);
}

/* 4000 at once: 16 by name, the others as a number; then both again when it is over. */
static void test_many(void **state)
{
    struct run *r = *state;

    for (int turn = 0; turn < 2; turn++) {
        for (uint32_t n = 0; n < 4000; n++) {
            struct source_count c = source(n);

            c.packets = 1;
            c.syn = turn == 0 ? 60 : 0;
            c.syn_ack = turn == 1;
            blind_source(r->blind, &c, r->now);
        }
        pass(r, 31, 100, 0);
        for (uint32_t n = 0; n < 4000 && turn == 0; n++) {
            struct source_count c = source(n);

            c.syn = 1;
            blind_source(r->blind, &c, r->now);
        }
        pass(r, 61, 100, 0);
        assert_int_equal(r->n_lost[BLIND_ONE_DIRECTION], 17);
        assert_int_equal(r->n_over[BLIND_ONE_DIRECTION], turn * 17);
        assert_non_null(strstr(r->last.detail, "3984 further sources"));
        assert_int_equal(r->m.blind_events_suppressed, 3984 * (turn + 1));
        assert_int_equal(r->m.blind[BLIND_ONE_DIRECTION], turn ? 0 : 4000);
    }
}

/* One source that comes and goes: one event and its end in 10 minutes. */
static void test_flapping(void **state)
{
    struct run *r = *state;

    for (int s = 0; s < 6000; s++) {
        struct source_count c = source(1);

        c.packets = 1;
        c.syn = s % 100 < 60 ? 10 : 0;
        c.syn_ack = s % 100 == 60;
        hear(r, c);
    }
    assert_in_range(r->n_lost[BLIND_ONE_DIRECTION], 8, 10);
    assert_int_equal(r->n_over[BLIND_ONE_DIRECTION], r->n_lost[BLIND_ONE_DIRECTION]);
    assert_true(most_within(r, 600 * SECOND) <= 2);
}

/* A source that is silent for an hour is forgotten, without a word. */
static void test_idle(void **state)
{
    struct run *r = *state;
    uint32_t before;

    for (int s = 0; s < 60; s++) {
        struct source_count c = source(1);

        c.syn = c.packets = 1;
        hear(r, c);
    }
    pass(r, 1, 1, 0);
    assert_int_equal(r->m.blind[BLIND_ONE_DIRECTION], 1);
    before = r->n_events;
    pass(r, 3590, 1, 0);
    assert_int_equal(r->m.blind[BLIND_ONE_DIRECTION], 1);
    pass(r, 20, 1, 0);
    assert_int_equal(r->m.blind[BLIND_ONE_DIRECTION], 0);
    assert_int_equal(r->n_events, before);
}

/* Nothing that a worker sends does harm. */
static void test_hostile(void **state)
{
    struct run *r = *state;

    for (int i = 0; i < 1000; i++) {
        struct source_count c;

        memset(&c, 0xff, sizeof(c));
        c.vni = (uint32_t)(i % 3 ? i : -1);
        if (i % 2)
            c.dns = 0;
        hear(r, c);
        memset(&r->c, i % 5 ? 0xff : 0, sizeof(r->c));
        pass(r, 1, 0, 0);
    }
}

static void test_health(void **state)
{
    struct run *r = *state;
    struct blind_health h;

    pass(r, 10, 100, 0);
    blind_health(r->blind, &r->m, r->now, &h);
    assert_false(h.failing);
    r->now += 5 * SECOND;
    assert_false(is_failing(r, "worker 0"));
    r->now += 1;
    assert_true(is_failing(r, "worker 0"));
    pass(r, 1, 100, 0);
    r->m.ledger_failing = true;
    assert_true(is_failing(r, "open findings"));
    r->m.ledger_failing = false;
    r->m.output[0].failing = true;
    assert_true(is_failing(r, "json:/x"));
    r->m.output[0].failing = false;
    r->m.n_workers = METRICS_WORKERS_MAX; /* none of which was ever heard of */
    blind_health(r->blind, &r->m, r->now, &h);
    assert_true(h.failing);
    assert_int_equal(h.n, BLIND_REASONS_MAX);
}

#define RUN(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        RUN(test_no_packets), RUN(test_never),         RUN(test_kernel_drops), RUN(test_drop_window),
        RUN(test_interface),  RUN(test_no_dns),        RUN(test_no_dns_plain), RUN(test_one_direction),
        RUN(test_truncated),  RUN(test_truncated_few), RUN(test_flood),        RUN(test_many),
        RUN(test_flapping),   RUN(test_idle),          RUN(test_hostile),      RUN(test_health),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
