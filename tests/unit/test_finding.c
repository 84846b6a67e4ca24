/*
 * test_finding.c - evidence records in, findings out: identity, events, sums, lists and caps.
 */
#include "config.h"

#include "finding/finding.h"

#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)
#define DAY (86400 * NS_PER_SEC)
#define EVENTS_MAX 2048

/* What is kept of an event. */
struct event {
    enum finding_state state;
    char id[20];
    uint32_t revision, n_flows, n_flows_listed, n_logins, n_logins_listed, n_agents;
    uint64_t count, n_submitted;
    enum stage stage;
    double severity;
    unsigned confidence;
    struct endpoint miner;
    ns_t first_ns, last_ns, detected_ns;
    uint16_t first_port, middle_port, last_port; /* of the miner in the listed flows */
    char login[64], agent[64];
};

struct bench {
    struct finding_table *table;
    struct event events[EVENTS_MAX];
    size_t n;
};

static void text_of(char to[64], const struct finding_text *t)
{
    snprintf(to, 64, "%.*s", (int)t->len, t->bytes);
}

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct bench *b = arg;
    struct event *e = &b->events[b->n++];

    assert_true(b->n < EVENTS_MAX);
    *e = (struct event){.state = state,
                        .revision = f->revision,
                        .n_flows = f->n_flows,
                        .n_flows_listed = f->n_flows_listed,
                        .n_logins = f->n_logins,
                        .n_logins_listed = f->n_logins_listed,
                        .n_agents = f->n_agents,
                        .count = f->count,
                        .n_submitted = f->n_submitted,
                        .stage = f->stage,
                        .severity = f->severity,
                        .confidence = f->confidence,
                        .miner = f->miner,
                        .first_ns = f->first_ns,
                        .last_ns = f->last_ns,
                        .detected_ns = f->detected_ns};
    memcpy(e->id, f->id, sizeof(e->id));
    text_of(e->login, &f->login);
    text_of(e->agent, &f->agent);
    if (f->n_flows_listed) {
        e->first_port = f->flows[0].miner.port;
        e->middle_port = f->flows[f->n_flows_listed / 2].miner.port;
        e->last_port = f->flows[f->n_flows_listed - 1].miner.port;
    }
}

static struct bench *bench_of(const struct conf *conf)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct hash_key key;

    assert_non_null(b);
    hash_key_fixed(&key, 3);
    b->table = finding_table_new(conf, &key, small_feed(), on_finding, b);
    assert_non_null(b->table);
    return b;
}

static struct bench *bench_new(uint32_t max_findings)
{
    struct conf conf;

    conf_defaults(&conf);
    conf.limits.max_findings = max_findings;
    conf.limits.max_dialogues = 1000;
    return bench_of(&conf);
}

static int setup(void **state)
{
    *state = bench_new(100);
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    finding_table_free(b->table);
    free(b);
    return 0;
}

static struct endpoint endpoint_of(uint8_t host, uint16_t port)
{
    uint8_t bytes[4] = {10, 0, 0, host};
    struct endpoint e = {.port = port};

    addr_set_v4(&e.addr, bytes);
    return e;
}

/* A proof of one connection of 10.0.0.host, from port 40000 to 10.0.0.200:3333. */
static struct evidence record(uint8_t host, enum evidence_kind kind)
{
    return (struct evidence){.version = EVIDENCE_VERSION,
                             .kind = (uint8_t)kind,
                             .time_ns = START + NS_PER_SEC,
                             .flow_start_ns = START,
                             .flow_last_ns = START + NS_PER_SEC,
                             .miner = endpoint_of(host, 40000),
                             .pool = endpoint_of(200, 3333),
                             .protocol = PROTOCOL_CRYPTONOTE,
                             .protocols = 1u << PROTOCOL_CRYPTONOTE,
                             .stage = STAGE_HANDSHAKE,
                             .packets = {4, 3},
                             .n_messages = 1};
}

static void add(struct bench *b, struct evidence e)
{
    finding_add(b->table, &e);
}

static void add_text(struct bench *b, enum evidence_text tag, const char *text)
{
    struct evidence e = record(1, EVIDENCE_LOGIN);

    assert_true(evidence_add_text(&e, tag, view_str(text), false));
    add(b, e);
}

