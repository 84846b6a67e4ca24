/*
 * name_memory.h - which name a client asked for that led to an address: the newest answers of DNS.
 *
 * A ring of records of as many bytes as their names need; the oldest go out by themselves. It is split into NAME_PARTS
 * rings, and a client's answers are in one of them: who asks for a million names pushes out the names of a sixteenth of
 * the clients, and a busy network still has most of the memory. Counting shares of clients was rejected: an attacker who can forge answers makes as
 * many clients as he likes.
 *
 * An address is named for the client that asked, in its network, and for nobody else: what one host reached by a pool's name, a
 * CDN gives to others under theirs. A name is believed as long as its answer says, at least an hour (programs keep
 * addresses longer than they may) and at most a day.
 */
#ifndef FLOW_NAME_MEMORY_H
#define FLOW_NAME_MEMORY_H

#include "base/addr.h"
#include "base/hash.h"
#include "base/name.h"

#define NAME_PARTS 16
#define NAME_TTL_MIN_S 3600
#define NAME_TTL_MAX_S 86400
#define NAME_RIVAL_NS NS_PER_SEC /* two names asked for so shortly after each other may both be what a connection is for */
#define NAME_LEADS 1024          /* places of the filter before look-ups */

/* The network: tunnel endpoints as an unordered pair and its number; all zero outside of tunnels. */
struct name_place {
    struct addr outer_lo, outer_hi;
    uint32_t vni;
    uint32_t has_encap; /* fills the structure up: all of it is hashed */
};

/* What is remembered for a client and an address. */
struct name_found {
    ns_t time_ns;       /* of the answer */
    struct name asked;  /* what the client asked for */
    struct name listed; /* the name of the lists: what was asked for, or where it led; empty = none */
    bool certain;       /* no other name led there within NAME_RIVAL_NS, or all of them are listed */
};

struct name_counters {
    uint64_t added;   /* answers, one for each address */
    uint64_t renewed; /* of them those that were remembered already */
    uint64_t pushed;  /* forgotten before their time, for want of room */
};

struct name_part {
    uint64_t *mem;     /* units of 8 bytes; of the owner's mapping */
    uint32_t *heads;   /* by key: the newest record, its place + 1; 0 = none */
    uint32_t at, tail; /* where the next one goes, and the oldest one is */
    uint32_t end;      /* lapped: where the records above tail end */
    uint32_t n;        /* records */
    bool lapped;       /* at has begun anew, and tail has not */
};

struct name_memory {
    struct name_part part[NAME_PARTS];
    uint64_t *mem;    /* owned */
    uint32_t *heads;  /* owned */
    uint32_t n_units; /* of a part; 0 = nothing is remembered */
    uint32_t mask;    /* heads of a part - 1 */
    const struct hash_key *hash;
    struct name_counters ctr;
    ns_t listed_until;           /* the latest time up to which a listed answer counts */
    ns_t lead_until[NAME_LEADS]; /* the same, of some addresses each */
};

/* Room for about max_names answers, of LIMIT_BYTES_NAME each; 0 = none. False when memory is short. Keeps hash. */
bool name_memory_init(struct name_memory *m, uint32_t max_names, const struct hash_key *hash);
void name_memory_fini(struct name_memory *m);

/* The place of two tunnel endpoints and a network, in any order. */
struct name_place name_place_of(bool has_encap, uint32_t vni, const struct addr *a, const struct addr *b);

/*
 * The client got these n answers for the name asked, at packet time now. listed is the name of the lists that it is or that
 * it led through, or NULL.
 */
void name_memory_add(struct name_memory *m, const struct name_place *place, const struct addr *client,
                     const struct addr *answers, uint32_t n, const struct name *asked, const struct name *listed, ns_t now,
                     uint32_t ttl_s);

/*
 * What led the client to this address before start: the newest, but of several within NAME_RIVAL_NS the newest listed one.
 * False when nothing is remembered.
 */
bool name_memory_find(const struct name_memory *m, const struct name_place *place, const struct addr *client,
                      const struct addr *to, ns_t start, struct name_found *found);

/* Takes what another memory has found for the same question: *found becomes what both together would have. */
void name_found_merge(struct name_found *found, const struct name_found *other);

static inline uint32_t name_lead_at(const struct name_memory *m, const struct addr *to)
{
    uint64_t w;

    memcpy(&w, to->b + 8, sizeof(w));
    return (uint32_t)(hash_fold(m->hash, w, NAME_LEADS) >> 32) % NAME_LEADS;
}

/* False when no listed name led anybody to this address; nearly always, and cheap. */
static inline bool name_memory_may_lead(const struct name_memory *m, const struct addr *to, ns_t now)
{
    return m->listed_until > now && m->lead_until[name_lead_at(m, to)] > now;
}

#endif
