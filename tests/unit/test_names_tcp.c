/*
 * test_names_tcp.c - DNS messages in TCP streams through a whole pipeline: split, pipelined, one-sided, with holes, from the middle,
 * large; and what only begins like them.
 */
#include "config.h"

#include "detect/pipeline.h"

#include "../put.h"
#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)
#define LINKTYPE_RAW_IP 101
#define RECORDS_MAX 512
#define CLIENT 0x0a000001u
#define SERVER 0x0a000002u
#define SYN 0x02
#define ACK 0x10

struct run {
    struct pipeline *pipeline;
    struct evidence records[RECORDS_MAX];
    size_t n, n_mining;
    uint64_t n_frames;
    uint16_t port; /* the server's */
    uint32_t seq[2];
};

static void collect(void *arg, const struct evidence *e)
{
    struct run *r = arg;

    assert_true(evidence_check(e));
    if (evidence_class((enum evidence_kind)e->kind) != CLASS_NAME) {
        r->n_mining++;
        return;
    }
    assert_true(r->n < RECORDS_MAX);
    r->records[r->n++] = *e;
}

static struct run *run_new(uint16_t port)
{
    struct conf conf;
    struct run *r = calloc(1, sizeof(*r));
    struct hash_key key;

    assert_non_null(r);
    conf_defaults(&conf);
    conf.limits = (struct limits){.max_flows = 64, .max_dialogues = 8, .max_blocks = 8, .max_fragments = 8, .max_findings = 8};
    hash_key_fixed(&key, 3);
    r->pipeline = pipeline_new(&conf, &key, small_feed(), collect, r);
    assert_non_null(r->pipeline);
    r->port = port;
    r->seq[0] = 1000;
    r->seq[1] = UINT32_MAX - 20; /* wraps around */
    return r;
}

static void run_free(struct run *r)
{
    pipeline_free(r->pipeline);
    free(r);
}

/* One segment of direction dir (0 = the client's) with `captured` of its n bytes, in memory that lasts until the next. */
static struct frame make_segment(struct run *r, int dir, unsigned flags, const uint8_t *b, size_t n, size_t captured)
{
    static uint8_t bytes[66000];
    struct frame f = {.wire_len = (uint32_t)n + 40, .linktype = LINKTYPE_RAW_IP};

    memset(bytes, 0, 40);
    bytes[0] = 0x45;
    put_be16(bytes + 2, f.wire_len);
    bytes[8] = 64;
    bytes[9] = IPPROTO_NUM_TCP;
    put_be32(bytes + 12, dir == 0 ? CLIENT : SERVER);
    put_be32(bytes + 16, dir == 0 ? SERVER : CLIENT);
    put_be16(bytes + 20, dir == 0 ? 40000 : r->port);
    put_be16(bytes + 22, dir == 0 ? r->port : 40000);
    put_be32(bytes + 24, r->seq[dir]);
    put_be32(bytes + 28, r->seq[!dir]);
    bytes[32] = 0x50;
    bytes[33] = (uint8_t)flags;
    if (n)
        memcpy(bytes + 40, b, n);
    f.bytes = view_of(bytes, captured + 40);
    f.time_ns = START + (int64_t)r->n_frames * 1000;
    f.number = ++r->n_frames;
    r->seq[dir] += (uint32_t)n + (flags & SYN ? 1 : 0);
    return f;
}

static void segment(struct run *r, int dir, unsigned flags, const uint8_t *b, size_t n, size_t captured)
{
    struct frame f = make_segment(r, dir, flags, b, n, captured);

    pipeline_frames(r->pipeline, &f, 1);
}

static void connect_to(struct run *r)
{
    segment(r, 0, SYN, NULL, 0, 0);
    segment(r, 1, SYN | ACK, NULL, 0, 0);
    segment(r, 0, ACK, NULL, 0, 0);
}

