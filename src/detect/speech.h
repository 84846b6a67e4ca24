/*
 * speech.h - messages in, proof and evidence out. Between the files that make messages of bytes (dialogue.c,
 * carrier.c, binary.c) and those that keep and send what was said (session.c, emit.c).
 */
#ifndef DETECT_SPEECH_H
#define DETECT_SPEECH_H

#include "detect/dialogue.h"

/* One call's context, handed through the stream. */
struct at {
    struct dialogue *d;
    struct dialogue_env *env;
    struct flow *f;
    int dir; /* in which the bytes at hand travel */
};

/*
 * Takes one message, which at->dir's sender said: counts it, and emits evidence once the dialogue is proven. m gives
 * the id that requests and replies are matched by; it may be NULL for dialects without ids.
 */
void speech_take(struct at *at, const struct jsonrpc *m, const struct mining_msg *msg);

#endif
