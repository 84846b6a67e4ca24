/*
 * test_scope.c - findings whose miner's owner is known: an address that had two owners is two machines. And findings that are said
 * again as something else became known of them.
 */
#include "config.h"

#include "fleet_bench.h"

#define HOUR (3600 * NS_PER_SEC)
#define MINER 0x0a000011
#define POOL 0xcb007109
#define INSIDE 0x0a000005
#define A 0xa11ce
#define B 0xb0b

/* Task A has the address for an hour, then task B. */
static uint64_t by_time(void *arg, const struct evidence *e)
{
    ++*(uint32_t *)arg;
    return e->time_ns < START + HOUR ? A : B;
}

static uint64_t as_told(void *arg, const struct evidence *e)
{
    (void)e;
    return *(uint64_t *)arg;
}

static void add_of(uint64_t scope, struct evidence e)
{
    finding_scopes(b.table, as_told, &scope);
    add(e);
    finding_scopes(b.table, NULL, NULL);
}

static struct evidence with_host(struct evidence e, const char *host)
{
    assert_true(evidence_add_text(&e, TEXT_HOST, view_str(host), false));
    e.host_source = NAME_HTTP_HOST;
    return e;
}

static struct evidence from_port(struct evidence e, uint16_t port)
{
    e.miner.port = port;
    return e;
}

static size_t n_new(enum finding_kind kind)
{
    return n_events((int)kind, FINDING_NEW);
}

/* --- one address ---------------------------------------------------------------------------- */

static void test_recycled_address(void **state)
{
    uint32_t n_asked = 0;

    (void)state;
    finding_scopes(b.table, by_time, &n_asked);
    for (uint32_t i = 0; i < 4; i++)
        add(job_of(MINER, POOL, START + i * HOUR / 2));
    assert_int_equal(n_asked, 4);
    assert_int_equal(n_new(FINDING_MINING), 2);
    assert_int_equal(b.events[0].scope, A);
    assert_int_equal(b.events[1].scope, B);
    assert_string_not_equal(b.events[0].id, b.events[1].id);
    finding_close_all(b.table);
    assert_int_equal(b.n, 4);
    for (size_t i = 2; i < 4; i++)
        assert_int_equal(b.events[i].n_flows, 2);
    again_with_conf(); /* nobody is asked */
    b.n = 0;
    for (uint32_t i = 0; i < 4; i++)
        add(job_of(MINER, POOL, START + i * HOUR / 2));
    assert_int_equal(n_new(FINDING_MINING), 1);
}

/* In two VPCs at the same time: by the scope, and by scope and tunnel. */
static void test_overlapping_addresses(void **state)
{
    struct evidence e = job_of(MINER, POOL, START);

    (void)state;
    add_of(A, e);
    add_of(B, from_port(e, 40001));
    add_of(A, from_port(e, 40002));
    assert_int_equal(n_new(FINDING_MINING), 2);
    e.flags |= EVIDENCE_HAS_ENCAP;
    e.outer_src = endpoint_of(0x0a000904, 0).addr;
    e.outer_dst = endpoint_of(0x0a000905, 0).addr;
    for (uint32_t vni = 0; vni < 2; vni++) {
        e.vni = vni;
        add_of(vni ? B : A, from_port(e, (uint16_t)(41000 + vni)));
        assert_int_equal(newest(FINDING_MINING)->state, FINDING_NEW);
    }
    finding_close_all(b.table);
    assert_int_equal(finding_stats(b.table)->findings, 4);
    for (size_t i = 0; i < b.n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(b.events[i].state != b.events[k].state || strcmp(b.events[i].id, b.events[k].id) != 0);
}

/* Without an owner the id is what it was before there were any. */
static void test_id_of_none(void **state)
{
    char id[20];

    (void)state;
    add(job_of(MINER, POOL, START));
    memcpy(id, newest(FINDING_MINING)->id, sizeof(id));
    assert_string_equal(id, "cm-6098d70d54971b2c");
    again_with_conf();
    add_of(0, job_of(MINER, POOL, START));
    assert_string_equal(newest(FINDING_MINING)->id, id);
    again_with_conf();
    add_of(A, job_of(MINER, POOL, START));
    assert_string_not_equal(newest(FINDING_MINING)->id, id);
}

/* No connection changes its owner, whatever is said of it, and nor does its copy. */
static void test_open_connection_stays(void **state)
{
    static const uint64_t said[] = {A, 0, B, A};
    struct evidence e = job_of(MINER, POOL, START);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        e.n_jobs++;
        e.time_ns = e.flow_last_ns = START + (ns_t)i * NS_PER_SEC;
        add_of(said[i], e);
    }
    e.flags |= EVIDENCE_HAS_ENCAP;
    add_of(B, e);
    assert_int_equal(n_new(FINDING_MINING), 1);
    add_of(0, from_port(e, 40001)); /* another one, of nobody who is known */
    assert_int_equal(n_new(FINDING_MINING), 2);
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_MINING)->scope, 0);
    assert_int_equal(b.events[b.n - 2].scope, A);
    assert_int_equal(b.events[b.n - 2].n_flows, 1);
    assert_int_equal(b.events[b.n - 2].n_jobs, 5);
}

