/*
 * test_allowed.c - what site lists mean for findings: what is not said, what is closed, what comes back, and what many
 * connections show without those that are allowed.
 */
#include "config.h"

#include "finding/allow.h"
#include "finding/wording.h"

#include "fleet_bench.h"

#define POOL 0xcb007109u /* 203.0.113.9 */
#define OTHER 0xcb00710au
#define MINER 0x0a000011u /* 10.0.0.17 */
#define DAY (INT64_C(86400) * NS_PER_SEC)
#define COLUMNS "name,client,destination,wallet,kind,reason,expires\n"

static char last_summary[4096];

static struct allow *list_of(const char *rows)
{
    char text[4096];
    struct allow *a = allow_new();

    snprintf(text, sizeof(text), COLUMNS "%s", rows);
    assert_true(allow_read(a, "site.csv", view_str(text), NULL, NULL));
    return a;
}

static void allow(const char *rows)
{
    finding_allow(b.table, list_of(rows), START);
}

static void keep_summary(void *arg, enum finding_state state, const struct finding *f)
{
    on_finding(arg, state, f);
    wording_summary(f, NULL, LANGUAGE_EN, last_summary, sizeof(last_summary));
}

/* A bench whose newest summary is kept; live with so many tokens, or not live. */
static void begin(int tokens)
{
    struct hash_key key;

    finding_table_free(b.table);
    hash_key_fixed(&key, 3);
    b.conf.output.max_rate = tokens > 0 ? 1 : 0;
    b.conf.output.burst = tokens > 0 ? (uint32_t)tokens : 1;
    b.table = finding_table_new(&b.conf, &key, small_feed(), keep_summary, &b);
    assert_non_null(b.table);
    if (tokens)
        finding_live(b.table);
    b.n = 0;
    last_summary[0] = '\0';
}

static size_t all_events(void)
{
    return b.n;
}

/* --- findings of one connection ------------------------------------------------------------ */

static void test_silent(void **state)
{
    static const char *const rows[] = {
        ",10.0.0.17,,,,x,\n",
        ",10.0.0.0/24,203.0.113.9:3333,,,x,\n",
        ",,203.0.113.0/24,,mining,x,\n",
        ",,,48edf*,,x,\n",
        ",10.0.0.17,203.0.113.9,48edf*,mining,x,2100-01-01\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(0);
        allow(rows[i]);
        add(try_of(MINER, POOL, START));
        add(with_login(job_of(MINER, POOL, START + NS_PER_SEC), WALLET));
        finding_close_all(b.table);
        assert_int_equal(all_events(), 0);
        assert_int_equal(finding_stats(b.table)->findings, 0);
        assert_int_equal(finding_stats(b.table)->allowed, 2);
        assert_int_equal(allow_row_at(finding_allowed(b.table), 1)->n_hits, 2);
        assert_int_equal(allow_row_at(finding_allowed(b.table), 1)->hit_ns, START + NS_PER_SEC);
    }
}

static void test_not_silent(void **state)
{
    static const char *const rows[] = {
        ",10.0.0.18,,,,x,\n",    ",,203.0.113.9:3334,,,x,\n",     ",,,49edf*,,x,\n",
        ",,,,pool-lookup,x,\n",  ",10.0.0.17,203.0.113.8,,,x,\n", ",10.0.0.17,,,,x,2020-01-01\n",
        "pool.example,,,,,x,\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(0);
        allow(rows[i]);
        add(try_of(MINER, POOL, START));
        finding_close_all(b.table);
        assert_int_equal(all_events(), 2);
        assert_int_equal(finding_stats(b.table)->allowed, 0);
    }
}

/* By the name that the connection itself says. */
static void test_host(void **state)
{
    struct evidence e = try_of(MINER, POOL, START);

    (void)state;
    begin(0);
    allow("pool.example,,,,,x,\n");
    assert_true(evidence_add_text(&e, TEXT_HOST, view_str("eu.pool.example"), false));
    add(e);
    assert_int_equal(all_events(), 0);
}

