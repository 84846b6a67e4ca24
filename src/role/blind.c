/*
 * blind.c - the rules of blind.h.
 */
#include "config.h"

#include "role/blind.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define AGAIN_NS (600 * NS_PER_SEC) /* from the beginning of an event of a rule to that of its next */
#define MINUTE_NS (60 * NS_PER_SEC)
#define SOURCE_EVENTS 16 /* of single sources, in any minute */
#define SOURCE_IDLE_NS (3600 * NS_PER_SEC)

/* A host without DNS is told from one that hardly does anything. */
#define NO_DNS_TCP 1000
#define NO_DNS_SYN 20
#define ONE_DIRECTION_SYN 50
#define ONE_DIRECTION_NS (30 * NS_PER_SEC) /* a port scan that nobody answers is over by then */
#define TRUNCATED_PACKETS 100

#define DROP_SAMPLES 61                  /* a second apart: a minute */
#define DROPS_LEAST_NS (10 * NS_PER_SEC) /* before it, a start says too little */

#define SOURCE_RULES (BLIND_RULES_N - BLIND_NO_DNS)

/* One rule for one thing. */
struct episode {
    ns_t told_ns; /* when it was last said to hold; valid when ever_told */
    bool holds;
    bool told; /* said to hold, and not said to be over */
    bool ever_told;
};

struct source_state {
    ns_t heard_ns;
    ns_t dns_ns;                       /* its newest DNS message, or when it was first heard of */
    uint64_t tcp, syn;                 /* since then */
    uint64_t syn_alone, syn_ack_alone; /* since the newest of the other kind */
    ns_t alone_ns;                     /* since when */
    uint64_t packets, truncated;
    ns_t window_ns; /* these two since */
    struct episode episode[SOURCE_RULES];
    bool known; /* false: nothing of the above counts */
};

/* A counter that should not rise. */
struct riser {
    uint64_t value;
    ns_t rise_ns; /* valid when the episode holds */
    bool known;
    struct episode episode;
};

struct drop_sample {
    ns_t time_ns;
    uint64_t received, dropped;
};

struct blind {
    blind_fn *emit;
    void *arg;
    ns_t no_packets_after, no_dns_after; /* 0 = never */
    ns_t start_ns;

    uint64_t frames;
    ns_t frame_ns; /* when the newest packet was seen to have come */
    struct episode no_packets;

    struct drop_sample samples[DROP_SAMPLES];
    uint32_t n_samples; /* ever taken */
    uint32_t first;     /* of them, the one the window begins with */
    struct episode drops;

    struct riser interface[METRICS_INTERFACES_MAX];
    struct riser allowance[METRICS_INTERFACES_MAX][METRICS_ALLOWANCES_MAX];

    struct recent index;
    struct source_state *sources; /* BLIND_SOURCES_MAX, owned */
    uint64_t holding[BLIND_RULES_N];

    ns_t said_ns[SOURCE_EVENTS]; /* when the newest events of single sources were given */
    uint64_t n_said;
    uint64_t beyond[BLIND_RULES_N][2]; /* not given: [1] those of an end */
    ns_t summed_ns;                    /* when these were said last */
    uint64_t n_suppressed;
};

struct blind *blind_new(const struct conf *conf, const struct hash_key *hash, ns_t now_ns, blind_fn *emit, void *arg)
{
    struct blind *b = calloc(1, sizeof(*b));

    if (!b)
        return NULL;
    b->emit = emit;
    b->arg = arg;
    b->start_ns = b->frame_ns = b->summed_ns = now_ns;
    b->sources = calloc(BLIND_SOURCES_MAX, sizeof(*b->sources));
    if (!b->sources || !recent_init(&b->index, BLIND_SOURCES_MAX, hash)) {
        blind_free(b);
        return NULL;
    }
    blind_configure(b, conf, conf->dns.enabled);
    return b;
}

