/*
 * hash.h - keyed hashing: XXH3 with a secret of the process.
 *
 * Tables that an attacker can fill are indexed by these functions. The key is fixed for files (equal
 * input gives equal output) and random for live capture.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/buf.h"

struct hash128 {
    uint64_t lo, hi;
};

#define HASH_KEY_BYTES 192 /* XXH3's default secret size, so that every length class is keyed */

struct hash_key {
    uint8_t secret[HASH_KEY_BYTES];
};

/* A fixed key made from a number; equal numbers give equal keys. */
void hash_key_fixed(struct hash_key *key, uint64_t number);

/* A fixed key made from a text; equal texts give equal keys. The same text never gives the key of a number. */
void hash_key_text(struct hash_key *key, struct view text);

/* A fresh key from the kernel's random source; false when there is none. */
bool hash_seed(struct hash_key *key);

/* 128 bits over v. */
struct hash128 hash_128(const struct hash_key *key, struct view v);

/*
 * 64 bits over two words: one keyed multiplication, folded. For indexes of tables that compare the
 * words themselves; it is no fingerprint.
 */
static inline uint64_t hash_fold(const struct hash_key *key, uint64_t a, uint64_t b)
{
    uint64_t k[2];
    unsigned __int128 product;

    memcpy(k, key->secret, sizeof(k));
    product = (unsigned __int128)(a ^ k[0]) * (b ^ k[1]);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* 64 bits over v. */
uint64_t hash_64(const struct hash_key *key, struct view v);

#endif
