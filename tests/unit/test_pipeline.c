/*
 * test_pipeline.c - literal TCP conversations as frames through a whole pipeline, and the evidence they give.
 */
#include "config.h"

#include "detect/dpi.h"
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
#define RECORDS_MAX 4096
#define MINER 0x0a000001 /* 10.0.0.1: the lower address */
#define POOL 0xcb007109  /* 203.0.113.9 */
#define TO_POOL 0
#define TO_MINER 1

#define HEX64 "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
#define BLOB HEX64 HEX64 "0123456789abcdef01234567"
#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define CN_LOGIN                                                  \
    "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"" XMR \
    ".rig1\",\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\",\"algo\":[\"rx/0\"]}}\n"
#define CN_LOGGED_IN                                                \
    "{\"id\":1,\"result\":{\"id\":\"22\",\"job\":{\"blob\":\"" BLOB \
    "\",\"job_id\":\"J\",\"target\":\"ffff0100\"},\"status\":\"OK\"}}\n"
#define CN_JOB \
    "{\"method\":\"job\",\"params\":{\"blob\":\"" BLOB "\",\"job_id\":\"K\",\"target\":\"b88d0600\",\"height\":3100000}}\n"
#define CN_SUBMIT(id) \
    "{\"id\":" id     \
    ",\"method\":\"submit\",\"params\":{\"id\":\"22\",\"job_id\":\"J\",\"nonce\":\"25050000\",\"result\":\"" HEX64 "\"}}\n"
#define CN_OK(id) "{\"id\":" id ",\"error\":null,\"result\":{\"status\":\"OK\"}}\n"
#define CN_ERROR(id, text) "{\"id\":" id ",\"error\":{\"code\":-1,\"message\":\"" text "\"}}\n"
#define V1_SUBSCRIBE "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cpuminer/2.5\"]}\n"
#define V1_DIFFICULTY "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[4096]}\n"

/* One connection's numbers, and the run around it. */
struct talk {
    struct pipeline *pipeline;
    struct evidence records[RECORDS_MAX];
    size_t n;
    ns_t now;
    uint64_t n_frames;
    uint32_t miner, pool;
    uint16_t port, pool_port;
    uint32_t next[2]; /* sequence numbers by direction */
    bool no_acks;     /* acknowledgements do not advance */
};

static void collect(void *arg, const struct evidence *e)
{
    struct talk *t = arg;

    assert_true(evidence_check(e));
    assert_int_equal(e->seq, t->n + 1);
    assert_true(t->n < RECORDS_MAX);
    t->records[t->n++] = *e;
}

/* A talk whose pipeline asks nDPI about so many connections at once. */
static struct talk *talk_with_dpi(uint32_t max_dialogues, uint32_t max_dpi_flows)
{
    struct conf conf;
    struct talk *t = calloc(1, sizeof(*t));
    struct hash_key key;

    assert_non_null(t);
    conf_defaults(&conf);
    conf.limits = (struct limits){.max_flows = 1024,
                                  .max_dialogues = max_dialogues,
                                  .max_blocks = 16,
                                  .max_fragments = 8,
                                  .max_dpi_flows = max_dpi_flows,
                                  .max_findings = 8};
    hash_key_fixed(&key, 3);
    t->pipeline = pipeline_new(&conf, &key, small_feed(), collect, t);
    assert_non_null(t->pipeline);
    t->now = START;
    t->miner = MINER;
    t->pool = POOL;
    t->port = 40000;
    t->pool_port = 3333;
    t->next[0] = 1000;
    t->next[1] = 0xfffffff0; /* wraps around soon */
    return t;
}

static struct talk *talk_new(uint32_t max_dialogues)
{
    return talk_with_dpi(max_dialogues, 0);
}

static int setup(void **state)
{
    *state = talk_new(16);
    return 0;
}

static int setup_dpi(void **state)
{
    *state = talk_with_dpi(16, 16);
    return 0;
}

static int teardown(void **state)
{
    struct talk *t = *state;

    pipeline_free(t->pipeline);
    free(t);
    return 0;
}

