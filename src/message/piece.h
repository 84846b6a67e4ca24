/*
 * piece.h - what readers of binary dialects say of the bytes at hand: whether a message begins there, and how long it is.
 *
 * Used by stratum_v2.h, p2pool.h, node.h and dns.h; detect/binary.c does the walking.
 */
#ifndef MESSAGE_PIECE_H
#define MESSAGE_PIECE_H

#include "base/buf.h"

enum piece_look {
    PIECE_MORE, /* too few bytes to say */
    PIECE_NO,   /* no message of this dialect begins here */
    PIECE_YES
};

/* Bytes of one message that a reader is given at most, unless its header says otherwise; what follows them is passed by. */
#define PIECE_WANT_MAX 4096

struct piece {
    uint32_t total;   /* bytes of the message with its head; at least 1 */
    uint32_t want;    /* bytes of it that its reader looks at; at most total and, but for DNS, PIECE_WANT_MAX */
    uint32_t type;    /* the dialect's own number for the kind of message */
    const char *coin; /* ticker, where the head tells the network; a constant, or NULL */
};

/* True when a reader can be given the message now: enough of it is there, or no more will come. */
static inline bool piece_is_ready(const struct piece *pc, struct view data, bool cut)
{
    return cut || data.n >= pc->want;
}

#endif
