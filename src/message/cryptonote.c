/*
 * cryptonote.c - login, job, submit, keepalived, getjob, block_template, and the answer to a login.
 *
 * Sources: xmrig-proxy's doc/STRATUM.md and STRATUM_EXT.md, XMRig's list of algorithms, its Job and AutoClient,
 * monero-pool's sss.md (self-select), nodejs-pool, and public captures of XMRig 3 to 6, xmr-stak and coin-hive-stratum. The method names are common words, so a
 * message proves something only by its fields: a login needs a wallet, a miner's algorithms or a
 * miner's agent; a job needs a block template (`blob`) or a known algorithm; a share needs a nonce of
 * 8 hex digits and a result of 64.
 */
#include "config.h"

#include "message/cryptonote.h"

#include "base/parse.h"
#include "message/agent.h"
#include "message/shape.h"

#define BLOB_MIN_DIGITS 152  /* 76 bytes: the smallest header whose nonce stands at byte 39 */
#define BLOB_BEGUN_DIGITS 16 /* of a blob that is cut */
#define WALLET_MIN 16        /* characters of a wallet that no user name shares, when the rest is cut */

/* True for a name of an algorithm that XMRig lists (rx/0, cn/r, ...); only whole names count. */
static bool is_algorithm(const struct json_val *name)
{
    static const char *const families[] = {"cn", "rx", "cn-lite", "cn-heavy", "cn-pico", "cn-gpu", "argon2"};
    static const char *const whole[] = {"kawpow",           "ghostrider",        "randomx",       "cryptonight",
                                        "cryptonight_v7",   "cryptonight_v8",    "cryptonight-r", "cryptonight/r",
                                        "cryptonight-lite", "cryptonight-heavy", "cn-pico",       "panthera",
                                        "astrobwt"};
    size_t slash;

    if (name->type != JSON_STRING || !name->complete || name->text.n > 24)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        if (json_is(name, whole[i]))
            return true;
    slash = view_find(name->text, '/');
    if (slash == name->text.n || slash + 1 == name->text.n)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(families); i++)
        if (view_is(view_head(name->text, slash), families[i]))
            return true;
    return false;
}

/*
 * Wallets of CryptoNote coins are base58 and 95 characters or longer; Monero's begin with 4 or 8. The
 * part before the first separator of worker, difficulty or payment id is looked at. A donation login
 * is 64 hex digits.
 */
static bool looks_like_wallet(const struct json_val *login)
{
    static const char separators[] = ".+/%";
    struct view w = login->text;
    size_t n = w.n;

    if (login->type != JSON_STRING)
        return false;
    for (size_t i = 0; i < strlen(separators); i++)
        n = min_size(n, view_find(w, (uint8_t)separators[i]));
    for (size_t i = 0; i < n; i++) {
        uint8_t c = w.p[i];
        bool base58 =
            (c >= '1' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O') || (c >= 'a' && c <= 'z' && c != 'l');

        if (!base58)
            return login->complete && n == 64 && parse_is_hex(view_head(w, n));
    }
    if (n < w.n || login->complete)
        return n >= 90 || (n == 64 && parse_is_hex(view_head(w, n)));
    /* Hex digits alone may still become a donation login, which is known by its length only. */
    return n >= WALLET_MIN && (w.p[0] == '4' || w.p[0] == '8') && !parse_is_hex(view_head(w, n));
}

/* The rate that a login claims for its only algorithm: "algo-perf" has hashes a second for each. */
static uint64_t rate_of(const struct json_val *perf, const struct json_val *algorithm)
{
    struct json_walk walk = json_walk_of(perf);
    struct json_val key, value;
    double rate;

    if (perf->type != JSON_OBJECT || algorithm->type != JSON_STRING)
        return 0;
    while (json_next_member(&walk, &key, &value))
        if (key.text.n == algorithm->text.n && view_eq(key.text, algorithm->text))
            return value.complete && parse_number(value.text, &rate) && rate > 0 && rate < 1e15 ? (uint64_t)rate : 0;
    return 0;
}

/* True when what a login says of itself is a miner's: its algorithms, its agent, or that it makes its own block templates. */
static bool is_miners_login(const struct json_val *first_algorithm, const struct json_val *agent, const struct json_val *mode)
{
    return is_algorithm(first_algorithm) || agent_names_miner(agent) || json_is(mode, "self-select");
}

static bool read_login(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val pass, algorithms, perf, mode, first_algorithm;
    const struct json_field fields[] = {{"login", &out->login},  {"pass", &pass},       {"agent", &out->agent},
                                        {"rigid", &out->worker}, {"algo", &algorithms}, {"algo-perf", &perf},
                                        {"mode", &mode}};
    bool cut = m->cut && !m->params.complete;

    if (m->id.type == JSON_STRING)
        return false; /* Grin and Beam number their messages with strings; this dialect never does */
    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_LOGIN};
    json_members(&m->params, fields, ARRAY_LEN(fields));
    if (!json_is_string(&out->login) || (pass.type == JSON_NONE && !cut))
        return false;
    first_algorithm = json_item(&algorithms, 0);
    if (looks_like_wallet(&out->login) || is_miners_login(&first_algorithm, &out->agent, &mode))
        out->proof = PROOF_FULL;
    else
        out->proof = PROOF_WEAK;
    if (m->cut && m->id.type == JSON_NONE && !is_algorithm(&first_algorithm)) {
        out->protocol = PROTOCOL_UNKNOWN; /* an id that is still to come may be Grin's */
        out->hint = PROTOCOL_CRYPTONOTE;
    }
    if (algorithms.type == JSON_ARRAY && algorithms.complete && json_count(&algorithms, 2) == 1) {
        out->algorithm = first_algorithm;
        out->claimed_hs = rate_of(&perf, &first_algorithm);
    }
    return true;
}

