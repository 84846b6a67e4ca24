/*
 * serial.h - links of serial lines: Cisco HDLC, Frame Relay, SLIP.
 */
#ifndef WIRE_SERIAL_H
#define WIRE_SERIAL_H

#include "wire/counters.h"
#include "wire/layer.h"

/* On true, l stands behind the header and l->type says what comes. On false one counter was raised. */
bool serial_decode_cisco(struct layer *l, struct wire_counters *c);
bool serial_decode_frame_relay(struct layer *l, struct wire_counters *c);
bool serial_decode_slip(struct layer *l, struct wire_counters *c);

/* Whether the frame at l, which may be PPP as well (LINKTYPE_PPP_HDLC), is Cisco HDLC. */
bool serial_is_cisco(const struct layer *l);

#endif
