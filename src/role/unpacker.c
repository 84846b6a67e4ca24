/*
 * unpacker.c - one process for each compressed capture being read: fork, jail, unpack into a pipe.
 *
 * The decompressors are large libraries that read hostile bytes. In a process of their own a fault in
 * one of them costs that file. There is no exec: the child has what it needs, and could not start a
 * program anyway. How it ended comes back as its exit status, how far it got in a page that both share;
 * the page is believed in nothing that matters.
 *
 * Not chosen: one process that unpacks all files, which an evil one could make lie about the others; and
 * threads, which share memory with what they must not touch.
 */
#include "config.h"

#include "role/unpacker.h"

#include "base/out.h"
#include "role/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_SIZE (1 << 20)       /* bytes; what an ordinary user may ask for. It lets the two run apart for a while */
#define EXIT_MS 5000              /* that a process may take from its last byte to its end */
#define MEMORY_MAX (512ULL << 20) /* bytes: both limits of capture/codec.h, and as much again */

static void say(struct unpack_fault *fault, const char *what, int error)
{
    struct out o = out_of(fault->text, sizeof(fault->text));

    out_fmt(&o, "unpacking could not be started: %s: %s", what, strerror(error));
    fault->has_offset = false;
}

/* The child. Never returns. */
static void unpack(const struct unpacking *u, enum conf_sandbox sandbox, struct view head, struct jail_fds fds, pid_t parent)
{
    enum unpack_result result = UNPACK_JAIL;
    char why[256];

    signal(SIGPIPE, SIG_DFL); /* who reads is gone: so is the reason to go on */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent &&
        jail_enter(JAIL_UNPACKER, &fds, sandbox, MEMORY_MAX, why, sizeof(why)))
        result = unpack_run(u->format, head, STDIN_FILENO, STDOUT_FILENO, &u->limits, u->progress);
    else
        u->progress->error = errno;
    _exit((int)result);
}

bool unpacker_begin(const struct unpack_ops *ops, struct unpack_progress *progress, struct unpacking *u,
                    enum codec_format format, struct view head, int fd, struct unpack_fault *fault)
{
    pid_t self = getpid();
    struct jail_fds fds = jail_fds_none();
    int ends[2];

    *u = (struct unpacking){.fd = -1, .format = format, .limits = ops->limits, .progress = progress};
    fault->has_offset = false;
    if (!jail_possible(ops->sandbox, fault->text, sizeof(fault->text)))
        return false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        say(fault, "pipe", errno);
        return false;
    }
    /* Refused when the user has many large pipes already; the ordinary size is slower and does too. */
    (void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    fds.input = fd;
    fds.output = ends[1];
    u->pid = fork();
    if (u->pid == 0)
        unpack(u, ops->sandbox, head, fds, self);
    if (u->pid < 0)
        say(fault, "fork", errno);
    close(ends[1]);
    u->fd = ends[0];
    if (u->pid > 0)
        return true;
    close(ends[0]);
    *u = (struct unpacking){.fd = -1};
    return false;
}

static void release(struct unpacking *u)
{
    if (u->progress)
        munmap(u->progress, sizeof(*u->progress));
    *u = (struct unpacking){.fd = -1};
}

static bool unpacker_start(const struct unpack_ops *ops, struct unpacking *u, enum codec_format format, struct view head,
                           int fd, struct unpack_fault *fault)
{
    void *page = mmap(NULL, sizeof(*u->progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    *u = (struct unpacking){.fd = -1};
    if (page == MAP_FAILED) {
        say(fault, "mmap", errno);
        return false;
    }
    if (unpacker_begin(ops, page, u, format, head, fd, fault))
        return true;
    munmap(page, sizeof(*u->progress));
    return false;
}

/* Says how the process ended: by itself with a result, or killed. */
static void describe_end(int status, const struct unpacking *u, struct unpack_fault *fault)
{
    struct out o = out_of(fault->text, sizeof(fault->text));

    if (WIFEXITED(status)) {
        unpack_describe((enum unpack_result)WEXITSTATUS(status), u, fault);
        return;
    }
    fault->has_offset = false;
    if (WTERMSIG(status) == SIGSYS)
        out_str(&o, "the process that unpacks it was stopped by its jail: this file attacks the unpacker, or the jail is too "
                    "narrow");
    else
        out_fmt(&o, "the process that unpacks it was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
}

int unpacker_wait(struct unpacking *u, bool stop)
{
    pid_t got;
    int status = 0;

    if (u->fd >= 0)
        close(u->fd);
    u->fd = -1;
    /* Who closed its end is about to exit; who did not, though it was said to have, gets no more time than this. */
    for (int ms = 0; !stop && ms < EXIT_MS; ms++) {
        got = waitpid(u->pid, &status, WNOHANG);
        if (got == u->pid)
            return status;
        if (got < 0)
            break;
        usleep(ms < 10 ? 100 : 1000);
    }
    kill(u->pid, SIGKILL);
    do
        got = waitpid(u->pid, &status, 0);
    while (got < 0 && errno == EINTR);
    return got == u->pid ? status : SIGKILL; /* somebody else waited for it: nobody knows */
}

bool unpacker_judge(int status, const struct unpacking *u, bool at_end, struct unpack_fault *fault)
{
    if (!at_end || (WIFEXITED(status) && WEXITSTATUS(status) == UNPACK_DONE))
        return true;
    describe_end(status, u, fault);
    return false;
}

static bool unpacker_end(struct unpacking *u, bool at_end, struct unpack_fault *fault)
{
    bool ok = unpacker_judge(unpacker_wait(u, !at_end), u, at_end, fault);

    release(u);
    return ok;
}

struct unpack_ops unpacker_ops(const struct unpack_limits *limits, enum conf_sandbox sandbox)
{
    /* Whoever started the program may have left SIGCHLD ignored, and then nobody would be told of the ends. */
    signal(SIGCHLD, SIG_DFL);
    return (struct unpack_ops){.limits = *limits, .sandbox = sandbox, .start = unpacker_start, .end = unpacker_end};
}
