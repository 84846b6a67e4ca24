/*
 * The injected miners of bench-gen: short dialogues in the four clear-text
 * dialects Stratum v1 (Bitcoin), CryptoNote as XMRig speaks it, eth-proxy and
 * Equihash (ZIP-301), written from the public descriptions of these protocols.
 * Each miner 10.66.x.y has its own pool address, wallet (valid checksums,
 * hashes of a fixed text, so nobody's) and worker.  Every third miner sends
 * its first line in two segments.
 */

#include "gen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DIALECTS 4u
#define PER_DIALECT 6u          /* wallets */
#define LINE_MAX_BYTES 6000u    /* an Equihash 200,9 submit has about 2.9 kB */
#define EVENTS_MAX 16384u
#define SHARES 4u               /* submits in one dialogue */

struct event {
	uint64_t at;            /* packet number from which it is due */
	uint32_t order;         /* creation order: keeps sorting stable */
	unsigned miner;
	struct segment seg;
	uint8_t *payload;       /* owned; NULL when len is 0 */
	size_t len;
};

struct miners {
	struct rng rng;
	unsigned n;             /* miners */
	struct path path[GEN_MINERS_MAX];
	struct event events[EVENTS_MAX];
	uint32_t n_events;
	uint32_t next;
	/* While a dialogue is written: */
	unsigned now;           /* miner */
	uint64_t at;
	uint64_t pause;         /* packets between two shares */
	uint64_t gap;           /* packets between two messages */
	uint32_t seq[2];
	bool split;             /* cut the next line after 20 bytes */
};

static const char *const protocols[DIALECTS] = {
	"stratum-v1", "cryptonote", "eth-proxy", "equihash"
};

static const char *const wallets[DIALECTS][PER_DIALECT] = {
	{
		"13k2z12L6X5skm9cPevoXNheNnjtEnjPDF",
		"1GQmkmgrBHUwmrDZEayhCADKzDX7G3Jr1M",
		"19BJc43cWaGKUMgiDuJHGXNZ4LoJA6rEQd",
		"15z86rimWMzXES2r7EdeA85XrVxifh3zHL",
		"1NNy3w3yCQsBTtxULsx3Zxt8t9wW6FnGkm",
		"16fb8M4jnKASRHwhs9Gari11pgghiwWRoJ"
	}, {
		"47b9PisPFJk3HAgizmCSigJWfN6xnZ3YZdQjyFuhwWfrcmWYEG7zDV2WAB3QaG1GhWR"
		"aiee6xm4EuNRT6f63cf59N46J5pR",
		"42reHQsiDtBe7jUUvNH8zCZSTseFoUYXD6RNKaCJgrrtMQSoY2Y9eQgiSkLgRzCEoQR"
		"91yStztAVS9ytPJS1daH5DEdiNxZ",
		"44cj8G3fkn7DW8x7cQn5kLa4P4TFFExV1AHhbG24k3KPHzvv817qBiv4BDb2NsRPyG8"
		"6SA3R5as1TPjg2qYro5b7Rb3gLC8",
		"45H8gkkXkwPVrx6AxGzzSHXH7kXkrNucHFSnT1zougDxhx1GtUCmhBdWzuUJUiuTUPc"
		"REayHriiwQfqkUWh44YKC624zupj",
		"49jhSGce2TXVDevU5eNo4cAsUrAUiiSYqZv2iW6X2PgsSnQ2weSY56cTAAkpXUFRVX2"
		"JtwdszKKnEAgdXRQWGNTFMQap9kM",
		"44Pt4GWDSS1Hm84ncuBAQeKL8or8o91tvhjQB42xZqmXT1NpA9g5Q9UfHY7adKfgBDN"
		"qeWvftTroegot395Tc4En5gTg7Jd"
	}, {
		"0x7587ff25a8b6a9980de3b7de0876f1de97e3fdbb",
		"0x62f858e4e7e36d1f60e882f6691daa380cde9b0a",
		"0x3322fccec41d1974a57b4d147706a5934f80c557",
		"0xc96be08c19c40fef95a70a8cb5ad58ac2eae3aa3",
		"0x995e7fbec6c6e395b7f679e5f2098f88ab46d6e7",
		"0x861d783ec4e22d3f6bb2a26f6a303b4b3c5c3759"
	}, {
		"t1gJBXWqumk3YSWuD23BNvpYcm39rmfSH4P",
		"t1WCYWgCkVzCUkKvTsaiqXCERCeEDo8Mtib",
		"t1NLFi5UN39Y55yfZRftsiBxdUABGioGVag",
		"t1ZFEjd8hTm5MNAQmKdsZx7FcCQ2DVnnCer",
		"t1NCxY5oU8dMP7N4RHbpGeUGzKFhzKiR2KJ",
		"t1cG22nUHKD9KCxGkfPpHhPEMXEuMNKuFbb"
	}
};

