/*
 * lint_names.c - two hash tables with open addressing over texts in one block; libpsl for public suffixes.
 */
#include "config.h"

#include "feedtool/lint_names.h"

#include "base/hash.h"

#include <libpsl.h>
#include <stdlib.h>

struct entry {
    size_t text; /* where its key ends with a NUL in the block; 0 = free */
    uint32_t n;  /* bytes of the key */
    struct lint_place place;
    size_t guard; /* of guards: the name that is guarded */
};

struct table {
    struct entry *v;
    size_t n, n_slots; /* a power of two */
};

struct lint_names {
    struct hash_key key;
    char *text; /* the first byte is unused, so that no text is at 0 */
    size_t n_text, room;
    struct table rows, guards;
};

struct lint_names *lint_names_new(uint64_t seed)
{
    struct lint_names *n = calloc(1, sizeof(*n));

    if (!n)
        return NULL;
    hash_key_fixed(&n->key, seed);
    n->n_text = 1;
    return n;
}

/* Keeps a text; 0 when memory is short. */
static size_t keep(struct lint_names *n, struct view a, struct view b)
{
    size_t at = n->n_text;

    if (n->n_text + a.n + b.n + 1 > n->room) {
        size_t room = n->room ? n->room * 2 : 1 << 16;
        char *more = realloc(n->text, room);

        if (!more)
            return 0;
        n->text = more;
        n->room = room;
    }
    memcpy(n->text + at, a.p, a.n);
    if (b.n)
        memcpy(n->text + at + a.n, b.p, b.n);
    n->text[at + a.n + b.n] = '\0';
    n->n_text += a.n + b.n + 1;
    return at;
}

/* Where the key is, or would be. */
static struct entry *find(const struct lint_names *n, const struct table *t, struct view key)
{
    uint64_t i = hash_64(&n->key, key) & (t->n_slots - 1);

    while (t->v[i].text && !view_eq(view_of(n->text + t->v[i].text, t->v[i].n), key))
        i = (i + 1) & (t->n_slots - 1);
    return &t->v[i];
}

/* Makes room for one more. */
static bool make_room(const struct lint_names *n, struct table *t)
{
    struct table larger = {.n = t->n, .n_slots = t->n_slots ? t->n_slots * 2 : 1024};

    if (t->n_slots && t->n < t->n_slots / 2)
        return true;
    larger.v = calloc(larger.n_slots, sizeof(*larger.v));
    if (!larger.v)
        return false;
    for (size_t i = 0; i < t->n_slots; i++)
        if (t->v[i].text)
            *find(n, &larger, view_of(n->text + t->v[i].text, t->v[i].n)) = t->v[i];
    free(t->v);
    *t = larger;
    return true;
}

bool lint_names_add_guard(struct lint_names *n, struct view name)
{
    size_t at = keep(n, name, view_of(NULL, 0));
    size_t from = 0;

    if (!at)
        return false;
    /* The name and all above it of two labels or more: a row that is one of these would match it. */
    while (view_find(view_skip(name, from), '.') < name.n - from) {
        struct view key = view_skip(name, from);
        struct entry *e;

        if (!make_room(n, &n->guards))
            return false;
        e = find(n, &n->guards, key);
        if (!e->text || from == 0) { /* of several below a parent any will do, but the name itself goes first */
            n->guards.n += !e->text;
            *e = (struct entry){.text = at + from, .n = (uint32_t)key.n, .guard = at};
        }
        from += view_find(key, '.') + 1;
    }
    return true;
}

const char *lint_names_guard(const struct lint_names *n, struct view name, bool and_below)
{
    const struct entry *e;

    if (n->guards.n == 0)
        return NULL;
    e = find(n, &n->guards, name);
    if (!e->text || (!and_below && e->guard != e->text))
        return NULL;
    return n->text + e->guard;
}

enum lint_seen lint_names_add(struct lint_names *n, struct view name, unsigned match, enum feed_kind kind, uint32_t list,
                              uint32_t line, struct lint_place *before)
{
    const char class[] = {' ', kind == FEED_NEVER ? 'n' : kind == FEED_ALLOW ? 'a' : 'r', (char)('0' + match)};
    size_t at = keep(n, name, view_of(class, sizeof(class)));
    struct view key;
    struct entry *e;

    if (!at || !make_room(n, &n->rows))
        return LINT_FULL;
    key = view_of(n->text + at, name.n + sizeof(class));
    e = find(n, &n->rows, key);
    if (e->text) {
        *before = e->place;
        n->n_text = at; /* it was the last text */
        return LINT_AGAIN;
    }
    *e = (struct entry){.text = at, .n = (uint32_t)key.n, .place = {list, line}};
    n->rows.n++;
    return LINT_NEW;
}

bool lint_is_public_suffix(struct view name)
{
    char text[256];

    if (name.n >= sizeof(text))
        return false;
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    return psl_is_public_suffix2(psl_builtin(), text, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1;
}
