/*
 * report_names.c - names between workers, which pass here: from one to all others, or back to the one that asked.
 *
 * The report keeps nothing of them and puts nothing of them into findings: what comes of them is evidence of the worker that asked. It says
 * whose a message is, so that none can answer for others, and how many may come in a second.
 */
#include "config.h"

#include "role/report_live.h"

#define SAID_MAX 300 /* a second and worker: more than a worker sends (CONTACTS_WATCHES, CONTACTS_PENDING) */

static void refuse(struct report_run *run)
{
    run->live->metrics.names_refused++;
}

/* A worker that does not take it now goes without. */
static void pass_on(struct report_run *run, uint32_t to)
{
    if (run->workers[to].closed || ipc_forward(run->workers[to].fd, &run->message) != 0)
        refuse(run);
}

void report_names_take(struct report_run *run, uint32_t slot)
{
    struct report_live *live = run->live;
    struct contacts_message said;
    const void *body = ipc_body(&run->message, sizeof(said));
    uint32_t to;

    if (!body) {
        run->n_malformed++;
        return;
    }
    memcpy(&said, body, sizeof(said));
    to = said.slot;
    said.slot = slot;
    memcpy(run->message.body, &said, sizeof(said));
    if (said.what == CONTACTS_TELL) {
        if (to >= run->r->n_workers || to == slot || live->n_told[slot]++ >= SAID_MAX * run->r->n_workers)
            refuse(run);
        else
            pass_on(run, to);
        return;
    }
    if (live->n_said[slot]++ >= SAID_MAX) {
        refuse(run);
        return;
    }
    for (uint32_t i = 0; i < run->r->n_workers; i++)
        if (i != slot)
            pass_on(run, i);
}

void report_names_refill(struct report_run *run)
{
    memset(run->live->n_said, 0, sizeof(run->live->n_said));
    memset(run->live->n_told, 0, sizeof(run->live->n_told));
}
