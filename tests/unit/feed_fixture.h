/*
 * feed_fixture.h - an image of a few lists, and what it finds, for unit tests. Include it behind cmocka.h.
 */
#ifndef TESTS_UNIT_FEED_FIXTURE_H
#define TESTS_UNIT_FEED_FIXTURE_H

#include "feed/feed.h"

#include <stdlib.h>

#define LISTS_MAX 4

/* An image of some lists. */
struct fixture {
    void *mem;
    struct feed *f;
    struct feed_source sources[LISTS_MAX];
    struct feed_report reports[LISTS_MAX];
};

static inline void build_views(struct fixture *x, const struct view *texts, size_t n, uint64_t seed)
{
    static const char *const names[LISTS_MAX] = {"first.csv", "second.csv", "third.csv", "fourth.csv"};
    size_t size;

    for (size_t i = 0; i < n; i++)
        x->sources[i] = (struct feed_source){names[i], texts[i]};
    size = feed_size(x->sources, n);
    assert_true(size > 0);
    size = (size + 63) / 64 * 64;
    x->mem = aligned_alloc(64, size);
    assert_non_null(x->mem);
    memset(x->mem, 0, size);
    x->f = feed_build(x->mem, size, x->sources, n, seed, x->reports);
    assert_non_null(x->f);
    assert_ptr_equal(x->f, x->mem);
    assert_true(feed_bytes(x->f) <= size);
    assert_true(feed_check(x->mem, feed_bytes(x->f)));
}

static inline void build(struct fixture *x, const char *text, const char *second)
{
    struct view texts[2] = {view_str(text), view_str(second ? second : "")};

    build_views(x, texts, second ? 2 : 1, 1);
}

static inline void drop(struct fixture *x)
{
    free(x->mem);
}

static inline uint32_t find_at(const struct fixture *x, const char *text, ns_t now)
{
    struct name name;

    assert_true(name_parse(&name, view_str(text)));
    return feed_find(x->f, &name, now);
}

static inline uint32_t find(const struct fixture *x, const char *text)
{
    return find_at(x, text, 0);
}

/* The name of the row that matches, "" when none does. */
static inline void assert_finds(const struct fixture *x, const char *text, const char *expected)
{
    struct feed_row row;
    uint32_t number = find(x, text);

    assert_int_equal(feed_row_at(x->f, number, &row), number != 0);
    if (!view_is(row.name, expected))
        fail_msg("%s: found `%.*s', expected `%s'", text, (int)row.name.n, (const char *)row.name.p, expected);
}

static inline void assert_view(struct view v, const char *expected)
{
    assert_true(view_is(v, expected));
}

#endif
