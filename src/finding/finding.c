/*
 * finding.c - the table of findings: takes records, tells the time, and decides when a finding speaks.
 *
 * The parts: entry.c knows which finding a record is of, allowed.c what is not to be said, tracked.c its flows, fold.c how a
 * finding grows, host.c the findings of one machine, known.c its owner when he becomes known, service.c, scan.c and campaign.c
 * what many connections show together, contact.c connections that a listed name led to, join.c what one finding means for
 * another, storm.c when an event leaves, copies.c lookups that came twice, save.c the table as bytes. All that is decided here
 * depends on the calls alone, in their order: no clock, no chance. So a table that is given the same calls again is the same
 * table.
 */
#include "config.h"

#include "finding/finding.h"

#include "finding/allow.h"
#include "finding/fold.h"
#include "finding/table.h"

/* The key of ids when the configuration has none: equal over all runs and sensors. */
#define ID_NUMBER 0x636f756e7465726dULL

_Static_assert(sizeof(struct tracked) + 2 * sizeof(struct heap_slot) <= LIMIT_BYTES_TRACKED,
               "limits.h has the size of a tracked flow");

/* Of mining, which has longer lists than a lookup. They grow to the next power of two; 32 bytes are malloc's and uthash's for each piece. */
_Static_assert(sizeof(struct entry) + 2 * ORDER_N * sizeof(struct heap_slot) + FINDING_FLOWS * sizeof(struct finding_flow) +
                       (FINDING_LOGINS + FINDING_AGENTS) * sizeof(struct finding_text) + 2 * FINDING_SEEN * sizeof(uint64_t) +
                       8 * 32 + sizeof(struct host) + sizeof(struct wallet_use) <=
                   LIMIT_BYTES_FINDING,
               "limits.h has the size of a finding with full lists");

const char *finding_state_name(enum finding_state state)
{
    static const char *const names[FINDING_STATE_N] = {"new", "update", "closed"};

    return names[state];
}

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[FINDING_KIND_N] = {"mining",       "pool-lookup", "web-mining", "coin-node",
                                                      "pool-service", "pool-scan",   "campaign",   "pool-contact"};

    return names[kind];
}

const struct finding_stats *finding_stats(const struct finding_table *t)
{
    return &t->stats;
}

void finding_holds(const struct finding_table *t, struct finding_holds *holds)
{
    *holds = (struct finding_holds){
        .n_findings = HASH_COUNT(t->entries), .n_flows = HASH_CNT(hh, t->tracked), .n_waiting = t->by[ORDER_WAITING].n};
}

struct finding_table *finding_table_new(const struct conf *conf, const struct hash_key *key, const struct feed *feed,
                                        finding_fn *emit, void *arg)
{
    struct finding_table *t = calloc(1, sizeof(*t));

    if (t) {
        t->key = t->seen_key = *key;
        if (conf->sensor.site_key[0])
            hash_key_text(&t->id_key, view_str(conf->sensor.site_key));
        else
            hash_key_fixed(&t->id_key, ID_NUMBER);
        t->update_ns = conf->output.update_interval;
        t->close_ns = conf->output.close_after;
        t->max_rate = conf->output.max_rate;
        t->burst = conf->output.burst;
        t->home = conf->network.home_net;
        t->words = (struct fold_words){conf->output.redact, (enum language)conf->output.language};
        t->feed = feed;
        t->emit = emit;
        t->arg = arg;
        t->cap = conf->limits.max_findings;
        t->cap_tracked = 2 * conf->limits.max_dialogues; /* a worker follows no more flows at once */
    }
    return t;
}

void finding_table_free(struct finding_table *t)
{
    struct heap_node *first;

    if (!t)
        return;
    while ((first = heap_first(&t->by[ORDER_MADE])))
        entry_drop(t, first->owner);
    for (int order = 0; order < ORDER_N; order++)
        heap_fini(&t->by[order]);
    heap_fini(&t->by_use);
    campaign_fini(t);
    allow_free(t->allow);
    free(t);
}

