/*
 * test_storm.c - a live table: idleness, updates that are due, the limit of events, who is evicted, sums.
 */
#include "config.h"

#include "finding/finding.h"
#include "role/ledger.h"

#include "../evidence_of.h"
#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define START EVIDENCE_OF_START
#define KEPT 4096
#define HOUR (3600 * NS_PER_SEC)

struct event {
    enum finding_state state;
    char id[20];
    uint32_t revision;
    double severity;
    unsigned confidence;
    struct addr miner;
    uint64_t count, n_dropped, n_restarts;
};

static struct {
    struct conf conf;
    struct finding_table *table;
    struct event events[KEPT];
    uint64_t n, n_of[FINDING_STATE_N];
    double worst;
    ns_t now;
} b;

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct event *e = &b.events[b.n++ % KEPT];

    (void)arg;
    b.n_of[state]++;
    b.worst = f->severity > b.worst ? f->severity : b.worst;
    *e = (struct event){.state = state,
                        .revision = f->revision,
                        .severity = f->severity,
                        .confidence = f->confidence,
                        .miner = f->miner.addr,
                        .n_dropped = f->n_dropped,
                        .n_restarts = f->n_restarts,
                        .count = f->count};
    memcpy(e->id, f->id, sizeof(e->id));
}

static void make_table(void)
{
    struct hash_key key;

    assert_true(hash_seed(&key)); /* as a live run: nothing that is checked may depend on it */
    b.table = finding_table_new(&b.conf, &key, small_feed(), on_finding, NULL);
    assert_non_null(b.table);
    finding_live(b.table);
}

static int setup(void **state)
{
    (void)state;
    memset(&b, 0, sizeof(b));
    conf_defaults(&b.conf);
    b.conf.limits.max_findings = 100;
    b.conf.limits.max_dialogues = 100;
    b.conf.output.max_rate = 10;
    b.conf.output.burst = 5;
    b.now = START;
    make_table();
    finding_tick(b.table, b.now);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    finding_table_free(b.table);
    return 0;
}

static void again_with_conf(void)
{
    finding_table_free(b.table);
    make_table();
    finding_tick(b.table, b.now);
}

static void add(struct evidence e)
{
    finding_add(b.table, &e);
}

/* Lets time pass, in steps of a second. */
static void pass(ns_t span)
{
    for (ns_t end = b.now + span; b.now < end;) {
        b.now += NS_PER_SEC;
        finding_tick(b.table, b.now);
    }
}

static const struct event *newest(void)
{
    assert_true(b.n > 0);
    return &b.events[(b.n - 1) % KEPT];
}

static uint64_t suppressed(int state)
{
    struct finding_suppressed all;
    uint64_t sum = 0;

    finding_suppressed(b.table, &all);
    for (int label = 0; label < FINDING_LABELS; label++)
        sum += all.n[state][label];
    return sum;
}

static void check_sums(void)
{
    const struct finding_stats *stats = finding_stats(b.table);
    struct finding_holds holds;

    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_waiting, 0);
    assert_int_equal(stats->emitted, b.n);
    assert_int_equal(stats->due, b.n + suppressed(FINDING_NEW) + suppressed(FINDING_UPDATE) + suppressed(FINDING_CLOSED));
}

static void check_miner(const struct event *e, uint32_t host)
{
    struct endpoint miner = endpoint_of(host, 0);

    assert_memory_equal(&e->miner, &miner.addr, sizeof(miner.addr));
}

/* --- time ----------------------------------------------------------------------------------- */

static void test_idle_is_closed(void **state)
{
    (void)state;
    add(evidence_of(1, EVIDENCE_LOGIN, START));
    pass(HOUR);
    assert_int_equal(b.n, 1);
    pass(2 * NS_PER_SEC);
    assert_int_equal(b.n, 2);
    assert_int_equal(newest()->state, FINDING_CLOSED);
    pass(HOUR);
    assert_int_equal(b.n, 2);
    check_sums();
}

