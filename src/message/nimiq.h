/*
 * nimiq.h - Nimiq's pools: JSON in WebSocket, each message named by `message`.
 */
#ifndef MESSAGE_NIMIQ_H
#define MESSAGE_NIMIQ_H

#include "message/mining.h"

/* Reads a message of this dialect, in a WebSocket only. False for all others. */
bool nimiq_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
