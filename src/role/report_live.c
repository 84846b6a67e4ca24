/*
 * report_live.c - ledger, clock, figures and the end of a live report.
 */
#include "config.h"

#include "role/report_live.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "role/clock.h"
#include "role/parent_event.h"
#include "role/worker_live.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>

#define TICK_US 100000              /* of the loop: ten times a second, for what waits in the storm limiter and in outputs */
#define ORPHAN_NS (5 * NS_PER_SEC)  /* that workers have to end after their parent died */
#define LAST_WORDS_NS NS_PER_SEC    /* that outputs which do not take records have at the end */
#define ANSWERS_NS (NS_PER_SEC / 5) /* that questions over HTTP have to be answered at the end */
#define SUPPRESSED_NS (10 * NS_PER_SEC) /* between two records of what was suppressed */

/* --- saying ------------------------------------------------------------------------------------------- */

static void write_event(struct report_run *run, const struct sensor_event *e)
{
    for (size_t i = 0; i < run->r->outputs->n; i++)
        sink_event(run->sinks[i], e);
}

void report_say_event(struct report_run *run, enum sensor_what what, const char *label, const char *detail)
{
    struct sensor_event e = {.time_ns = clock_wall(), .what = what, .severity_label = label, .worker = -1};
    struct out o = out_of(e.detail, sizeof(e.detail));

    out_str(&o, detail);
    write_event(run, &e);
}

static void on_blind(void *arg, const struct blind_event *b)
{
    enum sensor_what what = SENSOR_BLIND;

    if (b->over)
        what = SENSOR_SIGHTED;
    else if (b->rule == BLIND_KERNEL_DROPS || b->rule == BLIND_INTERFACE_DROPS || b->rule == BLIND_ALLOWANCE)
        what = SENSOR_DROPS;
    report_say_event(arg, what, b->over ? NULL : "medium", b->detail);
    log_warn("%s", b->detail);
}

/* What the storm limiter held back since the last record of it. */
static void say_suppressed(struct report_run *run)
{
    static const char *const states[] = {"new", "update", "closed"}, *const labels[] = {"low", "medium", "high", "critical"};
    static char names[FINDING_STATE_N][FINDING_LABELS][24];
    struct sensor_event e = {.time_ns = clock_wall(), .what = SENSOR_SUPPRESSED, .severity_label = "medium", .worker = -1};
    struct out o = out_of(e.detail, sizeof(e.detail));
    struct finding_suppressed since;
    uint64_t total = 0;

    ledger_suppressed(run->live->ledger, &since);
    for (unsigned s = 0; s < FINDING_STATE_N; s++) {
        for (unsigned l = 0; l < FINDING_LABELS; l++) {
            struct out name = out_of(names[s][l], sizeof(names[s][l]));

            out_fmt(&name, "%s_%s", states[s], labels[l]);
            total += since.n[s][l];
            if (since.n[s][l] > 0 && e.n_counters < SENSOR_COUNTERS)
                e.counters[e.n_counters++] = (struct sensor_counter){names[s][l], since.n[s][l]};
        }
    }
    if (total == 0)
        return;
    out_fmt(&o, "%llu events of findings were not written, since there were more than output.max_rate allows; the least severe",
            (unsigned long long)total);
    write_event(run, &e);
}

/* --- what comes --------------------------------------------------------------------------------------- */

/* A machine whose lookups cannot be seen. It goes into no table: after a crash it may be said twice. */
static void say_encrypted_dns(struct report_run *run, const struct evidence *e)
{
    struct view host = evidence_text(e, TEXT_HOST), how = evidence_text(e, TEXT_REASON);
    struct sensor_event said = {.time_ns = clock_wall(), .what = SENSOR_ENCRYPTED_DNS, .worker = -1};
    struct out o = out_of(said.detail, sizeof(said.detail));

    addr_print(&e->miner.addr, &o);
    out_str(&o, " asks ");
    out_bytes(&o, host);
    out_str(&o, host.n ? " (" : "");
    endpoint_print(&e->pool, &o);
    out_str(&o, host.n ? ") by " : " by ");
    out_bytes(&o, how);
    out_str(&o, ": its lookups there cannot be seen");
    write_event(run, &said);
}