void blind_free(struct blind *b)
{
    if (!b)
        return;
    recent_fini(&b->index);
    free(b->sources);
    free(b);
}

void blind_configure(struct blind *b, const struct conf *conf, bool examines_dns)
{
    b->no_packets_after = conf->status.no_packets_after;
    b->no_dns_after = examines_dns && conf->dns.enabled ? conf->status.no_dns_after : 0;
}

static uint64_t sum_of(uint64_t a, uint64_t c)
{
    return a > UINT64_MAX - c ? UINT64_MAX : a + c;
}

static void say(struct blind *b, enum blind_rule rule, bool over, const char *fmt, ...) ATTR_PRINTF(4, 5);

static void say(struct blind *b, enum blind_rule rule, bool over, const char *fmt, ...)
{
    struct blind_event e = {.rule = rule, .over = over};
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(e.detail, sizeof(e.detail), fmt, ap); /* what does not fit is left out */
    va_end(ap);
    b->emit(b->arg, &e);
}

/* Notes whether a rule holds. True when that must be said: e->told then says what. */
static bool turn(struct blind *b, enum blind_rule rule, struct episode *e, bool holds, ns_t now)
{
    if (holds != e->holds) {
        e->holds = holds;
        b->holding[rule] += holds ? 1 : UINT64_MAX;
    }
    if (holds == e->told)
        return false;
    if (holds && e->ever_told && now - e->told_ns < AGAIN_NS)
        return false;
    e->told = holds;
    if (holds) {
        e->told_ns = now;
        e->ever_told = true;
    }
    return true;
}

/* --- sources ------------------------------------------------------------------------------------ */

/* Forgets a source without a word. */
static void forget(struct blind *b, struct source_state *s)
{
    for (unsigned i = 0; i < SOURCE_RULES; i++)
        b->holding[BLIND_NO_DNS + i] -= s->episode[i].holds;
    *s = (struct source_state){0};
}

/* Whether an event of a single source may be given now; if not, it is counted. */
static bool may_say(struct blind *b, enum blind_rule rule, bool over, ns_t now)
{
    ns_t *slot = &b->said_ns[b->n_said % SOURCE_EVENTS];

    if (b->n_said >= SOURCE_EVENTS && now - *slot < MINUTE_NS) {
        b->beyond[rule][over]++;
        b->n_suppressed++;
        return false;
    }
    *slot = now;
    b->n_said++;
    return true;
}

static void name_source(const struct source_count *c, char *text, size_t n_text)
{
    struct out o = out_of(text, n_text);

    if (c->vni == SOURCE_PLAIN) {
        out_str(&o, "packets without a tunnel");
        return;
    }
    out_str(&o, "source ");
    addr_print(&c->addr, &o);
    out_fmt(&o, " network %" PRIu32, c->vni);
}

static void say_source(struct blind *b, enum blind_rule rule, const struct source_state *s, const struct source_count *c,
                       ns_t now)
{
    bool over = !s->episode[rule - BLIND_NO_DNS].told, plain = c->vni == SOURCE_PLAIN;
    char who[96];

    if (!may_say(b, rule, over, now))
        return;
    name_source(c, who, sizeof(who));
    switch (rule) {
    case BLIND_NO_DNS:
        if (over)
            say(b, rule, over, "%s: %s", who,
                c->dns > 0 ? "DNS is seen again" : "DNS is missing no longer than is now allowed");
        else
            say(b, rule, over, "%s: TCP but no DNS for %" PRId64 " s; %s", who, (now - s->dns_ns) / NS_PER_SEC,
                plain ? "is the traffic to the resolvers mirrored?"
                      : "does the mirror filter have the network service amazon-dns (AddNetworkServices)?");
        break;
    case BLIND_ONE_DIRECTION:
        if (over)
            say(b, rule, over, "%s: both directions are seen again", who);
        else
            say(b, rule, over, "%s: %" PRIu64 " %s; only one direction is mirrored", who,
                s->syn_alone > s->syn_ack_alone ? s->syn_alone : s->syn_ack_alone,
                s->syn_alone > s->syn_ack_alone ? "SYN and no SYN-ACK" : "SYN-ACK and no SYN");
        break;
    default:
        if (over)
            say(b, rule, over, "%s: packets are whole again", who);
        else
            say(b, rule, over, "%s: more than 10 %% of its packets are cut; is %s long enough?", who,
                plain ? "capture.snaplen" : "the packet length of the mirror session, or capture.snaplen,");
        break;
    }
}