static void say(struct run *r, int dir, const uint8_t *b, size_t n, size_t step)
{
    for (size_t at = 0; at < n; at += step)
        segment(r, dir, ACK, b + at, min_size(step, n - at), min_size(step, n - at));
}

static struct names_counters counters(const struct run *r)
{
    struct pipeline_stats s;

    pipeline_stats(r->pipeline, &s);
    return s.names;
}

/* Messages behind their lengths. */
struct talk {
    uint8_t b[200000];
    size_t n, at; /* at: of the message being written */
};

static void put(struct talk *t, const void *p, size_t n)
{
    assert_true(t->n + n <= sizeof(t->b));
    memcpy(t->b + t->n, p, n);
    t->n += n;
}

static void put_u16(struct talk *t, unsigned v)
{
    uint8_t b[2];

    put_be16(b, v);
    put(t, b, 2);
}

static void put_name(struct talk *t, const char *text)
{
    while (*text) {
        uint8_t n = (uint8_t)strcspn(text, ".");

        put(t, &n, 1);
        put(t, text, n);
        text += n + (text[n] == '.');
    }
    put(t, "", 1);
}

static void begin(struct talk *t, unsigned id, unsigned flags, const char *name, unsigned n_answers)
{
    t->at = t->n;
    put_u16(t, 0);
    put_u16(t, id);
    put_u16(t, flags);
    put_u16(t, 1);
    put_u16(t, n_answers);
    put_u16(t, 0);
    put_u16(t, 0);
    put_name(t, name);
    put_u16(t, 1);
    put_u16(t, 1);
}

static void end(struct talk *t)
{
    put_be16(t->b + t->at, (unsigned)(t->n - t->at - 2));
}

static void put_record(struct talk *t, unsigned type, const void *data, size_t n)
{
    put_u16(t, 0xc00c);
    put_u16(t, type);
    put_u16(t, 1);
    put_u16(t, 0);
    put_u16(t, 300);
    put_u16(t, (unsigned)n);
    put(t, data, n);
}

static void put_query(struct talk *t, unsigned id, const char *name)
{
    begin(t, id, 0x0100, name, 0);
    end(t);
}

static void put_answer(struct talk *t, unsigned id, const char *name)
{
    begin(t, id, 0x8180, name, 1);
    put_record(t, 1, "\xcb\x00\x71\x09", 4);
    end(t);
}

/* An answer of `size` bytes: its address stands last or, with early, first. */
static void put_large(struct talk *t, unsigned id, const char *name, size_t size, bool early)
{
    static const uint8_t text[65535];
    size_t used;

    begin(t, id, 0x8180, name, 2);
    if (early)
        put_record(t, 1, "\xcb\x00\x71\x09", 4);
    used = t->n - t->at - 2;
    put_record(t, 16, text, size - used - 12 - (early ? 0 : 16));
    if (!early)
        put_record(t, 1, "\xcb\x00\x71\x09", 4);
    end(t);
    assert_int_equal(t->n - t->at, size + 2);
}

static struct talk ask, reply;

static void clear(void)
{
    ask.n = reply.n = 0;
}

static void test_split_at_every_byte(void **state)
{
    static const uint16_t ports[] = {53, 4853};

    (void)state;
    clear();
    put_query(&ask, 1, "EU.pool.example");
    put_query(&ask, 2, "www.example.org");
    put_query(&ask, 3, "us.pool.example");
    put_answer(&reply, 2, "www.example.org");
    put_answer(&reply, 1, "EU.pool.example");
    put_answer(&reply, 3, "us.pool.example");
    for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
        for (size_t step = 1; step <= reply.n; step++) {
            struct run *r = run_new(ports[i]);

            connect_to(r);
            say(r, 0, ask.b, ask.n, step);
            say(r, 1, reply.b, reply.n, step);
            if (r->n != 4 || counters(r).messages != 6 || counters(r).tcp != 6 || counters(r).malformed != 0)
                fail_msg("port %u, in pieces of %zu: %zu records, %d messages", ports[i], step, r->n,
                         (int)counters(r).messages);
            assert_int_equal(r->records[0].kind, EVIDENCE_NAME_ASKED);
            assert_int_equal(r->records[0].miner.port, 40000);
            assert_int_equal(r->records[2].kind, EVIDENCE_NAME_ANSWERED);
            assert_int_equal(r->records[2].miner.port, 40000);
            assert_int_equal(r->records[2].pool.port, ports[i]);
            assert_true(view_is(evidence_text(&r->records[2], TEXT_ANSWER), "203.0.113.9"));
            run_free(r);
        }
    }
}

