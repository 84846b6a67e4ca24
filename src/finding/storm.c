/*
 * storm.c - when an event leaves: at once, or of a live table when there is a token for it.
 *
 * Every event that is due is emitted, suppressed or waiting, so the sums are exact. What waits is said
 * with what the finding has become by then: an event that another one overtakes is suppressed. A finding that is
 * new, waits, and is to be closed, is first said to be new.
 */
#include "config.h"

#include "finding/allow.h"
#include "finding/rate.h"
#include "finding/redact.h"
#include "finding/score.h"
#include "finding/table.h"

#define BIT(state) (1u << (state))

static bool is_limited(const struct finding_table *t)
{
    return t->live && t->max_rate > 0;
}

/* The one way out: what leaves here masked cannot be shown by any output. */
static void hand_out(struct finding_table *t, enum finding_state state, struct finding *f)
{
    struct redacted r;

    t->stats.emitted++;
    if (t->quiet)
        return;
    if (t->words.redact)
        redact_finding(f, &r);
    t->emit(t->arg, state, t->words.redact ? &r.finding : f);
}

static void emit(struct finding_table *t, struct entry *en, enum finding_state state)
{
    struct finding *f = &en->finding;

    if (f->revision++ == 0) {
        entry_set_id(t, en);
        t->stats.findings++;
        t->stats.by_kind[f->kind]++;
    }
    rate_set(en, state);
    f->n_dropped = t->drops.sum - en->lost_drops;
    f->n_restarts = t->restarts.sum - en->lost_restarts;
    f->allowed = state == FINDING_CLOSED ? allow_row_at(t->allow, en->allowed) : NULL;
    hand_out(t, state, f);
    f->allowed = NULL;
}

static void suppress(struct finding_table *t, const struct entry *en, enum finding_state state)
{
    t->suppressed.n[state][score_rank(en->finding.severity)]++;
}

/* Severity, confidence, age: the most severe first. */
uint64_t storm_key(const struct entry *en)
{
    uint64_t severity = (uint64_t)(en->finding.severity * 10 + 0.5), confidence = en->finding.confidence;

    return (127 - severity) << (ORDER_BITS + 7) | (127 - confidence) << ORDER_BITS | en->made;
}

/* Nobody knows of it any more, and it is heard of as before. */
static void forget(struct finding_table *t, struct entry *en)
{
    en->finding.revision = 0;
    entry_settle(t, en);
    if (t->live && !heap_has(&en->by[ORDER_HEARD]))
        heap_put(&t->by[ORDER_HEARD], &en->by[ORDER_HEARD], ++t->number);
}

/* Says one of the events that wait; with the last one of a finding the finding goes, unless it is only silent from now on. */
static void say_waiting(struct finding_table *t, struct entry *en)
{
    enum finding_state state = FINDING_NEW;

    while (!(en->due & BIT(state)))
        state++;
    en->due &= (uint8_t)~BIT(state);
    if (!en->due)
        heap_take(&t->by[ORDER_WAITING], &en->by[ORDER_WAITING]);
    emit(t, en, state);
    if (state == FINDING_CLOSED && en->announced)
        entry_drop(t, en);
    else if (state == FINDING_CLOSED)
        forget(t, en);
}

void storm_refill(struct finding_table *t, ns_t step)
{
    int64_t full = (int64_t)t->burst * NS_PER_SEC;

    t->tokens += step * (int64_t)t->max_rate; /* FINDING_STEP_MAX times a million fits */
    if (t->tokens > full)
        t->tokens = full;
}

void storm_drain(struct finding_table *t)
{
    struct heap_node *first;

    while ((first = heap_first(&t->by[ORDER_WAITING]))) {
        if (is_limited(t) && t->tokens < NS_PER_SEC)
            break;
        t->tokens -= is_limited(t) ? NS_PER_SEC : 0; /* without a limit there is what waited before a restart */
        say_waiting(t, first->owner);
    }
}

/* Puts the event to those of the finding that wait. */
static void wait(struct finding_table *t, struct entry *en, enum finding_state state)
{
    if (state == FINDING_UPDATE && en->due) { /* what waits will say it */
        suppress(t, en, state);
        return;
    }
    if (en->due & BIT(FINDING_UPDATE)) {
        suppress(t, en, FINDING_UPDATE);
        en->due &= (uint8_t)~BIT(FINDING_UPDATE);
    }
    en->due |= (uint8_t)BIT(state);
    heap_put(&t->by[ORDER_WAITING], &en->by[ORDER_WAITING], storm_key(en));
}

