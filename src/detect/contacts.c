/*
 * contacts.c - connections and the names that led to them.
 *
 * Whether a listed name leads to an address is a cheap question (name_memory_may_lead) and asked once for a connection. What is then
 * found in the memory counts when the newest name before the connection's start is the listed one, and no other is as new: the
 * same address of a CDN serves others under theirs. The start of a connection must have been seen: a name that was asked for in the middle of one is
 * not what led to it.
 *
 * False positives: a person who opens the pool's web site; a program that uses addresses longer than a name is believed, of a CDN.
 */
#include "config.h"

#include "detect/contacts.h"

#include "detect/session.h"

#include <stdlib.h>

#define PATIENCE 2 /* beats that an answer of another worker is waited for */

bool contacts_init(struct contacts *c, uint32_t max_names, const struct hash_key *key, struct dialogue_env *env,
                   contacts_named_fn *named, void *arg)
{
    *c = (struct contacts){.env = env, .named = named, .arg = arg};
    return name_memory_init(&c->memory, max_names, key);
}

void contacts_fini(struct contacts *c)
{
    name_memory_fini(&c->memory);
    free(c->fresh);
    c->fresh = NULL;
}

bool contacts_share(struct contacts *c, uint32_t n_others, contacts_tell_fn *tell, void *arg)
{
    c->fresh = calloc(CONTACTS_NEW, sizeof(*c->fresh));
    c->n_others = n_others < CONTACTS_WORKERS ? n_others : CONTACTS_WORKERS - 1;
    c->tell = tell;
    c->tell_arg = arg;
    return c->fresh;
}

/* --- names between processes ----------------------------------------------------------------------- */

static void put_name(struct contacts_name *to, const struct name *name)
{
    to->n = name->n;
    memcpy(to->bytes, name->b, name->n);
}

/* False when it is no name. An empty one is none either, but right. */
static bool get_name(const struct contacts_name *from, struct name *name)
{
    struct buf b = buf_of(view_of(from->bytes, min_size(from->n, sizeof(from->bytes))));

    name_init(name);
    while (buf_left(&b) > 0)
        if (!name_add_label(name, buf_take(&b, buf_u8(&b))) || !buf_ok(&b))
            return false;
    return from->n <= sizeof(from->bytes);
}

static bool is_time(int64_t t)
{
    return t >= -NS_TIME_MAX && t <= NS_TIME_MAX;
}

/* --- evidence ------------------------------------------------------------------------------------------ */

static uint64_t digest_of(const struct contacts *c, const struct endpoint *client, const struct endpoint *to)
{
    struct {
        struct addr client, to;
        uint16_t sport, dport, zero[2];
    } what = {client->addr, to->addr, client->port, to->port, {0, 0}};
    uint64_t h = hash_64(c->memory.hash, view_of(&what, sizeof(what)));

    return h ? h : 1;
}

static void emit(struct contacts *c, const struct contacts_flow *fl, int dir, const struct name_found *found, uint32_t row)
{
    static const uint8_t no_mac[6] = {0};
    bool alias = !view_eq(name_view(&found->asked), name_view(&found->listed));
    struct evidence e = {
        .version = EVIDENCE_VERSION,
        .worker = c->env->worker,
        .seq = ++c->env->seq,
        .time_ns = fl->start_ns,
        .flow_start_ns = fl->start_ns,
        .flow_last_ns = fl->start_ns,
        .frame = fl->frame,
        .file = fl->file,
        .vni = fl->vni,
        .miner = fl->ends[dir],
        .pool = fl->ends[!dir],
        .outer_src = fl->outer_src,
        .outer_dst = fl->outer_dst,
        .kind = EVIDENCE_CONTACT,
        .direction = DIRECTION_TO_POOL,
        .stage = STAGE_CONTACT,
        .bytes = {fl->bytes[dir], fl->bytes[!dir]},
        .packets = {fl->packets[dir], fl->packets[!dir]},
        .digest = digest_of(c, &fl->ends[dir], &fl->ends[!dir]),
        .feed_generation = c->feed_generation,
        .feed_row = row,
    };

    memcpy(e.mac, fl->mac[dir], sizeof(e.mac));
    e.flags = (uint16_t)((fl->has_encap ? EVIDENCE_HAS_ENCAP : 0) |
                         (memcmp(e.mac, no_mac, sizeof(no_mac)) != 0 ? EVIDENCE_HAS_MACS : 0) |
                         (fl->packets[0] && fl->packets[1] ? 0 : EVIDENCE_ONE_SIDED));
    names_add_text(&e, TEXT_NAME, &found->listed);
    if (alias)
        names_add_text(&e, TEXT_ASKED, &found->asked);
    c->ctr.contacts++;
    c->env->emit(c->env->arg, &e);
}

