/*
 * sandbox.c - the order in which a process gives up memory, rights, descriptors, files and system calls: each step
 * takes away what the next one does not need.
 *
 * Several parts refuse the same thing on purpose. Opening a file needs a rule of Landlock (there is
 * none), and a system call (it kills); signals to others need the same two, and another user's process is out of
 * reach anyway.
 */
#include "config.h"

#include "role/sandbox.h"

#include "base/base.h"
#include "base/log.h"
#include "base/out.h"
#include "role/landlock.h"
#include "role/privileges.h"
#include "role/syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN true
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN false
#endif

/* Descriptors that may be there at once besides those kept: images of lists and pipes of unpackers arrive and are closed... */
#define ARRIVING_WORKER 16
/* ... and 64 connections to the status socket, outputs and sockets of restarted workers, and the event loop's own. */
#define ARRIVING_REPORT 256

/*
 * JAIL_GEO: the library goes down into what is nested by recursion. The report has 8 MiB or whatever the administrator gives;
 * what passes the check with an eighth of the usual passes there. And what nobody made to be slow is checked in seconds.
 */
#define GEO_STACK_BYTES (1U << 20)
#define GEO_CPU_S 60

const bool sandbox_is_whole = !WITH_ASAN;

struct jail_fds jail_fds_none(void)
{
    return (struct jail_fds){
        .input = -1, .output = -1, .evidence = -1, .control = -1, .state = {-1, -1}, .status_listen = -1, .processes = -1};
}

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static size_t append(int *to, size_t n, const int *from, size_t n_from)
{
    for (size_t i = 0; i < n_from; i++)
        if (from[i] >= 0)
            to[n++] = from[i];
    return n;
}

/* Gives all descriptors to keep, sorted, for free(); NULL when memory is short. */
static int *list_kept(const struct jail_fds *fds, size_t *n)
{
    const int single[] = {fds->evidence, fds->control, fds->state[0], fds->state[1], fds->status_listen, fds->processes};
    int *kept = malloc((ARRAY_LEN(single) + fds->n_capture + fds->n_udp + fds->n_inputs + fds->n_outputs + fds->n_syslog) *
                       sizeof(*kept));

    if (!kept)
        return NULL;
    *n = append(kept, 0, single, ARRAY_LEN(single));
    *n = append(kept, *n, fds->capture, fds->n_capture);
    *n = append(kept, *n, fds->udp, fds->n_udp);
    *n = append(kept, *n, fds->inputs, fds->n_inputs);
    *n = append(kept, *n, fds->outputs, fds->n_outputs);
    *n = append(kept, *n, fds->syslog, fds->n_syslog);
    if (*n > 0)
        qsort(kept, *n, sizeof(*kept), by_number);
    return kept;
}

/* Closes first to last, both too. */
static bool close_between(unsigned first, unsigned last)
{
    long n;

    if (first > last || close_range(first, last, 0) == 0)
        return true;
    n = sysconf(_SC_OPEN_MAX); /* Linux before 5.9 */
    for (unsigned fd = first; (long)fd < n && fd <= last; fd++)
        close((int)fd); /* most are not open */
    return n > 0;
}

static bool close_all_but(const int *kept, size_t n)
{
    unsigned from = STDERR_FILENO + 1;
    bool ok = true;

    for (size_t i = 0; i < n; i++) {
        if ((unsigned)kept[i] < from)
            continue;
        ok = close_between(from, (unsigned)kept[i] - 1) && ok;
        from = (unsigned)kept[i] + 1;
    }
    return close_between(from, ~0U) && ok;
}

/* Lets those of 0, 1 and 2 that are not kept lead to /dev/null. */
static bool fill_standard(const int *kept, size_t n)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool ok = null >= 0;

    for (int fd = 0; ok && fd <= STDERR_FILENO; fd++) {
        bool is_kept = fd == STDERR_FILENO && WITH_ASAN;

        for (size_t i = 0; i < n; i++)
            is_kept = is_kept || kept[i] == fd;
        ok = is_kept || fd == null || dup2(null, fd) >= 0;
    }
    return ok; /* null itself, if it is none of the three, goes with all that is not kept */
}

/* Keeps what is named under its number; gives the highest number in *last. */
static bool keep_descriptors(const struct jail_fds *fds, int *last)
{
    size_t n = 0;
    int *kept = list_kept(fds, &n);
    bool ok = kept && fill_standard(kept, n) && close_all_but(kept, n);

    *last = n > 0 && ok && kept[n - 1] > STDERR_FILENO ? kept[n - 1] : STDERR_FILENO;
    free(kept);
    return ok;
}

/* Makes 0 and 1 of two that may be any number, 0 and 1 too when the program was started with these closed. */
static bool keep_pair(int in_fd, int out_fd)
{
    int in = in_fd >= 0 ? fcntl(in_fd, F_DUPFD, STDERR_FILENO + 1) : open("/dev/null", O_RDONLY | O_CLOEXEC);
    int out = fcntl(out_fd, F_DUPFD, STDERR_FILENO + 1);

    return in >= 0 && out >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
           close_between(STDOUT_FILENO + 1 + WITH_ASAN, ~0U);
}

static bool limit(int what, rlim_t to)
{
    struct rlimit now;

    if (getrlimit((__rlimit_resource_t)what, &now) != 0)
        return false;
    if (to > now.rlim_max)
        to = now.rlim_max;
    return setrlimit((__rlimit_resource_t)what, &(struct rlimit){to, to}) == 0;
}

