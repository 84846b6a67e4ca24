/*
 * test_out.c - the bounded writer, and the escaping of text from the wire.
 */
#include "config.h"

#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_bounds(void **state)
{
    (void)state;
    for (size_t cap = 1; cap < 16; cap++) {
        char *mem = malloc(cap); /* of this very size, so that a sanitizer sees one byte too many */
        struct out o = out_of(mem, cap);

        out_str(&o, "abc");
        out_fmt(&o, "%d-%s", 42, "x");
        out_char(&o, '!');
        assert_true(o.n < cap);
        assert_int_equal(mem[o.n], '\0');
        assert_int_equal(strlen(mem), o.n);
        assert_memory_equal(mem, "abc42-x!", o.n);
        assert_int_equal(o.full, cap <= strlen("abc42-x!"));
        assert_int_equal(o.n, cap <= 8 ? cap - 1 : 8);
        free(mem);
    }
}

static void test_full_sticks(void **state)
{
    char mem[4];
    struct out o = out_of(mem, sizeof(mem));

    (void)state;
    out_str(&o, "abcd");
    assert_true(o.full);
    out_str(&o, "");
    out_bytes(&o, view_of(NULL, 0));
    assert_true(o.full);
    assert_string_equal(mem, "abc");
    out_fmt(&o, "%s", "");
    assert_string_equal(mem, "abc");
}

/* As printf writes them, and cut where the room ends. */
static void test_u64(void **state)
{
    static const uint64_t rows[] = {0, 9, 10, 65535, 4294967296, 9999999999999999999u, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t cap = 1; cap < 24; cap++) {
            char want[24], *mem = malloc(cap);
            struct out o = out_of(mem, cap), w = out_of(want, cap);

            out_fmt(&w, "%llu", (unsigned long long)rows[i]);
            out_u64(&o, rows[i]);
            assert_string_equal(mem, want);
            assert_int_equal(o.n, w.n);
            assert_int_equal(o.full, w.full);
            free(mem);
        }
    }
}

