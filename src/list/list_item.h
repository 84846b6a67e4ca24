/*
 * list_item.h - a value of JSON, decoded by jansson. A header of its own: jansson and base/json_scan.h share names.
 */
#ifndef LIST_LIST_ITEM_H
#define LIST_LIST_ITEM_H

#include "base/buf.h"

struct list_item;

/* Once, before anything is decoded: keys the hashes of members; jansson would read /dev/urandom for it. A later call does nothing. */
void list_item_seed(uint64_t seed);

/* Decodes text, strictly. NULL, and *why is jansson's reason, when it is wrong. */
struct list_item *list_item_decode(struct view text, char *why, size_t n_why);

void list_item_free(struct list_item *item);

/* What follows bears NULL, and anything else that is not what is asked for, and then gives nothing. Texts are lent by the item. */

/* The item as a text. */
struct view list_item_string(const struct list_item *item);

/* A member of any kind; NULL when there is none. */
const struct list_item *list_item_member(const struct list_item *item, const char *member);

/* A member: its text; whether it is true, or false; its number, whole or any. */
struct view list_item_text(const struct list_item *item, const char *member);
bool list_item_is_true(const struct list_item *item, const char *member);
bool list_item_is_false(const struct list_item *item, const char *member);
bool list_item_integer(const struct list_item *item, const char *member, int64_t *value);
bool list_item_number(const struct list_item *item, const char *member, double *value);

/* A member that is an array: the number of its items, and item i. */
size_t list_item_count(const struct list_item *item, const char *member);
const struct list_item *list_item_at(const struct list_item *item, const char *member, size_t i);

#endif
