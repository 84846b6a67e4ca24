/*
 * wallet_cryptonote.h - addresses of Monero and its kin; part of wallet.h.
 */
#ifndef EVIDENCE_WALLET_CRYPTONOTE_H
#define EVIDENCE_WALLET_CRYPTONOTE_H

#include "evidence/wallet.h"

/* Says in w what address v, base58 text of at most WALLET_MAX characters, is. False when it is none. */
bool wallet_read_cryptonote(struct view v, struct wallet *w);

#endif
