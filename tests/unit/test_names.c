/*
 * test_names.c - UDP datagrams through a whole pipeline, and the evidence of names that they give.
 */
#include "config.h"

#include "detect/pipeline.h"

#include "../put.h"
#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)
#define LINKTYPE_RAW_IP 101
#define RECORDS_MAX 64
#define CLIENT 0x0a000001u
#define SERVER 0x0a000002u

struct run {
    struct pipeline *pipeline;
    struct evidence records[RECORDS_MAX];
    size_t n;
    uint64_t n_frames;
};

static void collect(void *arg, const struct evidence *e)
{
    struct run *r = arg;

    assert_true(evidence_check(e));
    assert_int_equal(e->seq, r->n + 1);
    assert_true(r->n < RECORDS_MAX);
    r->records[r->n++] = *e;
}

static struct run *run_new(const struct feed *feed)
{
    struct conf conf;
    struct run *r = calloc(1, sizeof(*r));
    struct hash_key key;

    assert_non_null(r);
    conf_defaults(&conf);
    conf.limits = (struct limits){
        .max_flows = 64, .max_names = 4096, .max_dialogues = 8, .max_blocks = 8, .max_fragments = 8, .max_findings = 8};
    hash_key_fixed(&key, 3);
    r->pipeline = pipeline_new(&conf, &key, feed, collect, r);
    assert_non_null(r->pipeline);
    return r;
}

static int setup(void **state)
{
    *state = run_new(small_feed());
    return 0;
}

static int teardown(void **state)
{
    struct run *r = *state;

    pipeline_free(r->pipeline);
    free(r);
    return 0;
}

/* A DNS message that is being written. */
struct message {
    uint8_t b[2048];
    size_t n;
};

static void add_bytes(struct message *m, const void *p, size_t n)
{
    assert_true(m->n + n <= sizeof(m->b));
    memcpy(m->b + m->n, p, n);
    m->n += n;
}

static void add_u16(struct message *m, unsigned v)
{
    uint8_t b[2];

    put_be16(b, v);
    add_bytes(m, b, sizeof(b));
}

static void add_name(struct message *m, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, ".");
        uint8_t len = (uint8_t)n;

        add_bytes(m, &len, 1);
        add_bytes(m, text, n);
        text += n + (text[n] == '.');
    }
    add_bytes(m, "", 1);
}

static struct message begin(const char *name, unsigned flags, unsigned n_answers)
{
    struct message m = {.n = 0};

    add_u16(&m, 4711);
    add_u16(&m, flags);
    add_u16(&m, 1);
    add_u16(&m, n_answers);
    add_u16(&m, 0);
    add_u16(&m, 0);
    add_name(&m, name);
    add_u16(&m, 1);
    add_u16(&m, 1);
    return m;
}

/* The head of a record whose owner is the question. */
static void add_record(struct message *m, unsigned type, size_t len)
{
    add_u16(m, 0xc00c);
    add_u16(m, type);
    add_u16(m, 1);
    add_u16(m, 0);
    add_u16(m, 300);
    add_u16(m, (unsigned)len);
}

static void add_a(struct message *m, const char *bytes)
{
    add_record(m, 1, 4);
    add_bytes(m, bytes, 4);
}

static void add_cname(struct message *m, const char *target)
{
    add_record(m, 5, strlen(target) + 2);
    add_name(m, target);
}

static void send_cut(struct run *r, bool to_server, uint16_t port, const struct message *m, size_t captured)
{
    uint8_t bytes[2100] = {0x45};
    struct frame f = {.wire_len = (uint32_t)m->n + 28, .linktype = LINKTYPE_RAW_IP};

    put_be16(bytes + 2, f.wire_len);
    bytes[8] = 64;
    bytes[9] = IPPROTO_NUM_UDP;
    put_be32(bytes + 12, to_server ? CLIENT : SERVER);
    put_be32(bytes + 16, to_server ? SERVER : CLIENT);
    put_be16(bytes + 20, to_server ? 40000 : port);
    put_be16(bytes + 22, to_server ? port : 40000);
    put_be16(bytes + 24, (uint32_t)m->n + 8);
    memcpy(bytes + 28, m->b, m->n);
    f.bytes = view_of(bytes, captured + 28);
    f.time_ns = START + (int64_t)r->n_frames * 1000;
    f.number = ++r->n_frames;
    pipeline_frames(r->pipeline, &f, 1);
}

