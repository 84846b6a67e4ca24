/*
 * ip.h - IPv4 and IPv6 headers, their options, extension headers and fragments.
 */
#ifndef WIRE_IP_H
#define WIRE_IP_H

#include "wire/counters.h"
#include "wire/frag.h"
#include "wire/layer.h"
#include "wire/packet.h"

#define IP4_HEADER_MIN 20

/* The rest of an IPv4 header that has options, is a fragment, or is malformed. h are its first 20 bytes. */
bool ip4_decode_unusual(struct view h, struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c);

/* A packet whose IP header is not whole, or wrong. */
bool ip_malformed(struct wire_counters *c);

bool ip6_decode(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c);

/*
 * Walks the extension headers at l, of the kind p->ip_proto, until something that is none; then p->ip_proto says what. Does
 * nothing when there are none. False as with ip_decode.
 */
bool ip6_decode_extensions(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c);

/* IPv4: here so that a header without options, of a packet that is no fragment, costs no call. */
static ATTR_ALWAYS_INLINE bool ip4_decode(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    uint32_t total_len;
    struct view h;

    if (UNLIKELY(!buf_header(&l->b, IP4_HEADER_MIN, &h)))
        return ip_malformed(c);
    total_len = view_be16(h, 2);
    p->ip_proto = view_u8(h, 9);
    p->is_v4 = true;
    addr_set_v4(&p->src, view_sub(h, 12, 4).p);
    addr_set_v4(&p->dst, view_sub(h, 16, 4).p);
    if (UNLIKELY(view_u8(h, 0) != 0x45 || view_be16(h, 6) & 0x3fff || total_len < IP4_HEADER_MIN))
        return ip4_decode_unusual(h, l, p, frags, c);
    l->wire = total_len - IP4_HEADER_MIN;
    buf_limit(&l->b, l->wire);
    return true;
}

/*
 * Decodes the IP header at l (l->type says which version). On true p has the addresses and
 * p->ip_proto, and l stands at the transport header, cut to the length the IP header gives. On false
 * one counter was raised, or the packet was a fragment of a datagram that is not complete yet.
 */
static ATTR_ALWAYS_INLINE bool ip_decode(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    return LIKELY(l->type == ETHERTYPE_IP4) ? ip4_decode(l, p, frags, c) : ip6_decode(l, p, frags, c);
}

#endif
