/*
 * finding.c - the table of findings: which record belongs to which finding, and when a finding speaks.
 *
 * Identity of mining: miner address, pool address and port, kind, and the network: tunnel endpoints as an
 * unordered pair, and VNI. A record of a connection that is followed in another network at the same
 * time is a copy (both its ends are mirrored) and joins that finding; equal addresses in another
 * network are otherwise another machine.
 */
#include "config.h"

#include "finding/finding.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "finding/fold.h"
#include "finding/redact.h"

#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

struct identity {
    struct addr miner;
    struct addr pool;               /* or a hash of the name that stands for it */
    struct addr outer_lo, outer_hi; /* zero without encapsulation */
    uint32_t vni;
    uint16_t port;
    uint8_t kind;
    uint8_t has_encap;
};

struct entry;

struct flow_key_record {
    struct endpoint pair[2]; /* miner, pool */
    struct addr outer_src, outer_dst;
    uint32_t vni;
    int64_t start_ns;
    uint32_t worker;
    uint32_t zero; /* fills the structure up: all of it is hashed */
};

/* A flow that may still send records: its newest absolute counters, shown in the finding's list or not. */
struct tracked {
    struct flow_key_record key;
    UT_hash_handle hh;      /* in table.tracked, by key */
    UT_hash_handle hh_pair; /* in table.pairs, by key.pair; only the first of its pair */
    bool in_pairs;
    struct entry *entry;
    struct tracked *prev, *next; /* of the same entry */
    struct finding_flow flow;
};

struct entry {
    struct identity identity;
    UT_hash_handle hh;
    struct entry *older, *newer; /* by making */
    struct tracked *tracked;
    ns_t emitted_ns; /* newest event */
    /* What the newest event said. */
    enum stage said_stage;
    double said_severity;
    uint32_t said_logins, said_agents, said_names;
    struct finding finding;
};

_Static_assert(sizeof(struct tracked) <= LIMIT_BYTES_TRACKED, "limits.h has the size of a tracked flow");

/* Of mining, which has longer lists than a lookup. They grow to the next power of two; 32 bytes are malloc's and uthash's for each piece. */
_Static_assert(sizeof(struct entry) + FINDING_FLOWS * sizeof(struct finding_flow) +
                       (FINDING_LOGINS + FINDING_AGENTS) * sizeof(struct finding_text) + 2 * FINDING_SEEN * sizeof(uint64_t) +
                       8 * 32 <=
                   LIMIT_BYTES_FINDING,
               "limits.h has the size of a finding with full lists");

struct finding_table {
    struct hash_key key, id_key;
    ns_t update_ns;
    bool redact;
    const struct feed *feed;
    finding_fn *emit;
    void *arg;
    uint32_t cap, cap_tracked;
    struct entry *entries;           /* uthash */
    struct tracked *tracked, *pairs; /* uthash */
    struct entry *oldest, *newest;
    struct finding_stats stats;
};

const char *finding_state_name(enum finding_state state)
{
    static const char *const names[] = {"new", "update", "closed"};

    return names[state];
}

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[FINDING_KIND_N] = {"mining", "pool-lookup", "web-mining", "coin-node"};

    return names[kind];
}

const struct finding_stats *finding_stats(const struct finding_table *t)
{
    return &t->stats;
}

struct finding_table *finding_table_new(const struct conf *conf, const struct hash_key *key, const struct feed *feed,
                                        finding_fn *emit, void *arg)
{
    struct finding_table *t = calloc(1, sizeof(*t));

    if (t) {
        t->key = t->id_key = *key;
        if (conf->sensor.site_key[0])
            hash_key_text(&t->id_key, view_str(conf->sensor.site_key));
        t->update_ns = conf->output.update_interval;
        t->redact = conf->output.redact;
        t->feed = feed;
        t->emit = emit;
        t->arg = arg;
        t->cap = conf->limits.max_findings;
        t->cap_tracked = 2 * conf->limits.max_dialogues; /* a worker follows no more flows at once */
    }
    return t;
}

