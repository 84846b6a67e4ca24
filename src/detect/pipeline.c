/*
 * pipeline.c - drives decoding, the flow table and the dialogues.
 *
 * Frames are handled in batches: while one is decoded, the flow table's memory for those before it is
 * on its way into the cache. A side record is given to a flow only when a payload begins like a line of
 * a mining dialect; every payload is looked at, however late in the connection.
 */
#include "config.h"

#include "detect/pipeline.h"

#include "detect/binary.h"
#include "detect/contacts.h"
#include "detect/dialogue.h"
#include "detect/discovery.h"
#include "detect/encrypted_dns.h"
#include "detect/emit.h"
#include "detect/gate.h"
#include "detect/listed.h"
#include "detect/opinion.h"
#include "message/dns.h"
#include "wire/decode.h"

#include <stdlib.h>

/*
 * How many payloads of a flow may open a dialogue in vain. After that one in TEST_ONE_IN is looked at,
 * so a flow that turns to mining late is still found: a miner repeats itself for as long as it mines.
 */
#define TESTS_MAX 8
#define TEST_ONE_IN 16

#define SWEEP_EVERY_NS NS_PER_SEC /* packet time */

#define VICTIMS 64 /* side records compared when one must give way */

struct item {
    struct packet p;
    struct flow_key key;
};

struct pipeline {
    struct hash_key hash;
    struct frag_table frags;
    struct sources sources;
    struct tunnel_ports ports;
    struct flow_table *flows;
    struct stream_memory memory;
    struct pool dialogues;
    uint32_t hand; /* next side record to look at when one must give way */
    struct reconnects reconnects;
    struct dialogue_env env;
    struct opinion opinion;
    const struct feed *feed;
    uint32_t feed_generation;
    struct names_message said; /* by the DNS datagram at hand; the segments before it go first, and may hold messages too: */
    struct names_message streamed; /* said by the one at hand of a stream */
    const struct packet *segment;  /* that a dialogue is taking, or NULL */
    struct contacts contacts;
    struct passive passive;
    struct discovery discovery;
    struct encrypted_dns encrypted;
    evidence_fn *emit;
    void *arg;
    ns_t now_ns;   /* latest packet time */
    ns_t swept_ns; /* packet time of the newest sweep over idle flows */
    struct pipeline_stats stats;
    struct item batch[PIPELINE_BATCH];
};

static void on_evidence(void *arg, const struct evidence *e)
{
    struct pipeline *pl = arg;

    pl->stats.evidence++;
    if (encrypted_dns_knows(&pl->encrypted, e, &pl->hash)) {
        struct evidence marked = *e;

        marked.flags |= EVIDENCE_OUT_OF_SIGHT;
        pl->emit(pl->arg, &marked);
        return;
    }
    pl->emit(pl->arg, e);
}

/* What a DNS message says becomes evidence when a listed name is in it. */
static void take_names(struct pipeline *pl, const struct names_origin *o, const struct names_message *m)
{
    struct evidence e;

    if (!pl->feed) /* so that findings are the same whether or not somebody else wants the messages */
        return;
    contacts_learn(&pl->contacts, o, m);
    if (m->row == 0)
        return;
    names_evidence(o, m, &pl->hash, &e);
    e.feed_generation = pl->feed_generation;
    e.worker = pl->env.worker;
    e.seq = ++pl->env.seq;
    on_evidence(pl, &e);
}

/* DNS is looked at for the names of the lists, or for who wants to have all of it. */
static inline bool looks_at_dns(const struct pipeline *pl)
{
    return pl->feed || pl->passive.emit;
}

/* The whole response code is for who has all messages; see names.h. */
static inline unsigned how_of(const struct pipeline *pl, unsigned how)
{
    return pl->passive.emit ? how | NAMES_RCODE : how;
}

