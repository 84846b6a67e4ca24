/*
 * stratum_v1.c - Stratum v1: mining.subscribe, authorize, submit, configure; notify, set_difficulty,
 * set_extranonce, set_version_mask; client.*.
 *
 * Sources: the Stratum mining protocol as Slush's pool published it, BIP 310 (mining.configure,
 * version rolling), and public captures of bfgminer and cgminer sessions. A Bitcoin notify has nine
 * parameters: job, previous hash (64 hex digits), coinbase 1 and 2, merkle branches, version, bits and
 * time (8 digits each), clean flag. The same methods carry other coins with other parameters; those
 * are of the family, but not of this dialect.
 */
#include "config.h"

#include "message/stratum_v1.h"

#include "message/agent.h"
#include "message/coinbase.h"
#include "message/shape.h"

/*
 * Which dialect a login speaks for, where the shape of its address belongs to one coin. A pool may pay in another coin than
 * the one that is mined, so it is a hint.
 */
static enum mining_protocol hint_of(const struct json_val *login)
{
    static const struct {
        const char *prefix;
        enum mining_protocol protocol;
    } prefixes[] = {{"kaspa:", PROTOCOL_KASPA},  {"ckb1", PROTOCOL_STRATUM_V1}, {"cfx:", PROTOCOL_STRATUM_V1},
                    {"k:", PROTOCOL_STRATUM_V1}, {"ak_", PROTOCOL_STRATUM_V1},  {"hs1q", PROTOCOL_STRATUM_V1}};
    size_t dot = view_find(login->text, '.');

    if (!json_is_string(login))
        return PROTOCOL_UNKNOWN;
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        if (view_starts(login->text, prefixes[i].prefix))
            return prefixes[i].protocol;
    /* Ergo's addresses are 51 characters of base58 that begin with 9; a cut login may go on. */
    return view_starts(login->text, "9") && dot == 51 && (login->complete || dot < login->text.n) ? PROTOCOL_ERGO
                                                                                                  : PROTOCOL_UNKNOWN;
}

/*
 * mining.subscribe [agent, session, host, port], all optional. Others than Bitcoin's miners put the name of their dialect in
 * the session's place, and NiceHash a signature in the host's, which is no host.
 */
static void read_subscribe(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val agent = json_item(&m->params, 0);
    struct json_val session = json_item(&m->params, 1);
    struct json_val host = json_item(&m->params, 2);
    struct json_val port = json_item(&m->params, 3);

    if (json_is_string(&agent) && agent.complete)
        out->agent = agent;
    if (json_is_string(&session) && view_starts(session.text, "EthereumStratum/")) {
        out->not_bitcoin = true;
        out->hint = view_starts(session.text, "EthereumStratum/1") ? PROTOCOL_ETH_STRATUM_1 : PROTOCOL_UNKNOWN;
    }
    if (!shape_address(&host, &out->host, &out->port))
        return;
    out->host_source = NAME_SUBSCRIBE;
    if (shape_number(&port) > 0)
        out->port = port;
}

/* mining.authorize [user, password], or an object with wallet, worker and agent. */
static void read_authorize(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->params.type == JSON_OBJECT) {
        out->login = json_member(&m->params, "wallet");
        out->worker = json_member(&m->params, "worker");
        out->agent = json_member(&m->params, "agent");
    } else {
        out->login = json_item(&m->params, 0);
    }
    out->hint = hint_of(&out->login);
    out->not_bitcoin = out->hint != PROTOCOL_UNKNOWN;
}

/*
 * mining.submit [user, job, extranonce2, time (8 digits), nonce (8 digits), version bits (8 digits)]. With three
 * parameters the third is a nonce: EthereumStratum 1.0, Ergo, Kaspa, CKB and others cannot be told apart by it.
 */
static void read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    const struct shape_items *items;

    items = jsonrpc_items(m);
    if (items->complete || items->n > 3 || !json_is_hex(&items->v[0], 1, SIZE_MAX))
        out->login = items->v[0]; /* else it may be the job, which EthereumStratum 2.0 has there */
    out->job = items->v[1];
    if (json_is_hex(&items->v[2], 2, 64) && json_is_hex(&items->v[3], 8, 8) && json_is_hex(&items->v[4], 8, 8)) {
        out->protocol = PROTOCOL_STRATUM_V1;
        return;
    }
    out->hint = hint_of(&out->login);
    out->not_bitcoin = out->hint != PROTOCOL_UNKNOWN || m->params.type == JSON_OBJECT || (items->complete && items->n < 5);
}

