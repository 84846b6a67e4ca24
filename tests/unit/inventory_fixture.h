/*
 * inventory_fixture.h - an inventory from documents in a test's source, and questions to it. Documents are written with ' for
 * ".
 */
#ifndef INVENTORY_FIXTURE_H
#define INVENTORY_FIXTURE_H

#include "base/addr_parse.h"
#include "base/rfc3339.h"
#include "enrich/inventory_read.h"

#include <stdlib.h>

#define WORLD_MAX ((size_t)1 << 20) /* bytes of an image */
#define KEEP (24 * 3600 * NS_PER_SEC)

/* A time of the one day on which all happens. */
static inline ns_t at(const char *clock)
{
    char text[32] = "2026-11-23T";
    ns_t t = 0;

    strncat(text, clock, 12);
    strncat(text, "Z", 2);
    assert_true(rfc3339_parse(view_str(text), &t));
    return t;
}

struct world {
    struct inventory_builder *b;
    uint64_t *mem;
    uint64_t n;
    const struct inventory *inv;
    struct inventory_outcome outcome; /* of the newest document */
};

static inline struct world world_begin(const struct world *before)
{
    struct world w = {.b = inventory_builder_new(WORLD_MAX, before ? before->inv : NULL, KEEP)};

    assert_non_null(w.b);
    return w;
}

/* Whether the document was taken. */
static inline bool world_add(struct world *w, const char *clock, const char *document)
{
    char *text = strdup(document);
    size_t n = strlen(document);
    struct inventory_document d = {.name = "test", .written_ns = at(clock)};
    uint8_t *exact = malloc(n ? n : 1); /* of this very size, for sanitizers */
    bool taken;

    for (size_t i = 0; i < n; i++)
        exact[i] = text[i] == '\'' ? '"' : (uint8_t)text[i];
    d.text = view_of(exact, n);
    taken = inventory_builder_add(w->b, &d, &w->outcome);
    assert_int_equal(taken, w->outcome.fault[0] == '\0');
    memset(exact, 'x', n); /* nothing of it is borrowed */
    free(exact);
    free(text);
    return taken;
}

static inline void world_end(struct world *w)
{
    char why[INVENTORY_WHY_MAX] = "";

    w->mem = malloc(WORLD_MAX);
    w->n = inventory_builder_finish(w->b, w->mem, why, sizeof(why));
    if (w->n == 0)
        fail_msg("%s", why);
    inventory_builder_free(w->b);
    w->b = NULL;
    w->inv = inventory_open(view_of(w->mem, w->n));
    assert_non_null(w->inv);
}

static inline void world_free(struct world *w)
{
    free(w->mem);
    w->mem = NULL;
}

/* A world of one document, written at the time. */
static inline struct world world_of(const char *clock, const char *document)
{
    struct world w = world_begin(NULL);

    if (!world_add(&w, clock, document))
        fail_msg("%s", w.outcome.fault);
    assert_string_equal(w.outcome.left_out, "");
    world_end(&w);
    return w;
}

static inline struct addr address(const char *text)
{
    struct addr a;

    assert_true(addr_parse(view_str(text), &a));
    return a;
}

/* outer: of the tunnel, or NULL. */
static inline struct inventory_question question(const char *clock, const char *addr, const char *outer, uint32_t vni)
{
    struct inventory_question q = {.addr = address(addr), .time_ns = at(clock), .has_tunnel = outer != NULL, .vni = vni};

    if (outer)
        q.outer_src = address(outer);
    return q;
}

static inline struct about_owner ask(const struct world *w, const struct inventory_question *q)
{
    struct about_owner owner;
    bool known = inventory_find(w->inv, q, 0, &owner);

    assert_int_equal(known, owner.source != OWNER_NONE);
    assert_int_equal(inventory_scope(w->inv, q, 0) != 0,
                     known && (!owner.candidate || owner.n_candidates > 0) && owner.has_age);
    return owner;
}

/* What a view holds, as a text that lasts until the fourth call from here. */
static inline const char *text_of(struct view v)
{
    static char texts[4][1100]; /* of the longest text of an image */
    static unsigned turn;
    char *text = texts[turn++ % 4];

    snprintf(text, sizeof(texts[0]), "%.*s", (int)v.n, (const char *)v.p);
    return text;
}

#define assert_text(v, expected) assert_string_equal(text_of(v), expected)

#endif
