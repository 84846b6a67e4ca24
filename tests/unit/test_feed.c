/*
 * test_feed.c - lists as text, their guards, the image, and which row matches a name.
 */
#include "config.h"

#include "feed/feed.h"

#include "feed/feed_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "feed_fixture.h"

static void test_match(void **state)
{
    struct fixture x;

    (void)state;
    build(&x, "pool.example\neu.pool.example\n=only.example\nCaSe.ExAmPlE.\nsub.only.example\n", NULL);
    assert_int_equal(x.reports[0].n_taken, 5);
    assert_finds(&x, "pool.example", "pool.example");
    assert_finds(&x, "xmr.pool.example", "pool.example");
    assert_finds(&x, "a.b.c.d.e.f.xmr.pool.example", "pool.example");
    assert_finds(&x, "eu.pool.example", "eu.pool.example");
    assert_finds(&x, "xmr.eu.pool.example", "eu.pool.example");
    assert_finds(&x, "xmr.EU.Pool.EXAMPLE.", "eu.pool.example");
    assert_finds(&x, "notpool.example", "");
    assert_finds(&x, "pool.example.net", "");
    assert_finds(&x, "example", "");
    assert_finds(&x, "ool.example", "");
    assert_finds(&x, "pool\\.example", "");
    assert_finds(&x, "x.pool\\.example", "");
    assert_finds(&x, "eu\\.pool.example", ""); /* one label */
    assert_finds(&x, "only.example", "only.example");
    assert_finds(&x, "www.only.example", "");
    assert_finds(&x, "sub.only.example", "sub.only.example");
    assert_finds(&x, "case.example", "case.example");
    assert_finds(&x, "\\000.case.example", "case.example");
    drop(&x);
}

static void test_exact_and_suffix(void **state)
{
    struct fixture x;
    struct feed_row row;

    (void)state;
    build(&x, "name,match,kind\nboth.example,suffix,dead\nboth.example,exact,webminer\n", NULL);
    assert_int_equal(x.reports[0].n_taken, 2);
    assert_true(feed_row_at(x.f, find(&x, "both.example"), &row));
    assert_int_equal(row.kind, FEED_WEBMINER);
    assert_int_equal(row.match, FEED_EXACT);
    assert_true(feed_row_at(x.f, find(&x, "www.both.example"), &row));
    assert_int_equal(row.kind, FEED_DEAD);
    assert_int_equal(row.match, FEED_SUFFIX);
    drop(&x);
}

