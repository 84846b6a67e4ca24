/*
 * emit.c - fills evidence records.
 */
#include "config.h"

#include "detect/emit.h"

#include "evidence/difficulty.h"

/* The protocol to report: what is certain, or the family's first dialect when nothing speaks against it. */
static enum mining_protocol protocol_of(const struct dialogue *d)
{
    if (d->protocol != PROTOCOL_UNKNOWN)
        return (enum mining_protocol)d->protocol;
    /* Subscribe and authorize are shared by many dialects. Where bytes are missing, what tells them apart may be among
     * them; else whole messages without any other coin's mark are called Stratum v1. */
    if (d->n_truncated > 0)
        return PROTOCOL_UNKNOWN;
    if (d->hint != PROTOCOL_UNKNOWN)
        return (enum mining_protocol)d->hint;
    if (d->stratum_family && !d->not_bitcoin)
        return PROTOCOL_STRATUM_V1;
    return PROTOCOL_UNKNOWN;
}

static unsigned flags_of(const struct dialogue *d, const struct flow *f)
{
    unsigned flags = 0;
    int miner = d->miner;

    if (!(f->flags & FLOW_SEEN_SYN))
        flags |= EVIDENCE_MIDSTREAM;
    if (f->packets[0] == 0 || f->packets[1] == 0) {
        int seen = f->packets[0] == 0;

        flags |= EVIDENCE_ONE_SIDED;
        if (d->seen_ack[seen] && (int32_t)(d->newest_ack[seen] - d->first_ack[seen]) > 0)
            flags |= EVIDENCE_ANSWERED;
    }
    if (d->has_macs &&
        (d->mac[miner][0] | d->mac[miner][1] | d->mac[miner][2] | d->mac[miner][3] | d->mac[miner][4] | d->mac[miner][5]) != 0)
        flags |= EVIDENCE_HAS_MACS;
    if (d->has_encap)
        flags |= EVIDENCE_HAS_ENCAP;
    if (d->protocol == PROTOCOL_UNKNOWN)
        flags |= EVIDENCE_UNSURE;
    if (d->n_refused_logins > 0 && d->n_refused_logins >= d->n_logins && d->n_jobs == 0)
        flags |= EVIDENCE_REFUSED_ALL;
    return flags;
}

static void fill(const struct dialogue *d, const struct flow *f, struct evidence *e)
{
    int miner = d->miner, pool = !d->miner;

    *e = (struct evidence){
        .version = EVIDENCE_VERSION,
        .time_ns = d->last_ns,
        .flow_start_ns = f->start_ns,
        .flow_last_ns = f->last_ns,
        .frame = d->frame,
        .file = d->file,
        .vni = d->vni,
        .miner = d->ends[miner],
        .pool = d->ends[pool],
        .outer_src = d->outer_src,
        .outer_dst = d->outer_dst,
        .protocol = (uint8_t)protocol_of(d),
        .stage = d->stage,
        .flags = (uint16_t)flags_of(d, f),
        .bytes = {f->bytes[miner], f->bytes[pool]},
        .packets = {f->packets[miner], f->packets[pool]},
        .protocols = d->protocols,
        .n_messages = d->n_messages,
        .n_logins = d->n_logins,
        .n_jobs = d->n_jobs,
        .n_submitted = d->n_submitted,
        .n_accepted = d->n_accepted,
        .n_rejected = d->n_rejected,
        .n_gaps = d->n_gaps,
        .n_truncated = d->n_truncated,
        .difficulty = d->difficulty,
        .height = d->height,
        .claimed_hs = d->claimed_hs,
        .difficulty_min = d->work.min,
        .difficulty_max = d->work.max,
        .session_first_ns = d->session_first_ns,
        .session_last_ns = d->session_last_ns,
        .host_source = d->host_source,
    };
    memcpy(e->mac, d->mac[miner], sizeof(e->mac));
    memcpy(e->transport, d->transport, sizeof(e->transport));
    work_fill(&d->work, difficulty_unit((enum mining_protocol)e->protocol, d->coin_text.len ? d->coin : d->wallet_coin),
              d->fixed_difficulty, f->packets[pool] > 0, e);
}

