/*
 * session.h - what the messages of a dialogue add up to: logins, jobs, shares, difficulty.
 */
#ifndef DETECT_SESSION_H
#define DETECT_SESSION_H

#include "detect/dialogue.h"

/* What a message changed, for the evidence. */
struct session_change {
    enum evidence_kind kind; /* of the message itself; EVIDENCE_FACTS when it is none to speak of */
    bool answered;           /* the other side answered a request, so both speak the dialect */
    bool new_login;
};

/* A message that counts for nothing yet: the request that it answers is done with. */
void session_pass(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m, const struct mining_msg *msg);

/*
 * Adds a message that travels in the right direction for its meaning. m may be NULL: a dialect without ids. alone: no
 * packet of the other side was captured.
 */
struct session_change session_add(struct dialogue *d, const struct dialogue_env *env, const struct jsonrpc *m,
                                  const struct mining_msg *msg, bool alone);

/*
 * Names the pool. What the wrapping asked for stands above HTTP's Host, and that above what pool and miner call it; of equal
 * sources the newest counts.
 */
void session_host(struct dialogue *d, struct json_val host, enum name_source source);

#endif