/* uthash's own hash function has no key; ours keeps an attacker from making long chains. */
static unsigned hash_of(const struct finding_table *t, const void *p, size_t n)
{
    return (unsigned)hash_64(&t->key, view_of(p, n));
}

static void untrack(struct finding_table *t, struct tracked *tr)
{
    DL_DELETE(tr->entry->tracked, tr);
    HASH_DELETE(hh, t->tracked, tr);
    if (tr->in_pairs)
        HASH_DELETE(hh_pair, t->pairs, tr);
    free(tr);
}

static void drop(struct finding_table *t, struct entry *en)
{
    while (en->tracked)
        untrack(t, en->tracked);
    HASH_DEL(t->entries, en);
    if (en->older)
        en->older->newer = en->newer;
    else
        t->oldest = en->newer;
    if (en->newer)
        en->newer->older = en->older;
    else
        t->newest = en->older;
    fold_fini(&en->finding);
    free(en);
}

void finding_table_free(struct finding_table *t)
{
    if (!t)
        return;
    while (t->oldest)
        drop(t, t->oldest);
    free(t);
}

/* The id: a keyed hash of the identity and the day of the first packet. */
static void set_id(const struct finding_table *t, struct entry *en)
{
    struct {
        struct identity identity;
        int64_t day;
    } what;
    struct out o = out_of(en->finding.id, sizeof(en->finding.id));

    memset(&what, 0, sizeof(what)); /* padding is hashed too */
    what.identity = en->identity;
    what.day = rfc3339_day(en->finding.first_ns);
    out_fmt(&o, "cm-%016llx", (unsigned long long)hash_64(&t->id_key, view_of(&what, sizeof(what))));
}

/* The one way out: what leaves here masked cannot be shown by any output. */
static void hand_out(struct finding_table *t, enum finding_state state, const struct finding *f)
{
    struct redacted r;

    if (t->redact)
        redact_finding(f, &r);
    t->emit(t->arg, state, t->redact ? &r.finding : f);
}

static void emit(struct finding_table *t, struct entry *en, enum finding_state state)
{
    struct finding *f = &en->finding;

    if (f->revision++ == 0) {
        set_id(t, en);
        t->stats.findings++;
        t->stats.by_kind[f->kind]++;
    }
    en->emitted_ns = f->last_ns;
    en->said_stage = f->stage;
    en->said_severity = f->severity;
    en->said_logins = f->n_logins;
    en->said_agents = f->n_agents;
    en->said_names = f->n_names;
    hand_out(t, state, f);
}

static void close_entry(struct finding_table *t, struct entry *en)
{
    if (en->finding.revision > 0)
        emit(t, en, FINDING_CLOSED);
    drop(t, en);
}

void finding_close_all(struct finding_table *t)
{
    while (t->oldest)
        close_entry(t, t->oldest);
}

/* The network that the record is of. */
static void set_network(struct identity *id, const struct evidence *e)
{
    bool swap = addr_cmp(&e->outer_src, &e->outer_dst) > 0;

    if (!(e->flags & EVIDENCE_HAS_ENCAP))
        return;
    id->has_encap = true;
    id->vni = e->vni;
    id->outer_lo = swap ? e->outer_dst : e->outer_src;
    id->outer_hi = swap ? e->outer_src : e->outer_dst;
}

static void identity_of(const struct evidence *e, struct identity *id)
{
    memset(id, 0, sizeof(*id)); /* padding is hashed and compared too */
    id->miner = e->miner.addr;
    id->pool = e->pool.addr;
    id->port = e->pool.port;
    id->kind = FINDING_MINING;
    set_network(id, e);
}

static enum finding_kind kind_of(enum feed_kind kind)
{
    switch (kind) {
    case FEED_WEBMINER: return FINDING_WEB_MINING;
    case FEED_NODE: return FINDING_COIN_NODE;
    default: return FINDING_POOL_LOOKUP;
    }
}

