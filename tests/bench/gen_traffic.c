/*
 * Background of bench-gen: no mining.  For every packet a class is drawn by
 * weight, then one of the class's open flows, which writes its next packet; a
 * flow that ends is replaced.  Shares of packets are therefore exact in the
 * mean, and the stream is stationary: at its start flows are already under way.
 */

#include "gen_flow.h"

#include <assert.h>
#include <stdlib.h>

#define WEIGHTS 10000u
#define TRAIN_PER_MILLE 250u    /* the next packet is of the same flow */

struct class_row {
	uint32_t weight;        /* packets in WEIGHTS */
	uint16_t n_slots;       /* flows open at once */
	uint16_t warm;          /* packets a flow may have had before the start */
	enum kind kind;
};

/*
 * Shares chosen so that the whole has the size, ports and candidates of a
 * public background capture (mean 633 bytes, 12 % port 443, 1 % DNS, 0.9 %
 * payloads that begin like JSON).
 */
static const struct class_row classes[] = {
	{ 1010, 2400, 24, KIND_TLS },
	{ 520, 1200, 24, KIND_TLS_OTHER },
	{ 1380, 3300, 16, KIND_HTTP },
	{ 50, 150, 12, KIND_API },
	{ 36, 60, 20, KIND_NDJSON },
	{ 44, 120, 16, KIND_RPC },
	{ 3780, 160, 40, KIND_BULK },
	{ 1700, 4500, 10, KIND_TALK },
	{ 100, 200, 1, KIND_DNS },
	{ 200, 500, 20, KIND_QUIC },
	{ 1050, 3000, 8, KIND_DATAGRAM },
	{ 70, 100, 6, KIND_ICMP },
	{ 30, 50, 0, KIND_ARP },
	{ 30, 20, 0, KIND_SCAN }
};

struct traffic {
	struct rng rng;
	struct flow *slots[ARRAY_LEN(classes)];
	uint8_t by_weight[WEIGHTS];     /* class of a draw */
	unsigned last_class;
	uint32_t last_slot;
	uint64_t n_flows;               /* TCP and UDP, at least one packet */
};

/* True inside a message; warm flows begin at the start of one, so that every
 * dissector follows them.  Only downloads begin anywhere. */
static bool
between(const struct flow *f, enum kind kind)
{
	if (f->state != STATE_DATA || kind == KIND_BULK)
		return false;
	return f->left != f->turn_bytes || (kind == KIND_API && f->turn % 2 == 1);
}

static void
warm_up(struct traffic *t, struct sink *s)
{
	s->mute = true;
	for (size_t c = 0; c < ARRAY_LEN(classes); c++) {
		const struct class_row *row = &classes[c];

		for (uint32_t i = 0; i < row->n_slots; i++) {
			struct flow *f = &t->slots[c][i];
			uint32_t n = rng_below(&t->rng, row->warm + 1u);

			flow_open(f, row->kind, &t->rng);
			while (n-- > 0) {
				flow_step(s, f, row->kind, &t->rng);
				if (f->state == STATE_END)
					flow_open(f, row->kind, &t->rng);
			}
			while (between(f, row->kind))
				flow_step(s, f, row->kind, &t->rng);
			if (f->state == STATE_END)
				flow_open(f, row->kind, &t->rng);
			if (row->kind == KIND_BULK && f->turn == 1)
				f->left = rng_range(&t->rng, 1, f->left);
		}
	}
	s->mute = false;
}

struct traffic *
traffic_new(struct sink *s, uint64_t seed)
{
	struct traffic *t = calloc(1, sizeof(*t));
	uint32_t at = 0;

	if (t == NULL)
		return NULL;
	rng_init(&t->rng, seed);
	for (size_t c = 0; c < ARRAY_LEN(classes); c++) {
		for (uint32_t i = 0; i < classes[c].weight; i++)
			t->by_weight[at++] = (uint8_t)c;
		t->slots[c] = calloc(classes[c].n_slots, sizeof(struct flow));
		if (t->slots[c] == NULL) {
			traffic_free(t);
			return NULL;
		}
	}
	assert(at == WEIGHTS);
	warm_up(t, s);
	return t;
}

void
traffic_free(struct traffic *t)
{
	if (t == NULL)
		return;
	for (size_t c = 0; c < ARRAY_LEN(classes); c++)
		free(t->slots[c]);
	free(t);
}

void
traffic_step(struct traffic *t, struct sink *s)
{
	struct flow *f;
	enum kind kind;

	if (s->n_packets == 0 || !rng_chance(&t->rng, TRAIN_PER_MILLE)) {
		t->last_class = t->by_weight[rng_below(&t->rng, WEIGHTS)];
		t->last_slot = rng_below(&t->rng, classes[t->last_class].n_slots);
	}
	kind = classes[t->last_class].kind;
	f = &t->slots[t->last_class][t->last_slot];
	if (!f->counted && kind != KIND_ICMP && kind != KIND_ARP) {
		f->counted = true;
		t->n_flows++;
	}
	flow_step(s, f, kind, &t->rng);
	if (f->state == STATE_END)
		flow_open(f, kind, &t->rng);
}

uint64_t
traffic_flows(const struct traffic *t)
{
	return t->n_flows;
}
