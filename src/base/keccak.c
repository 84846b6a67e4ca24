/*
 * keccak.c - Keccak[512] with 256 bits of output.
 *
 * Source: the Keccak reference, version 3.0, by its authors: 25 lanes of 64 bits, 24 rounds, a rate of 136 bytes; the
 * padding is 0x01 ... 0x80. FIPS 202 later put 0x06 for 0x01; the coins had their hashes before.
 */
#include "config.h"

#include "base/keccak.h"

#define LANES 25
#define RATE 136 /* bytes: 200 less twice the digest */

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static uint64_t rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

/* Theta: each lane takes in the parity of two columns. */
static void mix_columns(uint64_t a[LANES])
{
    uint64_t p[5], d[5];

    for (size_t x = 0; x < 5; x++)
        p[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    d[0] = p[4] ^ rotate(p[1], 1);
    d[1] = p[0] ^ rotate(p[2], 1);
    d[2] = p[1] ^ rotate(p[3], 1);
    d[3] = p[2] ^ rotate(p[4], 1);
    d[4] = p[3] ^ rotate(p[0], 1);
    for (size_t y = 0; y < LANES; y += 5)
        for (size_t x = 0; x < 5; x++)
            a[y + x] ^= d[x];
}

/*
 * Rho and pi: each lane but the first is turned, and put where the next of the cycle was. The cycle starts at (1, 0) and goes
 * from (x, y) to (y, 2x + 3y) modulo 5; step t turns by (t + 1)(t + 2) / 2.
 */
static void move_lanes(uint64_t a[LANES])
{
    uint64_t lane = a[1], there;

#define MOVE(to, turn)              \
    do {                            \
        there = a[to];              \
        a[to] = rotate(lane, turn); \
        lane = there;               \
    } while (0)
    MOVE(10, 1); /* written out, as turns by constants take a third of the time */
    MOVE(7, 3);
    MOVE(11, 6);
    MOVE(17, 10);
    MOVE(18, 15);
    MOVE(3, 21);
    MOVE(5, 28);
    MOVE(16, 36);
    MOVE(8, 45);
    MOVE(21, 55);
    MOVE(24, 2);
    MOVE(4, 14);
    MOVE(15, 27);
    MOVE(23, 41);
    MOVE(19, 56);
    MOVE(13, 8);
    MOVE(12, 25);
    MOVE(2, 43);
    MOVE(20, 62);
    MOVE(14, 18);
    MOVE(22, 39);
    MOVE(9, 61);
    MOVE(6, 20);
    MOVE(1, 44);
#undef MOVE
}

/* Chi: the one step that is not linear. */
static void mix_rows(uint64_t a[LANES])
{
    for (size_t y = 0; y < LANES; y += 5) {
        uint64_t *row = a + y, first = row[0], second = row[1];

        row[0] ^= ~row[1] & row[2];
        row[1] ^= ~row[2] & row[3];
        row[2] ^= ~row[3] & row[4];
        row[3] ^= ~row[4] & first;
        row[4] ^= ~first & second;
    }
}

static void permute(uint64_t a[LANES])
{
    for (size_t i = 0; i < ARRAY_LEN(round_constants); i++) {
        mix_columns(a);
        move_lanes(a);
        mix_rows(a);
        a[0] ^= round_constants[i];
    }
}

/* One byte into the state, whose lanes are little endian. */
static void absorb(uint64_t a[LANES], size_t at, uint8_t byte)
{
    a[at / 8] ^= (uint64_t)byte << at % 8 * 8;
}

void keccak_256(struct view v, uint8_t digest[KECCAK_BYTES])
{
    uint64_t a[LANES] = {0};
    size_t at = 0;

    for (size_t i = 0; i < v.n; i++) {
        absorb(a, at, v.p[i]);
        if (++at == RATE) {
            permute(a);
            at = 0;
        }
    }
    absorb(a, at, 0x01);
    absorb(a, RATE - 1, 0x80);
    permute(a);
    for (size_t i = 0; i < KECCAK_BYTES; i++)
        digest[i] = (uint8_t)(a[i / 8] >> i % 8 * 8);
}
