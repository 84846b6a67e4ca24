/*
 * test_lookup.c - records of class `name` in, findings out: kinds, severity, events, identity, words.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "finding/finding.h"
#include "finding/wording.h"

#include "../small_feed.h"

#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)
#define EVENTS_MAX 64

struct event {
    enum finding_state state;
    enum finding_kind kind;
    char id[20];
    double severity;
    unsigned confidence;
    uint64_t count;
    uint32_t n_names;
    struct finding_tunnel tunnel;
    char title[256], summary[1024], listed[FINDING_DETAIL_MAX];
};

struct bench {
    struct finding_table *table;
    struct event events[EVENTS_MAX];
    size_t n;
};

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct bench *b = arg;
    struct event *e = &b->events[b->n++];

    assert_true(b->n < EVENTS_MAX);
    *e = (struct event){.state = state,
                        .kind = f->kind,
                        .severity = f->severity,
                        .confidence = f->confidence,
                        .count = f->count,
                        .n_names = f->n_names,
                        .tunnel = f->tunnel};
    memcpy(e->id, f->id, sizeof(e->id));
    wording_title(f, NULL, LANGUAGE_EN, e->title, sizeof(e->title));
    wording_summary(f, NULL, LANGUAGE_EN, e->summary, sizeof(e->summary));
    snprintf(e->listed, sizeof(e->listed), "%s", f->evidence[EVIDENCE_LISTED].detail);
}

static struct bench *bench_new(const struct feed *feed)
{
    struct conf conf;
    struct bench *b = calloc(1, sizeof(*b));
    struct hash_key key;

    assert_non_null(b);
    conf_defaults(&conf);
    conf.limits.max_findings = 16;
    conf.limits.max_dialogues = 16;
    hash_key_fixed(&key, 3);
    b->table = finding_table_new(&conf, &key, feed, on_finding, b);
    assert_non_null(b->table);
    return b;
}

static int setup(void **state)
{
    *state = bench_new(small_feed());
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    finding_table_free(b->table);
    free(b);
    return 0;
}

/* What 10.0.0.host asked, or was told, of the name. */
static struct evidence lookup(uint8_t host, enum evidence_kind kind, const char *text)
{
    uint8_t client[4] = {10, 0, 0, host}, server[4] = {10, 0, 0, 2};
    struct evidence e = {.version = EVIDENCE_VERSION,
                         .kind = (uint8_t)kind,
                         .direction = kind == EVIDENCE_NAME_ASKED ? DIRECTION_TO_POOL : DIRECTION_TO_MINER,
                         .time_ns = START,
                         .flow_start_ns = START,
                         .flow_last_ns = START,
                         .miner = {.port = 5353},
                         .pool = {.port = 53},
                         .stage = STAGE_LOOKUP,
                         .n_messages = 1};
    struct name name;

    addr_set_v4(&e.miner.addr, client);
    addr_set_v4(&e.pool.addr, server);
    assert_true(name_parse(&name, view_str(text)));
    e.feed_row = feed_find(small_feed(), &name, 0);
    assert_true(evidence_add_text(&e, TEXT_NAME, view_str(text), false));
    return e;
}

static void add(struct bench *b, struct evidence e)
{
    finding_add(b->table, &e);
}

static void answer(struct bench *b, uint8_t host, const char *name, const char *said)
{
    struct evidence e = lookup(host, EVIDENCE_NAME_ANSWERED, name);

    assert_true(evidence_add_text(&e, TEXT_ANSWER, view_str(said), false));
    add(b, e);
}

static const struct event *newest(const struct bench *b)
{
    assert_true(b->n > 0);
    return &b->events[b->n - 1];
}

static void assert_severity(const struct bench *b, double wanted)
{
    assert_true(newest(b)->severity > wanted - 0.01 && newest(b)->severity < wanted + 0.01);
}

