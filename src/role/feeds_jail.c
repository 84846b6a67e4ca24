/*
 * feeds_jail.c - fork, jail, work, and its end.
 */
#include "config.h"

#include "role/feeds_jail.h"

#include "base/log.h"
#include "role/ipc.h"
#include "role/sandbox.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* A child_main. */
static int jailed(void *arg, int control)
{
    const struct feeds_jail *j = arg;
    struct jail_fds keep = jail_fds_none();
    char why[200];

    keep.control = control;
    if (!jail_enter(JAIL_COMPILER, &keep, j->sandbox, FEEDS_JAIL_MEMORY, why, sizeof(why))) {
        log_err("the process that compiles the lists: %s", why);
        return EXIT_FAILURE;
    }
    return j->work(j->arg) ? EXIT_SUCCESS : EXIT_FAILURE;
}

bool feeds_jail_start(struct feeds_jail *j, feeds_work *work, void *arg, enum conf_sandbox sandbox)
{
    *j = (struct feeds_jail){.child = CHILD_NONE, .work = work, .arg = arg, .sandbox = sandbox};
    return child_start(&j->child, jailed, j, 0);
}

/* Waits for the end of the process, whose socket was closed: it has exited or is about to. */
static enum feeds_jail_state bury(struct feeds_jail *j)
{
    char how[120];
    int status = j->status;
    pid_t pid = j->child.pid;

    while (!j->has_ended && (pid = waitpid(j->child.pid, &status, 0)) < 0 && errno == EINTR)
        ;
    child_forget(&j->child);
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return FEEDS_JAIL_DONE;
    child_describe_end(status, how, sizeof(how));
    if (WIFSIGNALED(status) && !j->is_given_up)
        log_err("feeds: the process that compiles the lists %s", how);
    return FEEDS_JAIL_FAILED;
}

bool feeds_jail_ended(struct feeds_jail *j, pid_t pid, int status)
{
    if (j->child.pid != pid)
        return false;
    j->has_ended = true;
    j->status = status;
    return true;
}

enum feeds_jail_state feeds_jail_step(struct feeds_jail *j, bool wait)
{
    static struct ipc_message m;
    enum ipc_result got;

    while ((got = ipc_receive(j->child.control, &m, NULL, false)) != IPC_EOF) {
        if (got == IPC_GOT && m.head.type == IPC_LOG)
            ipc_log_print(&m);
        if (got == IPC_NONE && !wait)
            return FEEDS_JAIL_RUNS;
        if (got == IPC_NONE && poll(&(struct pollfd){.fd = j->child.control, .events = POLLIN}, 1, -1) < 0 && errno != EINTR)
            break;
    }
    return bury(j);
}

bool feeds_jail_run(feeds_work *work, void *arg, enum conf_sandbox sandbox)
{
    struct feeds_jail j;

    return feeds_jail_start(&j, work, arg, sandbox) && feeds_jail_step(&j, true) == FEEDS_JAIL_DONE;
}

void *feeds_share(size_t n)
{
    void *mem = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return mem == MAP_FAILED ? NULL : mem;
}

void feeds_unshare(void *mem, size_t n)
{
    if (mem)
        munmap(mem, n);
}
