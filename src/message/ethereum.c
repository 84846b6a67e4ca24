/*
 * ethereum.c - eth_submitLogin, eth_getWork, eth_submitWork, eth_submitHashrate, and the work itself.
 *
 * Sources: the JSON-RPC methods of Ethereum clients (eth_getWork: header hash, seed hash, boundary),
 * eth-proxy's README, and public captures of ethminer. Work is pushed without a request as a reply
 * with id 0. Only these four methods mean mining: wallets, nodes and indexers use all the others. eth_mining is one of
 * those, which some pools answer; it proves nothing.
 */
#include "config.h"

#include "message/ethereum.h"

#include "message/shape.h"

/* "0x" and hex digits only: of a complete string exactly n digits; of a cut one at least `min`. */
static bool is_0x_hex(const struct json_val *v, size_t n, size_t min)
{
    struct json_val digits = *v;

    if (v->type != JSON_STRING)
        return false;
    if (!v->complete && v->text.n < 2)
        return min == 0 && (v->text.n == 0 || v->text.p[0] == '0');
    if (!view_starts(v->text, "0x"))
        return false;
    digits.text = view_skip(v->text, 2);
    if (v->complete)
        return json_is_hex(&digits, n, n);
    return (min == 0 && digits.text.n == 0) || json_starts_hex(&digits, min);
}

/* eth_submitLogin [account[.worker][/email], password], "worker" beside the parameters. */
static bool read_login(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val login = json_item(&m->params, 0);

    if (m->params.complete && !json_is_string(&login))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_ETH_PROXY, .say = SAY_LOGIN, .proof = PROOF_FULL};
    out->login = login;
    out->worker = m->worker;
    return true;
}

/* eth_submitWork [nonce (16 digits), header hash, mix hash (64 each)]. */
static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val nonce = json_item(&m->params, 0);
    struct json_val header = json_item(&m->params, 1);

    if (!is_0x_hex(&nonce, 16, 1) || (header.type != JSON_NONE && !is_0x_hex(&header, 64, 0)))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_ETH_PROXY, .say = SAY_SUBMIT, .proof = PROOF_FULL, .job = header};
    out->worker = m->worker;
    return true;
}

/* eth_submitHashrate [rate, random 256-bit id], both hex. */
static bool read_hashrate(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val rate = json_item(&m->params, 0);

    if (rate.type != JSON_STRING || !view_starts(rate.text, "0x"))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_ETH_PROXY, .say = SAY_HASHRATE, .proof = PROOF_FULL};
    out->worker = m->worker;
    out->claimed_hs = shape_hex_number(&rate);
    return true;
}

/*
 * Work: a reply of three or four hashes (the fourth is a block number at some pools). Any list of
 * hashes looks alike, so the third must be a target: four leading zero digits at least, which every
 * pool's has (the easiest share target seen, 2^33 hashes, has eight).
 */
static bool read_work(const struct jsonrpc *m, struct mining_msg *out)
{
    size_t n = json_count(&m->result, 5);
    struct json_val header = json_item(&m->result, 0);
    struct json_val seed = json_item(&m->result, 1);
    struct json_val target = json_item(&m->result, 2);
    struct json_val height = json_item(&m->result, 3);

    *out = (struct mining_msg){.protocol = PROTOCOL_ETH_PROXY, .say = SAY_JOB, .from_pool = true, .job = header};
    if (n < 1 || n > 4 || !is_0x_hex(&header, 64, 16))
        return false;
    if (n >= 3 && is_0x_hex(&seed, 64, 64) && is_0x_hex(&target, 64, 12) && view_starts(target.text, "0x0000")) {
        out->proof = PROOF_FULL;
        if (target.complete) {
            out->target = target;
            out->target.text = view_skip(target.text, 2);
            out->target_kind = TARGET_BE256;
        }
        out->height = shape_hex_number(&height);
        return true;
    }
    out->proof = PROOF_WEAK;
    return m->cut && (n < 3 || !target.complete);
}

bool ethereum_read(const struct jsonrpc *m, struct mining_msg *out)
{
    bool cut_before_params = m->cut && m->params.type == JSON_NONE;

    if (m->method.type == JSON_NONE)
        return m->result.type == JSON_ARRAY && read_work(m, out);
    if (m->params.type != JSON_ARRAY && !cut_before_params)
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_ETH_PROXY};
    if (json_is(&m->method, "eth_submitLogin"))
        return read_login(m, out);
    if (json_is(&m->method, "eth_submitWork"))
        return !cut_before_params && read_submit(m, out);
    if (json_is(&m->method, "eth_submitHashrate"))
        return !cut_before_params && read_hashrate(m, out);
    if (json_is(&m->method, "eth_getWork")) {
        out->say = SAY_ASK;
        out->proof = PROOF_WEAK; /* a node's monitor may ask it too */
        out->worker = m->worker;
        return true;
    }
    if (json_is(&m->method, "eth_mining")) {
        out->say = SAY_ASK; /* every node answers it */
        return true;
    }
    return false;
}
