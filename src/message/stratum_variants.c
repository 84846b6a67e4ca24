/*
 * stratum_variants.c - CKB, Conflux, Kadena, Xelis, Decred, Handshake, Aeternity; and Bytom.
 *
 * Sources: leifjacky/ckb-gominer-demo; NiceHash's Octopus, Kadena and Xelis; haste and gominer (Decred); hstratum's
 * docs/spec.md (Handshake); aeternity/protocol STRATUM.md; btcpool's docs/bytom/STRATUM-BTM.md. All but Bytom's are counted
 * to Stratum v1, whose other messages they share; the shape of a job, and of a share where it differs, names the coin. Bytom
 * has CryptoNote's words with lists for objects.
 */
#include "config.h"

#include "message/stratum_variants.h"

#include "message/agent.h"
#include "message/shape.h"

enum coin { CKB, CFX, KDA, XEL, DCR, HNS, AE };

static const struct variant {
    struct shape job;
    const char *ticker;
} variants[] = {
    [CKB] = {{"j h64 n h64 b", 4}, "CKB"},                           /* job, hash, height, parent, clean */
    [CFX] = {{"j d x64 x1-64", 4}, "CFX"},                           /* job, height, header, boundary */
    [KDA] = {{"j h400-700 b", 3}, "KDA"},                            /* job, header without nonce, clean */
    [XEL] = {{"j h9-16 h64 s b", 4}, "XEL"},                         /* job, time, work hash, algorithm, clean */
    [DCR] = {{"j h64 h160- h0-8 a h8 h0-8 h8 b", 0}, "DCR"},         /* the header's rest for the coinbase, no branches */
    [HNS] = {{"j h64 h65- h1- a h64 h64 h64 h8 h8 h8 b", 7}, "HNS"}, /* roots of names, filters, reserved */
    [AE] = {{"j n h64 b", 4}, "AE"},                                 /* job, version, hash, queue is empty */
};

static void read_job_facts(enum coin coin, const struct shape_items *items, struct mining_msg *out)
{
    struct json_val boundary;

    switch (coin) {
    case CKB: out->height = shape_number(&items->v[2]); break;
    case CFX:
        out->height = shape_number(&items->v[1]);
        boundary = shape_without_0x(&items->v[3]);
        if (json_is_hex(&boundary, 1, 64)) {
            out->target = boundary;
            out->target_kind = TARGET_HEX;
        }
        break;
    case XEL: out->algorithm = items->v[3]; break;
    case DCR: out->ntime_s = shape_hex_number(&items->v[7]); break;
    case HNS: out->ntime_s = shape_hex_number(&items->v[10]); break;
    case KDA:
    case AE: break;
    }
}

static bool read_notify(const struct jsonrpc *m, struct mining_msg *out)
{
    const struct shape_items *items;

    items = jsonrpc_items(m);
    for (size_t i = 0; i < ARRAY_LEN(variants); i++) {
        struct json_val branches = items->v[4];

        if (!shape_is(items, &variants[i].job) || (i == DCR && json_count(&branches, 1) > 0))
            continue;
        out->say = SAY_JOB;
        out->from_pool = true;
        out->job = items->v[0];
        out->coin = variants[i].ticker;
        read_job_facts((enum coin)i, items, out);
        return true;
    }
    return false;
}

/* Conflux hands in nonce and header with 0x; Aeternity a nonce and the list of a cycle's edges. */
static bool read_submit(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape conflux = {"s j x1-16 x64", 0};
    static const struct shape aeternity = {"s j h1-32 a", 4};
    const struct shape_items *items;

    items = jsonrpc_items(m);
    out->say = SAY_SUBMIT;
    out->login = items->v[0];
    out->job = items->v[1];
    out->coin = shape_is(items, &conflux) ? "CFX" : "AE";
    return shape_is(items, &conflux) || shape_is(items, &aeternity);
}

/* mining.authorize ["xel:...", worker, password]: Xelis alone has the worker there, and its address says so. */
static bool read_authorize(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val login = json_item(&m->params, 0);
    struct json_val worker = json_item(&m->params, 1);
    struct json_val password = json_item(&m->params, 2);

    out->say = SAY_LOGIN;
    out->login = login;
    if (json_is_string(&worker) && password.type != JSON_NONE)
        out->worker = worker;
    out->coin = "XEL";
    return json_is_string(&login) && (view_starts(login.text, "xel:") || view_starts(login.text, "xet:"));
}

/* Bytom's work: job, version, height, previous block, time, two roots, nonce, bits, seed, target as CryptoNote's. */
static bool read_bytom_job(const struct json_val *list, struct mining_msg *out)
{
    static const struct shape job = {"j h1-16 h1-16 h64 h1-16 h64 h64 h1-16 h1-16 h64 h8-16", 7};
    struct shape_items items;

    shape_read(list, &items);
    if (!shape_is(&items, &job))
        return false;
    out->say = SAY_JOB;
    out->from_pool = true;
    out->proof = PROOF_FULL;
    out->job = items.v[0];
    out->height = items.v[2].text.n <= 8 ? shape_hex_number(&items.v[2]) : 0; /* else its bytes are turned round */
    if (json_is_hex(&items.v[10], 8, 8) || json_is_hex(&items.v[10], 16, 16)) {
        out->target = items.v[10];
        out->target_kind = TARGET_CRYPTONOTE;
    }
    return true;
}

/* login [account, password, agent]; getwork; submit [job, nonce, result]; job [...] and the reply to getwork. */
static bool bytom_read(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape login = {"s s s", 0};
    static const struct shape share = {"s h16 h16-64", 0};
    bool cut = m->cut && !m->params.complete;
    const struct shape_items *items;

    *out = (struct mining_msg){.protocol = PROTOCOL_CRYPTONOTE, .coin = "BTM"};
    if (m->method.type == JSON_NONE)
        return m->result.type == JSON_ARRAY && read_bytom_job(&m->result, out);
    if (json_is(&m->method, "getwork") && m->carriage == CARRIED_LINE && m->params.type != JSON_ARRAY) {
        out->say = SAY_ASK;
        out->proof = PROOF_WEAK;
        return true;
    }
    if (m->params.type != JSON_ARRAY)
        return false;
    if (json_is(&m->method, "job"))
        return read_bytom_job(&m->params, out);
    items = jsonrpc_items(m);
    if (json_is(&m->method, "login") && (cut || shape_is(items, &login))) {
        bool wallet = json_is_string(&items->v[0]) && view_starts(items->v[0].text, "bm1q");

        out->say = SAY_LOGIN;
        out->login = items->v[0];
        out->agent = items->v[2];
        out->proof = wallet || agent_names_miner(&out->agent) ? PROOF_FULL : PROOF_WEAK;
        return !cut || wallet;
    }
    if (json_is(&m->method, "submit") && shape_is(items, &share)) {
        out->say = SAY_SUBMIT;
        out->proof = items->v[2].text.n == 64 ? PROOF_FULL : PROOF_WEAK;
        out->job = items->v[0];
        return true;
    }
    return false;
}

bool stratum_variants_read(const struct jsonrpc *m, struct mining_msg *out)
{
    *out =
        (struct mining_msg){.protocol = PROTOCOL_STRATUM_V1, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true};
    if (json_is(&m->method, "mining.notify"))
        return read_notify(m, out);
    if (json_is(&m->method, "mining.submit"))
        return read_submit(m, out);
    if (json_is(&m->method, "mining.authorize"))
        return read_authorize(m, out);
    return bytom_read(m, out);
}
