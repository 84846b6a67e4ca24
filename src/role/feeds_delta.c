/*
 * feeds_delta.c - compares two images by a table of the rows of the first, with open addressing.
 *
 * The images know only which row wins for a name; which rows have a name, the table knows. It holds a keyed hash of 64 bits
 * of each, and no text: that two of ten million rows have one by chance happens once in 370,000 comparisons. With millions of
 * rows no text and no slot is in a cache, so rows are taken in batches, and what they need is asked for ahead: that takes
 * half of the time (4 million rows).
 */
#include "config.h"

#include "role/feeds_delta.h"

#include "base/hash.h"

#include <stdlib.h>

#define BATCH 16
#define ROW_SEEN (UINT32_C(1) << 31) /* rows have numbers below FEED_ROWS_MAX, 2^30 */

struct slot {
    uint64_t id;   /* of name and match */
    uint32_t row;  /* number; 0 = free; with ROW_SEEN when the other image has it too */
    uint32_t says; /* hash of what else the row says */
};

struct table {
    struct hash_key key;
    struct slot *slots;
    uint64_t mask;
};

/* Rows at hand. */
struct batch {
    struct feed_row row[BATCH];
    struct slot slot[BATCH];
    size_t n;
};

/* Of rows with the same name guards, exceptions and all others live beside each other. */
static unsigned class_of(const struct feed_row *row)
{
    return row->kind == FEED_NEVER ? 2 : row->kind == FEED_ALLOW ? 1 : 0;
}

/* Takes the next rows from *next on; false when there are no more. */
static bool fill(struct batch *b, const struct table *t, const struct feed *f, uint32_t *next)
{
    b->n = 0;
    for (; b->n < BATCH && *next <= feed_n_rows(f); ++*next) {
        if (!feed_row_at(f, *next, &b->row[b->n]))
            continue;
        __builtin_prefetch(b->row[b->n].name.p);
        b->slot[b->n++].row = *next;
    }
    for (size_t i = 0; i < b->n; i++) {
        const struct feed_row *row = &b->row[i];
        uint64_t says = hash_64(&t->key, row->coins);

        says = hash_fold(&t->key, says ^ row->kind << 8 ^ row->confidence, row->expires_day);
        b->slot[i].id =
            hash_fold(&t->key, hash_64(&t->key, row->name), row->match << 3 | class_of(row) << 1 | row->is_endpoint);
        b->slot[i].says = (uint32_t)says;
        __builtin_prefetch(&t->slots[b->slot[i].id & t->mask]);
    }
    return b->n > 0;
}

static bool table_init(struct table *t, const struct feed *f, uint64_t seed)
{
    uint64_t n = feed_n_rows(f), n_slots = 64;
    uint32_t next = 1;
    struct batch b;

    while (n_slots < n + n / 2)
        n_slots *= 2;
    t->mask = n_slots - 1;
    t->slots = calloc(n_slots, sizeof(*t->slots));
    if (!t->slots)
        return false;
    hash_key_fixed(&t->key, seed);
    while (fill(&b, t, f, &next)) {
        for (size_t k = 0; k < b.n; k++) {
            uint64_t i = b.slot[k].id & t->mask;

            while (t->slots[i].row)
                i = (i + 1) & t->mask;
            t->slots[i] = b.slot[k];
        }
    }
    return true;
}

/* The slot of the same row, which is then seen; NULL when there is none, or all were seen before. */
static struct slot *take(const struct table *t, uint64_t id)
{
    for (uint64_t i = id & t->mask; t->slots[i].row; i = (i + 1) & t->mask) {
        if (t->slots[i].id != id || (t->slots[i].row & ROW_SEEN))
            continue;
        t->slots[i].row |= ROW_SEEN;
        return &t->slots[i];
    }
    return NULL;
}

/* What the comparison is about. */
struct comparing {
    const struct feed *before;
    feeds_delta_fn *fn;
    void *arg;
    struct feeds_delta *delta;
};

static void compare_row(const struct comparing *c, const struct table *t, const struct feed_row *row, const struct slot *slot)
{
    const struct slot *had = take(t, slot->id);
    struct feed_row same;

    if (had && had->says == slot->says)
        return;
    c->delta->changed += had != NULL;
    c->delta->added += had == NULL;
    if (c->fn)
        c->fn(c->arg, had && feed_row_at(c->before, had->row & ~ROW_SEEN, &same) ? &same : NULL, row);
}

/* Those of the first that the second has not. */
static void tell_removed(const struct comparing *c, const struct table *t)
{
    struct feed_row row;

    for (uint64_t i = 0; i <= t->mask; i++) {
        if (t->slots[i].row == 0 || (t->slots[i].row & ROW_SEEN))
            continue;
        c->delta->removed++;
        if (c->fn && feed_row_at(c->before, t->slots[i].row, &row))
            c->fn(c->arg, &row, NULL);
    }
}

bool feeds_compare(const struct feed *before, const struct feed *after, uint64_t seed, feeds_delta_fn *fn, void *arg,
                   struct feeds_delta *delta)
{
    const struct comparing c = {before, fn, arg, delta};
    uint32_t next = 1;
    struct table t;
    struct batch b;

    *delta = (struct feeds_delta){.known = true};
    if (!table_init(&t, before, seed))
        return false;
    while (fill(&b, &t, after, &next))
        for (size_t k = 0; k < b.n; k++)
            compare_row(&c, &t, &b.row[k], &b.slot[k]);
    tell_removed(&c, &t);
    free(t.slots);
    return true;
}
