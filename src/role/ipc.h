/*
 * ipc.h - messages between the processes: one datagram each, on Unix sockets of type SOCK_SEQPACKET.
 *
 * A datagram arrives whole or not at all, so a process that dies in the middle leaves no half message. Each has a
 * head with version, type and length; whoever receives checks all three, and then the body, before it looks at it: a
 * worker has read hostile bytes and may be anybody's. All processes are of one program, so bodies are its own
 * structures, in its own byte order.
 *
 *   evidence socket   worker -> report     evidence, DNS messages, counters, sources, names, end
 *                     report -> worker     names, of other workers
 *   control socket    parent <-> worker    ready, beat, stop, feed, passive, log; files: unpacking, order, progress, summary
 *   control socket    parent <-> report    ready, beat, stop, log, event, status, done
 *   process socket    report <-> helper    process ask, process told (role/process_helper.h)
 */
#ifndef ROLE_IPC_H
#define ROLE_IPC_H

#include "base/buf.h"
#include "base/log.h"

#include <sys/types.h>

#define IPC_VERSION 1
#define IPC_BODY_MAX 4096 /* bytes; the counters of a worker are the longest, of about 1.2 KiB */

enum ipc_type {
    IPC_EVIDENCE = 1, /* struct evidence */
    IPC_COUNTERS,     /* struct worker_counters: totals of the worker */
    IPC_SOURCES,      /* struct source_count, one or several */
    IPC_END,          /* nothing follows: the worker is done */
    IPC_READY,        /* the process is in its jail and works */
    IPC_BEAT,         /* it lives; to be sent each second */
    IPC_LOG,          /* struct ipc_log */
    IPC_STOP,         /* to a child: finish, and exit. Body: one byte, 1 = a successor goes on (report) */
    IPC_FEED,         /* struct ipc_feed, with the descriptor of an image; back: the worker uses it, without descriptor */
    IPC_INLET,        /* struct ipc_inlet: an interface changed its state */
    IPC_ORDER,        /* u32: files: the capture, by its place among the operands, that is the next in order */
    IPC_PROGRESS,     /* struct ipc_progress */
    IPC_SUMMARY,      /* files: struct summary */
    IPC_UNPACK,       /* struct ipc_unpack: start; back: the same with result and descriptor */
    IPC_UNPACK_END,   /* struct ipc_unpack: end; back: the same with status */
    IPC_EVENT,        /* struct ipc_event: to be written by report */
    IPC_PARENT,       /* struct ipc_parent_counters: what only the parent counts; each second */
    IPC_INTERFACE,    /* struct interface_counters, of one; each second */
    IPC_STATUS,       /* to report: say the status in the log */
    IPC_DONE,         /* struct ipc_done: the report's last word */
    IPC_NAMES,        /* struct contacts_message: from worker to worker, through the report */
    IPC_DNS,          /* struct dns_event, one or several: of each its length in 2 bytes, and so much of it */
    IPC_PASSIVE,      /* struct ipc_passive: to a live worker: whether DNS messages are wanted */
    IPC_PROCESS_ASK,  /* struct process_question: from the report to who looks at processes */
    IPC_PROCESS_TOLD, /* struct process_answer: back */
    IPC_TYPE_N
};

struct ipc_head {
    uint16_t version;
    uint16_t type;
    uint32_t len; /* of the body */
};

struct ipc_message {
    struct ipc_head head;
    uint8_t body[IPC_BODY_MAX];
};

struct ipc_log {
    uint32_t level; /* enum log_level */
    char text[1024];
};

struct ipc_feed {
    uint32_t generation; /* counts from 1 */
    uint32_t zero;
    uint64_t bytes; /* of the image */
};

struct ipc_passive {
    uint32_t wanted;   /* 0 or 1 */
    uint32_t max_rate; /* a second; 0 = all */
};

struct ipc_progress {
    uint64_t bytes, packets;
};

/* What came of a receive. */
enum ipc_result {
    IPC_GOT,
    IPC_NONE, /* nothing there now */
    IPC_EOF,  /* the other side is gone, for good */
    IPC_BAD   /* a datagram that is no message; it was taken off the socket, and counts as nothing */
};

/* A pair of sockets, close-on-exec. False with errno. */
bool ipc_pair(int fd[2]);

/* Lets as many messages wait as the kernel allows; with CAP_NET_ADMIN up to 8 MiB. Gives the bytes that it came to. */
int ipc_grow(int fd);

/*
 * Sends one message, fd_to_pass with it unless -1. 0, or -errno: -EAGAIN when the socket is full and wait is false,
 * -EPIPE or -ECONNRESET when the other side is gone.
 */
int ipc_send(int fd, enum ipc_type type, struct view body, int fd_to_pass, bool wait);

/* Sends a message as it is, without waiting, by a call that the report may make on any socket. 0, or -errno. */
int ipc_forward(int fd, const struct ipc_message *m);

/*
 * Receives one message, without waiting. A descriptor that came with it becomes the caller's in *passed, else -1;
 * passed NULL: none is taken. With peek the message stays where it is, and no descriptor is taken.
 */
enum ipc_result ipc_receive(int fd, struct ipc_message *m, int *passed, bool peek);

/* The body as a structure of n bytes, or NULL when it has another length. */
const void *ipc_body(const struct ipc_message *m, size_t n);

/* Sends each line of this process's log to the parent instead of standard error. */
void ipc_log_to(int control_fd);

/* Writes the line that came in m. */
void ipc_log_print(const struct ipc_message *m);

#endif
