/*
 * test_name_memory.c - the memory of answers: what is found for whom and when, its cap, floods, and a list that is searched from end to
 * end as its model.
 */
#include "config.h"

#include "flow/name_memory.h"

#include "config/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR (3600 * NS_PER_SEC)

static struct hash_key hash;

static struct addr host(uint32_t n)
{
    struct addr a;

    addr_set_v4(&a, (uint8_t[4]){10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n});
    return a;
}

static struct name name_of(const char *text)
{
    struct name n;

    assert_true(name_parse(&n, view_str(text)));
    return n;
}

/* One answer: client 1 got address 2, unless the row says otherwise. */
struct answer {
    const char *asked, *listed; /* "=": what was asked for */
    int64_t at_ms;
    uint32_t client, to, vni, ttl_s;
};

static void add(struct name_memory *m, const struct answer *a)
{
    struct addr client = host(a->client ? a->client : 1), to = host(a->to ? a->to : 2), outer[2] = {host(9), host(8)};
    struct name_place place = name_place_of(a->vni > 0, a->vni, &outer[0], &outer[1]);
    struct name asked = name_of(a->asked), listed;
    bool same = a->listed && a->listed[0] == '=';

    if (a->listed && !same)
        listed = name_of(a->listed);
    name_memory_add(m, &place, &client, &to, 1, &asked,
                    same        ? &asked
                    : a->listed ? &listed
                                : NULL,
                    a->at_ms * 1000000, a->ttl_s);
}

static bool find(const struct name_memory *m, uint32_t client, uint32_t to, uint32_t vni, int64_t at_ms,
                 struct name_found *found)
{
    struct addr c = host(client), t = host(to), outer[2] = {host(8), host(9)};
    struct name_place place = name_place_of(vni > 0, vni, &outer[0], &outer[1]);

    return name_memory_find(m, &place, &c, &t, at_ms * 1000000, found);
}

static void assert_name(const struct name *name, const char *text)
{
    char got[NAME_TEXT_MAX] = "";
    struct out o = out_of(got, sizeof(got));

    if (name->n)
        name_print(name, &o);
    assert_string_equal(got, text);
}

