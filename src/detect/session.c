/*
 * session.c - counters, requests that wait for replies, and the texts that the miner sends.
 *
 * Replies are matched first-in first-out per id: several clients use one id for every share (ethminer
 * always 40, equihashminer 4, xmr-stak 1).
 */
#include "config.h"

#include "detect/session.h"

#include "base/out.h"
#include "evidence/chain.h"
#include "evidence/difficulty.h"
#include "evidence/login.h"
#include "evidence/payout.h"

#define LONE_REPLIES 2 /* answers before the first share's, seen from the pool's side alone: subscription and login */

static uint64_t hash_of(const struct dialogue_env *env, struct view v)
{
    uint64_t h = hash_64(env->hash, v);

    return h ? h : 1;
}

/* null is an id too, where a miner asks with it. */
static bool has_id(const struct jsonrpc *m)
{
    return m && m->id.type != JSON_NONE && m->id.complete;
}

#define NO_ID 1 /* of a request without an id: only an answer that names the kind of its question finds it */

static void note_request(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m, enum mining_say say,
                         struct share work)
{
    if (!has_id(m) && say != SAY_SUBMIT)
        return;
    if (m && m->method.type == JSON_NONE && m->type.type == JSON_NONE && m->message.type == JSON_NONE)
        return; /* a miner's own answer: its id is the pool's */
    d->pending[d->pending_at++ % DIALOGUE_PENDING] = (struct dialogue_request){
        has_id(m) ? hash_of(env, m->id.text) : NO_ID, work, (uint8_t)say}; /* the oldest is forgotten */
}

/*
 * The oldest request that this reply answers, which is then done with; .say is SAY_NOTHING when there is none. It is
 * the one with the reply's id, or of the kind that the reply names. Work answers no share.
 */
static struct dialogue_request match_request(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m,
                                             enum mining_say answers, bool work)
{
    uint64_t id = answers == SAY_NOTHING && has_id(m) ? hash_of(env, m->id.text) : 0;

    for (uint32_t i = 0; i < DIALOGUE_PENDING; i++) {
        struct dialogue_request *r = &d->pending[(d->pending_at + i) % DIALOGUE_PENDING];

        if (r->id != 0 && (answers == SAY_NOTHING ? r->id == id && !(work && r->say == SAY_SUBMIT) : r->say == answers)) {
            struct dialogue_request found = *r;

            r->id = 0;
            return found;
        }
    }
    return (struct dialogue_request){.say = SAY_NOTHING};
}

/* Keeps a text when it differs from what is kept. True when it does. */
static bool keep_text(struct dialogue_text *t, char *mem, size_t cap, const struct json_val *v)
{
    char plain[EVIDENCE_TEXT_MAX + 4];
    struct out o = out_of(plain, min_size(sizeof(plain), cap));

    if (v->type != JSON_STRING || v->text.n == 0)
        return false;
    json_unescape(v, &o);
    if (t->len == o.n && memcmp(mem, plain, o.n) == 0)
        return false;
    memcpy(mem, plain, o.n);
    t->len = (uint16_t)o.n;
    t->cut = o.full || !v->complete;
    t->unsent = true;
    return true;
}

/* What the login says of the shares to come. A difficulty in it is a number of hashes in CryptoNote's dialect alone. */
static void note_account(struct dialogue *d, enum mining_protocol protocol)
{
    struct login l = login_of(view_of(d->login, d->login_text.len), protocol);

    d->wallet_coin = l.coin;
    d->fixed_difficulty = protocol == PROTOCOL_CRYPTONOTE ? l.fixed_difficulty : 0;
}

/* Some dialects name in a share only the worker, which stood beside the login. */
static bool is_known_worker(const struct dialogue *d, const struct mining_msg *msg)
{
    return msg->say == SAY_SUBMIT && d->login_text.len > 0 && d->worker_text.len > 0 && !msg->login.escaped &&
           view_eq(msg->login.text, view_of(d->worker, d->worker_text.len));
}

/* Notes a login; true when this flow has not sent it before. */
static bool note_login(struct dialogue *d, const struct dialogue_env *env, const struct mining_msg *msg)
{
    uint64_t h;

    if (is_known_worker(d, msg) || !keep_text(&d->login_text, d->login, sizeof(d->login), &msg->login))
        return false;
    h = hash_of(env, view_of(d->login, d->login_text.len));
    for (size_t i = 0; i < DIALOGUE_LOGINS; i++) {
        if (d->logins[i] == h) {
            d->login_text.unsent = false;
            return false;
        }
    }
    note_account(d, msg->protocol);
    d->logins[d->n_logins % DIALOGUE_LOGINS] = h;
    d->n_logins++;
    if (d->n_logins > DIALOGUE_LOGINS_SENT)
        d->login_text.unsent = false;
    return d->login_text.unsent;
}

