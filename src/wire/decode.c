/*
 * decode.c - the loop over link, network and transport headers; TCP (RFC 9293) and UDP (RFC 768).
 */
#include "config.h"

#include "wire/decode.h"

#include "wire/gre.h"
#include "wire/ip.h"
#include "wire/layer.h"
#include "wire/link.h"
#include "wire/mpls.h"
#include "wire/ppp.h"

#define TCP_HEADER_MIN 20
#define UDP_HEADER 8
#define SHIMS_MAX 4       /* layers between a link or tunnel header and IP: PPPoE, MPLS, Ethernet, MPLS */
#define AH_MAX 2          /* authentication headers in a row */
#define LAYER_TRANSPORT 1 /* layer.type when a transport header follows; no EtherType is below 0x600 */

static bool malformed(struct wire_counters *c)
{
    c->malformed_transport++;
    return false;
}

static inline bool decode_tcp(struct layer *l, struct packet *p, struct wire_counters *c)
{
    uint32_t header_len;
    struct view h;

    if (UNLIKELY(!buf_header(&l->b, TCP_HEADER_MIN, &h)))
        return malformed(c);
    p->sport = view_be16(h, 0);
    p->dport = view_be16(h, 2);
    p->tcp_seq = view_be32(h, 4);
    p->tcp_ack = view_be32(h, 8);
    header_len = (uint32_t)(view_u8(h, 12) >> 4) * 4;
    p->tcp_flags = view_u8(h, 13);
    if (UNLIKELY(header_len < TCP_HEADER_MIN || l->wire < header_len))
        return malformed(c);
    /* Options cut by the snap length leave a segment without captured payload, not a malformed one. */
    p->payload = view_skip(buf_rest(&l->b), header_len - TCP_HEADER_MIN);
    p->payload_wire_len = l->wire - header_len;
    c->tcp++;
    return true;
}

static inline bool decode_udp(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct view h;
    uint32_t len;

    if (UNLIKELY(!buf_header(&l->b, UDP_HEADER, &h)))
        return malformed(c);
    p->sport = view_be16(h, 0);
    p->dport = view_be16(h, 2);
    len = view_be16(h, 4);
    if (UNLIKELY(len == 0))
        len = l->wire; /* jumbogram or offload */
    if (UNLIKELY(len < UDP_HEADER || len > l->wire))
        return malformed(c);
    buf_limit(&l->b, len - UDP_HEADER);
    l->wire = len - UDP_HEADER;
    p->payload = buf_rest(&l->b);
    p->payload_wire_len = l->wire;
    return true;
}

/*
 * Comes from behind a link or tunnel header to the IP header: through Ethernet in tunnels, label stacks,
 * PPP. Bounded: each such layer can be there a few times only.
 */
static bool reach_ip(struct layer *l, struct packet *p, struct wire_counters *c)
{
    for (int i = 0; l->type != ETHERTYPE_IP4 && l->type != ETHERTYPE_IP6; i++) {
        bool ok;

        if (i == SHIMS_MAX) {
            c->refused_depth++;
            return false;
        }
        switch (l->type) {
        case ETHERTYPE_BRIDGE: ok = link_decode_ethernet(l, p, c); break;
        case ETHERTYPE_MPLS:
        case ETHERTYPE_MPLS_MC: ok = mpls_decode(l, c); break;
        case ETHERTYPE_PPPOE: ok = ppp_decode_pppoe(l, c); break;
        case ETHERTYPE_PPP: ok = ppp_decode(l, c); break;
        default: c->not_ip++; return false;
        }
        if (!ok)
            return false;
    }
    return true;
}

/* Steps over an authentication header (RFC 4302): the payload behind it is in the clear. */
static bool skip_ah(struct layer *l, struct packet *p, struct wire_counters *c)
{
    uint32_t len = ((uint32_t)buf_peek(&l->b, 1) + 2) * 4;

    p->ip_proto = buf_peek(&l->b, 0);
    if (len > l->wire || !layer_advance(l, len)) {
        c->malformed_ip++;
        return false;
    }
    return true;
}

static bool enter_ipip(struct layer *l, struct packet *p, struct wire_counters *c)
{
    c->ipip++;
    l->type = p->ip_proto == IPPROTO_NUM_IPIP ? ETHERTYPE_IP4 : ETHERTYPE_IP6;
    return tunnel_enter(p, 0, c);
}

