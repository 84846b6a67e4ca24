/*
 * One background flow of bench-gen, packet by packet: addresses, handshake,
 * turns with acknowledgements, end.  Clients 10.1-10.8/16, servers 198.18/15
 * (RFC 2544) and 2001:db8::/32.
 */

#include "gen_flow.h"

#include <assert.h>
#include <string.h>

#define IP6_PER_MILLE 100u
#define VLAN_PER_MILLE 20u

static void
put_be16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void
path_random(struct rng *r, struct path *p)
{
	uint32_t client = rng_below(r, 4000);
	/* The product of two uniform draws prefers low numbers: popular servers. */
	uint32_t server = rng_below(r, rng_range(r, 1, 30000));

	memset(p, 0, sizeof(*p));
	p->ip6 = rng_chance(r, IP6_PER_MILLE);
	p->vlan = rng_chance(r, VLAN_PER_MILLE) ? (uint16_t)rng_range(r, 100, 110) : 0;
	/* Linux's range below the ports that analysers take for a service. */
	p->port[0] = (uint16_t)rng_range(r, 38500, 41000);
	if (p->ip6) {
		memcpy(p->ip[0], "\x20\x01\x0d\xb8\0\1", 6);
		memcpy(p->ip[1], "\x20\x01\x0d\xb8\xff\xff", 6);
		put_be16(p->ip[0] + 14, client + 1);
		put_be16(p->ip[1] + 14, server + 1);
		return;
	}
	p->ip[0][0] = 10;
	p->ip[0][1] = (uint8_t)(1 + client % 8);
	put_be16(p->ip[0] + 2, 256 + client / 8);
	p->ip[1][0] = 198;
	p->ip[1][1] = (uint8_t)(18 + server % 2);
	put_be16(p->ip[1] + 2, 256 + server / 2);
}

static uint16_t
turns_of(enum kind kind, struct rng *r)
{
	switch (kind) {
	case KIND_TLS:
	case KIND_TLS_OTHER:
		return (uint16_t)(3 + 2 * rng_range(r, 1, 5));
	case KIND_HTTP:
		return (uint16_t)(2 * rng_range(r, 1, 3));
	case KIND_API:
		return (uint16_t)(4 * rng_range(r, 1, 5));
	case KIND_NDJSON:
		return (uint16_t)rng_range(r, 10, 60);
	case KIND_RPC:
		return (uint16_t)(2 * rng_range(r, 3, 16));
	case KIND_BULK:
		return 2;
	default:
		return (uint16_t)(2 * rng_range(r, 1, 4));
	}
}

static uint16_t
port_of(enum kind kind, uint8_t style, struct rng *r)
{
	static const uint16_t talk[] = { 7341, 7342, 7344, 6379, 6379, 25, 25 };
	static const uint16_t datagram[] = { 123, 514, 51820, 40777, 41999 };

	switch (kind) {
	case KIND_TLS:
	case KIND_QUIC:
		return 443;
	case KIND_TLS_OTHER:
		return style % 2 == 0 ? 993 : 8443;
	case KIND_HTTP:
	case KIND_API:
		return style % 8 == 0 ? 8080 : 80;
	case KIND_DNS:
		return 53;
	case KIND_NDJSON:
		return 5170;
	case KIND_RPC:
		return 9257;
	case KIND_TALK:
		return talk[style % ARRAY_LEN(talk)];
	case KIND_DATAGRAM:
		return datagram[style % ARRAY_LEN(datagram)];
	case KIND_SCAN:
		return (uint16_t)rng_range(r, 1, 1023);
	default:
		return (uint16_t)(7350 + style % 8);
	}
}

void
flow_open(struct flow *f, enum kind kind, struct rng *r)
{
	memset(f, 0, sizeof(*f));
	path_random(r, &f->path);
	f->style = (uint8_t)rng_below(r, 256);
	f->path.port[1] = port_of(kind, f->style, r);
	if (kind == KIND_ICMP || kind == KIND_ARP) {
		while (f->path.ip6)
			path_random(r, &f->path);
		f->path.port[1] = 0;
	}
	f->seq[0] = (uint32_t)rng_next(r);
	f->seq[1] = (uint32_t)rng_next(r);
	f->name = rng_below(r, rng_range(r, 1, 60000));
	f->stamps = rng_chance(r, 500);
	f->n_turns = turns_of(kind, r);
	if (kind == KIND_TALK && f->path.port[1] == 25)
		f->n_turns = 13;
	if (kind == KIND_DNS)
		f->n_turns = 2;
	if (kind == KIND_QUIC || kind == KIND_DATAGRAM || kind == KIND_ICMP)
		f->n_turns = (uint16_t)rng_range(r, kind == KIND_QUIC ? 8 : 2,
		    kind == KIND_QUIC ? 60 : 16);
}

