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
    struct table *table;
    char *text; /* OUTPUT_TEXT_MAX bytes */
};

struct format {
    const char *name;
    void (*finding)(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about); /* or NULL */
    void (*dns)(struct sink *s, const struct dns_event *e);                                                        /* or NULL */
    void (*event)(struct sink *s, const struct sensor_event *e);                                                   /* or NULL */
    void (*stats)(struct sink *s, const struct sensor_event *e);                                                   /* or NULL */
    void (*end)(struct sink *s); /* of file mode, or NULL */
    uint64_t kept_max;           /* bytes of findings kept until the end of file mode */
    bool for_aws;                /* needs to know the account and its region */
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

static void json_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    json_finding(&o, state, f, about, s->ctx);
    put_record(s, score_label(f->severity), &o);
}

static void json_sink_event(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    event_sensor(&o, e, EVENT_WHOLE, s->ctx);
    put_record(s, e->severity_label, &o);
}

static void json_sink_stats(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    event_stats(&o, e, EVENT_WHOLE, s->ctx);
    put_record(s, NULL, &o);
}

static void cef_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    cef_finding(&o, state, f, about, s->ctx, OUTPUT_TEXT_MAX - 2);
    put_record(s, score_label(f->severity), &o);
}

static void cef_sink_event(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    cef_sensor(&o, e, s->ctx, OUTPUT_TEXT_MAX - 2);
    put_record(s, e->severity_label, &o);
}

static void cef_sink_stats(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    cef_stats(&o, e, s->ctx, OUTPUT_TEXT_MAX - 2);
    put_record(s, NULL, &o);
}

static void leef_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    leef_finding(&o, state, f, about, s->ctx);
    put_record(s, score_label(f->severity), &o);
}

static void leef_sink_event(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    leef_sensor(&o, e, s->ctx);
    put_record(s, e->severity_label, &o);
}

static void leef_sink_stats(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    leef_stats(&o, e, s->ctx);
    put_record(s, NULL, &o);
}

static void dns_sink_dns(struct sink *s, const struct dns_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    dns_write(&o, e, s->ctx);
    put_record(s, NULL, &o);
}

static void table_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
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

static void table_sink_end(struct sink *s)
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

static bool is_local(const struct sink *s)
{
    return s->target.type == TARGET_SYSTEM_LOG;
}

static void syslog_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    syslog_finding(&o, is_local(s), state, f, about, s->ctx);
    put_record(s, score_label(f->severity), &o);
}

static void syslog_sink_event(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    syslog_sensor(&o, is_local(s), e, s->ctx);
    put_record(s, e->severity_label, &o);
}

static void syslog_sink_stats(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    syslog_stats(&o, is_local(s), e, s->ctx);
    put_record(s, NULL, &o);
}

typedef void finding_writer(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                            const struct output_context *ctx);

/* A finding as one record, whatever its state. */
static void put_finding(struct sink *s, finding_writer *write, enum finding_state state, const struct finding *f,
                        const struct about *about)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    write(&o, state, f, about, s->ctx);
    put_record(s, score_label(f->severity), &o);
}

static void eve_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    put_finding(s, eve_finding, state, f, about);
}

static void ecs_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    put_finding(s, ecs_finding, state, f, about);
}

static void ocsf_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    put_finding(s, ocsf_finding, state, f, about);
}

static void asff_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    put_finding(s, asff_finding, state, f, about);
}

static void guardduty_sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    put_finding(s, guardduty_finding, state, f, about);
}

static void eve_sink_event(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    eve_event(&o, e, s->ctx);
    put_record(s, e->severity_label, &o);
}

static void ecs_sink_event(struct sink *s, const struct sensor_event *e)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    ecs_event(&o, e, s->ctx);
    put_record(s, e->severity_label, &o);
}

static const struct format formats[] = {
    {"json", json_sink_finding, NULL, json_sink_event, json_sink_stats, NULL, 0, false},
    {"table", table_sink_finding, NULL, NULL, NULL, table_sink_end, TABLE_BYTES_MAX, false},
    {"syslog", syslog_sink_finding, NULL, syslog_sink_event, syslog_sink_stats, NULL, 0, false},
    {"cef", cef_sink_finding, NULL, cef_sink_event, cef_sink_stats, NULL, 0, false},
    {"leef", leef_sink_finding, NULL, leef_sink_event, leef_sink_stats, NULL, 0, false},
    {"eve", eve_sink_finding, NULL, eve_sink_event, NULL, NULL, 0, false},
    {"ecs", ecs_sink_finding, NULL, ecs_sink_event, NULL, NULL, 0, false},
    {"ocsf", ocsf_sink_finding, NULL, NULL, NULL, NULL, 0, false},
    {"asff", asff_sink_finding, NULL, NULL, NULL, NULL, 0, true},
    {"guardduty", guardduty_sink_finding, NULL, NULL, NULL, NULL, 0, true},
    {"dns", NULL, dns_sink_dns, NULL, NULL, NULL, 0, false},
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

    return OUTPUT_TEXT_MAX + (live ? DELIVER_BYTES_MAX : f ? f->kept_max : 0);
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
    s->table = table_new(ctx, !path);
    s->path = path ? strdup(path) : NULL;
    if (!s->format || !s->text || !s->table || (path && !s->path) ||
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

void sink_finding(struct sink *s, enum finding_state state, const struct finding *f, const struct about *about)
{
    if (s->format->finding)
        s->format->finding(s, state, f, about);
}

bool output_is_dns(const char *format)
{
    const struct format *f = find_format(format);

    return f && f->dns;
}

void sink_dns(struct sink *s, const struct dns_event *e)
{
    if (s->format->dns)
        s->format->dns(s, e);
}

void sink_event(struct sink *s, const struct sensor_event *e)
{
    if (s->format->event)
        s->format->event(s, e);
}

void sink_stats(struct sink *s, const struct sensor_event *e)
{
    if (s->format->stats)
        s->format->stats(s, e);
}

void sink_reopen(struct sink *s, int fd)
{
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
    if (s->format->end)
        s->format->end(s);
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
