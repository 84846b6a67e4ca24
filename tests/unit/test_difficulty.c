/*
 * test_difficulty.c - targets as numbers, against figures worked out by hand or seen in captures.
 */
#include "config.h"

#include "evidence/difficulty.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= want * 1e-9))
        fail_msg("%.17g instead of %.17g", got, want);
}

static void test_cryptonote(void **state)
{
    static const struct {
        const char *hex;
        double difficulty;
    } rows[] = {
        {"ffff0100", 32768}, /* XMRig capture: 0x0001ffff */
        {"FFFF0100", 32768},
        {"00000001", 255}, /* 0x01000000: by integer division, as XMRig counts */
        {"ffffffff", 1},
        {"ffffff7f", 2},
        {"01000000", 4294967295.0},
        {"b88d0600", 10000},
        {"ffffffffffffffff", 1},
        {"0100000000000000", 18446744073709551615.0},
        {"ffffffffffffff00", 256},
        {"0000000000000001", 255},
        {"00000000", 0},
        {"0000000000000000", 0},
        {"", 0},
        {"ffff01", 0},
        {"ffff010", 0},
        {"ffff01000", 0},
        {"ffff0100ffff01", 0},
        {"ffff0100ffff010000", 0},
        {"gfff0100", 0},
        {"0xff0100", 0},
        {"ffff010 ", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_near(difficulty_of_cryptonote(view_str(rows[i].hex)), rows[i].difficulty);
}

#define ZEROS32 "00000000000000000000000000000000"

static void test_target256(void **state)
{
    static const struct {
        const char *hex;
        double difficulty;
    } rows[] = {
        {"0004189374bc6a7ef9db22d0e5604189374bc6a7ef9db22d0e5604189374bc6a", 16000},
        {"0fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 16},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 1},
        {"8000000000000000000000000000000000000000000000000000000000000000", 2},
        {"00000000ffff0000000000000000000000000000000000000000000000000000", 4295032833.0}, /* Bitcoin's difficulty 1 */
        {"00000000FFFF0000000000000000000000000000000000000000000000000000", 4295032833.0},
        {ZEROS32 "00000000000000000000000000000001", 0x1p255}, /* 2^256 / (1 + 1) */
        {ZEROS32 "00000000000000000000000000000003", 0x1p254},
        {ZEROS32 "00000000000000000000000000000000", 0},
        {"", 0},
        {"0fff", 0},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0", 0},
        {"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0},
        {"zfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_near(difficulty_of_target256(view_str(rows[i].hex)), rows[i].difficulty);
    /* About: the target repeats its first digits. */
    assert_int_equal(
        lround(difficulty_of_target256(view_str("003c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c"))), 1088);
    /* An Ethash pool's share of 5 GH. */
    assert_true(fabs(difficulty_of_target256(view_str("00000000dbe6fecebdedd5beb573440e5a884d1b2fbf06fcce912adcb8d8422e")) -
                     5e9) < 5e5);
}

static struct mining_msg message(enum target_kind kind, enum json_type type, const char *text)
{
    return (struct mining_msg){.target_kind = kind, .target = {view_str(text), type, true, false}};
}

static void test_by_kind(void **state)
{
    static const struct {
        enum target_kind kind;
        enum json_type type;
        const char *text;
        double difficulty;
    } rows[] = {
        {TARGET_DIFFICULTY, JSON_NUMBER, "4096", 4096},
        {TARGET_DIFFICULTY, JSON_NUMBER, "0.5", 0.5},
        {TARGET_DIFFICULTY, JSON_NUMBER, "1.5e3", 1500},
        {TARGET_DIFFICULTY, JSON_NUMBER, "0", 0},
        {TARGET_DIFFICULTY, JSON_NUMBER, "-1", 0},
        {TARGET_DIFFICULTY, JSON_NUMBER, "1e999", 0},
        {TARGET_DIFFICULTY, JSON_NUMBER, "1e-999", 0},
        {TARGET_DIFFICULTY, JSON_NUMBER, "1x", 0},
        {TARGET_DIFFICULTY, JSON_NUMBER, "", 0},
        {TARGET_CRYPTONOTE, JSON_STRING, "ffff0100", 32768},
        {TARGET_BE256, JSON_STRING, "0fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 16},
        {TARGET_NONE, JSON_STRING, "ffff0100", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mining_msg msg = message(rows[i].kind, rows[i].type, rows[i].text);

        assert_near(difficulty_of(&msg), rows[i].difficulty);
    }
}

/* Forms of single dialects. */
static void test_forms(void **state)
{
    static const struct {
        enum target_kind kind;
        const char *text;
        double difficulty;
    } rows[] = {
        /* EthereumStratum 2.0's own example is 58 digits long. */
        {TARGET_HEX, "0112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba", 4000000000.0},
        {TARGET_HEX, "1", 0x1p255},
        {TARGET_HEX, "", 0},
        {TARGET_HEX, "00112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba0000000", 0},
        /* getwork: difficulty 1, little endian. */
        {TARGET_LE256, "0000000000000000000000000000000000000000000000000000ffff00000000", 4295032833.0},
        {TARGET_LE256, "00", 0},
        {TARGET_CRYPTONOTE_BE, "0000ffffffffffff", 65536},
        {TARGET_CRYPTONOTE_BE, "0000000000000000", 0},
        {TARGET_CRYPTONOTE_BE, "ffff0000", 0},
        {TARGET_ERGO, "115792089237316195423570985008687907853269984665640564039457", 1e18},
        {TARGET_ERGO, "0", 0},
        {TARGET_ERGO, "abc", 0},
        {TARGET_BEAM, "0", 1},
        {TARGET_BEAM, "150994944", 512}, /* order 9 */
        {TARGET_BEAM, "159383552", 768}, /* order 9, half of the mantissa */
        {TARGET_BEAM, "4294967296", 0},
        {TARGET_GRIN, "17", 17},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mining_msg msg = message(rows[i].kind, JSON_STRING, rows[i].text);
        double want = rows[i].difficulty, got = difficulty_of(&msg);

        if (!(fabs(got - want) <= want * 1e-6))
            fail_msg("row %zu: %.17g instead of %.17g", i, got, want);
    }
}

static void test_unit(void **state)
{
    (void)state;
    assert_near(difficulty_unit(PROTOCOL_STRATUM_V1, "BTC"), 4295032833.0);
    assert_near(difficulty_unit(PROTOCOL_STRATUM_V1, "LTC") * 65536, 65537.0039 * 65536);
    assert_near(difficulty_unit(PROTOCOL_ETH_STRATUM_1, NULL), 4295032833.0);
    assert_near(difficulty_unit(PROTOCOL_ALEPHIUM, NULL), 17179869184.0);
    assert_true(difficulty_unit(PROTOCOL_STRATUM_V1, NULL) <= 0);
    assert_true(difficulty_unit(PROTOCOL_STRATUM_V1, "XYZ") <= 0);
    assert_true(difficulty_unit(PROTOCOL_UNKNOWN, "BTC") <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_unit),    cmocka_unit_test(test_cryptonote),
        cmocka_unit_test(test_target256), cmocka_unit_test(test_by_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
