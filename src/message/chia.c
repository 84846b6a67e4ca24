/*
 * chia.c - POST /partial, POST and PUT /farmer, GET /farmer, and their answers.
 *
 * Source: Chia-Network/pool-reference SPECIFICATION.md. The launcher id names the farmer's singleton, and so the account.
 */
#include "config.h"

#include "message/chia.h"

#include "base/parse.h"

#define ID_DIGITS 64

/* 64 hex digits, with 0x or without. */
static bool is_id(struct view v)
{
    if (view_starts(v, "0x"))
        v = view_skip(v, 2);
    return v.n == ID_DIGITS && parse_is_hex(v);
}

/* {"payload": {"launcher_id", "proof_of_space": {...}} or {"launcher_id", "authentication_token", ...}, signature}. */
static bool read_request(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val payload = jsonrpc_top(m, "payload");
    struct json_val launcher = json_member(&payload, "launcher_id");
    struct json_val space = json_member(&payload, "proof_of_space");
    struct json_val plot = json_member(&space, "plot_public_key");
    struct json_val key = json_member(&payload, "authentication_public_key");
    struct json_val token = json_member(&payload, "authentication_token");

    if (launcher.type != JSON_STRING || !launcher.complete || !is_id(launcher.text))
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_CHIA, .proof = PROOF_FULL, .login = launcher, .coin = "XCH"};
    if (plot.type == JSON_STRING)
        out->say = SAY_SUBMIT;
    else if (m->http->asked == HTTP_ASKED_FARMER && (key.type == JSON_STRING || token.type == JSON_NUMBER))
        out->say = SAY_LOGIN;
    return out->say != SAY_NOTHING;
}

/* {"new_difficulty": n}, {"welcome_message": text}, {"error_code": n, "error_message": text}. */
static bool read_reply(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val difficulty = jsonrpc_top(m, "new_difficulty");
    struct json_val welcome = jsonrpc_top(m, "welcome_message");
    struct json_val code = jsonrpc_top(m, "error_code");
    struct json_val text = jsonrpc_top(m, "error_message");

    *out = (struct mining_msg){.protocol = PROTOCOL_CHIA, .say = SAY_REPLY, .from_pool = true, .coin = "XCH"};
    out->answers = m->http->asked == HTTP_ASKED_PARTIAL ? SAY_SUBMIT : SAY_LOGIN;
    if (code.type == JSON_NUMBER) {
        out->reason = text;
        return true;
    }
    out->accepted = true;
    if (m->http->asked == HTTP_ASKED_PARTIAL && difficulty.type == JSON_NUMBER && difficulty.complete) {
        out->target = difficulty;
        out->target_kind = TARGET_DIFFICULTY;
        return true;
    }
    return m->http->asked == HTTP_ASKED_FARMER && welcome.type == JSON_STRING;
}

bool chia_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->carriage != CARRIED_HTTP || !m->http || m->method.type != JSON_NONE ||
        (m->http->asked != HTTP_ASKED_PARTIAL && m->http->asked != HTTP_ASKED_FARMER))
        return false;
    return m->http->reply ? read_reply(m, out) : read_request(m, out);
}

/* The value of a parameter of the query, whole. */
static struct view parameter(struct view target, const char *name)
{
    struct view rest = view_skip(target, view_find(target, '?') + 1);

    while (rest.n > 0) {
        size_t n = view_find(rest, '&');
        struct view pair = view_head(rest, n);

        if (view_starts(pair, name))
            return view_skip(pair, strlen(name));
        rest = view_skip(rest, n + 1);
    }
    return rest;
}

bool chia_read_head(const struct http_facts *http, struct mining_msg *out)
{
    struct view launcher = parameter(http->target, "launcher_id=");

    if (http->reply || !http->get || http->asked != HTTP_ASKED_FARMER || !is_id(launcher) ||
        parameter(http->target, "signature=").n == 0)
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_CHIA, .say = SAY_ASK, .proof = PROOF_FULL, .coin = "XCH"};
    out->login = json_text_of(launcher);
    return true;
}
