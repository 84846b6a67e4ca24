/*
 * wlan.h - IEEE 802.11 data frames, with or without a radiotap header.
 */
#ifndef WIRE_WLAN_H
#define WIRE_WLAN_H

#include "wire/counters.h"
#include "wire/layer.h"

/*
 * The 802.11 frame at l. On true l stands behind the EtherType and VLAN tags, and l->type says what comes. On false one
 * counter was raised.
 */
bool wlan_decode(struct layer *l, struct wire_counters *c);

/* The same behind a radiotap header. */
bool wlan_decode_radiotap(struct layer *l, struct wire_counters *c);

#endif