static void test_heard_of_is_not_closed(void **state)
{
    (void)state;
    add(evidence_of(1, EVIDENCE_LOGIN, START));
    for (int i = 0; i < 10; i++) {
        pass(HOUR / 2);
        add(evidence_of(1, EVIDENCE_FACTS, START)); /* whatever the packets' clock says */
    }
    assert_int_equal(b.n_of[FINDING_CLOSED], 0);
}

static void test_clock_steps_close_nothing(void **state)
{
    (void)state;
    add(evidence_of(1, EVIDENCE_LOGIN, START));
    for (int i = 0; i < 20; i++) {
        b.now += (i % 2 ? -1 : 1) * 24 * HOUR;
        finding_tick(b.table, b.now);
    }
    assert_int_equal(b.n, 1);
    pass(HOUR);
    assert_int_equal(newest()->state, FINDING_CLOSED); /* though steps of 10 s counted */
}

static void test_facts_alone_go_in_silence(void **state)
{
    struct finding_holds holds;

    (void)state;
    add(evidence_of(1, EVIDENCE_FACTS, START));
    pass(HOUR + 2 * NS_PER_SEC);
    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_findings, 0);
    assert_int_equal(b.n, 0);
}

static void test_updates_by_ticks(void **state)
{
    struct evidence e = evidence_of(1, EVIDENCE_LOGIN, START);

    (void)state;
    add(e);
    pass(HOUR / 2);
    e.n_messages = 7; /* nothing material */
    add(e);
    assert_int_equal(b.n, 1);
    pass(HOUR / 2 + 2 * NS_PER_SEC);
    assert_int_equal(b.n, 2); /* the interval passed */
    assert_int_equal(newest()->state, FINDING_UPDATE);
    pass(HOUR / 2); /* nothing new: idle, closed */
    assert_int_equal(b.n_of[FINDING_UPDATE], 1);
    assert_int_equal(newest()->state, FINDING_CLOSED);
}

static void test_silence_then_update(void **state)
{
    (void)state;
    b.conf.output.close_after = 10 * HOUR;
    again_with_conf();
    add(evidence_of(1, EVIDENCE_LOGIN, START));
    pass(2 * HOUR);
    assert_int_equal(b.n, 1);
    add(evidence_of(1, EVIDENCE_LOGIN, START)); /* by packet time nothing passed */
    assert_int_equal(newest()->state, FINDING_UPDATE);
}

static void test_lost(void **state)
{
    (void)state;
    finding_lost(b.table, 100, 1);
    add(evidence_of(1, EVIDENCE_LOGIN, START));
    assert_int_equal(newest()->n_dropped, 0); /* before it began */
    finding_lost(b.table, 130, 3);
    finding_boot(b.table);
    finding_lost(b.table, 200, 1); /* a new run */
    finding_close_all(b.table);
    assert_int_equal(newest()->n_dropped, 230);
    assert_int_equal(newest()->n_restarts, 3);
}

/* --- the limit ------------------------------------------------------------------------------ */

static void test_burst_then_rate(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 60; i++)
        add(evidence_of(i, EVIDENCE_LOGIN, START));
    assert_int_equal(b.n, 5);
    pass(NS_PER_SEC); /* a second gives 10 tokens, and 5 can be kept */
    assert_int_equal(b.n, 10);
    b.now += NS_PER_SEC / 10;
    finding_tick(b.table, b.now);
    assert_int_equal(b.n, 11);
    pass(20 * NS_PER_SEC);
    assert_int_equal(b.n, 60);
    finding_close_all(b.table);
    assert_int_equal(b.n, 65);
    check_sums();
    assert_int_equal(suppressed(FINDING_CLOSED), 55);
}

static void test_no_limit(void **state)
{
    (void)state;
    b.conf.output.max_rate = 0;
    again_with_conf();
    for (uint32_t i = 1; i <= 60; i++)
        add(evidence_of(i, EVIDENCE_LOGIN, START));
    finding_close_all(b.table);
    assert_int_equal(b.n, 120);
    check_sums();
}