/* One segment, of which the headers and n bytes are captured. */
static void send_cut(struct talk *t, int dir, unsigned flags, const char *text, size_t n)
{
    uint8_t bytes[4096] = {0x45};
    size_t len = strlen(text);
    struct frame f = {.wire_len = (uint32_t)len + 40, .linktype = LINKTYPE_RAW_IP};

    assert_true(len + 40 <= sizeof(bytes) && n <= len);
    put_be16(bytes + 2, f.wire_len);
    bytes[8] = 64;
    bytes[9] = IPPROTO_NUM_TCP;
    put_be32(bytes + 12, dir == TO_POOL ? t->miner : t->pool);
    put_be32(bytes + 16, dir == TO_POOL ? t->pool : t->miner);
    put_be16(bytes + 20, dir == TO_POOL ? t->port : t->pool_port);
    put_be16(bytes + 22, dir == TO_POOL ? t->pool_port : t->port);
    put_be32(bytes + 24, t->next[dir]);
    put_be32(bytes + 28, flags & TCP_ACK ? t->no_acks ? 1 : t->next[!dir] : 0);
    bytes[32] = 0x50;
    bytes[33] = (uint8_t)flags;
    memcpy(bytes + 40, text, n);
    t->next[dir] += (uint32_t)len + (flags & TCP_SYN ? 1 : 0);
    t->now += NS_PER_SEC / 1000;
    f.bytes = view_of(bytes, 40 + n);
    f.time_ns = t->now;
    f.number = ++t->n_frames;
    pipeline_frames(t->pipeline, &f, 1);
}

static void send(struct talk *t, int dir, const char *text)
{
    send_cut(t, dir, TCP_ACK, text, strlen(text));
}

static void handshake(struct talk *t)
{
    send_cut(t, TO_POOL, TCP_SYN, "", 0);
    send_cut(t, TO_MINER, TCP_SYN | TCP_ACK, "", 0);
    send(t, TO_POOL, "");
}

static size_t count(const struct talk *t, enum evidence_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        n += t->records[i].kind == kind;
    return n;
}

static const struct evidence *last(const struct talk *t)
{
    assert_true(t->n > 0);
    return &t->records[t->n - 1];
}

static const struct evidence *first_of(const struct talk *t, enum evidence_kind kind)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->records[i].kind == kind)
            return &t->records[i];
    fail_msg("no record of kind %s", evidence_name(kind));
    return NULL;
}

static void assert_roles(const struct talk *t)
{
    for (size_t i = 0; i < t->n; i++) {
        assert_int_equal(t->records[i].pool.port, t->pool_port);
        assert_int_equal(t->records[i].miner.port, t->port);
    }
}

static struct pipeline_stats stats(const struct talk *t)
{
    struct pipeline_stats s;

    pipeline_stats(t->pipeline, &s);
    return s;
}

/* --- a whole session ------------------------------------------------------------------------ */

static void test_session(void **state)
{
    struct talk *t = *state;
    const struct evidence *e;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    assert_int_equal(t->n, 1); /* with the packet that brings it */
    e = first_of(t, EVIDENCE_LOGIN);
    assert_true(view_is(evidence_text(e, TEXT_LOGIN), XMR ".rig1"));
    assert_true(view_is(evidence_text(e, TEXT_AGENT), "XMRig/6.21.0"));
    assert_true(view_is(evidence_text(e, TEXT_ALGORITHM), "rx/0"));
    assert_int_equal(e->protocol, PROTOCOL_CRYPTONOTE);
    assert_int_equal(e->stage, STAGE_HANDSHAKE);
    assert_int_equal(e->direction, DIRECTION_TO_POOL);
    assert_int_equal(e->frame, 4);
    assert_int_equal(e->time_ns, t->now);
    assert_int_equal(e->flow_start_ns, START + 2 * NS_PER_SEC / 1000); /* the record begins with the answer to the SYN */
    assert_int_equal(e->flags & EVIDENCE_MIDSTREAM, 0);
    send(t, TO_MINER, CN_LOGGED_IN);
    assert_int_equal(count(t, EVIDENCE_JOB), 1);
    assert_int_equal(count(t, EVIDENCE_DIALOGUE), 1);
    assert_int_equal(last(t)->stage, STAGE_MINING);
    send(t, TO_POOL, CN_SUBMIT("2"));
    send(t, TO_MINER, CN_OK("2"));
    assert_int_equal(last(t)->kind, EVIDENCE_ACCEPTED);
    assert_int_equal(last(t)->stage, STAGE_PAID);
    pipeline_end(t->pipeline);
    e = last(t);
    assert_int_equal(e->kind, EVIDENCE_FACTS);
    assert_true(e->flags & EVIDENCE_FLOW_END);
    assert_int_equal(e->n_jobs, 1);
    assert_int_equal(e->n_submitted, 1);
    assert_int_equal(e->n_accepted, 1);
    assert_int_equal(e->n_rejected, 0);
    assert_int_equal(e->n_messages, 4);
    assert_int_equal(e->packets[0], 4);
    assert_int_equal(e->packets[1], 3);
    assert_int_equal(e->bytes[0], strlen(CN_LOGIN CN_SUBMIT("2")));
    assert_int_equal(e->bytes[1], strlen(CN_LOGGED_IN CN_OK("2")));
    assert_true(e->difficulty > 32767 && e->difficulty < 32769);
    assert_roles(t);
}

