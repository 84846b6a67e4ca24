/*
 * getwork.h - mining by questions and answers over HTTP: getwork, getblocktemplate, eth_getWork, XMRig's daemon mode.
 */
#ifndef MESSAGE_GETWORK_H
#define MESSAGE_GETWORK_H

#include "message/http.h"
#include "message/mining.h"

/* Reads a message of one of these dialects. False for all others, and for replies that any JSON-RPC server could send. */
bool getwork_read(const struct jsonrpc *m, struct mining_msg *out);

/*
 * What a head says about mining where no body says more: a request with a miner's headers (a long poll by GET, a body
 * that was not captured), a reply with a pool's.
 */
bool getwork_read_head(const struct http_facts *http, struct mining_msg *out);

#endif
