/*
 * test_syslog.c - syslog messages: the head, and records cut to every size that stay JSON; sensor events and figures.
 */
#include "config.h"

#include "base/out.h"
#include "finding/score.h"
#include "output/json.h"
#include "output/syslog.h"

#include "../json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC + 123456789)

static struct conf conf;
static const char *const names[] = {"a.pcap"};
static struct output_context context = {.files = names, .n_files = 1, .sensor = "here", .conf = &conf, .host = "host.example"};

static struct finding_text texts[FINDING_LOGINS];
static struct finding_flow flows[FINDING_FLOWS];

/* A mining finding as large as it gets, with the byte everywhere where text of the wire goes. */
static void fill(struct finding *f, int byte)
{
    memset(f, 0, sizeof(*f));
    memcpy(f->id, "cm-0123456789abcdef", 20);
    f->login.len = sizeof(f->login.bytes);
    memset(f->login.bytes, byte, sizeof(f->login.bytes));
    f->login.cut = true;
    f->agent = f->worker = f->algorithm = f->name = f->login;
    for (int i = 0; i < FINDING_LOGINS; i++)
        texts[i] = f->login;
    f->logins = f->agents = texts;
    f->n_logins_listed = FINDING_LOGINS;
    f->n_agents_listed = FINDING_AGENTS;
    memset(&f->miner, 0xee, sizeof(f->miner));
    memset(&f->pool, 0xee, sizeof(f->pool));
    for (int i = 0; i < FINDING_FLOWS; i++)
        flows[i] = (struct finding_flow){.miner = f->miner, .pool = f->pool, .start_ns = START, .last_ns = START};
    f->flows = flows;
    f->n_flows_listed = FINDING_FLOWS;
    f->n_logins = f->n_agents = f->n_flows = f->revision = UINT32_MAX;
    f->count = f->n_jobs = f->n_submitted = f->n_accepted = f->n_rejected = f->n_gaps = f->n_truncated = f->n_dropped =
        f->n_restarts = UINT64_MAX;
    f->has_mac = true;
    f->stage = STAGE_PAID;
    f->first_ns = f->last_ns = f->detected_ns = START;
    for (int i = 0; i < EVIDENCE_N; i++) {
        f->evidence[i] = (struct finding_evidence){.present = true, .time_ns = START, .frame = UINT64_MAX, .n = 1};
        memset(f->evidence[i].detail, '"', FINDING_DETAIL_MAX - 1);
    }
    score_finding(f);
}

static char text[OUTPUT_TEXT_MAX + 1];

/* The JSON of a message, whose head must be as this says; its length in *n. */
static const char *body(const struct out *o, const char *head, size_t *n)
{
    size_t at = strlen(head);

    assert_false(o->full);
    if (o->n < at || memcmp(o->p, head, at) != 0)
        fail_msg("not the head %s: %.*s", head, (int)min_size(o->n, 200), o->p);
    *n = o->n - at;
    o->p[o->n] = '\n'; /* there is room for it; a message has none */
    if (!json_is_line(o->p + at, *n + 1))
        fail_msg("not JSON: %.*s", (int)min_size(*n, 2000), o->p + at);
    return o->p + at;
}

static bool has(const char *json, size_t n, const char *what)
{
    return memmem(json, n, what, strlen(what)) != NULL;
}

