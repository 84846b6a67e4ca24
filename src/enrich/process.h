/*
 * process.h - a question for the process that holds a TCP connection, and the answer: flat, as they cross the border of
 * processes (role/process_helper.h).
 *
 * Nothing here looks at a machine: role/process_find.c does. Texts are raw bytes of that machine, but for passwords, which are
 * hidden (process_mask.h); they are escaped where they are printed.
 */
#ifndef ENRICH_PROCESS_H
#define ENRICH_PROCESS_H

#include "base/addr.h"
#include "finding/about.h"

#define PROCESS_NAME_MAX 64       /* bytes: the kernel gives 15, and more of its own threads (TASK_COMM_LEN, worker names) */
#define PROCESS_EXE_MAX 512       /* of a longer path the end */
#define PROCESS_CMDLINE_MAX 1024  /* of a longer one the start */
#define PROCESS_CONTAINER_MAX 128 /* an identifier has 64; names of LXC and machines may have 64 and more */
#define PROCESS_POD_MAX 40        /* a UUID has 36 */

struct process_question {
    struct endpoint miner, pool; /* local and remote end, as the process has them */
    uint8_t zero[4];
    ns_t start_ns; /* of the connection, wall clock: the first packet that was seen of it */
};

enum process_result {
    PROCESS_NONE,    /* no process of this machine holds the connection, or none that is known for certain */
    PROCESS_FOUND,   /* the rest says which */
    PROCESS_SKIPPED, /* nobody looked: there were too many questions; it may be asked again */
    PROCESS_RESULT_N
};

struct process_answer {
    struct process_question asked;
    uint32_t result; /* enum process_result */
    uint32_t life;   /* of the helper: how often it was replaced */
    uint32_t pid, uid;
    ns_t started_ns; /* wall clock; 0 = not known */
    ns_t looked_ns;  /* wall clock: when it held the connection */
    uint64_t inode;  /* of the socket */
    uint16_t n_name, n_exe, n_cmdline, n_container, n_pod;
    uint16_t n_parents;
    uint8_t n_parent[ABOUT_PARENTS];
    uint8_t name[PROCESS_NAME_MAX], exe[PROCESS_EXE_MAX], cmdline[PROCESS_CMDLINE_MAX];
    uint8_t container[PROCESS_CONTAINER_MAX]; /* identifier or name, of its control group */
    uint8_t pod[PROCESS_POD_MAX];             /* uid of the pod */
    uint8_t parent[ABOUT_PARENTS][PROCESS_NAME_MAX];
};

/* A question; all of its bytes are set. */
struct process_question process_question_of(const struct endpoint *miner, const struct endpoint *pool, ns_t start_ns);

/* True when both are about the same connection. */
bool process_question_eq(const struct process_question *a, const struct process_question *b);

/* True when the answer can be used: result and lengths are in range. */
bool process_answer_check(const struct process_answer *a);

/* The process of an answer that is PROCESS_FOUND and was checked; its texts are views of a. */
void process_answer_about(const struct process_answer *a, struct about_process *process);

#endif
