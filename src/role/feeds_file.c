/*
 * feeds_file.c - the bytes of lists: from files and standard input into memory, unseen.
 *
 * They are copied and not mapped: a file that its writer cuts short would end the program at the next page it touches.
 */
#include "config.h"

#include "role/feeds_part.h"

#include "base/log.h"
#include "base/out.h"
#include "config/file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void feeds_complain(const struct feeds_origin *origin, const char *path, const char *fmt, ...)
{
    char what[512], line[16] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    if (origin->fault[0] == '\0') {
        struct out o = out_of(origin->fault, FEEDS_FAULT_BYTES);

        out_fmt(&o, "%s: %s", path, what);
    }
    if (!origin->key) {
        log_err("%s: %s", path, what);
        return;
    }
    if (origin->from.line)
        snprintf(line, sizeof(line), ":%u", origin->from.line);
    log_err("%s%s: %s: %s: %s", origin->from.where ? origin->from.where : "configuration", line, origin->key, path, what);
}

int feeds_open(const struct feeds_origin *origin, const char *path, uint64_t max, uint64_t *n, ns_t *changed_ns)
{
    /* Without O_NONBLOCK the start would wait for the other end of a named pipe. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;

    if (fd < 0) {
        feeds_complain(origin, path, "cannot be opened: %s", strerror(errno));
        return -1;
    }
    if (fstat(fd, &st) != 0)
        feeds_complain(origin, path, "%s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        feeds_complain(origin, path, "is %s, expected a file (see countermine-feeds(5))",
                       S_ISDIR(st.st_mode) ? "a directory" : "no regular file");
    else if ((uint64_t)st.st_size > max)
        feeds_complain(origin, path, "has %lld bytes, at most %llu are read: divide it", (long long)st.st_size,
                       (unsigned long long)max);
    else {
        *n = (uint64_t)st.st_size;
        *changed_ns = (ns_t)st.st_mtim.tv_sec * NS_PER_SEC + st.st_mtim.tv_nsec;
        return fd;
    }
    close(fd);
    return -1;
}

/* A stream of unknown length. NULL with a message. */
static uint8_t *read_stream(struct feeds_source *s, int fd, size_t *n)
{
    size_t cap = (size_t)1 << 20;
    uint8_t *mem = NULL, *more;
    ssize_t got;

    *n = 0;
    for (;;) {
        more = realloc(mem, cap);
        got = more ? file_read(fd, more + *n, cap - *n) : -1;
        if (got < 0) {
            feeds_complain(&s->origin, s->spec.path, "%s", more ? strerror(errno) : "not enough memory to read it");
            free(more ? more : mem);
            return NULL;
        }
        mem = more;
        *n += (size_t)got;
        if (*n < cap)
            return mem;
        if (cap > FEEDS_FILE_MAX) {
            feeds_complain(&s->origin, s->spec.path, "has more than %zu bytes: divide it", FEEDS_FILE_MAX);
            free(mem);
            return NULL;
        }
        cap = cap * 2 > FEEDS_FILE_MAX ? FEEDS_FILE_MAX + 1 : cap * 2;
    }
}

static uint8_t *read_file(struct feeds_source *s, size_t *n)
{
    uint64_t size;
    int fd = feeds_open(&s->origin, s->spec.path, FEEDS_FILE_MAX, &size, &s->changed_ns);
    uint8_t *mem;
    ssize_t got;

    if (fd < 0)
        return NULL;
    mem = malloc((size_t)size + 1);
    got = mem ? file_read(fd, mem, (size_t)size) : -1;
    if (got < 0) {
        feeds_complain(&s->origin, s->spec.path, "%s", mem ? strerror(errno) : "not enough memory to read it");
        free(mem);
        mem = NULL;
    }
    *n = got < 0 ? 0 : (size_t)got;
    close(fd);
    return mem;
}

bool feeds_file_read(struct feeds_source *s)
{
    size_t n = 0;

    s->mem = strcmp(s->spec.path, "-") == 0 ? read_stream(s, STDIN_FILENO, &n) : read_file(s, &n);
    s->text = view_of(s->mem, n);
    return s->mem != NULL;
}

/* Where the distributions have it: package publicsuffix of Debian, publicsuffix-list of Fedora. */
#define SUFFIXES_FILE "/usr/share/publicsuffix/public_suffix_list.dat"
#define SUFFIXES_MAX ((uint64_t)16 << 20) /* bytes; it had 240 KiB in 2023 */

/* The list as text, which becomes the caller's in *mem; empty, with *mem NULL, when there is none. */
static struct view read_suffixes(uint8_t **mem)
{
    int fd = open(SUFFIXES_FILE, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    ssize_t n = 0;

    *mem = NULL;
    if (fd < 0)
        return view_of(NULL, 0);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= SUFFIXES_MAX)
        *mem = malloc((size_t)st.st_size + 1);
    if (*mem)
        n = file_read(fd, *mem, (size_t)st.st_size);
    if (n < 0) {
        free(*mem);
        *mem = NULL;
        n = 0;
    }
    close(fd);
    return view_of(*mem, (size_t)n);
}

struct list_never *feeds_never_new(uint64_t seed, bool with_names)
{
    struct list_never *never = list_never_new(with_names ? feeds_builtin[FEEDS_NEVER].text : view_str(""), seed);
    uint8_t *mem;
    struct view suffixes = read_suffixes(&mem);

    if (never && suffixes.n > 0 && !list_never_suffixes(never, suffixes, seed))
        log_warn("feeds: " SUFFIXES_FILE ": is no list of public suffixes: the one inside of libpsl is used");
    free(mem);
    return never;
}
