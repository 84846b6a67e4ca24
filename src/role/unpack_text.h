/*
 * unpack_text.h - the text of a file that may be compressed (gzip, zstd, xz), in memory.
 */
#ifndef ROLE_UNPACK_TEXT_H
#define ROLE_UNPACK_TEXT_H

#include "base/buf.h"

/*
 * Gives the text: bytes themselves, or what they unpack to, of max bytes at most. Then *mem is memory for free(), else NULL.
 * False with the reason in why. To be called in a jail: the libraries read foreign bytes.
 */
bool unpack_text(struct view bytes, size_t max, struct view *text, void **mem, char *why, size_t n_why);

#endif
