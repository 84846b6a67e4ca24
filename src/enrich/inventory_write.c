/*
 * inventory_write.c - the parts, one behind the other, as an image.
 */
#include "config.h"

#include "enrich/inventory_builder.h"

static uint64_t round_up(uint64_t n)
{
    return (n + 7) / 8 * 8;
}

uint64_t build_write(struct inventory_builder *b, void *mem)
{
    struct inventory *inv = mem;
    uint64_t at = round_up(sizeof(*inv));

    for (int part = 0; part < INVENTORY_PARTS; part++)
        at += round_up((uint64_t)build_n(b, part) * b->parts[part].size);
    if (at > b->max_bytes)
        return 0;
    memset(inv, 0, sizeof(*inv));
    inv->magic = INVENTORY_MAGIC;
    inv->n_bytes = at;
    at = round_up(sizeof(*inv));
    for (int part = 0; part < INVENTORY_PARTS; part++) {
        uint64_t n = (uint64_t)build_n(b, part) * b->parts[part].size, room = round_up(n);
        char *to = (char *)mem + at;

        inv->parts[part].at = at;
        inv->parts[part].n = build_n(b, part);
        memset(to, 0, room);
        if (n)
            memcpy(to, b->parts[part].p, n);
        at += room;
    }
    inv->oldest_ns = b->oldest_ns;
    inv->newest_ns = b->newest_ns;
    inv->n_definitions = build_n(b, BUILD_DEFINITIONS);
    inv->n_blind = b->n_blind;
    inv->n_cut = b->n_cut;
    inv->n_lengths = b->n_lengths;
    memcpy(inv->lengths, b->lengths, sizeof(inv->lengths));
    return at;
}
