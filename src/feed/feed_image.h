/*
 * feed_image.h - how the image of the lists lies in memory: what feed_build.c writes and feed.c reads.
 *
 * Parts, in this order, each at an offset from the start: header, slots, filter, lists, text, metas,
 * endpoints, index. All numbers are in the byte order of the machine that made it.
 *
 * The slots are a hash table with open addressing whose slots are the rows themselves: there is no other
 * copy of a row, so that 10 million names take 15 bytes each for the table at a load of 0.8, 2 for the filter
 * and 1 for the length before each name. Its key is the hash of a name, made label by label from the last to
 * the first, so that the hashes of all suffixes of a name come from one pass over it. Rows of one name stand in
 * the order of the lists. The filter in front (a Bloom filter of one word for a name) says "no" for nearly all
 * suffixes that are not listed, at the price of one line of cache instead of two. The last two labels of each name
 * are in it as well: where it has not those of a name that is looked up, no suffix of it is listed.
 *
 * What rows have in common (list, kind, how they match, confidence, coins, sources, note, expiry) is held
 * once, as a meta.
 */
#ifndef FEED_FEED_IMAGE_H
#define FEED_FEED_IMAGE_H

#include "feed/feed.h"

#include "base/hash.h"

#define FEED_MAGIC UINT64_C(0x0a33646565664d43) /* "CMfeed3\n", which also tells the byte order */
#define FEED_LISTS_MAX 255
#define FEED_ROWS_MAX (UINT32_C(1) << 30)
#define FEED_METAS_MAX (UINT32_C(1) << 24) /* 24 bits of a slot number them */
#define FEED_TEXT_PAD 256                  /* bytes of text from the last name's length on: no length can lead outside */
#define FEED_META_GONE 0                   /* of rows that were taken back */

struct feed_slot {
    uint32_t name; /* offset in the text of a byte with the length, and behind it the name; 0 = the slot is free */
    uint32_t line;
    uint32_t what; /* number of the meta << 8 | 8 bits of the name's hash */
};

struct feed_meta {
    uint32_t coins; /* offsets of texts */
    uint32_t sources;
    uint32_t note;
    uint32_t expires_day; /* as in struct feed_row */
    uint8_t n_coins;      /* bytes of the texts */
    uint8_t n_sources;
    uint8_t n_note;
    uint8_t list;
    uint8_t kind;  /* enum feed_kind; FEED_KIND_N = of FEED_META_GONE */
    uint8_t match; /* enum feed_match */
    uint8_t confidence;
    uint8_t unused;
};

struct feed_endpoint {
    uint8_t addr[16];
    uint32_t name; /* as in a slot */
    uint32_t line;
    uint32_t meta;
    uint16_t port;
    uint16_t unused;
};

struct feed_list {
    uint32_t name;
    uint32_t n_name;
};

struct feed {
    uint64_t magic;
    uint64_t n_bytes;  /* of the image */
    uint64_t n_slots;  /* at least one is free */
    uint64_t n_filter; /* words */
    uint64_t n_text;   /* bytes */
    uint64_t n_index;  /* at least one is free */
    uint64_t slots_at; /* offsets from the start */
    uint64_t filter_at;
    uint64_t lists_at;
    uint64_t text_at;
    uint64_t metas_at;
    uint64_t endpoints_at;
    uint64_t index_at; /* 4 bytes each: number of an endpoint from 1, by its hash; 0 = free */
    uint32_t n_lists;
    uint32_t n_metas;
    uint32_t n_endpoints;
    uint32_t n_listed;   /* rows that can be found */
    uint32_t labels_max; /* of a name that can be found */
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

static inline const struct feed_meta *feed_metas(const struct feed *f)
{
    return feed_at(f, f->metas_at);
}

static inline const struct feed_endpoint *feed_endpoints(const struct feed *f)
{
    return feed_at(f, f->endpoints_at);
}

static inline struct view feed_text_at(const struct feed *f, uint32_t offset, uint32_t n)
{
    return view_of(feed_at(f, f->text_at + offset), n);
}

/* The name of a slot or endpoint. */
static inline struct view feed_name_at(const struct feed *f, uint32_t offset)
{
    const uint8_t *p = feed_at(f, f->text_at + offset);

    return view_of(p + 1, p[0]);
}

_Static_assert(sizeof(struct name) - offsetof(struct name, b) >= NAME_BYTES_MAX + 16, "words of a last label lie in the name");

/* 8 bytes of a name as a number; what is behind the name's end is to be masked. */
static inline uint64_t feed_name_word(const struct name *name, size_t at)
{
    uint64_t word;

    memcpy(&word, (const char *)name + offsetof(struct name, b) + at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The bits of the first n bytes of a word, for n up to 8; and of those behind a word, where n may be anything up to 16. */
#define FEED_BYTES(n) ((n) == 0 ? 0 : UINT64_MAX >> 8 * (8 - (n)))
static const uint64_t feed_keep[25] = {
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    FEED_BYTES(1),
    FEED_BYTES(2),
    FEED_BYTES(3),
    FEED_BYTES(4),
    FEED_BYTES(5),
    FEED_BYTES(6),
    FEED_BYTES(7),
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
    UINT64_MAX,
};

/*
 * The hash of a suffix from that of the suffix that is one label shorter; 0 is the hash of the root. 16 bytes a turn, without a branch on
 * their number, and so one turn for nearly every label: how long the next one is cannot be guessed.
 */
static inline uint64_t feed_hash_label(const struct feed *f, uint64_t hash, const struct name *name, unsigned label)
{
    size_t at = name->at[label];
    size_t n = 1u + name->b[at];

    for (;;) {
        const uint64_t *keep = &feed_keep[min_size(n, 16)];

        hash = hash_fold(&f->key, feed_name_word(name, at) & keep[8], (feed_name_word(name, at + 8) & keep[0]) ^ hash);
        if (LIKELY(n <= 16))
            return hash;
        n -= 16;
        at += 16;
    }
}

static inline uint64_t feed_hash_endpoint(const struct feed *f, const uint8_t addr[16], uint16_t port)
{
    uint64_t words[2];

    memcpy(words, addr, sizeof(words));
    return hash_fold(&f->key, words[1] ^ port, hash_fold(&f->key, words[0], port));
}

/* A hash spread over n places: by its upper bits, so that n need not be a power of two. */
static inline uint64_t feed_place(uint64_t hash, uint64_t n)
{
    return (uint64_t)((unsigned __int128)hash * n >> 64);
}

static inline uint64_t feed_next(uint64_t place, uint64_t n)
{
    return place + 1 < n ? place + 1 : 0;
}

/* Bits that neither the place nor the filter uses, while there are up to 2^32 places. */
static inline uint8_t feed_tag(uint64_t hash)
{
    return (uint8_t)(hash >> 24);
}

/* Where a name's word of the filter lies, and which 4 of its bits are the name's. */
static inline uint64_t feed_filter_word(const struct feed *f, uint64_t hash)
{
    return f->filter_at + sizeof(uint64_t) * feed_place(hash, f->n_filter);
}

static inline uint64_t feed_filter_bits(uint64_t hash)
{
    return UINT64_C(1) << (hash & 63) | UINT64_C(1) << (hash >> 6 & 63) | UINT64_C(1) << (hash >> 12 & 63) |
           UINT64_C(1) << (hash >> 18 & 63);
}

/* True when the slot's name is the last n_labels labels of name. */
bool feed_name_is(const struct feed *f, uint32_t offset, const struct name *name, unsigned n_labels);

#endif