static void test_most_severe_first(void **state)
{
    struct evidence paid = evidence_of(900, EVIDENCE_ACCEPTED, START);

    (void)state;
    for (uint32_t i = 1; i <= 20; i++)
        add(fake_of(i, START));
    add(lookup_of(500, small_feed_row(1), "a.pool.example", START));
    add(evidence_of(800, EVIDENCE_LOGIN, START));    /* 8.0, confidence 60 */
    add(evidence_of(801, EVIDENCE_DIALOGUE, START)); /* 8.0, confidence 85 */
    paid.stage = STAGE_PAID;
    add(paid); /* 8.5 */
    add(evidence_of(802, EVIDENCE_LOGIN, START));
    pass(NS_PER_SEC);
    assert_true(b.events[5].severity > 8.4);
    assert_int_equal(b.events[6].confidence, 85);
    check_miner(&b.events[7], 800);
    check_miner(&b.events[8], 802);
    check_miner(&b.events[9], 6); /* of the fakes the oldest that waits */
    pass(10 * NS_PER_SEC);
    assert_true(newest()->severity < 5.1); /* the lookup */
}

static void test_rises_while_it_waits(void **state)
{
    struct evidence e;

    (void)state;
    for (uint32_t i = 1; i <= 20; i++)
        add(fake_of(i, START));
    e = evidence_of(20, EVIDENCE_DIALOGUE, START); /* the last fake was none */
    add(e);
    pass(NS_PER_SEC);
    assert_memory_equal(&b.events[5].miner, &e.miner.addr, 16);
    assert_int_equal(b.events[5].state, FINDING_NEW);
    assert_int_equal(b.events[5].revision, 1);
    assert_int_equal(suppressed(FINDING_UPDATE), 1); /* what rose was said with what is new */
}

static void test_close_waits_and_is_taken_back(void **state)
{
    struct finding_holds holds;

    (void)state;
    b.conf.output.burst = 1;
    b.conf.output.max_rate = 1;
    again_with_conf();
    for (uint32_t i = 1; i <= 3; i++)
        add(evidence_of(i, EVIDENCE_LOGIN, START));
    pass(5 * NS_PER_SEC);
    assert_int_equal(b.n, 3);
    while (b.n < 4) { /* the first close takes the token */
        b.now += 10 * NS_PER_SEC;
        finding_tick(b.table, b.now);
    }
    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_waiting, 2);
    add(evidence_of(3, EVIDENCE_LOGIN, START)); /* it goes on */
    assert_int_equal(suppressed(FINDING_CLOSED), 1);
    pass(5 * NS_PER_SEC);
    assert_int_equal(b.n_of[FINDING_CLOSED], 2);
    assert_int_equal(b.n_of[FINDING_NEW], 3);
    assert_int_equal(b.n_of[FINDING_UPDATE], 1);
    finding_close_all(b.table);
    check_sums();
}

static void test_new_and_closed_both_wait(void **state)
{
    (void)state;
    b.conf.output.close_after = 60 * NS_PER_SEC;
    b.conf.output.max_rate = 1;
    b.conf.output.burst = 1;
    again_with_conf();
    for (uint32_t i = 1; i <= 80; i++)
        add(evidence_of(i, EVIDENCE_LOGIN, START));
    pass(300 * NS_PER_SEC);
    assert_int_equal(b.n_of[FINDING_NEW], 80);
    assert_int_equal(b.n_of[FINDING_CLOSED], 80);
    assert_int_equal(suppressed(FINDING_NEW) + suppressed(FINDING_CLOSED), 0);
    check_sums();
}

