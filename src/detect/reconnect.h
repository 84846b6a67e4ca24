/*
 * reconnect.h - where pools sent their miners: names for the connections that follow client.reconnect.
 *
 * A few entries, the oldest overwritten. Each worker remembers for itself; a connection that another worker follows stays
 * without a name.
 */
#ifndef DETECT_RECONNECT_H
#define DETECT_RECONNECT_H

#include "base/addr.h"
#include "base/buf.h"

#define RECONNECT_ENTRIES 32
#define RECONNECT_HOST_MAX 128
#define RECONNECT_NS (300 * NS_PER_SEC) /* miners wait some seconds, or as many as the pool asks for, before they go */

struct reconnects {
    struct reconnect {
        struct addr miner;
        ns_t time_ns;
        uint16_t port;
        uint8_t host_len; /* 0 = free */
        char host[RECONNECT_HOST_MAX];
    } entry[RECONNECT_ENTRIES];
    uint32_t at; /* next to write */
};

/* Notes that a pool told the miner to go to host (cut names are not kept) and port. */
void reconnect_note(struct reconnects *r, const struct addr *miner, struct view host, uint16_t port, ns_t time_ns);

/* The name behind a connection of this miner to this port that begins now, or an empty view. Lent until the next note. */
struct view reconnect_find(const struct reconnects *r, const struct addr *miner, uint16_t port, ns_t time_ns);

#endif
