/*
 * sources.c - the table of sources.
 */
#include "config.h"

#include "detect/sources.h"

#include <stdlib.h>

bool sources_init(struct sources *t, const struct hash_key *hash)
{
    *t = (struct sources){.plain = {.vni = SOURCE_PLAIN}, .drained = {.vni = SOURCE_PLAIN}};
    t->counts = calloc(SOURCES_MAX, sizeof(*t->counts));
    if (!t->counts || !recent_init(&t->index, SOURCES_MAX, hash)) {
        sources_fini(t);
        return false;
    }
    return true;
}

void sources_fini(struct sources *t)
{
    recent_fini(&t->index);
    free(t->counts);
    *t = (struct sources){0};
}

static void add(struct source_count *sum, const struct source_count *c)
{
    sum->packets += c->packets;
    sum->tcp += c->tcp;
    sum->dns += c->dns;
    sum->syn += c->syn;
    sum->syn_ack += c->syn_ack;
    sum->truncated += c->truncated;
}

static void subtract(struct source_count *sum, const struct source_count *c)
{
    sum->packets -= c->packets;
    sum->tcp -= c->tcp;
    sum->dns -= c->dns;
    sum->syn -= c->syn;
    sum->syn_ack -= c->syn_ack;
    sum->truncated -= c->truncated;
}

/* The counts of p's source, made when there are none. */
static struct source_count *counts_of(struct sources *t, const struct packet *p)
{
    struct recent_key key = {p->outer_src, p->vni};
    enum recent_what what;
    struct source_count *c = &t->counts[recent_touch(&t->index, &key, &what)];

    if (LIKELY(what == RECENT_KNOWN))
        return c;
    if (what == RECENT_REUSED) {
        t->n_evicted++;
        add(&t->gone, c);
    }
    *c = (struct source_count){.addr = key.addr, .vni = key.vni, .first_ns = p->frame->time_ns, .last_ns = p->frame->time_ns};
    return c;
}

void sources_count(struct sources *t, const struct packet *p)
{
    struct source_count *c = counts_of(t, p);
    bool cut = p->frame->wire_len > p->frame->bytes.n;

    if (UNLIKELY(c->packets++ == 0))
        c->first_ns = p->frame->time_ns;
    c->last_ns = p->frame->time_ns;
    t->cut_frames += cut;
    c->truncated += cut || p->payload_wire_len > p->payload.n;
    if (p->ip_proto != IPPROTO_NUM_TCP)
        return;
    c->tcp++;
    if (UNLIKELY(p->tcp_flags & TCP_SYN))
        ++*(p->tcp_flags & TCP_ACK ? &c->syn_ack : &c->syn);
}

void sources_dns(struct sources *t, const struct packet *p)
{
    counts_of(t, p)->dns++;
}

void sources_set_total(struct sources *t, const struct source_count *all)
{
    struct source_count rest = *all, tunnelled = t->gone;

    for (uint32_t i = 0; i < t->index.n; i++)
        add(&tunnelled, &t->counts[i]);
    tunnelled.truncated = t->cut_frames; /* of all frames cut only the frames are known */
    subtract(&rest, &tunnelled);
    if (rest.packets == t->plain.packets)
        rest.last_ns = t->plain.last_ns; /* the newest packets were all tunnelled */
    rest.addr = (struct addr){0};
    rest.vni = SOURCE_PLAIN;
    t->plain = rest;
}

uint32_t sources_n(const struct sources *t)
{
    return t->index.n + (t->plain.packets > 0);
}

void sources_at(const struct sources *t, uint32_t i, struct source_count *out)
{
    if (i < t->index.n) {
        *out = t->counts[i];
        return;
    }
    *out = t->plain;
    subtract(out, &t->drained);
}

/* Empties the i-th, which *c was read from. */
static void take(struct sources *t, uint32_t i, const struct source_count *c)
{
    if (i < t->index.n) {
        add(&t->gone, c);
        t->counts[i] = (struct source_count){.addr = c->addr, .vni = c->vni, .first_ns = c->last_ns, .last_ns = c->last_ns};
        return;
    }
    t->drained = t->plain;
}

uint32_t sources_drain(struct sources *t, struct source_count *out, uint32_t max)
{
    uint32_t n_sources = sources_n(t), n = 0;

    for (uint32_t left = n_sources; left > 0 && n < max; left--) {
        uint32_t i = t->at < n_sources ? t->at : 0;

        t->at = i + 1;
        sources_at(t, i, &out[n]);
        if (out[n].packets == 0 && out[n].dns == 0)
            continue;
        take(t, i, &out[n]);
        n++;
    }
    return n;
}
