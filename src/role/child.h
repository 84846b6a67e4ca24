/*
 * child.h - starting a process, and the parent's end of its control socket.
 */
#ifndef ROLE_CHILD_H
#define ROLE_CHILD_H

#include "base/base.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child {
    pid_t pid;    /* 0 = there is none */
    int control;  /* the parent's end; -1 when there is none */
    bool ready;   /* it said so */
    ns_t beat_ns; /* monotonic time of its newest sign of life */
};

#define CHILD_NONE      \
    {                   \
        0, -1, false, 0 \
    }

/* What the process does: control is its end of the socket. Gives the exit status. */
typedef int child_main(void *arg, int control);

/*
 * Forks. The new process ignores the signals that are the parent's to handle, logs through its control socket, and
 * runs main(arg, control). False with a message in the log when it cannot be started.
 */
bool child_start(struct child *c, child_main *main, void *arg, ns_t now_ns);

/* Closes the control socket and forgets the process, which was waited for. */
void child_forget(struct child *c);

/* How a process ended, for messages: "exited with status 1", "was killed by signal 11 (Segmentation fault)". */
void child_describe_end(int status, char *text, size_t n);

#endif
