/*
 * layer.h - the decoder's place in a frame, handed from layer to layer.
 */
#ifndef WIRE_LAYER_H
#define WIRE_LAYER_H

#include "base/buf.h"

struct layer {
    struct buf b;  /* what was captured of this layer and all inside it */
    uint32_t wire; /* bytes this layer has on the wire; >= what is in b when the capture is cut */
    uint16_t type; /* EtherType, or IP protocol number, of what comes next */
};

enum ethertype {
    ETHERTYPE_IP4 = 0x0800,
    ETHERTYPE_IP6 = 0x86dd,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_QINQ = 0x88a8,
    ETHERTYPE_QINQ_OLD = 0x9100,
    ETHERTYPE_QINQ_OLD2 = 0x9200,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_MC = 0x8848,
    ETHERTYPE_PPPOE = 0x8864,
    ETHERTYPE_PPP = 0x880b,    /* a PPP frame (GRE, RFC 2637) */
    ETHERTYPE_ERSPAN = 0x88be, /* types I and II */
    ETHERTYPE_ERSPAN3 = 0x22eb,
    ETHERTYPE_BRIDGE = 0x6558 /* a whole Ethernet frame (GENEVE, RFC 8926 section 3.4; GRE, RFC 7637) */
};

/* Moves past n bytes that belong to a header, captured and on the wire. */
static inline bool layer_advance(struct layer *l, uint32_t n)
{
    l->wire = l->wire > n ? l->wire - n : 0;
    return buf_skip(&l->b, n);
}

#endif
