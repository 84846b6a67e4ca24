/*
 * listed.h - whether the lists know the pool of a proven conversation by address and port.
 *
 * That is context for a proof, never a proof: addresses are shared, and change hands faster than lists do. So it is looked
 * up once for each dialogue, when it is proven, and nothing but the confidence depends on it.
 */
#ifndef DETECT_LISTED_H
#define DETECT_LISTED_H

#include "detect/dialogue.h"
#include "feed/feed.h"

/* Emits the record of kind EVIDENCE_LISTED once, when the dialogue is proven and its pool is listed. feed may be NULL. */
void listed_settle(struct dialogue *d, struct dialogue_env *env, const struct flow *f, const struct feed *feed,
                   uint32_t generation);

#endif
