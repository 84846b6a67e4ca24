/*
 * inventory_builder.c - the memory of an image while it is built: rows of records that grow, and texts of which there is one
 * copy.
 */
#include "config.h"

#include "enrich/inventory_builder.h"

#include "base/out.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAP 16

static size_t part_size(int part)
{
    switch (part) {
    case BUILD_DEFINITIONS: return sizeof(struct build_definition);
    case BUILD_DEFINED: return sizeof(struct inventory_container);
    case BUILD_MACHINES: return sizeof(struct build_machine);
    default: return inventory_shapes[part].size;
    }
}

/* Makes room for n more records. False when memory is short, or there are more bytes than an image may have. */
static bool grow(struct inventory_builder *b, int part, uint32_t n)
{
    struct build_array *a = &b->parts[part];
    uint64_t cap = a->cap ? a->cap : FIRST_CAP;
    void *p;

    b->n_bytes += (uint64_t)n * a->size;
    if (b->n_bytes > b->max_bytes)
        b->why = "there is more in the files than owner.inventory_max_bytes allows";
    if (b->why)
        return false;
    if (a->cap - a->n >= n)
        return true;
    while (cap < (uint64_t)a->n + n)
        cap *= 2;
    p = reallocarray(a->p, cap, a->size);
    if (!p) {
        b->why = "memory is short";
        return false;
    }
    a->p = p;
    a->cap = (uint32_t)cap; /* below 2^32: max_bytes is at most 2^31 */
    return true;
}

void *build_add(struct inventory_builder *b, int part)
{
    void *record;

    if (!grow(b, part, 1))
        return NULL;
    record = build_at(b, part, b->parts[part].n++);
    memset(record, 0, b->parts[part].size);
    return record;
}

/* --- texts -------------------------------------------------------------------------------------- */

struct view build_text_at(const struct inventory_builder *b, uint32_t text)
{
    const uint8_t *p = build_at(b, INVENTORY_TEXTS, text);
    uint32_t n;

    memcpy(&n, p, sizeof(n));
    return view_of(p + sizeof(n), n);
}

static bool grow_slots(struct inventory_builder *b)
{
    uint32_t n = b->n_slots ? b->n_slots * 2 : 1024;
    uint32_t *slots = calloc(n, sizeof(*slots));

    if (!slots) {
        b->why = "memory is short";
        return false;
    }
    for (uint32_t i = 0; i < b->n_slots; i++) {
        uint32_t at;

        if (b->slots[i] == 0)
            continue;
        at = (uint32_t)hash_64(&b->key, build_text_at(b, b->slots[i])) & (n - 1);
        while (slots[at] != 0)
            at = (at + 1) & (n - 1);
        slots[at] = b->slots[i];
    }
    free(b->slots);
    b->slots = slots;
    b->n_slots = n;
    return true;
}

static uint32_t append_text(struct inventory_builder *b, struct view text)
{
    struct build_array *texts = &b->parts[INVENTORY_TEXTS];
    uint32_t n = (uint32_t)text.n, at = texts->n;
    uint32_t room = (uint32_t)((sizeof(n) + n + sizeof(n) - 1) / sizeof(n) * sizeof(n));
    uint8_t *p;

    if (!grow(b, INVENTORY_TEXTS, room))
        return 0;
    p = build_at(b, INVENTORY_TEXTS, at);
    memset(p, 0, room);
    memcpy(p, &n, sizeof(n));
    if (n)
        memcpy(p + sizeof(n), text.p, n);
    texts->n += room;
    return at;
}

uint32_t build_text(struct inventory_builder *b, struct view text)
{
    uint32_t at, offset;

    if (text.n == 0 || b->why)
        return 0;
    if (text.n > INVENTORY_TEXT_MAX) {
        size_t n = INVENTORY_TEXT_MAX;

        while (n > 0 && (text.p[n] & 0xc0) == 0x80) /* never half a character */
            n--;
        text.n = n;
        b->n_cut++;
    }
    if (b->n_texts >= b->n_slots / 2 && !grow_slots(b))
        return 0;
    at = (uint32_t)hash_64(&b->key, text) & (b->n_slots - 1);
    while (b->slots[at] != 0) {
        if (view_eq(build_text_at(b, b->slots[at]), text))
            return b->slots[at];
        at = (at + 1) & (b->n_slots - 1);
    }
    offset = append_text(b, text);
    if (offset != 0) {
        b->slots[at] = offset;
        b->n_texts++;
    }
    return offset;
}

uint32_t *build_places(struct inventory_builder *b)
{
    size_t n = build_n(b, INVENTORY_TEXTS) / sizeof(uint32_t) + 1;
    uint32_t *places = reallocarray(NULL, n, sizeof(*places));

    if (places)
        memset(places, 0xff, n * sizeof(*places)); /* INVENTORY_NONE */
    else
        b->why = "memory is short";
    return places;
}

/* --- bindings ----------------------------------------------------------------------------------- */

void build_bind(struct inventory_builder *b, enum inventory_layer layer, uint32_t thing, const struct net *net, bool is_primary)
{
    const struct inventory_thing *t = build_thing(b, inventory_layer_part[layer], thing);
    ns_t from = t->from, until = t->until, sure = t->sure;
    struct inventory_binding *binding = build_add(b, INVENTORY_BINDINGS);

    if (!binding)
        return;
    *binding = (struct inventory_binding){
        .from = from,
        .until = until,
        .sure = sure,
        .thing = thing,
        .layer = (uint8_t)layer,
        .bits = net->bits,
        .is_primary = is_primary,
    };
    memcpy(binding->addr, net->addr.b, sizeof(binding->addr));
}

/* --- the builder -------------------------------------------------------------------------------- */

struct inventory_builder *inventory_builder_new(uint64_t max_bytes, const struct inventory *before, ns_t keep_ns)
{
    struct inventory_builder *b = calloc(1, sizeof(*b));

    if (!b)
        return NULL;
    for (int part = 0; part < BUILD_PARTS; part++)
        b->parts[part].size = part_size(part);
    b->max_bytes = max_bytes < INVENTORY_BYTES_MAX ? max_bytes : INVENTORY_BYTES_MAX;
    b->before = before;
    b->keep_ns = keep_ns;
    b->oldest_ns = INT64_MAX;
    b->newest_ns = INT64_MIN;
    if (!hash_seed(&b->key))
        hash_key_fixed(&b->key, 0); /* a table that somebody could make slow is better than no inventory */
    list_item_seed(hash_64(&b->key, view_str("members")));
    (void)append_text(b, view_of(NULL, 0)); /* at offset 0; when there is no memory, b->why says so */
    return b;
}

void inventory_builder_free(struct inventory_builder *b)
{
    if (!b)
        return;
    for (int part = 0; part < BUILD_PARTS; part++)
        free(b->parts[part].p);
    free(b->slots);
    free(b);
}

bool inventory_builder_is_full(const struct inventory_builder *b)
{
    return b->why != NULL;
}

uint64_t inventory_builder_finish(struct inventory_builder *b, void *mem, char *why, size_t n_why)
{
    uint64_t n = 0;

    if (!b->why && build_merge(b) && build_join(b) && build_sort_times(b))
        n = build_write(b, mem);
    if (n == 0) {
        struct out o = out_of(why, n_why);

        out_fmt(&o, "%s (%llu bytes)", b->why ? b->why : "the image is larger than owner.inventory_max_bytes allows",
                (unsigned long long)b->max_bytes);
    }
    return n;
}
