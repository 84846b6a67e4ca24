/*
 * test_recent.c - the capped index against a list that is searched from end to end, and the parser of addresses.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "base/out.h"
#include "base/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define CAP 64

static struct hash_key hash;

static struct recent_key key_of(uint32_t n)
{
    struct recent_key k = {.vni = n % 7};

    memcpy(k.addr.b, &n, sizeof(n));
    return k;
}

/* Random touches: the number of a key stays its own until it is the one idle longest and another needs it. */
static void test_model(void **state)
{
    uint32_t order[CAP], n = 0, seed = 1; /* the newest last */
    struct recent r;

    (void)state;
    assert_true(recent_init(&r, CAP, &hash));
    for (int round = 0; round < 100000; round++) {
        uint32_t wanted, at = 0, got;
        enum recent_what what;
        struct recent_key k;

        seed = seed * 1664525 + 1013904223;
        wanted = (seed >> 16) % (CAP * 3 / 2);
        k = key_of(wanted);
        while (at < n && order[at] != wanted)
            at++;
        got = recent_touch(&r, &k, &what);
        assert_int_equal(what, at < n ? RECENT_KNOWN : n < CAP ? RECENT_NEW : RECENT_REUSED);
        assert_true(recent_key_eq(recent_key_at(&r, got), &k));
        if (at == n && n == CAP) {
            struct recent_key old = key_of(order[0]);

            assert_int_equal(recent_find(&r, &old), RECENT_NONE);
            at = 0;
        } else if (at == n) {
            n++;
        }
        memmove(order + at, order + at + 1, (n - at - 1) * sizeof(order[0]));
        order[n - 1] = wanted;
        assert_int_equal(recent_find(&r, &k), got);
        assert_int_equal(r.n, n);
    }
    recent_fini(&r);
}

/* Keys that all fall into one bucket, as who knows the hash key could choose them: a chain stays short. */
static void test_collisions(void **state)
{
    struct recent r;
    uint32_t found = 0, kept = 0;
    struct recent_key keys[200];
    enum recent_what what;

    (void)state;
    assert_true(recent_init(&r, CAP, &hash));
    for (uint32_t n = 0; found < ARRAY_LEN(keys); n++) {
        struct recent_key k = key_of(n);
        uint64_t half[2];

        memcpy(half, k.addr.b, sizeof(half));
        if ((hash_fold(&hash, hash_fold(&hash, half[0], half[1]), k.vni) & (2 * CAP - 1)) == 5)
            keys[found++] = k;
    }
    for (uint32_t i = 0; i < found; i++)
        recent_touch(&r, &keys[i], &what);
    for (uint32_t i = 0; i < found; i++)
        kept += recent_find(&r, &keys[i]) != RECENT_NONE;
    assert_int_equal(kept, 16);
    assert_true(recent_find(&r, &keys[found - 1]) != RECENT_NONE);
    recent_fini(&r);
}

static void test_endpoints(void **state)
{
    static const struct {
        const char *text, *again; /* NULL = not an endpoint */
    } cases[] = {
        {"192.0.2.1:4789", "192.0.2.1:4789"},
        {"0.0.0.0:1", "0.0.0.0:1"},
        {"[2001:db8::1]:65535", "[2001:db8::1]:65535"},
        {"[::]:4789", "[::]:4789"},
        {"[::ffff:192.0.2.1]:53", "192.0.2.1:53"},
        {"[2001:0db8:0000:0000:0000:0000:0000:0001]:53", "[2001:db8::1]:53"},
        {"", NULL},
        {":", NULL},
        {":4789", NULL},
        {"192.0.2.1", NULL},
        {"192.0.2.1:", NULL},
        {"192.0.2.1:0", NULL},
        {"192.0.2.1:65536", NULL},
        {"192.0.2.1:+1", NULL},
        {"192.0.2.1:0x10", NULL},
        {"192.0.2:1", NULL},
        {"192.0.2.01.1:1", NULL},
        {" 192.0.2.1:1", NULL},
        {"[192.0.2.1]:1", NULL},
        {"2001:db8::1:4789", NULL},
        {"::1", NULL},
        {"[::1]", NULL},
        {"[::1]4789", NULL},
        {"[::1:4789", NULL},
        {"[[::1]]:1", NULL},
        {"[]:1", NULL},
        {"[:1", NULL},
        {"[fe80::1%eth0]:1", NULL},
        {"localhost:1", NULL},
        {"[00000000000000000000000000000000000000000000::1]:1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct endpoint e;
        bool ok = endpoint_parse(view_str(cases[i].text), &e);
        char text[64];
        struct out o = out_of(text, sizeof(text));

        if (ok != (cases[i].again != NULL))
            fail_msg("\"%s\" is %s an endpoint", cases[i].text, ok ? "taken for" : "not taken for");
        if (!ok)
            continue;
        endpoint_print(&e, &o);
        assert_string_equal(text, cases[i].again);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_model), cmocka_unit_test(test_collisions),
                                              cmocka_unit_test(test_endpoints)};

    hash_key_fixed(&hash, 5);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
