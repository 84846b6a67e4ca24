/*
 * web_miner.c - auth, authed, job, submit, hash_accepted, error, banned.
 *
 * Source: cazala/coin-hive-stratum (Miner.ts, Connection.ts), whose clones keep the types and rename some fields. The
 * types are words that any chat uses, so a message proves something only by its fields: auth by a site key, a job by a
 * blob and a target, a share by a nonce of 8 hex digits and a result of 64.
 */
#include "config.h"

#include "message/web_miner.h"

#include "base/parse.h"

#define BLOB_MIN_DIGITS 152 /* 76 bytes, as in cryptonote.c */
#define KEY_MIN 8           /* characters of a site key; Coinhive's had 32 */

/* {"site_key": key, "user": name or null}; a clone says userID. */
static bool read_auth(const struct json_val *params, struct mining_msg *out)
{
    struct json_val key = json_member(params, "site_key");
    struct json_val user = json_member(params, "user");

    *out = (struct mining_msg){.protocol = PROTOCOL_WEB_CRYPTONOTE, .say = SAY_LOGIN, .proof = PROOF_FULL};
    if (!json_is_string(&key)) { /* another field name is no proof: the job is */
        key = json_member(params, "userID");
        out->proof = PROOF_WEAK;
    }
    if (!json_is_string(&key) || key.text.n < KEY_MIN)
        return false;
    out->login = key;
    if (json_is_string(&user))
        out->worker = user;
    return true;
}

static bool read_job(const struct json_val *params, struct mining_msg *out)
{
    struct json_val blob = json_member(params, "blob");
    struct json_val id = json_member(params, "job_id");
    struct json_val target = json_member(params, "target");
    struct json_val height = json_member(params, "height");
    struct json_val algorithm = json_member(params, "algo");

    if (!json_is_hex(&blob, BLOB_MIN_DIGITS, SIZE_MAX) || !json_is_string(&id) || !id.complete ||
        (!json_is_hex(&target, 8, 8) && !json_is_hex(&target, 16, 16)))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_WEB_CRYPTONOTE, .say = SAY_JOB, .proof = PROOF_FULL, .from_pool = true};
    out->job = id;
    out->target = target;
    out->target_kind = TARGET_CRYPTONOTE;
    if (height.type == JSON_NUMBER && height.complete && !parse_u64(height.text, &out->height))
        out->height = 0;
    if (json_is_string(&algorithm) && algorithm.complete)
        out->algorithm = algorithm;
    return true;
}

static bool read_submit(const struct json_val *params, struct mining_msg *out)
{
    struct json_val id = json_member(params, "job_id");
    struct json_val nonce = json_member(params, "nonce");
    struct json_val result = json_member(params, "result");

    if (!json_is_string(&id) || !json_is_hex(&nonce, 8, 8) || !json_is_hex(&result, 64, 64))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_WEB_CRYPTONOTE, .say = SAY_SUBMIT, .proof = PROOF_FULL, .job = id};
    out->share_hash = result;
    return true;
}

/* hashes: what the service has credited so far; a number. */
static bool read_accepted(const struct json_val *params, struct mining_msg *out)
{
    struct json_val hashes = json_member(params, "hashes");

    if (hashes.type != JSON_NUMBER)
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_WEB_CRYPTONOTE, .say = SAY_REPLY, .from_pool = true, .accepted = true};
    out->answers = SAY_SUBMIT;
    return true;
}

/* error and banned refuse the share or the key; which of them, the text says. */
static bool read_refusal(const struct json_val *params, struct mining_msg *out)
{
    struct json_val reason = json_member(params, "error");

    *out = (struct mining_msg){.protocol = PROTOCOL_WEB_CRYPTONOTE, .say = SAY_REPLY, .from_pool = true, .reason = reason};
    out->answers = json_is(&reason, "invalid_site_key") || reason.type != JSON_STRING ? SAY_LOGIN : SAY_SUBMIT;
    return true;
}

bool web_miner_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->carriage != CARRIED_WEBSOCKET || m->type.type != JSON_STRING || m->method.type != JSON_NONE ||
        m->params.type != JSON_OBJECT)
        return false;
    if (json_is(&m->type, "auth"))
        return read_auth(&m->params, out);
    if (json_is(&m->type, "job"))
        return read_job(&m->params, out);
    if (json_is(&m->type, "submit"))
        return read_submit(&m->params, out);
    if (json_is(&m->type, "hash_accepted"))
        return read_accepted(&m->params, out);
    if (json_is(&m->type, "error") || json_is(&m->type, "banned"))
        return read_refusal(&m->params, out);
    return false;
}
