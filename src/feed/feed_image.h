/*
 * feed_image.h - how the image of the lists lies in memory: what feed_build.c writes and feed.c reads.
 *
 * Parts, in this order, each at an offset from the start: header, slots, filter, rows, lists, text. All
 * numbers are in the byte order of the machine that made it.
 *
 * The slots are a hash table with open addressing, one slot for each row that can be found. Its key is the
 * hash of a name, made label by label from the last to the first, so that the hashes of all suffixes of a
 * name come from one pass over it. The filter in front of it (a Bloom filter of one word for a name) says
 * "no" for nearly all suffixes that are not listed, at the price of one cache line instead of two.
 */
#ifndef FEED_FEED_IMAGE_H
#define FEED_FEED_IMAGE_H

#include "feed/feed.h"

#include "base/hash.h"

#define FEED_MAGIC UINT64_C(0x0a31646565664d43) /* "CMfeed1\n", which also tells the byte order */
#define FEED_LISTS_MAX 255
#define FEED_ROWS_MAX (UINT32_C(1) << 30)
#define FEED_FILTER_MAX (UINT64_C(1) << 24) /* words of the filter: feed_filter_word has 24 bits for them */
#define FEED_LABELS_MIN 2                   /* of a row */

struct feed_slot {
    uint32_t tag; /* high half of the name's hash */
    uint32_t row; /* from 1; 0 = the slot is free; FEED_ROW_GONE = it was used */
};

#define FEED_ROW_GONE UINT32_MAX

struct feed_entry {
    uint32_t name; /* offsets of texts */
    uint32_t coins;
    uint32_t sources;
    uint32_t line;
    uint8_t n_name; /* bytes of the texts */
    uint8_t n_coins;
    uint8_t n_sources;
    uint8_t n_labels;
    uint8_t list;
    uint8_t kind;  /* enum feed_kind; FEED_KIND_N = a guard refused it */
    uint8_t match; /* enum feed_match */
    uint8_t confidence;
};

struct feed_list {
    uint32_t name;
    uint32_t n_name;
};

struct feed {
    uint64_t magic;
    uint64_t n_bytes;  /* of the image */
    uint64_t n_slots;  /* a power of two, more than n_rows */
    uint64_t n_filter; /* words, a power of two */
    uint64_t slots_at; /* offsets from the start */
    uint64_t filter_at;
    uint64_t rows_at;
    uint64_t lists_at;
    uint64_t text_at;
    uint64_t n_text; /* bytes */
    uint32_t n_rows;
    uint32_t n_lists;
    uint32_t labels_max; /* of a row that can be found */
    uint32_t unused;
    struct hash_key key;
};

static inline const void *feed_at(const struct feed *f, uint64_t offset)
{
    return (const char *)f + offset;
}

static inline const struct feed_slot *feed_slots(const struct feed *f)
{
    return feed_at(f, f->slots_at);
}

static inline const struct feed_entry *feed_entries(const struct feed *f)
{
    return feed_at(f, f->rows_at);
}

static inline struct view feed_text_at(const struct feed *f, uint32_t offset, uint32_t n)
{
    return view_of(feed_at(f, f->text_at + offset), n);
}

/*
 * Up to 8 bytes of a name as a number. The bytes behind them are read too, as far as the array goes, and
 * taken away again: a read of a fixed length costs less than one of n bytes.
 */
static inline uint64_t feed_name_word(const struct name *name, size_t at, size_t n)
{
    size_t from = min_size(at, NAME_BYTES_MAX - sizeof(uint64_t));
    uint64_t word;

    memcpy(&word, name->b + from, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    word >>= 8 * (at - from);
    return n < sizeof(word) ? word & ((UINT64_C(1) << 8 * n) - 1) : word;
}

/* The hash of a suffix from that of the suffix that is one label shorter; 0 is the hash of the root. */
static inline uint64_t feed_hash_label(const struct feed *f, uint64_t hash, const struct name *name, unsigned label)
{
    size_t at = name->at[label];
    size_t end = at + 1 + name->b[at];

    for (; at < end; at += sizeof(uint64_t))
        hash = hash_fold(&f->key, feed_name_word(name, at, end - at), hash);
    return hash;
}

static inline uint32_t feed_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* Where a name's word of the filter lies, and which 4 of its bits are the name's. */
static inline uint64_t feed_filter_word(const struct feed *f, uint64_t hash)
{
    return f->filter_at + sizeof(uint64_t) * ((hash >> 40) & (f->n_filter - 1));
}

static inline uint64_t feed_filter_bits(uint64_t hash)
{
    return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) | UINT64_C(1) << (hash >> 12 & 63) |
           UINT64_C(1) << (hash >> 18 & 63);
}

/* True when the row's name is the last n_labels labels of name. */
bool feed_entry_is(const struct feed *f, const struct feed_entry *e, const struct name *name, unsigned n_labels);

#endif