static void test_pool_speaks_first(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_MINER, V1_DIFFICULTY);
    assert_int_equal(t->n, 1);
    assert_int_equal(last(t)->direction, DIRECTION_TO_MINER);
    send(t, TO_POOL, V1_SUBSCRIBE);
    assert_int_equal(count(t, EVIDENCE_DIALOGUE), 1);
    assert_roles(t);
}

static void test_roles_with_addresses_turned(void **state)
{
    struct talk *t = *state;

    t->miner = POOL; /* now the pool has the lower address */
    t->pool = MINER;
    send(t, TO_MINER, CN_JOB);
    send(t, TO_POOL, CN_SUBMIT("2"));
    assert_true(t->n > 0);
    assert_roles(t);
    assert_true(last(t)->flags & EVIDENCE_MIDSTREAM);
}

static void test_midstream_in_a_line(void **state)
{
    struct talk *t = *state;

    send(t, TO_MINER, "23456789\"}}\n" CN_JOB);
    assert_int_equal(t->n, 0); /* does not begin like a line: not looked at */
    send(t, TO_MINER, CN_JOB);
    assert_int_equal(count(t, EVIDENCE_JOB), 1);
    assert_roles(t);
}

static void test_cut_in_pieces(void **state)
{
    struct talk *t = *state;
    char piece[2] = "";

    handshake(t);
    for (const char *p = CN_LOGIN; *p; p++) {
        assert_int_equal(t->n, *p == '\n'); /* the brace before it ends the object */
        piece[0] = *p;
        send(t, TO_POOL, piece);
    }
    assert_int_equal(t->n, 1);
    assert_true(view_is(evidence_text(last(t), TEXT_LOGIN), XMR ".rig1"));
}

static void test_without_newline(void **state)
{
    struct talk *t = *state;
    char line[] = CN_LOGIN;

    line[strlen(line) - 1] = '\0';
    send(t, TO_POOL, line);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
}

static void test_many_lines_in_one(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL,
         V1_SUBSCRIBE "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"u.w\",\"x\"]}\n"
                      "{\"id\":3,\"method\":\"mining.extranonce.subscribe\",\"params\":[]}\n");
    assert_int_equal(count(t, EVIDENCE_SUBSCRIBE), 1);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
    assert_int_equal(count(t, EVIDENCE_REQUEST), 1);
    assert_int_equal(last(t)->protocol, PROTOCOL_STRATUM_V1);
    assert_true(last(t)->flags & EVIDENCE_UNSURE);
}

/* --- proof ---------------------------------------------------------------------------------- */

static void test_weak_pieces(void **state)
{
    struct talk *t = *state;

    send_cut(t, TO_POOL, TCP_ACK, CN_SUBMIT("2"), 27); /* {"id":2,"method":"submit","p */
    assert_int_equal(t->n, 0);
    send_cut(t, TO_MINER, TCP_ACK, CN_JOB, 30); /* {"method":"job","params":{"blo */
    assert_int_equal(count(t, EVIDENCE_PIECES), t->n > 0);
    send(t, TO_POOL, CN_SUBMIT("3"));
    assert_true(count(t, EVIDENCE_SUBMIT) == 1);
    assert_roles(t);
}

static void test_weak_ask_and_cut_work(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL, "{\"id\":3,\"method\":\"eth_getWork\",\"params\":[]}\n");
    assert_int_equal(t->n, 0); /* a monitor asks that too */
    send_cut(t, TO_MINER, TCP_ACK, "{\"id\":3,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x" HEX64 "\"]}\n", 60);
    send(t, TO_MINER, "{\"id\":9,\"result\":true}\n"); /* ends the cut line */
    assert_int_equal(count(t, EVIDENCE_PIECES), 1);
    assert_int_equal(last(t)->protocol, PROTOCOL_ETH_PROXY);
    assert_roles(t);
}

