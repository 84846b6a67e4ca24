/*
 * compile.c - countermine-feed compile: lists to an image in a file.
 *
 * The image is written beside its place and moved there when it is whole and on the disk: a sensor that starts meanwhile
 * finds the old one or the new one.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/log.h"
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static bool write_all(int fd, const void *mem, size_t n)
{
    const char *p = mem;

    while (n > 0) {
        ssize_t got = write(fd, p, n);

        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
    return true;
}

static bool write_image(const struct feed *f, const char *path)
{
    char part[CONF_PATH_MAX + 8];
    struct out o = out_of(part, sizeof(part));
    bool ok = false;
    int fd;

    out_fmt(&o, "%s.part", path);
    if (o.full) {
        log_err("%s: the path is too long", path);
        return false;
    }
    unlink(part); /* what a run that was killed has left */
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd >= 0) {
        ok = write_all(fd, f, feed_bytes(f)) && fsync(fd) == 0;
        ok = close(fd) == 0 && ok && rename(part, path) == 0;
    }
    if (ok)
        return true;
    log_err("%s: cannot be written: %s", path, strerror(errno));
    if (fd >= 0)
        unlink(part);
    return false;
}

int compile_run(struct tool *t)
{
    struct feeds *feeds;
    int status;
    const struct feed *f = tool_load(t, (const char *const *)t->operands, t->n_operands, &feeds, &status);

    if (f) {
        status = TOOL_YES;
        if (!t->quiet) {
            tool_report(feeds_outcome(feeds));
            fprintf(stderr, "%u names and endpoints, %zu bytes\n", feed_n_listed(f), feed_bytes(f));
        }
        if (t->output && !write_image(f, t->output))
            status = TOOL_TROUBLE;
    }
    feeds_free(feeds);
    return status;
}
