/*
 * fleet.c - what is common to findings that are made of other findings: their flows, sums, evidence and members.
 *
 * Such a finding takes each record right after the finding of its connection took it, and moves its sums by what that
 * record changed. So it is as exact as that one, and a record that comes twice changes nothing here either.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/table.h"

void fleet_identity(const struct entry *of, enum finding_kind kind, struct identity *id)
{
    memset(id, 0, sizeof(*id)); /* padding is hashed and compared too */
    id->kind = (uint8_t)kind;
    id->outer_lo = of->identity.outer_lo;
    id->outer_hi = of->identity.outer_hi;
    id->vni = of->identity.vni;
    id->has_encap = of->identity.has_encap;
}

struct entry *fleet_entry(struct finding_table *t, const struct identity *id, const struct entry *of, const struct evidence *e)
{
    struct entry *fleet = entry_find(t, id);

    if (fleet)
        return fleet;
    fleet = entry_new(t, id, e);
    if (fleet && of->finding.first_ns < fleet->finding.first_ns)
        fleet->finding.first_ns = of->finding.first_ns;
    return fleet;
}

/* Counters may go back, as those of a finding may: the sum is modulo 2^64. */
void fleet_move(struct finding *f, const struct finding_flow *from, const struct finding_flow *to)
{
    if (to->copy)
        return;
    f->count += (uint64_t)to->n_messages - from->n_messages;
    f->n_jobs += (uint64_t)to->n_jobs - from->n_jobs;
    f->n_submitted += (uint64_t)to->n_submitted - from->n_submitted;
    f->n_accepted += (uint64_t)to->n_accepted - from->n_accepted;
    f->n_rejected += (uint64_t)to->n_rejected - from->n_rejected;
    f->n_gaps += (uint64_t)to->n_gaps - from->n_gaps;
    f->n_truncated += (uint64_t)to->n_truncated - from->n_truncated;
}

void fleet_count_all(struct entry *fleet, const struct finding *f)
{
    struct finding *to = &fleet->finding;

    to->count += f->count;
    to->n_jobs += f->n_jobs;
    to->n_submitted += f->n_submitted;
    to->n_accepted += f->n_accepted;
    to->n_rejected += f->n_rejected;
    to->n_gaps += f->n_gaps;
    to->n_truncated += f->n_truncated;
}

void fleet_count_flow(struct entry *fleet, struct tracked *tr, struct finding_flow before, const struct evidence *e)
{
    struct finding *f = &fleet->finding;

    if (tr->counted_in != fleet->made) {
        const struct finding_flow *listed = fold_listed(f, e); /* it was forgotten, and goes on */

        tr->counted_in = fleet->made;
        f->n_flows += !listed && !tr->flow.copy;
        before = listed ? *listed : (struct finding_flow){.n_messages = 0};
    }
    fleet_move(f, &before, &tr->flow);
    fold_show(f, &tr->flow);
    if (!(e->flags & EVIDENCE_ONE_SIDED) || e->flags & EVIDENCE_ANSWERED)
        f->one_sided = false;
}

bool fleet_seen(const struct finding_table *t, struct finding *f, struct view what)
{
    bool seen = fold_seen(&f->seen_members, &f->n_seen_members, hash_64(&t->seen_key, what));

    f->n_members += !seen;
    return seen;
}

/* An address of two owners is two members. No padding: it is hashed. */
struct member {
    struct addr addr;
    uint64_t scope;
};

void fleet_add_member(const struct finding_table *t, struct finding *f, const struct endpoint *member, uint64_t scope)
{
    struct member what = {member->addr, scope};
    struct endpoint *grown;

    if (fleet_seen(t, f, view_of(&what, sizeof(what))) || f->n_members_listed == FINDING_MEMBERS)
        return;
    grown = fold_grow(f->members, f->n_members_listed, sizeof(*grown));
    if (!grown)
        return;
    f->members = grown;
    grown[f->n_members_listed++] = *member;
}

void fleet_discount_all(struct entry *fleet, const struct finding *f)
{
    struct finding *to = &fleet->finding;

    to->count -= f->count;
    to->n_jobs -= f->n_jobs;
    to->n_submitted -= f->n_submitted;
    to->n_accepted -= f->n_accepted;
    to->n_rejected -= f->n_rejected;
    to->n_gaps -= f->n_gaps;
    to->n_truncated -= f->n_truncated;
}