/* A message of a TCP stream. */
static void on_dns(void *arg, const struct names_origin *o, struct view message)
{
    struct pipeline *pl = arg;

    if (!looks_at_dns(pl) || dns_is_local(&o->client.addr, o->client.port, &o->server.addr, o->server.port, message) ||
        !names_read(pl->feed, message, how_of(pl, NAMES_BY_STREAM), o->time_ns, &pl->streamed, &pl->stats.names))
        return;
    if (pl->segment && pl->segment->n_encap > 0)
        sources_dns(&pl->sources, pl->segment);
    if (passive_wants(&pl->passive, o->time_ns))
        passive_message(&pl->passive, o, &pl->streamed, message, DNS_EVENT_TCP);
    take_names(pl, o, &pl->streamed);
}

static struct dialogue *dialogue_at(const struct pipeline *pl, uint32_t i)
{
    return pool_at(&pl->dialogues, i);
}

/* Takes the side record away from a flow. */
static void close_dialogue(struct pipeline *pl, struct flow *f)
{
    struct dialogue *d = dialogue_at(pl, f->side);

    dialogue_end(d, &pl->env, f);
    opinion_end(&pl->opinion, d);
    if ((d->carrier.way[0].speaks_http || d->carrier.way[1].speaks_http) &&
        d->n_truncated == 0) /* what a cut head opened is not known */
        f->flags |= (uint8_t)(FLOW_HTTP | (d->carrier.client == 1 ? FLOW_ASKS_1 : 0));
    d->flow = FLOW_NO_SIDE;
    pool_give(&pl->dialogues, f->side);
    f->side = FLOW_NO_SIDE;
    f->flags &= (uint8_t)~FLOW_PROTECTED;
}

static void on_flow_end(void *arg, struct flow *f, enum flow_end why)
{
    struct pipeline *pl = arg;

    (void)why; /* all ends are alike here; the table counts them */
    if (f->side != FLOW_NO_SIDE)
        close_dialogue(pl, f);
    if (f->packets[0] + f->packets[1] >= 2) {
        pl->stats.connections++;
        pl->stats.one_sided += f->packets[0] == 0 || f->packets[1] == 0;
    }
}

static void on_flow_new(void *arg, struct flow *f, const struct flow_key *key, const struct packet *p)
{
    struct pipeline *pl = arg;

    contacts_new_flow(&pl->contacts, f, p, key->dir);
}

/* The name of a proven dialogue has come from another worker; the dialogue may have ended. */
static void on_named(void *arg, uint32_t flow, ns_t start_ns, uint32_t side, const struct name_found *found)
{
    struct pipeline *pl = arg;
    struct dialogue *d = side < pl->dialogues.n_touched ? dialogue_at(pl, side) : NULL;

    if (!d || d->flow != flow || flow_at(pl->flows, flow)->start_ns != start_ns || !d->proven)
        return;
    if (contacts_apply(d, found))
        emit_evidence(d, &pl->env, flow_at(pl->flows, flow), EVIDENCE_FACTS, DIRECTION_BOTH, 0);
}

struct pipeline *pipeline_new(const struct conf *conf, const struct hash_key *key, const struct feed *feed, evidence_fn *emit,
                              void *arg)
{
    const struct limits *limits = &conf->limits;
    struct pipeline *pl = calloc(1, sizeof(*pl));

    if (!pl)
        return NULL;
    pl->hash = *key;
    pl->ports = tunnel_ports_of(&conf->tunnels.vxlan_ports, &conf->tunnels.geneve_ports);
    pl->feed = feed;
    pl->emit = emit;
    pl->arg = arg;
    pl->now_ns = pl->swept_ns = -NS_TIME_MAX;
    pl->stats.first_ns = INT64_MAX;
    pl->flows = flow_table_new(limits->max_flows, key, on_flow_end, pl);
    if (!pl->flows || !frag_table_init(&pl->frags, limits->max_fragments, hash_64(key, view_str("fragments"))) ||
        !sources_init(&pl->sources, &pl->hash) || !stream_memory_init(&pl->memory, limits->max_blocks) ||
        !contacts_init(&pl->contacts, feed || conf->dns.enabled ? limits->max_names : 0, &pl->hash, &pl->env, on_named, pl) ||
        !pool_init(&pl->dialogues, sizeof(struct dialogue), limits->max_dialogues) ||
        !opinion_init(&pl->opinion, conf->dpi.enabled ? limits->max_dpi_flows : 0)) {
        pipeline_free(pl);
        return NULL;
    }
    pl->contacts.feed = feed;
    flow_table_on_new(pl->flows, on_flow_new);
    pl->env = (struct dialogue_env){.hash = &pl->hash,
                                    .memory = &pl->memory,
                                    .reconnects = &pl->reconnects,
                                    .contacts = &pl->contacts,
                                    .emit = on_evidence,
                                    .dns = on_dns,
                                    .arg = pl};
    return pl;
}

