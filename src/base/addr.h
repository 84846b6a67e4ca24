/*
 * addr.h - IP addresses and endpoints as values.
 *
 * An address is always 16 bytes in network order; IPv4 is held v4-mapped (::ffff:a.b.c.d, RFC 4291
 * section 2.5.5.2), so that one comparison and one hash serve both families.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include "base/base.h"

#include <stdbool.h>
#include <string.h>

struct out;

struct addr {
    uint8_t b[16]; /* network order */
};

struct endpoint {
    struct addr addr;
    uint16_t port; /* host order; 0 where there is none */
};

/* A network: all addresses whose first bits are those of addr. */
struct net {
    struct addr addr; /* the bits behind the first are 0 */
    uint8_t bits;     /* 0 to 128; of an IPv4 network 96 more than people say */
};

/* From 4 bytes in network order. */
static ATTR_ALWAYS_INLINE void addr_set_v4(struct addr *a, const uint8_t bytes[4])
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memcpy(a->b, prefix, sizeof(prefix));
    memcpy(a->b + sizeof(prefix), bytes, 4);
}

static inline bool addr_is_v4(const struct addr *a)
{
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return memcmp(a->b, prefix, sizeof(prefix)) == 0;
}

/* memcmp order: the canonical order of endpoints in a flow key. */
static inline int addr_cmp(const struct addr *a, const struct addr *b)
{
    return memcmp(a->b, b->b, sizeof(a->b));
}

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
    return memcmp(a->b, b->b, sizeof(a->b)) == 0; /* is made two words by compilers, as only equality is asked for */
}

static inline bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && addr_cmp(&a->addr, &b->addr) == 0;
}

static inline bool addr_in_net(const struct addr *a, const struct net *net)
{
    size_t whole = net->bits / 8, rest = net->bits % 8;

    return memcmp(a->b, net->addr.b, whole) == 0 && (rest == 0 || (a->b[whole] ^ net->addr.b[whole]) >> (8 - rest) == 0);
}

/* True for the all-zero value, which stands for "no address". */
bool addr_is_none(const struct addr *a);

/* True for addresses of one's own network: RFC 1918, RFC 6598, RFC 4193. */
bool addr_is_inside(const struct addr *a);

/* True for those of one link: RFC 3927, RFC 4291 section 2.5.6; and for those of one machine. */
bool addr_is_link_local(const struct addr *a);

/* True for groups, and for all machines of a link: multicast, 255.255.255.255. */
bool addr_is_group(const struct addr *a);

/* Writes 192.0.2.1 or 2001:db8::1 (RFC 5952). */
void addr_print(const struct addr *a, struct out *o);

/* Writes 192.0.2.0/24 or 2001:db8::/32. */
void net_print(const struct net *net, struct out *o);

/* Writes 192.0.2.1:3333 or [2001:db8::1]:3333. */
void endpoint_print(const struct endpoint *e, struct out *o);

#endif
