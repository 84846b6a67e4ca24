/*
 * equihash.h - Stratum for Equihash coins (Zcash and kin), ZIP 301.
 */
#ifndef MESSAGE_EQUIHASH_H
#define MESSAGE_EQUIHASH_H

#include "message/mining.h"

/*
 * Reads the messages whose shape is Equihash's own: notify with eight parameters and submit with a
 * solution. All others of ZIP 301 are shared with the mining.* family and read by stratum_v1_read.
 */
bool equihash_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
