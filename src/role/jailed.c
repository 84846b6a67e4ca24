/*
 * jailed.c - fork, jail, work, and its end.
 */
#include "config.h"

#include "role/jailed.h"

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
    const struct jailed *j = arg;
    struct jail_fds keep = jail_fds_none();
    char why[200];

    keep.control = control;
    keep.inputs = &j->as.input;
    keep.n_inputs = 1;
    keep.port = j->as.port;
    if (!jail_enter(j->as.role, &keep, j->sandbox, j->as.memory, why, sizeof(why))) {
        log_err("the process that %s: %s", j->as.what, why);
        return EXIT_FAILURE;
    }
    return j->work(j->arg) ? EXIT_SUCCESS : EXIT_FAILURE;
}

bool jailed_start_as(struct jailed *j, const struct jailed_as *as, jailed_work *work, void *arg, enum conf_sandbox sandbox)
{
    *j = (struct jailed){.child = CHILD_NONE, .work = work, .arg = arg, .sandbox = sandbox, .as = *as};
    return child_start(&j->child, jailed, j, 0);
}

bool jailed_start(struct jailed *j, const char *what, jailed_work *work, void *arg, enum conf_sandbox sandbox)
{
    const struct jailed_as as = {.role = JAIL_COMPILER, .input = -1, .memory = JAILED_MEMORY, .what = what};

    return jailed_start_as(j, &as, work, arg, sandbox);
}

/* Waits for the end of the process, whose socket was closed: it has exited or is about to. */
static enum jailed_state bury(struct jailed *j)
{
    char how[120];
    int status = j->status;
    pid_t pid = j->child.pid;

    while (!j->has_ended && (pid = waitpid(j->child.pid, &status, 0)) < 0 && errno == EINTR)
        ;
    child_forget(&j->child);
    j->status = status;
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
        return JAILED_DONE;
    child_describe_end(status, how, sizeof(how));
    if (WIFSIGNALED(status) && !j->is_given_up)
        log_err("the process that %s %s", j->as.what, how);
    return JAILED_FAILED;
}

bool jailed_ended(struct jailed *j, pid_t pid, int status)
{
    if (j->child.pid != pid)
        return false;
    j->has_ended = true;
    j->status = status;
    return true;
}

enum jailed_state jailed_step(struct jailed *j, bool wait)
{
    static struct ipc_message m;
    enum ipc_result got;

    while ((got = ipc_receive(j->child.control, &m, NULL, false)) != IPC_EOF) {
        if (got == IPC_GOT && m.head.type == IPC_LOG)
            ipc_log_print(&m);
        if (got == IPC_NONE && !wait)
            return JAILED_RUNS;
        if (got == IPC_NONE && poll(&(struct pollfd){.fd = j->child.control, .events = POLLIN}, 1, -1) < 0 && errno != EINTR)
            break;
    }
    return bury(j);
}

bool jailed_run(const char *what, jailed_work *work, void *arg, enum conf_sandbox sandbox)
{
    struct jailed j;

    return jailed_start(&j, what, work, arg, sandbox) && jailed_step(&j, true) == JAILED_DONE;
}

void *jailed_share(size_t n)
{
    void *mem = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return mem == MAP_FAILED ? NULL : mem;
}

void jailed_unshare(void *mem, size_t n)
{
    if (mem)
        munmap(mem, n);
}
