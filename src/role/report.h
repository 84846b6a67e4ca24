/*
 * report.h - the process that folds evidence into findings and writes them.
 *
 * It believes a worker nothing but its evidence, and that only in its form: a worker has read hostile bytes. What it
 * takes off a socket it has first written to its ledger, so that its successor knows all that it knew.
 */
#ifndef ROLE_REPORT_H
#define ROLE_REPORT_H

#include "base/hash.h"
#include "enrich/inventory.h"
#include "feed/feed.h"
#include "finding/allow.h"
#include "finding/finding.h"
#include "role/geo_files.h"
#include "role/outputs.h"
#include "role/worker.h"

struct feeds_outcome;

#define REPORT_FAILED 3 /* exit status: it could not begin; the log says why */
#define REPORT_FEEDS 2  /* images in use at a time: while workers change over, two */

/* What it gets from the parent by being forked. */
struct report {
    const struct conf *conf;
    const struct hash_key *key;
    bool live;
    struct {
        const struct feed *image; /* or NULL */
        uint32_t generation;
    } feeds[REPORT_FEEDS];
    const struct allow *allow;         /* the site lists */
    const struct inventory *inventory; /* whose machines are; NULL = none */
    const struct geo_files *geo;       /* checked; NULL = no databases of places */
    int evidence[WORKER_SLOTS];
    uint32_t n_workers;
    struct outputs *outputs;
    struct output_context context; /* files: the names come in their order from the worker */
    const char **names;            /* files: by place; as many as there can be */
    uint32_t n_names;
    /* Live. */
    int state[2];                      /* of the ledger */
    bool keeps_state;                  /* the files outlive the run: findings stay open when it ends */
    bool is_first;                     /* of this run: the numbers of workers in the ledger mean others */
    int status_listen;                 /* -1 = none */
    int processes;                     /* the socket to who looks at processes; -1 = none */
    ns_t began_ns;                     /* wall clock, of the run */
    ns_t began_mono_ns;                /* the same, monotonic */
    const struct feeds_outcome *lists; /* of feeds[0]; NULL = none */
    const char *const *inlets;         /* names of the interfaces */
    uint32_t n_inlets;
};

/* IPC_DONE: the last word. */
struct ipc_done {
    uint64_t n_high;       /* findings of mining closed with severity high or critical, and not superseded */
    uint64_t n_superseded; /* findings of mining that became part of another kind's */
    struct finding_stats finding;
    uint32_t failed;     /* an output could not be written whole */
    uint32_t incomplete; /* files: the worker did not come to its end */
};

/* A child_main. */
int report_main(void *report, int control);

#endif