static const struct event *newest(const struct bench *b)
{
    assert_true(b->n > 0);
    return &b->events[b->n - 1];
}

/* --- events --------------------------------------------------------------------------------- */

static void test_new_at_first_proof(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_FACTS);

    add(b, e);
    assert_int_equal(b->n, 0); /* facts prove nothing */
    e = record(1, EVIDENCE_LOGIN);
    e.time_ns = START + 5;
    add(b, e);
    assert_int_equal(b->n, 1);
    assert_int_equal(newest(b)->state, FINDING_NEW);
    assert_int_equal(newest(b)->revision, 1);
    assert_int_equal(newest(b)->detected_ns, START + 5);
    assert_int_equal(newest(b)->first_ns, START);
    assert_int_equal(finding_stats(b->table)->findings, 1);
    finding_close_all(b->table);
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->state, FINDING_CLOSED);
    assert_int_equal(newest(b)->detected_ns, START + 5);
    finding_close_all(b->table);
    assert_int_equal(b->n, 2); /* once */
}

static void test_facts_alone_are_no_finding(void **state)
{
    struct bench *b = *state;

    add(b, record(1, EVIDENCE_FACTS));
    finding_close_all(b->table);
    assert_int_equal(b->n, 0);
    assert_int_equal(finding_stats(b->table)->findings, 0);
}

static void test_repeated_records_change_nothing(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN);

    e.n_messages = 7;
    e.n_submitted = 3;
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_str("u"), false));
    for (int i = 0; i < 10; i++)
        add(b, e);
    assert_int_equal(b->n, 1);
    finding_close_all(b->table);
    assert_int_equal(newest(b)->count, 7);
    assert_int_equal(newest(b)->n_submitted, 3);
    assert_int_equal(newest(b)->n_flows, 1);
    assert_int_equal(newest(b)->n_logins, 1);
}

static void test_update_on_stage(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN);

    add(b, e);
    e = record(1, EVIDENCE_JOB);
    e.stage = STAGE_MINING;
    add(b, e);
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
    assert_int_equal(newest(b)->stage, STAGE_MINING);
    assert_true(newest(b)->severity > 8.1 && newest(b)->severity < 8.3);
    assert_string_equal(b->events[0].id, newest(b)->id);
    e = record(1, EVIDENCE_LOGIN); /* an older stage does not come back */
    add(b, e);
    assert_int_equal(b->n, 2);
    e = record(1, EVIDENCE_ACCEPTED);
    e.stage = STAGE_PAID;
    add(b, e);
    assert_int_equal(newest(b)->stage, STAGE_PAID);
    assert_true(newest(b)->severity > 8.4 && newest(b)->severity < 8.6);
    assert_int_equal(newest(b)->confidence, 95);
}

static void test_update_on_login_and_agent(void **state)
{
    struct bench *b = *state;

    add_text(b, TEXT_LOGIN, "one");
    add_text(b, TEXT_LOGIN, "two");
    assert_int_equal(b->n, 2);
    assert_string_equal(newest(b)->login, "two");
    add_text(b, TEXT_AGENT, "XMRig");
    assert_int_equal(b->n, 3);
    assert_string_equal(newest(b)->agent, "XMRig");
    add_text(b, TEXT_LOGIN, "one"); /* known */
    assert_int_equal(b->n, 3);
    assert_int_equal(newest(b)->n_logins, 2);
    assert_int_equal(newest(b)->n_agents, 1);
}

static void test_update_every_hour(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN);

    add(b, e);
    e = record(1, EVIDENCE_FACTS);
    e.flow_last_ns = START + NS_PER_SEC + 3600 * NS_PER_SEC;
    add(b, e);
    assert_int_equal(b->n, 1);
    e.flow_last_ns++;
    add(b, e);
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
}

