/*
 * chia.h - Chia's pool protocol: JSON over HTTP, named by its paths. In clear only behind what takes off TLS.
 */
#ifndef MESSAGE_CHIA_H
#define MESSAGE_CHIA_H

#include "message/http.h"
#include "message/mining.h"

/* Reads the body of a request or reply of this protocol, in HTTP only. False for all others. */
bool chia_read(const struct jsonrpc *m, struct mining_msg *out);

/* Reads a request that has no body: a farmer asks what the pool knows of it. */
bool chia_read_head(const struct http_facts *http, struct mining_msg *out);

#endif
