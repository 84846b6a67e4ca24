/*
 * test_parse.c - strict numbers.
 */
#include "config.h"

#include "base/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_u64(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", true, 0},
        {"7", true, 7},
        {"00012", true, 12},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"18446744073709551620", false, 0},
        {"99999999999999999999", false, 0},
        {"184467440737095516150", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x1", false, 0},
        {"1a", false, 0},
        {"/", false, 0},
        {":", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t n = 4711;

        assert_int_equal(parse_u64(view_str(rows[i].text), &n), rows[i].ok);
        assert_int_equal(n, rows[i].ok ? rows[i].value : 4711);
    }
}

static void test_hex64(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", true, 0},
        {"fF", true, 255},
        {"0000000000000001", true, 1},
        {"ffffffffffffffff", true, UINT64_MAX},
        {"00000000000000001", false, 0},
        {"", false, 0},
        {"0x1", false, 0},
        {"g", false, 0},
        {"1 ", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t n = 4711;

        assert_int_equal(parse_hex64(view_str(rows[i].text), &n), rows[i].ok);
        assert_int_equal(n, rows[i].ok ? rows[i].value : 4711);
    }
}

static void test_hex_digit(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        if (c >= '0' && c <= '9')
            assert_int_equal(parse_hex_digit((uint8_t)c), c - '0');
        else if (c >= 'a' && c <= 'f')
            assert_int_equal(parse_hex_digit((uint8_t)c), c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            assert_int_equal(parse_hex_digit((uint8_t)c), c - 'A' + 10);
        else
            assert_int_equal(parse_hex_digit((uint8_t)c), -1);
    }
    assert_true(parse_is_hex(view_str("0aF9")));
    assert_false(parse_is_hex(view_str("")));
    assert_false(parse_is_hex(view_str("0aG9")));
    assert_false(parse_is_hex(view_str("0x12")));
}

static void test_number(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        double value;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"42", true, 42},
        {"-1.5", true, -1.5},
        {"1e3", true, 1000},
        {"1E+3", true, 1000},
        {"25e-1", true, 2.5},
        {"0.0001", true, 0.0001},
        {"0e0", true, 0},
        {"1e308", true, 1e308},
        {"1e309", false, 0},
        {"-1e309", false, 0},
        {"1e-400", true, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {".5", false, 0},
        {"1.", false, 0},
        {"1.e3", false, 0},
        {"1e", false, 0},
        {"1e+", false, 0},
        {"--1", false, 0},
        {"01", false, 0},
        {"-01", false, 0},
        {"00", false, 0},
        {"1 ", false, 0},
        {" 1", false, 0},
        {"1,5", false, 0},
        {"0x10", false, 0},
        {"nan", false, 0},
        {"inf", false, 0},
        {"Infinity", false, 0},
        {"1f", false, 0},
        {"1d5", false, 0},
        {"10000000000000000000000000000000000000000000000000000000000000000000000000000000", true, 1e79}, /* 80 bytes */
        {"100000000000000000000000000000000000000000000000000000000000000000000000000000000", false, 0},  /* 81 */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        double d = 4711;

        if (parse_number(view_str(rows[i].text), &d) != rows[i].ok)
            fail_msg("\"%s\" should %sbe a number", rows[i].text, rows[i].ok ? "" : "not ");
        assert_true(d == (rows[i].ok ? rows[i].value : 4711));
    }
}

/* A NUL inside is a byte like others, not an end. */
static void test_nul(void **state)
{
    uint64_t n;
    double d;

    (void)state;
    assert_false(parse_u64(view_of("1\0", 2), &n));
    assert_false(parse_hex64(view_of("1\0", 2), &n));
    assert_false(parse_number(view_of("1\0", 2), &d));
    assert_false(parse_number(view_of("1\0"
                                      "5",
                                      3),
                              &d));
    assert_false(parse_is_hex(view_of("a\0", 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_u64),    cmocka_unit_test(test_hex64), cmocka_unit_test(test_hex_digit),
        cmocka_unit_test(test_number), cmocka_unit_test(test_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
