/*
 * gate.h - which payloads may begin a dialogue. Asked for every payload of a connection that has none; most are done with
 * at their first byte.
 */
#ifndef DETECT_GATE_H
#define DETECT_GATE_H

#include "detect/binary.h"

/* What a payload with this first byte may begin: 0 = nothing. */
extern const uint8_t gate_ways[256];

/* False for what begins nothing. The packet was counted in f; its payload is not empty. */
static inline bool gate_may_open(const struct flow *f, const struct packet *p, int dir)
{
    return gate_ways[p->payload.p[0]] != 0 || binary_is_act1(f, dir);
}

/* What it begins: a dialogue of text, in whatever that travels, or one that is no text. */
struct gate_opening {
    bool text;
    enum binary_form form;
};

/* The second look. True when it begins a dialogue, and *opening says which. */
bool gate_opens(const struct flow *f, const struct packet *p, int dir, struct gate_opening *opening);

#endif
