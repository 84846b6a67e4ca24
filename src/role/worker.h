/*
 * worker.h - what the workers of files and of live capture share: the way of evidence to the report.
 */
#ifndef ROLE_WORKER_H
#define ROLE_WORKER_H

#include "evidence/dns_event.h"
#include "evidence/evidence.h"
#include "role/ipc.h"

#define WORKER_SLOTS 64       /* most workers at a time */
#define WORKER_QUEUE_MAX 4096 /* records that wait in a live worker while the socket is full: seconds of a storm */
#define WORKER_FAILED 3       /* exit status: it could not begin; the log says why */

/* Slot s has the numbers s, s + 64, s + 128 ...: a number is used once, and says whose it is. */
static inline uint32_t worker_slot(uint32_t number)
{
    return number % WORKER_SLOTS;
}

struct worker_out {
    int evidence; /* socket to the report */
    uint32_t number;
    bool waits;             /* files: until there is room. Live: never; records wait in the queue */
    struct evidence *queue; /* ring of WORKER_QUEUE_MAX; NULL when it waits */
    uint32_t first, n;
    uint64_t n_sent, n_lost;   /* records; lost because the queue was full */
    bool broken;               /* the other side is gone */
    uint8_t dns[IPC_BODY_MAX]; /* events of DNS that go in one message */
    size_t n_dns_bytes;
    uint32_t n_dns;    /* in it */
    uint64_t dns_lost; /* events: there was no room in the socket */
};

/* False when memory is short. */
bool worker_out_init(struct worker_out *w, int evidence, uint32_t number, bool waits);

/* An evidence_fn: sends the record, or queues it behind those that wait. */
void worker_emit(void *worker_out, const struct evidence *e);

/* Sends what waits, as far as there is room. */
void worker_flush(struct worker_out *w);

/* A dns_event_fn: sends the event, with others. Where nothing waits it is lost when there is no room: evidence goes first. */
void worker_dns(void *worker_out, const struct dns_event *e);

/* Sends the events that were kept for one message. */
void worker_dns_flush(struct worker_out *w);

/* Sends any other message; false when it could not be sent now. */
bool worker_tell(struct worker_out *w, enum ipc_type type, const void *body, size_t n);

void worker_out_fini(struct worker_out *w);

#endif
