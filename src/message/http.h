/*
 * http.h - what the head of an HTTP message says about mining (RFC 9112), for the JSON in its body.
 */
#ifndef MESSAGE_HTTP_H
#define MESSAGE_HTTP_H

#include "base/buf.h"

/* Facts of the head before a body; of a reply also those of its request are not repeated here. */
struct http_facts {
    bool reply;           /* the body belongs to a response */
    bool mining_headers;  /* X-Mining-Extensions, X-Mining-Hashrate and their like in a request; X-Long-Polling, X-Stratum in a reply */
    bool hash_difficulty; /* X-Hash-Difficulty: XMRig in daemon mode */
    bool miner_agent;     /* User-Agent of a mining program */
    bool login_in_uri;    /* /?miner=30@wallet@rig */
    bool cut;             /* the head or the body is not whole */
};

#endif
