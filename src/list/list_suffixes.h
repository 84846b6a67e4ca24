/*
 * list_suffixes.h - which names are public suffixes: names below which many parties have theirs.
 */
#ifndef LIST_LIST_SUFFIXES_H
#define LIST_LIST_SUFFIXES_H

#include "base/name.h"

struct list_suffixes;

/*
 * From the Public Suffix List's text. NULL when it is none, or memory is short. seed keys hashes. What it gives does not
 * refer to the text.
 */
struct list_suffixes *list_suffixes_new(struct view text, uint64_t seed);

void list_suffixes_free(struct list_suffixes *s); /* NULL ok */

/* True for a public suffix. text: the name as text, in lower case. s NULL: by the list inside of libpsl, at ten times the cost. */
bool list_is_suffix(const struct list_suffixes *s, const struct name *name, const char *text);

#endif
