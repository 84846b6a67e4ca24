/*
 * binary.c - from bytes to messages that are no lines, and to what they prove.
 */
#include "config.h"

#include "detect/binary.h"

#include "detect/contacts.h"
#include "detect/emit.h"
#include "detect/names.h"
#include "detect/speech.h"
#include "message/stratum_v2.h"

#define GIVE_UP (UINT32_C(1) << 20)         /* bytes unread: more than any dialogue bears (DULL_BYTES) */
#define COUNTERS_EVERY_NS (60 * NS_PER_SEC) /* a proven flow sends its counters this often */
#define NODE_MESSAGES 16                    /* so many without an agent, and none will come */
#define WHOLE_MIN 8 /* a shorter payload is taken for the beginning of a message only when it is the first of its direction */

/* ---- which form ---- */

/* True for the end of act 1: nothing was answered yet, and it is no text. */
static bool may_be_act1(const struct flow *f, const struct packet *p, int dir)
{
    uint8_t all = 0;

    if (!binary_is_act1(f, dir) || f->bytes[!dir] > 0 || !(f->flags & FLOW_SEEN_SYN) || !(p->tcp_flags & TCP_ACK))
        return false;
    for (size_t i = 0; i < p->payload.n; i++)
        all |= p->payload.p[i];
    return p->payload.n < 16 || all & 0x80; /* of 16 random bytes one of 65536 has no high bit */
}

/* The node whose message begins like this; an opening of RLPx is the first payload of both directions. */
static enum binary_form node_form(struct view payload, bool first)
{
    struct piece pc;

    if (node_may_start(payload))
        return BINARY_NODE;
    return first && rlpx_look(payload, &pc) != PIECE_NO ? BINARY_RLPX : BINARY_NONE;
}

/* True for a question or its answer: a whole one or, in a first payload, enough of it to tell it; on its port for any message. */
static bool begins_dns(const struct packet *p, bool first)
{
    bool any = first && binary_is_dns_port(p->sport, p->dport);
    struct view v = p->payload;
    struct piece pc;

    return (any || binary_may_be_dns(v, first)) && dns_look(v, any, &pc) == PIECE_YES && (first || pc.total <= v.n);
}

/* True when a first payload is too short to tell that it begins one. Behind a byte that is not 0 only port 53 makes it likely. */
static bool may_begin_dns(const struct packet *p)
{
    struct piece pc;

    return p->payload.n < DNS_LOOK_MIN && dns_look(p->payload, false, &pc) == PIECE_MORE &&
           (p->payload.p[0] == 0 || binary_is_dns_port(p->sport, p->dport));
}

enum binary_form binary_may_start(const struct flow *f, const struct packet *p, int dir)
{
    bool first = f->bytes[dir] == p->payload_wire_len;

    if (begins_dns(p, first))
        return BINARY_DNS;
    if (may_be_act1(f, p, dir) && !(first && p->payload.n >= WHOLE_MIN && node_may_start(p->payload)))
        return BINARY_SV2_NOISE;
    if (p->payload.n < WHOLE_MIN && !(first && f->flags & FLOW_SEEN_SYN))
        return BINARY_NONE;
    if (p->payload.p[0] != 0) { /* as no network's name begins */
        enum binary_form form = f->flags & FLOW_SAID_NODE ? BINARY_NONE : node_form(p->payload, first);

        return form == BINARY_NONE && first && may_begin_dns(p) ? BINARY_DNS : form;
    }
    if (sv2_may_start(p->payload))
        return BINARY_SV2;
    if (first && may_begin_dns(p))
        return BINARY_DNS;
    return first && p2pool_may_start(p->payload) ? BINARY_P2POOL : BINARY_NONE;
}

void binary_init_noise(struct dialogue *d, int dir, uint32_t next_seq, uint32_t next_seq_other)
{
    d->binary = (struct binary){.form = BINARY_SV2_NOISE, .opener = (uint8_t)dir};
    sv2_noise_init(&d->binary.noise);
    d->binary.end[dir] = next_seq;
    d->binary.end[!dir] = next_seq_other;
}

void binary_init(struct dialogue *d, enum binary_form form, const struct packet *p, int dir)
{
    if (form == BINARY_SV2_NOISE) /* this packet ends act 1: it is not taken again */
        binary_init_noise(d, dir, p->tcp_seq + p->payload_wire_len, p->tcp_ack);
    else
        d->binary = (struct binary){.form = (uint8_t)form, .opener = (uint8_t)dir};
}

