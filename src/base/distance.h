/*
 * distance.h - how far two short names are from each other, to guess what was meant.
 */
#ifndef BASE_DISTANCE_H
#define BASE_DISTANCE_H

#include "base/buf.h"

#define DISTANCE_NEAR 3 /* a name farther off than this is no guess: three slips of the keyboard */
#define DISTANCE_FAR 99 /* one of the names is too long to be meant */

/* Edit distance (Levenshtein) of two names of at most 32 bytes, else DISTANCE_FAR. */
unsigned distance_of(struct view a, struct view b);

/* True when b may be what a was meant to be: near, and at least half of it is there. */
bool distance_is_near(struct view a, struct view b);

#endif
