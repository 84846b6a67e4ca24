/*
 * summary.c - the closing summary.
 */
#include "config.h"

#include "role/summary.h"

#include "base/out.h"
#include "base/rfc3339.h"

#include <unistd.h>

#define TEXT_MAX 8192

typedef unsigned long long ull;

static void put_size(struct out *o, uint64_t bytes)
{
    if (bytes < 1000)
        out_fmt(o, "%llu bytes", (ull)bytes);
    else if (bytes < 1000000)
        out_fmt(o, "%.1f kB", (double)bytes / 1e3);
    else if (bytes < 1000000000)
        out_fmt(o, "%.1f MB", (double)bytes / 1e6);
    else
        out_fmt(o, "%.2f GB", (double)bytes / 1e9);
}

static bool has_read(const struct summary *s)
{
    return s->is_log ? s->log.entries > 0 : s->pipeline.frames > 0;
}

static void put_read(const struct summary *s, struct out *o)
{
    const struct pipeline_stats *p = &s->pipeline;
    ns_t first = s->is_log ? s->log.first_ns : p->first_ns, last = s->is_log ? s->log.last_ns : p->last_ns;

    if (s->is_log)
        out_fmt(o, "Read %llu entr%s of DNS logs (", (ull)s->log.entries, s->log.entries == 1 ? "y" : "ies");
    else
        out_fmt(o, "Read %llu packet%s (", (ull)p->frames, plural(p->frames));
    put_size(o, s->is_log ? s->log.bytes : p->bytes);
    out_fmt(o, ") from %llu file%s", (ull)s->n_files, plural(s->n_files));
    if (has_read(s)) {
        out_str(o, ", ");
        rfc3339_print_short(first, o);
        out_str(o, " to ");
        rfc3339_print_short(last, o);
        out_str(o, " UTC (");
        rfc3339_print_span(last - first, o);
        out_str(o, ")");
    }
    out_str(o, ".\n");
}

static void put_found(const struct summary *s, struct out *o)
{
    const uint64_t *n = s->finding.by_kind;
    uint64_t mining = n[FINDING_MINING] - s->n_superseded;

    if (mining == 0)
        out_str(o, has_read(s) && n[FINDING_WEB_MINING] == 0 && !s->is_log ? "No mining found.\n" : "");
    else
        out_fmt(o, "Found %llu case%s of mining, %llu of high severity.\n", (ull)mining, plural(mining), (ull)s->n_high);
    if (n[FINDING_POOL_LOOKUP])
        out_fmt(o, "Found %llu lookup%s of mining pools in DNS: a lead, no proof.\n", (ull)n[FINDING_POOL_LOOKUP],
                plural(n[FINDING_POOL_LOOKUP]));
    if (n[FINDING_POOL_CONTACT])
        out_fmt(o, "Found %llu contact%s with a mining pool by its name.\n", (ull)n[FINDING_POOL_CONTACT],
                plural(n[FINDING_POOL_CONTACT]));
    if (n[FINDING_POOL_SERVICE])
        out_fmt(o, "Found %llu service%s inside that hand%s out mining work.\n", (ull)n[FINDING_POOL_SERVICE],
                plural(n[FINDING_POOL_SERVICE]), n[FINDING_POOL_SERVICE] == 1 ? "s" : "");
    if (n[FINDING_CAMPAIGN])
        out_fmt(o, "Found %llu wallet%s that several machines mine for.\n", (ull)n[FINDING_CAMPAIGN],
                plural(n[FINDING_CAMPAIGN]));
    if (n[FINDING_POOL_SCAN])
        out_fmt(o, "Found %llu machine%s that tried many mining pools and got no work.\n", (ull)n[FINDING_POOL_SCAN],
                plural(n[FINDING_POOL_SCAN]));
    if (n[FINDING_WEB_MINING])
        out_fmt(o, "Found %llu case%s of mining in a browser, or of a lookup for it.\n", (ull)n[FINDING_WEB_MINING],
                plural(n[FINDING_WEB_MINING]));
    if (n[FINDING_COIN_NODE])
        out_fmt(o, "Found %llu node%s or lookup%s of coins' own networks, which is no mining.\n", (ull)n[FINDING_COIN_NODE],
                plural(n[FINDING_COIN_NODE]), plural(n[FINDING_COIN_NODE]));
    if (s->finding.allowed)
        out_fmt(o, "Not reported, as the site lists allow it: %llu record%s of evidence.\n", (ull)s->finding.allowed,
                plural(s->finding.allowed));
}

/* A line of a list, when there is something to say. */
static void put_count(struct out *o, uint64_t n, const char *what)
{
    if (n)
        out_fmt(o, "  %s: %llu\n", what, (ull)n);
}

/* What logs did not give. */
static void put_unseen_log(const struct summary *s, struct out *o)
{
    for (int fault = 0; fault < DNS_LOG_FAULT_N; fault++)
        if (s->log.refused[fault] && fault != DNS_LOG_CONTROL)
            out_fmt(o, "  log entries left out (%s): %llu\n", dns_log_fault_text((enum dns_log_fault)fault),
                    (ull)s->log.refused[fault]);
    if (s->log.entries && s->has_feed)
        out_str(o, "  names that the resolver answered from its cache are not in its log again\n");
}