/* mining.configure [extensions, {"info.connection-url": address of the pool, ...}] (BIP 310). */
static void read_configure(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val options = json_item(&m->params, 1);
    struct json_val url = json_member(&options, "info.connection-url");

    out->protocol = PROTOCOL_STRATUM_V1; /* the method alone names the dialect: BIP 310 is Bitcoin's */
    if (shape_address(&url, &out->host, &out->port))
        out->host_source = NAME_SUBSCRIBE;
}

/* client.reconnect [host, port, seconds to wait]; all may be missing, and the port may be a string. */
static void read_reconnect(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val host = json_item(&m->params, 0);
    struct json_val port = json_item(&m->params, 1);

    if (!shape_address(&host, &out->host, &out->port))
        return;
    out->host_source = NAME_RECONNECT;
    if (shape_number(&port) > 0)
        out->port = port;
}

static void read_notify_shape(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val previous = json_item(&m->params, 1);
    struct json_val coinbase1 = json_item(&m->params, 2);
    struct json_val coinbase2 = json_item(&m->params, 3);
    struct json_val version = json_item(&m->params, 5);
    struct json_val bits = json_item(&m->params, 6);
    struct json_val ntime = json_item(&m->params, 7);

    if (!m->params.complete) {
        /* Cut: a previous hash and then more digits than another hash has can only be a coinbase. */
        if (json_is_hex(&previous, 64, 64) && json_starts_hex(&coinbase1, 65))
            out->protocol = PROTOCOL_STRATUM_V1;
        return;
    }
    if (json_count(&m->params, 10) == 9 && json_is_hex(&previous, 64, 64) && json_is_hex(&coinbase1, 1, SIZE_MAX) &&
        json_is_hex(&version, 8, 8) && json_is_hex(&bits, 8, 8) && json_is_hex(&ntime, 8, 8)) {
        out->protocol = PROTOCOL_STRATUM_V1;
        out->height = coinbase_height(coinbase1.text);
        out->ntime_s = shape_hex_number(&ntime);
        out->coinbase1 = coinbase1;
        if (json_is_hex(&coinbase2, 1, SIZE_MAX))
            out->coinbase2 = coinbase2;
    } else {
        out->not_bitcoin = true;
    }
}

static void read_notify(const struct jsonrpc *m, struct mining_msg *out)
{
    out->job = json_item(&m->params, 0);
    read_notify_shape(m, out);
}

static void read_set_difficulty(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val d = json_item(&m->params, 0);

    if (d.type == JSON_NUMBER && d.complete) {
        out->target_kind = TARGET_DIFFICULTY;
        out->target = d;
    }
}

static void read_set_target(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val t = json_item(&m->params, 0);

    if (json_is_hex(&t, 64, 64)) {
        out->target_kind = TARGET_BE256;
        out->target = t;
    }
    out->not_bitcoin = true;
}

static void read_version_mask(const struct jsonrpc *m, struct mining_msg *out)
{
    (void)m; /* BIP 310 again */
    out->protocol = PROTOCOL_STRATUM_V1;
}

/*
 * The methods. `min_params` is how many parameters a whole message has at least; a message with fewer
 * is not of the family.
 */