static void lookup_identity(const struct finding_table *t, const struct evidence *e, const struct feed_row *row,
                            struct identity *id)
{
    enum finding_kind kind = kind_of(row->kind);
    struct hash128 h = hash_128(&t->key, kind == FINDING_COIN_NODE && row->coins.n ? row->coins : row->name);

    memset(id, 0, sizeof(*id));
    id->miner = e->miner.addr;
    memcpy(id->pool.b, &h, sizeof(h));
    id->kind = (uint8_t)kind;
    set_network(id, e);
}

static struct entry *new_entry(struct finding_table *t, const struct identity *id, const struct evidence *e)
{
    struct entry *en;

    if (HASH_COUNT(t->entries) >= t->cap) {
        t->stats.evicted++;
        close_entry(t, t->oldest);
    }
    en = calloc(1, sizeof(*en));
    if (!en)
        return NULL;
    memcpy(&en->identity, id, sizeof(*id));
    en->finding.kind = (enum finding_kind)id->kind;
    en->finding.first_ns = e->flow_start_ns;
    en->finding.last_ns = e->flow_last_ns;
    en->finding.one_sided = true;
    en->older = t->newest;
    if (t->newest)
        t->newest->newer = en;
    else
        t->oldest = en;
    t->newest = en;
    HASH_ADD_BYHASHVALUE(hh, t->entries, identity, sizeof(en->identity), hash_of(t, id, sizeof(*id)), en);
    return en;
}

/* The finding of a flow that sends its first record, and whether the flow is a copy. */
static struct entry *entry_for(struct finding_table *t, const struct flow_key_record *key, const struct evidence *e, bool *copy)
{
    struct tracked *same;
    struct identity id;
    struct entry *en;

    *copy = false;
    identity_of(e, &id);
    HASH_FIND_BYHASHVALUE(hh, t->entries, &id, sizeof(id), hash_of(t, &id, sizeof(id)), en);
    if (en)
        return en;
    HASH_FIND_BYHASHVALUE(hh_pair, t->pairs, key->pair, sizeof(key->pair), hash_of(t, key->pair, sizeof(key->pair)), same);
    if (same && e->flow_start_ns <= same->flow.last_ns && e->flow_last_ns >= same->flow.start_ns) {
        *copy = true;
        return same->entry;
    }
    return new_entry(t, &id, e);
}

static struct tracked *track(struct finding_table *t, const struct flow_key_record *key, struct entry *en, bool copy,
                             const struct evidence *e)
{
    const struct finding_flow *listed = fold_listed(&en->finding, e);
    struct tracked *tr, *same;
    unsigned h_pair = hash_of(t, key->pair, sizeof(key->pair));

    if (HASH_CNT(hh, t->tracked) >= t->cap_tracked) { /* more than one worker can follow: its records are not to be trusted */
        t->stats.malformed++;
        return NULL;
    }
    tr = calloc(1, sizeof(*tr));
    if (!tr)
        return NULL;
    tr->key = *key;
    tr->entry = en;
    if (listed) { /* it had ended: a late or repeated record */
        tr->flow = *listed;
    } else {
        tr->flow = (struct finding_flow){.copy = copy, .start_ns = e->flow_start_ns, .last_ns = e->flow_last_ns};
        en->finding.n_flows += !copy;
    }
    DL_APPEND(en->tracked, tr);
    HASH_ADD_BYHASHVALUE(hh, t->tracked, key, sizeof(tr->key), hash_of(t, key, sizeof(*key)), tr);
    HASH_FIND_BYHASHVALUE(hh_pair, t->pairs, key->pair, sizeof(key->pair), h_pair, same);
    if (!same) {
        tr->in_pairs = true;
        HASH_ADD_BYHASHVALUE(hh_pair, t->pairs, key.pair, sizeof(tr->key.pair), h_pair, tr);
    }
    return tr;
}

