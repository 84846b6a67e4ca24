/*
 * fuzz_pipeline.c - the input as TCP segments of two connections and DNS datagrams, from frames to lines of output.
 *
 * Each takes 4 bytes and its payload: what it is (enum), how far its number is off, length (2). What would be
 * SYN and FIN at once is a datagram between a client and port 53.
 * Invariants: every evidence record passes its check, records are numbered without holes, the counters
 * of a connection never fall, and every line of output is one valid JSON object.
 */
#include "config.h"

#include "base/out.h"
#include "detect/pipeline.h"
#include "finding/finding.h"
#include "output/json.h"

#include "../json_check.h"
#include "../put.h"
#include "../small_feed.h"

#include <stdlib.h>

#define SEGMENTS_MAX 256
#define FLOWS_MAX 1024
#define HEADERS 40 /* IPv4 and TCP, both without options */
#define HEADERS_UDP 28
#define IS_DATAGRAM (IS_SYN | IS_FIN)
#define LINKTYPE_RAW_IP 101

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* By default 256 MiB of freed memory are kept back, so that nearly every allocation is a page fault: three times slower. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

enum segment_bit {
    FROM_POOL = 0x01,
    OTHER_FLOW = 0x02,
    IS_SYN = 0x04,
    IS_FIN = 0x08,
    OFF = 0x10,   /* its number is not the one that is due */
    CUT = 0x20,   /* half of it was captured */
    LATER = 0x40, /* two seconds later than the one before */
    NO_ACK = 0x80
};

struct run {
    uint64_t n_records;
    struct evidence newest[FLOWS_MAX]; /* of each connection */
    size_t n_flows;
    struct finding_table *findings;
};

static void check(bool ok)
{
    if (!ok)
        abort();
}

/* --- output --------------------------------------------------------------------------------- */

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    static const char *const names[] = {"a.pcap"};
    static char line[OUTPUT_TEXT_MAX];
    struct output_context ctx = {.files = names, .n_files = 1};
    struct out o = out_of(line, sizeof(line));

    (void)arg;
    if (state != FINDING_CLOSED) /* the last event has all that the others had, and writing it is most of the time */
        return;
    json_finding(&o, state, f, NULL, &ctx);
    check(!o.full && json_is_line(o.p, o.n));
}

static bool same_flow(const struct evidence *a, const struct evidence *b)
{
    return a->flow_start_ns == b->flow_start_ns && endpoint_eq(&a->miner, &b->miner) && endpoint_eq(&a->pool, &b->pool);
}

static void check_counters(const struct evidence *a, const struct evidence *b)
{
    for (int i = 0; i < 2; i++)
        check(a->bytes[i] <= b->bytes[i] && a->packets[i] <= b->packets[i]);
    check(a->n_messages <= b->n_messages && a->n_logins <= b->n_logins && a->n_jobs <= b->n_jobs);
    check(a->n_submitted <= b->n_submitted && a->n_accepted <= b->n_accepted && a->n_rejected <= b->n_rejected);
    check(a->n_gaps <= b->n_gaps && a->n_truncated <= b->n_truncated && a->stage <= b->stage);
    check((a->protocols & ~b->protocols) == 0 && a->flow_last_ns <= b->flow_last_ns);
}

static void on_evidence(void *arg, const struct evidence *e)
{
    struct run *r = arg;
    size_t i = 0;

    check(evidence_check(e) && e->seq == ++r->n_records);
    if (evidence_class((enum evidence_kind)e->kind) == CLASS_NAME) { /* of no connection */
        finding_add(r->findings, e);
        return;
    }
    while (i < r->n_flows && !same_flow(&r->newest[i], e))
        i++;
    if (i < r->n_flows)
        check_counters(&r->newest[i], e);
    check(i < FLOWS_MAX);
    r->newest[i] = *e;
    r->n_flows += i == r->n_flows;
    finding_add(r->findings, e);
}

/* --- frames --------------------------------------------------------------------------------- */

struct wire {
    uint32_t next[2][2]; /* number that is due, by flow and direction */
    ns_t now;
    uint64_t n_frames;
};

/* Writes IPv4, and TCP for b, before len bytes of payload. */
static void put_segment(struct wire *w, const uint8_t *b, uint8_t *p, size_t len)
{
    int dir = b[0] & FROM_POOL, flow = (b[0] & OTHER_FLOW) != 0;
    uint32_t seq = w->next[flow][dir];

    if (b[0] & OFF)
        seq += (uint32_t)b[1] * 8 - 1000;
    else
        w->next[flow][dir] += (uint32_t)len;
    p[9] = IPPROTO_NUM_TCP;
    put_be32(p + 12, dir ? 0xcb007109 : 0x0a000001);
    put_be32(p + 16, dir ? 0x0a000001 : 0xcb007109);
    put_be16(p + 20, dir ? 3333 : 40000u + (uint32_t)flow);
    put_be16(p + 22, dir ? 40000u + (uint32_t)flow : 3333);
    put_be32(p + 24, seq);
    put_be32(p + 28, w->next[flow][!dir]);
    p[32] = 0x50;
    p[33] = (uint8_t)((b[0] & IS_SYN ? TCP_SYN : 0) | (b[0] & IS_FIN ? TCP_FIN : 0) | (b[0] & NO_ACK ? 0 : TCP_ACK));
}

