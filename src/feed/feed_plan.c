/*
 * feed_plan.c - how much memory an image takes while it is built, and how its parts move together at the end.
 */
#include "config.h"

#include "feed/feed_builder.h"
#include "feed/feed_text.h"

/* What all sources hold at most. */
struct amount {
    uint64_t n_rows;
    uint64_t n_endpoints;
    uint64_t n_metas;
    uint64_t n_guards;
    uint64_t n_text;
    uint64_t n_lists;
};

#define ENDPOINT_TEXT_MAX 56 /* [IPv6]:port has 53 at most, and its length one; written out it may be longer than it was */

static uint64_t up_to_8(uint64_t n)
{
    return (n + 7) / 8 * 8;
}

static void measure_text(struct view text, struct amount *a)
{
    struct feed_text_size size = feed_text_measure(text);

    a->n_rows += size.n_rows;
    a->n_endpoints += size.n_endpoints;
    a->n_metas += size.has_columns ? size.n_rows : FEED_MATCH_N;
    a->n_guards += size.has_columns ? size.n_rows : 0;
    a->n_text += text.n + 1; /* the newline of each line makes room for the length of its name */
}

static void measure_image(const struct feed *f, struct amount *a)
{
    const struct feed_list *lists = feed_at(f, f->lists_at);

    for (uint64_t i = 0; i < f->n_slots; i++)
        a->n_rows += feed_slots(f)[i].name != 0;
    for (uint32_t i = 0; i < f->n_metas; i++)
        a->n_text += feed_metas(f)[i].n_coins + feed_metas(f)[i].n_sources + feed_metas(f)[i].n_note;
    for (uint32_t i = 0; i < f->n_lists; i++)
        a->n_text += min_size(lists[i].n_name, FEED_LIST_NAME_MAX);
    a->n_endpoints += f->n_endpoints;
    a->n_metas += f->n_metas;
    a->n_guards += f->n_slots;
    a->n_text += f->n_text;
    a->n_lists += f->n_lists;
}

static bool measure(struct amount *a, const struct feed_source *sources, size_t n_sources)
{
    if (n_sources > FEED_LISTS_MAX)
        return false;
    for (size_t i = 0; i < n_sources; i++) {
        struct view text = sources[i].text;

        if (text.n > UINT32_MAX)
            return false;
        if (!feed_is_image(text)) {
            measure_text(text, a);
            a->n_text += min_size(strlen(sources[i].list), FEED_LIST_NAME_MAX);
            a->n_lists++;
        } else if (feed_check(text.p, text.n)) {
            measure_image((const struct feed *)(const void *)text.p, a);
        }
        if (a->n_text > UINT32_MAX || a->n_rows > FEED_ROWS_MAX || a->n_endpoints > FEED_ROWS_MAX)
            return false;
    }
    a->n_text += a->n_endpoints * ENDPOINT_TEXT_MAX + 1 + 2 * FEED_TEXT_PAD; /* see feed_builder_has_room */
    return a->n_text <= UINT32_MAX && a->n_lists <= FEED_LISTS_MAX;
}

/* Lays a part of n things behind what is planned so far. */
static uint64_t put(struct feed_plan *plan, uint64_t n, uint64_t size)
{
    uint64_t at = up_to_8(plan->n_bytes);

    plan->n_bytes = at + n * size;
    return at;
}

