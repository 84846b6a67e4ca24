/*
 * report_figures.c - what a live report knows in numbers: for /metrics, for `stats' events, for kill -USR1.
 */
#include "config.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "role/clock.h"
#include "role/feeds.h"
#include "role/report_live.h"

#include <sys/resource.h>

#define ALLOWED_SHOWN 20            /* rows of the site lists */
#define FAILING_NS (2 * NS_PER_SEC) /* that records may wait before it is said that their output fails */

void report_tell_lost(struct report_run *run)
{
    struct worker_counters sum;
    uint64_t lost = 0;

    metrics_sum(run->live->metrics.worker, run->live->metrics.n_workers, &sum);
    for (uint32_t i = 0; i < METRICS_INTERFACES_MAX; i++)
        lost += sum.kernel_dropped[i];
    for (uint32_t i = 0; i < run->live->metrics.n_interfaces; i++)
        lost += run->live->metrics.interface[i].dropped;
    ledger_lost(run->live->ledger, lost + sum.evidence_lost, run->live->parent.worker_restarts_total);
}

/* An output that begins or ceases to fail is said in the others. */
void report_look_at_outputs(struct report_run *run, ns_t now)
{
    struct report_live *live = run->live;
    struct sink_health h;
    char text[SENSOR_DETAIL_MAX];
    struct out o;

    for (size_t i = 0; i < run->r->outputs->n; i++) {
        struct metrics_output *to = &live->metrics.output[i];
        bool failing;

        sink_health(run->sinks[i], &h);
        if (h.error == 0 || h.waiting == 0)
            live->output_good_ns[i] = now;
        failing = now - live->output_good_ns[i] >= FAILING_NS;
        to->failing = failing;
        to->written = h.written;
        to->failed = h.failed;
        to->lost = h.lost;
        to->waiting = h.waiting;
        to->waiting_bytes = h.waiting_bytes;
        if (failing == live->output_failed[i])
            continue;
        live->output_failed[i] = failing;
        o = out_of(text, sizeof(text));
        out_fmt(&o, "%s: %s; %llu records wait, %llu are lost", sink_path(run->sinks[i]),
                failing ? strerror(h.error) : "is written to again", (unsigned long long)h.waiting, (unsigned long long)h.lost);
        log_warn("%s", text);
        report_say_event(run, failing ? SENSOR_OUTPUT_FAILED : SENSOR_OUTPUT_RECOVERED, failing ? "high" : NULL, text);
    }
}

void report_gather(struct report_run *run)
{
    struct report_live *live = run->live;
    const struct finding_stats *s = finding_stats(run->findings);
    const struct allow *allow = finding_allowed(run->findings);
    struct metrics *m = &live->metrics;
    struct finding_suppressed all;
    struct finding_holds holds;
    struct ledger_health ledger;
    ns_t now = clock_wall();

    finding_holds(run->findings, &holds);
    finding_suppressed(run->findings, &all);
    ledger_health(live->ledger, &ledger);
    memcpy(m->findings, s->by_kind, sizeof(m->findings));
    m->findings_open = holds.n_findings;
    m->findings_evicted = s->evicted;
    m->records = s->records;
    m->records_malformed = s->malformed + run->n_malformed;
    memset(m->findings_suppressed, 0, sizeof(m->findings_suppressed));
    for (unsigned i = 0; i <= FINDING_CLOSED; i++)
        for (unsigned l = 0; l < FINDING_LABELS; l++)
            m->findings_suppressed[i] += all.n[i][l];
    m->allowed = s->allowed;
    m->allowed_closed = s->allowed_closed;
    m->allow_rows = allow_n_rows(allow);
    m->allow_rows_expired = 0;
    for (uint32_t i = 1; i <= allow_n_rows(allow); i++)
        m->allow_rows_expired += allow_row_at(allow, i)->expires_ns && allow_row_at(allow, i)->expires_ns <= now;
    m->ledger_bytes = ledger.n_bytes;
    m->ledger_failed = ledger.n_failed;
    m->ledger_failing = !ledger.ok;
    if (live->processes)
        m->processes = *process_ask_counters(live->processes);
    if (live->status)
        m->status = *status_counters(live->status);
}

void report_say_stats(struct report_run *run)
{
    const struct finding_stats *s = finding_stats(run->findings);
    struct worker_counters sum;
    uint64_t received = 0, dropped = 0;
    struct sensor_event e = {.time_ns = clock_wall(), .worker = -1};

    metrics_sum(run->live->metrics.worker, run->live->metrics.n_workers, &sum);
    for (uint32_t i = 0; i < METRICS_INTERFACES_MAX; i++) {
        received += sum.received[i];
        dropped += sum.kernel_dropped[i];
    }
#define COUNT(name, value) e.counters[e.n_counters++] = (struct sensor_counter){name, value}
    COUNT("received", received);
    COUNT("kernel_dropped", dropped);
    COUNT("packets", sum.frames);
    COUNT("bytes", sum.bytes);
    COUNT("flows", sum.flows);
    COUNT("flows_evicted", sum.flows_evicted);
    COUNT("dialogues", sum.dialogues);
    COUNT("dns_messages", sum.dns_messages);
    COUNT("evidence", s->records);
    COUNT("evidence_lost", sum.evidence_lost);
    COUNT("findings", s->findings);
    COUNT("findings_open", run->live->metrics.findings_open);
    COUNT("allowed", s->allowed);
    if (run->live->processes) {
        COUNT("process_questions", process_ask_counters(run->live->processes)->asked);
        COUNT("processes_found", process_ask_counters(run->live->processes)->found);
        COUNT("processes_skipped", process_ask_counters(run->live->processes)->skipped);
    }
    COUNT("worker_restarts", run->live->parent.worker_restarts_total);
#undef COUNT
    for (size_t i = 0; i < run->r->outputs->n; i++)
        sink_stats(run->sinks[i], &e);
}