static void
add(struct miners *m, int dir, unsigned flags, const char *bytes, size_t len)
{
	struct event *e = &m->events[m->n_events];

	assert(m->n_events < EVENTS_MAX);
	e->at = m->at;
	e->order = m->n_events++;
	e->miner = m->now;
	e->seg = (struct segment){ dir, (uint8_t)flags, m->seq[dir],
		flags & SEG_ACK ? m->seq[!dir] : 0, false };
	e->len = len;
	if (len > 0) {
		e->payload = malloc(len);
		if (e->payload == NULL)
			abort();
		memcpy(e->payload, bytes, len);
	}
	m->seq[dir] += (uint32_t)len;
	m->seq[dir] += (flags & (SEG_SYN | SEG_FIN)) != 0;
	m->at += m->gap;
}

/* One line in as many segments as it needs, then the other side's ACK. */
static void
say(struct miners *m, int dir, const char *line)
{
	size_t len = strlen(line), n;

	for (size_t i = 0; i < len; i += n) {
		n = len - i < GEN_PAYLOAD_MAX ? len - i : GEN_PAYLOAD_MAX;
		if (m->split && len > 20)
			n = 20;
		m->split = false;
		add(m, dir, SEG_ACK | (i + n == len ? SEG_PSH : 0u), line + i, n);
	}
	add(m, !dir, SEG_ACK, NULL, 0);
}

#define SAY(m, dir, ...) \
	do { \
		char line_[LINE_MAX_BYTES]; \
		int n_ = snprintf(line_, sizeof(line_), __VA_ARGS__); \
		assert(n_ > 0 && (size_t)n_ < sizeof(line_)); \
		(void)n_; \
		say((m), (dir), line_); \
	} while (0)

static void
bitcoin_notify(struct miners *m, unsigned job, bool clean)
{
	char prev[49], out[41], t[9], tree[10 * 67 + 1] = "";
	unsigned height = 816000 + job;

	rng_hex(&m->rng, prev, 48);
	rng_hex(&m->rng, out, 40);
	rng_hex(&m->rng, t, 8);
	for (unsigned i = 0; i < 10; i++) {
		char leaf[65];
		size_t n = strlen(tree);

		rng_hex(&m->rng, leaf, 64);
		(void)snprintf(tree + n, sizeof(tree) - n, "%s\"%s\"",
		    i == 0 ? "" : ",", leaf);
	}
	/* Coinbase: 0x1b script bytes = height 4, time 5, extranonces 8, tag 10. */
	SAY(m, 1, "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"%x\","
	    "\"%s0000000000000000\",\"0100000001%064uffffffff1b03%02x%02x%02x04%s"
	    "\",\"092f62656e63682f2020ffffffff01205fa012000000001976a914%s88ac"
	    "00000000\",[%s],\"20000000\",\"17043a1b\",\"6553f0%02x\",%s]}\n",
	    job, prev, 0u, height & 0xff, height >> 8 & 0xff, height >> 16, t, out, tree,
	    job & 0xff, clean ? "true" : "false");
}

