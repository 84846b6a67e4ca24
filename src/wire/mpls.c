/*
 * mpls.c - label stacks (RFC 3032): 4 bytes a label, bit 0x01 of the third byte marks the last one.
 *
 * What follows is not named. IP is known by its version; a first half byte of 0 is the control word of
 * an Ethernet pseudowire (RFC 4385, RFC 4448), 4 bytes. A pseudowire without one cannot be told from
 * other payloads and is not followed.
 */
#include "config.h"

#include "wire/mpls.h"

#define LABEL 4
#define LABELS_MAX 8 /* five are the most that service stacks use */

bool mpls_decode(struct layer *l, struct wire_counters *c)
{
    bool bottom = false;

    c->mpls++;
    for (int i = 0; !bottom; i++) {
        if (i == LABELS_MAX) {
            c->refused_depth++;
            return false;
        }
        bottom = buf_peek(&l->b, 2) & 1;
        if (!layer_advance(l, LABEL)) {
            c->malformed_mpls++;
            return false;
        }
    }
    switch (buf_peek(&l->b, 0) >> 4) {
    case 4: l->type = ETHERTYPE_IP4; return true;
    case 6: l->type = ETHERTYPE_IP6; return true;
    case 0:
        if (layer_advance(l, LABEL)) {
            l->type = ETHERTYPE_BRIDGE;
            return true;
        }
        c->malformed_mpls++;
        return false;
    default: c->refused_inner++; return false;
    }
}
