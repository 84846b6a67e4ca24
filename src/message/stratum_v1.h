/*
 * stratum_v1.h - Stratum v1 of the Bitcoin family.
 */
#ifndef MESSAGE_STRATUM_V1_H
#define MESSAGE_STRATUM_V1_H

#include "message/mining.h"

/*
 * Reads a message of the mining.* family. out->protocol is PROTOCOL_STRATUM_V1 only where the shape is
 * that of Bitcoin's dialect; the family's shared messages leave it PROTOCOL_UNKNOWN. False when the
 * message is none of the family's.
 */
bool stratum_v1_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
