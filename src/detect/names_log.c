/*
 * names_log.c - from entries to names_message, and to events.
 */
#include "config.h"

#include "detect/names_log.h"

#include "base/addr_parse.h"
#include "message/dns.h"

#define OWNER_BYTES 264 /* four identifiers of DNS_LOG_ID_MAX bytes, and blanks */

void names_log_init(struct names_log *l, const struct feed *feed, const struct hash_key *key, evidence_fn *emit, void *arg)
{
    *l = (struct names_log){.feed = feed, .key = key, .emit = emit, .arg = arg};
    l->stats.first_ns = INT64_MAX;
    l->stats.last_ns = INT64_MIN;
    passive_init(&l->passive, NULL, NULL, 0);
}

void names_log_refuse(struct names_log *l, enum dns_log_fault fault)
{
    l->stats.refused[fault]++;
}

uint64_t names_log_refused(const struct names_log_stats *s)
{
    uint64_t n = 0;

    for (int fault = 0; fault < DNS_LOG_FAULT_N; fault++)
        n += fault == DNS_LOG_CONTROL ? 0 : s->refused[fault];
    return n;
}

/* Words before the target: the preference of MX; priority, weight and port of SRV; the priority of SVCB and HTTPS. */
static int words_before(unsigned type)
{
    switch (type) {
    case DNS_CNAME:
    case DNS_DNAME:
    case DNS_PTR: return 0;
    case DNS_MX:
    case DNS_SVCB:
    case DNS_HTTPS: return 1;
    case DNS_SRV: return 3;
    default: return -1;
    }
}

/* The name that an answer leads to. False when it leads to none. */
static bool read_target(const struct dns_log_answer *a, struct name *target)
{
    int n = words_before(a->type);
    struct view v = a->rdata;

    if (n < 0 || a->cut)
        return false;
    for (; n > 0; n--)
        v = view_skip(v, view_find(v, ' ') + 1);
    return name_parse(target, view_head(v, view_find(v, ' ')));
}

static void look_up(struct names_log *l, const struct name *name, bool is_alias)
{
    struct names_message *m = &l->said;

    if (m->row || !l->feed)
        return;
    m->row = feed_find(l->feed, name, l->entry.time_ns);
    if (m->row) {
        m->listed = *name;
        m->is_alias = is_alias;
    }
}

static void add_addr(struct names_message *m, const struct addr *addr)
{
    if (m->n_addrs < NAMES_ADDRS)
        m->addr[m->n_addrs++] = *addr;
    m->n_addrs_total++;
}

/* What one answer says, for the message and for the event. */
static void take_answer(struct names_log *l, const struct dns_log_answer *a, bool counts)
{
    struct dns_event_answer out = {.type = a->type, .class_ = a->class_, .kind = DNS_DATA_TEXT, .text = a->rdata};

    out.text_cut = a->cut;
    if ((a->type == DNS_A || a->type == DNS_AAAA) && addr_parse(a->rdata, &out.addr)) {
        out.kind = DNS_DATA_ADDR;
        if (counts)
            add_addr(&l->said, &out.addr);
    } else if (read_target(a, &out.name)) {
        out.kind = words_before(a->type) == 0 ? DNS_DATA_NAME : DNS_DATA_TEXT; /* the other words are not left out */
        if (counts)
            look_up(l, &out.name, true);
    }
    dns_event_add(&l->event, &out);
}

/*
 * Equal addresses in two VPCs are two machines. The network of an entry goes where that of a tunnel goes, as a number: it
 * keeps findings apart, and is shown nowhere.
 */
static void set_network(const struct names_log *l, struct names_origin *o)
{
    const struct dns_log_id *vpc = &l->entry.vpc;
    struct hash128 h = hash_128(l->key, view_of(vpc->text, vpc->n));

    if (vpc->n == 0)
        return;
    o->has_encap = true;
    memcpy(o->outer_src.b, &h, sizeof(o->outer_src.b));
}

/* Stands for the number of a message, by which two questions are told from one that came twice. */
static uint16_t id_of(const struct names_log *l)
{
    return (uint16_t)(hash_64(l->key, view_of(l->entry.vpc.text, l->entry.vpc.n)) + l->entry.type);
}

static void put_id(struct out *o, const struct dns_log_id *id)
{
    if (o->n)
        out_char(o, ' ');
    out_bytes(o, id->n ? view_of(id->text, id->n) : view_str("-"));
}

