/*
 * Payloads of bench-gen: filler text, host names, innocent JSON, HTTP heads
 * (RFC 9112), DNS messages (RFC 1035, 6891), TLS hellos (RFC 8446).  All are
 * valid on the wire; none belongs to a mining protocol.  Some of the JSON is
 * chosen to look close to one: "method":"login", "worker":, "job":.
 */

#include "gen.h"

#include <assert.h>
#include <string.h>

#define FILLER_BYTES 65536u

static uint8_t filler[FILLER_BYTES + GEN_PAYLOAD_MAX];

static const char *const words[] = {
	"amber", "anchor", "april", "atlas", "autumn", "basin", "birch", "bridge",
	"cargo", "cedar", "cloud", "copper", "coral", "delta", "depot", "echo",
	"ember", "falcon", "fern", "fjord", "forest", "garden", "glacier",
	"granite", "harbor", "hazel", "island", "ivory", "juniper", "kernel",
	"lagoon", "lantern", "lemon", "maple", "marble", "meadow", "mosaic",
	"nectar", "north", "oasis", "olive", "orbit", "orchid", "pepper", "pine",
	"prairie", "quartz", "quill", "raven", "ridge", "river", "saffron",
	"sierra", "silver", "spruce", "summit", "tandem", "timber", "tulip",
	"valley", "velvet", "willow", "winter", "zephyr"
};

/* Bytes of a message under construction; callers size dst by construction. */
struct ink {
	uint8_t *at;
	size_t len;
};

static void
ink8(struct ink *k, unsigned v)
{
	k->at[k->len++] = (uint8_t)v;
}

static void
ink16(struct ink *k, unsigned v)
{
	ink8(k, v >> 8);
	ink8(k, v & 0xff);
}

static void
ink_bytes(struct ink *k, const void *bytes, size_t len)
{
	memcpy(k->at + k->len, bytes, len);
	k->len += len;
}

static void
ink_random(struct ink *k, struct rng *r, size_t len)
{
	rng_fill(r, k->at + k->len, len);
	k->len += len;
}

static void
ink_set16(struct ink *k, size_t at, size_t v)
{
	k->at[at] = (uint8_t)(v >> 8);
	k->at[at + 1] = (uint8_t)v;
}

void
text_init(uint64_t seed)
{
	struct rng r;
	size_t i = 0;

	rng_init(&r, seed ^ 0x66696c6cu);
	while (i < sizeof(filler)) {
		const char *w = text_word(&r);

		while (*w != '\0' && i < sizeof(filler))
			filler[i++] = (uint8_t)*w++;
		if (i < sizeof(filler))
			filler[i++] = ' ';
	}
}

const char *
text_word(struct rng *r)
{
	return words[rng_below(r, ARRAY_LEN(words))];
}

void
text_fill(struct rng *r, uint8_t *dst, size_t len)
{
	assert(len <= GEN_PAYLOAD_MAX);
	memcpy(dst, filler + rng_below(r, FILLER_BYTES), len);
}

void
text_host(uint32_t name, char *dst, size_t cap)
{
	static const char *const front[] = { "www", "api", "cdn", "mail", "static" };
	static const char *const top[] = {
		"example", "example.com", "example.net", "example.org", "test"
	};

	(void)snprintf(dst, cap, "%s.%s-%s%u.%s", front[name % 5],
	    words[name / 5 % 64], words[name / 320 % 64], name / 20480 % 8,
	    top[name / 7 % 5]);
}