static void test_asked_then_answered(void **state)
{
    struct bench *b = *state;

    add(b, lookup(1, EVIDENCE_NAME_ASKED, "eu.pool.example"));
    assert_int_equal(b->n, 1);
    assert_int_equal(newest(b)->state, FINDING_NEW);
    assert_int_equal(newest(b)->kind, FINDING_POOL_LOOKUP);
    assert_severity(b, 3.0);
    assert_int_equal(newest(b)->confidence, 40);
    assert_string_equal(newest(b)->title, "10.0.0.1 asked for eu.pool.example, a mining pool (XMR ETC)");
    assert_non_null(strstr(newest(b)->summary, "No answer was captured."));
    answer(b, 1, "eu.pool.example", "203.0.113.9");
    assert_int_equal(b->n, 2);
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
    assert_severity(b, 5.0);
    assert_int_equal(newest(b)->confidence, 50);
    assert_int_equal(newest(b)->count, 1); /* one question with its answer */
    assert_non_null(strstr(newest(b)->summary, "The newest answer: 203.0.113.9."));
    assert_non_null(strstr(newest(b)->summary, "list small, line 2, pool.example."));
    finding_close_all(b->table);
    assert_int_equal(newest(b)->state, FINDING_CLOSED);
    assert_int_equal(finding_stats(b->table)->by_kind[FINDING_POOL_LOOKUP], 1);
    assert_int_equal(finding_stats(b->table)->by_kind[FINDING_MINING], 0);
}

static void test_denied(void **state)
{
    struct bench *b = *state;

    add(b, lookup(1, EVIDENCE_NAME_ASKED, "pool.example"));
    add(b, lookup(1, EVIDENCE_NAME_DENIED, "pool.example"));
    assert_int_equal(b->n, 1); /* nothing that matters has changed */
    finding_close_all(b->table);
    assert_severity(b, 3.0);
}

static void test_severity_by_kind(void **state)
{
    static const struct {
        const char *name;
        enum finding_kind kind;
        double severity;
    } rows[] = {
        {"pool.example", FINDING_POOL_LOOKUP, 5.0},     {"x.market.example", FINDING_POOL_LOOKUP, 5.0},
        {"eth.gone.example", FINDING_POOL_LOOKUP, 3.0}, {"cdn.webminer.example", FINDING_WEB_MINING, 2.0},
        {"seed.pool.example", FINDING_COIN_NODE, 1.0},  {"a.seed.pool.example", FINDING_COIN_NODE, 1.0},
        {"exact.example", FINDING_POOL_LOOKUP, 5.0},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        answer(b, (uint8_t)(10 + i), rows[i].name, "203.0.113.9");
        assert_int_equal(newest(b)->state, FINDING_NEW);
        assert_int_equal(newest(b)->kind, rows[i].kind);
        assert_severity(b, rows[i].severity);
    }
}

static void test_identity(void **state)
{
    struct bench *b = *state;

    answer(b, 1, "a.pool.example", "203.0.113.9");
    answer(b, 1, "b.pool.example", "203.0.113.9"); /* another name of one pool: the same finding says so */
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
    assert_int_equal(newest(b)->n_names, 2);
    assert_string_equal(b->events[0].id, b->events[1].id);
    answer(b, 1, "a.pool.example", "203.0.113.9"); /* known */
    assert_int_equal(b->n, 2);
    answer(b, 2, "a.pool.example", "203.0.113.9"); /* another host */
    assert_int_equal(newest(b)->state, FINDING_NEW);
    answer(b, 1, "market.example", "203.0.113.9"); /* another pool */
    assert_int_equal(newest(b)->state, FINDING_NEW);
    assert_int_equal(finding_stats(b->table)->findings, 3);
    assert_string_not_equal(newest(b)->id, b->events[0].id);
}

static bool keep(void *arg, struct view piece)
{
    struct out *o = arg;

    out_bytes(o, piece);
    return !o->full;
}

static void test_networks_are_kept_apart(void **state)
{
    struct bench *b = *state;

    for (uint32_t vni = 1; vni <= 3; vni++) {
        struct evidence e = lookup(1, EVIDENCE_NAME_ASKED, "pool.example");

        e.flags = EVIDENCE_HAS_ENCAP;
        e.vni = vni;
        add(b, e);
    }
    assert_int_equal(finding_stats(b->table)->findings, 3);
}

/* The tunnel that a lookup came in is known of it, and outlives the process. */
static void test_tunnel(void **state)
{
    static char bytes[1 << 16];
    struct bench *b = *state, *other = bench_new(small_feed());
    struct out saved = out_of(bytes, sizeof(bytes));
    struct evidence e = lookup(1, EVIDENCE_NAME_ASKED, "pool.example");

    add(b, e);
    assert_false(newest(b)->tunnel.present);
    e.flags = EVIDENCE_HAS_ENCAP;
    e.vni = 77;
    e.outer_src = e.pool.addr;
    add(b, e);
    assert_true(finding_save(b->table, keep, &saved));
    assert_true(finding_load(other->table, out_view(&saved)));
    other->n = 0;
    finding_close_all(other->table);
    assert_int_equal(other->n, 2);
    for (int i = 0; i < 2; i++) {
        const struct finding_tunnel *t = i ? &other->events[1].tunnel : &newest(b)->tunnel;

        assert_true(t->present);
        assert_int_equal(t->vni, 77);
        assert_true(addr_eq(&t->outer_src, &e.pool.addr));
    }
    assert_false(other->events[0].tunnel.present);
    teardown((void *[]){other});
}

