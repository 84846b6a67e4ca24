/*
 * wording_advice.c - what to do about a finding: keep the machine from mining on without losing what it knows, then change the keys
 * that it had, look for the way in, and for others.
 *
 * A lookup or a contact is a lead: who asked is looked at first, and nothing is stopped for it.
 */
#include "config.h"

#include "finding/say.h"

/* What the miner runs in, as far as it is known; the most particular. */
enum place { PLACE_HOST, PLACE_INSTANCE, PLACE_TASK, PLACE_FARGATE, PLACE_POD, PLACE_N };

static const struct place_advice {
    enum message contain, rotate, entry;
} places[PLACE_N] = {
    [PLACE_HOST] = {MESSAGE_CONTAIN_HOST, MESSAGE_ROTATE_HOST, MESSAGE_ENTRY_HOST},
    [PLACE_INSTANCE] = {MESSAGE_CONTAIN_INSTANCE, MESSAGE_ROTATE_INSTANCE, MESSAGE_ENTRY_HOST},
    [PLACE_TASK] = {MESSAGE_CONTAIN_TASK, MESSAGE_ROTATE_TASK, MESSAGE_ENTRY_TASK},
    [PLACE_FARGATE] = {MESSAGE_CONTAIN_FARGATE, MESSAGE_ROTATE_TASK, MESSAGE_ENTRY_TASK},
    [PLACE_POD] = {MESSAGE_CONTAIN_POD, MESSAGE_ROTATE_POD, MESSAGE_ENTRY_POD},
};

static enum place place_of(const struct about_owner *o)
{
    if (o->aws.ecs.task.n)
        return view_is(o->aws.ecs.launch_type, "FARGATE") ? PLACE_FARGATE : PLACE_TASK;
    if (o->kubernetes.pod.n)
        return PLACE_POD;
    return o->aws.instance.n ? PLACE_INSTANCE : PLACE_HOST;
}

/* One doubt at most: that nobody answers weighs more than whose it is. */
static void say_doubt(const struct saying *s)
{
    if (s->f->one_sided)
        say_sentence(s, MESSAGE_ADVISE_ONE_SIDED);
    else if (s->about->owner.candidate)
        say_sentence(s, MESSAGE_ADVISE_GUESS);
}

static void advise_mining(const struct saying *s)
{
    const struct place_advice *p = &places[place_of(&s->about->owner)];

    say_doubt(s);
    say_sentence(s, p->contain);
    say_sentence(s, p->rotate);
    say_sentence(s, p->entry);
    say_sentence(s, s->f->login.len ? MESSAGE_OTHERS_WALLET : MESSAGE_OTHERS_POOL);
}

static void advise_service(const struct saying *s)
{
    const struct place_advice *p = &places[place_of(&s->about->owner)];

    say_doubt(s);
    say_sentence(s, p->contain);
    say_sentence(s, p->rotate);
    say_sentence(s, p->entry);
    say_sentence(s, MESSAGE_ADVISE_SERVICE);
}

static void advise_campaign(const struct saying *s)
{
    say_sentence(s, MESSAGE_ADVISE_CAMPAIGN);
    say_sentence(s, MESSAGE_ADVISE_CAMPAIGN_ENTRY);
    say_sentence(s, MESSAGE_ADVISE_CAMPAIGN_OTHERS);
}

static void advise_scan(const struct saying *s)
{
    say_sentence(s, MESSAGE_ADVISE_SCAN);
    say_sentence(s, MESSAGE_ADVISE_SCAN_WANTED);
}

static void advise_web(const struct saying *s)
{
    say_sentence(s, MESSAGE_ADVISE_WEB);
    say_sentence(s, MESSAGE_ADVISE_WEB_SITE);
    say_sentence(s, MESSAGE_ADVISE_WEB_BLOCK);
}

static void advise_lookup(const struct saying *s)
{
    enum feed_kind kind = s->f->row.kind;

    say_sentence(s, kind == FEED_WEBMINER ? MESSAGE_ADVISE_WEB_LOOKUP : MESSAGE_ADVISE_LOOKUP);
    say_sentence(s, MESSAGE_ADVISE_LOOKUP_RESOLVER);
    if (kind == FEED_DEAD)
        say_sentence(s, MESSAGE_ADVISE_DEAD);
    else if (kind == FEED_MALWARE)
        say_sentence(s, MESSAGE_ADVISE_MALWARE);
    else
        say_sentence(s, MESSAGE_ADVISE_LOOKUP_THEN);
}

static void advise_contact(const struct saying *s)
{
    say_sentence(s, s->f->row.kind == FEED_WEBMINER ? MESSAGE_ADVISE_WEB_LOOKUP : MESSAGE_ADVISE_CONTACT);
    if (s->f->row.kind == FEED_MALWARE)
        say_sentence(s, MESSAGE_ADVISE_MALWARE);
    say_sentence(s, MESSAGE_ADVISE_CONTACT_IF);
}

static void advise_node(const struct saying *s)
{
    say_sentence(s, MESSAGE_ADVISE_NODE);
    say_sentence(s, MESSAGE_ADVISE_NODE_ELSE);
}

static void advise(const struct saying *s)
{
    const struct finding *f = s->f;

    if (f->allowed)
        say_sentence(s, MESSAGE_ADVISE_ALLOWED);
    else if (f->kind == FINDING_COIN_NODE)
        advise_node(s);
    else if (finding_is_contact(f))
        advise_contact(s);
    else if (finding_is_lookup(f))
        advise_lookup(s);
    else if (f->kind == FINDING_POOL_SERVICE)
        advise_service(s);
    else if (f->kind == FINDING_POOL_SCAN)
        advise_scan(s);
    else if (f->kind == FINDING_CAMPAIGN)
        advise_campaign(s);
    else if (f->kind == FINDING_WEB_MINING)
        advise_web(s);
    else
        advise_mining(s);
}

void wording_advice(const struct finding *f, const struct about *about, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);
    struct saying s = say_of(f, about, language, &o);

    advise(&s);
    say_finish(&s);
}