static void
talk_bitcoin(struct miners *m, const char *wallet, unsigned k)
{
	char xn1[9], nonce[9], xn2[9];

	rng_hex(&m->rng, xn1, 8);
	SAY(m, 0, "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": "
	    "[\"cgminer/4.12.%u\"]}\n", k % 3);
	SAY(m, 1, "{\"id\":1,\"result\":[[[\"mining.set_difficulty\",\"%s1\"],"
	    "[\"mining.notify\",\"%s2\"]],\"%s\",4],\"error\":null}\n", xn1, xn1, xn1);
	SAY(m, 0, "{\"id\": 2, \"method\": \"mining.authorize\", \"params\": "
	    "[\"%s.rig%u\", \"x\"]}\n", wallet, k);
	SAY(m, 1, "{\"id\":2,\"result\":true,\"error\":null}\n");
	SAY(m, 1, "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":"
	    "[%u]}\n", 8192u << (k % 4));
	bitcoin_notify(m, 16 * k, true);
	for (unsigned i = 0; i < SHARES; i++) {
		m->at += m->pause;
		rng_hex(&m->rng, nonce, 8);
		rng_hex(&m->rng, xn2, 8);
		SAY(m, 0, "{\"params\": [\"%s.rig%u\", \"%x\", \"%s\", \"6553f0%02x\", "
		    "\"%s\"], \"id\": %u, \"method\": \"mining.submit\"}\n", wallet, k,
		    16 * k + i, xn2, (16 * k + i) & 0xff, nonce, 4 + i);
		SAY(m, 1, "{\"id\":%u,\"result\":true,\"error\":null}\n", 4 + i);
		bitcoin_notify(m, 16 * k + i + 1, i % 2 == 0);
	}
}

/* The job object of a CryptoNote pool: 76-byte blob, nonce at byte 39. */
static void
cryptonote_job(struct miners *m, unsigned job, char *dst, size_t cap)
{
	char a[75], b[69], seed[65];

	rng_hex(&m->rng, a, 74);
	rng_hex(&m->rng, b, 66);
	rng_hex(&m->rng, seed, 64);
	(void)snprintf(dst, cap, "{\"blob\":\"1010%s00000000%s\",\"job_id\":"
	    "\"bj%08u\",\"target\":\"ffff0100\",\"algo\":\"rx/0\",\"height\":%u,"
	    "\"seed_hash\":\"%s\"}", a, b, job, 3018000 + job, seed);
}

static void
talk_cryptonote(struct miners *m, const char *wallet, unsigned k)
{
	char job[512], rpc[17], nonce[9], hash[57];

	rng_hex(&m->rng, rpc, 16);
	SAY(m, 0, "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":"
	    "{\"login\":\"%s\",\"pass\":\"rig%u\",\"agent\":\"XMRig/6.21.0 (Linux "
	    "x86_64) libuv/1.44.2 gcc/12.2.0\",\"algo\":[\"cn/1\",\"cn/2\",\"cn/r\","
	    "\"rx/0\",\"rx/wow\",\"rx/arq\",\"argon2/chukwa\"]}}\n", wallet, k);
	cryptonote_job(m, 100 * k, job, sizeof(job));
	SAY(m, 1, "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":"
	    "\"%s\",\"job\":%s,\"extensions\":[\"algo\",\"keepalive\"],\"status\":"
	    "\"OK\"}}\n", rpc, job);
	for (unsigned i = 0; i < SHARES; i++) {
		m->at += m->pause;
		rng_hex(&m->rng, nonce, 8);
		rng_hex(&m->rng, hash, 56);
		/* The last four bytes, little-endian, stay below the target. */
		SAY(m, 0, "{\"id\":%u,\"jsonrpc\":\"2.0\",\"method\":\"submit\","
		    "\"params\":{\"id\":\"%s\",\"job_id\":\"bj%08u\",\"nonce\":\"%s\","
		    "\"result\":\"%s%02x3c0000\",\"algo\":\"rx/0\"}}\n", 2 + i, rpc,
		    100 * k + i, nonce, hash, 16 + i);
		SAY(m, 1, "{\"id\":%u,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":"
		    "{\"status\":\"OK\"}}\n", 2 + i);
		cryptonote_job(m, 100 * k + i + 1, job, sizeof(job));
		SAY(m, 1, "{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":%s}\n", job);
	}
}

static void
eth_push(struct miners *m, char header[65], const char *seed)
{
	rng_hex(&m->rng, header, 64);
	SAY(m, 1, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":[\"0x%s\",\"0x%s\","
	    "\"0x00000000ffff00000000000000000000000000000000000000000000"
	    "00000000\"]}\n", header, seed);
}

