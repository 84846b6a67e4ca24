/*
 * grin.c - Grin: login, getjobtemplate, job, submit, status, keepalive, and replies that repeat the method.
 *
 * Sources: mimblewimble/grin doc/stratum.md, NiceHash's Grin, a session of bminer. CryptoNote's dialect has login, job and
 * submit too; here ids are strings, mostly "Stratum", a job has pre_pow, and a share has `pow`, the numbers of a cycle's
 * edges. Other software numbers its requests with strings too, so one word proves nothing without the fields. MWC and
 * Tari speak the same: no coin is claimed.
 */
#include "config.h"

#include "message/grin.h"

#include "message/agent.h"
#include "message/shape.h"

#define PRE_POW_MIN 64 /* digits; real ones have some hundred */
#define CYCLE_MIN 20   /* edges of a whole proof; 32, 40 and 42 are in use */
#define CYCLE_MAX 64
#define CYCLE_BEGUN 8 /* of one that is cut */

static bool is_named(const struct jsonrpc *m)
{
    return json_is(&m->id, "Stratum");
}

/* login {login, pass, agent}. */
static bool read_login(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val pass = json_member(&m->params, "pass");

    out->say = SAY_LOGIN;
    out->login = json_member(&m->params, "login");
    out->agent = json_member(&m->params, "agent");
    if (m->params.type != JSON_OBJECT || !json_is_string(&out->login) || (pass.type == JSON_NONE && m->params.complete))
        return false;
    if (is_named(m)) {
        out->proof = PROOF_FULL;
    } else {
        out->proof = agent_names_miner(&out->agent) ? PROOF_FULL : PROOF_WEAK;
        out->protocol = PROTOCOL_UNKNOWN;
        out->hint = PROTOCOL_GRIN;
    }
    return true;
}

/* {difficulty, height, job_id, pre_pow}. */
static bool read_template(const struct json_val *job, struct mining_msg *out)
{
    struct json_val pre_pow = json_member(job, "pre_pow");
    struct json_val height = json_member(job, "height");
    struct json_val difficulty = json_member(job, "difficulty");

    if (!json_starts_hex(&pre_pow, PRE_POW_MIN))
        return false;
    out->proof = PROOF_FULL;
    out->from_pool = true;
    out->job = json_member(job, "job_id");
    out->height = shape_number(&height);
    if (difficulty.type == JSON_NUMBER && difficulty.complete) {
        out->target = difficulty;
        out->target_kind = TARGET_GRIN;
    }
    return true;
}

/* The numbers of a cycle's edges. */
static bool is_cycle(const struct json_val *list)
{
    struct json_walk walk = json_walk_of(list);
    struct json_val edge;
    int n = 0;

    if (list->type != JSON_ARRAY)
        return false;
    while (json_next_item(&walk, &edge)) {
        if (edge.type != JSON_NUMBER || n == CYCLE_MAX)
            return false;
        n++;
    }
    return walk.state == JSON_CLOSED ? n >= CYCLE_MIN : walk.state == JSON_CUT && n > CYCLE_BEGUN;
}

/* submit {height, job_id, nonce, pow}. */
static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val cycle = json_member(&m->params, "pow");

    out->say = SAY_SUBMIT;
    out->proof = PROOF_FULL;
    out->job = json_member(&m->params, "job_id");
    return is_cycle(&cycle);
}

/* A reply: what was asked, and its result or error. */
static bool read_reply(const struct jsonrpc *m, struct mining_msg *out)
{
    struct jsonrpc reply = *m;

    if (m->result.type == JSON_OBJECT && read_template(&m->result, out)) {
        out->say = SAY_REPLY;
        out->accepted = out->has_job = true;
        return true;
    }
    reply.method = (struct json_val){0};
    if (json_is(&m->method, "status") && m->result.type == JSON_OBJECT) {
        out->say = SAY_REPLY;
        out->from_pool = out->accepted = true;
        return true;
    }
    return mining_read_reply(&reply, out);
}

bool grin_read(const struct jsonrpc *m, struct mining_msg *out)
{
    static const char *const words[] = {"login", "job", "submit", "getjobtemplate", "keepalive", "status"};
    size_t word = 0;

    while (word < ARRAY_LEN(words) && !json_is(&m->method, words[word]))
        word++;
    if (word == ARRAY_LEN(words))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_GRIN};
    if (word == 1) {
        out->say = SAY_JOB;
        return m->params.type == JSON_OBJECT && read_template(&m->params, out);
    }
    if (m->result.type != JSON_NONE || jsonrpc_is_error(m))
        return read_reply(m, out);
    if (word == 2)
        return m->params.type == JSON_OBJECT && read_submit(m, out);
    if (m->id.type != JSON_STRING || (m->cut && m->params.type == JSON_NONE))
        return false; /* cut before its parameters, it may be a reply */
    if (word == 0)
        return read_login(m, out);
    out->say = SAY_ASK;
    if (word == 3)
        out->proof = is_named(m) ? PROOF_FULL : PROOF_WEAK;
    return m->params.type != JSON_ARRAY;
}
