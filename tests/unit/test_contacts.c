/*
 * test_contacts.c - workers beside each other: one sees the DNS of a client, another one its connections. Who is told what, what is
 * asked, what comes of it, and what a worker that was taken over can say.
 */
#include "config.h"

#include "detect/contacts.h"
#include "detect/dialogue.h"

#include "../small_feed.h"

#include "base/addr_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define WORKERS 3
#define START (INT64_C(1764000000) * NS_PER_SEC)
#define SAID_MAX 16
#define POOL "203.0.113.9"

struct bench;

struct worker {
    struct bench *bench;
    uint32_t slot;
    struct contacts contacts;
    struct dialogue_env env;
    uint32_t n_contacts;
    struct evidence newest;
    uint32_t n_named;
    struct name_found named;
};

/* What the report is between them: all messages wait here until they are delivered. */
struct bench {
    struct hash_key key;
    struct worker worker[WORKERS];
    struct contacts_message said[SAID_MAX];
    uint32_t from[SAID_MAX];
    uint32_t n_said;
    bool mute[WORKERS]; /* it says nothing any more */
};

static void on_evidence(void *arg, const struct evidence *e)
{
    struct worker *w = arg;

    assert_true(evidence_check(e));
    w->n_contacts++;
    w->newest = *e;
}

static void on_tell(void *arg, const struct contacts_message *m)
{
    struct worker *w = arg;
    struct bench *b = w->bench;

    if (b->mute[w->slot] || b->n_said == SAID_MAX)
        return;
    b->said[b->n_said] = *m;
    b->from[b->n_said++] = w->slot;
}

static void on_named(void *arg, uint32_t flow, ns_t start_ns, uint32_t side, const struct name_found *found)
{
    struct worker *w = arg;

    assert_int_equal(flow, 5);
    assert_int_equal(side, 6);
    assert_int_equal(start_ns, START + 2 * NS_PER_SEC);
    w->n_named++;
    w->named = *found;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    assert_non_null(b);
    hash_key_fixed(&b->key, 5);
    for (uint32_t i = 0; i < WORKERS; i++) {
        struct worker *w = &b->worker[i];

        w->bench = b;
        w->slot = i;
        w->env = (struct dialogue_env){.emit = on_evidence, .arg = w, .worker = i};
        assert_true(contacts_init(&w->contacts, 4096, &b->key, &w->env, on_named, w));
        assert_true(contacts_share(&w->contacts, WORKERS - 1, on_tell, w));
        w->contacts.feed = small_feed();
    }
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    for (uint32_t i = 0; i < WORKERS; i++)
        contacts_fini(&b->worker[i].contacts);
    free(b);
    return 0;
}

/* Delivers what waits, and what is said then, as the report does. */
static void deliver(struct bench *b)
{
    for (int rounds = 0; b->n_said > 0 && rounds < 4; rounds++) {
        struct contacts_message said[SAID_MAX];
        uint32_t from[SAID_MAX], n = b->n_said;

        memcpy(said, b->said, sizeof(said));
        memcpy(from, b->from, sizeof(from));
        b->n_said = 0;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t to = said[i].slot;

            said[i].slot = from[i];
            for (uint32_t w = 0; w < WORKERS; w++)
                if (w != from[i] && (said[i].what != CONTACTS_TELL || w == to))
                    contacts_hear(&b->worker[w].contacts, &said[i]);
        }
    }
    assert_int_equal(b->n_said, 0);
}

static struct addr addr_of(const char *text)
{
    struct addr a;

    assert_true(addr_parse(view_str(text), &a));
    return a;
}

/* 10.0.0.1 gets the pool's address for this name, seen by a worker. */
static void answer(struct bench *b, uint32_t worker, const char *name, int64_t at_ms)
{
    struct names_origin o = {
        .client = {addr_of("10.0.0.1"), 40000}, .server = {addr_of("10.0.0.53"), 53}, .time_ns = START + at_ms * 1000000};
    struct names_message m = {.response = true, .n_addrs = 1, .n_addrs_total = 1, .addr = {addr_of(POOL)}, .ttl_s = 60};

    assert_true(name_parse(&m.asked, view_str(name)));
    m.row = feed_find(small_feed(), &m.asked, 0);
    m.listed = m.asked;
    contacts_learn(&b->worker[worker].contacts, &o, &m);
}

