/*
 * process_ask.h - the report's side of looking at processes: which connections are asked about, what was answered.
 *
 * A connection is asked about when its first evidence comes, while it lives, and once more when nothing was found. When a
 * finding is about to leave, its answer is waited for, but only so long that the report goes on taking evidence: WAIT_MS, and
 * WAIT_SUM_MS in a second. What comes later is told by `touch', so that the finding is said again.
 *
 * The answer to a question is about the connection that had these ends when it was looked. When another one with the same
 * ends is heard of, which had begun by then, the answer was about that one, and is taken back (see process_find.h).
 *
 * Nothing here is kept over the death of the report: its successor asks again, and the helper remembers.
 */
#ifndef ROLE_PROCESS_ASK_H
#define ROLE_PROCESS_ASK_H

#include "base/hash.h"
#include "enrich/process.h"
#include "evidence/evidence.h"
#include "finding/finding.h"

#define PROCESS_ASK_WAIT_MS 50
#define PROCESS_ASK_WAIT_SUM_MS 200
#define PROCESS_ASK_CONNECTIONS 4096 /* remembered */

/* What is known of a finding's process now is other than when it was said. */
typedef void process_touch_fn(void *arg, const char *id);

struct process_ask_counters {
    uint64_t asked;     /* questions sent */
    uint64_t found;     /* answers that name a process */
    uint64_t none;      /* answers that there is none */
    uint64_t skipped;   /* connections that were not asked about, or not answered: too many at once, or no helper */
    uint64_t revoked;   /* answers taken back */
    uint64_t restarts;  /* of the helper */
    uint64_t helper_up; /* 1 = there is one */
};

struct process_ask;

/*
 * fd: the socket to the helper, which it does not close. touch is called from process_ask_hear and process_ask_tick only. Keeps key
 * and arg. NULL when memory is short. Gives.
 */
struct process_ask *process_ask_new(int fd, const struct hash_key *key, process_touch_fn *touch, void *arg);
void process_ask_free(struct process_ask *p); /* NULL ok */

/* Evidence came in: asks about its connection, when it is one that a process of this machine may hold. now_ns: monotonic. */
void process_ask_evidence(struct process_ask *p, const struct evidence *e, ns_t now_ns);

/*
 * What is known of the process of a finding, by its newest connection that has one; waits a little when it was not asked yet or
 * not answered. False when nothing is. The texts live until the next call of any function here.
 */
bool process_ask_finding(struct process_ask *p, const struct finding *f, struct about_process *process, struct view *pod);

/* The socket can be read. False when the helper is gone for good: then nothing more is asked. */
bool process_ask_hear(struct process_ask *p);

/* To be called some ten times a second: asks again where nothing was found, and touches what changed. */
void process_ask_tick(struct process_ask *p, ns_t now_ns);

const struct process_ask_counters *process_ask_counters(const struct process_ask *p);

#endif
