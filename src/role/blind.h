/*
 * blind.h - whether the sensor sees what it should, and when to say so.
 *
 * The rules, and what ends each:
 *   no-packets       no packet for status.no_packets_after; the next packet
 *   kernel-drops     more than 0.1 % of a minute's packets dropped by the kernel; 0.05 % or less
 *   interface-drops  the interface dropped packets; none for a minute
 *   allowance        the cloud cut an interface's traffic; none for a minute
 *   no-dns           a source sent 1000 TCP packets and 20 SYN, and no DNS for status.no_dns_after; a DNS message
 *   one-direction    a source sent 50 SYN, for half a minute, and no SYN-ACK, or the reverse; what was missing
 *   truncated        more than 10 % of a source's packets of a minute, and 100 packets, are cut; 5 % or less
 *
 * An event is given when a rule begins to hold and when it ends. One that begins again within 10 minutes of
 * its last event is said after these, if it still holds then. Of single sources at most 16 events come in any minute;
 * the others are counted, and their numbers said once a minute. A source that is silent for an hour is forgotten.
 *
 * Time is an argument, of a clock that does not step; packet time plays no part.
 */
#ifndef ROLE_BLIND_H
#define ROLE_BLIND_H

#include "role/metrics.h"

#define BLIND_SOURCES_MAX 4096 /* the one idle longest gives way */
#define BLIND_DETAIL_MAX 240   /* bytes, with the end */
#define BLIND_WORKER_MISSING_NS (5 * NS_PER_SEC)
#define BLIND_REASONS_MAX 8

struct blind_event {
    enum blind_rule rule;
    bool over;
    char detail[BLIND_DETAIL_MAX]; /* for people; safe text */
};

typedef void blind_fn(void *arg, const struct blind_event *e);

/* For /healthz. */
struct blind_health {
    bool failing;
    uint32_t n; /* reasons; there may be more than fit */
    char reason[BLIND_REASONS_MAX][BLIND_DETAIL_MAX];
};

struct blind;

/* Keeps hash; emit gets the events. NULL when memory is short. Gives. */
struct blind *blind_new(const struct conf *conf, const struct hash_key *hash, ns_t now_ns, blind_fn *emit, void *arg);
void blind_free(struct blind *b);

/* Takes over times from a configuration that was read anew. examines_dns false: no DNS is counted, so nothing is said of it. */
void blind_configure(struct blind *b, const struct conf *conf, bool examines_dns);

/* Takes what a worker counted of a source since it was drained (sources.h). The worker is not trusted. */
void blind_source(struct blind *b, const struct source_count *c, ns_t now_ns);

/* To be called once a second: decides from all counters, and sets m->blind and m->blind_events_suppressed. */
void blind_tick(struct blind *b, struct metrics *m, ns_t now_ns);

/*
 * What makes /healthz fail: no packets, kernel drops, a worker that was not heard of for 5 seconds, an output or the ledger
 * that fails. Of sources it does not: the sensor does what it can.
 */
void blind_health(const struct blind *b, const struct metrics *m, ns_t now_ns, struct blind_health *out);

#endif
