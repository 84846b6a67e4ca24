/*
 * names.h - DNS messages: what they ask, what they are answered, and whether a name of the feeds is in it.
 *
 * A message means the same in whatever it came: a UDP datagram of any port, a TCP stream, a log. Each is read on its own;
 * what is remembered of answers is contacts.h's. Who asks is the miner of the evidence, the DNS server stands in the place of
 * the pool.
 */
#ifndef DETECT_NAMES_H
#define DETECT_NAMES_H

#include "base/hash.h"
#include "evidence/evidence.h"
#include "feed/feed.h"
#include "message/dns.h"
#include "wire/packet.h"

#define NAMES_ADDRS 64 /* addresses kept of an answer: all that are looked at, but for hints beside them */

struct names_counters {
    uint64_t messages;  /* DNS messages */
    uint64_t tcp;       /* of these, over TCP */
    uint64_t malformed; /* break off with a fault, or are none though they are datagrams of port 53 */
    uint64_t limited;   /* with more records, names or addresses than are looked at */
    uint64_t hits;      /* that hold a listed name */
    uint64_t disputed;  /* of these, answers that ldns reads otherwise */
};

/* Where a message was seen, whatever carried it. */
struct names_origin {
    struct endpoint client, server; /* port 0: not known */
    ns_t time_ns;
    uint64_t frame;
    uint32_t file;
    bool has_encap; /* vni, outer_src and outer_dst are set */
    uint32_t vni;
    struct addr outer_src, outer_dst;
    uint8_t mac[6]; /* the client's, when has_mac */
    bool has_mac;
};

/* What one message says. */
struct names_message {
    bool response;
    bool cut;        /* the answer did not fit (TC), or was not read to its end */
    bool incomplete; /* it was not read to its end, and has records that were not seen */
    bool blocked;    /* a firewall of the resolver's refused the question (of logs) */
    uint16_t id;
    uint16_t rcode; /* without its upper bits when no name is listed, unless these are wanted */
    uint16_t qtype;
    struct name asked;  /* the question; the root when there is none */
    uint32_t row;       /* of the feeds; 0 = no name of the message is listed, and `listed` is not set */
    struct name listed; /* the name that the row matches */
    bool is_alias;      /* it is not the question but what the answer leads to */
    uint32_t n_addrs;   /* kept */
    uint32_t n_addrs_total;
    struct addr
        addr[NAMES_ADDRS]; /* that the question leads to through the chain of its answer, in the order of their records */
    uint32_t ttl_s;        /* the least of the records that lead there; 0 when there are none */
};

/* False for nearly all datagrams that names_read would say nothing of: one question is asked, or the port is that of DNS. */
static inline bool names_may_hold(const struct packet *p)
{
    return view_be16(p->payload, 4) == 1 || p->sport == DNS_PORT || p->dport == DNS_PORT;
}

enum names_how {
    NAMES_ON_PORT = 1,   /* it travels from or to port 53, so that it counts as malformed if it is none */
    NAMES_BY_STREAM = 2, /* over TCP, where dns_look has found it */
    NAMES_RCODE = 4      /* the whole response code is wanted, whatever names are in it */
};

/*
 * True when message is one of DNS; *m says what it means, with m->row when it holds a name of the feed. how: of enum names_how.
 * feed may be NULL: then no name is listed.
 */
bool names_read(const struct feed *feed, struct view message, unsigned how, ns_t now, struct names_message *m,
                struct names_counters *c);

/* True for an address that leads nowhere: what blocking resolvers answer instead of the truth. */
bool names_is_sink(const struct addr *a);

/* Adds the name to a record, as text. */
void names_add_text(struct evidence *e, enum evidence_text tag, const struct name *name);

/* The origin of what the datagram p says. */
void names_origin_of(const struct packet *p, bool response, struct names_origin *o);

/*
 * Fills an evidence record, but for worker, seq and feed_generation, from a message that holds a listed name. key makes its
 * digest, by which copies of one message are told; workers that may see copies need the same key.
 */
void names_evidence(const struct names_origin *o, const struct names_message *m, const struct hash_key *key,
                    struct evidence *e);

#endif
