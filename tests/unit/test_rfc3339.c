/*
 * test_rfc3339.c - times as text. Expected values are those of `date -u -d @SECONDS`.
 */
#include "config.h"

#include "base/rfc3339.h"

#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static void test_print(void **state)
{
    static const struct {
        ns_t t;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {1, "1970-01-01T00:00:00.000000Z"},
        {999, "1970-01-01T00:00:00.000000Z"},
        {1000, "1970-01-01T00:00:00.000001Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {-1000, "1969-12-31T23:59:59.999999Z"},
        {-1001, "1969-12-31T23:59:59.999998Z"},
        {-NS_PER_SEC, "1969-12-31T23:59:59.000000Z"},
        {951782399 * NS_PER_SEC, "2000-02-28T23:59:59.000000Z"},
        {951782400 * NS_PER_SEC, "2000-02-29T00:00:00.000000Z"}, /* divisible by 400: a leap year */
        {951868800 * NS_PER_SEC, "2000-03-01T00:00:00.000000Z"},
        {1709164800 * NS_PER_SEC, "2024-02-29T00:00:00.000000Z"},
        {1740787199 * NS_PER_SEC, "2025-02-28T23:59:59.000000Z"},
        {1740787200 * NS_PER_SEC, "2025-03-01T00:00:00.000000Z"},
        {1772366400 * NS_PER_SEC + 1000, "2026-03-01T12:00:00.000001Z"},
        {1798761599 * NS_PER_SEC + 999999999, "2026-12-31T23:59:59.999999Z"},
        {4107542399 * NS_PER_SEC, "2100-02-28T23:59:59.000000Z"},
        {4107542400 * NS_PER_SEC, "2100-03-01T00:00:00.000000Z"}, /* divisible by 100: no leap year */
        {4294967295 * NS_PER_SEC, "2106-02-07T06:28:15.000000Z"}, /* the last second of classic pcap */
        {-2203891201 * NS_PER_SEC, "1900-02-28T23:59:59.000000Z"},
        {-2203891200 * NS_PER_SEC, "1900-03-01T00:00:00.000000Z"},
        {INT64_MAX, "2262-04-11T23:47:16.854775Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224Z"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[40];
        struct out o = out_of(text, sizeof(text));

        rfc3339_print(rows[i].t, &o);
        assert_string_equal(text, rows[i].text);
        o = out_of(text, sizeof(text));
        rfc3339_print_short(rows[i].t, &o);
        assert_int_equal(o.n, 19);
        assert_memory_equal(text, rows[i].text, 10);
        assert_int_equal(text[10], ' ');
        assert_memory_equal(text + 11, rows[i].text + 11, 8);
    }
}

/* Every day from 1678 to 2261, against the calendar of the C library. */
static void test_every_day(void **state)
{
    (void)state;
    for (int64_t day = -106600; day <= 106600; day++) {
        time_t sec = (time_t)(day * 86400 + 43200);
        char text[40], due[80];
        struct out o = out_of(text, sizeof(text));
        struct tm tm;

        assert_non_null(gmtime_r(&sec, &tm));
        snprintf(due, sizeof(due), "%04d-%02d-%02d 12:00:00", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        rfc3339_print_short((ns_t)sec * NS_PER_SEC, &o);
        assert_string_equal(text, due);
        assert_int_equal(rfc3339_day((ns_t)sec * NS_PER_SEC), day);
    }
}

static void test_day(void **state)
{
    (void)state;
    assert_int_equal(rfc3339_day(0), 0);
    assert_int_equal(rfc3339_day(-1), -1);
    assert_int_equal(rfc3339_day(86400 * NS_PER_SEC - 1), 0);
    assert_int_equal(rfc3339_day(86400 * NS_PER_SEC), 1);
    assert_int_equal(rfc3339_day(-86400 * NS_PER_SEC), -1);
    assert_int_equal(rfc3339_day(-86400 * NS_PER_SEC - 1), -2);
    assert_int_equal(rfc3339_day(INT64_MAX), 106751);
    assert_int_equal(rfc3339_day(INT64_MIN), -106752);
}

static void test_span(void **state)
{
    static const struct {
        ns_t span;
        const char *text;
    } rows[] = {
        {INT64_MIN, "0 ms"},
        {-1, "0 ms"},
        {0, "0 ms"},
        {999999, "0 ms"},
        {850000000, "850 ms"},
        {999999999, "999 ms"},
        {NS_PER_SEC, "1 s"},
        {42 * NS_PER_SEC, "42 s"},
        {60 * NS_PER_SEC - 1, "59 s"},
        {60 * NS_PER_SEC, "1 min 0 s"},
        {641 * NS_PER_SEC, "10 min 41 s"},
        {3600 * NS_PER_SEC - 1, "59 min 59 s"},
        {3600 * NS_PER_SEC, "1 h 0 min"},
        {11100 * NS_PER_SEC, "3 h 5 min"},
        {86400 * NS_PER_SEC - 1, "23 h 59 min"},
        {86400 * NS_PER_SEC, "1 d 0 h"},
        {187200 * NS_PER_SEC, "2 d 4 h"},
        {INT64_MAX, "106751 d 23 h"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[40];
        struct out o = out_of(text, sizeof(text));

        rfc3339_print_span(rows[i].span, &o);
        assert_string_equal(text, rows[i].text);
    }
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01t00:00:01.5z", 1500000},
        {"1970-01-01 00:00:01,5", 1500000},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"1970-01-01T00:00:00.123456789123456789Z", 123456},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1970-01-01T01:00:00+0100", 0},
        {"1970-01-01T00:00:00-0030", 1800000000},
        {"1970-01-01T00:00:00+01", -3600000000},
        {"1970-01-01T19:20:177Z", INT64_C(69617700000)}, /* as AWS prints it */
        {"2000-02-29T00:00:00Z", INT64_C(951782400000000)},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228799000000)}, /* a leap second */
        {"2100-03-01T00:00:00Z", INT64_C(4107542400000000)},
        {"1900-03-01T00:00:00Z", INT64_C(-2203891200000000)},
    };
    static const char *const wrong[] = {
        "",
        "1970",
        "1970-01-01",
        "1970-01-01T00:00Z",
        "1970-01-01T00:00:0Z",
        "1970-01-01T00:00:00Zx",
        "1970-01-01T00:00:00+",
        "1970-01-01T00:00:00+1",
        "1970-01-01T00:00:00+010",
        "1970-01-01x00:00:00Z",
        "1970-00-01T00:00:00Z",
        "1970-13-01T00:00:00Z",
        "1970-01-00T00:00:00Z",
        "1970-01-32T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:61Z",
        "+970-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z", /* before what is kept */
        "9999-12-31T23:59:59Z",
    };
    ns_t t;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(rfc3339_parse(view_str(rows[i].text), &t));
        assert_true((t < 0 ? (t - 999) / 1000 : t / 1000) == rows[i].us);
    }
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(rfc3339_parse(view_str(wrong[i]), &t));
}

