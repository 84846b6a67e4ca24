/*
 * flow.h - the flow table: one 64-byte record for each TCP connection.
 *
 * The key is (outer endpoints, VNI, 5-tuple). For IPv4 outside of tunnels it stands in the record as it
 * is, in 16 bytes; for all else as a 128-bit keyed hash. The addresses to show stand in the side record
 * of the few flows that earn one. The outer endpoints count as an unordered
 * pair: a traffic mirror always sends from its source to its target, and both directions of a flow
 * between two tunnel endpoints swap them. Direction 0 is from the lower endpoint of the key.
 *
 * The table never holds more than its cap. When it is full, the flow idle longest in the two buckets
 * that the new one may use gives way, unless it is protected; all of that is counted. A lone SYN makes
 * no record.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/hash.h"
#include "base/pool.h"
#include "wire/packet.h"

#define FLOW_NO_SIDE UINT32_MAX
#define FLOW_FREE INT64_MIN /* start_ns of a record that is not in use */

enum flow_flag {
    FLOW_SEEN_SYN = 0x01,  /* the start of the connection was seen */
    FLOW_CLOSING = 0x02,   /* FIN or RST seen */
    FLOW_PROTECTED = 0x04, /* not evicted to make room */
    FLOW_ASKED_DPI = 0x08, /* owner's: nDPI was asked about it */
    FLOW_SAID_NODE = 0x10, /* owner's: it was reported as a node's */
    FLOW_HTTP = 0x20,      /* owner's: it began as HTTP */
    FLOW_ASKS_1 = 0x40,    /* owner's: and the requests are of direction 1 */
    FLOW_OTHER = 0x80,     /* owner's: it began as another protocol */
};

/* lo: ports, and a mark for the kind of key; hi: IPv4 addresses. Or both: a hash. */
struct flow_id {
    uint64_t lo, hi;
};

struct flow {
    struct flow_id id;
    ns_t start_ns, last_ns; /* first and newest packet */
    uint64_t bytes[2];      /* TCP payload on the wire, retransmissions included, per direction */
    uint32_t packets[2];    /* per direction; the SYN counts */
    uint32_t side;          /* index of the owner's side record, or FLOW_NO_SIDE */
    uint8_t flags;          /* enum flow_flag */
    uint8_t n_tests;        /* owner's: payloads that were looked at in vain */
    uint16_t n_skipped;     /* owner's: payloads that were not looked at */
};
_Static_assert(sizeof(struct flow) == 64, "a flow record is one cache line");

struct flow_key {
    struct flow_id id;
    uint64_t hash;      /* of the id */
    struct flow *guess; /* the record it probably is, by flow_prefetch; or NULL */
    int dir;            /* direction of the packet */
};

enum flow_end { FLOW_END_IDLE, FLOW_END_EVICTED, FLOW_END_REPLACED, FLOW_END_INPUT };

/* Called for each record that goes away, while it is still whole. */
typedef void flow_end_fn(void *arg, struct flow *f, enum flow_end why);

/* Called for each record that was made, when it has counted its first packet. */
typedef void flow_new_fn(void *arg, struct flow *f, const struct flow_key *key, const struct packet *p);

struct flow_counters {
    uint64_t created;
    uint64_t evicted; /* gave way to a newer one */
    uint64_t refused; /* no room: all that could give way were protected */
    uint64_t lone_syn;
    uint64_t syn, syn_ack; /* segments with SYN, and with SYN and ACK */
    uint64_t ended_idle;
};

struct flow_table;

/* A table for at most max_flows flows (64 to 2^24); NULL when memory is short. Gives. */
struct flow_table *flow_table_new(uint32_t max_flows, const struct hash_key *key, flow_end_fn *on_end, void *arg);
void flow_table_free(struct flow_table *t);

/* Has on_new called, with the arg of on_end. */
void flow_table_on_new(struct flow_table *t, flow_new_fn *on_new);

/* The key of a TCP packet. Asks for the memory that flow_prefetch will touch. */
void flow_key_of(const struct flow_table *t, const struct packet *p, struct flow_key *key);

/* Notes the record that key probably has, and asks for its memory; between flow_key_of and flow_touch. */
void flow_prefetch(const struct flow_table *t, struct flow_key *key);

/* flow_touch for all but the usual case. */
struct flow *flow_touch_unusual(struct flow_table *t, const struct flow_key *key, const struct packet *p);

/*
 * The record of the packet, made if there is none, with its counters advanced. NULL when the packet
 * makes no record (a lone SYN or RST), or when there is no room.
 */
static inline struct flow *flow_touch(struct flow_table *t, const struct flow_key *key, const struct packet *p)
{
    struct flow *f = key->guess;

    /* A record that was given back keeps no valid start. */
    if (UNLIKELY(!f || f->id.lo != key->id.lo || f->id.hi != key->id.hi || f->start_ns == FLOW_FREE ||
                 p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)))
        return flow_touch_unusual(t, key, p);
    f->last_ns = p->frame->time_ns > f->last_ns ? p->frame->time_ns : f->last_ns;
    f->packets[key->dir]++;
    f->bytes[key->dir] += p->payload_wire_len;
    return f;
}

/* Ends idle flows, some at a call; to be called once a second of packet time. */
void flow_sweep(struct flow_table *t, ns_t now);

/* Ends all flows, oldest record first. */
void flow_end_all(struct flow_table *t);

/* The record at an index that flow_index gave, as long as it lives. */
struct flow *flow_at(const struct flow_table *t, uint32_t index);
uint32_t flow_index(const struct flow_table *t, const struct flow *f);

const struct flow_counters *flow_counters(const struct flow_table *t);
uint32_t flow_used(const struct flow_table *t); /* records in use now, and at most */
uint32_t flow_peak(const struct flow_table *t);

#endif
