/*
 * syslog.c - one record, one message.
 *
 * RFC 5424 has no use for the system's own log: journald and, unless it is told otherwise, rsyslog read what comes over
 * their socket of this machine as the C library's syslog() writes it (rsyslog 8.2302 takes the version for the name
 * of the program). That form has a time without year and zone, which both ignore, so it is left out.
 *
 * The text is UTF-8 without the byte order mark that RFC 5424 section 6.4 wants before it: readers of JSON stumble on it.
 */
#include "config.h"

#include "output/syslog.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "finding/score.h"
#include "output/cef.h"
#include "output/flat.h"
#include "output/json.h"
#include "output/retain.h"

#define HOST_MAX 64            /* bytes of HOSTNAME, as HOST_NAME_MAX of Linux */
#define FACILITY_DEFAULT 3     /* daemon */
#define MAX_BYTES_DEFAULT 8000 /* as output.syslog_max_bytes */

/* What is told in the head of a message. */
struct head {
    const char *severity_label; /* of the record; NULL = none */
    ns_t time_ns;
    const char *msgid, *detail; /* MSGID is msgid-detail, or msgid when detail is NULL */
};

/* RFC 5424 section 6.2.1: 6 is informational, 5 notice, 4 warning, 3 error, 2 critical. */
static unsigned priority(const struct head *h, const struct output_context *ctx)
{
    unsigned facility = ctx->conf ? ctx->conf->output.syslog_facility : FACILITY_DEFAULT;

    return facility * 8 + 6 - (unsigned)retain_class_of(h->severity_label);
}

/* A field of the head is printable ASCII without blanks; nothing at all is a hyphen. */
static void put_host(struct out *o, const char *host)
{
    size_t n = 0;

    for (; host && host[n] && n < HOST_MAX; n++)
        out_char(o, host[n] > ' ' && host[n] <= '~' ? host[n] : '?');
    if (n == 0)
        out_char(o, '-');
}

static void put_head(struct out *o, const struct head *h, const struct output_context *ctx)
{
    out_fmt(o, "<%u>", priority(h, ctx));
    if (ctx->system_log) {
        out_str(o, "countermine");
        if (ctx->pid)
            out_fmt(o, "[%u]", ctx->pid);
        out_str(o, ": ");
        return;
    }
    out_str(o, "1 ");
    rfc3339_print(h->time_ns, o);
    out_char(o, ' ');
    put_host(o, ctx->host);
    out_str(o, " countermine ");
    if (ctx->pid)
        out_fmt(o, "%u", ctx->pid);
    else
        out_char(o, '-');
    out_fmt(o, " %s%s%s - ", h->msgid, h->detail ? "-" : "", h->detail ? h->detail : "");
}

/* Where the text of the message goes: behind its head. */
static struct out text_of(const struct out *o)
{
    return out_of(o->p + o->n, o->cap - o->n);
}

static bool is_cef(const struct output_context *ctx)
{
    return ctx->conf && ctx->conf->output.syslog_format == CONF_SYSLOG_CEF;
}

static size_t max_bytes(const struct output_context *ctx)
{
    return ctx->conf ? (size_t)ctx->conf->output.syslog_max_bytes : MAX_BYTES_DEFAULT;
}

/* A message has no newline, which a line has at its end. */
static void end_line(struct out *o)
{
    o->n--;
    o->p[o->n] = '\0';
}

/* Takes the text, a line, into the message if the message is not too long with it. */
static bool take(struct out *o, const struct out *text, const struct output_context *ctx)
{
    if (text->full || o->n + text->n - 1 > max_bytes(ctx))
        return false;
    o->n += text->n;
    end_line(o);
    return true;
}

void syslog_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                    const struct output_context *ctx)
{
    struct head h = {score_label(f->severity), flat_event_time(state, f), "finding", finding_state_name(state)};

    put_head(o, &h, ctx);
    if (is_cef(ctx)) {
        cef_finding(o, state, f, about, ctx, max_bytes(ctx));
        end_line(o);
        return;
    }
    for (int part = JSON_WHOLE; part < JSON_PART_N; part++) {
        struct out text = text_of(o);

        json_finding_part(&text, state, f, about, (enum json_part)part, ctx);
        if (take(o, &text, ctx))
            return;
    }
}

typedef void event_fn(struct out *o, const struct sensor_event *e, enum event_part part, const struct output_context *ctx);

static void put_event(struct out *o, const struct sensor_event *e, event_fn *print, const struct output_context *ctx)
{
    for (int part = EVENT_WHOLE; part < EVENT_PART_N; part++) {
        struct out text = text_of(o);

        print(&text, e, (enum event_part)part, ctx);
        if (take(o, &text, ctx))
            return;
    }
}

void syslog_sensor(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    put_head(o, &(struct head){e->severity_label, e->time_ns, "sensor", sensor_what_name(e->what)}, ctx);
    if (is_cef(ctx)) {
        cef_sensor(o, e, ctx, max_bytes(ctx));
        end_line(o);
        return;
    }
    put_event(o, e, event_sensor, ctx);
}

void syslog_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    put_head(o, &(struct head){NULL, e->time_ns, "stats", NULL}, ctx);
    if (is_cef(ctx)) {
        cef_stats(o, e, ctx, max_bytes(ctx));
        end_line(o);
        return;
    }
    put_event(o, e, event_stats, ctx);
}
