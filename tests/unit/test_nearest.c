/*
 * test_nearest.c - which word was meant.
 */
#include "config.h"

#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_nearest(void **state)
{
    static const char *const words[] = {"pool", NULL, "marketplace", "webminer", "poll", "a-word-that-is-longer-than-32-bytes"};
    static const struct {
        const char *written;
        const char *expected;
    } rows[] = {
        {"pool", "pool"},
        {"POOL", "pool"},
        {"pol", "pool"}, /* one letter less than pool and than poll: the first */
        {"polll", "poll"},
        {"pools", "pool"},
        {"opol", "pool"},
        {"web-miner", "webminer"},
        {"wbmnr", "webminer"},
        {"marketpla", "marketplace"},
        {"marketp", NULL}, /* 4 letters */
        {"xyz", NULL},
        {"", NULL},
        {"a-word-that-is-longer-than-32-byte", NULL},
        {"a-word-that-is-longer-than-32-by", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *found = nearest_word(view_str(rows[i].written), words, ARRAY_LEN(words));

        if (!rows[i].expected)
            assert_null(found);
        else
            assert_string_equal(found, rows[i].expected);
    }
    assert_null(nearest_word(view_str("pool"), words, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nearest)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
