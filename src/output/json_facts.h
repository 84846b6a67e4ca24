/*
 * json_facts.h - pieces of JSON that the formats of others share.
 */
#ifndef OUTPUT_JSON_FACTS_H
#define OUTPUT_JSON_FACTS_H

#include "output/event.h"
#include "output/facts.h"
#include "output/json.h"

/* Text of an owner or of the wire, cut to FACTS_TEXT_MAX bytes; nothing when it is empty. */
void json_view(struct out *o, const char *key, struct view v);
void json_view_max(struct out *o, const char *key, struct view v, size_t max); /* at most 1024 */

/* Text from the wire; nothing when t is NULL or empty. */
void json_finding_text(struct out *o, const char *key, const struct finding_text *t);

/* Our own text, cut to max bytes at the end of a character, "…" included. */
void json_short(struct out *o, const char *key, const char *text, size_t max);

/* An address; a port other than 0. */
void json_addr(struct out *o, const char *key, const struct addr *a);
void json_port(struct out *o, const char *key, uint16_t port);

/* Milliseconds since 1970; times before it are 0. */
void json_epoch_ms(struct out *o, const char *key, ns_t t);

/* RFC 3339 with so many digits behind the second, 0 to 6, and `zone' for its Z. */
void json_instant(struct out *o, const char *key, ns_t t, unsigned digits, const char *zone);

/* Strings in a list of one. */
void json_list_of_one(struct out *o, const char *key, const char *text);

/*
 * The finding in the native format under this key, as much of it as fits max bytes, from `part' on; the head of it in any
 * case. The same for a sensor event.
 */
void json_native(struct out *o, const char *key, const struct facts *x, enum json_part part, size_t max,
                 const struct output_context *ctx);
void json_native_event(struct out *o, const char *key, const struct sensor_event *e, const struct output_context *ctx);

#endif
