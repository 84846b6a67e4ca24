/*
 * names.c - from DNS messages to their meaning, and to evidence of class `name`.
 *
 * Every datagram passes a gate on its 12 bytes of header, whatever its port; binary.c finds messages in TCP streams. The few that begin like DNS are walked, and the
 * names are looked up in the feeds to which the question leads: itself, and what CNAME, DNAME, SVCB, HTTPS, SRV, MX and PTR
 * records say of it, in whatever order they stand. A record whose owner the question does not lead to is none of its answer:
 * whoever can add one to a reply must not be able to hang a lookup on its client. The same holds for addresses.
 *
 * Messages with a listed name are also decoded in full by ldns; where the two readers disagree it is counted.
 *
 * Of two listed names in a message the question counts, else the first to which it leads: it is what the client
 * asked for. False positives: whoever asks for a listed name is reported, be it a person, a crawler or a
 * resolver that asks for others; that is why a lookup is a lead and no proof.
 */
#include "config.h"

#include "detect/names.h"

#include "base/out.h"
#include "message/dns.h"
#include "message/dns_ldns.h"

#define NAMES_MAX 32   /* distinct names of one message that are kept; longest chain seen: 9 */
#define BYTES_MAX 4096 /* of these names */
#define RECORDS_MAX (DNS_RECORDS_MAX + DNS_HINTS_MAX)
#define ADDRS_SHOWN 4 /* in the text of an answer */
#define NO_NAME UINT8_MAX

/*
 * Names made by DNAME records in one message. An honest answer has one or two such records, and a chain of NAMES_MAX names is not
 * longer; records that all fit all names would make 2,048, each compared with all names.
 */
#define SUBSTITUTES_MAX 64

/* A record that may lead on: from the name `owner` to the name `target` or, when that is NO_NAME, to an address. */
struct link {
    uint8_t owner, target; /* indexes of names */
    bool is_tree;          /* DNAME: what is below the owner is below the target */
    uint32_t ttl_s;
    struct addr addr;
};

/*
 * A message's names and records, for those whose records do not stand in the order in which they lead on: then all are
 * remembered, and followed afterwards.
 */
struct graph {
    const struct name *asked;
    uint32_t asked_at; /* where the question begins */
    unsigned n_names, n_bytes, n_links, n_substitutes;
    bool full;              /* a name was left out for want of room, or one that a DNAME makes */
    uint16_t at[NAMES_MAX]; /* where each name begins */
    uint8_t len[NAMES_MAX];
    uint32_t place[NAMES_MAX]; /* in the message, of one that has the name */
    uint8_t order[NAMES_MAX];  /* the names that the question leads to, as they were reached */
    bool reached[NAMES_MAX];
    uint8_t bytes[BYTES_MAX];
    struct link link[RECORDS_MAX];
};

/* A message in the usual order, in which each record says something of the name that the one before it led to. */
struct reader {
    const struct feed *feed;
    ns_t now;
    struct names_message *m;
    bool asks;       /* the class of the question is one in which names lead to addresses */
    bool unsorted;   /* a record has another owner, or leads on for names below it, too: nothing of m but the question holds */
    struct name end; /* to which the records so far lead; set when end_at is not that of the question */
    uint32_t asked_at, end_at;
    uint32_t ttl_s;
    uint64_t seen; /* of add_addr */
};

static struct view name_at(const struct graph *a, unsigned i)
{
    return view_of(a->bytes + a->at[i], a->len[i]);
}

/* The number of a name in wire form, made of two parts; NO_NAME when there is no room for it. */
static uint8_t intern(struct graph *a, struct view head, struct view tail)
{
    size_t n = head.n + tail.n;

    for (unsigned i = 0; i < a->n_names; i++) {
        struct view known = name_at(a, i);

        if (known.n == n && view_eq(view_head(known, head.n), head) && view_eq(view_skip(known, head.n), tail))
            return (uint8_t)i;
    }
    if (n > NAME_BYTES_MAX) /* no name at all: RFC 6672 section 2.2 */
        return NO_NAME;
    if (a->n_names == NAMES_MAX || a->n_bytes + n > BYTES_MAX) {
        a->full = true;
        return NO_NAME;
    }
    a->at[a->n_names] = (uint16_t)a->n_bytes;
    a->len[a->n_names] = (uint8_t)n;
    a->place[a->n_names] = 0;
    a->reached[a->n_names] = false;
    if (head.n)
        memcpy(a->bytes + a->n_bytes, head.p, head.n);
    if (tail.n)
        memcpy(a->bytes + a->n_bytes + head.n, tail.p, tail.n);
    a->n_bytes += (unsigned)n;
    return (uint8_t)a->n_names++;
}