/* Opens an object or array and leaves one string open; tail closes it. */
static int
json_open(struct rng *r, char *dst, size_t cap, const char **tail)
{
	unsigned a = rng_below(r, 100000), b = rng_below(r, 1000);
	const char *u = text_word(r), *v = text_word(r);

	*tail = "\"}}\n";
	switch (rng_below(r, 9)) {
	case 0:
		return snprintf(dst, cap, "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":"
		    "\"textDocument/didChange\",\"params\":{\"uri\":"
		    "\"file:///src/%s.c\",\"version\":%u,\"text\":\"%s ", a, u, b, v);
	case 1:
		return snprintf(dst, cap, "{\"jsonrpc\":\"2.0\",\"id\":%u,\"method\":"
		    "\"login\",\"params\":{\"username\":\"%s\",\"device\":\"%s-%u\","
		    "\"note\":\"", a, u, v, b);
	case 2:
		return snprintf(dst, cap, "{\"id\": %u, \"result\": {\"status\": "
		    "\"done\", \"job\": {\"name\": \"%s\", \"ms\": %u}, \"log\": \"%s ",
		    a, u, b, v);
	case 3:
		return snprintf(dst, cap, "{\"jsonrpc\":\"2.0\",\"method\":"
		    "\"tools/call\",\"id\":%u,\"params\":{\"name\":\"%s_%s\","
		    "\"rank\":%u,\"text\":\"", a, u, v, b);
	default:
		break;
	}
	*tail = "\"}\n";
	switch (rng_below(r, 4)) {
	case 0:
		return snprintf(dst, cap, "{\"worker\":\"celery@%s-%u\",\"task\":"
		    "\"%s.tasks.run\",\"runtime\":%u,\"result\":\"", u, a, v, b);
	case 1:
		*tail = "\"}]\n";
		return snprintf(dst, cap, "[{\"id\":%u,\"name\":\"%s\",\"tags\":"
		    "[\"%s\"],\"stock\":%u,\"description\":\"", a, u, v, b);
	default:
		return snprintf(dst, cap, "{\"ts\":\"2023-11-14T22:13:%02u.%03uZ\","
		    "\"level\":\"info\",\"service\":\"%s-%s\",\"message\":\"",
		    a % 60, b, u, v);
	}
}

void
text_json(struct rng *r, uint8_t *dst, size_t len)
{
	char head[TEXT_JSON_MIN];
	const char *tail;
	int n = json_open(r, head, sizeof(head), &tail);
	size_t n_head = (size_t)n, n_tail = strlen(tail);

	assert(n > 0 && n_head < sizeof(head) - 4 && len >= TEXT_JSON_MIN);
	memcpy(dst, head, n_head);
	text_fill(r, dst + n_head, len - n_head - n_tail);
	memcpy(dst + len - n_tail, tail, n_tail);
}

static int
http_request(const struct http_head *h, const char *host, char *dst, size_t cap)
{
	const char *u = words[h->name / 3 % 64], *v = words[h->name / 11 % 64];

	if (h->body_bytes == 0)
		return snprintf(dst, cap, "GET /%s/%s-%u.html HTTP/1.1\r\n"
		    "Host: %s\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; "
		    "rv:115.0) Gecko/20100101 Firefox/115.0\r\n"
		    "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
		    "Accept-Language: en,ja;q=0.5\r\nAccept-Encoding: gzip\r\n"
		    "Connection: keep-alive\r\n\r\n", u, v, h->name % 997, host);
	return snprintf(dst, cap, "POST /v1/%s/%s HTTP/1.1\r\nHost: %s\r\n"
	    "User-Agent: python-requests/2.31.0\r\nAccept: */*\r\n"
	    "Content-Type: application/json\r\nContent-Length: %u\r\n"
	    "Connection: keep-alive\r\n\r\n", u, v, host, h->body_bytes);
}

size_t
text_http_head(const struct http_head *h, char *dst, size_t cap)
{
	char host[64];
	int n;

	text_host(h->name, host, sizeof(host));
	if (h->dir == 0)
		n = http_request(h, host, dst, cap);
	else
		n = snprintf(dst, cap, "HTTP/1.1 200 OK\r\n"
		    "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\nServer: nginx\r\n"
		    "Content-Type: %s\r\nContent-Length: %u\r\n"
		    "Cache-Control: max-age=600\r\nConnection: keep-alive\r\n\r\n",
		    h->json ? "application/json" : "application/octet-stream",
		    h->body_bytes);
	assert(n > 0 && (size_t)n < cap);
	return (size_t)n;
}

static void
dns_name(struct ink *k, const char *host)
{
	while (*host != '\0') {
		size_t n = strcspn(host, ".");

		ink8(k, (unsigned)n);
		ink_bytes(k, host, n);
		host += n;
		host += *host == '.';
	}
	ink8(k, 0);
}

/* A record whose owner is the name at offset 12 (the question). */
static void
dns_rr(struct ink *k, struct rng *r, unsigned type)
{
	ink16(k, 0xc00c);
	ink16(k, type);
	ink16(k, 1);
	ink16(k, 0);
	ink16(k, rng_range(r, 30, 3600));
	if (type == 28) {
		ink16(k, 16);
		ink_bytes(k, "\x20\x01\x0d\xb8\xff\xff\0\0\0\0\0\0\0\0", 14);
		ink16(k, rng_below(r, 20000));
		return;
	}
	ink16(k, 4);
	ink8(k, 198);
	ink8(k, 18);
	ink16(k, rng_below(r, 20000));
}

