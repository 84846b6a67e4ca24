/*
 * bech32.h - text of 5 bits a character with a checksum over it and a prefix: bech32, bech32m, and the longer code of
 * CashAddr, which Kaspa and Conflux use too.
 *
 * Where the prefix ends, and which of the codes it is, is the caller's knowledge.
 */
#ifndef BASE_BECH32_H
#define BASE_BECH32_H

#include "base/buf.h"

#define BECH32_MAX 128 /* characters of a text, without its prefix */

#define BECH32_ALPHABET "qpzry9x8gf2tvdw0s3jn54khce6mua7l"  /* also that of CashAddr and Kaspa */
#define CONFLUX_ALPHABET "abcdefghjkmnprstuvwxyz0123456789" /* CIP-37 */

#define BECH32_CHECKSUM 6   /* values at the end of bech32 and bech32m */
#define CASHADDR_CHECKSUM 8 /* of CashAddr */

enum bech32_code { BECH32_WRONG, BECH32_FIRST, BECH32_M };

/* 5 bits each. */
struct bech32 {
    uint8_t values[BECH32_MAX];
    size_t n;
};

/* True when v has small letters only, or capital ones only; digits and all else count as neither. */
bool bech32_one_case(struct view v);

/*
 * Values of a text in an alphabet of 32 small characters and digits, either case. False when a character is wrong or they are
 * too many.
 */
bool bech32_read(struct view text, const char *alphabet, struct bech32 *out);

/* Which code's checksum the values end in, with this prefix (without the separator). */
enum bech32_code bech32_check(struct view prefix, const struct bech32 *b);

/* True when the values end in CashAddr's checksum, with this prefix (without the colon). */
bool cashaddr_check(struct view prefix, const struct bech32 *b);

/*
 * Bytes of n values from an index. Gives false when these do not exist, they are not exactly n_bytes, or the bits that are
 * left over are not zero.
 */
bool bech32_bytes(const struct bech32 *b, size_t from, size_t n, uint8_t *bytes, size_t n_bytes);

/* Bytes that n values hold. */
static inline size_t bech32_n_bytes(size_t n)
{
    return n * 5 / 8;
}

/*
 * An address of a witness program (BIP 141) with a NUL: version 0 in bech32, later ones in bech32m. Gives its length, or 0
 * when it does not fit in `cap` or the program is longer than 40 bytes.
 */
size_t bech32_encode_witness(const char *prefix, uint8_t version, struct view program, char *text, size_t cap);

/* A CashAddr of a type (0 = public key hash, 1 = script hash) and a hash of 20 bytes, with its prefix; as above. */
size_t cashaddr_encode(const char *prefix, uint8_t type, struct view hash, char *text, size_t cap);

#endif