void pipeline_free(struct pipeline *pl)
{
    if (!pl)
        return;
    opinion_fini(&pl->opinion);
    contacts_fini(&pl->contacts);
    pool_fini(&pl->dialogues);
    stream_memory_fini(&pl->memory);
    flow_table_free(pl->flows);
    sources_fini(&pl->sources);
    frag_table_fini(&pl->frags);
    free(pl);
}

/* Makes room for a dialogue: of some side records the unproven one idle longest goes, else the proven one. */
static void drop_one(struct pipeline *pl)
{
    struct dialogue *victim = NULL;

    for (uint32_t i = 0; i < VICTIMS && i < pl->dialogues.n_touched; i++) {
        struct dialogue *d = dialogue_at(pl, pl->hand++ % pl->dialogues.n_touched);

        if (d->flow == FLOW_NO_SIDE)
            continue;
        if (!victim || d->proven < victim->proven || (d->proven == victim->proven && d->last_ns < victim->last_ns))
            victim = d;
    }
    if (victim) {
        pl->stats.dialogues_dropped++;
        close_dialogue(pl, flow_at(pl->flows, victim->flow));
    }
}

static void open_dialogue(struct pipeline *pl, struct flow *f, const struct item *item)
{
    uint32_t i = pool_take(&pl->dialogues);

    if (i == POOL_NONE) {
        drop_one(pl);
        i = pool_take(&pl->dialogues);
        if (i == POOL_NONE)
            return;
    }
    pl->stats.dialogues++;
    dialogue_init(dialogue_at(pl, i), flow_index(pl->flows, f), &item->p, item->key.dir);
    f->side = i;
}

/* A payload that could start a dialogue, on a flow that has none: spends the flow's budget of looks. */
static bool may_test(struct pipeline *pl, struct flow *f)
{
    pl->stats.candidates++;
    if (f->n_tests < TESTS_MAX) {
        f->n_tests++;
        return true;
    }
    if (++f->n_skipped % TEST_ONE_IN == 0)
        return true;
    pl->stats.not_tested++;
    return false;
}

/*
 * True when what began like a line, by the chance of a byte alone in a segment, is 64 bytes now, and was passed by or is held
 * and no text: then it may be act 1.
 */
static bool is_mistaken(const struct pipeline *pl, const struct dialogue *d, const struct flow *f, const struct item *item)
{
    const struct stream *s = &d->stream[item->key.dir];
    uint32_t n_held, n_high = 0;

    if (LIKELY(!binary_is_act1(f, item->key.dir)) || d->binary.form != BINARY_NONE || d->n_messages + d->n_foreign > 0 ||
        item->p.payload.n == 0)
        return false;
    n_held = s->has_block ? s->have : 0;
    for (uint32_t i = 0; i < n_held; i++)
        n_high += view_u8(view_of(pool_at(&pl->memory.blocks, s->block), n_held), i) >> 7;
    return n_high >= n_held / 4 && binary_may_start(f, &item->p, item->key.dir) == BINARY_SV2_NOISE;
}

