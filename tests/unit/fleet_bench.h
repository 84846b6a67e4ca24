/*
 * fleet_bench.h - a table of findings, the events it gives, and records of connections: for tests of findings that many
 * connections make together.
 */
#ifndef TESTS_UNIT_FLEET_BENCH_H
#define TESTS_UNIT_FLEET_BENCH_H

#include "base/out.h"
#include "finding/finding.h"
#include "output/json.h"

#include "../evidence_of.h"
#include "../json_check.h"
#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START EVIDENCE_OF_START
#define KEPT 8192
#define WALLET "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define OTHER_WALLET "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"
#define WRONG \
    "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoE" /* its checksum is */
#define ETH_WALLET "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
#define DONATION "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct event {
    enum finding_state state;
    enum finding_kind kind;
    enum stage stage;
    char id[20];
    uint32_t revision, n_members, n_members_listed, n_logins, n_flows, n_supersedes;
    uint64_t supersedes[FINDING_SUPERSEDES];
    uint64_t scope;
    uint64_t count, n_jobs, n_accepted;
    double severity;
    unsigned confidence;
    struct endpoint miner, pool;
    bool wallet, donation, service, scan, campaign;
    char login[300];
};

struct bench {
    struct conf conf;
    struct finding_table *table;
    struct event events[KEPT];
    size_t n;
    uint64_t seq;
    bool check_json;
};

static struct bench b; /* of the test that runs */

static inline void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct bench *to = arg;
    struct event *e = &to->events[to->n++];

    assert_true(to->n < KEPT);
    *e = (struct event){.state = state,
                        .kind = f->kind,
                        .stage = f->stage,
                        .revision = f->revision,
                        .n_members = f->n_members,
                        .n_members_listed = f->n_members_listed,
                        .n_logins = f->n_logins,
                        .n_flows = f->n_flows,
                        .n_supersedes = f->n_supersedes,
                        .scope = f->scope,
                        .count = f->count,
                        .n_jobs = f->n_jobs,
                        .n_accepted = f->n_accepted,
                        .severity = f->severity,
                        .confidence = f->confidence,
                        .miner = f->miner,
                        .pool = f->pool,
                        .wallet = f->evidence[EVIDENCE_WALLET].present,
                        .donation = f->evidence[EVIDENCE_DONATION].present,
                        .service = f->evidence[EVIDENCE_SERVICE].present,
                        .scan = f->evidence[EVIDENCE_SCAN].present,
                        .campaign = f->evidence[EVIDENCE_CAMPAIGN].present};
    memcpy(e->id, f->id, sizeof(e->id));
    memcpy(e->supersedes, f->supersedes, sizeof(e->supersedes));
    snprintf(e->login, sizeof(e->login), "%.*s", (int)f->login.len, f->login.bytes);
    if (to->check_json) {
        static char line[OUTPUT_TEXT_MAX];
        struct output_context ctx = {.n_files = 0};
        struct out o = out_of(line, sizeof(line));

        json_finding(&o, state, f, NULL, &ctx);
        assert_true(!o.full && json_is_line(o.p, o.n));
        assert_null(to->conf.output.redact ? strstr(line, "fHu7V9Z84") : NULL);
    }
}

static inline struct finding_table *make(struct bench *to, uint64_t key_number)
{
    struct hash_key key;
    struct finding_table *t;

    hash_key_fixed(&key, key_number);
    t = finding_table_new(&to->conf, &key, small_feed(), on_finding, to);
    assert_non_null(t);
    return t;
}

static inline int setup(void **state)
{
    (void)state;
    memset(&b, 0, sizeof(b));
    conf_defaults(&b.conf);
    b.check_json = true;
    b.table = make(&b, 3);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    finding_table_free(b.table);
    return 0;
}

static inline void again_with_conf(void)
{
    finding_table_free(b.table);
    b.table = make(&b, 3);
}

static inline void add(struct evidence e)
{
    e.seq = ++b.seq;
    finding_add(b.table, &e);
}

static inline struct evidence with_login(struct evidence e, const char *login)
{
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_str(login), false));
    return e;
}

/* A job that `pool' hands to `miner'. */
static inline struct evidence job_of(uint32_t miner, uint32_t pool, ns_t time_ns)
{
    struct evidence e = evidence_of(miner, EVIDENCE_JOB, time_ns);

    e.direction = DIRECTION_TO_MINER;
    e.pool = endpoint_of(pool, 3333);
    e.stage = STAGE_MINING;
    e.n_jobs = 1;
    e.n_messages = 2;
    return e;
}

static inline uint32_t row_of(const char *text)
{
    struct name name;

    assert_true(name_parse(&name, view_str(text)));
    return feed_find(small_feed(), &name, 0);
}

/* A login to `pool' without an answer that counts. */
static inline struct evidence try_of(uint32_t miner, uint32_t pool, ns_t time_ns)
{
    struct evidence e = evidence_of(miner, EVIDENCE_LOGIN, time_ns);

    e.pool = endpoint_of(pool, 3333);
    return with_login(e, WALLET);
}

static inline size_t n_events(int kind, int state)
{
    size_t n = 0;

    for (size_t i = 0; i < b.n; i++)
        n += (int)b.events[i].kind == kind && (int)b.events[i].state == state;
    return n;
}

/* The newest event of the kind. */
static inline const struct event *newest(enum finding_kind kind)
{
    for (size_t i = b.n; i > 0; i--)
        if (b.events[i - 1].kind == kind)
            return &b.events[i - 1];
    fail_msg("no event of kind %s", finding_kind_name(kind));
    return NULL;
}

static inline bool is_about(double a, double expected)
{
    return a > expected - 0.01 && a < expected + 0.01;
}

#endif
