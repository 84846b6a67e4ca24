/*
 * wlan.c - 802.11 data frames (IEEE 802.11-2020 section 9.2.4, 9.3.2) in the clear, and radiotap
 * (https://www.radiotap.org).
 *
 * Header: frame control (type in bits 2-3, subtype in 4-7 of the first byte; to DS 0x01, from DS 0x02,
 * protected 0x40, order 0x80 in the second), duration, three addresses, sequence control, a fourth address
 * when both DS bits are set, QoS control when the subtype says so, HT control when order is set too; then
 * LLC and SNAP (aa aa 03 00 00 00) with the EtherType. What the medium encrypts cannot be read, and
 * aggregates (A-MSDU) are not taken apart. All of radiotap is little endian.
 */
#include "config.h"

#include "wire/wlan.h"

#include "wire/link.h"

#define HEADER 24
#define RADIOTAP_WORDS_MAX 8 /* words of presence bits; two are in use */

enum radiotap_flag { RADIOTAP_DATAPAD = 0x20 };

static bool malformed(struct wire_counters *c)
{
    c->malformed_wlan++;
    return false;
}

static uint32_t header_len(uint8_t control0, uint8_t control1)
{
    uint32_t len = HEADER;

    if ((control1 & 0x03) == 0x03)
        len += 6;
    if (control0 & 0x80) /* QoS */
        len += 2 + (control1 & 0x80 ? 4 : 0);
    return len;
}

static bool decode(struct layer *l, bool padded, struct wire_counters *c)
{
    static const uint8_t snap[6] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};
    uint8_t control0 = buf_peek(&l->b, 0), control1 = buf_peek(&l->b, 1);
    uint32_t len = header_len(control0, control1);
    bool aggregate = control0 & 0x80 && buf_peek(&l->b, (control1 & 0x03) == 0x03 ? HEADER + 6 : HEADER) & 0x80;
    struct view h;

    if ((control0 & 0x0c) != 0x08 || control0 & 0x40) { /* management, control, or a data frame without data */
        c->not_ip++;
        return false;
    }
    if (control1 & 0x40 || aggregate) {
        c->refused_wlan++;
        return false;
    }
    if (padded)
        len = (len + 3) & ~3u;
    if (!layer_advance(l, len) || !buf_header(&l->b, 8, &h))
        return malformed(c);
    l->wire -= min_size(l->wire, 8);
    if (memcmp(h.p, snap, sizeof(snap)) != 0) {
        c->not_ip++;
        return false;
    }
    c->wlan++;
    return link_decode_type(view_be16(h, 6), l, c);
}

bool wlan_decode(struct layer *l, struct wire_counters *c)
{
    return decode(l, false, c);
}

bool wlan_decode_radiotap(struct layer *l, struct wire_counters *c)
{
    struct buf b = l->b;
    uint32_t present, first;
    uint16_t len;
    uint8_t flags = 0;
    size_t at = 8; /* of the first field, from the start of the header */

    buf_skip(&b, 2);
    len = buf_le16(&b);
    first = present = buf_le32(&b);
    for (int i = 0; present & 0x80000000 && i < RADIOTAP_WORDS_MAX; i++) {
        present = buf_le32(&b);
        at += 4;
    }
    if (!buf_ok(&b) || len < at || buf_peek(&l->b, 0) != 0)
        return malformed(c);
    if (first & 1) /* a time stamp of 8 bytes, aligned */
        at = ((at + 7) & ~(size_t)7) + 8;
    if (first & 2 && at < len)
        flags = buf_peek(&l->b, at);
    if (!layer_advance(l, len))
        return malformed(c);
    return decode(l, flags & RADIOTAP_DATAPAD, c);
}