static void test_row(void **state)
{
    struct fixture x;
    struct feed_row row;

    (void)state;
    build(&x,
          "\xef\xbb\xbf# a list\r\n"
          "Kind, extra ,NAME,match,Confidence,coins,sources,note\r\n"
          "\r\n"
          "nicehash,x,\"Hash.Example\",Exact,100,\"BTC, LTC\",own maltrail,\"a, \"\"b\"\"\"\r\n"
          ",,other.example\r\n"
          "node,,node.example,suffix, 7 ,,,",
          NULL);
    assert_int_equal(x.reports[0].n_rows, 3);
    assert_int_equal(x.reports[0].n_taken, 3);
    assert_int_equal(feed_n_listed(x.f), 3);
    assert_true(feed_row_at(x.f, find(&x, "hash.example"), &row));
    assert_view(row.name, "hash.example");
    assert_view(row.list, "first.csv");
    assert_int_equal(row.line, 4);
    assert_int_equal(row.kind, FEED_NICEHASH);
    assert_int_equal(row.match, FEED_EXACT);
    assert_int_equal(row.confidence, 100);
    assert_view(row.coins, "BTC, LTC");
    assert_view(row.sources, "own maltrail");
    assert_true(feed_row_at(x.f, find(&x, "a.other.example"), &row));
    assert_int_equal(row.kind, FEED_POOL);
    assert_int_equal(row.confidence, FEED_CONFIDENCE);
    assert_int_equal(row.coins.n + row.sources.n, 0);
    assert_true(feed_row_at(x.f, find(&x, "node.example"), &row));
    assert_int_equal(row.kind, FEED_NODE);
    assert_int_equal(row.confidence, 7);
    assert_false(feed_row_at(x.f, 0, &row));
    assert_false(feed_row_at(x.f, feed_n_rows(x.f) + 1, &row));
    assert_int_equal(row.name.n, 0);
    drop(&x);
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        const char *why; /* a part of it */
    } rows[] = {
        {"single", "`single': a name has two labels"},
        {"com.", "`com.': a name has two labels"},
        {".", "labels have 1 to 63"},
        {"=", "the name is empty"},
        {"a..example", "labels have 1 to 63"},
        {".pool.example", "labels have 1 to 63"},
        {"a.*.pool.example", "expected * as the first"},
        {"10.0.0.1", "an address can be listed with its port only"},
        {"10.0.0.1:99999", "or an endpoint such as"},
        {"[2001:db8::1]", "or an endpoint such as"},
        {"pool.example:3333", "or an endpoint such as"},
        {"2001:db8::1", "or an endpoint such as"},
        {"0.0.0.0 pool.example", "found a blank"},
        {"stratum+tcp://pool.example", "byte 0x2b"},
        {"pool.example,pool", "found a comma"},
        {"m\xc3\xbcnze.example", "begin with xn--"},
        {"||pool.example^", "byte 0x7c"},
        {"po\\.ol.example", "byte 0x5c"},
        {"\"pool.example\"", "byte 0x22"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", "labels have 1 to 63"},
        {"name,kind\npool.example,minig", "kind `minig': expected pool, proxy"},
        {"name,kind\npool.example,web-miner", "did you mean webminer?"},
        {"name,kind\npool.example,POOLS", "did you mean pool?"},
        {"name,match\npool.example,prefix", "match `prefix': expected suffix, exact or below"},
        {"name,confidence\npool.example,101", "confidence `101': expected a number from 0 to 100"},
        {"name,confidence\npool.example,-1", "confidence `-1'"},
        {"name,confidence\npool.example,99999999999999999999", "confidence `99999999999999999999'"},
        {"name,expires\npool.example,2027-02-29", "expires `2027-02-29': expected a date such as"},
        {"name,expires\npool.example,1970-01-01", "expires `1970-01-01'"},
        {"name,expires\npool.example,2027-1-01", "expires `2027-1-01'"},
        {"name,expires\npool.example,tomorrow", "expires `tomorrow'"},
        {"name,line\npool.example,0", "line `0': expected a number from 1"},
        {"name,line\npool.example,4294967296", "line `4294967296'"},
        {"name,kind\n192.0.2.1:80,dead", "kind dead: expected pool, proxy or nicehash for an endpoint"},
        {"name,kind\n192.0.2.1:80,never", "kind never: expected pool, proxy"},
        {"name,coins\npool.example,B\x01TC", "coins `B\\x01TC': expected words"},
        {"name,sources\npool.example,\"a\"\"b\"", "sources `a\"\"b': expected words"},
        {"name,kind\n\"pool.example,pool", "a quote is opened and not closed"},
        {"name,kind\n\"pool.example\" x,pool", "text behind a closing quote"},
        {"name,kind\n,pool", "the name is empty"},
        {"kind,confidence\npool,50", "found a comma"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fixture x;
        const struct feed_report *r = x.reports;

        build(&x, rows[i].text, NULL);
        if (r->n_refused == 0 || r->n_taken != 0 || !strstr(r->refused[0].why, rows[i].why))
            fail_msg("%s: said `%s', expected `%s'", rows[i].text, r->n_refused ? r->refused[0].why : "", rows[i].why);
        assert_int_equal(r->refused[0].line, strchr(rows[i].text, '\n') && rows[i].text[0] != 'k' ? 2 : 1);
        assert_int_equal(feed_n_listed(x.f), 0);
        drop(&x);
    }
}

static void test_plain(void **state)
{
    struct fixture x;

    (void)state;
    build(&x, "# comment\n\n  one.example  # trailing\n\ttwo.example\r\n=three.example#x\nfour_4.xn--mnze-0ra.example", NULL);
    assert_int_equal(x.reports[0].n_rows, 4);
    assert_int_equal(x.reports[0].n_taken, 4);
    assert_finds(&x, "a.one.example", "one.example");
    assert_finds(&x, "a.two.example", "two.example");
    assert_finds(&x, "a.three.example", "");
    assert_finds(&x, "three.example", "three.example");
    assert_finds(&x, "a.four_4.xn--mnze-0ra.example", "four_4.xn--mnze-0ra.example");
    drop(&x);
}

static void test_guards(void **state)
{
    struct fixture x;
    struct feed_row row;

    (void)state;
    build(&x, "cdn.example\nwww.cdn.example\n=example.net\nexample.org\nseed.pool.example\n=shop.example\nexample.com\n",
          "name,kind\nwww.cdn.example,never\na.b.example.net,never\nexample.net,pool\nb.example.org,never\n"
          "seed.pool.example,node\nshop.example,never\nexample.com,node\nwww.example.com,never\nshop.example,never\n");
    assert_int_equal(x.reports[0].n_rows, 7);
    assert_int_equal(x.reports[0].n_refused, 4);
    assert_int_equal(x.reports[0].n_duplicate, 2); /* the nodes of the second list */
    assert_int_equal(x.reports[0].n_taken, 1);
    assert_int_equal(x.reports[0].refused[0].line, 1);
    assert_string_equal(x.reports[0].refused[0].why,
                        "cdn.example: would match what is guarded, by the never row of second.csv:2");
    assert_int_equal(x.reports[0].refused[1].line, 2);
    assert_string_equal(x.reports[0].refused[1].why, "www.cdn.example: guarded, by the never row of second.csv:2");
    assert_int_equal(x.reports[0].refused[2].line, 4);
    assert_int_equal(x.reports[0].refused[3].line, 6);
    assert_int_equal(x.reports[1].n_refused, 1); /* example.net as a suffix */
    assert_int_equal(x.reports[1].n_duplicate, 1);
    assert_int_equal(x.reports[1].n_taken, 7);
    assert_finds(&x, "cdn.example", "");
    assert_finds(&x, "x.www.cdn.example", "");
    assert_finds(&x, "example.net", "example.net"); /* exactly, so it does not match the guarded name */
    assert_finds(&x, "a.b.example.net", "");
    assert_finds(&x, "example.org", "");
    assert_finds(&x, "shop.example", "");
    assert_finds(&x, "www.example.com", "example.com"); /* a node is not mining, so it needs no guard */
    assert_true(feed_row_at(x.f, find(&x, "x.seed.pool.example"), &row));
    assert_int_equal(row.kind, FEED_NODE);
    assert_view(row.list, "second.csv");
    assert_int_equal(row.line, 6);
    assert_int_equal(feed_n_listed(x.f), 3);
    drop(&x);
}

/* Rows below a guarded name stay; that is what the guards of hosting parents are for. */
static void test_below_guard(void **state)
{
    struct fixture x;

    (void)state;
    build(&x, "name,kind\nhosting.example,never\nminer.hosting.example,pool\nhosting.example,dead\n", NULL);
    assert_int_equal(x.reports[0].n_refused, 1);
    assert_finds(&x, "miner.hosting.example", "miner.hosting.example");
    assert_finds(&x, "other.hosting.example", "");
    drop(&x);
}

static void test_duplicates(void **state)
{
    struct fixture x;
    struct feed_row row;

    (void)state;
    build(&x, "name,kind\npool.example,dead\nPOOL.example.,pool\n", "name,kind\npool.example,webminer\nnew.example,pool\n");
    assert_int_equal(x.reports[0].n_taken, 1);
    assert_int_equal(x.reports[0].n_duplicate, 1);
    assert_int_equal(x.reports[1].n_taken, 1);
    assert_int_equal(x.reports[1].n_duplicate, 1);
    assert_int_equal(feed_n_listed(x.f), 2);
    assert_true(feed_row_at(x.f, find(&x, "pool.example"), &row));
    assert_int_equal(row.kind, FEED_DEAD);
    drop(&x);
}

static void test_nothing(void **state)
{
    static const char *const texts[] = {
        "", "\n", "\n\n\r\n", "#", "# only\n#this\n", "name,kind\n", "\xef\xbb\xbf", "\xef\xbb\xbfname"};
    struct feed_row row;
    struct name name;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct fixture x;

        build(&x, texts[i], NULL);
        assert_int_equal(x.reports[0].n_rows, 0);
        assert_int_equal(x.reports[0].n_refused, 0);
        assert_int_equal(feed_n_listed(x.f), 0);
        assert_finds(&x, "pool.example", "");
        drop(&x);
    }
    assert_true(name_parse(&name, view_str("pool.example")));
    assert_int_equal(feed_find(NULL, &name, 0), 0);
    assert_int_equal(feed_n_rows(NULL), 0);
    assert_int_equal(feed_bytes(NULL), 0);
    assert_false(feed_row_at(NULL, 1, &row));
}