static void test_weak_alone_proves_nothing(void **state)
{
    struct talk *t = *state;

    for (int i = 0; i < 100; i++) {
        send(t, TO_POOL, "{\"id\":3,\"method\":\"eth_getWork\",\"params\":[]}\n");
        send(t, TO_MINER, "{\"id\":3,\"result\":[\"0x" HEX64 "\",\"0x" HEX64 "\",\"0x" HEX64 "\"]}\n"); /* no target */
    }
    send(t, TO_POOL, "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"bob\",\"pass\":\"x\"}}\n");
    send(t, TO_MINER, "{\"id\":1,\"result\":{\"status\":\"OK\"}}\n");
    pipeline_end(t->pipeline);
    assert_int_equal(t->n, 0);
}

static void test_replies_alone_prove_nothing(void **state)
{
    struct talk *t = *state;

    for (int i = 0; i < 5; i++) {
        send(t, TO_MINER, "{\"id\":4,\"result\":true,\"error\":null}\n");
        send(t, TO_POOL, "{\"id\":4,\"result\":true,\"error\":null}\n");
    }
    pipeline_end(t->pipeline);
    assert_int_equal(t->n, 0);
}

/* A server that sends everything back: what comes back is from the wrong side. */
static void test_echo_server(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_MINER, CN_LOGIN);
    send(t, TO_POOL, CN_SUBMIT("2"));
    send(t, TO_MINER, CN_SUBMIT("2"));
    pipeline_end(t->pipeline);
    assert_roles(t);
    assert_int_equal(count(t, EVIDENCE_DIALOGUE), 0);
    assert_int_equal(last(t)->n_submitted, 1);
    assert_int_equal(last(t)->n_messages, 2);
}

static void test_full_overrules_weak_role(void **state)
{
    struct talk *t = *state;

    send(t, TO_MINER,
         "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"bob\",\"pass\":\"x\"}}\n"); /* weak, and the wrong way */
    send(t, TO_POOL, CN_LOGIN);
    assert_true(t->n > 0);
    assert_roles(t);
}

/* --- replies -------------------------------------------------------------------------------- */

static void test_login_refused(void **state)
{
    struct talk *t = *state;
    const struct evidence *e;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_MINER, CN_ERROR("1", "Invalid address"));
    e = first_of(t, EVIDENCE_REFUSED);
    assert_true(view_is(evidence_text(e, TEXT_REASON), "Invalid address"));
    assert_true(e->flags & EVIDENCE_REFUSED_ALL);
    assert_int_equal(e->stage, STAGE_HANDSHAKE);
    assert_int_equal(count(t, EVIDENCE_ACCEPTED) + count(t, EVIDENCE_REJECTED), 0);
    send(t, TO_MINER, CN_JOB); /* work after all */
    assert_false(last(t)->flags & EVIDENCE_REFUSED_ALL);
}

static void test_shares_with_one_id(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_MINER, CN_LOGGED_IN);
    /* Client and answers all use id 1: first in, first out. */
    send(t, TO_POOL, CN_SUBMIT("1"));
    send(t, TO_POOL, CN_SUBMIT("1"));
    send(t, TO_POOL, CN_SUBMIT("1"));
    send(t, TO_MINER, CN_OK("1"));
    send(t, TO_MINER, CN_ERROR("1", "Low difficulty share"));
    send(t, TO_MINER, CN_OK("1"));
    send(t, TO_MINER, CN_OK("1")); /* answers nothing */
    pipeline_end(t->pipeline);
    assert_int_equal(last(t)->n_submitted, 3);
    assert_int_equal(last(t)->n_accepted, 2);
    assert_int_equal(last(t)->n_rejected, 1);
    assert_int_equal(count(t, EVIDENCE_ACCEPTED), 1);
    assert_int_equal(count(t, EVIDENCE_REJECTED), 1);
    assert_true(view_is(evidence_text(first_of(t, EVIDENCE_REJECTED), TEXT_REASON), "Low difficulty share"));
}

