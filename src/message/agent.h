/*
 * agent.h - names by which mining software presents itself, in any dialect and in HTTP.
 *
 * An unknown name means nothing: malware blanks it, and everything may be configured. A known one is a mark that
 * other software does not bear.
 */
#ifndef MESSAGE_AGENT_H
#define MESSAGE_AGENT_H

#include "base/json_scan.h"

/*
 * True for the name of mining software at the start of the text, in any case, and for the shape of XMRig's under
 * another name: NAME/VERSION (PLATFORM) libuv/VERSION COMPILER/VERSION.
 */
bool agent_is_miner(struct view agent);

/* The same for a string that may be cut: true only when what is still to come cannot change it. */
bool agent_names_miner(const struct json_val *agent);

#endif
