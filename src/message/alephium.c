/*
 * alephium.c - Alephium: jobs and shares as objects, named replies, and the claimed hash rate.
 *
 * Sources: alephium/mining-pool (lib/stratum.js: the pool sends mining.set_difficulty before the miner says anything,
 * notify has one object for each of the 16 chains, replies to a share are called mining.submit_result), NiceHash's
 * Alephium. The members of a share beside its nonce are not all known: what is there is taken.
 */
#include "config.h"

#include "message/alephium.h"

#include "message/shape.h"

#define JOBS_LOOKED_AT 64 /* a notify has 16 */
#define ADDRESS_MIN 40    /* characters; an address has 45 in base58, a worker's name fewer */

struct job {
    struct json_val id, target;
    uint64_t height;
    bool is_one; /* it has a header or a target by Alephium's name */
};

/* Takes the members of one job in one walk. */
static struct job read_job(const struct json_val *object)
{
    struct json_walk walk = json_walk_of(object);
    struct json_val key, value;
    struct job job = {.height = 0};

    if (object->type != JSON_OBJECT)
        return job;
    while (json_next_member(&walk, &key, &value)) {
        if (json_is(&key, "jobId"))
            job.id = value;
        else if (json_is(&key, "targetBlob"))
            job.target = value;
        else if (json_is(&key, "height"))
            job.height = shape_number(&value);
        job.is_one |= (json_is(&key, "headerBlob") || json_is(&key, "targetBlob")) && json_starts_hex(&value, 1);
    }
    return job;
}

/* mining.notify [{jobId, fromGroup, toGroup, headerBlob, txsBlob, height, targetBlob}, ...]; the heights of chains differ. */
static bool read_notify(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val first = json_item(&m->params, 0);
    struct json_walk walk = json_walk_of(first.type == JSON_ARRAY ? &first : &m->params);
    struct json_val object;
    bool is_one = false;

    out->say = SAY_JOB;
    out->from_pool = true;
    for (int i = 0; i < JOBS_LOOKED_AT && json_next_item(&walk, &object); i++) {
        struct job job = read_job(&object);

        is_one |= job.is_one;
        if (job.height > out->height)
            out->height = job.height;
        if (i > 0)
            continue;
        out->job = job.id;
        if (json_is_hex(&job.target, 1, 64)) {
            out->target = job.target;
            out->target_kind = TARGET_HEX;
        }
    }
    return m->params.type == JSON_ARRAY && is_one;
}

/* mining.submit {jobId, fromGroup, toGroup, nonce, worker}; the worker is address or address.worker. */
static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val from = json_member(&m->params, "fromGroup");
    struct json_val to = json_member(&m->params, "toGroup");
    struct json_val worker = json_member(&m->params, "worker");

    out->say = SAY_SUBMIT;
    out->job = json_member(&m->params, "jobId");
    if (json_is_string(&worker) && worker.text.n >= ADDRESS_MIN)
        out->login = worker;
    else if (worker.complete)
        out->worker = worker;
    return from.type == JSON_NUMBER || to.type == JSON_NUMBER;
}

/* alph_submitHashrate [hashes a second (hex), id]. */
static bool read_hashrate(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val rate = json_item(&m->params, 0);

    out->say = SAY_HASHRATE;
    out->claimed_hs = rate.type == JSON_NUMBER ? shape_number(&rate) : shape_hex_number(&rate);
    return m->params.type == JSON_ARRAY || (m->cut && m->params.type == JSON_NONE);
}

/* {"method": "mining.submit_result", "id": ..., "result": true, "error": null}. */
static bool read_result(const struct jsonrpc *m, struct mining_msg *out)
{
    struct jsonrpc reply = *m;

    reply.method = (struct json_val){0};
    if (!mining_read_reply(&reply, out))
        return false;
    out->protocol = PROTOCOL_ALEPHIUM;
    return true;
}

bool alephium_read(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){
        .protocol = PROTOCOL_ALEPHIUM, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true, .coin = "ALPH"};
    if (json_is(&m->method, "mining.notify"))
        return read_notify(m, out);
    if (json_is(&m->method, "mining.submit"))
        return m->params.type == JSON_OBJECT && read_submit(m, out);
    if (json_is(&m->method, "mining.submit_result"))
        return read_result(m, out);
    if (json_is(&m->method, "alph_submitHashrate"))
        return read_hashrate(m, out);
    return false;
}
