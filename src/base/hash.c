/*
 * hash.c - keyed XXH3 and the making of its keys.
 */
#include "config.h"

#include "base/hash.h"

#define XXH_INLINE_ALL
#include <sys/random.h>
#include <xxhash.h>

_Static_assert(HASH_KEY_BYTES >= XXH3_SECRET_SIZE_MIN, "XXH3 needs a secret of at least its minimum size");

void hash_key_fixed(struct hash_key *key, uint64_t number)
{
    for (size_t i = 0; i < sizeof(key->secret); i += sizeof(uint64_t)) {
        uint64_t word = XXH64(&number, sizeof(number), i);

        memcpy(key->secret + i, &word, sizeof(word));
    }
}

void hash_key_text(struct hash_key *key, struct view text)
{
    for (size_t i = 0; i < sizeof(key->secret); i += sizeof(XXH128_canonical_t)) {
        XXH128_canonical_t word;

        XXH128_canonicalFromHash(&word, XXH3_128bits_withSeed(text.n ? text.p : (const uint8_t *)"", text.n, i + 1));
        memcpy(key->secret + i, &word, sizeof(word));
    }
}

bool hash_seed(struct hash_key *key)
{
    return getrandom(key->secret, sizeof(key->secret), 0) == (ssize_t)sizeof(key->secret);
}

struct hash128 hash_128(const struct hash_key *key, struct view v)
{
    XXH128_hash_t h = XXH3_128bits_withSecret(v.p, v.n, key->secret, sizeof(key->secret));

    return (struct hash128){h.low64, h.high64};
}

uint64_t hash_64(const struct hash_key *key, struct view v)
{
    return XXH3_64bits_withSecret(v.p, v.n, key->secret, sizeof(key->secret));
}