/* The number of the name that begins at `place` of the message. */
static uint8_t number_of(struct graph *a, const struct name *name, uint32_t place)
{
    uint8_t i = 0;

    while (i < a->n_names && a->place[i] != place)
        i++;
    if (i < a->n_names && place > 0)
        return i;
    i = intern(a, name_view(name), view_of(name->b, 0));
    if (i != NO_NAME)
        a->place[i] = place;
    return i;
}

static bool take_link(void *arg, enum dns_place place, const struct dns_record *r)
{
    struct graph *a = arg;
    struct link *link;

    if (place == DNS_QUESTION || (!r->target && !r->has_addr) || a->n_links == RECORDS_MAX)
        return true;
    if (a->n_names == 0)
        number_of(a, a->asked, a->asked_at);
    link = &a->link[a->n_links];
    link->owner = number_of(a, r->owner, r->owner_at);
    link->target = r->target ? number_of(a, r->target, r->target_at) : NO_NAME;
    if (link->owner == NO_NAME || (r->target && link->target == NO_NAME))
        return true;
    link->is_tree = r->type == DNS_DNAME;
    link->ttl_s = r->ttl_s;
    link->addr = r->addr;
    a->n_links++;
    return true;
}

/* The name that a DNAME record makes of the i-th: what stands before its owner, and its target. NO_NAME: it is not below the owner. */
static uint8_t substitute(struct graph *a, unsigned i, const struct link *link)
{
    struct view name = name_at(a, i), owner = name_at(a, link->owner);
    size_t n = 0;

    while (n < name.n && name.n - n > owner.n)
        n += 1u + name.p[n];
    if (n == 0 || name.n - n != owner.n || !view_eq(view_skip(name, n), owner))
        return NO_NAME;
    if (a->n_substitutes == SUBSTITUTES_MAX) {
        a->full = true;
        return NO_NAME;
    }
    a->n_substitutes++;
    return intern(a, view_head(name, n), name_at(a, link->target));
}

static void lower(uint32_t *least, uint32_t ttl_s)
{
    *least = ttl_s < *least ? ttl_s : *least;
}

/* Follows the records from the question on; gives how many names it leads to. */
static unsigned follow(struct graph *a, uint32_t *ttl_s)
{
    unsigned n = 1;

    a->order[0] = 0;
    a->reached[0] = true;
    for (unsigned done = 0; done < n; done++) {
        unsigned name = a->order[done];

        for (unsigned i = 0; i < a->n_links; i++) {
            const struct link *link = &a->link[i];
            unsigned to = link->target;

            if (to == NO_NAME || (!link->is_tree && link->owner != name))
                continue;
            if (link->is_tree)
                to = substitute(a, name, link);
            if (to == NO_NAME)
                continue;
            lower(ttl_s, link->ttl_s);
            if (a->reached[to])
                continue;
            a->reached[to] = true;
            a->order[n++] = (uint8_t)to;
        }
    }
    return n;
}

/* *seen: a bit for each address so far, of 64; begins as 0. Where an address has its bit alone, none before is its equal. */
static void add_addr(struct names_message *m, const struct addr *addr, uint64_t *seen)
{
    uint64_t words[2], bit;

    memcpy(words, addr->b, sizeof(words));
    bit = UINT64_C(1) << ((words[0] ^ words[1]) * UINT64_C(0x9e3779b97f4a7c15) >> 58);
    for (uint32_t i = 0; UNLIKELY(*seen & bit) && i < m->n_addrs; i++)
        if (addr_eq(&m->addr[i], addr)) /* a hint beside its record */
            return;
    *seen |= bit;
    if (m->n_addrs < NAMES_ADDRS)
        m->addr[m->n_addrs++] = *addr;
    m->n_addrs_total++;
}

