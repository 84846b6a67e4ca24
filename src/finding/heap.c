/*
 * heap.c - a binary heap of nodes that know their place.
 */
#include "config.h"

#include "finding/heap.h"

#include <assert.h>
#include <stdlib.h>

bool heap_reserve(struct heap *h, uint32_t n)
{
    uint32_t room = h->room ? h->room : 16;
    struct heap_slot *slots;

    if (n <= h->room)
        return true;
    while (room < n && room < UINT32_MAX / 2)
        room *= 2;
    slots = reallocarray(h->slots, room, sizeof(*slots));
    if (!slots)
        return false;
    h->slots = slots;
    h->room = room;
    return true;
}

static void set(struct heap *h, uint32_t at, struct heap_slot slot)
{
    h->slots[at - 1] = slot;
    slot.node->at = at;
}

static uint64_t key_at(const struct heap *h, uint32_t at)
{
    return h->slots[at - 1].key;
}

/* Moves the slot, which belongs at `at' or above, to its place. */
static void sift_up(struct heap *h, uint32_t at, struct heap_slot slot)
{
    for (; at > 1 && key_at(h, at / 2) > slot.key; at /= 2)
        set(h, at, h->slots[at / 2 - 1]);
    set(h, at, slot);
}

static void sift_down(struct heap *h, uint32_t at, struct heap_slot slot)
{
    while (2 * (uint64_t)at <= h->n) {
        uint32_t child = 2 * at;

        if (child < h->n && key_at(h, child + 1) < key_at(h, child))
            child++;
        if (key_at(h, child) >= slot.key)
            break;
        set(h, at, h->slots[child - 1]);
        at = child;
    }
    set(h, at, slot);
}

static void place(struct heap *h, uint32_t at, struct heap_slot slot)
{
    if (at > 1 && key_at(h, at / 2) > slot.key)
        sift_up(h, at, slot);
    else
        sift_down(h, at, slot);
}

void heap_put(struct heap *h, struct heap_node *node, uint64_t key)
{
    uint32_t at = node->at;

    if (at == 0) {
        assert(h->n < h->room);
        at = ++h->n;
    }
    node->key = key;
    place(h, at, (struct heap_slot){key, node});
}

void heap_take(struct heap *h, struct heap_node *node)
{
    uint32_t at = node->at;
    struct heap_slot last;

    if (at == 0)
        return;
    last = h->slots[--h->n];
    node->at = 0;
    if (at <= h->n)
        place(h, at, last);
}

struct heap_node *heap_first(const struct heap *h)
{
    return h->n ? h->slots[0].node : NULL;
}

void heap_fini(struct heap *h)
{
    free(h->slots);
    *h = (struct heap){0};
}
