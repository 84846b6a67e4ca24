/*
 * test_websocket.c - heads of frames, of every length, and cut; what a connection is joined by.
 */
#include "config.h"

#include "message/websocket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct row {
    const char *bytes;
    size_t n;
    enum websocket_read read;
    uint64_t length;
    uint8_t head, opcode;
    bool masked, final, compressed;
} rows[] = {
    {"\x81\x05hello", 7, WEBSOCKET_FRAME, 5, 2, WEBSOCKET_TEXT, false, true, false},
    {"\x01\x85\x01\x02\x03\x04", 6, WEBSOCKET_FRAME, 5, 6, WEBSOCKET_TEXT, true, false, false},
    {"\x80\x00", 2, WEBSOCKET_FRAME, 0, 2, WEBSOCKET_MORE, false, true, false},
    {"\xc1\x7e\x01\x00", 4, WEBSOCKET_FRAME, 256, 4, WEBSOCKET_TEXT, false, true, true},
    {"\x82\xff\0\0\0\0\0\x01\0\0\x01\x02\x03\x04", 14, WEBSOCKET_FRAME, 65536, 14, WEBSOCKET_BINARY, true, true, false},
    {"\x89\x00", 2, WEBSOCKET_FRAME, 0, 2, WEBSOCKET_PING, false, true, false},
    {"\x09\x00", 2, WEBSOCKET_NONE, 0, 0, 0, false, false, false},                    /* a control frame in pieces */
    {"\x89\x7e\x00\x80", 4, WEBSOCKET_NONE, 0, 0, 0, false, false, false},            /* a long one */
    {"\xc9\x00", 2, WEBSOCKET_NONE, 0, 0, 0, false, false, false},                    /* a compressed one */
    {"\x91\x00", 2, WEBSOCKET_NONE, 0, 0, 0, false, false, false},                    /* RSV3 */
    {"\x83\x00", 2, WEBSOCKET_NONE, 0, 0, 0, false, false, false},                    /* an opcode that is none */
    {"\x81\x7e\x00\x05", 4, WEBSOCKET_NONE, 0, 0, 0, false, false, false},            /* 5 in three bytes */
    {"\x81\x7f\0\0\0\0\0\0\x01\0", 10, WEBSOCKET_NONE, 0, 0, 0, false, false, false}, /* 256 in nine */
    {"\x81\x7f\x80\0\0\0\0\0\0\0", 10, WEBSOCKET_NONE, 0, 0, 0, false, false, false}, /* too long */
};

static void test_heads(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        struct websocket_frame f;

        assert_int_equal(websocket_read_head(view_of(r->bytes, r->n), &f), r->read);
        if (r->read != WEBSOCKET_FRAME)
            continue;
        assert_int_equal(f.length, r->length);
        assert_int_equal(f.head, r->head);
        assert_int_equal(f.opcode, r->opcode);
        assert_true(f.masked == r->masked && f.final == r->final && f.compressed == r->compressed);
        for (size_t n = 0; n < r->head; n++) {
            uint8_t *copy = malloc(n ? n : 1);

            assert_non_null(copy);
            memcpy(copy, r->bytes, n);
            assert_int_equal(websocket_read_head(view_of(copy, n), &f), WEBSOCKET_SHORT);
            free(copy);
        }
    }
}

static void test_mask(void **state)
{
    static const uint8_t sent[] = {0x7f, 0x9f, 0x4d, 0x51, 0x58}; /* RFC 6455 section 5.7 */
    struct websocket_frame f;

    (void)state;
    assert_int_equal(websocket_read_head(view_of("\x81\x85\x37\xfa\x21\x3d", 6), &f), WEBSOCKET_FRAME);
    for (size_t i = 0; i < sizeof(sent); i++)
        assert_int_equal(websocket_unmask(&f, i, sent[i]), "Hello"[i]);
}

static void test_joining(void **state)
{
    static const char masked[] = "\x81\x85\x01\x02\x03\x04\x7a\x20jkl"; /* {" */

    (void)state;
    assert_int_equal(websocket_starts_json(view_of("\x81\x05{\"a\":", 7)), WEBSOCKET_FRAME);
    assert_int_equal(websocket_starts_json(view_of("\x01\x05{ \"a\"", 7)), WEBSOCKET_FRAME);
    assert_int_equal(websocket_starts_json(view_of(masked, 11)), WEBSOCKET_FRAME);
    for (size_t n = 0; n < 8; n++)
        assert_int_equal(websocket_starts_json(view_of(masked, n)), WEBSOCKET_SHORT);
    assert_int_equal(websocket_starts_json(view_of("\x81\x05hello", 7)), WEBSOCKET_NONE);
    assert_int_equal(websocket_starts_json(view_of("\x82\x05{\"a\":", 7)), WEBSOCKET_NONE);
    assert_int_equal(websocket_starts_json(view_of("\xc1\x05{\"a\":", 7)), WEBSOCKET_NONE);
    assert_int_equal(websocket_starts_json(view_of("\x81\x01{", 3)), WEBSOCKET_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_mask),
        cmocka_unit_test(test_joining),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