/* Whose the client is, in the words of TEXT_OWNER; empty when the log does not say. */
static struct view owner_of(const struct dns_log_entry *entry, struct out *o)
{
    if (entry->account.n + entry->region.n + entry->vpc.n + entry->instance.n > 0) {
        put_id(o, &entry->account);
        put_id(o, &entry->region);
        put_id(o, &entry->vpc);
        put_id(o, &entry->instance);
    }
    return out_view(o);
}

/* An entry without a code and without answers says only that somebody asked. */
static void read_message(struct names_log *l)
{
    const struct dns_log_entry *e = &l->entry;
    bool counts = e->class_ == DNS_IN || e->class_ == DNS_ANY || e->class_ == 0; /* classes in which names lead to addresses */
    struct names_message *m = &l->said;
    struct json_walk walk = dns_log_answers(e);
    char text[OWNER_BYTES];
    struct out o = out_of(text, sizeof(text));
    struct dns_log_answer a;
    struct view owner;

    m->row = m->n_addrs = m->n_addrs_total = m->ttl_s = 0;
    m->is_alias = m->cut = m->incomplete = false;
    m->id = id_of(l);
    m->rcode = e->has_rcode ? e->rcode : 0;
    m->qtype = e->type;
    m->asked = e->asked;
    m->blocked = e->action == DNS_LOG_BLOCKED;
    dns_event_begin(&l->event, &e->asked);
    owner = owner_of(e, &o);
    l->event.flags = owner.n ? DNS_EVENT_HAS_OWNER : 0;
    if (owner.n)
        dns_event_put_owner(&l->event, owner);
    if (counts && e->asked.n_labels > 0)
        look_up(l, &e->asked, false);
    while (dns_log_next_answer(&walk, &l->scratch, &a))
        take_answer(l, &a, counts);
    m->response = e->has_rcode || m->blocked || l->event.n_answers > 0;
}

static void give_event(struct names_log *l, uint32_t file, uint64_t line)
{
    struct dns_event *e = &l->event;
    const struct names_message *m = &l->said;

    e->time_ns = l->entry.time_ns;
    e->frame = line;
    e->file = file;
    e->client = l->entry.client;
    e->type = l->entry.type;
    e->class_ = l->entry.class_;
    e->rcode = m->rcode;
    e->proto = DNS_EVENT_LOG;
    e->flags |= (uint16_t)((m->response ? DNS_EVENT_RESPONSE : 0) | (l->entry.has_rcode ? DNS_EVENT_HAS_RCODE : 0) |
                           (m->blocked ? DNS_EVENT_BLOCKED : 0));
    passive_give(&l->passive, e);
}

static void give_evidence(struct names_log *l, uint32_t file, uint64_t line)
{
    struct names_origin origin = {.client = l->entry.client, .time_ns = l->entry.time_ns, .frame = line, .file = file};
    char text[OWNER_BYTES];
    struct out o = out_of(text, sizeof(text));
    struct view owner;
    struct evidence e;

    set_network(l, &origin);
    names_evidence(&origin, &l->said, l->key, &e);
    owner = owner_of(&l->entry, &o);
    if (owner.n) /* behind names and answer, in the room that is left; beside the longest names there is none */
        (void)evidence_add_text(&e, TEXT_OWNER, owner, false);
    e.seq = ++l->seq;
    l->stats.hits++;
    l->stats.evidence++;
    l->emit(l->arg, &e);
}

enum dns_log_fault names_log_take(struct names_log *l, struct view text, uint32_t file, uint64_t line)
{
    enum dns_log_fault fault = dns_log_read(text, &l->scratch, &l->entry);
    struct names_log_stats *s = &l->stats;

    s->bytes += text.n;
    if (fault != DNS_LOG_OK) {
        names_log_refuse(l, fault);
        return fault;
    }
    s->entries++;
    s->blocked += l->entry.action == DNS_LOG_BLOCKED;
    s->first_ns = l->entry.time_ns < s->first_ns ? l->entry.time_ns : s->first_ns;
    s->last_ns = l->entry.time_ns > s->last_ns ? l->entry.time_ns : s->last_ns;
    read_message(l);
    if (passive_wants(&l->passive, l->entry.time_ns))
        give_event(l, file, line);
    if (l->said.row)
        give_evidence(l, file, line);
    return DNS_LOG_OK;
}
