/*
 * fuzz_evidence.c - the input as evidence records, as another process might send them.
 *
 * The first byte says whether fields are brought into range, so that more records are taken, and
 * whether the output is left out, how many findings there may be, and whether all addresses are inside. Invariants: a record is either taken or counted as malformed, as its
 * check says; every line of output is one valid JSON object; each finding is new first and closed last.
 */
#include "config.h"

#include "base/out.h"
#include "finding/finding.h"
#include "output/json.h"

#include "../json_check.h"
#include "../small_feed.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* By default 256 MiB of freed memory are kept back, so that nearly every allocation is a page fault: three times slower. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

static void check(bool ok)
{
    if (!ok)
        abort();
}

struct seen {
    bool silent; /* write nothing out: half of the runs, as that is most of their time */
    uint64_t n_new, n_closed;
};

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    static const char *const names[] = {"a.pcap", "b\n\"\xff.pcap"};
    static char line[OUTPUT_TEXT_MAX];
    struct output_context ctx = {.files = names, .n_files = 2};
    struct out o = out_of(line, sizeof(line));
    struct seen *seen = arg;

    check((state == FINDING_NEW) == (f->revision == 1));
    seen->n_new += state == FINDING_NEW;
    seen->n_closed += state == FINDING_CLOSED;
    check(f->severity >= 1 && f->severity <= 10 && f->confidence <= 100);
    check(f->n_members_listed <= FINDING_MEMBERS && f->n_members_listed <= f->n_members &&
          f->n_supersedes <= FINDING_SUPERSEDES);
    check(f->kind != FINDING_POOL_SCAN || f->n_members >= 8);
    check(f->kind != FINDING_CAMPAIGN || f->n_members >= 3);
    check(f->n_flows_listed <= FINDING_FLOWS && f->n_logins_listed <= FINDING_LOGINS && f->n_agents_listed <= FINDING_AGENTS);
    if (seen->silent || state != FINDING_CLOSED) /* the last event has all that the others had */
        return;
    json_finding(&o, state, f, NULL, &ctx);
    check(!o.full && json_is_line(o.p, o.n));
}

static void repair(struct evidence *e)
{
    int64_t *const times[] = {&e->time_ns, &e->flow_start_ns, &e->flow_last_ns, &e->session_first_ns, &e->session_last_ns};
    double *const figures[] = {&e->difficulty_min, &e->difficulty_max, &e->work};

    e->version = EVIDENCE_VERSION;
    e->kind %= EVIDENCE_N;
    e->direction %= DIRECTION_BOTH + 1;
    e->protocol %= PROTOCOL_N;
    e->stage %= STAGE_N;
    e->feed_row %= feed_n_rows(small_feed()) + 2;
    if (!isfinite(e->difficulty) || e->difficulty < 0)
        e->difficulty = 0;
    memset(e->miner.addr.b, 0, 15); /* few parties, so that records meet */
    memset(e->pool.addr.b, 0, 15);
    e->rate_method %= RATE_N;
    e->host_source %= NAME_SOURCE_N;
    for (int i = 0; i < EVIDENCE_TRANSPORTS; i++)
        e->transport[i] %= TRANSPORT_N;
    for (size_t i = 0; i < ARRAY_LEN(times); i++)
        if (*times[i] < -NS_TIME_MAX || *times[i] > NS_TIME_MAX)
            *times[i] %= NS_TIME_MAX;
    for (size_t i = 0; i < ARRAY_LEN(figures); i++)
        if (!isfinite(*figures[i]) || *figures[i] < 0 || *figures[i] > EVIDENCE_WORK_MAX)
            *figures[i] = 1;
    if (e->session_last_ns < e->session_first_ns)
        e->session_last_ns = e->session_first_ns;
    e->miner.port &= 1;
    e->pool.port &= 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct conf_nets all = {.n = 1}, none = {.n = 0};
    static struct conf few;
    struct seen seen = {false, 0, 0};
    struct finding_table *t;
    struct hash_key key;
    uint64_t n_good = 0, n_bad = 0;

    if (size == 0)
        return 0;
    seen.silent = data[0] & 2;
    if (few.limits.max_findings == 0)
        conf_defaults(&few);
    few.limits.max_findings = data[0] & 8 ? 40 : 3; /* a scan needs room */
    few.network.home_net = data[0] & 16 ? all : none;
    few.limits.max_dialogues = 65536; /* flows without end */
    few.output.redact = data[0] & 4;
    hash_key_fixed(&key, 1);
    t = finding_table_new(&few, &key, small_feed(), on_finding, &seen);
    check(t != NULL);
    for (struct view rest = view_of(data + 1, size - 1); rest.n > 0; rest = view_skip(rest, sizeof(struct evidence))) {
        struct evidence e;
        struct feed_row row;

        memset(&e, 0, sizeof(e));
        memcpy(&e, rest.p, min_size(rest.n, sizeof(e)));
        if (data[0] & 1)
            repair(&e);
        if (evidence_check(&e) &&
            (!evidence_has_row((enum evidence_kind)e.kind) ||
             (feed_row_at(small_feed(), e.feed_row, &row) && row.is_endpoint == (e.kind == EVIDENCE_LISTED))))
            n_good++;
        else
            n_bad++;
        finding_add(t, &e);
    }
    check(finding_stats(t)->records == n_good && finding_stats(t)->malformed == n_bad);
    finding_close_all(t);
    check(seen.n_new == seen.n_closed && seen.n_new == finding_stats(t)->findings);
    finding_table_free(t);
    return 0;
}