static void test_heads(void **state)
{
    static struct finding f;
    struct out o = out_of(text, OUTPUT_TEXT_MAX);
    size_t n;

    (void)state;
    fill(&f, 'x');
    conf.output.syslog_facility = 3;
    conf.output.syslog_max_bytes = 65000;
    context.pid = 77;
    f.severity = 8.5;
    syslog_finding(&o, FINDING_NEW, &f, NULL, &context);
    body(&o, "<27>1 2025-11-24T16:00:00.123456Z host.example countermine 77 finding-new - ", &n);
    f.last_ns += NS_PER_SEC;
    f.severity = 9.1;
    conf.output.syslog_facility = 23;
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_finding(&o, FINDING_CLOSED, &f, NULL, &context);
    body(&o, "<186>1 2025-11-24T16:00:01.123456Z host.example countermine 77 finding-closed - ", &n);
    f.severity = 5;
    conf.output.syslog_facility = 0;
    context.pid = 0;
    context.host = NULL;
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_finding(&o, FINDING_UPDATE, &f, NULL, &context);
    body(&o, "<4>1 2025-11-24T16:00:01.123456Z - countermine - finding-update - ", &n);
    context.host = "a b\x01\xc3\xa9";
    f.severity = 1;
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_finding(&o, FINDING_NEW, &f, NULL, &context);
    body(&o, "<5>1 2025-11-24T16:00:00.123456Z a?b??? countermine - finding-new - ", &n);
    context.system_log = true;
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_finding(&o, FINDING_NEW, &f, NULL, &context);
    body(&o, "<5>countermine: ", &n);
    context.pid = UINT32_MAX;
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_finding(&o, FINDING_NEW, &f, NULL, &context);
    body(&o, "<5>countermine[4294967295]: ", &n);
    context.system_log = false;
    context.host = "host.example";
}

/* A message has the size that is allowed, whatever the text; and it has as much as fits. */
static void test_cut(void **state)
{
    static const char bytes[] = {'x', '\0', '\x1b', '"', '\\', '\xff', '\xc2'};
    static const size_t sizes[] = {1024, 1025, 1100, 1500, 2000, 3000, 4096, 8192, 12000, 16000, 20000, 30000, 40000, 65000};
    static struct finding f;
    static char longest_host[300];
    uint64_t seen = 0;

    (void)state;
    memset(longest_host, 'h', sizeof(longest_host) - 1);
    context.host = longest_host;
    context.pid = UINT32_MAX;
    conf.output.syslog_facility = 23;
    for (size_t b = 0; b < ARRAY_LEN(bytes); b++) {
        for (int kind = 0; kind < FINDING_KIND_N; kind++) {
            size_t before = 0;

            fill(&f, bytes[b]);
            f.kind = (enum finding_kind)kind;
            for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
                struct out o = out_of(text, OUTPUT_TEXT_MAX);
                const char *json;
                size_t n;

                conf.output.syslog_max_bytes = sizes[i];
                syslog_finding(&o, FINDING_UPDATE, &f, NULL, &context);
                assert_true(o.n <= sizes[i] && o.n >= before && o.n > 300);
                before = o.n;
                json = strchr(o.p, '{');
                n = o.n - (size_t)(json - o.p);
                o.p[o.n] = '\n';
                assert_true(json_is_line(json, n + 1));
                if (kind == FINDING_MINING) /* the flows are what goes first */
                    assert_int_equal(has(json, n, ",\"cut\":true}"), !has(json, n, "\"flows\":["));
                assert_true(has(json, n, "\"id\":\"cm-0123456789abcdef\"") && has(json, n, "\"severity_label\":"));
                seen |= UINT64_C(1) << (has(json, n, "\"flows\":[")    ? 0
                                        : has(json, n, "\"summary\":") ? 1
                                        : has(json, n, "\"title\":")   ? 2
                                                                       : 3);
            }
        }
    }
    assert_int_equal(seen, 15); /* each part was the right one at some size */
    context.host = "host.example";
}

/* Of the evidence that does not fit the strongest stays. */
static void test_strongest(void **state)
{
    static struct finding f;
    struct out o = out_of(text, OUTPUT_TEXT_MAX);

    (void)state;
    fill(&f, 'x');
    json_finding_part(&o, FINDING_NEW, &f, NULL, JSON_STRONGEST_EVIDENCE, &context);
    assert_true(has(o.p, o.n, "\"evidence\":[{\"kind\":\"share-accepted\",\"class\":\"protocol\",\"weight\":95"));
    assert_false(has(o.p, o.n, "stratum-login"));
    assert_true(has(o.p, o.n, "\"flows_total\":4294967295"));
    o = out_of(text, OUTPUT_TEXT_MAX);
    json_finding_part(&o, FINDING_NEW, &f, NULL, JSON_WITHOUT_FLOWS, &context);
    assert_true(has(o.p, o.n, "stratum-login") && has(o.p, o.n, "share-accepted") && !has(o.p, o.n, "\"flows\":"));
}