size_t
text_dns(struct rng *r, uint16_t id, uint32_t name, bool answer, uint8_t *dst)
{
	struct ink k = { dst, 0 };
	char host[64];
	unsigned type = name % 4 == 0 ? 28 : 1;
	bool edns = name % 3 != 0, missing = name % 16 == 5;
	unsigned n = answer && !missing ? 1 + name % 4 : 0;

	text_host(name, host, sizeof(host));
	ink16(&k, id);
	ink16(&k, answer ? (missing ? 0x8183 : 0x8180) : 0x0100);
	ink16(&k, 1);
	ink16(&k, n);
	ink16(&k, 0);
	ink16(&k, edns ? 1 : 0);
	dns_name(&k, host);
	ink16(&k, type);
	ink16(&k, 1);
	for (unsigned i = 0; i < n; i++)
		dns_rr(&k, r, type);
	if (edns)
		ink_bytes(&k, "\0\0\x29\x04\xd0\0\0\0\0\0\0", 11);
	return k.len;
}

static void
hello_extensions(struct ink *k, struct rng *r, const char *host)
{
	size_t n = strlen(host);

	ink16(k, 0); /* server_name */
	ink16(k, (unsigned)n + 5);
	ink16(k, (unsigned)n + 3);
	ink8(k, 0);
	ink16(k, (unsigned)n);
	ink_bytes(k, host, n);
	ink_bytes(k, "\0\x0b\0\2\1\0", 6); /* ec_point_formats */
	ink_bytes(k, "\0\x0a\0\x06\0\x04\0\x1d\0\x17", 10); /* groups */
	ink_bytes(k, "\0\x0d\0\x0a\0\x08\x04\x03\x08\x04\x04\x01\x05\x03", 14);
	ink_bytes(k, "\0\x10\0\x0e\0\x0c\2h2\x08http/1.1", 18); /* ALPN */
	ink_bytes(k, "\0\x2b\0\x05\x04\3\4\3\3", 9); /* versions 1.3, 1.2 */
	ink_bytes(k, "\0\x2d\0\2\1\1", 6); /* psk_key_exchange_modes */
	ink_bytes(k, "\0\x33\0\x26\0\x24\0\x1d\0\x20", 10); /* key_share */
	ink_random(k, r, 32);
}

size_t
text_client_hello(struct rng *r, uint32_t name, uint8_t *dst)
{
	struct ink k = { dst, 0 };
	char host[64];
	size_t ext;

	text_host(name, host, sizeof(host));
	ink_bytes(&k, "\x16\3\1\0\0\1\0\0\0\3\3", 11);
	ink_random(&k, r, 32);
	ink8(&k, 32);
	ink_random(&k, r, 32);
	ink_bytes(&k, "\0\x0c\x13\1\x13\2\x13\3\xc0\x2b\xc0\x2f\xc0\x30\1\0", 16);
	ext = k.len;
	ink16(&k, 0);
	hello_extensions(&k, r, host);
	ink16(&k, 21); /* padding up to 517 bytes, RFC 7685 */
	ink16(&k, (unsigned)(517 - k.len - 2));
	memset(dst + k.len, 0, 517 - k.len);
	k.len = 517;
	ink_set16(&k, ext, k.len - ext - 2);
	ink_set16(&k, 3, k.len - 5);
	ink_set16(&k, 7, k.len - 9);
	return k.len;
}

size_t
text_server_hello(struct rng *r, uint8_t *dst)
{
	struct ink k = { dst, 0 };

	ink_bytes(&k, "\x16\3\3\0\x7a\2\0\0\x76\3\3", 11);
	ink_random(&k, r, 32);
	ink8(&k, 32);
	ink_random(&k, r, 32);
	ink_bytes(&k, "\x13\1\0\0\x2e", 5);
	ink_bytes(&k, "\0\x2b\0\2\3\4", 6); /* selected version */
	ink_bytes(&k, "\0\x33\0\x24\0\x1d\0\x20", 8); /* key_share */
	ink_random(&k, r, 32);
	ink_bytes(&k, "\x14\3\3\0\1\1", 6); /* ChangeCipherSpec */
	assert(k.len == TEXT_SERVER_HELLO_BYTES);
	return k.len;
}
