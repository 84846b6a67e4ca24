/*
 * metrics.h - the figures of a live run, as Prometheus text.
 *
 * The report fills struct metrics and metrics_print turns it into text; nothing here reads a clock, allocates or
 * does I/O. All counters only go up, over the death of workers too. Names, units and labels are in countermine(8). A
 * label's value is of the program or of the operator, never from the wire.
 */
#ifndef ROLE_METRICS_H
#define ROLE_METRICS_H

#include "base/out.h"
#include "config/conf.h"
#include "detect/pipeline.h"
#include "finding/finding.h"
#include "role/process_ask.h"

#define METRICS_WORKERS_MAX 64 /* the range of capture.workers */
#define METRICS_INTERFACES_MAX CONF_FILES_MAX
#define METRICS_OUTPUTS_MAX CONF_FILES_MAX
#define METRICS_LISTS_MAX (CONF_FILES_MAX + 6) /* and the built-in ones */
#define METRICS_NAME_MAX 64
#define METRICS_ALLOWANCES_MAX 8

/*
 * What a worker has counted beside the packet decoders. X(field, where struct pipeline_stats has it, name without
 * countermine_ and _total, label, value of the label, help). Rows of one name stand together.
 */
#define WORKER_COUNTERS(X)                                                                                                    \
    X(frames, frames, "packets", NULL, NULL, "Packets handled.")                                                              \
    X(bytes, bytes, "bytes", NULL, NULL, "Bytes handled, as captured.")                                                       \
    X(connections, connections, "connections", NULL, NULL, "TCP connections that ended with two packets or more.")            \
    X(one_sided, one_sided, "one_sided_connections", NULL, NULL, "Of these, seen in one direction only.")                     \
    X(syn, flow.syn, "syn", "kind", "syn", "TCP segments that open a connection.")                                            \
    X(syn_ack, flow.syn_ack, "syn", "kind", "syn_ack", "")                                                                    \
    X(flows_created, flow.created, "flows_created", NULL, NULL, "Records of TCP connections made.")                           \
    X(flows_idle, flow.ended_idle, "flows_idle", NULL, NULL, "Records of TCP connections that ended by being idle.")          \
    X(lone_syn, flow.lone_syn, "lone_syn", NULL, NULL, "SYN segments that made no record.")                                   \
    X(flows_evicted, flow.evicted, "shed", "stage", "flow_evicted", "Work left undone because a limit was reached.")          \
    X(flows_refused, flow.refused, "shed", "stage", "flow_refused", "")                                                       \
    X(stream_no_room, stream.no_room, "shed", "stage", "stream", "")                                                          \
    X(not_tested, not_tested, "shed", "stage", "test", "")                                                                    \
    X(dialogues_dropped, dialogues_dropped, "shed", "stage", "dialogue", "")                                                  \
    X(dns_limited, names.limited, "shed", "stage", "dns", "")                                                                 \
    X(dpi_refused, dpi_refused, "shed", "stage", "dpi", "")                                                                   \
    X(names_pushed, remembered.pushed, "shed", "stage", "name", "")                                                           \
    X(names_unanswered, contacts.unanswered, "shed", "stage", "name_question", "")                                            \
    X(names_untold, contacts.untold, "shed", "stage", "name_watch", "")                                                       \
    X(stream_gaps, stream.gaps, "stream_gaps", NULL, NULL, "Holes in followed TCP streams that were given up.")               \
    X(candidates, candidates, "candidate_payloads", NULL, NULL, "Payloads that begin like a mining dialect.")                 \
    X(dialogues, dialogues, "dialogues", NULL, NULL, "Conversations followed.")                                               \
    X(dns_messages, names.messages, "dns_messages", NULL, NULL, "DNS messages.")                                              \
    X(dns_tcp, names.tcp, "dns_messages_tcp", NULL, NULL, "Of these, over TCP.")                                              \
    X(dns_malformed, names.malformed, "dns_malformed", NULL, NULL, "Of these and of others to port 53, malformed.")           \
    X(dns_hits, names.hits, "dns_hits", NULL, NULL, "DNS messages with a listed name.")                                       \
    X(dns_disputed, names.disputed, "dns_disputed", NULL, NULL, "Of these, read otherwise by ldns.")                          \
    X(encrypted_dns, encrypted_dns.hellos, "encrypted_dns", "state", "seen", "Connections to resolvers over TLS or QUIC.")    \
    X(encrypted_dns_told, encrypted_dns.told, "encrypted_dns", "state", "told", "")                                           \
    X(encrypted_dns_untold, encrypted_dns.untold, "encrypted_dns", "state", "untold", "")                                     \
    X(names, remembered.added, "names", NULL, NULL, "Answers of DNS remembered, one for each address.")                       \
    X(names_asked, contacts.asked, "name_questions", NULL, NULL, "Questions for names to other workers.")                     \
    X(names_malformed, contacts.malformed, "name_messages_malformed", NULL, NULL, "Messages of other workers that are none.") \
    X(contacts, contacts.contacts, "contacts", "certain", "yes", "Connections that a listed name led to.")                    \
    X(uncertain, contacts.uncertain, "contacts", "certain", "no", "")                                                         \
    X(passive_given, passive_given, "passive_dns", "state", "made", "DNS messages for the output dns.")                       \
    X(passive_over, passive_over, "passive_dns", "state", "over_rate", "")                                                    \
    X(dpi_flows, dpi_flows, "dpi_flows", NULL, NULL, "Connections that nDPI was asked about.")                                \
    X(dpi_mining, dpi_mining, "dpi_mining", NULL, NULL, "Connections that nDPI calls mining.")                                \
    X(dpi_unproven, dpi_unproven, "dpi_unproven", NULL, NULL, "Of these, no message proves it.")                              \
    X(evidence, evidence, "evidence", "state", "made", "Evidence records of the workers.")

