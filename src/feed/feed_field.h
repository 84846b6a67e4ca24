/*
 * feed_field.h - what stands on one line of a list, and the values of its fields.
 */
#ifndef FEED_FEED_FIELD_H
#define FEED_FEED_FIELD_H

#include "feed/feed.h"

#define FEED_WORDS_MAX 255 /* bytes of coins, of sources and of a note */
#define FEED_CONFIDENCE 50 /* of a row that does not say */
#define FEED_WHY_BYTES 160 /* of struct feed_report */

/* What words, numbers and dates of a row say. */
struct feed_values {
    enum feed_kind kind;
    enum feed_match match;
    unsigned confidence;
    uint32_t expires_day;
};

/* One row. The views point into the text of the list, or into this struct. */
struct feed_line {
    uint32_t line;
    bool is_endpoint;
    struct endpoint endpoint; /* of an endpoint */
    struct name name;         /* of a name */
    enum feed_kind kind;
    enum feed_match match;
    unsigned confidence;
    struct view coins;
    struct view sources;
    struct view note;
    uint32_t expires_day;
    char note_bytes[FEED_WORDS_MAX]; /* of a note with quotes in it */
    char why[FEED_WHY_BYTES];        /* why the row is refused; "" when it is good */
};

/* Makes it a row that says nothing yet. */
void feed_line_init(struct feed_line *row, uint32_t line);

/* Starts the reason for which the row is refused. */
struct out feed_refuse(struct feed_line *row);

/* The name, or the endpoint; =NAME matches exactly, *.NAME what is below. False, and the reason is written, when it is none. */
bool feed_field_name(struct feed_line *row, struct view text);

/*
 * Read one field each. An empty one says suffix, pool, FEED_CONFIDENCE, never. False, and the reason is written into row, when
 * it is wrong.
 */
bool feed_field_match(struct feed_line *row, struct view word, enum feed_match *match);
bool feed_field_kind(struct feed_line *row, struct view word, enum feed_kind *kind);
bool feed_field_confidence(struct feed_line *row, struct view word, unsigned *confidence);
bool feed_field_expires(struct feed_line *row, struct view word, uint32_t *day);
bool feed_field_words(struct feed_line *row, const char *column, struct view text);

/* The line of the original; the row's own when it is empty. False, and the reason is written, when it is wrong. */
bool feed_field_line(struct feed_line *row, struct view word);

/* A note may hold anything; of a long one the start is kept. Quotes that are doubled inside become one. */
void feed_field_note(struct feed_line *row, struct view text);

/* What the fields say together: an endpoint is of few kinds. */
bool feed_line_agrees(struct feed_line *row);

/* Reads a host name of two labels or more; false when it is none, or an address. */
bool feed_name_ok(struct view text, struct name *name);

#endif
