/*
 * metrics.c - adding up what workers sent, and the Prometheus text.
 *
 * The format: https://prometheus.io/docs/instrumenting/exposition_formats/, text, version 0.0.4. All samples of a
 * name stand together behind its HELP and TYPE; units are seconds and bytes.
 */
#include "config.h"

#include "role/metrics.h"

#include <inttypes.h>

_Static_assert(sizeof(struct worker_counters) % sizeof(uint64_t) == 0 &&
                   offsetof(struct worker_counters, evidence_queued) % sizeof(uint64_t) == 0,
               "worker counters are uint64_t only");
_Static_assert(sizeof(struct wire_counters) % sizeof(uint64_t) == 0, "wire counters are uint64_t only");

void worker_counters_of(const struct pipeline_stats *s, const struct sources *sources, struct worker_counters *out)
{
    *out = (struct worker_counters){.wire = s->wire};
#define X(field, at, name, label, value, help) out->field = s->at;
    WORKER_COUNTERS(X)
#undef X
    out->sources_evicted = sources->n_evicted;
    out->n_sources = sources_n(sources);
    out->flows = s->flows;
    out->flows_peak = s->flows_peak;
    out->last_packet_ns = s->frames > 0 && s->last_ns > 0 ? (uint64_t)s->last_ns : 0;
}

