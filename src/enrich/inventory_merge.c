/*
 * inventory_merge.c - one record for each thing: of those of several documents the newest, and those of the image before that
 * no document has any more.
 *
 * Things are told apart by their three identifying texts. What an older record knows and the newer one does not is taken
 * over: the interfaces that describe-instances prints have less than those of describe-network-interfaces. An address that
 * only the older one has is over: it is sure until the older document was written, and likely until the newer one.
 */
#include "config.h"

#include "enrich/inventory_builder.h"

#include <stdlib.h>

/* Things of one part by their identifying texts. */
struct merge {
    struct inventory_builder *b;
    int part;
    uint32_t *slots; /* number of a record + 1; 0 = free */
    uint32_t n_slots;
    uint32_t *to; /* by number of a record: that which stands for it */
    uint32_t n_to;
    uint32_t *before_to; /* by number of a record of the image before: the same, or INVENTORY_NONE */
};

static ns_t earlier(ns_t a, ns_t b)
{
    return a < b ? a : b;
}

static bool is_same(const struct inventory_thing *thing, const uint32_t id[3])
{
    return thing->id[0] == id[0] && thing->id[1] == id[1] && thing->id[2] == id[2];
}

/* The slot of the thing, or the free one where it would stand. */
static uint32_t *find_slot(const struct merge *m, const uint32_t id[3])
{
    uint64_t hash = hash_fold(&m->b->key, (uint64_t)id[0] << 32 | id[1], id[2]);
    uint32_t at = (uint32_t)(hash >> 16) & (m->n_slots - 1);

    while (m->slots[at] != 0 && !is_same(build_thing(m->b, m->part, m->slots[at] - 1), id))
        at = (at + 1) & (m->n_slots - 1);
    return &m->slots[at];
}

static bool merge_init(struct merge *m, struct inventory_builder *b, int part)
{
    uint32_t n_before = b->before ? inventory_n(b->before, part) : 0, n = build_n(b, part);

    *m = (struct merge){.b = b, .part = part, .n_slots = 16, .n_to = n};
    while (m->n_slots < 2 * ((uint64_t)n + n_before))
        m->n_slots *= 2;
    m->slots = calloc(m->n_slots, sizeof(*m->slots));
    m->to = calloc((size_t)n + n_before + 1, sizeof(*m->to));
    m->before_to = calloc((size_t)n_before + 1, sizeof(*m->before_to));
    if (!m->slots || !m->to || !m->before_to)
        b->why = "memory is short";
    return b->why == NULL;
}

static void merge_fini(struct merge *m)
{
    free(m->slots);
    free(m->to);
    free(m->before_to);
}

/* --- several records of one thing --------------------------------------------------------------- */

static void take_span(char *winner, const char *loser, uint32_t at)
{
    struct inventory_span *to = (void *)(winner + at);
    const struct inventory_span *from = (const void *)(loser + at);

    if (at != 0 && to->total == 0)
        *to = *from;
}

/* Takes over what the winner lacks. */
static void complete(const struct merge *m, uint32_t winner, uint32_t loser)
{
    const struct inventory_shape *shape = &inventory_shapes[m->part];
    struct inventory_thing *to = build_thing(m->b, m->part, winner), *from = build_thing(m->b, m->part, loser);
    uint32_t *texts = (void *)(to + 1), *others = (void *)(from + 1);

    for (uint32_t i = 0; i < shape->n_texts; i++)
        texts[i] = texts[i] ? texts[i] : others[i];
    take_span((void *)to, (void *)from, shape->tags_at);
    take_span((void *)to, (void *)from, shape->containers_at);
    if (to->from == INVENTORY_ALWAYS)
        to->from = from->from;
    if (m->part == INVENTORY_TASKS) {
        struct inventory_task *task = (void *)to, *other = (void *)from;

        task->begun = task->begun == INVENTORY_ALWAYS ? other->begun : task->begun;
    }
    to->flags |= from->flags & INVENTORY_METADATA;
    from->flags |= INVENTORY_DEAD;
}

