/*
 * pseudo.h - headers that the capturing side puts before a packet: NFLOG, PPI, netANALYZER.
 */
#ifndef WIRE_PSEUDO_H
#define WIRE_PSEUDO_H

#include "wire/counters.h"
#include "wire/layer.h"
#include "wire/packet.h"

/* On true, l stands at the packet and l->type says what it is. On false one counter was raised. */
bool pseudo_decode_nflog(struct layer *l, struct wire_counters *c);
bool pseudo_decode_netanalyzer(struct layer *l, struct packet *p, struct wire_counters *c);

/* On true, l stands at a frame of the link type *linktype. On false one counter was raised. */
bool pseudo_decode_ppi(struct layer *l, uint32_t *linktype, struct wire_counters *c);

#endif
