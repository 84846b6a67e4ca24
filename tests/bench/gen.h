#ifndef BENCH_GEN_H
#define BENCH_GEN_H

/*
 * What the parts of bench-gen share: chance, the pcap sink, frames, payloads,
 * background traffic and injected miners.  Everything is a pure function of
 * the options: the same seed gives the same bytes on every machine of one
 * byte order.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define GEN_PAYLOAD_MAX 1460 /* bytes: Ethernet MTU 1500 - 40 */
#define GEN_SECONDS 300      /* time the whole stream is spread over */
#define GEN_MINERS 24       /* unless told */
#define GEN_MINERS_MAX 100

/* ---- gen_rng.c: xoshiro256** seeded by splitmix64 ---------------------- */

struct rng {
	uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
/* Uniform in [0, n); n > 0.  The bias of a 32-bit multiply is accepted. */
uint32_t rng_below(struct rng *r, uint32_t n);
/* Uniform in [lo, hi]. */
uint32_t rng_range(struct rng *r, uint32_t lo, uint32_t hi);
/* True with a probability of per_mille / 1000. */
bool rng_chance(struct rng *r, uint32_t per_mille);
void rng_fill(struct rng *r, uint8_t *dst, size_t len_bytes);
/* Writes n hex digits and a NUL. */
void rng_hex(struct rng *r, char *dst, size_t n);

/* ---- gen_frame.c: frames and the capture file -------------------------- */

/* One output capture and what was counted while it was written. */
struct sink {
	FILE *file;             /* owned */
	bool mute;              /* true: build and forget (warm-up of flows) */
	uint64_t span;          /* packets that GEN_SECONDS are spread over */
	struct rng jitter;      /* own stream: times never disturb contents */
	uint64_t n_packets;
	uint64_t n_bytes;       /* on the wire, without FCS */
	uint64_t n_dns;         /* packets with UDP port 53 */
	uint64_t n_443;         /* packets with TCP or UDP port 443 */
	uint64_t n_json;        /* TCP/UDP payloads whose first byte is { or [ */
	uint64_t n_ip6;
	uint64_t n_vlan;
	uint64_t n_tcp;
	uint64_t n_udp;
	uint64_t n_payloads;    /* TCP/UDP packets with a payload */
};

/* Where a flow runs.  end[0] opened it. */
struct path {
	uint8_t ip[2][16];      /* IPv4 uses the first 4 bytes */
	uint16_t port[2];
	uint16_t vlan;          /* 0 = untagged */
	bool ip6;
};

enum {
	SEG_FIN = 0x01,
	SEG_SYN = 0x02,
	SEG_RST = 0x04,
	SEG_PSH = 0x08,
	SEG_ACK = 0x10
};

struct segment {
	int dir;                /* 0: from end[0], 1: from end[1] */
	uint8_t flags;          /* SEG_* */
	uint32_t seq;
	uint32_t ack;
	bool stamps;            /* carry the timestamp option */
};

/* Opens path, or standard output for "-", and writes the file header; false with errno. */
bool sink_open(struct sink *s, const char *path, uint64_t span, uint64_t seed);
/* Flushes and closes; false when any write failed. */
bool sink_close(struct sink *s);

/* Each writes one packet; len is at most GEN_PAYLOAD_MAX (12 less with stamps). */
void sink_tcp(struct sink *s, const struct path *p, const struct segment *seg,
    const uint8_t *payload, size_t len);
void sink_udp(struct sink *s, const struct path *p, int dir,
    const uint8_t *payload, size_t len);
/* ICMP echo of path p, request (dir 0) or reply; IPv4 only. */
void sink_icmp(struct sink *s, const struct path *p, int dir, uint16_t seq);
void sink_arp(struct sink *s, const struct path *p);

/* ---- gen_text.c: payloads ---------------------------------------------- */

/* Fills the filler pool; call once. */
void text_init(uint64_t seed);
/* len bytes of words and blanks. */
void text_fill(struct rng *r, uint8_t *dst, size_t len);
const char *text_word(struct rng *r);
/* Host name number `name`: the same number gives the same name. dst >= 64. */
void text_host(uint32_t name, char *dst, size_t cap);

/* Innocent JSON of exactly len bytes (>= TEXT_JSON_MIN). */
#define TEXT_JSON_MIN 240
void text_json(struct rng *r, uint8_t *dst, size_t len);

/* Length and bytes of the HTTP head for a request (dir 0) or a response. */
struct http_head {
	uint32_t name;          /* host and path number */
	uint32_t body_bytes;    /* Content-Length; 0 in a request: GET */
	int dir;
	bool json;
};
size_t text_http_head(const struct http_head *h, char *dst, size_t cap);

/* Whole messages; each returns its length (< GEN_PAYLOAD_MAX - 12). */
size_t text_dns(struct rng *r, uint16_t id, uint32_t name, bool answer,
    uint8_t *dst);
size_t text_client_hello(struct rng *r, uint32_t name, uint8_t *dst);
size_t text_server_hello(struct rng *r, uint8_t *dst);
#define TEXT_SERVER_HELLO_BYTES 133 /* with the ChangeCipherSpec record */

/* ---- gen_traffic.c: background ----------------------------------------- */

struct traffic;

/* Mixed traffic: flows already under way, interleaved, stationary. */
struct traffic *traffic_new(struct sink *s, uint64_t seed);
void traffic_free(struct traffic *t);
/* Writes exactly one packet. */
void traffic_step(struct traffic *t, struct sink *s);
uint64_t traffic_flows(const struct traffic *t);

/* One packet of a worst-case variant, number i of the stream. */
void flood_json(struct sink *s, struct rng *r, uint64_t i);
void flood_syn(struct sink *s, struct rng *r);
void flood_small(struct sink *s, struct rng *r, uint64_t i);
/* A new flow each: by turns a SYN, and one segment that begins like a mining line. */
void flood_flows(struct sink *s, struct rng *r, uint64_t i);
#define FLOOD_JSON_FLOWS 20000u
#define FLOOD_SMALL_FLOWS 65536u

/* ---- gen_miner.c: the injected dialogues -------------------------------- */

struct miners;

/* Lays n dialogues, at most GEN_MINERS_MAX, over the first `within` packets. */
struct miners *miners_new(uint64_t seed, uint64_t within, unsigned n);
void miners_free(struct miners *m);
/* Writes the next miner packet if it is due at packet s->n_packets. */
bool miners_step(struct miners *m, struct sink *s);
/* True when every dialogue is completely written. */
bool miners_done(const struct miners *m);
/* Writes `miner pool protocol` lines; false with errno. */
bool miners_expect(const struct miners *m, const char *path);

#endif
