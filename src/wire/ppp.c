/*
 * ppp.c - PPP (RFC 1661, RFC 1662) and PPPoE (RFC 2516).
 *
 * PPP: address ff and control 03, which may be left out, then a protocol number of two bytes, or of one
 * when it is odd (compressed). PPPoE session: version and type (0x11), code 0, session, length, PPP.
 */
#include "config.h"

#include "wire/ppp.h"

enum ppp_protocol { PPP_IP4 = 0x0021, PPP_IP6 = 0x0057, PPP_MPLS = 0x0281, PPP_MPLS_MC = 0x0283 };

static bool malformed(struct wire_counters *c)
{
    c->malformed_ppp++;
    return false;
}

/* Steps over address, control and protocol; gives the protocol. */
static uint16_t skip_header(struct layer *l)
{
    uint16_t protocol;

    if (buf_peek(&l->b, 0) == 0xff && buf_peek(&l->b, 1) == 0x03)
        layer_advance(l, 2);
    if (buf_peek(&l->b, 0) & 1) {
        protocol = buf_peek(&l->b, 0);
        layer_advance(l, 1);
    } else {
        protocol = (uint16_t)(buf_peek(&l->b, 0) << 8 | buf_peek(&l->b, 1));
        layer_advance(l, 2);
    }
    return protocol;
}

bool ppp_is_frame(struct view v)
{
    struct layer l = {buf_of(v), 0, 0};
    uint16_t protocol = skip_header(&l);

    if (!buf_ok(&l.b) || !(protocol & 1))
        return false;
    return (protocol >= PPP_IP4 && protocol <= 0xff) || protocol >= 0x8000 || protocol == PPP_MPLS || protocol == PPP_MPLS_MC;
}

bool ppp_decode(struct layer *l, struct wire_counters *c)
{
    uint16_t protocol;

    c->ppp++;
    protocol = skip_header(l);
    if (!buf_ok(&l->b))
        return malformed(c);
    switch (protocol) {
    case PPP_IP4: l->type = ETHERTYPE_IP4; return true;
    case PPP_IP6: l->type = ETHERTYPE_IP6; return true;
    case PPP_MPLS:
    case PPP_MPLS_MC: l->type = ETHERTYPE_MPLS; return true;
    default: c->not_ip++; return false; /* negotiation, compression, encryption */
    }
}

bool ppp_decode_pppoe(struct layer *l, struct wire_counters *c)
{
    struct view h;
    uint32_t len;

    if (!buf_header(&l->b, 6, &h) || view_u8(h, 0) != 0x11 || view_u8(h, 1) != 0)
        return malformed(c);
    len = view_be16(h, 4);
    buf_limit(&l->b, len);
    l->wire = len;
    return ppp_decode(l, c);
}
