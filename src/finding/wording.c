/*
 * wording.c - which messages make titles, summaries and details: by kind and stage of a finding, and by what is known of it.
 */
#include "config.h"

#include "finding/wording.h"

#include "finding/mined.h"
#include "finding/say.h"

#include <math.h>

#define SHORT_MAX 16
#define SHORT_CUT 12

void wording_short_login(const struct finding_text *login, struct out *o)
{
    struct view v = view_of(login->bytes, login->len);

    if (login->cut) { /* what its end is, nobody knows */
        out_escape(o, view_head(v, SHORT_CUT));
        out_str(o, "…");
        return;
    }
    v = login_account(v);
    if (v.n <= SHORT_MAX) {
        out_escape(o, v);
        return;
    }
    out_escape(o, view_head(v, 6));
    out_str(o, "…");
    out_escape(o, view_skip(v, v.n - 4));
}

double wording_rounded(double v)
{
    double step;

    if (!(v > 1e-12) || !isfinite(v)) /* the powers below stay far within a double */
        return 0;
    step = pow(10, floor(log10(v)) - 3);
    return step >= 1 ? nearbyint(v / step) * step : nearbyint(v / step) / nearbyint(1 / step);
}

/* True for a finding that was made by what a node said to another, perhaps beside what it asked for. */
static bool is_peer(const struct finding *f)
{
    return f->kind == FINDING_COIN_NODE && f->evidence[EVIDENCE_NODE].present;
}

static enum message fleet_title(const struct finding *f)
{
    switch (f->kind) {
    case FINDING_POOL_SERVICE: return MESSAGE_TITLE_SERVICE;
    case FINDING_POOL_SCAN: return MESSAGE_TITLE_SCAN;
    default: return mined_of(f).coin.n ? MESSAGE_TITLE_CAMPAIGN_COIN : MESSAGE_TITLE_CAMPAIGN;
    }
}

static enum message title_of(const struct finding *f)
{
    if (is_peer(f))
        return MESSAGE_TITLE_NODE;
    if (finding_is_lookup(f))
        return finding_is_contact(f) ? MESSAGE_TITLE_CONNECTED : MESSAGE_TITLE_ASKED;
    if (finding_is_fleet(f))
        return fleet_title(f);
    if (f->stage >= STAGE_MINING)
        return mined_of(f).coin.n ? MESSAGE_TITLE_MINES_COIN : MESSAGE_TITLE_MINES;
    return f->login_refused ? MESSAGE_TITLE_REFUSED : MESSAGE_TITLE_OPENS;
}

void wording_title(const struct finding *f, const struct about *about, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);
    struct saying s = say_of(f, about, language, &o);

    say(&s, title_of(f));
    say_finish(&s);
}

static void say_lookup(const struct saying *s)
{
    say_sentence(s, MESSAGE_LOOKUP);
    if (s->f->answer.len)
        say_sentence(s, MESSAGE_ANSWER);
    else if (s->f->n_answers == 0)
        say_sentence(s, MESSAGE_NO_ANSWER);
    if (s->f->kind != FINDING_COIN_NODE)
        say_sentence(s, MESSAGE_LOOKUP_LEAD);
}

static void say_contact(const struct saying *s)
{
    say_sentence(s, MESSAGE_CONTACT);
    say_sentence(s, s->f->n_flows > 1 ? MESSAGE_CONTACT_NEWEST : MESSAGE_CONTACT_ONLY);
    if (s->f->one_sided)
        say_sentence(s, MESSAGE_CONTACT_ONE_SIDED);
    say_sentence(s, MESSAGE_CONTACT_LEAD);
}

static void say_one_sided(const struct saying *s)
{
    if (s->f->one_sided)
        say_sentence(s, MESSAGE_ONE_SIDED);
}

static void say_service(const struct saying *s)
{
    say_sentence(s, MESSAGE_SERVICE);
    say_sentence(s, s->f->pool.port ? MESSAGE_SERVICE_UPSTREAM : MESSAGE_SERVICE_NO_UPSTREAM);
    say_one_sided(s);
}

static void say_scan(const struct saying *s)
{
    say_sentence(s, MESSAGE_SCAN);
    if (s->f->agent.len)
        say_sentence(s, MESSAGE_SCAN_AGENT);
    say_one_sided(s);
}

static void say_campaign(const struct saying *s)
{
    say_sentence(s, mined_of(s->f).coin.n ? MESSAGE_CAMPAIGN_COIN : MESSAGE_CAMPAIGN);
    if (s->f->one_sided)
        say_sentence(s, MESSAGE_CAMPAIGN_ONE_SIDED);
}

static void say_work(const struct saying *s)
{
    const struct finding *f = s->f;

    if (f->n_jobs + f->n_submitted == 0)
        return;
    say_sentence(s, MESSAGE_WORK);
    if (f->rate.hs > 0)
        say_sentence(s, f->claimed_hs ? MESSAGE_RATE_AND_CLAIM : MESSAGE_RATE);
    else if (f->claimed_hs)
        say_sentence(s, MESSAGE_CLAIM);
    if (f->tag.len)
        say_sentence(s, MESSAGE_TAG);
}

static void say_gaps(const struct saying *s)
{
    const struct finding *f = s->f;

    if (f->reason.len)
        say_sentence(s, MESSAGE_REASON);
    if (f->n_flows_listed > 0 && f->flows[0].flags & EVIDENCE_MIDSTREAM)
        say_sentence(s, MESSAGE_MIDSTREAM);
    say_one_sided(s);
    if (f->n_truncated)
        say_sentence(s, MESSAGE_TRUNCATED);
    if (f->n_gaps)
        say_sentence(s, MESSAGE_GAPS);
}

static void say_mining(const struct saying *s)
{
    say_sentence(s, s->f->agent.len ? MESSAGE_SPOKE_AGENT : MESSAGE_SPOKE);
    say_work(s);
    say_gaps(s);
}

static void say_what(const struct saying *s)
{
    const struct finding *f = s->f;

    if (is_peer(f))
        say_sentence(s, f->agent.len ? MESSAGE_NODE_AGENT : MESSAGE_NODE);
    else if (finding_is_contact(f))
        say_contact(s);
    else if (finding_is_lookup(f))
        say_lookup(s);
    else if (f->kind == FINDING_POOL_SERVICE)
        say_service(s);
    else if (f->kind == FINDING_POOL_SCAN)
        say_scan(s);
    else if (f->kind == FINDING_CAMPAIGN)
        say_campaign(s);
    else
        say_mining(s);
}

void wording_summary(const struct finding *f, const struct about *about, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);
    struct saying s = say_of(f, about, language, &o);

    say_what(&s);
    say_about(&s);
    if (f->allowed)
        say_sentence(&s, MESSAGE_ALLOWED);
    say_finish(&s);
}

void wording_detail(const struct finding *f, enum evidence_kind kind, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);
    struct saying s = say_of(f, NULL, language, &o);

    say(&s, message_detail(kind));
    say_finish(&s);
}

void wording_address(const struct finding *f, const struct finding_row *row, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);
    struct saying s = say_of(f, NULL, language, &o);

    s.row = row;
    say(&s, message_detail(EVIDENCE_LISTED));
    say_finish(&s);
}

const char *wording_falsified_by(enum evidence_kind kind, enum language language)
{
    return message_text(message_falsified(kind), language);
}
