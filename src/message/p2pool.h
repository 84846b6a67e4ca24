/*
 * p2pool.h - the peer protocol of p2pool, Monero's pool without an operator.
 *
 * Source: github.com/SChernykh/p2pool, p2p_server.h and p2p_server.cpp (messages, their lengths, the handshake). Each side
 * sends a challenge of 17 bytes, answers the other's with a solution of 41, and goes on with messages of
 * one byte for the kind and a length that follows from it. Integers are little endian. The hash in the solution of the side
 * that connected is the result of some work: its highest 64 bits times 10000 are less than 2^64. That tells the two sides
 * apart.
 *
 * 17 bytes prove nothing. A challenge from both sides and a solution with that work do: 24 bits that are fixed, and 13 of the
 * work. In the middle of a connection, or of one direction, nothing can be told.
 */
#ifndef MESSAGE_P2POOL_H
#define MESSAGE_P2POOL_H

#include "message/piece.h"

#define P2POOL_CHALLENGE 17
#define P2POOL_SOLUTION 41

/* State of both directions. */
struct p2pool {
    uint8_t n[2];    /* messages by direction; stays at its greatest value */
    bool has_pow[2]; /* the solution of this side holds work */
    bool blocks;     /* blocks of the side chain were sent */
};

/* What the next message of direction dir begins with. */
enum piece_look p2pool_look(const struct p2pool *s, int dir, struct view data, struct piece *pc);

/* Takes the message that data begins with, whole or cut. False when it does not fit: then it is not p2pool. */
bool p2pool_take(struct p2pool *s, int dir, const struct piece *pc, struct view data);

/* True when it is p2pool: by work shown, or by messages that follow a handshake of both sides. */
bool p2pool_is_proven(const struct p2pool *s);

/* The direction in which the side that connected sends: it alone has to show work. Where neither or both did: otherwise. */
int p2pool_caller(const struct p2pool *s, int otherwise);

/* True when a payload, the first of its direction, can be a challenge, or its start, perhaps with what follows. */
bool p2pool_may_start(struct view payload);

#endif
