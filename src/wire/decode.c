/*
 * decode.c - the loop over link, network and transport headers; TCP (RFC 9293) and UDP (RFC 768).
 */
#include "config.h"

#include "wire/decode.h"

#include "wire/ip.h"
#include "wire/layer.h"
#include "wire/link.h"
#include "wire/tunnel.h"

#define TCP_HEADER_MIN 20
#define UDP_HEADER 8

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

static bool refuse_proto(uint8_t proto, struct wire_counters *c)
{
    switch (proto) {
    case IPPROTO_NUM_IPIP:
    case IPPROTO_NUM_IPV6: c->refused_ipip++; break;
    case IPPROTO_NUM_GRE: c->refused_gre++; break;
    case IPPROTO_NUM_AH: c->refused_ah++; break;
    case IPPROTO_NUM_ESP: c->refused_esp++; break;
    default: c->other_ip++;
    }
    return false;
}

/* Comes from the inside of a tunnel to the next IP header. */
static bool decode_inner_link(struct layer *l, struct packet *p, struct wire_counters *c)
{
    p->macs.n = 0;
    if (l->type == ETHERTYPE_BRIDGE)
        return link_decode_ethernet(l, p, c);
    return true;
}

bool decode_frame(const struct frame *frame, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    struct layer l = {buf_of(frame->bytes), frame->wire_len, 0};

    p->frame = frame;
    p->n_encap = 0;
    p->vni = 0;
    p->macs.n = 0;
    p->in_fragment_memory = false;
    if (UNLIKELY(frame->wire_len > frame->bytes.n))
        c->truncated++;
    if (UNLIKELY(!(LIKELY(frame->linktype == LINKTYPE_ETHERNET) ? link_decode_ethernet(&l, p, c)
                                                                : link_decode(frame->linktype, &l, p, c))))
        return false;
    for (;;) { /* ends: every round but the first enters a tunnel, and tunnel_decode refuses the fifth */
        if (!ip_decode(&l, p, frags, c))
            return false;
        if (LIKELY(p->ip_proto == IPPROTO_NUM_TCP))
            return decode_tcp(&l, p, c);
        if (p->ip_proto != IPPROTO_NUM_UDP)
            return refuse_proto(p->ip_proto, c);
        if (!decode_udp(&l, p, c))
            return false;
        switch (tunnel_decode(&l, p, c)) {
        case TUNNEL_NONE: c->udp++; return true;
        case TUNNEL_REFUSED: return false;
        case TUNNEL_INNER:
            if (!decode_inner_link(&l, p, c))
                return false;
        }
    }
}
