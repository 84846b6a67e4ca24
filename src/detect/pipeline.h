/*
 * pipeline.h - packets in, evidence out.
 *
 * The same pipeline serves capture files, tests, fuzzers and the benchmark. It reads no clock, logs
 * nothing, does no I/O and never allocates after pipeline_new, but for what nDPI takes when it is first
 * asked (dpi.h), and ldns for one call on a message with a listed name (dns_ldns.h).
 */
#ifndef DETECT_PIPELINE_H
#define DETECT_PIPELINE_H

#include "config/conf.h"
#include "detect/contacts.h"
#include "detect/encrypted_dns.h"
#include "detect/names.h"
#include "detect/passive.h"
#include "detect/sources.h"
#include "evidence/evidence.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "wire/counters.h"
#include "wire/packet.h"

struct pipeline;

struct pipeline_stats {
    uint64_t frames;
    uint64_t bytes;             /* captured */
    ns_t first_ns, last_ns;     /* earliest and latest packet time; valid when frames > 0 */
    uint64_t candidates;        /* TCP payloads that looked like the start of a dialogue */
    uint64_t not_tested;        /* of these, payloads not looked at because the flow's budget was spent */
    uint64_t dialogues;         /* conversations looked into */
    uint64_t dialogues_dropped; /* given up for newer ones because all side records were in use */
    uint64_t connections;       /* flows that ended with two packets or more */
    uint64_t one_sided;         /* of these, seen in one direction only */
    uint64_t evidence;          /* records emitted */
    uint64_t dpi_flows;         /* connections that nDPI was asked about */
    uint64_t dpi_refused;       /* connections that it was not asked about, for want of room */
    uint64_t dpi_mining;        /* connections that it calls mining */
    uint64_t dpi_unproven;      /* of these, no message proved it when their dialogue ended */
    uint64_t passive_given;     /* DNS messages given as events */
    uint64_t passive_over;      /* DNS messages not given, as there were more than the rate allows */
    uint32_t flows, flows_peak; /* held now, and at most */
    struct wire_counters wire;
    struct flow_counters flow;
    struct stream_counters stream;
    struct names_counters names;
    struct encrypted_dns_counters encrypted_dns;
    struct name_counters remembered; /* answers of DNS */
    struct contacts_counters contacts;
};

/*
 * A pipeline with the caps and tunnel ports of conf, which is borrowed, and this hash key. It looks names up in feed,
 * which it keeps; with feed NULL DNS is not examined. With conf->dpi.enabled false or max_dpi_flows 0 nDPI is not
 * asked. NULL when memory is short. Gives.
 */
struct pipeline *pipeline_new(const struct conf *conf, const struct hash_key *key, const struct feed *feed, evidence_fn *emit,
                              void *arg);
void pipeline_free(struct pipeline *pl);

/* The number that its evidence carries; 0 at first. */
void pipeline_worker(struct pipeline *pl, uint32_t number);

/*
 * Looks names up in another image from now on, or in none (NULL); the one before is no longer used when this returns.
 * Evidence carries the generation. Keeps.
 */
void pipeline_feed(struct pipeline *pl, const struct feed *feed, uint32_t generation);

/*
 * There are n_others pipelines that see other packets of the same network: tell takes what they are to know or to answer (contacts.h).
 * Packets may come a little out of order. To be called before the first packet. False when memory is short.
 */
bool pipeline_share(struct pipeline *pl, uint32_t n_others, contacts_tell_fn *tell, void *arg);

/* A message of another one; it is not trusted. */
void pipeline_hear(struct pipeline *pl, const struct contacts_message *m);

/*
 * Passive DNS: gives every DNS message to emit from now on, up to max_rate a second of packet time (0 = all); emit NULL
 * ends it. Whether there is a feed plays no part.
 */
void pipeline_passive(struct pipeline *pl, dns_event_fn *emit, void *arg, uint32_t max_rate);

/*
 * Moves the clock on when no packet has: flows that are idle at `now_ns` end. To be called once a second; a time
 * before the newest packet's moves nothing, but what other pipelines are asked is also waited for by these calls.
 */
void pipeline_tick(struct pipeline *pl, ns_t now_ns);

#define PIPELINE_BATCH 32 /* frames that are best given together */

/* Handles n frames, any number, in their order. Borrows them. */
void pipeline_frames(struct pipeline *pl, const struct frame *frames, size_t n);

/* Ends all flows, at the latest packet time. Nothing but pipeline_stats and pipeline_free may follow. */
void pipeline_end(struct pipeline *pl);

/* Fills *out with the counters as they stand. */
void pipeline_stats(const struct pipeline *pl, struct pipeline_stats *out);

/* The sources of the packets, with what is not tunnelled brought up to date; they may be drained. Lent. */
struct sources *pipeline_sources(struct pipeline *pl);

#endif
