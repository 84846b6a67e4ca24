/*
 * payout.h - to which address a coinbase pays.
 */
#ifndef EVIDENCE_PAYOUT_H
#define EVIDENCE_PAYOUT_H

#include "message/coinbase.h"

#define PAYOUT_MAX 96 /* bytes that the longest address and a NUL take */

/*
 * Writes the address with a NUL. The script does not say of which coin it is: the caller does, by its ticker ("BTC",
 * "BCH", "LTC", "DOGE", "DASH", "RVN", "ZEC"). Gives its length, or 0 when the coin is not known here, has no such
 * addresses, or the script has none.
 */
size_t payout_address(const struct coinbase_payout *p, const char *coin, char text[PAYOUT_MAX]);

#endif
