/*
 * kaspa.h - the dialect of Kaspa (kHeavyHash) and its forks.
 */
#ifndef MESSAGE_KASPA_H
#define MESSAGE_KASPA_H

#include "message/mining.h"

/* True when the line is of this dialect beyond doubt; fills out. */
bool kaspa_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
