/*
 * ironfish.c - Iron Fish: every message has a method, replies too, and its parameters are called `body`.
 *
 * Sources: iron-fish/ironfish mining/stratum (messages.ts, clients/client.ts), NiceHash's FishHash. subscribe names agent and
 * account at once, so it is the login. The reply to a share, mining.submitted, has the id of the share inside its body; its
 * own id is the server's count.
 */
#include "config.h"

#include "message/ironfish.h"

#include "message/shape.h"

/* mining.subscribe {version, agent, publicAddress, name, extend}: publicAddress may have .worker behind it. */
static void read_subscribe(const struct json_val *body, struct mining_msg *out)
{
    out->agent = json_member(body, "agent");
    out->login = json_member(body, "publicAddress");
    out->worker = json_member(body, "name");
}

static void read_target(const struct json_val *body, struct mining_msg *out)
{
    struct json_val target = json_member(body, "target");

    if (json_is_hex(&target, 64, 64)) {
        out->target = target;
        out->target_kind = TARGET_BE256;
    }
}

static void read_job(const struct json_val *body, struct mining_msg *out)
{
    out->job = json_member(body, "miningRequestId");
}

static void read_submitted(const struct json_val *body, struct mining_msg *out)
{
    struct json_val result = json_member(body, "result");

    out->accepted = result.type == JSON_TRUE;
    out->reason = json_member(body, "message");
    out->answers = SAY_SUBMIT;
}

static void read_disconnect(const struct json_val *body, struct mining_msg *out)
{
    out->reason = json_member(body, "reason");
}

static const struct method {
    const char *name;
    enum mining_say say;
    enum mining_proof proof;
    bool from_pool;
    bool bare; /* may come without a body */
    void (*read)(const struct json_val *body, struct mining_msg *out);
} methods[] = {
    {"mining.subscribe", SAY_LOGIN, PROOF_FULL, false, false, read_subscribe},
    {"mining.submit", SAY_SUBMIT, PROOF_FULL, false, false, read_job},
    {"mining.get_status", SAY_ASK, PROOF_FULL, false, true, NULL},
    {"mining.subscribed", SAY_SUBSCRIBED, PROOF_FULL, true, false, NULL},
    {"mining.set_target", SAY_DIFFICULTY, PROOF_FULL, true, false, read_target},
    {"mining.notify", SAY_JOB, PROOF_FULL, true, false, read_job},
    {"mining.submitted", SAY_REPLY, PROOF_NONE, true, false, read_submitted},
    {"mining.wait_for_work", SAY_NOTICE, PROOF_FULL, true, true, NULL},
    {"mining.disconnect", SAY_NOTICE, PROOF_FULL, true, true, read_disconnect},
    {"mining.status", SAY_NOTICE, PROOF_FULL, true, false, NULL},
};

/* A whole share names its job or hands in the number that it found, as hex digits; a reply to it, whole or cut, says yes or no. */
static bool body_fits(enum mining_say say, const struct json_val *body)
{
    struct json_val result = json_member(body, "result");
    struct json_val request = json_member(body, "miningRequestId");
    struct json_val randomness = json_member(body, "randomness");

    if (say == SAY_REPLY)
        return (result.type == JSON_TRUE || result.type == JSON_FALSE) && result.complete;
    return say != SAY_SUBMIT || !body->complete || request.type == JSON_NUMBER || json_starts_hex(&randomness, 1);
}

bool ironfish_read(const struct jsonrpc *m, struct mining_msg *out)
{
    bool has_body = m->body.type == JSON_OBJECT;

    if (m->method.type != JSON_STRING || (!has_body && m->params.type != JSON_NONE))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        const struct method *method = &methods[i];

        if (!json_is(&m->method, method->name))
            continue;
        if (has_body ? !body_fits(method->say, &m->body) : !method->bare)
            return false;
        *out = (struct mining_msg){.protocol = PROTOCOL_IRONFISH,
                                   .say = method->say,
                                   .proof = method->proof,
                                   .from_pool = method->from_pool,
                                   .family_stratum = true,
                                   .not_bitcoin = true,
                                   .coin = "IRON"};
        if (method->read)
            method->read(&m->body, out);
        return true;
    }
    return false;
}
