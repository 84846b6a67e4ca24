/*
 * inventory_builder.h - an image while it is built: what the files that build it share.
 *
 * Readers append records as documents give them, with texts in place of what other records they mean. At the end
 * inventory_merge.c makes one record of those that say the same and adds what the image before had, inventory_join.c finds
 * out which record is meant by which text, inventory_times.c whose an address was when, and inventory_write.c writes it all
 * down.
 */
#ifndef ENRICH_INVENTORY_BUILDER_H
#define ENRICH_INVENTORY_BUILDER_H

#include "enrich/inventory_image.h"
#include "enrich/inventory_read.h"
#include "list/list_item.h"

#include "base/hash.h"

/* What only a builder has, numbered on behind the parts of the image. */
enum {
    BUILD_DEFINITIONS = INVENTORY_PARTS,
    BUILD_DEFINED,  /* containers of definitions: struct inventory_container */
    BUILD_MACHINES, /* instances of ECS: struct build_machine */
    BUILD_PARTS
};

struct build_definition {
    uint32_t arn;
    struct inventory_span containers; /* of BUILD_DEFINED */
};

/* A container instance of ECS, and the instance that it is on. */
struct build_machine {
    uint32_t arn, instance;
};

struct build_array {
    void *p; /* owned */
    uint32_t n, cap;
    size_t size; /* bytes of one record */
};

struct inventory_builder {
    struct build_array parts[BUILD_PARTS]; /* of texts: bytes */
    uint64_t max_bytes;                    /* of the image, and of the records before they are merged */
    uint64_t n_bytes;                      /* of records and texts so far */
    const struct inventory *before;        /* borrowed, may be NULL */
    ns_t keep_ns;
    ns_t oldest_ns, newest_ns; /* of documents; oldest_ns is INT64_MAX while there are none */
    uint32_t n_cut;
    uint32_t n_blind; /* as in the image */
    uint32_t n_lengths;
    uint8_t lengths[INVENTORY_LENGTHS_MAX];
    uint32_t *slots; /* a hash table of texts: their offsets; 0 = free */
    uint32_t n_slots, n_texts;
    struct hash_key key;
    const char *why; /* what the memory is short of; NULL = of nothing: no record may be missing from then on */
};

/* A new record of the part, zeroed, or NULL when memory is short: b->why then says so. It moves when the next is made. */
void *build_add(struct inventory_builder *b, int part);

static inline void *build_at(const struct inventory_builder *b, int part, uint32_t i)
{
    return (char *)b->parts[part].p + (size_t)i * b->parts[part].size;
}

static inline uint32_t build_n(const struct inventory_builder *b, int part)
{
    return b->parts[part].n;
}

/*
 * The offset of a text, of which there is then one copy; longer ones than INVENTORY_TEXT_MAX are cut. 0 when memory is short.
 */
uint32_t build_text(struct inventory_builder *b, struct view text);

/* The text at an offset; lives until the next build_text. */
struct view build_text_at(const struct inventory_builder *b, uint32_t text);

/*
 * What text means, by number: a table that has a place for each text. Gives NULL, and b->why is set, when memory is short;
 * else for free. Places hold INVENTORY_NONE at first; build_place gives that of a text.
 */
uint32_t *build_places(struct inventory_builder *b);

static inline uint32_t *build_place(uint32_t *places, uint32_t text)
{
    return &places[text / sizeof(uint32_t)];
}

/* An address that a thing has, as long as the thing is there; is_primary: the first one of a machine. */
void build_bind(struct inventory_builder *b, enum inventory_layer layer, uint32_t thing, const struct net *net,
                bool is_primary);

/* The steps of the end, in this order. False when memory is short. */
bool build_merge(struct inventory_builder *b);
bool build_join(struct inventory_builder *b);
bool build_sort_times(struct inventory_builder *b);

/* Leads from texts to records and lists: sessions, filters, residents, containers by identifier, VPCs. A part of build_join. */
bool build_index(struct inventory_builder *b);

/* The parts as an image in mem. Its size; 0 when it has more than max_bytes. */
uint64_t build_write(struct inventory_builder *b, void *mem);

/* The thing at a number. */
static inline struct inventory_thing *build_thing(const struct inventory_builder *b, int part, uint32_t i)
{
    return build_at(b, part, i);
}

#endif