/* With the first record after that time it is a new finding, which knows all that was told before. */
static void test_expires(void **state)
{
    struct evidence e = job_of(MINER, POOL, START + 2 * DAY);
    char rows[100];
    (void)state;

    begin(0);
    snprintf(rows, sizeof(rows), ",10.0.0.17,,,,x,%s\n", "2025-11-25"); /* START is 2025-11-24 16:00 */
    allow(rows);
    add(try_of(MINER, POOL, START));
    assert_int_equal(all_events(), 0);
    e.flow_start_ns = START;
    add(e);
    assert_int_equal(all_events(), 1);
    assert_int_equal(b.events[0].state, FINDING_NEW);
    assert_int_equal(b.events[0].stage, STAGE_MINING);
    assert_string_equal(b.events[0].login, WALLET);
    assert_int_equal(b.events[0].n_flows, 1);
    assert_int_equal(b.events[0].revision, 1);
}

/* HUP: what is open is closed at once, with the reason; when the row goes, the next record says it anew. */
static void test_closed_at_once(void **state)
{
    struct evidence e = job_of(MINER, POOL, START + NS_PER_SEC);

    (void)state;
    for (int live = 0; live < 2; live++) {
        begin(live ? 50 : 0);
        add(try_of(MINER, POOL, START));
        add(try_of(MINER + 1, POOL, START));
        assert_int_equal(all_events(), 2);
        allow(",10.0.0.17,,,,\"research, ticket 4711\",\n");
        assert_int_equal(all_events(), 3);
        assert_int_equal(b.events[2].state, FINDING_CLOSED);
        assert_int_equal(b.events[2].revision, 2);
        assert_string_equal(b.events[2].id, b.events[0].id);
        assert_non_null(strstr(last_summary, " Closed, because it is allowed: research, ticket 4711, site.csv:2."));
        assert_int_equal(finding_stats(b.table)->allowed_closed, 1);
        add(e);
        assert_int_equal(all_events(), 3);
        allow(",10.0.0.18,,,,y,\n"); /* the other one now */
        assert_int_equal(all_events(), 4);
        assert_int_equal(b.events[3].state, FINDING_CLOSED);
        add(e);
        assert_int_equal(all_events(), 5);
        assert_int_equal(b.events[4].state, FINDING_NEW);
        assert_string_equal(b.events[4].id, b.events[0].id);
        assert_string_equal(b.events[4].login, WALLET);
        finding_close_all(b.table);
        assert_int_equal(all_events(), 6);
        assert_null(strstr(last_summary, "allowed"));
    }
}

/* One that has shown nothing but that it subscribes waits for its login; another login of the same machine brings the finding back. */
static void test_wallet(void **state)
{
    (void)state;
    begin(0);
    allow(",,," WALLET ",,x,\n");
    add(evidence_of(MINER, EVIDENCE_SUBSCRIBE, START));
    add(evidence_of(MINER, EVIDENCE_SUBSCRIBED, START));
    assert_int_equal(all_events(), 0);
    add(with_login(evidence_of(MINER, EVIDENCE_LOGIN, START), WALLET ".rig1"));
    add(with_login(evidence_of(MINER, EVIDENCE_LOGIN, START), WALLET ".rig2"));
    assert_int_equal(all_events(), 0);
    add(with_login(evidence_of(MINER, EVIDENCE_LOGIN, START), OTHER_WALLET));
    assert_int_equal(all_events(), 1);
    assert_int_equal(b.events[0].state, FINDING_NEW);
    assert_int_equal(b.events[0].n_logins, 3);
}