/* Looks up what the question leads to, in this order, until one is listed; and keeps the addresses. */
static void resolve(struct graph *a, const struct feed *feed, ns_t now, struct names_message *m)
{
    uint32_t ttl_s = UINT32_MAX;
    uint64_t seen = 0;
    unsigned n = follow(a, &ttl_s);

    for (unsigned i = 1; i < n && m->row == 0; i++) {
        name_init(&m->listed);
        name_add_labels(&m->listed, name_at(a, a->order[i]));
        m->row = feed_find(feed, &m->listed, now);
        m->is_alias = m->row != 0;
    }
    for (unsigned i = 0; i < a->n_links; i++) {
        const struct link *link = &a->link[i];

        if (link->target != NO_NAME || !a->reached[link->owner])
            continue;
        add_addr(m, &link->addr, &seen);
        lower(&ttl_s, link->ttl_s);
    }
    m->ttl_s = ttl_s == UINT32_MAX ? 0 : ttl_s;
}

/* Reads the message once more, in whatever order its records stand. False when not all of its names were looked at. */
static ATTR_NOINLINE bool read_unsorted(const struct reader *r, struct view message)
{
    struct names_message *m = r->m;
    struct dns_head head;
    struct graph a;

    if (m->is_alias) {
        m->row = 0;
        m->is_alias = false;
    }
    m->n_addrs = m->n_addrs_total = m->ttl_s = 0;
    a.asked = &m->asked;
    a.asked_at = r->asked_at;
    a.n_names = a.n_bytes = a.n_links = a.n_substitutes = 0;
    a.full = false;
    dns_walk(message, &head, take_link, &a);
    if (a.n_links > 0)
        resolve(&a, r->feed, r->now, m);
    return !a.full;
}

static ATTR_NOINLINE void take_question(struct reader *a, const struct dns_record *r)
{
    struct names_message *m = a->m;

    name_copy(&m->asked, r->owner);
    a->asks = (r->class_ == DNS_IN || r->class_ == DNS_ANY || r->class_ == 0) && r->owner->n_labels > 0;
    a->asked_at = a->end_at = r->owner_at;
    m->row = a->asks ? feed_find(a->feed, r->owner, a->now) : 0;
    if (m->row)
        m->listed = m->asked;
}

/* An alias, or what is not said of the name that the records so far lead to. */
static ATTR_NOINLINE void take_other(struct reader *a, const struct dns_record *r)
{
    struct names_message *m = a->m;

    if (r->owner_at != a->end_at) {
        const struct name *end = a->end_at == a->asked_at ? &m->asked : &a->end;

        a->unsorted = !view_eq(name_view(r->owner), name_view(end));
    }
    a->unsorted |= r->type == DNS_DNAME;
    if (a->unsorted)
        return;
    lower(&a->ttl_s, r->ttl_s);
    if (!r->target) {
        add_addr(m, &r->addr, &a->seen);
        return;
    }
    name_copy(&a->end, r->target);
    a->end_at = r->target_at;
    if (m->row == 0 && (m->row = feed_find(a->feed, &a->end, a->now)) != 0) {
        m->listed = a->end;
        m->is_alias = true;
    }
}

static bool take_record(void *arg, enum dns_place place, const struct dns_record *r)
{
    struct reader *a = arg;

    if (UNLIKELY(place == DNS_QUESTION))
        take_question(a, r);
    else if (!a->asks || a->unsorted || !(r->target || r->has_addr))
        ;
    else if (r->target || r->owner_at != a->end_at)
        take_other(a, r);
    else {
        lower(&a->ttl_s, r->ttl_s);
        add_addr(a->m, &r->addr, &a->seen);
    }
    return true;
}

