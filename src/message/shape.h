/*
 * shape.h - lists of parameters compared with the shapes that dialects give them, whole or cut anywhere; and
 * the few forms of text that parameters share: hex with 0x, numbers, addresses of pools.
 *
 * Most dialects of the mining.* family differ only in how many parameters a message has and what each looks
 * like. A shape is written as a line of words, one for each parameter:
 *
 *   s          a string                     n       a number
 *   j          a string or a number: a job  b       true or false
 *   e          the empty string             a       an array
 *   d          a string of decimal digits   D       the same, or a number
 *   h8 h2-64 h65-   a string of hex digits, so many; h0-8 may be empty
 *   x64 x1-16       the same behind 0x      ?       anything
 *   |          what follows may be missing
 */
#ifndef MESSAGE_SHAPE_H
#define MESSAGE_SHAPE_H

#include "base/json_scan.h"

#define SHAPE_ITEMS 13 /* Handshake's notify, the longest, has 12 */

/* The first items of a list, read once for all comparisons. */
struct shape_items {
    struct json_val v[SHAPE_ITEMS]; /* those from n on are JSON_NONE */
    size_t n;                       /* items that have begun; the last may be cut */
    bool complete;                  /* the list's end was seen, and all of it is here */
};

struct shape {
    const char *words;
    uint8_t
        certain; /* of a cut list: so many items begun, all of which fit, leave no other shape; 0 = only the whole list does */
};

/* Reads a list; what is no array has no items. */
void shape_read(const struct json_val *array, struct shape_items *items);

/* True when the items have this shape: all of them, or so many of a cut list that no other is left. */
bool shape_is(const struct shape_items *items, const struct shape *shape);

/* True for a complete string of 0x and between min and max hex digits. */
bool shape_is_0x(const struct json_val *v, size_t min, size_t max);

/* The text behind 0x, or v itself when it has none. */
struct json_val shape_without_0x(const struct json_val *v);

/* A complete number, or string of decimal digits, as a whole number; 0 when it is none. */
uint64_t shape_number(const struct json_val *v);

/* A complete string of hex digits, with or without 0x and zeros in front, as a number; 0 when it is none or too large. */
uint64_t shape_hex_number(const struct json_val *v);

/*
 * Takes the address of a pool apart: host, host:port or scheme://host:port/path. False when the text is cut, or
 * the host is none (letters, digits, '.', '-', '_', or an IPv6 address in brackets; at least one '.' or ':', or "localhost").
 * *port is left alone when there is none in it.
 */
bool shape_address(const struct json_val *v, struct json_val *host, struct json_val *port);

#endif