/* A connection of 10.0.0.1 with it; the record is made by a packet of one of them. */
static void begins(struct bench *b, uint32_t worker, int64_t at_ms, bool by_pool, uint8_t tcp_flags, uint32_t n_payload)
{
    static uint16_t port = 50000;
    struct frame frame = {.time_ns = START + at_ms * 1000000, .number = 1};
    struct packet p = {.frame = &frame, .src = addr_of(POOL), .dst = addr_of("10.0.0.1"), .sport = 3333, .dport = ++port};
    struct packet back = {.frame = &frame, .src = p.dst, .dst = p.src, .sport = p.dport, .dport = p.sport};
    struct flow f = {.start_ns = frame.time_ns, .flags = FLOW_SEEN_SYN, .packets = {1, 1}};

    p.tcp_flags = back.tcp_flags = tcp_flags;
    p.payload_wire_len = back.payload_wire_len = n_payload;
    contacts_new_flow(&b->worker[worker].contacts, &f, by_pool ? &p : &back, by_pool);
}

/* 10.0.0.1 connects to it; the record is made by the answer to its SYN. */
static void connection(struct bench *b, uint32_t worker, int64_t at_ms)
{
    begins(b, worker, at_ms, true, TCP_SYN | TCP_ACK, 0);
}

static void beat(struct bench *b, int n)
{
    for (; n > 0; n--)
        for (uint32_t i = 0; i < WORKERS; i++)
            contacts_beat(&b->worker[i].contacts);
}

static void assert_contact(const struct worker *w, uint32_t n)
{
    assert_int_equal(w->n_contacts, n);
    if (n == 0)
        return;
    assert_int_equal(w->newest.kind, EVIDENCE_CONTACT);
    assert_true(view_is(evidence_text(&w->newest, TEXT_NAME), "eu.pool.example"));
    assert_int_equal(w->newest.pool.port, 3333);
    assert_int_equal(w->newest.flags & EVIDENCE_ONE_SIDED, 0);
    assert_int_equal(w->newest.worker, w->slot);
}

static void test_watch_then_contact(void **state)
{
    struct bench *b = *state;

    answer(b, 0, "eu.pool.example", 0);
    deliver(b);
    connection(b, 1, 500);
    assert_contact(&b->worker[1], 0); /* the others are asked first */
    deliver(b);
    assert_contact(&b->worker[1], 1);
    assert_int_equal(b->worker[1].contacts.ctr.asked, 1);
    assert_int_equal(b->worker[1].contacts.ctr.unanswered, 0);
    beat(b, 5);
    deliver(b);
    assert_contact(&b->worker[1], 1);
}

/* Who asked for the name must be who connects: what comes from a pool's address to its client is none of the name. */
static void test_who_opens(void **state)
{
    static const struct {
        bool by_pool;
        uint8_t tcp_flags;
        uint32_t n_payload;
        bool contact;
    } rows[] = {
        {true, TCP_SYN | TCP_ACK, 0, true},
        {false, TCP_SYN | TCP_ACK, 0, false},
        {true, TCP_SYN, 9, false},
        {false, TCP_SYN, 9, true},
        {true, TCP_ACK, 0, false},
        {false, TCP_ACK, 0, true},
        {true, TCP_ACK | TCP_PSH, 100, true},
        {false, TCP_ACK | TCP_PSH, 100, true}, /* the SYN's answer was lost */
    };
    struct bench *b = *state;
    uint32_t n = 0;

    answer(b, 1, "eu.pool.example", 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        b->n_said = 0;
        begins(b, 1, 500, rows[i].by_pool, rows[i].tcp_flags, rows[i].n_payload);
        deliver(b);
        n += rows[i].contact;
        if (b->worker[1].n_contacts != n)
            fail_msg("row %zu: %u contacts, expected %u", i, b->worker[1].n_contacts, n);
    }
}

