/*
 * join.c - what a connection or a lookup means for other findings of the same machine.
 *
 * A connection that itself says the name of its pool (to a proxy, in HTTP, in its first message, or because it was told to go there) is what the lookup of
 * that name led to, so the lookup's finding is closed. XMRig's turns of mining for its authors are a mark of XMRig, so
 * they are noted with what it mines else.
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

void join_names(struct finding_table *t, struct entry *en)
{
    struct view host = view_of(en->finding.host.bytes, en->finding.host.len);
    enum finding_kind kind = en->finding.kind == FINDING_MINING ? FINDING_POOL_LOOKUP : FINDING_WEB_MINING;
    struct entry *other = host_newest(en->host), *older;

    if (host.n == 0 || en->finding.host.cut)
        return;
    for (int i = 0; other && i < HOST_WALK; i++, other = older) {
        const struct finding *f = &other->finding;

        older = host_older(en->host, other);
        if (f->kind != kind || !finding_is_lookup(f) || !is_below(host, view_of(f->row.name, f->row.name_len)))
            continue;
        fleet_supersede(en, other);
        storm_evict(t, other);
    }
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
        fold_note(f, e, EVIDENCE_DONATION, t->redact);
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