/* More refused rows than are shown: the first ones in the order of their lines, though guards come last. */
static void test_many_refused(void **state)
{
    struct fixture x;
    const struct feed_report *r = x.reports;

    (void)state;
    build(&x,
          "name,kind\nbad1,pool\ng.example,pool\nbad2,pool\nbad3,pool\nbad4,pool\nh.example,pool\nbad5,pool\nbad6,pool\n"
          "x.h.example,never\nx.g.example,never\n",
          NULL);
    assert_int_equal(r->n_refused, 8);
    for (size_t i = 0; i < FEED_REFUSED_SHOWN; i++)
        assert_int_equal(r->refused[i].line, 2 + i);
    assert_non_null(strstr(r->refused[1].why, "g.example: would match"));
    drop(&x);
}

static void test_hostile_text(void **state)
{
    static char text[3 * FEED_LINE_MAX];
    static const char lines[] = "one.example\na\0b.example\n\0\n\xff\xfe\n\x80\n\"\n,,,,\n=\ntwo.example\0";
    struct view v = view_of(lines, sizeof(lines) - 1);
    struct fixture x;
    size_t n = 0;

    (void)state;
    build_views(&x, &v, 1, 1);
    assert_int_equal(x.reports[0].n_taken, 1);
    assert_string_equal(x.reports[0].refused[0].why, "found a NUL byte in column 2: expected text");
    drop(&x);

    memset(text, 'a', sizeof(text));
    memcpy(text + FEED_LINE_MAX + 1, "\nok.example\n", 12);
    build_views(&x, &(struct view){(const uint8_t *)text, sizeof(text)}, 1, 1);
    assert_int_equal(x.reports[0].n_rows, 3);
    assert_int_equal(x.reports[0].n_taken, 1);
    assert_string_equal(x.reports[0].refused[0].why, "the line has 4097 bytes, at most 4096 are read");
    assert_int_equal(x.reports[0].refused[1].line, 3);
    drop(&x);

    memset(text, ',', FEED_LINE_MAX); /* more fields than are looked at */
    memcpy(text, "name,", 5);
    memcpy(text + FEED_LINE_MAX, "\npool.example", 13);
    build_views(&x, &(struct view){(const uint8_t *)text, FEED_LINE_MAX + 13}, 1, 1);
    assert_int_equal(x.reports[0].n_taken, 1);
    drop(&x);

    for (size_t i = 0; i < 127; i++) { /* the longest name with the most labels, and one label more */
        text[n++] = 'a';
        text[n++] = '.';
    }
    memcpy(text + n, "\na.", 3);
    memcpy(text + n + 3, text, n);
    build_views(&x, &(struct view){(const uint8_t *)text, 2 * n + 3}, 1, 1);
    assert_int_equal(x.reports[0].n_taken, 1);
    assert_int_equal(x.reports[0].n_refused, 1);
    text[n] = '\0';
    assert_true(find(&x, text) != 0);
    assert_int_equal(find(&x, text + 2), 0);
    drop(&x);
}

