/*
 * equihash.c - ZIP 301 (https://zips.z.cash/zip-0301): the two messages that only Equihash has.
 *
 * notify: job, version (8 hex digits), previous hash, merkle root, reserved (64 each), time, bits
 * (8 each), clean flag; forks append the parameters ("144_5") and a personalisation. submit: worker,
 * job, time (8), nonce 2, solution with its compact size in front (fd4005 for 200,9: 1344 bytes).
 */
#include "config.h"

#include "message/equihash.h"

/* The shortest solution in use is that of 192,7 and 144,5: 100 bytes and 3 of compact size at most. */
#define SOLUTION_MIN_DIGITS 200

/*
 * All parameters that are there fit; of a cut list at least the version must be whole, and look like a small number in
 * little endian: else what is eight digits may be the height of Conflux or EthereumStratum, and the hash must be whole too.
 */
static bool read_notify(const struct jsonrpc *m)
{
    static const uint8_t digits[] = {8, 64, 64, 64, 8, 8}; /* of parameters 1 to 6 */
    struct json_val version = json_item(&m->params, 1);
    size_t n = json_count(&m->params, 11);
    size_t whole = 0;

    if (m->params.complete ? n < 8 || n > 10 : n > 10)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(digits) && i + 1 < n; i++) {
        struct json_val v = json_item(&m->params, i + 1);

        if (json_is_hex(&v, digits[i], digits[i]))
            whole++;
        else if (v.complete || (v.text.n > 0 && !json_starts_hex(&v, 1)) || v.text.n > digits[i])
            return false;
    }
    return m->params.complete || whole > 1 || (whole > 0 && view_starts(version.text, "0"));
}

static bool read_submit(const struct jsonrpc *m)
{
    struct json_val ntime = json_item(&m->params, 2);
    struct json_val nonce2 = json_item(&m->params, 3);
    struct json_val solution = json_item(&m->params, 4);

    return json_is_hex(&ntime, 8, 8) && json_is_hex(&nonce2, 2, 64) && json_starts_hex(&solution, SOLUTION_MIN_DIGITS);
}

bool equihash_read(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){.protocol = PROTOCOL_EQUIHASH, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true};
    if (json_is(&m->method, "mining.notify") && read_notify(m)) {
        out->say = SAY_JOB;
        out->from_pool = true;
        out->job = json_item(&m->params, 0);
        out->algorithm = json_item(&m->params, 8); /* Zhash and kin: "144_5" */
        return true;
    }
    if (json_is(&m->method, "mining.submit") && read_submit(m)) {
        out->say = SAY_SUBMIT;
        out->job = json_item(&m->params, 1);
        out->login = json_item(&m->params, 0);
        return true;
    }
    return false;
}
