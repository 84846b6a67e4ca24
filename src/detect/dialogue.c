/*
 * dialogue.c - from segments to messages.
 */
#include "config.h"

#include "detect/dialogue.h"

#include "detect/detectors.h"
#include "detect/emit.h"
#include "detect/opinion.h"
#include "detect/speech.h"

#define DULL_LINES 8         /* lines of something else, with not one message, until the side record goes */
#define DULL_LINES_MIXED 256 /* the same with messages that prove nothing */
#define DULL_BYTES 65536     /* bytes in which no line could be found */
#define LINE_TRIES_MAX 16

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

/* One line, or what is left of one. */
static void take_line(struct at *at, struct view line)
{
    struct mining_msg msg;
    struct jsonrpc m;

    if (detectors_read(line, CARRIED_LINE, NULL, &m, &msg))
        speech_take(at, &m, &msg);
    else if (line.n > 1) /* an empty line is none */
        at->d->n_foreign++;
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