static void put_unseen_all(const struct summary *s, struct out *o)
{
    const struct pipeline_stats *p = &s->pipeline;
    struct out before = *o;
    size_t n_heading;

    out_str(o, "What could not be seen:\n");
    n_heading = o->n;
    put_count(o, s->n_files_bad, "files not read to their end");
    put_count(o, s->dropped, "packets lost when the capture was made, by its own account");
    put_count(o, s->filter_unfit, "packets of a link type that the filter does not fit");
    if (p->one_sided)
        out_fmt(o, "  TCP connections seen in one direction only: %llu of %llu\n", (ull)p->one_sided, (ull)p->connections);
    put_count(o, p->wire.truncated, "packets captured in part");
    put_count(o, p->stream.gaps, "gaps in conversations that were followed");
    put_count(o, p->stream.no_room, "segments not kept because the stream buffers were full");
    put_count(o, p->dialogues_dropped, "conversations given up because too many were followed at once");
    put_count(o, p->not_tested, "payloads not tried because their connections had shown nothing before");
    put_count(o, p->flow.evicted, "connections forgotten because the flow table was full");
    put_count(o, p->flow.refused, "packets of connections that found no room in the flow table");
    put_count(o, s->finding.evicted, "findings closed early because too many were open");
    put_count(o, s->finding.malformed, "evidence records refused");
    put_count(o, p->names.malformed, "malformed DNS messages");
    put_count(o, p->names.limited, "DNS messages with more records, names or addresses than are looked at");
    put_count(o, p->encrypted_dns.told,
              "pairs of a machine and a resolver that it asks over TLS, HTTPS or QUIC: which names cannot be seen");
    put_count(o, p->names.disputed, "DNS answers with a listed name that two readers do not agree on");
    put_unseen_log(s, o);
    if (p->connections && !p->names.messages && s->has_feed)
        out_str(o, "  no DNS was captured, so no name could be looked up in the lists\n");
    if (!s->has_feed)
        out_str(o, "  names in DNS: no list of names is loaded\n");
#define X(field, text)                                                                           \
    if (offsetof(struct wire_counters, field) >= offsetof(struct wire_counters, fragments_lost)) \
        put_count(o, p->wire.field, text);
    WIRE_COUNTERS(X)
#undef X
    if (o->n == n_heading) {
        *o = before;
        o->p[o->n] = '\0';
    }
}

static void put_counters(const struct summary *s, struct out *o)
{
    const struct pipeline_stats *p = &s->pipeline;

    out_str(o, "Counters:\n");
    put_count(o, s->log.hits, "entries with a listed name");
    put_count(o, s->log.blocked, "entries of questions that the resolver's firewall blocked");
    put_count(o, s->log.refused[DNS_LOG_CONTROL], "entries by which CloudWatch tests a subscription");
    put_count(o, s->log.evidence, "evidence records");
#define X(field, text) put_count(o, p->wire.field, text);
    WIRE_COUNTERS(X)
#undef X
    put_count(o, s->filtered, "packets that did not pass the filter");
    put_count(o, s->n_files_other,
              s->is_log ? "files in directories that are no DNS logs" : "files in directories that are no captures");
    put_count(o, p->connections, "TCP connections");
    put_count(o, p->flow.lone_syn, "SYN segments");
    put_count(o, p->flows_peak, "connections at once, at most");
    put_count(o, p->candidates, "payloads that begin like a line of a mining dialect");
    put_count(o, p->dialogues, "conversations followed");
    put_count(o, p->evidence, "evidence records");
    put_count(o, p->names.messages, "DNS messages");
    put_count(o, p->names.tcp, "DNS messages over TCP");
    put_count(o, p->names.hits, "DNS messages with a listed name");
    put_count(o, p->encrypted_dns.hellos, "connections to resolvers over TLS, HTTPS or QUIC");
    put_count(o, p->remembered.added, "answers of DNS remembered, one for each address");
    put_count(o, p->remembered.pushed, "of these, forgotten before their time for want of room");
    put_count(o, p->contacts.contacts, "connections that a listed name led to");
    put_count(o, p->contacts.uncertain, "connections that a listed name or another one led to");
    put_count(o, p->dpi_flows, "connections that nDPI was asked about");
    put_count(o, p->dpi_refused, "connections that nDPI was not asked about because it was asked about too many at once");
    put_count(o, p->dpi_mining, "connections that nDPI calls mining");
    put_count(o, p->dpi_unproven, "connections that nDPI calls mining and no message proves");
}

bool summary_has_mining(const struct summary *s)
{
    const uint64_t *n = s->finding.by_kind;

    return n[FINDING_MINING] + n[FINDING_POOL_SERVICE] + n[FINDING_CAMPAIGN] > 0;
}

void summary_print(const struct summary *s, bool verbose)
{
    char text[TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    if (isatty(STDOUT_FILENO) && isatty(STDERR_FILENO))
        out_char(&o, '\n'); /* the table stands above it */
    put_read(s, &o);
    put_found(s, &o);
    if (s->is_log && has_read(s) && s->finding.findings == 0)
        out_str(&o, "No lookup of a listed name found.\n");
    if (s->wants_dns)
        out_fmt(&o, "Wrote %llu DNS message%s.\n", (ull)s->dns_written, plural(s->dns_written));
    put_unseen_all(s, &o);
    if (verbose)
        put_counters(s, &o);
    if (!s->is_log && !summary_has_mining(s) && s->pipeline.frames > 0)
        out_str(
            &o,
            "Looked for in TCP payloads in the clear and in DNS over UDP and TCP. Not examined by this version: mining inside\n"
            "TLS, and names asked over TLS, HTTPS or QUIC.\n");
    /* Nobody is left to tell when standard error itself cannot be written. */
    if (write(STDERR_FILENO, text, o.n) < 0)
        return;
}
