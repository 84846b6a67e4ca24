/*
 * sandbox.h - the jail of a process that handles hostile bytes, one for each role.
 */
#ifndef ROLE_SANDBOX_H
#define ROLE_SANDBOX_H

#include "config/conf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * False in a build with AddressSanitizer, whose run time maps terabytes and calls what it likes: then
 * there is no system call filter and no cap on memory, but all the rest.
 */
extern const bool sandbox_is_whole;

enum jail_role {
    JAIL_UNPACKER,    /* unpacks a compressed capture: reads 0, writes 1 */
    JAIL_COMPILER,    /* makes the image of the lists, in memory it shares with its parent */
    JAIL_GEO,         /* checks a database of places, which it may open by the descriptor it keeps */
    JAIL_FETCH,       /* asks one TCP port over HTTP; what it gets lies in memory that it shares with its parent */
    JAIL_WORKER_FILE, /* reads captures */
    JAIL_WORKER_LIVE, /* reads packet sockets */
    JAIL_REPORT,      /* keeps the findings and writes the outputs */
    JAIL_PROCESSES,   /* looks at the processes of this machine: keeps the capabilities for it, and has no Landlock */
    JAIL_PARENT       /* opens all that the others use; keeps its descriptors, memory and rights */
};

/*
 * The descriptors a jailed process keeps, under the numbers they have; all others are closed. Numbers may
 * stand in several places, -1 is none. The arrays are borrowed for the call.
 */
struct jail_fds {
    int input;          /* JAIL_UNPACKER: becomes 0; -1 = 0 is empty */
    int output;         /* JAIL_UNPACKER: becomes 1 */
    int evidence;       /* workers: a socket that is sent to; JAIL_PROCESSES: the socket to the report */
    int control;        /* all but the unpacker: the socket to the parent */
    const int *capture; /* JAIL_WORKER_LIVE: packet sockets */
    size_t n_capture;
    const int *udp; /* JAIL_WORKER_LIVE: UDP sockets with mirrored packets */
    size_t n_udp;
    const int *inputs; /* captures; JAIL_GEO: the database; JAIL_REPORT: the other ends of evidence; JAIL_PROCESSES: /proc */
    size_t n_inputs;
    const int *outputs; /* JAIL_REPORT */
    size_t n_outputs;
    const int *syslog; /* JAIL_REPORT: datagram sockets, the only ones from which an address may be sent to */
    size_t n_syslog;
    int state[2];      /* JAIL_REPORT: the files of the ledger */
    int status_listen; /* JAIL_REPORT: the only socket that may be accepted from */
    uint16_t port;     /* JAIL_FETCH: no descriptor, but the TCP port that may be connected to, of any address */
    int processes;     /* JAIL_REPORT: the socket to who looks at processes */
};

/* No descriptor at all. */
struct jail_fds jail_fds_none(void);

/*
 * Shuts the calling process, which must have one thread, in for good. From then on the kernel kills it,
 * by SIGSYS, for any system call that role/syscall_filter.c does not list for the role. abort() ends so too, as it
 * sends itself a signal. The process cannot have more than memory_max bytes of memory on top of what it
 * has; 0 = no cap.
 *
 * Numbers 0, 1 and 2 that are not kept lead to /dev/null: a descriptor that arrives later can then not take
 * the place of standard error, on which libraries print. With AddressSanitizer 2 stays for its reports.
 *
 * False when a part could not be made, with the reason in why; the process must then end. With
 * CONF_SANDBOX_BEST_EFFORT a part that the kernel lacks (Landlock before Linux 5.13, the filter) is left out:
 * true, with what is missing in why, which is "" when nothing is. JAIL_PARENT forbids only what countermine never does.
 */
bool jail_enter(enum jail_role role, const struct jail_fds *fds, enum conf_sandbox sandbox, unsigned long long memory_max,
                char *why, size_t n_why);

/*
 * Whether jail_enter can succeed on this kernel: the same result and why, without entering. For the
 * start, so that the administrator reads the reason once and not from each process.
 */
bool jail_possible(enum conf_sandbox sandbox, char *why, size_t n_why);

/* The same, and what there is to say of it is logged: once by the parent, and not by each process. */
bool jail_said_possible(enum conf_sandbox sandbox);

#endif
