/*
 * passive.c - from a message to its event; the rate.
 */
#include "config.h"

#include "detect/passive.h"

#include "message/dns.h"

struct walk {
    struct dns_event event;
    bool has_question;
};

void passive_init(struct passive *p, dns_event_fn *emit, void *arg, uint32_t max_rate)
{
    *p = (struct passive){.emit = emit, .arg = arg, .max_rate = max_rate, .filled_ns = -NS_TIME_MAX};
}

/* Time that steps back fills nothing: the rate is one of packets in their order. */
bool passive_wants(struct passive *p, ns_t now)
{
    int64_t full = (int64_t)p->max_rate * NS_PER_SEC;
    ns_t step = now - p->filled_ns;

    if (!p->emit)
        return false;
    if (p->max_rate == 0)
        return true;
    if (step != 0)
        p->filled_ns = now;
    if (step >= NS_PER_SEC || step <= -NS_PER_SEC) /* a clock that was set */
        p->tokens = full;
    else if (step > 0)
        p->tokens = p->tokens + step * p->max_rate < full ? p->tokens + step * p->max_rate : full;
    if (p->tokens < NS_PER_SEC) {
        p->n_over++;
        return false;
    }
    p->tokens -= NS_PER_SEC;
    return true;
}

static void set_data(struct dns_event_answer *a, const struct dns_record *r)
{
    a->kind = DNS_DATA_NONE;
    if (r->has_addr) {
        a->kind = DNS_DATA_ADDR;
        a->addr = r->addr;
    } else if (r->target) {
        a->kind = DNS_DATA_NAME;
        a->name = *r->target;
    }
}

static bool take_record(void *arg, enum dns_place place, const struct dns_record *r)
{
    struct walk *w = arg;
    struct dns_event_answer a = {.has_owner = true, .has_ttl = true, .type = r->type, .class_ = r->class_, .ttl_s = r->ttl_s};

    if (place == DNS_QUESTION && !w->has_question) {
        dns_event_begin(&w->event, r->owner);
        w->event.type = r->type;
        w->event.class_ = r->class_;
        w->has_question = true;
    } else if (place == DNS_RECORD && w->has_question) {
        a.owner = *r->owner;
        a.port = r->port;
        set_data(&a, r);
        dns_event_add(&w->event, &a);
    }
    return true;
}

void passive_message(struct passive *p, const struct names_origin *o, const struct names_message *m, struct view message,
                     enum dns_event_proto proto)
{
    struct walk w;
    struct dns_event *e = &w.event;
    enum dns_result result;
    struct dns_head head;

    memset(e, 0, DNS_EVENT_HEAD);
    w.has_question = false;
    result = dns_walk(message, &head, take_record, &w);
    if (!w.has_question)
        dns_event_begin(e, &m->asked);
    e->time_ns = o->time_ns;
    e->frame = o->frame;
    e->file = o->file;
    e->client = o->client;
    e->server = o->server;
    e->id = m->id;
    e->rcode = m->rcode;
    e->proto = (uint8_t)proto;
    e->flags = DNS_EVENT_HAS_ID;
    if (o->has_encap) {
        e->flags |= DNS_EVENT_HAS_ENCAP;
        e->vni = o->vni;
        e->outer_src = o->outer_src;
    }
    if (m->response) {
        e->flags |= DNS_EVENT_RESPONSE | DNS_EVENT_HAS_RCODE;
        e->flags |= (uint16_t)((head.cut ? DNS_EVENT_TRUNCATED : 0) | (result != DNS_WHOLE ? DNS_EVENT_CUT : 0));
        if (head.n_answers > e->n_answers)
            e->n_answers = head.n_answers;
    }
    passive_give(p, e);
}