/* The length in a segment of its own, as many write it. */
static void test_split_in_two(void **state)
{
    (void)state;
    clear();
    put_query(&ask, 0x8001, "eu.pool.example");
    for (size_t n = 1; n < ask.n; n++) {
        for (int step = 0; step < 2; step++) {
            struct run *r = run_new(step ? 53 : 5353 + 700);

            connect_to(r);
            segment(r, 0, ACK, ask.b, n, n);
            segment(r, 0, ACK, ask.b + n, ask.n - n, ask.n - n);
            if (r->n != 1)
                fail_msg("split behind %zu", n);
            run_free(r);
        }
    }
}

/* 64 bytes of the client, as act 1 of Stratum V2's handshake has them. */
static void test_64_bytes(void **state)
{
    char name[64] = "";

    (void)state;
    clear();
    for (size_t i = 0; i < 64 - 2 - 12 - 4 - 14 - 1; i++)
        name[i] = 'a';
    strcat(name, ".pool.example");
    put_query(&ask, 0xffff, name);
    assert_int_equal(ask.n, 64);
    for (size_t n = 1; n <= 64; n++) {
        struct run *r = run_new(4853);

        connect_to(r);
        say(r, 0, ask.b, ask.n, n);
        assert_int_equal(r->n, 1);
        run_free(r);
    }
}

static void test_one_side(void **state)
{
    (void)state;
    clear();
    put_answer(&reply, 1, "eu.pool.example");
    put_large(&reply, 2, "us.pool.example", 3000, true);
    put_answer(&reply, 3, "as.pool.example");
    for (size_t step = 40; step <= reply.n; step += 61) {
        struct run *r = run_new(4853);

        say(r, 1, reply.b, reply.n, step); /* no handshake either */
        if (r->n != 3)
            fail_msg("in pieces of %zu: %zu", step, r->n);
        run_free(r);
    }
}

/* The first payload is the rest of a message whose beginning was not captured. */
static void test_midstream(void **state)
{
    struct run *r = run_new(4853);

    (void)state;
    clear();
    put_query(&ask, 1, "www.example.org");
    say(r, 0, ask.b + 5, ask.n - 5, 100);
    clear();
    put_query(&ask, 2, "eu.pool.example");
    say(r, 0, ask.b, ask.n, 100);
    put_answer(&reply, 2, "eu.pool.example");
    say(r, 1, reply.b, reply.n, 100);
    assert_int_equal(r->n, 2);
    run_free(r);
}

/* Any one segment is lost: what is before it is read and, when it lies in one message, what is behind that. */
static void test_lost_segment(void **state)
{
    enum { STEP = 100, N = 30 };
    size_t starts[N + 1];

    (void)state;
    clear();
    for (unsigned i = 0; i < N; i++) {
        starts[i] = reply.n;
        if (i % 3 == 1)
            put_large(&reply, i, "eu.pool.example", 180 + i * 7, true);
        else
            put_answer(&reply, i, "eu.pool.example");
    }
    starts[N] = reply.n;
    for (size_t lost = 1; lost * STEP < reply.n; lost++) {
        struct run *r = run_new(53);
        size_t n_wanted = 0;
        bool inside = false;

        connect_to(r);
        for (size_t at = 0; at < reply.n; at += STEP) {
            size_t n = min_size(STEP, reply.n - at);

            if (at == lost * STEP)
                r->seq[1] += (uint32_t)n;
            else
                segment(r, 1, ACK, reply.b + at, n, n);
        }
        segment(r, 0, ACK, NULL, 0, 0); /* has it all: nothing will be sent again */
        pipeline_end(r->pipeline);
        for (unsigned i = 0; i < N; i++) {
            size_t hole = lost * STEP;

            n_wanted += starts[i + 1] <= hole;
            inside |= starts[i] + 35 <= hole && starts[i + 1] >= hole + STEP; /* in one message, behind its question */
        }
        if (inside)
            n_wanted = N;
        if (r->n < n_wanted || r->n > N)
            fail_msg("without segment %zu: %zu of %zu messages", lost, r->n, n_wanted);
        run_free(r);
    }
}

