/*
 * mpls.h - MPLS label stacks.
 */
#ifndef WIRE_MPLS_H
#define WIRE_MPLS_H

#include "wire/counters.h"
#include "wire/layer.h"

/*
 * Steps over the label stack at l. On true l->type is ETHERTYPE_IP4, ETHERTYPE_IP6, or ETHERTYPE_BRIDGE
 * for a pseudowire. On false one counter was raised.
 */
bool mpls_decode(struct layer *l, struct wire_counters *c);

#endif