static void read_target(const struct json_val *target, const struct json_val *algorithm, struct mining_msg *out)
{
    if (!json_is_hex(target, 8, 8) && !json_is_hex(target, 16, 16))
        return;
    out->target = *target;
    out->target_kind = TARGET_CRYPTONOTE;
    if (target->text.n == 16 && json_is(algorithm, "rx/yada"))
        out->target_kind = TARGET_CRYPTONOTE_BE;
}

/* A job for a miner that makes its own block template has the pool's wallet and what the template must hold, and no blob. */
static bool is_self_select(const struct json_val *wallet, const struct json_val *extra_nonce)
{
    return looks_like_wallet(wallet) && wallet->complete && json_starts_hex(extra_nonce, 2);
}

/* A job object, of a notice or inside the answer to a login. Gives how much it proves. */
static enum mining_proof read_job(const struct json_val *job, bool cut, struct mining_msg *out)
{
    struct json_val blob, target, height, algorithm, wallet, extra_nonce;
    const struct json_field fields[] = {
        {"blob", &blob},      {"job_id", &out->job},    {"target", &target},          {"height", &height},
        {"algo", &algorithm}, {"pool_wallet", &wallet}, {"extra_nonce", &extra_nonce}};
    bool known;

    json_members(job, fields, ARRAY_LEN(fields));
    known = is_algorithm(&algorithm);
    if (json_is_string(&algorithm) && algorithm.complete)
        out->algorithm = algorithm;
    out->height = height.type == JSON_NUMBER ? shape_number(&height) : 0;
    read_target(&target, &algorithm, out);
    if ((blob.complete && !json_is_hex(&blob, BLOB_MIN_DIGITS, SIZE_MAX)) ||
        (target.complete && out->target_kind == TARGET_NONE))
        return PROOF_NONE;
    if (blob.type == JSON_NONE && is_self_select(&wallet, &extra_nonce))
        return PROOF_FULL;
    if (!cut)
        return blob.complete && out->job.complete && out->target_kind != TARGET_NONE ? PROOF_FULL : PROOF_NONE;
    if (blob.complete || known)
        return PROOF_FULL;
    return json_starts_hex(&blob, BLOB_BEGUN_DIGITS) ? PROOF_WEAK : PROOF_NONE;
}

static bool read_job_notice(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_JOB, .from_pool = true};
    out->proof = read_job(&m->params, m->cut && !m->params.complete, out);
    return out->proof != PROOF_NONE;
}

