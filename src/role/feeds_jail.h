/*
 * feeds_jail.h - work on lists in a process of its own, in a jail: lists come from elsewhere, and so do the libraries that read them.
 *
 * The process gets what it needs by being forked. What it makes lies in memory that both share, which whoever started
 * it does not trust.
 */
#ifndef ROLE_FEEDS_JAIL_H
#define ROLE_FEEDS_JAIL_H

#include "config/conf.h"
#include "role/child.h"

/* Bytes of memory that the process may have on top of what it was forked with: texts of 16 lists, converted, and what libraries take. */
#define FEEDS_JAIL_MEMORY (UINT64_C(8) << 30)

/* What the process does; false when it came to nothing, which it then has said in the log. */
typedef bool feeds_work(void *arg);

struct feeds_jail {
    struct child child;
    feeds_work *work;
    void *arg;
    enum conf_sandbox sandbox;
    bool is_given_up; /* how it ends is no matter */
    bool has_ended;   /* somebody else waited for it */
    int status;
};

enum feeds_jail_state { FEEDS_JAIL_RUNS, FEEDS_JAIL_DONE, FEEDS_JAIL_FAILED };

/* Starts work(arg) in the process. j stays where it is until the end. False with a message. */
bool feeds_jail_start(struct feeds_jail *j, feeds_work *work, void *arg, enum conf_sandbox sandbox);

/* Prints what the process says, and tells how it stands; with wait it goes on until the end. */
enum feeds_jail_state feeds_jail_step(struct feeds_jail *j, bool wait);

/* For who waits for any child: true when pid is that of the process, whose status is then kept for the next step. */
bool feeds_jail_ended(struct feeds_jail *j, pid_t pid, int status);

/* Start and end in one. */
bool feeds_jail_run(feeds_work *work, void *arg, enum conf_sandbox sandbox);

/* n bytes that are shared with processes forked later, zeroed; pages that are never touched cost nothing. NULL when there are none. */
void *feeds_share(size_t n);
void feeds_unshare(void *mem, size_t n); /* mem may be NULL */

#endif
