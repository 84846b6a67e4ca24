/*
 * worker_live.h - the process that reads packets of the wire.
 */
#ifndef ROLE_WORKER_LIVE_H
#define ROLE_WORKER_LIVE_H

#include "base/hash.h"
#include "feed/feed.h"
#include "role/inlet.h"
#include "role/metrics.h"
#include "role/worker.h"

/* What it gets from the parent by being forked. */
struct worker_live {
    const struct conf *conf;
    const struct hash_key *key; /* of all workers of the run */
    uint32_t number;            /* worker.h */
    uint32_t n_workers;         /* of the run */
    bool without_dpi;           /* its predecessors died too often */
    struct inlet *inlets;
    uint32_t n_inlets;
    int evidence;
    const struct feed *feed; /* or NULL */
    uint32_t feed_generation;
    struct ipc_passive passive;
};

/* An interface changed its state: IPC_INLET, to the parent. */
struct ipc_inlet {
    uint32_t inlet; /* by index */
    uint32_t state; /* enum live_state */
};

/* IPC_COUNTERS, to the report. */
struct ipc_counters {
    uint32_t number; /* of the worker */
    uint32_t zero;
    struct worker_counters c;
};

/* A child_main. */
int worker_live_main(void *worker_live, int control);

#endif
