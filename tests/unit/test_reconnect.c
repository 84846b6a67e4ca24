/*
 * test_reconnect.c - names for connections that follow client.reconnect.
 */
#include "config.h"

#include "detect/reconnect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct addr miner(uint8_t n)
{
    uint8_t bytes[4] = {10, 0, 0, n};
    struct addr a;

    addr_set_v4(&a, bytes);
    return a;
}

static void assert_host(const struct reconnects *r, const struct addr *a, uint16_t port, ns_t t, const char *host)
{
    assert_true(view_eq(reconnect_find(r, a, port, t), view_str(host)));
}

static void test_find(void **state)
{
    static struct reconnects r;
    struct addr a = miner(1), b = miner(2);
    ns_t t = 1000 * NS_PER_SEC;

    (void)state;
    assert_host(&r, &a, 3333, t, "");
    reconnect_note(&r, &a, view_str("eu.pool.example"), 3333, t);
    assert_host(&r, &a, 3333, t + NS_PER_SEC, "eu.pool.example");
    assert_host(&r, &a, 3334, t, "");
    assert_host(&r, &b, 3333, t, "");
    assert_host(&r, &a, 3333, t - 1, "");
    assert_host(&r, &a, 3333, t + RECONNECT_NS + 1, "");
    reconnect_note(&r, &a, view_str("us.pool.example"), 3333, t);
    assert_host(&r, &a, 3333, t, "us.pool.example");
}

/* The oldest gives way; what is too long or empty is not kept. */
static void test_bounds(void **state)
{
    static struct reconnects r;
    char longest[RECONNECT_HOST_MAX + 2], host[32];
    struct addr a = miner(1), b = miner(2);

    (void)state;
    memset(longest, 'a', sizeof(longest));
    reconnect_note(&r, &a, view_of(longest, RECONNECT_HOST_MAX + 1), 1, 1);
    reconnect_note(&r, &a, view_str(""), 1, 1);
    reconnect_note(&r, &a, view_str("x"), 0, 1);
    assert_host(&r, &a, 1, 1, "");
    reconnect_note(&r, &a, view_of(longest, RECONNECT_HOST_MAX), 1, 1);
    assert_int_equal(reconnect_find(&r, &a, 1, 1).n, RECONNECT_HOST_MAX);
    for (int i = 0; i < RECONNECT_ENTRIES; i++) {
        snprintf(host, sizeof(host), "p%d.example", i);
        reconnect_note(&r, &b, view_str(host), (uint16_t)(i + 1), 1);
    }
    assert_host(&r, &a, 1, 1, "");
    assert_host(&r, &b, 1, 1, "p0.example");
    assert_host(&r, &b, RECONNECT_ENTRIES, 1, host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_bounds)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
