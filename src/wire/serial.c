/*
 * serial.c - Cisco HDLC, Frame Relay (Q.922, RFC 2427), SLIP.
 *
 * Cisco HDLC (RFC 1547 section 4.3.1): address (0f to one, 8f to all), control 00, EtherType.
 * Frame Relay: an address of 2 to 4 bytes, of which the last alone has its lowest bit set; then control 03, a zero byte
 * that may be left out, and a protocol number (NLPID), behind which SNAP and PPP (RFC 1973) name another protocol; or, in
 * Cisco's own form, an EtherType, whose first byte cannot be 03.
 * SLIP as captures hold it (https://www.tcpdump.org/linktypes/LINKTYPE_SLIP.html): direction, and 15 bytes that
 * tell how the packet was compressed; the packet itself is whole.
 */
#include "config.h"

#include "wire/serial.h"

#include "wire/link.h"

#define CISCO_HEADER 4
#define SLIP_HEADER 16
#define ADDRESS_MIN 2
#define ADDRESS_MAX 4 /* bytes; Q.922 section 3.2 */
#define CONTROL_UI 0x03

enum nlpid { NLPID_PAD = 0x00, NLPID_SNAP = 0x80, NLPID_IP6 = 0x8e, NLPID_IP4 = 0xcc, NLPID_PPP = 0xcf };

enum snap_oui { OUI_ETHERTYPE = 0x000000, OUI_BRIDGED = 0x0080c2 };

enum bridged_pid { BRIDGED_ETHERNET_FCS = 1, BRIDGED_ETHERNET = 7 }; /* RFC 2427 section 4.2 */

bool serial_is_cisco(const struct layer *l)
{
    uint8_t address = buf_peek(&l->b, 0);

    return (address == 0x0f || address == 0x8f) && buf_peek(&l->b, 1) == 0;
}

bool serial_decode_cisco(struct layer *l, struct wire_counters *c)
{
    uint16_t type = view_be16(buf_rest(&l->b), 2);

    return layer_advance(l, CISCO_HEADER) ? link_decode_type(type, l, c) : link_malformed(c);
}

/* Behind the protocol number 80: three bytes say who numbers the protocols, two are its number. */
static bool decode_snap(struct layer *l, struct wire_counters *c)
{
    struct view v = buf_rest(&l->b);
    uint32_t oui = view_be32(v, 0) >> 8;
    uint16_t pid = view_be16(v, 3);

    if (!layer_advance(l, 5))
        return link_malformed(c);
    if (oui == OUI_ETHERTYPE)
        return link_decode_type(pid, l, c);
    if (oui == OUI_BRIDGED && (pid == BRIDGED_ETHERNET || pid == BRIDGED_ETHERNET_FCS)) {
        l->type = ETHERTYPE_BRIDGE;
        return true;
    }
    c->not_ip++;
    return false;
}

/* l stands at the protocol number, or the zero byte before it. */
static bool decode_nlpid(struct layer *l, struct wire_counters *c)
{
    uint8_t id = buf_peek(&l->b, 0);

    if (id == NLPID_PAD) {
        id = buf_peek(&l->b, 1);
        layer_advance(l, 1);
    }
    if (!layer_advance(l, 1))
        return link_malformed(c);
    switch (id) {
    case NLPID_IP4: l->type = ETHERTYPE_IP4; return true;
    case NLPID_IP6: l->type = ETHERTYPE_IP6; return true;
    case NLPID_PPP: l->type = ETHERTYPE_PPP; return true;
    case NLPID_SNAP: return decode_snap(l, c);
    default: c->not_ip++; return false; /* signals of the line, fragments, OSI */
    }
}

bool serial_decode_frame_relay(struct layer *l, struct wire_counters *c)
{
    uint32_t len = 1;
    uint16_t type;

    while (len < ADDRESS_MAX && !(buf_peek(&l->b, len - 1) & 1))
        len++;
    if (len < ADDRESS_MIN || !(buf_peek(&l->b, len - 1) & 1) || !layer_advance(l, len))
        return link_malformed(c);
    if (buf_peek(&l->b, 0) == CONTROL_UI)
        return layer_advance(l, 1) && decode_nlpid(l, c);
    type = view_be16(buf_rest(&l->b), 0);
    return layer_advance(l, 2) ? link_decode_type(type, l, c) : link_malformed(c);
}

bool serial_decode_slip(struct layer *l, struct wire_counters *c)
{
    return layer_advance(l, SLIP_HEADER) ? link_decode_raw_ip(l, c) : link_malformed(c);
}