static void merge_documents(struct merge *m)
{
    for (uint32_t i = 0; i < m->n_to; i++) {
        struct inventory_thing *thing = build_thing(m->b, m->part, i);
        uint32_t *slot = find_slot(m, thing->id);
        uint32_t other;

        m->to[i] = i;
        if (*slot == 0) {
            *slot = i + 1;
            continue;
        }
        other = *slot - 1;
        if (thing->written > build_thing(m->b, m->part, other)->written) {
            complete(m, i, other);
            m->to[other] = i;
            *slot = i + 1;
        } else {
            complete(m, other, i);
            m->to[i] = other;
        }
    }
}

static uint32_t resolve(const struct merge *m, uint32_t i)
{
    while (m->to[i] != i) /* each step leads to a record of a newer document, or of the same that stands for it */
        i = m->to[i];
    return i;
}

/* --- the image before --------------------------------------------------------------------------- */

static uint32_t import_text(const struct merge *m, uint32_t text)
{
    return build_text(m->b, inventory_text(m->b->before, text));
}

/* Copies the records of a span, tags or containers, and says where they are now. */
static void import_span(const struct merge *m, struct inventory_span *span, enum inventory_part part)
{
    uint32_t first = build_n(m->b, part), n = span->n;

    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *from = inventory_at(m->b->before, part, span->first + i);
        uint32_t *to = build_add(m->b, part);

        for (uint32_t t = 0; to && t < inventory_shapes[part].n_texts; t++)
            to[t] = import_text(m, from[t]);
    }
    span->first = first;
}

static void import_spans(const struct merge *m, char *record)
{
    const struct inventory_shape *shape = &inventory_shapes[m->part];

    if (shape->tags_at)
        import_span(m, (void *)(record + shape->tags_at), INVENTORY_TAGS);
    if (shape->containers_at)
        import_span(m, (void *)(record + shape->containers_at), INVENTORY_CONTAINERS);
}

/* Up to when it is sure: not longer than the documents that had it. */
static ns_t sure_until(const struct inventory_thing *thing)
{
    return earlier(earlier(thing->sure, thing->until), thing->written);
}

/* True for what ended so long before the newest document that it is kept no more. */
static bool is_expired(const struct inventory_builder *b, ns_t end)
{
    return end < b->newest_ns && (uint64_t)b->newest_ns - (uint64_t)end > (uint64_t)b->keep_ns;
}

static uint32_t import_thing(struct merge *m, uint32_t i)
{
    struct inventory_builder *b = m->b;
    const struct inventory_thing *old = inventory_thing_at(b->before, m->part, i);
    uint32_t id[3], *slot, number = build_n(b, m->part);
    struct inventory_thing *thing;
    uint32_t *texts;

    for (size_t k = 0; k < ARRAY_LEN(id); k++)
        id[k] = import_text(m, old->id[k]);
    slot = find_slot(m, id);
    if (*slot != 0)
        return resolve(m, *slot - 1);
    if ((old->flags & INVENTORY_IMPLIED) || is_expired(b, sure_until(old)))
        return INVENTORY_NONE;
    thing = build_add(b, m->part);
    if (!thing)
        return INVENTORY_NONE;
    memcpy(thing, old, inventory_shapes[m->part].size);
    memcpy(thing->id, id, sizeof(id));
    thing->flags = (thing->flags & (INVENTORY_METADATA | INVENTORY_HOST)) | INVENTORY_KEPT;
    thing->sure = sure_until(old);
    thing->until = earlier(thing->until, b->newest_ns);
    texts = (void *)(thing + 1);
    for (uint32_t k = 0; k < inventory_shapes[m->part].n_texts; k++)
        texts[k] = import_text(m, texts[k]);
    import_spans(m, (void *)thing);
    m->to[number] = number;
    *slot = number + 1;
    return number;
}

