/*
 * child.c - fork, and what every process of ours begins with.
 */
#include "config.h"

#include "role/child.h"

#include "base/out.h"
#include "role/ipc.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* They come to the whole group when somebody types ^C; the parent tells its children what to do. */
static const int parents_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE};

static void begin(int control)
{
    sigset_t none;

    for (size_t i = 0; i < ARRAY_LEN(parents_signals); i++)
        signal(parents_signals[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    ipc_log_to(control);
}

bool child_start(struct child *c, child_main *main, void *arg, ns_t now_ns)
{
    int pair[2];
    pid_t pid;

    if (!ipc_pair(pair)) {
        log_err("a process could not be started: socketpair: %s", strerror(errno));
        return false;
    }
    pid = fork();
    if (pid == 0) {
        begin(pair[1]);
        _exit(main(arg, pair[1]));
    }
    close(pair[1]);
    if (pid < 0) {
        log_err("a process could not be started: fork: %s", strerror(errno));
        close(pair[0]);
        return false;
    }
    *c = (struct child){pid, pair[0], false, now_ns};
    return true;
}

void child_forget(struct child *c)
{
    if (c->control >= 0)
        close(c->control);
    *c = (struct child)CHILD_NONE;
}

void child_describe_end(int status, char *text, size_t n)
{
    struct out o = out_of(text, n);

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        out_str(&o, "was stopped by its jail: it made a system call that it may not make");
    else if (WIFSIGNALED(status))
        out_fmt(&o, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        out_fmt(&o, "exited with status %d", WEXITSTATUS(status));
}