/* The second reader's opinion: the same response code, and no address that it does not see. */
static bool is_disputed(const struct names_message *m, struct view message)
{
    struct dns_answer answer;

    if (!dns_ldns_read(message, &answer))
        return false; /* cut by a snap length, longer than ldns is trusted with, or with a fault that does not matter here */
    for (uint32_t i = 0; i < m->n_addrs; i++) {
        uint32_t k = 0;

        while (k < answer.n_addrs && addr_cmp(&m->addr[i], &answer.addr[k]) != 0)
            k++;
        if (k == answer.n_addrs && answer.n_hints == 0 && answer.n_addrs == answer.n_addrs_total)
            return true;
    }
    return answer.rcode != m->rcode;
}

bool names_read(const struct feed *feed, struct view message, unsigned how, ns_t now, struct names_message *m,
                struct names_counters *c)
{
    enum dns_result result;
    struct dns_head head;
    struct reader a;

    if (!(how & NAMES_BY_STREAM) && !dns_may_be(message) && !((how & NAMES_ON_PORT) && dns_may_be_on_port(message))) {
        c->malformed += (how & NAMES_ON_PORT) && message.n > 0;
        return false;
    }
    name_init(&m->asked);
    m->row = m->n_addrs = m->n_addrs_total = 0;
    m->is_alias = m->blocked = false;
    a.feed = feed;
    a.now = now;
    a.m = m;
    a.asks = a.unsorted = false;
    a.asked_at = a.end_at = 0;
    a.ttl_s = UINT32_MAX;
    a.seen = 0;
    result = dns_walk(message, &head, take_record, &a);
    m->ttl_s = a.ttl_s == UINT32_MAX ? 0 : a.ttl_s;
    if (UNLIKELY(!head.response && head.n_answers > 0)) { /* what a question says of its own name is no answer */
        m->row = m->is_alias ? 0 : m->row;
        m->is_alias = false;
        m->n_addrs = m->n_addrs_total = m->ttl_s = 0;
    } else if (UNLIKELY(a.unsorted) && !read_unsorted(&a, message) && result == DNS_WHOLE)
        result = DNS_LIMIT;
    if (m->row == 0 && !(how & (NAMES_ON_PORT | NAMES_BY_STREAM)) && result != DNS_WHOLE)
        return false; /* something else that begins alike */
    m->response = head.response;
    m->incomplete = result != DNS_WHOLE && head.n_answers > 0;
    m->cut = head.cut || m->incomplete;
    m->id = head.id;
    m->rcode = m->row || how & NAMES_RCODE ? dns_rcode(message, &head) : head.rcode;
    m->qtype = head.qtype;
    c->messages++;
    c->tcp += (how & NAMES_BY_STREAM) != 0;
    if (UNLIKELY(result != DNS_WHOLE || m->n_addrs < m->n_addrs_total)) {
        c->malformed += result == DNS_MALFORMED;
        c->limited += result == DNS_LIMIT || m->n_addrs < m->n_addrs_total;
    }
    if (UNLIKELY(m->row != 0)) {
        c->hits++;
        c->disputed += m->response && is_disputed(m, message);
    }
    return true;
}

bool names_is_sink(const struct addr *a)
{
    static const struct addr loopback = {{[15] = 1}};

    if (addr_is_v4(a))
        return a->b[12] == 0 || a->b[12] == 127;
    return addr_is_none(a) || addr_cmp(a, &loopback) == 0;
}

/* What the answer means for the client; writes it to o. */
static enum evidence_kind read_answer(const struct names_message *m, struct out *o)
{
    uint32_t n_sinks = 0;

    if (m->blocked) {
        out_str(o, "blocked by the resolver's firewall");
        return EVIDENCE_NAME_DENIED;
    }
    if (m->rcode != DNS_NOERROR) {
        out_str(o, m->rcode == DNS_NXDOMAIN ? "no such name" : m->rcode == DNS_REFUSED ? "refused" : "the server failed");
        return EVIDENCE_NAME_DENIED;
    }
    for (uint32_t i = 0; i < m->n_addrs; i++) {
        n_sinks += names_is_sink(&m->addr[i]);
        if (i >= ADDRS_SHOWN)
            continue;
        if (i > 0)
            out_str(o, ", ");
        addr_print(&m->addr[i], o);
    }
    if (m->n_addrs_total > ADDRS_SHOWN)
        out_fmt(o, " and %u more", m->n_addrs_total - ADDRS_SHOWN);
    if (m->n_addrs == 0) /* the name has no address of the type asked for; of another it may. Or they were not captured. */
        return m->incomplete ? EVIDENCE_NAME_ANSWERED : EVIDENCE_NAME_ASKED;
    return n_sinks == m->n_addrs ? EVIDENCE_NAME_DENIED : EVIDENCE_NAME_ANSWERED;
}

