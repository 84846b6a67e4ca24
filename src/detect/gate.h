/*
 * gate.h - which payloads may begin a dialogue. Asked for every payload of a connection that has none; most are done with
 * at their first byte.
 */
#ifndef DETECT_GATE_H
#define DETECT_GATE_H

#include "detect/binary.h"

enum gate_way { GATE_SHUT, GATE_JSON, GATE_REQUEST, GATE_REPLY, GATE_FRAME, GATE_SOCKS, GATE_BINARY };

#define GATE_STATUS_AT 9 /* where the status stands in "HTTP/1.1 101" */

/* What a payload with this first byte may begin, and what its second byte must be: (byte & mask) == second. */
struct gate {
    uint8_t way; /* enum gate_way */
    uint8_t mask, second;
};
extern const struct gate gates[256];

/*
 * Whether what begins with the bytes of a network, or of zeros, is worth a look at all of it. Many protocols begin with
 * zeros: Stratum V2's frames have a kind and a length behind two of them, and p2pool's challenge, which is chance, is a
 * first payload, as an opening of RLPx is.
 */
bool gate_may_be_binary(struct view v, bool first);

/* False for what begins nothing. The packet was counted in f; its payload is not empty. */
static inline bool gate_may_open(const struct flow *f, const struct packet *p, int dir)
{
    const struct gate *g = &gates[p->payload.p[0]];

    if (LIKELY(g->way == GATE_SHUT))
        return binary_is_act1(f, dir);
    if (g->way == GATE_REPLY) /* switches to a WebSocket, or is all that was captured */
        return f->packets[!dir] == 0 || view_be16(p->payload, GATE_STATUS_AT) == ('1' << 8 | '0');
    if (g->way == GATE_BINARY)
        return gate_may_be_binary(p->payload, f->bytes[dir] == p->payload_wire_len) || binary_is_act1(f, dir);
    return p->payload.n < 2 || (p->payload.p[1] & g->mask) == g->second || f->bytes[dir] == p->payload_wire_len ||
           binary_is_act1(f, dir);
}

/*
 * Notes in f whether a connection begins as another protocol: lines that begin a segment in the midst of it may be quoted
 * there. To be called for the first payload of each direction.
 */
void gate_note_first(struct flow *f, const struct packet *p, int dir);

/* What it begins: a dialogue of text, in whatever that travels, or one that is no text; neither: none. */
struct gate_opening {
    bool text;
    bool body;  /* in the midst of HTTP: a body, if anything */
    bool quote; /* in the midst of another protocol: perhaps a quotation */
    enum binary_form form;
};

/* The second look. */
struct gate_opening gate_opens(const struct flow *f, const struct packet *p, int dir);

#endif