static void test_escape_table(void **state)
{
    static const struct {
        const char *in;
        size_t n;
        const char *out;
    } rows[] = {
        {"", 0, ""},
        {"plain {\"a\":1} \\ text", 20, "plain {\"a\":1} \\ text"},
        {"\0", 1, "\\x00"},
        {"a\r\nb\t", 5, "a\\x0d\\x0ab\\x09"},
        {"\x1b[31m", 5, "\\x1b[31m"},
        {"\x7f", 1, "\\x7f"},
        {"\xc2\x80\xc2\x9f", 4, "\\u{0080}\\u{009f}"}, /* C1 controls */
        {"\xc2\x9b", 2, "\\u{009b}"},                  /* one-character CSI */
        {"\xc2\xa0", 2, "\xc2\xa0"},
        {"\xc2\xad", 2, "\\u{00ad}"},        /* soft hyphen */
        {"\xd8\x9c", 2, "\\u{061c}"},        /* Arabic letter mark */
        {"\xe2\x80\x8a", 3, "\xe2\x80\x8a"}, /* hair space: visible as a blank */
        {"\xe2\x80\x8b", 3, "\\u{200b}"},    /* zero width space */
        {"\xe2\x80\x8e\xe2\x80\x8f", 6, "\\u{200e}\\u{200f}"},
        {"\xe2\x80\xaa\xe2\x80\xae", 6, "\\u{202a}\\u{202e}"}, /* bidirectional overrides */
        {"\xe2\x80\xa8", 3, "\\u{2028}"},                      /* line separator */
        {"\xe2\x81\xa6\xe2\x81\xa9", 6, "\\u{2066}\\u{2069}"}, /* isolates */
        {"\xef\xbb\xbf", 3, "\\u{feff}"},
        {"\xf3\xa0\x81\x81", 4, "\\u{e0041}"}, /* tag characters */
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\x80", 1, "\\x80"},
        {"\xff\xfe", 2, "\\xff\\xfe"},
        {"\xc0\xaf", 2, "\\xc0\\xaf"}, /* overlong slash */
        {"\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf"},
        {"\xf0\x80\x80\xaf", 4, "\\xf0\\x80\\x80\\xaf"},
        {"\xed\xa0\x80", 3, "\\xed\\xa0\\x80"},          /* surrogate */
        {"\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"}, /* above U+10FFFF */
        {"\xf8\x88\x80\x80\x80", 5, "\\xf8\\x88\\x80\\x80\\x80"},
        {"\xe2\x82", 2, "\\xe2\\x82"}, /* cut at the end */
        {"\xe2\x82"
         "a",
         3,
         "\\xe2\\x82"
         "a"}, /* cut by a letter, which stays */
        {"\xc3\x1b", 2, "\\xc3\\x1b"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char mem[64];
        struct out o = out_of(mem, sizeof(mem));

        out_escape(&o, view_of(rows[i].in, rows[i].n));
        assert_string_equal(mem, rows[i].out);
        assert_false(o.full);
    }
}

/* Whatever the room: what is written is a prefix that ends at a character or an escape. */
static void test_escape_never_half(void **state)
{
    static const char text[] = "\xc3\xa9"
                               "a\x1b\xe2\x82\xac\xe2\x80\xae\xf0\x9f\x98\x80\xff";
    static const char whole[] = "\xc3\xa9"
                                "a\\x1b\xe2\x82\xac\\u{202e}\xf0\x9f\x98\x80\\xff";
    static const size_t ends[] = {0, 2, 3, 7, 10, 18, 22, 26};

    (void)state;
    assert_int_equal(sizeof(whole) - 1, ends[ARRAY_LEN(ends) - 1]);
    for (size_t cap = 1; cap <= sizeof(whole); cap++) {
        char *mem = malloc(cap);
        struct out o = out_of(mem, cap);
        size_t due = 0;

        for (size_t i = 0; i < ARRAY_LEN(ends); i++)
            if (ends[i] < cap)
                due = ends[i];
        out_escape(&o, view_of(text, sizeof(text) - 1));
        assert_int_equal(o.n, due);
        assert_memory_equal(mem, whole, due);
        assert_int_equal(mem[due], '\0');
        assert_int_equal(o.full, due < sizeof(whole) - 1);
        free(mem);
    }
}

/* Every one of the 65,536 pairs of bytes comes out as printable text in valid UTF-8. */
static void test_escape_all_pairs(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        uint8_t in[2] = {(uint8_t)(pair >> 8), (uint8_t)pair};
        char mem[32];
        struct out o = out_of(mem, sizeof(mem));
        struct view v;
        size_t len;

        out_escape(&o, view_of(in, 2));
        assert_false(o.full);
        for (v = out_view(&o); v.n > 0; v = view_skip(v, len)) {
            uint32_t cp = utf8_decode(v, &len);

            assert_true(cp != UINT32_MAX && cp >= 0x20 && cp != 0x7f && !utf8_unsafe(cp));
        }
    }
}

static void test_utf8_decode(void **state)
{
    size_t len;

    (void)state;
    assert_int_equal(utf8_decode(view_str("\xf4\x8f\xbf\xbf"), &len), 0x10ffff);
    assert_int_equal(len, 4);
    assert_int_equal(utf8_decode(view_str("\xed\x9f\xbf"), &len), 0xd7ff);
    assert_int_equal(utf8_decode(view_str("\xee\x80\x80"), &len), 0xe000);
    assert_int_equal(len, 3);
    assert_int_equal(utf8_decode(view_str("\xdf\xbf"), &len), 0x7ff);
    assert_int_equal(len, 2);
    assert_true(utf8_decode(view_str("\xc1\xbf"), &len) == UINT32_MAX);
    assert_int_equal(len, 1);
    assert_true(utf8_decode(view_of("\xe2\x82\xac", 2), &len) == UINT32_MAX);
    assert_int_equal(len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_full_sticks),
        cmocka_unit_test(test_escape_table),
        cmocka_unit_test(test_escape_never_half),
        cmocka_unit_test(test_escape_all_pairs),
        cmocka_unit_test(test_utf8_decode),
        cmocka_unit_test(test_u64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
