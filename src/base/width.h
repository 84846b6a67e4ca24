/*
 * width.h - how many columns of a terminal a text takes.
 *
 * By Unicode Standard Annex 11: two for characters of East Asian width W or F, as far as they are of scripts that people write; none for
 * combining marks; one for all else, those of ambiguous width among it, as terminals have it outside of old East Asian code pages.
 */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include "base/buf.h"

/* Columns of one character: 0, 1 or 2. */
unsigned width_of_char(uint32_t cp);

/* Columns of a text, which is UTF-8; of what is not, each byte takes one. */
size_t width_of(struct view text);

#endif
