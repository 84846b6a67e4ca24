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

/* Value of a digit, or -1. */
static int digit_of(uint8_t c)
{
    if (c >= '1' && c <= '9')
        return c - '1';
    if (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O')
        return 9 + (c - 'A') - (c > 'I') - (c > 'O');
    if (c >= 'a' && c <= 'z' && c != 'l')
        return 33 + (c - 'a') - (c > 'l');
    return -1;
}

bool base58_is(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (digit_of(v.p[i]) < 0)
            return false;
    return v.n > 0;
}

size_t base58_decode(struct view text, uint8_t *bytes, size_t cap)
{
    uint8_t number[BASE58_MAX]; /* little endian; a character is less than a byte */
    size_t n = 0, zeros = 0;

    if (text.n > BASE58_MAX)
        return 0;
    while (zeros < text.n && text.p[zeros] == '1')
        zeros++;
    for (size_t i = zeros; i < text.n; i++) {
        int digit = digit_of(text.p[i]);
        unsigned carry = (unsigned)digit;

        if (digit < 0)
            return 0;
        for (size_t j = 0; j < n; j++, carry >>= 8) {
            carry += 58u * number[j];
            number[j] = (uint8_t)carry;
        }
        if (carry)
            number[n++] = (uint8_t)carry;
    }
    if (zeros + n > cap)
        return 0;
    memset(bytes, 0, zeros);
    for (size_t i = 0; i < n; i++)
        bytes[zeros + i] = number[n - 1 - i];
    return zeros + n;
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
    unsigned __int128 value = 0; /* 58 to the power of 11 is less than 2 to the power of 65 */

    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i]);

        if (digit < 0)
            return false;
        value = value * 58 + (unsigned)digit;
    }
    if (value >> (8 * n))
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