/* --- one machine ---------------------------------------------------------------------------- */

static void test_lookups(void **state)
{
    struct evidence asked = lookup_of(MINER, small_feed_row(1), "a.pool.example", START);
    const struct event *mining;

    (void)state;
    add_of(A, asked);
    add_of(B, asked);
    add_of(0, asked);
    assert_int_equal(n_new(FINDING_POOL_LOOKUP), 3);
    add_of(B, with_host(job_of(MINER, POOL, START + NS_PER_SEC), "a.pool.example"));
    mining = newest(FINDING_MINING);
    assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED), 1);
    assert_int_equal(newest(FINDING_POOL_LOOKUP)->scope, B);
    assert_int_equal(mining->n_supersedes, 1);
    assert_int_equal(mining->supersedes[0], strtoull(newest(FINDING_POOL_LOOKUP)->id + 3, NULL, 16));
    add_of(B, asked); /* is known */
    assert_int_equal(finding_stats(b.table)->joined, 1);
    finding_close_all(b.table);
    assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED), 3);
    assert_int_equal(n_new(FINDING_POOL_LOOKUP), 3);
}

static void test_contacts(void **state)
{
    struct evidence asked = lookup_of(MINER, small_feed_row(1), "a.pool.example", START), went = asked;

    (void)state;
    went.kind = EVIDENCE_CONTACT;
    went.stage = STAGE_CONTACT;
    went.pool = endpoint_of(POOL, 3333);
    went.time_ns += NS_PER_SEC;
    add_of(A, asked);
    add_of(B, went);
    assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED), 0);
    add_of(A, from_port(went, 40001));
    assert_int_equal(n_new(FINDING_POOL_CONTACT), 2);
    assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED), 1);
    assert_int_equal(newest(FINDING_POOL_CONTACT)->n_supersedes, 1);
}

static void test_nodes(void **state)
{
    struct evidence e = evidence_of(MINER, EVIDENCE_NODE, START);

    (void)state;
    assert_true(evidence_add_text(&e, TEXT_COIN, view_str("LTC"), false));
    for (uint64_t scope = 0; scope < 3; scope++)
        add_of(scope, e);
    assert_int_equal(n_new(FINDING_COIN_NODE), 3);
}

/* --- many connections ----------------------------------------------------------------------- */

static void test_members_of_a_service(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 6; i++)
        add_of(i % 2 ? A : B, from_port(job_of(MINER, INSIDE, START), (uint16_t)(40000 + i)));
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_members, 2);
    add_of(A, from_port(job_of(MINER + 1, INSIDE, START), 40000));
    finding_close_all(b.table);
    assert_int_equal(n_new(FINDING_POOL_SERVICE), 1);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_members, 3);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_flows, 7);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->scope, 0);
}

/* The machine's own mining has an owner, the service does not: its pool is found all the same, whichever came first. */
static void test_upstream(void **state)
{
    const struct endpoint upstream = endpoint_of(POOL, 3333);
    struct evidence own = job_of(INSIDE, POOL, START);

    (void)state;
    for (int first = 0; first < 2; first++) {
        again_with_conf();
        b.n = 0;
        if (first)
            add_of(A, own);
        add_of(B, job_of(MINER, INSIDE, START));
        assert_int_equal(newest(FINDING_POOL_SERVICE)->pool.port, 0);
        own.n_jobs++;
        add_of(A, own);
        assert_true(endpoint_eq(&newest(FINDING_POOL_SERVICE)->pool, &upstream));
        assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_UPDATE), 1);
    }
}

static void test_campaign(void **state)
{
    struct evidence e = with_login(job_of(MINER, POOL, START), WALLET);

    (void)state;
    add_of(A, from_port(e, 40000));
    add_of(B, from_port(e, 40001));
    add_of(A, from_port(e, 40002));
    assert_int_equal(n_new(FINDING_CAMPAIGN), 0);
    add_of(0, from_port(e, 40003));
    assert_int_equal(n_new(FINDING_CAMPAIGN), 1);
    add_of(B, from_port(e, 40004));
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members, 3);
    assert_int_equal(newest(FINDING_CAMPAIGN)->scope, 0);
}