/* The row of a name by which a connection is a contact; 0 = it is none. The lists may have changed since the answer. */
static uint32_t row_of(const struct contacts *c, const struct name_found *found, ns_t when)
{
    uint32_t row = found->listed.n ? feed_find(c->feed, &found->listed, when) : 0;
    struct feed_row listed;

    return row && feed_row_at(c->feed, row, &listed) && listed.kind != FEED_NODE ? row : 0;
}

/* --- questions to others --------------------------------------------------------------------------- */

static struct name_place place_of(const struct contacts_flow *fl)
{
    return name_place_of(fl->has_encap, fl->vni, &fl->outer_src, &fl->outer_dst);
}

/* NULL: there are no others, or too many questions are open; then what is known here decides. */
static struct contacts_pending *ask(struct contacts *c, const struct contacts_flow *fl, int dir)
{
    struct contacts_message m = {.what = CONTACTS_ASK, .n_to = 1};
    struct contacts_pending *p = NULL;

    for (uint32_t i = 0; i < CONTACTS_PENDING && !p && c->n_others > 0; i++)
        p = c->pending[i].id == 0 ? &c->pending[i] : NULL;
    if (!p) {
        c->ctr.unanswered += c->n_others > 0;
        return NULL;
    }
    /* The number of the worker is in it: what its predecessor asked may be answered yet. */
    *p = (struct contacts_pending){.id = ((uint64_t)c->env->worker + 1) << 32 | ++c->n_ids, .dir = (uint8_t)dir, .flow = *fl};
    m.id = p->id;
    m.place = place_of(fl);
    m.client = fl->ends[dir].addr;
    m.to[0] = fl->ends[!dir].addr;
    m.time_ns = fl->start_ns;
    c->ctr.asked++;
    c->tell(c->tell_arg, &m);
    return p;
}

static void conclude(struct contacts *c, struct contacts_pending *p)
{
    uint32_t row = p->known ? row_of(c, &p->found, p->flow.start_ns) : 0;

    p->id = 0;
    if (p->is_proof) {
        if (p->known)
            c->named(c->arg, p->flow_index, p->flow.start_ns, p->side, &p->found);
    } else if (row && p->found.certain) {
        emit(c, &p->flow, p->dir, &p->found, row);
    } else {
        c->ctr.uncertain++;
    }
}

static void hear_ask(struct contacts *c, const struct contacts_message *m)
{
    struct contacts_message told = {.what = CONTACTS_TELL, .slot = m->slot, .id = m->id, .n_to = 1};
    struct name_found found;

    told.known = name_memory_find(&c->memory, &m->place, &m->client, &m->to[0], m->time_ns, &found);
    if (told.known) {
        told.certain = found.certain;
        told.time_ns = found.time_ns;
        put_name(&told.asked, &found.asked);
        put_name(&told.listed, &found.listed);
    }
    c->tell(c->tell_arg, &told);
}

static unsigned n_bits(uint64_t v)
{
    return (unsigned)__builtin_popcountll(v);
}

static void hear_tell(struct contacts *c, const struct contacts_message *m)
{
    struct contacts_pending *p = NULL;
    struct name_found found = {.time_ns = m->time_ns, .certain = m->certain};

    for (uint32_t i = 0; i < CONTACTS_PENDING && !p; i++)
        p = m->id && c->pending[i].id == m->id ? &c->pending[i] : NULL;
    if (!p || m->slot >= CONTACTS_WORKERS || p->answered & UINT64_C(1) << m->slot)
        return; /* it came too late, or twice */
    p->answered |= UINT64_C(1) << m->slot;
    if (m->known && m->time_ns <= p->flow.start_ns && get_name(&m->asked, &found.asked) && found.asked.n &&
        get_name(&m->listed, &found.listed)) {
        if (p->known)
            name_found_merge(&p->found, &found);
        else
            p->found = found;
        p->known = true;
    } else {
        c->ctr.malformed += m->known != 0;
    }
    if (n_bits(p->answered) >= c->n_others)
        conclude(c, p);
}

