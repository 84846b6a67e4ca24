/*
 * carrier_text.c - from JSON texts and heads to messages, with what the layers around them say: transport, the pool's
 * name, and of an HTTP request program and login.
 */
#include "config.h"

#include "detect/carrier_part.h"

#include "detect/binary.h"
#include "detect/detectors.h"
#include "message/chia.h"
#include "message/getwork.h"

void carrier_tunnel(struct dialogue *d, enum transport layer, struct view name)
{
    struct carrier *c = &d->carrier;
    bool again = c->n_layers > 0 && d->transport[c->n_layers - 1] == layer; /* asked twice: the proxy wanted a password */

    if (!again && c->n_layers < EVIDENCE_TRANSPORTS - 1)
        d->transport[c->n_layers++] = (uint8_t)layer;
    d->transport[c->n_layers] = TRANSPORT_TCP;
    d->host_text.len = 0; /* what came before names a proxy */
    d->host_source = NAME_NONE;
    carrier_name(d, name, layer == TRANSPORT_CONNECT ? NAME_CONNECT : NAME_SOCKS);
}

void carrier_innermost(struct dialogue *d, enum transport layer)
{
    d->transport[d->carrier.n_layers] = (uint8_t)layer;
}

/* A name of letters, digits, points, hyphens and underscores, one letter at least. */
static bool is_name(struct view v)
{
    bool has_letter = false;

    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_')
            return false;
        has_letter |= letter;
    }
    return has_letter;
}

void carrier_name(struct dialogue *d, struct view name, enum name_source source)
{
    bool tunnel_said = d->host_source == NAME_SOCKS || d->host_source == NAME_CONNECT;
    size_t n = min_size(name.n, DIALOGUE_HOST_MAX);

    if (!is_name(name) || (source == NAME_HTTP_HOST && tunnel_said))
        return;
    if (d->host_source == source && d->host_text.len == n && memcmp(d->host, name.p, n) == 0)
        return;
    memcpy(d->host, name.p, n);
    d->host_text = (struct dialogue_text){.len = (uint16_t)n, .cut = n < name.n, .unsent = true};
    d->host_source = (uint8_t)source;
}

static bool is_text(const struct json_val *v)
{
    return v->type == JSON_STRING && v->text.n > 0;
}

/* The login goes before the message that it came with, once. */
static void take_login(struct at *at, const struct mining_msg *msg, const struct json_val *login, const struct json_val *worker)
{
    const struct dialogue *d = at->d;
    struct mining_msg said = {.protocol = msg->protocol, .say = SAY_LOGIN, .proof = msg->proof, .coin = msg->coin};

    if (d->login_text.len == min_size(login->text.n, EVIDENCE_TEXT_MAX) &&
        memcmp(d->login, login->text.p, d->login_text.len) == 0)
        return;
    said.login = *login;
    said.worker = *worker;
    said.agent = msg->agent;
    speech_take(at, NULL, &said);
}

/* What a miner's message leaves to the head of its request. */
static void add_head(struct at *at, const struct http_facts *http, struct mining_msg *msg)
{
    if (http->agent.n > 0 && msg->agent.type == JSON_NONE)
        msg->agent = json_text_of(http->agent);
    if (msg->login.type == JSON_NONE && http->login_in_uri) {
        msg->login = json_text_of(http->uri_login);
        if (http->uri_worker.n > 0)
            msg->worker = json_text_of(http->uri_worker);
    } else if (msg->login.type == JSON_NONE && http->n_user > 0) {
        msg->login = json_text_of(view_of(http->user, http->n_user));
    }
    if (msg->claimed_hs == 0)
        msg->claimed_hs = http->claimed_hs;
    carrier_name(at->d, http->host, NAME_HTTP_HOST);
}

static void take_message(struct at *at, const struct jsonrpc *m, struct mining_msg *msg, const struct http_facts *http)
{
    bool counts = !msg->from_pool && (msg->proof == PROOF_FULL || at->d->proven);

    if (http)
        carrier_innermost(at->d, TRANSPORT_HTTP);
    if (http && counts)
        add_head(at, http, msg);
    if (counts && is_text(&msg->login) && msg->say != SAY_LOGIN && msg->say != SAY_SUBMIT)
        take_login(at, msg, &msg->login, &msg->worker);
    speech_take(at, m, msg);
}

bool carrier_text(struct at *at, struct view text, enum carriage carriage, const struct http_facts *http)
{
    struct mining_msg msg;
    struct jsonrpc m;

    if (!detectors_read(text, carriage, http, &m, &msg)) {
        if (carriage == CARRIED_LINE)
            binary_take_line(at, &m);
        return false;
    }
    if (http && msg.from_pool != http->reply)
        return false;
    if (carriage == CARRIED_WEBSOCKET)
        carrier_innermost(at->d, TRANSPORT_WS);
    take_message(at, &m, &msg, http);
    return true;
}

bool carrier_head(struct at *at, const struct http_facts *http)
{
    struct mining_msg msg;

    if (!chia_read_head(http, &msg) && !getwork_read_head(http, &msg))
        return false;
    take_message(at, NULL, &msg, http);
    return true;
}
