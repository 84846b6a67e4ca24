/*
 * ppp.h - PPP frames, bare, with HDLC framing, and in PPPoE sessions.
 */
#ifndef WIRE_PPP_H
#define WIRE_PPP_H

#include "wire/counters.h"
#include "wire/layer.h"

/*
 * A PPP frame at l, with or without address and control bytes. On true l stands at what it carries and
 * l->type is ETHERTYPE_IP4, ETHERTYPE_IP6 or ETHERTYPE_MPLS. On false one counter was raised.
 */
bool ppp_decode(struct layer *l, struct wire_counters *c);

/*
 * Whether v begins like a PPP frame that carries packets or negotiates: a protocol of 0021 to 00ff, of MPLS, or from 8000 on,
 * odd as all are (RFC 1661 section 2). For carriers that look at a port only.
 */
bool ppp_is_frame(struct view v);

/* A PPPoE session header at l, and the PPP frame behind it. */
bool ppp_decode_pppoe(struct layer *l, struct wire_counters *c);

#endif