static void test_scan(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 14; i++)
        add_of(i % 2 ? A : B, try_of(MINER, 0xcb000000 + i, START + i * NS_PER_SEC));
    assert_int_equal(n_new(FINDING_POOL_SCAN), 0);
    add_of(A, try_of(MINER, 0xcb000010, START + 20 * NS_PER_SEC));
    assert_int_equal(n_new(FINDING_POOL_SCAN), 1);
    assert_int_equal(newest(FINDING_POOL_SCAN)->scope, A);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 8);
    add_of(B, try_of(MINER, 0xcb000011, START + 21 * NS_PER_SEC));
    assert_int_equal(n_new(FINDING_POOL_SCAN), 2);
    assert_int_equal(newest(FINDING_POOL_SCAN)->scope, B);
    assert_string_not_equal(b.events[b.n - 1].id, b.events[b.n - 2].id);
}

/* --- an owner who becomes known --------------------------------------------------------------- */

/* The next record of the connection, a second later. */
static struct evidence next(struct evidence *e)
{
    e->n_jobs++;
    e->n_messages++;
    e->time_ns += NS_PER_SEC;
    e->flow_last_ns = e->time_ns;
    return *e;
}

static size_t n_updates(void)
{
    return n_events(FINDING_MINING, FINDING_UPDATE);
}

/* What nobody was known for first is his, with its id, and not what nobody is known for then. */
static void test_becomes_known(void **state)
{
    struct evidence e = job_of(MINER, POOL, START), asked = lookup_of(MINER, small_feed_row(1), "a.pool.example", START);
    char id[20];

    (void)state;
    e = with_host(e, "a.pool.example");
    add_of(0, e);
    add_of(A, asked); /* before anybody can know that it is the same machine */
    assert_int_equal(n_new(FINDING_POOL_LOOKUP), 1);
    add_of(A, next(&e));
    assert_int_equal(n_new(FINDING_MINING), 1);
    assert_int_equal(n_updates(), 1);
    assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_CLOSED), 1);
    assert_int_equal(newest(FINDING_MINING)->scope, A);
    assert_int_equal(newest(FINDING_MINING)->n_supersedes, 1);
    assert_string_equal(newest(FINDING_MINING)->id, b.events[0].id);
    memcpy(id, b.events[0].id, sizeof(id));
    add_of(A, asked);
    assert_int_equal(finding_stats(b.table)->joined, 1);
    add_of(A, from_port(e, 40001));
    add_of(B, next(&e)); /* somebody errs */
    assert_int_equal(n_new(FINDING_MINING), 1);
    for (uint16_t i = 0; i < 2; i++) /* the next owner, and one more, before they are known: each has an id of his own */
        add_of(0, from_port(e, (uint16_t)(40010 + i)));
    assert_int_equal(n_new(FINDING_MINING), 2);
    assert_int_equal(newest(FINDING_MINING)->scope, 0);
    assert_string_not_equal(newest(FINDING_MINING)->id, id);
    finding_close_all(b.table);
    assert_int_equal(b.events[b.n - 2].scope, A);
    assert_int_equal(b.events[b.n - 2].n_flows, 2);
    assert_string_equal(b.events[b.n - 2].id, id);
    add_of(0, from_port(e, 40020)); /* nobody has it now */
    assert_string_equal(newest(FINDING_MINING)->id, id);
}

/* Owners who follow one another, each known only after a while. */
static void test_lag(void **state)
{
    struct evidence e = job_of(MINER, POOL, START);
    const struct event *last[3];

    (void)state;
    for (uint16_t i = 0; i < 3; i++) {
        e = from_port(job_of(MINER, POOL, START + i * HOUR), (uint16_t)(40000 + i));
        add_of(0, e);
        add_of((uint64_t)(A + i), next(&e));
    }
    assert_int_equal(n_new(FINDING_MINING), 3);
    assert_int_equal(n_updates(), 3);
    finding_close_all(b.table);
    for (size_t i = 0; i < 3; i++) {
        last[i] = &b.events[b.n - 3 + i];
        assert_int_equal(last[i]->scope, A + i);
        assert_int_equal(last[i]->n_flows, 1);
    }
    assert_string_not_equal(last[0]->id, last[1]->id);
    assert_string_not_equal(last[1]->id, last[2]->id);
    assert_string_not_equal(last[0]->id, last[2]->id);
}