/* The flow of the record if it is known; *key is filled. */
static struct tracked *find_tracked(const struct finding_table *t, const struct evidence *e, struct flow_key_record *key)
{
    struct tracked *tr;

    memset(key, 0, sizeof(*key));
    key->pair[0] = e->miner;
    key->pair[1] = e->pool;
    key->outer_src = e->outer_src;
    key->outer_dst = e->outer_dst;
    key->vni = e->vni;
    key->start_ns = e->flow_start_ns;
    key->worker = e->worker;
    HASH_FIND_BYHASHVALUE(hh, t->tracked, key, sizeof(*key), hash_of(t, key, sizeof(*key)), tr);
    return tr;
}

/* What the record is of, new or known. NULL when there is no memory. */
static struct tracked *tracked_for(struct finding_table *t, const struct evidence *e)
{
    struct flow_key_record key;
    struct tracked *tr = find_tracked(t, e, &key);
    struct entry *en;
    bool copy;

    if (tr)
        return tr;
    en = entry_for(t, &key, e, &copy);
    return en ? track(t, &key, en, copy, e) : NULL;
}

/* True when the finding says something that its newest event did not. */
static bool is_material(const struct entry *en)
{
    const struct finding *f = &en->finding;

    return f->stage != en->said_stage || f->severity > en->said_severity || f->severity < en->said_severity ||
           f->n_logins != en->said_logins || f->n_agents != en->said_agents || f->n_names != en->said_names;
}

/* Says what there is to say of a finding that has just taken a record. */
static void speak(struct finding_table *t, struct entry *en, const struct evidence *e)
{
    struct finding *f = &en->finding;
    enum evidence_class class = evidence_class((enum evidence_kind)e->kind);

    if (f->revision == 0 && class != CLASS_NONE) {
        f->detected_ns = e->time_ns;
        emit(t, en, FINDING_NEW);
    } else if (f->revision > 0 && (is_material(en) || f->last_ns - en->emitted_ns > t->update_ns) &&
               !(e->flags & EVIDENCE_FLOW_END)) {
        emit(t, en, FINDING_UPDATE);
    }
}

static void add_lookup(struct finding_table *t, const struct evidence *e, const struct feed_row *row)
{
    struct identity id;
    struct entry *en;

    lookup_identity(t, e, row, &id);
    HASH_FIND_BYHASHVALUE(hh, t->entries, &id, sizeof(id), hash_of(t, &id, sizeof(id)), en);
    if (!en)
        en = new_entry(t, &id, e);
    if (!en)
        return;
    fold_lookup(&en->finding, e, row, &t->key);
    speak(t, en, e);
}

/*
 * Another program's opinion adds to the finding of a flow that is known by proof. It makes no finding, and
 * no event: with and without it the same is said at the same time, but for confidence and this evidence.
 */
static void add_opinion(struct finding_table *t, const struct evidence *e)
{
    struct flow_key_record key;
    struct tracked *tr = find_tracked(t, e, &key);

    if (tr)
        fold_opinion(&tr->entry->finding, e);
}

void finding_add(struct finding_table *t, const struct evidence *e)
{
    struct tracked *tr;
    struct feed_row row;
    bool ok = evidence_check(e), is_lookup = ok && evidence_class((enum evidence_kind)e->kind) == CLASS_NAME;

    if (!ok || (is_lookup && !feed_row_at(t->feed, e->feed_row, &row))) {
        t->stats.malformed++;
        return;
    }
    t->stats.records++;
    if (is_lookup) {
        add_lookup(t, e, &row);
        return;
    }
    if (evidence_class((enum evidence_kind)e->kind) == CLASS_DPI) {
        add_opinion(t, e);
        return;
    }
    tr = tracked_for(t, e);
    if (!tr)
        return;
    fold_record(&tr->entry->finding, &tr->flow, e, &t->key, t->redact);
    speak(t, tr->entry, e);
    if (e->flags & EVIDENCE_FLOW_END)
        untrack(t, tr);
}