static uint64_t sum_of(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Members from one number to another as an array; they are uint64_t all. */
static uint64_t *members(struct worker_counters *c)
{
    return (uint64_t *)c;
}

static const uint64_t *members_const(const struct worker_counters *c)
{
    return (const uint64_t *)c;
}

static void add_up(struct worker_counters *sum, const struct worker_counters *c)
{
    for (size_t i = 0; i < WORKER_COUNTERS_UP; i++)
        members(sum)[i] = sum_of(members(sum)[i], members_const(c)[i]);
}

void metrics_worker_take(struct metrics_worker *w, const struct worker_counters *c, ns_t now_ns)
{
    struct worker_counters next = *c;

    for (size_t i = 0; i < WORKER_COUNTERS_UP; i++)
        if (members(&next)[i] < members(&w->now)[i])
            members(&next)[i] = members(&w->now)[i];
    w->now = next;
    w->heard_ns = now_ns;
    w->up = true;
}

void metrics_worker_gone(struct metrics_worker *w)
{
    add_up(&w->gone, &w->now);
    if (w->now.last_packet_ns > w->gone.last_packet_ns)
        w->gone.last_packet_ns = w->now.last_packet_ns;
    w->now = (struct worker_counters){0};
    w->up = false;
}

void metrics_sum(const struct metrics_worker *workers, uint32_t n, struct worker_counters *out)
{
    *out = (struct worker_counters){0};
    for (uint32_t i = 0; i < n; i++) {
        const struct worker_counters *now = &workers[i].now;
        uint64_t last = now->last_packet_ns;

        add_up(out, &workers[i].gone);
        add_up(out, now);
        out->evidence_queued = sum_of(out->evidence_queued, now->evidence_queued);
        out->n_sources = sum_of(out->n_sources, now->n_sources);
        out->flows = sum_of(out->flows, now->flows);
        out->flows_peak = sum_of(out->flows_peak, now->flows_peak);
        last = last > workers[i].gone.last_packet_ns ? last : workers[i].gone.last_packet_ns;
        out->last_packet_ns = last > out->last_packet_ns ? last : out->last_packet_ns;
    }
}

/* The two lines before the samples of a name. */
static void head(struct out *o, const char *name, const char *type, const char *help)
{
    out_fmt(o, "# HELP countermine_%s %s\n# TYPE countermine_%s %s\n", name, help, name, type);
}

/* A label's value: text of the operator, made safe for terminals, then quoted as the format has it. */
static void put_value(struct out *o, const char *text)
{
    char safe[4 * METRICS_NAME_MAX];
    struct out s = out_of(safe, sizeof(safe));

    out_escape(&s, view_of(text, strnlen(text, METRICS_NAME_MAX)));
    out_char(o, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (safe[i] == '"' || safe[i] == '\\')
            out_char(o, '\\');
        out_char(o, safe[i]);
    }
    out_char(o, '"');
}

/* One sample without a label, or with one. */
static void sample(struct out *o, const char *name, const char *label, const char *value, uint64_t n)
{
    out_fmt(o, "countermine_%s", name);
    if (label) {
        out_fmt(o, "{%s=", label);
        put_value(o, value);
        out_char(o, '}');
    }
    out_fmt(o, " %" PRIu64 "\n", n);
}

static void single(struct out *o, const char *name, const char *type, const char *help, uint64_t n)
{
    head(o, name, type, help);
    sample(o, name, NULL, NULL, n);
}

static void put_seconds(struct out *o, ns_t t)
{
    out_fmt(o, " %" PRId64 ".%03" PRId64 "\n", t / NS_PER_SEC, t % NS_PER_SEC / (NS_PER_SEC / 1000));
}

/* One of the two counters that each worker has for each interface. */
static void by_interface(const struct metrics *m, struct out *o, const char *name, const char *help, size_t offset)
{
    head(o, name, "counter", help);
    for (uint32_t w = 0; w < m->n_workers; w++)
        for (uint32_t i = 0; i < m->n_interfaces; i++) {
            size_t at = offset / sizeof(uint64_t) + i;

            out_fmt(o, "countermine_%s{interface=", name);
            put_value(o, m->interface[i].name);
            out_fmt(o, ",worker=\"%u\"} %" PRIu64 "\n", w,
                    sum_of(members_const(&m->worker[w].now)[at], members_const(&m->worker[w].gone)[at]));
        }
}

static void print_capture(const struct metrics *m, const struct worker_counters *sum, struct out *o)
{
    by_interface(m, o, "capture_packets_total", "Packets that the kernel received, dropped ones among them.",
                 offsetof(struct worker_counters, received));
    by_interface(m, o, "capture_kernel_dropped_total", "Packets that the kernel dropped because a worker was late.",
                 offsetof(struct worker_counters, kernel_dropped));
    head(o, "interface_up", "gauge", "1 when the interface can be read.");
    for (uint32_t i = 0; i < m->n_interfaces; i++)
        sample(o, "interface_up", "interface", m->interface[i].name, m->interface[i].up != 0);
    head(o, "capture_interface_dropped_total", "counter", "Packets that the interface dropped, where it tells.");
    for (uint32_t i = 0; i < m->n_interfaces; i++)
        if (m->interface[i].has_dropped)
            sample(o, "capture_interface_dropped_total", "interface", m->interface[i].name, m->interface[i].dropped);
    head(o, "capture_allowance_exceeded_total", "counter", "Packets beyond what the cloud grants, where it tells.");
    for (uint32_t i = 0; i < m->n_interfaces; i++)
        for (uint32_t k = 0; k < m->interface[i].n_allowances && k < METRICS_ALLOWANCES_MAX; k++) {
            out_str(o, "countermine_capture_allowance_exceeded_total{interface=");
            put_value(o, m->interface[i].name);
            out_str(o, ",allowance=");
            put_value(o, m->interface[i].allowance[k].name);
            out_fmt(o, "} %" PRIu64 "\n", m->interface[i].allowance[k].value);
        }
    head(o, "last_packet_timestamp_seconds", "gauge", "Time of the latest packet.");
    out_str(o, "countermine_last_packet_timestamp_seconds");
    put_seconds(o, (ns_t)(sum->last_packet_ns & INT64_MAX));
}

static void worker_gauge(const struct metrics *m, struct out *o, const char *name, const char *help, size_t offset)
{
    head(o, name, "gauge", help);
    for (uint32_t w = 0; w < m->n_workers; w++)
        out_fmt(o, "countermine_%s{worker=\"%u\"} %" PRIu64 "\n", name, w,
                members_const(&m->worker[w].now)[offset / sizeof(uint64_t)]);
}

static void print_workers(const struct metrics *m, struct out *o)
{
    head(o, "worker_up", "gauge", "1 when the worker is at work.");
    for (uint32_t w = 0; w < m->n_workers; w++)
        out_fmt(o, "countermine_worker_up{worker=\"%u\"} %d\n", w, m->worker[w].up);
    head(o, "worker_restarts_total", "counter", "Times that a worker was replaced.");
    for (uint32_t w = 0; w < m->n_workers; w++)
        out_fmt(o, "countermine_worker_restarts_total{worker=\"%u\"} %" PRIu64 "\n", w, m->worker[w].restarts);
    head(o, "worker_packets_total", "counter", "Packets handled by each worker.");
    for (uint32_t w = 0; w < m->n_workers; w++)
        out_fmt(o, "countermine_worker_packets_total{worker=\"%u\"} %" PRIu64 "\n", w,
                sum_of(m->worker[w].now.frames, m->worker[w].gone.frames));
    worker_gauge(m, o, "flows", "TCP connections held.", offsetof(struct worker_counters, flows));
    worker_gauge(m, o, "flows_peak", "TCP connections held, at most.", offsetof(struct worker_counters, flows_peak));
    worker_gauge(m, o, "sources", "Sources of packets held.", offsetof(struct worker_counters, n_sources));
    worker_gauge(m, o, "evidence_queued", "Evidence records that wait for the report.",
                 offsetof(struct worker_counters, evidence_queued));
}

struct wire_row {
    const char *field;
    uint64_t n;
};

/* The decoders' counters whose field begins like this; the rest of it is the label's value. */
static void print_wire_family(const struct wire_row *rows, size_t n, struct out *o, const char *name, const char *label,
                              const char *prefix, const char *help)
{
    size_t skip = strlen(prefix);

    head(o, name, "counter", help);
    for (size_t i = 0; i < n; i++) {
        bool is_other = strncmp(rows[i].field, "malformed_", 10) != 0 && strncmp(rows[i].field, "refused_", 8) != 0;

        if (skip > 0 ? strncmp(rows[i].field, prefix, skip) == 0 : is_other)
            sample(o, name, label, rows[i].field + skip, rows[i].n);
    }
}

static void print_wire(const struct wire_counters *c, struct out *o)
{
    const struct wire_row rows[] = {
#define X(field, text) {#field, c->field},
        WIRE_COUNTERS(X)
#undef X
    };

    print_wire_family(rows, ARRAY_LEN(rows), o, "decoded_total", "what", "",
                      "Packets and headers by what they are; a packet may count under several.");
    print_wire_family(rows, ARRAY_LEN(rows), o, "malformed_total", "layer", "malformed_", "Packets with a malformed header.");
    print_wire_family(rows, ARRAY_LEN(rows), o, "refused_total", "reason", "refused_", "Packets that are not decoded.");
}

static void print_pipeline(const struct worker_counters *c, struct out *o)
{
    const char *last = "";
    char name[64];

#define X(field, at, family, label, value, help)   \
    {                                              \
        struct out n = out_of(name, sizeof(name)); \
        out_fmt(&n, "%s_total", family);           \
        if (strcmp(last, family) != 0)             \
            head(o, name, "counter", help);        \
        sample(o, name, label, value, c->field);   \
        last = family;                             \
    }
    WORKER_COUNTERS(X)
#undef X
    sample(o, "evidence_total", "state", "sent", c->evidence_sent); /* of the last name above */
    sample(o, "evidence_total", "state", "lost", c->evidence_lost);
    single(o, "passive_dns_lost_total", "counter", "Of the DNS messages for the output dns, lost on the way to it.",
           c->passive_lost);
    single(o, "sources_evicted_total", "counter", "Sources forgotten because the table was full.", c->sources_evicted);
}

static void print_findings(const struct metrics *m, struct out *o)
{
    head(o, "findings_total", "counter", "Findings written.");
    for (unsigned k = 0; k < FINDING_KIND_N; k++)
        sample(o, "findings_total", "kind", finding_kind_name((enum finding_kind)k), m->findings[k]);
    single(o, "findings_open", "gauge", "Findings open.", m->findings_open);
    single(o, "findings_evicted_total", "counter", "Findings closed early because too many were open.", m->findings_evicted);
    head(o, "findings_suppressed_total", "counter", "Events of findings not written because there were too many.");
    for (unsigned s = FINDING_NEW; s <= FINDING_CLOSED; s++)
        sample(o, "findings_suppressed_total", "event", finding_state_name((enum finding_state)s), m->findings_suppressed[s]);
    head(o, "records_total", "counter", "Evidence records that reached the report.");
    sample(o, "records_total", "result", "taken", m->records);
    sample(o, "records_total", "result", "malformed", m->records_malformed);
    sample(o, "records_total", "result", "repeated", m->records_repeat);
    single(o, "name_messages_refused_total", "counter", "Messages of workers to each other that were not passed on.",
           m->names_refused);
    head(o, "site_list_rows", "gauge", "Rows of the site lists.");
    sample(o, "site_list_rows", "state", "in_force", m->allow_rows - m->allow_rows_expired);
    sample(o, "site_list_rows", "state", "expired", m->allow_rows_expired);
    single(o, "allowed_records_total", "counter", "Evidence records that a site list kept from being said.", m->allowed);
    single(o, "allowed_closed_total", "counter", "Findings closed because a site list allows them.", m->allowed_closed);
}

/* One family of the outputs: the member at an offset of each. */
static void by_output(const struct metrics *m, struct out *o, const char *name, const char *type, const char *help,
                      size_t offset)
{
    head(o, name, type, help);
    for (uint32_t i = 0; i < m->n_outputs; i++) {
        uint64_t n;

        memcpy(&n, (const char *)&m->output[i] + offset, sizeof(n));
        sample(o, name, "output", m->output[i].name, n);
    }
}

static void print_outputs(const struct metrics *m, struct out *o)
{
    head(o, "output_up", "gauge", "1 when the output takes records.");
    for (uint32_t i = 0; i < m->n_outputs; i++)
        sample(o, "output_up", "output", m->output[i].name, !m->output[i].failing);
    by_output(m, o, "output_written_total", "counter", "Records written.", offsetof(struct metrics_output, written));
    by_output(m, o, "output_failed_total", "counter", "Attempts to write a record that failed.",
              offsetof(struct metrics_output, failed));
    by_output(m, o, "output_lost_total", "counter", "Records given up.", offsetof(struct metrics_output, lost));
    by_output(m, o, "output_waiting", "gauge", "Records that wait to be written.", offsetof(struct metrics_output, waiting));
    by_output(m, o, "output_waiting_bytes", "gauge", "Bytes of these.", offsetof(struct metrics_output, waiting_bytes));
    single(o, "ledger_up", "gauge", "1 when open findings can be kept.", !m->ledger_failing);
    single(o, "ledger_bytes", "gauge", "Size of the file in which open findings are kept.", m->ledger_bytes);
    single(o, "ledger_failed_total", "counter", "Writes to it that failed.", m->ledger_failed);
}

/* When something of a list happened. */
static void print_time(struct out *o, const char *name, const char *list, ns_t t)
{
    out_fmt(o, "countermine_%s{list=", name);
    put_value(o, list);
    out_char(o, '}');
    put_seconds(o, t);
}

static void print_lists(const struct metrics *m, struct out *o)
{
    static const char *const what[METRICS_RELOAD_N] = {"configuration", "lists", "inventory", "places"};

    head(o, "list_entries", "gauge", "Rows in use of a list of names.");
    for (uint32_t i = 0; i < m->n_lists; i++)
        sample(o, "list_entries", "list", m->list[i].name, m->list[i].entries);
    head(o, "list_refused", "gauge", "Rows of a list of names that were refused.");
    for (uint32_t i = 0; i < m->n_lists; i++)
        sample(o, "list_refused", "list", m->list[i].name, m->list[i].refused);
    head(o, "list_loaded_timestamp_seconds", "gauge", "When a list of names was read.");
    for (uint32_t i = 0; i < m->n_lists; i++)
        print_time(o, "list_loaded_timestamp_seconds", m->list[i].name, m->list[i].loaded_ns);
    head(o, "list_changed_timestamp_seconds", "gauge", "When the file of a list of names was last changed.");
    for (uint32_t i = 0; i < m->n_lists; i++)
        if (m->list[i].changed_ns)
            print_time(o, "list_changed_timestamp_seconds", m->list[i].name, m->list[i].changed_ns);
    head(o, "reloads_total", "counter", "Reloads while running.");
    for (unsigned i = 0; i < METRICS_RELOAD_N; i++) {
        out_fmt(o, "countermine_reloads_total{what=\"%s\",result=\"taken\"} %" PRIu64 "\n", what[i], m->reloads[i]);
        out_fmt(o, "countermine_reloads_total{what=\"%s\",result=\"refused\"} %" PRIu64 "\n", what[i], m->reloads_refused[i]);
    }
}

static void print_process(const struct metrics *m, struct out *o)
{
    head(o, "build_info", "gauge", "1, with the version.");
    sample(o, "build_info", "version", PACKAGE_VERSION, 1);
    head(o, "start_timestamp_seconds", "gauge", "When the sensor was started.");
    out_str(o, "countermine_start_timestamp_seconds");
    put_seconds(o, m->start_ns);
    single(o, "report_restarts_total", "counter", "Times that the report was replaced.", m->report_restarts);
    single(o, "seccomp_kills_total", "counter", "Processes ended by the filter of system calls.", m->seccomp_kills);
    single(o, "landlock_abi", "gauge", "Version of Landlock in use, 0 for none.", m->landlock_abi);
    if (m->resident_bytes > 0)
        single(o, "report_resident_bytes", "gauge", "Memory of the report.", m->resident_bytes);
    if (m->memory_max_bytes > 0)
        single(o, "memory_max_bytes", "gauge", "Most that the tables of one worker and the report may take.",
               m->memory_max_bytes);
    head(o, "blind", "gauge", "Sources, interfaces, or 1, that a rule of blindness holds for.");
    for (unsigned r = 0; r < BLIND_RULES_N; r++)
        sample(o, "blind", "rule", blind_rule_name((enum blind_rule)r), m->blind[r]);
    single(o, "blind_events_suppressed_total", "counter", "Events of single sources that were only counted.",
           m->blind_events_suppressed);
}

static void print_processes(const struct process_ask_counters *c, struct out *o)
{
    single(o, "process_helper_up", "gauge", "1 when the processes of this machine are looked at.", c->helper_up);
    single(o, "process_helper_restarts_total", "counter", "Times that who looks at them was replaced.", c->restarts);
    single(o, "process_questions_total", "counter", "Questions which process holds a connection.", c->asked);
    head(o, "process_answers_total", "counter", "Answers to these.");
    sample(o, "process_answers_total", "result", "found", c->found);
    sample(o, "process_answers_total", "result", "none", c->none);
    sample(o, "process_answers_total", "result", "skipped", c->skipped);
    single(o, "process_answers_revoked_total", "counter",
           "Answers taken back: another connection on the same ports began before.", c->revoked);
}

static void print_status(const struct status_counters *s, struct out *o)
{
    single(o, "status_connections_total", "counter", "Connections to this server.", s->connections);
    single(o, "status_connections", "gauge", "Connections to this server that are open.", s->open);
    single(o, "status_requests_total", "counter", "Requests that this server answered.", s->requests);
    single(o, "status_errors_total", "counter", "Of these, answered with an error.", s->errors);
    head(o, "status_closed_total", "counter", "Connections to this server closed because of a limit.");
    sample(o, "status_closed_total", "reason", "crowded", s->crowded);
    sample(o, "status_closed_total", "reason", "slow", s->slow);
}

void metrics_print(const struct metrics *m, struct out *o)
{
    struct worker_counters sum;

    metrics_sum(m->worker, m->n_workers, &sum);
    print_process(m, o);
    print_capture(m, &sum, o);
    print_workers(m, o);
    print_pipeline(&sum, o);
    print_wire(&sum.wire, o);
    print_findings(m, o);
    print_outputs(m, o);
    print_lists(m, o);
    print_processes(&m->processes, o);
    print_status(&m->status, o);
}

const char *blind_rule_name(enum blind_rule rule)
{
    static const char *const names[BLIND_RULES_N] = {
        "no-packets", "kernel-drops", "interface-drops", "allowance", "no-dns", "one-direction", "truncated",
    };

    return names[rule];
}
