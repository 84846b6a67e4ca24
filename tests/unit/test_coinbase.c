/*
 * test_coinbase.c - coinbase halves, and the addresses of their payouts.
 */
#include "config.h"

#include "evidence/payout.h"
#include "evidence/wallet.h"
#include "message/coinbase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define START "0100000001" ZEROS "ffffffff"
#define ROOT "9a3299b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c7d"
#define P2PKH "1976a914d23fcdf86f7e756a64a7a9688ef9903327048ed988ac"

static struct json_val hex(const char *text, bool complete)
{
    return (struct json_val){.type = JSON_STRING, .text = view_str(text), .complete = complete};
}

static const struct row {
    const char *first, *second;
    uint64_t height;
    const char *tag;
    bool merge_mining;
    uint32_t n_outputs;
    enum coinbase_script script;
    uint64_t amount;
    const char *btc; /* address, or "" */
} rows[] = {
    /* The example of the Stratum documentation of Slush's pool. */
    {START "20020862062f503253482f04b8864e5008",
     "072f736c7573682f000000000100f2052a010000001976a914d23fcdf86f7e756a64a7a9688ef9903327048ed988ac00000000", 25096,
     "/P2SH/ /slush/", false, 1, COINBASE_SCRIPT_P2PKH, 5000000000, "1LAhLWDhe57YEcTk6mPkh85cYyRnCcyH7j"},
    /* The first block (Bitcoin Core, chainparams.cpp), parted before its text: older than BIP 34, it pays to a key. */
    {START "4d04ffff001d0104",
     "455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f"
     "6e64206261696c6f757420666f722062616e6b73"
     "ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6"
     "bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000",
     0x1d00ffff, "The Times 03/Jan/2009 Chancellor on brink of second bailout for ", false, 1, COINBASE_SCRIPT_OTHER,
     5000000000, ""},
    /* The hashes of BIP 173's and BIP 350's addresses; a witness commitment of nothing; the sequence comes first. */
    {START "1003ea2908084269744d696e746572",
     "ffffffff02"
     "0000000000000000266a24aa21a9ed" ROOT "0100000000000000160014751e76e8199196d454941c45d1b3a323f1433bd600000000",
     535018, "BitMinter", false, 2, COINBASE_SCRIPT_P2WPKH, 1, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
    {START "1003ea2908084269744d696e746572",
     "00000000"
     "02"
     "0200000000000000"
     "2251200000000000000000000000000000000000000000000000000000000000000000"
     "0300000000000000"
     "2251"
     "2079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
     "00000000",
     535018, "BitMinter", false, 2, COINBASE_SCRIPT_P2TR, 3, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"},
    {START "1003ea2908084269744d696e746572",
     "feffffff01"
     "0500000000000000"
     "220020"
     "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"
     "29000000",
     535018, "BitMinter", false, 1, COINBASE_SCRIPT_P2WSH, 5, "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3"},
    /* CashAddr's 3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC; equal amounts: the first. */
    {START "0403ea2908",
     "ffffffff02"
     "0500000000000000"
     "17a91476a04053bda0a88bda5177b86a15c3b29f55987387"
     "0500000000000000" P2PKH "00000000",
     535018, "", false, 2, COINBASE_SCRIPT_P2SH, 5, "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC"},
    /* Merged mining: the letters in its root are no tag. With witness, and with Dash's payload behind. */
    {START "4003ea29082cfabe6d6d"
           "4142434445464748494a4b4c4d4e4f50"
           "4142434445464748494a4b4c4d4e4f50"
           "0100000000000000"
           "2f746167",
     "2fffffffff01"
     "0500000000000000" P2PKH "0120" ZEROS "00000000",
     535018, "/tag", true, 1, COINBASE_SCRIPT_P2PKH, 5, "1LAhLWDhe57YEcTk6mPkh85cYyRnCcyH7j"},
    {START "6403ea2908",
     "fabe6d6d" ROOT "0100000000000000"
     "ffffffff01"
     "0500000000000000" P2PKH "00000000"
     "04"
     "02000829",
     535018, "", true, 1, COINBASE_SCRIPT_P2PKH, 5, "1LAhLWDhe57YEcTk6mPkh85cYyRnCcyH7j"},
    /* Capital digits; blanks at the ends of a tag; a text of 35 with its length before it, which is a #. */
    {START "0A03EA290820616263642020",
     "FFFFFFFF01"
     "0500000000000000" P2PKH "00000000",
     535018, "abcd", false, 1, COINBASE_SCRIPT_P2PKH, 5, "1LAhLWDhe57YEcTk6mPkh85cYyRnCcyH7j"},
    {START "2803ea290823"
           "4d696e656420627920736f6d656f6e6520776974682061206c6f6e67206e616d653132",
     "ffffffff01"
     "0500000000000000" P2PKH "00000000",
     535018, "Mined by someone with a long name12", false, 1, COINBASE_SCRIPT_P2PKH, 5, "1LAhLWDhe57YEcTk6mPkh85cYyRnCcyH7j"},
    /* Nothing consistent: a byte more, a wrong count, no sequence, an amount beyond reason, digits that are none. */
    {START "0403ea2908",
     "ffffffff01"
     "0500000000000000" P2PKH "0000000001",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {START "0403ea2908",
     "ffffffff02"
     "0500000000000000" P2PKH "00000000",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {START "0403ea2908",
     "ffffffff00"
     "00000000",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {START "0403ea2908",
     "01"
     "0500000000000000" P2PKH "00000000",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {START "0403ea2908",
     "ffffffff01"
     "05000000000000ff" P2PKH "00000000",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {START "0403ea2908",
     "ffffffff01"
     "0500000000000000"
     "19zza914d23fcdf86f7e756a64a7a9688ef9903327048ed988ac00000000",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    /* The rest of the script would be longer than coinbase 1 says it can be. */
    {START "0403ea2908",
     "4142ffffffff01"
     "0500000000000000" P2PKH "00000000",
     535018, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {START,
     "ffffffff01"
     "0500000000000000" P2PKH "00000000",
     0, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {"00",
     "ffffffff01"
     "0500000000000000" P2PKH "00000000",
     0, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
    {"", "", 0, "", false, 0, COINBASE_SCRIPT_NONE, 0, ""},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        struct json_val first = hex(r->first, true), second = hex(r->second, true);
        struct coinbase c;
        char text[PAYOUT_MAX];

        coinbase_read(&first, &second, &c);
        if (c.height != r->height || coinbase_height(first.text) != r->height)
            fail_msg("row %zu: height %llu", i, (unsigned long long)c.height);
        if (!view_is(view_of(c.tag, c.tag_len), r->tag))
            fail_msg("row %zu: tag \"%.*s\"", i, (int)c.tag_len, c.tag);
        if (c.merge_mining != r->merge_mining || c.n_outputs != r->n_outputs || c.payout.script != r->script ||
            c.payout.amount != r->amount)
            fail_msg("row %zu: %d, %u outputs, script %d", i, c.merge_mining, c.n_outputs, (int)c.payout.script);
        assert_int_equal(payout_address(&c.payout, "BTC", text), strlen(r->btc));
        assert_string_equal(text, r->btc);
        if (text[0])
            assert_int_equal(wallet_of(view_str(text)).check, WALLET_VALID);
    }
}

static bool is_start(const struct coinbase *part, const struct coinbase *whole)
{
    return (part->height == 0 || part->height == whole->height) && (!part->merge_mining || whole->merge_mining) &&
           part->tag_len == 0 && part->n_outputs == 0 && part->payout.script == COINBASE_SCRIPT_NONE;
}

/* Cut anywhere, in memory of exactly its size: what is said is true of the whole. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t n1 = strlen(rows[i].first), n = n1 + strlen(rows[i].second);
        struct json_val first = hex(rows[i].first, true), second = hex(rows[i].second, true);
        struct json_val none = {.type = JSON_NONE};
        struct coinbase whole, part;

        coinbase_read(&first, &second, &whole);
        for (size_t len = 0; len < n; len++) {
            size_t len1 = min_size(len, n1);
            uint8_t *copy = malloc(len ? len : 1);
            struct json_val cut1 = first, cut2 = second;

            assert_non_null(copy);
            memcpy(copy, rows[i].first, len1);
            memcpy(copy + len1, rows[i].second, len - len1);
            cut1.text = view_of(copy, len1);
            cut1.complete = len1 == n1;
            cut2.text = view_of(copy + len1, len - len1);
            cut2.complete = false;
            coinbase_read(&cut1, &cut2, &part);
            if (!is_start(&part, &whole))
                fail_msg("row %zu cut to %zu", i, len);
            coinbase_read(&cut1, &none, &part);
            assert_true(is_start(&part, &whole));
            coinbase_height(cut1.text);
            free(copy);
        }
    }
}

/* The same hash in each coin's forms. */
static void test_coins(void **state)
{
    static const struct {
        const char *coin, *key, *script, *witness;
    } coins[] = {
        {"BTC", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC",
         "bc1qw6syq5aa5z5ghkj3w7ux59wrk204txrn9k4rmm"},
        {"BCH", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
         "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", ""},
        {"LTC", "L", "M", "ltc1q"},
        {"DOGE", "D", "A", ""},
        {"DASH", "X", "7", ""},
        {"RVN", "R", "r", ""},
        {"ZEC", "t1", "t3", ""},
        {"NIM", "", "", ""},
    };
    struct json_val first = hex(START "0403ea2908", true);
    struct json_val second = hex("ffffffff010500000000000000"
                                 "1976a91476a04053bda0a88bda5177b86a15c3b29f55987388ac00000000",
                                 true);
    struct coinbase c;

    (void)state;
    coinbase_read(&first, &second, &c);
    for (size_t i = 0; i < ARRAY_LEN(coins); i++) {
        const char *forms[] = {coins[i].key, coins[i].script, coins[i].witness};

        for (size_t form = 0; form < ARRAY_LEN(forms); form++) {
            char text[PAYOUT_MAX];
            size_t n;
            struct wallet w;

            c.payout.script = (enum coinbase_script)(COINBASE_SCRIPT_P2PKH + form);
            n = payout_address(&c.payout, coins[i].coin, text);
            assert_int_equal(n, strlen(text));
            if (!view_starts(view_str(text), forms[form]) || (n > 0) != (forms[form][0] != '\0'))
                fail_msg("%s: \"%s\"", coins[i].coin, text);
            w = wallet_of(view_str(text));
            if (n > 0 && (w.check != WALLET_VALID || strcmp(w.coin, coins[i].coin) != 0))
                fail_msg("%s is not read back", text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_coins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
