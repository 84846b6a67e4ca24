/*
 * dialogue.c - from segments to bytes in order, which carrier.c makes messages of.
 */
#include "config.h"

#include "detect/dialogue.h"

#include "detect/binary.h"
#include "detect/emit.h"
#include "detect/opinion.h"
#include "detect/speech.h"

#define DULL_LINES 8         /* lines of something else, with not one message, until the side record goes */
#define DULL_LINES_MIXED 256 /* the same with messages that prove nothing */
#define DULL_BYTES 65536     /* bytes in which no line could be found */

void dialogue_init(struct dialogue *d, uint32_t flow, const struct packet *p, int dir)
{
    d->flow = flow;
    carrier_init(&d->carrier);
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

/* What the consumer of a stream needs: the call's context, and the segment at hand. */
struct intake {
    struct at at;
    struct stream_segment seg;
};

/*
 * The sequence number of the first byte. Bytes that lie in the segment at hand have the place that they have there; all
 * others come from the stream's window and end where it has got to.
 */
static uint32_t sequence_of(const struct intake *in, struct view data)
{
    const struct stream *s = &in->at.d->stream[in->at.dir];
    size_t at;

    if (view_holds(in->seg.data, data, &at))
        return in->seg.seq + (uint32_t)at;
    return s->next_seq - (uint32_t)data.n;
}

/* Takes bytes in order; gives how many are done with. */
static size_t consume(void *arg, struct view data, unsigned flags)
{
    struct intake *in = arg;
    uint32_t seq = sequence_of(in, data);

    if (in->at.d->binary.form != BINARY_NONE)
        return binary_consume(&in->at, data, flags, seq);
    return carrier_take(&in->at, data, flags, seq);
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
    struct intake in = {{d, env, f, dir}, {p->tcp_seq, p->payload, p->payload_wire_len, p->frame->time_ns}};

    note_ack(d, p, dir);
    if (p->payload_wire_len == 0)
        return;
    /* A keep-alive probe repeats one byte that was sent long ago, as zero; it must not start a stream. */
    if (p->payload_wire_len == 1 && p->payload.n == 1 && p->payload.p[0] == 0 && !d->stream[dir].started && !d->binary.form)
        return;
    if (p->tcp_flags & TCP_SYN)
        in.seg.seq++; /* data in a SYN (RFC 7413) follows the SYN's own number */
    d->last_ns = p->frame->time_ns;
    d->frame = p->frame->number;
    d->file = p->frame->file;
    d->n_truncated += p->payload.n < p->payload_wire_len;
    if (binary_counts(d)) {
        binary_segment(&in.at, &in.seg);
        return;
    }
    if (!d->stream[dir].started && f->bytes[dir] == p->payload_wire_len)
        d->carrier.way[dir].fresh = true; /* the connection's first bytes in this direction */
    d->n_gaps += stream_push(&d->stream[dir], env->memory, &in.seg, consume, &in);
}

bool dialogue_is_dull(const struct dialogue *d)
{
    if (d->proven)
        return false;
    return d->carrier.opaque || d->n_foreign >= (d->n_messages ? DULL_LINES_MIXED : DULL_LINES) || d->n_unread >= DULL_BYTES;
}

void dialogue_end(struct dialogue *d, struct dialogue_env *env, struct flow *f)
{
    for (int dir = 0; dir < 2; dir++) {
        struct intake in = {.at = {d, env, f, dir}};

        stream_end(&d->stream[dir], env->memory, consume, &in);
    }
    binary_end(d, env, f);
    opinion_settle(d, env, f); /* the last bytes may have proven it */
    if (d->proven)
        emit_evidence(d, env, f, EVIDENCE_FACTS, DIRECTION_BOTH, EVIDENCE_FLOW_END);
}
