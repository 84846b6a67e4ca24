/*
 * json_owner.h - whose a machine is, and where in the world one stands, as keys of the native format (countermine-findings(5)).
 */
#ifndef OUTPUT_JSON_OWNER_H
#define OUTPUT_JSON_OWNER_H

#include "finding/about.h"

struct out;

/*
 * The longest texts of about.h that are written, in raw bytes; of longer ones so much, which ends with a whole character and is
 * marked. AWS allows 1,024 bytes to the value of a tag (256 characters) and fewer to all identifiers; Kubernetes 253 to names.
 */
#define JSON_OWNER_TEXT_MAX 1024
#define JSON_OWNER_CMDLINE_MAX 2048 /* has many arguments; /proc/PID/cmdline may have 2 MiB */

/* Writes the key `owner' and its object; nothing of an owner that is not known. */
void json_owner(struct out *o, const struct about_owner *owner);

/* The same without tags, candidates and the command line: their totals stay. */
void json_owner_short(struct out *o, const struct about_owner *owner);

/* Writes what is known of a place, into the object that is open. */
void json_place(struct out *o, const struct about_place *place);

/* The beginning of text that is written: at most max bytes, no character cut in two. *cut says whether it is all. */
struct view json_owner_head(struct view text, size_t max, bool *cut);

/* The word of owner.source. */
const char *json_owner_source(enum owner_source source);

#endif
