/*
 * test_addr.c - addresses: both families in one form, their order and their text (RFC 5952).
 */
#include "config.h"

#include "base/addr.h"

#include "base/out.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct addr address(const char *text)
{
    struct addr a;
    uint8_t v4[4];

    if (inet_pton(AF_INET, text, v4) == 1)
        addr_set_v4(&a, v4);
    else
        assert_int_equal(inet_pton(AF_INET6, text, a.b), 1);
    return a;
}

static void test_print(void **state)
{
    static const struct {
        const char *in, *out, *endpoint;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", "192.0.2.1:3333"},
        {"0.0.0.0", "0.0.0.0", "0.0.0.0:3333"},
        {"255.255.255.255", "255.255.255.255", "255.255.255.255:3333"},
        {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1:3333"},
        {"2001:db8::1", "2001:db8::1", "[2001:db8::1]:3333"},
        {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "[2001:db8::1:0:0:1]:3333"},
        {"::", "::", "[::]:3333"},
        {"::1", "::1", "[::1]:3333"},
        {"fe80::ffff:ffff:ffff:ffff", "fe80::ffff:ffff:ffff:ffff", "[fe80::ffff:ffff:ffff:ffff]:3333"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:3333"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct endpoint e = {address(rows[i].in), 3333};
        char text[64];
        struct out o = out_of(text, sizeof(text));

        addr_print(&e.addr, &o);
        assert_string_equal(text, rows[i].out);
        o = out_of(text, sizeof(text));
        endpoint_print(&e, &o);
        assert_string_equal(text, rows[i].endpoint);
    }
}

static void test_print_bounded(void **state)
{
    struct endpoint e = {address("2001:db8::1"), 65535};
    char text[8];
    struct out o = out_of(text, sizeof(text));

    (void)state;
    endpoint_print(&e, &o);
    assert_true(o.full);
    assert_string_equal(text, "[2001:d");
}

static void test_kinds(void **state)
{
    static const struct {
        const char *text;
        bool inside, link_local, group;
    } rows[] = {
        {"10.1.2.3", true, false, false},     {"172.16.0.1", true, false, false},
        {"172.32.0.1", false, false, false},  {"192.168.9.9", true, false, false},
        {"192.169.0.1", false, false, false}, {"100.64.0.1", true, false, false},
        {"100.128.0.1", false, false, false}, {"fd00::1", true, false, false},
        {"2001:db8::1", false, false, false}, {"169.254.1.1", false, true, false},
        {"127.0.0.1", false, true, false},    {"fe80::1", false, true, false},
        {"::1", false, true, false},          {"fec0::1", false, false, false},
        {"224.0.0.251", false, false, true},  {"255.255.255.255", false, false, true},
        {"240.0.0.1", false, false, false},   {"ff02::fb", false, false, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct addr a = address(rows[i].text);

        if (addr_is_inside(&a) != rows[i].inside || addr_is_link_local(&a) != rows[i].link_local ||
            addr_is_group(&a) != rows[i].group)
            fail_msg("%s", rows[i].text);
    }
}

static void test_families(void **state)
{
    struct addr v4 = address("192.0.2.1"), v6 = address("2001:db8::1"), mapped = address("::ffff:c000:201");
    struct addr none = {{0}};

    (void)state;
    assert_true(addr_is_v4(&v4));
    assert_false(addr_is_v4(&v6));
    assert_true(addr_is_v4(&mapped));
    assert_int_equal(addr_cmp(&v4, &mapped), 0);
    assert_true(addr_is_none(&none));
    assert_false(addr_is_none(&v4));
    assert_false(addr_is_none(&v6));
    assert_false(addr_is_v4(&none));
    v4 = address("0.0.0.0");
    assert_false(addr_is_none(&v4));
}

static void test_order(void **state)
{
    static const char *const rising[] = {"::",       "::1",       "0.0.0.0",     "9.255.255.255",
                                         "10.0.0.0", "192.0.2.1", "2001:db8::1", "fe80::"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rising); i++) {
        for (size_t j = 0; j < ARRAY_LEN(rising); j++) {
            struct addr a = address(rising[i]), b = address(rising[j]);
            int cmp = addr_cmp(&a, &b);

            assert_true(i < j ? cmp < 0 : i > j ? cmp > 0 : cmp == 0);
        }
    }
}

static void test_endpoint_eq(void **state)
{
    struct endpoint a = {address("192.0.2.1"), 1}, b = {address("192.0.2.1"), 1};

    (void)state;
    assert_true(endpoint_eq(&a, &b));
    b.port = 2;
    assert_false(endpoint_eq(&a, &b));
    b = (struct endpoint){address("192.0.2.2"), 1};
    assert_false(endpoint_eq(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print), cmocka_unit_test(test_print_bounded), cmocka_unit_test(test_families),
        cmocka_unit_test(test_kinds), cmocka_unit_test(test_order),         cmocka_unit_test(test_endpoint_eq),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
