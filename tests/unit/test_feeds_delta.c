/*
 * test_feeds_delta.c - what one image has that another has not.
 */
#include "config.h"

#include "role/feeds_delta.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct feed *build(const char *text)
{
    struct feed_source source = {"list", view_str(text)};
    static struct feed_report report;
    size_t n = feed_size(&source, 1);
    void *mem = aligned_alloc(64, (n + 63) / 64 * 64);

    assert_non_null(mem);
    memset(mem, 0, n);
    assert_non_null(feed_build(mem, n, &source, 1, 7, &report));
    assert_int_equal(report.n_refused, 0);
    return mem;
}

struct heard {
    char text[400];
    size_t n;
};

/* A feeds_delta_fn. */
static void hear(void *arg, const struct feed_row *before, const struct feed_row *after)
{
    struct heard *h = arg;
    const struct feed_row *r = after ? after : before;

    h->n += (size_t)snprintf(h->text + h->n, sizeof(h->text) - h->n, "%c%.*s/%s ",
                             before && after ? '~'
                             : after         ? '+'
                                             : '-',
                             (int)r->name.n, (const char *)r->name.p, feed_match_name(r->match));
    assert_true(h->n < sizeof(h->text));
}

static void test_compare(void **state)
{
    static const struct {
        const char *before, *after;
        uint32_t added, removed, changed;
        const char *heard;
    } rows[] = {
        {"a.example\nb.example\n", "b.example\na.example\n", 0, 0, 0, ""},
        {"a.example\n", "a.example\nb.example\n", 1, 0, 0, "+b.example/suffix "},
        {"a.example\nb.example\n", "b.example\n", 0, 1, 0, "-a.example/suffix "},
        {"a.example\n", "=a.example\n", 1, 1, 0, "+a.example/exact -a.example/suffix "},
        {"name,kind\na.example,pool\n", "name,kind\na.example,dead\n", 0, 0, 1, "~a.example/suffix "},
        {"name,confidence\na.example,50\n", "name,confidence\na.example,51\n", 0, 0, 1, "~a.example/suffix "},
        {"name,coins\na.example,XMR\n", "name,coins\na.example,BTC\n", 0, 0, 1, "~a.example/suffix "},
        {"name,sources\na.example,x\n", "name,sources\na.example,y\n", 0, 0, 0, ""},
        /* A guard and a row of one name are two rows. */
        {"name,kind\na.example,never\n", "name,kind\na.example,node\n", 1, 1, 0, "+a.example/suffix -a.example/suffix "},
        {"# none\n", "a.example\n", 1, 0, 0, "+a.example/suffix "},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct feed *before = build(rows[i].before), *after = build(rows[i].after);
        struct heard heard = {.n = 0};
        struct feeds_delta delta;

        assert_true(feeds_compare(before, after, i, hear, &heard, &delta));
        assert_true(delta.known);
        assert_int_equal(delta.added, rows[i].added);
        assert_int_equal(delta.removed, rows[i].removed);
        assert_int_equal(delta.changed, rows[i].changed);
        assert_string_equal(heard.text, rows[i].heard);
        free(before);
        free(after);
    }
}

/* Thousands of rows: every third goes, every fifth comes. */
static void test_many(void **state)
{
    enum { N = 3000 };
    static char a[N * 24], b[N * 24];
    size_t n_a = 0, n_b = 0;
    struct feed *before, *after;
    struct feeds_delta delta;

    (void)state;
    for (int i = 0; i < N; i++) {
        if (i % 5)
            n_a += (size_t)snprintf(a + n_a, sizeof(a) - n_a, "n%d.example\n", i);
        if (i % 3)
            n_b += (size_t)snprintf(b + n_b, sizeof(b) - n_b, "n%d.example\n", i);
    }
    before = build(a);
    after = build(b);
    assert_true(feeds_compare(before, after, 1, NULL, NULL, &delta));
    assert_int_equal(delta.added, N / 5 - N / 15);
    assert_int_equal(delta.removed, N / 3 - N / 15);
    assert_int_equal(delta.changed, 0);
    /* Without one of the two. */
    assert_true(feeds_compare(NULL, after, 1, NULL, NULL, &delta));
    assert_int_equal(delta.added, N - N / 3);
    assert_true(feeds_compare(before, NULL, 1, NULL, NULL, &delta));
    assert_int_equal(delta.removed, N - N / 5);
    free(before);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_compare), cmocka_unit_test(test_many)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
