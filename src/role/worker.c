/*
 * worker.c - evidence on its way to the report.
 */
#include "config.h"

#include "role/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(2 * (sizeof(uint16_t) + sizeof(struct dns_event)) <= IPC_BODY_MAX, "an event of DNS fits into a message");

bool worker_out_init(struct worker_out *w, int evidence, uint32_t number, bool waits)
{
    *w = (struct worker_out){.evidence = evidence, .number = number, .waits = waits};
    if (!waits)
        w->queue = calloc(WORKER_QUEUE_MAX, sizeof(*w->queue));
    return waits || w->queue;
}

/* True when it is on its way; false when it must wait. */
static bool send_record(struct worker_out *w, const struct evidence *e)
{
    int error = ipc_send(w->evidence, IPC_EVIDENCE, view_of(e, sizeof(*e)), -1, w->waits);

    if (error == -EAGAIN || error == -ENOBUFS)
        return false;
    if (error == 0) {
        w->n_sent++;
    } else {
        w->n_lost++;
        w->broken = true;
    }
    return true;
}

void worker_flush(struct worker_out *w)
{
    while (w->n > 0 && send_record(w, &w->queue[w->first])) {
        w->first = (w->first + 1) % WORKER_QUEUE_MAX;
        w->n--;
    }
}

void worker_emit(void *worker_out, const struct evidence *e)
{
    struct worker_out *w = worker_out;

    worker_flush(w);
    if (w->n == 0 && send_record(w, e))
        return;
    if (!w->queue || w->n == WORKER_QUEUE_MAX) {
        w->n_lost++;
        return;
    }
    w->queue[(w->first + w->n++) % WORKER_QUEUE_MAX] = *e;
}

void worker_dns_flush(struct worker_out *w)
{
    if (w->n_dns == 0)
        return;
    if (w->n > 0 || !worker_tell(w, IPC_DNS, w->dns, w->n_dns_bytes))
        w->dns_lost += w->n_dns;
    w->n_dns = 0;
    w->n_dns_bytes = 0;
}

void worker_dns(void *worker_out, const struct dns_event *e)
{
    struct worker_out *w = worker_out;
    uint16_t n = (uint16_t)dns_event_size(e);

    if (w->n_dns_bytes + sizeof(n) + n > sizeof(w->dns))
        worker_dns_flush(w);
    memcpy(w->dns + w->n_dns_bytes, &n, sizeof(n));
    memcpy(w->dns + w->n_dns_bytes + sizeof(n), e, n);
    w->n_dns_bytes += sizeof(n) + n;
    w->n_dns++;
}

bool worker_tell(struct worker_out *w, enum ipc_type type, const void *body, size_t n)
{
    int error = ipc_send(w->evidence, type, view_of(body, n), -1, w->waits);

    if (error != 0 && error != -EAGAIN && error != -ENOBUFS)
        w->broken = true;
    return error == 0;
}

void worker_out_fini(struct worker_out *w)
{
    free(w->queue);
    w->queue = NULL;
}
