/*
 * decode.h - a frame from the link layer to the transport payload, through tunnels.
 */
#ifndef WIRE_DECODE_H
#define WIRE_DECODE_H

#include "wire/counters.h"
#include "wire/frag.h"
#include "wire/packet.h"
#include "wire/tunnel.h"

/*
 * Decodes a frame into p. True for a TCP segment or UDP datagram (p->ip_proto), innermost of all
 * encapsulations. False for anything else; then one counter was raised (or the frame was a fragment
 * of a datagram that is not complete yet). When p->in_fragment_memory comes back true, the caller calls
 * frag_release once it is done with p. ports tells which UDP ports carry tunnels.
 */
bool decode_frame(const struct frame *frame, struct packet *p, struct frag_table *frags, const struct tunnel_ports *ports,
                  struct wire_counters *c);

#endif