void report_live_evidence(struct report_run *run, const struct evidence *e)
{
    if (e->flags & EVIDENCE_ASIDE) {
        if (encrypted_dns_is_news(&run->live->encrypted, e, run->r->key))
            say_encrypted_dns(run, e);
        return;
    }
    if (run->live->processes)
        process_ask_evidence(run->live->processes, e, clock_mono());
    if (!ledger_take(run->live->ledger, e))
        run->live->metrics.records_repeat++;
}

void report_live_feed(struct report_run *run, const struct feed *image)
{
    if (run->live)
        ledger_feed(run->live->ledger, image);
    else
        finding_feed(run->findings, image);
}

/* What the dead process of this place had counted stays. */
static void take_counters(struct report_run *run, uint32_t slot, const struct ipc_message *m)
{
    const struct ipc_counters *c = ipc_body(m, sizeof(*c));
    struct report_live *live = run->live;

    if (!c || worker_slot(c->number) != slot) {
        run->n_malformed++;
        return;
    }
    if (c->number != live->numbers[slot])
        metrics_worker_gone(&live->metrics.worker[slot]);
    live->numbers[slot] = c->number;
    metrics_worker_take(&live->metrics.worker[slot], &c->c, clock_mono());
}

static void take_sources(struct report_run *run, const struct ipc_message *m)
{
    struct source_count one;
    size_t n = m->head.len / sizeof(one);

    if (m->head.len % sizeof(one) != 0) {
        run->n_malformed++;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(&one, m->body + i * sizeof(one), sizeof(one));
        blind_source(run->live->blind, &one, clock_mono());
    }
}

void report_live_take(struct report_run *run, uint32_t slot, const struct ipc_message *m)
{
    if (m->head.type == IPC_COUNTERS)
        take_counters(run, slot, m);
    else if (m->head.type == IPC_NAMES)
        report_names_take(run, slot);
    else
        take_sources(run, m);
}

static void take_parent(struct report_run *run, const struct ipc_message *m)
{
    const struct ipc_parent_counters *c = ipc_body(m, sizeof(*c));
    struct metrics *to = &run->live->metrics;

    if (!c)
        return;
    run->live->parent = *c;
    to->report_restarts = c->report_restarts;
    to->seccomp_kills = c->jail_kills;
    for (unsigned i = 0; i < METRICS_RELOAD_N; i++) {
        to->reloads[i] = c->reloads[i];
        to->reloads_refused[i] = c->refused[i];
    }
    for (uint32_t i = 0; i < to->n_workers; i++) {
        to->worker[i].restarts = c->worker_restarts[i];
        to->worker[i].up = c->worker_up >> i & 1;
    }
}

static void take_interface(struct report_run *run, const struct ipc_message *m)
{
    const struct interface_counters *c = ipc_body(m, sizeof(*c));
    struct metrics *to = &run->live->metrics;

    for (uint32_t i = 0; c && i < to->n_interfaces; i++)
        if (strncmp(to->interface[i].name, c->name, sizeof(c->name)) == 0)
            to->interface[i] = *c;
}

static void take_event(struct report_run *run, struct ipc_message *m)
{
    static struct ipc_event copy; /* the names of its counters are used until it is written */
    const struct ipc_event *told = ipc_body(m, sizeof(*told));
    struct sensor_event e;

    if (!told)
        return;
    copy = *told;
    if (ipc_event_read(&copy, &e))
        write_event(run, &e);
}