void finding_live(struct finding_table *t)
{
    t->live = true;
    t->tokens = (int64_t)t->burst * NS_PER_SEC;
}

void finding_quiet(struct finding_table *t, bool quiet)
{
    t->quiet = quiet;
}

void finding_feed(struct finding_table *t, const struct feed *feed)
{
    t->feed = feed;
}

void finding_scopes(struct finding_table *t, finding_scope_fn *fn, void *arg)
{
    t->scope_of = fn;
    t->scope_arg = arg;
}

uint64_t finding_scope_for(const struct finding_table *t, const struct evidence *e)
{
    return t->scope_of && evidence_check(e) ? t->scope_of(t->scope_arg, e) : 0;
}

void finding_close_all(struct finding_table *t)
{
    struct heap_node *first;

    allowed_release(t, 0);
    while (t->live && t->max_rate > 0 && (first = heap_first(&t->by[ORDER_HEARD])))
        storm_close(t, first->owner);
    storm_drain(t); /* of all that wait now the most severe */
    while ((first = heap_first(&t->by[ORDER_MADE])))
        storm_evict(t, first->owner);
}

/* Copies a text of a row; of a long one the end. */
static uint8_t copy_text(char to[UINT8_MAX], struct view from)
{
    if (from.n > UINT8_MAX)
        from = view_skip(from, from.n - UINT8_MAX);
    if (from.n)
        memcpy(to, from.p, from.n);
    return (uint8_t)from.n;
}

bool finding_row_for(const struct finding_table *t, const struct evidence *e, struct finding_row *row)
{
    struct feed_row listed;

    *row = (struct finding_row){0};
    if (e->kind >= EVIDENCE_N || !evidence_has_row((enum evidence_kind)e->kind))
        return true;
    if (!feed_row_at(t->feed, e->feed_row, &listed) || listed.is_endpoint != (e->kind == EVIDENCE_LISTED))
        return false;
    row->kind = listed.kind;
    row->confidence = listed.confidence;
    row->line = listed.line;
    row->name_len = copy_text(row->name, listed.name);
    row->coins_len = copy_text(row->coins, listed.coins);
    row->list_len = copy_text(row->list, listed.list);
    return true;
}

/* What the newest record changes for the orders of a live table. */
static void hear(struct finding_table *t, struct entry *en)
{
    en->changed = true;
    entry_settle(t, en);
    if (!t->live)
        return;
    if (en->allowed && en->due) /* its close waits */
        return;
    storm_revive(t, en);
    en->heard = t->clock;
    heap_put(&t->by[ORDER_HEARD], &en->by[ORDER_HEARD], ++t->number);
}

/* True when the update interval has passed since the newest event, by the time of packets or of ticks. */
static bool is_update_due(const struct finding_table *t, const struct entry *en)
{
    if (en->finding.last_ns - en->emitted_ns > t->update_ns)
        return true;
    return t->live && !heap_has(&en->by[ORDER_SAID]);
}

/* A record that ends a connection changes a finding without an event: the next one, or the close, has it. */
void table_speak(struct finding_table *t, struct entry *en, const struct evidence *e)
{
    bool allowed = allowed_take(t, en, e->time_ns);

    hear(t, en);
    if (allowed || heap_has(&en->by[ORDER_HELD]))
        return;
    if (!en->announced && entry_is_proven(en)) {
        en->finding.detected_ns = e->time_ns;
        storm_due(t, en, FINDING_NEW);
    } else if (en->announced && (entry_is_material(en) || is_update_due(t, en)) && !(e->flags & EVIDENCE_FLOW_END)) {
        storm_due(t, en, FINDING_UPDATE);
    }
}

