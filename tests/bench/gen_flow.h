#ifndef BENCH_GEN_FLOW_H
#define BENCH_GEN_FLOW_H

/* One background flow of bench-gen: what it is and how it goes on. */

#include "gen.h"

enum kind {
	KIND_TLS,       /* port 443 */
	KIND_TLS_OTHER, /* the same on mail and management ports */
	KIND_HTTP,
	KIND_API,       /* HTTP whose bodies are JSON in their own segments */
	KIND_NDJSON,    /* a log shipper: only the client talks */
	KIND_RPC,       /* JSON-RPC by lines */
	KIND_BULK,      /* one long download */
	KIND_TALK,      /* short exchanges: Redis, SMTP, private binary and text */
	KIND_DNS,
	KIND_QUIC,
	KIND_DATAGRAM,  /* other UDP */
	KIND_ICMP,
	KIND_ARP,
	KIND_SCAN       /* a SYN nobody answers, or a RST does */
};

enum state {
	STATE_SYN,
	STATE_SYNACK,
	STATE_ACK,
	STATE_DATA,
	STATE_FIN,
	STATE_FIN_BACK,
	STATE_LAST,
	STATE_END
};

struct flow {
	struct path path;
	enum state state;
	uint32_t seq[2];
	uint32_t name;          /* host number: names, paths, content */
	uint32_t turn_bytes;    /* of the current turn */
	uint32_t left;          /* of turn_bytes, not yet sent */
	uint32_t record_left;   /* of the current TLS record */
	uint16_t turn;
	uint16_t n_turns;
	uint8_t unacked;        /* data segments since the last ACK */
	uint8_t style;          /* random; picks content within a kind */
	uint8_t dir;            /* who talks in this turn */
	bool ack_due;
	bool stamps;
	bool counted;
};

/* gen_flow.c: opens a new random flow of a kind in *f. */
void flow_open(struct flow *f, enum kind kind, struct rng *r);
/* Writes exactly one packet; STATE_END afterwards means: open another. */
void flow_step(struct sink *s, struct flow *f, enum kind kind, struct rng *r);

/* gen_fill.c: says who talks in turn f->turn and how many bytes. */
void fill_open(struct flow *f, enum kind kind, struct rng *r);
/* The next len bytes of the turn; mss is the flow's full segment. */
void fill_tcp(struct flow *f, enum kind kind, struct rng *r, uint8_t *dst,
    size_t len, size_t mss);
/* A whole datagram of the flow; returns its length. */
size_t fill_udp(struct flow *f, enum kind kind, struct rng *r, uint8_t *dst);

#endif
