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

double difficulty_of(const struct mining_msg *msg)
{
    double d;

    switch (msg->target_kind) {
    case TARGET_DIFFICULTY: return parse_number(msg->target.text, &d) && d > 0 ? d : 0;
    case TARGET_BE256: return difficulty_of_target256(msg->target.text);
    case TARGET_CRYPTONOTE: return difficulty_of_cryptonote(msg->target.text);
    default: break;
    }
    return 0;
}