static void test_one_id_for_different_requests(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL,
         "{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"u\",\"x\"]}\n"
         "{\"id\":1,\"method\":\"mining.submit\",\"params\":[\"u\",\"j\",\"01\",\"5b5c8e2a\",\"b2957c02\"]}\n");
    send(t, TO_MINER, "{\"id\":1,\"result\":false,\"error\":null}\n{\"id\":1,\"result\":true,\"error\":null}\n");
    pipeline_end(t->pipeline);
    assert_int_equal(count(t, EVIDENCE_REFUSED), 1); /* the first answer is that to the first request */
    assert_int_equal(last(t)->n_accepted, 1);
    assert_int_equal(last(t)->n_rejected, 0);
}

static void test_ids_of_different_requests(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL,
         "{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"u\",\"x\"]}\n"
         "{\"id\":2,\"method\":\"mining.submit\",\"params\":[\"u\",\"j\",\"01\",\"5b5c8e2a\",\"b2957c02\"]}\n");
    send(t, TO_MINER, "{\"id\":2,\"result\":true,\"error\":null}\n{\"id\":1,\"result\":false,\"error\":null}\n");
    pipeline_end(t->pipeline);
    assert_int_equal(last(t)->n_accepted, 1);
    assert_int_equal(last(t)->n_rejected, 0);
    assert_int_equal(count(t, EVIDENCE_REFUSED), 1);
}

static void test_several_logins(void **state)
{
    struct talk *t = *state;
    char line[200];

    for (int i = 0; i < 100; i++) {
        snprintf(line, sizeof(line), "{\"id\":%d,\"method\":\"mining.authorize\",\"params\":[\"user%d\",\"x\"]}\n", i, i);
        send(t, TO_POOL, line);
        send(t, TO_POOL, line); /* twice: one login */
    }
    pipeline_end(t->pipeline);
    assert_int_equal(last(t)->n_logins, 100);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 64); /* later ones are counted only */
    assert_true(view_is(evidence_text(&t->records[0], TEXT_LOGIN), "user0"));
}

static void test_counters_are_absolute(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_MINER, CN_LOGGED_IN);
    for (int i = 0; i < 20; i++) {
        t->now += 61 * NS_PER_SEC;
        send(t, TO_POOL, CN_SUBMIT("7"));
        send(t, TO_MINER, CN_OK("7"));
    }
    pipeline_end(t->pipeline);
    assert_true(count(t, EVIDENCE_FACTS) >= 19); /* about once a minute */
    for (size_t i = 1; i < t->n; i++) {
        assert_true(t->records[i].n_submitted >= t->records[i - 1].n_submitted);
        assert_true(t->records[i].n_messages >= t->records[i - 1].n_messages);
        assert_true(t->records[i].bytes[0] >= t->records[i - 1].bytes[0]);
        assert_int_equal(t->records[i].flow_start_ns, t->records[0].flow_start_ns);
    }
    assert_int_equal(last(t)->n_accepted, 20);
}

static void test_retransmission_counts_once(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_POOL, CN_SUBMIT("2"));
    t->next[TO_POOL] -= (uint32_t)strlen(CN_SUBMIT("2"));
    send(t, TO_POOL, CN_SUBMIT("2"));
    send(t, TO_MINER, CN_OK("2"));
    pipeline_end(t->pipeline);
    assert_int_equal(last(t)->n_submitted, 1);
    assert_int_equal(last(t)->n_accepted, 1);
}

/* --- one side ------------------------------------------------------------------------------- */

static void test_one_sided(void **state)
{
    struct talk *t = *state;

    t->no_acks = true;
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_POOL, CN_SUBMIT("2"));
    pipeline_end(t->pipeline);
    assert_true(last(t)->flags & EVIDENCE_ONE_SIDED);
    assert_false(last(t)->flags & EVIDENCE_ANSWERED);
}

static void test_one_sided_but_answered(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL, CN_LOGIN);
    t->next[TO_MINER] += 500; /* bytes that were not captured, and are acknowledged */
    send(t, TO_POOL, CN_SUBMIT("2"));
    pipeline_end(t->pipeline);
    assert_true(last(t)->flags & EVIDENCE_ONE_SIDED);
    assert_true(last(t)->flags & EVIDENCE_ANSWERED);
}

static void test_pool_side_only(void **state)
{
    struct talk *t = *state;

    send(t, TO_MINER, CN_LOGGED_IN);
    send(t, TO_MINER, CN_JOB);
    pipeline_end(t->pipeline);
    assert_true(last(t)->flags & EVIDENCE_ONE_SIDED);
    assert_int_equal(last(t)->n_jobs, 2);
    assert_int_equal(last(t)->packets[0], 0);
    assert_int_equal(last(t)->packets[1], 2);
    assert_int_equal(last(t)->height, 3100000);
    assert_roles(t);
}

