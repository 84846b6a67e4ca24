/*
 * feeds_unpack.h - the text of a list that may be compressed (gzip, zstd, xz), in memory.
 */
#ifndef ROLE_FEEDS_UNPACK_H
#define ROLE_FEEDS_UNPACK_H

#include "base/buf.h"

/*
 * Gives the text: bytes themselves, or what they unpack to, of max bytes at most. Then *mem is memory for free(), else NULL.
 * False with the reason in why. To be called in a jail: the libraries read foreign bytes.
 */
bool feeds_unpack(struct view bytes, size_t max, struct view *text, void **mem, char *why, size_t n_why);

#endif
