/*
 * sha256.c - SHA-256, by the three functions of libcrypto that only compute.
 *
 * They are marked as deprecated since OpenSSL 3.0, whose EVP interface, and SHA256() on top of it, fetch the algorithm
 * from a provider: they allocate, and at their first call open openssl.cnf and read random bytes (strace, OpenSSL
 * 3.0.19), which a jailed process may not. These neither allocate nor make a system call.
 */
#define OPENSSL_API_COMPAT 0x10100000L /* the interface of 1.1.0 */

#include "config.h"

#include "base/sha256.h"

#include <openssl/sha.h>

void sha256(struct view v, uint8_t digest[SHA256_BYTES])
{
    SHA256_CTX context;

    /* They cannot fail: each returns 1 whatever it is given. */
    (void)SHA256_Init(&context);
    (void)SHA256_Update(&context, v.p, v.n);
    (void)SHA256_Final(digest, &context);
}

void sha256_twice(struct view v, uint8_t digest[SHA256_BYTES])
{
    uint8_t once[SHA256_BYTES];

    sha256(v, once);
    sha256(view_of(once, sizeof(once)), digest);
}
