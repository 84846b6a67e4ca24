/*
 * recent.h - a capped index of tunnel endpoints that gives up the one idle longest.
 *
 * A key is an address and a virtual network; each has a number below the cap, under which the user keeps
 * what belongs to it in an array of its own. Every call takes constant time, whatever the keys are.
 */
#ifndef BASE_RECENT_H
#define BASE_RECENT_H

#include "base/addr.h"
#include "base/hash.h"

struct recent_key {
    struct addr addr;
    uint32_t vni;
};

struct recent_node {
    struct recent_key key;
    uint32_t next;         /* of the same bucket */
    uint32_t newer, older; /* in the order of use */
};

struct recent {
    struct recent_node *nodes; /* cap of them, owned */
    uint32_t *buckets;         /* 2 * cap, owned */
    const struct hash_key *hash;
    uint32_t cap;
    uint32_t n; /* numbers in use: 0 to n - 1 */
    uint32_t newest, oldest;
};

#define RECENT_NONE UINT32_MAX

enum recent_what {
    RECENT_KNOWN,
    RECENT_NEW,
    RECENT_REUSED /* the number was another key's, which is gone */
};

/* An empty index of at most cap keys, a power of two; false when memory is short. Keeps hash. */
bool recent_init(struct recent *r, uint32_t cap, const struct hash_key *hash);
void recent_fini(struct recent *r);

/* The number of a key, which is then the newest. *what says whether it was there. */
uint32_t recent_touch(struct recent *r, const struct recent_key *key, enum recent_what *what);

/* The number of a key, or RECENT_NONE; changes nothing. */
uint32_t recent_find(const struct recent *r, const struct recent_key *key);

static inline const struct recent_key *recent_key_at(const struct recent *r, uint32_t i)
{
    return &r->nodes[i].key;
}

static inline bool recent_key_eq(const struct recent_key *a, const struct recent_key *b)
{
    return a->vni == b->vni && addr_cmp(&a->addr, &b->addr) == 0;
}

#endif
