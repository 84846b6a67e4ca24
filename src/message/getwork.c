/*
 * getwork.c - getwork; getblocktemplate and submitblock (BIP 22, 23), of Bitcoin's kin and of monerod; eth_getWork,
 * eth_submitWork and eth_submitHashrate over HTTP.
 *
 * Sources: BIP 22 and 23, cpuminer's util.c, captures of bfgminer and cgminer, monerod's RPC documentation, XMRig's
 * DaemonClient.cpp, captures of ethminer over HTTP. Explorers and monitors poll getblocktemplate and eth_getWork too, so
 * these alone prove nothing: a miner shows itself by its headers, its program, its wallet, or what it hands in.
 */
#include "config.h"

#include "message/getwork.h"

#include "base/parse.h"
#include "message/agent.h"
#include "message/ethereum.h"

#define DATA_MIN 152 /* digits of getwork's data: a header of 76 bytes and the nonce; Bitcoin's has 256 with its padding */
#define DATA_MAX 512
#define WORK_MIN 85   /* bytes of a result with work: the name and the 64 digits of a previous hash alone */
#define BLOCK_MIN 160 /* digits of the shortest block handed in: a header of 80 bytes */
#define WALLET_MIN 64 /* characters of wallets that nodes take; Monero's have 95 */

static bool has_miner_head(const struct jsonrpc *m)
{
    return m->http && (m->http->mining_headers || m->http->hash_difficulty || agent_is_miner(m->http->agent));
}

static uint64_t number_of(const struct json_val *v)
{
    uint64_t n;

    return v->type == JSON_NUMBER && v->complete && parse_u64(v->text, &n) ? n : 0;
}

/* --- getwork */

/* Words of the header are turned round, so that its time reads as a big-endian number. */
static uint64_t time_of(struct view data)
{
    uint64_t t;

    return parse_hex64(view_sub(data, 136, 8), &t) ? t : 0;
}

/* No parameters ask for work; one, the header with its nonce, hands a share in. */
static bool read_getwork(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val data = json_item(&m->params, 0);
    bool cut = m->cut && !m->params.complete;

    *out = (struct mining_msg){.protocol = PROTOCOL_GETWORK, .say = SAY_ASK, .proof = PROOF_FULL};
    if (data.type == JSON_NONE) {
        if (m->params.type == JSON_NONE && m->n_keys > 1u + (m->id.type != JSON_NONE) + (m->jsonrpc.type != JSON_NONE))
            return false; /* a service of the same name has more to say */
        if (cut)
            out->proof = PROOF_WEAK; /* what the parameters are is not known */
        return cut || (m->params.type == JSON_ARRAY && m->params.complete) || (m->params.type == JSON_NONE && !m->cut);
    }
    if (cut && !data.complete && data.type == JSON_STRING && data.text.n < DATA_MIN) {
        out->proof = PROOF_WEAK;
        return data.text.n == 0 || parse_is_hex(data.text);
    }
    if (!json_is_hex(&data, DATA_MIN, DATA_MAX) && !(cut && !data.complete && json_starts_hex(&data, DATA_MIN)))
        return false;
    out->say = SAY_SUBMIT;
    return true;
}

static bool read_work(const struct jsonrpc_result *r, struct mining_msg *out)
{
    if (!json_is_hex(&r->data, DATA_MIN, DATA_MAX) || !json_is_hex(&r->target, 64, 64))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_GETWORK, .say = SAY_JOB, .proof = PROOF_FULL, .from_pool = true};
    out->job = r->data;
    out->target = r->target;
    out->target_kind = TARGET_LE256;
    out->ntime_s = time_of(r->data.text);
    return true;
}

/* --- getblocktemplate */

static bool is_wallet(const struct json_val *v)
{
    if (v->type != JSON_STRING || !v->complete || v->text.n < WALLET_MIN || v->text.n > 256)
        return false;
    for (size_t i = 0; i < v->text.n; i++) {
        uint8_t c = v->text.p[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z'))
            return false;
    }
    return true;
}

static bool read_template_request(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){.protocol = PROTOCOL_GETBLOCKTEMPLATE, .say = SAY_ASK};
    if (m->params.type == JSON_OBJECT && m->carriage == CARRIED_HTTP) { /* monerod and its kin: whom the block is to pay */
        struct json_val wallet = json_member(&m->params, "wallet_address");

        if (is_wallet(&wallet)) {
            out->protocol = PROTOCOL_DAEMON_RPC;
            out->proof = PROOF_FULL;
            out->login = wallet;
            return true;
        }
    }
    if (m->cut && !m->params.complete) /* the wallet may be behind the cut */
        out->protocol = PROTOCOL_UNKNOWN;
    if (has_miner_head(m))
        out->proof = PROOF_FULL;
    return true;
}

/*
 * The dialect of a block by its first bytes. Bitcoin's begins with a version of 4 bytes, little endian, whose last is
 * 20 to 3f or small; CryptoNote's with two small versions and a time whose next bytes have the high bit.
 */
static enum mining_protocol protocol_of_block(struct view hex)
{
    uint64_t head;

    if (!parse_hex64(view_head(hex, 8), &head))
        return PROTOCOL_UNKNOWN;
    if ((head >> 24) <= 0x20 && (head >> 16 & 0xff) <= 0x20 && head & 0x8000 && head & 0x80)
        return PROTOCOL_DAEMON_RPC;
    return head & 0x80 ? PROTOCOL_UNKNOWN : PROTOCOL_GETBLOCKTEMPLATE;
}

