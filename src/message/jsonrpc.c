/*
 * jsonrpc.c - top-level keys of a line, and the gate that looks at first bytes.
 */
#include "config.h"

#include "message/jsonrpc.h"

#define BLANKS_MAX 16 /* blanks tolerated before the brace */

/* Where the value of this key goes, or NULL for a key that no dialect uses. */
static struct json_val *place_of(struct jsonrpc *m, const struct json_val *key)
{
    const struct {
        const char *name;
        struct json_val *place;
    } places[] = {
        {"id", &m->id},       {"method", &m->method},   {"params", &m->params}, {"result", &m->result},
        {"error", &m->error}, {"jsonrpc", &m->jsonrpc}, {"worker", &m->worker}, {"body", &m->body},
        {"type", &m->type},   {"message", &m->message},
    };

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (json_is(key, places[i].name))
            return places[i].place;
    return NULL;
}

bool jsonrpc_read(struct view line, enum carriage carriage, const struct http_facts *http, struct jsonrpc *m)
{
    bool websocket = carriage == CARRIED_WEBSOCKET;
    struct json_walk walk = json_walk_object(line);
    struct json_val key, value;

    *m = (struct jsonrpc){.line = line, .carriage = carriage, .http = http};
    for (int i = 0; json_next_member(&walk, &key, &value); i++) {
        struct json_val *place = place_of(m, &key);

        if (i == JSONRPC_KEYS_MAX)
            return false;
        if (place && place->type == JSON_NONE)
            *place = value;
        m->n_keys++;
    }
    m->cut = walk.state == JSON_CUT;
    if (walk.state == JSON_BAD)
        return false;
    return jsonrpc_is_bare(m) || m->method.type == JSON_STRING || m->result.type != JSON_NONE || m->error.type != JSON_NONE ||
           carriage == CARRIED_HTTP || /* its paths name messages too */
           (websocket && (m->type.type == JSON_STRING || m->message.type == JSON_STRING));
}

struct json_val jsonrpc_top(const struct jsonrpc *m, const char *name)
{
    struct json_walk walk = json_walk_object(m->line);
    struct json_val key, value;

    for (int i = 0; i < JSONRPC_KEYS_MAX && json_next_member(&walk, &key, &value); i++)
        if (json_is(&key, name))
            return value;
    return (struct json_val){.type = JSON_NONE};
}

bool jsonrpc_may_start(struct view payload)
{
    /* Beam's writer sorts the keys, so a message begins with the first in the alphabet that it has. */
    static const char *const first_keys[] = {
        "\"id\"",         "\"jsonrpc\"", "\"method\"",  "\"params\"", "\"result\"",      "\"error\"",
        "\"worker\"",     "\"body\"",    "\"api_key\"", "\"code\"",   "\"description\"", "\"difficulty\"",
        "\"forkheight\"", "\"height\"",  "\"input\"",   "\"nonce\"",  "\"nonceprefix\"", "\"output\"",
    };
    struct buf b = buf_of(payload);

    for (int i = 0; i < BLANKS_MAX && (buf_peek(&b, 0) == ' ' || (buf_peek(&b, 0) >= '\t' && buf_peek(&b, 0) <= '\r')); i++)
        buf_skip(&b, 1);
    if (buf_left(&b) == 0 || buf_u8(&b) != '{')
        return false;
    for (int i = 0; i < BLANKS_MAX && (buf_peek(&b, 0) == ' ' || (buf_peek(&b, 0) >= '\t' && buf_peek(&b, 0) <= '\r')); i++)
        buf_skip(&b, 1);
    for (size_t i = 0; i < ARRAY_LEN(first_keys); i++) {
        size_t n = min_size(buf_left(&b), strlen(first_keys[i]));

        if (n > 1 && buf_peek(&b, 1) != (uint8_t)first_keys[i][1])
            continue; /* nearly always */
        if (memcmp(b.p, first_keys[i], n) == 0)
            return true;
    }
    /* An escaped first key ("\u0069d") is legal JSON that no client writes; it is let in to be read properly. */
    return buf_peek(&b, 0) == '"' && view_find(view_head(buf_rest(&b), 16), '\\') < min_size(16, buf_left(&b));
}

bool jsonrpc_is_bare(const struct jsonrpc *m)
{
    return m->carriage == CARRIED_LINE && !m->cut && m->n_keys > 0 &&
           m->n_keys == (m->id.type != JSON_NONE) + (m->jsonrpc.type != JSON_NONE) &&
           (m->id.type == JSON_NUMBER || (m->id.type == JSON_STRING && m->id.complete));
}

bool jsonrpc_is_error(const struct jsonrpc *m)
{
    return m->error.type != JSON_NONE && m->error.type != JSON_NULL;
}
