/*
 * pool.h - a capped pool of equal-sized objects.
 *
 * The memory is reserved once and touched only as objects are first used, so a large cap costs
 * nothing until it is needed. An object is zeroed when taken, but in a pool of scratch memory. Indexes stay valid until given back.
 * A process forked later does not have a pool: it must not touch one.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/base.h"

#include <stdbool.h>

struct pool {
    uint8_t *mem;       /* cap * size bytes, owned */
    size_t size;        /* bytes of one object, a multiple of 64 */
    uint32_t cap;       /* objects */
    uint32_t n_touched; /* objects ever taken: those below have been used */
    uint32_t n_used;    /* objects taken now */
    uint32_t n_peak;    /* most ever taken at once */
    uint32_t free_head; /* first of the list of objects given back, or POOL_NONE */
    uint64_t n_refused; /* times the pool was empty */
    bool is_scratch;    /* owner's, false at first: objects keep what they held, as their users write before they read */
};

#define POOL_NONE UINT32_MAX

/* Reserves room for cap objects of size bytes (rounded up to 64); false when memory is short. */
bool pool_init(struct pool *p, size_t size, uint32_t cap);

/* Frees everything; objects still taken are gone. */
void pool_fini(struct pool *p);

/* An index of a zeroed object, or POOL_NONE when all are taken (counted in n_refused). */
uint32_t pool_take(struct pool *p);

/* Gives object i back. i must be taken. */
void pool_give(struct pool *p, uint32_t i);

/* The object at index i, which must be below n_touched. */
static inline void *pool_at(const struct pool *p, uint32_t i)
{
    return p->mem + (size_t)i * p->size;
}

#endif
