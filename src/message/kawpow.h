/*
 * kawpow.h - the dialect of KawPoW and other ProgPow coins (Ravencoin and kin).
 */
#ifndef MESSAGE_KAWPOW_H
#define MESSAGE_KAWPOW_H

#include "message/mining.h"

/* True when the line is a job or a share of this dialect beyond doubt; fills out. */
bool kawpow_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
