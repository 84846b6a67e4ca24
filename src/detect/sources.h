/*
 * sources.h - what each tunnel endpoint sends us: whether its mirror shows DNS, both directions, whole packets.
 *
 * A source is the outer source address and virtual network of the innermost tunnel, for instance a mirrored
 * network interface. All that is not tunnelled is one more source, whose counts are what the others leave of
 * the pipeline's totals, so that such a packet costs nothing here.
 */
#ifndef DETECT_SOURCES_H
#define DETECT_SOURCES_H

#include "base/recent.h"
#include "wire/packet.h"

#define SOURCES_MAX 4096        /* at once; the one idle longest gives way */
#define SOURCE_PLAIN UINT32_MAX /* in the place of the virtual network: packets without a tunnel */

/* Of one source, since it was counted last. Crosses the border of processes: flat, no pointers. */
struct source_count {
    struct addr addr;
    uint32_t vni;      /* 24 bits, or SOURCE_PLAIN */
    uint32_t reserved; /* 0 */
    uint64_t packets;
    uint64_t tcp;
    uint64_t dns; /* DNS messages; none are known when DNS is not examined */
    uint64_t syn, syn_ack;
    uint64_t truncated;     /* cut by the snap length, or by the mirror */
    ns_t first_ns, last_ns; /* packet time */
};

struct sources {
    struct recent index;
    struct source_count *counts; /* SOURCES_MAX, owned */
    struct source_count gone;    /* sum of all counts that are no longer there */
    struct source_count plain;   /* what is not tunnelled, drained or not */
    struct source_count drained; /* of it */
    uint64_t cut_frames;         /* tunnelled frames that the snap length cut */
    uint64_t n_evicted;          /* sources that gave way to others */
    uint32_t at;                 /* where sources_drain goes on */
};

/* False when memory is short. Keeps hash. */
bool sources_init(struct sources *t, const struct hash_key *hash);
void sources_fini(struct sources *t);

/* Counts a tunnelled packet (n_encap > 0); one that could not be decoded is cleared (packet_clear). */
void sources_count(struct sources *t, const struct packet *p);

/* Says of a tunnelled packet that it is a DNS message. */
void sources_dns(struct sources *t, const struct packet *p);

/* Sets the counts of what is not tunnelled: all packets, their counts in *all, but those of the sources. */
void sources_set_total(struct sources *t, const struct source_count *all);

/* The sources held, the one without a tunnel among them once it had a packet; those drained empty count too. */
uint32_t sources_n(const struct sources *t);

/* Fills *out with the i-th, below sources_n; what was counted since it was drained. */
void sources_at(const struct sources *t, uint32_t i, struct source_count *out);

/*
 * Moves the counts of up to max sources that have any to out, and gives their number; what is moved is counted no more.
 * The next call goes on behind them. 0 = nothing is left.
 */
uint32_t sources_drain(struct sources *t, struct source_count *out, uint32_t max);

#endif