static void note_texts(struct dialogue *d, const struct mining_msg *msg)
{
    keep_text(&d->agent_text, d->agent, sizeof(d->agent), &msg->agent);
    if (msg->say == SAY_LOGIN && (msg->worker.type != JSON_STRING || msg->worker.text.n == 0))
        d->worker_text.len = 0;
    keep_text(&d->worker_text, d->worker, sizeof(d->worker), &msg->worker);
    keep_text(&d->algorithm_text, d->algorithm, sizeof(d->algorithm), &msg->algorithm);
}

static void raise_stage(struct dialogue *d, enum stage stage)
{
    if (stage > d->stage)
        d->stage = (uint8_t)stage;
}

/* How near a name stands to what the miner connected for; of nested wrappings the newest is the inner one. */
static int rank_of(enum name_source source)
{
    static const uint8_t ranks[NAME_SOURCE_N] = {
        [NAME_RECONNECT] = 1, [NAME_SUBSCRIBE] = 2, [NAME_HTTP_HOST] = 3, [NAME_CONNECT] = 4, [NAME_SOCKS] = 4};

    return ranks[source];
}

void session_host(struct dialogue *d, struct json_val host, enum name_source source)
{
    if (host.text.n == 0 || rank_of(source) < rank_of((enum name_source)d->host_source))
        return;
    keep_text(&d->host_text, d->host, sizeof(d->host), &host);
    d->host_source = (uint8_t)source;
}

static void note_coin(struct dialogue *d, const char *coin)
{
    struct json_val text = coin ? json_text_of(view_str(coin)) : (struct json_val){.type = JSON_NONE};

    keep_text(&d->coin_text, d->coin, sizeof(d->coin), &text);
}

/* What a message says beside its purpose: height, difficulty, claims, and the chain that heights and times fit. */
static void note_facts(struct dialogue *d, const struct mining_msg *msg)
{
    double difficulty = difficulty_of(msg);

    if (difficulty > 0 && msg->target_kind != TARGET_ERGO)
        d->difficulty = difficulty;
    if (msg->height)
        d->height = msg->height;
    if (msg->claimed_hs)
        d->claimed_hs = msg->claimed_hs;
    note_coin(d, msg->coin ? msg->coin : chain_of(msg->height, msg->ntime_s));
    if (msg->host_source == NAME_SUBSCRIBE)
        session_host(d, msg->host, NAME_SUBSCRIBE);
}

static uint64_t job_of(const struct dialogue_env *env, const struct mining_msg *msg)
{
    return msg->job.text.n && msg->job.complete ? hash_of(env, msg->job.text) : 0;
}

/* Whose pool it is, and whom it pays, by the coinbase transaction of a job. */
static void note_coinbase(struct dialogue *d, const struct mining_msg *msg)
{
    char address[PAYOUT_MAX];
    struct json_val text;
    struct coinbase c;
    size_t n;

    coinbase_read(&msg->coinbase1, &msg->coinbase2, &c);
    text = json_text_of(view_of(c.tag, c.tag_len));
    keep_text(&d->tag_text, d->tag, sizeof(d->tag), &text);
    if (!d->coin_text.len)
        return;
    n = payout_address(&c.payout, d->wallet_coin && strcmp(d->wallet_coin, "BCH") == 0 ? "BCH" : d->coin, address);
    text = json_text_of(view_of(address, n));
    keep_text(&d->payout_text, d->payout, sizeof(d->payout), &text);
}

/* Counts a job once, however often it is handed out in a row. */
static void note_job(struct dialogue *d, const struct dialogue_env *env, const struct mining_msg *msg)
{
    uint64_t job = msg->job.text.n ? hash_of(env, msg->job.text) : 0;

    if (job == 0 || job != d->job) {
        d->n_jobs++;
        if (msg->coinbase1.complete && msg->coinbase2.complete)
            note_coinbase(d, msg);
    }
    d->job = job;
    work_job(&d->work, job_of(env, msg), msg);
    raise_stage(d, STAGE_MINING);
}

static void note_accepted(struct dialogue *d, const struct mining_msg *msg, struct share work)
{
    uint32_t n = msg->n_answers ? msg->n_answers : 1;

    d->n_accepted += n;
    work_accept(&d->work, work, n);
    raise_stage(d, STAGE_PAID);
}

/*
 * True for a yes that answers a share though no question was seen, because the miner's packets were not captured at all:
 * CryptoNote's has a status, others come after the first job (what is answered before it are login and subscription).
 */
static bool is_lone_accept(const struct dialogue *d, const struct jsonrpc *m, const struct mining_msg *msg, bool alone)
{
    return alone && m && msg->accepted && !msg->has_job && msg->proof == PROOF_NONE && has_id(m) && d->n_jobs > 0 &&
           (m->result.type == JSON_OBJECT || d->n_lone_replies >= LONE_REPLIES);
}