/* A segment of a flow that has a dialogue. */
static void take_segment(struct pipeline *pl, struct flow *f, const struct item *item)
{
    struct dialogue *d = dialogue_at(pl, f->side);

    pl->segment = &item->p;
    dialogue_packet(d, &pl->env, f, &item->p, item->key.dir);
    pl->segment = NULL;
    if (d->binary.form == BINARY_NONE) /* nDPI knows no other mining */
        opinion_packet(&pl->opinion, d, &pl->env, f, &item->p, item->key.dir);
    listed_settle(d, &pl->env, f, pl->feed, pl->feed_generation);
    if (dialogue_is_dull(d))
        close_dialogue(pl, f);
}

/* A payload that begins a dialogue. */
static ATTR_NOINLINE void begin_dialogue(struct pipeline *pl, struct flow *f, const struct item *item,
                                         struct gate_opening opening)
{
    open_dialogue(pl, f, item);
    if (f->side == FLOW_NO_SIDE)
        return;
    if (opening.body)
        carrier_expect_body(&dialogue_at(pl, f->side)->carrier, item->key.dir, f->flags & FLOW_ASKS_1 ? 1 : 0);
    dialogue_at(pl, f->side)->wary = opening.quote;
    if (opening.form != BINARY_NONE)
        binary_init(dialogue_at(pl, f->side), opening.form, &item->p, item->key.dir);
    take_segment(pl, f, item);
}

/* A payload that passed the gate's first look, of a flow without a dialogue: gives it one when it begins like one. */
static ATTR_NOINLINE void begin(struct pipeline *pl, struct flow *f, const struct item *item)
{
    struct gate_opening opening = gate_opens(f, &item->p, item->key.dir);

    if (opening.text ? may_test(pl, f) : opening.form != BINARY_NONE)
        begin_dialogue(pl, f, item, opening);
}

static ATTR_NOINLINE void follow(struct pipeline *pl, struct flow *f, const struct item *item)
{
    dialogue_prefetch(dialogue_at(pl, f->side));
    if (UNLIKELY(is_mistaken(pl, dialogue_at(pl, f->side), f, item))) {
        close_dialogue(pl, f);
        begin(pl, f, item);
        return;
    }
    take_segment(pl, f, item);
}

/* A hello that opens encrypted DNS. */
static void take_hello(struct pipeline *pl, const struct packet *p)
{
    struct evidence e;

    if (!encrypted_dns_take(&pl->encrypted, p, &pl->hash, &e))
        return;
    e.worker = pl->env.worker;
    e.seq = ++pl->env.seq;
    on_evidence(pl, &e);
}

/* A payload that the gate has to look at, of a flow without a dialogue. */
static ATTR_NOINLINE void look(struct pipeline *pl, struct flow *f, const struct item *item)
{
    if (gate_may_open(f, &item->p, item->key.dir))
        begin(pl, f, item);
    else if (UNLIKELY(encrypted_dns_may_be_tls(&item->p)) && f->bytes[item->key.dir] == item->p.payload_wire_len &&
             encrypted_dns_is(&item->p))
        take_hello(pl, &item->p);
}

static inline void handle(struct pipeline *pl, const struct item *item)
{
    struct flow *f = flow_touch(pl->flows, &item->key, &item->p);

    if (UNLIKELY(!f))
        return;
    if (UNLIKELY(f->side != FLOW_NO_SIDE))
        follow(pl, f, item);
    else if (UNLIKELY(gate_has_to_look(f, &item->p, item->key.dir)))
        look(pl, f, item);
}

/* Handles the decoded segments: first all their records are asked for, then used. */
static void handle_batch(struct pipeline *pl, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        flow_prefetch(pl->flows, &pl->batch[i].key);
    for (uint32_t i = 0; i < n; i++)
        handle(pl, &pl->batch[i]);
}

