/*
 * ergo.c - Ergo's jobs in both forms, and shares in its long form.
 *
 * Sources: the READMEs of leifjacky/erg-gominer-demo and nodejs-pool's job payload. The common form of notify: job, height,
 * message (64 digits), two empty strings, version of the block, the number b in decimal, an empty string, clean flag; a
 * share's target is b times what mining.set_difficulty said. The other: job, message, height, clean flag, beside
 * mining.set_target. submit: account, job, nonce 2, which other dialects have too; some miners send five, the fourth empty.
 */
#include "config.h"

#include "message/ergo.h"

#include "message/shape.h"

bool ergo_read(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape long_job = {"j n h64 e e ? D e b", 5};
    static const struct shape short_job = {"j h64 n b", 4};
    static const struct shape share = {"s j h2-16 e h2-32", 5};
    const struct shape_items *items;

    *out = (struct mining_msg){
        .protocol = PROTOCOL_ERGO, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true, .coin = "ERG"};
    if (json_is(&m->method, "mining.submit")) {
        items = jsonrpc_items(m);
        out->say = SAY_SUBMIT;
        out->login = items->v[0];
        out->job = items->v[1];
        return shape_is(items, &share);
    }
    if (!json_is(&m->method, "mining.notify"))
        return false;
    items = jsonrpc_items(m);
    out->say = SAY_JOB;
    out->from_pool = true;
    out->job = items->v[0];
    if (shape_is(items, &long_job)) {
        out->height = shape_number(&items->v[1]);
        if (items->v[6].type != JSON_NONE && items->v[6].complete) {
            out->target = items->v[6];
            out->target_kind = TARGET_ERGO;
        }
        return true;
    }
    out->height = shape_number(&items->v[2]);
    return shape_is(items, &short_job);
}
