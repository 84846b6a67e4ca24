/*
 * feeds_delta.c - compares two images by a table of the rows of the first, with open addressing.
 *
 * The images know only which row wins for a name; which rows have a name, the table knows.
 */
#include "config.h"

#include "role/feeds_delta.h"

#include "base/hash.h"

#include <stdlib.h>

struct table {
    const struct feed *f;
    struct hash_key key;
    uint32_t *slots; /* number of a row; 0 = free */
    uint8_t *seen;   /* a bit for each row of f that the other has too */
    uint64_t mask;
};

static bool is_seen(const struct table *t, uint32_t number)
{
    return t->seen[number / 8] >> number % 8 & 1;
}

/* Of rows with the same name guards, exceptions and all others live beside each other. */
static unsigned class_of(const struct feed_row *row)
{
    return row->kind == FEED_NEVER ? 2 : row->kind == FEED_ALLOW ? 1 : 0;
}

static uint64_t hash_of(const struct table *t, const struct feed_row *row)
{
    return hash_64(&t->key, row->name) + row->match * 4 + class_of(row);
}

static bool is_same(const struct feed_row *a, const struct feed_row *b)
{
    return a->match == b->match && a->is_endpoint == b->is_endpoint && class_of(a) == class_of(b) && view_eq(a->name, b->name);
}

static bool table_init(struct table *t, const struct feed *f, uint64_t seed)
{
    uint64_t n = feed_n_rows(f), n_slots = 64;
    struct feed_row row;
    uint64_t i;

    while (n_slots < n + n / 2)
        n_slots *= 2;
    *t = (struct table){.f = f, .mask = n_slots - 1, .slots = calloc(n_slots, sizeof(*t->slots)), .seen = calloc(n / 8 + 1, 1)};
    if (!t->slots || !t->seen)
        return false;
    hash_key_fixed(&t->key, seed);
    for (uint32_t r = 1; r <= n; r++) {
        if (!feed_row_at(f, r, &row))
            continue;
        for (i = hash_of(t, &row) & t->mask; t->slots[i]; i = (i + 1) & t->mask)
            ;
        t->slots[i] = r;
    }
    return true;
}

static void table_fini(struct table *t)
{
    free(t->slots);
    free(t->seen);
}

/* The row of the table that is the same; false when there is none, or it was taken already. */
static bool take(struct table *t, const struct feed_row *row, struct feed_row *same)
{
    for (uint64_t i = hash_of(t, row) & t->mask; t->slots[i]; i = (i + 1) & t->mask) {
        uint32_t r = t->slots[i];

        if (!is_seen(t, r) && feed_row_at(t->f, r, same) && is_same(same, row)) {
            t->seen[r / 8] |= (uint8_t)(1U << r % 8);
            return true;
        }
    }
    return false;
}

static bool is_equal(const struct feed_row *a, const struct feed_row *b)
{
    return a->kind == b->kind && a->confidence == b->confidence && a->expires_day == b->expires_day &&
           view_eq(a->coins, b->coins);
}

bool feeds_compare(const struct feed *before, const struct feed *after, uint64_t seed, feeds_delta_fn *fn, void *arg,
                   struct feeds_delta *delta)
{
    struct feed_row row, same;
    struct table t;
    bool ok;

    *delta = (struct feeds_delta){.known = true};
    ok = table_init(&t, before, seed);
    for (uint32_t r = 1; ok && r <= feed_n_rows(after); r++) {
        bool had;

        if (!feed_row_at(after, r, &row))
            continue;
        had = take(&t, &row, &same);
        if (had && is_equal(&row, &same))
            continue;
        delta->changed += had;
        delta->added += !had;
        if (fn)
            fn(arg, had ? &same : NULL, &row);
    }
    for (uint32_t r = 1; ok && r <= feed_n_rows(before); r++) {
        if (is_seen(&t, r) || !feed_row_at(before, r, &row))
            continue;
        delta->removed++;
        if (fn)
            fn(arg, &row, NULL);
    }
    table_fini(&t);
    return ok;
}
