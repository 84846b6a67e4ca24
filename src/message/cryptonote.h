/*
 * cryptonote.h - the CryptoNote dialect: XMRig, xmr-stak and their pools (Monero and kin).
 */
#ifndef MESSAGE_CRYPTONOTE_H
#define MESSAGE_CRYPTONOTE_H

#include "message/mining.h"

bool cryptonote_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