/* What ends the wait: a login that is not allowed, work, the end of the connection, time, the end of it all. */
static void test_held(void **state)
{
    struct evidence first = evidence_of(MINER, EVIDENCE_SUBSCRIBE, START), next[4];

    (void)state;
    next[0] = with_login(evidence_of(MINER, EVIDENCE_LOGIN, START), OTHER_WALLET);
    next[1] = job_of(MINER, POOL, START);
    next[2] = evidence_of(MINER, EVIDENCE_FACTS, START);
    next[2].flags = EVIDENCE_FLOW_END;
    next[3] = evidence_of(MINER, EVIDENCE_SUBSCRIBED, START);
    next[3].time_ns = START + 11 * NS_PER_SEC;
    for (size_t i = 0; i < ARRAY_LEN(next); i++) {
        begin(0);
        allow(",10.0.0.0/8,," WALLET ",,x,\n");
        add(first);
        assert_int_equal(all_events(), 0);
        add(next[i]);
        assert_int_equal(all_events(), 1);
        assert_int_equal(b.events[0].state, FINDING_NEW);
    }
    begin(0);
    allow(",,," WALLET ",,x,\n");
    add(first);
    finding_close_all(b.table);
    assert_int_equal(all_events(), 2);
    assert_int_equal(b.events[0].state, FINDING_NEW);
    assert_int_equal(b.events[1].state, FINDING_CLOSED);

    begin(50);
    allow(",,," WALLET ",,x,\n");
    for (int i = 0; i <= 10; i++) {
        finding_tick(b.table, START + i * NS_PER_SEC);
        if (i == 0)
            add(first);
        assert_int_equal(all_events(), i == 10);
    }
    add(next[3]); /* said once */
    assert_int_equal(all_events(), 1);

    begin(0); /* a row that holds for others holds nothing back here */
    allow(",10.1.0.0/16,," WALLET ",,x,\n,,,,campaign,y,\n,10.0.0.17,," WALLET ",mining,z,2020-01-01\n");
    add(first);
    assert_int_equal(all_events(), 1);
}

/* Machines that only subscribe, to many pools: those that waited are targets too. */
static void test_held_scan(void **state)
{
    (void)state;
    begin(50);
    allow(",,," WALLET ",,x,\n");
    finding_tick(b.table, START);
    for (uint32_t i = 1; i <= 9; i++) {
        struct evidence e = evidence_of(MINER, EVIDENCE_SUBSCRIBE, START);

        e.pool = endpoint_of(0xcb007100 + i, 3333);
        add(e);
    }
    assert_int_equal(all_events(), 0);
    finding_tick(b.table, START + 10 * NS_PER_SEC);
    assert_int_equal(all_events(), 9);
    add(evidence_of(MINER, EVIDENCE_SUBSCRIBED, START));
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 1);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 9);
}

/* What is held back for its rate is closed when there is a token; a new one that waits was never said and never is. */
static void test_limited(void **state)
{
    (void)state;
    begin(1);
    add(try_of(MINER, POOL, START));     /* takes the token */
    add(try_of(MINER + 1, POOL, START)); /* waits */
    assert_int_equal(all_events(), 1);
    allow(",10.0.0.0/8,,,,x,\n");
    assert_int_equal(all_events(), 1);
    add(job_of(MINER, POOL, START + NS_PER_SEC)); /* changes nothing of that */
    finding_tick(b.table, START);
    finding_tick(b.table, START + 2 * NS_PER_SEC);
    assert_int_equal(all_events(), 2);
    assert_int_equal(b.events[1].state, FINDING_CLOSED);
    assert_string_equal(b.events[1].id, b.events[0].id);
    assert_non_null(strstr(last_summary, "because it is allowed: x, site.csv:2."));
    for (int i = 3; i < 10; i++)
        finding_tick(b.table, START + i * NS_PER_SEC);
    add(job_of(MINER, POOL, START + NS_PER_SEC));
    assert_int_equal(all_events(), 2);
    finding_allow(b.table, NULL, START);
    add(job_of(MINER, POOL, START + 2 * NS_PER_SEC));
    assert_int_equal(all_events(), 3);
    assert_int_equal(b.events[2].state, FINDING_NEW);
}

