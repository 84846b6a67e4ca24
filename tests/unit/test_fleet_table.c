/*
 * test_fleet_table.c - findings of many connections in a table that is saved and loaded, live, limited, small, or masked.
 */
#include "config.h"

#include "fleet_bench.h"

#define STEPS 260

/* All sorts of records, of few machines, so that every sort of finding comes and goes. */
static void step(struct finding_table *t, uint32_t i)
{
    ns_t now = START + i * NS_PER_SEC;
    uint32_t miner = 0x0a000000 + i % 5;
    struct evidence e;

    switch (i % 13) {
    case 0:
    case 1:
    case 2:
    case 3: e = try_of(0x0a000063, 0xcb000000 + i, now); break;
    case 4: e = with_login(job_of(miner, 0x0a000005, now), i % 2 ? WALLET : OTHER_WALLET); break;
    case 5: e = with_login(job_of(miner + i % 40, 0xcb007109, now), WALLET); break;
    case 6: e = lookup_of(miner, small_feed_row(1 + i % 6), "a.pool.example", now); break;
    case 7: e = with_login(job_of(miner, 0xcb007102, now), DONATION); break;
    case 8: e = job_of(0x0a000005, 0xcb007103, now); break;
    case 9: e = fake_of(i, now); break;
    case 10:
        e = job_of(0x0a000063, 0xcb000000 + i - i % 13, START + (i - i % 13) * NS_PER_SEC); /* a target gives work */
        e.n_jobs = i % 2;
        e.stage = i % 2 ? STAGE_MINING : STAGE_HANDSHAKE;
        break;
    case 11:
        e = job_of(miner, 0xcb007104, now);
        evidence_add_text(&e, TEXT_HOST, view_str("b.pool.example"), false);
        e.host_source = NAME_SOCKS;
        if (i % 3 == 0)
            e.protocol = PROTOCOL_WEB_CRYPTONOTE;
        break;
    default:
        e = try_of(0x0a000063, 0xcb000000 + i - i % 13 + 1, START + (i - i % 13 + 1) * NS_PER_SEC);
        e.kind = EVIDENCE_FACTS;
        e.flags = EVIDENCE_FLOW_END;
        break;
    }
    e.seq = i + 1;
    finding_add(t, &e);
    finding_tick(t, now);
}

struct bytes {
    uint8_t *p;
    size_t n, room;
};

static bool on_piece(void *arg, struct view piece)
{
    struct bytes *to = arg;

    if (to->n + piece.n > to->room) {
        to->room = 2 * (to->n + piece.n);
        to->p = realloc(to->p, to->room);
        assert_non_null(to->p);
    }
    memcpy(to->p + to->n, piece.p, piece.n);
    to->n += piece.n;
    return true;
}

static struct bytes saved(const struct finding_table *t)
{
    struct bytes s = {NULL, 0, 0};

    assert_true(finding_save(t, on_piece, &s));
    return s;
}

/* Owners that change as time goes on, and are not always known. */
static uint64_t scope_of(void *arg, const struct evidence *e)
{
    (void)arg;
    return e->seq / 7 % 3;
}

static bool scoped; /* the tables of the test ask whose the miners are */

static struct finding_table *make_live(struct bench *to, uint64_t key_number, bool live)
{
    struct finding_table *t = make(to, key_number);

    if (live)
        finding_live(t);
    if (scoped)
        finding_scopes(t, scope_of, NULL);
    return t;
}

/* Saved and loaded at every point, under another key of the process: the same events and the same table. */
static void replay(bool live)
{
    static struct bench whole, part;
    size_t events_at[STEPS + 1];
    struct bytes snapshots[STEPS + 1];

    whole.conf = part.conf = b.conf;
    whole.n = 0;
    whole.table = make_live(&whole, 1, live);
    for (uint32_t i = 0; i < STEPS; i++) {
        events_at[i] = whole.n;
        snapshots[i] = saved(whole.table);
        step(whole.table, i);
    }
    snapshots[STEPS] = saved(whole.table);
    for (uint32_t i = 0; i < STEPS; i += i < 60 ? 1 : 7) {
        struct bytes end;

        part.n = 0;
        part.table = make_live(&part, 2 + i, live);
        assert_true(finding_load(part.table, view_of(snapshots[i].p, snapshots[i].n)));
        end = saved(part.table);
        assert_int_equal(end.n, snapshots[i].n);
        assert_memory_equal(end.p, snapshots[i].p, end.n);
        free(end.p);
        for (uint32_t k = i; k < STEPS; k++)
            step(part.table, k);
        assert_int_equal(part.n, whole.n - events_at[i]);
        for (size_t k = 0; k < part.n; k++)
            assert_memory_equal(&part.events[k], &whole.events[events_at[i] + k], sizeof(struct event));
        end = saved(part.table);
        assert_int_equal(end.n, snapshots[STEPS].n);
        assert_memory_equal(end.p, snapshots[STEPS].p, end.n);
        free(end.p);
        finding_table_free(part.table);
    }
    for (uint32_t i = 0; i <= STEPS; i++)
        free(snapshots[i].p);
    b.n = 0;
    for (size_t i = 0; i < whole.n; i++)
        b.events[b.n++] = whole.events[i];
    finding_table_free(whole.table);
}

