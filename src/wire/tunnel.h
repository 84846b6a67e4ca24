/*
 * tunnel.h - tunnels: going into one, and those over UDP. Here are VXLAN (RFC 7348) and GENEVE (RFC 8926).
 */
#ifndef WIRE_TUNNEL_H
#define WIRE_TUNNEL_H

#include "config/conf.h"
#include "wire/counters.h"
#include "wire/layer.h"
#include "wire/packet.h"

/* UDP ports that tunnels use. One bit for each remainder of 64 turns nearly all datagrams away. */
struct tunnel_ports {
    struct conf_ports vxlan, geneve; /* destination ports */
    uint64_t to, from;               /* bits of the destination and source ports of all tunnels */
};

/* Those that are configured, and the fixed ones of udp_tunnel.h. */
struct tunnel_ports tunnel_ports_of(const struct conf_ports *vxlan, const struct conf_ports *geneve);

/* False when no tunnel has these ports. */
static ATTR_ALWAYS_INLINE bool tunnel_may_be(const struct tunnel_ports *ports, const struct packet *p)
{
    return ((ports->to >> (p->dport & 63)) | (ports->from >> (p->sport & 63))) & 1;
}

enum tunnel_result {
    TUNNEL_NONE,  /* an ordinary datagram; l is unchanged */
    TUNNEL_INNER, /* l stands at the inner frame, l->type is its EtherType, ETHERTYPE_BRIDGE or ETHERTYPE_PPP */
    TUNNEL_REFUSED
};

/*
 * Notes that what follows is inside a tunnel whose outer packet is p: its endpoints, and the number of
 * the network in it (0 when it has none). False, and counted, when it would be the fifth.
 */
bool tunnel_enter(struct packet *p, uint32_t vni, struct wire_counters *c);

/*
 * l stands at the payload of the UDP datagram p. Tells whether it is a tunnel by its ports, of VXLAN and GENEVE one of
 * ports, and header; on TUNNEL_INNER p->vni, p->outer_src, p->outer_dst and p->n_encap are set.
 */
enum tunnel_result tunnel_decode(struct layer *l, struct packet *p, const struct tunnel_ports *ports, struct wire_counters *c);

#endif