/* A hole in the middle of a large message: what follows the message is read. */
static void test_hole_in_large(void **state)
{
    (void)state;
    clear();
    put_large(&reply, 1, "eu.pool.example", 9000, true);
    put_answer(&reply, 2, "us.pool.example");
    for (size_t lost = 1; lost < 5; lost++) {
        struct run *r = run_new(53);

        connect_to(r);
        for (size_t at = 0; at < reply.n; at += 1460) {
            size_t n = min_size(1460, reply.n - at);

            if (at == lost * 1460)
                r->seq[1] += (uint32_t)n;
            else
                segment(r, 1, ACK, reply.b + at, n, n);
        }
        pipeline_end(r->pipeline);
        assert_int_equal(r->n, 2);
        assert_true(view_is(evidence_text(&r->records[0], TEXT_ANSWER), "203.0.113.9"));
        run_free(r);
    }
}

/* The largest message, in segments of all sizes: its address is read when it stands early; what follows is read in any case. */
static void test_largest(void **state)
{
    static const size_t steps[] = {536, 1460, 8948, 16383, 16384, 16385, 60000};

    (void)state;
    for (int early = 0; early < 2; early++) {
        clear();
        put_answer(&reply, 1, "eu.pool.example");
        put_large(&reply, 2, "us.pool.example", 65535, early);
        put_answer(&reply, 3, "as.pool.example");
        for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
            struct run *r = run_new(53);

            connect_to(r);
            say(r, 1, reply.b, reply.n, steps[i]);
            if (r->n != 3)
                fail_msg("in pieces of %zu: %zu", steps[i], r->n);
            assert_int_equal(r->records[1].kind, EVIDENCE_NAME_ANSWERED);
            if (early)
                assert_true(view_is(evidence_text(&r->records[1], TEXT_ANSWER), "203.0.113.9"));
            run_free(r);
        }
    }
}

/* Each segment is captured in part. */
static void test_snapped(void **state)
{
    struct run *r = run_new(53);

    (void)state;
    clear();
    put_large(&reply, 1, "eu.pool.example", 5000, true);
    for (size_t at = 0; at < reply.n; at += 1460) {
        size_t n = min_size(1460, reply.n - at);

        segment(r, 1, ACK, reply.b + at, n, min_size(n, 88));
    }
    clear();
    put_answer(&reply, 2, "us.pool.example");
    segment(r, 1, ACK, reply.b, reply.n, reply.n);
    pipeline_end(r->pipeline);
    assert_int_equal(r->n, 2);
    assert_true(view_is(evidence_text(&r->records[0], TEXT_ANSWER), "203.0.113.9"));
    run_free(r);
}

