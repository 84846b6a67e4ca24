/*
 * nimiq.c - register, registered, settings, new-block, share, error.
 *
 * Source: nimiq/mining-pool's PoolAgent.js. A pool says nothing to a share that it takes; what it does not take it
 * answers with an error, by its reason.
 */
#include "config.h"

#include "message/nimiq.h"

#define SHARE_MIN 128    /* characters of a share's header or block in base64: 146 bytes are 196 */
#define DATA_MIN 16      /* of the extra data that a pool sets, and of hashes */
#define ADDRESS_CHARS 36 /* "NQ", 2 check digits, 32 of base 32; written in groups of four */

static bool is_address(const struct json_val *v)
{
    size_t n = 0;

    if (v->type != JSON_STRING || !v->complete || !view_starts(v->text, "NQ"))
        return false;
    for (size_t i = 0; i < v->text.n; i++) {
        uint8_t c = v->text.p[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            n++;
        else if (c != ' ')
            return false;
    }
    return n == ADDRESS_CHARS && v->text.p[2] <= '9' && v->text.p[3] <= '9';
}

/* A string of base64, complete or cut, of at least n characters. */
static bool is_base64(const struct json_val *v, size_t n)
{
    if (v->type != JSON_STRING || v->text.n < n)
        return false;
    for (size_t i = 0; i < v->text.n; i++) {
        uint8_t c = v->text.p[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '+' && c != '/' && c != '=' &&
            c != '\\')
            return false;
    }
    return true;
}

/* {"mode": "smart" or "nano", "address": the miner's, "deviceId": number, "deviceData": names the machine}. */
static bool read_register(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val address = jsonrpc_top(m, "address");
    struct json_val data = jsonrpc_top(m, "deviceData");
    struct json_val name = json_member(&data, "deviceName");

    *out = (struct mining_msg){.protocol = PROTOCOL_NIMIQ, .say = SAY_LOGIN, .proof = PROOF_FULL, .login = address};
    out->coin = "NIM";
    if (!is_address(&address))
        return false;
    if (json_is_string(&name))
        out->worker = name;
    return true;
}

/* {"address": the pool's, "extraData": base64, "target": number, "targetCompact": number, "nonce": number}. */
static bool read_settings(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val address = jsonrpc_top(m, "address");
    struct json_val data = jsonrpc_top(m, "extraData");

    if (!is_address(&address) || !is_base64(&data, DATA_MIN))
        return false;
    *out = (struct mining_msg){
        .protocol = PROTOCOL_NIMIQ, .say = SAY_JOB, .proof = PROOF_FULL, .from_pool = true, .job = data, .coin = "NIM"};
    return true;
}

static bool read_block(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val body = jsonrpc_top(m, "bodyHash");
    struct json_val accounts = jsonrpc_top(m, "accountsHash");

    if (!is_base64(&body, DATA_MIN) || !is_base64(&accounts, DATA_MIN))
        return false;
    *out = (struct mining_msg){
        .protocol = PROTOCOL_NIMIQ, .say = SAY_JOB, .proof = PROOF_FULL, .from_pool = true, .job = body, .coin = "NIM"};
    return true;
}

/* A miner that knows the chain sends the header and two proofs, one that does not the whole block. */
static bool read_share(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val header = jsonrpc_top(m, "blockHeader");
    struct json_val block = jsonrpc_top(m, "block");

    if (!is_base64(&header, SHARE_MIN) && !is_base64(&block, SHARE_MIN))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_NIMIQ, .say = SAY_SUBMIT, .proof = PROOF_FULL, .coin = "NIM"};
    return true;
}

/* The words alone prove nothing. */
static bool read_reply(const struct jsonrpc *m, bool accepted, struct mining_msg *out)
{
    struct json_val reason = jsonrpc_top(m, "reason");

    *out = (struct mining_msg){.protocol = PROTOCOL_NIMIQ, .say = SAY_REPLY, .from_pool = true, .accepted = accepted};
    out->answers = SAY_LOGIN;
    if (!accepted && json_is_string(&reason)) {
        out->reason = reason;
        if (view_starts(reason.text, "invalid share") || view_starts(reason.text, "too old"))
            out->answers = SAY_SUBMIT;
    }
    return accepted || json_is_string(&reason);
}

bool nimiq_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->carriage != CARRIED_WEBSOCKET || m->message.type != JSON_STRING || m->method.type != JSON_NONE)
        return false;
    if (json_is(&m->message, "register"))
        return read_register(m, out);
    if (json_is(&m->message, "settings"))
        return read_settings(m, out);
    if (json_is(&m->message, "new-block"))
        return read_block(m, out);
    if (json_is(&m->message, "share"))
        return read_share(m, out);
    if (json_is(&m->message, "registered"))
        return read_reply(m, true, out);
    return json_is(&m->message, "error") && read_reply(m, false, out);
}
