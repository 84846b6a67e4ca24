/*
 * gre.c - GRE version 0 (RFC 2784, RFC 2890), version 1 (RFC 2637, PPTP), NVGRE (RFC 7637), ERSPAN.
 *
 * Header: flags (checksum 0x8000, routing 0x4000, key 0x2000, sequence 0x1000, acknowledgement 0x0080 in
 * version 1), version in the low 3 bits, protocol type; then checksum and offset, key, sequence,
 * acknowledgement, 4 bytes each, where their flags say so. Source routing (RFC 1701) is refused.
 *
 * ERSPAN (draft-foschiano-erspan): type I is an Ethernet frame behind a GRE header without sequence;
 * type II has a sequence and a header of 8 bytes; type III one of 12, and 8 more when its lowest bit is set,
 * and carries IP instead of Ethernet when its frame type is 2. The session (10 bits) stands for the
 * network as a VNI does.
 */
#include "config.h"

#include "wire/gre.h"

#include "wire/link.h"
#include "wire/tunnel.h"

enum gre_flag {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACK = 0x0080,
    GRE_VERSION = 0x0007
};

static bool malformed(struct wire_counters *c)
{
    c->malformed_gre++;
    return false;
}

/* The ERSPAN header, when there is one. Gives the session in *session. */
static bool decode_erspan(uint16_t flags, uint16_t protocol, struct layer *l, uint32_t *session, struct wire_counters *c)
{
    struct view h;

    c->erspan++;
    l->type = ETHERTYPE_BRIDGE;
    if (protocol == ETHERTYPE_ERSPAN && !(flags & GRE_SEQUENCE))
        return true; /* type I */
    h = view_head(buf_rest(&l->b), protocol == ETHERTYPE_ERSPAN ? 8 : 12);
    *session = view_be16(h, 2) & 0x3ff;
    if (!layer_advance(l, protocol == ETHERTYPE_ERSPAN ? 8 : 12))
        return malformed(c);
    if (view_u8(h, 0) >> 4 != (protocol == ETHERTYPE_ERSPAN ? 1 : 2)) { /* the version: 1 is type II, 2 is type III */
        c->refused_gre++;
        return false;
    }
    if (protocol == ETHERTYPE_ERSPAN)
        return true;
    if (view_u8(h, 11) & 1 && !layer_advance(l, 8))
        return malformed(c);
    if ((view_u8(h, 10) >> 2 & 0x1f) == 2)
        l->type = buf_peek(&l->b, 0) >> 4 == 6 ? ETHERTYPE_IP6 : ETHERTYPE_IP4;
    return true;
}

bool gre_decode(struct layer *l, struct packet *p, struct wire_counters *c)
{
    uint16_t flags = buf_be16(&l->b), protocol = buf_be16(&l->b);
    bool pptp = (flags & GRE_VERSION) == 1;
    uint32_t key = 0, vni = 0;

    c->gre++;
    if (!buf_ok(&l->b))
        return malformed(c);
    l->wire -= min_size(l->wire, 4);
    if (flags & GRE_ROUTING || (flags & GRE_VERSION) > 1) {
        c->refused_gre++;
        return false;
    }
    if (flags & GRE_CHECKSUM)
        layer_advance(l, 4);
    if (flags & GRE_KEY) {
        key = buf_be32(&l->b);
        l->wire -= min_size(l->wire, 4);
    }
    if (flags & GRE_SEQUENCE)
        layer_advance(l, 4);
    if (pptp && flags & GRE_ACK)
        layer_advance(l, 4);
    if (!buf_ok(&l->b))
        return malformed(c);
    if (pptp && !(flags & GRE_SEQUENCE)) { /* an acknowledgement alone */
        c->not_ip++;
        return false;
    }
    if (!link_decode_type(protocol, l, c)) /* a VLAN tag may stand directly behind the header */
        return false;
    if (protocol == ETHERTYPE_BRIDGE && flags & GRE_KEY)
        vni = key >> 8; /* NVGRE: virtual subnet in the upper 24 bits */
    else if ((protocol == ETHERTYPE_ERSPAN || protocol == ETHERTYPE_ERSPAN3) && !decode_erspan(flags, protocol, l, &vni, c))
        return false;
    switch (l->type) {
    case ETHERTYPE_IP4:
    case ETHERTYPE_IP6:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_PPP:
    case ETHERTYPE_BRIDGE: return tunnel_enter(p, vni, c);
    default: c->refused_inner++; return false;
    }
}