/* The row goes before the close was said: it goes on as if nothing had been. */
static void test_revived(void **state)
{
    const struct finding_stats *s;
    struct finding_suppressed sup;

    (void)state;
    begin(1);
    add(try_of(MINER, POOL, START));
    allow(",10.0.0.0/8,,,,x,\n");
    finding_allow(b.table, NULL, START);
    finding_tick(b.table, START);
    finding_tick(b.table, START + 5 * NS_PER_SEC);
    assert_int_equal(all_events(), 1);
    add(job_of(MINER, POOL, START + NS_PER_SEC));
    assert_int_equal(all_events(), 2);
    assert_int_equal(b.events[1].state, FINDING_UPDATE);
    assert_int_equal(b.events[1].revision, 2);
    s = finding_stats(b.table);
    finding_suppressed(b.table, &sup);
    assert_int_equal(sup.n[FINDING_CLOSED][2], 1);
    assert_int_equal(s->due, s->emitted + 1);
}

/* What is silent is forgotten when nothing is heard of it, without a word. */
static void test_idle(void **state)
{
    struct finding_holds holds;

    (void)state;
    begin(50);
    b.conf.output.close_after = 60 * NS_PER_SEC;
    begin(50);
    allow(",10.0.0.0/8,,,,x,\n");
    add(try_of(MINER, POOL, START));
    for (int i = 0; i < 10; i++)
        finding_tick(b.table, START + i * FINDING_STEP_MAX);
    finding_holds(b.table, &holds);
    assert_int_equal(holds.n_findings, 0);
    assert_int_equal(all_events(), 0);
}

/* --- names and nodes ------------------------------------------------------------------------ */

static struct evidence ask(uint32_t miner, const char *name, ns_t time_ns)
{
    return lookup_of(miner, row_of(name), name, time_ns);
}

static void test_lookups(void **state)
{
    struct evidence e = ask(MINER, "xmr.pool.example", START);

    (void)state;
    begin(0);
    allow("xmr.pool.example,,,,,x,2025-11-25\n");
    add(ask(MINER, "xmr.pool.example", START));
    add(ask(MINER, "a.xmr.pool.example", START + NS_PER_SEC));
    assert_int_equal(all_events(), 0);
    add(ask(MINER, "etc.pool.example", START));
    assert_int_equal(all_events(), 1);
    add(ask(MINER + 1, "xmr.pool.example", START + DAY)); /* expired */
    assert_int_equal(all_events(), 2);
    assert_int_equal(finding_stats(b.table)->allowed, 2);

    begin(0); /* by the question that led there */
    allow("updates.example,,,,,x,\n");
    assert_true(evidence_add_text(&e, TEXT_ASKED, view_str("updates.example"), false));
    add(e);
    assert_int_equal(all_events(), 0);

    begin(0); /* the DNS server is no destination */
    allow(",,203.0.113.9,,,x,\n");
    add(ask(MINER, "xmr.pool.example", START));
    assert_int_equal(all_events(), 1);
}

/* One that was of several names is closed when all that the entry has is allowed. */
static void test_lookups_closed(void **state)
{
    (void)state;
    begin(0);
    add(ask(MINER, "xmr.pool.example", START));
    add(ask(MINER + 1, "xmr.pool.example", START));
    add(ask(MINER + 1, "etc.pool.example", START));
    b.n = 0;
    allow("etc.pool.example,,,,,x,\nxmr.pool.example,,,,,x,\n");
    assert_int_equal(all_events(), 1);
    assert_int_equal(b.events[0].miner.addr.b[15], MINER & 0xff);
    assert_int_equal(b.events[0].state, FINDING_CLOSED);
    assert_non_null(strstr(last_summary, "because it is allowed: x, site.csv:3."));
    allow("pool.example,,,,,y,\n");
    assert_int_equal(all_events(), 2);
    assert_int_equal(b.events[1].state, FINDING_CLOSED);
    finding_close_all(b.table);
    assert_int_equal(all_events(), 2);
}

/* A connection to an address that the client got for the name. */
static struct evidence contact(uint32_t miner, const char *name, uint32_t pool, ns_t time_ns)
{
    struct evidence e = ask(miner, name, time_ns);