static bool read_submitblock(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val block = json_item(&m->params, 0);
    bool begun = m->cut && !block.complete && json_starts_hex(&block, BLOCK_MIN);

    if (!begun && !json_is_hex(&block, BLOCK_MIN, SIZE_MAX))
        return false;
    *out = (struct mining_msg){.say = SAY_SUBMIT, .proof = PROOF_FULL};
    out->protocol = m->http && m->http->hash_difficulty ? PROTOCOL_DAEMON_RPC : protocol_of_block(block.text);
    if (out->protocol == PROTOCOL_UNKNOWN && m->http && m->http->target.n > 0) /* Bitcoin's kin are asked at the root */
        out->protocol = view_is(m->http->target, "/json_rpc") ? PROTOCOL_DAEMON_RPC : PROTOCOL_GETBLOCKTEMPLATE;
    return true;
}

/* A block template of Bitcoin's kin. */
static bool read_template(const struct jsonrpc *m, const struct jsonrpc_result *r, struct mining_msg *out)
{
    if (!json_is_hex(&r->previous_hash, 64, 64) || (r->bits.type == JSON_NONE && r->height.type == JSON_NONE))
        return false;
    *out =
        (struct mining_msg){.protocol = PROTOCOL_GETBLOCKTEMPLATE, .say = SAY_JOB, .from_pool = true, .job = r->previous_hash};
    out->proof = has_miner_head(m) ? PROOF_FULL : PROOF_NONE;
    out->height = number_of(&r->height);
    out->ntime_s = number_of(&r->curtime);
    if (json_is_hex(&r->target, 64, 64)) {
        out->target = r->target;
        out->target_kind = TARGET_BE256;
    }
    return true;
}

/* monerod's template: the block to fill in, and what its miner hashes. */
static bool read_daemon_template(const struct jsonrpc *m, const struct jsonrpc_result *r, struct mining_msg *out)
{
    if (!json_is_hex(&r->template_blob, BLOCK_MIN, SIZE_MAX) && !(m->cut && json_starts_hex(&r->template_blob, BLOCK_MIN)))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_DAEMON_RPC, .say = SAY_JOB, .proof = PROOF_FULL, .from_pool = true};
    if (json_is_hex(&r->prev_hash, 64, 64))
        out->job = r->prev_hash;
    out->height = number_of(&r->height);
    if (number_of(&r->difficulty)) {
        out->target = r->difficulty;
        out->target_kind = TARGET_DIFFICULTY;
    }
    return true;
}

static bool read_object(const struct jsonrpc *m, struct mining_msg *out)
{
    const struct jsonrpc_result *r;

    if (m->result.complete && m->result.text.n < WORK_MIN)
        return false;
    r = jsonrpc_result(m);
    return read_work(r, out) || read_daemon_template(m, r, out) || read_template(m, r, out);
}

/* --- eth_getWork over HTTP */

/*
 * The messages are eth-proxy's. But who asks a node of his own for work may be its monitor, and the node's answer is no
 * pool's: a login in the target or something handed in must come with it.
 */
static bool read_ethereum(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->carriage == CARRIED_LINE || !ethereum_read(m, out) || (out->say == SAY_LOGIN && m->carriage != CARRIED_HTTP))
        return false;
    out->protocol = PROTOCOL_GETWORK;
    if (out->say == SAY_JOB)
        out->proof = PROOF_NONE;
    if (out->say == SAY_ASK)
        out->proof = m->http && m->http->login_in_uri ? PROOF_FULL : PROOF_WEAK;
    return true;
}

/* --- replies that mean something to a block handed in only: null is a yes, a text says what is wrong (BIP 22) */

static bool read_block_reply(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->carriage != CARRIED_HTTP || m->id.type == JSON_NONE || m->cut || jsonrpc_is_error(m))
        return false;
    if (m->result.type != JSON_NULL && m->result.type != JSON_STRING)
        return false;
    *out = (struct mining_msg){.say = SAY_REPLY, .from_pool = true, .accepted = m->result.type == JSON_NULL};
    out->reason = m->result;
    return true;
}

bool getwork_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->method.type == JSON_NONE) {
        if (m->result.type == JSON_OBJECT)
            return read_object(m, out);
        return read_ethereum(m, out) || read_block_reply(m, out);
    }
    if (m->method.text.n < strlen("getwork"))
        return false;
    if (m->method.text.p[0] == 'g' || m->method.escaped) {
        if (json_is(&m->method, "getwork"))
            return read_getwork(m, out);
        if (json_is(&m->method, "getblocktemplate") || json_is(&m->method, "get_block_template"))
            return read_template_request(m, out);
    }
    if (json_is(&m->method, "submitblock") || json_is(&m->method, "submit_block"))
        return read_submitblock(m, out);
    return read_ethereum(m, out);
}

bool getwork_read_head(const struct http_facts *http, struct mining_msg *out)
{
    if (http->reply ? !http->stratum : !http->mining_headers && !(http->cut && http->miner_in_query))
        return false;
    *out = (struct mining_msg){.say = http->reply ? SAY_NOTICE : SAY_ASK, .proof = PROOF_FULL, .from_pool = http->reply};
    if (http->get || http->miner_in_query) /* templates are asked for by POST, with a login of another kind */
        out->protocol = PROTOCOL_GETWORK;
    return true;
}