void names_add_text(struct evidence *e, enum evidence_text tag, const struct name *name)
{
    char text[NAME_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    name_print(name, &o);
    evidence_add_text(e, tag, view_head(out_view(&o), EVIDENCE_TEXT_MAX), o.n > EVIDENCE_TEXT_MAX);
}

/*
 * What copies of a message have in common: who asked whom for what, with which number, and which way it went. The name
 * is in it as some clients and tests number all their questions alike. Never 0.
 */
static uint64_t digest_of(const struct names_origin *o, const struct names_message *m, const struct hash_key *key)
{
    const struct endpoint *src = m->response ? &o->server : &o->client, *dst = m->response ? &o->client : &o->server;
    struct {
        struct addr src, dst;
        uint16_t sport, dport, id, response;
        uint64_t asked;
    } what = {src->addr, dst->addr, src->port, dst->port, m->id, m->response, hash_64(key, name_view(&m->asked))};
    uint64_t h = hash_64(key, view_of(&what, sizeof(what)));

    return h ? h : 1;
}

void names_origin_of(const struct packet *p, bool response, struct names_origin *o)
{
    static const uint8_t no_mac[6] = {0};
    struct view mac = view_sub(p->macs, response ? 0 : 6, sizeof(o->mac));
    struct endpoint src = {p->src, p->sport}, dst = {p->dst, p->dport};

    *o = (struct names_origin){
        .client = response ? dst : src,
        .server = response ? src : dst,
        .time_ns = p->frame->time_ns,
        .frame = p->frame->number,
        .file = p->frame->file,
    };
    if (p->n_encap) {
        o->has_encap = true;
        o->vni = p->vni;
        o->outer_src = p->outer_src;
        o->outer_dst = p->outer_dst;
    }
    if (mac.n && memcmp(mac.p, no_mac, sizeof(no_mac)) != 0) {
        memcpy(o->mac, mac.p, sizeof(o->mac));
        o->has_mac = true;
    }
}

void names_evidence(const struct names_origin *o, const struct names_message *m, const struct hash_key *key, struct evidence *e)
{
    char text[EVIDENCE_TEXT_MAX];
    struct out said = out_of(text, sizeof(text));
    enum evidence_kind kind = m->response ? read_answer(m, &said) : EVIDENCE_NAME_ASKED;

    *e = (struct evidence){
        .version = EVIDENCE_VERSION,
        .time_ns = o->time_ns,
        .flow_start_ns = o->time_ns,
        .flow_last_ns = o->time_ns,
        .frame = o->frame,
        .file = o->file,
        .miner = o->client,
        .pool = o->server,
        .kind = (uint8_t)kind,
        .direction = m->response ? DIRECTION_TO_MINER : DIRECTION_TO_POOL,
        .stage = STAGE_LOOKUP,
        .n_messages = 1,
        .digest = digest_of(o, m, key),
        .feed_row = m->row,
    };
    if (o->has_encap) {
        e->flags |= EVIDENCE_HAS_ENCAP;
        e->vni = o->vni;
        e->outer_src = o->outer_src;
        e->outer_dst = o->outer_dst;
    }
    if (o->has_mac) {
        memcpy(e->mac, o->mac, sizeof(e->mac));
        e->flags |= EVIDENCE_HAS_MACS;
    }
    names_add_text(e, TEXT_NAME, &m->listed);
    if (m->is_alias) /* the room that is left is enough for all but very long names: then it is left out */
        names_add_text(e, TEXT_ASKED, &m->asked);
    if (said.n)
        evidence_add_text(e, TEXT_ANSWER, out_view(&said), said.full);
}
