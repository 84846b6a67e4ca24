/*
 * allow_files.c - site lists from disk. They are the operator's own text, as the configuration is, and read where it is.
 */
#include "config.h"

#include "role/allow_files.h"

#include "base/log.h"
#include "config/file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void complain(const struct conf *conf, const char *path, const char *fmt, ...) ATTR_PRINTF(3, 4);

static void complain(const struct conf *conf, const char *path, const char *fmt, ...)
{
    const struct conf_origin *from = &conf->site.allow_from;
    char what[300], line[16] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (from->line)
        snprintf(line, sizeof(line), ":%u", from->line);
    log_err("%s%s: site.allow: %s: %s", from->where ? from->where : "configuration", line, path, what);
}

static void say_fault(void *arg, const char *text)
{
    (void)arg;
    log_err("%s", text);
}

static bool read_open(struct allow *a, const struct conf *conf, const char *path, int fd)
{
    struct stat st;
    uint8_t *mem;
    ssize_t n;
    bool ok;

    if (fstat(fd, &st) != 0) {
        complain(conf, path, "%s", strerror(errno));
        return false;
    }
    if (!S_ISREG(st.st_mode)) {
        complain(conf, path, "is %s, expected a file with a site list (see countermine-feeds(5))",
                 S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
        return false;
    }
    mem = malloc(ALLOW_FILE_MAX + 1);
    if (!mem) {
        complain(conf, path, "not enough memory to read it");
        return false;
    }
    n = file_read(fd, mem, ALLOW_FILE_MAX + 1);
    ok = n >= 0 && (size_t)n <= ALLOW_FILE_MAX;
    if (n < 0)
        complain(conf, path, "%s", strerror(errno));
    else if (!ok)
        complain(conf, path, "has more than %zu bytes, expected a site list (see countermine-feeds(5))", ALLOW_FILE_MAX);
    ok = ok && allow_read(a, path, view_of(mem, (size_t)n), say_fault, NULL);
    free(mem);
    return ok;
}

static bool read_path(struct allow *a, const struct conf *conf, const char *path)
{
    /* Without O_NONBLOCK the start would wait for the other end of a named pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool ok;

    if (fd < 0) {
        complain(conf, path, "cannot be opened: %s", strerror(errno));
        return false;
    }
    ok = read_open(a, conf, path, fd);
    close(fd);
    return ok;
}

struct allow *allow_files_read(const struct conf *conf)
{
    struct allow *a = allow_new();
    bool ok = a;

    if (!a)
        log_err("site lists: not enough memory");
    for (uint32_t i = 0; a && i < conf->site.allow.n; i++)
        ok = read_path(a, conf, conf->site.allow.path[i]) && ok; /* all faults are said */
    if (ok)
        return a;
    allow_free(a);
    return NULL;
}