static void send(struct run *r, bool to_server, const struct message *m)
{
    send_cut(r, to_server, 53, m, m->n);
}

static struct names_counters counters(const struct run *r)
{
    struct pipeline_stats s;

    pipeline_stats(r->pipeline, &s);
    return s.names;
}

static const struct evidence *only(const struct run *r)
{
    assert_int_equal(r->n, 1);
    return &r->records[0];
}

static void assert_text(const struct evidence *e, enum evidence_text tag, const char *wanted)
{
    struct view v = evidence_text(e, tag);

    if (!view_eq(v, view_str(wanted)))
        fail_msg("text %d is '%.*s', wanted '%s'", tag, (int)v.n, v.n ? (const char *)v.p : "", wanted);
}

static void test_question(void **state)
{
    struct run *r = *state;
    struct message m = begin("EU.Pool.eXample", 0x0100, 0);
    const struct evidence *e;

    send(r, true, &m);
    e = only(r);
    assert_int_equal(e->kind, EVIDENCE_NAME_ASKED);
    assert_int_equal(e->stage, STAGE_LOOKUP);
    assert_int_equal(e->direction, DIRECTION_TO_POOL);
    assert_int_equal(e->miner.port, 40000);
    assert_int_equal(e->pool.port, 53);
    assert_int_equal(e->frame, 1);
    assert_text(e, TEXT_NAME, "eu.pool.example");
    assert_int_equal(counters(r).messages, 1);
    assert_int_equal(counters(r).hits, 1);
}

static void test_answer(void **state)
{
    struct run *r = *state;
    struct message m = begin("pool.example", 0x8180, 2);
    const struct evidence *e;

    add_a(&m, "\xcb\x00\x71\x09");
    add_a(&m, "\xcb\x00\x71\x0a");
    send(r, false, &m);
    e = only(r);
    assert_int_equal(e->kind, EVIDENCE_NAME_ANSWERED);
    assert_int_equal(e->direction, DIRECTION_TO_MINER);
    assert_int_equal(e->miner.port, 40000); /* who asked, though the packet goes the other way */
    assert_text(e, TEXT_ANSWER, "203.0.113.9, 203.0.113.10");
}

static void test_alias(void **state)
{
    struct run *r = *state;
    struct message m = begin("updates.example", 0x8180, 2);
    const struct evidence *e;

    add_cname(&m, "xmr.pool.example");
    add_a(&m, "\xcb\x00\x71\x09");
    send(r, false, &m);
    e = only(r);
    assert_text(e, TEXT_NAME, "xmr.pool.example");
    assert_text(e, TEXT_ASKED, "updates.example");
    assert_text(e, TEXT_ANSWER, "203.0.113.9");
}

/* A record with names that are not compressed. data: a name, or with NULL an address. */
static void add_owned(struct message *m, const char *owner, unsigned type, unsigned ttl, const char *data)
{
    add_name(m, owner);
    add_u16(m, type);
    add_u16(m, 1);
    add_u16(m, 0);
    add_u16(m, ttl);
    add_u16(m, data ? (unsigned)strlen(data) + 2 : 4);
    if (data)
        add_name(m, data);
    else
        add_bytes(m, "\xcb\x00\x71\x09", 4);
}

