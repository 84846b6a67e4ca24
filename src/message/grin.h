/*
 * grin.h - the dialect of Grin and other Cuckoo Cycle coins.
 */
#ifndef MESSAGE_GRIN_H
#define MESSAGE_GRIN_H

#include "message/mining.h"

/* True when the line can be of this dialect and of no other that shares its words; fills out. */
bool grin_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