static void test_take_suppressed(void **state)
{
    struct finding_suppressed since;

    (void)state;
    for (uint32_t i = 1; i <= 200; i++)
        add(fake_of(i, START));
    finding_take_suppressed(b.table, &since);
    assert_int_equal(since.n[FINDING_NEW][1], 100 - 5); /* 100 went; the 5 that were said are among them */
    assert_int_equal(since.n[FINDING_CLOSED][1], 100);
    assert_int_equal(since.n[FINDING_NEW][2], 0);
    finding_take_suppressed(b.table, &since);
    assert_int_equal(since.n[FINDING_NEW][1], 0);
}

/* --- who is evicted ------------------------------------------------------------------------- */

static void test_fakes_push_out_fakes(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 50; i++)
        add(evidence_of(i, EVIDENCE_LOGIN, START));
    for (uint32_t i = 1000; i < 3000; i++) {
        add(fake_of(i, START));
        add(lookup_of(i, small_feed_row(1), "a.pool.example", START));
    }
    pass(60 * NS_PER_SEC);
    for (uint32_t i = 1; i <= 50; i++) { /* all 50 are known still: no second `new' */
        struct evidence e = evidence_of(i, EVIDENCE_ACCEPTED, START);

        e.stage = STAGE_PAID;
        add(e);
    }
    pass(60 * NS_PER_SEC);
    finding_close_all(b.table);
    check_sums();
    for (uint64_t i = 0; i < b.n; i++)
        if (b.events[i].severity > 7 && b.events[i].state == FINDING_NEW)
            assert_true(b.events[i].revision == 1 && b.events[i].severity < 8.1);
}

static void test_worse_goes_into_a_full_table(void **state)
{
    struct finding_holds holds;

    (void)state;
    for (uint32_t i = 1; i <= 100; i++)
        add(evidence_of(i, EVIDENCE_LOGIN, START));
    add(lookup_of(1000, small_feed_row(1), "a.pool.example", START)); /* less severe than all: gone at once */
    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_findings, 100);
    assert_int_equal(suppressed(FINDING_NEW), 1);
    add(evidence_of(2000, EVIDENCE_FACTS, START)); /* its proof comes next, so it is kept, and the oldest goes */
    assert_int_equal(suppressed(FINDING_NEW), 1);
    add(evidence_of(2000, EVIDENCE_LOGIN, START));
    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_findings, 100);
    assert_int_equal(finding_stats(b.table)->evicted, 2);
}

/* Flows seen in one direction push out one another. */
static void test_flows_of_fakes(void **state)
{
    struct evidence e = evidence_of(7, EVIDENCE_LOGIN, START);
    struct finding_holds holds;

    (void)state;
    e.n_messages = 5;
    add(e);
    for (uint32_t i = 0; i < 3000; i++) { /* of 50 miners, 60 flows each */
        struct evidence fake = fake_of(1000 + i % 50, START);

        fake.miner.port = (uint16_t)(1000 + i);
        add(fake);
    }
    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_flows, 200);
    assert_true(finding_stats(b.table)->untracked > 2000);
    e.n_messages = 9; /* counters are absolute: a flow that was forgotten would count 14 */
    add(e);
    pass(60 * NS_PER_SEC);
    finding_close_all(b.table);
    check_sums();
    assert_int_equal(finding_stats(b.table)->malformed, 0);
    assert_memory_equal(&b.events[0].miner, &e.miner.addr, sizeof(e.miner.addr));
    for (uint64_t i = b.n; i > 0; i--)
        if (strcmp(b.events[i - 1].id, b.events[0].id) == 0) {
            assert_int_equal(b.events[i - 1].state, FINDING_CLOSED);
            assert_int_equal(b.events[i - 1].count, 9);
            break;
        }
}

/* --- the storm ------------------------------------------------------------------------------ */

static double cpu_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/*
 * A million one-sided clients in a minute, all different, and in their midst one miner that is seen in both
 * directions. Ticks come ten times a second; the journal is in memory files.
 */
