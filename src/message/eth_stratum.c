/*
 * eth_stratum.c - EthereumStratum/1.0.0 (NiceHash) and /2.0.0.
 *
 * Sources: NiceHash's EthereumStratum_NiceHash_v1.0.0.txt; the text of EthereumStratum 2.0.0; ethminer's client.
 *
 * 1.0.0: the reply to subscribe names the dialect; notify has job, seed hash, header hash (64 digits each, without
 * 0x) and the clean flag; submit has account, job and the rest of the nonce, which other coins' dialects share. A
 * subscribe that names 1.0.0 is only a hint: Kaspa's miners and those of other coins send it too.
 *
 * 2.0.0: a handshake (mining.hello), work settings in an object (mining.set), hex numbers without 0x and without zeros in
 * front; the reply to authorize is a token that shares carry instead of the account; a share is accepted by a line
 * of nothing but its id.
 */
#include "config.h"

#include "message/eth_stratum.h"

#include "message/shape.h"

static bool names_version_1(const struct json_val *v)
{
    return json_is(v, "EthereumStratum/1.0.0");
}

/* {"result": [["mining.notify", id, "EthereumStratum/1.0.0"], extranonce]}. */
static bool read_subscribed(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val pair = json_item(&m->result, 0);
    struct json_val name = json_item(&pair, 0);
    struct json_val version = json_item(&pair, 2);

    if (pair.type != JSON_ARRAY || !json_is(&name, "mining.notify") || !names_version_1(&version))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_ETH_STRATUM_1,
                               .say = SAY_SUBSCRIBED,
                               .proof = PROOF_FULL,
                               .from_pool = true,
                               .family_stratum = true,
                               .not_bitcoin = true};
    return true;
}

/* {"result": {"proto": "EthereumStratum/2.0.0", "encoding": ..., "resume": ..., "timeout": ..., "maxerrors": ..., "node": ...}}. */
static bool read_hello_reply(const struct jsonrpc *m, struct mining_msg *out)
{
    if (!json_is(&jsonrpc_result(m)->proto, "EthereumStratum/2.0.0"))
        return false;
    out->say = SAY_SUBSCRIBED;
    out->from_pool = true;
    return true;
}

/* mining.hello {agent, host, port (hex), proto}. The port's digits are hexadecimal and may look decimal: it is left out. */
static bool read_hello(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val host = json_member(&m->params, "host");
    struct json_val ignored = {0};

    out->say = SAY_SUBSCRIBE;
    out->agent = json_member(&m->params, "agent");
    if (shape_address(&host, &out->host, &ignored))
        out->host_source = NAME_SUBSCRIBE;
    return true;
}

/* mining.set {epoch, target, algo, extranonce}, each only when it changes. */
static bool read_set(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val target = json_member(&m->params, "target");
    struct json_val digits = shape_without_0x(&target);

    out->say = SAY_DIFFICULTY;
    out->from_pool = true;
    out->algorithm = json_member(&m->params, "algo");
    if (json_is_hex(&digits, 1, 64)) {
        out->target = digits;
        out->target_kind = TARGET_HEX;
    }
    return true;
}

/* mining.hashrate [hashes a second (hex), token]. */
static bool read_hashrate(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val rate = json_item(&m->params, 0);

    out->say = SAY_HASHRATE;
    out->claimed_hs = shape_hex_number(&rate);
    return true;
}

/* mining.reconnect {host, port (hex), resume}. */
static bool read_reconnect(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val host = json_member(&m->params, "host");
    struct json_val ignored = {0};

    out->say = SAY_NOTICE;
    out->from_pool = true;
    out->proof = PROOF_NONE;
    if (shape_address(&host, &out->host, &ignored))
        out->host_source = NAME_RECONNECT;
    return true;
}

/* Without parameters, from either side: it proves nothing new. */
static bool read_bye(const struct jsonrpc *m, struct mining_msg *out)
{
    (void)m;
    out->say = SAY_NOTICE;
    out->from_pool = true;
    out->proof = PROOF_NONE;
    return true;
}

static bool read_noop(const struct jsonrpc *m, struct mining_msg *out)
{
    (void)m;
    out->say = SAY_ASK;
    return true;
}

/* The methods of 2.0.0 that no other dialect has. `params` is the type that they must have; JSON_NONE: none needed. */
static const struct method {
    const char *name;
    enum json_type params;
    bool (*read)(const struct jsonrpc *m, struct mining_msg *out);
} methods[] = {
    {"mining.hello", JSON_OBJECT, read_hello},
    {"mining.set", JSON_OBJECT, read_set},
    {"mining.hashrate", JSON_ARRAY, read_hashrate},
    {"mining.noop", JSON_NONE, read_noop},
    {"mining.bye", JSON_NONE, read_bye},
    {"mining.reconnect", JSON_OBJECT, read_reconnect},
};

/* mining.notify: four parameters of 1.0.0; or of 2.0.0: job, height (hex), header hash, clean flag. */
static bool read_notify(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape version_1 = {"j h64 h64 b | ?", 4};
    static const struct shape version_2 = {"j h1-8 h64 | ?", 0};
    const struct shape_items *items;

    items = jsonrpc_items(m);
    out->say = SAY_JOB;
    out->from_pool = true;
    out->job = items->v[0];
    if (shape_is(items, &version_1)) {
        out->protocol = PROTOCOL_ETH_STRATUM_1;
        return true;
    }
    if (shape_is(items, &version_2) && items->v[1].text.p[0] != '0') {
        out->height = shape_hex_number(&items->v[1]);
        return true;
    }
    return false;
}

/* mining.submit of 2.0.0: job, nonce, token. The token is no hex, or it is not known from version 1's nonce. */
static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape share = {"h1-64 h1-16 s", 0};
    const struct shape_items *items;

    items = jsonrpc_items(m);
    if (!shape_is(items, &share) || json_is_hex(&items->v[2], 1, SIZE_MAX) || shape_is_0x(&items->v[2], 1, 64) ||
        items->v[2].text.n == 0)
        return false;
    out->say = SAY_SUBMIT;
    out->job = items->v[0];
    return true;
}

/* mining.subscribe [agent, "EthereumStratum/1.0.0"]: a hint; or of 2.0.0: a session as the only parameter, or none. */
static bool read_subscribe(const struct jsonrpc *m, struct mining_msg *out)
{
    bool bare = m->params.type == JSON_NONE && m->body.type == JSON_NONE && !m->cut && m->id.type != JSON_NONE;

    if (!bare && (m->params.type != JSON_STRING || (m->params.complete && m->params.text.n == 0)))
        return false;
    out->protocol = PROTOCOL_UNKNOWN;
    out->hint = PROTOCOL_ETH_STRATUM_2;
    out->say = SAY_SUBSCRIBE;
    return true;
}

bool eth_stratum_read(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){
        .protocol = PROTOCOL_ETH_STRATUM_2, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true};
    if (m->method.type != JSON_STRING)
        return (m->result.type == JSON_OBJECT && read_hello_reply(m, out)) ||
               (m->result.type == JSON_ARRAY && read_subscribed(m, out));
    if (json_is(&m->method, "mining.notify"))
        return read_notify(m, out);
    if (json_is(&m->method, "mining.submit"))
        return read_submit(m, out);
    if (json_is(&m->method, "mining.subscribe"))
        return read_subscribe(m, out);
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (json_is(&m->method, methods[i].name))
            return (m->params.type == methods[i].params || methods[i].params == JSON_NONE ||
                    (m->cut && m->params.type == JSON_NONE)) &&
                   methods[i].read(m, out);
    return false;
}
