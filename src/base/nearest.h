/*
 * nearest.h - which name was meant: how far two short names are from each other, and the nearest of a list.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/buf.h"

#define NEAREST_MOST 3 /* a name farther off than this is no guess: three slips of the keyboard */
#define NEAREST_FAR 99 /* one of the names is too long to be meant */

/*
 * Edit distance (Levenshtein: bytes inserted, left out or replaced) of two names of at most 32 bytes, without regard
 * to case; else NEAREST_FAR.
 */
unsigned nearest_distance(struct view a, struct view b);

/* True when b may be what a was meant to be: near, and at least half of it is there. */
bool nearest_is_near(struct view a, struct view b);

/* The nearest word of the list that is at most NEAREST_MOST off, or NULL. A NULL in the list is passed over. */
const char *nearest_word(struct view written, const char *const *words, size_t n_words);

#endif
