/*
 * recent.c - hash chains over a list in the order of use.
 */
#include "config.h"

#include "base/recent.h"

#include <assert.h>
#include <stdlib.h>

/* With half as many keys as buckets a longer chain is no accident; its last one gives way then. */
#define CHAIN_MAX 16

bool recent_init(struct recent *r, uint32_t cap, const struct hash_key *hash)
{
    assert(cap > 0 && (cap & (cap - 1)) == 0);
    *r = (struct recent){.hash = hash, .cap = cap, .newest = RECENT_NONE, .oldest = RECENT_NONE};
    r->nodes = calloc(cap, sizeof(*r->nodes));
    r->buckets = calloc(2 * (size_t)cap, sizeof(*r->buckets));
    if (!r->nodes || !r->buckets) {
        recent_fini(r);
        return false;
    }
    for (size_t i = 0; i < 2 * (size_t)cap; i++)
        r->buckets[i] = RECENT_NONE;
    return true;
}

void recent_fini(struct recent *r)
{
    free(r->nodes);
    free(r->buckets);
    *r = (struct recent){0};
}

static uint32_t *bucket_of(const struct recent *r, const struct recent_key *key)
{
    uint64_t half[2];

    memcpy(half, key->addr.b, sizeof(half));
    return &r->buckets[hash_fold(r->hash, hash_fold(r->hash, half[0], half[1]), key->vni) & (2 * (uint64_t)r->cap - 1)];
}

/* Takes number i out of the order of use. */
static void unlink_use(struct recent *r, uint32_t i)
{
    struct recent_node *node = &r->nodes[i];

    if (node->newer == RECENT_NONE)
        r->newest = node->older;
    else
        r->nodes[node->newer].older = node->older;
    if (node->older == RECENT_NONE)
        r->oldest = node->newer;
    else
        r->nodes[node->older].newer = node->newer;
}

static void link_newest(struct recent *r, uint32_t i)
{
    r->nodes[i].newer = RECENT_NONE;
    r->nodes[i].older = r->newest;
    if (r->newest == RECENT_NONE)
        r->oldest = i;
    else
        r->nodes[r->newest].newer = i;
    r->newest = i;
}

static void unlink_bucket(struct recent *r, uint32_t i)
{
    uint32_t *at = bucket_of(r, &r->nodes[i].key);

    while (*at != i)
        at = &r->nodes[*at].next;
    *at = r->nodes[i].next;
}

/* The number of key in its bucket; else RECENT_NONE, and *last is that of the last one of a chain that is full. */
static uint32_t walk(const struct recent *r, uint32_t head, const struct recent_key *key, uint32_t *last)
{
    uint32_t steps = 0;

    *last = RECENT_NONE;
    for (uint32_t i = head; i != RECENT_NONE; i = r->nodes[i].next) {
        if (recent_key_eq(&r->nodes[i].key, key))
            return i;
        if (++steps == CHAIN_MAX)
            *last = i;
    }
    return RECENT_NONE;
}

uint32_t recent_find(const struct recent *r, const struct recent_key *key)
{
    uint32_t last;

    return walk(r, *bucket_of(r, key), key, &last);
}

uint32_t recent_touch(struct recent *r, const struct recent_key *key, enum recent_what *what)
{
    uint32_t *bucket, i, last;

    *what = RECENT_KNOWN;
    if (r->newest != RECENT_NONE && recent_key_eq(&r->nodes[r->newest].key, key))
        return r->newest; /* packets come in trains */
    bucket = bucket_of(r, key);
    i = walk(r, *bucket, key, &last);
    if (i != RECENT_NONE) {
        unlink_use(r, i);
        link_newest(r, i);
        return i;
    }
    if (last == RECENT_NONE && r->n < r->cap) {
        i = r->n++;
        *what = RECENT_NEW;
    } else {
        i = last == RECENT_NONE ? r->oldest : last;
        unlink_use(r, i);
        unlink_bucket(r, i);
        *what = RECENT_REUSED;
    }
    r->nodes[i].key = *key;
    r->nodes[i].next = *bucket;
    *bucket = i;
    link_newest(r, i);
    return i;
}
