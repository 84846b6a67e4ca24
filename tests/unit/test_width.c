/*
 * test_width.c - columns of characters and texts.
 */
#include "config.h"

#include "base/width.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
    uint32_t cp;
    unsigned width;
} characters[] = {
    {'a', 1},    {0x7e, 1},   {0xe9, 1},   {0x2026, 1},  {0x0301, 0},  {0x10ff, 1},  {0x1100, 2},  {0x2e7f, 1},
    {0x2e80, 2}, {0x3000, 2}, {0x3002, 2}, {0x303f, 1},  {0x3042, 2},  {0x3099, 0},  {0x30a2, 2},  {0x30fc, 2},
    {0x4e00, 2}, {0x9fff, 2}, {0xa4c7, 1}, {0xac00, 2},  {0xd7a3, 2},  {0xd7a4, 1},  {0xff08, 2},  {0xff60, 2},
    {0xff61, 1}, {0xff76, 1}, {0xffe5, 2}, {0x1f512, 2}, {0x20000, 2}, {0x3fffd, 2}, {0x3fffe, 1}, {UINT32_MAX, 1},
};

static void test_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(characters); i++)
        if (width_of_char(characters[i].cp) != characters[i].width)
            fail_msg("U+%04X", (unsigned)characters[i].cp);
}

static void test_texts(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {
        {"", 0},    {"mining", 6},    {"48edfH…icoD", 11},  {"マイニング", 10}, {"深刻度 8.5", 10},
        {"ハﾝ", 3}, {"e\xcc\x81", 1}, {"a\xff\xe3\x81", 4}, /* three bytes that are no character */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(width_of(view_str(rows[i].text)), rows[i].width);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_characters), cmocka_unit_test(test_texts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
