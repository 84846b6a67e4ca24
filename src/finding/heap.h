/*
 * heap.h - an order by number of things that move in it: a binary heap whose members know their place.
 *
 * Made for the table of findings, which asks the same things in several orders: who goes first, who is
 * said first, who was silent longest. Equal numbers have no order among them, so callers give unequal ones where
 * the result must not depend on history.
 */
#ifndef FINDING_HEAP_H
#define FINDING_HEAP_H

#include <stdbool.h>
#include <stdint.h>

/* Lies in the thing that is ordered; zeroed = in no heap. */
struct heap_node {
    void *owner; /* for who takes the node out; set by the caller */
    uint64_t key;
    uint32_t at; /* place in the heap, from 1; 0 = in none */
};

struct heap {
    struct heap_slot {
        uint64_t key; /* of the node: read without leaving the array */
        struct heap_node *node;
    } * slots; /* owned */
    uint32_t n, room;
};

/* Makes room for n nodes, so that heap_put cannot fail up to there. False when memory is short. */
bool heap_reserve(struct heap *h, uint32_t n);

/* Puts the node in, or moves it to where its new key belongs. There must be room. Keeps the node. */
void heap_put(struct heap *h, struct heap_node *node, uint64_t key);

/* Takes the node out, if it is in. */
void heap_take(struct heap *h, struct heap_node *node);

/* The node with the least key, or NULL. */
struct heap_node *heap_first(const struct heap *h);

static inline bool heap_has(const struct heap_node *node)
{
    return node->at != 0;
}

/* Frees the heap; the nodes are left as they are. */
void heap_fini(struct heap *h);

#endif