/* Up to four answers, then client 1 connects to address 2, or as the row says. */
static void test_rules(void **state)
{
    static const struct {
        const char *what;
        struct answer a[4];
        uint32_t client, to, vni;
        int64_t at_ms;
        const char *asked, *listed; /* NULL = nothing is found */
        bool certain;
    } rows[] = {
        {"listed",
         {{.asked = "a.pool.example", .listed = "=", .at_ms = 1000}},
         1,
         2,
         0,
         2000,
         "a.pool.example",
         "a.pool.example",
         true},
        {"unlisted", {{.asked = "other.example", .listed = NULL, .at_ms = 1000}}, 1, 2, 0, 2000, "other.example", "", true},
        {"alias",
         {{.asked = "cdn.example", .listed = "pool.example", .at_ms = 1000}},
         1,
         2,
         0,
         2000,
         "cdn.example",
         "pool.example",
         true},
        {"at that time", {{.asked = "a.example", .listed = NULL, .at_ms = 1000}}, 1, 2, 0, 1000, "a.example", "", true},
        {"before the answer", {{.asked = "a.example", .listed = "=", .at_ms = 1000}}, 1, 2, 0, 999, NULL, NULL, false},
        {"another client", {{.asked = "a.example", .listed = "=", .at_ms = 1000}}, 3, 2, 0, 2000, NULL, NULL, false},
        {"another address", {{.asked = "a.example", .listed = "=", .at_ms = 1000}}, 1, 3, 0, 2000, NULL, NULL, false},
        {"not in the tunnel", {{.asked = "a.example", .listed = "=", .at_ms = 1000}}, 1, 2, 7, 2000, NULL, NULL, false},
        {"another network",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000, .vni = 8},
          {.asked = "b.example", .listed = "=", .at_ms = 1000, .vni = 7}},
         1,
         2,
         7,
         2000,
         "b.example",
         "b.example",
         true},
        {"newest",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000}, {.asked = "b.example", .listed = NULL, .at_ms = 2000}},
         1,
         2,
         0,
         3000,
         "b.example",
         "",
         true},
        {"newest before",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000}, {.asked = "b.example", .listed = NULL, .at_ms = 4000}},
         1,
         2,
         0,
         3000,
         "a.example",
         "a.example",
         true},
        {"rivals",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000}, {.asked = "b.example", .listed = NULL, .at_ms = 1900}},
         1,
         2,
         0,
         3000,
         "a.example",
         "a.example",
         false},
        {"rivals, other order",
         {{.asked = "b.example", .listed = NULL, .at_ms = 1000}, {.asked = "a.example", .listed = "=", .at_ms = 1900}},
         1,
         2,
         0,
         3000,
         "a.example",
         "a.example",
         false},
        {"rivals, both listed",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000}, {.asked = "b.example", .listed = "=", .at_ms = 1900}},
         1,
         2,
         0,
         3000,
         "b.example",
         "b.example",
         true},
        {"rivals, none listed",
         {{.asked = "a.example", .listed = NULL, .at_ms = 1000}, {.asked = "b.example", .listed = NULL, .at_ms = 1900}},
         1,
         2,
         0,
         3000,
         "b.example",
         "",
         false},
        {"rivals of three",
         {{.asked = "a.example", .listed = NULL, .at_ms = 1000},
          {.asked = "b.example", .listed = "=", .at_ms = 1500},
          {.asked = "c.example", .listed = "=", .at_ms = 1900}},
         1,
         2,
         0,
         3000,
         "c.example",
         "c.example",
         false},
        {"an older one is none",
         {{.asked = "a.example", .listed = NULL, .at_ms = 1000}, {.asked = "b.example", .listed = "=", .at_ms = 2000}},
         1,
         2,
         0,
         3000,
         "b.example",
         "b.example",
         true},
        {"asked twice",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000}, {.asked = "a.example", .listed = "=", .at_ms = 1500}},
         1,
         2,
         0,
         3000,
         "a.example",
         "a.example",
         true},
        {"asked again later",
         {{.asked = "a.example", .listed = "=", .at_ms = 1000}, {.asked = "a.example", .listed = "=", .at_ms = 5000}},
         1,
         2,
         0,
         3000,
         "a.example",
         "a.example",
         true},
        {"a short ttl is an hour",
         {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = 1}},
         1,
         2,
         0,
         3599999,
         "a.example",
         "a.example",
         true},
        {"and no more", {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = 1}}, 1, 2, 0, 3600000, NULL, NULL, false},
        {"two hours",
         {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = 7200}},
         1,
         2,
         0,
         7199999,
         "a.example",
         "a.example",
         true},
        {"and no more",
         {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = 7200}},
         1,
         2,
         0,
         7200000,
         NULL,
         NULL,
         false},
        {"a week is a day",
         {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = 604800}},
         1,
         2,
         0,
         86399999,
         "a.example",
         "a.example",
         true},
        {"and no more",
         {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = UINT32_MAX}},
         1,
         2,
         0,
         86400000,
         NULL,
         NULL,
         false},
        {"the newest is over, an older one lasts",
         {{.asked = "a.example", .listed = "=", .at_ms = 0, .ttl_s = 86400},
          {.asked = "b.example", .listed = NULL, .at_ms = 1000}},
         1,
         2,
         0,
         7200000,
         "a.example",
         "a.example",
         true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct name_found found;
        struct name_memory m;
        struct addr to = host(rows[i].to);
        bool got;

        assert_true(name_memory_init(&m, 1024, &hash));
        for (size_t j = 0; j < 4 && rows[i].a[j].asked; j++)
            add(&m, &rows[i].a[j]);
        got = find(&m, rows[i].client, rows[i].to, rows[i].vni, rows[i].at_ms, &found);
        if (got != (rows[i].asked != NULL))
            fail_msg("%s: %sfound", rows[i].what, got ? "" : "not ");
        if (got) {
            assert_name(&found.asked, rows[i].asked);
            assert_name(&found.listed, rows[i].listed);
            if (found.certain != rows[i].certain)
                fail_msg("%s: %scertain", rows[i].what, found.certain ? "" : "not ");
        }
        if (got && rows[i].listed[0]) /* the filter never hides what is there */
            assert_true(name_memory_may_lead(&m, &to, rows[i].at_ms * 1000000));
        name_memory_fini(&m);
    }
}

static void test_filter(void **state)
{
    struct addr to = host(2), other = host(3);
    struct name_memory m;

    (void)state;
    assert_true(name_memory_init(&m, 1024, &hash));
    add(&m, &(struct answer){.asked = "a.example", .listed = NULL, .at_ms = 1000});
    assert_false(name_memory_may_lead(&m, &to, 2000000000));
    add(&m, &(struct answer){.asked = "b.example", .listed = "=", .at_ms = 1000});
    assert_true(name_memory_may_lead(&m, &to, 2000000000));
    assert_false(name_memory_may_lead(&m, &other, 2000000000));
    assert_false(name_memory_may_lead(&m, &to, 2 * HOUR));
    name_memory_fini(&m);
}

/* Without room nothing is remembered, and nothing breaks. */
static void test_none(void **state)
{
    struct name_found found;
    struct name_memory m;

    (void)state;
    assert_true(name_memory_init(&m, 0, &hash));
    add(&m, &(struct answer){.asked = "a.example", .listed = "=", .at_ms = 1000});
    assert_false(find(&m, 1, 2, 0, 2000, &found));
    assert_int_equal(m.ctr.added, 0);
    name_memory_fini(&m);
}

#define MODEL 40000

