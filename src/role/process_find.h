/*
 * process_find.h - which process holds a TCP connection, and what is to be said of it.
 *
 * From the ends of a connection to the inode of its socket (/proc/net/tcp), from there to who has it open (/proc/PID/fd), from
 * there to name, program, command line, parents and container. First in the network namespace of this process, then in all
 * others of the machine; a connection that stands in several of them, with addresses that repeat, is none of them.
 *
 * Nothing wrong may be said. A socket keeps its inode and its ends as long as it lives, so whoever has the inode open has the
 * connection; that it has is looked at again, with the start time of the process, when all facts are there. A process that was
 * started after the connection did not open it. Of several that hold it, as children inherit what is open, the one started last
 * is named among those that were there when the connection began: a shell that opens a connection and gives it to a
 * program is then among its parents, while one that only came by later (a helper, a shell's next command) is not taken for it.
 *
 * Whether the connection that has these ends now is the one that was asked for, or its successor on the same port, cannot be seen
 * here: the answer says when it was looked, and who asked knows when the successor began (process_ask.h).
 *
 * Not found is what the machine does not have, what ended before it was looked at, and what has other addresses here than
 * where it was captured (NAT).
 */
#ifndef ROLE_PROCESS_FIND_H
#define ROLE_PROCESS_FIND_H

#include "base/hash.h"
#include "role/process_proc.h"

#define PROCESS_LOOKUPS_A_SECOND 100 /* looks through the machine, at most; what was answered before costs nothing */
#define PROCESS_LOOKUP_SHARE 4       /* one part in so many of a processor's time is for these */

/* What who goes on in place of a process that hangs needs to know. */
struct process_draft {
    ns_t busy_ns; /* monotonic: since when it looks; 0 = it does not */
    bool is_set;  /* the answer has all but the command line, whose reading may take for ever */
    struct process_answer answer;
};

struct process_find;

/* draft, which is memory shared with another process, is kept. NULL, with the reason in why, when /proc is not there or memory is short. Gives. */
struct process_find *process_find_new(struct process_draft *draft, char *why, size_t n_why);
void process_find_free(struct process_find *f);

/* The descriptor of /proc, for the jail. */
int process_find_fd(const struct process_find *f);

#define PROCESS_QUESTIONS_MAX 64 /* at a time */

/* Takes an answer, whose life is 0; borrows it. */
typedef void process_answer_fn(void *arg, struct process_answer *a);

/* Answers n questions, of which the machine is looked through once for all of them. Reads clocks. */
void process_find_answer(struct process_find *f, const struct process_question *q, uint32_t n, process_answer_fn *fn,
                         void *arg);

#endif
