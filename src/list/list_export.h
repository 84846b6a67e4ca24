/*
 * list_export.h - what the writers of formats share.
 */
#ifndef LIST_LIST_EXPORT_H
#define LIST_LIST_EXPORT_H

#include "list/list.h"

/* The next word of *rest, which blanks or commas separate: a coin, a source. Empty at the end. */
struct view list_export_word(struct view *rest);

/* Writes the bytes of v. */
void list_export_bytes(FILE *to, struct view v);

/* list_export_stix.c: a bundle, row by row. */
struct list_stix {
    FILE *to;
    const char *between;  /* what is written before the next object */
    uint8_t identity[20]; /* SHA-1 of all that was written so far, in turn */
};

void list_stix_begin(struct list_stix *s, FILE *to);
void list_stix_row(struct list_stix *s, const struct feed_row *row);
void list_stix_end(struct list_stix *s);

#endif
