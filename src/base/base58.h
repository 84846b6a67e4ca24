/*
 * base58.h - the three base 58 notations of coins: plain, with a double SHA-256 behind it, and Monero's blocks.
 *
 * Each takes at most BASE58_MAX characters, so that the square of the length that conversion costs stays small.
 */
#ifndef BASE_BASE58_H
#define BASE_BASE58_H

#include "base/buf.h"

#define BASE58_MAX 128 /* characters */

/* True when v is 1 or more of the 58 characters (digits and letters without 0, I, O, l). */
bool base58_is(struct view v);

/*
 * Bytes of a number in base 58, big endian; each leading `1' is a zero byte. Gives their count, or 0 when a character
 * is wrong, or they do not fit in `cap`.
 */
size_t base58_decode(struct view text, uint8_t *bytes, size_t cap);

/* Writes at most cap - 1 characters and a NUL; gives their count, or 0 when they do not fit or there are too many bytes. */
size_t base58_encode(struct view bytes, char *text, size_t cap);

/* As base58_decode, and the last 4 bytes, which are not counted, must be the checksum of those before them; else 0. */
size_t base58_check_decode(struct view text, uint8_t *bytes, size_t cap);

/* Writes version and hash with their checksum, as base58_encode does; 0 also when they are more than 64 bytes. */
size_t base58_check_encode(struct view bytes, char *text, size_t cap);

/*
 * Monero's notation: each 11 characters are 8 bytes, and the rest of them as many as it stands for. Gives the count of
 * bytes, or 0 when a character, a length or the value of a block is wrong, or they do not fit.
 */
size_t base58_decode_blocks(struct view text, uint8_t *bytes, size_t cap);

#endif
