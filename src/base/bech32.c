/*
 * bech32.c - bech32, bech32m and CashAddr.
 *
 * Sources: BIP 173 (bech32), BIP 350 (bech32m), the CashAddr specification of Bitcoin Cash. Both codes divide by a polynomial
 * over 32 elements; the generators, and what is left at the end, are theirs.
 */
#include "config.h"

#include "base/bech32.h"

#define RESIDUE_FIRST 1
#define RESIDUE_M 0x2bc830a3
#define PROGRAM_MAX 40

bool bech32_one_case(struct view v)
{
    bool small = false, capital = false;

    for (size_t i = 0; i < v.n; i++) {
        small |= v.p[i] >= 'a' && v.p[i] <= 'z';
        capital |= v.p[i] >= 'A' && v.p[i] <= 'Z';
    }
    return !(small && capital);
}

bool bech32_read(struct view text, const char *alphabet, struct bech32 *out)
{
    struct view digits = view_of(alphabet, 32);

    out->n = 0;
    if (text.n > BECH32_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        size_t value = view_find(digits, byte_lower(text.p[i]));

        if (value == digits.n)
            return false;
        out->values[out->n++] = (uint8_t)value;
    }
    return true;
}

static uint32_t bech32_step(uint32_t c, uint8_t value)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    uint32_t top = c >> 25;

    c = (c & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++)
        if (top >> i & 1)
            c ^= generator[i];
    return c;
}

static uint32_t bech32_residue(struct view prefix, const struct bech32 *b)
{
    uint32_t c = 1;

    for (size_t i = 0; i < prefix.n; i++)
        c = bech32_step(c, byte_lower(prefix.p[i]) >> 5);
    c = bech32_step(c, 0);
    for (size_t i = 0; i < prefix.n; i++)
        c = bech32_step(c, prefix.p[i] & 31);
    for (size_t i = 0; i < b->n; i++)
        c = bech32_step(c, b->values[i]);
    return c;
}

enum bech32_code bech32_check(struct view prefix, const struct bech32 *b)
{
    uint32_t residue;

    if (b->n < BECH32_CHECKSUM)
        return BECH32_WRONG;
    residue = bech32_residue(prefix, b);
    return residue == RESIDUE_FIRST ? BECH32_FIRST : residue == RESIDUE_M ? BECH32_M : BECH32_WRONG;
}

static uint64_t cashaddr_step(uint64_t c, uint8_t value)
{
    static const uint64_t generator[5] = {0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470};
    uint64_t top = c >> 35;

    c = (c & 0x7ffffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++)
        if (top >> i & 1)
            c ^= generator[i];
    return c;
}

static uint64_t cashaddr_residue(struct view prefix, const struct bech32 *b)
{
    uint64_t c = 1;

    for (size_t i = 0; i < prefix.n; i++)
        c = cashaddr_step(c, prefix.p[i] & 31);
    c = cashaddr_step(c, 0);
    for (size_t i = 0; i < b->n; i++)
        c = cashaddr_step(c, b->values[i]);
    return c;
}

bool cashaddr_check(struct view prefix, const struct bech32 *b)
{
    return b->n > CASHADDR_CHECKSUM && cashaddr_residue(prefix, b) == 1;
}

bool bech32_bytes(const struct bech32 *b, size_t from, size_t n, uint8_t *bytes, size_t n_bytes)
{
    unsigned bits = 0, n_bits = 0;
    size_t done = 0;

    if (from > b->n || n > b->n - from || bech32_n_bytes(n) != n_bytes)
        return false;
    for (size_t i = from; i < from + n; i++) {
        bits = (bits << 5 | b->values[i]) & 0xfff; /* at most 7 bits wait for the next 5 */
        n_bits += 5;
        if (n_bits >= 8) {
            n_bits -= 8;
            bytes[done++] = (uint8_t)(bits >> n_bits);
        }
    }
    return n_bits < 5 && (bits & ((1u << n_bits) - 1)) == 0;
}

/* Adds the values of bytes, filled up with zero bits. */
static void add_bytes(struct bech32 *b, struct view bytes)
{
    unsigned bits = 0, n_bits = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        bits = (bits << 8 | bytes.p[i]) & 0xfff;
        for (n_bits += 8; n_bits >= 5; n_bits -= 5)
            b->values[b->n++] = bits >> (n_bits - 5) & 31;
    }
    if (n_bits)
        b->values[b->n++] = bits << (5 - n_bits) & 31;
}

/* Adds the n values of a checksum; residue is that of the values with as many zeros behind them. */
static void add_checksum(struct bech32 *b, uint64_t residue, size_t n)
{
    b->n -= n; /* the zeros */
    for (size_t i = n; i > 0; i--)
        b->values[b->n++] = residue >> 5 * (i - 1) & 31;
}

static void add_zeros(struct bech32 *b, size_t n)
{
    memset(b->values + b->n, 0, n);
    b->n += n;
}

static size_t write_text(const char *prefix, char separator, const struct bech32 *b, char *text, size_t cap)
{
    size_t at = strlen(prefix);

    if (at + 1 + b->n + 1 > cap)
        return 0;
    memcpy(text, prefix, at);
    text[at++] = separator;
    for (size_t i = 0; i < b->n; i++)
        text[at++] = BECH32_ALPHABET[b->values[i]];
    text[at] = '\0';
    return at;
}

size_t bech32_encode_witness(const char *prefix, uint8_t version, struct view program, char *text, size_t cap)
{
    struct bech32 b = {.values = {version & 31}, .n = 1};

    if (program.n > PROGRAM_MAX)
        return 0;
    add_bytes(&b, program);
    add_zeros(&b, BECH32_CHECKSUM);
    add_checksum(&b, bech32_residue(view_str(prefix), &b) ^ (version ? RESIDUE_M : RESIDUE_FIRST), BECH32_CHECKSUM);
    return write_text(prefix, '1', &b, text, cap);
}

size_t cashaddr_encode(const char *prefix, uint8_t type, struct view hash, char *text, size_t cap)
{
    uint8_t payload[21] = {(uint8_t)(type << 3)}; /* a size of 0 stands for 20 bytes */
    struct bech32 b = {.n = 0};

    if (hash.n != 20)
        return 0;
    memcpy(payload + 1, hash.p, hash.n);
    add_bytes(&b, view_of(payload, sizeof(payload)));
    add_zeros(&b, CASHADDR_CHECKSUM);
    add_checksum(&b, cashaddr_residue(view_str(prefix), &b) ^ 1, CASHADDR_CHECKSUM);
    return write_text(prefix, ':', &b, text, cap);
}
