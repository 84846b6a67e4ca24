/*
 * report_live.h - the inside of the report, and what a live one does beside folding: ledger, clock, status, blindness.
 */
#ifndef ROLE_REPORT_LIVE_H
#define ROLE_REPORT_LIVE_H

#include "detect/encrypted_dns.h"
#include "role/blind.h"
#include "role/ledger.h"
#include "role/metrics.h"
#include "role/parent_event.h"
#include "role/process_ask.h"
#include "role/report.h"
#include "role/status.h"

struct event;
struct event_base;

struct report_run;

struct report_live {
    struct ledger *ledger;
    struct blind *blind;
    struct blind_health health;
    struct status *status;
    struct metrics metrics;
    struct event *timer;
    struct process_ask *processes; /* NULL = processes are not looked at */
    struct event *processes_event;
    ns_t second_ns; /* monotonic: when the work of each second was done */
    ns_t stats_ns, suppressed_ns;
    uint64_t lost_before; /* what workers had lost when this process began to hear of it */
    struct ipc_parent_counters parent;
    bool output_failed[CLI_OUTPUTS_MAX];
    ns_t output_good_ns[CLI_OUTPUTS_MAX]; /* monotonic: when nothing waited for want of success */
    uint32_t numbers[WORKER_SLOTS];       /* of the worker last heard of */
    uint32_t n_said[WORKER_SLOTS];        /* names in this second: questions and watches */
    uint32_t n_told[WORKER_SLOTS];        /* and answers */
    struct encrypted_dns encrypted;       /* who was told to ask for names out of sight, by whatever worker */
    bool stopping, handover, orphaned;
    ns_t stop_ns;
};

struct report_worker {
    struct report_run *run;
    uint32_t slot;
    int fd;
    struct event *event;
    bool closed; /* no more can come */
    bool ended;  /* it said that it is done */
};

struct report_run {
    const struct report *r;
    int control;
    struct event_base *base;
    struct event *control_event;
    struct report_worker workers[WORKER_SLOTS];
    struct finding_table *findings;
    uint32_t feed_generation; /* of the image that the table has now */
    struct sink *sinks[CLI_OUTPUTS_MAX];
    struct output_context context;
    const char **files; /* names in the order of reading */
    uint64_t n_malformed;
    struct geo *geo[GEO_N]; /* NULL = no such database */
    long landlock;          /* version of the kernel's */
    struct ipc_done done;
    struct ipc_message message;
    struct report_live *live;
};

/* Takes all that is there, without waiting for more. */
void report_drain(struct report_run *run);

/* In the jail: memory, the timer, the status. False when memory is short. */
bool report_live_begin(struct report_run *run);

/* In the jail: takes up what the predecessor left, says that it is ready, runs until it is told to stop. */
int report_live_run(struct report_run *run);

void report_live_evidence(struct report_run *run, const struct evidence *e);
void report_live_feed(struct report_run *run, const struct feed *image);

/* A message of a worker other than evidence; of the parent; the parent is gone. */
void report_live_take(struct report_run *run, uint32_t slot, const struct ipc_message *m);
void report_live_hear(struct report_run *run, const struct ipc_message *m);
void report_live_orphaned(struct report_run *run);

/* report_names.c: what the worker of a slot asks or tells the others, in run->message; a new second. */
void report_names_take(struct report_run *run, uint32_t slot);
void report_names_refill(struct report_run *run);

/* Writes an event of the sensor; label NULL = it informs. */
void report_say_event(struct report_run *run, enum sensor_what what, const char *label, const char *detail);

/* report_figures.c: names of what is counted; the numbers as they stand; losses into the findings; outputs that fail or recover. */
void report_name_things(struct report_run *run);
void report_gather(struct report_run *run);
void report_tell_lost(struct report_run *run);
void report_look_at_outputs(struct report_run *run, ns_t now);
void report_say_stats(struct report_run *run);
void report_say_status(struct report_run *run);
const struct metrics *report_lend_metrics(void *report_run);

#endif
