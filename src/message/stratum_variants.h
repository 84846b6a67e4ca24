/*
 * stratum_variants.h - coins whose dialect is Stratum v1 but for the shape of some messages.
 */
#ifndef MESSAGE_STRATUM_VARIANTS_H
#define MESSAGE_STRATUM_VARIANTS_H

#include "message/mining.h"

/* True when the shape of the line's parameters names one of these coins; fills out. */
bool stratum_variants_read(const struct jsonrpc *m, struct mining_msg *out);

#endif
