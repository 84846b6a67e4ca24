/*
 * emit.h - evidence records from a dialogue.
 */
#ifndef DETECT_EMIT_H
#define DETECT_EMIT_H

#include "detect/dialogue.h"

/*
 * Emits one record of this kind with the dialogue's counters, and the texts that were not sent yet;
 * texts that do not fit go first, in records of kind EVIDENCE_FACTS. flags is 0 or EVIDENCE_FLOW_END.
 */
void emit_evidence(struct dialogue *d, struct dialogue_env *env, const struct flow *f, enum evidence_kind kind,
                   enum direction direction, unsigned flags);

/*
 * Emits one record of this kind as an aside: without texts, and without counting as the newest record,
 * so that all others are the same with and without it.
 */
void emit_aside(const struct dialogue *d, struct dialogue_env *env, const struct flow *f, enum evidence_kind kind);

/* The same for the record of kind EVIDENCE_LISTED, with the row of the lists that are in use. */
void emit_listed(const struct dialogue *d, struct dialogue_env *env, const struct flow *f, uint32_t feed_row,
                 uint32_t feed_generation);

/* Emits the one record of kind EVIDENCE_NODE. The dialogue's miner is the node. */
void emit_node(const struct dialogue *d, struct dialogue_env *env, const struct flow *f, const struct node_said *said);

#endif
