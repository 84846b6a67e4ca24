/*
 * pool.c - capped pools on one anonymous mapping each.
 */
#include "config.h"

#include "base/pool.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

bool pool_init(struct pool *p, size_t size, uint32_t cap)
{
    void *mem;

    *p = (struct pool){.size = (size + 63) / 64 * 64, .cap = cap, .free_head = POOL_NONE};
    mem = mmap(NULL, p->size * cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mem == MAP_FAILED)
        return false;
    p->mem = mem;
    return true;
}

void pool_fini(struct pool *p)
{
    if (p->mem)
        munmap(p->mem, p->size * p->cap);
    p->mem = NULL;
}

uint32_t pool_take(struct pool *p)
{
    uint32_t i = p->free_head;

    if (i != POOL_NONE) {
        memcpy(&p->free_head, pool_at(p, i), sizeof(p->free_head));
        if (!p->is_scratch)
            memset(pool_at(p, i), 0, p->size);
    } else if (p->n_touched < p->cap) {
        i = p->n_touched++;
    } else {
        p->n_refused++;
        return POOL_NONE;
    }
    if (++p->n_used > p->n_peak)
        p->n_peak = p->n_used;
    return i;
}

void pool_give(struct pool *p, uint32_t i)
{
    assert(i < p->n_touched && p->n_used > 0);
    memcpy(pool_at(p, i), &p->free_head, sizeof(p->free_head));
    p->free_head = i;
    p->n_used--;
}
