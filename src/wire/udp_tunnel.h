/*
 * udp_tunnel.h - tunnels over UDP that carry IP or PPP: GTP-U, L2TP, Teredo.
 *
 * None of them has a number that both directions of a connection share: GTP-U and L2TP number each
 * direction by what its receiver chose, Teredo has none. The network number of the packet is therefore 0, so
 * that both directions meet in one flow record; the outer addresses keep equal inner ones apart.
 */
#ifndef WIRE_UDP_TUNNEL_H
#define WIRE_UDP_TUNNEL_H

#include "wire/counters.h"
#include "wire/layer.h"
#include "wire/packet.h"
#include "wire/tunnel.h"

#define PORT_L2TP 1701
#define PORT_GTPU 2152
#define PORT_TEREDO 3544

/* GTP-U is told by its destination port only (3GPP TS 29.281 section 4.4.2); the others answer from their port. */
static ATTR_ALWAYS_INLINE bool udp_tunnel_port(const struct packet *p)
{
    return p->dport == PORT_GTPU || p->dport == PORT_L2TP || p->sport == PORT_L2TP || p->dport == PORT_TEREDO ||
           p->sport == PORT_TEREDO;
}

/*
 * l stands at the payload of the UDP datagram p, of which udp_tunnel_port is true. A datagram whose header
 * does not fit is an ordinary one. On TUNNEL_INNER l->type is ETHERTYPE_IP4, ETHERTYPE_IP6 or ETHERTYPE_PPP,
 * and p has the tunnel; on TUNNEL_REFUSED one counter was raised.
 */
enum tunnel_result udp_tunnel_decode(struct layer *l, struct packet *p, struct wire_counters *c);

#endif