static void judge(struct blind *b, enum blind_rule rule, struct source_state *s, const struct source_count *c, bool holds,
                  ns_t now)
{
    if (turn(b, rule, &s->episode[rule - BLIND_NO_DNS], holds, now))
        say_source(b, rule, s, c, now);
}

static bool lacks_dns(const struct blind *b, struct source_state *s, const struct source_count *c, ns_t now)
{
    if (c->dns > 0) {
        s->dns_ns = now;
        s->tcp = s->syn = 0;
        return false;
    }
    s->tcp = sum_of(s->tcp, c->tcp);
    s->syn = sum_of(s->syn, c->syn);
    return b->no_dns_after > 0 && now - s->dns_ns >= b->no_dns_after && s->tcp >= NO_DNS_TCP && s->syn >= NO_DNS_SYN;
}

/* Of the two counts one at least is 0. */
static bool lacks_direction(struct source_state *s, const struct source_count *c, ns_t now)
{
    bool was_syn = s->syn_alone > 0, was_syn_ack = s->syn_ack_alone > 0;

    s->syn_alone = c->syn_ack > 0 ? 0 : sum_of(s->syn_alone, c->syn);
    s->syn_ack_alone = c->syn > 0 ? 0 : sum_of(s->syn_ack_alone, c->syn_ack);
    if ((s->syn_alone > 0 && !was_syn) || (s->syn_ack_alone > 0 && !was_syn_ack))
        s->alone_ns = now;
    return (s->syn_alone >= ONE_DIRECTION_SYN || s->syn_ack_alone >= ONE_DIRECTION_SYN) &&
           now - s->alone_ns >= ONE_DIRECTION_NS;
}

/* Once a minute has passed and enough packets came; until then, what was. */
static bool is_cut(struct source_state *s, const struct source_count *c, bool was, ns_t now)
{
    bool is = was;

    s->packets = sum_of(s->packets, c->packets);
    s->truncated = sum_of(s->truncated, c->truncated);
    if (now - s->window_ns < MINUTE_NS || s->packets < TRUNCATED_PACKETS)
        return was;
    is = s->truncated > s->packets / (was ? 20 : 10);
    s->packets = s->truncated = 0;
    s->window_ns = now;
    return is;
}

void blind_source(struct blind *b, const struct source_count *c, ns_t now_ns)
{
    struct recent_key key = {c->addr, c->vni};
    enum recent_what what;
    struct source_state *s = &b->sources[recent_touch(&b->index, &key, &what)];

    if (what == RECENT_REUSED)
        forget(b, s);
    if (!s->known)
        *s = (struct source_state){.dns_ns = now_ns, .alone_ns = now_ns, .window_ns = now_ns, .known = true};
    s->heard_ns = now_ns;
    judge(b, BLIND_NO_DNS, s, c, lacks_dns(b, s, c, now_ns), now_ns);
    judge(b, BLIND_ONE_DIRECTION, s, c, lacks_direction(s, c, now_ns), now_ns);
    judge(b, BLIND_TRUNCATED, s, c, is_cut(s, c, s->episode[BLIND_TRUNCATED - BLIND_NO_DNS].holds, now_ns), now_ns);
}