static struct sensor_event event_of(void)
{
    struct sensor_event e = {.time_ns = START, .what = SENSOR_DROPS, .severity_label = "medium", .worker = 3, .n_counters = 2};

    memcpy(e.detail, "3 % of packets were lost", 25);
    e.counters[0] = (struct sensor_counter){"received", UINT64_MAX};
    e.counters[1] = (struct sensor_counter){"dropped", 0};
    return e;
}

static void assert_line(const struct out *o, const char *line)
{
    if (o->n != strlen(line) || memcmp(o->p, line, o->n) != 0)
        fail_msg("%.*s instead of %s", (int)o->n, o->p, line);
    assert_true(json_is_line(o->p, o->n));
}

static void test_events(void **state)
{
    struct sensor_event e = event_of();
    struct out o = out_of(text, OUTPUT_TEXT_MAX);
    size_t n;

    (void)state;
    event_sensor(&o, &e, EVENT_WHOLE, &context);
    assert_line(
        &o, "{\"event\":\"sensor\",\"time\":\"2025-11-24T16:00:00.123456Z\",\"what\":\"drops\",\"severity_label\":\"medium\","
            "\"detail\":\"3 % of packets were lost\",\"worker\":3,\"counters\":{\"received\":18446744073709551615,"
            "\"dropped\":0},\"sensor\":{\"name\":\"here\",\"version\":\"" PACKAGE_VERSION "\"}}\n");
    o = out_of(text, OUTPUT_TEXT_MAX);
    event_stats(&o, &e, EVENT_WITHOUT_COUNTERS, &context);
    assert_line(
        &o,
        "{\"event\":\"stats\",\"time\":\"2025-11-24T16:00:00.123456Z\",\"detail\":\"3 % of packets were lost\",\"worker\":3,"
        "\"sensor\":{\"name\":\"here\",\"version\":\"" PACKAGE_VERSION "\"},\"cut\":true}\n");
    e = (struct sensor_event){.time_ns = START, .what = SENSOR_STARTED, .worker = -1};
    context.sensor = "";
    o = out_of(text, OUTPUT_TEXT_MAX);
    event_sensor(&o, &e, EVENT_WHOLE, &context);
    assert_line(
        &o,
        "{\"event\":\"sensor\",\"time\":\"2025-11-24T16:00:00.123456Z\",\"what\":\"started\",\"sensor\":{\"version\":\"" PACKAGE_VERSION
        "\"}}\n");
    context.sensor = "here";
    conf.output.syslog_max_bytes = 1024;
    conf.output.syslog_facility = 3;
    context.pid = 1;
    e = event_of();
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_sensor(&o, &e, &context);
    body(&o, "<28>1 2025-11-24T16:00:00.123456Z host.example countermine 1 sensor-drops - ", &n);
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_stats(&o, &e, &context);
    body(&o, "<30>1 2025-11-24T16:00:00.123456Z host.example countermine 1 stats - ", &n);
}