/* ---- roles of nodes ---- */

/* The node is the host inside; of two, who opened the connection, or the higher port when that was not seen. */
static void set_node(struct dialogue *d, const struct flow *f, int opener)
{
    bool inside[2] = {addr_is_inside(&d->ends[0].addr), addr_is_inside(&d->ends[1].addr)};

    if (inside[0] != inside[1])
        d->miner = inside[1];
    else if (f->flags & FLOW_SEEN_SYN)
        d->miner = (uint8_t)opener;
    else
        d->miner = d->ends[1].port > d->ends[0].port;
    d->roles_known = true;
}

static void give_up(struct dialogue *d)
{
    d->n_unread = GIVE_UP;
}

/* One record for each flow: when all is known that will be, or at its end. */
static void say_node(struct dialogue *d, struct dialogue_env *env, struct flow *f, const struct node_said *said)
{
    if (f->flags & FLOW_SAID_NODE)
        return;
    f->flags |= FLOW_SAID_NODE;
    emit_node(d, env, f, said);
}

static void take_node(struct at *at, const struct node_said *said)
{
    struct dialogue *d = at->d;
    struct node_said all = *said;

    if (!d->roles_known)
        set_node(d, at->f, d->binary.opener);
    d->n_messages++;
    d->binary.node.n += d->binary.node.n < UINT8_MAX;
    if (said->coin)
        d->binary.node.coin = said->coin;
    all.coin = d->binary.node.coin;
    if (at->dir != d->miner)
        all.agent.n = 0; /* that of the other side */
    if (all.agent.n > 0 || d->binary.node.n >= NODE_MESSAGES) {
        say_node(d, at->env, at->f, &all);
        give_up(d);
    }
}

void binary_take_line(struct at *at, const struct jsonrpc *m)
{
    struct node_said said;
    struct dialogue *d = at->d;
    uint8_t miner = d->miner;

    if (d->proven || !node_read_electrum(m, &said))
        return;
    d->miner = (uint8_t)at->dir; /* only the client says these */
    say_node(d, at->env, at->f, &said);
    d->miner = miner;
}

/* ---- messages ---- */

/* What the bytes at hand begin with, in the dialogue's form. */
static enum piece_look look(const struct dialogue *d, int dir, struct view data, struct piece *pc)
{
    switch (d->binary.form) {
    case BINARY_SV2: return sv2_look(data, pc);
    case BINARY_P2POOL: return p2pool_look(&d->binary.p2pool, dir, data, pc);
    case BINARY_RLPX: return d->binary.hello[dir] ? PIECE_NO : rlpx_look(data, pc);
    case BINARY_DNS: return dns_look(data, d->binary.settled || binary_is_dns_port(d->ends[0].port, d->ends[1].port), pc);
    default: return node_look(data, pc);
    }
}

static void prove(struct at *at, enum mining_protocol protocol, enum evidence_kind kind, int miner)
{
    struct dialogue *d = at->d;

    d->proven = true;
    d->roles_known = true;
    d->miner = (uint8_t)miner;
    d->protocol = (uint8_t)protocol;
    d->protocols |= 1u << protocol;
    d->spoke[0] = d->spoke[1] = true;
    d->sent_kinds |= 1u << kind;
    at->f->flags |= FLOW_PROTECTED;
    contacts_name(at->env->contacts, d, at->f);
    emit_evidence(d, at->env, at->f, kind, DIRECTION_BOTH, 0);
}

/* Sends the counters of a proven dialogue now and then. */
static void say_counters(struct at *at)
{
    if (at->d->proven && at->d->last_ns - at->d->sent_ns > COUNTERS_EVERY_NS)
        emit_evidence(at->d, at->env, at->f, EVIDENCE_FACTS, DIRECTION_BOTH, 0);
}

static bool take_p2pool(struct at *at, const struct piece *pc, struct view data)
{
    struct p2pool *s = &at->d->binary.p2pool;

    if (!p2pool_take(s, at->dir, pc, data))
        return false;
    at->d->n_messages++;
    if (p2pool_is_proven(s)) {
        enum stage stage = s->blocks ? STAGE_MINING : STAGE_HANDSHAKE;

        at->d->stage = (uint8_t)(stage > at->d->stage ? stage : at->d->stage);
        if (!at->d->proven) {
            set_node(at->d, at->f, at->d->binary.opener);
            prove(at, PROTOCOL_P2POOL, EVIDENCE_SIDECHAIN, p2pool_caller(s, at->d->miner));
        }
    }
    say_counters(at);
    return true;
}

