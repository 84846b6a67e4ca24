/*
 * jailed.h - work on files in a process of its own, in a jail: they come from elsewhere, and so do the libraries that read them.
 *
 * The process gets what it needs by being forked. What it makes lies in memory that both share, which whoever started
 * it does not trust.
 */
#ifndef ROLE_JAILED_H
#define ROLE_JAILED_H

#include "config/conf.h"
#include "role/child.h"
#include "role/sandbox.h"

/* Bytes of memory that the process may have on top of what it was forked with: texts of 16 lists, converted, and what libraries take. */
#define JAILED_MEMORY (UINT64_C(8) << 30)

/* What the process does; false when it came to nothing, which it then has said in the log. */
typedef bool jailed_work(void *arg);

/* As what it works. */
struct jailed_as {
    enum jail_role role;
    int input;        /* a descriptor that it keeps; -1 = none */
    uint64_t memory;  /* bytes that it may have on top of what it was forked with */
    const char *what; /* "compiles the lists", for messages; kept */
    uint16_t port;    /* JAIL_FETCH: the TCP port that it may connect to */
};

struct jailed {
    struct child child;
    jailed_work *work;
    void *arg;
    enum conf_sandbox sandbox;
    struct jailed_as as;
    bool is_given_up; /* how it ends is no matter */
    bool has_ended;   /* somebody else waited for it */
    int status;       /* of waitpid, once it has ended */
};

enum jailed_state { JAILED_RUNS, JAILED_DONE, JAILED_FAILED };

/* Starts work(arg) in the process, "the process that `what'". j stays where it is until the end. False with a message. Keeps what. */
bool jailed_start(struct jailed *j, const char *what, jailed_work *work, void *arg, enum conf_sandbox sandbox);

/* The same, for work of another kind than compiling. */
bool jailed_start_as(struct jailed *j, const struct jailed_as *as, jailed_work *work, void *arg, enum conf_sandbox sandbox);

/* Prints what the process says, and tells how it stands; with wait it goes on until the end. */
enum jailed_state jailed_step(struct jailed *j, bool wait);

/* For who waits for any child: true when pid is that of the process, whose status is then kept for the next step. */
bool jailed_ended(struct jailed *j, pid_t pid, int status);

/* Start and end in one. */
bool jailed_run(const char *what, jailed_work *work, void *arg, enum conf_sandbox sandbox);

/* n bytes that are shared with processes forked later, zeroed; pages that are never touched cost nothing. NULL when there are none. */
void *jailed_share(size_t n);
void jailed_unshare(void *mem, size_t n); /* mem may be NULL */

#endif
