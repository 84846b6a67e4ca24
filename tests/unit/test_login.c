/*
 * test_login.c - login grammars and wallet shapes, one row each.
 */
#include "config.h"

#include "evidence/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"
#define XMR_SUB "8BnERTpvL5MbCLtj5n9No7J5oE5hHiB3tVCK5cjSvCsJ2D37nAVFzWpDjRVAHjzHyGgnwv7HMwKCAnFB4NMEMWqXbEz9kbx"
#define XMR_INTEGRATED \
    "4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK"
#define ETH "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
#define BTC "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define BTC_OLD "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
#define ZEC "t1fAhZF5aUJdY7CikGULHmeYk7id8qmvbAd"
#define LTC "ltc1qhzjptwpym9afcdjhs7jcz6fd0jma0l0rc0e5yr"
#define HEX64 "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"

static const struct row {
    const char *text;
    enum mining_protocol protocol;
    const char *account, *worker, *kind, *coin;
} rows[] = {
    {XMR, PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR"},
    {XMR ".rig1", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR"},
    {XMR ".rig1+120000", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR"},
    {XMR "+120000", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR"},
    {XMR "/rig1", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR"},
    {XMR "." HEX64 ".rig1/a@b.example", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR"}, /* nanopool */
    {XMR "." HEX64, PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR"},
    {XMR "." HEX64 "/rig1", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR"},
    {XMR "%" HEX64 ".rig1", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR"},
    {XMR_SUB ".x", PROTOCOL_CRYPTONOTE, XMR_SUB, "x", "xmr-address", "XMR"},
    {XMR_INTEGRATED, PROTOCOL_CRYPTONOTE, XMR_INTEGRATED, "", "xmr-address", "XMR"},
    {XMR, PROTOCOL_UNKNOWN, XMR, "", "xmr-address", "XMR"}, /* the shape does not depend on the dialect */
    {HEX64, PROTOCOL_CRYPTONOTE, HEX64, "", "xmr-donation", NULL},
    {HEX64, PROTOCOL_STRATUM_V1, HEX64, "", "unknown", NULL},
    {ETH, PROTOCOL_ETH_PROXY, ETH, "", "eth-address", "ETH"},
    {ETH ".rig", PROTOCOL_ETH_PROXY, ETH, "rig", "eth-address", "ETH"},
    {ETH "/kvetak.worker1/ivesely@mailinator", PROTOCOL_ETH_PROXY, ETH, "kvetak.worker1", "eth-address", "ETH"},
    {ETH "/rig/a@b.example", PROTOCOL_ETH_PROXY, ETH, "rig", "eth-address", "ETH"},
    {"0x9c99", PROTOCOL_ETH_PROXY, "0x9c99", "", "account", NULL},
    {ZEC ".rig4", PROTOCOL_EQUIHASH, ZEC, "rig4", "zec-address", "ZEC"},
    {BTC ".001", PROTOCOL_STRATUM_V1, BTC, "001", "btc-address", "BTC"},
    {BTC_OLD, PROTOCOL_STRATUM_V1, BTC_OLD, "", "btc-address", "BTC"},
    {LTC ".x", PROTOCOL_STRATUM_V1, LTC, "x", "ltc-address", "LTC"},
    {"bigsky.worker1", PROTOCOL_STRATUM_V1, "bigsky", "worker1", "account", NULL},
    {"bigsky/worker1", PROTOCOL_STRATUM_V1, "bigsky", "worker1", "account", NULL},
    {"x", PROTOCOL_CRYPTONOTE, "x", "", "account", NULL},
    {"someone@mail.example", PROTOCOL_CRYPTONOTE, "someone@mail.example", "", "email", NULL},
    {"", PROTOCOL_CRYPTONOTE, "", "", "unknown", NULL},
    {"+", PROTOCOL_CRYPTONOTE, "+", "", "account", NULL},
    {"+100", PROTOCOL_CRYPTONOTE, "+100", "", "account", NULL},
    {".rig", PROTOCOL_STRATUM_V1, "", "rig", "unknown", NULL},
    {"/", PROTOCOL_STRATUM_V1, "", "", "unknown", NULL},
    {"a.", PROTOCOL_STRATUM_V1, "a", "", "account", NULL},
    {"@", PROTOCOL_STRATUM_V1, "@", "", "account", NULL},
    {"bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", PROTOCOL_STRATUM_V1, "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "",
     "unknown", NULL},
    {"48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUico0", PROTOCOL_CRYPTONOTE,
     "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUico0", "", "unknown", NULL},
};

static void assert_view(struct view v, const char *text)
{
    if (!view_is(v, text) || v.n != strlen(text))
        fail_msg("\"%.*s\" instead of \"%s\"", (int)v.n, v.n ? (const char *)v.p : "", text);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        struct login l = login_of(view_str(r->text), r->protocol);

        assert_view(l.account, r->account);
        assert_view(l.worker, r->worker);
        assert_string_equal(l.kind, r->kind);
        if (r->coin)
            assert_string_equal(l.coin, r->coin);
        else
            assert_null(l.coin);
    }
}

static bool is_inside(struct view part, struct view whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

/* Every prefix of every row, in memory of exactly its size: the parts lie inside. */
static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t n = 0; n <= strlen(rows[i].text); n++) {
            uint8_t *copy = malloc(n ? n : 1);
            struct login l;

            assert_non_null(copy);
            memcpy(copy, rows[i].text, n);
            l = login_of(view_of(copy, n), rows[i].protocol);
            assert_true(is_inside(l.account, view_of(copy, n)));
            assert_true(is_inside(l.worker, view_of(copy, n)));
            assert_non_null(l.kind);
            free(copy);
        }
    }
}

static void test_hostile_bytes(void **state)
{
    static const char nul[] = "bc1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    struct login l = login_of(view_of(nul, 42), PROTOCOL_STRATUM_V1);

    (void)state;
    assert_string_equal(l.kind, "unknown"); /* strchr finds the NUL that ends its string */
    l = login_of((struct view){NULL, 0}, PROTOCOL_UNKNOWN);
    assert_int_equal(l.account.n, 0);
    assert_int_equal(l.worker.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_hostile_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
