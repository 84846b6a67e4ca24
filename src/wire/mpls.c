/*
 * mpls.c - label stacks (RFC 3032): 4 bytes a label, bit 0x01 of the third byte marks the last one.
 *
 * What follows is not named. IP is known by its version. The rest may be an Ethernet pseudowire (RFC 4448), with a
 * control word of 4 bytes whose first half byte is 0 (RFC 4385), or without: then the first bytes are a hardware
 * address, which may begin with any half byte (RFC 4928 says what comes of it). The EtherType tells: it is looked for
 * behind the control word first. A packet that has the version of IP is one, unless its lengths say no and an
 * EtherType yes, so that no IP packet is misread.
 */
#include "config.h"

#include "wire/mpls.h"

#define LABEL 4
#define CONTROL_WORD 4
#define IP4_HEADER_MIN 20
#define IP6_HEADER 40
#define LABELS_MAX 8 /* five are the most that service stacks use */

/* Whether an Ethernet frame that carries IP, perhaps through more headers, seems to begin at a place. */
static bool is_ethernet_at(const struct layer *l, size_t at)
{
    struct view v = view_skip(buf_rest(&l->b), at);

    switch (view_be16(v, 12)) {
    case ETHERTYPE_IP4: return view_u8(v, 14) >> 4 == 4;
    case ETHERTYPE_IP6: return view_u8(v, 14) >> 4 == 6;
    case ETHERTYPE_VLAN:
    case ETHERTYPE_QINQ:
    case ETHERTYPE_MPLS:
    case ETHERTYPE_PPPOE: return true;
    default: return false;
    }
}

/* Whether what begins with a version of IP contradicts itself as an IP packet, as a hardware address does. */
static bool is_no_ip(const struct layer *l)
{
    struct view v = buf_rest(&l->b);
    uint32_t len = view_be16(v, 2), header_len = (uint32_t)(view_u8(v, 0) & 15) * 4;

    if (view_u8(v, 0) >> 4 == 6)
        return view_be16(v, 4) + (uint32_t)IP6_HEADER > l->wire;
    return header_len < IP4_HEADER_MIN || (len != 0 && (len < header_len || len > l->wire));
}

/* What is neither version of IP. */
static bool decode_pseudowire(struct layer *l, struct wire_counters *c)
{
    bool zero = buf_peek(&l->b, 0) >> 4 == 0, bare = is_ethernet_at(l, 0);

    if (!zero && !bare) {
        c->refused_inner++;
        return false;
    }
    if (zero && (!bare || is_ethernet_at(l, CONTROL_WORD)) && !layer_advance(l, CONTROL_WORD)) {
        c->malformed_mpls++;
        return false;
    }
    l->type = ETHERTYPE_BRIDGE;
    return true;
}

bool mpls_decode(struct layer *l, struct wire_counters *c)
{
    bool bottom = false;

    c->mpls++;
    for (int i = 0; !bottom; i++) {
        if (i == LABELS_MAX) {
            c->refused_depth++;
            return false;
        }
        bottom = buf_peek(&l->b, 2) & 1;
        if (!layer_advance(l, LABEL)) {
            c->malformed_mpls++;
            return false;
        }
    }
    switch (buf_peek(&l->b, 0) >> 4) {
    case 4: l->type = ETHERTYPE_IP4; break;
    case 6: l->type = ETHERTYPE_IP6; break;
    default: return decode_pseudowire(l, c);
    }
    if (is_no_ip(l) && is_ethernet_at(l, 0))
        l->type = ETHERTYPE_BRIDGE;
    return true;
}