    e.kind = EVIDENCE_CONTACT;
    e.stage = STAGE_CONTACT;
    e.pool = endpoint_of(pool, 3333);
    return e;
}

/* What is allowed as a lookup is so as a contact, but by a row of lookups alone. */
static void test_contacts(void **state)
{
    (void)state;
    begin(0);
    allow("pool.example,10.0.0.17,,,,x,\n");
    add(ask(MINER, "xmr.pool.example", START));
    add(contact(MINER, "xmr.pool.example", POOL, START));
    assert_int_equal(all_events(), 0);
    add(contact(MINER + 1, "xmr.pool.example", POOL, START));
    assert_int_equal(all_events(), 1);
    allow("xmr.pool.example,,203.0.113.9,,,y,\n"); /* all of its connections went there */
    assert_int_equal(all_events(), 2);
    assert_int_equal(b.events[1].state, FINDING_CLOSED);
    assert_non_null(strstr(last_summary, "because it is allowed: y, site.csv:2."));

    begin(0);
    allow("pool.example,,,,pool-lookup,x,\n,,203.0.113.8,,pool-contact,y,\n");
    add(ask(MINER, "xmr.pool.example", START));
    add(contact(MINER, "xmr.pool.example", POOL - 1, START));
    assert_int_equal(all_events(), 0);
    add(contact(MINER, "xmr.pool.example", POOL, START));
    assert_int_equal(n_events(FINDING_POOL_CONTACT, FINDING_NEW), 1);
    add(contact(MINER, "xmr.pool.example", OTHER, START));
    allow(",,203.0.113.10,,,z,\n"); /* only one of its connections */
    assert_int_equal(n_events(FINDING_POOL_CONTACT, FINDING_CLOSED), 0);
}

/* What led to mining that is allowed is closed with it, and joins it, unless the row is of mining alone. */
static void test_leads(void **state)
{
    (void)state;
    for (int only_mining = 0; only_mining < 2; only_mining++) {
        struct evidence e = try_of(MINER, POOL, START);

        begin(0);
        allow(only_mining ? ",,," WALLET ",mining,x,\n" : ",,," WALLET ",,x,\n");
        add(ask(MINER, "xmr.pool.example", START));
        add(contact(MINER, "xmr.pool.example", POOL, START));
        assert_int_equal(n_events(FINDING_POOL_CONTACT, FINDING_NEW), 1);
        assert_true(evidence_add_text(&e, TEXT_HOST, view_str("xmr.pool.example"), false));
        add(e);
        assert_int_equal(n_events(FINDING_POOL_CONTACT, FINDING_CLOSED), !only_mining);
        assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 0);
        if (!only_mining)
            assert_non_null(strstr(last_summary, "because it is allowed: x, site.csv:2."));
        b.n = 0;
        add(ask(MINER, "xmr.pool.example", START + 10 * NS_PER_SEC));
        add(contact(MINER, "xmr.pool.example", POOL, START + 10 * NS_PER_SEC));
        assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_NEW) + n_events(FINDING_POOL_CONTACT, FINDING_NEW), 0);
        add(ask(MINER, "a.market.example", START + 20 * NS_PER_SEC)); /* of another pool */
        assert_int_equal(n_events(FINDING_POOL_LOOKUP, FINDING_NEW), 1);
    }
}

static void test_nodes(void **state)
{
    struct evidence e = evidence_of(MINER, EVIDENCE_NODE, START);

    (void)state;
    assert_true(evidence_add_text(&e, TEXT_COIN, view_str("BTC"), false));
    begin(0);
    allow(",10.0.0.17,203.0.113.9,,coin-node,x,\n");
    add(e);
    assert_int_equal(all_events(), 0);
    finding_allow(b.table, NULL, START);
    add(e);
    assert_int_equal(all_events(), 1);
    allow(",10.0.0.17,,,coin-node,x,\n");
    assert_int_equal(all_events(), 2);
    assert_int_equal(b.events[1].state, FINDING_CLOSED);
}

