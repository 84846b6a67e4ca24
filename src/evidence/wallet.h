/*
 * wallet.h - addresses of coins: which coin's, and whether the checksum is right.
 *
 * A right checksum proves that a text is an address, and nothing more: an address in a chat is not mining.
 */
#ifndef EVIDENCE_WALLET_H
#define EVIDENCE_WALLET_H

#include "base/buf.h"

#define WALLET_MAX 128 /* characters of the longest address; a longer text is none */

enum wallet_check {
    WALLET_NONE,     /* no address */
    WALLET_VALID,    /* the checksum is right */
    WALLET_INVALID,  /* has the shape of one, and the checksum is wrong */
    WALLET_UNCHECKED /* the shape is all there is: the form has no checksum, or this text does not use it */
};

struct wallet {
    const char *coin; /* "XMR"; NULL with WALLET_NONE, and when a right checksum is of a coin not known here */
    const char *kind; /* "xmr-address"; NULL when coin is */
    enum wallet_check check;
    struct view address; /* the whole text */
};

/*
 * What address the text is, if any. It must be one from its first character to its last. Some forms are used by several
 * coins; then the most usual is said: 1... and 3... BTC (also Bitcoin Cash's old form, and Litecoin's old script form),
 * D... DOGE (also DigiByte), 0x... ETH (also Ethereum Classic and all their kin). 64 hexadecimal digits are none: see
 * wallet_of_iron_fish. The time it takes is bounded by WALLET_MAX; nothing is allocated.
 */
struct wallet wallet_of(struct view text);

/*
 * Addresses that are bare hexadecimal digits, where the caller knows from the protocol that they are some: WALLET_UNCHECKED,
 * or WALLET_NONE when the text cannot be one. Iron Fish has a key of 64 digits; Beam a channel and a key, whose leading
 * zeros are not written. Others that write 64 digits: XMRig, as the login while it mines for its authors, and Kadena
 * behind `k:'.
 */
struct wallet wallet_of_iron_fish(struct view text);
struct wallet wallet_of_beam(struct view text);

#endif
