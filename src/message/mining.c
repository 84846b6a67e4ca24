/*
 * mining.c - names of the dialects, and replies, which all dialects share.
 */
#include "config.h"

#include "message/mining.h"

const char *mining_protocol_name(enum mining_protocol protocol)
{
    static const char *const names[PROTOCOL_N] = {
        [PROTOCOL_UNKNOWN] = "unknown",
        [PROTOCOL_STRATUM_V1] = "stratum-v1",
        [PROTOCOL_CRYPTONOTE] = "cryptonote",
        [PROTOCOL_ETH_PROXY] = "eth-proxy",
        [PROTOCOL_EQUIHASH] = "equihash",
        [PROTOCOL_ETH_STRATUM_1] = "eth-stratum-1",
        [PROTOCOL_ETH_STRATUM_2] = "eth-stratum-2",
        [PROTOCOL_KAWPOW] = "kawpow",
        [PROTOCOL_ERGO] = "ergo",
        [PROTOCOL_KASPA] = "kaspa",
        [PROTOCOL_ALEPHIUM] = "alephium",
        [PROTOCOL_IRONFISH] = "ironfish",
        [PROTOCOL_GRIN] = "grin",
        [PROTOCOL_BEAM] = "beam",
        [PROTOCOL_GETWORK] = "getwork",
        [PROTOCOL_GETBLOCKTEMPLATE] = "getblocktemplate",
        [PROTOCOL_DAEMON_RPC] = "daemon-rpc",
        [PROTOCOL_STRATUM_V2] = "stratum-v2",
        [PROTOCOL_P2POOL] = "p2pool",
        [PROTOCOL_WEB_CRYPTONOTE] = "web-cryptonote",
        [PROTOCOL_NIMIQ] = "nimiq",
        [PROTOCOL_CHIA] = "chia",
    };

    return protocol < PROTOCOL_N ? names[protocol] : "unknown";
}

const char *mining_name_source(enum name_source source)
{
    static const char *const names[NAME_SOURCE_N] = {
        [NAME_NONE] = "none",           [NAME_DNS] = "dns",         [NAME_SNI] = "sni",   [NAME_HTTP_HOST] = "http-host",
        [NAME_SOCKS] = "socks",         [NAME_CONNECT] = "connect", [NAME_CERT] = "cert", [NAME_RECONNECT] = "reconnect",
        [NAME_SUBSCRIBE] = "subscribe",
    };

    return source < NAME_SOURCE_N ? names[source] : "none";
}

/* The text of an error: a string, [code, "text", ...] or {"code": ..., "message": "text"}. */
static struct json_val error_text(const struct json_val *error)
{
    if (error->type == JSON_ARRAY)
        return json_item(error, 1);
    if (error->type == JSON_OBJECT)
        return json_member(error, "message");
    return *error;
}

bool mining_read_reply(const struct jsonrpc *m, struct mining_msg *out)
{
    const struct json_val *status;

    *out = (struct mining_msg){.say = SAY_REPLY, .from_pool = true};
    if (jsonrpc_is_bare(m)) {
        out->accepted = true;
        return true;
    }
    if (m->method.type != JSON_NONE || m->id.type == JSON_NONE || (m->result.type == JSON_NONE && m->error.type == JSON_NONE))
        return false;
    if (jsonrpc_is_error(m)) {
        out->reason = error_text(&m->error);
        return true;
    }
    switch (m->result.type) {
    case JSON_STRING: /* Grin's "ok", EthereumStratum's session and token, Alephium's "result", "pong" */
        out->accepted = m->result.complete && m->result.text.n > 0 && !m->cut;
        return out->accepted;
    case JSON_TRUE: out->accepted = m->result.complete; return m->result.complete;
    case JSON_OBJECT:
        status = &jsonrpc_result(m)->status;
        out->accepted = json_is(status, "OK") || json_is(status, "KEEPALIVED");
        return out->accepted;
    case JSON_FALSE:
    case JSON_NULL: return m->result.complete && !m->cut; /* a cut line may still bring the other key */
    default: return false;
    }
}
