/*
 * feed_text.h - a list as text, row by row.
 *
 * The format is described in countermine-feeds(5): CSV whose first line names the columns, or one plain
 * name on a line.
 */
#ifndef FEED_FEED_TEXT_H
#define FEED_FEED_TEXT_H

#include "feed/feed_field.h"

#define FEED_LINE_MAX 4096 /* bytes of one line: the longest of the shipped lists has 230 */
#define FEED_FIELDS_MAX 32 /* fields of one line that are looked at */

enum feed_column {
    FEED_COL_NAME,
    FEED_COL_MATCH,
    FEED_COL_KIND,
    FEED_COL_CONFIDENCE,
    FEED_COL_COINS,
    FEED_COL_SOURCES,
    FEED_COL_NOTE,
    FEED_COL_EXPIRES,
    FEED_COL_LINE,
    FEED_COL_N
};

struct feed_text {
    struct buf in;
    uint32_t line;                /* of the newest row */
    bool begun;                   /* the first row was seen, so that it is known whether there are columns */
    bool has_columns;             /* false: one plain name on a line */
    uint8_t column[FEED_COL_N];   /* where each stands; FEED_FIELDS_MAX when it is absent */
    struct view seen[FEED_COL_N]; /* good fields of rows before: the next row often has the same */
    struct feed_values values;    /* what these say */
};

/* Borrows the text, as the rows do that are read from it. */
void feed_text_init(struct feed_text *t, struct view text);

/* The next row, good or refused; comments, empty lines and the line with the columns are none. False at the end. */
bool feed_text_next(struct feed_text *t, struct feed_line *row);

/* What a text holds at most, without reading its rows. */
struct feed_text_size {
    size_t n_rows;      /* never fewer than feed_text_next gives */
    size_t n_endpoints; /* of these */
    bool has_columns;
};

struct feed_text_size feed_text_measure(struct view text);

#endif
