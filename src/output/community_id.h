/*
 * community_id.h - the name of a connection that other tools give it too: Community ID, version 1, with the seed 0.
 *
 * Source: https://github.com/corelight/community-id-spec (2024). It tells nothing of time, so that two connections with
 * equal endpoints have one.
 */
#ifndef OUTPUT_COMMUNITY_ID_H
#define OUTPUT_COMMUNITY_ID_H

#include "base/addr.h"

#define COMMUNITY_ID_MAX 32 /* bytes, the NUL included: "1:" and 28 characters of base 64 */

/* Writes the name of the TCP connection between a and b: the same whichever comes first. */
void community_id_tcp(const struct endpoint *a, const struct endpoint *b, char text[COMMUNITY_ID_MAX]);

#endif
