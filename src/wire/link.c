/*
 * link.c - link layer headers: Ethernet and its tags, cooked captures, loopback, raw IP; the choice by link type.
 *
 * Sources: IEEE 802.3 and 802.1Q (Ethernet, tags), https://www.tcpdump.org/linktypes.html with its
 * pages on LINUX_SLL, LINUX_SLL2, NULL, LOOP and RAW. All are big endian but the address family of
 * LINKTYPE_NULL, which has the byte order of the capturing host.
 */
#include "config.h"

#include "wire/link.h"

#include "wire/ppp.h"
#include "wire/pseudo.h"
#include "wire/serial.h"
#include "wire/wlan.h"

enum {
    LINKTYPE_NULL = 0,
    LINKTYPE_SLIP = 8,
    LINKTYPE_PPP = 9,
    LINKTYPE_RAW_BSD = 12,     /* DLT_RAW as some systems write it */
    LINKTYPE_RAW_OPENBSD = 14, /* DLT_RAW on OpenBSD */
    LINKTYPE_PPP_HDLC = 50,
    LINKTYPE_PPP_ETHER = 51,
    LINKTYPE_RAW = 101,
    LINKTYPE_C_HDLC = 104,
    LINKTYPE_IEEE802_11 = 105,
    LINKTYPE_FRELAY = 107,
    LINKTYPE_LOOP = 108,
    LINKTYPE_LINUX_SLL = 113,
    LINKTYPE_RADIOTAP = 127,
    LINKTYPE_PPI = 192,
    LINKTYPE_IPV4 = 228,
    LINKTYPE_IPV6 = 229,
    LINKTYPE_NFLOG = 239,
    LINKTYPE_NETANALYZER = 240,
    LINKTYPE_LINUX_SLL2 = 276
};

#define VLAN_TAGS_MAX 8 /* two are in use anywhere; more would be a flood of headers */

bool link_malformed(struct wire_counters *c)
{
    c->malformed_link++;
    return false;
}

static bool is_tag(uint16_t type)
{
    return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_QINQ_OLD || type == ETHERTYPE_QINQ_OLD2;
}

/* Walks 802.1Q/802.1ad tags. l stands behind the EtherType `type`. */
bool link_decode_type(uint16_t type, struct layer *l, struct wire_counters *c)
{
    for (int i = 0; is_tag(type); i++) {
        if (i == VLAN_TAGS_MAX) {
            c->refused_depth++;
            return false;
        }
        l->wire -= min_size(l->wire, 4);
        buf_skip(&l->b, 2); /* priority and VLAN number */
        type = buf_be16(&l->b);
        if (!buf_ok(&l->b))
            return link_malformed(c);
    }
    l->type = type;
    return true;
}

bool link_decode_raw_ip(struct layer *l, struct wire_counters *c)
{
    uint8_t version = buf_peek(&l->b, 0) >> 4;

    if (version == 4 || version == 6) {
        l->type = version == 4 ? ETHERTYPE_IP4 : ETHERTYPE_IP6;
        return true;
    }
    if (buf_left(&l->b) == 0)
        return link_malformed(c);
    c->not_ip++;
    return false;
}

static bool decode_loopback(struct layer *l, struct wire_counters *c)
{
    uint32_t family = buf_be32(&l->b);

    l->wire -= min_size(l->wire, 4);
    if (!buf_ok(&l->b))
        return link_malformed(c);
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    /* AF_INET is 2 everywhere; AF_INET6 is 10 (Linux), 23 (Windows), 24, 28 (BSD) or 30 (macOS). */
    if (family == 2 || family == 10 || family == 23 || family == 24 || family == 28 || family == 30)
        return link_decode_raw_ip(l, c);
    c->not_ip++;
    return false;
}

static bool decode_sll(struct layer *l, struct wire_counters *c)
{
    uint16_t type;

    buf_skip(&l->b, 14); /* packet type, ARPHRD, address length, address of 8 */
    type = buf_be16(&l->b);
    l->wire -= min_size(l->wire, 16);
    return buf_ok(&l->b) ? link_decode_type(type, l, c) : link_malformed(c);
}

static bool decode_sll2(struct layer *l, struct wire_counters *c)
{
    uint16_t type = buf_be16(&l->b);

    buf_skip(&l->b, 18); /* reserved 2, interface 4, ARPHRD 2, packet type 1, address length 1, address 8 */
    l->wire -= min_size(l->wire, 20);
    return buf_ok(&l->b) ? link_decode_type(type, l, c) : link_malformed(c);
}

static bool decode_by_type(uint32_t linktype, struct layer *l, struct packet *p, struct wire_counters *c)
{
    switch (linktype) {
    case LINKTYPE_ETHERNET: return link_decode_ethernet(l, p, c);
    case LINKTYPE_RAW:
    case LINKTYPE_RAW_BSD:
    case LINKTYPE_RAW_OPENBSD:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6: return link_decode_raw_ip(l, c);
    case LINKTYPE_LINUX_SLL: return decode_sll(l, c);
    case LINKTYPE_LINUX_SLL2: return decode_sll2(l, c);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP: return decode_loopback(l, c);
    case LINKTYPE_PPP: return ppp_decode(l, c);
    case LINKTYPE_PPP_HDLC: return serial_is_cisco(l) ? serial_decode_cisco(l, c) : ppp_decode(l, c);
    case LINKTYPE_PPP_ETHER: return ppp_decode_pppoe(l, c);
    case LINKTYPE_C_HDLC: return serial_decode_cisco(l, c);
    case LINKTYPE_FRELAY: return serial_decode_frame_relay(l, c);
    case LINKTYPE_SLIP: return serial_decode_slip(l, c);
    case LINKTYPE_IEEE802_11: return wlan_decode(l, c);
    case LINKTYPE_RADIOTAP: return wlan_decode_radiotap(l, c);
    case LINKTYPE_NFLOG: return pseudo_decode_nflog(l, c);
    case LINKTYPE_NETANALYZER: return pseudo_decode_netanalyzer(l, p, c);
    default: c->refused_linktype++; return false;
    }
}

bool link_decode(uint32_t linktype, struct layer *l, struct packet *p, struct wire_counters *c)
{
    /* One level: a PPI header in a PPI header is a link type that is not decoded. */
    if (linktype == LINKTYPE_PPI && !pseudo_decode_ppi(l, &linktype, c))
        return false;
    return decode_by_type(linktype, l, p, c);
}
