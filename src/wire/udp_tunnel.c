/*
 * udp_tunnel.c - GTP-U, L2TP and Teredo headers.
 *
 * GTP-U (3GPP TS 29.281 section 5.1): flags (version 1 in the upper 3 bits, 0x10 protocol type, 0x04
 * extension, 0x02 sequence, 0x01 N-PDU), message type (255 is a packet of a user; the others are signals),
 * length of what follows the first 8 bytes, endpoint identifier (32 bits). One of the three flags adds 4
 * bytes: sequence (16), N-PDU number (8), type of the first extension header (8). An extension header has
 * its length in words of 4 bytes first, and the type of the next one last. What is inside is not named; IP is
 * known by its version.
 *
 * L2TP version 2 (RFC 2661 section 3.1): flags (0x8000 control, 0x4000 length, 0x0800 sequence, 0x0200
 * offset, 0x0100 priority) and version in the low 4 bits; length, tunnel, session, Ns, Nr, offset size, 16 bits
 * each, where their flags say so; a PPP frame. Control messages are left as the datagrams that they are.
 * Version 3 (RFC 3931) is counted: its cookie has a length that only its control messages tell.
 *
 * Teredo (RFC 4380 section 5.1.1): authentication (00 01, two lengths, two texts, 9 bytes) and origin indication
 * (00 00, port, address), which may be left out, then an IPv6 packet. Two clients that found each
 * other by Teredo use ports of their own and are not seen.
 */
#include "config.h"

#include "wire/udp_tunnel.h"

#include "wire/ppp.h"

#define GTP_HEADER 8
#define GTP_USER_PACKET 255
#define GTP_EXTENSIONS_MAX 4 /* user packets of 5G have one, the session container; two are in use anywhere */
#define L2TP_RESERVED 0x34f0
#define L2TP_VERSION3_DATA 0x0003 /* all other bits are reserved (RFC 3931 section 4.1.2.1) */
#define TEREDO_PREFIX 0x20010000  /* RFC 4380 section 2.6 */
#define IP6_HEADER 40

enum gtp_flag { GTP_EXTENSION = 0x04, GTP_SEQUENCE = 0x02, GTP_NPDU = 0x01 };
enum l2tp_flag { L2TP_CONTROL = 0x8000, L2TP_LENGTH = 0x4000, L2TP_SEQUENCE = 0x0800, L2TP_OFFSET = 0x0200 };

/* Enters the tunnel whose header ends where `inside` stands; of it, wire_len bytes were on the wire. */
static enum tunnel_result enter(struct layer *l, struct packet *p, const struct buf *inside, uint32_t wire_len, uint16_t type,
                                struct wire_counters *c)
{
    if (!tunnel_enter(p, 0, c))
        return TUNNEL_REFUSED;
    l->b = *inside;
    l->wire = wire_len;
    l->type = type;
    buf_limit(&l->b, wire_len);
    return TUNNEL_INNER;
}

/* The extension headers from the type of the first one on; each is 4 bytes at least. */
static bool skip_gtp_extensions(uint8_t type, struct buf *b)
{
    for (int i = 0; type != 0; i++) {
        uint32_t len = (uint32_t)buf_u8(b) * 4;

        if (i == GTP_EXTENSIONS_MAX || len == 0)
            return false;
        buf_skip(b, len - 2);
        type = buf_u8(b);
    }
    return buf_ok(b);
}

