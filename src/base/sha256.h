/*
 * sha256.h - SHA-256, by OpenSSL's libcrypto.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/buf.h"

#define SHA256_BYTES 32

/* The digest of v. */
void sha256(struct view v, uint8_t digest[SHA256_BYTES]);

/* The digest of the digest of v, whose first 4 bytes are Bitcoin's checksum. */
void sha256_twice(struct view v, uint8_t digest[SHA256_BYTES]);

#endif
