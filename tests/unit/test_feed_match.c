/*
 * test_feed_match.c - which of several rows wins: exceptions, lengths, ways of matching, nodes, lists, expiry; endpoints; and
 * images that are compiled again.
 */
#include "config.h"

#include "feed/feed.h"

#include "base/addr_parse.h"
#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "feed_fixture.h"

#define DAY (86400 * NS_PER_SEC)
#define HEAD "name,match,kind,expires\n"

/* Expected: list and line of the row that wins, "first.csv:2"; "" when nothing is found. */
static void assert_wins_at(const struct fixture *x, const char *text, ns_t now, const char *expected)
{
    uint32_t number = find_at(x, text, now);
    struct feed_row row;
    char found[80] = "";

    if (feed_row_at(x->f, number, &row))
        snprintf(found, sizeof(found), "%.*s:%u", (int)row.list.n, (const char *)row.list.p, row.line);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: found `%s', expected `%s'", text, found, expected);
    assert_true(number == 0 || !feed_row_expired(&row, now));
}

static void test_precedence(void **state)
{
    static const struct {
        const char *first, *second; /* lists, without the line of columns */
        const char *name;
        const char *wins;
    } rows[] = {
        /* an exception of any length silences */
        {"example.org,suffix,allow\nx.pool.example.org,exact,pool\n", "", "x.pool.example.org", ""},
        {"x.pool.example.org,exact,pool\n", "example.org,suffix,allow\n", "x.pool.example.org", ""},
        {"pool.example,suffix,pool\nx.pool.example,exact,allow\n", "", "x.pool.example", ""},
        {"pool.example,suffix,pool\nx.pool.example,exact,allow\n", "", "y.x.pool.example", "first.csv:2"},
        {"pool.example,suffix,pool\npool.example,suffix,allow\n", "", "pool.example", ""},
        {"pool.example,suffix,pool\npool.example,below,allow\n", "", "pool.example", "first.csv:2"},
        {"pool.example,suffix,pool\npool.example,below,allow\n", "", "x.pool.example", ""},
        {"pool.example,suffix,node\npool.example,suffix,allow\n", "", "pool.example", ""},
        /* the longest */
        {"pool.example,suffix,pool\nx.pool.example,suffix,dead\n", "", "a.x.pool.example", "first.csv:3"},
        {"x.pool.example,suffix,pool\npool.example,suffix,node\n", "", "a.x.pool.example", "first.csv:2"},
        {"pool.example,suffix,pool\n", "x.pool.example,suffix,node\n", "a.x.pool.example", "second.csv:2"},
        {"pool.example,below,pool\nx.pool.example,exact,pool\n", "", "x.pool.example", "first.csv:3"},
        {"pool.example,below,pool\nx.pool.example,exact,pool\n", "", "y.x.pool.example", "first.csv:2"},
        /* of as many labels: exact, below, suffix */
        {"pool.example,suffix,pool\npool.example,exact,dead\n", "", "pool.example", "first.csv:3"},
        {"pool.example,suffix,pool\npool.example,exact,dead\n", "", "x.pool.example", "first.csv:2"},
        {"pool.example,suffix,pool\npool.example,below,dead\n", "", "pool.example", "first.csv:2"},
        {"pool.example,suffix,pool\npool.example,below,dead\n", "", "x.pool.example", "first.csv:3"},
        {"pool.example,suffix,node\npool.example,exact,pool\n", "", "pool.example", "first.csv:3"},
        {"pool.example,suffix,node\npool.example,below,pool\n", "", "x.pool.example", "first.csv:3"},
        {"pool.example,below,pool\n", "", "pool.example", ""},
        {"=pool.example,,pool\n", "", "x.pool.example", ""},
        {"*.pool.example,,pool\n", "", "pool.example", ""},
        {"*.pool.example,,pool\n", "", "a.b.pool.example", "first.csv:2"},
        {"*.pool.example,exact,pool\n", "", "x.pool.example", "first.csv:2"}, /* the name says it */
        /* a node, then the earlier list, then the earlier row */
        {"pool.example,suffix,pool\n", "pool.example,suffix,node\n", "pool.example", "second.csv:2"},
        {"pool.example,suffix,node\n", "pool.example,suffix,pool\n", "pool.example", "first.csv:2"},
        {"pool.example,suffix,dead\n", "pool.example,suffix,pool\n", "pool.example", "first.csv:2"},
        {"pool.example,suffix,dead\nPool.Example,suffix,pool\n", "", "pool.example", "first.csv:2"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char first[200], second[200];
        struct fixture x;

        snprintf(first, sizeof(first), HEAD "%s", rows[i].first);
        snprintf(second, sizeof(second), HEAD "%s", rows[i].second);
        build(&x, first, second);
        assert_wins_at(&x, rows[i].name, 0, rows[i].wins);
        drop(&x);
    }
}

static void test_expiry(void **state)
{
    struct fixture x;
    struct feed_row row;

    (void)state;
    build(&x,
          HEAD "a.example,,pool,1970-01-11\nb.example,,pool,2000-02-29\n"
               "c.example,,pool,1970-01-11\nc.example,,dead,1970-01-21\nc.example,,webminer,1970-01-16\nc.example,,proxy,\n"
               "d.example,,pool,\nd.example,,node,1970-01-11\nx.d.example,,allow,1970-01-06\n"
               "e.example,,pool,1970-01-11\ne.example,,node,1970-01-11\n",
          NULL);
    assert_wins_at(&x, "a.example", 0, "first.csv:2");
    assert_wins_at(&x, "a.example", 10 * DAY - 1, "first.csv:2");
    assert_wins_at(&x, "a.example", 10 * DAY, "");
    assert_wins_at(&x, "a.example", NS_TIME_MAX, "");
    assert_wins_at(&x, "a.example", -NS_TIME_MAX, "first.csv:2");
    assert_wins_at(&x, "b.example", 11016 * DAY - 1, "first.csv:3"); /* date -d 2000-02-29 +%s */
    assert_wins_at(&x, "b.example", 11016 * DAY, "");
    assert_wins_at(&x, "c.example", 0, "first.csv:4"); /* as line 5 lasts longer, it is kept; line 6 never counts */
    assert_wins_at(&x, "c.example", 10 * DAY, "first.csv:5");
    assert_wins_at(&x, "c.example", 20 * DAY, "first.csv:7");
    assert_wins_at(&x, "d.example", 0, "first.csv:9");
    assert_wins_at(&x, "d.example", 10 * DAY, "first.csv:8");
    assert_wins_at(&x, "x.d.example", 0, "");
    assert_wins_at(&x, "x.d.example", 5 * DAY, "first.csv:9");
    assert_wins_at(&x, "e.example", 0, "first.csv:12"); /* takes the place of line 11 */
    assert_int_equal(x.reports[0].n_taken, 9);
    assert_int_equal(x.reports[0].n_duplicate, 2);
    assert_int_equal(feed_n_listed(x.f), 8);
    assert_true(feed_row_at(x.f, find(&x, "a.example"), &row));
    assert_int_equal(row.expires_day, 10);
    assert_false(feed_row_expired(&row, 10 * DAY - 1));
    assert_true(feed_row_expired(&row, 10 * DAY));
    drop(&x);
}

/* One name with ever later days would be a list that takes the square of its length. */
static void test_same_name(void **state)
{
    static char text[400 * 40];
    struct fixture x;
    size_t n = (size_t)snprintf(text, sizeof(text), HEAD);

    (void)state;
    for (unsigned i = 0; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "a.example,,pool,%u-01-01\n192.0.2.1:80,,pool,%u-01-01\n", 2000 + i,
                              2000 + i);
    build(&x, text, NULL);
    assert_int_equal(x.reports[0].n_rows, 400);
    assert_int_equal(x.reports[0].n_taken + x.reports[0].n_duplicate, 400);
    assert_int_equal(x.reports[0].n_taken, 16);
    assert_wins_at(&x, "a.example", 0, "first.csv:2");
    drop(&x);
}

static uint32_t find_endpoint(const struct fixture *x, const char *text, ns_t now)
{
    struct endpoint e;

    assert_true(endpoint_parse(view_str(text), &e));
    return feed_find_endpoint(x->f, &e, now);
}

static void test_endpoints(void **state)
{
    static const char second[] = "192.0.2.1:3333 # also listed before\n192.0.2.9:443\n";
    struct fixture x;
    struct feed_row row;
    struct endpoint to;

    (void)state;
    build(
        &x,
        "name,match,kind,coins,expires,confidence\n192.0.2.1:3333,,pool,XMR,,70\npool.example,,pool,,,\n"
        "[2001:DB8:0::1]:443,below,proxy,,1970-01-11,\n192.0.2.1:4444,suffix,nicehash,,1970-01-06,\n192.0.2.1:4444,,pool,,,\n",
        second);
    assert_int_equal(x.reports[0].n_taken, 5);
    assert_int_equal(x.reports[1].n_taken, 1);
    assert_int_equal(x.reports[1].n_duplicate, 1);
    assert_int_equal(feed_n_listed(x.f), 6);
    assert_true(feed_row_at(x.f, find_endpoint(&x, "192.0.2.1:3333", 0), &row));
    assert_view(row.name, "192.0.2.1:3333");
    assert_view(row.list, "first.csv");
    assert_view(row.coins, "XMR");
    assert_int_equal(row.line, 2);
    assert_int_equal(row.confidence, 70);
    assert_int_equal(row.match, FEED_EXACT);
    assert_true(row.is_endpoint);
    assert_true(feed_row_at(x.f, find_endpoint(&x, "[2001:db8::1]:443", 10 * DAY - 1), &row));
    assert_view(row.name, "[2001:db8::1]:443");
    assert_int_equal(row.kind, FEED_PROXY);
    assert_int_equal(find_endpoint(&x, "[2001:db8::1]:443", 10 * DAY), 0);
    assert_true(feed_row_at(x.f, find_endpoint(&x, "192.0.2.1:4444", 0), &row));
    assert_int_equal(row.kind, FEED_NICEHASH);
    assert_true(feed_row_at(x.f, find_endpoint(&x, "192.0.2.1:4444", 5 * DAY), &row));
    assert_int_equal(row.line, 6);
    assert_true(find_endpoint(&x, "192.0.2.9:443", 0) != 0);
    assert_int_equal(find_endpoint(&x, "192.0.2.9:444", 0), 0);
    assert_int_equal(find_endpoint(&x, "192.0.2.2:3333", 0), 0);
    assert_int_equal(find_endpoint(&x, "[::1]:443", 0), 0);
    assert_true(feed_row_at(x.f, find(&x, "pool.example"), &row));
    assert_false(row.is_endpoint);
    assert_true(endpoint_parse(view_str("192.0.2.1:3333"), &to));
    assert_int_equal(feed_find_endpoint(NULL, &to, 0), 0);
    drop(&x);
    build(&x, "pool.example\n", NULL);
    assert_int_equal(find_endpoint(&x, "192.0.2.1:3333", 0), 0);
    drop(&x);
}

static void test_guards(void **state)
{
    struct fixture x;

    (void)state;
    build(&x,
          HEAD "*.hosting.example,,pool\nhosting.example,exact,proxy\n=example.org,,nicehash\n*.example.org,,malware\n"
               "shop.example,below,webminer\nshop.example,,allow\nhosting.example,,node\nother.example,,pool\n",
          HEAD "www.hosting.example,,never\nwww.example.org,,never\nshop.example,,never\nhosting.example,,never,1970-01-02\n");
    assert_int_equal(x.reports[0].n_refused, 4);
    assert_int_equal(x.reports[0].refused[0].line, 2);
    assert_string_equal(x.reports[0].refused[0].why,
                        "hosting.example: would match what is guarded, by the never row of second.csv:2");
    assert_int_equal(x.reports[0].refused[1].line, 3);
    assert_string_equal(x.reports[0].refused[1].why, "hosting.example: guarded, by the never row of second.csv:5");
    assert_int_equal(x.reports[0].refused[2].line, 5);
    assert_int_equal(x.reports[0].refused[3].line, 6);
    assert_wins_at(&x, "www.example.org", 0, "");
    assert_wins_at(&x, "example.org", 0, "first.csv:4"); /* at its very name */
    assert_wins_at(&x, "a.hosting.example", 0, "first.csv:8");
    assert_wins_at(&x, "shop.example", 0, "");
    assert_int_equal(feed_n_listed(x.f), 3);
    drop(&x);
}

static void test_meta(void **state)
{
    struct fixture x;
    struct feed_row row;

    (void)state;
    build(&x,
          "name,line,note,sources,coins\na.example,77,\"of \"\"many\"\" coins\",s,XMR BTC\n"
          "b.example,,\"of \"\"many\"\" coins\",s,XMR BTC\n"
          "c.example,9,plain,t,\nbad,4000000000,,,\n",
          NULL);
    assert_true(feed_row_at(x.f, find(&x, "a.example"), &row));
    assert_int_equal(row.line, 77);
    assert_view(row.note, "of \"many\" coins");
    assert_true(feed_row_at(x.f, find(&x, "b.example"), &row));
    assert_int_equal(row.line, 3);
    assert_view(row.note, "of \"many\" coins");
    assert_view(row.coins, "XMR BTC");
    assert_true(feed_row_at(x.f, find(&x, "c.example"), &row));
    assert_view(row.note, "plain");
    assert_view(row.sources, "t");
    assert_int_equal(row.coins.n, 0);
    assert_int_equal(x.reports[0].refused[0].line, 4000000000);
    drop(&x);
}

/* An image is a list too: rows, exceptions and guards come over as they were, behind the lists before it. */
static void test_image_again(void **state)
{
    struct fixture x, y, z;
    struct feed_row row;
    struct view both[2];
    uint8_t *broken;

    (void)state;
    build(&x,
          "name,match,kind,coins,sources,note,line,expires,confidence\na.example,exact,dead,XMR,s,n,70,1970-01-11,90\n"
          "*.b.example,,pool,,,,,,\nx.b.example,,allow,,,,,,\n192.0.2.1:3333,,proxy,BTC,,,5,,\n",
          "name,kind\nguard.example,never\nshared.example,pool\n");
    both[0] = view_str("shared.example\nguard.example\n");
    both[1] = view_of(x.mem, feed_bytes(x.f));
    assert_true(feed_is_image(both[1]));
    assert_false(feed_is_image(both[0]));
    build_views(&y, both, 2, 99);
    assert_int_equal(y.reports[0].n_taken, 1);
    assert_int_equal(y.reports[0].n_refused, 1);
    assert_int_equal(y.reports[1].n_rows, 6);
    assert_int_equal(y.reports[1].n_taken, 5);
    assert_int_equal(y.reports[1].n_duplicate, 1);
    assert_wins_at(&y, "shared.example", 0, "first.csv:1");
    assert_wins_at(&y, "c.b.example", 0, "first.csv:3"); /* of the image's list of that name */
    assert_wins_at(&y, "x.b.example", 0, "");
    assert_true(feed_row_at(y.f, find(&y, "a.example"), &row));
    assert_int_equal(row.line, 70);
    assert_int_equal(row.expires_day, 10);
    assert_int_equal(row.match, FEED_EXACT);
    assert_int_equal(row.confidence, 90);
    assert_view(row.note, "n");
    assert_true(feed_row_at(y.f, find_endpoint(&y, "192.0.2.1:3333", 0), &row));
    assert_int_equal(row.kind, FEED_PROXY);
    assert_view(row.coins, "BTC");
    broken = malloc(both[1].n);
    assert_non_null(broken);
    memcpy(broken, both[1].p, both[1].n);
    broken[8]++; /* says that it is longer */
    both[1].p = broken;
    build_views(&z, both, 2, 1);
    assert_int_equal(z.reports[1].n_rows, 1);
    assert_non_null(strstr(z.reports[1].refused[0].why, "the compiled image is damaged"));
    free(broken);
    drop(&z);
    drop(&y);
    drop(&x);
}

/* What the rules say, row by row. */
struct rule {
    char name[16];
    enum feed_match match;
    enum feed_kind kind;
    unsigned day;
};

static const char *winner(const struct rule *rules, size_t n, const char *text, unsigned day, char *expected, size_t size)
{
    size_t best = n, best_rank = 0;

    for (size_t i = 0; i < n; i++) {
        const struct rule *r = &rules[i];
        size_t len = strlen(r->name), all = strlen(text), rank;
        bool equal = strcmp(r->name, text) == 0;
        bool below = len < all && strcmp(text + all - len, r->name) == 0 && text[all - len - 1] == '.';

        if ((r->day && day >= r->day) || !(equal ? r->match != FEED_BELOW : below && r->match != FEED_EXACT))
            continue;
        if (r->kind == FEED_ALLOW)
            return "";
        rank =
            len * 4 + 2 * (r->match != FEED_SUFFIX) + (r->kind == FEED_NODE); /* suffixes of one name: longer is more labels */
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    if (best == n)
        return "";
    snprintf(expected, size, "first.csv:%zu", best + 2);
    return expected;
}

/* Lists of few names, so that there are many rows of each, in all ways: against the rules. */
static void test_rules(void **state)
{
    static const char *const names[] = {"a.b", "b.b", "a.a.b", "b.a.b", "a.b.a.b", "b.b.a.b", "c.b"};
    static const char *const days[] = {"", "1970-01-03", "1970-01-05"};
    static const enum feed_kind kinds[] = {FEED_POOL, FEED_DEAD, FEED_NODE, FEED_MALWARE, FEED_POOL, FEED_ALLOW};
    uint32_t r = 1;

    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        struct rule rules[14];
        char text[1024];
        size_t n_text = (size_t)snprintf(text, sizeof(text), HEAD), n_rules = 1 + round % ARRAY_LEN(rules);
        struct view v;
        struct fixture x;

        for (size_t i = 0; i < n_rules; i++) {
            struct rule *to = &rules[i];
            unsigned day;

            r = r * 1664525 + 1013904223;
            day = (r >> 8) % ARRAY_LEN(days);
            snprintf(to->name, sizeof(to->name), "%s", names[(r >> 12) % ARRAY_LEN(names)]);
            to->match = (enum feed_match)((r >> 16) % FEED_MATCH_N);
            to->kind = kinds[(r >> 20) % ARRAY_LEN(kinds)];
            to->day = day * 2;
            n_text += (size_t)snprintf(text + n_text, sizeof(text) - n_text, "%s,%s,%s,%s\n", to->name,
                                       feed_match_name(to->match), feed_kind_name(to->kind), days[day]);
        }
        v = view_of(text, n_text);
        build_views(&x, &v, 1, round);
        assert_int_equal(x.reports[0].n_rows, n_rules);
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
            for (unsigned day = 0; day < 6; day++) {
                char below[32], expected[32];

                snprintf(below, sizeof(below), "x.%s", names[i]);
                assert_wins_at(&x, names[i], day * DAY, winner(rules, n_rules, names[i], day, expected, sizeof(expected)));
                assert_wins_at(&x, below, day * DAY, winner(rules, n_rules, below, day, expected, sizeof(expected)));
            }
        }
        drop(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence),  cmocka_unit_test(test_expiry), cmocka_unit_test(test_same_name),
        cmocka_unit_test(test_endpoints),   cmocka_unit_test(test_guards), cmocka_unit_test(test_meta),
        cmocka_unit_test(test_image_again), cmocka_unit_test(test_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