/* Forgets sources that are silent, longest silent first. */
static void forget_idle(struct blind *b, ns_t now)
{
    ns_t idle = b->no_dns_after > SOURCE_IDLE_NS ? b->no_dns_after : SOURCE_IDLE_NS;

    for (uint32_t i = b->index.oldest; i != RECENT_NONE; i = b->index.nodes[i].newer) {
        if (b->sources[i].known && now - b->sources[i].heard_ns < idle)
            return;
        forget(b, &b->sources[i]);
    }
}

/* Once a minute: how many events of single sources were not given. */
static void say_beyond(struct blind *b, ns_t now)
{
    if (now - b->summed_ns < MINUTE_NS)
        return;
    b->summed_ns = now;
    for (unsigned r = BLIND_NO_DNS; r < BLIND_RULES_N; r++)
        for (unsigned over = 0; over < 2; over++) {
            if (b->beyond[r][over] > 0)
                say(b, (enum blind_rule)r, over, "%" PRIu64 " further sources: %s %s", b->beyond[r][over],
                    blind_rule_name((enum blind_rule)r), over ? "is over" : "holds");
            b->beyond[r][over] = 0;
        }
}

/* --- the whole sensor ----------------------------------------------------------------------------- */

static void check_packets(struct blind *b, uint64_t frames, ns_t now)
{
    ns_t silent = now - b->frame_ns;

    if (frames != b->frames) {
        b->frames = frames;
        b->frame_ns = now;
    }
    if (!turn(b, BLIND_NO_PACKETS, &b->no_packets, b->no_packets_after > 0 && now - b->frame_ns >= b->no_packets_after, now))
        return;
    if (b->no_packets.told)
        say(b, BLIND_NO_PACKETS, false, "no packet for %" PRId64 " s; is the mirror session there, and UDP port 4789 open?",
            silent / NS_PER_SEC);
    else
        say(b, BLIND_NO_PACKETS, true, "packets come again, after %" PRId64 " s", silent / NS_PER_SEC);
}

/* Takes a sample if one is due, and gives the one that the window of a minute begins with. */
static const struct drop_sample *window(struct blind *b, uint64_t received, uint64_t dropped, ns_t now)
{
    const struct drop_sample *newest = &b->samples[(b->n_samples + DROP_SAMPLES - 1) % DROP_SAMPLES];

    if (b->n_samples == 0 || now - newest->time_ns >= NS_PER_SEC) {
        b->samples[b->n_samples++ % DROP_SAMPLES] = (struct drop_sample){now, received, dropped};
        if (b->n_samples - b->first > DROP_SAMPLES)
            b->first = b->n_samples - DROP_SAMPLES;
    }
    while (b->first + 1 < b->n_samples && now - b->samples[(b->first + 1) % DROP_SAMPLES].time_ns >= MINUTE_NS)
        b->first++;
    return &b->samples[b->first % DROP_SAMPLES];
}

static void check_drops(struct blind *b, const struct worker_counters *sum, ns_t now)
{
    uint64_t received = 0, dropped = 0;
    const struct drop_sample *from;
    bool holds;

    for (unsigned i = 0; i < METRICS_INTERFACES_MAX; i++) {
        received = sum_of(received, sum->received[i]);
        dropped = sum_of(dropped, sum->kernel_dropped[i]);
    }
    from = window(b, received, dropped, now);
    received -= from->received;
    dropped -= from->dropped;
    holds = dropped > received / (b->drops.holds ? 2000 : 1000) && (b->drops.holds || now - from->time_ns >= DROPS_LEAST_NS);
    if (!turn(b, BLIND_KERNEL_DROPS, &b->drops, holds, now))
        return;
    if (holds)
        say(b, BLIND_KERNEL_DROPS, false,
            "the kernel dropped %" PRIu64 " of %" PRIu64 " packets in %" PRId64 " s; see capture.workers and capture.buffer",
            dropped, received, (now - from->time_ns) / NS_PER_SEC);
    else
        say(b, BLIND_KERNEL_DROPS, true, "the kernel drops no more than %" PRIu64 " of %" PRIu64 " packets", dropped, received);
}