void report_live_hear(struct report_run *run, const struct ipc_message *m)
{
    struct report_live *live = run->live;

    switch (m->head.type) {
    case IPC_PARENT: take_parent(run, m); break;
    case IPC_INTERFACE: take_interface(run, m); break;
    case IPC_EVENT: take_event(run, &run->message); break;
    case IPC_STATUS: report_say_status(run); break;
    case IPC_STOP:
        live->stopping = true;
        live->handover = m->head.len == 1 && m->body[0] == 1;
        event_base_loopbreak(run->base);
        break;
    default: break;
    }
}

void report_live_orphaned(struct report_run *run)
{
    struct report_live *live = run->live;

    event_del(run->control_event);
    live->orphaned = true;
    live->stop_ns = clock_mono() + ORPHAN_NS;
}

/* --- the clock ---------------------------------------------------------------------------------------- */

static void each_second(struct report_run *run, ns_t now)
{
    struct report_live *live = run->live;

    report_names_refill(run);
    report_tell_lost(run);
    report_look_at_outputs(run, now);
    ledger_sync(live->ledger);
    report_gather(run);
    blind_tick(live->blind, &live->metrics, now);
    blind_health(live->blind, &live->metrics, now, &live->health);
    if (now - live->suppressed_ns >= SUPPRESSED_NS) {
        live->suppressed_ns = now;
        say_suppressed(run);
    }
    if (run->r->conf->status.interval && now - live->stats_ns >= run->r->conf->status.interval) {
        live->stats_ns = now;
        report_say_stats(run);
    }
    if (!live->orphaned)
        (void)ipc_send(run->control, IPC_BEAT, view_of(NULL, 0), -1, false); /* without a parent the end is near anyway */
}

static bool workers_are_done(const struct report_run *run)
{
    for (uint32_t i = 0; i < run->r->n_workers; i++)
        if (!run->workers[i].closed)
            return false;
    return true;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct report_run *run = arg;
    struct report_live *live = run->live;
    ns_t now = clock_mono();

    (void)fd;
    (void)what;
    ledger_tick(live->ledger, clock_wall());
    if (live->processes)
        process_ask_tick(live->processes, now);
    for (size_t i = 0; i < run->r->outputs->n; i++)
        sink_tick(run->sinks[i], now);
    if (now - live->second_ns >= NS_PER_SEC) {
        live->second_ns = now;
        each_second(run, now);
    }
    if (live->orphaned && (workers_are_done(run) || now >= live->stop_ns))
        event_base_loopbreak(run->base);
}

/* --- begin and end ------------------------------------------------------------------------------------ */

static const struct blind_health *lend_health(void *arg)
{
    struct report_run *run = arg;

    return &run->live->health;
}

/* --- processes of this machine ---------------------------------------------------------------------- */

/* The process of a finding became known, or was taken back; that it may be closed by now does not matter. */
static void on_process(void *arg, const char *id)
{
    struct report_run *run = arg;

    (void)ledger_touch(run->live->ledger, id);
}

static void on_process_socket(evutil_socket_t fd, short what, void *arg)
{
    struct report_run *run = arg;

    (void)fd;
    (void)what;
    if (!process_ask_hear(run->live->processes))
        event_del(run->live->processes_event); /* the parent says so */
}

static bool begin_processes(struct report_run *run)
{
    struct report_live *live = run->live;

    if (run->r->processes < 0)
        return true;
    live->processes = process_ask_new(run->r->processes, run->r->key, on_process, run);
    live->processes_event = event_new(run->base, run->r->processes, EV_READ | EV_PERSIST, on_process_socket, run);
    return live->processes && live->processes_event && event_add(live->processes_event, NULL) == 0;
}

static ns_t tell_time(void *arg)
{
    (void)arg;
    return clock_mono();
}