static void test_date(void **state)
{
    static const struct {
        const char *text;
        int64_t days;
    } rows[] = {
        {"1970-01-01", 0},     {"1969-12-31", -1},     {"2000-02-29", 11016},   {"2024-02-29", 19782},
        {"2100-03-01", 47541}, {"1900-03-01", -25508}, {"9999-12-31", 2932896},
    };
    static const char *const wrong[] = {"",           "1970-1-01",  "1970-01-1",  "1970-01-01 ", "1970-01-01T00:00:00Z",
                                        "01.02.2027", "1900-02-29", "2026-02-30", "2026-00-10",  "2026-13-10",
                                        "2026-01-00", "+970-01-01"};
    int64_t days;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[20];
        struct out o = out_of(text, sizeof(text));

        assert_true(rfc3339_parse_day(view_str(rows[i].text), &days));
        assert_int_equal(days, rows[i].days);
        rfc3339_print_day(days, &o);
        assert_string_equal(text, rows[i].text);
    }
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_false(rfc3339_parse_day(view_str(wrong[i]), &days));
    assert_false(rfc3339_date(10000, 1, 1, &days));
    assert_false(rfc3339_date(2026, 300, 1, &days));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse), cmocka_unit_test(test_print), cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_day),   cmocka_unit_test(test_span),  cmocka_unit_test(test_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
