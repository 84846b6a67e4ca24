/*
 * target.c - parses targets and opens them.
 */
#include "config.h"

#include "output/target.h"

#include "base/out.h"
#include "base/parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEM_LOG "/dev/log"
#define TAIL_MAX 1048576 /* the longest record */

/* Of each of our lines, in some format; enough of it that no other program's line begins so. */
static const char *const record_begins[] = {
    "{\"event\":\"",
    "CEF:0|countermine|",
    "LEEF:2.0|countermine|",
    "{\"event_type\":\"alert\",\"alert\":{\"signature\":\"COUNTERMINE ", /* eve */
    "{\"event_type\":\"countermine\",",
    "{\"event\":{\"module\":\"countermine\",",                      /* ecs */
    "{\"metadata\":{\"product\":{\"vendor_name\":\"countermine\",", /* ocsf */
    "{\"SchemaVersion\":\"2018-10-08\",\"Id\":\"countermine/",      /* asff */
    "{\"source\":\"countermine\",",                                 /* guardduty */
};

/* --- parsing ------------------------------------------------------------------------------------ */

static bool refuse(char *why, size_t n_why, const char *expected, const char *given)
{
    struct out o = out_of(why, n_why);

    out_fmt(&o, "expected %s, not `%s'", expected, given);
    return false;
}

static bool parse_unix(struct target *t, const char *path, char *why, size_t n_why)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&t->addr;
    size_t n = strlen(path);

    if (path[0] != '/' && strncmp(path, "./", 2) != 0 && strncmp(path, "../", 3) != 0)
        return refuse(why, n_why, "the path of a socket, such as /dev/log, or udp:ADDRESS:PORT", path);
    if (n >= sizeof(un->sun_path))
        return refuse(why, n_why, "the path of a socket, which has at most 107 bytes", path);
    /* Both are links to each other, or one of them to whatever program is the system's log. */
    t->type = strcmp(path, SYSTEM_LOG) == 0 || strcmp(path, "/run/systemd/journal/dev-log") == 0 ? TARGET_SYSTEM_LOG
                                                                                                 : TARGET_UNIX_SYSLOG;
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, n + 1);
    t->n_addr = sizeof(*un);
    return true;
}

static bool set_address(struct target *t, const char *host, bool v6, uint16_t port)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&t->addr;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&t->addr;

    if (v6) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        t->n_addr = sizeof(*in6);
        return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
    }
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    t->n_addr = sizeof(*in);
    return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

/* text is what stands behind udp: and must be ADDRESS:PORT or [ADDRESS]:PORT. */
static bool parse_udp(struct target *t, const char *text, char *why, size_t n_why)
{
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    bool v6 = n >= 2 && text[0] == '[' && colon[-1] == ']';
    struct view host = v6 ? view_of(text + 1, n - 2) : view_of(text, n);
    char name[INET6_ADDRSTRLEN];
    uint64_t port;

    if (!n)
        return refuse(why, n_why, "ADDRESS:PORT or [ADDRESS]:PORT behind udp:", text);
    if (!parse_u64(view_str(colon + 1), &port) || port == 0 || port > UINT16_MAX)
        return refuse(why, n_why, "a port from 1 to 65535 behind the last colon", colon + 1);
    if (!v6 && memchr(host.p, ':', host.n))
        return refuse(why, n_why, "brackets around an IPv6 address: udp:[ADDRESS]:PORT", text);
    if (host.n >= sizeof(name))
        return refuse(why, n_why, "an address in digits, as names are not looked up", text);
    memcpy(name, host.p, host.n);
    name[host.n] = '\0';
    t->type = TARGET_UDP_SYSLOG;
    if (!set_address(t, name, v6, (uint16_t)port))
        return refuse(why, n_why, "an address in digits, as names are not looked up", text);
    return true;
}

bool target_parse(struct target *t, const char *format, const char *path, char *why, size_t n_why)
{
    *t = (struct target){.type = path ? TARGET_FILE : TARGET_STDOUT, .path = path};
    if (strcmp(format, "syslog") != 0)
        return true;
    t->path = path ? path : SYSTEM_LOG;
    if (strncmp(t->path, "udp:", 4) == 0)
        return parse_udp(t, t->path + 4, why, n_why);
    return parse_unix(t, t->path, why, n_why);
}

const char *target_name(const struct target *t)
{
    return t->path ? t->path : "standard output";
}

bool target_is_socket(const struct target *t)
{
    return t->n_addr > 0;
}

