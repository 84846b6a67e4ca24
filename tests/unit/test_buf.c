/*
 * test_buf.c - views and the read cursor: nothing is read past an end, and the error sticks.
 */
#include "config.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint8_t digits[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

static struct view all(void)
{
    return view_of(digits, sizeof(digits));
}

static void test_views(void **state)
{
    struct view empty = {NULL, 0};

    (void)state;
    assert_int_equal(view_head(all(), 3).n, 3);
    assert_int_equal(view_head(all(), 99).n, 8);
    assert_ptr_equal(view_skip(all(), 3).p, digits + 3);
    assert_int_equal(view_skip(all(), 3).n, 5);
    assert_int_equal(view_skip(all(), 99).n, 0);
    assert_int_equal(view_skip(empty, 0).n, 0);
    assert_int_equal(view_skip(empty, 5).n, 0);
    assert_true(view_eq(empty, view_head(all(), 0)));
    assert_true(view_is(view_str("abc"), "abc"));
    assert_false(view_is(view_str("abc"), "abd"));
    assert_false(view_is(view_str("abc"), "ab"));
    assert_false(view_is(view_str("ab"), "abc"));
    assert_true(view_is(empty, ""));
    assert_false(view_is(empty, "a"));
    assert_false(view_is(view_str("a"), ""));
    assert_true(view_starts(view_str("abc"), "ab"));
    assert_true(view_starts(view_str("abc"), ""));
    assert_false(view_starts(view_str("ab"), "abc"));
}

static void test_find(void **state)
{
    (void)state;
    assert_int_equal(view_find(view_str("abcabc"), 'b'), 1);
    assert_int_equal(view_find_last(view_str("abcabc"), 'b'), 4);
    assert_int_equal(view_find(view_str("abc"), 'x'), 3);
    assert_int_equal(view_find_last(view_str("abc"), 'x'), 3);
    assert_int_equal(view_find((struct view){NULL, 0}, 'x'), 0);
    assert_int_equal(view_find_last((struct view){NULL, 0}, 'x'), 0);
    assert_int_equal(view_find(view_head(view_str("abc"), 2), 'c'), 2);
}

static void test_read_integers(void **state)
{
    struct buf b = buf_of(all());

    (void)state;
    assert_int_equal(buf_u8(&b), 0x01);
    assert_int_equal(buf_be16(&b), 0x0203);
    assert_int_equal(buf_le16(&b), 0x0504);
    assert_int_equal(buf_left(&b), 3);
    b = buf_of(all());
    assert_int_equal(buf_be32(&b), 0x01020304);
    assert_int_equal(buf_le32(&b), 0x08070605);
    assert_int_equal(buf_left(&b), 0);
    assert_true(buf_ok(&b));
    b = buf_of(all());
    assert_int_equal(buf_u16(&b, true), 0x0102);
    assert_int_equal(buf_u16(&b, false), 0x0403);
    b = buf_of(all());
    assert_int_equal(buf_u32(&b, true), 0x01020304);
    assert_int_equal(buf_u32(&b, false), 0x08070605);
}

/* Every reader, one byte short: zero, the cursor at the end, and the error stays. */
static void test_error_sticks(void **state)
{
    (void)state;
    for (int kind = 0; kind < 8; kind++) {
        static const size_t need[8] = {1, 2, 4, 2, 4, 3, 5, 3};
        struct buf b = buf_of(view_head(all(), need[kind] - 1));
        struct view h = all();
        uint32_t got = 0;

        switch (kind) {
        case 0: got = buf_u8(&b); break;
        case 1: got = buf_be16(&b); break;
        case 2: got = buf_be32(&b); break;
        case 3: got = buf_le16(&b); break;
        case 4: got = buf_le32(&b); break;
        case 5: got = (uint32_t)buf_take(&b, 3).n; break;
        case 6: got = buf_skip(&b, 5); break;
        case 7: got = buf_header(&b, 3, &h); break;
        }
        assert_int_equal(got, 0);
        assert_false(buf_ok(&b));
        assert_int_equal(buf_left(&b), 0);
        assert_int_equal(buf_u8(&b), 0);
        assert_int_equal(buf_be32(&b), 0);
        assert_true(buf_skip(&b, 0));
        assert_false(buf_ok(&b));
    }
}

static void test_huge_lengths(void **state)
{
    struct buf b = buf_of(all());

    (void)state;
    assert_false(buf_has(&b, SIZE_MAX));
    assert_true(buf_ok(&b));
    assert_false(buf_skip(&b, SIZE_MAX));
    assert_int_equal(buf_take(&b, SIZE_MAX).n, 0);
    assert_int_equal(buf_rest(&b).n, 0);
}

static void test_take_peek_limit(void **state)
{
    struct buf b = buf_of(all());
    struct view v, h;

    (void)state;
    assert_int_equal(buf_peek(&b, 7), 0x08);
    assert_int_equal(buf_peek(&b, 8), 0);
    assert_true(buf_ok(&b));
    v = buf_take(&b, 3);
    assert_ptr_equal(v.p, digits);
    assert_int_equal(v.n, 3);
    assert_true(buf_header(&b, 2, &h));
    assert_ptr_equal(h.p, digits + 3);
    buf_limit(&b, 99);
    assert_int_equal(buf_left(&b), 3);
    buf_limit(&b, 1);
    assert_int_equal(buf_rest(&b).n, 1);
    assert_int_equal(buf_u8(&b), 0x06);
    assert_int_equal(buf_u8(&b), 0);
    assert_false(buf_ok(&b));
}

static void test_view_integers(void **state)
{
    (void)state;
    assert_int_equal(view_u8(all(), 7), 0x08);
    assert_int_equal(view_u8(all(), 8), 0);
    assert_int_equal(view_be16(all(), 6), 0x0708);
    assert_int_equal(view_be16(all(), 7), 0);
    assert_int_equal(view_be32(all(), 4), 0x05060708);
    assert_int_equal(view_be32(all(), 5), 0);
    assert_int_equal(view_le32(all(), 4), 0x08070605);
    assert_int_equal(view_le32(all(), 5), 0);
    assert_int_equal(view_sub(all(), 6, 2).n, 2);
    assert_int_equal(view_sub(all(), 7, 2).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),         cmocka_unit_test(test_find),         cmocka_unit_test(test_read_integers),
        cmocka_unit_test(test_error_sticks),  cmocka_unit_test(test_huge_lengths), cmocka_unit_test(test_take_peek_limit),
        cmocka_unit_test(test_view_integers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