/* --- holes ---------------------------------------------------------------------------------- */

static void test_lost_segment(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    send(t, TO_MINER, CN_LOGGED_IN);
    t->next[TO_MINER] += 400;
    send(t, TO_POOL, ""); /* acknowledged: lost by the capture */
    send(t, TO_MINER, CN_JOB);
    pipeline_end(t->pipeline);
    assert_int_equal(last(t)->n_jobs, 2);
    assert_int_equal(last(t)->n_gaps, 1);
}

static void test_truncated_login(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send_cut(t, TO_POOL, TCP_ACK, CN_LOGIN, 90);
    send_cut(t, TO_MINER, TCP_ACK, CN_LOGGED_IN, 60);
    pipeline_end(t->pipeline);
    assert_true(t->n > 0);
    assert_int_equal(last(t)->n_truncated, 2);
    assert_true(first_of(t, EVIDENCE_LOGIN)->cut_texts & 1u << (TEXT_LOGIN - 1));
    assert_roles(t);
}

/* --- side records --------------------------------------------------------------------------- */

static void test_dull_flow_loses_its_record(void **state)
{
    struct talk *t = *state;

    for (int i = 0; i < 8; i++)
        send(t, TO_POOL, "{\"id\":1,\"method\":\"ping\"}\n");
    assert_int_equal(stats(t).dialogues, 1);
    send(t, TO_POOL, "{\"id\":1,\"method\":\"ping\"}\n"); /* the record is gone: a new look */
    assert_int_equal(stats(t).dialogues, 2);
    assert_int_equal(t->n, 0);
}

static void test_not_json_is_not_looked_at(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL, "GET / HTTP/1.1\r\n\r\n");
    send(t, TO_MINER, "[{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}]\n");
    send(t, TO_MINER, "{\"level\":\"info\"}\n");
    assert_int_equal(stats(t).candidates, 0);
    assert_int_equal(stats(t).dialogues, 0);
}

static void test_late_mining_is_found(void **state)
{
    struct talk *t = *state;
    int n = 0;

    for (int i = 0; i < 100; i++)
        send(t, TO_POOL, "{\"id\":1,\"method\":\"ping\"}\n");
    assert_int_equal(t->n, 0);
    while (t->n == 0 && n < 1000) {
        send(t, TO_POOL, CN_SUBMIT("5"));
        n++;
    }
    assert_int_equal(count(t, EVIDENCE_SUBMIT), 1);
    assert_true(n <= 16);
}

static void test_budget_of_looks(void **state)
{
    struct talk *t = *state;
    struct pipeline_stats s;

    for (int i = 0; i < 8 * 8 + 160 * 8; i++)
        send(t, TO_POOL, "{\"id\":1,\"method\":\"ping\"}\n");
    s = stats(t);
    assert_true(s.dialogues >= 8 && s.dialogues <= 8 + 160 * 8 / 16);
    assert_int_equal(s.candidates, s.dialogues + s.not_tested);
    assert_true(s.not_tested > 100);
}

/* Starts one more connection, by its port. */
static void begin(struct talk *t, uint16_t port, const char *text)
{
    t->port = port;
    t->next[0] = 1000;
    t->next[1] = 5000;
    send(t, TO_POOL, text);
}

static void test_side_records_run_out(void **state)
{
    struct talk *t = talk_new(4);
    void *other = t;

    (void)state;
    begin(t, 1001, CN_LOGIN);
    begin(t, 1002, CN_LOGIN);
    begin(t, 1003, "{\"id\":1,\"method\":\"ping\"}\n");
    begin(t, 1004, "{\"id\":1,\"method\":\"ping\"}\n");
    assert_int_equal(stats(t).dialogues_dropped, 0);
    for (uint16_t port = 2000; port < 2100; port++)
        begin(t, port, "{\"id\":1,\"method\":\"ping\"}\n");
    assert_int_equal(stats(t).dialogues_dropped, 100);
    assert_int_equal(t->n, 2); /* the proven ones are still there: no last record of theirs yet */
    t->port = 1001;
    t->next[0] = 1000 + (uint32_t)strlen(CN_LOGIN);
    send(t, TO_POOL, CN_SUBMIT("9"));
    assert_int_equal(last(t)->kind, EVIDENCE_SUBMIT);
    assert_int_equal(last(t)->miner.port, 1001);
    pipeline_end(t->pipeline);
    assert_int_equal(count(t, EVIDENCE_FACTS), 2);
    teardown(&other);
}

