/*
 * json_owner.h - whose a machine is, as the key `owner' of the native format (countermine-findings(5)).
 */
#ifndef OUTPUT_JSON_OWNER_H
#define OUTPUT_JSON_OWNER_H

#include "finding/about.h"

struct out;

/* Writes the key and its object; nothing of an owner that is not known. */
void json_owner(struct out *o, const struct about_owner *owner);

#endif
