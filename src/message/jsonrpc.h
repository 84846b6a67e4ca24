/*
 * jsonrpc.h - one line of the stratum family taken apart: the top-level keys of a JSON object.
 *
 * All dialects are JSON-RPC in spirit (https://www.jsonrpc.org/specification and its 1.0 ancestor):
 * requests and notices have `method`, replies have `result` or `error`. Keys come in any order.
 */
#ifndef MESSAGE_JSONRPC_H
#define MESSAGE_JSONRPC_H

#include "message/shape.h"

/* What a JSON text travels in. */
enum carriage { CARRIED_LINE, CARRIED_HTTP, CARRIED_WEBSOCKET };

struct http_facts; /* message/http.h */

/* Members of a result that is an object; absent ones are of type JSON_NONE. */
struct jsonrpc_result {
    struct json_val proto;                                /* EthereumStratum 2.0 */
    struct json_val job, blob, status, algo, extra_nonce; /* CryptoNote */
    struct json_val data, target, template_blob, prev_hash, difficulty, height, previous_hash, bits,
        curtime; /* work, templates */
};

/* Parameters as a list, and the result's members: read when the first reader asks for them. */
struct jsonrpc_room {
    struct shape_items items;
    struct jsonrpc_result result;
    bool items_read, result_read;
};

struct jsonrpc {
    struct json_val id;
    struct json_val method;
    struct json_val params;
    struct json_val result;
    struct json_val error;
    struct json_val jsonrpc;
    struct json_val worker;        /* eth-proxy names the worker beside the parameters */
    struct json_val body;          /* Iron Fish's parameters */
    struct json_val type;          /* web miners name the message by it; read in a WebSocket only */
    struct json_val message;       /* Nimiq does by this; read in a WebSocket only */
    struct view line;              /* the object's text, for dialects whose fields stand at the top (Beam) */
    uint8_t n_keys;                /* top-level members, at most JSONRPC_KEYS_MAX */
    bool cut;                      /* the object was not seen to its end */
    enum carriage carriage;        /* set by who calls jsonrpc_read */
    struct jsonrpc_room *room;     /* of the readers; lent by who reads in several dialects */
    const struct http_facts *http; /* CARRIED_HTTP: what the head before it said; otherwise NULL */
};

#define JSONRPC_KEYS_MAX 32 /* top-level keys looked at; the richest message known has 9 */

/*
 * Reads a line. Of a key that occurs twice the first counts. False when it does not begin with an
 * object, is no JSON, or, but in HTTP, has neither method nor result nor error (nor, in a WebSocket, type or message),
 * unless it is nothing but an id. What follows the object is not looked at.
 */
bool jsonrpc_read(struct view line, enum carriage carriage, const struct http_facts *http, struct jsonrpc *m);

/* The parameters as a list. m->room is set. */
const struct shape_items *jsonrpc_items(const struct jsonrpc *m);

/* The members of the result. m->room is set. */
const struct jsonrpc_result *jsonrpc_result(const struct jsonrpc *m);

/* Member `name` of the message's top level, for keys that struct jsonrpc has no place for. */
struct json_val jsonrpc_top(const struct jsonrpc *m, const char *name);

/*
 * A quick look at the first bytes of a TCP payload: true when they can be the start of such a line,
 * that is blanks, `{`, and a first key that one of the dialects uses (or too few bytes to tell).
 */
bool jsonrpc_may_start(struct view payload);

/* True for {"id": 1}, alone or with "jsonrpc": EthereumStratum 2.0 says yes by it. */
bool jsonrpc_is_bare(const struct jsonrpc *m);

/* True when the message carries an error: `error` is there and not null. */
bool jsonrpc_is_error(const struct jsonrpc *m);

#endif
