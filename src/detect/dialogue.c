/*
 * dialogue.c - from segments to lines to proof.
 */
#include "config.h"

#include "detect/dialogue.h"

#include "detect/detectors.h"
#include "detect/emit.h"
#include "detect/opinion.h"
#include "detect/session.h"

#define DULL_LINES 8         /* lines of something else, with not one message, until the side record goes */
#define DULL_LINES_MIXED 256 /* the same with messages that prove nothing */
#define DULL_BYTES 65536     /* bytes in which no line could be found */
#define LINE_TRIES_MAX 16
#define COUNTERS_EVERY_NS (60 * NS_PER_SEC) /* a proven flow sends its counters this often */

/* One call's context, handed through the stream. */
struct at {
    struct dialogue *d;
    struct dialogue_env *env;
    struct flow *f;
    int dir;
};

void dialogue_init(struct dialogue *d, uint32_t flow, const struct packet *p, int dir)
{
    d->flow = flow;
    d->ends[dir] = (struct endpoint){p->src, p->sport};
    d->ends[!dir] = (struct endpoint){p->dst, p->dport};
    if (p->macs.n == 12) {
        memcpy(d->mac[!dir], p->macs.p, 6);
        memcpy(d->mac[dir], p->macs.p + 6, 6);
        d->has_macs = true;
    }
    if (p->n_encap) {
        d->has_encap = true;
        d->vni = p->vni;
        d->outer_src = p->outer_src;
        d->outer_dst = p->outer_dst;
    }
}

/* Which weak messages make a proof together: one that only a miner can have meant, and its answer. */
static bool pieces_fit(const struct dialogue *d)
{
    const unsigned asks = 1 << SAY_LOGIN | 1 << SAY_SUBMIT | 1 << SAY_ASK;
    const unsigned gives = 1 << SAY_JOB;

    return (d->weak[d->miner] & asks) && (d->weak[!d->miner] & gives);
}

/*
 * Fixes the roles by the first message whose meaning gives them; a full message overrules weak ones.
 * False when the message comes from the wrong side: an echo, or a trick.
 */
static bool take_role(struct dialogue *d, const struct mining_msg *msg, int dir)
{
    uint8_t miner = (uint8_t)(msg->from_pool ? !dir : dir);

    if (d->roles_known && d->miner != miner) {
        if (d->proven || msg->proof != PROOF_FULL)
            return false;
        d->weak[0] = d->weak[1] = 0;
    }
    d->roles_known = true;
    d->miner = miner;
    return true;
}

static enum direction direction_of(const struct dialogue *d, int dir)
{
    return dir == d->miner ? DIRECTION_TO_POOL : DIRECTION_TO_MINER;
}

/* Emits what is new since the last record of a proven dialogue. */
static void emit_news(struct at *at, const struct session_change *c)
{
    struct dialogue *d = at->d;
    enum direction direction = direction_of(d, at->dir);
    bool fresh = c->kind != EVIDENCE_FACTS && !(d->sent_kinds & 1u << c->kind);

    if (fresh || c->new_login) {
        enum evidence_kind kind = c->new_login ? EVIDENCE_LOGIN : c->kind;

        d->sent_kinds |= 1u << kind;
        emit_evidence(d, at->env, at->f, kind, direction, 0);
        if (fresh && kind != c->kind) {
            d->sent_kinds |= 1u << c->kind;
            emit_evidence(d, at->env, at->f, c->kind, direction, 0);
        }
    }
    if ((c->answered || (d->spoke[0] && d->spoke[1])) && !(d->sent_kinds & 1u << EVIDENCE_DIALOGUE) &&
        d->spoke[0] | d->spoke[1]) {
        d->sent_kinds |= 1u << EVIDENCE_DIALOGUE;
        emit_evidence(d, at->env, at->f, EVIDENCE_DIALOGUE, DIRECTION_BOTH, 0);
    }
    if (d->last_ns - d->sent_ns > COUNTERS_EVERY_NS)
        emit_evidence(d, at->env, at->f, EVIDENCE_FACTS, direction, 0);
}

static void note_protocol(struct dialogue *d, const struct mining_msg *msg)
{
    d->stratum_family |= msg->family_stratum;
    d->not_bitcoin |= msg->not_bitcoin;
    if (msg->proof == PROOF_FULL && msg->protocol != PROTOCOL_UNKNOWN) {
        d->protocol = (uint8_t)msg->protocol;
        d->protocols |= 1u << msg->protocol;
    }
}

static void prove(struct at *at, const struct mining_msg *msg, struct session_change *c)
{
    struct dialogue *d = at->d;

    if (msg->proof == PROOF_FULL) {
        d->spoke[at->dir] = true;
    } else if (msg->proof == PROOF_WEAK) {
        d->weak[at->dir] |= (uint16_t)(1u << (msg->say == SAY_REPLY ? SAY_JOB : msg->say));
    }
    if (d->proven)
        return;
    if (msg->proof == PROOF_FULL) {
        d->proven = true;
    } else if (pieces_fit(d)) {
        d->proven = true;
        d->protocol = (uint8_t)msg->protocol;
        d->protocols |= 1u << msg->protocol;
        c->kind = EVIDENCE_PIECES;
    }
    if (d->proven)
        at->f->flags |= FLOW_PROTECTED;
}

