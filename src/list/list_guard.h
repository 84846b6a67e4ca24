/*
 * list_guard.h - what may not go live.
 */
#ifndef LIST_LIST_GUARD_H
#define LIST_LIST_GUARD_H

#include "list/list.h"

/*
 * Reads text in the own format as feed_build will, and refuses it whole in *report for a row that would match a public
 * suffix with what is below it, a single label, or a name of the never list. With count, its rows are counted in *report,
 * those refused with their reasons. *is_wide: a row was refused that has bytes beyond ASCII.
 */
void list_guard_text(struct view text, const struct list_never *never, bool count, struct list_report *report, bool *is_wide);

/* The same for an image that feed_check has found to be safe. */
void list_guard_image(const struct feed *f, const struct list_never *never, struct list_report *report);

#endif
