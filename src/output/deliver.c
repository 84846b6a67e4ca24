/*
 * deliver.c - see deliver.h.
 *
 * A record is one write(). To a file it is whole or it is not there: what was written of it is cut off again. From a
 * pipe nothing can be taken back, so there the rest follows when it can. To a socket it goes as one message.
 */
#include "config.h"

#include "output/deliver.h"

#include "output/output.h"
#include "output/target.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_MAX 1000 /* records tried at once: some 10 ms, so that a long outage does not end in a long silence */

struct deliver {
    const struct target *target;
    int fd;
    bool regular; /* fd is a file on a disk */
    enum conf_fsync sync;
    bool dirty; /* written since the last sync */
    ns_t synced_ns;
    struct retain *waiting;
    uint64_t written, failed, unfit;
    int error; /* of the newest failure, 0 after a success */
};

enum attempt { ATTEMPT_DONE, ATTEMPT_LATER, ATTEMPT_NEVER };

static void take_fd(struct deliver *d, int fd)
{
    struct stat st;

    d->fd = fd;
    d->regular = !target_is_socket(d->target) && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

struct deliver *deliver_new(const struct target *t, int fd, enum conf_fsync sync)
{
    struct deliver *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    d->target = t;
    d->sync = sync;
    d->waiting = retain_new(RETAIN_RECORDS_MAX, RETAIN_BYTES_MAX);
    if (!d->waiting) {
        free(d);
        return NULL;
    }
    take_fd(d, fd);
    return d;
}

/*
 * Cuts off the n bytes that a failed write left behind size. Not when the file has another length by now: then somebody else
 * writes to it too, and the end is not ours.
 */
static bool cut_back(struct deliver *d, off_t size, size_t n)
{
    struct stat st;

    return d->regular && size >= 0 && fstat(d->fd, &st) == 0 && st.st_size == size + (off_t)n && ftruncate(d->fd, size) == 0;
}

/* One record; *taken is what is for good of one that must be tried later. */
static enum attempt try_record(struct deliver *d, struct view v, size_t *taken)
{
    struct stat st;
    off_t size = d->regular && fstat(d->fd, &st) == 0 ? st.st_size : -1;
    size_t at = 0;

    *taken = 0;
    while (at < v.n) { /* a second round tells the reason why the first was cut short */
        ssize_t n = target_write(d->target, d->fd, view_skip(v, at));

        if (n <= 0) {
            d->failed++;
            d->error = n < 0 ? errno : EIO;
            if (at > 0 && !cut_back(d, size, at))
                *taken = at;
            return d->error == EMSGSIZE ? ATTEMPT_NEVER : ATTEMPT_LATER;
        }
        at += (size_t)n;
    }
    d->written++;
    d->error = 0;
    d->dirty = true;
    return ATTEMPT_DONE;
}

static void sync_now(struct deliver *d)
{
    if (!d->dirty || !d->regular || d->sync == CONF_FSYNC_NEVER)
        return;
    d->dirty = false;
    if (fdatasync(d->fd) != 0 && errno != EINVAL && errno != ENOTSUP) { /* a file system that has none */
        d->failed++;
        d->error = errno;
    }
}

static void flush(struct deliver *d)
{
    struct view v;
    size_t taken;

    for (int i = 0; i < FLUSH_MAX && retain_head(d->waiting, &v); i++) {
        switch (try_record(d, v, &taken)) {
        case ATTEMPT_DONE: retain_advance(d->waiting, v.n); break;
        case ATTEMPT_NEVER: retain_drop(d->waiting); break;
        default: retain_advance(d->waiting, taken); return;
        }
    }
}

void deliver_put(struct deliver *d, enum retain_class class, struct view record)
{
    size_t taken;

    if (retain_waiting(d->waiting).records > 0) {
        retain_push(d->waiting, class, record);
        flush(d);
    } else {
        switch (try_record(d, record, &taken)) {
        case ATTEMPT_DONE: break;
        case ATTEMPT_NEVER: d->unfit++; break;
        default:
            if (retain_push(d->waiting, class, record))
                retain_advance(d->waiting, taken);
        }
    }
    if (d->sync == CONF_FSYNC_RECORD)
        sync_now(d);
}

void deliver_tick(struct deliver *d, ns_t now_ns)
{
    flush(d);
    if (d->sync == CONF_FSYNC_RECORD || now_ns - d->synced_ns >= NS_PER_SEC || now_ns < d->synced_ns) {
        sync_now(d);
        d->synced_ns = now_ns;
    }
}

static int close_fd(struct deliver *d)
{
    int fd = d->fd;

    d->fd = -1;
    return fd > STDERR_FILENO ? close(fd) : 0;
}

void deliver_reopen(struct deliver *d, int fd)
{
    sync_now(d);
    close_fd(d); /* whatever it says: what was written is written */
    take_fd(d, fd);
    retain_rewind(d->waiting); /* the first half of a record would be in the other one */
    flush(d);
}

void deliver_health(const struct deliver *d, struct sink_health *h)
{
    struct retain_count waiting = retain_waiting(d->waiting);

    *h = (struct sink_health){.written = d->written,
                              .failed = d->failed,
                              .waiting = waiting.records,
                              .waiting_bytes = waiting.bytes,
                              .lost = d->unfit + retain_lost_all(d->waiting),
                              .error = d->error};
}

int deliver_close(struct deliver *d)
{
    int error = 0;

    flush(d);
    sync_now(d);
    if (retain_waiting(d->waiting).records > 0 || d->error)
        error = d->error ? d->error : EIO;
    else if (d->unfit + retain_lost_all(d->waiting) > 0)
        error = ENOBUFS;
    if (close_fd(d) != 0 && !error)
        error = errno;
    return error;
}

void deliver_free(struct deliver *d)
{
    if (!d)
        return;
    if (d->fd >= 0)
        close_fd(d);
    retain_free(d->waiting);
    free(d);
}