/* Names of all lengths, many clients, addresses and names again and again: what is found is the newest, and the ring gives up the oldest only. */
static void test_model(void **state)
{
    struct model {
        uint32_t client, to, name;
        int64_t at_ms;
    } *all = calloc(MODEL, sizeof(*all));
    uint32_t seed = 1, n_found = 0;
    struct name_memory m;

    (void)state;
    assert_non_null(all);
    assert_true(name_memory_init(&m, 4096, &hash));
    for (uint32_t i = 0; i < MODEL; i++) {
        char text[256], want[256];
        struct name_found found;
        uint32_t j = i;

        seed = seed * 1664525 + 1013904223;
        all[i] = (struct model){1 + (seed >> 8) % 50, 100 + (seed >> 14) % 20, (seed >> 20) % 60, (int64_t)i * 1500};
        snprintf(text, sizeof(text), "n%u.%.*s.example", all[i].name, (int)all[i].name,
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        if (all[i].name == 0)
            snprintf(text, sizeof(text), "example");
        add(&m, &(struct answer){.asked = text,
                                 .listed = all[i].name % 2   ? "="
                                           : all[i].name % 3 ? "pool.example"
                                                             : NULL,
                                 .at_ms = all[i].at_ms,
                                 .client = all[i].client,
                                 .to = all[i].to,
                                 .ttl_s = 86400});
        assert_true(find(&m, all[i].client, all[i].to, 0, all[i].at_ms, &found));
        assert_name(&found.asked, text);
        seed = seed * 1664525 + 1013904223;
        while (j > 0 && !(all[j].client == 1 + seed % 50 && all[j].to == 100 + (seed >> 8) % 20))
            j--;
        if (j == 0 || !find(&m, all[j].client, all[j].to, 0, all[i].at_ms, &found))
            continue;
        n_found++;
        snprintf(want, sizeof(want), "n%u.%.*s.example", all[j].name, (int)all[j].name,
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert_name(&found.asked, all[j].name ? want : "example");
        assert_int_equal(found.time_ns, all[j].at_ms * 1000000);
    }
    assert_true(n_found > MODEL / 3);
    assert_true(m.ctr.pushed > MODEL / 4);
    assert_int_equal(m.ctr.added, MODEL);
    name_memory_fini(&m);
    free(all);
}

/* A client that asks for a million names: all others but those of its part keep theirs, and the memory is what it was. */
static void test_flood(void **state)
{
    uint32_t n_kept = 0, n_clients = 1600;
    struct name_found found;
    struct name_memory m;

    (void)state;
    assert_true(name_memory_init(&m, 8192, &hash));
    for (uint32_t i = 0; i < n_clients; i++)
        add(&m, &(struct answer){.asked = "xmr.pool.example", .listed = "=", .at_ms = 1000, .client = 1000 + i});
    for (uint32_t i = 0; i < 1000000; i++) {
        char text[32];

        snprintf(text, sizeof(text), "x%u.example", i);
        add(&m, &(struct answer){.asked = text, .listed = NULL, .at_ms = 2000, .client = 7, .to = i});
    }
    for (uint32_t i = 0; i < n_clients; i++)
        n_kept += find(&m, 1000 + i, 2, 0, 3000, &found);
    assert_in_range(n_kept, n_clients * 14 / 16, n_clients - 1);
    assert_true(m.ctr.pushed > 990000);
    name_memory_fini(&m);
}

/* A million names for one address: the time of each look-up is bounded by the walk. */
static void test_one_address(void **state)
{
    struct name_found found;
    struct name_memory m;

    (void)state;
    assert_true(name_memory_init(&m, 65536, &hash));
    for (uint32_t i = 0; i < 1000000; i++) {
        char text[32];

        snprintf(text, sizeof(text), "x%u.example", i);
        add(&m, &(struct answer){.asked = text, .listed = NULL, .at_ms = i});
    }
    assert_true(find(&m, 1, 2, 0, 1000000, &found));
    assert_name(&found.asked, "x999999.example");
    assert_false(found.certain);
    name_memory_fini(&m);
}

/* A name that is asked for every minute takes room once, and is not pushed out for it. */
static void test_renewed(void **state)
{
    struct name_found found;
    struct name_memory m;

    (void)state;
    assert_true(name_memory_init(&m, 1024, &hash));
    for (uint32_t i = 0; i < 100000; i++)
        add(&m, &(struct answer){.asked = "xmr.pool.example", .listed = "=", .at_ms = i});
    assert_int_equal(m.ctr.renewed, 99999);
    assert_int_equal(m.ctr.pushed, 0);
    for (uint32_t i = 0; i < 100000; i++) {
        char text[32];

        snprintf(text, sizeof(text), "x%u.example", i);
        add(&m, &(struct answer){.asked = text, .listed = NULL, .at_ms = 100000 + i, .client = 1, .to = 3 + i});
        if (i % 16 == 0)
            add(&m, &(struct answer){.asked = "xmr.pool.example", .listed = "=", .at_ms = 100000 + i});
    }
    assert_true(m.ctr.pushed > 90000);
    assert_true(find(&m, 1, 2, 0, 200000, &found));
    name_memory_fini(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),   cmocka_unit_test(test_filter), cmocka_unit_test(test_none),
        cmocka_unit_test(test_model),   cmocka_unit_test(test_flood),  cmocka_unit_test(test_one_address),
        cmocka_unit_test(test_renewed),
    };

    hash_key_fixed(&hash, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
