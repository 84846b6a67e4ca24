/*
 * feed.c - looking names and endpoints up in the image of the lists.
 *
 * Whatever is looked up here relies on what feed_check looked at, and checks nothing itself.
 */
#include "config.h"

#include "feed/feed.h"

#include "feed/feed_image.h"

#define NS_PER_DAY (86400 * NS_PER_SEC)

bool feed_name_is(const struct feed *f, uint32_t offset, const struct name *name, unsigned n_labels)
{
    struct view suffix = name_suffix(name, n_labels);
    struct view listed = feed_name_at(f, offset);
    struct buf wire = buf_of(suffix);
    struct buf text = buf_of(listed);

    /* With as many bytes, and equal labels where those of the wire stand, all other bytes must be dots. */
    if (listed.n + 1 != suffix.n)
        return false;
    while (buf_left(&wire) > 0) {
        size_t n = buf_u8(&wire);

        if (!view_eq(buf_take(&wire, n), buf_take(&text, n)))
            return false;
        if (buf_left(&text) > 0 && buf_u8(&text) != '.')
            return false;
    }
    return true;
}

static bool is_over(uint32_t expires_day, ns_t now)
{
    return expires_day != 0 && now >= 0 && (uint64_t)now / NS_PER_DAY >= expires_day;
}

/*
 * What the rows say of the last n_labels labels of name, whose hash is given: the slot of the best, or n_slots.
 * *silenced when an exception is among them.
 */
static ATTR_NOINLINE uint64_t find_suffix(const struct feed *f, uint64_t hash, const struct name *name, unsigned n_labels,
                                          ns_t now, bool *silenced)
{
    const struct feed_slot *slots = feed_slots(f);
    enum feed_match other = n_labels == name->n_labels ? FEED_BELOW : FEED_EXACT;
    uint64_t found = f->n_slots;
    unsigned best = 0;

    for (uint64_t i = feed_place(hash, f->n_slots); slots[i].name != 0; i = feed_next(i, f->n_slots)) {
        const struct feed_meta *m;
        unsigned rank;

        if ((uint8_t)slots[i].what != feed_tag(hash))
            continue;
        m = &feed_metas(f)[slots[i].what >> 8];
        if (m->kind >= FEED_NEVER || m->match == other || is_over(m->expires_day, now) ||
            !feed_name_is(f, slots[i].name, name, n_labels))
            continue;
        *silenced |= m->kind == FEED_ALLOW;
        rank = 1 + 2 * (m->match != FEED_SUFFIX) + (m->kind == FEED_NODE);
        if (rank > best) {
            best = rank;
            found = i;
        }
    }
    return found;
}

static inline bool may_hold(const struct feed *f, uint64_t hash)
{
    uint64_t bits = feed_filter_bits(hash), word;

    memcpy(&word, feed_at(f, feed_filter_word(f, hash)), sizeof(word));
    return (word & bits) == bits;
}

/* Of a name whose last two labels, with this hash, are in the filter. */
static ATTR_NOINLINE uint32_t find_longest(const struct feed *f, uint64_t hash, const struct name *name, ns_t now)
{
    unsigned n = name->n_labels < f->labels_max ? name->n_labels : f->labels_max;
    bool silenced = false;
    uint32_t found = 0;

    for (unsigned k = 2; k <= n; k++) {
        uint64_t slot;

        if (k > 2)
            hash = feed_hash_label(f, hash, name, name->n_labels - k);
        if (!may_hold(f, hash))
            continue;
        slot = find_suffix(f, hash, name, k, now, &silenced);
        if (silenced)
            return 0;
        if (slot < f->n_slots)
            found = (uint32_t)slot + 1; /* longer than those before */
    }
    return found;
}

uint32_t feed_find(const struct feed *f, const struct name *name, ns_t now)
{
    uint64_t hash;

    if (!f || f->labels_max < 2 || name->n_labels < 2)
        return 0; /* no row has one label */
    hash = feed_hash_label(f, 0, name, name->n_labels - 1);
    hash = feed_hash_label(f, hash, name, name->n_labels - 2);
    /* The last two labels of each name are in the filter, too. */
    return LIKELY(!may_hold(f, hash)) ? 0 : find_longest(f, hash, name, now);
}

uint32_t feed_find_endpoint(const struct feed *f, const struct endpoint *to, ns_t now)
{
    const uint32_t *index;

    if (!f || f->n_endpoints == 0)
        return 0;
    index = feed_at(f, f->index_at);
    for (uint64_t i = feed_place(feed_hash_endpoint(f, to->addr.b, to->port), f->n_index); index[i] != 0;
         i = feed_next(i, f->n_index)) {
        const struct feed_endpoint *e = &feed_endpoints(f)[index[i] - 1];
        const struct feed_meta *m = &feed_metas(f)[e->meta];

        if (e->port == to->port && memcmp(e->addr, to->addr.b, sizeof(e->addr)) == 0 && m->kind < FEED_ALLOW &&
            !is_over(m->expires_day, now))
            return (uint32_t)f->n_slots + index[i];
    }
    return 0;
}

uint32_t feed_n_rows(const struct feed *f)
{
    return f ? (uint32_t)f->n_slots + f->n_endpoints : 0;
}

uint32_t feed_n_listed(const struct feed *f)
{
    return f ? f->n_listed : 0;
}

size_t feed_bytes(const struct feed *f)
{
    return f ? f->n_bytes : 0;
}

bool feed_row_at(const struct feed *f, uint32_t number, struct feed_row *row)
{
    uint32_t name, line;
    const struct feed_list *list;
    const struct feed_meta *m;
    bool is_endpoint;

    *row = (struct feed_row){0};
    if (number == 0 || number > feed_n_rows(f))
        return false;
    is_endpoint = number > f->n_slots;
    if (is_endpoint) {
        const struct feed_endpoint *e = &feed_endpoints(f)[number - 1 - f->n_slots];

        m = &feed_metas(f)[e->meta];
        name = e->name;
        line = e->line;
    } else {
        const struct feed_slot *s = &feed_slots(f)[number - 1];

        m = &feed_metas(f)[s->what >> 8];
        name = s->name;
        line = s->line;
    }
    if (name == 0 || m->kind >= FEED_KIND_N)
        return false;
    list = (const struct feed_list *)feed_at(f, f->lists_at) + m->list;
    *row = (struct feed_row){
        .name = feed_name_at(f, name),
        .list = feed_text_at(f, list->name, list->n_name),
        .line = line,
        .kind = (enum feed_kind)m->kind,
        .match = (enum feed_match)m->match,
        .is_endpoint = is_endpoint,
        .confidence = m->confidence,
        .coins = feed_text_at(f, m->coins, m->n_coins),
        .sources = feed_text_at(f, m->sources, m->n_sources),
        .note = feed_text_at(f, m->note, m->n_note),
        .expires_day = m->expires_day,
    };
    return true;
}

bool feed_row_expired(const struct feed_row *row, ns_t now)
{
    return is_over(row->expires_day, now);
}
