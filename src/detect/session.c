/*
 * session.c - counters, requests that wait for replies, and the texts that the miner sends.
 *
 * Replies are matched first-in first-out per id: several clients use one id for every share (ethminer
 * always 40, equihashminer 4, xmr-stak 1).
 */
#include "config.h"

#include "detect/session.h"

#include "base/out.h"
#include "evidence/difficulty.h"

static uint64_t hash_of(const struct dialogue_env *env, struct view v)
{
    uint64_t h = hash_64(env->hash, v);

    return h ? h : 1;
}

static void note_request(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m, enum mining_say say)
{
    struct dialogue_request *r = &d->pending[d->pending_at++ % DIALOGUE_PENDING];

    if (!m || m->id.type == JSON_NONE || m->id.type == JSON_NULL || !m->id.complete) {
        d->pending_at--;
        return;
    }
    *r = (struct dialogue_request){hash_of(env, m->id.text), (uint8_t)say}; /* the oldest is forgotten */
}

/* The oldest request with the id of this reply, which is then done with; SAY_NOTHING when there is none. */
static enum mining_say match_request(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m)
{
    uint64_t id;

    if (!m || m->id.type == JSON_NONE || !m->id.complete)
        return SAY_NOTHING;
    id = hash_of(env, m->id.text);
    for (uint32_t i = 0; i < DIALOGUE_PENDING; i++) {
        struct dialogue_request *r = &d->pending[(d->pending_at + i) % DIALOGUE_PENDING];

        if (r->id == id) {
            r->id = 0;
            return (enum mining_say)r->say;
        }
    }
    return SAY_NOTHING;
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

/* Notes a login; true when this flow has not sent it before. */
static bool note_login(struct dialogue *d, const struct dialogue_env *env, const struct mining_msg *msg)
{
    bool changed = keep_text(&d->login_text, d->login, sizeof(d->login), &msg->login);
    uint64_t h;

    if (!changed)
        return false;
    h = hash_of(env, view_of(d->login, d->login_text.len));
    for (size_t i = 0; i < DIALOGUE_LOGINS; i++) {
        if (d->logins[i] == h) {
            d->login_text.unsent = false;
            return false;
        }
    }
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

static void note_target(struct dialogue *d, const struct mining_msg *msg)
{
    double difficulty = difficulty_of(msg);

    if (difficulty > 0)
        d->difficulty = difficulty;
    if (msg->height)
        d->height = msg->height;
}

/* Counts a job once, however often it is handed out in a row. */
static void note_job(struct dialogue *d, const struct dialogue_env *env, const struct mining_msg *msg)
{
    uint64_t job = msg->job.text.n ? hash_of(env, msg->job.text) : 0;

    if (job == 0 || job != d->job)
        d->n_jobs++;
    d->job = job;
    note_target(d, msg);
    raise_stage(d, STAGE_MINING);
}

static struct session_change add_reply(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m,
                                       const struct mining_msg *msg)
{
    struct session_change c = {.kind = EVIDENCE_FACTS};
    enum mining_say request = match_request(d, env, m);

    if (msg->has_job) {
        note_job(d, env, msg);
        c.kind = EVIDENCE_JOB;
    }
    if (msg->proof == PROOF_FULL && !msg->has_job)
        c.kind = EVIDENCE_KEEPALIVE;
    c.answered = request != SAY_NOTHING;
    if (request == SAY_SUBMIT && msg->accepted) {
        d->n_accepted++;
        raise_stage(d, STAGE_PAID);
        c.kind = EVIDENCE_ACCEPTED;
    } else if (request == SAY_SUBMIT) {
        d->n_rejected++;
        keep_text(&d->reason_text, d->reason, sizeof(d->reason), &msg->reason);
        c.kind = EVIDENCE_REJECTED;
    } else if ((request == SAY_LOGIN || request == SAY_SUBSCRIBE) && !msg->accepted) {
        d->n_refused_logins += request == SAY_LOGIN;
        keep_text(&d->reason_text, d->reason, sizeof(d->reason), &msg->reason);
        c.kind = request == SAY_LOGIN ? EVIDENCE_REFUSED : EVIDENCE_FACTS;
    }
    return c;
}

struct session_change session_add(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m,
                                  const struct mining_msg *msg)
{
    struct session_change c = {.kind = EVIDENCE_FACTS};

    d->n_messages++;
    note_texts(d, msg);
    if (msg->say == SAY_REPLY)
        return add_reply(d, env, m, msg);
    raise_stage(d, STAGE_HANDSHAKE);
    if (!msg->from_pool)
        note_request(d, env, m, msg->say);
    else if (msg->say == SAY_SUBSCRIBED || (m && m->method.type == JSON_NONE))
        c.answered = match_request(d, env, m) != SAY_NOTHING;
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
        d->claimed_hs = msg->claimed_hs ? msg->claimed_hs : d->claimed_hs;
        raise_stage(d, STAGE_MINING);
        c.kind = EVIDENCE_HASHRATE;
        break;
    case SAY_ASK: c.kind = EVIDENCE_REQUEST; break;
    case SAY_SUBSCRIBED: c.kind = EVIDENCE_SUBSCRIBED; break;
    case SAY_JOB:
        note_job(d, env, msg);
        c.kind = EVIDENCE_JOB;
        break;
    case SAY_DIFFICULTY:
        note_target(d, msg);
        c.kind = EVIDENCE_DIFFICULTY;
        break;
    case SAY_NOTICE: c.kind = EVIDENCE_NOTICE; break;
    case SAY_NOTHING:
    case SAY_REPLY: break;
    }
    return c;
}
