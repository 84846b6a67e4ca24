/*
 * jsonrpc.c - top-level keys of a line, and the gate that looks at first bytes.
 */
#include "config.h"

#include "message/jsonrpc.h"

#include <stddef.h>

#define BLANKS_MAX 16 /* blanks tolerated before the brace */

/* Where the value of this key goes, or NULL for a key that no dialect uses. */
static struct json_val *place_of(struct jsonrpc *m, const struct json_val *key)
{
    static const struct {
        const char *name;
        size_t at;
    } places[] = {
#define PLACE(field) {#field, offsetof(struct jsonrpc, field)}
        PLACE(id),      PLACE(method), PLACE(params), PLACE(result), PLACE(error),
        PLACE(jsonrpc), PLACE(worker), PLACE(body),   PLACE(type),   PLACE(message),
#undef PLACE
    };

    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        if (json_is(key, places[i].name))
            return (struct json_val *)(void *)((char *)m + places[i].at);
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

const struct shape_items *jsonrpc_items(const struct jsonrpc *m)
{
    if (!m->room->items_read)
        shape_read(&m->params, &m->room->items);
    m->room->items_read = true;
    return &m->room->items;
}

const struct jsonrpc_result *jsonrpc_result(const struct jsonrpc *m)
{
    struct jsonrpc_result *r = &m->room->result;
    const struct json_field fields[] = {
        {"proto", &r->proto},
        {"job", &r->job},
        {"blob", &r->blob},
        {"status", &r->status},
        {"algo", &r->algo},
        {"extra_nonce", &r->extra_nonce},
        {"data", &r->data},
        {"target", &r->target},
        {"blocktemplate_blob", &r->template_blob},
        {"prev_hash", &r->prev_hash},
        {"difficulty", &r->difficulty},
        {"height", &r->height},
        {"previousblockhash", &r->previous_hash},
        {"bits", &r->bits},
        {"curtime", &r->curtime},
    };

    if (m->room->result_read)
        return r;
    json_members(&m->result, fields, ARRAY_LEN(fields));
    m->room->result_read = true;
    return r;
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
    /* In the order of the alphabet. Beam's writer sorts the keys too, so any of its messages' may come first. */
    static const char *const first_keys[] = {
        "\"api_key\"",    "\"body\"",        "\"code\"",   "\"description\"", "\"difficulty\"", "\"error\"",
        "\"forkheight\"", "\"height\"",      "\"id\"",     "\"input\"",       "\"jsonrpc\"",    "\"method\"",
        "\"nonce\"",      "\"nonceprefix\"", "\"output\"", "\"params\"",      "\"result\"",     "\"worker\"",
    };
    struct buf b = buf_of(payload);

    for (int i = 0; i < BLANKS_MAX && (buf_peek(&b, 0) == ' ' || (buf_peek(&b, 0) >= '\t' && buf_peek(&b, 0) <= '\r')); i++)
        buf_skip(&b, 1);
    if (buf_left(&b) == 0 || buf_u8(&b) != '{')
        return false;
    for (int i = 0; i < BLANKS_MAX && (buf_peek(&b, 0) == ' ' || (buf_peek(&b, 0) >= '\t' && buf_peek(&b, 0) <= '\r')); i++)
        buf_skip(&b, 1);
    if (buf_left(&b) < 2)
        return buf_left(&b) == 0 || buf_peek(&b, 0) == '"';
    for (size_t i = 0; i < ARRAY_LEN(first_keys) && (uint8_t)first_keys[i][1] <= buf_peek(&b, 1); i++)
        if ((uint8_t)first_keys[i][1] == buf_peek(&b, 1) &&
            memcmp(b.p, first_keys[i], min_size(buf_left(&b), strlen(first_keys[i]))) == 0)
            return true;
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