static void test_update_interval(void **state)
{
    struct bench *b;
    struct conf conf;
    struct evidence e = record(1, EVIDENCE_LOGIN);
    void *other;

    (void)state;
    conf_defaults(&conf);
    conf.output.update_interval = 60 * NS_PER_SEC;
    other = b = bench_of(&conf);
    add(b, e);
    e = record(1, EVIDENCE_FACTS);
    e.flow_last_ns = START + NS_PER_SEC + 60 * NS_PER_SEC;
    add(b, e);
    assert_int_equal(b->n, 1);
    e.flow_last_ns++;
    add(b, e);
    assert_int_equal(b->n, 2);
    teardown(&other);
}

static void test_end_of_flow_is_no_update(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN);

    add(b, e);
    e = record(1, EVIDENCE_FACTS);
    e.flags = EVIDENCE_FLOW_END;
    e.stage = STAGE_MINING;
    add(b, e);
    assert_int_equal(b->n, 1);
    finding_close_all(b->table);
    assert_int_equal(newest(b)->stage, STAGE_MINING); /* but it counts */
}

static void test_closed_in_order_of_appearance(void **state)
{
    struct bench *b = *state;

    for (uint8_t host = 9; host > 0; host--)
        add(b, record(host, EVIDENCE_LOGIN));
    finding_close_all(b->table);
    assert_int_equal(b->n, 18);
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(b->events[i].state, FINDING_NEW);
        assert_int_equal(b->events[9 + i].state, FINDING_CLOSED);
        assert_string_equal(b->events[i].id, b->events[9 + i].id);
    }
}

static void test_order_of_first_record(void **state)
{
    struct bench *b = *state;

    add(b, record(1, EVIDENCE_FACTS)); /* known first, proven last */
    add(b, record(2, EVIDENCE_LOGIN));
    add(b, record(1, EVIDENCE_LOGIN));
    finding_close_all(b->table);
    assert_int_equal(b->n, 4);
    assert_string_equal(b->events[1].id, b->events[2].id);
    assert_string_equal(b->events[0].id, b->events[3].id);
}

/* --- identity ------------------------------------------------------------------------------- */

/* The id of a finding made of this record alone. */
static void id_of(struct evidence e, char id[20])
{
    struct bench *b = bench_new(10);
    void *other = b;

    add(b, e);
    memcpy(id, newest(b)->id, 20);
    teardown(&other);
}

/* A site's key makes other ids, and an empty one those of the table's key. */
static void test_site_key(void **state)
{
    static const char *const keys[] = {"", "a", "b"};
    char id[ARRAY_LEN(keys)][20], plain[20];

    (void)state;
    id_of(record(1, EVIDENCE_LOGIN), plain);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct conf conf;
        struct bench *b;
        void *other;

        conf_defaults(&conf);
        memcpy(conf.sensor.site_key, keys[i], strlen(keys[i]) + 1);
        other = b = bench_of(&conf);
        add(b, record(1, EVIDENCE_LOGIN));
        memcpy(id[i], newest(b)->id, 20);
        teardown(&other);
    }
    assert_string_equal(id[0], plain);
    assert_string_not_equal(id[1], plain);
    assert_string_not_equal(id[2], plain);
    assert_string_not_equal(id[1], id[2]);
}

static void test_id(void **state)
{
    char id[20], other[20];
    struct evidence e = record(1, EVIDENCE_LOGIN);

    (void)state;
    id_of(e, id);
    assert_int_equal(strlen(id), 19);
    assert_memory_equal(id, "cm-", 3);
    assert_int_equal(strspn(id + 3, "0123456789abcdef"), 16);
    e.miner.port = 50000; /* another connection, another proof, another time of the day */
    e.kind = EVIDENCE_SUBMIT;
    e.flow_start_ns += NS_PER_SEC;
    id_of(e, other);
    assert_string_equal(id, other);
    e.flow_start_ns += DAY;
    e.flow_last_ns += DAY;
    id_of(e, other);
    assert_string_not_equal(id, other);
    id_of(record(2, EVIDENCE_LOGIN), other);
    assert_string_not_equal(id, other);
    e = record(1, EVIDENCE_LOGIN);
    e.pool.port++;
    id_of(e, other);
    assert_string_not_equal(id, other);
}