static void add_lookup(struct finding_table *t, const struct evidence *e, const struct finding_row *row, uint64_t scope)
{
    struct identity id;
    struct entry *en;

    if (e->digest && copies_take(&t->copies, e)) {
        t->stats.repeated++;
        return;
    }
    entry_lookup_identity(t, e, row, scope, &id);
    if (allowed_record(t, e, (enum finding_kind)id.kind))
        return;
    if (join_is_known(t, e, row, &id)) {
        t->stats.joined++;
        return;
    }
    en = contact_or_lookup(t, &id, e);
    if (!en)
        return;
    if (e->kind == EVIDENCE_CONTACT)
        fold_contact(&en->finding, e, row, &t->seen_key, &t->words);
    else
        fold_lookup(&en->finding, e, row, &t->seen_key, &t->words);
    contact_speak(t, en, e);
    join_donation_name(t, en, e);
    entry_make_room(t, en);
}

/*
 * Another program's opinion adds to the finding of a flow that is known by proof. It makes no finding, and
 * no event: with and without it the same is said at the same time, but for confidence and this evidence.
 */
static void add_opinion(struct finding_table *t, const struct evidence *e)
{
    struct flow_key_record key;
    struct tracked *tr = tracked_find(t, e, &key);

    if (!tr)
        return;
    fold_opinion(&tr->entry->finding, e, &t->words);
    entry_settle(t, tr->entry);
}

/* The same of what the lists say of the pool's address. */
static void add_address(struct finding_table *t, const struct evidence *e, const struct finding_row *row)
{
    struct flow_key_record key;
    struct tracked *tr = tracked_find(t, e, &key);

    if (!tr)
        return;
    fold_address(&tr->entry->finding, e, row, &t->words);
    entry_settle(t, tr->entry);
}

/* Says it, and all that it shows together with other connections. False: en may be gone. */
static bool speak_mining(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
                         const struct evidence *e)
{
    if ((!en->announced || evidence_text(e, TEXT_HOST).n) && !heap_has(&en->by[ORDER_HELD]) && entry_is_proven(en))
        join_names(t, en);
    table_speak(t, en, e);
    service_take(t, en, tr, before, e);
    campaign_take(t, en, tr, before, e);
    join_donation(t, en, e);
    if (e->flags & EVIDENCE_FLOW_END)
        tracked_drop(t, tr);
    return !scan_check(t, en, e);
}

/* Of a target of a scan the scan speaks. False: en may be gone. */
static bool hold(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
                 const struct evidence *e)
{
    hear(t, en);
    scan_take(t, en, tr, before, e);
    if (e->flags & EVIDENCE_FLOW_END)
        tracked_drop(t, tr);
    if (en->n_tracked > 0)
        return true;
    entry_drop(t, en);
    return false;
}

static void add_mining(struct finding_table *t, const struct evidence *e, uint64_t scope)
{
    struct tracked *tr = tracked_for(t, e, scope);
    struct finding_flow before;
    struct entry *en;
    bool stays;

    if (!tr)
        return;
    en = tr->entry;
    known_take(t, en, tr, scope);
    before = tr->flow;
    fold_record(&en->finding, &tr->flow, e, &t->seen_key, &t->words);
    tracked_use(t, tr);
    allowed_settle(t, en, e->time_ns);
    if (!scan_holds(en))
        allowed_hold(t, en, e);
    stays = scan_holds(en) ? hold(t, en, tr, &before, e) : speak_mining(t, en, tr, &before, e);
    entry_make_room(t, stays ? en : NULL);
}

static void add_node(struct finding_table *t, const struct evidence *e, uint64_t scope)
{
    struct identity id;
    struct entry *en;

    entry_node_identity(t, e, scope, &id);
    if (allowed_record(t, e, FINDING_COIN_NODE))
        return;
    en = entry_find(t, &id);
    if (!en)
        en = entry_new(t, &id, e);
    if (!en)
        return;
    fold_node(&en->finding, e, &t->seen_key, &t->words);
    table_speak(t, en, e);
    entry_make_room(t, en);
}

