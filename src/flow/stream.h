/*
 * stream.h - bounded reassembly of one direction of a TCP connection.
 *
 * Segments go in as they were captured: in any order, overlapping, cut by the snap length, from the
 * middle of the connection. Bytes come out in order, each at most once, to a consumer that says how
 * many it is done with; the rest is kept until more arrives. In-order data that is consumed at once is
 * never copied.
 *
 * A hole is waited for as long as it may still be filled, and given up when the receiver has
 * acknowledged it, when STREAM_PENDING_MAX segments wait behind it, when it is older than
 * STREAM_HOLE_NS, or when the window is full. Segments advance by their length on the wire, so what a
 * snap length cut off is a hole too. Where segments overlap, what was taken first stays.
 */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include "base/buf.h"
#include "base/pool.h"

#define STREAM_WINDOW \
    16384               /* bytes kept: the longest useful line seen is 3 KiB (Bitcoin notify), a window of 11 full segments */
#define STREAM_RANGES 8 /* pieces behind holes */
#define STREAM_PENDING_MAX 8      /* segments */
#define STREAM_HOLE_NS NS_PER_SEC /* a retransmission time-out is 1 s at first (RFC 6298) */

enum stream_flag {
    STREAM_GAP = 1, /* bytes before these are missing, or the stream was joined in its middle */
    STREAM_CUT = 2  /* bytes after these are missing, or there is no room for more: all must be taken */
};

/*
 * Given the bytes in order (with both flags: a piece from before the stream was joined, alone); gives how many it is done with, at most data.n. With STREAM_CUT the result
 * does not matter: the bytes will not come again.
 */
typedef size_t stream_fn(void *arg, struct view data, unsigned flags);

struct stream_range {
    uint32_t from, to; /* offsets in the window */
};

struct stream {
    uint32_t first_seq; /* where the stream was joined, or an earlier segment that came late */
    uint32_t next_seq;  /* sequence number of the next byte in order */
    uint32_t acked;     /* what the receiver has acknowledged; valid when seen_ack */
    uint32_t have;      /* bytes in order kept in the block: they end at next_seq */
    uint32_t block;     /* index of the block in the pool; valid when has_block */
    uint32_t n_pending; /* segments stored behind a hole */
    ns_t hole_ns;       /* when the first segment behind the hole came */
    struct stream_range range[STREAM_RANGES];
    uint8_t n_ranges;
    uint8_t n_old; /* segments in a row that are far behind */
    bool started, seen_ack, has_block, gap;
};

struct stream_counters {
    uint64_t gaps;    /* holes given up */
    uint64_t no_room; /* segments whose bytes could not be kept because all blocks were in use */
};

/* The blocks of STREAM_WINDOW bytes that all streams share. */
struct stream_memory {
    struct pool blocks;
    struct stream_counters ctr;
};

bool stream_memory_init(struct stream_memory *m, uint32_t n_blocks);
void stream_memory_fini(struct stream_memory *m);

struct stream_segment {
    uint32_t seq;
    struct view data;  /* as far as captured */
    uint32_t wire_len; /* >= data.n */
    ns_t time_ns;
};

/* Adds a segment and hands to fn what is now in order. Gives the number of holes that were given up. */
unsigned stream_push(struct stream *s, struct stream_memory *m, const struct stream_segment *seg, stream_fn *fn, void *arg);

/* Notes that the receiver has acknowledged all before ack. */
void stream_ack(struct stream *s, uint32_t ack);

/* Hands out what is kept, with STREAM_CUT, and gives the block back. */
void stream_end(struct stream *s, struct stream_memory *m, stream_fn *fn, void *arg);

#endif
