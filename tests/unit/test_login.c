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
#define XMR_SUB "86iQTnEqQ9mXJFvBvbY3KU5do5Jh2NCkpTcZsw3TMZ6oKNJhELvAreZFQ1p8EknRRTKPp2vg9fJvy47Q4ARVChjLMuUAFQJ"
#define XMR_WRONG "8BnERTpvL5MbCLtj5n9No7J5oE5hHiB3tVCK5cjSvCsJ2D37nAVFzWpDjRVAHjzHyGgnwv7HMwKCAnFB4NMEMWqXbEz9kbx"
#define XMR_INTEGRATED \
    "4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK"
#define ETH "0x9c99d212f7e5daa18ab50810e0fd255d1f04303b"
#define BTC "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define BTC_OLD "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
#define ZEC "t1fAhZF5aUJdY7CikGULHmeYk7id8qmvbAd"
#define LTC "ltc1qhzjptwpym9afcdjhs7jcz6fd0jma0l0rc0e5yr"
#define KAS "kaspa:qqs7krzzwqfgk9kf830smtzg64s9rf3r0khfj76cjynf2pfgrr35saatu88xq"
#define KAS_BARE "qqs7krzzwqfgk9kf830smtzg64s9rf3r0khfj76cjynf2pfgrr35saatu88xq"
#define CFX "CFX:TYPE.USER:AARC9ABYCUE0HHZGYRR53M6CXEDGCCRMMYYBJGH4XG"
#define DOGE "DEa7damK8MsbdCJztidBasZKVsDLJifWfE"
#define HEX64 "8b1b2a2f3a5e4e6f7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e"