static void test_one_finding_for_many_connections(void **state)
{
    struct bench *b = *state;

    for (uint16_t i = 0; i < 10; i++) {
        struct evidence e = record(1, EVIDENCE_LOGIN);

        e.miner.port = (uint16_t)(40000 + i);
        e.flow_start_ns += i * NS_PER_SEC;
        e.n_messages = 5;
        add(b, e);
    }
    finding_close_all(b->table);
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->n_flows, 10);
    assert_int_equal(newest(b)->count, 50);
}

static struct evidence in_tunnel(struct evidence e, uint32_t vni, uint8_t outer)
{
    e.flags |= EVIDENCE_HAS_ENCAP;
    e.vni = vni;
    e.outer_src = endpoint_of(outer, 0).addr;
    return e;
}

static void test_copy_is_not_counted(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN), copy;

    e.n_messages = 5;
    e.n_submitted = 2;
    add(b, in_tunnel(e, 5, 100)); /* both ends are mirrored */
    copy = in_tunnel(e, 6, 101);
    copy.flow_start_ns += 1000;
    copy.flow_last_ns += 1000;
    add(b, copy);
    add(b, e); /* and once without a tunnel */
    finding_close_all(b->table);
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->n_flows, 1);
    assert_int_equal(newest(b)->n_flows_listed, 3);
    assert_int_equal(newest(b)->count, 5);
    assert_int_equal(newest(b)->n_submitted, 2);
}

static void test_equal_addresses_of_two_networks(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN);

    add(b, in_tunnel(e, 5, 100));
    e.flow_start_ns += 100 * NS_PER_SEC;
    e.flow_last_ns += 100 * NS_PER_SEC;
    e.time_ns += 100 * NS_PER_SEC;
    add(b, in_tunnel(e, 6, 101)); /* at another time: no copy */
    finding_close_all(b->table);
    assert_int_equal(b->n, 4);
    assert_string_not_equal(b->events[0].id, b->events[1].id);
    assert_int_equal(b->events[2].n_flows, 1);
    assert_int_equal(b->events[3].n_flows, 1);
}

/* --- score ---------------------------------------------------------------------------------- */

static void test_one_sided_caps(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_ACCEPTED);

    e.stage = STAGE_PAID;
    e.flags = EVIDENCE_ONE_SIDED;
    add(b, e);
    assert_true(newest(b)->severity > 6.85 && newest(b)->severity < 6.95);
    assert_int_equal(newest(b)->confidence, 75);
    e.flags = EVIDENCE_ONE_SIDED | EVIDENCE_ANSWERED; /* acknowledgements show the other side */
    add(b, e);
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
    assert_true(newest(b)->severity > 8.45);
    assert_int_equal(newest(b)->confidence, 95);
}

static void test_one_sided_weak_stays_below(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_SUBSCRIBE);

    e.flags = EVIDENCE_ONE_SIDED;
    add(b, e);
    assert_int_equal(newest(b)->confidence, 50);
}

static void test_confidence_is_the_strongest(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_SUBSCRIBE);

    add(b, e);
    assert_int_equal(newest(b)->confidence, 50);
    e.kind = EVIDENCE_JOB;
    e.stage = STAGE_MINING;
    add(b, e);
    assert_int_equal(newest(b)->confidence, 70);
    finding_close_all(b->table);
    assert_int_equal(newest(b)->confidence, 70); /* of one class the strongest, not the sum */
}

/* Another program's opinion adds to what is there: it makes no finding, no event, and moves no figures. */
static void test_opinion_only_adds(void **state)
{
    struct bench *b = *state;
    struct evidence opinion = record(1, EVIDENCE_DPI);

    opinion.stage = STAGE_PAID;
    opinion.n_messages = 90;
    opinion.flow_last_ns = START + DAY;
    add(b, opinion); /* of a connection that no proof came from */
    add(b, record(1, EVIDENCE_SUBSCRIBE));
    assert_int_equal(b->n, 1);
    assert_int_equal(newest(b)->confidence, 50);
    add(b, opinion);
    add(b, opinion);
    assert_int_equal(b->n, 1);
    finding_close_all(b->table);
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->confidence, 55);
    assert_int_equal(newest(b)->stage, STAGE_HANDSHAKE);
    assert_int_equal(newest(b)->count, 1);
    assert_int_equal(newest(b)->last_ns, START + NS_PER_SEC);
    assert_int_equal(finding_stats(b->table)->findings, 1);
}

