/*
 * parent_event.h - what the parent has to say to the world goes through the report: IPC_EVENT.
 */
#ifndef ROLE_PARENT_EVENT_H
#define ROLE_PARENT_EVENT_H

#include "output/event.h"
#include "role/ipc.h"
#include "role/metrics.h"

#define IPC_EVENT_COUNTERS 6

struct ipc_event {
    ns_t time_ns;      /* wall clock */
    uint32_t what;     /* enum sensor_what */
    uint32_t severity; /* index: none, low, medium, high */
    int64_t worker;    /* -1 = none */
    char detail[SENSOR_DETAIL_MAX];
    struct {
        char name[24];
        uint64_t value;
    } counters[IPC_EVENT_COUNTERS];
    uint32_t n_counters;
    uint32_t zero;
};

enum { EVENT_INFORMS, EVENT_LOW, EVENT_MEDIUM, EVENT_HIGH };

/* An event with this detail. */
void ipc_event_init(struct ipc_event *e, ns_t now_ns, enum sensor_what what, unsigned severity, const char *fmt, ...)
    ATTR_PRINTF(5, 6);

void ipc_event_count(struct ipc_event *e, const char *name, uint64_t value);

/* Turns the message back into an event, whose names then point into *e. False when it is malformed. */
bool ipc_event_read(struct ipc_event *e, struct sensor_event *out);

/* IPC_PARENT, to the report once a second: what only the parent knows, for the figures. */
struct ipc_parent_counters {
    uint64_t worker_up; /* bit i: worker i is there */
    uint64_t worker_restarts[64];
    uint64_t worker_restarts_total, report_restarts, jail_kills;
    uint64_t reloads[METRICS_RELOAD_N], refused[METRICS_RELOAD_N];
};

#endif
