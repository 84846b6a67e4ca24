/*
 * fuzz_output.c - what stands behind `-o FORMAT:', and a sensor event with hostile text, as JSON and as syslog messages.
 *
 * Input: a byte, whose lowest bit chooses the format and whose next ones the size of messages; a text that ends at the first
 * NUL, which is the target and the name of the machine; and a detail.
 *
 * Checked: a target is taken with an address of its family, or refused with a sentence; every event is one line of JSON, of CEF
 * and of LEEF; no message is longer than allowed, or has a control byte.
 */
#include "config.h"

#include "base/out.h"
#include "output/leef.h"
#include "output/syslog.h"
#include "output/target.h"

#include "../json_check.h"

#include <stdlib.h>

#define TEXT_MAX 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

static void check_target(bool syslog, const char *path)
{
    struct target t;
    char why[64]; /* shorter than some sentences */
    bool taken;

    why[0] = '\0';
    taken = target_parse(&t, syslog ? "syslog" : "json", path, why, sizeof(why));
    check(taken || (syslog && strncmp(why, "expected ", 9) == 0 && strlen(why) < sizeof(why)));
    check(!syslog || !taken || t.n_addr > sizeof(sa_family_t));
    check(!taken || target_is_socket(&t) == syslog);
    check(!taken || strcmp(target_name(&t), path) == 0);
    if (taken && t.type == TARGET_UDP_SYSLOG)
        check(t.addr.ss_family == AF_INET || t.addr.ss_family == AF_INET6);
    else if (taken && syslog)
        check(t.addr.ss_family == AF_UNIX);
}

/* The JSON stands behind so many fields, each of which ends with its blank, as none has one inside. */
static void check_message(struct out *o, int n_fields, size_t max)
{
    const char *json = o->p;

    for (int i = 0; i < n_fields; i++) {
        json = strchr(json, ' ');
        check(json != NULL);
        json++;
    }
    check(!o->full && o->n <= max);
    for (size_t i = 0; i < o->n; i++)
        check((unsigned char)o->p[i] >= 0x20 && o->p[i] != 0x7f);
    o->p[o->n++] = '\n';
    check(json_is_line(json, o->n - (size_t)(json - o->p)));
}

static void check_clean(const struct out *o, size_t max)
{
    check(!o->full && o->n <= max);
    for (size_t i = 0; i < o->n; i++)
        check(((unsigned char)o->p[i] >= 0x20 && o->p[i] != 0x7f) || o->p[i] == '\t');
}

/* As CEF in messages, and as a line of LEEF. */
static void check_flat(const struct sensor_event *e, struct output_context ctx)
{
    static char text[OUTPUT_TEXT_MAX];
    struct conf cef = *ctx.conf;
    struct out o = out_of(text, sizeof(text));

    cef.output.syslog_format = CONF_SYSLOG_CEF;
    ctx.conf = &cef;
    syslog_sensor(&o, e, &ctx);
    check_clean(&o, cef.output.syslog_max_bytes);
    check(strstr(o.p, " - CEF:0|") != NULL && !strchr(o.p, '\t'));
    o = out_of(text, sizeof(text));
    leef_sensor(&o, e, &ctx);
    check(o.n > 0 && o.p[o.n - 1] == '\n');
    o.n--;
    check_clean(&o, sizeof(text));
}

static void check_event(const struct sensor_event *e, struct output_context ctx)
{
    static char text[OUTPUT_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    event_sensor(&o, e, EVENT_WHOLE, &ctx);
    check(json_is_line(o.p, o.n));
    for (int local = 0; local < 2; local++) {
        ctx.system_log = local;
        o = out_of(text, sizeof(text) - 1);
        syslog_sensor(&o, e, &ctx);
        check_message(&o, local ? 1 : 7, ctx.conf->output.syslog_max_bytes);
        o = out_of(text, sizeof(text) - 1);
        syslog_stats(&o, e, &ctx);
        check_message(&o, local ? 1 : 7, ctx.conf->output.syslog_max_bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct conf conf;
    struct output_context ctx = {.conf = &conf, .pid = 1};
    struct sensor_event e = {.time_ns = NS_PER_SEC, .worker = (int64_t)size - 1};
    struct view rest = view_of(data, size);
    uint8_t first = size ? data[0] : 0;
    char path[TEXT_MAX + 1];
    size_t n;

    rest = view_skip(rest, 1);
    n = min_size(view_find(rest, 0), TEXT_MAX);
    if (n)
        memcpy(path, rest.p, n);
    path[n] = '\0';
    rest = view_skip(rest, n + 1);
    if (rest.n)
        memcpy(e.detail, rest.p, min_size(rest.n, sizeof(e.detail)));
    conf.output.syslog_max_bytes = 1024 + (size_t)(first >> 1) * 16;
    conf.output.syslog_facility = first % 24;
    e.what = (enum sensor_what)(first % SENSOR_WHAT_N);
    ctx.host = path;
    check_target(first & 1, path);
    ctx.sensor = path;
    check_event(&e, ctx);
    check_flat(&e, ctx);
    return 0;
}
