/*
 * beam.h - the dialect of Beam (BeamHash), whose fields stand at the top of the message.
 */
#ifndef MESSAGE_BEAM_H
#define MESSAGE_BEAM_H

#include "message/mining.h"

/* True when the line is of this dialect; fills out. */
bool beam_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
