/*
 * ironfish.h - the dialect of Iron Fish, whose parameters are called `body`.
 */
#ifndef MESSAGE_IRONFISH_H
#define MESSAGE_IRONFISH_H

#include "message/mining.h"

/* True when the line is of this dialect beyond doubt; fills out. */
bool ironfish_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
