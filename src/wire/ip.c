/*
 * ip.c - IPv4 (RFC 791) and IPv6 (RFC 8200) headers.
 *
 * Lengths: the IP length field says how long the packet is; the capture may hold less (snap length,
 * truncated mirrors). A length field of 0 is what segmentation offload leaves, and a jumbogram; then
 * the rest of the frame is the packet. Checksums are not looked at: offload leaves them wrong.
 */
#include "config.h"

#include "wire/ip.h"

#define IP6_HEADER 40
#define IP6_EXTENSIONS_MAX 8 /* RFC 8200 section 4.1 orders seven kinds, one of them twice */

bool ip_malformed(struct wire_counters *c)
{
    c->malformed_ip++;
    return false;
}

/* Cuts l to n bytes of payload, both captured and on the wire. */
static void limit(struct layer *l, uint32_t n)
{
    buf_limit(&l->b, n);
    l->wire = n;
}

/* Hands a fragment to the table; when it completes a datagram, l becomes the datagram. */
static bool join(struct layer *l, struct packet *p, struct fragment *f, struct frag_table *frags, struct wire_counters *c)
{
    struct view whole;

    f->src = p->src;
    f->dst = p->dst;
    f->proto = p->ip_proto;
    f->data = buf_rest(&l->b);
    f->wire_len = l->wire;
    f->time_ns = p->frame->time_ns;
    if (p->n_encap) {
        f->outer_src = p->outer_src;
        f->outer_dst = p->outer_dst;
        f->vni = p->vni;
        f->n_encap = p->n_encap;
    }
    if (!frag_add(frags, f, &whole, &l->wire, c))
        return false;
    l->b = buf_of(whole);
    p->in_fragment_memory = true;
    return true;
}

bool ip4_decode_unusual(struct view h, struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    uint32_t header_len = (uint32_t)(view_u8(h, 0) & 15) * 4;
    uint32_t total_len = view_be16(h, 2);
    uint32_t flags = view_be16(h, 6);

    if (total_len == 0)
        total_len = l->wire;
    if (view_u8(h, 0) >> 4 != 4 || header_len < IP4_HEADER_MIN || total_len < header_len)
        return ip_malformed(c);
    if (!buf_skip(&l->b, header_len - IP4_HEADER_MIN))
        return ip_malformed(c);
    limit(l, total_len - header_len);
    if (flags & 0x3fff) {
        struct fragment f = {.id = view_be16(h, 4), .more = flags & 0x2000, .offset = (flags & 0x1fff) * 8};

        return join(l, p, &f, frags, c);
    }
    return true;
}

bool ip6_decode_extensions(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    uint8_t next = p->ip_proto;

    for (int i = 0; i < IP6_EXTENSIONS_MAX; i++) {
        struct fragment f = {0};
        uint8_t kind = next;
        uint32_t len;

        switch (kind) {
        case IPPROTO_NUM_HOPOPT:
        case IPPROTO_NUM_ROUTING:
        case IPPROTO_NUM_DSTOPTS:
        case IPPROTO_NUM_MOBILITY:
        case IPPROTO_NUM_HIP:
        case IPPROTO_NUM_SHIM6:
            next = buf_peek(&l->b, 0);
            len = ((uint32_t)buf_peek(&l->b, 1) + 1) * 8;
            if (len > l->wire || !layer_advance(l, len))
                return ip_malformed(c);
            break;
        case IPPROTO_NUM_FRAGMENT:
            next = buf_u8(&l->b);
            buf_skip(&l->b, 1);
            f.offset = buf_be16(&l->b);
            f.id = buf_be32(&l->b);
            if (!buf_ok(&l->b) || l->wire < 8)
                return ip_malformed(c);
            l->wire -= 8;
            f.more = f.offset & 1;
            f.offset &= 0xfff8;
            p->ip_proto = next;
            if ((f.more || f.offset) && !join(l, p, &f, frags, c))
                return false;
            break;
        default: p->ip_proto = kind; return true;
        }
    }
    c->refused_depth++;
    return false;
}

bool ip6_decode(struct layer *l, struct packet *p, struct frag_table *frags, struct wire_counters *c)
{
    uint32_t payload_len;
    struct view h;
    uint8_t next;

    if (!buf_header(&l->b, IP6_HEADER, &h) || view_u8(h, 0) >> 4 != 6)
        return ip_malformed(c);
    payload_len = view_be16(h, 4);
    next = view_u8(h, 6);
    p->is_v4 = false;
    memcpy(p->src.b, view_sub(h, 8, 16).p, sizeof(p->src.b));
    memcpy(p->dst.b, view_sub(h, 24, 16).p, sizeof(p->dst.b));
    if (payload_len == 0)
        payload_len = l->wire > IP6_HEADER ? l->wire - IP6_HEADER : 0;
    limit(l, payload_len);
    p->ip_proto = next;
    if (LIKELY(next == IPPROTO_NUM_TCP || next == IPPROTO_NUM_UDP))
        return true;
    return ip6_decode_extensions(l, p, frags, c);
}
