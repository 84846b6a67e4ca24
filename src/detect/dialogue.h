/*
 * dialogue.h - the conversation of one flow under suspicion: who said what, until it is proven, and
 * then what the miner says about itself.
 *
 * A dialogue is the side record of a flow. It takes segments, reassembles both directions, unwraps them (carrier.h), reads
 * each message in the dialects of detectors.h and emits evidence at the packet that brings it. The roles come from the
 * meaning of the messages, never from ports or from who spoke first.
 */
#ifndef DETECT_DIALOGUE_H
#define DETECT_DIALOGUE_H

#include "base/hash.h"
#include "detect/binary.h"
#include "detect/carrier.h"
#include "detect/dpi.h"
#include "detect/reconnect.h"
#include "detect/work.h"
#include "evidence/evidence.h"
#include "flow/flow.h"
#include "flow/stream.h"

#include <stddef.h>

#define DIALOGUE_PENDING 32     /* requests that wait for a reply; XMRig keeps a few, ethminer one */
#define DIALOGUE_LOGINS 16      /* distinct logins remembered */
#define DIALOGUE_LOGINS_SENT 64 /* logins of a flow that become evidence; later ones are only counted */
#define DIALOGUE_AGENT_MAX 256  /* bytes kept; XMRig's longest seen has 104 */
#define DIALOGUE_WORKER_MAX 96  /* bytes kept */
#define DIALOGUE_ALGORITHM_MAX 24
#define DIALOGUE_REASON_MAX 96
#define DIALOGUE_HOST_MAX 128 /* names of pools; longer ones are cut */
#define DIALOGUE_TAG_MAX 64
#define DIALOGUE_PAYOUT_MAX 96
#define DIALOGUE_COIN_MAX 8

struct names_origin; /* detect/names.h */

struct dialogue_text {
    uint16_t len;
    bool cut, unsent;
};

struct dialogue_request {
    uint64_t id;       /* hash of the id as written; 0 = free */
    struct share work; /* SAY_SUBMIT */
    uint8_t say;       /* enum mining_say */
};

struct dialogue {
    ns_t last_ns;            /* newest segment with payload */
    uint32_t flow;           /* index of its flow; FLOW_NO_SIDE once it has ended. Not the first field: the pool uses that */
    uint64_t frame;          /* its number */
    uint32_t file;           /* its file */
    ns_t sent_ns;            /* newest evidence record */
    struct endpoint ends[2]; /* by direction of the flow: 0 = lower endpoint */
    struct addr outer_src, outer_dst;
    uint32_t vni;
    uint8_t mac[2][6]; /* by direction: of the sender */
    bool has_macs, has_encap;

    struct stream stream[2];
    struct carrier carrier;
    uint32_t first_ack[2]; /* by sender */
    uint32_t newest_ack[2];
    bool seen_ack[2];

    uint8_t proven; /* a message proved it, or pieces of both sides */
    uint8_t miner;  /* direction in which the miner sends; valid when roles_known */
    bool roles_known;
    bool wary;     /* it began in the midst of another protocol, where lines may be quoted: both sides must speak to prove it */
    bool spoke[2]; /* full messages by direction */
    uint16_t weak[2];    /* by direction: bit i for a weak message of enum mining_say i */
    uint8_t protocol;    /* newest that is certain, or PROTOCOL_UNKNOWN */
    uint8_t hint;        /* newest that is probable, or PROTOCOL_UNKNOWN */
    bool stratum_family; /* messages of mining.* were seen */
    bool not_bitcoin;    /* one of them had the shape of another coin's dialect */
    uint8_t stage;
    uint32_t protocols;
    uint32_t sent_kinds;  /* bit i: evidence kind i was emitted */
    struct dpi_slot dpi;  /* of opinion.c */
    struct binary binary; /* of binary.c */

    uint32_t n_messages, n_foreign, n_logins, n_jobs, n_submitted, n_accepted, n_rejected, n_gaps, n_truncated;
    uint32_t n_refused_logins;
    uint8_t n_lone_replies; /* yeses of a pool whose miner was not captured, up to those that may answer a login */
    uint32_t n_unread;      /* bytes skipped since the last message */
    uint64_t job;           /* hash of the newest job's name */
    double difficulty;
    uint64_t height, claimed_hs;

    struct work work;
    ns_t session_first_ns, session_last_ns; /* first and newest message; valid when n_messages > 0 */

    uint64_t logins[DIALOGUE_LOGINS]; /* hashes, oldest overwritten */
    struct dialogue_request pending[DIALOGUE_PENDING];
    uint32_t pending_at; /* next to write */

    double fixed_difficulty;                /* that the newest login asks for, or 0 */
    const char *wallet_coin;                /* of the newest login, or NULL */
    uint8_t host_source;                    /* enum name_source, of host */
    uint8_t transport[EVIDENCE_TRANSPORTS]; /* enum transport, outermost first */

    struct dialogue_text login_text, agent_text, worker_text, algorithm_text, reason_text, host_text, tag_text, payout_text,
        coin_text;
    char host[DIALOGUE_HOST_MAX + 1], tag[DIALOGUE_TAG_MAX + 1], payout[DIALOGUE_PAYOUT_MAX + 1], coin[DIALOGUE_COIN_MAX + 1];
    char login[EVIDENCE_TEXT_MAX + 1], agent[DIALOGUE_AGENT_MAX + 1], worker[DIALOGUE_WORKER_MAX + 1],
        algorithm[DIALOGUE_ALGORITHM_MAX + 1], reason[DIALOGUE_REASON_MAX + 1];
};

/* Takes a DNS message, as far as it is there, and where it was seen; borrows both. */
typedef void dialogue_dns_fn(void *arg, const struct names_origin *o, struct view message);
struct contacts;

/* What a dialogue needs from the pipeline. */
struct dialogue_env {
    const struct hash_key *hash;
    struct stream_memory *memory;
    struct reconnects *reconnects;
    struct contacts *contacts; /* or NULL */
    evidence_fn *emit;
    dialogue_dns_fn *dns; /* or NULL */
    void *arg;
    uint32_t worker;
    uint64_t seq; /* of the newest record */
};

/* Starts a dialogue for the flow of packet p, which travels in direction dir. d is zeroed. */
void dialogue_init(struct dialogue *d, uint32_t flow, const struct packet *p, int dir);

/* Asks for the memory that most packets of the flow use: the first part, in lines of 64 bytes. */
static inline void dialogue_prefetch(const struct dialogue *d)
{
    for (size_t at = 0; at < offsetof(struct dialogue, job); at += 64)
        __builtin_prefetch((const char *)d + at);
}

/* Takes a packet of the flow, with or without payload. */
void dialogue_packet(struct dialogue *d, struct dialogue_env *env, struct flow *f, const struct packet *p, int dir);

/* True when it looks like something else and nothing was proven: the side record can go. */
bool dialogue_is_dull(const struct dialogue *d);

/* Hands out what is still kept and, when it is proven, emits the last record of the flow. */
void dialogue_end(struct dialogue *d, struct dialogue_env *env, struct flow *f);

#endif
