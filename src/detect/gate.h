/*
 * gate.h - which payloads may begin a dialogue. Asked for every payload of a connection that has none; most are done with
 * at their first two bytes.
 */
#ifndef DETECT_GATE_H
#define DETECT_GATE_H

#include "detect/binary.h"

enum gate_way { GATE_SHUT, GATE_JSON, GATE_REQUEST, GATE_REPLY, GATE_FRAME, GATE_SOCKS, GATE_BINARY };

/* What a payload with this first byte may begin, and what its second byte must be: (byte & mask) == (uint8_t)~inverse. */
struct gate {
    uint8_t way;           /* enum gate_way */
    uint8_t mask, inverse; /* 0, 0: none fits, so that what is not in the table needs no look at `way' */
};
extern const struct gate gates[256];

static inline bool gate_fits_second(const struct gate *g, uint8_t byte)
{
    return ((byte & g->mask) ^ g->inverse) == 0xff;
}

/*
 * False for nearly all payloads, of which there is nothing to say: no first ones of a direction, and such as begin nothing.
 * It asks nothing that is true for one of ten payloads of chance, as a branch on such is often guessed wrong. The packet was
 * counted in f.
 */
static inline bool gate_has_to_look(const struct flow *f, const struct packet *p, int dir)
{
    struct view v = p->payload;

    if (UNLIKELY(v.n < 2))
        return v.n > 0;
    return gate_fits_second(&gates[v.p[0]], v.p[1]) || f->bytes[dir] == p->payload_wire_len || binary_is_act1(f, dir);
}

/*
 * The first look. False for what begins nothing. When the payload is the first of its direction, it notes in f whether the
 * connection begins as another protocol: lines that begin a segment in the midst of it may be quoted there.
 */
bool gate_may_open(struct flow *f, const struct packet *p, int dir);

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
