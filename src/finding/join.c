/*
 * join.c - what a connection or a lookup means for other findings of the same machine.
 *
 * A connection whose pool has a name (it says it to a proxy, in HTTP, in its first message, was told to go there, or its client asked for it) is what the
 * lookup of that name led to, so the lookup's finding is closed, and that of the contact. What is looked up later belongs to it. XMRig's turns of mining for its authors are a mark of XMRig, so
 * they are noted with what it mines else.
 *
 * What leads to mining that a site list allows is allowed with it, if the row is not of other kinds.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/score.h"
#include "finding/table.h"

/* True when v is the name or ends in a point and the name, in any case. */
static bool is_below(struct view v, struct view name)
{
    struct view end;

    while (v.n && v.p[v.n - 1] == '.')
        v.n--;
    if (name.n == 0 || v.n < name.n || (v.n > name.n && v.p[v.n - name.n - 1] != '.'))
        return false;
    end = view_skip(v, v.n - name.n);
    for (size_t i = 0; i < name.n; i++)
        if (byte_lower(end.p[i]) != byte_lower(name.p[i]))
            return false;
    return true;
}

static struct view host_of(const struct finding *f)
{
    return view_of(f->host.bytes, f->host.cut ? 0 : f->host.len);
}

/* Names of pools, or of services for web mining, are of the finding that such mining makes. */
static bool is_of_kind(const struct finding *mining, bool of_web)
{
    return mining->kind == (of_web ? FINDING_WEB_MINING : FINDING_MINING) && !finding_is_lookup(mining);
}

/* True when a connection of the contact went where the mining's do. */
static bool leads_to(const struct finding *contact, const struct endpoint *pool)
{
    for (uint32_t i = 0; i < contact->n_flows_listed; i++)
        if (endpoint_eq(&contact->flows[i].pool, pool))
            return true;
    return false;
}

void join_names(struct finding_table *t, struct entry *en)
{
    struct view host = host_of(&en->finding);
    struct entry *other = host_newest(en->host), *older;

    for (int i = 0; other && i < HOST_WALK; i++, other = older) {
        const struct finding *f = &other->finding;

        older = host_older(en->host, other);
        if (!finding_is_lookup(f) || f->kind == FINDING_COIN_NODE || !is_of_kind(&en->finding, f->kind == FINDING_WEB_MINING) ||
            !(is_below(host, view_of(f->row.name, f->row.name_len)) ||
              (finding_is_contact(f) && leads_to(f, &en->finding.pool))))
            continue;
        if (en->allowed && !allowed_covers(t, en, f->kind))
            continue;
        if (en->allowed)
            t->stats.allowed_closed += f->revision > 0;
        else
            fleet_supersede(en, other);
        if (en->finding.kind == FINDING_MINING) /* its name is listed */
            en->finding.row = f->row;
        other->allowed = en->allowed;
        storm_evict(t, other);
    }
}

bool join_is_known(const struct finding_table *t, const struct evidence *e, const struct finding_row *row,
                   const struct identity *id)
{
    struct view name = view_of(row->name, row->name_len), asked = evidence_text(e, TEXT_ASKED);
    struct entry *en;
    struct host *h;

    if (row->kind == FEED_NODE)
        return false;
    h = host_find(t, id);
    en = h ? host_newest(h) : NULL;
    for (int i = 0; en && i < HOST_WALK; i++, en = host_older(h, en)) {
        const struct finding *f = &en->finding;
        struct view host = host_of(f);

        if (!(en->announced || allowed_covers(t, en, (enum finding_kind)id->kind)) ||
            !is_of_kind(f, row->kind == FEED_WEBMINER))
            continue;
        if (is_below(host, name) || (asked.n && is_below(host, asked) && host.n == asked.n) ||
            (e->kind == EVIDENCE_CONTACT && endpoint_eq(&f->pool, &e->pool)))
            return true;
    }
    return false;
}

static bool is_donation(const struct finding *f)
{
    struct login l = login_of(view_of(f->login.bytes, f->login.len), (enum mining_protocol)f->protocol);

    return f->login.len && !f->login.cut && l.kind && strcmp(l.kind, "xmr-donation") == 0;
}

/* Notes it with the newest finding of mining that is none itself. */
static void note_donation(struct finding_table *t, const struct entry *en, const struct evidence *e)
{
    struct entry *other = host_newest(en->host);

    for (int i = 0; other && i < HOST_WALK; i++, other = host_older(en->host, other)) {
        struct finding *f = &other->finding;

        if (other == en || f->kind != FINDING_MINING || !other->announced || is_donation(f))
            continue;
        if (f->evidence[EVIDENCE_DONATION].present)
            return;
        fold_note(f, e, EVIDENCE_DONATION, &t->words);
        score_finding(f);
        entry_settle(t, other);
        return;
    }
}

void join_donation(struct finding_table *t, const struct entry *en, const struct evidence *e)
{
    if (en->announced && evidence_text(e, TEXT_LOGIN).n && is_donation(&en->finding))
        note_donation(t, en, e);
}

/* donate.v2.xmrig.com, donate.ssl.xmrig.com: where XMRig's release 6 goes for it. */
static bool is_donation_name(struct view v)
{
    static const char first[] = "donate.";

    return is_below(v, view_str("xmrig.com")) && view_is_word(view_head(v, strlen(first)), first);
}

void join_donation_name(struct finding_table *t, const struct entry *lookup, const struct evidence *e)
{
    if (is_donation_name(evidence_text(e, TEXT_NAME)) || is_donation_name(evidence_text(e, TEXT_ASKED)))
        note_donation(t, lookup, e);
}
