/*
 * frag.c - the fragment table: slots of 64 KiB, a bit for every 8-byte block that arrived.
 */
#include "config.h"

#include "wire/frag.h"

#include "config/limits.h"

#define DATAGRAM_MAX 65535
#define BLOCK 8
#define N_BLOCKS ((DATAGRAM_MAX + BLOCK) / BLOCK)
#define IDLE_MAX_NS (30 * NS_PER_SEC) /* RFC 791 suggests 15 s, RFC 8200 asks for 60 s, Linux uses 30 s */

struct slot {
    uint64_t key;      /* keyed hash of the datagram's identity; 0 = free */
    uint32_t index;    /* of this slot, and of its data */
    ns_t last_ns;      /* newest fragment */
    bool lent;         /* its datagram was given out and may still be read */
    uint32_t n_blocks; /* different blocks that arrived */
    uint32_t total;    /* bytes of the datagram; 0 = last fragment not seen */
    uint32_t high;     /* end of the farthest fragment */
    uint32_t cut;      /* first byte that was on the wire but not captured */
    uint64_t have[(N_BLOCKS + 63) / 64];
};
_Static_assert(sizeof(struct slot) + DATAGRAM_MAX + 1 + 128 <= LIMIT_BYTES_FRAGMENT, "limits.h has the size of a datagram");

bool frag_table_init(struct frag_table *t, uint32_t n, uint64_t seed)
{
    *t = (struct frag_table){0};
    if (!pool_init(&t->slots, sizeof(struct slot), n) || !pool_init(&t->data, DATAGRAM_MAX + 1, n)) {
        frag_table_fini(t);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) { /* marks them as used; the memory stays untouched */
        pool_take(&t->slots);
        pool_take(&t->data);
    }
    hash_key_fixed(&t->hash, seed);
    return true;
}

void frag_table_fini(struct frag_table *t)
{
    pool_fini(&t->slots);
    pool_fini(&t->data);
}

static struct slot *slot_at(const struct frag_table *t, uint32_t i)
{
    return pool_at(&t->slots, i);
}

static uint64_t key_of(const struct frag_table *t, const struct fragment *f)
{
    struct {
        struct addr src, dst, outer_src, outer_dst;
        uint32_t vni, id, proto, n_encap;
    } identity = {f->src, f->dst, f->outer_src, f->outer_dst, f->vni, f->id, f->proto, f->n_encap};
    uint64_t key = hash_64(&t->hash, view_of(&identity, sizeof(identity)));

    return key ? key : 1;
}

/* The slot of this datagram: its own, a free one, or that of the datagram idle longest. */
static struct slot *slot_for(struct frag_table *t, uint64_t key, ns_t now, struct wire_counters *c)
{
    struct slot *best = NULL;

    for (uint32_t i = 0; i < t->slots.cap; i++) {
        struct slot *s = slot_at(t, i);

        s->index = i;

        if (s->lent)
            continue;
        if (s->key == key) {
            if (now - s->last_ns < IDLE_MAX_NS)
                return s;
            best = s;
            break;
        }
        if (!best || (best->key != 0 && (s->key == 0 || s->last_ns < best->last_ns)))
            best = s;
    }
    if (!best)
        return NULL;
    if (best->key)
        c->fragments_lost++;
    *best = (struct slot){.key = key, .index = best->index, .cut = DATAGRAM_MAX + 1};
    return best;
}

/* Copies the blocks that are new. Bytes on the wire that were not captured count as arrived but move `cut`. */
static void store(struct slot *s, uint8_t *data, const struct fragment *f)
{
    for (uint32_t at = 0; at < f->wire_len; at += BLOCK) {
        uint32_t block = (f->offset + at) / BLOCK;
        uint64_t bit = UINT64_C(1) << block % 64;
        size_t captured = f->data.n > at ? min_size(f->data.n - at, BLOCK) : 0;
        size_t due = min_size(f->wire_len - at, BLOCK);

        if (s->have[block / 64] & bit)
            continue;
        s->have[block / 64] |= bit;
        s->n_blocks++;
        if (captured)
            memcpy(data + f->offset + at, f->data.p + at, captured);
        if (captured < due && f->offset + at + captured < s->cut)
            s->cut = (uint32_t)(f->offset + at + captured);
    }
}

bool frag_add(struct frag_table *t, const struct fragment *f, struct view *whole, uint32_t *wire_len, struct wire_counters *c)
{
    uint64_t key = key_of(t, f);
    struct slot *s;
    uint8_t *data;
    uint32_t end;

    c->fragments++;
    if (f->wire_len > DATAGRAM_MAX || f->offset + f->wire_len > DATAGRAM_MAX || f->wire_len == 0 ||
        (f->more && f->wire_len % BLOCK != 0)) {
        c->malformed_fragment++;
        return false;
    }
    s = slot_for(t, key, f->time_ns, c);
    if (!s) {
        c->fragments_lost++;
        return false;
    }
    end = f->offset + f->wire_len;
    if ((s->total && (end > s->total || (!f->more && end != s->total))) || (!f->more && end < s->high)) {
        c->malformed_fragment++;
        return false;
    }
    data = pool_at(&t->data, s->index);
    s->last_ns = f->time_ns;
    s->high = end > s->high ? end : s->high;
    if (!f->more)
        s->total = end;
    store(s, data, f);
    if (s->total == 0 || s->n_blocks < (s->total + BLOCK - 1) / BLOCK)
        return false;
    *whole = view_of(data, min_size(s->total, s->cut));
    *wire_len = s->total;
    s->key = 0;
    s->lent = true;
    t->n_lent++;
    c->fragments_joined++;
    return true;
}

void frag_release(struct frag_table *t)
{
    for (uint32_t i = 0; t->n_lent > 0 && i < t->slots.cap; i++) {
        t->n_lent -= slot_at(t, i)->lent;
        slot_at(t, i)->lent = false;
    }
}

void frag_end(struct frag_table *t, struct wire_counters *c)
{
    for (uint32_t i = 0; i < t->slots.cap; i++) {
        c->fragments_lost += slot_at(t, i)->key != 0;
        slot_at(t, i)->key = 0;
    }
}