/* What the rows of the site lists did; a few of them, and how many there are. */
static void say_allowed(const struct report_run *run)
{
    const struct allow *allow = finding_allowed(run->findings);
    const struct finding_stats *s = finding_stats(run->findings);
    uint32_t n_used = 0;

    if (allow_n_rows(allow) == 0)
        return;
    for (uint32_t i = 1; i <= allow_n_rows(allow); i++) {
        const struct allow_row *row = allow_row_at(allow, i);
        char text[600];
        struct out o = out_of(text, sizeof(text));

        if (row->n_hits == 0 || n_used++ >= ALLOWED_SHOWN)
            continue;
        allow_place_print(row, &o);
        out_fmt(&o, ": %llu record%s allowed, the newest of ", (unsigned long long)row->n_hits, plural(row->n_hits));
        rfc3339_print_short(row->hit_ns, &o);
        out_str(&o, ": ");
        out_escape(&o, view_of(row->reason, row->n_reason));
        log_info("status: %s", text);
    }
    log_info("status: site lists: rows %u, used %u; records allowed %llu, findings closed %llu", allow_n_rows(allow), n_used,
             (unsigned long long)s->allowed, (unsigned long long)s->allowed_closed);
}

/* For somebody at the machine: kill -USR1. */
void report_say_status(struct report_run *run)
{
    const struct finding_stats *s = finding_stats(run->findings);
    struct worker_counters sum;
    uint64_t dropped = 0;
    struct finding_holds holds;

    metrics_sum(run->live->metrics.worker, run->live->metrics.n_workers, &sum);
    for (uint32_t i = 0; i < METRICS_INTERFACES_MAX; i++)
        dropped += sum.kernel_dropped[i];
    finding_holds(run->findings, &holds);
    log_info(
        "status: %llu packets, %llu dropped by the kernel; %llu connections held; %llu records of evidence, %llu findings, "
        "%u open; %u workers, %llu restarts",
        (unsigned long long)sum.frames, (unsigned long long)dropped, (unsigned long long)sum.flows,
        (unsigned long long)s->records, (unsigned long long)s->findings, holds.n_findings, run->live->metrics.n_workers,
        (unsigned long long)run->live->parent.worker_restarts_total);
    say_allowed(run);
    for (uint32_t i = 0; i < run->live->health.n && i < BLIND_REASONS_MAX; i++)
        log_info("status: %s", run->live->health.reason[i]);
}

const struct metrics *report_lend_metrics(void *arg)
{
    struct report_run *run = arg;
    struct rusage use;

    report_gather(run);
    if (getrusage(RUSAGE_SELF, &use) == 0)
        run->live->metrics.resident_bytes = (uint64_t)use.ru_maxrss * 1024;
    return &run->live->metrics;
}

/* The end of a path tells more than its start. */
static struct view name_of_list(const struct feeds_list *l)
{
    struct view name = view_str(l->name);

    return view_skip(name, name.n >= METRICS_NAME_MAX ? name.n - (METRICS_NAME_MAX - 1) : 0);
}

/* A list that is named twice is there once: two samples with one label would make the whole text invalid. */
static void name_lists(struct metrics *m, const struct feeds_outcome *lists)
{
    for (uint32_t i = 0; i < lists->n_lists && m->n_lists < METRICS_LISTS_MAX; i++) {
        const struct feeds_list *l = &lists->list[i];
        struct metrics_list *to = &m->list[m->n_lists];
        struct out o = out_of(to->name, sizeof(to->name));
        uint32_t k = 0;

        out_bytes(&o, name_of_list(l));
        while (k < m->n_lists && strcmp(m->list[k].name, to->name) != 0)
            k++;
        if (k < m->n_lists)
            continue;
        to->entries = l->n_used;
        to->refused = l->n_refused;
        to->loaded_ns = lists->loaded_ns;
        to->changed_ns = l->changed_ns;
        m->n_lists++;
    }
}

void report_name_things(struct report_run *run)
{
    struct metrics *m = &run->live->metrics;
    struct out o;

    m->start_ns = run->r->began_ns;
    m->n_workers = run->r->n_workers;
    m->n_interfaces = run->r->n_inlets;
    m->n_outputs = (uint32_t)run->r->outputs->n;
    m->memory_max_bytes = conf_memory_max(run->r->conf);
    if (run->r->lists)
        name_lists(m, run->r->lists);
    m->landlock_abi = (uint64_t)(run->landlock > 0 ? run->landlock : 0);
    for (uint32_t i = 0; i < m->n_interfaces; i++) {
        o = out_of(m->interface[i].name, sizeof(m->interface[i].name));
        out_str(&o, run->r->inlets[i]);
        m->interface[i].up = 1;
    }
    for (uint32_t i = 0; i < m->n_outputs; i++) {
        const struct outputs_item *item = &run->r->outputs->v[i];

        o = out_of(m->output[i].name, sizeof(m->output[i].name));
        out_fmt(&o, "%s%s%s", item->format, item->has_path ? ":" : "", item->path);
    }
}