static void test_no_room(void **state)
{
    struct feed_source sources[256];
    struct feed_report reports[256];
    static uint64_t mem[1024];
    size_t size;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sources); i++)
        sources[i] = (struct feed_source){"x", view_str("pool.example\n")};
    size = feed_size(sources, 1);
    assert_true(size > 0 && size < sizeof(mem));
    assert_null(feed_build(mem, size - 1, sources, 1, 1, reports));
    assert_non_null(feed_build(mem, size, sources, 1, 1, reports));
    assert_int_equal(feed_size(sources, 256), 0);
    assert_null(feed_build(mem, sizeof(mem), sources, 256, 1, reports));
    sources[1].text.n = (size_t)UINT32_MAX + 1; /* is not read: too much by its length alone */
    assert_int_equal(feed_size(sources + 1, 1), 0);
}

/* The row that feed_find must give, by comparing texts with every row of a plain list. */
static const char *longest_match(const char *const *rows, size_t n_rows, const char *text)
{
    const char *best = "";

    for (size_t i = 0; i < n_rows; i++) {
        size_t n = strlen(rows[i]), all = strlen(text);

        if (n <= all && strcmp(text + all - n, rows[i]) == 0 && (n == all || text[all - n - 1] == '.') && n > strlen(best))
            best = rows[i];
    }
    return best;
}

