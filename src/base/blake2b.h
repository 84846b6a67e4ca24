/*
 * blake2b.h - BLAKE2b with a digest of 256 bits and no key.
 */
#ifndef BASE_BLAKE2B_H
#define BASE_BLAKE2B_H

#include "base/buf.h"

#define BLAKE2B_BYTES 32

/* The digest of v. It is not the start of the longer digests: its length is part of what is hashed. */
void blake2b_256(struct view v, uint8_t digest[BLAKE2B_BYTES]);

#endif