static const struct method {
    const char *name;
    enum mining_say say;
    enum mining_proof proof;
    bool from_pool;
    uint8_t min_params;
    void (*read)(const struct jsonrpc *m, struct mining_msg *out); /* or NULL */
} methods[] = {
    {"mining.subscribe", SAY_SUBSCRIBE, PROOF_FULL, false, 0, read_subscribe},
    {"mining.authorize", SAY_LOGIN, PROOF_FULL, false, 1, read_authorize},
    {"mining.submit", SAY_SUBMIT, PROOF_FULL, false, 3, read_submit},
    {"mining.configure", SAY_ASK, PROOF_FULL, false, 1, read_configure},
    {"mining.extranonce.subscribe", SAY_ASK, PROOF_FULL, false, 0, NULL},
    {"mining.suggest_difficulty", SAY_ASK, PROOF_FULL, false, 1, NULL},
    {"mining.suggest_target", SAY_ASK, PROOF_FULL, false, 1, NULL},
    {"mining.get_transactions", SAY_ASK, PROOF_FULL, false, 1, NULL},
    {"mining.capabilities", SAY_ASK, PROOF_FULL, false, 0, NULL},
    {"mining.multi_version", SAY_ASK, PROOF_FULL, false, 0, NULL},
    {"mining.update_password", SAY_ASK, PROOF_FULL, false, 0, NULL},
    {"mining.resume", SAY_ASK, PROOF_FULL, false, 0, NULL},
    {"mining.notify", SAY_JOB, PROOF_FULL, true, 1, read_notify},
    {"mining.set_difficulty", SAY_DIFFICULTY, PROOF_FULL, true, 1, read_set_difficulty},
    {"mining.set_target", SAY_DIFFICULTY, PROOF_FULL, true, 1, read_set_target},
    {"mining.set_extranonce", SAY_NOTICE, PROOF_FULL, true, 1, NULL},
    {"mining.set_version_mask", SAY_NOTICE, PROOF_FULL, true, 1, read_version_mask},
    {"mining.ping", SAY_NOTICE, PROOF_NONE, true, 0, NULL}, /* from either side */
    {"mining.pong", SAY_NOTICE, PROOF_NONE, true, 0, NULL},
    {"mining.print", SAY_NOTICE, PROOF_NONE, true, 0, NULL},
    {"client.reconnect", SAY_NOTICE, PROOF_NONE, true, 0, read_reconnect},
    {"client.show_message", SAY_NOTICE, PROOF_NONE, true, 0, NULL},
    {"client.get_version", SAY_NOTICE, PROOF_NONE, true, 0, NULL},
};

/* The nested pairs of a subscribe reply: [[["mining.set_difficulty", id], ["mining.notify", id]], ...] or one flat pair. */
static bool names_subscriptions(const struct json_val *pairs)
{
    struct json_val first = json_item(pairs, 0);

    if (first.type == JSON_ARRAY)
        first = json_item(&first, 0);
    return json_is(&first, "mining.notify") || json_is(&first, "mining.set_difficulty");
}

/*
 * {"result": [subscriptions, extranonce1 (hex), extranonce2 size], ...}. Equihash has session and nonce 1 in it, KawPoW, CKB
 * and Kadena nothing and the nonce's prefix, Xelis four: other software has such lists too, and they say nothing of use.
 */
static bool read_subscribed(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val pairs = json_item(&m->result, 0);

    *out = (struct mining_msg){.say = SAY_SUBSCRIBED, .proof = PROOF_FULL, .from_pool = true, .family_stratum = true};
    return pairs.type == JSON_ARRAY && names_subscriptions(&pairs);
}

/* The answer to client.get_version: the only reply of a miner's, known by its name. */
static bool read_version(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){.say = SAY_NOTHING, .agent = m->result};
    return m->id.type != JSON_NONE && m->result.complete && agent_names_miner(&m->result);
}

bool stratum_v1_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->method.type == JSON_NONE)
        return (m->result.type == JSON_ARRAY && read_subscribed(m, out)) ||
               (m->result.type == JSON_STRING && read_version(m, out));
    if (!m->method.escaped && !view_starts(m->method.text, "mining.") && !view_starts(m->method.text, "client."))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        const struct method *method = &methods[i];
        bool has_params = m->params.type == JSON_ARRAY || m->params.type == JSON_OBJECT;

        if (!json_is(&m->method, method->name))
            continue;
        if (!has_params && !(m->cut && m->params.type == JSON_NONE) && method->proof != PROOF_NONE)
            return false;
        if (m->params.type == JSON_ARRAY && m->params.complete &&
            json_count(&m->params, method->min_params) < method->min_params)
            return false;
        *out = (struct mining_msg){
            .say = method->say, .proof = method->proof, .from_pool = method->from_pool, .family_stratum = true};
        if (method->read)
            method->read(m, out);
        return true;
    }
    return false;
}