static void test_a_million_fakes(void **state)
{
    const uint32_t n_fakes = 1000000, n_ticks = 600;
    const int fd[2] = {memfd_create("a", 0), memfd_create("b", 0)};
    struct ledger_restored restored;
    struct ledger_health health;
    struct ledger *l;
    ns_t due = 0;
    double cpu;
    bool said = false;

    (void)state;
    conf_defaults(&b.conf);
    again_with_conf();
    l = ledger_new(fd, b.table, b.conf.state.max_bytes);
    assert_non_null(l);
    assert_true(ledger_restore(l, &restored));
    cpu = cpu_now();
    for (uint32_t tick = 0; tick < n_ticks; tick++) {
        for (uint32_t i = tick * (n_fakes / n_ticks + 1); i < (tick + 1) * (n_fakes / n_ticks + 1) && i < n_fakes; i++) {
            struct evidence e = fake_of(0x0b000000 + i, b.now);

            e.seq = i + 1;
            assert_true(ledger_take(l, &e));
            if (i == n_fakes / 2) {
                e = evidence_of(1, EVIDENCE_DIALOGUE, b.now);
                e.worker = 1;
                e.seq = 1;
                due = b.now;
                assert_true(ledger_take(l, &e));
            }
        }
        b.now += NS_PER_SEC / 10;
        ledger_tick(l, b.now);
        if (due && !said && b.worst > 7.9) {
            said = true;
            printf("# the miner was said after %.1f s\n", (double)(b.now - due) / 1e9);
            assert_true(b.now - due <= 5 * NS_PER_SEC);
        }
    }
    cpu = cpu_now() - cpu;
    ledger_health(l, &health);
    printf("# %.2f s of CPU, %llu snapshots, journal of %llu bytes, %llu events\n", cpu, (unsigned long long)health.n_snapshots,
           (unsigned long long)health.n_bytes, (unsigned long long)b.n);
    assert_true(said);
    assert_true(health.ok && health.n_failed == 0);
    assert_true(b.n <= b.conf.output.burst + 60 * b.conf.output.max_rate);
    finding_close_all(b.table);
    check_sums();
    assert_int_equal(b.n_of[FINDING_NEW] + suppressed(FINDING_NEW), n_fakes + 1);
    assert_int_equal(finding_stats(b.table)->due, 2 * (n_fakes + 1)); /* each is new once and closed once */
    ledger_free(l);
    close(fd[0]);
    close(fd[1]);
}

/* One-way stratum toward a thousand victims: nobody is called a miner. */
static void test_spoofed_victims(void **state)
{
    (void)state;
    b.conf.output.max_rate = 0;
    b.conf.limits.max_findings = 2000;
    again_with_conf();
    for (uint32_t i = 0; i < 1000000; i++) {
        struct evidence e = fake_of(0x0a000000 + i % 1000, START + i * 60 * INT64_C(1000));

        e.kind = i % 3 ? EVIDENCE_SUBMIT : EVIDENCE_LOGIN;
        e.stage = i % 3 ? STAGE_PAID : STAGE_HANDSHAKE;
        e.miner.port = (uint16_t)(i / 1000 % 8);
        add(e);
    }
    finding_close_all(b.table);
    assert_int_equal(b.n_of[FINDING_NEW], 1000);
    assert_true(b.worst < 6.95);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_idle_is_closed),
        CASE(test_heard_of_is_not_closed),
        CASE(test_clock_steps_close_nothing),
        CASE(test_facts_alone_go_in_silence),
        CASE(test_updates_by_ticks),
        CASE(test_silence_then_update),
        CASE(test_lost),
        CASE(test_burst_then_rate),
        CASE(test_no_limit),
        CASE(test_most_severe_first),
        CASE(test_rises_while_it_waits),
        CASE(test_close_waits_and_is_taken_back),
        CASE(test_new_and_closed_both_wait),
        CASE(test_take_suppressed),
        CASE(test_fakes_push_out_fakes),
        CASE(test_worse_goes_into_a_full_table),
        CASE(test_flows_of_fakes),
        CASE(test_a_million_fakes),
        CASE(test_spoofed_victims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