static struct session_change add_reply(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m,
                                       const struct mining_msg *msg, bool alone)
{
    struct session_change c = {.kind = EVIDENCE_FACTS};
    struct dialogue_request request = match_request(d, env, m, msg->answers, msg->has_job);
    enum mining_say say = request.say != SAY_NOTHING ? (enum mining_say)request.say : msg->answers;

    for (uint32_t i = 1; i < msg->n_answers && i < DIALOGUE_PENDING; i++)
        match_request(d, env, m, msg->answers, false);
    if (say == SAY_NOTHING && is_lone_accept(d, m, msg, alone))
        say = SAY_SUBMIT;
    d->n_lone_replies += alone && msg->accepted && d->n_lone_replies < LONE_REPLIES;
    if (msg->has_job) {
        note_job(d, env, msg);
        c.kind = EVIDENCE_JOB;
    }
    if (msg->proof == PROOF_FULL && !msg->has_job && msg->answers != SAY_SUBMIT)
        c.kind = msg->answers == SAY_LOGIN ? EVIDENCE_SUBSCRIBED : EVIDENCE_KEEPALIVE;
    c.answered = request.say != SAY_NOTHING;
    if (say == SAY_SUBMIT && msg->accepted) {
        note_accepted(d, msg, request.say != SAY_NOTHING ? request.work : d->work.newest);
        c.kind = EVIDENCE_ACCEPTED;
    } else if (say == SAY_SUBMIT && (request.say != SAY_NOTHING || alone)) { /* else it is no share's answer */
        d->n_rejected++;
        keep_text(&d->reason_text, d->reason, sizeof(d->reason), &msg->reason);
        c.kind = EVIDENCE_REJECTED;
    } else if ((say == SAY_LOGIN || say == SAY_SUBSCRIBE) && !msg->accepted) {
        d->n_refused_logins += say == SAY_LOGIN;
        keep_text(&d->reason_text, d->reason, sizeof(d->reason), &msg->reason);
        c.kind = say == SAY_LOGIN ? EVIDENCE_REFUSED : EVIDENCE_FACTS;
    }
    return c;
}

/* True for a message that the head of an HTTP request alone gives. */
static bool is_head(const struct dialogue *d, const struct jsonrpc *m)
{
    return !m && memchr(d->transport, TRANSPORT_HTTP, sizeof(d->transport));
}

void session_pass(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m, const struct mining_msg *msg)
{
    if (msg->from_pool && m && m->method.type == JSON_NONE)
        match_request(d, env, m, SAY_NOTHING, msg->say == SAY_JOB);
}

struct session_change session_add(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m,
                                  const struct mining_msg *msg, bool alone)
{
    struct session_change c = {.kind = EVIDENCE_FACTS};
    struct share work = {0};

    if (d->n_messages++ == 0)
        d->session_first_ns = d->last_ns;
    if (d->last_ns > d->session_last_ns || d->n_messages == 1)
        d->session_last_ns = d->last_ns;
    note_texts(d, msg);
    note_facts(d, msg);
    if (msg->say == SAY_REPLY)
        return add_reply(d, env, m, msg, alone);
    raise_stage(d, STAGE_HANDSHAKE);
    if (msg->say == SAY_SUBMIT)
        work = work_submit(&d->work, job_of(env, msg), msg);
    if (!msg->from_pool)
        note_request(d, env, m, msg->say, work);
    else if (msg->say == SAY_SUBSCRIBED || (m && m->method.type == JSON_NONE))
        c.answered = match_request(d, env, m, SAY_NOTHING, msg->say == SAY_JOB).say != SAY_NOTHING;
    switch (msg->say) {
    case SAY_SUBSCRIBE: c.kind = EVIDENCE_SUBSCRIBE; break;
    case SAY_LOGIN:
        c.new_login = note_login(d, env, msg);
        c.kind = EVIDENCE_LOGIN;
        break;
    case SAY_SUBMIT:
        c.new_login = note_login(d, env, msg);
        d->n_submitted++;
        raise_stage(d, STAGE_MINING);
        c.kind = EVIDENCE_SUBMIT;
        break;
    case SAY_HASHRATE:
        raise_stage(d, STAGE_MINING);
        c.kind = EVIDENCE_HASHRATE;
        break;
    case SAY_ASK: c.kind = is_head(d, m) ? EVIDENCE_HEADER : EVIDENCE_REQUEST; break;
    case SAY_SUBSCRIBED: c.kind = EVIDENCE_SUBSCRIBED; break;
    case SAY_JOB:
        note_job(d, env, msg);
        c.kind = EVIDENCE_JOB;
        break;
    case SAY_DIFFICULTY:
        work_set(&d->work, msg);
        c.kind = EVIDENCE_DIFFICULTY;
        break;
    case SAY_NOTICE: c.kind = EVIDENCE_NOTICE; break;
    case SAY_NOTHING:
    case SAY_REPLY: break;
    }
    return c;
}