/* The news comes after the connection: it is looked at again, once. */
static void test_late_watch(void **state)
{
    struct bench *b = *state;

    connection(b, 1, 500);
    answer(b, 0, "eu.pool.example", 0);
    deliver(b);
    assert_contact(&b->worker[1], 0);
    beat(b, 1);
    deliver(b);
    assert_contact(&b->worker[1], 1);
    answer(b, 0, "eu.pool.example", 600);
    deliver(b);
    beat(b, 1);
    deliver(b);
    assert_contact(&b->worker[1], 1);
}

/* A connection that began before the answer is none of it. */
static void test_connection_before(void **state)
{
    struct bench *b = *state;

    connection(b, 1, 0);
    answer(b, 0, "eu.pool.example", 10);
    deliver(b);
    beat(b, 3);
    deliver(b);
    assert_contact(&b->worker[1], 0);
    assert_int_equal(b->worker[1].contacts.ctr.asked, 0);
}

/* A third worker knows that another name led there since, or at the same time. */
static void test_rival_elsewhere(void **state)
{
    static const int64_t at_ms[] = {5000, 600};

    for (size_t i = 0; i < ARRAY_LEN(at_ms); i++) {
        struct bench *b;

        teardown(state);
        setup(state);
        b = *state;
        answer(b, 0, "eu.pool.example", 0);
        deliver(b);
        answer(b, 2, "shop.example.org", at_ms[i]);
        connection(b, 1, 6000);
        deliver(b);
        assert_contact(&b->worker[1], 0);
        assert_int_equal(b->worker[1].contacts.ctr.uncertain, 1);
    }
}

/* An older name elsewhere does no harm; nor do two listed ones. */
static void test_older_elsewhere(void **state)
{
    struct bench *b = *state;

    answer(b, 2, "shop.example.org", 0);
    answer(b, 2, "market.example", 4800);
    answer(b, 0, "eu.pool.example", 5000);
    deliver(b);
    connection(b, 1, 6000);
    deliver(b);
    assert_contact(&b->worker[1], 1);
}

/* Workers that do not answer are waited for two beats. */
static void test_unanswered(void **state)
{
    struct bench *b = *state;

    answer(b, 0, "eu.pool.example", 0);
    deliver(b);
    b->mute[2] = true;
    connection(b, 1, 500);
    deliver(b);
    assert_contact(&b->worker[1], 0);
    beat(b, 1);
    assert_contact(&b->worker[1], 0);
    beat(b, 1);
    assert_contact(&b->worker[1], 1);
    assert_int_equal(b->worker[1].contacts.ctr.unanswered, 1);
}

/* What waits at the end is decided. */
static void test_end(void **state)
{
    struct bench *b = *state;

    answer(b, 0, "eu.pool.example", 0);
    deliver(b);
    connection(b, 1, 500);
    contacts_end(&b->worker[1].contacts);
    assert_contact(&b->worker[1], 1);
    deliver(b);
    assert_contact(&b->worker[1], 1);
}

/* More questions than may be open: the rest is decided by what is known here. */
static void test_many(void **state)
{
    struct bench *b = *state;

    answer(b, 0, "eu.pool.example", 0);
    deliver(b);
    b->mute[1] = true;
    for (int i = 0; i < CONTACTS_PENDING + 7; i++)
        connection(b, 1, 500 + i);
    assert_contact(&b->worker[1], 7);
    assert_int_equal(b->worker[1].contacts.ctr.unanswered, 7); /* they could not be asked */
    beat(b, 2);
    assert_int_equal(b->worker[1].contacts.ctr.unanswered, CONTACTS_PENDING + 7);
    assert_contact(&b->worker[1], CONTACTS_PENDING + 7);
}

