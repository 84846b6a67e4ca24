/*
 * node.h - the peer protocols of coins' networks. Who speaks them is a node, or a wallet; it does not mine by that.
 *
 * Sources: Bitcoin's protocol documentation and chainparams.cpp of the coins named in node.c (head of 24 bytes: magic of the
 * network, command as ASCII padded with zeros to 12, length, checksum); epee's levin_base.h and p2p_protocol_defs.h of
 * Monero (head of 33 bytes); devp2p's discv4.md (datagrams with a Keccak hash of themselves); the Electrum
 * protocol's documentation (JSON by line). Integers are little endian, but those of discv4.
 *
 * Not read: Bitcoin's second transport (BIP 324), which looks like chance from the first byte. RLPx is in rlpx.h.
 */
#ifndef MESSAGE_NODE_H
#define MESSAGE_NODE_H

#include "message/piece.h"
#include "message/jsonrpc.h"

/* What one message tells of its sender. */
struct node_said {
    const char *coin;  /* ticker; a constant, or NULL where the message does not tell the network */
    struct view agent; /* lies in the message; empty where it has none */
    bool agent_cut;
};

/* A message of Bitcoin's family or of Levin. */
enum piece_look node_look(struct view data, struct piece *pc);

/* Reads the message that data begins with, whole or cut. */
void node_read(const struct piece *pc, struct view data, struct node_said *out);

/* True when a payload begins like such a message, or is the beginning of one. */
bool node_may_start(struct view payload);

/* True for a message that only a client of Electrum's protocol sends. */
bool node_read_electrum(const struct jsonrpc *m, struct node_said *out);

#define DISCV4_MIN 98   /* hash, signature, kind */
#define DISCV4_MAX 1280 /* discv4.md: larger ones are not to be sent */
#define DISCV4_SIGN 96  /* where the signature's last byte is, 0 or 1; the kind follows, 1 to 6 */

/* False for nearly every datagram that is none of discv4. */
static inline bool node_may_be_discv4(struct view payload)
{
    return payload.n >= DISCV4_MIN && payload.n <= DISCV4_MAX && payload.p[DISCV4_SIGN] <= 1 &&
           (uint8_t)(payload.p[DISCV4_SIGN + 1] - 1) < 6;
}

/* True for a whole datagram of discv4: its hash is right. */
bool node_is_discv4(struct view payload);

#endif
