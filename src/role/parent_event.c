/*
 * parent_event.c - events as messages.
 */
#include "config.h"

#include "role/parent_event.h"

#include "base/out.h"

#include <stdarg.h>
#include <stdio.h>

void ipc_event_init(struct ipc_event *e, ns_t now_ns, enum sensor_what what, unsigned severity, const char *fmt, ...)
{
    va_list ap;

    *e = (struct ipc_event){.time_ns = now_ns, .what = (uint32_t)what, .severity = severity, .worker = -1};
    va_start(ap, fmt);
    vsnprintf(e->detail, sizeof(e->detail), fmt, ap);
    va_end(ap);
}

void ipc_event_count(struct ipc_event *e, const char *name, uint64_t value)
{
    struct out o = out_of(e->counters[e->n_counters].name, sizeof(e->counters[0].name));

    out_str(&o, name);
    e->counters[e->n_counters++].value = value;
}

bool ipc_event_read(struct ipc_event *e, struct sensor_event *out)
{
    static const char *const labels[] = {NULL, "low", "medium", "high"};

    if (e->what >= SENSOR_WHAT_N || e->severity >= ARRAY_LEN(labels) || e->n_counters > IPC_EVENT_COUNTERS)
        return false;
    e->detail[sizeof(e->detail) - 1] = '\0';
    *out = (struct sensor_event){.time_ns = e->time_ns,
                                 .what = (enum sensor_what)e->what,
                                 .severity_label = labels[e->severity],
                                 .worker = e->worker,
                                 .n_counters = e->n_counters};
    memcpy(out->detail, e->detail, sizeof(out->detail));
    for (uint32_t i = 0; i < e->n_counters; i++) {
        e->counters[i].name[sizeof(e->counters[i].name) - 1] = '\0';
        out->counters[i] = (struct sensor_counter){e->counters[i].name, e->counters[i].value};
    }
    return true;
}