static void
tcp_send(struct sink *s, struct flow *f, int dir, unsigned flags,
    const uint8_t *bytes, size_t len)
{
	struct segment seg = { dir, (uint8_t)flags, f->seq[dir],
		flags & SEG_ACK ? f->seq[!dir] : 0, f->stamps };

	sink_tcp(s, &f->path, &seg, bytes, len);
	f->seq[dir] += (uint32_t)len;
	f->seq[dir] += (flags & (SEG_SYN | SEG_FIN)) != 0;
}

static void
turn_next(struct flow *f, enum kind kind, struct rng *r)
{
	if (++f->turn < f->n_turns)
		fill_open(f, kind, r);
	else
		f->state = STATE_FIN;
}

static void
tcp_data(struct sink *s, struct flow *f, enum kind kind, struct rng *r)
{
	uint8_t bytes[GEN_PAYLOAD_MAX];
	size_t mss = f->stamps ? GEN_PAYLOAD_MAX - 12 : GEN_PAYLOAD_MAX;
	size_t len = f->left < mss ? f->left : mss;

	if (kind == KIND_NDJSON || kind == KIND_RPC || kind == KIND_API)
		assert(f->left <= mss);
	if (f->ack_due) {
		tcp_send(s, f, !f->dir, SEG_ACK, NULL, 0);
		f->ack_due = false;
		f->unacked = 0;
	} else {
		if (!s->mute || kind == KIND_TLS || kind == KIND_TLS_OTHER)
			fill_tcp(f, kind, r, bytes, len, mss);
		f->left -= (uint32_t)len;
		tcp_send(s, f, f->dir, SEG_ACK | (f->left == 0 ? SEG_PSH : 0u), bytes,
		    len);
		f->unacked++;
		f->ack_due = f->unacked >= 2 || (f->left == 0 && rng_chance(r, 500));
	}
	if (f->left == 0 && !f->ack_due)
		turn_next(f, kind, r);
}

static void
tcp_step(struct sink *s, struct flow *f, enum kind kind, struct rng *r)
{
	switch (f->state) {
	case STATE_SYN:
		tcp_send(s, f, 0, SEG_SYN, NULL, 0);
		f->state = STATE_SYNACK;
		break;
	case STATE_SYNACK:
		tcp_send(s, f, 1, SEG_SYN | SEG_ACK, NULL, 0);
		f->state = STATE_ACK;
		break;
	case STATE_ACK:
		tcp_send(s, f, 0, SEG_ACK, NULL, 0);
		f->state = STATE_DATA;
		fill_open(f, kind, r);
		break;
	case STATE_DATA:
		tcp_data(s, f, kind, r);
		break;
	case STATE_FIN:
		if (f->style % 20 == 1) { /* some clients just reset */
			tcp_send(s, f, 0, SEG_RST | SEG_ACK, NULL, 0);
			f->state = STATE_END;
			break;
		}
		tcp_send(s, f, 0, SEG_FIN | SEG_ACK, NULL, 0);
		f->state = STATE_FIN_BACK;
		break;
	case STATE_FIN_BACK:
		tcp_send(s, f, 1, SEG_FIN | SEG_ACK, NULL, 0);
		f->state = STATE_LAST;
		break;
	default:
		tcp_send(s, f, 0, SEG_ACK, NULL, 0);
		f->state = STATE_END;
		break;
	}
}

static void
scan_step(struct sink *s, struct flow *f)
{
	if (f->state == STATE_SYN)
		tcp_send(s, f, 0, SEG_SYN, NULL, 0);
	else
		tcp_send(s, f, 1, SEG_RST | SEG_ACK, NULL, 0);
	f->state = f->state == STATE_SYN && f->style % 3 == 0 ? STATE_ACK : STATE_END;
}

static void
udp_step(struct sink *s, struct flow *f, enum kind kind, struct rng *r)
{
	uint8_t bytes[GEN_PAYLOAD_MAX];
	size_t len;

	f->dir = f->turn & 1;
	if (f->path.port[1] == 514)
		f->dir = 0; /* syslog is never answered */
	if (kind == KIND_QUIC && f->turn > 4)
		f->dir = rng_chance(r, 700);
	len = fill_udp(f, kind, r, bytes);
	sink_udp(s, &f->path, f->dir, bytes, len);
	if (++f->turn >= f->n_turns)
		f->state = STATE_END;
}

void
flow_step(struct sink *s, struct flow *f, enum kind kind, struct rng *r)
{
	switch (kind) {
	case KIND_DNS:
	case KIND_QUIC:
	case KIND_DATAGRAM:
		udp_step(s, f, kind, r);
		break;
	case KIND_ICMP:
		sink_icmp(s, &f->path, f->turn & 1, f->turn >> 1);
		if (++f->turn >= f->n_turns)
			f->state = STATE_END;
		break;
	case KIND_ARP:
		sink_arp(s, &f->path);
		f->state = STATE_END;
		break;
	case KIND_SCAN:
		scan_step(s, f);
		break;
	default:
		tcp_step(s, f, kind, r);
		break;
	}
}
