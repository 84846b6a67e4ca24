/*
 * The worst cases of bench-gen: a JSON flood, a SYN flood, packets of the least
 * Ethernet size, and floods of new flows.  One call writes one packet.
 */

#include "gen.h"

#include <string.h>

#define JSON_BYTES 1400u

/* Flow number i of a flood: a client of 10.1-10.8/16 and a server of 198.18/15. */
static void
path_of(uint32_t i, uint16_t port, struct path *p)
{
	memset(p, 0, sizeof(*p));
	p->ip[0][0] = 10;
	p->ip[0][1] = (uint8_t)(1 + i % 8);
	p->ip[0][2] = (uint8_t)(i >> 8);
	p->ip[0][3] = (uint8_t)(1 + i % 250);
	p->ip[1][0] = 198;
	p->ip[1][1] = 18;
	p->ip[1][2] = (uint8_t)(i >> 4);
	p->ip[1][3] = (uint8_t)(1 + i % 200);
	p->port[0] = (uint16_t)(32768 + i % 18000);
	p->port[1] = port;
}

/* Round-robin over the flows, so sequence numbers follow from i alone. */
void
flood_json(struct sink *s, struct rng *r, uint64_t i)
{
	uint8_t bytes[JSON_BYTES];
	uint32_t round = (uint32_t)(i / FLOOD_JSON_FLOWS);
	struct segment seg = { 0, SEG_ACK | SEG_PSH, 1000 + round * JSON_BYTES, 1,
		false };
	struct path p;

	path_of((uint32_t)(i % FLOOD_JSON_FLOWS), 8080, &p);
	do /* one in nine bodies is an array: not here */
		text_json(r, bytes, sizeof(bytes));
	while (bytes[0] != '{');
	sink_tcp(s, &p, &seg, bytes, sizeof(bytes));
}

/* A random flow from a spoofed source of 100.64/10 (RFC 6598): never a miner's address. */
static void
path_spoofed(struct rng *r, struct path *p)
{
	path_of(rng_below(r, 50000), (uint16_t)rng_range(r, 1, 65535), p);
	p->port[0] = (uint16_t)rng_range(r, 1024, 65535);
	p->ip[0][0] = 100;
	p->ip[0][1] = (uint8_t)(64 + rng_below(r, 64));
	p->ip[0][2] = (uint8_t)rng_below(r, 256);
	p->ip[0][3] = (uint8_t)rng_below(r, 256);
}

void
flood_syn(struct sink *s, struct rng *r)
{
	struct segment seg = { 0, SEG_SYN, (uint32_t)rng_next(r), 0, false };
	struct path p;

	path_spoofed(r, &p);
	sink_tcp(s, &p, &seg, NULL, 0);
}

void
flood_flows(struct sink *s, struct rng *r, uint64_t i)
{
	static const char begin[] = "{\"id\":1";
	struct segment seg = { 0, SEG_ACK | SEG_PSH, (uint32_t)rng_next(r), 1, false };
	struct path p;

	if (i % 2 == 0) {
		flood_syn(s, r);
		return;
	}
	path_spoofed(r, &p);
	sink_tcp(s, &p, &seg, (const uint8_t *)begin, sizeof(begin) - 1);
}

void
flood_small(struct sink *s, struct rng *r, uint64_t i)
{
	uint8_t bytes[18];
	uint32_t flow = rng_below(r, FLOOD_SMALL_FLOWS);
	struct segment seg = { (int)(i & 1), SEG_ACK, 1, 1, false };
	struct path p;

	path_of(flow, flow % 2 == 0 ? 7341 : 40777, &p);
	memset(bytes, 'x', sizeof(bytes));
	if (flow % 2 == 0) {
		sink_tcp(s, &p, &seg, bytes, (i >> 1 & 1) ? 6 : 0);
		return;
	}
	sink_udp(s, &p, (int)(i & 1), bytes, sizeof(bytes));
}