/* Whatever a detail holds, an event is one line, and as a message it is not too long. */
static void test_events_hostile(void **state)
{
    (void)state;
    context.host = "a-host-name-of-the-greatest-length-that-a-machine-can-have-in-linux";
    conf.output.syslog_max_bytes = 1024;
    for (int byte = 1; byte < 256; byte++) {
        struct sensor_event e = {
            .time_ns = START, .what = SENSOR_FEED_REFUSED, .severity_label = "critical", .worker = INT64_MAX};

        memset(e.detail, byte, sizeof(e.detail)); /* without an end */
        e.n_counters = SENSOR_COUNTERS;
        for (int i = 0; i < SENSOR_COUNTERS; i++)
            e.counters[i] = (struct sensor_counter){"a_counter_of_some_long_name", UINT64_MAX};
        for (int i = 0; i < 3; i++) {
            struct out o = out_of(text, OUTPUT_TEXT_MAX);
            const char *json = text;

            context.system_log = i == 2;
            if (i == 0)
                event_sensor(&o, &e, EVENT_WHOLE, &context);
            else if (i == 1)
                syslog_sensor(&o, &e, &context);
            else
                syslog_stats(&o, &e, &context);
            if (i > 0) {
                assert_true(o.n <= 1024 && o.n > 100);
                o.p[o.n++] = '\n';
                json = strchr(o.p, '{');
            }
            assert_non_null(json);
            assert_true(json_is_line(json, o.n - (size_t)(json - o.p)));
            assert_int_equal(has(json, o.n - (size_t)(json - o.p), "\"cut\":true"), i > 0);
        }
    }
    context.system_log = false;
    context.host = "host.example";
}

/* A line of CEF behind the same heads, cut to what is allowed. */
static void test_cef(void **state)
{
    static const char head[] = "<27>1 2025-11-24T16:00:00.123456Z host.example countermine 1 finding-new - CEF:0|countermine|";
    static struct finding f;
    struct sensor_event e = event_of();
    struct out o = out_of(text, OUTPUT_TEXT_MAX);
    unsigned n_cut = 0;
    bool cut = true;

    (void)state;
    fill(&f, '=');
    conf.output.syslog_format = CONF_SYSLOG_CEF;
    conf.output.syslog_facility = 3;
    context.pid = 1;
    for (size_t max = 1024; max <= 65000; max += 1777) {
        conf.output.syslog_max_bytes = max;
        o = out_of(text, OUTPUT_TEXT_MAX);
        f.severity = 8.5;
        syslog_finding(&o, FINDING_NEW, &f, NULL, &context);
        assert_true(!o.full && o.n <= max && o.n > 500);
        assert_memory_equal(o.p, head, sizeof(head) - 1);
        assert_null(memchr(o.p, '\n', o.n + 1));
        cut = has(o.p + o.n - 20, 20, " countermineCut=true");
        assert_true(cut || max > 4096);
        n_cut += cut;
    }
    assert_true(n_cut > 2 && !cut); /* the longest limit holds all of it */
    o = out_of(text, OUTPUT_TEXT_MAX);
    context.system_log = true;
    syslog_sensor(&o, &e, &context);
    context.system_log = false;
    assert_true(has(o.p, o.n, "<28>countermine[1]: CEF:0|countermine|countermine|" PACKAGE_VERSION "|sensor-drops|"));
    assert_null(memchr(o.p, '\n', o.n + 1));
    o = out_of(text, OUTPUT_TEXT_MAX);
    syslog_stats(&o, &e, &context);
    assert_true(has(o.p, o.n, " stats - CEF:0|countermine|countermine|" PACKAGE_VERSION "|stats|"));
    assert_null(memchr(o.p, '\n', o.n + 1));
    conf.output.syslog_format = CONF_SYSLOG_JSON;
}

/* The list of `what' is closed: each has a name of its own, of letters and hyphens. */
static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < SENSOR_WHAT_N; i++) {
        const char *name = sensor_what_name((enum sensor_what)i);

        assert_non_null(name);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
        assert_true(strlen(name) <= 32 - strlen("sensor-")); /* MSGID */
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, sensor_what_name((enum sensor_what)j));
    }
    assert_string_equal(sensor_what_name(SENSOR_SUPPRESSED), "findings-suppressed");
    assert_string_equal(sensor_what_name(SENSOR_WHAT_N), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),  cmocka_unit_test(test_cut),   cmocka_unit_test(test_strongest),
        cmocka_unit_test(test_events), cmocka_unit_test(test_names), cmocka_unit_test(test_events_hostile),
        cmocka_unit_test(test_cef),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