/* Two openings, neither of which is followed by anything before the other came: these are nodes. */
static void take_hello(struct at *at)
{
    struct dialogue *d = at->d;

    d->binary.hello[at->dir] = true;
    if (!d->binary.hello[!at->dir])
        return;
    set_node(d, at->f, d->binary.opener);
    say_node(d, at->env, at->f, &(struct node_said){.coin = NULL});
    give_up(d);
}

/* A message of DNS, as far as it is there, behind its length. */
static void take_dns(struct at *at, struct view data)
{
    struct dialogue *d = at->d;
    bool response = view_u8(data, 4) >> 7;
    int client = response ? !at->dir : at->dir;
    struct names_origin o = {
        .client = d->ends[client],
        .server = d->ends[!client],
        .time_ns = d->last_ns,
        .frame = d->frame,
        .file = d->file,
        .has_encap = d->has_encap,
        .vni = d->vni,
        .outer_src = d->outer_src,
        .outer_dst = d->outer_dst,
    };
    struct piece pc;

    d->n_messages++;
    d->n_unread = d->n_foreign = 0;
    if (!at->env->dns || (dns_look(data, false, &pc) != PIECE_YES &&
                          !(binary_is_dns_port(d->ends[0].port, d->ends[1].port) && dns_may_be_on_port(view_skip(data, 2)))))
        return;
    if (d->has_macs) {
        memcpy(o.mac, d->mac[client], sizeof(o.mac));
        o.has_mac = (o.mac[0] | o.mac[1] | o.mac[2] | o.mac[3] | o.mac[4] | o.mac[5]) != 0;
    }
    at->env->dns(at->env->arg, &o, view_skip(data, 2));
}

/* Takes the message that data begins with. False when it is none. */
static bool take(struct at *at, const struct piece *pc, struct view data)
{
    struct sv2_said said;
    struct node_said node;
    bool fits;

    switch (at->d->binary.form) {
    case BINARY_SV2:
        if (sv2_read(pc, view_head(data, pc->want), &said, &fits))
            speech_take(at, NULL, &said.msg);
        return fits;
    case BINARY_P2POOL: return take_p2pool(at, pc, data);
    case BINARY_RLPX: take_hello(at); return true;
    case BINARY_DNS: take_dns(at, view_head(data, pc->total)); return true;
    default:
        node_read(pc, data, &node);
        take_node(at, &node);
        return true;
    }
}

/* The bytes are no message: nothing can be read of this direction until one begins a segment again. */
static void lose(struct at *at)
{
    struct dialogue *d = at->d;

    d->binary.lost[at->dir] = true;
    if (d->binary.form == BINARY_DNS) /* the gate looks at what follows: it may be anything */
        give_up(d);
    if (!d->proven && (d->n_messages == 0 || d->binary.form == BINARY_P2POOL) && d->binary.opener == at->dir)
        give_up(d);
}

/* True when a message begins with these bytes although others before them are missing. */
static bool is_found(const struct dialogue *d, struct view data)
{
    struct piece pc;

    if (d->binary.form == BINARY_SV2)
        return data.n >= SV2_HEAD && sv2_may_start(data);
    if (d->binary.form == BINARY_DNS)
        return dns_look(data, false, &pc) == PIECE_YES;
    return d->binary.form == BINARY_NODE && node_look(data, &pc) == PIECE_YES;
}

/*
 * Some begin with the same byte: what is not Stratum V2 at its very start may be DNS or p2pool, and what is not Levin an opening
 * of RLPx. True when it is read as that now.
 */
static bool may_be_other(struct at *at, struct view data)
{
    struct dialogue *d = at->d;
    struct piece pc;

    if (d->binary.settled || d->binary.opener != at->dir)
        return false;
    if (d->binary.form == BINARY_SV2 || d->binary.form == BINARY_P2POOL || d->binary.form == BINARY_DNS) {
        bool was_last = d->binary.form == BINARY_P2POOL;

        d->binary.form = d->binary.form == BINARY_SV2 ? BINARY_DNS : BINARY_P2POOL;
        return !was_last;
    }
    if (d->binary.form != BINARY_NODE || !(at->f->flags & FLOW_SEEN_SYN) || rlpx_look(data, &pc) == PIECE_NO)
        return false;
    d->binary.form = BINARY_RLPX;
    return true;
}

