/*
 * process_helper.h - the process that looks at other processes of this machine, for the report.
 *
 * It is forked at the start, before the parent gives up its rights, since nobody can have them later: looking at the open files of
 * others takes CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH (or CAP_DAC_OVERRIDE, which containers have). It keeps these two and no
 * other, as an ordinary user, and hears nothing but questions of fixed size from the report: two ends of a connection, and a
 * time. It never sees a packet, and has no network.
 *
 * Its jail is another one than that of all others. Landlock would forbid it to look at any process outside of its own domain, so it has
 * none; its system call filter lets it open files for reading, read, and send. A filter cannot see paths, and a folder as
 * root (chroot) would not help either, as /proc/PID/root leads out of it: who could run code of his own in this process could read
 * any file of the machine, and write, connect or start nothing. What it reads that others wrote are a few short texts of /proc,
 * through the bounded functions of enrich/process_*.h.
 *
 * It is two processes. The outer one has nothing to do but to start the inner one again, when that ends: a program can map a
 * slow file over its own command line, so that who reads it waits, and after LOOK_MAX_S the inner one is ended by its alarm. What was
 * known of that program by then is answered by the outer one.
 */
#ifndef ROLE_PROCESS_HELPER_H
#define ROLE_PROCESS_HELPER_H

#include "config/conf.h"
#include "enrich/process.h"
#include "role/child.h"

struct process_helper {
    struct child child; /* pid 0 = there is none */
    int asked;          /* the report's end of the socket: IPC_PROCESS_ASK out, IPC_PROCESS_TOLD in; -1 = there is none */
};

#define PROCESS_HELPER_NONE \
    {                       \
        CHILD_NONE, -1      \
    }

/* Whether this process has the rights for it. False with what is missing in why. For -T, and the start, which goes on without. */
bool process_helper_possible(char *why, size_t n_why);

/* How to give these rights. */
extern const char process_helper_advice[];

/* Starts it, with the rights that this process has now. False, and said, when it cannot be. Borrows conf. */
bool process_helper_start(struct process_helper *h, const struct conf *conf, ns_t now_ns);

/* Prints what it logs. */
void process_helper_hear(struct process_helper *h);

/* It was waited for: closes what led to it. */
void process_helper_forget(struct process_helper *h);

/* At the end of the run: tells it, and waits until it is gone. */
void process_helper_stop(struct process_helper *h);

#endif
