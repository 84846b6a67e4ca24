/*
 * rlpx.c - devp2p's rlpx.md and EIP-8: auth-size, ecies(auth-body padded with 100 to 300 bytes), and the answer alike.
 *
 * A protocol with a length in front and a 4 behind it is told apart by the point, whose bytes are chance: of 64 about half
 * have the high bit set, and less than 12 or more than 52 once in 10^7 times.
 */
#include "config.h"

#include "message/rlpx.h"

#define HEAD 3         /* length, and the mark of an uncompressed point */
#define POINT 64       /* bytes */
#define LENGTH_MIN 250 /* of an answer: 65 + 16 + 32 of ECIES, 102 of body, some padding */
#define LENGTH_MAX 1023
#define HIGH_MIN 12
#define HIGH_MAX 52

enum piece_look rlpx_look(struct view data, struct piece *pc)
{
    uint16_t length = view_be16(data, 0);
    unsigned n_high = 0;

    if (data.n >= 1 && data.p[0] > LENGTH_MAX >> 8)
        return PIECE_NO;
    if (data.n >= 2 && (length < LENGTH_MIN || length > LENGTH_MAX))
        return PIECE_NO;
    if (data.n >= HEAD && data.p[2] != 4)
        return PIECE_NO;
    if (data.n < HEAD + POINT)
        return PIECE_MORE;
    for (size_t i = 0; i < POINT; i++)
        n_high += view_u8(data, HEAD + i) >> 7;
    *pc = (struct piece){.total = 2 + (uint32_t)length, .want = HEAD + POINT};
    return n_high >= HIGH_MIN && n_high <= HIGH_MAX ? PIECE_YES : PIECE_NO;
}
