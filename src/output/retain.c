/*
 * retain.c - one list in the order of arrival, and one for each class, so that both the oldest record and the oldest of
 * the least severe are at hand.
 */
#include "config.h"

#include "output/retain.h"

#include <stdlib.h>
#include <utlist.h>

struct record {
    struct record *next, *prev;             /* in the order of arrival */
    struct record *class_next, *class_prev; /* the same, within its class */
    enum retain_class class;
    size_t n, taken; /* bytes, and how many of them went out */
    char text[];
};

_Static_assert(sizeof(struct record) <= RETAIN_OVERHEAD, "retain.h has what a record takes beside its text");

struct queue {
    struct record *first;
    struct retain_count count;
    uint64_t lost;
};

struct retain {
    struct record *first;
    struct queue class[RETAIN_CLASS_N];
    struct retain_count count, max;
};

struct retain *retain_new(uint32_t max_records, uint64_t max_bytes)
{
    struct retain *r = calloc(1, sizeof(*r));

    if (r)
        r->max = (struct retain_count){max_records, max_bytes};
    return r;
}

static void count_add(struct retain_count *c, size_t n)
{
    c->records++;
    c->bytes += n + RETAIN_OVERHEAD;
}

static void count_take(struct retain_count *c, size_t n)
{
    c->records--;
    c->bytes -= n + RETAIN_OVERHEAD;
}

static void discard(struct retain *r, struct record *e)
{
    struct queue *q = &r->class[e->class];

    DL_DELETE(r->first, e);
    DL_DELETE2(q->first, e, class_prev, class_next);
    count_take(&q->count, e->n);
    count_take(&r->count, e->n);
    free(e);
}

void retain_free(struct retain *r)
{
    if (!r)
        return;
    while (r->first)
        discard(r, r->first);
    free(r);
}

/* The oldest of a class that may go; NULL when there is none. */
static struct record *victim_of(const struct queue *q)
{
    return q->first && q->first->taken ? q->first->class_next : q->first;
}

static bool fits(const struct retain_count *c, const struct retain_count *max, size_t n)
{
    return c->records < max->records && c->bytes + n + RETAIN_OVERHEAD <= max->bytes;
}

/* What would be left if all of this class and below went, but for a record that was handed out in part. */
static struct retain_count left_without(const struct retain *r, enum retain_class class)
{
    struct retain_count left = r->count;

    for (int c = 0; c <= (int)class; c++) {
        left.records -= r->class[c].count.records;
        left.bytes -= r->class[c].count.bytes;
    }
    if (r->first && r->first->taken && r->first->class <= class)
        count_add(&left, r->first->n);
    return left;
}

/* Makes room for a record of n bytes from what is not more severe; drops nothing when that is not enough. */
static bool make_room(struct retain *r, enum retain_class class, size_t n)
{
    struct retain_count least;

    if (fits(&r->count, &r->max, n))
        return true;
    least = left_without(r, class);
    if (!fits(&least, &r->max, n))
        return false;
    for (int c = 0; c <= (int)class; c++) {
        struct record *e;

        while (!fits(&r->count, &r->max, n) && (e = victim_of(&r->class[c]))) {
            r->class[c].lost++;
            discard(r, e);
        }
    }
    return true;
}

bool retain_push(struct retain *r, enum retain_class class, struct view text)
{
    struct queue *q = &r->class[class];
    struct record *e = make_room(r, class, text.n) ? malloc(sizeof(*e) + text.n) : NULL;

    if (!e) {
        q->lost++;
        return false;
    }
    *e = (struct record){.class = class, .n = text.n};
    if (text.n)
        memcpy(e->text, text.p, text.n);
    DL_APPEND(r->first, e);
    DL_APPEND2(q->first, e, class_prev, class_next);
    count_add(&q->count, e->n);
    count_add(&r->count, e->n);
    return true;
}

bool retain_head(const struct retain *r, struct view *text)
{
    if (!r->first)
        return false;
    *text = view_of(r->first->text + r->first->taken, r->first->n - r->first->taken);
    return true;
}

bool retain_advance(struct retain *r, size_t n)
{
    r->first->taken += n;
    if (r->first->taken < r->first->n)
        return false;
    discard(r, r->first);
    return true;
}

void retain_rewind(struct retain *r)
{
    if (r->first)
        r->first->taken = 0;
}

void retain_drop(struct retain *r)
{
    r->class[r->first->class].lost++;
    discard(r, r->first);
}

struct retain_count retain_waiting(const struct retain *r)
{
    return r->count;
}

uint64_t retain_lost(const struct retain *r, enum retain_class class)
{
    return r->class[class].lost;
}

uint64_t retain_lost_all(const struct retain *r)
{
    uint64_t n = 0;

    for (int c = 0; c < RETAIN_CLASS_N; c++)
        n += r->class[c].lost;
    return n;
}

enum retain_class retain_class_of(const char *severity_label)
{
    static const char *const label[RETAIN_CLASS_N] = {"", "low", "medium", "high", "critical"};

    for (int c = RETAIN_LOW; severity_label && c < RETAIN_CLASS_N; c++)
        if (strcmp(severity_label, label[c]) == 0)
            return (enum retain_class)c;
    return RETAIN_INFO;
}
