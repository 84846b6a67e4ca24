/*
 * output.c - sinks: from findings and events to records of each format, and to the descriptor.
 */
#include "config.h"

#include "output/output.h"

#include "base/out.h"
#include "finding/score.h"
#include "output/asff.h"
#include "output/cef.h"
#include "output/deliver.h"
#include "output/dns_write.h"
#include "output/ecs.h"
#include "output/eve.h"
#include "output/facts.h"
#include "output/guardduty.h"
#include "output/json.h"
#include "output/leef.h"
#include "output/ocsf.h"
#include "output/syslog.h"
#include "output/table.h"
#include "output/target.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct sink {
    const struct format *format;
    const struct output_context *ctx;
    char *path; /* NULL = none was given */
    struct target target;
    int fd;                  /* of file mode; -1 live */
    int error;               /* errno of the first failure of file mode */
    struct deliver *deliver; /* live */
    struct table *table;     /* of a table */
    char *text;              /* OUTPUT_TEXT_MAX bytes */
};

typedef void finding_print(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                           const struct output_context *ctx);
typedef void event_print(struct out *o, const struct sensor_event *e, const struct output_context *ctx);
typedef void dns_print(struct out *o, const struct dns_event *e, const struct output_context *ctx);

/* What a format takes, as one record each; NULL = it leaves it out. */
struct format {
    const char *name;
    finding_print *finding; /* whatever its state */
    event_print *event, *stats;
    dns_print *dns;
    bool is_table; /* rows instead: live one for a new finding, else one for each, all at the end */
    bool for_aws;  /* needs to know the account and its region */
};

const char *const output_formats = "json, table, syslog, cef, leef, eve, ecs, ocsf, asff, guardduty, dns";

/* Writes all of it: a record is one write() unless the kernel takes less. */
static void put(struct sink *s, struct view v)
{
    while (v.n > 0 && !s->error) {
        ssize_t n = target_write(&s->target, s->fd, v);

        if (n < 0)
            s->error = errno;
        else
            v = view_skip(v, (size_t)n);
    }
}

/* One record; severity_label says what goes first when there is no room to keep it. */
static void put_record(struct sink *s, const char *severity_label, const struct out *o)
{
    if (o->full) /* cannot be: see OUTPUT_TEXT_MAX */
        s->error = s->error ? s->error : EMSGSIZE;
    else if (s->deliver)
        deliver_put(s->deliver, retain_class_of(severity_label), out_view(o));
    else
        put(s, out_view(o));
}

/* Records that could be shorter, at their full length. */

static void print_json_event(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    event_sensor(o, e, EVENT_WHOLE, ctx);
}

static void print_json_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    event_stats(o, e, EVENT_WHOLE, ctx);
}

#define CEF_MAX (OUTPUT_TEXT_MAX - 2) /* without the newline, and with room for the zero behind it */

static void print_cef_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                              const struct output_context *ctx)
{
    cef_finding(o, state, f, about, ctx, CEF_MAX);
}

static void print_cef_event(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    cef_sensor(o, e, ctx, CEF_MAX);
}

static void print_cef_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    cef_stats(o, e, ctx, CEF_MAX);
}

static const struct format formats[] = {
    {"json", json_finding, print_json_event, print_json_stats, NULL, false, false},
    {"table", NULL, NULL, NULL, NULL, true, false},
    {"syslog", syslog_finding, syslog_sensor, syslog_stats, NULL, false, false},
    {"cef", print_cef_finding, print_cef_event, print_cef_stats, NULL, false, false},
    {"leef", leef_finding, leef_sensor, leef_stats, NULL, false, false},
    {"eve", eve_finding, eve_event, NULL, NULL, false, false},
    {"ecs", ecs_finding, ecs_event, NULL, NULL, false, false},
    {"ocsf", ocsf_finding, NULL, NULL, NULL, false, false},
    {"asff", asff_finding, NULL, NULL, NULL, false, true},
    {"guardduty", guardduty_finding, NULL, NULL, NULL, false, true},
    {"dns", NULL, NULL, NULL, dns_write, false, false},
};

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

bool output_is_format(const char *name)
{
    return find_format(name) != NULL;
}

uint64_t output_memory_max(const char *format, bool live)
{
    const struct format *f = find_format(format);

    return OUTPUT_TEXT_MAX + (live ? DELIVER_BYTES_MAX : f && f->is_table ? TABLE_BYTES_MAX : 0);
}

bool output_check(const char *format, const char *path, char *why, size_t n_why)
{
    struct target t;

    return target_parse(&t, format, path, why, n_why);
}

bool output_check_conf(const char *format, const struct conf *conf, char *why, size_t n_why)
{
    const struct format *f = find_format(format);

    return !f || !f->for_aws || facts_check_account(conf, why, n_why);
}

const char *output_name(const char *format, const char *path)
{
    struct target t;
    char why[4]; /* of what is no target the path is a name too */

    (void)!target_parse(&t, format, path, why, sizeof(why));
    return target_name(&t);
}