void storm_due(struct finding_table *t, struct entry *en, enum finding_state state)
{
    struct finding *f = &en->finding;

    if (state == FINDING_NEW) /* one that was may speak for itself again */
        f->superseded = false;
    t->stats.due++;
    en->announced = true;
    en->changed = false;
    en->emitted_ns = f->last_ns;
    en->said_stage = f->stage;
    en->said_scope = f->scope;
    en->said_severity = f->severity;
    en->said_logins = f->n_logins;
    en->said_agents = f->n_agents;
    en->said_names = f->n_names;
    en->said_members = f->n_members;
    en->said_pool = f->pool.port != 0;
    en->said_host = f->host.len > 0;
    if (t->live && state != FINDING_CLOSED) {
        en->said = t->clock;
        heap_put(&t->by[ORDER_SAID], &en->by[ORDER_SAID], ++t->number);
    }
    entry_settle(t, en);
    if (!is_limited(t)) {
        emit(t, en, state);
        return;
    }
    wait(t, en, state);
    if (state != FINDING_CLOSED)
        storm_drain(t);
}

void storm_close(struct finding_table *t, struct entry *en)
{
    if (!en->announced) {
        entry_drop(t, en);
        return;
    }
    heap_take(&t->by[ORDER_HEARD], &en->by[ORDER_HEARD]);
    heap_take(&t->by[ORDER_SAID], &en->by[ORDER_SAID]);
    storm_due(t, en, FINDING_CLOSED);
    if (!is_limited(t))
        entry_drop(t, en);
}

void storm_revive(struct finding_table *t, struct entry *en)
{
    if (!(en->due & BIT(FINDING_CLOSED)))
        return;
    suppress(t, en, FINDING_CLOSED);
    en->announced = true;
    en->due &= (uint8_t)~BIT(FINDING_CLOSED);
    if (!en->due)
        heap_take(&t->by[ORDER_WAITING], &en->by[ORDER_WAITING]);
    if (t->live && !heap_has(&en->by[ORDER_HEARD]))
        heap_put(&t->by[ORDER_HEARD], &en->by[ORDER_HEARD], ++t->number);
}

void storm_silence(struct finding_table *t, struct entry *en)
{
    if (!en->announced)
        return;
    heap_take(&t->by[ORDER_SAID], &en->by[ORDER_SAID]);
    if (en->due & BIT(FINDING_NEW)) { /* nobody was told */
        for (enum finding_state state = FINDING_NEW; state < FINDING_STATE_N; state++)
            if (en->due & BIT(state))
                suppress(t, en, state);
        en->due = 0;
        heap_take(&t->by[ORDER_WAITING], &en->by[ORDER_WAITING]);
    } else if (!(en->due & BIT(FINDING_CLOSED))) {
        storm_due(t, en, FINDING_CLOSED);
    }
    en->announced = false;
    if (en->due) /* its close waits; while it does, it is not idle */
        heap_take(&t->by[ORDER_HEARD], &en->by[ORDER_HEARD]);
    else
        forget(t, en);
}

/* What waits in a finding that must go is suppressed, and its close too, unless a token is free for it. */
static void say_last(struct finding_table *t, struct entry *en)
{
    bool unheard = en->due & BIT(FINDING_NEW);

    if (en->announced && !(en->due & BIT(FINDING_CLOSED))) {
        t->stats.due++;
        if (!unheard && t->tokens >= NS_PER_SEC && !heap_first(&t->by[ORDER_WAITING])) {
            t->tokens -= NS_PER_SEC;
            emit(t, en, FINDING_CLOSED);
        } else {
            suppress(t, en, FINDING_CLOSED);
        }
    }
    for (enum finding_state state = FINDING_NEW; state < FINDING_STATE_N; state++)
        if (en->due & BIT(state))
            suppress(t, en, state);
}

void storm_evict(struct finding_table *t, struct entry *en)
{
    if (!is_limited(t)) {
        storm_close(t, en);
        return;
    }
    say_last(t, en);
    entry_drop(t, en);
}

void storm_retire(struct finding_table *t, struct entry *en)
{
    if (is_limited(t))
        say_last(t, en);
    else if (en->announced)
        storm_due(t, en, FINDING_CLOSED);
    heap_take(&t->by[ORDER_WAITING], &en->by[ORDER_WAITING]);
    heap_take(&t->by[ORDER_SAID], &en->by[ORDER_SAID]);
    en->due = 0;
    en->announced = false;
    en->finding.revision = 0;
    entry_settle(t, en);
}