static void test_alias_and_server_are_named(void **state)
{
    struct bench *b = *state;
    struct evidence e = lookup(1, EVIDENCE_NAME_ANSWERED, "eu.pool.example");

    assert_true(evidence_add_text(&e, TEXT_ASKED, view_str("updates.example"), false));
    add(b, e);
    assert_non_null(
        strstr(newest(b)->summary, "10.0.0.1 asked 10.0.0.2 for updates.example, which leads to eu.pool.example, listed"));
    assert_string_equal(newest(b)->title,
                        "10.0.0.1 asked for updates.example, which leads to eu.pool.example, a mining pool (XMR ETC)");
}

/* A record whose row does not exist, or without a name, comes from a worker that is not to be trusted. */
static void test_refused(void **state)
{
    struct bench *b = *state;
    struct evidence e = lookup(1, EVIDENCE_NAME_ASKED, "pool.example");

    e.feed_row = feed_n_rows(small_feed()) + 1;
    add(b, e);
    e.feed_row = 0;
    add(b, e);
    e.feed_row = small_feed_row(1);
    e.text_len = 0;
    add(b, e);
    assert_int_equal(b->n, 0);
    assert_int_equal(finding_stats(b->table)->malformed, 3);
}

static void test_without_feed(void **state)
{
    struct bench *b = bench_new(NULL);
    void *other = b;

    (void)state;
    add(b, lookup(1, EVIDENCE_NAME_ASKED, "pool.example"));
    assert_int_equal(b->n, 0);
    assert_int_equal(finding_stats(b->table)->malformed, 1);
    teardown(&other);
}

/* nDPI's opinion makes no finding, and adds to one that is there. */
static void test_opinion(void **state)
{
    struct bench *b = *state;
    struct evidence e = lookup(1, EVIDENCE_NAME_ASKED, "pool.example");

    e.text_len = 0;
    e.feed_row = 0;
    e.stage = STAGE_HANDSHAKE;
    e.kind = EVIDENCE_DPI;
    add(b, e);
    assert_int_equal(b->n, 0);
    e.kind = EVIDENCE_LOGIN;
    add(b, e);
    assert_int_equal(newest(b)->kind, FINDING_MINING);
    assert_int_equal(newest(b)->confidence, evidence_weight(EVIDENCE_LOGIN));
    e.kind = EVIDENCE_DPI;
    add(b, e);
    finding_close_all(b->table);
    assert_int_equal(newest(b)->confidence, evidence_weight(EVIDENCE_LOGIN) + evidence_weight(EVIDENCE_DPI));
}

/* That the lists know a pool's address adds to a proof; alone, or with a row that is no endpoint, it is nothing. */
static void test_listed_endpoint(void **state)
{
    struct bench *b = *state;
    struct evidence e = lookup(1, EVIDENCE_NAME_ASKED, "pool.example");
    struct evidence listed;
    uint32_t name_row = e.feed_row;
    struct feed_row row;
    struct endpoint to;

    assert_true(endpoint_parse(view_str("203.0.113.200:14433"), &to));
    e.text_len = 0;
    e.stage = STAGE_HANDSHAKE;
    listed = e;
    listed.kind = EVIDENCE_LISTED;
    listed.feed_row = feed_find_endpoint(small_feed(), &to, 0);
    assert_true(feed_row_at(small_feed(), listed.feed_row, &row));
    add(b, listed);
    assert_int_equal(b->n, 0);
    e.feed_row = 0;
    e.kind = EVIDENCE_LOGIN;
    add(b, e);
    assert_int_equal(b->n, 1);
    add(b, listed);
    listed.feed_row = name_row;
    add(b, listed);
    listed.feed_row = 0;
    add(b, listed);
    assert_int_equal(b->n, 1); /* no event */
    assert_int_equal(finding_stats(b->table)->malformed, 2);
    finding_close_all(b->table);
    assert_int_equal(newest(b)->confidence, evidence_weight(EVIDENCE_LOGIN) + 5);
    assert_string_equal(
        newest(b)->listed,
        "the pool's address and port are listed, as a mining pool (XMR): list small, line 8, 203.0.113.200:14433");
}