static void hear_watch(struct contacts *c, const struct contacts_message *m)
{
    struct name asked, listed;

    if (!get_name(&m->asked, &asked) || !get_name(&m->listed, &listed) || asked.n == 0 || listed.n == 0) {
        c->ctr.malformed++;
        return;
    }
    name_memory_add(&c->memory, &m->place, &m->client, m->to, m->n_to, &asked, &listed, m->time_ns, m->ttl_s);
    c->look_again = true;
}

void contacts_hear(struct contacts *c, const struct contacts_message *m)
{
    if (!c->tell || m->n_to > CONTACTS_ADDRS || (m->n_to == 0 && m->what != CONTACTS_WATCH) || !is_time(m->time_ns) ||
        m->place.has_encap > 1) {
        c->ctr.malformed++;
        return;
    }
    switch (m->what) {
    case CONTACTS_ASK: hear_ask(c, m); break;
    case CONTACTS_TELL: hear_tell(c, m); break;
    case CONTACTS_WATCH: hear_watch(c, m); break;
    default: c->ctr.malformed++;
    }
}

/* --- answers of DNS -------------------------------------------------------------------------------------- */

static void tell_some(struct contacts *c, const struct name_place *place, const struct names_origin *o,
                      const struct names_message *n, const struct addr *to, uint32_t n_to)
{
    struct contacts_message m = {.what = CONTACTS_WATCH,
                                 .place = *place,
                                 .client = o->client.addr,
                                 .n_to = n_to,
                                 .ttl_s = n->ttl_s,
                                 .time_ns = o->time_ns};

    if (c->n_watches == CONTACTS_WATCHES) {
        c->ctr.untold++;
        return;
    }
    c->n_watches++;
    c->ctr.watches++;
    memcpy(m.to, to, n_to * sizeof(*to));
    put_name(&m.asked, &n->asked);
    put_name(&m.listed, &n->listed);
    c->tell(c->tell_arg, &m);
}

static void tell_watch(struct contacts *c, const struct name_place *place, const struct names_origin *o,
                       const struct names_message *n, const struct addr *to, uint32_t n_to)
{
    c->look_again = true;
    for (uint32_t i = 0; i < n_to && c->n_others > 0; i += CONTACTS_ADDRS)
        tell_some(c, place, o, n, to + i, (uint32_t)min_size(n_to - i, CONTACTS_ADDRS));
}

/* Of an answer without a listed name so many addresses are remembered as honest ones have: nobody shall fill the memory by few messages. */
void contacts_learn(struct contacts *c, const struct names_origin *o, const struct names_message *m)
{
    struct name_place place = name_place_of(o->has_encap, o->vni, &o->outer_src, &o->outer_dst);
    struct addr to[NAMES_ADDRS];
    uint32_t n = 0;

    if (!m->response || m->asked.n == 0)
        return;
    for (uint32_t i = 0; i < m->n_addrs && (m->row || n < CONTACTS_ADDRS); i++)
        if (!names_is_sink(&m->addr[i]))
            to[n++] = m->addr[i];
    name_memory_add(&c->memory, &place, &o->client.addr, to, n, &m->asked, m->row ? &m->listed : NULL, o->time_ns, m->ttl_s);
    if (m->row && n > 0)
        tell_watch(c, &place, o, m, to, n);
}

/* --- connections -------------------------------------------------------------------------------------- */

/* Looks what led to the connection: who opened it must have asked for the name of the other. */
static void look(struct contacts *c, struct contacts_flow *fl)
{
    struct name_place place = place_of(fl);
    struct contacts_pending *p;
    struct name_found found;
    uint32_t row;

    for (int dir = 0; dir < 2 && !fl->said; dir++) {
        if (!(fl->openers & 1 << dir) || !name_memory_may_lead(&c->memory, &fl->ends[!dir].addr, fl->start_ns) ||
            !name_memory_find(&c->memory, &place, &fl->ends[dir].addr, &fl->ends[!dir].addr, fl->start_ns, &found))
            continue;
        row = row_of(c, &found, fl->start_ns);
        if (!row)
            continue;
        fl->said = true;
        if (!found.certain) {
            c->ctr.uncertain++;
            continue;
        }
        p = ask(c, fl, dir);
        if (p) {
            p->found = found;
            p->known = true;
        } else {
            emit(c, fl, dir, &found, row);
        }
    }
}