/* One line, or what is left of one. */
static void take_line(struct at *at, struct view line)
{
    struct dialogue *d = at->d;
    struct session_change change;
    struct mining_msg msg;
    struct jsonrpc m;

    if (!detectors_read(line, &m, &msg)) {
        d->n_foreign += line.n > 1; /* an empty line is none */
        return;
    }
    if (msg.say == SAY_REPLY && msg.proof == PROOF_NONE) {
        if (!d->roles_known || at->dir == d->miner)
            return; /* a reply without a question proves nothing */
    } else if (msg.proof == PROOF_NONE) {
        if (!d->proven)
            return;
    } else if (!take_role(d, &msg, at->dir)) {
        d->n_foreign++;
        return;
    }
    d->n_unread = 0;
    note_protocol(d, &msg);
    change = session_add(d, at->env, &m, &msg);
    prove(at, &msg, &change);
    if (d->proven)
        emit_news(at, &change);
}

static bool is_line_start(struct view v)
{
    size_t i = 0;

    while (i < v.n && (v.p[i] == ' ' || v.p[i] == '\t' || v.p[i] == '\r' || v.p[i] == '\n'))
        i++;
    return i < v.n && v.p[i] == '{';
}

/*
 * True when v is a whole object without the newline behind it; some clients never send one. Not tried
 * for ever on one line, or a line sent byte by byte would cost the square of its length.
 */
static bool is_whole_object(struct dialogue *d, int dir, struct view v)
{
    struct buf b = buf_of(v);
    struct json_val object;

    if (v.p[v.n - 1] != '}' || d->n_tries[dir] >= LINE_TRIES_MAX || !is_line_start(v))
        return false;
    d->n_tries[dir]++;
    return json_read(&b, &object) && object.type == JSON_OBJECT && object.complete && buf_left(&b) == 0;
}

/* Takes bytes in order, line by line; gives how many are done with. */
static size_t consume(void *arg, struct view data, unsigned flags)
{
    struct at *at = arg;
    struct dialogue *d = at->d;
    bool alone = flags == (STREAM_GAP | STREAM_CUT);
    bool skipping = flags & STREAM_GAP ? !is_line_start(data) : d->skipping[at->dir];
    size_t done = 0;

    while (done < data.n) {
        struct view rest = view_skip(data, done);
        size_t n = view_find(rest, '\n');

        if (n == rest.n) {
            if (skipping) {
                d->n_unread += (uint32_t)min_size(rest.n, DULL_BYTES);
                done = data.n;
            } else if (flags & STREAM_CUT || is_whole_object(d, at->dir, rest)) {
                d->n_tries[at->dir] = 0;
                take_line(at, rest);
                done = data.n;
            }
            break;
        }
        if (!skipping)
            take_line(at, view_head(rest, n));
        skipping = false;
        d->n_tries[at->dir] = 0;
        done += n + 1;
    }
    if (!alone)
        d->skipping[at->dir] = skipping;
    return done;
}

static void note_ack(struct dialogue *d, const struct packet *p, int dir)
{
    if (!(p->tcp_flags & TCP_ACK))
        return;
    if (!d->seen_ack[dir]) {
        d->first_ack[dir] = d->newest_ack[dir] = p->tcp_ack;
        d->seen_ack[dir] = true;
    } else if ((int32_t)(p->tcp_ack - d->newest_ack[dir]) > 0) {
        d->newest_ack[dir] = p->tcp_ack;
    }
    stream_ack(&d->stream[!dir], p->tcp_ack);
}

void dialogue_packet(struct dialogue *d, struct dialogue_env *env, struct flow *f, const struct packet *p, int dir)
{
    struct at at = {d, env, f, dir};
    struct stream_segment seg = {p->tcp_seq, p->payload, p->payload_wire_len, p->frame->time_ns};

    note_ack(d, p, dir);
    if (p->payload_wire_len == 0)
        return;
    /* A keep-alive probe repeats one byte that was sent long ago, as zero; it must not start a stream. */
    if (p->payload_wire_len == 1 && p->payload.n == 1 && p->payload.p[0] == 0 && !d->stream[dir].started)
        return;
    if (p->tcp_flags & TCP_SYN)
        seg.seq++; /* data in a SYN (RFC 7413) follows the SYN's own number */
    d->last_ns = p->frame->time_ns;
    d->frame = p->frame->number;
    d->file = p->frame->file;
    d->n_truncated += p->payload.n < p->payload_wire_len;
    d->n_gaps += stream_push(&d->stream[dir], env->memory, &seg, consume, &at);
}

bool dialogue_is_dull(const struct dialogue *d)
{
    if (d->proven)
        return false;
    return d->n_foreign >= (d->n_messages ? DULL_LINES_MIXED : DULL_LINES) || d->n_unread >= DULL_BYTES;
}

void dialogue_end(struct dialogue *d, struct dialogue_env *env, struct flow *f)
{
    for (int dir = 0; dir < 2; dir++) {
        struct at at = {d, env, f, dir};

        stream_end(&d->stream[dir], env->memory, consume, &at);
    }
    opinion_settle(d, env, f); /* the last bytes may have proven it */
    if (d->proven)
        emit_evidence(d, env, f, EVIDENCE_FACTS, DIRECTION_BOTH, EVIDENCE_FLOW_END);
}