bool feed_plan_make(struct feed_plan *plan, const struct feed_source *sources, size_t n_sources)
{
    struct amount a = {0};
    struct feed *f = &plan->f;

    if (!measure(&a, sources, n_sources))
        return false;
    *plan = (struct feed_plan){.n_bytes = (sizeof(*f) + 63) / 64 * 64, .text_max = a.n_text, .endpoints_max = a.n_endpoints};
    plan->metas_max = min_size(a.n_metas + 1, FEED_METAS_MAX);
    plan->n_table = 2 * plan->metas_max;
    f->magic = FEED_MAGIC;
    f->n_lists = (uint32_t)a.n_lists;
    f->n_slots = a.n_rows + a.n_rows / 4 + 1; /* 4 of 5 are used: 3 looks for a name that is there */
    f->n_filter = a.n_rows / 4 + 1;           /* 16 bits a name let 1 in 250 of the others pass */
    f->slots_at = put(plan, f->n_slots, sizeof(struct feed_slot));
    f->filter_at = put(plan, f->n_filter, sizeof(uint64_t));
    f->lists_at = put(plan, f->n_lists, sizeof(struct feed_list));
    f->text_at = put(plan, plan->text_max, 1);
    f->metas_at = put(plan, plan->metas_max, sizeof(struct feed_meta));
    f->endpoints_at = put(plan, plan->endpoints_max, sizeof(struct feed_endpoint));
    f->index_at = put(plan, 2 * plan->endpoints_max + 1, sizeof(uint32_t));
    plan->table_at = put(plan, plan->n_table, sizeof(uint32_t));
    plan->guards_at = put(plan, a.n_guards, sizeof(struct feed_pending));
    plan->n_pending = min_size(a.n_rows + 1, FEED_PENDING);
    plan->pending_at = put(plan, 2 * plan->n_pending, sizeof(struct feed_pending));
    return true;
}

size_t feed_size(const struct feed_source *sources, size_t n_sources)
{
    struct feed_plan plan;

    return feed_plan_make(&plan, sources, n_sources) ? plan.n_bytes : 0;
}

static void *part(void *mem, uint64_t at)
{
    return (char *)mem + at;
}

void feed_builder_init(struct feed_builder *b, void *mem, const struct feed_plan *plan)
{
    b->plan = *plan;
    b->f = mem;
    *b->f = plan->f;
    b->slots = part(mem, plan->f.slots_at);
    b->filter = part(mem, plan->f.filter_at);
    b->text = part(mem, plan->f.text_at);
    b->metas = part(mem, plan->f.metas_at);
    b->endpoints = part(mem, plan->f.endpoints_at);
    b->table = part(mem, plan->table_at);
    b->guards = part(mem, plan->guards_at);
    b->pending = part(mem, plan->pending_at);
    b->f->n_text = 1; /* 0 is no place of a name */
    b->f->n_metas = 1;
    b->metas[FEED_META_GONE] = (struct feed_meta){.kind = FEED_KIND_N};
}

bool feed_builder_has_room(const struct feed_builder *b, size_t n)
{
    return n + 2 * FEED_TEXT_PAD <= b->plan.text_max - b->f->n_text;
}

uint32_t feed_builder_text(struct feed_builder *b, struct view text)
{
    uint32_t at = (uint32_t)b->f->n_text;

    if (text.n)
        memcpy(b->text + at, text.p, text.n);
    b->f->n_text += text.n;
    return at;
}

/* Moves a part to `to`, which is not behind where it is. */
static uint64_t move(struct feed_builder *b, uint64_t *at, uint64_t to, uint64_t n)
{
    to = up_to_8(to);
    if (n)
        memmove(part(b->f, to), feed_at(b->f, *at), n);
    *at = to;
    return to + n;
}

void feed_builder_finish(struct feed_builder *b)
{
    struct feed *f = b->f;
    uint64_t end;

    f->n_text += FEED_TEXT_PAD;
    end = move(b, &f->metas_at, f->text_at + f->n_text, f->n_metas * sizeof(struct feed_meta));
    end = move(b, &f->endpoints_at, end, f->n_endpoints * sizeof(struct feed_endpoint));
    f->n_index = 2 * (uint64_t)f->n_endpoints + 1;
    f->index_at = up_to_8(end);
    f->n_bytes = f->index_at + f->n_index * sizeof(uint32_t);
    memset(part(f, f->index_at), 0, f->n_index * sizeof(uint32_t));
    b->metas = part(f, f->metas_at);
    b->endpoints = part(f, f->endpoints_at);
}