/*
 * A UDP datagram, which is done with at once. When it holds a listed name, or addresses, or all are wanted, the n segments before
 * it go first: what is known of a connection, and the order of events, may not depend on how frames fall into batches. True when they did.
 */
static ATTR_NOINLINE bool take_datagram(struct pipeline *pl, const struct packet *p, uint32_t n)
{
    unsigned how = how_of(pl, p->sport == DNS_PORT || p->dport == DNS_PORT ? NAMES_ON_PORT : 0);
    struct names_origin origin;
    bool is_wanted;

    if (dns_is_local(&p->src, p->sport, &p->dst, p->dport, p->payload) ||
        !names_read(pl->feed, p->payload, how, p->frame->time_ns, &pl->said, &pl->stats.names))
        return false;
    if (p->n_encap > 0)
        sources_dns(&pl->sources, p);
    is_wanted = passive_wants(&pl->passive, p->frame->time_ns);
    if (!is_wanted && pl->said.row == 0 && (!pl->said.response || pl->said.n_addrs == 0))
        return false;
    handle_batch(pl, n);
    names_origin_of(p, pl->said.response, &origin);
    if (is_wanted)
        passive_message(&pl->passive, &origin, &pl->said, p->payload, DNS_EVENT_UDP);
    take_names(pl, &origin, &pl->said);
    return true;
}

/* The same for a datagram of a coin's node that is to be reported. */
static ATTR_NOINLINE bool take_discovery(struct pipeline *pl, const struct packet *p, uint32_t n)
{
    struct evidence e;

    if (!discovery_take(&pl->discovery, p, &pl->hash, &e))
        return false;
    handle_batch(pl, n);
    e.worker = pl->env.worker;
    e.seq = ++pl->env.seq;
    on_evidence(pl, &e);
    return true;
}

/*
 * A second after the last sweep, or before it: time may step back, for instance when one packet had a
 * wrong time far ahead, and must not stand still then.
 */
static inline bool is_sweep_due(const struct pipeline *pl, ns_t t)
{
    const uint64_t less = SWEEP_EVERY_NS - 1;

    return (uint64_t)t - (uint64_t)pl->swept_ns + less > 2 * less; /* both ways by one comparison */
}

static void take_batch(struct pipeline *pl, const struct frame *frames, size_t n_frames)
{
    ns_t now = pl->now_ns, first = pl->stats.first_ns;
    uint64_t bytes = 0;
    uint32_t n = 0;

    for (size_t i = 0; i < n_frames; i++) {
        struct item *item = &pl->batch[n];
        bool ok;

        bytes += frames[i].bytes.n;
        now = frames[i].time_ns > now ? frames[i].time_ns : now;
        first = frames[i].time_ns < first ? frames[i].time_ns : first;
        if (UNLIKELY(is_sweep_due(pl, frames[i].time_ns))) { /* at this very frame, wherever it stands in a batch */
            handle_batch(pl, n);
            n = 0;
            item = &pl->batch[0];
            pl->swept_ns = frames[i].time_ns;
            flow_sweep(pl->flows, pl->swept_ns);
        }
        ok = decode_frame(&frames[i], &item->p, &pl->frags, &pl->ports, &pl->stats.wire);
        if (LIKELY(ok && item->p.ip_proto == IPPROTO_NUM_TCP)) {
            flow_key_of(pl->flows, &item->p, &item->key);
            n++;
        } else if (UNLIKELY(!ok)) {
            packet_clear(&item->p);
        } else if (UNLIKELY(looks_at_dns(pl) && names_may_hold(&item->p) && take_datagram(pl, &item->p, n))) {
            n = 0;
        } else if (UNLIKELY(node_may_be_discv4(item->p.payload)) && take_discovery(pl, &item->p, n)) {
            n = 0;
        } else if (UNLIKELY(encrypted_dns_may_be_quic(&item->p)) && encrypted_dns_is(&item->p)) {
            handle_batch(pl, n);
            n = 0;
            take_hello(pl, &item->p);
        }
        if (UNLIKELY(packet_is_special(&item->p))) {
            if (item->p.n_encap > 0)
                sources_count(&pl->sources, &item->p);
            if (item->p.in_fragment_memory) {
                handle_batch(pl, n);
                n = 0;
                frag_release(&pl->frags);
            }
        }
    }
    handle_batch(pl, n);
    pl->stats.bytes += bytes;
    pl->stats.first_ns = first;
    pl->now_ns = now;
}

