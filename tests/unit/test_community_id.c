/*
 * test_community_id.c - names of connections, against those that other implementations publish.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "base/sha1.h"
#include "output/community_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct endpoint endpoint_of(const char *text)
{
    struct endpoint e;

    assert_true(endpoint_parse(view_str(text), &e));
    return e;
}

/* The first three are reference values of the specification and of Zeek; the others are made by Python's hashlib. */
static void test_known(void **state)
{
    static const struct {
        const char *a, *b, *id;
    } rows[] = {
        {"128.232.110.120:34855", "66.35.250.204:80", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {"1.2.3.4:1122", "5.6.7.8:3344", "1:wCb3OG7yAFWelaUydu0D+125CLM="},
        {"[2001:470:e5bf:dead:4957:2174:e82c:4887]:63943", "[2607:f8b0:400c:c03::1a]:25", "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
        {"10.0.0.1:80", "10.0.0.1:3333", "1:iC+f7flx7/rpGzKY1jcw+4axoPM="},
        {"10.0.0.1:255", "10.0.0.1:256", "1:bYAhlXxOhn7zNgas/vXh8EAvzps="},
        {"10.0.0.1:65535", "10.0.0.2:1", "1:IcU9FwX3lUaIjU8MQ4Gvlaqzj6Q="},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct endpoint a = endpoint_of(rows[i].a), b = endpoint_of(rows[i].b);
        char there[COMMUNITY_ID_MAX], back[COMMUNITY_ID_MAX];

        community_id_tcp(&a, &b, there);
        community_id_tcp(&b, &a, back);
        assert_string_equal(there, rows[i].id);
        assert_string_equal(back, rows[i].id);
    }
}

/* FIPS 180-4's example, whole and in pieces, one of them empty. */
static void test_sha1(void **state)
{
    static const uint8_t want[SHA1_BYTES] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
                                             0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
    const struct view whole = view_str("abc"), pieces[] = {view_str("a"), view_str(""), view_str("bc")};
    uint8_t digest[SHA1_BYTES];

    (void)state;
    sha1(&whole, 1, digest);
    assert_memory_equal(digest, want, sizeof(want));
    sha1(pieces, ARRAY_LEN(pieces), digest);
    assert_memory_equal(digest, want, sizeof(want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_sha1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
