/*
 * binary.h - dialogues that are no lines of JSON: Stratum V2, in clear and by its lengths, p2pool's peers, and coins' nodes; and
 * DNS, which is no mining, but names pools.
 *
 * Which of them it is, the payload decides that opens the dialogue. Nodes and Stratum V2 in clear are known by any segment that
 * begins with one of their messages, the others by the first payloads of both directions only.
 *
 * What can be found:
 *   Stratum V2 in clear   from its start, split in any way; from its middle, and of one side alone, when a segment begins
 *                         with a share, its answer, a job or a target; after a gap likewise
 *   Stratum V2 encrypted  from its start only, and with both sides: lengths mean nothing without act 1 and act 2. Lost and cut
 *                         packets do no harm as long as those after them tell that they were sent
 *   p2pool                from its start only, and with both sides
 *   DNS                   from its start, split in any way, of one side alone too; from its middle when a segment begins with a
 *                         message of less than 256 bytes; after a gap when it lies within a message, or where a segment begins
 *                         with one. Messages of up to 65,535 bytes, of which DNS_WANT_MAX are read
 *   RLPx                  from its start only, and with both sides
 *   other nodes           from their start, and from their middle when a message begins a segment; of one side alone too
 */
#ifndef DETECT_BINARY_H
#define DETECT_BINARY_H

#include "evidence/evidence.h"
#include "flow/flow.h"
#include "flow/stream.h"
#include "message/dns.h"
#include "message/node.h"
#include "message/p2pool.h"
#include "message/rlpx.h"
#include "message/stratum_v2_noise.h"

struct at;
struct dialogue;
struct dialogue_env;

enum binary_form { BINARY_NONE, BINARY_SV2, BINARY_SV2_NOISE, BINARY_P2POOL, BINARY_NODE, BINARY_RLPX, BINARY_DNS };

/* The part of a dialogue that is its own; all zero for a dialogue of lines. */
struct binary {
    uint8_t form;     /* enum binary_form */
    uint8_t opener;   /* direction of the payload that it began with */
    bool settled;     /* a message was read: the form is right */
    bool begun[2];    /* bytes of this direction were taken */
    uint32_t end[2];  /* BINARY_SV2_NOISE, BINARY_DNS: sequence number behind the newest byte taken */
    bool lost[2];     /* where messages begin is not known */
    uint32_t skip[2]; /* bytes of the message at hand that are still to be passed by */
    union {
        struct sv2_noise noise;
        struct p2pool p2pool;
        struct {
            const char *coin;
            uint8_t n; /* messages */
        } node;
        bool hello[2]; /* BINARY_RLPX: the opening of this direction was read */
    };
};

/*
 * The form that a dialogue of flow f takes by packet p, which travels in direction dir and was counted in f; BINARY_NONE
 * when it begins none.
 */
enum binary_form binary_may_start(const struct flow *f, const struct packet *p, int dir);

/*
 * Whether a payload is worth a look as the beginning of a DNS message, as TCP carries it: one question, and not more answers
 * than 65,535 bytes hold, which TLS would seem to have. In a payload that is not its sender's first it must be shorter than 256
 * bytes, as then its first byte turns nearly all others away.
 */
static inline bool binary_may_be_dns(struct view v, bool first)
{
    return (view_be32(v, 6) & 0xfffff000) == 0x00010000 && (first || v.p[0] == 0);
}

/* True on the port of DNS: there a message of any purpose may come first, and what is asked behind it. */
static inline bool binary_is_dns_port(uint16_t sport, uint16_t dport)
{
    return sport == DNS_PORT || dport == DNS_PORT;
}

/* True when dir's sender has just sent its 64th byte: this may be act 1 of Stratum V2's handshake. Asked for every payload. */
static inline bool binary_is_act1(const struct flow *f, int dir)
{
    return f->bytes[dir] == SV2_ACT1;
}

/* Makes d, which is new, a dialogue of this form. */
void binary_init(struct dialogue *d, enum binary_form form, const struct packet *p, int dir);

/*
 * Makes d a dialogue of BINARY_SV2_NOISE in which dir's sender has just ended act 1. The sequence numbers are those of the
 * bytes that follow in both directions.
 */
void binary_init_noise(struct dialogue *d, int dir, uint32_t next_seq, uint32_t next_seq_other);

/* Takes bytes in order, as stream_fn does; seq is the sequence number of the first. */
size_t binary_consume(struct at *at, struct view data, unsigned flags, uint32_t seq);

/* True for a form that is told by lengths: it takes segments as they come, and no stream is made of them. */
bool binary_counts(const struct dialogue *d);
void binary_segment(struct at *at, const struct stream_segment *seg);

/* The flow ends. */
void binary_end(struct dialogue *d, struct dialogue_env *env, struct flow *f);

/* A line of JSON that no dialect of mining knows: emits, once for each flow, that a client of a coin's node sent it. */
void binary_take_line(struct at *at, const struct jsonrpc *m);

#endif