/* Names of few letters in tables of many sizes: collisions, wrapping round, long runs, under several keys. */
static void test_small_tables(void **state)
{
    static const char *const labels[] = {"a", "b", "aa", "ab", "pool"};
    char texts[125 + 25][24];
    const char *rows[ARRAY_LEN(texts)];
    char list[sizeof(texts)];
    size_t n_texts = 0;

    (void)state;
    for (size_t i = 0; i < 125; i++)
        snprintf(texts[n_texts++], sizeof(texts[0]), "%s.%s.%s", labels[i / 25], labels[i / 5 % 5], labels[i % 5]);
    for (size_t i = 0; i < 25; i++)
        snprintf(texts[n_texts++], sizeof(texts[0]), "%s.%s", labels[i / 5], labels[i % 5]);
    for (size_t n = 1; n <= n_texts; n += n < 12 ? 1 : 7) {
        struct view v;
        size_t n_list = 0;

        for (size_t i = 0; i < n; i++) {
            rows[i] = texts[(i * 37 + n) % n_texts]; /* 37 and 150 have no common divisor */
            n_list += (size_t)snprintf(list + n_list, sizeof(list) - n_list, "%s\n", rows[i]);
        }
        v = view_of(list, n_list);
        for (uint64_t seed = 0; seed < 4; seed++) {
            struct fixture x;

            build_views(&x, &v, 1, seed);
            assert_int_equal(x.reports[0].n_taken, n);
            for (size_t i = 0; i < n_texts; i++)
                assert_finds(&x, texts[i], longest_match(rows, n, texts[i]));
            drop(&x);
        }
    }
}

/* An image holds offsets only, so that a copy is as good; with any byte changed it is refused or safe. */
static void test_image(void **state)
{
    struct fixture x;
    struct name names[2];
    uint8_t *copy, *at;
    size_t n;

    (void)state;
    build(&x, "name,kind,coins\npool.example,pool,XMR\nlong.name.of.many.labels.example,dead,BTC\nwww.cdn.example,never,\n",
          "=exact.example\ncdn.example\n");
    n = feed_bytes(x.f);
    assert_true(name_parse(&names[0], view_str("a.b.long.name.of.many.labels.example")));
    assert_true(name_parse(&names[1], view_str("x.pool.example")));
    copy = malloc(n + 8);
    assert_non_null(copy);
    at = copy + 8;
    memcpy(at, x.mem, n);
    assert_true(feed_check(at, n));
    assert_true(feed_find((const struct feed *)(const void *)at, &names[1], 0) != 0);
    assert_false(feed_check(at, n - 1));
    assert_false(feed_check(at, 0));
    assert_false(feed_check(at - 1, n));
    for (size_t i = 0; i < n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            const struct feed *f = (const struct feed *)(const void *)at;
            struct feed_row row;

            at[i] ^= (uint8_t)(1U << bit);
            if (feed_check(at, n)) { /* a sanitizer watches what is read */
                for (size_t k = 0; k < 2; k++)
                    feed_row_at(f, feed_find(f, &names[k], 0), &row);
            }
            at[i] ^= (uint8_t)(1U << bit);
        }
    }
    free(copy);
    drop(&x);
}

static void test_kind_name(void **state)
{
    (void)state;
    assert_string_equal(feed_kind_name(FEED_POOL), "pool");
    assert_string_equal(feed_kind_name(FEED_NEVER), "never");
    assert_string_equal(feed_kind_name(FEED_KIND_N), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),        cmocka_unit_test(test_exact_and_suffix),
        cmocka_unit_test(test_row),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_plain),        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_below_guard),  cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_nothing),      cmocka_unit_test(test_many_refused),
        cmocka_unit_test(test_hostile_text), cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_small_tables), cmocka_unit_test(test_image),
        cmocka_unit_test(test_kind_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
