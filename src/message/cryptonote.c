/*
 * cryptonote.c - login, job, submit, keepalived, and the answer to a login.
 *
 * Sources: xmrig-proxy's doc/STRATUM.md and STRATUM_EXT.md, XMRig's list of algorithms, and public
 * captures of XMRig 3 to 6, xmr-stak and coin-hive-stratum. The method names are common words, so a
 * message proves something only by its fields: a login needs a wallet, a miner's algorithms or a
 * miner's agent; a job needs a block template (`blob`) or a known algorithm; a share needs a nonce of
 * 8 hex digits and a result of 64.
 */
#include "config.h"

#include "message/cryptonote.h"

#include "base/parse.h"

#define BLOB_MIN_DIGITS 152  /* 76 bytes: the smallest header whose nonce stands at byte 39 */
#define BLOB_BEGUN_DIGITS 16 /* of a blob that is cut */
#define WALLET_MIN 16        /* characters of a wallet that no user name shares, when the rest is cut */

bool cryptonote_is_algorithm(const struct json_val *name)
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

/* XMRig's agent names libuv; others are known by name. */
static bool looks_like_miner(const struct json_val *agent)
{
    static const char *const names[] = {"xmr",         "cpuminer",  "ccminer",   "srbminer",     "cast_xmr",
                                        "cnrig",       "minergate", "nanominer", "lolminer",     "xlarig",
                                        "cryptonight", "nheqminer", "claymore",  "teamredminer", "libuv/"};
    char lower[160];
    size_t n = min_size(agent->text.n, sizeof(lower) - 1);

    if (agent->type != JSON_STRING)
        return false;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(agent->text.p[i] >= 'A' && agent->text.p[i] <= 'Z' ? agent->text.p[i] | 0x20 : agent->text.p[i]);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (memmem(lower, n, names[i], strlen(names[i])))
            return true;
    return false;
}

static bool read_login(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val pass = json_member(&m->params, "pass");
    struct json_val algorithms = json_member(&m->params, "algo");
    struct json_val first_algorithm = json_item(&algorithms, 0);
    bool cut = m->cut && !m->params.complete;

    if (m->id.type == JSON_STRING)
        return false; /* Grin and Beam number their messages with strings; this dialect never does */
    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_LOGIN};
    out->login = json_member(&m->params, "login");
    out->agent = json_member(&m->params, "agent");
    out->worker = json_member(&m->params, "rigid");
    if (!json_is_string(&out->login) || (pass.type == JSON_NONE && !cut))
        return false;
    if (looks_like_wallet(&out->login) || cryptonote_is_algorithm(&first_algorithm) || looks_like_miner(&out->agent))
        out->proof = PROOF_FULL;
    else
        out->proof = PROOF_WEAK;
    if (algorithms.type == JSON_ARRAY && json_count(&algorithms, 2) == 1)
        out->algorithm = first_algorithm;
    return true;
}

/* A job object, of a notice or inside the answer to a login. Gives how much it proves. */
static enum mining_proof read_job(const struct json_val *job, bool cut, struct mining_msg *out)
{
    struct json_val blob = json_member(job, "blob");
    struct json_val id = json_member(job, "job_id");
    struct json_val target = json_member(job, "target");
    struct json_val height = json_member(job, "height");
    struct json_val algorithm = json_member(job, "algo");
    bool known = cryptonote_is_algorithm(&algorithm);

    out->job = id;
    if (json_is_string(&algorithm) && algorithm.complete)
        out->algorithm = algorithm;
    if (height.type == JSON_NUMBER && height.complete && !parse_u64(height.text, &out->height))
        out->height = 0;
    if (json_is_hex(&target, 8, 8) || json_is_hex(&target, 16, 16)) {
        out->target = target;
        out->target_kind = TARGET_CRYPTONOTE;
    }
    if ((blob.complete && !json_is_hex(&blob, BLOB_MIN_DIGITS, SIZE_MAX)) ||
        (target.complete && out->target_kind == TARGET_NONE))
        return PROOF_NONE;
    if (!cut)
        return blob.complete && id.complete && out->target_kind != TARGET_NONE ? PROOF_FULL : PROOF_NONE;
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

/* {"result": {"id": session, "job": {...}, "status": "OK"}}. */
static bool read_login_answer(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val job = json_member(&m->result, "job");
    struct json_val status = json_member(&m->result, "status");

    if (job.type == JSON_OBJECT) {
        *out = (struct mining_msg){
            .protocol = PROTOCOL_CRYPTONOTE, .say = SAY_REPLY, .from_pool = true, .accepted = true, .has_job = true};
        out->proof = read_job(&job, m->cut && !job.complete, out);
        return out->proof != PROOF_NONE;
    }
    if (json_is(&status, "KEEPALIVED")) {
        *out = (struct mining_msg){
            .protocol = PROTOCOL_CRYPTONOTE, .say = SAY_REPLY, .proof = PROOF_FULL, .from_pool = true, .accepted = true};
        return true;
    }
    return false;
}

static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val job = json_member(&m->params, "job_id");
    struct json_val nonce = json_member(&m->params, "nonce");
    struct json_val result = json_member(&m->params, "result");
    bool cut = m->cut && !m->params.complete;
    bool fits = json_is_hex(&nonce, 8, 8) && (json_is_hex(&result, 64, 64) || (cut && json_starts_hex(&result, 8)));

    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .say = SAY_SUBMIT};
    if (fits && job.type != JSON_NONE)
        out->proof = PROOF_FULL;
    else if (cut && nonce.type != JSON_NUMBER && (nonce.type == JSON_NONE || json_starts_hex(&nonce, 0) || nonce.text.n == 0))
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

bool cryptonote_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->method.type == JSON_NONE)
        return m->result.type == JSON_OBJECT && read_login_answer(m, out);
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
    return false;
}
