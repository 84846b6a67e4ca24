/*
 * reconnect.c - a ring of where miners were sent.
 */
#include "config.h"

#include "detect/reconnect.h"

void reconnect_note(struct reconnects *r, const struct addr *miner, struct view host, uint16_t port, ns_t time_ns)
{
    struct reconnect *e = &r->entry[r->at % RECONNECT_ENTRIES];

    if (host.n == 0 || host.n > RECONNECT_HOST_MAX || port == 0)
        return;
    r->at++;
    *e = (struct reconnect){.miner = *miner, .time_ns = time_ns, .port = port, .host_len = (uint8_t)host.n};
    memcpy(e->host, host.p, host.n);
}

struct view reconnect_find(const struct reconnects *r, const struct addr *miner, uint16_t port, ns_t time_ns)
{
    for (uint32_t i = 1; i <= RECONNECT_ENTRIES; i++) { /* newest first */
        const struct reconnect *e = &r->entry[(r->at - i) % RECONNECT_ENTRIES];

        if (e->host_len && e->port == port && addr_cmp(&e->miner, miner) == 0 && time_ns >= e->time_ns &&
            time_ns - e->time_ns <= RECONNECT_NS)
            return view_of(e->host, e->host_len);
    }
    return (struct view){NULL, 0};
}
