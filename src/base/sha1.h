/*
 * sha1.h - SHA-1, by OpenSSL's libcrypto: for identifiers that others define by it, never for what must be secure.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include "base/buf.h"

#define SHA1_BYTES 20

/* The digest of n pieces, one behind the other. */
void sha1(const struct view *pieces, size_t n, uint8_t digest[SHA1_BYTES]);

#endif
