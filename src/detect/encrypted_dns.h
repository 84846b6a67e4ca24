/*
 * encrypted_dns.h - machines that ask for names where nobody sees which: DNS over TLS, HTTPS and QUIC.
 *
 * Nothing is decrypted, and no name is learned. It is told by a hello to port 853, or to port 443 at a resolver that is known to
 * answer there (resolvers.h); who fetches web pages from such an address looks the same. Each machine and resolver is told
 * once a day, at most ENCRYPTED_DNS_RATE in a second; the rest is counted. What a machine's other records say is marked, as lookups may
 * be missing there.
 */
#ifndef DETECT_ENCRYPTED_DNS_H
#define DETECT_ENCRYPTED_DNS_H

#include "base/hash.h"
#include "evidence/evidence.h"
#include "wire/packet.h"

#define ENCRYPTED_DNS_AGAIN_NS (86400 * NS_PER_SEC)
#define ENCRYPTED_DNS_RATE 16 /* told in a second of packet time */
#define ENCRYPTED_DNS_KEPT \
    4096 /* pairs of machine and resolver, and machines, in sets of ENCRYPTED_DNS_SET; the oldest of its set is forgotten */
#define ENCRYPTED_DNS_SET 4

struct encrypted_dns_counters {
    uint64_t hellos; /* that begin such a connection */
    uint64_t told;
    uint64_t untold; /* that were due, but for the rate */
};

struct encrypted_dns_seen {
    uint64_t key; /* 0 = free */
    ns_t ns;
};

struct encrypted_dns {
    struct encrypted_dns_seen pair[ENCRYPTED_DNS_KEPT], host[ENCRYPTED_DNS_KEPT];
    ns_t second;
    uint32_t n_in_second;
    struct encrypted_dns_counters ctr;
};

/* False for nearly all first payloads of TCP that encrypted_dns_take says nothing of: a TLS record to one of the ports. */
static inline bool encrypted_dns_may_be_tls(const struct packet *p)
{
    return (p->dport == 443 || p->dport == 853) && view_be16(p->payload, 0) == 0x1603;
}

/* The same for datagrams: the first packet of QUIC has a long header and 1,200 bytes at least (RFC 9000 sections 14.1, 17.2). */
static inline bool encrypted_dns_may_be_quic(const struct packet *p)
{
    return (p->dport == 443 || p->dport == 853) && view_u8(p->payload, 0) >= 0xc0 && p->payload_wire_len >= 1200;
}

/* True when such a packet goes to a resolver. */
bool encrypted_dns_is(const struct packet *p);

/* A packet of which that is true. True when it is to be told; then *e is filled but for worker and seq: see EVIDENCE_ASIDE. */
bool encrypted_dns_take(struct encrypted_dns *t, const struct packet *p, const struct hash_key *key, struct evidence *e);

/* True when the machine of a record was seen to ask so within a day before it. */
bool encrypted_dns_knows(const struct encrypted_dns *t, const struct evidence *e, const struct hash_key *key);

/*
 * True for a record of encrypted_dns_take that no other worker has sent a day before: for a table of whom the report has told. It
 * asks for a token of its own.
 */
bool encrypted_dns_is_news(struct encrypted_dns *t, const struct evidence *e, const struct hash_key *key);

#endif