static void
talk_eth_proxy(struct miners *m, const char *wallet, unsigned k)
{
	char header[65], seed[65], mix[65], nonce[17], rig[65];

	rng_hex(&m->rng, seed, 64);
	rng_hex(&m->rng, rig, 64);
	SAY(m, 0, "{\"worker\": \"eth1.0\", \"jsonrpc\": \"2.0\", \"params\": "
	    "[\"%s.rig%u\", \"x\"], \"id\": 2, \"method\": \"eth_submitLogin\"}\n",
	    wallet, k);
	SAY(m, 1, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":true}\n");
	SAY(m, 0, "{\"worker\": \"\", \"jsonrpc\": \"2.0\", \"params\": [], "
	    "\"id\": 3, \"method\": \"eth_getWork\"}\n");
	rng_hex(&m->rng, header, 64);
	SAY(m, 1, "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":[\"0x%s\",\"0x%s\","
	    "\"0x00000000ffff00000000000000000000000000000000000000000000"
	    "00000000\"]}\n", header, seed);
	for (unsigned i = 0; i < SHARES; i++) {
		m->at += m->pause;
		rng_hex(&m->rng, nonce, 16);
		rng_hex(&m->rng, mix, 64);
		SAY(m, 0, "{\"id\":4,\"method\":\"eth_submitWork\",\"params\":["
		    "\"0x%s\",\"0x%s\",\"0x%s\"]}\n", nonce, header, mix);
		SAY(m, 1, "{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":true}\n");
		SAY(m, 0, "{\"id\":6,\"jsonrpc\":\"2.0\",\"method\":"
		    "\"eth_submitHashrate\",\"params\":[\"0x1d08a6%x\",\"0x%s\"]}\n",
		    i, rig);
		SAY(m, 1, "{\"jsonrpc\":\"2.0\",\"id\":6,\"result\":true}\n");
		eth_push(m, header, seed);
	}
}

static void
equihash_notify(struct miners *m, unsigned job)
{
	char prev[65], merkle[65], reserved[65];

	rng_hex(&m->rng, prev, 64);
	rng_hex(&m->rng, merkle, 64);
	rng_hex(&m->rng, reserved, 64);
	SAY(m, 1, "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"%04x\","
	    "\"04000000\",\"%s\",\"%s\",\"%s\",\"%02xf05365\",\"09d8151c\",true]}\n",
	    job, prev, merkle, reserved, job & 0xff);
}

static void
talk_equihash(struct miners *m, const char *wallet, unsigned k)
{
	char nonce1[11], nonce2[55], solution[2 * 1344 + 1];

	rng_hex(&m->rng, nonce1, 10);
	SAY(m, 0, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"EWBF "
	    "0.3.4b\",null,\"equihash%u.example\",\"%u\"]}\n", k,
	    (unsigned)m->path[m->now].port[1]);
	SAY(m, 1, "{\"id\":1,\"result\":[\"%s\", \"%s\"], \"error\": null}\n",
	    nonce1, nonce1);
	SAY(m, 0, "{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"%s.rig%u\","
	    "\"x\"]}\n", wallet, k);
	SAY(m, 1, "{\"id\":2,\"result\":true, \"error\": null}\n");
	SAY(m, 1, "{\"id\":null,\"method\":\"mining.set_target\",\"params\":["
	    "\"0004189374bc6a7ef9db22d0e5604189374bc6a7ef9db22d0e5604189374bc6a"
	    "\"]}\n");
	equihash_notify(m, 16 * k);
	for (unsigned i = 0; i < SHARES; i++) {
		m->at += m->pause;
		rng_hex(&m->rng, nonce2, 54);
		rng_hex(&m->rng, solution, 2 * 1344);
		SAY(m, 0, "{\"id\":%u,\"method\":\"mining.submit\",\"params\":["
		    "\"%s.rig%u\",\"%04x\",\"%02xf05365\",\"%s\",\"fd4005%s\"]}\n",
		    100 + i, wallet, k, 16 * k + i, (16 * k + i) & 0xff, nonce2,
		    solution);
		SAY(m, 1, "{\"id\":%u,\"result\":true, \"error\": null}\n", 100 + i);
		equihash_notify(m, 16 * k + i + 1);
	}
}

static void
set_path(struct miners *m, unsigned i)
{
	static const uint16_t ports[] = { 3333, 4444, 14444, 443, 25, 8080, 5555, 9999 };
	struct path *p = &m->path[i];
	const uint8_t pool[2][3] = { { 203, 0, 113 }, { 198, 51, 100 } };

	memset(p, 0, sizeof(*p));
	p->ip[0][0] = 10;
	p->ip[0][1] = 66;
	p->ip[0][2] = (uint8_t)(1 + i / 4);
	p->ip[0][3] = (uint8_t)(10 + 7 * i);
	memcpy(p->ip[1], pool[i % 2], 3);
	p->ip[1][3] = (uint8_t)(20 + i);
	p->port[0] = (uint16_t)rng_range(&m->rng, 32768, 60999);
	p->port[1] = ports[i % ARRAY_LEN(ports)];
	p->vlan = i % 12 == 7 ? 66 : 0;
}

static void
talk(struct miners *m, unsigned i)
{
	static void (*const by_dialect[DIALECTS])(struct miners *, const char *,
	    unsigned) = {
		talk_bitcoin, talk_cryptonote, talk_eth_proxy, talk_equihash
	};
	unsigned dialect = i % DIALECTS, k = i / DIALECTS;

	m->now = i;
	m->split = i % 3 == 2;
	m->seq[0] = (uint32_t)rng_next(&m->rng);
	m->seq[1] = (uint32_t)rng_next(&m->rng);
	add(m, 0, SEG_SYN, NULL, 0);
	add(m, 1, SEG_SYN | SEG_ACK, NULL, 0);
	add(m, 0, SEG_ACK, NULL, 0);
	by_dialect[dialect](m, wallets[dialect][k % PER_DIALECT], k + 1);
	if (i % 2 == 0)
		return; /* goes on mining past the end of the capture */
	add(m, 0, SEG_FIN | SEG_ACK, NULL, 0);
	add(m, 1, SEG_FIN | SEG_ACK, NULL, 0);
	add(m, 0, SEG_ACK, NULL, 0);
}

static int
by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

struct miners *
miners_new(uint64_t seed, uint64_t within, unsigned n)
{
	struct miners *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->n = n;
	rng_init(&m->rng, seed ^ 0x6d696e65u);
	for (unsigned i = 0; i < n; i++)
		set_path(m, i);
	/*
	 * Miner i opens at 2 % + i * 70 %/n of the stream and needs about a
	 * quarter of it: at most 60 messages with one gap and four pauses.
	 */
	for (unsigned i = 0; i < n; i++) {
		m->at = within / 50 + i * (within * 7 / 10) / n;
		m->gap = within / 4000;
		m->pause = within / 20;
		talk(m, i);
	}
	qsort(m->events, m->n_events, sizeof(m->events[0]), by_time);
	assert(m->events[m->n_events - 1].at + m->n_events < within);
	return m;
}

void
miners_free(struct miners *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; i < m->n_events; i++)
		free(m->events[i].payload);
	free(m);
}

bool
miners_step(struct miners *m, struct sink *s)
{
	const struct event *e = &m->events[m->next];

	if (miners_done(m) || e->at > s->n_packets)
		return false;
	sink_tcp(s, &m->path[e->miner], &e->seg, e->payload, e->len);
	m->next++;
	return true;
}

bool
miners_done(const struct miners *m)
{
	return m->next == m->n_events;
}

bool
miners_expect(const struct miners *m, const char *path)
{
	FILE *f = fopen(path, "w");
	bool ok;

	if (f == NULL)
		return false;
	for (unsigned i = 0; i < m->n; i++) {
		const struct path *p = &m->path[i];

		(void)fprintf(f, "%u.%u.%u.%u:%u %u.%u.%u.%u:%u %s\n",
		    p->ip[0][0], p->ip[0][1], p->ip[0][2], p->ip[0][3], p->port[0],
		    p->ip[1][0], p->ip[1][1], p->ip[1][2], p->ip[1][3], p->port[1],
		    protocols[i % DIALECTS]);
	}
	ok = !ferror(f);
	return fclose(f) == 0 && ok;
}