static void hand_over(struct dialogue_env *env, struct evidence *e, enum evidence_kind kind, enum direction direction)
{
    e->kind = (uint8_t)kind;
    e->direction = (uint8_t)direction;
    e->worker = env->worker;
    e->seq = ++env->seq;
    env->emit(env->arg, e);
}

static void send(struct dialogue *d, struct dialogue_env *env, struct evidence *e, enum evidence_kind kind,
                 enum direction direction, unsigned flags)
{
    e->flags |= (uint16_t)flags;
    d->sent_ns = d->last_ns;
    hand_over(env, e, kind, direction);
}

void emit_aside(const struct dialogue *d, struct dialogue_env *env, const struct flow *f, enum evidence_kind kind)
{
    struct evidence e;

    fill(d, f, &e);
    hand_over(env, &e, kind, DIRECTION_BOTH);
}

void emit_listed(const struct dialogue *d, struct dialogue_env *env, const struct flow *f, uint32_t feed_row,
                 uint32_t feed_generation)
{
    struct evidence e;

    fill(d, f, &e);
    e.feed_row = feed_row;
    e.feed_generation = feed_generation;
    hand_over(env, &e, EVIDENCE_LISTED, DIRECTION_TO_POOL);
}

void emit_evidence(struct dialogue *d, struct dialogue_env *env, const struct flow *f, enum evidence_kind kind,
                   enum direction direction, unsigned flags)
{
    struct {
        struct dialogue_text *text;
        const char *bytes;
        enum evidence_text tag;
    } texts[] = {
        {&d->login_text, d->login, TEXT_LOGIN},
        {&d->worker_text, d->worker, TEXT_WORKER},
        {&d->algorithm_text, d->algorithm, TEXT_ALGORITHM},
        {&d->reason_text, d->reason, TEXT_REASON},
        {&d->agent_text, d->agent, TEXT_AGENT},
        {&d->host_text, d->host, TEXT_HOST},
        {&d->coin_text, d->coin, TEXT_COIN},
        {&d->tag_text, d->tag, TEXT_TAG},
        {&d->payout_text, d->payout, TEXT_PAYOUT},
    };
    struct evidence e, facts;

    d->worker_text.unsent |= d->login_text.unsent; /* a login without a worker takes back the one before it */
    fill(d, f, &e);
    facts = e;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct dialogue_text *t = texts[i].text;
        struct view v = view_of(texts[i].bytes, t->len);

        if (!t->unsent)
            continue;
        t->unsent = false;
        if (evidence_add_text(&e, texts[i].tag, v, t->cut) || evidence_add_text(&facts, texts[i].tag, v, t->cut))
            continue;
        send(d, env, &facts, EVIDENCE_FACTS, direction, 0);
        fill(d, f, &facts);
        evidence_add_text(&facts, texts[i].tag, v, t->cut); /* fits: the record is empty */
    }
    if (facts.text_len > 0)
        send(d, env, &facts, EVIDENCE_FACTS, direction, 0);
    send(d, env, &e, kind, direction, flags);
}

void emit_node(const struct dialogue *d, struct dialogue_env *env, const struct flow *f, const struct node_said *said)
{
    struct evidence e;

    fill(d, f, &e);
    e.protocol = PROTOCOL_UNKNOWN;
    e.stage = STAGE_CONTACT;
    if (said->coin)
        evidence_add_text(&e, TEXT_COIN, view_str(said->coin), false);
    if (said->agent.n)
        evidence_add_text(&e, TEXT_AGENT, said->agent, said->agent_cut);
    hand_over(env, &e, EVIDENCE_NODE, DIRECTION_BOTH);
}
