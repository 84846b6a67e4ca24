/*
 * What background flows of bench-gen say: the length of each turn and its
 * bytes.  Within a kind the content follows from the flow's port and style.
 */

#include "gen_flow.h"

#include <string.h>

/* A delivery, server first; the mail itself is kept short. */
static const char *const smtp[] = {
	"220 mail.example.net ESMTP Postfix\r\n",
	"EHLO relay.example.org\r\n",
	"250-mail.example.net\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n",
	"MAIL FROM:<anna@example.org> SIZE=512\r\n",
	"250 2.1.0 Ok\r\n",
	"RCPT TO:<ben@example.net>\r\n",
	"250 2.1.5 Ok\r\n",
	"DATA\r\n",
	"354 End data with <CR><LF>.<CR><LF>\r\n",
	"From: Anna <anna@example.org>\r\nTo: Ben <ben@example.net>\r\n"
	"Subject: the depot\r\n\r\nThe cargo has arrived.\r\n.\r\n",
	"250 2.0.0 Ok: queued as 4F1A2B\r\n",
	"QUIT\r\n",
	"221 2.0.0 Bye\r\n"
};

static void
put_be16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static uint32_t
http_body(const struct flow *f)
{
	/* Deterministic in the flow, for the head is written twice. */
	uint32_t x = (f->name + f->turn * 7919u) * 2654435761u >> 8;

	return x % 8 == 0 ? 20000 + x % 50000 : 300 + x % 9000;
}

static void
http_of(const struct flow *f, enum kind kind, struct http_head *h)
{
	*h = (struct http_head){ f->name + f->turn, 0, f->dir, kind == KIND_API };
	if (kind == KIND_API) /* the next turn is the body */
		h->body_bytes = TEXT_JSON_MIN + http_body(f) % 1100;
	else if (f->dir == 1)
		h->body_bytes = http_body(f);
}

static uint32_t
http_turn(const struct flow *f, enum kind kind)
{
	struct http_head h;
	struct flow before = *f;
	char head[600];
	uint32_t n;

	if (kind == KIND_API && f->turn % 2 == 1) {
		before.turn--;
		http_of(&before, kind, &h);
		return h.body_bytes;
	}
	http_of(f, kind, &h);
	n = (uint32_t)text_http_head(&h, head, sizeof(head));
	return kind == KIND_API ? n : n + (f->dir == 1 ? h.body_bytes : 0);
}

static uint32_t
tls_turn(const struct flow *f, struct rng *r)
{
	if (f->turn == 0)
		return 517;
	if (f->turn == 1)
		return rng_range(r, 2200, 4600);
	if (f->turn == 2)
		return 80;
	if (f->dir == 0)
		return rng_range(r, 90, 1300);
	return rng_chance(r, 150) ? rng_range(r, 9000, 60000)
	    : rng_range(r, 120, 5000);
}

void
fill_open(struct flow *f, enum kind kind, struct rng *r)
{
	f->dir = f->turn & 1;
	switch (kind) {
	case KIND_TLS:
	case KIND_TLS_OTHER:
		f->turn_bytes = tls_turn(f, r);
		break;
	case KIND_API:
		f->dir = f->turn >> 1 & 1;
		f->turn_bytes = http_turn(f, kind);
		break;
	case KIND_HTTP:
		f->turn_bytes = http_turn(f, kind);
		break;
	case KIND_NDJSON:
		f->dir = 0;
		f->turn_bytes = rng_range(r, TEXT_JSON_MIN, 1440);
		break;
	case KIND_RPC:
		f->turn_bytes = rng_range(r, TEXT_JSON_MIN, 900);
		break;
	case KIND_BULK:
		f->dir = f->turn == 0 ? 0 : 1;
		f->turn_bytes = f->turn == 0 ? rng_range(r, 40, 300)
		    : rng_range(r, 200000, 16000000);
		break;
	default:
		if (f->path.port[1] == 25) {
			f->dir = !f->dir; /* the server greets */
			f->turn_bytes = (uint32_t)strlen(smtp[f->turn]);
			break;
		}
		f->turn_bytes = rng_chance(r, 100) ? rng_range(r, 600, 3000)
		    : rng_range(r, 12, 260);
		break;
	}
	f->left = f->turn_bytes;
}

/* Records end with a segment; half of them span several segments. */
static void
tls_fill(struct flow *f, struct rng *r, uint8_t *dst, size_t len, size_t mss)
{
	size_t at = 0;
	uint32_t record;

	if (f->turn == 0) {
		(void)text_client_hello(r, f->name, dst);
		return;
	}
	if (f->left == f->turn_bytes && f->turn == 1)
		at = text_server_hello(r, dst);
	if (f->left == f->turn_bytes && f->turn == 2) {
		memcpy(dst, "\x14\3\3\0\1\1", 6);
		at = 6;
	}
	if (f->record_left == 0) {
		record = (uint32_t)mss * (rng_chance(r, 500) ? 1 : rng_range(r, 2, 8));
		if (record > f->left || f->left - record < 32)
			record = f->left;
		f->record_left = record;
		record -= (uint32_t)at + 5;
		memcpy(dst + at, "\x17\3\3", 3);
		put_be16(dst + at + 3, record);
		at += 5;
	}
	rng_fill(r, dst + at, len - at);
	f->record_left -= (uint32_t)len;
}