static void test_replay(void **state)
{
    (void)state;
    replay(false);
    assert_true(n_events(FINDING_POOL_SCAN, FINDING_NEW) && n_events(FINDING_POOL_SERVICE, FINDING_NEW) &&
                n_events(FINDING_CAMPAIGN, FINDING_NEW) && n_events(FINDING_WEB_MINING, FINDING_NEW));
}

/* The owners change as the records go on, and at times nobody knows them. */
static void test_replay_scoped(void **state)
{
    (void)state;
    scoped = true;
    replay(false);
    replay(true);
    scoped = false;
    assert_true(n_events(FINDING_POOL_SCAN, FINDING_NEW) > 1 && n_events(FINDING_POOL_SERVICE, FINDING_NEW) &&
                n_events(FINDING_CAMPAIGN, FINDING_NEW));
}

static void test_replay_live(void **state)
{
    (void)state;
    replay(true);
    b.conf.output.max_rate = 1;
    b.conf.output.burst = 3;
    replay(true);
    b.conf.limits.max_findings = 12; /* findings go at every step */
    b.conf.limits.max_dialogues = 10;
    replay(true);
    replay(false);
}

/* Every event that was due was handed out or is counted, and what is held costs none. */
static void test_storm(void **state)
{
    const struct finding_stats *stats;
    struct finding_suppressed all;
    struct finding_holds holds;
    uint64_t sum = 0;

    (void)state;
    b.conf.output.max_rate = 1;
    b.conf.output.burst = 2;
    again_with_conf();
    finding_live(b.table);
    finding_tick(b.table, START);
    for (uint32_t i = 0; i < 2000; i++) {
        add(try_of(7, 0xcb000000 + i, START + i * 1000));
        add(with_login(job_of(0x0a000100 + i % 50, 0x0a000005, START + i), WALLET));
        if (i % 10 == 0)
            finding_tick(b.table, START + i * NS_PER_SEC / 10);
    }
    finding_holds(b.table, &holds);
    finding_close_all(b.table);
    stats = finding_stats(b.table);
    finding_suppressed(b.table, &all);
    for (int s = 0; s < FINDING_STATE_N; s++)
        for (int label = 0; label < FINDING_LABELS; label++)
            sum += all.n[s][label];
    assert_int_equal(stats->due, stats->emitted + sum);
    assert_int_equal(stats->emitted, b.n);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 1); /* the most severe goes first */
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_NEW), 1);
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 1);
}

/* Of a scan that was said, ids that were never said are not listed. */
static void test_supersedes_what_was_said(void **state)
{
    (void)state;
    b.conf.output.max_rate = 1;
    b.conf.output.burst = 3;
    again_with_conf();
    finding_live(b.table);
    finding_tick(b.table, START);
    for (uint32_t i = 0; i < 9; i++)
        add(try_of(7, 0xcb000000 + i, START));
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 3);
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 0);
    for (int i = 0; i < 9; i++)
        finding_tick(b.table, START + i * NS_PER_SEC);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_supersedes, 3);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 9);
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 3);
}

/* Findings without end and a small table: it holds no more than its cap, and all that is said is said to be closed. */
static void test_eviction(void **state)
{
    struct finding_holds holds;
    size_t n_new = 0, n_closed = 0;

    (void)state;
    b.conf.limits.max_findings = 10;
    b.conf.limits.max_dialogues = 10;
    again_with_conf();
    for (uint32_t i = 0; i < 1500; i++) {
        step(b.table, i);
        finding_holds(b.table, &holds);
        assert_true(holds.n_findings <= 10 && holds.n_flows <= 20);
    }
    finding_close_all(b.table);
    for (int kind = 0; kind < FINDING_KIND_N; kind++) {
        n_new += n_events(kind, FINDING_NEW);
        n_closed += n_events(kind, FINDING_CLOSED);
        assert_int_equal(n_events(kind, FINDING_NEW), n_events(kind, FINDING_CLOSED));
        assert_int_equal(finding_stats(b.table)->by_kind[kind], n_events(kind, FINDING_NEW));
    }
    assert_true(n_new > 100 && n_new == n_closed && n_new == finding_stats(b.table)->findings);
}

/* No wallet leaves whole: on_finding looks at every line. */
static void test_redacted(void **state)
{
    (void)state;
    b.conf.output.redact = true;
    again_with_conf();
    for (uint32_t i = 0; i < 260; i++)
        step(b.table, i);
    finding_close_all(b.table);
    assert_true(n_events(FINDING_CAMPAIGN, FINDING_CLOSED) > 0);
    assert_non_null(strstr(newest(FINDING_CAMPAIGN)->login, "…"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_replay),
        CASE(test_replay_scoped),
        CASE(test_replay_live),
        CASE(test_storm),
        CASE(test_supersedes_what_was_said),
        CASE(test_eviction),
        CASE(test_redacted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