/* Bytes of address space in use; 0 when not known. */
static unsigned long long address_space(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;

    if (!f)
        return 0;
    if (fscanf(f, "%llu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

/*
 * Where /proc is not mounted the cap on memory is left out; the libraries have their own
 * (capture/codec.h). RLIMIT_DATA would not do either: it counts the same things in the same way.
 */
static bool limit_memory(unsigned long long memory_max)
{
    unsigned long long now = WITH_ASAN || memory_max == 0 ? 0 : address_space();

    return now == 0 || limit(RLIMIT_AS, (rlim_t)(now + memory_max));
}

static bool limit_work(enum jail_role role)
{
    return role != JAIL_GEO || (limit(RLIMIT_STACK, GEO_STACK_BYTES) && limit(RLIMIT_CPU, GEO_CPU_S));
}

static bool enter_descriptors(enum jail_role role, const struct jail_fds *fds, rlim_t *n_max)
{
    int last;

    if (role == JAIL_UNPACKER) {
        *n_max = 0;
        return keep_pair(fds->input, fds->output);
    }
    if (!keep_descriptors(fds, &last))
        return false;
    *n_max = (rlim_t)last + 1 + (role == JAIL_REPORT ? ARRIVING_REPORT : ARRIVING_WORKER);
    return true;
}

/* Says why a step failed; gives false. */
static bool failed(struct out *why, const char *step, int error)
{
    out_fmt(why, "the jail could not be made: %s: %s", step, strerror(error));
    return false;
}

/* A part is not there; gives whether to go on without it. */
static bool lacking(struct out *why, enum conf_sandbox sandbox, const char *part, const char *needs, int error)
{
    out_fmt(why, "%s%s is missing: %s (%s)", why->n > 0 ? "; " : "", part, strerror(error), needs);
    if (sandbox == CONF_SANDBOX_BEST_EFFORT)
        return true;
    out_str(why, "; process.sandbox = best-effort goes on without it");
    return false;
}

static bool lacking_landlock(struct out *why, enum conf_sandbox sandbox, int error)
{
    return lacking(why, sandbox, "Landlock", "Linux 5.13 or newer with landlock among its security modules", error);
}

static bool lacking_filter(struct out *why, enum conf_sandbox sandbox, int error)
{
    return lacking(why, sandbox, "the system call filter", "Linux 4.14 or newer with CONFIG_SECCOMP_FILTER", error);
}

/* Whether the error of a part says that the kernel has it not. Also EPERM: containers refuse what they do not know so. */
static bool is_absent(int error)
{
    return error == ENOSYS || error == EOPNOTSUPP || error == EINVAL || error == EPERM;
}

static bool enter_landlock(uint16_t port, enum conf_sandbox sandbox, struct out *why)
{
    int error = -landlock_enter(port);

    if (error == 0)
        return true;
    return is_absent(error) ? lacking_landlock(why, sandbox, error) : failed(why, "Landlock", error);
}

static bool enter_filter(enum jail_role role, const struct jail_fds *fds, enum conf_sandbox sandbox, struct out *why)
{
    int error = WITH_ASAN ? 0 : -syscall_filter_possible();

    if (error != 0)
        return lacking_filter(why, sandbox, error);
    if (!WITH_ASAN)
        error = -syscall_filter_enter(role, fds);
    return error == 0 || failed(why, "the system call filter", error);
}

bool jail_enter(enum jail_role role, const struct jail_fds *fds, enum conf_sandbox sandbox, unsigned long long memory_max,
                char *why, size_t n_why)
{
    struct out o = out_of(why, n_why);
    rlim_t n_max;
    int error;

    /* The C library reads /etc/localtime when it first makes a date of a time, even in UTC. */
    tzset();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed(&o, "no_new_privs", errno);
    if (role == JAIL_PARENT)
        return enter_filter(role, fds, sandbox, &o);
    if (!limit_memory(memory_max))
        return failed(&o, "the cap on memory", errno);
    error = role == JAIL_PROCESSES ? -capabilities_keep_to_look() : -capabilities_keep(false);
    if (error != 0)
        return failed(&o, "capabilities", error);
    if (!enter_descriptors(role, fds, &n_max))
        return failed(&o, "descriptors", errno);
    /* Who is in a domain of Landlock may look at no process outside of it. */
    if (role != JAIL_PROCESSES && !enter_landlock(role == JAIL_FETCH ? fds->port : 0, sandbox, &o))
        return false;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return failed(&o, "PR_SET_DUMPABLE", errno);
    if (!limit_work(role) || !limit(RLIMIT_CORE, 0) || !limit(RLIMIT_NPROC, 0) || !limit(RLIMIT_NOFILE, n_max))
        return failed(&o, "limits", errno);
    return enter_filter(role, fds, sandbox, &o);
}

bool jail_possible(enum conf_sandbox sandbox, char *why, size_t n_why)
{
    struct out o = out_of(why, n_why);
    int version = landlock_version(), error = WITH_ASAN ? 0 : -syscall_filter_possible();
    bool ok = version > 0 || lacking_landlock(&o, sandbox, -version);

    return (error == 0 || lacking_filter(&o, sandbox, error)) && ok;
}

bool jail_said_possible(enum conf_sandbox sandbox)
{
    char why[256] = "";
    bool ok = jail_possible(sandbox, why, sizeof(why));

    if (!ok)
        log_err("%s; process.sandbox=best-effort goes on without that", why);
    else if (why[0])
        log_warn("the jail lacks a part: %s", why);
    return ok;
}
