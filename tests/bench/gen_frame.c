/*
 * Frames and the capture file of bench-gen: Ethernet II, 802.1Q, IPv4, IPv6,
 * TCP, UDP, ICMP echo, ARP, with correct lengths and checksums, into a
 * classic pcap (microseconds, native byte order, link type 1).  Frames are
 * padded to 60 bytes as a capture on a receiving Ethernet port shows them.
 */

#include "gen.h"

#include <string.h>

#define FRAME_MIN 60u           /* Ethernet minimum without FCS */
#define FRAME_MAX 2048u
#define EPOCH_S 1700000000u     /* 2023-11-14T22:13:20Z: any fixed past time */
#define STDIO_BYTES (1u << 20)

/* Where the next byte goes.  Callers keep below FRAME_MAX by construction. */
struct pen {
	uint8_t at[FRAME_MAX];
	size_t len;
};

static void
put8(struct pen *p, unsigned v)
{
	p->at[p->len++] = (uint8_t)v;
}

static void
put16(struct pen *p, unsigned v)
{
	put8(p, v >> 8);
	put8(p, v & 0xff);
}

static void
put32(struct pen *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p, v & 0xffff);
}

static void
put(struct pen *p, const void *bytes, size_t len)
{
	if (len == 0)
		return; /* bytes may be NULL then */
	memcpy(p->at + p->len, bytes, len);
	p->len += len;
}

static void
set16(struct pen *p, size_t at, unsigned v)
{
	p->at[at] = (uint8_t)(v >> 8);
	p->at[at + 1] = (uint8_t)v;
}

/* RFC 1071 sum of big-endian 16-bit words, not folded. */
static uint64_t
sum_bytes(const uint8_t *b, size_t len, uint64_t sum)
{
	size_t i = 0;

	for (; i + 1 < len; i += 2)
		sum += (uint64_t)((b[i] << 8) | b[i + 1]);
	if (i < len)
		sum += (uint64_t)b[i] << 8;
	return sum;
}

static unsigned
sum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (unsigned)(~sum & 0xffff);
}

bool
sink_open(struct sink *s, const char *path, uint64_t span, uint64_t seed)
{
	uint32_t h[6] = { 0xa1b2c3d4u, 0, 0, 0, 65535, 1 };
	const uint16_t version[2] = { 2, 4 };

	memset(s, 0, sizeof(*s));
	s->span = span;
	rng_init(&s->jitter, seed ^ 0x74696d65u);
	s->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	if (s->file == NULL)
		return false;
	(void)setvbuf(s->file, NULL, _IOFBF, STDIO_BYTES); /* speed only */
	memcpy(&h[1], version, sizeof(version)); /* two 16-bit fields, native */
	return fwrite(h, sizeof(h), 1, s->file) == 1;
}

bool
sink_close(struct sink *s)
{
	bool ok = !ferror(s->file);

	if (fclose(s->file) != 0)
		ok = false;
	s->file = NULL;
	return ok;
}

/* Pads, stamps and writes the frame, unless the sink is mute. */
static void
sink_put(struct sink *s, struct pen *p)
{
	uint32_t head[4];
	uint64_t step_us = (uint64_t)GEN_SECONDS * 1000000u / s->span;
	uint64_t t_us = s->n_packets * GEN_SECONDS * 1000000u / s->span;

	while (p->len < FRAME_MIN)
		put8(p, 0);
	t_us += rng_below(&s->jitter, (uint32_t)(step_us > 0 ? step_us : 1));
	head[0] = EPOCH_S + (uint32_t)(t_us / 1000000u);
	head[1] = (uint32_t)(t_us % 1000000u);
	head[2] = head[3] = (uint32_t)p->len;
	/* A failed write sets the error flag, which sink_close() reports. */
	(void)fwrite(head, sizeof(head), 1, s->file);
	(void)fwrite(p->at, p->len, 1, s->file);
	s->n_packets++;
	s->n_bytes += p->len;
}

static void
put_mac(struct pen *p, const struct path *path, int end)
{
	const uint8_t *ip = path->ip[end];
	size_t last = path->ip6 ? 15 : 3;

	/* Locally administered: hosts by address, servers behind one router. */
	put16(p, 0x0200);
	put8(p, end == 0 ? 0 : 1);
	put8(p, end == 0 ? ip[last - 2] : 0);
	put8(p, end == 0 ? ip[last - 1] : 0);
	put8(p, end == 0 ? ip[last] : 1);
}

static void
put_ether(struct pen *p, const struct path *path, int dir, unsigned type)
{
	p->len = 0;
	put_mac(p, path, !dir);
	put_mac(p, path, dir);
	if (path->vlan != 0) {
		put16(p, 0x8100);
		put16(p, path->vlan);
	}
	put16(p, type);
}

