/*
 * list_json.h - lists in JSON: base/json_scan.h finds where values stand, jansson judges and decodes them.
 *
 * A list is walked to its items, which jansson decodes one by one, so that memory does not grow with the list,
 * a wrong item is one refused row, and the line of a value is known, which jansson does not tell.
 */
#ifndef LIST_LIST_JSON_H
#define LIST_LIST_JSON_H

#include "base/json_scan.h"
#include "list/list_item.h"
#include "list/list_work.h"

#define LIST_JSON_ITEM_MAX 65536 /* bytes of one item; an attribute with a long comment has some 2,000 */

/* The next of the values that the text is made of, one or, of a text with an object on each line, many. */
bool list_json_next(struct list_work *w, struct json_val *v);

/* Refuses the list whole when a walk did not come to its end: the text is cut, or no JSON. */
void list_json_end(struct list_work *w, const struct json_walk *walk);

/* Decodes an item. NULL, and the row is refused, when it is wrong; else for list_item_free. */
struct list_item *list_json_decode(struct list_work *w, const struct json_val *v);

/* The line of a member of an item, or of the item when it has none such. */
uint32_t list_json_line(struct list_work *w, const struct json_val *item, const char *member);

#endif
