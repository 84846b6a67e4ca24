/*
 * json_fault.h - where a text breaks the rules of JSON (RFC 8259), for messages to whoever wrote it.
 *
 * Strict where json_scan.h is lenient: the inside of everything is judged, and texts must be well-formed UTF-8.
 */
#ifndef BASE_JSON_FAULT_H
#define BASE_JSON_FAULT_H

#include "base/json_scan.h"

struct json_fault {
    const char *expected; /* "':' behind a key" */
    size_t at;            /* bytes before the fault, from where the cursor stood */
    bool is_cut;          /* the text ends there */
};

/*
 * Passes over one value, after blanks. False, and what is wrong, when it is none; the cursor then stays. Nesting is bounded
 * by JSON_DEPTH_MAX.
 */
bool json_check(struct buf *b, struct json_fault *fault);

struct json_place {
    uint32_t line, column; /* from 1; columns are characters */
};

/* The line and column of byte `at' of a text. */
struct json_place json_place_of(struct view text, size_t at);

#endif