static void import_things(struct merge *m)
{
    if (!m->b->before || m->part == INVENTORY_FILTERS)
        return;
    for (uint32_t i = 0; i < inventory_n(m->b->before, m->part) && !m->b->why; i++)
        m->before_to[i] = import_thing(m, i);
}

/* --- addresses ---------------------------------------------------------------------------------- */

/* What an older document says of an address. */
static void make_old(struct inventory_binding *binding, ns_t written, ns_t until)
{
    binding->is_old = 1;
    binding->sure = earlier(binding->sure, earlier(written, binding->until));
    binding->until = earlier(binding->until, until);
}

static void merge_bindings(struct merge *m, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct inventory_binding *binding = build_at(m->b, INVENTORY_BINDINGS, i);
        struct inventory_thing *said, *stands;

        if (inventory_layer_part[binding->layer] != m->part)
            continue;
        said = build_thing(m->b, m->part, binding->thing);
        binding->thing = resolve(m, binding->thing);
        stands = build_thing(m->b, m->part, binding->thing);
        if (said->written < stands->written)
            make_old(binding, said->written, stands->written);
        else if (binding->from == INVENTORY_ALWAYS)
            binding->from = stands->from;
    }
}

/* Those of the image before. That which a document says too goes when they are sorted. */
static void import_bindings(struct merge *m)
{
    const struct inventory *before = m->b->before;

    for (uint32_t i = 0; before && i < inventory_n(before, INVENTORY_BINDINGS); i++) {
        const struct inventory_binding *old = inventory_at(before, INVENTORY_BINDINGS, i);
        struct inventory_binding *binding;
        uint32_t to;

        if (inventory_layer_part[old->layer] != m->part)
            continue;
        to = m->before_to[old->thing];
        if (to == INVENTORY_NONE || is_expired(m->b, earlier(old->sure, old->until)))
            continue;
        binding = build_add(m->b, INVENTORY_BINDINGS);
        if (!binding)
            return;
        *binding = *old;
        binding->thing = to;
        make_old(binding, inventory_thing_at(before, m->part, old->thing)->written,
                 build_thing(m->b, m->part, to)->flags & INVENTORY_KEPT ? m->b->newest_ns
                                                                        : build_thing(m->b, m->part, to)->written);
    }
}

/* --- one part ----------------------------------------------------------------------------------- */

/* Moves the records that stand for a thing together, and the numbers of them in bindings. */
static void compact(struct merge *m)
{
    struct build_array *a = &m->b->parts[m->part];
    uint32_t n = 0;

    for (uint32_t i = 0; i < a->n; i++) {
        m->to[i] = n;
        if (build_thing(m->b, m->part, i)->flags & INVENTORY_DEAD)
            continue;
        if (n != i)
            memcpy(build_at(m->b, m->part, n), build_at(m->b, m->part, i), a->size);
        n++;
    }
    a->n = n;
    for (uint32_t i = 0; i < build_n(m->b, INVENTORY_BINDINGS); i++) {
        struct inventory_binding *binding = build_at(m->b, INVENTORY_BINDINGS, i);

        if (inventory_layer_part[binding->layer] == m->part)
            binding->thing = m->to[binding->thing];
    }
}

static bool merge_part(struct inventory_builder *b, int part)
{
    uint32_t n_bindings = build_n(b, INVENTORY_BINDINGS);
    struct merge m;

    if (merge_init(&m, b, part)) {
        merge_documents(&m);
        merge_bindings(&m, n_bindings);
        import_things(&m);
        if (part != INVENTORY_SESSIONS && part != INVENTORY_FILTERS)
            import_bindings(&m);
    }
    if (!b->why)
        compact(&m);
    merge_fini(&m);
    return b->why == NULL;
}

bool build_merge(struct inventory_builder *b)
{
    if (b->newest_ns == INT64_MIN) /* there is no document */
        b->oldest_ns = b->newest_ns = b->before ? b->before->newest_ns : 0;
    for (int part = 0; part < INVENTORY_THINGS; part++)
        if (!merge_part(b, part))
            return false;
    return true;
}
