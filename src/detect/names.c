/*
 * names.c - from datagrams to evidence of class `name`.
 *
 * Every datagram passes a gate on its 12 bytes of header, whatever its port. The few that begin like
 * DNS are walked, and each name is looked up in the feeds. Only messages with a listed name are decoded
 * in full, by ldns, for what they were answered.
 *
 * Of two listed names in a message the question counts, else the first alias: it is what the client
 * asked for. False positives: whoever asks for a listed name is reported, be it a person, a crawler or a
 * resolver that asks for others; that is why a lookup is a lead and no proof.
 */
#include "config.h"

#include "detect/names.h"

#include "base/out.h"
#include "message/dns.h"
#include "message/dns_ldns.h"

struct walk {
    const struct feed *feed;
    ns_t now;
    struct names_hit *hit;
};

static bool take_name(void *arg, enum dns_place place, const struct name *name)
{
    struct walk *w = arg;

    if (place == DNS_QUESTION)
        w->hit->asked = *name;
    w->hit->row = feed_find(w->feed, name, w->now);
    if (w->hit->row == 0)
        return true;
    w->hit->name = *name;
    w->hit->is_alias = place == DNS_ALIAS;
    return false;
}

bool names_look(const struct feed *feed, const struct packet *p, struct names_hit *hit, struct names_counters *c)
{
    struct walk w = {feed, p->frame->time_ns, hit};
    bool on_port = p->sport == NAMES_PORT || p->dport == NAMES_PORT;
    enum dns_result result;
    struct dns_head head;

    if (!feed)
        return false;
    if (!dns_may_be(p->payload)) {
        c->malformed += on_port && p->payload.n > 0;
        return false;
    }
    name_init(&hit->asked);
    hit->row = 0;
    result = dns_walk(p->payload, &head, take_name, &w);
    if (hit->row == 0 && !on_port && result != DNS_WHOLE)
        return false; /* something else that begins alike */
    c->messages++;
    c->malformed += result == DNS_MALFORMED;
    c->limited += result == DNS_LIMIT;
    if (hit->row == 0)
        return false;
    c->hits++;
    hit->response = head.response;
    hit->id = head.id;
    hit->rcode = head.rcode;
    hit->n_answers = head.n_answers;
    return true;
}

/* Addresses that lead nowhere: what blocking resolvers answer instead of the truth. */
static bool is_sink(const struct addr *a)
{
    static const struct addr loopback = {{[15] = 1}};

    if (addr_is_v4(a))
        return a->b[12] == 0 || a->b[12] == 127;
    return addr_is_none(a) || addr_cmp(a, &loopback) == 0;
}

/* What the answer means for the client; writes it to o. */
static enum evidence_kind read_answer(const struct names_hit *hit, const struct packet *p, struct out *o)
{
    struct dns_answer answer;
    bool known = dns_ldns_read(p->payload, &answer);
    unsigned rcode = known ? answer.rcode : hit->rcode;
    uint32_t n_sinks = 0;

    if (rcode != DNS_NOERROR) {
        out_str(o, rcode == DNS_NXDOMAIN ? "no such name" : rcode == DNS_REFUSED ? "refused" : "the server failed");
        return EVIDENCE_NAME_DENIED;
    }
    if (!known) /* cut by the snap length, or longer than ldns is trusted with */
        return hit->n_answers > 0 ? EVIDENCE_NAME_ANSWERED : EVIDENCE_NAME_ASKED;
    for (uint32_t i = 0; i < answer.n_addrs; i++) {
        n_sinks += is_sink(&answer.addr[i]);
        if (i > 0)
            out_str(o, ", ");
        addr_print(&answer.addr[i], o);
    }
    if (answer.n_addrs_total > answer.n_addrs)
        out_fmt(o, " and %u more", answer.n_addrs_total - answer.n_addrs);
    if (answer.n_addrs == 0) /* the name has no address of the type asked for; of another it may */
        return EVIDENCE_NAME_ASKED;
    return n_sinks == answer.n_addrs ? EVIDENCE_NAME_DENIED : EVIDENCE_NAME_ANSWERED;
}

static void add_name(struct evidence *e, enum evidence_text tag, const struct name *name)
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
static uint64_t digest_of(const struct names_hit *hit, const struct packet *p, const struct hash_key *key)
{
    struct {
        struct addr src, dst;
        uint16_t sport, dport, id, response;
        uint64_t asked;
    } what = {p->src, p->dst, p->sport, p->dport, hit->id, hit->response, hash_64(key, name_view(&hit->asked))};
    uint64_t h = hash_64(key, view_of(&what, sizeof(what)));

    return h ? h : 1;
}

void names_evidence(const struct names_hit *hit, const struct packet *p, const struct hash_key *key, struct evidence *e)
{
    static const uint8_t no_mac[6] = {0};
    struct endpoint src = {p->src, p->sport}, dst = {p->dst, p->dport};
    char text[EVIDENCE_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));
    struct view mac;
    enum evidence_kind kind = hit->response ? read_answer(hit, p, &o) : EVIDENCE_NAME_ASKED;

    *e = (struct evidence){
        .version = EVIDENCE_VERSION,
        .time_ns = p->frame->time_ns,
        .flow_start_ns = p->frame->time_ns,
        .flow_last_ns = p->frame->time_ns,
        .frame = p->frame->number,
        .file = p->frame->file,
        .miner = hit->response ? dst : src,
        .pool = hit->response ? src : dst,
        .kind = (uint8_t)kind,
        .direction = hit->response ? DIRECTION_TO_MINER : DIRECTION_TO_POOL,
        .stage = STAGE_LOOKUP,
        .n_messages = 1,
        .digest = digest_of(hit, p, key),
        .feed_row = hit->row,
    };
    if (p->n_encap) {
        e->flags |= EVIDENCE_HAS_ENCAP;
        e->vni = p->vni;
        e->outer_src = p->outer_src;
        e->outer_dst = p->outer_dst;
    }
    mac = view_sub(p->macs, hit->response ? 0 : 6, sizeof(e->mac));
    if (mac.n && memcmp(mac.p, no_mac, sizeof(no_mac)) != 0) {
        memcpy(e->mac, mac.p, sizeof(e->mac));
        e->flags |= EVIDENCE_HAS_MACS;
    }
    add_name(e, TEXT_NAME, &hit->name);
    if (hit->is_alias) /* the room that is left is enough for all but very long names: then it is left out */
        add_name(e, TEXT_ASKED, &hit->asked);
    if (o.n)
        evidence_add_text(e, TEXT_ANSWER, out_view(&o), o.full);
}
