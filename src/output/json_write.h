/*
 * json_write.h - JSON text into a bounded writer: fixed keys, exact numbers, repaired strings.
 *
 * Commas are put by looking at what was written last. Text from the wire passes out_escape first, so a
 * string never holds control bytes, invalid UTF-8 or characters that act on a terminal.
 */
#ifndef OUTPUT_JSON_WRITE_H
#define OUTPUT_JSON_WRITE_H

#include "base/out.h"

/* key is NULL inside arrays. bracket is '{' or '['. */
void json_open(struct out *o, const char *key, char bracket);
void json_close(struct out *o, char bracket); /* '}' or ']' */

void json_string(struct out *o, const char *key, const char *text);             /* safe UTF-8 of our own */
void json_named(struct out *o, const char *key, const char *text);              /* the key too is of others, and safe UTF-8 */
void json_wire_text(struct out *o, const char *key, struct view raw, bool cut); /* "…" is added when cut */
void json_u64(struct out *o, const char *key, uint64_t n);
void json_bool(struct out *o, const char *key, bool b);
void json_fixed(struct out *o, const char *key, double d, int digits); /* 8.5 with digits behind the point */
void json_double(struct out *o, const char *key,
                 double d); /* whole numbers as such, others the shortest that reads back the same */
void json_time(struct out *o, const char *key, ns_t t);

#endif
