/*
 * report.c - the event loop: messages of workers and of the parent, and the end.
 */
#include "config.h"

#include "role/report.h"

#include "role/landlock.h"
#include "role/report_about.h"
#include "role/report_live.h"
#include "role/sandbox.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define TAKE_AT_ONCE 256 /* messages of one worker before the others have their turn */

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct report_run *run = arg;
    const struct about *about = report_about(run, f);

    for (size_t i = 0; i < run->r->outputs->n; i++)
        sink_finding(run->sinks[i], state, f, about);
    if (state != FINDING_CLOSED || f->kind != FINDING_MINING)
        return;
    run->done.n_superseded += f->superseded;
    run->done.n_high += !f->superseded && f->severity >= 7;
}

/* The image that the record was made with becomes the table's; false when it is none of those in use. */
static bool use_feed(struct report_run *run, const struct evidence *e)
{
    if (!evidence_has_row((enum evidence_kind)e->kind) || e->feed_generation == run->feed_generation)
        return true;
    for (size_t i = 0; i < REPORT_FEEDS; i++) {
        if (run->r->feeds[i].image && run->r->feeds[i].generation == e->feed_generation) {
            run->feed_generation = e->feed_generation;
            report_live_feed(run, run->r->feeds[i].image);
            return true;
        }
    }
    return false;
}

static void take_evidence(struct report_run *run, uint32_t slot, const struct ipc_message *m)
{
    const struct evidence *e = ipc_body(m, sizeof(*e));

    if (!e || worker_slot(e->worker) != slot || !evidence_check(e) || !use_feed(run, e)) {
        run->n_malformed++;
        return;
    }
    if (run->r->live)
        report_live_evidence(run, e);
    else
        finding_add(run->findings, e);
}

/* Events of DNS, of which a worker may send anything: what is malformed ends the message. */
static void take_dns(struct report_run *run, const struct ipc_message *m)
{
    static struct dns_event e;
    struct buf b = buf_of(view_of(m->body, m->head.len));
    uint16_t n;

    while (buf_left(&b) > 0) {
        struct view len = buf_take(&b, sizeof(n));

        n = 0;
        if (buf_ok(&b))
            memcpy(&n, len.p, sizeof(n));
        if (!dns_event_take(buf_take(&b, n), &e) || !buf_ok(&b)) {
            run->n_malformed++;
            return;
        }
        for (size_t i = 0; i < run->r->outputs->n; i++)
            sink_dns(run->sinks[i], &e);
    }
}

/* Files: the next capture in the order of reading. */
static void take_order(struct report_run *run, const struct ipc_message *m)
{
    const uint32_t *place = ipc_body(m, sizeof(*place));

    if (!place || *place >= run->r->n_names || run->context.n_files >= run->r->n_names)
        run->n_malformed++;
    else
        run->files[run->context.n_files++] = run->r->names[*place];
}

static void take(struct report_run *run, uint32_t slot, const struct ipc_message *m)
{
    switch (m->head.type) {
    case IPC_EVIDENCE: take_evidence(run, slot, m); break;
    case IPC_DNS: take_dns(run, m); break;
    case IPC_ORDER: take_order(run, m); break;
    case IPC_END: run->workers[slot].ended = true; break;
    case IPC_COUNTERS:
    case IPC_SOURCES:
    case IPC_NAMES:
        if (run->r->live)
            report_live_take(run, slot, m);
        break;
    default: run->n_malformed++;
    }
}

/*
 * Looks at a message, deals with it, and only then takes it off: should this process die in between, its successor finds
 * it there, and knows from the ledger whether it was dealt with. False when nothing is there now.
 */
static bool take_next(struct report_run *run, uint32_t slot)
{
    struct report_worker *w = &run->workers[slot];

    switch (ipc_receive(w->fd, &run->message, NULL, true)) {
    case IPC_GOT: take(run, slot, &run->message); break;
    case IPC_BAD: run->n_malformed++; return true; /* it is gone already */
    case IPC_NONE: return false;
    case IPC_EOF: w->closed = true; return false;
    }
    (void)ipc_receive(w->fd, &run->message, NULL, false);
    return true;
}

/* True when no more can come of any worker. */
static bool all_closed(const struct report_run *run)
{
    for (uint32_t i = 0; i < run->r->n_workers; i++)
        if (!run->workers[i].closed)
            return false;
    return true;
}

static void on_evidence_socket(evutil_socket_t fd, short what, void *arg)
{
    struct report_worker *w = arg;
    struct report_run *run = w->run;

    (void)fd;
    (void)what;
    for (int i = 0; i < TAKE_AT_ONCE && !w->closed && take_next(run, w->slot); i++)
        ;
    if (!w->closed)
        return;
    event_del(w->event);
    if (!run->r->live && all_closed(run)) /* files: this is how it ends */
        event_base_loopbreak(run->base);
}

void report_drain(struct report_run *run)
{
    for (uint32_t i = 0; i < run->r->n_workers; i++)
        while (!run->workers[i].closed && take_next(run, i))
            ;
}

