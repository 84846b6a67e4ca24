/*
 * event.h - what the sensor says of itself: sensor events, and figures at intervals (countermine-findings(5)).
 *
 * The list of `what' is closed: an alarm on one of them must not miss a synonym.
 */
#ifndef OUTPUT_EVENT_H
#define OUTPUT_EVENT_H

#include "base/base.h"

#define SENSOR_DETAIL_MAX 240
#define SENSOR_COUNTERS 24

struct out;
struct output_context;

enum sensor_what {
    SENSOR_STARTED,
    SENSOR_STOPPED,
    SENSOR_WORKER_RESTARTED,
    SENSOR_REPORT_RESTARTED,
    SENSOR_BLIND,   /* a part of the traffic is not seen */
    SENSOR_SIGHTED, /* and is seen again */
    SENSOR_DROPS,
    SENSOR_INTERFACE, /* went down, came up, disappeared */
    SENSOR_FEED_RELOADED,
    SENSOR_FEED_REFUSED,
    SENSOR_GEO_RELOADED,
    SENSOR_GEO_REFUSED,
    SENSOR_INVENTORY_RELOADED,
    SENSOR_INVENTORY_REFUSED,
    SENSOR_CONF_RELOADED,
    SENSOR_CONF_REFUSED,
    SENSOR_SUPPRESSED, /* findings that the storm limiter held back */
    SENSOR_OUTPUT_FAILED,
    SENSOR_OUTPUT_RECOVERED,
    SENSOR_ENCRYPTED_DNS,     /* a machine asks for names where they cannot be seen */
    SENSOR_PROCESSES_UNKNOWN, /* processes of this machine are to be named, and cannot be */
    SENSOR_WHAT_N
};

struct sensor_counter {
    const char *name; /* lower case with underscores, lives as long as the event */
    uint64_t value;
};

struct sensor_event {
    ns_t time_ns; /* of the wall clock */
    enum sensor_what what;
    const char *severity_label;     /* low, medium, high, critical; NULL = none, it only informs */
    char detail[SENSOR_DETAIL_MAX]; /* a sentence for people, "" = none; is escaped where it is written */
    int64_t worker;                 /* -1 = none */
    struct sensor_counter counters[SENSOR_COUNTERS];
    uint32_t n_counters;
};

/* How much of an event is written, from all to what fits 700 bytes in any case. */
enum event_part { EVENT_WHOLE, EVENT_WITHOUT_COUNTERS, EVENT_SHORT, EVENT_PART_N };

/* "worker-restarted" and so on; "unknown" for what is no such event. */
const char *sensor_what_name(enum sensor_what what);

/*
 * Writes an event as a line of JSON, the newline included; a part of it has "cut":true. event_stats leaves out what and
 * severity_label.
 */
void event_sensor(struct out *o, const struct sensor_event *e, enum event_part part, const struct output_context *ctx);
void event_stats(struct out *o, const struct sensor_event *e, enum event_part part, const struct output_context *ctx);

#endif