/* What is neither TCP nor UDP. True when it leads to another header, at which l then stands. */
static bool enter_other(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    for (int i = 0; i < AH_MAX && p->ip_proto == IPPROTO_NUM_AH; i++)
        if (!skip_ah(l, p, c) || (!p->is_v4 && !ip6_decode_extensions(l, p, frags, c)))
            return false;
    switch (p->ip_proto) {
    case IPPROTO_NUM_TCP:
    case IPPROTO_NUM_UDP: l->type = LAYER_TRANSPORT; return true;
    case IPPROTO_NUM_IPIP:
    case IPPROTO_NUM_IPV6: return enter_ipip(l, p, c);
    case IPPROTO_NUM_GRE: return gre_decode(l, p, c);
    case IPPROTO_NUM_AH: c->refused_depth++; return false;
    case IPPROTO_NUM_ESP: c->refused_esp++; return false;
    case IPPROTO_NUM_L2TP3: c->refused_l2tp3++; return false;
    default: c->other_ip++; return false;
    }
}

/* A UDP datagram. True when it is an ordinary one or leads into a tunnel; *done tells which. */
static bool enter_udp(struct layer *l, struct packet *p, const struct tunnel_ports *ports, bool *done, struct wire_counters *c)
{
    if (!decode_udp(l, p, c))
        return false;
    if (LIKELY(!tunnel_may_be(ports, p))) {
        c->udp++;
        *done = true;
        return true;
    }
    switch (tunnel_decode(l, p, ports, c)) {
    case TUNNEL_NONE:
        c->udp++;
        *done = true;
        return true;
    case TUNNEL_REFUSED: return false;
    case TUNNEL_INNER: break;
    }
    return true;
}

/* From the link header on, layer by layer. */
static ATTR_NOINLINE bool decode_layers(const struct frame *frame, struct packet *p, struct frag_table *frags,
                                        const struct tunnel_ports *ports, struct wire_counters *c)
{
    struct layer l = {buf_of(frame->bytes), frame->wire_len, 0};

    if (UNLIKELY(!(LIKELY(frame->linktype == LINKTYPE_ETHERNET) ? link_decode_ethernet(&l, p, c)
                                                                : link_decode(frame->linktype, &l, p, c))))
        return false;
    for (;;) { /* ends: every round but the first enters a tunnel, and tunnel_enter refuses the fifth */
        bool done = false;

        if (UNLIKELY(l.type != ETHERTYPE_IP4 && l.type != ETHERTYPE_IP6) && !reach_ip(&l, p, c))
            return false;
        if (!ip_decode(&l, p, frags, c))
            return false;
        if (LIKELY(p->ip_proto == IPPROTO_NUM_TCP))
            return decode_tcp(&l, p, c);
        if (UNLIKELY(p->ip_proto != IPPROTO_NUM_UDP)) {
            if (!enter_other(&l, p, frags, c))
                return false;
            if (l.type != LAYER_TRANSPORT) {
                p->macs.n = 0;
                continue;
            }
            if (p->ip_proto == IPPROTO_NUM_TCP)
                return decode_tcp(&l, p, c);
        }
        if (!enter_udp(&l, p, ports, &done, c))
            return false;
        if (done)
            return true;
        p->macs.n = 0;
    }
}

#define ETHERNET_IP4 (LINK_ETHERNET_HEADER + IP4_HEADER_MIN)

/* The headers of the usual frame: TCP in a packet of IPv4 that is no fragment and has no options, in Ethernet without tags. */
static inline bool is_usual(const struct frame *frame, struct view h)
{
    return frame->linktype == LINKTYPE_ETHERNET && view_be16(h, 12) == ETHERTYPE_IP4 && view_u8(h, 14) == 0x45 &&
           view_u8(h, 23) == IPPROTO_NUM_TCP && !(view_be16(h, 20) & 0x3fff) && view_be16(h, 16) >= IP4_HEADER_MIN;
}

/*
 * Most frames are the usual one, which is read in one go, as link_decode_ethernet, ip4_decode and decode_tcp do it: that takes
 * two thirds of the instructions, as the place in the frame needs no memory.
 */
bool decode_frame(const struct frame *frame, struct packet *p, struct frag_table *frags, const struct tunnel_ports *ports,
                  struct wire_counters *c)
{
    struct buf b = buf_of(frame->bytes);
    struct layer l;
    struct view h;

    p->frame = frame;
    p->n_encap = 0;
    p->vni = 0;
    p->macs.n = 0;
    p->in_fragment_memory = false;
    if (UNLIKELY(frame->wire_len > frame->bytes.n))
        c->truncated++;
    if (UNLIKELY(!buf_header(&b, ETHERNET_IP4, &h) || !is_usual(frame, h)))
        return decode_layers(frame, p, frags, ports, c);
    p->macs = view_head(h, 12);
    p->is_v4 = true;
    p->ip_proto = IPPROTO_NUM_TCP;
    addr_set_v4(&p->src, view_sub(h, 26, 4).p);
    addr_set_v4(&p->dst, view_sub(h, 30, 4).p);
    l = (struct layer){b, view_be16(h, 16) - IP4_HEADER_MIN, LAYER_TRANSPORT};
    buf_limit(&l.b, l.wire);
    return decode_tcp(&l, p, c);
}