/* The records of a chain in every order, with one beside them that the question does not lead to. */
static void test_any_order(void **state)
{
    static const struct {
        const char *owner, *data;
        unsigned type, ttl;
    } records[] = {
        {"www.example", "a.cdn.example", 5, 600},      {"a.cdn.example", "b.cdn.example", 5, 30},
        {"b.cdn.example", "xmr.pool.example", 5, 500}, {"xmr.pool.example", NULL, 1, 400},
        {"other.example", "dead.gone.example", 5, 1},
    };

    (void)state;
    for (unsigned n = 0; n < 5 * 5 * 5 * 5 * 5; n++) {
        static const struct feed *feed;
        static struct names_message said;
        struct names_counters ctr = {.messages = 0};
        struct message m = begin("www.example", 0x8180, 5);
        unsigned used = 0;

        for (unsigned i = 0, rest = n; i < 5; i++, rest /= 5) {
            used |= 1u << rest % 5;
            add_owned(&m, records[rest % 5].owner, records[rest % 5].type, records[rest % 5].ttl, records[rest % 5].data);
        }
        if (used != 31)
            continue;
        feed = small_feed();
        assert_true(names_read(feed, view_of(m.b, m.n), NAMES_ON_PORT, START, &said, &ctr));
        assert_true(said.is_alias && said.row != 0 && said.listed.n_labels == 3 && said.listed.b[1] == 'x');
        assert_int_equal(said.n_addrs_total, 1);
        assert_int_equal(said.ttl_s, 30);
        assert_int_equal(ctr.disputed, 0);
    }
}

/* What is sent of a loop of aliases, of more names than are kept, of a DNAME that makes its own names longer. */
static void test_odd_chains(void **state)
{
    static struct names_message said;
    struct names_counters ctr = {.messages = 0};
    struct message m = begin("a.example", 0x8180, 3);

    (void)state;
    add_owned(&m, "b.example", 5, 9, "a.example");
    add_owned(&m, "a.example", 5, 9, "b.example");
    add_owned(&m, "a.example", 1, 9, NULL);
    assert_true(names_read(small_feed(), view_of(m.b, m.n), NAMES_ON_PORT, START, &said, &ctr));
    assert_int_equal(said.row, 0);
    assert_int_equal(said.n_addrs_total, 1);

    m = begin("a.example", 0x8180, 2);
    add_owned(&m, "example", 39, 9, "x.example");
    add_owned(&m, "a.x.x.x.example", 1, 9, NULL);
    assert_true(names_read(small_feed(), view_of(m.b, m.n), NAMES_ON_PORT, START, &said, &ctr));
    assert_int_equal(said.n_addrs_total, 1); /* it leads there, if nobody stops it */

    m = begin("n0.example", 0x8180, 41);
    for (unsigned i = 40; i-- > 0;) {
        char from[24], to[24];

        snprintf(from, sizeof(from), "n%u.example", i);
        snprintf(to, sizeof(to), "n%u.example", i + 1);
        add_owned(&m, from, 5, 9, to);
    }
    add_owned(&m, "n40.example", 1, 9, NULL);
    assert_true(names_read(small_feed(), view_of(m.b, m.n), NAMES_ON_PORT, START, &said, &ctr));
    assert_int_equal(said.n_addrs_total, 0); /* too many names in this order */
}

static void test_what_answers_mean(void **state)
{
    static const struct {
        unsigned flags, n_answers;
        const char *addr;
        enum evidence_kind kind;
        const char *said;
    } rows[] = {
        {0x8183, 0, NULL, EVIDENCE_NAME_DENIED, "no such name"},
        {0x8182, 0, NULL, EVIDENCE_NAME_DENIED, "the server failed"},
        {0x8185, 0, NULL, EVIDENCE_NAME_DENIED, "refused"},
        {0x8180, 0, NULL, EVIDENCE_NAME_ASKED, ""}, /* no address of this type; of another perhaps */
        {0x8180, 1, "\0\0\0\0", EVIDENCE_NAME_DENIED, "0.0.0.0"},
        {0x8180, 1, "\x7f\0\0\1", EVIDENCE_NAME_DENIED, "127.0.0.1"},
        {0x8180, 1, "\xcb\0\x71\1", EVIDENCE_NAME_ANSWERED, "203.0.113.1"},
    };
    struct run *r = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct message m = begin("pool.example", rows[i].flags, rows[i].n_answers);

        if (rows[i].addr)
            add_a(&m, rows[i].addr);
        send(r, false, &m);
        assert_int_equal(r->n, i + 1);
        assert_int_equal(r->records[i].kind, rows[i].kind);
        assert_text(&r->records[i], TEXT_ANSWER, rows[i].said);
    }
}

