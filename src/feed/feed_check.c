/*
 * feed_check.c - checks an image that another process made, or that lay on a disk.
 *
 * It looks at everything that feed.c relies on: an image that passed, and does not change afterwards, cannot
 * make it read outside or search for ever. Whether the image says the truth is another matter.
 *
 * The text is not looked at: every offset of a name leaves room for the longest name behind it. So a check
 * reads 15 bytes for each name and no more, one after the other.
 */
#include "config.h"

#include "feed/feed_image.h"

bool feed_is_image(struct view bytes)
{
    bool here = view_starts(bytes, "CMfeed") && view_u8(bytes, 7) == '\n'; /* of any version */
    bool other =
        view_u8(bytes, 0) == '\n' && view_starts(view_skip(view_head(bytes, 8), 2), "deefMC"); /* of the other byte order */

    return here || other;
}

/* True when n things of the size, at a multiple of 8, lie between the header and the end. */
static bool part_fits(const struct feed *f, uint64_t at, uint64_t n, uint64_t size)
{
    return at % 8 == 0 && at >= sizeof(*f) && at <= f->n_bytes && n <= (f->n_bytes - at) / size;
}

static bool text_fits(const struct feed *f, uint64_t at, uint64_t n)
{
    return at <= f->n_text && n <= f->n_text - at;
}

static bool header_ok(const struct feed *f)
{
    return f->n_slots > 0 && f->n_slots <= FEED_ROWS_MAX + FEED_ROWS_MAX / 4 + 1 && f->n_filter > 0 && f->n_metas > 0 &&
           f->n_metas <= FEED_METAS_MAX && f->n_endpoints <= FEED_ROWS_MAX && f->n_index > 0 && f->n_lists <= FEED_LISTS_MAX &&
           f->labels_max <= NAME_LABELS_MAX && f->n_text >= FEED_TEXT_PAD && f->n_text <= UINT32_MAX &&
           part_fits(f, f->slots_at, f->n_slots, sizeof(struct feed_slot)) &&
           part_fits(f, f->filter_at, f->n_filter, sizeof(uint64_t)) &&
           part_fits(f, f->lists_at, f->n_lists, sizeof(struct feed_list)) && part_fits(f, f->text_at, f->n_text, 1) &&
           part_fits(f, f->metas_at, f->n_metas, sizeof(struct feed_meta)) &&
           part_fits(f, f->endpoints_at, f->n_endpoints, sizeof(struct feed_endpoint)) &&
           part_fits(f, f->index_at, f->n_index, sizeof(uint32_t));
}

static bool lists_ok(const struct feed *f)
{
    const struct feed_list *lists = feed_at(f, f->lists_at);

    for (uint32_t i = 0; i < f->n_lists; i++)
        if (!text_fits(f, lists[i].name, lists[i].n_name))
            return false;
    return true;
}

static bool metas_ok(const struct feed *f)
{
    for (uint32_t i = 0; i < f->n_metas; i++) {
        const struct feed_meta *m = &feed_metas(f)[i];

        if (!text_fits(f, m->coins, m->n_coins) || !text_fits(f, m->sources, m->n_sources) ||
            !text_fits(f, m->note, m->n_note) || (m->list >= f->n_lists && m->kind != FEED_KIND_N) || m->kind > FEED_KIND_N ||
            m->match >= FEED_MATCH_N || m->confidence > 100)
            return false;
    }
    return true;
}

/* Without branches: there are many. */
static bool slots_ok(const struct feed *f)
{
    const struct feed_slot *slots = feed_slots(f);
    uint32_t name_max = (uint32_t)(f->n_text - FEED_TEXT_PAD);
    uint32_t n_metas = f->n_metas;
    uint64_t n_free = 0;
    uint32_t bad = 0;

    for (uint64_t i = 0; i < f->n_slots; i++) {
        bad |= (slots[i].name > name_max) | (slots[i].what >> 8 >= n_metas);
        n_free += slots[i].name == 0;
    }
    return bad == 0 && n_free > 0; /* else a search would not end */
}

static bool endpoints_ok(const struct feed *f)
{
    const uint32_t *index = feed_at(f, f->index_at);
    uint64_t n_free = 0;

    for (uint32_t i = 0; i < f->n_endpoints; i++) {
        const struct feed_endpoint *e = &feed_endpoints(f)[i];

        if (e->name > f->n_text - FEED_TEXT_PAD || e->meta >= f->n_metas)
            return false;
    }
    for (uint64_t i = 0; i < f->n_index; i++) {
        if (index[i] > f->n_endpoints)
            return false;
        n_free += index[i] == 0;
    }
    return n_free > 0;
}

bool feed_check(const void *mem, size_t n)
{
    const struct feed *f = mem;

    if (n < sizeof(*f) || (uintptr_t)mem % 8 != 0 || f->magic != FEED_MAGIC || f->n_bytes > n || !header_ok(f))
        return false;
    return lists_ok(f) && metas_ok(f) && slots_ok(f) && endpoints_ok(f);
}