static void test_side_records_all_proven(void **state)
{
    struct talk *t = talk_new(4);
    void *other = t;

    (void)state;
    for (uint16_t port = 1000; port < 1010; port++)
        begin(t, port, CN_LOGIN);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 10); /* the oldest give way, with their last record */
    assert_int_equal(count(t, EVIDENCE_FACTS), 6);
    for (size_t i = 0, n = 0; i < t->n; i++)
        if (t->records[i].kind == EVIDENCE_FACTS) {
            assert_true(t->records[i].flags & EVIDENCE_FLOW_END);
            assert_int_equal(t->records[i].miner.port, 1000 + n++);
        }
    pipeline_end(t->pipeline);
    assert_int_equal(count(t, EVIDENCE_FACTS), 10);
    teardown(&other);
}

static void test_oldest_unproven_dropped(void **state)
{
    struct talk *t = talk_new(4);
    void *other = t;

    (void)state;
    for (uint16_t port = 1000; port < 1004; port++)
        begin(t, port, "{\"id\":1,\"method\":\"lo"); /* half a line is kept */
    begin(t, 2000, "{\"id\":1,\"method\":\"ping\"}\n");
    assert_int_equal(stats(t).dialogues_dropped, 1);
    t->port = 1003;
    t->next[0] = 1000 + 20;
    send(t, TO_POOL, CN_LOGIN + 20); /* the newest was not dropped */
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
    t->port = 1000;
    send(t, TO_POOL, CN_LOGIN + 20); /* the oldest was */
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
    teardown(&other);
}

static void test_new_connection_on_same_ports(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    handshake(t);
    assert_int_equal(count(t, EVIDENCE_FACTS), 1); /* the first has ended */
    send(t, TO_POOL, CN_LOGIN);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 2);
    pipeline_end(t->pipeline);
    assert_int_equal(stats(t).connections, 2);
}

/* --- nDPI's opinion ------------------------------------------------------------------------- */

#define RPC "{\"id\":9,\"method\":\"server.version\",\"params\":[]}\n" /* nDPI 4.2 calls it mining, we do not */

/* So many in a build with nDPI; none in one without. */
static size_t with_dpi(size_t n)
{
    return strcmp(dpi_version(), "none") == 0 ? 0 : n;
}

static void test_opinion_follows_proof(void **state)
{
    struct talk *t = *state;

    handshake(t);
    send(t, TO_POOL, CN_LOGIN);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
    assert_int_equal(t->n, 1 + with_dpi(1)); /* at the packet that brings both */
    if (with_dpi(1)) {
        assert_int_equal(t->records[0].kind, EVIDENCE_LOGIN);
        assert_int_equal(last(t)->kind, EVIDENCE_DPI);
        assert_int_equal(last(t)->frame, 4);
        assert_int_equal(last(t)->text_len, 0);
    }
    send(t, TO_MINER, CN_LOGGED_IN);
    send(t, TO_POOL, CN_SUBMIT("2"));
    pipeline_end(t->pipeline);
    assert_int_equal(count(t, EVIDENCE_DPI), with_dpi(1)); /* once */
    assert_int_equal(stats(t).dpi_flows, with_dpi(1));
    assert_int_equal(stats(t).dpi_mining, with_dpi(1));
    assert_int_equal(stats(t).dpi_unproven, 0);
    assert_roles(t);
}

/* What the lists know of the pool's address follows the proof, once for each connection. */
static void test_listed_endpoint(void **state)
{
    struct talk *t = *state;
    struct feed_row row;

    t->pool = 0xcb0071c8; /* 203.0.113.200 */
    t->pool_port = 14433;
    handshake(t);
    send(t, TO_POOL, RPC);
    assert_int_equal(t->n, 0); /* nothing is proven */
    send(t, TO_POOL, CN_LOGIN);
    assert_int_equal(t->n, 2);
    assert_int_equal(t->records[0].kind, EVIDENCE_LOGIN);
    assert_int_equal(last(t)->kind, EVIDENCE_LISTED);
    assert_int_equal(last(t)->text_len, 0);
    assert_true(feed_row_at(small_feed(), last(t)->feed_row, &row));
    assert_true(view_is(row.name, "203.0.113.200:14433"));
    send(t, TO_MINER, CN_LOGGED_IN);
    send(t, TO_POOL, CN_SUBMIT("2"));
    pipeline_end(t->pipeline);
    assert_int_equal(count(t, EVIDENCE_LISTED), 1);
    assert_roles(t);
}