/* A transfer of a zone: messages without a question, more records than UDP has; then a question again. */
static void test_other_messages(void **state)
{
    struct run *r = run_new(53);

    (void)state;
    clear();
    put_query(&ask, 1, "www.example.org");
    begin(&reply, 1, 0x8400, "www.example.org", 300);
    for (unsigned i = 0; i < 300; i++)
        put_record(&reply, 16, "", 1);
    end(&reply);
    begin(&reply, 1, 0x8400, "www.example.org", 1);
    put_be16(reply.b + reply.at + 6, 0);
    reply.n = reply.at + 14;
    put(&reply, "\1x\0\0\1\0\1\0\0\0\0\0\4\1\2\3\4", 17);
    end(&reply);
    begin(&reply, 0, 0x3000, "x", 0); /* DSO keep-alive, RFC 8490 */
    put_be16(reply.b + reply.at + 6, 0);
    reply.n = reply.at + 14;
    put(&reply, "\0\1\0\10\0\0\72\230\0\0\72\230", 12);
    end(&reply);
    put_answer(&reply, 2, "eu.pool.example");
    connect_to(r);
    say(r, 0, ask.b, ask.n, 1460);
    say(r, 1, reply.b, reply.n, 1460);
    assert_int_equal(r->n, 1);
    assert_int_equal(counters(r).messages, 3);
    assert_int_equal(counters(r).malformed, 0);
    run_free(r);
}

/* Messages of other purposes do not hide the question behind them, where nothing but DNS is said. */
static void test_other_messages_first(void **state)
{
    static const unsigned flags[] = {0x2000, 0x2800, 0x3000}; /* NOTIFY, UPDATE, DSO */

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_LEN(flags); i++) {
        bool has_question = i % 2;
        struct run *r = run_new(53);

        clear();
        begin(&ask, 1, flags[i / 2], "x", 0);
        if (!has_question) {
            put_be16(ask.b + ask.at + 6, 0);
            ask.n = ask.at + 14;
            put(&ask, "\0\1\0\10\0\0\72\230\0\0\72\230", 12);
        }
        end(&ask);
        put_query(&ask, 2, "eu.pool.example");
        connect_to(r);
        say(r, 0, ask.b, ask.n, i < 3 ? 1460 : 1);
        if (r->n != 1)
            fail_msg("%zu: %zu records", i, r->n);
        run_free(r);
    }
}

/* Nor do a record in the question, and the bit that must be zero, which servers pass over: first of all, or behind another. */
static void test_odd_question(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bool with_record = i % 2, second = i / 2;
        struct run *r = run_new(53);

        clear();
        if (second)
            put_query(&ask, 1, "www.example.org");
        begin(&ask, 2, with_record ? 0x0100 : 0x0140, "eu.pool.example", 0);
        if (with_record) {
            put_be16(ask.b + ask.at + 10, 1); /* an authority, as questions for changes of a zone have it (RFC 1995) */
            put_record(&ask, 1, "\xcb\x00\x71\x09", 4);
        }
        end(&ask);
        connect_to(r);
        say(r, 0, ask.b, ask.n, 1460);
        if (r->n != 1)
            fail_msg("%u: %zu records", i, r->n);
        run_free(r);
    }
}

/* LLMNR and mDNS among neighbours are no lookups of pools, over TCP neither. They desire no recursion; clients of resolvers do. */
static void test_local(void **state)
{
    static const uint16_t ports[] = {5353, 5355, 137};

    (void)state;
    clear();
    for (size_t i = 0; i < 2 * ARRAY_LEN(ports); i++) {
        bool recursive = i % 2, found = recursive && ports[i / 2] != 137;
        struct run *r = run_new(ports[i / 2]);

        clear();
        begin(&ask, 1, recursive ? 0x0100 : 0, "eu.pool.example", 0);
        end(&ask);
        connect_to(r);
        say(r, 0, ask.b, ask.n, 1460);
        assert_int_equal(r->n, found);
        assert_int_equal(counters(r).messages, found);
        run_free(r);
    }
}