/* No more listed answers are told in a second than WATCHES; the next second there may be more. */
static void test_watch_cap(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < CONTACTS_WATCHES + 50; i++) {
        answer(b, 0, "eu.pool.example", i);
        b->n_said = 0;
    }
    assert_int_equal(b->worker[0].contacts.ctr.watches, CONTACTS_WATCHES);
    assert_int_equal(b->worker[0].contacts.ctr.untold, 50);
    beat(b, 1);
    answer(b, 0, "eu.pool.example", 1000);
    assert_int_equal(b->worker[0].contacts.ctr.watches, CONTACTS_WATCHES + 1);
}

/* An answer of more addresses than a message holds is told in several. */
static void test_watch_of_many(void **state)
{
    struct bench *b = *state;
    struct names_origin o = {.client = {addr_of("10.0.0.1"), 40000}, .server = {addr_of("10.0.0.53"), 53}, .time_ns = START};
    struct names_message m = {.response = true, .n_addrs = 2 * CONTACTS_ADDRS + 1, .ttl_s = 60};

    for (uint32_t i = 0; i < m.n_addrs; i++) {
        m.addr[i] = addr_of("198.51.100.0");
        m.addr[i].b[15] = (uint8_t)(i + 1);
    }
    m.addr[m.n_addrs - 1] = addr_of(POOL);
    assert_true(name_parse(&m.asked, view_str("eu.pool.example")));
    m.row = feed_find(small_feed(), &m.asked, 0);
    m.listed = m.asked;
    contacts_learn(&b->worker[0].contacts, &o, &m);
    assert_int_equal(b->n_said, 3);
    assert_int_equal(b->said[2].n_to, 1);
    deliver(b);
    connection(b, 1, 500);
    deliver(b);
    assert_contact(&b->worker[1], 1);
}

/* Of more new connections than are kept the first are forgotten. */
static void test_many_before_watch(void **state)
{
    struct bench *b = *state;

    b->mute[1] = true; /* what it asks is of no interest */
    for (int i = 0; i < CONTACTS_NEW + 9; i++)
        connection(b, 1, 500);
    answer(b, 0, "eu.pool.example", 0);
    deliver(b);
    beat(b, 4);
    assert_contact(&b->worker[1], CONTACTS_NEW);
}

static void prove(struct bench *b, struct dialogue *d)
{
    struct flow f = {.start_ns = START + 2 * NS_PER_SEC, .side = 6};

    *d = (struct dialogue){.flow = 5, .miner = 1, .roles_known = true, .proven = true};
    d->ends[1] = (struct endpoint){addr_of("10.0.0.1"), 50000};
    d->ends[0] = (struct endpoint){addr_of(POOL), 3333};
    contacts_name(&b->worker[1].contacts, d, &f);
}

static void test_name_of_another(void **state)
{
    struct bench *b = *state;
    static struct dialogue d;

    answer(b, 2, "quiet.example.org", 0);
    prove(b, &d);
    assert_int_equal(d.host_source, NAME_NONE);
    deliver(b);
    assert_int_equal(b->worker[1].n_named, 1);
    assert_true(contacts_apply(&d, &b->worker[1].named));
    assert_true(view_is(view_of(d.host, d.host_text.len), "quiet.example.org"));
    assert_int_equal(d.host_source, NAME_DNS);
    assert_false(contacts_apply(&d, &b->worker[1].named)); /* it has a name */
}

static void test_no_name(void **state)
{
    struct bench *b = *state;
    static struct dialogue d;

    prove(b, &d);
    deliver(b);
    beat(b, 3);
    assert_int_equal(b->worker[1].n_named, 0);
    assert_int_equal(d.host_source, NAME_NONE);
}

/* Without others the name is there at once. */
static void test_alone(void **state)
{
    struct bench *b = *state;
    static struct dialogue d;

    b->worker[1].contacts.n_others = 0;
    answer(b, 1, "eu.pool.example", 0);
    connection(b, 1, 500);
    assert_contact(&b->worker[1], 1);
    prove(b, &d);
    assert_int_equal(d.host_source, NAME_DNS);
    assert_int_equal(b->n_said, 0);
}

