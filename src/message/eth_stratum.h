/*
 * eth_stratum.h - EthereumStratum 1.0.0 and 2.0.0, the dialects of Ethash miners in the mining.* family.
 */
#ifndef MESSAGE_ETH_STRATUM_H
#define MESSAGE_ETH_STRATUM_H

#include "message/mining.h"

/* True when the line is of one of the two dialects beyond doubt; fills out. */
bool eth_stratum_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