/* A miner that says a DNS message first is found all the same, as in the midst of any other protocol: when its pool answers. */
static void test_miner_behind_dns(void **state)
{
    static const char *const lines[] = {
        "0{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cgminer/4.10\"]}\n",
        "0{\"id\":2,\"method\":\"mining.subscribe\",\"params\":[\"cgminer/4.10\"]}\n",
        "1{\"id\":2,\"result\":[[[\"mining.notify\",\"ae6812eb\"]],\"08000002\",4],\"error\":null}\n",
        "0{\"id\":3,\"method\":\"mining.authorize\",\"params\":[\"user.rig\",\"x\"]}\n",
        "1{\"id\":3,\"result\":true,\"error\":null}\n",
    };
    static const uint16_t ports[] = {53, 3333};

    (void)state;
    clear();
    put_query(&ask, 1, "www.example.org");
    for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
        struct run *r = run_new(ports[i]);

        connect_to(r);
        say(r, 0, ask.b, ask.n, 1460);
        for (size_t k = 0; k < ARRAY_LEN(lines); k++)
            say(r, lines[k][0] - '0', (const uint8_t *)lines[k] + 1, strlen(lines[k]) - 1, 1460);
        if (r->n_mining == 0)
            fail_msg("port %u", ports[i]);
        run_free(r);
    }
}

/* Bytes of chance that begin a connection, with some of what a DNS message has: nothing is counted, nothing breaks. */
static void test_false_starts(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        struct run *r = run_new(i % 2 ? 53 : 4444);
        uint8_t b[300];

        for (size_t k = 0; k < sizeof(b); k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            b[k] = (uint8_t)(seed >> 40);
        }
        put_be16(b, i % 3 ? 0x0040 : 300);
        if (i % 5)
            put_be16(b + 6, 1);
        connect_to(r);
        say(r, 0, b, sizeof(b), 1 + i % 299);
        assert_int_equal(r->n, 0);
        run_free(r);
    }
}

/*
 * A datagram with a listed name, and in the same batch before it a segment with messages of other names: each is read for
 * itself, in the order of the packets.
 */
static void test_beside_datagram(void **state)
{
    static uint8_t bytes[300];
    struct run *r = run_new(53);
    struct frame frames[2];
    struct talk *datagram = &reply;

    (void)state;
    clear();
    put_query(&ask, 1, "us.pool.example");
    put_query(&ask, 2, "www.example.org");
    put_query(datagram, 3, "eu.pool.example");
    connect_to(r);
    frames[0] = make_segment(r, 0, ACK, ask.b, ask.n, ask.n);
    memcpy(bytes, frames[0].bytes.p, 20);
    put_be16(bytes + 2, (unsigned)datagram->n - 2 + 28);
    bytes[9] = IPPROTO_NUM_UDP;
    put_be16(bytes + 20, 40001);
    put_be16(bytes + 22, 53);
    put_be16(bytes + 24, (unsigned)datagram->n - 2 + 8);
    memcpy(bytes + 28, datagram->b + 2, datagram->n - 2);
    frames[1] = frames[0];
    frames[1].bytes = view_of(bytes, datagram->n - 2 + 28);
    frames[1].wire_len = (uint32_t)frames[1].bytes.n;
    frames[1].number = ++r->n_frames;
    pipeline_frames(r->pipeline, frames, 2);
    assert_int_equal(r->n, 2);
    assert_true(view_is(evidence_text(&r->records[0], TEXT_NAME), "us.pool.example"));
    assert_int_equal(r->records[0].miner.port, 40000);
    assert_true(view_is(evidence_text(&r->records[1], TEXT_NAME), "eu.pool.example"));
    assert_int_equal(r->records[1].miner.port, 40001);
    run_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split_at_every_byte),
        cmocka_unit_test(test_split_in_two),
        cmocka_unit_test(test_64_bytes),
        cmocka_unit_test(test_one_side),
        cmocka_unit_test(test_midstream),
        cmocka_unit_test(test_lost_segment),
        cmocka_unit_test(test_hole_in_large),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_snapped),
        cmocka_unit_test(test_other_messages),
        cmocka_unit_test(test_other_messages_first),
        cmocka_unit_test(test_odd_question),
        cmocka_unit_test(test_local),
        cmocka_unit_test(test_miner_behind_dns),
        cmocka_unit_test(test_false_starts),
        cmocka_unit_test(test_beside_datagram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
