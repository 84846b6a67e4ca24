/*
 * beam.c - Beam: login, job, solution, result, cancel, without `params`.
 *
 * Sources: BeamMW/beam pow/stratum.cpp (names and codes), NiceHash's Beam. The keys come in alphabetical order from
 * the node's own JSON writer. The account stands in api_key. Codes of a result: 0 the login is good, 1 the share is accepted,
 * 2 rejected, 3 expired, -32003 the login failed. The length of `output` is not fixed here: 104 and 105 bytes were seen.
 */
#include "config.h"

#include "message/beam.h"

#include "message/shape.h"

#define OUTPUT_MIN 64 /* digits of a solution */
#define OUTPUT_MAX 512

/* {"id": "login", "method": "login", "api_key": account}. */
static bool read_login(const struct jsonrpc *m, struct mining_msg *out)
{
    out->say = SAY_LOGIN;
    out->login = jsonrpc_top(m, "api_key");
    out->proof = json_is(&m->id, "login") ? PROOF_FULL : PROOF_WEAK;
    return json_is_string(&out->login) && out->login.text.n > 0;
}

/* {"id": job, "method": "job", "input": header hash, "difficulty": packed, "height": ...}. */
static bool read_job(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val input = jsonrpc_top(m, "input");
    struct json_val difficulty = jsonrpc_top(m, "difficulty");
    struct json_val height = jsonrpc_top(m, "height");

    out->say = SAY_JOB;
    out->proof = PROOF_FULL;
    out->from_pool = true;
    out->job = m->id;
    out->height = shape_number(&height);
    if (difficulty.type == JSON_NUMBER && difficulty.complete) {
        out->target = difficulty;
        out->target_kind = TARGET_BEAM;
    }
    return json_is_hex(&input, 64, 64) && (difficulty.type == JSON_NUMBER || (m->cut && difficulty.type == JSON_NONE));
}

/* {"id": job, "method": "solution", "nonce": 16 digits, "output": ...}. */
static bool read_solution(const struct jsonrpc *m, struct mining_msg *out)
{
    struct json_val nonce = jsonrpc_top(m, "nonce");
    struct json_val output = jsonrpc_top(m, "output");

    out->say = SAY_SUBMIT;
    out->proof = PROOF_FULL;
    out->job = m->id;
    if (!json_is_hex(&nonce, 16, 16) || !json_is_string(&output) || output.text.n > OUTPUT_MAX)
        return false;
    if (!output.complete && output.text.n == 0)
        return true;
    return json_starts_hex(&output, output.complete ? OUTPUT_MIN : 1);
}

/* {"id": ..., "method": "result", "code": ..., "description": ...}. It proves nothing: its words are everyone's. */
static bool read_result(const struct jsonrpc *m, struct mining_msg *out)
{
    static const struct {
        const char *code;
        enum mining_say answers;
        bool accepted;
    } codes[] = {{"0", SAY_LOGIN, true},
                 {"1", SAY_SUBMIT, true},
                 {"2", SAY_SUBMIT, false},
                 {"3", SAY_SUBMIT, false},
                 {"-32003", SAY_LOGIN, false}};
    struct json_val code = jsonrpc_top(m, "code");

    if (code.type != JSON_NUMBER || !code.complete)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (!view_is(code.text, codes[i].code))
            continue;
        out->say = SAY_REPLY;
        out->from_pool = true;
        out->answers = codes[i].answers;
        out->accepted = codes[i].accepted;
        if (!codes[i].accepted)
            out->reason = jsonrpc_top(m, "description");
        return true;
    }
    return false;
}

bool beam_read(const struct jsonrpc *m, struct mining_msg *out)
{
    if (m->method.type != JSON_STRING || m->params.type != JSON_NONE || m->body.type != JSON_NONE)
        return false;
    *out = (struct mining_msg){.protocol = PROTOCOL_BEAM, .coin = "BEAM"};
    if (json_is(&m->method, "login"))
        return read_login(m, out);
    if (json_is(&m->method, "job"))
        return read_job(m, out);
    if (json_is(&m->method, "solution"))
        return read_solution(m, out);
    if (json_is(&m->method, "result"))
        return read_result(m, out);
    if (json_is(&m->method, "cancel")) {
        out->say = SAY_NOTICE;
        out->from_pool = true;
        return m->id.type == JSON_STRING;
    }
    return false;
}