bool fleet_unsee(const struct finding_table *t, struct finding *f, struct view what)
{
    uint64_t h = hash_64(&t->seen_key, what);

    for (uint32_t i = 0; i < f->n_seen_members; i++) {
        if (f->seen_members[i] != h)
            continue;
        f->seen_members[i] = f->seen_members[--f->n_seen_members];
        f->n_members -= f->n_members > 0;
        return true;
    }
    return false;
}

static void unlist(struct finding *f, const struct addr *member)
{
    for (uint32_t i = 0; i < f->n_members_listed; i++) {
        if (addr_cmp(&f->members[i].addr, member) != 0)
            continue;
        f->n_members_listed--;
        memmove(&f->members[i], &f->members[i + 1], (f->n_members_listed - i) * sizeof(f->members[0]));
        return;
    }
}

bool fleet_drop_member(const struct finding_table *t, struct finding *f, const struct addr *member, uint64_t scope)
{
    struct member what = {*member, scope};

    if (!fleet_unsee(t, f, view_of(&what, sizeof(what))))
        return false;
    unlist(f, member);
    return true;
}

void fleet_rename_member(const struct finding_table *t, struct finding *f, const struct addr *member, uint64_t scope,
                         uint64_t new_scope)
{
    struct member was = {*member, scope}, is = {*member, new_scope};

    if (fleet_unsee(t, f, view_of(&was, sizeof(was))) && fleet_seen(t, f, view_of(&is, sizeof(is))))
        unlist(f, member);
}

static void hide(struct finding *f, const struct finding_flow *fl)
{
    for (uint32_t i = 0; i < f->n_flows_listed; i++) {
        if (f->flows[i].start_ns != fl->start_ns || !endpoint_eq(&f->flows[i].miner, &fl->miner) ||
            !endpoint_eq(&f->flows[i].pool, &fl->pool))
            continue;
        f->n_flows_listed--;
        memmove(&f->flows[i], &f->flows[i + 1], (f->n_flows_listed - i) * sizeof(f->flows[0]));
        return;
    }
}

void fleet_discount_flows(struct entry *fleet, struct entry *en)
{
    static const struct finding_flow nothing = {.n_messages = 0};
    struct tracked *tr;

    DL_FOREACH(en->tracked, tr)
    {
        if (tr->counted_in != fleet->made)
            continue;
        tr->counted_in = 0;
        fleet_move(&fleet->finding, &tr->flow, &nothing);
        fleet->finding.n_flows -= !tr->flow.copy && fleet->finding.n_flows > 0;
        hide(&fleet->finding, &tr->flow);
    }
}

void fleet_take_facts(struct finding *f, const struct finding *from)
{
    f->protocol = from->protocol;
    f->protocols |= from->protocols;
    memcpy(f->transport, from->transport, sizeof(f->transport));
    f->agent = from->agent;
    f->coin = from->coin;
    f->algorithm = from->algorithm;
    if (from->stage > f->stage)
        f->stage = from->stage;
    if (from->last_ns > f->last_ns)
        f->last_ns = from->last_ns;
    if (from->first_ns < f->first_ns)
        f->first_ns = from->first_ns;
}

void fleet_take_evidence(struct finding *f, const struct finding *from, bool of_pool)
{
    for (int kind = 0; kind < EVIDENCE_N; kind++) {
        enum evidence_class class = evidence_class((enum evidence_kind)kind);
        const struct finding_evidence *ev = &from->evidence[kind];

        if (!ev->present || f->evidence[kind].present || (of_pool && ev->direction == DIRECTION_TO_POOL))
            continue;
        if (class == CLASS_PROTOCOL || class == CLASS_SHAPE || kind == EVIDENCE_WALLET)
            f->evidence[kind] = *ev;
    }
}

/* The number whose digits are in the id. */
static uint64_t number_of(const struct finding *f)
{
    return strtoull(f->id + 3, NULL, 16);
}

void fleet_supersede(struct entry *by, struct entry *en)
{
    struct finding *f = &by->finding;
    uint64_t number;

    en->finding.superseded = true;
    if (en->finding.revision == 0 || f->n_supersedes == FINDING_SUPERSEDES)
        return;
    number = number_of(&en->finding);
    for (uint32_t i = 0; i < f->n_supersedes; i++)
        if (f->supersedes[i] == number) /* it came back on the same day */
            return;
    f->supersedes[f->n_supersedes++] = number;
}
