/*
 * test_carrier.c - conversations in all that can stand around them: each is played in whole messages, byte by byte and in
 * pieces of chance, and must say the same.
 */
#include "config.h"

#include "../carry.h"

#include "message/websocket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define C 0
#define S 1
#define HEX64 "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
#define DATA256 HEX64 HEX64 HEX64 HEX64
#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define ETH "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
#define BLOB HEX64 HEX64 "0123456789abcdef01234567"
#define LOGIN "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"" XMR "\",\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\"}}"
#define JOB "{\"method\":\"job\",\"params\":{\"blob\":\"" BLOB "\",\"job_id\":\"K\",\"target\":\"b88d0600\"}}"
#define SUBMIT                                                                                                             \
    "{\"id\":2,\"method\":\"submit\",\"params\":{\"id\":\"2\",\"job_id\":\"K\",\"nonce\":\"25050000\",\"result\":\"" HEX64 \
    "\"}}"
#define OK "{\"id\":2,\"error\":null,\"result\":{\"status\":\"OK\"}}"

#define SAYS_MAX 32
#define BYTES_MAX 40000

static struct {
    struct {
        int dir;
        size_t from, n;
        uint32_t lost; /* bytes that are missing here instead */
    } says[SAYS_MAX];
    size_t n;
    uint8_t bytes[BYTES_MAX];
    size_t n_bytes;
} script;

static struct carry carry;

static void clear(void)
{
    script.n = script.n_bytes = 0;
}

static void say_bytes(int dir, const void *bytes, size_t n)
{
    assert_true(script.n < SAYS_MAX && script.n_bytes + n <= BYTES_MAX);
    memcpy(script.bytes + script.n_bytes, bytes, n);
    script.says[script.n].dir = dir;
    script.says[script.n].from = script.n_bytes;
    script.says[script.n].n = n;
    script.says[script.n++].lost = 0;
    script.n_bytes += n;
}

static void say(int dir, const char *text)
{
    say_bytes(dir, text, strlen(text));
}

static void lose(int dir, uint32_t n)
{
    say_bytes(dir, "", 0);
    script.says[script.n - 1].lost = n;
}

/* Takes the newest `n` bytes of what was said last off again: they are lost. */
static void lose_end(uint32_t n)
{
    int dir = script.says[script.n - 1].dir;

    script.says[script.n - 1].n -= n;
    lose(dir, n);
}

static void request(const char *first, const char *headers, const char *body)
{
    char text[4096];

    snprintf(text, sizeof(text),
             "%s HTTP/1.1\r\nHost: pool.example:8332\r\nUser-Agent: bfgminer/5.2.0\r\n%sContent-Length: %zu\r\n\r\n%s", first,
             headers, strlen(body), body);
    say(C, text);
}

static void reply(const char *headers, const char *body)
{
    char text[4096];

    snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s", headers, strlen(body), body);
    say(S, text);
}

static void frame(int dir, unsigned first, const char *text)
{
    static const uint8_t mask[4] = {0xa1, 0x02, 0xff, 0x7b};
    uint8_t bytes[2048] = {(uint8_t)first};
    size_t n = strlen(text), at = 2;

    bytes[1] = (uint8_t)((dir == C ? 0x80 : 0) | (n < 126 ? n : 126));
    if (n >= 126) {
        bytes[at++] = (uint8_t)(n >> 8);
        bytes[at++] = (uint8_t)n;
    }
    if (dir == C) {
        memcpy(bytes + at, mask, 4);
        at += 4;
    }
    for (size_t i = 0; i < n; i++)
        bytes[at + i] = (uint8_t)text[i] ^ (dir == C ? mask[i % 4] : 0);
    say_bytes(dir, bytes, at + n);
}

