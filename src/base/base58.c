/*
 * base58.c - base 58 notations.
 *
 * Sources: Bitcoin Core's base58.h and base58.cpp for the alphabet, leading zeros and the checksum; Monero's
 * src/common/base58.cpp for blocks of 8 bytes and the lengths of the last one.
 */
#include "config.h"

#include "base/base58.h"

#include "base/sha256.h"

#define CHECKSUM 4
#define CHECKED_MAX 64 /* bytes of version and hash; the longest of a coin here is 34 */
#define BLOCK_BYTES 8
#define BLOCK_CHARS 11

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Characters that 0 to 8 bytes are written with. */
static const uint8_t block_chars[BLOCK_BYTES + 1] = {0, 2, 3, 5, 6, 7, 9, 10, 11};

/* Value of a digit, or -1. The table has one more, so that all else is 0. */
static int digit_of(uint8_t c)
{
    static const uint8_t places[256] = {
        ['1'] = 1,  ['2'] = 2,  ['3'] = 3,  ['4'] = 4,  ['5'] = 5,  ['6'] = 6,  ['7'] = 7,  ['8'] = 8,  ['9'] = 9,  ['A'] = 10,
        ['B'] = 11, ['C'] = 12, ['D'] = 13, ['E'] = 14, ['F'] = 15, ['G'] = 16, ['H'] = 17, ['J'] = 18, ['K'] = 19, ['L'] = 20,
        ['M'] = 21, ['N'] = 22, ['P'] = 23, ['Q'] = 24, ['R'] = 25, ['S'] = 26, ['T'] = 27, ['U'] = 28, ['V'] = 29, ['W'] = 30,
        ['X'] = 31, ['Y'] = 32, ['Z'] = 33, ['a'] = 34, ['b'] = 35, ['c'] = 36, ['d'] = 37, ['e'] = 38, ['f'] = 39, ['g'] = 40,
        ['h'] = 41, ['i'] = 42, ['j'] = 43, ['k'] = 44, ['m'] = 45, ['n'] = 46, ['o'] = 47, ['p'] = 48, ['q'] = 49, ['r'] = 50,
        ['s'] = 51, ['t'] = 52, ['u'] = 53, ['v'] = 54, ['w'] = 55, ['x'] = 56, ['y'] = 57, ['z'] = 58,
    };

    return places[c] - 1;
}

bool base58_is(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (digit_of(v.p[i]) < 0)
            return false;
    return v.n > 0;
}

/* Byte i, the least first. */
static uint8_t byte_of(const uint32_t *number, size_t i)
{
    return (uint8_t)(number[i / 4] >> i % 4 * 8);
}

size_t base58_decode(struct view text, uint8_t *bytes, size_t cap)
{
    uint32_t number[BASE58_MAX / 4]; /* the least first; a character is less than a byte */
    size_t n = 0, zeros = 0, n_bytes;

    if (text.n > BASE58_MAX)
        return 0;
    while (zeros < text.n && text.p[zeros] == '1')
        zeros++;
    for (size_t i = zeros; i < text.n; i++) {
        int digit = digit_of(text.p[i]);
        uint64_t carry = (unsigned)digit;

        if (digit < 0)
            return 0;
        for (size_t j = 0; j < n; j++, carry >>= 32) {
            carry += UINT64_C(58) * number[j];
            number[j] = (uint32_t)carry;
        }
        if (carry)
            number[n++] = (uint32_t)carry;
    }
    n_bytes = 4 * n;
    while (n_bytes > 0 && byte_of(number, n_bytes - 1) == 0)
        n_bytes--;
    if (zeros + n_bytes > cap)
        return 0;
    memset(bytes, 0, zeros);
    for (size_t i = 0; i < n_bytes; i++)
        bytes[zeros + i] = byte_of(number, n_bytes - 1 - i);
    return zeros + n_bytes;
}

size_t base58_encode(struct view bytes, char *text, size_t cap)
{
    uint8_t digits[BASE58_MAX]; /* little endian */
    size_t n = 0, zeros = 0;

    while (zeros < bytes.n && bytes.p[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < bytes.n; i++) {
        unsigned carry = bytes.p[i];

        for (size_t j = 0; j < n; j++, carry /= 58) {
            carry += 256u * digits[j];
            digits[j] = (uint8_t)(carry % 58);
        }
        for (; carry; carry /= 58) {
            if (n == sizeof(digits))
                return 0;
            digits[n++] = (uint8_t)(carry % 58);
        }
    }
    if (zeros + n + 1 > cap)
        return 0;
    memset(text, '1', zeros);
    for (size_t i = 0; i < n; i++)
        text[zeros + i] = alphabet[digits[n - 1 - i]];
    text[zeros + n] = '\0';
    return zeros + n;
}

size_t base58_check_decode(struct view text, uint8_t *bytes, size_t cap)
{
    uint8_t digest[SHA256_BYTES];
    size_t n = base58_decode(text, bytes, cap);

    if (n <= CHECKSUM)
        return 0;
    n -= CHECKSUM;
    sha256_twice(view_of(bytes, n), digest);
    return memcmp(bytes + n, digest, CHECKSUM) == 0 ? n : 0;
}

size_t base58_check_encode(struct view bytes, char *text, size_t cap)
{
    uint8_t whole[CHECKED_MAX + SHA256_BYTES];

    if (bytes.n > CHECKED_MAX)
        return 0;
    memcpy(whole, bytes.p, bytes.n);
    sha256_twice(bytes, whole + bytes.n);
    return base58_encode(view_of(whole, bytes.n + CHECKSUM), text, cap);
}

/* One block; false when its value is not that of n bytes. */
static bool decode_block(struct view text, uint8_t *bytes, size_t n)
{
    uint64_t value = 0;

    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i]);

        if (digit < 0 || __builtin_mul_overflow(value, 58, &value) || __builtin_add_overflow(value, (unsigned)digit, &value))
            return false;
    }
    if (n < BLOCK_BYTES && value >> 8 * n)
        return false;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(value >> 8 * (n - 1 - i));
    return true;
}

size_t base58_decode_blocks(struct view text, uint8_t *bytes, size_t cap)
{
    size_t done = 0;

    if (text.n > BASE58_MAX)
        return 0;
    while (text.n > 0) {
        struct view block = view_head(text, BLOCK_CHARS);
        size_t n = 1;

        while (n <= BLOCK_BYTES && block_chars[n] != block.n)
            n++;
        if (n > BLOCK_BYTES || n > cap - done || !decode_block(block, bytes + done, n))
            return 0;
        done += n;
        text = view_skip(text, block.n);
    }
    return done;
}
