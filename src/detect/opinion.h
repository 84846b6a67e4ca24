/*
 * opinion.h - asks nDPI about dialogues, and adds its word to what our own readers have proven.
 *
 * nDPI's verdict changes nothing in a dialogue: neither roles, stage, protocol nor what is proven. It
 * becomes one evidence record of a dialogue that is proven anyway, and a counter for the others.
 */
#ifndef DETECT_OPINION_H
#define DETECT_OPINION_H

#include "detect/dialogue.h"
#include "detect/dpi.h"

struct opinion {
    struct dpi *dpi;     /* owned */
    uint64_t n_unproven; /* dialogues that nDPI calls mining and that ended without proof */
};

/* Asks about at most max_flows connections at once; 0 = about none. False when memory is short. */
bool opinion_init(struct opinion *o, uint32_t max_flows);
void opinion_fini(struct opinion *o);

/* Shows the payload of a packet that the dialogue has just taken. */
void opinion_packet(struct opinion *o, struct dialogue *d, struct dialogue_env *env, struct flow *f, const struct packet *p,
                    int dir);

/* Emits the record of kind EVIDENCE_DPI once, when the dialogue is proven and nDPI calls it mining. */
void opinion_settle(struct dialogue *d, struct dialogue_env *env, const struct flow *f);

/* After dialogue_end: frees what nDPI holds of it. */
void opinion_end(struct opinion *o, struct dialogue *d);

#endif
