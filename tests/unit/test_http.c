/*
 * test_http.c - heads, whole and cut; the gate; chunked bodies in one piece, byte by byte and cut.
 */
#include "config.h"

#include "message/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define WALLET "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
#define BFGMINER                                                                                                                \
    "POST / HTTP/1.1\r\nHost: pool.example:3333\r\nAuthorization: Basic Qmlnc2t5OjEyMw==\r\nContent-type: application/json\r\n" \
    "X-Mining-Extensions: longpoll midstate rollntime submitold\r\nX-Mining-Hashrate: 77\r\nContent-Length: 44\r\n"             \
    "User-Agent: bfgminer/5.2.0\r\n\r\n"

static struct http_head read_whole(const char *text)
{
    struct http_head head;

    assert_int_equal(http_head_end(view_str(text), 0), strlen(text));
    assert_true(http_read_head(view_str(text), true, &head));
    return head;
}

static void assert_view(struct view v, const char *text)
{
    if (!view_eq(v, view_str(text)))
        fail_msg("%.*s is not %s", (int)v.n, (const char *)v.p, text);
}

static void test_request(void **state)
{
    struct http_head h = read_whole(BFGMINER);

    (void)state;
    assert_false(h.facts.reply || h.facts.get || h.facts.cut || h.chunked || h.is_encoded || h.facts.hash_difficulty);
    assert_true(h.facts.mining_headers && view_is(h.type, "application/json") && h.has_length);
    assert_int_equal(h.length, 44);
    assert_int_equal(h.facts.claimed_hs, 77);
    assert_view(h.facts.host, "pool.example");
    assert_view(h.facts.agent, "bfgminer/5.2.0");
    assert_view(h.facts.target, "/");
    assert_view(view_of(h.facts.user, h.facts.n_user), "Bigsky");
    assert_null(memmem(&h.facts, sizeof(h.facts), "123", 3)); /* the password */

    h = read_whole("GET http://node.example:8080/LP?x HTTP/1.0\nhost: other\nUPGRADE: WebSocket\n\n");
    assert_view(h.facts.host, "node.example");
    assert_view(h.facts.target, "/LP?x");
    assert_int_equal(h.facts.asked, HTTP_ASKED_WEBSOCKET);
    h = read_whole("CONNECT pool.example:3333 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_view(h.facts.host, "pool.example");
    assert_int_equal(h.facts.asked, HTTP_ASKED_CONNECT);
    h = read_whole("CONNECT [2001:db8::1]:3333 HTTP/1.1\r\n\r\n");
    assert_view(h.facts.host, "[2001:db8::1]");
    h = read_whole("POST /json_rpc HTTP/1.1\r\nX-Hash-Difficulty: 12\r\n\r\n");
    assert_true(h.facts.hash_difficulty);
}

static void test_login_in_target(void **state)
{
    static const struct {
        const char *target, *login, *worker;
    } rows[] = {
        {"/?miner=30@" WALLET "@rig", WALLET "@rig", "rig"},
        {"/?miner=30@" WALLET, WALLET, ""},
        {"/" WALLET "/rig", WALLET "/rig", "rig"},
        {"/" WALLET "/rig/a@b.c", WALLET "/rig/a@b.c", "rig"},
        {"/" WALLET, WALLET, ""},
        {"/?miner=30@nobody@rig", NULL, ""},
        {"/0x9c99/rig", NULL, ""},
        {"/", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[256];
        struct http_head h;

        snprintf(text, sizeof(text), "POST %s HTTP/1.1\r\n\r\n", rows[i].target);
        h = read_whole(text);
        assert_int_equal(h.facts.login_in_uri, rows[i].login != NULL);
        if (rows[i].login) {
            assert_view(h.facts.uri_login, rows[i].login);
            assert_view(h.facts.uri_worker, rows[i].worker);
        }
    }
}

static void test_reply(void **state)
{
    struct http_head h = read_whole("HTTP/1.1 200 OK\r\nX-Long-Polling: /LP\r\nX-Stratum: stratum+tcp://s.example:3333\r\n"
                                    "Transfer-Encoding: Chunked\r\nContent-Encoding: gzip\r\n\r\n");

    (void)state;
    assert_true(h.facts.reply && h.facts.mining_headers && h.facts.stratum && h.chunked && h.is_encoded);
    assert_int_equal(h.status, 200);
    h = read_whole("HTTP/1.0 200 Connection established\r\n\r\n");
    assert_true(h.established && !h.has_type && !h.facts.stratum);
    h = read_whole("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    assert_int_equal(h.status, 101);
    assert_true(h.to_websocket);
}

/* What a name and a password come to in every form, and in none. */
static void test_basic(void **state)
{
    static const struct {
        const char *value, *user;
    } rows[] = {
        {"Basic Qmlnc2t5OjEyMw==", "Bigsky"},
        {"basic  Qmlnc2t5OjEyMw== ", "Bigsky"},
        {"Basic YTo=", "a"},
        {"Basic OmE=", ""},
        {"Basic Qmlnc2t5", ""},
        {"Basic !!", ""},
        {"Bearer Qmlnc2t5OjEyMw==", ""},
        {"Basic", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[256];
        struct http_head h;

        snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nAuthorization: %s\r\n\r\n", rows[i].value);
        h = read_whole(text);
        assert_view(view_of(h.facts.user, h.facts.n_user), rows[i].user);
    }
}

/* Cut anywhere, in memory of just that size: nothing that is said differs from what the whole head says. */
static void test_cut(void **state)
{
    struct http_head whole = read_whole(BFGMINER);

    (void)state;
    for (size_t n = 0; n < strlen(BFGMINER); n++) {
        uint8_t *copy = malloc(n ? n : 1);
        struct http_head h;

        assert_non_null(copy);
        memcpy(copy, BFGMINER, n);
        assert_int_equal(http_head_end(view_of(copy, n), n / 2), 0);
        assert_true(http_starts(view_of(copy, n)) != HTTP_NONE || n == 0);
        if (http_read_head(view_of(copy, n), false, &h)) {
            assert_true(h.facts.cut);
            assert_true(h.facts.agent.n == 0 || h.facts.agent.n == whole.facts.agent.n);
            assert_true(h.facts.n_user == 0 || h.facts.n_user == whole.facts.n_user);
            assert_true(h.facts.host.n == 0 || h.facts.host.n == whole.facts.host.n);
            assert_true(!h.has_length || h.length == 44);
            assert_true(h.facts.claimed_hs == 0 || h.facts.claimed_hs == 77);
        }
        free(copy);
    }
    /* The name alone says it. */
    assert_true(http_read_head(view_str("POST / HTTP/1.1\r\nX-Mining-Extensions: lo"), false, &whole));
    assert_true(whole.facts.mining_headers);
}

static void test_starts(void **state)
{
    static const struct {
        const char *text;
        enum http_start start;
    } rows[] = {
        {"GET / HTTP/1.1\r\n", HTTP_REQUEST},
        {"PUT /x HTTP/1.0\n", HTTP_REQUEST},
        {"HTTP/1.1 200", HTTP_REPLY},
        {"HTTP/2 200", HTTP_NONE},
        {"GET / HTTP/1.1", HTTP_BEGUN},
        {"P", HTTP_BEGUN},
        {"CONNECT {\"verbose\":false}\r\n", HTTP_NONE},
        {"GET key\r\n", HTTP_NONE},
        {"PING\r\n", HTTP_NONE},
        {"", HTTP_NONE},
        {"get / HTTP/1.1\r\n", HTTP_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(http_starts(view_str(rows[i].text)), rows[i].start);
}

static void test_gate(void **state)
{
    static const struct {
        const char *text;
        bool passes;
    } rows[] = {
        {BFGMINER, true},
        {"POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n", true},
        {"POST /api/x HTTP/1.1\r\nContent-Type: application/json\r\n\r\n", false},
        {"POST /api/x HTTP/1.1\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"submitblock\",\"params\":[]}", true},
        {"POST /api/x HTTP/1.1\r\n\r\n{\"name\":\"x\"}", false},
        {"POST /form HTTP/1.1\r\nContent-Type: text/plain\r\n\r\na=b", false},
        {"POST /?miner=30@" WALLET "@rig HTTP/1.1\r\n\r\n", true},
        {"PUT /partial HTTP/1.1\r\nContent-Type: application/json\r\n\r\n", true},
        {"GET /page.html HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Key: y\r\n\r\n", false},
        {"GET /chat HTTP/1.1\r\nUser-Agent: Windows AppleWebKit\r\nSec-WebSocket-Key: x\r\n\r\n", true},
        {"GET /chat HTTP/1.1\r\nhost: www.example\r\nsec-websocket-key: x\r\n\r\n", true},
        {"GET /chat HT", true},
        {"GET /chat HTTP/1.1\r\nHost: x\r\n\r\n", false},
        {"POST http://pool.example:3333/ HTTP/1.1\r\nContent-Type: application/json\r\n\r\n", true},
        {"GET /chat HTTP/1.1\r\nUser-Agent: Windows AppleWebKit\r\n\r\n", false},
        {"GET /LP HTTP/1.1\r\nX-Mining-Extensions: x\r\n\r\n", true},
        {"GET /LP HTTP/1.1\r\nHost: x\r\n\r\n", false},
        {"CONNECT x.example:443 HTTP/1.1\r\n\r\n", true},
        {"CONNECT {\"verbose\":false}\r\n", false},
        {"P", true},
        {"PRIVMSG #x :hello\r\n", false},
    };
    struct view upgrade = view_str("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    struct view reply = view_str("HTTP/1.1 200 OK\r\n\r\n{\"result\":true,\"id\":1}");

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (http_request_may_mine(view_str(rows[i].text), true) != rows[i].passes)
            fail_msg("the gate and %s", rows[i].text);
    assert_false(http_request_may_mine(view_str("GET /chat HTTP/1.1\r\nSec-WebSocket-Key: x\r\n\r\n"), false));
    assert_true(http_reply_may_mine(upgrade, false));
    assert_true(http_reply_may_mine(reply, true));
    assert_false(http_reply_may_mine(reply, false));
    assert_false(http_reply_may_mine(view_str("HTTP/1.1 200 OK\r\n\r\n{\"ts\":1}"), true));
}

/* --- chunks */

#define CODED "5\r\n{\"id\"\r\n00a;x=\"y\"\r\n:1,\"a\": 2}\r\n0\r\nTrailer: t\r\n\r\nNEXT"
#define PLAIN "{\"id\":1,\"a\": 2}"

/* Reads the first n bytes in steps; gives what came out. */
static size_t read_chunks(size_t n, size_t step, char *out, struct http_chunks *c, size_t *used)
{
    size_t n_out = 0;

    *c = (struct http_chunks){0};
    *used = 0;
    for (size_t at = 0; at < n; at += step) {
        struct buf b = buf_of(view_of(CODED + at, min_size(step, n - at)));
        struct view piece;
        size_t before = buf_left(&b);

        while (http_next_piece(c, &b, &piece)) {
            memcpy(out + n_out, piece.p, piece.n);
            n_out += piece.n;
        }
        *used += before - buf_left(&b);
        if (c->done || c->broken)
            break;
    }
    return n_out;
}

static void test_chunks(void **state)
{
    char out[64];
    struct http_chunks c;
    size_t used;

    (void)state;
    for (size_t step = 1; step <= strlen(CODED); step++) {
        assert_int_equal(read_chunks(strlen(CODED), step, out, &c, &used), strlen(PLAIN));
        assert_memory_equal(out, PLAIN, strlen(PLAIN));
        assert_true(c.done && !c.broken);
        assert_int_equal(used, strlen(CODED) - 4);
    }
    for (size_t n = 0; n < strlen(CODED) - 4; n++) {
        size_t n_out = read_chunks(n, n ? n : 1, out, &c, &used);

        assert_true(n_out <= strlen(PLAIN) && !c.done && !c.broken);
        assert_memory_equal(out, PLAIN, n_out);
    }
}

static void test_broken_chunks(void **state)
{
    static const char *const texts[] = {"x\r\n", "\r\n", "1\r\nab", "10000000000000000\r\n", "-1\r\n"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct buf b = buf_of(view_str(texts[i]));
        struct http_chunks c = {0};
        struct view piece;

        while (http_next_piece(&c, &b, &piece)) {
        }
        assert_true(c.broken && !c.done);
    }
}

static void test_missing_chunks(void **state)
{
    struct buf b = buf_of(view_str("a\r\nab"));
    struct http_chunks c = {0};
    struct view piece;

    (void)state;
    assert_true(http_next_piece(&c, &b, &piece));
    assert_false(http_next_piece(&c, &b, &piece));
    assert_true(http_skip_missing(&c, 0));
    assert_false(http_skip_missing(&c, 9));
    assert_true(http_skip_missing(&c, 8));
    b = buf_of(view_str("\r\n0\r\n\r\n"));
    assert_false(http_next_piece(&c, &b, &piece));
    assert_true(c.done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),       cmocka_unit_test(test_login_in_target),
        cmocka_unit_test(test_reply),         cmocka_unit_test(test_basic),
        cmocka_unit_test(test_cut),           cmocka_unit_test(test_starts),
        cmocka_unit_test(test_gate),          cmocka_unit_test(test_chunks),
        cmocka_unit_test(test_broken_chunks), cmocka_unit_test(test_missing_chunks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