/* --- many connections ------------------------------------------------------------------------- */

static void mine(uint32_t miner, uint32_t pool, ns_t time_ns)
{
    add(with_login(job_of(miner, pool, time_ns), WALLET));
    add(with_login(job_of(miner, pool, time_ns), WALLET));
}

static void test_campaign(void **state)
{
    (void)state;
    begin(0);
    allow(",10.0.0.18,,,,x,\n");
    mine(MINER, POOL, START);
    mine(MINER + 1, POOL, START); /* allowed: no member */
    mine(MINER + 2, POOL, START);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 0);
    mine(MINER + 3, POOL, START);
    mine(MINER + 4, POOL, START);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 1);
    allow(",10.0.0.18,,,,x,\n,10.0.0.19,,,,y,\n"); /* three are left of four */
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_CLOSED), 0);
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members, 3);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members_listed, 3);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_jobs, 3);
    assert_int_equal(newest(FINDING_CAMPAIGN)->count, 6);
}

/* With two members it is none; it begins anew when a third one comes, or comes back. */
static void test_campaign_falls_apart(void **state)
{
    (void)state;
    begin(0);
    for (uint32_t i = 0; i < 3; i++)
        mine(MINER + i, POOL, START);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 1);
    allow(",10.0.0.18,,,,x,\n");
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_CLOSED), 1);
    for (uint32_t i = 0; i < 3; i++)
        mine(MINER + i, POOL, START + NS_PER_SEC);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 1);
    finding_allow(b.table, NULL, START);
    for (uint32_t i = 0; i < 3; i++)
        mine(MINER + i, POOL, START + 2 * NS_PER_SEC);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 2);
    assert_int_equal(newest(FINDING_CAMPAIGN)->n_members, 3);

    begin(0); /* remembered users are forgotten too */
    mine(MINER, POOL, START);
    mine(MINER + 1, POOL, START);
    allow(",10.0.0.18,,,,x,\n");
    mine(MINER + 2, POOL, START);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 0);
    mine(MINER + 3, POOL, START);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 1);
}

/* The wallet's row covers all of it; one of the kind alone leaves its members. */
static void test_campaign_allowed(void **state)
{
    (void)state;
    begin(0);
    allow(",,," WALLET ",campaign,x,\n");
    for (uint32_t i = 0; i < 4; i++)
        mine(MINER + i, POOL, START);
    assert_int_equal(n_events(FINDING_CAMPAIGN, FINDING_NEW), 0);
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 4);
}

static void test_service(void **state)
{
    (void)state;
    begin(0);
    allow(",10.0.1.1,,,,x,\n");
    mine(0x0a000101, 0x0a000005, START); /* allowed: no client */
    assert_int_equal(all_events(), 0);
    mine(0x0a000102, 0x0a000005, START);
    mine(0x0a000103, 0x0a000005, START);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_members, 2);
    allow(",10.0.1.2,,,,x,\n,10.0.1.1,,,,x,\n");
    finding_close_all(b.table);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_members, 1);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_flows, 1);
    assert_int_equal(newest(FINDING_POOL_SERVICE)->n_jobs, 1);

    begin(0); /* without clients it is none */
    mine(0x0a000102, 0x0a000005, START);
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_NEW), 1);
    allow(",10.0.1.2,,,,x,\n");
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_CLOSED), 1);
    assert_int_equal(n_events(FINDING_MINING, FINDING_CLOSED), 1);

    begin(0); /* the machine itself, as a service alone */
    allow(",10.0.0.5,,,pool-service,x,\n");
    mine(0x0a000102, 0x0a000005, START);
    assert_int_equal(n_events(FINDING_POOL_SERVICE, FINDING_NEW), 0);
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 1);
}

