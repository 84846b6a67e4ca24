/*
 * socks.h - what a client says to a SOCKS proxy and what the proxy answers, up to the connection's own bytes.
 *
 * SOCKS 4 and 4A are Ying-Da Lee's memoranda; SOCKS 5 is RFC 1928, its user and password RFC 1929. Other methods of
 * authentication wrap all that follows and cannot be read. A password is stepped over.
 */
#ifndef MESSAGE_SOCKS_H
#define MESSAGE_SOCKS_H

#include "base/buf.h"

#define SOCKS_USER_MAX 255 /* bytes of a SOCKS 4 user or name */

/* Where one side stands. */
enum socks_step {
    SOCKS_START,
    SOCKS_ASKED,  /* client, 5: its methods are said; a user and password or the request follow */
    SOCKS_CHOSEN, /* proxy, 5: no authentication; its answer follows */
    SOCKS_ASKING, /* proxy, 5: wants user and password; whether they fit follows */
    SOCKS_DONE    /* what follows is the connection's */
};

struct socks_said {
    size_t n;         /* bytes that it took */
    uint8_t step;     /* enum socks_step behind it */
    uint8_t version;  /* 4 or 5 */
    struct view name; /* of the host asked for; empty when it is an address, or none was asked for */
};

enum socks_read { SOCKS_SHORT, SOCKS_READ, SOCKS_BAD };

/* The first bytes of a connection: SHORT when too few to tell. */
enum socks_read socks_starts(struct view data);

/* Reads what the client says next at this step. */
enum socks_read socks_read_client(struct view data, enum socks_step step, struct socks_said *said);

/* Reads what the proxy of a client of this version says next. BAD also when it refuses. */
enum socks_read socks_read_proxy(struct view data, enum socks_step step, uint8_t version, struct socks_said *said);

#endif