/* A counter of an interface that should stand still. The first value is where it stands. */
static void check_riser(struct blind *b, enum blind_rule rule, struct riser *r, uint64_t value, const char *interface,
                        const char *what, ns_t now)
{
    uint64_t rise = r->known && value > r->value ? value - r->value : 0;
    bool holds = rise > 0 || (r->episode.holds && now - r->rise_ns < MINUTE_NS);

    if (rise > 0)
        r->rise_ns = now;
    r->value = value; /* lower after the interface was made anew */
    r->known = true;
    if (!turn(b, rule, &r->episode, holds, now))
        return;
    if (holds)
        say(b, rule, false, "%s: %" PRIu64 " more packets lost, %s", interface, rise, what);
    else
        say(b, rule, true, "%s: none lost for a minute, %s", interface, what);
}

static void check_interfaces(struct blind *b, const struct metrics *m, ns_t now)
{
    for (uint32_t i = 0; i < m->n_interfaces && i < METRICS_INTERFACES_MAX; i++) {
        const struct interface_counters *c = &m->interface[i];
        char name[METRICS_NAME_MAX + 1];

        (void)snprintf(name, sizeof(name), "%.*s", METRICS_NAME_MAX, c->name);
        if (c->has_dropped)
            check_riser(b, BLIND_INTERFACE_DROPS, &b->interface[i], c->dropped, name, "dropped by the interface", now);
        for (uint32_t k = 0; k < c->n_allowances && k < METRICS_ALLOWANCES_MAX; k++) {
            char what[METRICS_NAME_MAX + 1];

            (void)snprintf(what, sizeof(what), "%.*s", METRICS_NAME_MAX, c->allowance[k].name);
            check_riser(b, BLIND_ALLOWANCE, &b->allowance[i][k], c->allowance[k].value, name, what, now);
        }
    }
}

void blind_tick(struct blind *b, struct metrics *m, ns_t now_ns)
{
    struct worker_counters sum;

    metrics_sum(m->worker, m->n_workers, &sum);
    check_packets(b, sum.frames, now_ns);
    check_drops(b, &sum, now_ns);
    check_interfaces(b, m, now_ns);
    forget_idle(b, now_ns);
    say_beyond(b, now_ns);
    memcpy(m->blind, b->holding, sizeof(m->blind));
    m->blind_events_suppressed = b->n_suppressed;
}

static void add_reason(struct blind_health *h, const char *fmt, ...) ATTR_PRINTF(2, 3);

static void add_reason(struct blind_health *h, const char *fmt, ...)
{
    va_list ap;

    h->failing = true;
    if (h->n == BLIND_REASONS_MAX)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(h->reason[h->n++], sizeof(h->reason[0]), fmt, ap);
    va_end(ap);
}

void blind_health(const struct blind *b, const struct metrics *m, ns_t now_ns, struct blind_health *out)
{
    *out = (struct blind_health){0};
    if (b->no_packets.holds)
        add_reason(out, "no packet for %" PRId64 " s", (now_ns - b->frame_ns) / NS_PER_SEC);
    if (b->drops.holds)
        add_reason(out, "the kernel drops more than 0.1 %% of the packets");
    if (m->ledger_failing)
        add_reason(out, "open findings cannot be kept");
    for (uint32_t i = 0; i < m->n_outputs; i++)
        if (m->output[i].failing)
            add_reason(out, "output %.*s fails", METRICS_NAME_MAX, m->output[i].name);
    for (uint32_t i = 0; i < m->n_workers; i++) {
        ns_t heard = m->worker[i].heard_ns > b->start_ns ? m->worker[i].heard_ns : b->start_ns;

        if (now_ns - heard > BLIND_WORKER_MISSING_NS)
            add_reason(out, "worker %" PRIu32 " was not heard of for %" PRId64 " s", i, (now_ns - heard) / NS_PER_SEC);
    }
}
