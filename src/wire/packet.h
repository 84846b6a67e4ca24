/*
 * packet.h - one packet as the decoders see it.
 *
 * A struct packet lives for one call. Its views point into the capture's memory, or into the fragment
 * table; nobody keeps them.
 */
#ifndef WIRE_PACKET_H
#define WIRE_PACKET_H

#include "base/addr.h"
#include "base/buf.h"

#define PACKET_ENCAP_MAX 4 /* tunnels inside tunnels; a fifth is refused */

enum tcp_flag { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PSH = 0x08, TCP_ACK = 0x10 };

/* IP protocol numbers (IANA) that the code names. */
enum ip_proto {
    IPPROTO_NUM_HOPOPT = 0,
    IPPROTO_NUM_IPIP = 4,
    IPPROTO_NUM_TCP = 6,
    IPPROTO_NUM_UDP = 17,
    IPPROTO_NUM_IPV6 = 41,
    IPPROTO_NUM_ROUTING = 43,
    IPPROTO_NUM_FRAGMENT = 44,
    IPPROTO_NUM_GRE = 47,
    IPPROTO_NUM_ESP = 50,
    IPPROTO_NUM_AH = 51,
    IPPROTO_NUM_NONE = 59,
    IPPROTO_NUM_DSTOPTS = 60,
    IPPROTO_NUM_L2TP3 = 115,
    IPPROTO_NUM_MOBILITY = 135,
    IPPROTO_NUM_HIP = 139,
    IPPROTO_NUM_SHIM6 = 140
};

/* The bytes of one captured frame and where they came from. Filled by capture/. */
struct frame {
    struct view bytes; /* captured, borrowed */
    uint32_t wire_len; /* bytes on the wire, >= bytes.n normally */
    uint32_t linktype; /* LINKTYPE_ value, https://www.tcpdump.org/linktypes.html */
    ns_t time_ns;      /* UTC */
    uint64_t number;   /* in its file, from 1 */
    uint32_t file;     /* index of the file in the run */
};

struct packet {
    const struct frame *frame; /* where it came from: time, number, file */

    /* Innermost network and transport headers. */
    struct addr src, dst;
    uint16_t sport, dport; /* host order */
    bool is_v4;            /* the innermost IP header is IPv4's */
    uint8_t ip_proto;      /* IPPROTO_NUM_TCP or IPPROTO_NUM_UDP after a successful decode */
    uint8_t tcp_flags;     /* enum tcp_flag */
    uint32_t tcp_seq, tcp_ack;

    struct view payload;       /* transport payload as far as captured */
    uint32_t payload_wire_len; /* transport payload by the IP length fields, >= payload.n */

    struct view macs; /* innermost Ethernet destination and source, 12 bytes; empty when there is none */

    /* Innermost encapsulation. */
    struct addr outer_src, outer_dst; /* valid when n_encap > 0 */
    uint32_t vni;                     /* 24 bits: VNI, virtual subnet (NVGRE), session (ERSPAN), or 0 */
    uint8_t n_encap;

    bool in_fragment_memory; /* payload lies in the fragment table: use it before the next decode */
};

_Static_assert(offsetof(struct packet, in_fragment_memory) == offsetof(struct packet, n_encap) + 1, "for packet_is_special");

/* Whether it came through a tunnel or lies in fragment memory: both in one look, as hardly any does. */
static inline bool packet_is_special(const struct packet *p)
{
    uint16_t both;

    memcpy(&both, &p->n_encap, sizeof(both));
    return both != 0;
}

/* After a decode that failed: neither TCP nor UDP, and without a payload. */
static inline void packet_clear(struct packet *p)
{
    p->ip_proto = IPPROTO_NUM_NONE;
    p->payload.n = 0;
    p->payload_wire_len = 0;
}

#endif