static void test_cap(void **state)
{
    struct bench *b = *state;

    for (uint8_t host = 1; host <= 20; host++)
        add(b, lookup(host, EVIDENCE_NAME_ASKED, "pool.example"));
    assert_int_equal(finding_stats(b->table)->evicted, 4);
    finding_close_all(b->table);
    assert_int_equal(b->n, 40);
}

/* 10.0.0.host connected from this port to what it got for the name: 203.0.113.9, or what the test makes of it. */
static struct evidence contact(uint8_t host, const char *name, uint16_t port)
{
    struct evidence e = lookup(host, EVIDENCE_NAME_ASKED, name);

    e.kind = EVIDENCE_CONTACT;
    e.stage = STAGE_CONTACT;
    e.time_ns = e.flow_start_ns = e.flow_last_ns = START + NS_PER_SEC + port;
    e.miner.port = port;
    addr_set_v4(&e.pool.addr, (uint8_t[4]){203, 0, 113, 9});
    e.pool.port = 3333;
    e.packets[0] = e.packets[1] = 1;
    return e;
}

static struct evidence login(uint8_t host, const char *pool_name)
{
    struct evidence e = contact(host, "pool.example", 60000);

    e.kind = EVIDENCE_LOGIN;
    e.stage = STAGE_HANDSHAKE;
    e.feed_row = 0;
    e.text_len = 0;
    e.protocol = PROTOCOL_CRYPTONOTE;
    if (pool_name) {
        e.host_source = NAME_DNS;
        assert_true(evidence_add_text(&e, TEXT_HOST, view_str(pool_name), false));
    }
    return e;
}

/* The contact closes the lookup and goes on with what it knew; later lookups and connections are its own. */
static void test_contact(void **state)
{
    struct bench *b = *state;

    answer(b, 1, "eu.pool.example", "203.0.113.9");
    add(b, contact(1, "eu.pool.example", 50000));
    assert_int_equal(b->n, 3);
    assert_int_equal(b->events[1].state, FINDING_CLOSED);
    assert_int_equal(b->events[1].kind, FINDING_POOL_LOOKUP);
    assert_int_equal(newest(b)->state, FINDING_NEW);
    assert_int_equal(newest(b)->kind, FINDING_POOL_CONTACT);
    assert_severity(b, 6.0);
    assert_int_equal(newest(b)->confidence, 60);
    assert_string_equal(newest(b)->title, "10.0.0.1 connected to eu.pool.example, a mining pool (XMR ETC)");
    assert_non_null(strstr(newest(b)->summary, "list small, line 2, pool.example. The connection went to 203.0.113.9:3333"));
    add(b, lookup(1, EVIDENCE_NAME_ASKED, "eu.pool.example"));
    add(b, contact(1, "eu.pool.example", 50001));
    assert_int_equal(b->n, 3);
    add(b, contact(1, "us.pool.example", 50002)); /* another name of the pool is news */
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
    assert_int_equal(newest(b)->n_names, 2);
    finding_close_all(b->table);
    assert_int_equal(newest(b)->count, 3);
    assert_non_null(strstr(newest(b)->summary, "connected 3 times to us.pool.example and 1 other name"));
    assert_int_equal(finding_stats(b->table)->findings, 2);
}

/* Mirrored twice it is one connection. */
static void test_contact_copies(void **state)
{
    struct bench *b = *state;
    struct evidence e = contact(1, "pool.example", 50000);

    e.digest = 7;
    add(b, e);
    e.flags = EVIDENCE_HAS_ENCAP;
    e.vni = 9;
    add(b, e);
    assert_int_equal(finding_stats(b->table)->findings, 1);
    assert_int_equal(finding_stats(b->table)->repeated, 1);
}

static void test_contact_kinds(void **state)
{
    static const struct {
        const char *name;
        enum finding_kind kind;
        double severity;
    } rows[] = {
        {"pool.example", FINDING_POOL_CONTACT, 6.0},
        {"x.market.example", FINDING_POOL_CONTACT, 6.0},
        {"eth.gone.example", FINDING_POOL_CONTACT, 3.0},
        {"cdn.webminer.example", FINDING_WEB_MINING, 2.0},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        add(b, contact((uint8_t)(10 + i), rows[i].name, 50000));
        assert_int_equal(newest(b)->state, FINDING_NEW);
        assert_int_equal(newest(b)->kind, rows[i].kind);
        assert_severity(b, rows[i].severity);
    }
    add(b, contact(20, "seed.pool.example", 50000));
    assert_int_equal(b->n, ARRAY_LEN(rows));
    assert_int_equal(finding_stats(b->table)->malformed, 1);
}