/* --- caps ----------------------------------------------------------------------------------- */

static void test_malformed_are_counted(void **state)
{
    struct bench *b = *state;
    struct evidence e = record(1, EVIDENCE_LOGIN);

    e.version = 9;
    add(b, e);
    e = record(1, EVIDENCE_LOGIN);
    e.kind = EVIDENCE_N;
    add(b, e);
    add(b, record(1, EVIDENCE_LOGIN));
    assert_int_equal(b->n, 1);
    assert_int_equal(finding_stats(b->table)->malformed, 2);
    assert_int_equal(finding_stats(b->table)->records, 1);
}

static void test_flow_list_keeps_both_ends(void **state)
{
    struct bench *b = *state;

    for (uint16_t i = 0; i < 200; i++) {
        struct evidence e = record(1, EVIDENCE_LOGIN);

        e.miner.port = i;
        e.flow_start_ns += i * NS_PER_SEC;
        e.flow_last_ns += i * NS_PER_SEC;
        e.n_messages = 2;
        add(b, e);
    }
    finding_close_all(b->table);
    assert_int_equal(newest(b)->n_flows, 200);
    assert_int_equal(newest(b)->count, 400); /* listed or not */
    assert_int_equal(newest(b)->n_flows_listed, FINDING_FLOWS);
    assert_int_equal(newest(b)->first_port, 0);
    assert_int_equal(newest(b)->middle_port, 200 - FINDING_FLOWS / 2);
    assert_int_equal(newest(b)->last_port, 199);
}

static void test_login_list_is_capped(void **state)
{
    struct bench *b = *state;
    char login[32];

    for (int i = 0; i < 20; i++) {
        snprintf(login, sizeof(login), "user%d", i);
        add_text(b, TEXT_LOGIN, login);
    }
    assert_int_equal(newest(b)->n_logins_listed, FINDING_LOGINS);
    assert_true(newest(b)->n_logins >= 20);
    assert_string_equal(newest(b)->login, "user19");
}

static void test_cap_evicts_the_oldest(void **state)
{
    struct bench *b = bench_new(3);
    void *other = b;

    (void)state;
    for (uint8_t host = 1; host <= 10; host++)
        add(b, record(host, EVIDENCE_LOGIN));
    assert_int_equal(finding_stats(b->table)->evicted, 7);
    finding_close_all(b->table);
    assert_int_equal(b->n, 20); /* each is new once and closed once */
    for (size_t i = 0; i < b->n; i++) {
        size_t n_closed = 0;

        for (size_t k = 0; k < b->n; k++)
            n_closed += b->events[k].state == FINDING_CLOSED && strcmp(b->events[k].id, b->events[i].id) == 0;
        assert_int_equal(n_closed, 1);
    }
    teardown(&other);
}

static void test_free_with_open_findings(void **state)
{
    struct bench *b = *state;

    for (uint8_t host = 1; host <= 10; host++)
        add(b, in_tunnel(record(host, EVIDENCE_LOGIN), host, host)); /* teardown frees them all */
    assert_int_equal(b->n, 10);
    finding_table_free(NULL);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_new_at_first_proof),
        CASE(test_facts_alone_are_no_finding),
        CASE(test_repeated_records_change_nothing),
        CASE(test_update_on_stage),
        CASE(test_update_on_login_and_agent),
        CASE(test_update_every_hour),
        cmocka_unit_test(test_update_interval),
        CASE(test_end_of_flow_is_no_update),
        CASE(test_closed_in_order_of_appearance),
        CASE(test_order_of_first_record),
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_site_key),
        CASE(test_one_finding_for_many_connections),
        CASE(test_copy_is_not_counted),
        CASE(test_equal_addresses_of_two_networks),
        CASE(test_one_sided_caps),
        CASE(test_one_sided_weak_stays_below),
        CASE(test_confidence_is_the_strongest),
        CASE(test_opinion_only_adds),
        CASE(test_malformed_are_counted),
        CASE(test_flow_list_keeps_both_ends),
        CASE(test_login_list_is_capped),
        cmocka_unit_test(test_cap_evicts_the_oldest),
        CASE(test_free_with_open_findings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
