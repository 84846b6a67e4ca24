/*
 * message_rows.h - for tests of message readers: a row says what a line means; the checks read it whole, with blanks
 * everywhere, with its keys turned round, and cut at every length.
 */
#ifndef TESTS_MESSAGE_ROWS_H
#define TESTS_MESSAGE_ROWS_H

#include "detect/detectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEX16 "0123456789abcdef"
#define HEX64 "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"
#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"
#define BLOB HEX64 HEX64 HEX16 "01234567" /* 152 digits: 76 bytes */
#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define ETH "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
#define ZEC "t1fAhZF5aUJdY7CikGULHmeYk7id8qmvbAd"
#define COINBASE \
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff2303ea2908084269744d696e746572"
#define SOLUTION "fd4005" HEX64 HEX64 HEX64 HEX64

#define V1 PROTOCOL_STRATUM_V1
#define CN PROTOCOL_CRYPTONOTE
#define EP PROTOCOL_ETH_PROXY
#define EQ PROTOCOL_EQUIHASH
#define E1 PROTOCOL_ETH_STRATUM_1
#define E2 PROTOCOL_ETH_STRATUM_2
#define KW PROTOCOL_KAWPOW
#define ER PROTOCOL_ERGO
#define KS PROTOCOL_KASPA
#define AL PROTOCOL_ALEPHIUM
#define IF PROTOCOL_IRONFISH
#define GR PROTOCOL_GRIN
#define BM PROTOCOL_BEAM
#define NO PROTOCOL_UNKNOWN

#define ROW_LINE_MAX 65536

struct row {
    const char *line;
    enum mining_protocol protocol;
    enum mining_say say;
    enum mining_proof proof;
    bool from_pool;
    const char *login, *worker, *agent, *algorithm, *job, *reason; /* NULL = absent */
    uint64_t height, claimed_hs;
    enum target_kind target;
    bool accepted, has_job;
    const char *host, *port, *coin, *target_text, *coinbase2; /* NULL = absent */
    enum name_source host_source;
    enum mining_protocol hint;
    enum mining_say answers;
    uint64_t ntime_s;
};

/* Single quotes for double ones make lines readable in C. Lines that hold double ones stay as they are. */
static const char *quoted(const char *line, char *out)
{
    size_t n = strlen(line);

    assert_true(n < ROW_LINE_MAX);
    for (size_t i = 0; i <= n; i++)
        out[i] = line[i] == '\'' && !strchr(line, '"') ? '"' : line[i];
    return out;
}

static void check_text(const struct row *r, const char *what, const struct json_val *v, const char *text)
{
    if (!text && v->type != JSON_STRING)
        return; /* texts are strings only */
    if (!text || !view_is(v->text, text))
        fail_msg("%s is \"%.*s\": %s", what, (int)v->text.n, v->text.n ? (const char *)v->text.p : "", r->line);
}

