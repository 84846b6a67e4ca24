/*
 * gre.h - GRE, and what rides on it: Ethernet (NVGRE), ERSPAN, PPTP.
 */
#ifndef WIRE_GRE_H
#define WIRE_GRE_H

#include "wire/counters.h"
#include "wire/layer.h"
#include "wire/packet.h"

/*
 * The GRE header at l, of the packet p. On true l stands at what it carries, l->type is an EtherType
 * (IP, MPLS, ETHERTYPE_PPP or ETHERTYPE_BRIDGE) and p has the tunnel. On false one counter was raised.
 */
bool gre_decode(struct layer *l, struct packet *p, struct wire_counters *c);

#endif
