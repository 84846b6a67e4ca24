/*
 * sha1.c - SHA-1, by the functions of libcrypto that only compute; why these, base/sha256.c says.
 */
#define OPENSSL_API_COMPAT 0x10100000L /* the interface of 1.1.0 */

#include "config.h"

#include "base/sha1.h"

#include <openssl/sha.h>

_Static_assert(SHA1_BYTES == SHA_DIGEST_LENGTH, "SHA-1 has 160 bits");

void sha1(const struct view *pieces, size_t n, uint8_t digest[SHA1_BYTES])
{
    SHA_CTX context;

    /* They cannot fail: each returns 1 whatever it is given. */
    (void)SHA1_Init(&context);
    for (size_t i = 0; i < n; i++)
        (void)SHA1_Update(&context, pieces[i].p, pieces[i].n);
    (void)SHA1_Final(digest, &context);
}
