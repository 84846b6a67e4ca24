/*
 * fuzz_mining.c - the input as one line through all dialects.
 *
 * Invariants: texts lie inside the line; what a message means is in range and the same at a second
 * reading; difficulties are finite; the parts of a login lie inside it.
 */
#include "config.h"

#include "detect/detectors.h"
#include "evidence/difficulty.h"
#include "evidence/login.h"
#include "message/agent.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool is_inside(struct view part, struct view whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_login(struct view text, enum mining_protocol protocol)
{
    struct login l = login_of(text, protocol);

    check(is_inside(l.account, text) && is_inside(l.worker, text));
    check(l.kind && l.account.n + l.worker.n <= text.n);
}

static void check_message(struct view line, const struct mining_msg *msg)
{
    const struct json_val *texts[] = {&msg->login, &msg->worker,     &msg->agent,     &msg->algorithm,
                                      &msg->job,   &msg->target,     &msg->reason,    &msg->host,
                                      &msg->port,  &msg->share_hash, &msg->coinbase1, &msg->coinbase2};
    double difficulty = difficulty_of(msg);

    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        check(is_inside(texts[i]->text, line));
    check(msg->protocol < PROTOCOL_N && msg->say <= SAY_REPLY && msg->proof <= PROOF_FULL &&
          (msg->say != SAY_NOTHING || msg->proof == PROOF_NONE));
    check(msg->from_pool == (msg->say >= SAY_SUBSCRIBED));
    check(isfinite(difficulty) && difficulty >= 0 && difficulty <= ldexp(1, 1023));
    check(mining_protocol_name(msg->protocol) != NULL);
    check(msg->hint < PROTOCOL_N && (msg->hint == PROTOCOL_UNKNOWN || msg->protocol == PROTOCOL_UNKNOWN));
    check((msg->host.text.n > 0) == (msg->host_source != NAME_NONE));
    check(msg->target_kind == TARGET_NONE || msg->target.text.n > 0);
    check(!msg->coin || (strlen(msg->coin) >= 2 && strlen(msg->coin) <= 5));
    check(msg->say == SAY_REPLY || (!msg->accepted && !msg->has_job && msg->answers == SAY_NOTHING));
    check(msg->share_hash.type == JSON_NONE || msg->share_hash.text.n == 64);
    check(msg->agent.type != JSON_STRING || !agent_names_miner(&msg->agent) || agent_is_miner(msg->agent.text));
    if (msg->login.type == JSON_STRING)
        check_login(msg->login.text, msg->protocol);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view line = view_of(data, size);
    struct mining_msg msg, again;
    struct jsonrpc m;

    jsonrpc_may_start(line);
    if (!detectors_read(line, CARRIED_LINE, NULL, &m, &msg))
        return 0;
    check_message(line, &msg);
    check(detectors_read(line, CARRIED_LINE, NULL, &m, &again));
    check(again.protocol == msg.protocol && again.say == msg.say && again.proof == msg.proof && again.height == msg.height &&
          again.login.text.p == msg.login.text.p && again.login.text.n == msg.login.text.n);
    return 0;
}
