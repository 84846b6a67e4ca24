/*
 * kawpow.c - KawPoW: notify and submit, which tell it from the rest of the mining.* family.
 *
 * Sources: NiceHash's KawPow_NiceHash_v1.0.txt, nodejs-pool's job payload, XMRig's EthStratumClient. notify: job, header
 * hash, seed hash, target (64 digits each), clean flag, height, and the network's bits, which XMRig does not ask for.
 * submit: account, job, nonce (0x and 16 digits), header hash and mix hash (0x and 64 each).
 */
#include "config.h"

#include "message/kawpow.h"

#include "message/shape.h"

bool kawpow_read(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape job = {"j h64 h64 h64 b n | ? ?", 5};
    static const struct shape share = {"s j x16 x64 x64", 5};
    const struct shape_items *items;

    *out = (struct mining_msg){.protocol = PROTOCOL_KAWPOW, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true};
    if (json_is(&m->method, "mining.notify")) {
        items = jsonrpc_items(m);
        out->say = SAY_JOB;
        out->from_pool = true;
        out->job = items->v[0];
        out->target = items->v[3];
        out->target_kind = TARGET_BE256;
        out->height = shape_number(&items->v[5]);
        return shape_is(items, &job);
    }
    if (json_is(&m->method, "mining.submit")) {
        items = jsonrpc_items(m);
        out->say = SAY_SUBMIT;
        out->login = items->v[0];
        out->job = items->v[1];
        return shape_is(items, &share);
    }
    return false;
}