/* Where it is not certain whose all of it is. */
static void test_stays_unknown(void **state)
{
    struct evidence e = job_of(MINER, POOL, START), copy;

    (void)state;
    add_of(0, e);
    add_of(0, from_port(e, 40001));
    add_of(A, next(&e)); /* of whom is the other one? */
    assert_int_equal(newest(FINDING_MINING)->scope, 0);
    again_with_conf();
    add_of(0, e);
    copy = e;
    copy.flags |= EVIDENCE_HAS_ENCAP;
    copy.vni = 5;
    add_of(A, copy); /* in the network of the copy the address may be another one's */
    assert_int_equal(newest(FINDING_MINING)->scope, 0);
    again_with_conf();
    add_of(A, from_port(e, 40001));
    add_of(0, e);
    add_of(A, next(&e)); /* there are two, and two stay */
    finding_close_all(b.table);
    assert_int_equal(finding_stats(b.table)->findings, 2);
    assert_int_equal(newest(FINDING_MINING)->scope, 0);
}

/* A member stays one when its owner becomes known, before there is a campaign and after. */
static void test_member_becomes_known(void **state)
{
    struct evidence e[4];

    (void)state;
    for (uint32_t i = 0; i < 4; i++)
        e[i] = with_login(job_of(MINER + i, POOL, START), WALLET);
    add_of(0, e[0]);
    add_of(A, next(&e[0]));
    add_of(A, from_port(e[0], 40001));
    add_of(0, e[1]);
    assert_int_equal(n_new(FINDING_CAMPAIGN), 0);
    add_of(0, e[2]);
    assert_int_equal(n_new(FINDING_CAMPAIGN), 1);
    add_of(A, next(&e[1]));
    add_of(A, next(&e[2]));
    add_of(A, e[3]);
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members, 4);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members_listed, 4);
}

static void test_client_becomes_known(void **state)
{
    struct evidence e = job_of(MINER, INSIDE, START);

    (void)state;
    add_of(0, e);
    add_of(A, next(&e));
    add_of(A, from_port(e, 40001));
    add_of(0, from_port(e, 40002));
    finding_close_all(b.table);
    assert_int_equal(n_new(FINDING_POOL_SERVICE), 1);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_members, 2);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_flows, 3);
}

/* --- said again ----------------------------------------------------------------------------- */

static void test_touch(void **state)
{
    char id[20];

    (void)state;
    add(job_of(MINER, POOL, START));
    memcpy(id, newest(FINDING_MINING)->id, sizeof(id));
    assert_false(finding_touch(b.table, id)); /* of a capture all is known at the end */
    again_with_conf();
    b.n = 0;
    finding_live(b.table);
    assert_false(finding_touch(b.table, id)); /* there is none yet */
    add(job_of(MINER, POOL, START));
    assert_true(finding_touch(b.table, id));
    assert_int_equal(b.n, 2);
    assert_int_equal(newest(FINDING_MINING)->state, FINDING_UPDATE);
    assert_int_equal(newest(FINDING_MINING)->revision, 2);
    assert_true(finding_touch(b.table, id)); /* something more became known */
    assert_int_equal(b.n, 3);
    assert_false(finding_touch(b.table, "cm-0123456789abcdef"));
    assert_false(finding_touch(b.table, ""));
    finding_close_all(b.table);
    assert_false(finding_touch(b.table, id));
    assert_int_equal(b.n, 4);
}

static void test_touch_waits(void **state)
{
    struct finding_suppressed all;
    char id[20];

    (void)state;
    b.conf.output.max_rate = b.conf.output.burst = 1;
    again_with_conf();
    finding_live(b.table);
    finding_tick(b.table, START);
    add(job_of(MINER, POOL, START));
    memcpy(id, newest(FINDING_MINING)->id, sizeof(id));
    for (int i = 0; i < 5; i++)
        assert_true(finding_touch(b.table, id));
    assert_int_equal(b.n, 1);
    finding_tick(b.table, START + NS_PER_SEC);
    finding_tick(b.table, START + 5 * NS_PER_SEC);
    assert_int_equal(b.n, 2); /* one update, for all of them */
    assert_int_equal(newest(FINDING_MINING)->state, FINDING_UPDATE);
    finding_suppressed(b.table, &all);
    for (int label = 0; label < FINDING_LABELS; label++)
        assert_int_equal(all.n[FINDING_UPDATE][label], 0);
    assert_int_equal(finding_stats(b.table)->due, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recycled_address, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overlapping_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_id_of_none, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_connection_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lookups, setup, teardown),
        cmocka_unit_test_setup_teardown(test_contacts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nodes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_members_of_a_service, setup, teardown),
        cmocka_unit_test_setup_teardown(test_upstream, setup, teardown),
        cmocka_unit_test_setup_teardown(test_campaign, setup, teardown),
        cmocka_unit_test_setup_teardown(test_scan, setup, teardown),
        cmocka_unit_test_setup_teardown(test_becomes_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lag, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stays_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_member_becomes_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_client_becomes_known, setup, teardown),
        cmocka_unit_test_setup_teardown(test_touch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_touch_waits, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