static void on_control_socket(evutil_socket_t fd, short what, void *arg)
{
    struct report_run *run = arg;

    (void)fd;
    (void)what;
    for (;;) {
        switch (ipc_receive(run->control, &run->message, NULL, false)) {
        case IPC_GOT: report_live_hear(run, &run->message); break;
        case IPC_BAD: break;
        case IPC_NONE: return;
        case IPC_EOF: report_live_orphaned(run); return;
        }
    }
}

static bool add_event(struct report_run *run, struct event **event, int fd, event_callback_fn call, void *arg)
{
    *event = event_new(run->base, fd, EV_READ | EV_PERSIST, call, arg);
    return *event && event_add(*event, NULL) == 0;
}

static bool make_loop(struct report_run *run)
{
    run->base = event_base_new();
    if (!run->base)
        return false;
    for (uint32_t i = 0; i < run->r->n_workers; i++) {
        struct report_worker *w = &run->workers[i];

        *w = (struct report_worker){.run = run, .slot = i, .fd = run->r->evidence[i]};
        if (!add_event(run, &w->event, w->fd, on_evidence_socket, w))
            return false;
    }
    return !run->r->live || add_event(run, &run->control_event, run->control, on_control_socket, run);
}

static bool make_sinks(struct report_run *run)
{
    run->context = run->r->context;
    run->files = calloc(run->r->n_names + 1, sizeof(*run->files));
    run->context.files = run->files;
    for (size_t i = 0; run->files && i < run->r->outputs->n; i++) {
        const struct outputs_item *o = &run->r->outputs->v[i];

        run->sinks[i] = sink_new(o->format, outputs_path(o), o->fd, &run->context);
        if (!run->sinks[i])
            return false;
    }
    return run->files;
}

static bool enter_jail(struct report_run *run)
{
    struct jail_fds keep = jail_fds_none();
    int outputs[CLI_OUTPUTS_MAX], syslog[CLI_OUTPUTS_MAX];
    char why[200] = "";
    bool ok;

    keep.control = run->control;
    keep.inputs = run->r->evidence;
    keep.n_inputs = run->r->n_workers;
    keep.outputs = outputs;
    keep.syslog = syslog;
    for (size_t i = 0; i < run->r->outputs->n; i++) {
        if (strcmp(run->r->outputs->v[i].format, "syslog") == 0)
            syslog[keep.n_syslog++] = run->r->outputs->v[i].fd;
        else
            outputs[keep.n_outputs++] = run->r->outputs->v[i].fd;
    }
    memcpy(keep.state, run->r->state, sizeof(keep.state));
    keep.status_listen = run->r->status_listen;
    keep.processes = run->r->processes;
    ok = jail_enter(JAIL_REPORT, &keep, (enum conf_sandbox)run->r->conf->process.sandbox, 0, why, sizeof(why));
    if (!ok)
        log_err("the process that writes findings: %s", why);
    return ok;
}

static void close_outputs(struct report_run *run)
{
    for (size_t i = 0; i < run->r->outputs->n; i++) {
        int error = sink_close(run->sinks[i]);

        if (error) {
            log_err("%s: not all findings could be written: %s", sink_path(run->sinks[i]), strerror(error));
            run->done.failed = true;
        }
        sink_free(run->sinks[i]);
    }
}

static void finish_files(struct report_run *run)
{
    finding_close_all(run->findings);
    close_outputs(run);
    run->done.finding = *finding_stats(run->findings);
    run->done.incomplete = !run->workers[0].ended;
    (void)ipc_send(run->control, IPC_DONE, view_of(&run->done, sizeof(run->done)), -1, true); /* or nobody wants to know */
}

/* Live, they come into force with what the predecessor left. */
static bool use_allow(struct report_run *run)
{
    struct allow *copy;

    if (run->r->live || !run->r->allow)
        return true;
    copy = allow_copy(run->r->allow);
    if (copy)
        finding_allow(run->findings, copy, 0);
    return copy;
}

int report_main(void *report, int control)
{
    static struct report_run run; /* large; there is one in a process */
    bool ok;

    run = (struct report_run){.r = report, .control = control, .feed_generation = 0};
    run.findings = finding_table_new(run.r->conf, run.r->key, run.r->feeds[0].image, on_finding, &run);
    run.feed_generation = run.r->feeds[0].generation;
    run.landlock = landlock_version(); /* which the jail does not let it ask */
    if (run.findings)
        report_about_begin(&run);
    ok = run.findings && use_allow(&run) && make_sinks(&run);
    if (ok && !geo_files_open(run.r->geo, run.geo))
        return REPORT_FAILED;
    if (ok && !enter_jail(&run))
        return REPORT_FAILED;
    /* Inside: the loop has descriptors of its own. */
    ok = ok && make_loop(&run) && (!run.r->live || report_live_begin(&run));
    if (!ok) {
        log_err("the process that writes findings could not begin: not enough memory");
        return REPORT_FAILED;
    }
    if (run.r->live)
        return report_live_run(&run);
    event_base_dispatch(run.base);
    finish_files(&run);
    return EXIT_SUCCESS;
}
