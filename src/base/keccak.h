/*
 * keccak.h - Keccak-256 with its original padding, as Monero, its kin and Ethereum use it.
 */
#ifndef BASE_KECCAK_H
#define BASE_KECCAK_H

#include "base/buf.h"

#define KECCAK_BYTES 32

/* The digest of v. SHA-3 of FIPS 202 pads otherwise and gives other digests. */
void keccak_256(struct view v, uint8_t digest[KECCAK_BYTES]);

#endif
