/*
 * nearest.h - which word was meant: the nearest of a list to one that is not in it.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/buf.h"

/*
 * The word of the list that differs from what was written in the fewest letters (inserted, left out or
 * replaced, without regard to case), or NULL when all differ in more than 3, or what was written is longer
 * than 32 bytes. A NULL in the list is passed over.
 */
const char *nearest_word(struct view written, const char *const *words, size_t n_words);

#endif