/* Crosses the border of processes: flat, every member is or consists of uint64_t. */
struct worker_counters {
    /* These only go up. */
    uint64_t received[METRICS_INTERFACES_MAX]; /* by the kernel, of each interface; the dropped ones among them */
    uint64_t kernel_dropped[METRICS_INTERFACES_MAX];
    struct wire_counters wire;
#define X(field, at, name, label, value, help) uint64_t field;
    WORKER_COUNTERS(X)
#undef X
    uint64_t evidence_sent;   /* to the report */
    uint64_t evidence_lost;   /* could not be sent */
    uint64_t passive_lost;    /* DNS messages for the output `dns' that could not be sent */
    uint64_t sources_evicted; /* of the table of sources */
    /* These stand for now. */
    uint64_t evidence_queued;
    uint64_t n_sources;
    uint64_t flows, flows_peak;
    uint64_t last_packet_ns; /* packet time; 0 = none yet */
};

#define WORKER_COUNTERS_UP (offsetof(struct worker_counters, evidence_queued) / sizeof(uint64_t)) /* those that only go up */

/* Fills all but received, kernel_dropped, passive_lost, evidence_sent, _lost and _queued, which it sets to 0. */
void worker_counters_of(const struct pipeline_stats *s, const struct sources *sources, struct worker_counters *out);

/* The place of one worker; its successors take the same place. */
struct metrics_worker {
    struct worker_counters now;  /* of the process at work */
    struct worker_counters gone; /* sum of those before it */
    uint64_t restarts;
    ns_t heard_ns; /* when it last sent its counters, of the clock that blind.h is given; 0 = never */
    bool up;
};

/* Takes what a worker sent, now. It is not trusted: a counter that would go down stays. */
void metrics_worker_take(struct metrics_worker *w, const struct worker_counters *c, ns_t now_ns);

/* The process is dead: what it counted is kept. */
void metrics_worker_gone(struct metrics_worker *w);

/* What all processes of all places have counted; the last members are sums, the latest of last_packet_ns. */
void metrics_sum(const struct metrics_worker *workers, uint32_t n, struct worker_counters *out);

/* Of one interface, as the parent reads them. Crosses the border of processes: flat. */
struct interface_counters {
    char name[METRICS_NAME_MAX]; /* as the operator gave it */
    uint64_t up;                 /* 1 = it is there and can be read */
    uint64_t has_dropped;        /* 0 = the next is not known */
    uint64_t dropped;            /* by the interface: rx_missed_errors and rx_fifo_errors */
    uint64_t n_allowances;       /* of the cloud, ENA's *_allowance_exceeded; absent ones are not in it */
    struct {
        char name[METRICS_NAME_MAX];
        uint64_t value; /* packets lost or late by it */
    } allowance[METRICS_ALLOWANCES_MAX];
};

