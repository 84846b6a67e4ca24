/*
 * rate.h - hash rates.
 */
#ifndef FINDING_RATE_H
#define FINDING_RATE_H

#include "finding/table.h"

/*
 * Sets the finding's rate for an event that leaves: an update tells of the time since the one before if enough shares
 * were counted in it, all others of the whole session.
 */
void rate_set(struct entry *en, enum finding_state state);

#endif