ssize_t target_write(const struct target *t, int fd, struct view v)
{
    ssize_t n;

    do { /* with the address each time, as who listens there may be another process by now */
        n = target_is_socket(t) ? sendto(fd, v.p, v.n, MSG_NOSIGNAL, (const struct sockaddr *)&t->addr, t->n_addr)
                                : write(fd, v.p, v.n);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* --- opening ------------------------------------------------------------------------------------ */

static int close_with(int fd, int error)
{
    close(fd);
    errno = error;
    return -1;
}

/*
 * Opens for writing. A file that this makes gets its mode by fchmod, as the umask may take away what a group that
 * reads findings needs; what was there before belongs to somebody, and keeps its mode.
 */
static int open_mode_0640(const char *path, int flags, int flags_if_there)
{
    int fd = open(path, flags | O_CREAT | O_EXCL, 0640);

    if (fd < 0 && errno == EEXIST)
        return open(path, flags | flags_if_there | O_CREAT, 0640);              /* also a link to a file not yet there */
    if (fd >= 0 && fchmod(fd, 0640) != 0 && errno != EPERM && errno != ENOTSUP) /* file systems without modes */
        return close_with(fd, errno);
    return fd;
}

/* What stands behind the last newline of a file; gives its length, or -1 when it is longer than the memory or cannot be read. */
static ssize_t read_tail(int fd, off_t size, char *tail, size_t n_tail)
{
    off_t from = size > (off_t)n_tail ? size - (off_t)n_tail : 0;
    ssize_t n = pread(fd, tail, n_tail, from), at = n;

    if (n != (ssize_t)(size - from))
        return -1;
    while (at > 0 && tail[at - 1] != '\n')
        at--;
    if (at == 0 && from > 0)
        return -1;
    memmove(tail, tail + at, (size_t)(n - at));
    return n - at;
}

static bool is_record_begin(struct view tail)
{
    for (size_t i = 0; i < ARRAY_LEN(record_begins); i++)
        if (view_starts(tail, record_begins[i]))
            return true;
    return false;
}

/*
 * A file whose last line has no end, as after a loss of power, would join it with our first record. What is certainly
 * the beginning of a record of ours is cut off; anything else gets its newline, as it is not ours to cut.
 */
static bool end_last_line(int fd, const char *path)
{
    static char tail[TAIL_MAX];
    struct stat st, again;
    int in;
    ssize_t n;

    if (fstat(fd, &st) != 0)
        return false;
    if (!S_ISREG(st.st_mode) || st.st_size == 0)
        return true;
    in = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (in < 0) /* may be written and not read: nothing is known of its end */
        return true;
    n = fstat(in, &again) == 0 && again.st_ino == st.st_ino && again.st_dev == st.st_dev
            ? read_tail(in, st.st_size, tail, sizeof(tail))
            : 0;
    close(in);
    if (n == 0)
        return true;
    if (is_record_begin(view_of(tail, n > 0 ? (size_t)n : 0)))
        return ftruncate(fd, st.st_size - n) == 0;
    return write(fd, "\n", 1) == 1;
}

/* A named pipe without reader is opened for reading too: then it takes what its pipe holds, and waits for one. */
static int open_append(const char *path)
{
    int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, fd = open_mode_0640(path, flags, 0);

    if (fd < 0 && errno == ENXIO)
        fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && !end_last_line(fd, path) && errno != ENOSPC && errno != EDQUOT) /* which passes */
        return close_with(fd, errno);
    return fd;
}

/*
 * A descriptor of our own on what standard output is. Opened anew where that can be, as O_NONBLOCK on the one that was
 * inherited would also hold for the shell; a socket cannot be opened anew.
 */
static int open_stdout(void)
{
    struct stat st;
    int fd, flags;

    if (fstat(STDOUT_FILENO, &st) != 0)
        return -1;
    if (S_ISREG(st.st_mode)) {
        flags = fcntl(STDOUT_FILENO, F_GETFL);
        if (flags < 0 || fcntl(STDOUT_FILENO, F_SETFL, flags | O_APPEND) != 0)
            return -1;
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0)
        return fd;
    fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd >= 0 && !S_ISCHR(st.st_mode) && ((flags = fcntl(fd, F_GETFL)) < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0))
        return close_with(fd, errno);
    return fd;
}

int target_open(const struct target *t, bool live)
{
    switch (t->type) {
    case TARGET_STDOUT: return live ? open_stdout() : STDOUT_FILENO;
    case TARGET_FILE: return live ? open_append(t->path) : open_mode_0640(t->path, O_WRONLY | O_CLOEXEC, O_TRUNC);
    default: return socket(t->addr.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | (live ? SOCK_NONBLOCK : 0), 0);
    }
}