/* Writes IPv4 and UDP for b, before len bytes of payload. */
static void put_datagram(const uint8_t *b, uint8_t *p, size_t len)
{
    bool answer = b[0] & FROM_POOL;

    p[9] = IPPROTO_NUM_UDP;
    put_be32(p + 12, answer ? 0x0a000035 : 0x0a000001);
    put_be32(p + 16, answer ? 0x0a000001 : 0x0a000035);
    put_be16(p + 20, answer ? 53 : 40000);
    put_be16(p + 22, answer ? 40000 : 53);
    put_be16(p + 24, (uint32_t)len + 8);
}

/* Makes a frame in memory of its own, of just its size. */
static struct frame make_frame(struct wire *w, const uint8_t *b, struct view payload)
{
    bool is_datagram = (b[0] & IS_DATAGRAM) == IS_DATAGRAM;
    size_t headers = is_datagram ? HEADERS_UDP : HEADERS, len = headers + payload.n;
    size_t captured = b[0] & CUT ? headers + payload.n / 2 : len;
    uint8_t *p = calloc(1, len);
    struct frame f = {.wire_len = (uint32_t)len, .linktype = LINKTYPE_RAW_IP};

    check(p != NULL);
    p[0] = 0x45;
    put_be16(p + 2, (uint32_t)len);
    p[8] = 64;
    if (is_datagram)
        put_datagram(b, p, payload.n);
    else
        put_segment(w, b, p, payload.n);
    if (payload.n)
        memcpy(p + headers, payload.p, payload.n);
    f.bytes = view_of(realloc(p, captured), captured);
    w->now += b[0] & LATER ? 2 * NS_PER_SEC : NS_PER_SEC / 1000;
    f.time_ns = w->now;
    f.number = ++w->n_frames;
    return f;
}

/* The sources make up all that was counted, none more than it. */
static void check_sources(struct pipeline *pl)
{
    struct sources *t = pipeline_sources(pl);
    struct source_count sum = {0};
    struct pipeline_stats stats;

    pipeline_stats(pl, &stats);
    for (uint32_t i = 0; i < sources_n(t); i++) {
        struct source_count c;

        sources_at(t, i, &c);
        check(c.packets <= stats.frames && c.tcp <= c.packets && c.syn + c.syn_ack <= c.tcp && c.truncated <= c.packets);
        check(c.dns <= c.packets);
        sum.packets += c.packets;
        sum.tcp += c.tcp;
        sum.dns += c.dns;
        sum.syn += c.syn;
        sum.syn_ack += c.syn_ack;
    }
    check(sum.packets == stats.frames && sum.tcp == stats.wire.tcp && sum.dns == stats.names.messages);
    check(sum.syn == stats.flow.syn && sum.syn_ack == stats.flow.syn_ack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct limits few = {
        .max_flows = 64, .max_dialogues = 2, .max_blocks = 2, .max_fragments = 8, .max_findings = 2};
    static struct conf small;
    static struct frame frames[SEGMENTS_MAX];
    static struct run r;
    struct wire w = {.next = {{1000, 5000}, {0xfffffff0, 7000}}, .now = INT64_C(1764000000) * NS_PER_SEC};
    struct buf b = buf_of(view_of(data, size));
    struct hash_key key;
    struct pipeline *pl;
    size_t n = 0;

    if (small.limits.max_flows == 0)
        conf_defaults(&small);
    small.limits = few;
    hash_key_fixed(&key, 1);
    r.n_records = r.n_flows = 0; /* the rest of it is half a megabyte, valid up to n_flows */
    r.findings = finding_table_new(&small, &key, small_feed(), on_finding, NULL);
    pl = pipeline_new(&small, &key, small_feed(), on_evidence, &r);
    check(r.findings && pl);
    while (n < SEGMENTS_MAX && buf_left(&b) >= 4) {
        struct view head = buf_take(&b, 4);
        size_t len = min_size(((size_t)head.p[2] << 8 | head.p[3]) % 2000, buf_left(&b));

        frames[n++] = make_frame(&w, head.p, buf_take(&b, len));
    }
    pipeline_frames(pl, frames, n);
    check_sources(pl);
    pipeline_end(pl);
    pipeline_free(pl);
    finding_close_all(r.findings);
    check(finding_stats(r.findings)->malformed == 0);
    finding_table_free(r.findings);
    for (size_t i = 0; i < n; i++)
        free((void *)(uintptr_t)frames[i].bytes.p);
    return 0;
}
