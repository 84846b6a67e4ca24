/*
 * tunnel.c - VXLAN and GENEVE headers.
 *
 * VXLAN: flags (8 bits, I = 0x08 says the VNI is valid), 24 reserved, VNI (24 bits), 8 reserved. AWS
 * traffic mirroring sends this form to port 4789; the Linux kernel's own default is 8472, from before the
 * port was assigned. GENEVE: version (2 bits), option length (6 bits, in
 * 4-byte words), O, C, 6 reserved, protocol type (16 bits), VNI (24), 8 reserved, then the options,
 * which carry no traffic and are stepped over.
 */
#include "config.h"

#include "wire/tunnel.h"

#include "wire/udp_tunnel.h"

bool tunnel_enter(struct packet *p, uint32_t vni, struct wire_counters *c)
{
    if (p->n_encap == PACKET_ENCAP_MAX) {
        c->refused_depth++;
        return false;
    }
    p->vni = vni;
    p->outer_src = p->src;
    p->outer_dst = p->dst;
    p->n_encap++;
    return true;
}

/* Steps past a tunnel header of header_len bytes. */
static enum tunnel_result enter(struct layer *l, struct packet *p, uint32_t header_len, uint32_t vni, uint16_t type,
                                struct wire_counters *c)
{
    if (!tunnel_enter(p, vni, c))
        return TUNNEL_REFUSED;
    layer_advance(l, header_len);
    l->type = type;
    return TUNNEL_INNER;
}

static enum tunnel_result decode_vxlan(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct buf b = l->b;
    uint8_t flags = buf_u8(&b);
    uint32_t vni;

    buf_skip(&b, 3);
    vni = buf_be32(&b) >> 8;
    if (!buf_ok(&b) || !(flags & 0x08)) {
        c->malformed_vxlan++;
        return TUNNEL_NONE;
    }
    c->vxlan++;
    return enter(l, p, 8, vni, ETHERTYPE_BRIDGE, c);
}

static enum tunnel_result decode_geneve(struct layer *l, struct packet *p, struct wire_counters *c)
{
    struct buf b = l->b;
    uint8_t first = buf_u8(&b);
    uint32_t header_len = 8 + (uint32_t)(first & 0x3f) * 4;
    uint16_t type;
    uint32_t vni;

    buf_skip(&b, 1);
    type = buf_be16(&b);
    vni = buf_be32(&b) >> 8;
    if (!buf_ok(&b) || first >> 6 != 0 || !buf_skip(&b, header_len - 8)) {
        c->malformed_geneve++;
        return TUNNEL_NONE;
    }
    c->geneve++;
    if (type != ETHERTYPE_BRIDGE && type != ETHERTYPE_IP4 && type != ETHERTYPE_IP6) {
        c->refused_inner++;
        return TUNNEL_REFUSED;
    }
    return enter(l, p, header_len, vni, type, c);
}

static inline bool is_in(const struct conf_ports *ports, uint16_t port)
{
    for (uint32_t i = 0; i < ports->n; i++)
        if (UNLIKELY(ports->port[i] == port))
            return true;
    return false;
}

static uint64_t port_bit(uint16_t port)
{
    return UINT64_C(1) << (port & 63);
}

struct tunnel_ports tunnel_ports_of(const struct conf_ports *vxlan, const struct conf_ports *geneve)
{
    struct tunnel_ports ports = {*vxlan, *geneve, 0, 0};

    for (uint32_t i = 0; i < vxlan->n; i++)
        ports.to |= port_bit(vxlan->port[i]);
    for (uint32_t i = 0; i < geneve->n; i++)
        ports.to |= port_bit(geneve->port[i]);
    ports.to |= port_bit(PORT_GTPU) | port_bit(PORT_L2TP) | port_bit(PORT_TEREDO);
    ports.from = port_bit(PORT_L2TP) | port_bit(PORT_TEREDO);
    return ports;
}

enum tunnel_result tunnel_decode(struct layer *l, struct packet *p, const struct tunnel_ports *ports, struct wire_counters *c)
{
    if (is_in(&ports->vxlan, p->dport))
        return decode_vxlan(l, p, c);
    if (is_in(&ports->geneve, p->dport))
        return decode_geneve(l, p, c);
    if (UNLIKELY(udp_tunnel_port(p)))
        return udp_tunnel_decode(l, p, c);
    return TUNNEL_NONE;
}