static void test_contact_one_sided(void **state)
{
    struct bench *b = *state;
    struct evidence e = contact(1, "pool.example", 50000);

    answer(b, 1, "pool.example", "203.0.113.9");
    e.flags = EVIDENCE_ONE_SIDED;
    add(b, e);
    assert_non_null(strstr(newest(b)->summary, "Only one side's packets were captured."));
    add(b, contact(1, "pool.example", 50001));
    finding_close_all(b->table);
    assert_null(strstr(newest(b)->summary, "Only one side's"));
}

/* Mining by the pool's name, by an alias of it, and without any name at the address of the contact. */
static void test_mining_closes_contact(void **state)
{
    static const char *const names[] = {"eu.pool.example", "updates.example", NULL};
    struct bench *b = *state;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        uint8_t host = (uint8_t)(1 + i);
        struct evidence e = contact(host, "eu.pool.example", 50000),
                        asked = lookup(host, EVIDENCE_NAME_ASKED, "eu.pool.example");

        assert_true(evidence_add_text(&e, TEXT_ASKED, view_str("updates.example"), false));
        assert_true(evidence_add_text(&asked, TEXT_ASKED, view_str("updates.example"), false));
        add(b, e);
        add(b, login(host, names[i]));
        assert_int_equal(newest(b)->state, FINDING_NEW);
        assert_int_equal(newest(b)->kind, FINDING_MINING);
        assert_int_equal(b->events[b->n - 2].state, FINDING_CLOSED);
        assert_int_equal(b->events[b->n - 2].kind, FINDING_POOL_CONTACT);
        b->n = 0;
        add(b, e); /* what follows is known */
        if (names[i])
            add(b, asked);
        assert_int_equal(b->n, 0);
    }
    assert_int_equal(finding_stats(b->table)->joined, 5);
    add(b, lookup(1, EVIDENCE_NAME_ASKED, "market.example")); /* another pool's name is not */
    assert_int_equal(newest(b)->kind, FINDING_POOL_LOOKUP);
}

/* A name that comes after the proof is news, once. */
static void test_name_comes_later(void **state)
{
    struct bench *b = *state;
    struct evidence e = login(1, "eu.pool.example");

    add(b, login(1, NULL));
    assert_int_equal(b->n, 1);
    e.kind = EVIDENCE_FACTS;
    add(b, e);
    assert_int_equal(newest(b)->state, FINDING_UPDATE);
    assert_string_equal(newest(b)->title, "10.0.0.1 opens a mining session with eu.pool.example");
    add(b, e);
    assert_int_equal(b->n, 2);
}

/* A contact outlives its process with all that it has. */
static void test_contact_saved(void **state)
{
    static char bytes[1 << 16];
    struct bench *b = *state, *other = bench_new(small_feed());
    struct out saved = out_of(bytes, sizeof(bytes));

    answer(b, 1, "eu.pool.example", "203.0.113.9");
    add(b, contact(1, "eu.pool.example", 50000));
    assert_true(finding_save(b->table, keep, &saved));
    assert_true(finding_load(other->table, out_view(&saved)));
    for (int i = 0; i < 2; i++) {
        struct bench *each = i ? other : b;

        each->n = 0;
        add(each, contact(1, "us.pool.example", 50001));
        finding_close_all(each->table);
    }
    assert_int_equal(b->n, 2);
    assert_int_equal(other->n, 2);
    assert_memory_equal(b->events, other->events, 2 * sizeof(b->events[0]));
    teardown((void *[]){other});
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_asked_then_answered),
        CASE(test_denied),
        CASE(test_severity_by_kind),
        CASE(test_identity),
        CASE(test_networks_are_kept_apart),
        CASE(test_tunnel),
        CASE(test_alias_and_server_are_named),
        CASE(test_refused),
        cmocka_unit_test(test_without_feed),
        CASE(test_opinion),
        CASE(test_listed_endpoint),
        CASE(test_cap),
        CASE(test_contact),
        CASE(test_contact_copies),
        CASE(test_contact_kinds),
        CASE(test_contact_one_sided),
        CASE(test_mining_closes_contact),
        CASE(test_name_comes_later),
        CASE(test_contact_saved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