struct metrics_output {
    char name[METRICS_NAME_MAX]; /* FORMAT:PATH, of the operator */
    bool failing;
    uint64_t written, failed, lost;  /* records */
    uint64_t waiting, waiting_bytes; /* now */
};

struct metrics_list {
    char name[METRICS_NAME_MAX]; /* of the operator */
    uint64_t entries;            /* in use */
    uint64_t refused;            /* rows that are not */
    ns_t loaded_ns;              /* UTC */
    ns_t changed_ns;             /* UTC, of the file; 0 = not known */
};

enum metrics_reload {
    METRICS_RELOAD_CONF,
    METRICS_RELOAD_FEED,
    METRICS_RELOAD_INVENTORY,
    METRICS_RELOAD_GEO,
    METRICS_RELOAD_N
};

/* What the HTTP server has counted about itself. */
struct status_counters {
    uint64_t connections; /* accepted */
    uint64_t requests;    /* answered, whatever with */
    uint64_t errors;      /* of these, not with 200 or, from /healthz, 503 */
    uint64_t crowded;     /* connections closed for newer ones */
    uint64_t slow;        /* connections closed at the deadline */
    uint64_t open;        /* now */
};

enum blind_rule {
    BLIND_NO_PACKETS,
    BLIND_KERNEL_DROPS,
    BLIND_INTERFACE_DROPS,
    BLIND_ALLOWANCE,
    /* Of a source: */
    BLIND_NO_DNS,
    BLIND_ONE_DIRECTION,
    BLIND_TRUNCATED,
    BLIND_RULES_N
};

struct metrics {
    ns_t start_ns; /* UTC, of the parent */
    uint32_t n_workers;
    struct metrics_worker worker[METRICS_WORKERS_MAX];
    uint32_t n_interfaces;
    struct interface_counters interface[METRICS_INTERFACES_MAX];
    uint32_t n_outputs;
    struct metrics_output output[METRICS_OUTPUTS_MAX];
    uint32_t n_lists;
    struct metrics_list list[METRICS_LISTS_MAX];

    uint64_t findings[FINDING_KIND_N];                   /* ever made, of each kind */
    uint64_t findings_open;                              /* now */
    uint64_t findings_evicted;                           /* closed to make room */
    uint64_t findings_suppressed[FINDING_CLOSED + 1];    /* events not written because of output.max_rate */
    uint64_t records, records_malformed, records_repeat; /* of evidence: taken; refused; come twice */
    uint64_t allow_rows, allow_rows_expired;             /* of the site lists now */
    uint64_t allowed, allowed_closed;                    /* records that they kept silent; findings that they closed */

    struct process_ask_counters processes; /* all 0 when processes are not looked at */

    uint64_t names_refused; /* messages between workers that were not passed on */

    uint64_t ledger_bytes, ledger_failed; /* size now; writes that failed */
    bool ledger_failing;

    uint64_t reloads[METRICS_RELOAD_N], reloads_refused[METRICS_RELOAD_N];
    uint64_t report_restarts;
    uint64_t seccomp_kills;    /* processes ended by the system call filter */
    uint64_t landlock_abi;     /* 0 = the kernel has none */
    uint64_t resident_bytes;   /* of the report; 0 = not known */
    uint64_t memory_max_bytes; /* conf_memory_max; 0 = not known */

    uint64_t blind[BLIND_RULES_N];    /* now: sources, interfaces or 1 that the rule holds for */
    uint64_t blind_events_suppressed; /* events of single sources that were only counted */
    struct status_counters status;
};

#define METRICS_TEXT_MAX (1 << 20) /* bytes; the fullest struct metrics gives less (tests/unit/test_metrics.c) */

/* Writes all of it, format version 0.0.4 of the Prometheus text. */
void metrics_print(const struct metrics *m, struct out *o);

/* The word of a rule, as label value and in events: "no-packets", ... */
const char *blind_rule_name(enum blind_rule rule);

#endif