static void test_opinion_waits_for_proof(void **state)
{
    struct talk *t = *state;

    send(t, TO_POOL, RPC);
    assert_int_equal(stats(t).dpi_mining, with_dpi(1));
    assert_int_equal(t->n, 0); /* nDPI alone proves nothing */
    send(t, TO_POOL, CN_LOGIN);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
    assert_int_equal(count(t, EVIDENCE_DPI), with_dpi(1));
    assert_int_equal(last(t)->frame, 2);
}

/* The end of the connection brings the proof: the opinion still goes out before the last record. */
static void test_opinion_at_the_end(void **state)
{
    struct talk *t = *state;
    char line[] = CN_LOGIN;

    line[strlen(line) - 3] = '\0'; /* neither closed nor ended */
    send(t, TO_POOL, line);
    assert_int_equal(t->n, 0);
    pipeline_end(t->pipeline);
    assert_int_equal(count(t, EVIDENCE_LOGIN), 1);
    assert_int_equal(count(t, EVIDENCE_DPI), with_dpi(1));
    assert_true(last(t)->kind == EVIDENCE_FACTS && last(t)->flags & EVIDENCE_FLOW_END);
    assert_int_equal(stats(t).dpi_unproven, 0);
}

static void test_opinion_without_proof(void **state)
{
    struct talk *t = *state;

    for (int i = 0; i < 200; i++) /* many dialogues of one connection, each given up as dull */
        send(t, TO_POOL, RPC);
    assert_true(stats(t).dialogues > 5);
    pipeline_end(t->pipeline);
    assert_int_equal(t->n, 0);
    assert_int_equal(stats(t).dpi_flows, with_dpi(1)); /* asked about once */
    assert_int_equal(stats(t).dpi_unproven, with_dpi(1));
}

static void test_opinion_has_a_cap(void **state)
{
    struct talk *t = talk_with_dpi(16, 1);
    void *other = t;

    (void)state;
    for (uint16_t port = 40000; port < 40004; port++) {
        t->port = port;
        send(t, TO_POOL, "{\"id\":1,\"x\":"); /* nDPI cannot tell yet, so its state is held */
    }
    assert_int_equal(stats(t).dpi_flows, with_dpi(1));
    assert_int_equal(stats(t).dpi_refused, with_dpi(3));
    pipeline_end(t->pipeline);
    teardown(&other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_DPI(name) cmocka_unit_test_setup_teardown(name, setup_dpi, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_session),
        CASE(test_pool_speaks_first),
        CASE(test_roles_with_addresses_turned),
        CASE(test_midstream_in_a_line),
        CASE(test_cut_in_pieces),
        CASE(test_without_newline),
        CASE(test_many_lines_in_one),
        CASE(test_weak_pieces),
        CASE(test_weak_ask_and_cut_work),
        CASE(test_weak_alone_proves_nothing),
        CASE(test_replies_alone_prove_nothing),
        CASE(test_echo_server),
        CASE(test_full_overrules_weak_role),
        CASE(test_login_refused),
        CASE(test_shares_with_one_id),
        CASE(test_one_id_for_different_requests),
        CASE(test_ids_of_different_requests),
        CASE(test_several_logins),
        CASE(test_counters_are_absolute),
        CASE(test_retransmission_counts_once),
        CASE(test_one_sided),
        CASE(test_one_sided_but_answered),
        CASE(test_pool_side_only),
        CASE(test_lost_segment),
        CASE(test_truncated_login),
        CASE(test_dull_flow_loses_its_record),
        CASE(test_not_json_is_not_looked_at),
        CASE(test_late_mining_is_found),
        CASE(test_budget_of_looks),
        cmocka_unit_test(test_side_records_run_out),
        cmocka_unit_test(test_side_records_all_proven),
        cmocka_unit_test(test_oldest_unproven_dropped),
        CASE(test_new_connection_on_same_ports),
        CASE(test_listed_endpoint),
        CASE_DPI(test_opinion_follows_proof),
        CASE_DPI(test_opinion_waits_for_proof),
        CASE_DPI(test_opinion_at_the_end),
        CASE_DPI(test_opinion_without_proof),
        cmocka_unit_test(test_opinion_has_a_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