/*
 * Who may have opened the connection, of whose beginning p is the first packet but for a SYN that was remembered: who is answered by
 * a SYN, who sends one, or who ends the handshake. Of a later packet nobody knows.
 */
static uint8_t openers_of(const struct packet *p, int dir)
{
    bool syn = p->tcp_flags & TCP_SYN, ack = p->tcp_flags & TCP_ACK;

    if (syn)
        return (uint8_t)(1 << (ack ? !dir : dir));
    return (uint8_t)(ack && p->payload_wire_len == 0 ? 1 << dir : 3);
}

static void fill(struct contacts_flow *fl, const struct flow *f, const struct packet *p, int dir)
{
    *fl = (struct contacts_flow){
        .ends = {[0] = {p->src, p->sport}, [1] = {p->dst, p->dport}},
        .file = p->frame->file,
        .frame = p->frame->number,
        .start_ns = f->start_ns,
        .openers = openers_of(p, dir),
        .bytes = {f->bytes[0], f->bytes[1]},
        .packets = {f->packets[0], f->packets[1]},
    };
    if (p->n_encap > 0) {
        fl->has_encap = true;
        fl->vni = p->vni;
        fl->outer_src = p->outer_src;
        fl->outer_dst = p->outer_dst;
    }
    if (dir == 1) {
        fl->ends[0] = (struct endpoint){p->dst, p->dport};
        fl->ends[1] = (struct endpoint){p->src, p->sport};
    }
    if (p->macs.n == 12) { /* destination, source */
        memcpy(fl->mac[!dir], p->macs.p, 6);
        memcpy(fl->mac[dir], p->macs.p + 6, 6);
    }
}

void contacts_take_flow(struct contacts *c, const struct flow *f, const struct packet *p, int dir)
{
    struct contacts_flow here, *fl = c->fresh ? &c->fresh[c->n_fresh++ % CONTACTS_NEW] : &here;

    fill(fl, f, p, dir);
    look(c, fl);
}

bool contacts_apply(struct dialogue *d, const struct name_found *found)
{
    char text[NAME_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    if (d->host_source != NAME_NONE || !(found->certain || found->listed.n))
        return false;
    name_print(&found->asked, &o);
    session_host(d, json_text_of(out_view(&o)), NAME_DNS);
    return true;
}

void contacts_name(struct contacts *c, struct dialogue *d, const struct flow *f)
{
    struct contacts_flow fl = {
        .ends = {d->ends[0], d->ends[1]},
        .outer_src = d->outer_src,
        .outer_dst = d->outer_dst,
        .vni = d->vni,
        .has_encap = d->has_encap,
        .start_ns = f->start_ns,
    };
    struct name_place place = place_of(&fl);
    struct contacts_pending *p;
    struct name_found found;
    bool known;

    if (!c || d->host_source != NAME_NONE)
        return;
    known = name_memory_find(&c->memory, &place, &d->ends[d->miner].addr, &d->ends[!d->miner].addr, f->start_ns, &found);
    p = ask(c, &fl, d->miner);
    if (p) {
        p->is_proof = true;
        p->flow_index = d->flow;
        p->side = f->side;
        p->known = known;
        if (known)
            p->found = found;
    } else if (known) {
        contacts_apply(d, &found);
    }
}

void contacts_beat(struct contacts *c)
{
    c->n_watches = 0;
    for (uint32_t i = 0; i < CONTACTS_PENDING; i++) {
        struct contacts_pending *p = &c->pending[i];

        if (p->id == 0 || ++p->age < PATIENCE)
            continue;
        c->ctr.unanswered++;
        conclude(c, p);
    }
    if (!c->look_again || !c->fresh)
        return;
    c->look_again = false;
    for (uint32_t i = 0; i < CONTACTS_NEW && i < c->n_fresh; i++)
        if (!c->fresh[i].said)
            look(c, &c->fresh[i]);
}

void contacts_end(struct contacts *c)
{
    for (uint32_t i = 0; i < CONTACTS_PENDING; i++)
        if (c->pending[i].id != 0)
            conclude(c, &c->pending[i]);
}