#define CHECK(field)                                                 \
    do {                                                             \
        if (msg->field != r->field)                                  \
            fail_msg(#field " is %d: %s", (int)msg->field, r->line); \
    } while (0)

#define CHECK_SPACED(field)                                                     \
    do {                                                                        \
        if (msg.field != r->field)                                              \
            fail_msg(#field " is %d with blanks: %s", (int)msg.field, r->line); \
    } while (0)

static void check_row(const struct row *r, const struct mining_msg *msg)
{
    CHECK(protocol);
    CHECK(say);
    CHECK(proof);
    CHECK(from_pool);
    CHECK(height);
    CHECK(claimed_hs);
    CHECK(accepted);
    CHECK(has_job);
    CHECK(host_source);
    CHECK(hint);
    CHECK(answers);
    CHECK(ntime_s);
    if (msg->target_kind != r->target)
        fail_msg("target kind is %d: %s", (int)msg->target_kind, r->line);
    check_text(r, "login", &msg->login, r->login);
    check_text(r, "worker", &msg->worker, r->worker);
    check_text(r, "agent", &msg->agent, r->agent);
    check_text(r, "algorithm", &msg->algorithm, r->algorithm);
    check_text(r, "job", &msg->job, r->job);
    check_text(r, "reason", &msg->reason, r->reason);
    check_text(r, "host", &msg->host, r->host);
    if (r->port && !view_is(msg->port.text, r->port))
        fail_msg("port is \"%.*s\": %s", (int)msg->port.text.n, (const char *)msg->port.text.p, r->line);
    if (r->target_text && !view_is(msg->target.text, r->target_text))
        fail_msg("target is \"%.*s\": %s", (int)msg->target.text.n, (const char *)msg->target.text.p, r->line);
    if (r->coinbase2)
        check_text(r, "coinbase2", &msg->coinbase2, r->coinbase2);
    if (r->coin ? !msg->coin || strcmp(r->coin, msg->coin) != 0 : msg->coin != NULL)
        fail_msg("coin is %s: %s", msg->coin ? msg->coin : "none", r->line);
}

/* Puts white space wherever JSON allows it; what a line means must not change. */
static size_t spaced(const char *line, const char *space, char *out)
{
    size_t n = 0, len = strlen(space);
    bool in_string = false;

    for (const char *p = line; *p; p++) {
        bool structural = !in_string && strchr("{}[]:,", *p) != NULL;

        if (structural) {
            memcpy(out + n, space, len);
            n += len;
        }
        out[n++] = *p;
        if (in_string && *p == '\\')
            out[n++] = *++p;
        else if (*p == '"')
            in_string = !in_string;
        if (structural) {
            memcpy(out + n, space, len);
            n += len;
        }
    }
    return n;
}

/* The members of the object in the opposite order. */
static size_t turned(const char *line, char *out)
{
    struct json_walk walk = json_walk_object(view_str(line));
    struct json_val keys[JSONRPC_KEYS_MAX], values[JSONRPC_KEYS_MAX];
    size_t n = 0, len = 1;

    while (n < JSONRPC_KEYS_MAX && json_next_member(&walk, &keys[n], &values[n]))
        n++;
    out[0] = '{';
    while (n-- > 0) {
        const char *quote = values[n].type == JSON_STRING ? "\"" : "";

        len += (size_t)sprintf(out + len, "\"%.*s\":%s%.*s%s%s", (int)keys[n].text.n, (const char *)keys[n].text.p, quote,
                               (int)values[n].text.n, (const char *)values[n].text.p, quote, n ? "," : "}");
    }
    out[len] = '\0';
    return len;
}

/* Reads the rows whole, with blanks, and with their keys turned round. */
static inline void check_rows(const struct row *rows, size_t n_rows)
{
    static const char *const spaces[] = {"", " ", "\t", "  \t ", "\r", "\n"};
    static char plain[ROW_LINE_MAX], line[4 * ROW_LINE_MAX];

    for (size_t i = 0; i < n_rows; i++) {
        const struct row *r = &rows[i];
        struct mining_msg msg;
        struct jsonrpc m;

        quoted(r->line, plain);
        if (!detectors_read(view_str(plain), CARRIED_LINE, NULL, &m, &msg))
            fail_msg("not read: %s", r->line);
        check_row(r, &msg);
        assert_int_equal(m.cut, false);
        if (!detectors_read(view_of(line, turned(plain, line)), CARRIED_LINE, NULL, &m, &msg))
            fail_msg("not read: %s", line);
        check_row(r, &msg);
        for (size_t k = 0; k < ARRAY_LEN(spaces); k++) {
            size_t n = spaced(plain, spaces[k], line);

            if (!detectors_read(view_of(line, n), CARRIED_LINE, NULL, &m, &msg))
                fail_msg("not read: %.*s", (int)n, line);
            CHECK_SPACED(protocol);
            CHECK_SPACED(say);
            CHECK_SPACED(proof);
            CHECK_SPACED(height);
            check_text(r, "login", &msg.login, r->login);
            if (msg.job.type == JSON_STRING)
                check_text(r, "job", &msg.job, r->job);
        }
    }
}

/* Reads the first n bytes in memory of just that size, so that a sanitizer sees every byte read too far. */
static bool read_cut(const char *line, size_t n, struct mining_msg *msg, uint8_t **copy)
{
    struct jsonrpc m;

    *copy = malloc(n ? n : 1);
    *msg = (struct mining_msg){0};
    assert_non_null(*copy);
    memcpy(*copy, line, n);
    if (detectors_read(view_of(*copy, n), CARRIED_LINE, NULL, &m, msg))
        return true;
    *msg = (struct mining_msg){0};
    return false;
}

/* True when a text that a cut line gives as whole is not that of the whole line. */
static bool differs(const struct json_val *part, const struct json_val *whole)
{
    return part->type == JSON_STRING && part->complete && !view_eq(part->text, whole->text);
}

/* What of a cut line contradicts the whole one; NULL when nothing does. */
static const char *contradiction(const struct mining_msg *part, const struct mining_msg *whole)
{
    if (part->proof == PROOF_FULL && part->from_pool != whole->from_pool)
        return "side";
    if (part->proof == PROOF_FULL && part->protocol != PROTOCOL_UNKNOWN && part->protocol != whole->protocol)
        return "protocol";
    if (part->proof == PROOF_FULL && part->coin && (!whole->coin || strcmp(part->coin, whole->coin) != 0))
        return "coin";
    if (part->proof == PROOF_FULL && part->protocol == whole->protocol && part->height > whole->height)
        return "height";
    if (part->proof == PROOF_FULL && part->claimed_hs && part->claimed_hs != whole->claimed_hs)
        return "rate";
    if (part->say == SAY_REPLY && whole->say == SAY_REPLY && part->accepted != whole->accepted &&
        whole->reason.type == JSON_NONE) /* "result": true and an error behind it is nobody's way to talk */
        return "verdict";
    if (part->proof == PROOF_FULL &&
        (differs(&part->login, &whole->login) || differs(&part->agent, &whole->agent) || differs(&part->host, &whole->host) ||
         differs(&part->worker, &whole->worker) || differs(&part->algorithm, &whole->algorithm)))
        return "text";
    if (part->proof == PROOF_FULL && part->protocol == whole->protocol &&
        (differs(&part->job, &whole->job) || differs(&part->target, &whole->target)))
        return "job";
    return NULL;
}

/* Reads the line cut at every length; tells all faults and gives their number. */
static unsigned check_cuts(const char *line)
{
    struct mining_msg whole, msg;
    enum mining_proof before = PROOF_NONE;
    unsigned n_bad = 0;
    struct jsonrpc m;

    assert_true(detectors_read(view_str(line), CARRIED_LINE, NULL, &m, &whole));
    for (size_t n = 0; n <= strlen(line); n++) {
        const char *what;
        uint8_t *copy;

        read_cut(line, n, &msg, &copy);
        what = msg.proof < before ? "proof" : contradiction(&msg, &whole);
        free(copy);
        if (what) {
            print_error("%s is other at byte %zu: %s\n", what, n, line);
            n_bad++;
        }
        before = msg.proof;
    }
    return n_bad;
}

/* Cuts the rows, also with their keys turned round. */
static inline void check_rows_cut(const struct row *rows, size_t n_rows)
{
    static char plain[ROW_LINE_MAX], line[ROW_LINE_MAX];
    unsigned n_bad = 0;

    for (size_t i = 0; i < n_rows; i++) {
        n_bad += check_cuts(quoted(rows[i].line, plain));
        turned(plain, line);
        n_bad += check_cuts(line);
    }
    assert_int_equal(n_bad, 0);
}

/* Lines that must be no proof, whole; with cut also cut anywhere. */
static inline void check_innocent(const char *const *lines, size_t n_lines, bool cut)
{
    static char plain[ROW_LINE_MAX];
    unsigned n_bad = 0;

    for (size_t i = 0; i < n_lines; i++) {
        quoted(lines[i], plain);
        for (size_t n = cut ? 0 : strlen(plain); n <= strlen(plain); n++) {
            struct mining_msg msg;
            uint8_t *copy;

            read_cut(plain, n, &msg, &copy);
            free(copy);
            if (msg.proof == PROOF_FULL) {
                print_error("a proof at byte %zu: %s\n", n, plain);
                n_bad++;
            }
        }
    }
    assert_int_equal(n_bad, 0);
}

#endif
