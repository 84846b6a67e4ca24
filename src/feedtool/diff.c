/*
 * diff.c - countermine-feed diff: what a list or image has that another has not, sorted by name.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

struct change {
    struct feed_row before, after; /* name.p NULL: there is none on this side */
};

struct changes {
    struct change *v;
    size_t n, room;
    bool short_of_memory;
};

/* A feeds_delta_fn. */
static void add(void *arg, const struct feed_row *before, const struct feed_row *after)
{
    struct changes *c = arg;

    if (c->n == c->room) {
        size_t room = c->room ? c->room * 2 : 1024;
        struct change *more = reallocarray(c->v, room, sizeof(*more));

        if (!more) {
            c->short_of_memory = true;
            return;
        }
        c->v = more;
        c->room = room;
    }
    c->v[c->n] = (struct change){{.name = {0}}, {.name = {0}}};
    if (before)
        c->v[c->n].before = *before;
    if (after)
        c->v[c->n].after = *after;
    c->n++;
}

static const struct feed_row *row_of(const struct change *c)
{
    return c->after.name.p ? &c->after : &c->before;
}

static int view_order(struct view a, struct view b)
{
    int d = memcmp(a.p, b.p, min_size(a.n, b.n));

    return d ? d : (a.n > b.n) - (a.n < b.n);
}

/* By name, then by the way of matching; what is removed before what is added. */
static int order(const void *x, const void *y)
{
    const struct feed_row *a = row_of(x), *b = row_of(y);
    int d = view_order(a->name, b->name);

    if (d == 0)
        d = (int)a->match - (int)b->match;
    if (d == 0)
        d = (int)a->kind - (int)b->kind;
    return d;
}

static void print_row(const struct feed_row *r)
{
    tool_put(r->name);
    printf(" %s, %s, confidence %u, ", feed_kind_name(r->kind), feed_match_name(r->match), r->confidence);
    if (r->expires_day) {
        printf("until ");
        tool_put_day(r->expires_day);
        printf(", ");
    }
    tool_put(r->list);
    printf(":%u", r->line);
}

static void print_change(const struct change *c)
{
    if (c->before.name.p)
        printf(c->after.name.p ? "~ " : "- ");
    else
        printf("+ ");
    print_row(c->before.name.p ? &c->before : &c->after);
    if (c->before.name.p && c->after.name.p) {
        printf(" -> ");
        print_row(&c->after);
    }
    putchar('\n');
}

static int compare(const struct tool *t, const struct feed *before, const struct feed *after)
{
    struct feeds_delta delta;
    struct changes c = {.v = NULL};
    bool ok = feeds_compare(before, after, feeds_seed(), t->quiet ? NULL : add, &c, &delta) && !c.short_of_memory;

    if (ok && c.n > 0)
        qsort(c.v, c.n, sizeof(*c.v), order);
    for (size_t i = 0; ok && i < c.n; i++)
        print_change(&c.v[i]);
    free(c.v);
    if (!ok) {
        log_err("diff: not enough memory");
        return TOOL_TROUBLE;
    }
    printf("%u added, %u removed, %u changed\n", delta.added, delta.removed, delta.changed);
    return tool_finish(delta.added || delta.removed || delta.changed ? TOOL_NO : TOOL_YES);
}

int diff_run(struct tool *t)
{
    struct feeds *feeds[2] = {NULL, NULL};
    const struct feed *f[2] = {NULL, NULL};
    int status = TOOL_TROUBLE;

    for (int i = 0; i < 2 && (i == 0 || f[0]); i++) {
        const char *const list[] = {t->operands[i]};

        f[i] = tool_load(t, list, 1, &feeds[i], &status);
    }
    if (f[0] && f[1])
        status = compare(t, f[0], f[1]);
    else
        status = TOOL_TROUBLE; /* 1 would say that they differ */
    feeds_free(feeds[0]);
    feeds_free(feeds[1]);
    return status;
}