static const struct row {
    const char *text;
    enum mining_protocol protocol;
    const char *account, *worker, *kind, *coin;
    enum wallet_check check;
    double difficulty;
} rows[] = {
    {XMR, PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR ".rig1", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR ".rig1+120000", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR", WALLET_VALID, 120000},
    {XMR "+120000", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 120000},
    {XMR "/rig1", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR "." HEX64 ".rig1/a@b.example", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR", WALLET_VALID, 0}, /* nanopool */
    {XMR "." HEX64, PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR "." HEX64 "/rig1", PROTOCOL_CRYPTONOTE, XMR, "rig1", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR "%" HEX64 ".rig1", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR_SUB ".x", PROTOCOL_CRYPTONOTE, XMR_SUB, "x", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR_INTEGRATED, PROTOCOL_CRYPTONOTE, XMR_INTEGRATED, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR_WRONG, PROTOCOL_CRYPTONOTE, XMR_WRONG, "", "xmr-address", "XMR", WALLET_INVALID, 0},
    {XMR, PROTOCOL_UNKNOWN, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0}, /* the shape does not depend on the dialect */
    {HEX64, PROTOCOL_CRYPTONOTE, HEX64, "", "xmr-donation", NULL, WALLET_NONE, 0},
    {HEX64 ".rig", PROTOCOL_IRONFISH, HEX64, "rig", "iron-address", "IRON", WALLET_UNCHECKED, 0},
    {"c" HEX64 ".rig", PROTOCOL_BEAM, "c" HEX64, "rig", "beam-address", "BEAM", WALLET_UNCHECKED, 0},
    {HEX64, PROTOCOL_STRATUM_V1, HEX64, "", "unknown", NULL, WALLET_NONE, 0},
    {ETH, PROTOCOL_ETH_PROXY, ETH, "", "eth-address", "ETH", WALLET_UNCHECKED, 0},
    {ETH ".rig", PROTOCOL_ETH_PROXY, ETH, "rig", "eth-address", "ETH", WALLET_UNCHECKED, 0},
    {ETH "/kvetak.worker1/ivesely@mailinator", PROTOCOL_ETH_PROXY, ETH, "kvetak.worker1", "eth-address", "ETH",
     WALLET_UNCHECKED, 0},
    {ETH "/rig/a@b.example", PROTOCOL_ETH_PROXY, ETH, "rig", "eth-address", "ETH", WALLET_UNCHECKED, 0},
    {"0x9c99", PROTOCOL_ETH_PROXY, "0x9c99", "", "account", NULL, WALLET_NONE, 0},
    {ZEC ".rig4", PROTOCOL_EQUIHASH, ZEC, "rig4", "zec-address", "ZEC", WALLET_VALID, 0},
    {BTC ".001", PROTOCOL_STRATUM_V1, BTC, "001", "btc-address", "BTC", WALLET_VALID, 0},
    {BTC_OLD, PROTOCOL_STRATUM_V1, BTC_OLD, "", "btc-address", "BTC", WALLET_VALID, 0},
    {LTC ".x", PROTOCOL_STRATUM_V1, LTC, "x", "ltc-address", "LTC", WALLET_VALID, 0},
    {KAS ".rig", PROTOCOL_STRATUM_V1, KAS, "rig", "kas-address", "KAS", WALLET_VALID, 0},
    {KAS_BARE ".rig", PROTOCOL_STRATUM_V1, KAS_BARE, "rig", "kas-address", "KAS", WALLET_VALID, 0},
    {CFX ".rig", PROTOCOL_STRATUM_V1, CFX, "rig", "cfx-address", "CFX", WALLET_VALID, 0}, /* its point parts nothing */
    {"btc$" BTC ".rig", PROTOCOL_STRATUM_V1, BTC, "rig", "btc-address", "BTC", WALLET_VALID, 0},
    {"DOGE:" DOGE ".rig#ab12-cd34", PROTOCOL_STRATUM_V1, DOGE, "rig", "doge-address", "DOGE", WALLET_VALID, 0},
    {"user$name.rig", PROTOCOL_STRATUM_V1, "user$name", "rig", "account", NULL, WALLET_NONE, 0},
    {"user:name", PROTOCOL_STRATUM_V1, "user:name", "", "account", NULL, WALLET_NONE, 0},
    {XMR "%20%" XMR_SUB "%5%" XMR "+5000", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID,
     5000}, /* MoneroOcean */
    {XMR "+perf", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR "+perfauto", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {XMR "+fast", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0}, /* no number, and no part of a wallet */
    {XMR "+2.5e3", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 2500},
    {XMR "+-5", PROTOCOL_CRYPTONOTE, XMR, "", "xmr-address", "XMR", WALLET_VALID, 0},
    {"x+10000", PROTOCOL_CRYPTONOTE, "x", "", "account", NULL, WALLET_NONE, 10000}, /* p2pool */
    {"rig+a+10000", PROTOCOL_CRYPTONOTE, "rig+a", "", "account", NULL, WALLET_NONE, 10000},
    {"user+tag.worker", PROTOCOL_STRATUM_V1, "user+tag", "worker", "account", NULL, WALLET_NONE, 0},
    {"bigsky.worker1", PROTOCOL_STRATUM_V1, "bigsky", "worker1", "account", NULL, WALLET_NONE, 0},
    {"bigsky/worker1", PROTOCOL_STRATUM_V1, "bigsky", "worker1", "account", NULL, WALLET_NONE, 0},
    {"x", PROTOCOL_CRYPTONOTE, "x", "", "account", NULL, WALLET_NONE, 0},
    {"someone@mail.example", PROTOCOL_CRYPTONOTE, "someone@mail.example", "", "email", NULL, WALLET_NONE, 0},
    {"", PROTOCOL_CRYPTONOTE, "", "", "unknown", NULL, WALLET_NONE, 0},
    {"+", PROTOCOL_CRYPTONOTE, "+", "", "account", NULL, WALLET_NONE, 0},
    {"+100", PROTOCOL_CRYPTONOTE, "+100", "", "account", NULL, WALLET_NONE, 0},
    {".rig", PROTOCOL_STRATUM_V1, "", "rig", "unknown", NULL, WALLET_NONE, 0},
    {"/", PROTOCOL_STRATUM_V1, "", "", "unknown", NULL, WALLET_NONE, 0},
    {"a.", PROTOCOL_STRATUM_V1, "a", "", "account", NULL, WALLET_NONE, 0},
    {"@", PROTOCOL_STRATUM_V1, "@", "", "account", NULL, WALLET_NONE, 0},
    {"bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", PROTOCOL_STRATUM_V1, "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "",
     "unknown", NULL, WALLET_NONE, 0},
    {"48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUico0", PROTOCOL_CRYPTONOTE,
     "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUico0", "", "unknown", NULL,
     WALLET_NONE, 0},
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
            assert_string_equal(l.wallet.coin, r->coin);
        else
            assert_null(l.wallet.coin);
        if (l.wallet.check != r->check || (r->coin && !view_eq(l.wallet.address, l.account)))
            fail_msg("%s: check %d", r->text, (int)l.wallet.check);
        assert_true(l.fixed_difficulty == r->difficulty);
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
            assert_true(view_eq(login_account(view_of(copy, n)), l.account));
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

static void test_paid_in(void **state)
{
    struct login l = login_of(view_str("btc$" BTC ".rig"), PROTOCOL_CRYPTONOTE);

    (void)state;
    assert_null(l.coin); /* it is not what is mined */
    assert_string_equal(l.wallet.coin, "BTC");
    l = login_of(view_str("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed@rig5"), PROTOCOL_GETWORK);
    assert_string_equal(l.coin, "ETH");
    assert_view(l.worker, "rig5");
    assert_true(l.wallet.check == WALLET_VALID);
    l = login_of(view_str("someone@rig5"), PROTOCOL_GETWORK);
    assert_view(l.account, "someone@rig5");
    l = login_of(view_str(KAS ".rig"), PROTOCOL_STRATUM_V1);
    assert_string_equal(l.coin, "KAS");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_hostile_bytes),
        cmocka_unit_test(test_paid_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
