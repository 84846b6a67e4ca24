/*
 * test_json_fault.c - where JSON is broken, and the strict walk against the checker of tests on texts that are mutated.
 */
#include "config.h"

#include "base/json_fault.h"

#include "../json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_faults(void **state)
{
    static const struct {
        const char *text, *expected; /* NULL = it is JSON */
        uint32_t line, column;
        bool is_cut;
    } rows[] = {
        {"{}", NULL, 0, 0, false},
        {" [1, -0.5e+3, \"a\\u00e9\\n\", true, false, null, {\"k\":[]}] ", NULL, 0, 0, false},
        {"\"\xc3\xa9\xf0\x9f\x98\x80\"", NULL, 0, 0, false},
        {"0", NULL, 0, 0, false},
        {"", "a value", 1, 1, true},
        {"{", "a key in quotes", 1, 2, true},
        {"{\n  \"a\" 1}", "':' behind a key", 2, 7, false},
        {"{\"a\":1,}", "a key in quotes", 1, 8, false},
        {"[1,\n2\n3]", "',' or ']' behind a value", 3, 1, false},
        {"[1}", "',' or ']' behind a value", 1, 3, false},
        {"{\"a\":1]", "',' or '}' behind a value", 1, 7, false},
        {"[1,]", "a value", 1, 4, false},
        {"[,1]", "a value", 1, 2, false},
        {"[tru]", "a value", 1, 2, false},
        {"[01]", "',' or ']' behind a value", 1, 3, false},
        {"[-]", "a digit", 1, 3, false},
        {"[1.]", "a digit", 1, 4, false},
        {"[1e]", "a digit", 1, 4, false},
        {"[\"\xc3\xa9\", x]", "a value", 1, 7, false}, /* columns are characters */
        {"\"a\nb\"", "no control character within a text", 1, 3, false},
        {"\"\xff\"", "well-formed UTF-8", 1, 2, false},
        {"\"\\x\"", "one of \" \\ / b f n r t u behind a backslash", 1, 3, false},
        {"\"\\u12g4\"", "4 hexadecimal digits behind \\u", 1, 6, false},
        {"\"abc", "'\"' at the end of a text", 1, 5, true},
        {"[[[1, 2", "',' or ']' behind a value", 1, 8, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct view text = view_str(rows[i].text);
        struct buf b = buf_of(text);
        struct json_fault fault;
        struct json_place place;

        assert_int_equal(json_check(&b, &fault), rows[i].expected == NULL);
        if (!rows[i].expected)
            continue;
        assert_string_equal(fault.expected, rows[i].expected);
        assert_int_equal(fault.is_cut, rows[i].is_cut);
        assert_int_equal(buf_left(&b), text.n);
        place = json_place_of(text, fault.at);
        assert_int_equal(place.line, rows[i].line);
        assert_int_equal(place.column, rows[i].column);
    }
}

/* Behind one value the next is read. */
static void test_row(void **state)
{
    struct buf b = buf_of(view_str("{} [1]\n2"));
    struct json_fault fault;

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(json_check(&b, &fault));
    assert_int_equal(buf_left(&b), 0);
    assert_false(json_check(&b, &fault));
    assert_true(fault.is_cut);
}

static void test_depth(void **state)
{
    char text[2 * JSON_DEPTH_MAX + 2];
    struct json_fault fault;

    (void)state;
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        struct buf b;

        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        b = buf_of(view_of(text, 2 * depth));
        assert_int_equal(json_check(&b, &fault), depth == JSON_DEPTH_MAX);
    }
    assert_string_equal(fault.expected, "values nested less deeply");
    assert_int_equal(fault.at, JSON_DEPTH_MAX);
}

/* Two walks that share no code say the same of 200,000 texts, of which a part is JSON. */
static void test_against_checker(void **state)
{
    static const char seed[] = "{\"a\":[1,-2.5e3,{\"b\":\"c\\u00e9\\\\\"}],\"d\":true,\"e\":null,\"f\":\"\xc3\xa9\"}";
    static const char bytes[] = "{}[]\",:\\0123e-.+tun\x01\xc3\xa9"; /* no blanks: the checker takes none */
    uint32_t random = 1, n_right = 0;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[sizeof(seed)];
        struct json_fault fault;
        struct buf b;
        bool is_json;

        memcpy(text, seed, sizeof(seed));
        for (int i = 0; i < 1 + round % 3; i++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % (sizeof(seed) - 1)] = bytes[(random >> 20) % (sizeof(bytes) - 1)];
        }
        b = buf_of(view_of(text, sizeof(seed) - 1));
        is_json = json_check(&b, &fault) && buf_left(&b) == 0;
        assert_int_equal(is_json, json_is_strict(text, sizeof(seed) - 1));
        n_right += is_json;
    }
    assert_true(n_right > 1000 && n_right < 199000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_against_checker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
