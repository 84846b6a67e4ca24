/*
 * alephium.h - the dialect of Alephium.
 */
#ifndef MESSAGE_ALEPHIUM_H
#define MESSAGE_ALEPHIUM_H

#include "message/mining.h"

/* True when the line is of this dialect beyond doubt; fills out. */
bool alephium_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