/* A listed name that the lists have no more, or of a coin's network, makes no contact. */
static void test_feed_changed(void **state)
{
    struct bench *b = *state;

    answer(b, 1, "eu.pool.example", 0);
    answer(b, 1, "x.seed.pool.example", 1);
    deliver(b);
    connection(b, 1, 500); /* the newest listed one is the node's */
    b->worker[1].contacts.feed = NULL;
    connection(b, 1, 501);
    deliver(b);
    beat(b, 3);
    assert_contact(&b->worker[1], 0);
}

/* Messages that no worker of ours sends. */
static void test_hostile(void **state)
{
    struct bench *b = *state;
    struct contacts *c = &b->worker[1].contacts;
    struct contacts_message good = {.what = CONTACTS_WATCH, .n_to = 1, .time_ns = START, .ttl_s = 60}, m;
    uint32_t n = 0;

    good.client = addr_of("10.0.0.1");
    good.to[0] = addr_of(POOL);
    good.asked.n = good.listed.n = 9;
    memcpy(good.asked.bytes, "\004pool\003abc", 9);
    memcpy(good.listed.bytes, "\004pool\003abc", 9);
#define HEAR(field, value)                       \
    do {                                         \
        m = good;                                \
        m.field = (value);                       \
        contacts_hear(c, &m);                    \
        assert_int_equal(c->ctr.malformed, ++n); \
    } while (0)
    HEAR(what, CONTACTS_WHAT_N);
    HEAR(n_to, CONTACTS_ADDRS + 1);
    HEAR(time_ns, INT64_MAX);
    HEAR(time_ns, INT64_MIN);
    HEAR(place.has_encap, 2);
    HEAR(asked.n, 0);
    HEAR(asked.n, 8);
    HEAR(asked.n, 255);
    HEAR(asked.bytes[0], 0);
    HEAR(asked.bytes[0], 64);
    HEAR(listed.n, 1);
    HEAR(listed.bytes[5], 200);
#undef HEAR
    assert_int_equal(c->memory.ctr.added, 0);
    contacts_hear(c, &good);
    assert_int_equal(c->memory.ctr.added, 1);
    m = good; /* an answer to nothing */
    m.what = CONTACTS_TELL;
    m.known = 1;
    for (uint64_t id = 0; id < 100; id++) {
        m.id = id;
        contacts_hear(c, &m);
    }
    assert_int_equal(b->worker[1].n_contacts + b->worker[1].n_named, 0);
}

/* One worker can not answer for all, nor later than the connection began, nor what is no name. */
static void test_hostile_answers(void **state)
{
    struct bench *b = *state;
    struct contacts *c = &b->worker[1].contacts;
    struct contacts_message m = {
        .what = CONTACTS_TELL, .n_to = 1, .known = 1, .certain = 1, .time_ns = START + 3600 * NS_PER_SEC};

    answer(b, 1, "eu.pool.example", 0);
    b->mute[0] = b->mute[2] = true;
    connection(b, 1, 500);
    m.id = b->said[b->n_said - 1].id;
    m.slot = 2;
    m.asked.n = 4;
    memcpy(m.asked.bytes, "\003abc", 4);
    contacts_hear(c, &m); /* of a later time: as if it knew nothing */
    contacts_hear(c, &m);
    contacts_hear(c, &m);
    assert_contact(&b->worker[1], 0);
    m.slot = CONTACTS_WORKERS;
    contacts_hear(c, &m);
    assert_contact(&b->worker[1], 0);
    m.slot = 0;
    m.time_ns = START;
    m.asked.n = 3;
    contacts_hear(c, &m);
    assert_contact(&b->worker[1], 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_watch_then_contact),
        CASE(test_late_watch),
        CASE(test_connection_before),
        CASE(test_rival_elsewhere),
        CASE(test_older_elsewhere),
        CASE(test_who_opens),
        CASE(test_watch_of_many),
        CASE(test_unanswered),
        CASE(test_end),
        CASE(test_many),
        CASE(test_watch_cap),
        CASE(test_many_before_watch),
        CASE(test_name_of_another),
        CASE(test_no_name),
        CASE(test_alone),
        CASE(test_feed_changed),
        CASE(test_hostile),
        CASE(test_hostile_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
