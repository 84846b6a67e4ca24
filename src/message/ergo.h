/*
 * ergo.h - the dialect of Ergo (Autolykos v2).
 */
#ifndef MESSAGE_ERGO_H
#define MESSAGE_ERGO_H

#include "message/mining.h"

/* True when the line is a job or a share of this dialect beyond doubt; fills out. */
bool ergo_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