bool report_live_begin(struct report_run *run)
{
    static const struct timeval tick = {.tv_usec = TICK_US};
    struct report_live *live = calloc(1, sizeof(*live));
    ns_t now = clock_mono();
    struct status_hooks hooks = {
        .metrics = report_lend_metrics, .health = lend_health, .now = tell_time, .arg = run, .start_ns = run->r->began_mono_ns};

    if (!live)
        return false;
    run->live = live;
    live->second_ns = live->stats_ns = live->suppressed_ns = now;
    finding_live(run->findings);
    live->ledger = ledger_new(run->r->state, run->findings, run->r->conf->state.max_bytes);
    live->blind = blind_new(run->r->conf, run->r->key, now, on_blind, run);
    live->timer = event_new(run->base, -1, EV_PERSIST, on_timer, run);
    report_name_things(run);
    if (live->blind)
        blind_configure(live->blind, run->r->conf, run->r->conf->dns.enabled && run->r->feeds[0].image);
    for (uint32_t i = 0; i < run->r->n_workers; i++)
        live->numbers[i] = i;
    for (size_t i = 0; i < run->r->outputs->n; i++)
        live->output_good_ns[i] = now;
    if (run->r->status_listen >= 0)
        live->status = status_new(run->base, run->r->status_listen, &hooks);
    return begin_processes(run) && live->ledger && live->blind && live->timer && event_add(live->timer, &tick) == 0 &&
           (run->r->status_listen < 0 || live->status);
}

static void take_up(struct report_run *run)
{
    struct ledger_restored restored;
    struct finding_holds holds;

    if (!ledger_restore(run->live->ledger, &restored))
        log_warn("open findings cannot be written down: they will not outlive this process");
    if (run->r->is_first)
        ledger_boot(run->live->ledger);
    finding_holds(run->findings, &holds);
    if (holds.n_findings > 0 || restored.n_torn > 0)
        log_info("took up %u open findings%s", holds.n_findings,
                 restored.n_torn ? "; a record that was being written is left out" : "");
    ledger_feed(run->live->ledger, run->r->feeds[0].image);
    if (!ledger_allow(run->live->ledger, run->r->allow, clock_wall()))
        log_warn("not enough memory for the site lists: those before stay in force");
}

/* What waits dies with this process: it has a second more. */
static void write_waiting(struct report_run *run)
{
    ns_t until = clock_mono() + LAST_WORDS_NS;
    struct sink_health h;
    uint64_t waiting;

    do {
        waiting = 0;
        for (size_t i = 0; i < run->r->outputs->n; i++) {
            sink_tick(run->sinks[i], clock_mono());
            sink_health(run->sinks[i], &h);
            waiting += h.waiting;
        }
        if (waiting > 0)
            (void)poll(NULL, 0, 10);
    } while (waiting > 0 && clock_mono() < until);
}

/*
 * The end of the run. Findings stay open for the next one where there is a place to keep them. The evidence that is on its
 * way is taken in any case.
 */
static void finish(struct report_run *run)
{
    struct report_live *live = run->live;
    int error;

    if (live->status && !live->orphaned)
        status_finish(live->status, ANSWERS_NS);
    report_drain(run);
    if (!live->handover) {
        if (!run->r->keeps_state)
            finding_close_all(run->findings);
        say_suppressed(run);
        if (!live->orphaned)
            report_say_event(run, SENSOR_STOPPED, NULL, "stopped");
    }
    if (!ledger_snapshot(live->ledger) || !ledger_sync(live->ledger))
        log_warn("open findings could not be written down");
    write_waiting(run);
    for (size_t i = 0; i < run->r->outputs->n; i++) {
        error = sink_close(run->sinks[i]);
        if (error) {
            log_err("%s: not all findings could be written: %s", sink_path(run->sinks[i]), strerror(error));
            run->done.failed = true;
        }
    }
    run->done.finding = *finding_stats(run->findings);
    (void)ipc_send(run->control, IPC_DONE, view_of(&run->done, sizeof(run->done)), -1, false); /* or nobody wants to know */
}

int report_live_run(struct report_run *run)
{
    ns_t now;

    take_up(run);
    now = clock_mono();
    (void)ipc_send(run->control, IPC_READY, view_of(&now, sizeof(now)), -1,
                   true); /* without a parent: see report_live_orphaned */
    event_base_dispatch(run->base);
    finish(run);
    return EXIT_SUCCESS;
}
