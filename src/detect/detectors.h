/*
 * detectors.h - the dialects that are looked for.
 */
#ifndef DETECT_DETECTORS_H
#define DETECT_DETECTORS_H

#include "message/mining.h"

/*
 * Reads a line in the first dialect that knows it. False when none does. Replies that have no dialect
 * of their own come out as SAY_REPLY with PROTOCOL_UNKNOWN.
 */
bool detectors_read(struct view line, enum carriage carriage, const struct http_facts *http, struct jsonrpc *m,
                    struct mining_msg *msg);

#endif
