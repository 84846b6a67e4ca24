/*
 * frag.h - bounded reassembly of IP fragments, IPv4 (RFC 791) and IPv6 (RFC 8200 section 4.5).
 *
 * A fixed number of datagrams is held at once; a new one takes the place of the one idle longest.
 * Where fragments overlap, the bytes that came first stay.
 */
#ifndef WIRE_FRAG_H
#define WIRE_FRAG_H

#include "base/addr.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/pool.h"
#include "wire/counters.h"

struct fragment {
    struct addr src, dst;
    uint32_t id;       /* IPv4 identification (16 bits) or IPv6 (32 bits) */
    uint8_t proto;     /* of what is inside */
    bool more;         /* more fragments follow */
    uint32_t offset;   /* bytes, a multiple of 8 */
    struct view data;  /* as far as captured */
    uint32_t wire_len; /* bytes on the wire, >= data.n */
    /* Innermost tunnel, zero without one: keeps equal addresses of different networks apart. */
    struct addr outer_src, outer_dst;
    uint32_t vni;
    uint8_t n_encap;
    ns_t time_ns;
};

struct frag_table {
    struct hash_key hash;
    struct pool slots, data; /* one 64 KiB object of data for each slot; all are taken at the start */
    uint32_t n_lent;         /* datagrams given out and not yet released */
};

/* Makes a table for n datagrams (at least 8), with hash keys from `seed`. False when memory is short. */
bool frag_table_init(struct frag_table *t, uint32_t n, uint64_t seed);
void frag_table_fini(struct frag_table *t);

/*
 * Adds a fragment. True when it completes its datagram: then *whole is the payload as far as captured
 * and *wire_len its length; *whole is valid until frag_release().
 */
bool frag_add(struct frag_table *t, const struct fragment *f, struct view *whole, uint32_t *wire_len, struct wire_counters *c);

/* Ends the life of every datagram that frag_add gave out. Called before the next frame is decoded. */
void frag_release(struct frag_table *t);

/* Gives up all datagrams that are still incomplete and counts them. */
void frag_end(struct frag_table *t, struct wire_counters *c);

#endif