/* Ethernet and IP; returns the sum of the pseudo header (RFC 9293, 8200). */
static uint64_t
put_ip(struct pen *p, const struct path *path, int dir, unsigned proto,
    size_t len, unsigned ident)
{
	size_t at, n = path->ip6 ? 16 : 4;
	uint64_t sum = proto + len;

	put_ether(p, path, dir, path->ip6 ? 0x86dd : 0x0800);
	at = p->len;
	if (path->ip6) {
		put32(p, 0x60000000u);
		put16(p, (unsigned)len);
		put8(p, proto);
		put8(p, 64);
	} else {
		put16(p, 0x4500);
		put16(p, (unsigned)len + 20);
		put16(p, ident);
		put16(p, 0x4000); /* don't fragment */
		put8(p, dir == 0 ? 64 : 57);
		put8(p, proto);
		put16(p, 0);
	}
	put(p, path->ip[dir], n);
	put(p, path->ip[!dir], n);
	if (!path->ip6)
		set16(p, at + 10, sum_fold(sum_bytes(p->at + at, 20, 0)));
	sum = sum_bytes(path->ip[0], n, sum);
	return sum_bytes(path->ip[1], n, sum);
}

static void
count(struct sink *s, const struct path *path, const uint8_t *payload,
    size_t len)
{
	if (path->port[0] == 443 || path->port[1] == 443)
		s->n_443++;
	s->n_ip6 += path->ip6;
	s->n_vlan += path->vlan != 0;
	if (len == 0)
		return;
	s->n_payloads++;
	s->n_json += payload[0] == '{' || payload[0] == '[';
}

static void
put_tcp_options(struct pen *p, const struct sink *s, const struct segment *seg)
{
	uint32_t clock_ms = (uint32_t)(s->n_packets * GEN_SECONDS * 1000u / s->span);

	if (seg->flags & SEG_SYN)
		put32(p, 0x020405b4u); /* MSS 1460 */
	if (seg->stamps) {
		put32(p, 0x0101080au);
		put32(p, 5000000u + clock_ms);
		put32(p, seg->flags == SEG_SYN ? 0 : 4999990u + clock_ms);
	}
}

void
sink_tcp(struct sink *s, const struct path *path, const struct segment *seg,
    const uint8_t *payload, size_t len)
{
	struct pen p;
	size_t at, head = 20;
	uint64_t sum;

	if (s->mute)
		return;
	head += (seg->flags & SEG_SYN) ? 4 : 0;
	head += seg->stamps ? 12 : 0;
	sum = put_ip(&p, path, seg->dir, 6, head + len, seg->seq >> 4 & 0xffff);
	at = p.len;
	put16(&p, path->port[seg->dir]);
	put16(&p, path->port[!seg->dir]);
	put32(&p, seg->seq);
	put32(&p, seg->ack);
	put8(&p, (unsigned)(head / 4) << 4);
	put8(&p, seg->flags);
	put16(&p, 64240);
	put32(&p, 0); /* checksum, urgent pointer */
	put_tcp_options(&p, s, seg);
	put(&p, payload, len);
	set16(&p, at + 16, sum_fold(sum_bytes(p.at + at, head + len, sum)));
	count(s, path, payload, len);
	s->n_tcp++;
	sink_put(s, &p);
}

void
sink_udp(struct sink *s, const struct path *path, int dir,
    const uint8_t *payload, size_t len)
{
	struct pen p;
	size_t at;
	uint64_t sum;
	unsigned folded;

	if (s->mute)
		return;
	sum = put_ip(&p, path, dir, 17, 8 + len, (unsigned)s->n_packets & 0xffff);
	at = p.len;
	put16(&p, path->port[dir]);
	put16(&p, path->port[!dir]);
	put16(&p, (unsigned)len + 8);
	put16(&p, 0);
	put(&p, payload, len);
	folded = sum_fold(sum_bytes(p.at + at, 8 + len, sum));
	set16(&p, at + 6, folded == 0 ? 0xffff : folded); /* RFC 768: 0 = none */
	count(s, path, payload, len);
	s->n_udp++;
	s->n_dns += path->port[0] == 53 || path->port[1] == 53;
	sink_put(s, &p);
}

void
sink_icmp(struct sink *s, const struct path *path, int dir, uint16_t seq)
{
	struct pen p;
	size_t at;

	if (s->mute)
		return;
	(void)put_ip(&p, path, dir, 1, 64, seq); /* ICMPv4 has no pseudo header */
	at = p.len;
	put8(&p, dir == 0 ? 8 : 0);
	put8(&p, 0);
	put16(&p, 0);
	put16(&p, path->port[0]);
	put16(&p, seq);
	for (unsigned i = 0; i < 56; i++)
		put8(&p, i);
	set16(&p, at + 2, sum_fold(sum_bytes(p.at + at, 64, 0)));
	s->n_vlan += path->vlan != 0;
	sink_put(s, &p);
}

void
sink_arp(struct sink *s, const struct path *path)
{
	struct pen p = { .len = 0 };

	if (s->mute)
		return;
	for (int i = 0; i < 6; i++)
		put8(&p, 0xff);
	put_mac(&p, path, 0);
	put16(&p, 0x0806);
	put32(&p, 0x00010800u);
	put32(&p, 0x06040001u); /* who has */
	put_mac(&p, path, 0);
	put(&p, path->ip[0], 4);
	put32(&p, 0);
	put16(&p, 0);
	put(&p, path->ip[0], 3);
	put8(&p, 1);
	sink_put(s, &p);
}