void finding_add_row(struct finding_table *t, const struct evidence *e, const struct finding_row *row, uint64_t scope)
{
    enum evidence_class class;

    if (!evidence_check(e)) {
        t->stats.malformed++;
        return;
    }
    class = evidence_class((enum evidence_kind)e->kind);
    if (evidence_has_row((enum evidence_kind)e->kind) &&
        (!row || !row->name_len || row->kind >= FEED_ALLOW || (e->kind == EVIDENCE_CONTACT && row->kind == FEED_NODE))) {
        t->stats.malformed++;
        return;
    }
    t->stats.records++;
    if (e->flags & EVIDENCE_ASIDE) /* is of no connection; a live report tells it */
        return;
    if (e->kind == EVIDENCE_NODE) {
        add_node(t, e, scope);
        return;
    }
    switch (class) {
    case CLASS_NAME: add_lookup(t, e, row, scope); break;
    case CLASS_DPI: add_opinion(t, e); break;
    case CLASS_ADDRESS: add_address(t, e, row); break;
    default: add_mining(t, e, scope); break;
    }
}

void finding_add(struct finding_table *t, const struct evidence *e)
{
    struct finding_row row;

    if (finding_row_for(t, e, &row))
        finding_add_row(t, e, &row, finding_scope_for(t, e));
    else
        t->stats.malformed++;
}

static void close_idle(struct finding_table *t)
{
    struct heap_node *first;

    while ((first = heap_first(&t->by[ORDER_HEARD]))) {
        struct entry *en = first->owner;

        if (t->clock - en->heard <= t->close_ns)
            break;
        storm_close(t, en);
    }
}

/* Says of each finding that changed since its newest event, an update interval ago, that it goes on. */
static void say_updates(struct finding_table *t)
{
    struct heap_node *first;

    while ((first = heap_first(&t->by[ORDER_SAID]))) {
        struct entry *en = first->owner;

        if (t->clock - en->said <= t->update_ns)
            break;
        heap_take(&t->by[ORDER_SAID], first); /* the next record of one that did not change says it */
        if (en->changed)
            storm_due(t, en, FINDING_UPDATE);
    }
}

void finding_tick(struct finding_table *t, ns_t now_ns)
{
    ns_t step;

    if (!t->live || now_ns > NS_TIME_MAX || now_ns < -NS_TIME_MAX)
        return;
    step = t->now_ns && now_ns > t->now_ns ? now_ns - t->now_ns : 0;
    if (step > FINDING_STEP_MAX)
        step = FINDING_STEP_MAX;
    t->now_ns = now_ns;
    t->clock += step;
    storm_refill(t, step);
    allowed_release(t, HOLD_NS);
    close_idle(t);
    say_updates(t);
    storm_drain(t);
}

/* The finding that was said by this id, and is still to be heard of. Walks: it is asked for no more often than events leave. */
static struct entry *find_said(const struct finding_table *t, const char *id)
{
    const struct heap *all = &t->by[ORDER_MADE];

    for (uint32_t i = 0; i < all->n; i++) {
        struct entry *en = all->slots[i].node->owner;

        if (en->announced && en->finding.revision > 0 && strcmp(en->finding.id, id) == 0)
            return en;
    }
    return NULL;
}

bool finding_touch(struct finding_table *t, const char *id)
{
    struct entry *en = t->live ? find_said(t, id) : NULL;

    if (!en)
        return false;
    if (!en->due)
        storm_due(t, en, FINDING_UPDATE);
    return true;
}

static void lose(struct lost *lost, uint64_t total)
{
    lost->sum += total >= lost->newest ? total - lost->newest : total;
    lost->newest = total;
}

void finding_lost(struct finding_table *t, uint64_t n_dropped, uint64_t n_restarts)
{
    lose(&t->drops, n_dropped);
    lose(&t->restarts, n_restarts);
}

void finding_boot(struct finding_table *t)
{
    t->drops.newest = t->restarts.newest = 0;
}

void finding_suppressed(const struct finding_table *t, struct finding_suppressed *all)
{
    *all = t->suppressed;
}

void finding_take_suppressed(struct finding_table *t, struct finding_suppressed *since)
{
    for (int state = 0; state < FINDING_STATE_N; state++)
        for (int label = 0; label < FINDING_LABELS; label++)
            since->n[state][label] = t->suppressed.n[state][label] - t->told.n[state][label];
    t->told = t->suppressed;
}
