/*
 * output.c - sinks: opening, writing, errors.
 */
#include "config.h"

#include "output/output.h"

#include "base/out.h"
#include "output/json.h"
#include "output/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct sink {
    const struct format *format;
    const struct output_context *ctx;
    char *path; /* NULL = standard output */
    int fd;
    int error; /* errno of the first failure */
    struct table *table;
    char *text; /* OUTPUT_TEXT_MAX bytes */
};

struct format {
    const char *name;
    void (*finding)(struct sink *s, enum finding_state state, const struct finding *f);
    void (*end)(struct sink *s); /* or NULL */
    uint64_t kept_max;           /* bytes of findings kept until the end */
};

const char *const output_formats = "json, table";

/* Writes all of it: a record is one write() unless the kernel takes less. */
static void put(struct sink *s, struct view v)
{
    while (v.n > 0 && !s->error) {
        ssize_t n = write(s->fd, v.p, v.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            s->error = errno;
        else
            v = view_skip(v, (size_t)n);
    }
}

static void json_sink_finding(struct sink *s, enum finding_state state, const struct finding *f)
{
    struct out o = out_of(s->text, OUTPUT_TEXT_MAX);

    json_finding(&o, state, f, s->ctx);
    if (o.full)
        s->error = s->error ? s->error : EMSGSIZE; /* cannot be: see OUTPUT_TEXT_MAX */
    else
        put(s, out_view(&o));
}

static void table_sink_finding(struct sink *s, enum finding_state state, const struct finding *f)
{
    if (state == FINDING_CLOSED && !table_add(s->table, f) && !s->error)
        s->error = ENOMEM;
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

static const struct format formats[] = {
    {"json", json_sink_finding, NULL, 0},
    {"table", table_sink_finding, table_sink_end, TABLE_BYTES_MAX},
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

uint64_t output_memory_max(const char *format)
{
    const struct format *f = find_format(format);

    return OUTPUT_TEXT_MAX + (f ? f->kept_max : 0);
}

/*
 * Opens for writing. A file that this makes gets its mode by fchmod, as the umask may take away what a group that
 * reads findings needs; what was there before belongs to somebody, and keeps its mode.
 */
static int open_path(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

    if (fd < 0 && errno == EEXIST)
        return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);        /* also a link to a file not yet there */
    if (fd >= 0 && fchmod(fd, 0640) != 0 && errno != EPERM && errno != ENOTSUP) { /* file systems without modes */
        int why = errno;

        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

struct sink *sink_new(const char *format, const char *path, const struct output_context *ctx)
{
    struct sink *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    s->ctx = ctx;
    s->fd = STDOUT_FILENO;
    s->format = find_format(format);
    s->text = malloc(OUTPUT_TEXT_MAX);
    s->table = table_new(path ? NULL : ctx);
    if (path) {
        s->path = strdup(path);
        s->fd = open_path(path);
    }
    if (!s->format || !s->text || !s->table || (path && (!s->path || s->fd < 0))) {
        int why = errno;

        sink_free(s);
        errno = why;
        return NULL;
    }
    return s;
}

void sink_finding(struct sink *s, enum finding_state state, const struct finding *f)
{
    s->format->finding(s, state, f);
}

int sink_close(struct sink *s)
{
    if (s->format->end)
        s->format->end(s);
    if (s->path && close(s->fd) != 0 && !s->error)
        s->error = errno;
    s->fd = -1;
    return s->error;
}

const char *sink_path(const struct sink *s)
{
    return s->path ? s->path : "standard output";
}

void sink_free(struct sink *s)
{
    if (!s)
        return;
    if (s->path && s->fd >= 0)
        close(s->fd);
    table_free(s->table);
    free(s->path);
    free(s->text);
    free(s);
}