int output_open(const char *format, const char *path, bool live)
{
    struct target t;
    char why[4];

    if (!target_parse(&t, format, path, why, sizeof(why))) {
        errno = EINVAL; /* output_check says more */
        return -1;
    }
    return target_open(&t, live);
}

bool output_moved(const char *format, const char *path, int fd)
{
    struct target t;
    char why[4];
    struct stat there, open;

    if (!target_parse(&t, format, path, why, sizeof(why)) || t.type != TARGET_FILE || fstat(fd, &open) != 0)
        return false;
    return stat(path, &there) != 0 ? errno == ENOENT : there.st_ino != open.st_ino || there.st_dev != open.st_dev;
}

struct sink *sink_new(const char *format, const char *path, int fd, const struct output_context *ctx)
{
    struct sink *s = calloc(1, sizeof(*s));
    char why[4];

    if (!s)
        return NULL;
    s->ctx = ctx;
    s->fd = -1;
    s->format = find_format(format);
    s->text = malloc(OUTPUT_TEXT_MAX);
    s->path = path ? strdup(path) : NULL;
    if (!s->format || !s->text || (path && !s->path) || (s->format->is_table && !(s->table = table_new(ctx, !path))) ||
        !target_parse(&s->target, format, s->path, why, sizeof(why)) ||
        (ctx->live && !(s->deliver = deliver_new(&s->target, fd,
                                                 ctx->conf ? (enum conf_fsync)ctx->conf->output.fsync : CONF_FSYNC_SECOND)))) {
        sink_free(s);
        errno = ENOMEM;
        return NULL;
    }
    if (!s->deliver)
        s->fd = fd;
    return s;
}

/* What a record is made of, and of a message of syslog what its head is. */
static struct output_context context_of(const struct sink *s)
{
    struct output_context ctx = *s->ctx;

    ctx.system_log = s->target.type == TARGET_SYSTEM_LOG;
    return ctx;
}

static void take_row(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    if (!s->deliver) {
        if (state == FINDING_CLOSED && !table_add(s->table, f, about) && !s->error)
            s->error = ENOMEM;
    } else if (state == FINDING_NEW) {
        struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

        table_print_live(s->table, f, about, &o);
        put_record(s, score_label(f->severity), &o);
    }
}

/* A table's rows, when all are known. */
static void put_rows(struct sink *s)
{
    uint32_t n = table_rows(s->table);

    for (int64_t row = n ? -1 : 0; row < (int64_t)n; row++) {
        struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

        table_print(s->table, row, &o);
        put(s, out_view(&o));
    }
    if (table_left_out(s->table) > 0) {
        struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

        out_fmt(&o, "... and %llu more findings; -o json has all of them\n", (unsigned long long)table_left_out(s->table));
        put(s, out_view(&o));
    }
}

void sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    struct output_context ctx = context_of(s);
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    if (s->table) {
        take_row(s, state, f, about);
    } else if (s->format->finding) {
        s->format->finding(&o, state, f, about, &ctx);
        put_record(s, score_label(f->severity), &o);
    }
}

bool output_is_dns(const char *format)
{
    const struct format *f = find_format(format);

    return f && f->dns;
}

void sink_dns(struct sink *s, const struct dns_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    if (!s->format->dns)
        return;
    s->format->dns(&o, e, s->ctx);
    put_record(s, NULL, &o);
}

static void put_event(struct sink *s, event_print *print, const char *severity_label, const struct sensor_event *e)
{
    struct output_context ctx = context_of(s);
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    if (!print)
        return;
    print(&o, e, &ctx);
    put_record(s, severity_label, &o);
}

void sink_event(struct sink *s, const struct sensor_event *e)
{
    put_event(s, s->format->event, e->severity_label, e);
}

void sink_stats(struct sink *s, const struct sensor_event *e)
{
    put_event(s, s->format->stats, NULL, e);
}

void sink_reopen(struct sink *s, int fd)
{
    if (s->table)
        table_begin_anew(s->table);
    deliver_reopen(s->deliver, fd);
}

void sink_tick(struct sink *s, ns_t now_ns)
{
    deliver_tick(s->deliver, now_ns);
}

void sink_health(const struct sink *s, struct sink_health *h)
{
    deliver_health(s->deliver, h);
}

int sink_close(struct sink *s)
{
    if (s->deliver) {
        int error = deliver_close(s->deliver);

        return s->error ? s->error : error;
    }
    if (s->table)
        put_rows(s);
    if (s->fd > STDERR_FILENO && close(s->fd) != 0 && !s->error)
        s->error = errno;
    s->fd = -1;
    return s->error;
}

const char *sink_path(const struct sink *s)
{
    return target_name(&s->target);
}

void sink_free(struct sink *s)
{
    if (!s)
        return;
    if (s->fd > STDERR_FILENO)
        close(s->fd);
    deliver_free(s->deliver);
    table_free(s->table);
    free(s->path);
    free(s->text);
    free(s);
}
