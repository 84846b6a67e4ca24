/*
 * ethereum.h - eth-proxy, the getWork dialect of Ethash pools over TCP ("stratum1").
 */
#ifndef MESSAGE_ETHEREUM_H
#define MESSAGE_ETHEREUM_H

#include "message/mining.h"

bool ethereum_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
