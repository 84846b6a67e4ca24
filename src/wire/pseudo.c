/*
 * pseudo.c - NFLOG, PPI and netANALYZER headers.
 *
 * NFLOG (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html): address family, version 0, resource, then
 * attributes: length with these 4 bytes (16 bits), type (16 bits, of which the two upper are flags), value, filled up to
 * a multiple of 4. Length and type have the byte order of the capturing host, which that of the file need not be. It is
 * known by the first attribute: types are from 1 to 63, so that one byte of two is zero. Attribute 9 is the packet, from
 * its IP header on.
 * PPI (https://www.tcpdump.org/linktypes.html names the specification): version 0, flags, length of the whole header
 * (16 bits), link type of what follows (32 bits), all little endian; then fields, which are stepped over.
 * netANALYZER (the same page): 4 bytes, an Ethernet frame with its check sequence.
 */
#include "config.h"

#include "wire/pseudo.h"

#include "wire/link.h"

#define NFLOG_HEADER 4
#define NFLOG_PAYLOAD 9
#define NFLOG_ATTRIBUTES_MAX 64 /* the kernel has names for less than 32, and sends each once */
#define NFLOG_TYPE 0x3fff       /* above it: nested, network byte order */
#define PPI_HEADER 8
#define NETANALYZER_HEADER 4

/* Whether the attributes that begin at v are big endian: the flags then stand in the first byte of the type. */
static bool is_big_endian(struct view v)
{
    return (view_u8(v, 2) & (NFLOG_TYPE >> 8)) == 0 && view_u8(v, 3) != 0;
}

bool pseudo_decode_nflog(struct layer *l, struct wire_counters *c)
{
    bool big_endian;

    if (buf_peek(&l->b, 1) != 0 || !layer_advance(l, NFLOG_HEADER))
        return link_malformed(c);
    big_endian = is_big_endian(buf_rest(&l->b));
    for (int i = 0; i < NFLOG_ATTRIBUTES_MAX && buf_left(&l->b); i++) {
        uint32_t len = buf_u16(&l->b, big_endian);
        uint16_t type = buf_u16(&l->b, big_endian) & NFLOG_TYPE;

        l->wire -= min_size(l->wire, 4);
        if (!buf_ok(&l->b) || len < 4 || len - 4 > l->wire)
            return link_malformed(c);
        if (type == NFLOG_PAYLOAD) {
            buf_limit(&l->b, len - 4);
            l->wire = len - 4;
            return link_decode_raw_ip(l, c);
        }
        if (!layer_advance(l, (len + 3) / 4 * 4 - 4))
            return link_malformed(c);
    }
    return link_malformed(c); /* no packet in it */
}

bool pseudo_decode_netanalyzer(struct layer *l, struct packet *p, struct wire_counters *c)
{
    return layer_advance(l, NETANALYZER_HEADER) ? link_decode_ethernet(l, p, c) : link_malformed(c);
}

bool pseudo_decode_ppi(struct layer *l, uint32_t *linktype, struct wire_counters *c)
{
    struct buf b = l->b;
    uint32_t len;

    buf_skip(&b, 2);
    len = buf_le16(&b);
    *linktype = buf_le32(&b);
    if (!buf_ok(&b) || buf_peek(&l->b, 0) != 0 || len < PPI_HEADER || !layer_advance(l, len))
        return link_malformed(c);
    return true;
}