static void test_other_names(void **state)
{
    static const char *const names[] = {"notpool.example", "pool.example.com", "example", "x.exact.example", "www.example.org"};
    struct run *r = *state;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct message m = begin(names[i], 0x0100, 0);

        send(r, true, &m);
    }
    assert_int_equal(r->n, 0);
    assert_int_equal(counters(r).messages, ARRAY_LEN(names));
    assert_int_equal(counters(r).hits, 0);
}

static void test_any_port(void **state)
{
    struct run *r = *state;
    struct message m = begin("pool.example", 0x0100, 0);

    send_cut(r, true, 5300, &m, m.n);
    assert_int_equal(only(r)->pool.port, 5300);
}

/* What was captured is enough when it holds the name. */
static void test_cut(void **state)
{
    struct run *r = *state;
    struct message m = begin("pool.example", 0x8180, 2);

    add_a(&m, "\xcb\x00\x71\x09");
    add_a(&m, "\xcb\x00\x71\x0a");
    for (size_t n = 0; n < m.n; n++) {
        struct run *cut = run_new(small_feed());
        void *other = cut;

        send_cut(cut, false, 53, &m, n);
        assert_int_equal(cut->n, n >= 12 + 14); /* header, name with its end */
        if (cut->n) {
            assert_int_equal(cut->records[0].kind, EVIDENCE_NAME_ANSWERED);
            assert_text(&cut->records[0], TEXT_ANSWER,
                        n < m.n - 16 ? ""
                        : n < m.n    ? "203.0.113.9"
                                     : "203.0.113.9, 203.0.113.10");
        }
        teardown(&other);
    }
    send(r, false, &m);
    assert_text(only(r), TEXT_ANSWER, "203.0.113.9, 203.0.113.10");
}

static void test_no_dns(void **state)
{
    struct run *r = *state;
    struct message m = begin("pool.example", 0x2900, 0); /* another opcode */

    send(r, true, &m);
    m.n = 11;
    send(r, true, &m);
    m.n = 0;
    send(r, true, &m);
    assert_int_equal(r->n, 0);
    assert_int_equal(counters(r).messages, 0);
    assert_int_equal(counters(r).malformed, 2); /* an empty datagram is none */
    m.n = 11;
    send_cut(r, true, 1234, &m, m.n);
    assert_int_equal(counters(r).malformed, 2); /* of another port it may be anything */
}

/* Bits of a question that servers ignore: on port 53 they hide nothing, elsewhere it is no DNS. */
static void test_odd_bits(void **state)
{
    struct run *r = *state;
    struct message odd[] = {begin("pool.example", 0x0140, 0), begin("pool.example", 0x010f, 0),
                            begin("pool.example", 0x0100, 1)};

    add_a(&odd[2], "\xcb\x00\x71\x09");
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        send_cut(r, true, 5300, &odd[i], odd[i].n);
        assert_int_equal(r->n, i);
        send(r, true, &odd[i]);
        assert_int_equal(r->n, i + 1);
        assert_int_equal(r->records[i].kind, EVIDENCE_NAME_ASKED);
    }
    assert_int_equal(counters(r).malformed, 0);
}

/* Records in a question are no answer, neither to where the name leads nor to what it is called. */
static void test_question_with_records(void **state)
{
    struct run *r = *state;
    struct message m = begin("www.example.org", 0x0100, 2);
    struct pipeline_stats s;

    add_cname(&m, "pool.example");
    add_owned(&m, "pool.example", 5, 300, "eu.pool.example");
    send(r, true, &m);
    assert_int_equal(r->n, 0);
    m = begin("pool.example", 0x0100, 1);
    add_a(&m, "\xcb\x00\x71\x09");
    send(r, true, &m);
    assert_int_equal(r->n, 1);
    pipeline_stats(r->pipeline, &s);
    assert_int_equal(s.remembered.added, 0);
}

