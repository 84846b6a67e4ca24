/*
 * scan.c - a machine that speaks to one pool after another and gets no work is looking for pools; it does not mine.
 *
 * Until it has tried SCAN_TARGETS pools each is a finding of mining, as nobody can know. Then these are closed, and one
 * finding of the scan stands for them and for all that follow. A target of which the scan speaks is still held as a
 * finding that is never said, with all that the connection told, because it may give work: then it is mining at
 * once. Of these a machine has SCAN_HELD at most; one whose connections have ended is gone.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/score.h"
#include "finding/table.h"

/* Peers of p2pool and nodes of a coin's network give no work, ever, and connect to many. */
static bool is_target(const struct entry *en)
{
    const struct finding *f = &en->finding;

    return f->kind == FINDING_MINING && f->protocol != PROTOCOL_P2POOL && !f->evidence[EVIDENCE_SIDECHAIN].present &&
           !f->evidence[EVIDENCE_NODE].present && !entry_has_work(en);
}

bool scan_holds(const struct entry *en)
{
    return en->host && en->host->scan && !en->announced && !en->allowed && is_target(en);
}

static void set_idle(struct entry *en)
{
    bool idle = en->announced && !en->allowed && is_target(en);

    en->host->n_idle += idle;
    en->host->n_idle -= en->idle;
    en->idle = idle;
}

static void take_out(struct host *h, const struct entry *en)
{
    uint32_t i = 0;

    while (i < h->n_held && h->held[i] != en)
        i++;
    if (i == h->n_held)
        return;
    h->n_held--;
    memmove(&h->held[i], &h->held[i + 1], (h->n_held - i) * sizeof(h->held[0]));
}

void scan_forget(struct entry *en)
{
    struct host *h = en->host;

    take_out(h, en);
    h->n_idle -= en->idle;
    en->idle = false;
    if (h->scan != en)
        return;
    h->scan = NULL;
    h->n_held = 0; /* what was held speaks for itself again */
}

/* Puts it to those that are held, or takes it from them. With one too many the first of them is dropped. */
static void note_held(struct finding_table *t, struct entry *en)
{
    struct host *h = en->host;

    for (uint32_t i = 0; i < h->n_held; i++) {
        if (h->held[i] != en)
            continue;
        if (!scan_holds(en))
            take_out(h, en);
        return;
    }
    if (!scan_holds(en))
        return;
    if (h->n_held == SCAN_HELD)
        entry_drop(t, h->held[0]);
    h->held[h->n_held++] = en;
}

void scan_settle(struct entry *en)
{
    if (!en->host)
        return;
    set_idle(en);
    if (!scan_holds(en))
        take_out(en->host, en);
}

void scan_leave(struct finding_table *t, struct entry *en)
{
    struct endpoint pool = {en->identity.pool, en->identity.port};
    struct entry *scan = en->host ? en->host->scan : NULL;

    scan_settle(en);
    if (!scan || en->counted_in != scan->made)
        return;
    en->counted_in = 0;
    fleet_unsee(t, &scan->finding, view_of(&pool, sizeof(pool)));
    fleet_discount_flows(scan, en);
    score_finding(&scan->finding);
    if (scan->finding.n_members >= SCAN_TARGETS)
        return;
    scan->allowed = en->allowed;
    storm_evict(t, scan);
}

/* What is counted and held follows from the findings, so it is not saved. */
void scan_found(struct entry *en)
{
    struct host *h = en->host;

    set_idle(en);
    if (scan_holds(en) && h->n_held < SCAN_HELD)
        h->held[h->n_held++] = en;
}

/* What the scan has of one target. */
static void take_target(const struct finding_table *t, struct entry *scan, struct entry *en)
{
    struct endpoint pool = {en->identity.pool, en->identity.port}; /* no padding: it is hashed */
    struct finding *f = &scan->finding;

    fleet_take_facts(f, &en->finding);
    f->login = en->finding.login;
    f->worker = en->finding.worker;
    fleet_take_evidence(f, &en->finding, false);
    if (en->counted_in == scan->made)
        return;
    en->counted_in = scan->made;
    fleet_seen(t, f, view_of(&pool, sizeof(pool)));
}

void scan_take(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
               const struct evidence *e)
{
    struct entry *scan = en->host->scan;

    note_held(t, en);
    if (!entry_is_proven(en) && !fold_listed(&scan->finding, e))
        return;
    take_target(t, scan, en);
    fleet_count_flow(scan, tr, *before, e);
    fold_miner(&scan->finding, e);
    score_finding(&scan->finding);
    table_speak(t, scan, e);
}

/* A target whose finding was said before the machine was known to scan. */
static void take_over(const struct finding_table *t, struct entry *scan, struct entry *en)
{
    struct finding *f = &en->finding;
    struct tracked *tr;

    take_target(t, scan, en);
    fleet_count_all(scan, f);
    scan->finding.n_flows += f->n_flows;
    scan->finding.one_sided = scan->finding.one_sided && f->one_sided;
    for (uint32_t i = 0; i < f->n_flows_listed; i++)
        fold_show(&scan->finding, &f->flows[i]);
    DL_FOREACH(en->tracked, tr)
    tr->counted_in = scan->made;
    fleet_supersede(scan, en);
}

static void begin(struct finding_table *t, struct entry *of, const struct evidence *e)
{
    struct host *h = of->host;
    struct entry *scan, *en, *next;
    struct identity id;

    fleet_identity(of, FINDING_POOL_SCAN, &id);
    id.miner = of->identity.miner;
    id.scope = of->identity.scope;
    scan = fleet_entry(t, &id, of, e);
    if (!scan)
        return;
    fold_miner(&scan->finding, e);
    DL_FOREACH2(h->entries, en, host_next)
    if (en->idle)
        take_over(t, scan, en);
    fold_note(&scan->finding, e, EVIDENCE_SCAN, &t->words);
    score_finding(&scan->finding);
    DL_FOREACH_SAFE2(h->entries, en, next, host_next)
    {
        if (en->idle) {
            storm_retire(t, en);
            set_idle(en);
        }
        if (scan_holds(en) && en->n_tracked == 0)
            entry_drop(t, en);
        else
            note_held(t, en);
    }
    table_speak(t, scan, e);
}

bool scan_check(struct finding_table *t, struct entry *en, const struct evidence *e)
{
    set_idle(en);
    note_held(t, en);
    if (!en->idle || en->host->scan || en->host->n_idle < SCAN_TARGETS)
        return false;
    begin(t, en, e);
    return true;
}
