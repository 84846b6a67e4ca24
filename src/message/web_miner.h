/*
 * web_miner.h - miners in web pages, as Coinhive's began them: JSON in WebSocket, each message with a `type`.
 */
#ifndef MESSAGE_WEB_MINER_H
#define MESSAGE_WEB_MINER_H

#include "message/mining.h"

/* Reads a message of this dialect, in a WebSocket only. False for all others. */
bool web_miner_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
