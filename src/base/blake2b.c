/*
 * blake2b.c - BLAKE2b-256. Source: RFC 7693.
 */
#include "config.h"

#include "base/blake2b.h"

#define BLOCK 128 /* bytes */

/* RFC 7693 section 2.6: those of SHA-512. */
static const uint64_t iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Section 2.7. Rounds 10 and 11 take the first two rows again. */
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

/* The four words that each of the eight steps of a round works on: first the columns, then the diagonals. */
static const uint8_t steps[8][4] = {
    {0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15}, {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14},
};

static uint64_t rotate_right(uint64_t x, unsigned n)
{
    return x >> n | x << (64 - n);
}

static void mix(uint64_t v[16], const uint8_t step[4], uint64_t x, uint64_t y)
{
    uint64_t *a = &v[step[0]], *b = &v[step[1]], *c = &v[step[2]], *d = &v[step[3]];

    *a += *b + x;
    *d = rotate_right(*d ^ *a, 32);
    *c += *d;
    *b = rotate_right(*b ^ *c, 24);
    *a += *b + y;
    *d = rotate_right(*d ^ *a, 16);
    *c += *d;
    *b = rotate_right(*b ^ *c, 63);
}

/* One block of at most 128 bytes, filled up with zeros; n_before is what was hashed up to its end. */
static void compress(uint64_t h[8], struct view block, uint64_t n_before, bool last)
{
    uint64_t v[16], m[16] = {0};

    for (size_t i = 0; i < block.n; i++)
        m[i / 8] |= (uint64_t)block.p[i] << i % 8 * 8;
    memcpy(v, h, 8 * sizeof(*v));
    memcpy(v + 8, iv, sizeof(iv));
    v[12] ^= n_before;
    if (last)
        v[14] = ~v[14];
    for (size_t round = 0; round < 12; round++) {
        const uint8_t *s = sigma[round % ARRAY_LEN(sigma)];

        for (size_t i = 0; i < ARRAY_LEN(steps); i++)
            mix(v, steps[i], m[s[2 * i]], m[s[2 * i + 1]]);
    }
    for (size_t i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[i + 8];
}

void blake2b_256(struct view v, uint8_t digest[BLAKE2B_BYTES])
{
    uint64_t h[8], n = 0;

    memcpy(h, iv, sizeof(h));
    h[0] ^= 0x01010000 ^ BLAKE2B_BYTES; /* section 2.8: no key, no tree */
    for (; v.n > BLOCK; v = view_skip(v, BLOCK)) {
        n += BLOCK;
        compress(h, view_head(v, BLOCK), n, false);
    }
    compress(h, v, n + v.n, true);
    for (size_t i = 0; i < BLAKE2B_BYTES; i++)
        digest[i] = (uint8_t)(h[i / 8] >> i % 8 * 8);
}
