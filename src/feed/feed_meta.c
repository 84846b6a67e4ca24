/*
 * feed_meta.c - what rows of a list have in common, held once: list, kind, confidence, texts, expiry.
 *
 * The table of metas is there while the image is built only.
 */
#include "config.h"

#include "feed/feed_builder.h"

static bool meta_is(const struct feed_builder *b, const struct feed_meta *m, unsigned list, const struct feed_line *row)
{
    return m->list == list && m->kind == row->kind && m->match == row->match && m->confidence == row->confidence &&
           m->expires_day == row->expires_day && view_eq(row->coins, feed_text_at(b->f, m->coins, m->n_coins)) &&
           view_eq(row->sources, feed_text_at(b->f, m->sources, m->n_sources)) &&
           view_eq(row->note, feed_text_at(b->f, m->note, m->n_note));
}

static uint64_t hash_of_meta(const struct feed_builder *b, unsigned list, const struct feed_line *row)
{
    const struct hash_key *key = &b->f->key;
    uint64_t few = (uint64_t)row->expires_day << 32 | (list & 0xff) << 24 | (row->kind & 0xffU) << 16 |
                   (row->match & 0xffU) << 8 | (row->confidence & 0xff);
    uint64_t hash = hash_fold(key, few, 0);

    hash = hash_fold(key, row->coins.n ? hash_64(key, row->coins) : 0, hash);
    hash = hash_fold(key, row->sources.n ? hash_64(key, row->sources) : 0, hash);
    return hash_fold(key, row->note.n ? hash_64(key, row->note) : 0, hash);
}

/* A text that stands there already, or is added. Neighbours of a list often have the same. */
static uint32_t text_like(struct feed_builder *b, struct view text, uint32_t before, uint32_t n_before)
{
    return view_eq(text, feed_text_at(b->f, before, n_before)) ? before : feed_builder_text(b, text);
}

/* The meta among those with this hash, or the free place where it goes. */
static uint64_t find_meta(const struct feed_builder *b, unsigned list, const struct feed_line *row)
{
    uint64_t i;

    for (i = feed_place(hash_of_meta(b, list, row), b->plan.n_table); b->table[i] != 0; i = feed_next(i, b->plan.n_table))
        if (meta_is(b, &b->metas[b->table[i]], list, row))
            break;
    return i;
}

static uint32_t new_meta(struct feed_builder *b, unsigned list, const struct feed_line *row)
{
    const struct feed_meta *before = &b->metas[b->newest_meta];
    uint32_t number = b->f->n_metas++;

    b->metas[number] = (struct feed_meta){
        .coins = text_like(b, row->coins, before->coins, before->n_coins),
        .sources = text_like(b, row->sources, before->sources, before->n_sources),
        .note = text_like(b, row->note, before->note, before->n_note),
        .expires_day = row->expires_day,
        .n_coins = (uint8_t)row->coins.n,
        .n_sources = (uint8_t)row->sources.n,
        .n_note = (uint8_t)row->note.n,
        .list = (uint8_t)list,
        .kind = (uint8_t)row->kind,
        .match = (uint8_t)row->match,
        .confidence = (uint8_t)row->confidence,
    };
    b->newest_meta = number;
    return number;
}

uint32_t feed_builder_meta(struct feed_builder *b, unsigned list, const struct feed_line *row)
{
    /* Rows of a list go on in a few ways only: most are found without hashing their texts. */
    uint32_t *recent = &b->recent_metas[(row->confidence + 7 * row->kind + 3 * row->match + row->coins.n + 5 * row->sources.n +
                                         11 * row->note.n + row->expires_day) %
                                        ARRAY_LEN(b->recent_metas)];
    uint64_t at;

    if (meta_is(b, &b->metas[*recent], list, row))
        return *recent;
    at = find_meta(b, list, row);
    if (b->table[at] == 0) {
        if (b->f->n_metas == b->plan.metas_max)
            return FEED_META_GONE;
        b->table[at] = new_meta(b, list, row);
    }
    *recent = b->table[at];
    return *recent;
}