/* Message by message; gives how many bytes are done with. */
static size_t walk(struct at *at, struct view data, bool cut)
{
    struct binary *b = &at->d->binary;
    size_t done = 0;

    while (done < data.n && !b->lost[at->dir]) {
        struct view rest = view_skip(data, done);
        struct piece pc;
        enum piece_look what;

        if (b->skip[at->dir]) {
            size_t n = min_size(rest.n, b->skip[at->dir]);

            b->skip[at->dir] -= (uint32_t)n;
            done += n;
            continue;
        }
        what = look(at->d, at->dir, rest, &pc);
        if (what == PIECE_MORE || (what == PIECE_YES && !piece_is_ready(&pc, rest, cut)))
            return cut ? data.n : done;
        if (what == PIECE_NO || !take(at, &pc, rest)) {
            if (may_be_other(at, rest))
                continue;
            lose(at);
        } else {
            b->skip[at->dir] = pc.total;
            b->settled = true;
        }
    }
    if (done < data.n)
        at->d->n_unread += (uint32_t)min_size(data.n - done, GIVE_UP);
    return data.n;
}

/* What is known of the lengths now. */
static void settle_noise(struct at *at)
{
    struct dialogue *d = at->d;
    const struct sv2_noise *s = &d->binary.noise;

    if (s->dead && !s->proven)
        give_up(d);
    if (!s->proven)
        return;
    d->n_submitted = s->n_shares;
    d->n_accepted = s->n_answers < s->n_shares ? s->n_answers : s->n_shares;
    d->n_messages = s->n_shares + s->n_answers;
    d->stage = STAGE_MINING;
    if (!d->proven)
        prove(at, PROTOCOL_STRATUM_V2, EVIDENCE_FRAMES, d->binary.opener);
    say_counters(at);
}

bool binary_counts(const struct dialogue *d)
{
    return d->binary.form == BINARY_SV2_NOISE;
}

/* Only what reaches farther than all before it is new: order within a turn, copies and holes make no difference. */
void binary_segment(struct at *at, const struct stream_segment *seg)
{
    struct binary *b = &at->d->binary;
    uint32_t end = seg->seq + seg->wire_len;
    int32_t n = (int32_t)(end - b->end[at->dir]);

    if (n <= 0)
        return;
    b->end[at->dir] = end;
    sv2_noise_take(&b->noise, at->dir == b->opener, seg->data, (uint32_t)n);
    settle_noise(at);
}

/* Bytes before seq are missing. True when they belong to a message that is passed by: then reading goes on behind it. */
static bool step_over(struct binary *b, int dir, uint32_t seq)
{
    uint32_t missing = seq - b->end[dir];

    if (b->form != BINARY_DNS || b->lost[dir] || missing > b->skip[dir])
        return false;
    b->skip[dir] -= missing;
    return true;
}

size_t binary_consume(struct at *at, struct view data, unsigned flags, uint32_t seq)
{
    struct binary *b = &at->d->binary;
    bool gap = flags & STREAM_GAP && b->begun[at->dir], cut = flags & STREAM_CUT;
    bool alone = flags == (STREAM_GAP | STREAM_CUT) && (b->form != BINARY_DNS || (gap && (int32_t)(seq - b->end[at->dir]) < 0));
    struct binary before = *b;
    size_t done;

    b->begun[at->dir] = true;
    if ((gap && !step_over(b, at->dir, seq)) || b->lost[at->dir]) {
        b->skip[at->dir] = 0;
        b->lost[at->dir] = !is_found(at->d, data);
        at->d->n_foreign += b->form == BINARY_DNS && b->lost[at->dir];
    }
    done = walk(at, data, cut);
    if (b->form == BINARY_DNS)
        b->end[at->dir] = seq + (uint32_t)done;
    if (alone) { /* a piece between holes, or from before the start: what follows it is told anew */
        b->skip[at->dir] = before.skip[at->dir];
        b->lost[at->dir] = before.lost[at->dir];
        b->end[at->dir] = before.end[at->dir];
    }
    return done;
}

void binary_end(struct dialogue *d, struct dialogue_env *env, struct flow *f)
{
    struct at at = {d, env, f, d->binary.opener};

    if (d->binary.form == BINARY_SV2_NOISE) {
        sv2_noise_end(&d->binary.noise);
        settle_noise(&at);
    } else if (d->binary.form == BINARY_NODE && d->binary.node.n > 0) {
        say_node(d, env, f, &(struct node_said){.coin = d->binary.node.coin});
    }
}
