/*
 * test_socks.c - what clients and proxies of SOCKS 4, 4A and 5 say, whole and cut at every byte.
 */
#include "config.h"

#include "message/socks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct row {
    const char *bytes;
    size_t n; /* 0 = BAD */
    enum socks_step from, to;
    bool proxy;
    uint8_t version;
    const char *name;
} rows[] = {
    {"\x05\x01\x00", 3, SOCKS_START, SOCKS_ASKED, false, 5, ""},
    {"\x05\x03\x00\x01\x02", 5, SOCKS_START, SOCKS_ASKED, false, 5, ""},
    {"\x01\x02me\x03you", 8, SOCKS_ASKED, SOCKS_ASKED, false, 5, ""},
    {"\x05\x01\x00\x03\x0cpool.example\x0d\x05", 19, SOCKS_ASKED, SOCKS_DONE, false, 5, "pool.example"},
    {"\x05\x01\x00\x01\xcb\x00\x71\x09\x0d\x05", 10, SOCKS_ASKED, SOCKS_DONE, false, 5, ""},
    {"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x0d\x05", 22, SOCKS_ASKED, SOCKS_DONE, false, 5, ""},
    {"\x04\x01\x0d\x05\xcb\x00\x71\x09miner\0", 14, SOCKS_START, SOCKS_DONE, false, 4, ""},
    {"\x04\x01\x0d\x05\0\0\0\x01\0pool.example\0", 22, SOCKS_START, SOCKS_DONE, false, 4, "pool.example"},
    {"\x05\x00", 2, SOCKS_START, SOCKS_CHOSEN, true, 5, ""},
    {"\x05\x02", 2, SOCKS_START, SOCKS_ASKING, true, 5, ""},
    {"\x01\x00", 2, SOCKS_ASKING, SOCKS_CHOSEN, true, 5, ""},
    {"\x05\x00\x00\x01\x0a\0\0\x01\x9c\xb0", 10, SOCKS_CHOSEN, SOCKS_DONE, true, 5, ""},
    {"\x00\x5a\x0d\x05\0\0\0\0", 8, SOCKS_START, SOCKS_DONE, true, 4, ""},
    {"\x05\x00\x00", 0, SOCKS_START, SOCKS_START, false, 5, NULL},                  /* no method */
    {"\x05\x02\x00\x03\x01x\x01\x01", 0, SOCKS_ASKED, SOCKS_START, false, 5, NULL}, /* BIND */
    {"\x05\x01\x00\x05\x01x\x01\x01", 0, SOCKS_ASKED, SOCKS_START, false, 5, NULL}, /* a type that is none */
    {"\x04\x02\x0d\x05\xcb\x00\x71\x09\0", 0, SOCKS_START, SOCKS_START, false, 4, NULL},
    {"\x05\xff", 0, SOCKS_START, SOCKS_START, true, 5, NULL}, /* no method will do */
    {"\x05\x01", 0, SOCKS_START, SOCKS_START, true, 5, NULL}, /* GSSAPI */
    {"\x01\x01", 0, SOCKS_ASKING, SOCKS_START, true, 5, NULL},
    {"\x05\x05\x00\x01\0\0\0\0\0\0", 0, SOCKS_CHOSEN, SOCKS_START, true, 5, NULL},
    {"\x00\x5b\x0d\x05\0\0\0\0", 0, SOCKS_START, SOCKS_START, true, 4, NULL},
};

static enum socks_read read_row(const struct row *r, struct view data, struct socks_said *said)
{
    return r->proxy ? socks_read_proxy(data, r->from, r->version, said) : socks_read_client(data, r->from, said);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        struct socks_said said;

        if (r->n == 0) {
            assert_int_equal(read_row(r, view_of(r->bytes, 10), &said), SOCKS_BAD);
            continue;
        }
        assert_int_equal(read_row(r, view_of(r->bytes, r->n), &said), SOCKS_READ);
        assert_true(said.n == r->n && said.step == r->to && said.version == r->version);
        if (!r->proxy)
            assert_true(view_is(said.name, r->name) || (said.name.n == 0 && r->name[0] == 0));
        for (size_t n = 0; n < r->n; n++) {
            uint8_t *copy = malloc(n ? n : 1);

            assert_non_null(copy);
            memcpy(copy, r->bytes, n);
            assert_int_equal(read_row(r, view_of(copy, n), &said), SOCKS_SHORT);
            free(copy);
        }
    }
}

/* A user name that never ends. */
static void test_endless(void **state)
{
    uint8_t bytes[400] = {4, 1, 0, 80, 10, 0, 0, 1};
    struct socks_said said;

    (void)state;
    memset(bytes + 8, 'a', sizeof(bytes) - 8);
    assert_int_equal(socks_read_client(view_of(bytes, sizeof(bytes)), SOCKS_START, &said), SOCKS_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_endless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
