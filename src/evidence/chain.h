/*
 * chain.h - which coin's chain a block height belongs to, by the time at which it is reached.
 */
#ifndef EVIDENCE_CHAIN_H
#define EVIDENCE_CHAIN_H

#include "base/base.h"

/*
 * The ticker of the Bitcoin-like coin whose chain has about this height at this time (Unix, s), or NULL when none or more
 * than one does. Bitcoin Cash has Bitcoin's heights and comes out as BTC: their work is counted alike.
 */
const char *chain_of(uint64_t height, uint64_t time_s);

#endif