static enum tunnel_result decode_gtp(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct buf b = l->b;
    uint8_t flags = buf_u8(&b), kind = buf_u8(&b), extension = 0;
    uint32_t end = GTP_HEADER + (uint32_t)buf_be16(&b), used;

    buf_skip(&b, 4);
    if (flags & (GTP_EXTENSION | GTP_SEQUENCE | GTP_NPDU)) {
        buf_skip(&b, 3);
        extension = buf_u8(&b);
    }
    if (!buf_ok(&b) || flags >> 4 != 3 || end > l->wire || (flags & GTP_EXTENSION && !skip_gtp_extensions(extension, &b))) {
        c->malformed_gtp++;
        return TUNNEL_NONE;
    }
    if (kind != GTP_USER_PACKET)
        return TUNNEL_NONE;
    used = (uint32_t)(buf_left(&l->b) - buf_left(&b));
    if (used > end) {
        c->malformed_gtp++;
        return TUNNEL_NONE;
    }
    c->gtp++;
    switch (buf_peek(&b, 0) >> 4) {
    case 4: return enter(l, p, &b, end - used, ETHERTYPE_IP4, c);
    case 6: return enter(l, p, &b, end - used, ETHERTYPE_IP6, c);
    default: c->refused_inner++; return TUNNEL_REFUSED; /* Ethernet and other sessions of 5G */
    }
}

/* A datagram of the port of a tunnel that is not one. Only what was sent to that port is worth a count. */
static enum tunnel_result ordinary(const struct packet *p, uint16_t port, uint64_t *malformed)
{
    if (p->dport == port)
        ++*malformed;
    return TUNNEL_NONE;
}

static enum tunnel_result decode_l2tp(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct buf b = l->b;
    uint16_t flags = buf_be16(&b);
    uint32_t end = l->wire, used;

    if (flags == L2TP_VERSION3_DATA && p->dport == PORT_L2TP) {
        c->refused_l2tp3++;
        return TUNNEL_REFUSED;
    }
    if (flags & L2TP_CONTROL && buf_ok(&b))
        return TUNNEL_NONE;
    if (flags & L2TP_LENGTH)
        end = buf_be16(&b);
    buf_skip(&b, 4); /* tunnel, session */
    if (flags & L2TP_SEQUENCE)
        buf_skip(&b, 4);
    if (flags & L2TP_OFFSET)
        buf_skip(&b, buf_be16(&b));
    used = (uint32_t)(buf_left(&l->b) - buf_left(&b));
    if (!buf_ok(&b) || (flags & 0x0f) != 2 || flags & L2TP_RESERVED || end > l->wire || end < used ||
        !ppp_is_frame(buf_rest(&b)))
        return ordinary(p, PORT_L2TP, &c->malformed_l2tp);
    c->l2tp++;
    return enter(l, p, &b, end - used, ETHERTYPE_PPP, c);
}

/* Whether an IPv6 packet of wire_len bytes is one that Teredo carries: with an address of its own, or a link-local one. */
static bool is_teredo_packet(struct view v, uint32_t wire_len)
{
    if (v.n < IP6_HEADER || view_u8(v, 0) >> 4 != 6 || IP6_HEADER + (uint32_t)view_be16(v, 4) > wire_len)
        return false;
    return view_be32(v, 8) == TEREDO_PREFIX || view_be32(v, 24) == TEREDO_PREFIX || (view_be16(v, 8) & 0xffc0) == 0xfe80;
}

static enum tunnel_result decode_teredo(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct buf b = l->b;
    uint32_t used;

    if (view_be16(buf_rest(&b), 0) == 1 && buf_has(&b, 4))
        buf_skip(&b, 4 + (size_t)buf_peek(&b, 2) + buf_peek(&b, 3) + 9);
    if (view_be16(buf_rest(&b), 0) == 0 && buf_has(&b, 8))
        buf_skip(&b, 8);
    used = (uint32_t)(buf_left(&l->b) - buf_left(&b));
    if (!buf_ok(&b) || !is_teredo_packet(buf_rest(&b), l->wire - used))
        return ordinary(p, PORT_TEREDO, &c->malformed_teredo);
    c->teredo++;
    return enter(l, p, &b, l->wire - used, ETHERTYPE_IP6, c);
}

enum tunnel_result udp_tunnel_decode(struct layer *l, struct packet *p, struct wire_counters *c)
{
    if (p->dport == PORT_GTPU)
        return decode_gtp(l, p, c);
    if (p->dport == PORT_L2TP || p->sport == PORT_L2TP)
        return decode_l2tp(l, p, c);
    return decode_teredo(l, p, c);
}