/* Chains of 32 and 33 names with the listed one at the end, which do not stand in order. */
static void test_long_chain(void **state)
{
    struct run *r = *state;

    for (unsigned n = 32; n <= 33; n++) {
        struct message m = begin("c0.example", 0x8180, n - 1);
        char owner[32], target[32];

        for (unsigned i = n - 1; i > 0; i--) {
            assert_true(snprintf(owner, sizeof(owner), "c%u.example", i - 1) > 0);
            assert_true(snprintf(target, sizeof(target), "c%u.example", i) > 0);
            add_owned(&m, owner, 5, 300, i == n - 1 ? "pool.example" : target);
        }
        send(r, false, &m);
        assert_int_equal(r->n, 1);
        assert_int_equal(counters(r).limited, n - 32);
    }
}

/* DNAME records that all fit all names that they make. */
static void test_dname_bomb(void **state)
{
    struct message m = begin("q.a", 0x8180, 64);
    struct run *r = *state;

    for (unsigned i = 0; i < 64; i++)
        add_owned(&m, "a", 39, 300, i % 3 == 0 ? "b.a" : i % 3 == 1 ? "c.a" : "d.a");
    send(r, false, &m);
    assert_int_equal(counters(r).messages, 1);
    assert_int_equal(counters(r).limited, 1);
}

static struct message with_addresses(const char *name, unsigned n)
{
    struct message m = begin(name, 0x8180, n);

    for (unsigned i = 0; i < n; i++)
        add_a(&m, (const char[]){(char)198, 51, 100, (char)i});
    return m;
}

static uint64_t n_remembered(const struct run *r)
{
    struct pipeline_stats s;

    pipeline_stats(r->pipeline, &s);
    return s.remembered.added;
}

/* All addresses of a listed name are kept, as its client may use any; more than are looked at are counted. */
static void test_many_addresses(void **state)
{
    struct run *r = *state;

    for (unsigned n = NAMES_ADDRS; n <= NAMES_ADDRS + 1; n++) {
        struct message m = with_addresses("pool.example", n);

        send(r, false, &m);
        assert_text(&r->records[n - NAMES_ADDRS], TEXT_ANSWER,
                    "198.51.100.0, 198.51.100.1, 198.51.100.2, 198.51.100.3 and 60 more");
        assert_int_equal(counters(r).limited, n - NAMES_ADDRS);
    }
    assert_int_equal(n_remembered(r), 2 * NAMES_ADDRS);
}

/* Of other names fewer are, so that few messages do not push all else out. */
static void test_many_addresses_unlisted(void **state)
{
    struct message m = with_addresses("www.example.org", NAMES_ADDRS);
    struct run *r = *state;

    send(r, false, &m);
    assert_int_equal(n_remembered(r), CONTACTS_ADDRS);
    assert_int_equal(counters(r).limited, 0);
}

static void test_without_feed(void **state)
{
    struct run *r = run_new(NULL);
    void *other = r;
    struct message m = begin("pool.example", 0x0100, 0);

    (void)state;
    send(r, true, &m);
    assert_int_equal(r->n, 0);
    assert_int_equal(counters(r).messages, 0);
    teardown(&other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_question),
        CASE(test_answer),
        CASE(test_alias),
        CASE(test_what_answers_mean),
        CASE(test_other_names),
        CASE(test_odd_bits),
        CASE(test_question_with_records),
        CASE(test_long_chain),
        CASE(test_dname_bomb),
        CASE(test_many_addresses),
        CASE(test_many_addresses_unlisted),
        CASE(test_any_port),
        CASE(test_cut),
        CASE(test_no_dns),
        cmocka_unit_test(test_without_feed),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_odd_chains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
