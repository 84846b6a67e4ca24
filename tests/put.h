/*
 * put.h - integers in network order, for tests that build packets byte by byte.
 */
#ifndef TESTS_PUT_H
#define TESTS_PUT_H

#include <stdint.h>

static inline void put_be16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void put_be32(uint8_t *p, uint32_t v)
{
    put_be16(p, v >> 16);
    put_be16(p + 2, v & 0xffff);
}

#endif
