/*
 * process_proc.h - reading /proc within bounds: sockets of a network namespace, who holds one, what a process is.
 *
 * What is read comes from all programs of the machine, and may change between two calls: whoever puts answers together
 * (process_find.c) checks again. Nothing is allocated; the paths are made of numbers only. A folder of a process that ends while it is
 * read is like one that was never there.
 */
#ifndef ROLE_PROCESS_PROC_H
#define ROLE_PROCESS_PROC_H

#include "enrich/process.h"

#define PROC_PROCESSES_MAX 65536 /* looked at for one answer: the default of kernel.pid_max is 32768, systemd's 4194304 */
#define PROC_FILES_MAX 65536     /* open files of a process looked at */
#define PROC_NAMESPACES_MAX 256  /* network namespaces looked into */
#define PROC_TICKS_NS (NS_PER_SEC / 100) /* the resolution of start times: USER_HZ is 100 on all Linux of today */

struct proc {
    int fd;           /* of /proc */
    ns_t deadline_ns; /* monotonic: then an answer is given up */
    bool late;        /* it was */
    uint64_t n_late;  /* answers given up */
    uint64_t n_over;  /* times that a process, a file or a namespace was not looked at, because there are too many */
    uint32_t own_net; /* inode of the network namespace that this process is in */
};

/* Opens /proc. False when it is not what it should be, with the reason in why. */
bool proc_open(struct proc *p, char *why, size_t n_why);

/* Reads a file below /proc from its beginning, at most n bytes. Gives how many; -1 when it cannot be. */
long proc_read(const struct proc *p, const char *path, void *mem, size_t n);

/* A call for each process; false ends it. */
typedef bool proc_each_fn(void *arg, uint32_t pid);
void proc_each(struct proc *p, proc_each_fn *fn, void *arg);

/* The inode of the network namespace of a process; 0 when it cannot be read. */
uint64_t proc_namespace(const struct proc *p, uint32_t pid);

/* A connection that is looked for. */
struct proc_wanted {
    const struct process_question *q;
    uint64_t inode; /* of its socket; 0 = not found */
    bool is_local;  /* some socket has the miner's address */
};

/*
 * Looks for n connections, in one go, in the namespace of a process, 0 for that of this one: sets inode where one is there that a
 * process has yet, and is_local.
 */
void proc_find_sockets(struct proc *p, uint32_t pid, struct proc_wanted *wanted, uint32_t n);

/* Calls fn for each of n sockets that the process holds, with the number of the socket in wanted and under which it has it. */
typedef void proc_holder_fn(void *arg, uint32_t pid, uint32_t i, int number);
void proc_find_held(struct proc *p, uint32_t pid, const struct proc_wanted *wanted, uint32_t n, proc_holder_fn *fn, void *arg);

/* True when the process still holds the socket under this number. */
bool proc_holds(const struct proc *p, uint32_t pid, int number, uint64_t inode);

/* Its start in ticks, its parent and its name. False when it is gone. */
struct proc_state {
    uint64_t start_ticks;
    uint32_t parent;
    uint32_t n_name;
    uint8_t name[PROCESS_NAME_MAX];
};
bool proc_state(const struct proc *p, uint32_t pid, struct proc_state *s);

/* User, path of the program, container: what can be read of these. */
void proc_describe(const struct proc *p, uint32_t pid, struct process_answer *a);

/* Its command line, without passwords. Alone, as who maps a slow file over it can hold up who reads it. */
void proc_cmdline(const struct proc *p, uint32_t pid, struct process_answer *a);

#endif