void pipeline_frames(struct pipeline *pl, const struct frame *frames, size_t n)
{
    pl->stats.frames += n;
    for (size_t at = 0; at < n; at += PIPELINE_BATCH)
        take_batch(pl, frames + at, min_size(n - at, PIPELINE_BATCH));
}

void pipeline_worker(struct pipeline *pl, uint32_t number)
{
    pl->env.worker = number;
}

void pipeline_feed(struct pipeline *pl, const struct feed *feed, uint32_t generation)
{
    pl->feed = feed;
    pl->feed_generation = generation;
    pl->contacts.feed = feed;
    pl->contacts.feed_generation = generation;
}

bool pipeline_share(struct pipeline *pl, uint32_t n_others, contacts_tell_fn *tell, void *arg)
{
    return contacts_share(&pl->contacts, n_others, tell, arg);
}

void pipeline_hear(struct pipeline *pl, const struct contacts_message *m)
{
    contacts_hear(&pl->contacts, m);
}

void pipeline_passive(struct pipeline *pl, dns_event_fn *emit, void *arg, uint32_t max_rate)
{
    struct passive before = pl->passive;

    passive_init(&pl->passive, emit, arg, max_rate);
    pl->passive.n_given = before.n_given;
    pl->passive.n_over = before.n_over;
}

void pipeline_tick(struct pipeline *pl, ns_t now_ns)
{
    contacts_beat(&pl->contacts);
    if (now_ns <= pl->now_ns || pl->stats.frames == 0)
        return;
    pl->now_ns = pl->swept_ns = now_ns;
    flow_sweep(pl->flows, now_ns);
}

void pipeline_end(struct pipeline *pl)
{
    frag_end(&pl->frags, &pl->stats.wire);
    contacts_end(&pl->contacts);
    flow_end_all(pl->flows);
}

void pipeline_stats(const struct pipeline *pl, struct pipeline_stats *out)
{
    const struct dpi_counters *dpi = dpi_counters(pl->opinion.dpi);

    *out = pl->stats;
    out->last_ns = pl->now_ns;
    out->flow = *flow_counters(pl->flows);
    out->stream = pl->memory.ctr;
    out->dpi_flows = dpi->flows;
    out->dpi_refused = dpi->refused;
    out->dpi_mining = dpi->mining;
    out->passive_given = pl->passive.n_given;
    out->passive_over = pl->passive.n_over;
    out->encrypted_dns = pl->encrypted.ctr;
    out->dpi_unproven = pl->opinion.n_unproven;
    out->contacts = pl->contacts.ctr;
    out->remembered = pl->contacts.memory.ctr;
    out->flows = flow_used(pl->flows);
    out->flows_peak = flow_peak(pl->flows);
}

struct sources *pipeline_sources(struct pipeline *pl)
{
    const struct flow_counters *flow = flow_counters(pl->flows);
    const struct pipeline_stats *s = &pl->stats;

    sources_set_total(&pl->sources, &(struct source_count){.packets = s->frames,
                                                           .tcp = s->wire.tcp,
                                                           .dns = s->names.messages,
                                                           .syn = flow->syn,
                                                           .syn_ack = flow->syn_ack,
                                                           .truncated = s->wire.truncated,
                                                           .first_ns = s->first_ns,
                                                           .last_ns = pl->now_ns});
    return &pl->sources;
}