static void test_scan(void **state)
{
    (void)state;
    begin(0);
    allow(",,203.0.113.0/31,,,x,\n"); /* two of the targets */
    for (uint32_t i = 0; i < 9; i++)
        add(try_of(MINER, 0xcb007100 + i, START + i));
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 0);
    add(try_of(MINER, 0xcb007100 + 9, START + 9));
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 1);
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 8);
    allow(",10.0.0.17,,,pool-scan,x,\n"); /* the scan, not what may come of it */
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_CLOSED), 1);
    add(try_of(MINER, 0xcb007100 + 20, START + 20));
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_NEW), 1);
    b.n = 0;
    mine(MINER, 0xcb007100 + 20, START + 21);
    assert_int_equal(n_events(FINDING_MINING, FINDING_NEW), 1);
}

/* Of targets that the scan has counted, and that are held, those that are allowed now are none. */
static void test_scan_falls_apart(void **state)
{
    (void)state;
    begin(0);
    for (uint32_t i = 0; i < 8; i++)
        add(try_of(MINER, 0xcb007100 + i, START + i));
    assert_int_equal(newest(FINDING_POOL_SCAN)->n_members, 8);
    allow(",,203.0.113.7,,,x,\n");
    assert_int_equal(n_events(FINDING_POOL_SCAN, FINDING_CLOSED), 1);
}

/* --- saved ------------------------------------------------------------------------------------ */

struct saved {
    uint8_t bytes[1 << 20];
    size_t n;
};

static bool on_piece(void *arg, struct view piece)
{
    struct saved *s = arg;

    assert_true(s->n + piece.n <= sizeof(s->bytes));
    memcpy(s->bytes + s->n, piece.p, piece.n);
    s->n += piece.n;
    return true;
}

static void test_saved(void **state)
{
    static struct saved s, again;
    struct finding_table *t;

    (void)state;
    s.n = again.n = 0;
    begin(1);
    add(try_of(MINER, POOL, START));
    add(try_of(MINER + 1, POOL, START));
    allow("pool.example,,,,,\"a, \"\"b\"\"\",\n,10.0.0.0/8,,,,x,2100-01-01\n,,,abc,,y,\n"); /* one close waits */
    add(job_of(MINER, POOL, START));
    add(evidence_of(0x0b000001, EVIDENCE_SUBSCRIBE, START)); /* another is held back */
    assert_true(finding_save(b.table, on_piece, &s));
    t = b.table;
    b.table = NULL;
    begin(1);
    assert_true(finding_load(b.table, view_of(s.bytes, s.n)));
    assert_true(allow_eq(finding_allowed(b.table), finding_allowed(t)));
    assert_int_equal(allow_row_at(finding_allowed(b.table), 2)->n_hits, 1);
    assert_true(finding_save(b.table, on_piece, &again));
    assert_int_equal(s.n, again.n);
    finding_table_free(t);
    finding_tick(b.table, START);
    finding_tick(b.table, START + 2 * NS_PER_SEC);
    assert_int_equal(all_events(), 1);
    assert_int_equal(b.events[0].state, FINDING_CLOSED);
    assert_non_null(strstr(last_summary, "because it is allowed: x, site.csv:3."));
    b.n = 0;
    add(job_of(MINER, POOL, START + NS_PER_SEC));
    assert_int_equal(all_events(), 0);
    for (int i = 3; i < 12; i++)
        finding_tick(b.table, START + i * NS_PER_SEC);
    assert_int_equal(all_events(), 1);
    assert_int_equal(b.events[0].miner.addr.b[12], 11);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_silent),
        TEST(test_not_silent),
        TEST(test_host),
        TEST(test_expires),
        TEST(test_closed_at_once),
        TEST(test_wallet),
        TEST(test_held),
        TEST(test_held_scan),
        TEST(test_limited),
        TEST(test_revived),
        TEST(test_idle),
        TEST(test_lookups),
        TEST(test_lookups_closed),
        TEST(test_contacts),
        TEST(test_leads),
        TEST(test_nodes),
        TEST(test_campaign),
        TEST(test_campaign_falls_apart),
        TEST(test_campaign_allowed),
        TEST(test_service),
        TEST(test_scan),
        TEST(test_scan_falls_apart),
        TEST(test_saved),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
