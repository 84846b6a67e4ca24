/*
 * names.h - DNS messages that ask for, or answer with, a name of the feeds.
 *
 * Works on UDP datagrams of any port, each on its own: nothing is remembered between two of them.
 * Who asks is the miner of the evidence, the DNS server stands in the place of the pool.
 */
#ifndef DETECT_NAMES_H
#define DETECT_NAMES_H

#include "base/hash.h"
#include "evidence/evidence.h"
#include "feed/feed.h"
#include "wire/packet.h"

#define NAMES_PORT 53 /* of DNS; other ports are looked at too, but only here does a fault count */

struct names_counters {
    uint64_t messages;  /* datagrams that are DNS messages */
    uint64_t malformed; /* of port 53, that are none or break off with a fault */
    uint64_t limited;   /* not walked to their end because a limit was reached */
    uint64_t hits;      /* that hold a listed name */
};

/* What one datagram holds. */
struct names_hit {
    uint32_t row;      /* of the feeds */
    struct name name;  /* that the row matches */
    struct name asked; /* the question */
    bool is_alias;     /* name is not the question but what the answer leads to */
    bool response;
    uint16_t id;
    uint8_t rcode;
    uint16_t n_answers;
};

/* False for nearly all datagrams that names_look would say nothing of: one question is asked, or the port is that of DNS. */
static inline bool names_may_hold(const struct feed *feed, const struct packet *p)
{
    return feed && (view_be16(p->payload, 4) == 1 || p->sport == NAMES_PORT || p->dport == NAMES_PORT);
}

/*
 * True when the UDP datagram p is a DNS message that holds a name of the feed; *hit says which. feed may
 * be NULL: then nothing is looked at.
 */
bool names_look(const struct feed *feed, const struct packet *p, struct names_hit *hit, struct names_counters *c);

/*
 * Fills an evidence record, but for worker and seq, from the datagram p and what names_look said of it. key makes its
 * digest, by which copies of one message are told; workers that may see copies need the same key.
 */
void names_evidence(const struct names_hit *hit, const struct packet *p, const struct hash_key *key, struct evidence *e);

#endif
