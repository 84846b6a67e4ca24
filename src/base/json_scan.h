/*
 * json_scan.h - a pull scanner for JSON text that may be cut anywhere (RFC 8259).
 *
 * It allocates nothing, recurses never and looks at every byte a small constant number of times.
 * Values are views into the text. A value that runs into the end of the text is given with
 * complete = false, so that a truncated line still yields what it holds. Containers are skipped by
 * brackets and strings alone: their inside is judged only when it is walked.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include "base/buf.h"

struct out;

#define JSON_DEPTH_MAX 32 /* deepest nesting accepted; the deepest mining message known has 5 (stratum subscribe reply) */

enum json_type { JSON_NONE, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL, JSON_ARRAY, JSON_OBJECT };

struct json_val {
    struct view text;    /* string: between the quotes, still escaped; else the value as written */
    enum json_type type; /* JSON_NONE: absent */
    bool complete;       /* its end was seen */
    bool escaped;        /* string: holds at least one backslash */
};

enum json_state {
    JSON_MORE,   /* more members may follow */
    JSON_CLOSED, /* the closing bracket was read */
    JSON_CUT,    /* the text ended first */
    JSON_BAD     /* not JSON */
};

/* A walk over the members of an object or the items of an array. */
struct json_walk {
    struct buf b;
    enum json_state state;
    bool started; /* a member was read, so a comma is due */
};

/* Reads the value at the cursor, after blanks. False at the end of the text or on what is no JSON (then `bad` is set). */
bool json_read(struct buf *b, struct json_val *v);

/* Starts walking v; when v is no container, the walk is JSON_BAD at once. */
struct json_walk json_walk_of(const struct json_val *v);

/* Starts walking the object that a text begins with, after blanks, without looking for its end first. */
struct json_walk json_walk_object(struct view text);

/* The next item of an array. False at its end; walk->state says how it ended. */
bool json_next_item(struct json_walk *walk, struct json_val *item);

/* The next member of an object whose value has at least begun. False at its end. */
bool json_next_member(struct json_walk *walk, struct json_val *key, struct json_val *value);

/* The value of the first member called name, or a value of type JSON_NONE. */
struct json_val json_member(const struct json_val *object, const char *name);

/* One of the members that json_members looks for, and where its value goes. */
struct json_field {
    const char *name; /* not empty */
    struct json_val *value;
};

/* The same for n fields in one walk. */
void json_members(const struct json_val *object, const struct json_field *fields, size_t n);

/* Item i (from 0) of an array, or a value of type JSON_NONE. */
struct json_val json_item(const struct json_val *array, size_t i);

/* Number of items, those cut included; JSON_BAD contents count up to the fault. At most `most` are counted. */
size_t json_count(const struct json_val *array, size_t most);

/* json_is for a string whose first byte fits, or that has escapes. */
bool json_is_text(const struct json_val *v, const char *text);

/* True when v is a complete string with this text, escapes undone. */
static inline bool json_is(const struct json_val *v, const char *text)
{
    if (v->type != JSON_STRING || (!v->escaped && (v->text.n ? v->text.p[0] : 0) != (uint8_t)text[0]))
        return false; /* nearly always */
    return json_is_text(v, text);
}

/* Writes a string with its escapes undone (bytes, not yet safe for a terminal). */
void json_unescape(const struct json_val *v, struct out *o);

/* True for a complete string of hex digits only, its length between min and max. */
bool json_is_hex(const struct json_val *v, size_t min, size_t max);

/* True for a string, complete or cut, whose text so far is hex, at least min digits (0x is not accepted). */
bool json_starts_hex(const struct json_val *v, size_t min);

/* A text that does not come from JSON, as a complete string. It is not unescaped. */
static inline struct json_val json_text_of(struct view text)
{
    return (struct json_val){.text = text, .type = JSON_STRING, .complete = true};
}

static inline bool json_is_string(const struct json_val *v)
{
    return v->type == JSON_STRING;
}

#endif
