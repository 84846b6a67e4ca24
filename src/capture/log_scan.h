/*
 * log_scan.h - where an object of JSON ends, byte by byte, with its grammar checked on the way.
 *
 * Works on a text that grows: called again with more of it, it goes on where it stopped. It stops at once at the first
 * byte that cannot be, which is how a line that was cut is told from the next one.
 */
#ifndef CAPTURE_LOG_SCAN_H
#define CAPTURE_LOG_SCAN_H

#include "base/json_scan.h"

enum log_step {
    LOG_STEP_MORE, /* the text ends first */
    LOG_STEP_DONE, /* at is behind the closing brace */
    LOG_STEP_LIST, /* at is behind the bracket of a list of events, "logEvents" or "events", whose items are wanted one by one */
    LOG_STEP_BROKEN, /* at is the byte that cannot be */
    LOG_STEP_DEEP    /* nested deeper than JSON_DEPTH_MAX */
};

struct log_scan {
    size_t at;      /* bytes looked at */
    uint64_t kinds; /* one bit a level, the innermost lowest: 1 = object */
    unsigned depth;
    uint8_t want; /* what may come next */
    bool in_string, in_literal, escape;
    bool is_key;      /* the string is a key */
    bool is_list_key; /* the newest key of the outermost object is that of a list of events */
    bool flush;       /* no line inside of the text may begin with a brace: then the line before it was cut */
    size_t key_at;    /* where the newest key begins */
};

/* Starts at the opening brace. */
void log_scan_begin(struct log_scan *s, bool flush);

/* Starts behind a list of events: goes on with the members of the object that it is in. */
void log_scan_tail(struct log_scan *s);

/* Looks at text from s->at on; text begins where the first call's did. */
enum log_step log_scan_go(struct log_scan *s, struct view text);

#endif