/* XMRig at a pool of several families: no job, but an algorithm that speaks mining.* from here on, and the extranonce. */
static bool is_turn(const struct jsonrpc_result *result)
{
    return (json_is(&result->algo, "kawpow") || json_is(&result->algo, "ghostrider")) &&
           json_starts_hex(&result->extra_nonce, 1);
}

/*
 * {"result": {"id": session, "job": {...}, "status": "OK"}}; getjob is answered by the job alone. A status of KEEPALIVED
 * is XMRig's word.
 */
static bool read_answer(const struct jsonrpc *m, struct mining_msg *out)
{
    const struct jsonrpc_result *result = jsonrpc_result(m);
    struct json_val job = result->job;

    if (job.type == JSON_NONE && result->blob.type != JSON_NONE)
        job = m->result;
    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_REPLY, .from_pool = true, .accepted = true};
    if (job.type == JSON_OBJECT) {
        out->has_job = true;
        out->proof = read_job(&job, m->cut && !job.complete, out);
        return out->proof != PROOF_NONE;
    }
    out->proof = PROOF_FULL;
    if (is_turn(result)) {
        out->answers = SAY_LOGIN;
        out->algorithm = result->algo;
        return true;
    }
    return json_is(&result->status, "KEEPALIVED");
}

static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val nonce, result, algorithm;
    const struct json_field fields[] = {{"job_id", &out->job}, {"nonce", &nonce}, {"result", &result}, {"algo", &algorithm}};
    bool cut = m->cut && !m->params.complete;
    bool named = m->id.type == JSON_STRING; /* Grin's */
    bool fits;

    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_SUBMIT};
    json_members(&m->params, fields, ARRAY_LEN(fields));
    fits = json_is_hex(&nonce, 8, 8) && (json_is_hex(&result, 64, 64) || (cut && json_starts_hex(&result, 8)));
    if (json_is_hex(&result, 64, 64))
        out->share_hash = result;
    if (is_algorithm(&algorithm))
        out->algorithm = algorithm;
    if (fits && out->job.type != JSON_NONE)
        out->proof = PROOF_FULL;
    else if (cut && !named && nonce.type != JSON_NUMBER &&
             (nonce.type == JSON_NONE || json_starts_hex(&nonce, 0) || nonce.text.n == 0))
        out->proof = PROOF_WEAK;
    return out->proof != PROOF_NONE;
}

/* {"method": "keepalived", "params": {"id": session}}: XMRig's spelling. */
static bool read_keepalive(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val session = json_member(&m->params, "id");

    if (!json_is_string(&session))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_ASK, .proof = PROOF_FULL};
    return true;
}

/* getjob asks for the job anew, as MinerGate's and MoneroOcean's miners do; other software has jobs to ask for too. */
static bool read_getjob(struct mining_msg *out)
{
    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_ASK, .proof = PROOF_WEAK};
    return true;
}

/* block_template {id, job_id, blob, height, difficulty, prev_hash, seed_hash}: the miner's own template (self-select). */
static bool read_template(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val blob = json_member(&m->params, "blob");
    struct json_val height = json_member(&m->params, "height");
    bool cut = m->cut && !m->params.complete;

    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_ASK, .proof = PROOF_FULL};
    out->height = height.type == JSON_NUMBER ? shape_number(&height) : 0;
    return json_is_hex(&blob, BLOB_MIN_DIGITS, SIZE_MAX) || (cut && json_starts_hex(&blob, BLOB_MIN_DIGITS));
}

bool cryptonote_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->method.type == JSON_NONE)
        return m->result.type == JSON_OBJECT && read_answer(m, out);
    if (m->params.type != JSON_OBJECT)
        return false;
    if (json_is(&m->method, "login"))
        return read_login(m, out);
    if (json_is(&m->method, "job"))
        return read_job_notice(m, out);
    if (json_is(&m->method, "submit"))
        return read_submit(m, out);
    if (json_is(&m->method, "keepalived"))
        return read_keepalive(m, out);
    if (json_is(&m->method, "getjob"))
        return read_getjob(out);
    if (json_is(&m->method, "block_template"))
        return read_template(m, out);
    return false;
}