static void
http_fill(struct flow *f, enum kind kind, struct rng *r, uint8_t *dst, size_t len)
{
	struct http_head h;
	char head[600];
	size_t n = 0;

	if (kind == KIND_API && f->turn % 2 == 1) {
		text_json(r, dst, len);
		return;
	}
	if (f->left == f->turn_bytes) {
		http_of(f, kind, &h);
		n = text_http_head(&h, head, sizeof(head));
		memcpy(dst, head, n);
	}
	if (f->style % 5 == 0)
		text_fill(r, dst + n, len - n);
	else
		rng_fill(r, dst + n, len - n); /* as compressed bodies look */
}

static void
talk_fill(struct flow *f, struct rng *r, uint8_t *dst, size_t len)
{
	if (len < 8) { /* the end of a long turn: no room for a frame */
		memset(dst, 'x', len);
	} else if (f->path.port[1] == 25) {
		memcpy(dst, smtp[f->turn], len);
	} else if (f->path.port[1] == 6379) { /* RESP: one simple string */
		memset(dst, '+', 1);
		text_fill(r, dst + 1, len - 1);
		dst[len - 2] = '\r';
		dst[len - 1] = '\n';
	} else if (f->path.port[1] == 7344) {
		text_fill(r, dst, len);
		memcpy(dst, "key=", 4);
		dst[len - 1] = '\n';
	} else {
		rng_fill(r, dst, len);
		put_be16(dst, 0); /* a 32-bit length first */
		put_be16(dst + 2, (uint32_t)len);
	}
}

void
fill_tcp(struct flow *f, enum kind kind, struct rng *r, uint8_t *dst, size_t len,
    size_t mss)
{
	switch (kind) {
	case KIND_TLS:
	case KIND_TLS_OTHER:
		tls_fill(f, r, dst, len, mss);
		break;
	case KIND_HTTP:
	case KIND_API:
		http_fill(f, kind, r, dst, len);
		break;
	case KIND_NDJSON:
	case KIND_RPC:
		text_json(r, dst, len);
		break;
	case KIND_BULK:
		if (f->style % 16 == 0)
			text_fill(r, dst, len);
		else
			rng_fill(r, dst, len);
		break;
	default:
		talk_fill(f, r, dst, len);
		break;
	}
}

/* RFC 9000 section 17: two long headers, then short ones. */
static size_t
quic_fill(struct flow *f, struct rng *r, uint8_t *dst)
{
	size_t len = f->dir == 1 ? rng_range(r, 300, 1250) : rng_range(r, 40, 300);

	if (f->turn < 2)
		len = 1200;
	rng_fill(r, dst, len);
	if (f->turn >= 2) {
		dst[0] = (uint8_t)(0x40 | (dst[0] & 0x3f));
		dst[1] = (uint8_t)(0x80 | f->style); /* connection id */
		return len;
	}
	memcpy(dst, f->turn == 0 ? "\xc3\0\0\0\1\x08" : "\xe3\0\0\0\1\x08", 6);
	dst[14] = 8; /* length of the source id, which follows */
	if (f->turn == 0) {
		dst[23] = 0; /* no token */
		put_be16(dst + 24, 0x4000u | (uint32_t)(len - 26));
	} else {
		put_be16(dst + 23, 0x4000u | (uint32_t)(len - 25));
	}
	return len;
}

static size_t
datagram_fill(struct flow *f, struct rng *r, uint8_t *dst)
{
	size_t len = rng_range(r, 60, 400);

	switch (f->path.port[1]) {
	case 123: /* NTPv4, client or server, RFC 5905 */
		rng_fill(r, dst, 48);
		memcpy(dst, f->dir == 0 ? "\x23\0\6\xec" : "\x24\2\6\xec", 4);
		return 48;
	case 514:
		text_fill(r, dst, len);
		memcpy(dst, "<134>Nov 14 22:13:20 host app: ", 31);
		return len;
	case 51820: /* WireGuard transport data: 16-byte multiples */
		len = 32 + len / 16 * 16;
		rng_fill(r, dst, len);
		memcpy(dst, "\4\0\0\0", 4);
		return len;
	default: /* as a voice stream: RTP version 2, fixed size */
		rng_fill(r, dst, 172);
		memcpy(dst, "\x80\0", 2);
		put_be16(dst + 2, f->turn);
		put_be16(dst + 4, 0);
		put_be16(dst + 6, f->turn * 160u);
		memcpy(dst + 8, &f->seq[f->dir], 4);
		return 172;
	}
}

size_t
fill_udp(struct flow *f, enum kind kind, struct rng *r, uint8_t *dst)
{
	if (kind == KIND_DNS)
		return text_dns(r, (uint16_t)f->seq[0], f->name, f->dir == 1, dst);
	if (kind == KIND_QUIC)
		return quic_fill(f, r, dst);
	return datagram_fill(f, r, dst);
}
