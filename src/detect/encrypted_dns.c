/*
 * encrypted_dns.c - who asks which resolver out of sight. RFC 7858 (TLS), RFC 8484 (HTTPS), RFC 9250 (QUIC).
 */
#include "config.h"

#include "detect/encrypted_dns.h"

#include "detect/resolvers.h"

#define PORT_TLS 853

/* A machine in its network; and what it asks, or nothing. No padding, as it is hashed. */
struct who {
    struct addr client, outer_lo, outer_hi, resolver;
    uint32_t vni, has_encap, port, way;
};

static void set_who(struct who *w, const struct addr *client, bool has_encap, const struct addr *outer_src,
                    const struct addr *outer_dst, uint32_t vni)
{
    bool in_order = addr_cmp(outer_src, outer_dst) <= 0;

    *w = (struct who){.client = *client};
    if (!has_encap)
        return;
    w->has_encap = 1;
    w->vni = vni;
    w->outer_lo = *(in_order ? outer_src : outer_dst); /* both directions of a mirror are one network */
    w->outer_hi = *(in_order ? outer_dst : outer_src);
}

static uint64_t key_of(const struct who *w, const struct hash_key *key)
{
    uint64_t h = hash_64(key, view_of(w, sizeof(*w)));

    return h ? h : 1;
}

static bool is_recent(const struct encrypted_dns_seen *seen, ns_t now)
{
    return now - seen->ns < ENCRYPTED_DNS_AGAIN_NS && seen->ns - now < ENCRYPTED_DNS_AGAIN_NS;
}

/* The place of a key: its own, a free one, or that of the oldest in its set. */
static struct encrypted_dns_seen *place_of(struct encrypted_dns_seen *table, uint64_t key)
{
    struct encrypted_dns_seen *set = &table[key % (ENCRYPTED_DNS_KEPT / ENCRYPTED_DNS_SET) * ENCRYPTED_DNS_SET], *oldest = set;

    for (unsigned i = 0; i < ENCRYPTED_DNS_SET; i++) {
        if (set[i].key == key || set[i].key == 0)
            return &set[i];
        if (set[i].ns < oldest->ns)
            oldest = &set[i];
    }
    return oldest;
}

/* True when something may be told in this second of packet time. */
static bool has_token(struct encrypted_dns *t, ns_t now)
{
    ns_t second = now / NS_PER_SEC;

    if (second != t->second) {
        t->second = second;
        t->n_in_second = 0;
    }
    return t->n_in_second++ < ENCRYPTED_DNS_RATE;
}

/* True when what w asks is due to be told; notes it. */
static bool is_news(struct encrypted_dns *t, const struct who *w, const struct hash_key *key, ns_t now)
{
    uint64_t pair = key_of(w, key);
    struct encrypted_dns_seen *seen = place_of(t->pair, pair);

    if (seen->key == pair && is_recent(seen, now))
        return false;
    if (!has_token(t, now)) { /* not noted: its next hello is told */
        t->ctr.untold++;
        return false;
    }
    *seen = (struct encrypted_dns_seen){pair, now};
    t->ctr.told++;
    return true;
}

/* Port 853 is for nothing else, whoever answers there; QUIC and TLS at 443 only count where a known resolver is. */
static const char *way_of(const struct packet *p)
{
    if (p->ip_proto == IPPROTO_NUM_UDP)
        return p->dport == PORT_TLS ? "DNS over QUIC" : "DNS over HTTPS (QUIC)";
    return p->dport == PORT_TLS ? "DNS over TLS" : "DNS over HTTPS";
}

static void fill(const struct packet *p, const char *name, struct evidence *e)
{
    *e = (struct evidence){
        .version = EVIDENCE_VERSION,
        .time_ns = p->frame->time_ns,
        .flow_start_ns = p->frame->time_ns,
        .flow_last_ns = p->frame->time_ns,
        .session_first_ns = p->frame->time_ns,
        .session_last_ns = p->frame->time_ns,
        .frame = p->frame->number,
        .file = p->frame->file,
        .miner = {p->src, p->sport},
        .pool = {p->dst, p->dport},
        .kind = EVIDENCE_FACTS,
        .direction = DIRECTION_TO_POOL,
        .flags = EVIDENCE_ASIDE,
    };
    if (p->n_encap) {
        e->flags |= EVIDENCE_HAS_ENCAP;
        e->vni = p->vni;
        e->outer_src = p->outer_src;
        e->outer_dst = p->outer_dst;
    }
    if (name)
        evidence_add_text(e, TEXT_HOST, view_str(name), false);
    evidence_add_text(e, TEXT_REASON, view_str(way_of(p)), false);
}

bool encrypted_dns_is(const struct packet *p)
{
    return p->dport == PORT_TLS || resolver_name(&p->dst);
}

bool encrypted_dns_take(struct encrypted_dns *t, const struct packet *p, const struct hash_key *key, struct evidence *e)
{
    struct encrypted_dns_seen *seen;
    ns_t now = p->frame->time_ns;
    struct who who;

    t->ctr.hellos++;
    set_who(&who, &p->src, p->n_encap > 0, &p->outer_src, &p->outer_dst, p->vni);
    seen = place_of(t->host, key_of(&who, key));
    *seen = (struct encrypted_dns_seen){key_of(&who, key), now};
    who.resolver = p->dst;
    who.port = p->dport;
    who.way = p->ip_proto == IPPROTO_NUM_UDP;
    if (!is_news(t, &who, key, now))
        return false;
    fill(p, resolver_name(&p->dst), e);
    return true;
}

bool encrypted_dns_knows(const struct encrypted_dns *t, const struct evidence *e, const struct hash_key *key)
{
    const struct encrypted_dns_seen *set;
    struct who who;
    uint64_t h;

    if (t->ctr.hellos == 0)
        return false;
    set_who(&who, &e->miner.addr, e->flags & EVIDENCE_HAS_ENCAP, &e->outer_src, &e->outer_dst, e->vni);
    h = key_of(&who, key);
    set = &t->host[h % (ENCRYPTED_DNS_KEPT / ENCRYPTED_DNS_SET) * ENCRYPTED_DNS_SET];
    for (unsigned i = 0; i < ENCRYPTED_DNS_SET; i++)
        if (set[i].key == h)
            return is_recent(&set[i], e->time_ns);
    return false;
}

bool encrypted_dns_is_news(struct encrypted_dns *t, const struct evidence *e, const struct hash_key *key)
{
    struct who who;

    set_who(&who, &e->miner.addr, e->flags & EVIDENCE_HAS_ENCAP, &e->outer_src, &e->outer_dst, e->vni);
    who.resolver = e->pool.addr;
    who.port = e->pool.port;
    return is_news(t, &who, key, e->time_ns);
}
