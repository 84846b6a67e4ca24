/*
 * feed_text.h - a list as text, row by row.
 *
 * The format is described in countermine-feeds(5): CSV whose first line names the columns, or one plain
 * name on a line.
 */
#ifndef FEED_FEED_TEXT_H
#define FEED_FEED_TEXT_H

#include "feed/feed.h"

#define FEED_LINE_MAX 4096 /* bytes of one line: the longest of the shipped lists has 230 */
#define FEED_FIELDS_MAX 32 /* fields of one line that are looked at */
#define FEED_WORDS_MAX 255 /* bytes of coins and of sources */
#define FEED_CONFIDENCE 50 /* of a row that does not say */
#define FEED_WHY_BYTES 160 /* of struct feed_report */

enum feed_column {
    FEED_COL_NAME,
    FEED_COL_MATCH,
    FEED_COL_KIND,
    FEED_COL_CONFIDENCE,
    FEED_COL_COINS,
    FEED_COL_SOURCES,
    FEED_COL_N
};

struct feed_text {
    struct buf in;
    uint32_t line;              /* of the newest row */
    bool begun;                 /* the first row was seen, so that it is known whether there are columns */
    bool has_columns;           /* false: one plain name on a line */
    uint8_t column[FEED_COL_N]; /* where each stands; FEED_FIELDS_MAX when it is absent */
};

/* What stands on one line. The views point into the text. */
struct feed_line {
    uint32_t line;
    struct name name;
    enum feed_kind kind;
    enum feed_match match;
    unsigned confidence;
    struct view coins;
    struct view sources;
    char why[FEED_WHY_BYTES]; /* why the row is refused; "" when it is good */
};

/* Borrows the text. */
void feed_text_init(struct feed_text *t, struct view text);

/* The next row, good or refused; comments, empty lines and the line with the columns are none. False at the end. */
bool feed_text_next(struct feed_text *t, struct feed_line *row);

/* Lines of the text that may be rows: never fewer than feed_text_next gives. */
size_t feed_text_count(struct view text);

#endif
