/*
 * process_text.h - what stands in files of /proc: sockets, links to them, the state of a process.
 *
 * Pure: bytes in, values out; whoever has the files is role/process_find.c. Facts are of proc(5) and of the kernel's
 * Documentation/networking/proc_net_tcp.rst.
 */
#ifndef ENRICH_PROCESS_TEXT_H
#define ENRICH_PROCESS_TEXT_H

#include "base/addr.h"
#include "base/buf.h"

/* One line of /proc/net/tcp or tcp6. */
struct process_socket {
    struct endpoint local, remote; /* of tcp6 too, where IPv4 may stand as ::ffff:a.b.c.d */
    uint64_t inode;                /* 0 = no process has it any more: TIME_WAIT, or a connection that is being closed */
};

/* Reads a line, without its newline. False for the heading, and for what is no such line. */
bool process_read_socket(struct view line, struct process_socket *s);

/* The number in what a link of /proc leads to: 123 of "socket:[123]" for the word "socket". False when it is of another kind. */
bool process_read_link(struct view link, const char *word, uint64_t *number);

/* Of /proc/PID/stat. */
struct process_stat {
    struct view name;     /* as the process calls itself, which may be any bytes */
    uint32_t parent;      /* pid; 0 = none */
    uint64_t start_ticks; /* since the machine was started, in sysconf(_SC_CLK_TCK) a second */
};

/* Reads the whole file. False when it is none. The name is a view of text. */
bool process_read_stat(struct view text, struct process_stat *s);

/* The effective user of /proc/PID/status. False when it does not say one. */
bool process_read_uid(struct view status, uint32_t *uid);

/* A name of a folder of /proc that is a process. */
bool process_read_pid(struct view name, uint32_t *pid);

#endif
