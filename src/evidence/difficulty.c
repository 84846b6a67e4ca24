/*
 * difficulty.c - target arithmetic.
 *
 * Sources: ZIP 301 and the Ethereum wiki (256-bit targets); XMRig's Job::setTarget for CryptoNote: a
 * 4-byte target t stands for the 64-bit target (2^64 - 1) / ((2^32 - 1) / t), and the difficulty is
 * (2^64 - 1) / target, all by integer division. Checked on captures: ffff0100 is 32768.
 */
#include "config.h"

#include "evidence/difficulty.h"

#include "base/parse.h"

#include <math.h>

/*
 * Pools choose targets so that the difficulty is a round number, and then round the target: the number
 * meant is the nearest whole one. Small difficulties may have meant fractions.
 */
static double as_meant(double difficulty)
{
    return difficulty >= 1000 ? nearbyint(difficulty) : difficulty;
}

double difficulty_of_target256(struct view hex)
{
    size_t zeros = 0;
    uint64_t top = 0;
    struct view significant;
    int bits;

    if (hex.n != 64)
        return 0;
    while (zeros < 64 && hex.p[zeros] == '0')
        zeros++;
    if (zeros == 64)
        return 0;
    /* The 64 most significant bits are more than a double holds; what follows them is rounding. */
    significant = view_head(view_skip(hex, zeros), 16);
    if (!parse_hex64(significant, &top))
        return 0;
    bits = (int)(4 * (64 - zeros - significant.n)); /* bits below `top` */
    if (bits == 0)
        return as_meant(ldexp(1.0, 256) / ((double)top + 1));
    return as_meant(ldexp(1.0, 256 - bits) / (double)top);
}

double difficulty_of_cryptonote(struct view hex)
{
    uint64_t big, t = 0;

    if ((hex.n != 8 && hex.n != 16) || !parse_hex64(hex, &big))
        return 0;
    for (size_t i = 0; i < hex.n / 2; i++) /* little endian */
        t |= (big >> (8 * (hex.n / 2 - 1 - i)) & 0xff) << (8 * i);
    if (t == 0)
        return 0;
    if (hex.n == 8)
        t = UINT64_MAX / (UINT32_MAX / t);
    return (double)(UINT64_MAX / t);
}

/* The same as difficulty_of_target256, little endian: bytes in reverse. */
static double target256_le(struct view hex)
{
    uint8_t big[64];

    if (hex.n != sizeof(big))
        return 0;
    for (size_t i = 0; i < sizeof(big); i += 2) {
        big[i] = hex.p[sizeof(big) - 2 - i];
        big[i + 1] = hex.p[sizeof(big) - 1 - i];
    }
    return difficulty_of_target256(view_of(big, sizeof(big)));
}

/* Digits without the zeros before them. */
static double difficulty_of_short_hex(struct view hex)
{
    uint8_t full[64];

    if (hex.n == 0 || hex.n > sizeof(full))
        return 0;
    memset(full, '0', sizeof(full));
    memcpy(full + sizeof(full) - hex.n, hex.p, hex.n);
    return difficulty_of_target256(view_of(full, sizeof(full)));
}

/* rx/yada reads its target as a big-endian number (XMRig's Job::setTarget). */
static double difficulty_of_cryptonote_be(struct view hex)
{
    uint64_t t;

    return hex.n == 16 && parse_hex64(hex, &t) && t ? (double)(UINT64_MAX / t) : 0;
}

/* 2^256 over a decimal number of any length. */
static double difficulty_of_ergo(struct view decimal)
{
    double b;

    if (decimal.n == 0 || decimal.n > 80 || !parse_number(decimal, &b) || b < 1)
        return 0;
    return ldexp(1.0, 256) / b;
}

/* Beam's core/difficulty.h: the high byte is the order, 24 bits of mantissa follow below an implied one. */
static double difficulty_of_beam(struct view number)
{
    uint64_t v;

    if (!parse_u64(number, &v) || v > UINT32_MAX)
        return 0;
    return ldexp((double)(1u << 24 | (v & 0xffffff)), (int)(v >> 24) - 24);
}

double difficulty_of(const struct mining_msg *msg)
{
    double d;

    switch (msg->target_kind) {
    case TARGET_DIFFICULTY:
    case TARGET_GRIN: return parse_number(msg->target.text, &d) && d > 0 ? d : 0;
    case TARGET_BE256: return difficulty_of_target256(msg->target.text);
    case TARGET_LE256: return target256_le(msg->target.text);
    case TARGET_HEX: /* Alephium's hash has to fit one of 16 chains too */
        return difficulty_of_short_hex(msg->target.text) * (msg->protocol == PROTOCOL_ALEPHIUM ? 16 : 1);
    case TARGET_CRYPTONOTE: return difficulty_of_cryptonote(msg->target.text);
    case TARGET_CRYPTONOTE_BE: return difficulty_of_cryptonote_be(msg->target.text);
    case TARGET_ERGO: return difficulty_of_ergo(msg->target.text);
    case TARGET_BEAM: return difficulty_of_beam(msg->target.text);
    case TARGET_NONE: break;
    }
    return 0;
}

#define UNIT_BITCOIN 4295032833.0 /* 2^256 / (0xffff << 208) */
#define UNIT_SCRYPT 65537.0039    /* 2^16 times easier */

/*
 * Stratum v1's number means another thing for scrypt than for all else, so the coin must be known. Kaspa's is 2^256 over
 * 2^224 - 1 (kaspa-stratum-bridge); Alephium's 16 chains times 2^30 (its mining pool's diff1TargetNumZero).
 */
double difficulty_unit(enum mining_protocol protocol, const char *coin)
{
    static const char *const scrypt[] = {"LTC", "DOGE"};
    static const char *const others[] = {"BTC", "BCH", "DASH", "DCR", "HNS"};

    switch (protocol) {
    case PROTOCOL_ETH_STRATUM_1:
    case PROTOCOL_KAWPOW: return UNIT_BITCOIN;
    case PROTOCOL_KASPA: return 4294967296.0;
    case PROTOCOL_ALEPHIUM: return 16 * 1073741824.0;
    case PROTOCOL_STRATUM_V1: break;
    default: return 0;
    }
    if (coin && strcmp(coin, "XEL") == 0)
        return 1; /* Xelis counts hashes */
    for (size_t i = 0; coin && i < ARRAY_LEN(scrypt); i++)
        if (strcmp(coin, scrypt[i]) == 0)
            return UNIT_SCRYPT;
    for (size_t i = 0; coin && i < ARRAY_LEN(others); i++)
        if (strcmp(coin, others[i]) == 0)
            return UNIT_BITCOIN;
    return 0;
}
