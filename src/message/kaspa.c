/*
 * kaspa.c - Kaspa: jobs in both forms, the bare set_extranonce, and the reply to subscribe.
 *
 * Sources: kaspa-stratum-bridge, the Kaspa Common Stratum Protocol, NiceHash's KHeavyHash. notify: job, the header's hash as
 * four integers of 64 bits, its time; or job and 80 hex digits, hash and time together, for miners that ask for it by
 * their name. The extranonce comes as set_extranonce [digits, length], or by mining.set_extranonce. The reply to
 * subscribe is [true, "EthereumStratum/1.0.0"]. Shares have account, job and nonce, as in several dialects: they stay in
 * the family. Forks speak the same, so no coin is claimed.
 */
#include "config.h"

#include "message/kaspa.h"

#include "message/shape.h"

/* Four whole numbers, the header's hash. */
static bool is_hash(const struct json_val *list)
{
    static const struct shape four = {"n n n n", 0};
    struct shape_items items;

    shape_read(list, &items);
    return shape_is(&items, &four);
}

static bool read_notify(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape short_job = {"j a n", 3};
    static const struct shape long_job = {"j h80", 0};
    const struct shape_items *items;

    items = jsonrpc_items(m);
    out->say = SAY_JOB;
    out->from_pool = true;
    out->job = items->v[0];
    return (shape_is(items, &short_job) && is_hash(&items->v[1])) || shape_is(items, &long_job);
}

/* The bare name: nothing else calls a method so and gives it hex digits and a length. */
static bool read_extranonce(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct shape extranonce = {"h1-16 | n", 2};
    const struct shape_items *items;

    items = jsonrpc_items(m);
    out->say = SAY_NOTICE;
    out->from_pool = true;
    return shape_is(items, &extranonce);
}

static bool read_subscribed(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val yes = json_item(&m->result, 0);
    struct json_val version = json_item(&m->result, 1);

    out->say = SAY_SUBSCRIBED;
    out->from_pool = true;
    return yes.type == JSON_TRUE && json_is(&version, "EthereumStratum/1.0.0");
}

bool kaspa_read(const struct jsonrpc *m, struct mining_msg *out)
{
    *out = (struct mining_msg){.protocol = PROTOCOL_KASPA, .proof = PROOF_FULL, .family_stratum = true, .not_bitcoin = true};
    if (m->method.type != JSON_STRING)
        return m->result.type == JSON_ARRAY && read_subscribed(m, out);
    if (json_is(&m->method, "mining.notify"))
        return read_notify(m, out);
    if (json_is(&m->method, "set_extranonce"))
        return read_extranonce(m, out);
    return false;
}
