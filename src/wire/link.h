/*
 * link.h - link layers: Ethernet with 802.1Q/802.1ad tags, Linux cooked v1 and v2, raw IP, BSD loopback,
 * and by the files that each has to itself PPP, serial lines, 802.11 and headers of capturing programs.
 */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "wire/counters.h"
#include "wire/layer.h"
#include "wire/packet.h"

/*
 * Decodes the link header at l. On true l stands behind it and l->type says what comes; p->macs is set
 * for Ethernet. On false one counter was raised.
 */
bool link_decode(uint32_t linktype, struct layer *l, struct packet *p, struct wire_counters *c);

#define LINKTYPE_ETHERNET 1
#define LINK_ETHERNET_HEADER 14

/* What follows the addresses of an Ethernet frame when it is not plain IP: tags, or another type. */
bool link_decode_type(uint16_t type, struct layer *l, struct wire_counters *c);

/* An Ethernet frame whose header is not whole. */
bool link_malformed(struct wire_counters *c);

/* Like link_decode, for Ethernet: here so that the usual case costs no call. */
static ATTR_ALWAYS_INLINE bool link_decode_ethernet(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct view h;

    if (UNLIKELY(!buf_header(&l->b, LINK_ETHERNET_HEADER, &h)))
        return link_malformed(c);
    p->macs = view_sub(h, 0, 12);
    l->wire -= LIKELY(l->wire >= LINK_ETHERNET_HEADER) ? LINK_ETHERNET_HEADER : l->wire;
    l->type = view_be16(h, 12);
    if (LIKELY(l->type == ETHERTYPE_IP4 || l->type == ETHERTYPE_IP6))
        return true;
    return link_decode_type(l->type, l, c);
}

/* Sets l->type from the version in the first byte; for links that carry bare IP. False when it is neither 4 nor 6. */
bool link_decode_raw_ip(struct layer *l, struct wire_counters *c);

#endif