static void upgrade(void)
{
    say(C,
        "GET /proxy HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nUser-Agent: Mozilla/5.0\r\n\r\n");
    say(S, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
}

static void mine_in_lines(void)
{
    say(C, LOGIN "\n");
    say(S, JOB "\n");
    say(C, SUBMIT "\n");
    say(S, OK "\n");
}

static void mine_in_frames(void)
{
    frame(C, 0x81, LOGIN);
    frame(S, 0x81, JOB);
    frame(C, 0x81, SUBMIT);
    frame(S, 0x81, OK);
}

enum manner { WHOLE, BYTES, CHANCE, MANNERS };

static void play(enum manner manner, bool from_start)
{
    static uint32_t chance = 1;

    carry_init(&carry, from_start);
    for (size_t i = 0; i < script.n; i++) {
        const uint8_t *bytes = script.bytes + script.says[i].from;

        if (script.says[i].lost)
            carry_lose(&carry, script.says[i].dir, script.says[i].lost);
        for (size_t at = 0; at < script.says[i].n;) {
            size_t n = script.says[i].n - at;

            chance = chance * 1664525 + 1013904223;
            n = manner == WHOLE ? n : manner == BYTES ? 1 : min_size(n, 1 + (chance >> 24) % 40);
            carry_push(&carry, script.says[i].dir, bytes + at, n);
            at += n;
        }
    }
    carry_end(&carry);
}

struct expected {
    bool proven;
    enum mining_protocol protocol;
    unsigned submitted, accepted, rejected, jobs;
    const char *login, *agent, *worker, *host; /* NULL = none */
    enum name_source source;
    enum transport transport[EVIDENCE_TRANSPORTS];
};

static void check_text(const struct dialogue_text *t, const char *bytes, const char *wanted, const char *what)
{
    if (t->len != (wanted ? strlen(wanted) : 0) || memcmp(bytes, wanted ? wanted : "", t->len) != 0)
        fail_msg("%s is %.*s, not %s", what, t->len, bytes, wanted ? wanted : "none");
}

static void check_one(const struct expected *e)
{
    const struct dialogue *d = &carry.d;

    assert_int_equal(d->proven, e->proven);
    if (!e->proven)
        return;
    assert_int_equal(d->protocol, e->protocol);
    assert_int_equal(d->n_submitted, e->submitted);
    assert_int_equal(d->n_accepted, e->accepted);
    assert_int_equal(d->n_rejected, e->rejected);
    assert_int_equal(d->n_jobs, e->jobs);
    check_text(&d->login_text, d->login, e->login, "login");
    check_text(&d->agent_text, d->agent, e->agent, "agent");
    check_text(&d->worker_text, d->worker, e->worker, "worker");
    check_text(&d->host_text, d->host, e->host, "host");
    assert_int_equal(d->host_source, e->source);
    for (int i = 0; i < EVIDENCE_TRANSPORTS; i++)
        assert_int_equal(d->transport[i], e->transport[i]);
}

static void check(struct expected e, bool from_start)
{
    for (enum manner manner = WHOLE; manner < MANNERS; manner++) {
        play(manner, from_start);
        check_one(&e);
    }
}

static const struct expected in_lines = {.proven = true,
                                         .protocol = PROTOCOL_CRYPTONOTE,
                                         .submitted = 1,
                                         .accepted = 1,
                                         .jobs = 1,
                                         .login = XMR,
                                         .agent = "XMRig/6.21.0"};

static void test_lines(void **state)
{
    (void)state;
    clear();
    mine_in_lines();
    check(in_lines, true);
}

static void test_socks(void **state)
{
    struct expected e = in_lines;

    (void)state;
    clear();
    say_bytes(C, "\x05\x02\x00\x02", 4);
    say_bytes(S, "\x05\x02", 2);
    say_bytes(C, "\x01\x02me\x03you", 8);
    say_bytes(S, "\x01\x00", 2);
    say_bytes(C, "\x05\x01\x00\x03\x0cpool.example\x0d\x05", 19);
    say_bytes(S, "\x05\x00\x00\x01\x0a\0\0\x01\x9c\xb0", 10);
    mine_in_lines();
    e.host = "pool.example";
    e.source = NAME_SOCKS;
    e.transport[0] = TRANSPORT_SOCKS5;
    check(e, true);

    clear();
    say_bytes(C, "\x04\x01\x0d\x05\0\0\0\x01me\0pool.example\0", 24);
    say_bytes(S, "\x00\x5a\x0d\x05\0\0\0\0", 8);
    mine_in_lines();
    e.transport[0] = TRANSPORT_SOCKS4;
    check(e, true);

    clear(); /* an address is no name */
    say_bytes(C, "\x04\x01\x0d\x05\xcb\x00\x71\x09\0", 9);
    say_bytes(S, "\x00\x5a\x0d\x05\0\0\0\0", 8);
    mine_in_lines();
    e.host = NULL;
    e.source = NAME_NONE;
    check(e, true);
}

static void test_connect(void **state)
{
    struct expected e = in_lines;

    (void)state;
    clear();
    say(C, "CONNECT pool.example:3333 HTTP/1.1\r\nHost: pool.example:3333\r\n\r\n");
    say(S, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno");
    say(C, "CONNECT pool.example:3333 HTTP/1.1\r\nProxy-Authorization: Basic bWU6eW91\r\n\r\n");
    say(S, "HTTP/1.1 200 Connection established\r\n\r\n");
    mine_in_lines();
    e.host = "pool.example";
    e.source = NAME_CONNECT;
    e.transport[0] = TRANSPORT_CONNECT;
    check(e, true);
}

/* Three layers: the proxy's name gives way to the pool's. */
static void test_stack(void **state)
{
    struct expected e = in_lines;

    (void)state;
    clear();
    say_bytes(C, "\x05\x01\x00", 3);
    say_bytes(S, "\x05\x00", 2);
    say_bytes(C, "\x05\x01\x00\x03\x0dproxy.example\x1f\x90", 20);
    say_bytes(S, "\x05\x00\x00\x01\x0a\0\0\x01\x9c\xb0", 10);
    say(C, "CONNECT pool.example:80 HTTP/1.1\r\n\r\n");
    say(S, "HTTP/1.1 200 OK\r\n\r\n");
    upgrade();
    mine_in_frames();
    e.host = "pool.example";
    e.source = NAME_CONNECT;
    e.transport[0] = TRANSPORT_SOCKS5;
    e.transport[1] = TRANSPORT_CONNECT;
    e.transport[2] = TRANSPORT_WS;
    check(e, true);
}

static void test_tls_in_tunnel(void **state)
{
    (void)state;
    clear();
    say(C, "CONNECT pool.example:443 HTTP/1.1\r\n\r\n");
    say(S, "HTTP/1.1 200 OK\r\n\r\n");
    say_bytes(C, "\x16\x03\x01\x02\x00\x01", 6);
    for (enum manner manner = WHOLE; manner < MANNERS; manner++) {
        play(manner, true);
        assert_true(carry.d.carrier.opaque && dialogue_is_dull(&carry.d));
        assert_int_equal(carry.d.transport[0], TRANSPORT_CONNECT);
        assert_int_equal(carry.d.transport[1], TRANSPORT_TLS);
    }
}

#define EXTENSIONS "Authorization: Basic Qmlnc2t5OjEyMw==\r\nX-Mining-Extensions: longpoll\r\n"

/* Pipelined requests, a reply in chunks with an interim one before it, a share that is refused. */
static void test_getwork(void **state)
{
    struct expected e = {.proven = true,
                         .protocol = PROTOCOL_GETWORK,
                         .submitted = 2,
                         .accepted = 1,
                         .rejected = 1,
                         .jobs = 1,
                         .login = "Bigsky",
                         .agent = "bfgminer/5.2.0",
                         .host = "pool.example",
                         .source = NAME_HTTP_HOST,
                         .transport = {TRANSPORT_HTTP}};

    (void)state;
    clear();
    request("POST /", EXTENSIONS, "{\"method\": \"getwork\", \"params\": [], \"id\":0}");
    say(S, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0c\r\n{\"result\":{\"\r\n");
    say(S, "166\r\ndata\":\"" DATA256 "\",\"target\":\"" HEX64 "\"},\"i\r\n");
    say(S, "5\r\nd\":0}\r\n0\r\n\r\n");
    request("POST /", EXTENSIONS, "{\"method\": \"getwork\", \"params\": [\"" DATA256 "\"], \"id\":1}");
    request("POST /", EXTENSIONS, "{\"method\": \"getwork\", \"params\": [\"" DATA256 "\"], \"id\":1}");
    reply("", "{\"result\":true,\"error\":null,\"id\":1}");
    reply("X-Reject-Reason: stale\r\n", "{\"result\":false,\"error\":null,\"id\":1}");
    check(e, true);
}

/* What is skipped by its length: a compressed body, a long one, one that is cut; reading goes on right behind it. */
static void test_skipped(void **state)
{
    struct expected e = {.proven = true,
                         .protocol = PROTOCOL_GETWORK,
                         .login = "Bigsky",
                         .agent = "bfgminer/5.2.0",
                         .host = "pool.example",
                         .source = NAME_HTTP_HOST,
                         .transport = {TRANSPORT_HTTP}};
    static char page[20000];

    (void)state;
    memset(page, 'x', sizeof(page) - 1);
    memcpy(page, "POST / HTTP/1.1\r\n\r\n", 19); /* in a body it is no head */
    clear();
    request("POST /", "Content-Encoding: gzip\r\n",
            "\x1f\x8b"
            "abcdef");
    say(C, "POST /page HTTP/1.1\r\nContent-Length: 19999\r\n\r\n");
    say(C, page);
    request("POST /", "", "{\"method\":\"eth_blockNumber\",\"params\":[],\"id\":1}");
    lose_end(30);
    request("POST /", EXTENSIONS, "{\"method\": \"getwork\", \"params\": [], \"id\":0}");
    check(e, true);
}

static void test_ethereum(void **state)
{
    struct expected e = {.proven = true,
                         .protocol = PROTOCOL_GETWORK,
                         .submitted = 1,
                         .accepted = 1,
                         .jobs = 1,
                         .login = ETH "@rig",
                         .worker = "rig",
                         .agent = "bfgminer/5.2.0",
                         .host = "pool.example",
                         .source = NAME_HTTP_HOST,
                         .transport = {TRANSPORT_HTTP}};
    static const char work[] = "{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":[\"0x" HEX64 "\",\"0x" HEX64
                               "\",\"0x0000000112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba\"]}";

    (void)state;
    clear();
    request("POST /?miner=30@" ETH "@rig", "", "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"eth_getWork\",\"params\":[]}");
    reply("", work);
    request("POST /?miner=30@" ETH "@rig", "",
            "{\"id\":4,\"method\":\"eth_submitWork\",\"params\":[\"0x07a05fa4133e5126\",\"0x" HEX64 "\",\"0x" HEX64 "\"]}");
    reply("", "{\"id\":4,\"jsonrpc\":\"2.0\",\"result\":true}");
    check(e, true);

    clear(); /* one's own node is asked by a monitor */
    for (int i = 0; i < 5; i++) {
        request("POST /", "", "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"eth_getWork\",\"params\":[]}");
        reply("", work);
    }
    check((struct expected){0}, true);
}

/* A body that was not captured: a login in its query shows a miner all the same. */
static void test_cut_head(void **state)
{
    (void)state;
    clear();
    say(C, "POST /?miner=30@" ETH "@rig HTTP/1.1\r\nHost: pool.exa");
    lose(C, 500);
    check(
        (struct expected){
            .proven = true, .protocol = PROTOCOL_GETWORK, .login = ETH "@rig", .worker = "rig", .transport = {TRANSPORT_HTTP}},
        true);
    clear(); /* a path may be an explorer's */
    say(C, "POST /" ETH " HTTP/1.1\r\nHost: pool.exa");
    check((struct expected){0}, true);
}

static void test_explorer(void **state)
{
    (void)state;
    clear();
    for (int i = 0; i < 12; i++) {
        say(C, "POST / HTTP/1.1\r\nHost: node\r\nUser-Agent: app/2.1\r\nContent-Length: 55\r\n\r\n"
               "{\"id\":0,\"method\":\"getblocktemplate\",\"params\":[{\"a\":1}]}");
        reply("", "{\"result\":{\"previousblockhash\":\"" HEX64
                  "\",\"bits\":\"17021a8e\",\"height\":938501},\"error\":null,\"id\":0}");
    }
    check((struct expected){0}, true);
}

static void test_websocket(void **state)
{
    struct expected e = in_lines;

    (void)state;
    e.host = "ws.example";
    e.source = NAME_HTTP_HOST;
    e.transport[0] = TRANSPORT_WS;
    clear();
    upgrade();
    mine_in_frames();
    check(e, true);

    clear(); /* fragments, with control frames between them; a compressed message; a foreign one; several lines in one */
    upgrade();
    frame(C, 0x01, "{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"" XMR "\",");
    frame(C, 0x89, "ping");
    frame(C, 0x00, "\"pass\":\"x\",");
    frame(C, 0x80, "\"agent\":\"XMRig/6.21.0\"}}");
    frame(S, 0x8a, "");
    frame(S, 0xc1, "{compressed");
    frame(S, 0x81, "hello");
    frame(S, 0x41, "{compressed");
    frame(S, 0x80, "and more");
    frame(S, 0x81, JOB "\n");
    frame(C, 0x82, SUBMIT "\n\n");
    frame(S, 0x81, OK);
    check(e, true);
}

/* From the middle on, and across gaps. */
static void test_joined(void **state)
{
    struct expected e = in_lines;

    (void)state;
    clear();
    mine_in_frames();
    e.transport[0] = TRANSPORT_WS;
    check(e, false);

    clear(); /* the length of the frame that is cut tells where the next begins */
    upgrade();
    frame(S, 0x81, JOB);
    lose_end(20);
    mine_in_frames();
    e.host = "ws.example";
    e.source = NAME_HTTP_HOST;
    check(e, true);

    clear(); /* a frame is lost, and with it the place: the next that begins a segment goes on */
    upgrade();
    lose(S, 31);
    mine_in_frames();
    play(WHOLE, true);
    check_one(&e);

    clear(); /* a body whose head is lost */
    request("POST /", "", "{\"method\":\"other\",\"id\":1}");
    lose(C, 100);
    say(C, "{\"method\":\"submitblock\",\"params\":[\"00000020" DATA256 "\"],\"id\":1}");
    play(WHOLE, true);
    assert_true(carry.d.proven && carry.d.protocol == PROTOCOL_GETBLOCKTEMPLATE);
}

static void test_one_side(void **state)
{
    struct expected e = in_lines;

    (void)state;
    clear();
    say(C, "CONNECT pool.example:3333 HTTP/1.1\r\n\r\n");
    say(C, LOGIN "\n");
    e.jobs = e.submitted = e.accepted = 0;
    e.host = "pool.example";
    e.source = NAME_CONNECT;
    e.transport[0] = TRANSPORT_CONNECT;
    check(e, true);

    clear();
    say(S, "HTTP/1.1 200 Connection established\r\n\r\n");
    say(S, JOB "\n");
    e = (struct expected){.proven = true, .protocol = PROTOCOL_CRYPTONOTE, .jobs = 1, .transport = {TRANSPORT_CONNECT}};
    check(e, true);
}

/* What documents quote proves nothing, whatever way it comes. */
static void test_documents(void **state)
{
    (void)state;
    clear();
    request("GET /doc", "", "");
    reply("", JOB "\n" JOB "\n");
    request("POST /log", "", JOB);
    request("POST /log", "", LOGIN);
    request("POST /log", "", "{\"result\":{\"data\":\"" DATA256 "\",\"target\":\"" HEX64 "\"},\"id\":0}");
    reply("", "{\"id\":1,\"method\":\"getwork\",\"params\":[]}");
    say(S, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    say(S, JOB "\n" JOB "\n");
    check((struct expected){0}, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),    cmocka_unit_test(test_socks),         cmocka_unit_test(test_connect),
        cmocka_unit_test(test_stack),    cmocka_unit_test(test_tls_in_tunnel), cmocka_unit_test(test_getwork),
        cmocka_unit_test(test_skipped),  cmocka_unit_test(test_ethereum),      cmocka_unit_test(test_cut_head),
        cmocka_unit_test(test_explorer), cmocka_unit_test(test_websocket),     cmocka_unit_test(test_joined),
        cmocka_unit_test(test_one_side), cmocka_unit_test(test_documents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
