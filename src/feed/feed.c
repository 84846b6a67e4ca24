/*
 * feed.c - looking names up in the image of the lists, and checking an image that another process made.
 *
 * feed_check looks at everything that the other functions rely on, so that they need no checks of their
 * own: an image that passed it, and does not change afterwards, cannot make them read outside.
 */
#include "config.h"

#include "feed/feed.h"

#include "feed/feed_image.h"

#include <assert.h>

bool feed_entry_is(const struct feed *f, const struct feed_entry *e, const struct name *name, unsigned n_labels)
{
    struct view suffix = name_suffix(name, n_labels);
    struct buf wire = buf_of(suffix);
    struct buf text = buf_of(feed_text_at(f, e->name, e->n_name));

    /* With as many labels and bytes, and equal labels where those of the wire stand, all other bytes are dots. */
    if (e->n_labels != n_labels || (size_t)e->n_name + 1 != suffix.n)
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

/* The row for the last n_labels labels of name, whose hash is given. One that matches as a suffix goes last. */
static uint32_t find_suffix(const struct feed *f, uint64_t hash, const struct name *name, unsigned n_labels)
{
    const struct feed_slot *slots = feed_slots(f);
    uint64_t mask = f->n_slots - 1;
    bool whole = n_labels == name->n_labels;
    uint32_t found = 0;

    for (uint64_t i = hash & mask; slots[i].row != 0; i = (i + 1) & mask) {
        const struct feed_entry *e;

        if (slots[i].tag != feed_tag(hash) || slots[i].row == FEED_ROW_GONE)
            continue;
        e = &feed_entries(f)[slots[i].row - 1];
        if (e->match == (whole ? FEED_BELOW : FEED_EXACT) || !feed_entry_is(f, e, name, n_labels))
            continue;
        if (e->match != FEED_SUFFIX)
            return slots[i].row;
        found = slots[i].row;
    }
    return found;
}

uint32_t feed_find(const struct feed *f, const struct name *name, ns_t now)
{
    uint32_t found = 0;
    uint64_t hash = 0;
    unsigned n;

    (void)now;
    if (!f)
        return 0;
    n = name->n_labels < f->labels_max ? name->n_labels : f->labels_max;
    for (unsigned k = 1; k <= n; k++) {
        uint64_t bits, word;
        uint32_t row;

        hash = feed_hash_label(f, hash, name, name->n_labels - k);
        if (k < FEED_LABELS_MIN)
            continue;
        bits = feed_filter_bits(hash);
        memcpy(&word, feed_at(f, feed_filter_word(f, hash)), sizeof(word));
        if (LIKELY((word & bits) != bits))
            continue;
        row = find_suffix(f, hash, name, k);
        if (row != 0 && feed_entries(f)[row - 1].kind == FEED_ALLOW)
            return 0;
        if (row != 0)
            found = row; /* longer than those before */
    }
    return found;
}

uint32_t feed_find_endpoint(const struct feed *f, const struct endpoint *to, ns_t now)
{
    (void)f;
    (void)to;
    (void)now;
    return 0;
}

uint32_t feed_n_listed(const struct feed *f)
{
    uint32_t n = 0;

    for (uint32_t i = 0; f && i < f->n_rows; i++)
        n += feed_entries(f)[i].kind < FEED_ALLOW;
    return n;
}

bool feed_row_expired(const struct feed_row *row, ns_t now)
{
    return row->expires_day != 0 && now >= (ns_t)row->expires_day * 86400 * NS_PER_SEC;
}

bool feed_is_image(struct view bytes)
{
    uint64_t magic;

    if (bytes.n < sizeof(magic))
        return false;
    memcpy(&magic, bytes.p, sizeof(magic));
    return magic == FEED_MAGIC;
}

uint32_t feed_n_rows(const struct feed *f)
{
    return f ? f->n_rows : 0;
}

size_t feed_bytes(const struct feed *f)
{
    return f ? f->n_bytes : 0;
}

bool feed_row_at(const struct feed *f, uint32_t number, struct feed_row *row)
{
    const struct feed_entry *e;
    const struct feed_list *list;

    *row = (struct feed_row){0};
    if (!f || number == 0 || number > f->n_rows)
        return false;
    e = &feed_entries(f)[number - 1];
    if (e->kind >= FEED_KIND_N)
        return false;
    list = (const struct feed_list *)feed_at(f, f->lists_at) + e->list;
    *row = (struct feed_row){
        .name = feed_text_at(f, e->name, e->n_name),
        .list = feed_text_at(f, list->name, list->n_name),
        .line = e->line,
        .kind = (enum feed_kind)e->kind,
        .match = (enum feed_match)e->match,
        .confidence = e->confidence,
        .coins = feed_text_at(f, e->coins, e->n_coins),
        .sources = feed_text_at(f, e->sources, e->n_sources),
    };
    return true;
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
    return f->n_slots > 0 && (f->n_slots & (f->n_slots - 1)) == 0 && f->n_slots > f->n_rows && f->n_filter > 0 &&
           (f->n_filter & (f->n_filter - 1)) == 0 && f->n_filter <= FEED_FILTER_MAX && f->n_rows <= FEED_ROWS_MAX &&
           f->n_lists <= FEED_LISTS_MAX && f->labels_max <= NAME_LABELS_MAX &&
           part_fits(f, f->slots_at, f->n_slots, sizeof(struct feed_slot)) &&
           part_fits(f, f->filter_at, f->n_filter, sizeof(uint64_t)) &&
           part_fits(f, f->rows_at, f->n_rows, sizeof(struct feed_entry)) &&
           part_fits(f, f->lists_at, f->n_lists, sizeof(struct feed_list)) && part_fits(f, f->text_at, f->n_text, 1);
}

static bool entry_ok(const struct feed *f, const struct feed_entry *e)
{
    return text_fits(f, e->name, e->n_name) && text_fits(f, e->coins, e->n_coins) && text_fits(f, e->sources, e->n_sources) &&
           e->list < f->n_lists && e->kind <= FEED_KIND_N && e->match < FEED_MATCH_N && e->confidence <= 100;
}

bool feed_check(const void *mem, size_t n)
{
    const struct feed *f = mem;
    const struct feed_list *lists;
    uint64_t n_free = 0;

    if (n < sizeof(*f) || (uintptr_t)mem % 8 != 0 || f->magic != FEED_MAGIC || f->n_bytes > n || !header_ok(f))
        return false;
    for (uint64_t i = 0; i < f->n_slots; i++) {
        uint32_t row = feed_slots(f)[i].row;

        if (row > f->n_rows && row != FEED_ROW_GONE)
            return false;
        n_free += row == 0;
    }
    for (uint32_t i = 0; i < f->n_rows; i++)
        if (!entry_ok(f, &feed_entries(f)[i]))
            return false;
    lists = feed_at(f, f->lists_at);
    for (uint32_t i = 0; i < f->n_lists; i++)
        if (!text_fits(f, lists[i].name, lists[i].n_name))
            return false;
    return n_free > 0; /* else a search would not end */
}
