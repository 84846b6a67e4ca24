/*
 * ledger.h - the journal of all that goes into the table of findings, so that the table outlives its process.
 *
 * An input is written before the table takes it. The table decides by its inputs alone, so the same inputs once more,
 * after the newest snapshot, make the same table, and the same events with the same ids and revisions. There are two
 * files: a snapshot with the journal that follows it in the one, while the next snapshot is written into the other. They
 * must not be open for appending (O_APPEND), and nobody else may write to them; memory files (memfd_create) do as well.
 *
 * System calls after ledger_restore: pwrite64, ftruncate, fdatasync. Where files may not grow (RLIMIT_FSIZE) SIGXFSZ must be
 * ignored.
 */
#ifndef ROLE_LEDGER_H
#define ROLE_LEDGER_H

#include "finding/finding.h"

#define LEDGER_WORKERS 64 /* whose newest record is known; of more the one silent longest is forgotten */

struct ledger;

struct ledger_restored {
    bool found;          /* a snapshot; else the table is empty */
    bool older;          /* the newest file was damaged, and the one before it was taken */
    uint64_t generation; /* of the file */
    uint64_t n_inputs;   /* done again */
    uint64_t n_torn;     /* bytes at the end that were no whole record */
};

struct ledger_health {
    bool ok;             /* what comes is written */
    int error;           /* errno of the newest failure; 0 = there was none */
    uint64_t n_failed;   /* writes that failed */
    uint64_t n_unlogged; /* inputs that are in no file; the next snapshot has them */
    uint64_t n_snapshots;
    uint64_t n_repeated; /* records that were taken before */
    uint64_t n_bytes;    /* of the file in use */
    uint64_t generation; /* of that file */
};

/*
 * A journal of t in two files, of which each is written anew when it exceeds max_bytes, or twice its snapshot if
 * that is more. Keeps t and the descriptors, which stay the caller's. NULL when memory is short. Gives.
 */
struct ledger *ledger_new(const int fd[2], struct finding_table *t, uint64_t max_bytes);

/*
 * Makes the table, which is live already (finding_live), from the newest whole file, and begins to write. Called once,
 * before all that follows. What was
 * said is not said again, but for the events of the last input: they may not have been written. A tail that
 * is no whole record is cut off. False when nothing can be written; the table is used without files then.
 */
bool ledger_restore(struct ledger *l, struct ledger_restored *restored);

/*
 * Takes a record: into the file, then into the table. False when the worker's record of this number, or a later one, was
 * taken before: then nothing is done. The worker's number must be true, whatever the record says.
 */
bool ledger_take(struct ledger *l, const struct evidence *e);

/* finding_tick, finding_lost, finding_feed and finding_take_suppressed of a table with a journal. */
void ledger_tick(struct ledger *l, ns_t now_ns);
void ledger_lost(struct ledger *l, uint64_t n_dropped, uint64_t n_restarts);
void ledger_feed(struct ledger *l, const struct feed *feed);
void ledger_suppressed(struct ledger *l, struct finding_suppressed *since);

/* finding_touch. False, and nothing is written, for what is no id. */
bool ledger_touch(struct ledger *l, const char *id);

/*
 * finding_allow with a copy of these site lists, if they are others than those in force. False when memory is short. list may be NULL.
 */
bool ledger_allow(struct ledger *l, const struct allow *list, ns_t now_ns);

/* A new run of the parent: the numbers of workers, and the totals of what was lost, begin anew. */
void ledger_boot(struct ledger *l);

/* Writes a snapshot now, for instance before the end. False when it cannot be. */
bool ledger_snapshot(struct ledger *l);

/* Forces what was written to the disk. False, and counted, when that fails. */
bool ledger_sync(struct ledger *l);

void ledger_health(const struct ledger *l, struct ledger_health *health);

/* NULL is allowed. */
void ledger_free(struct ledger *l);

#endif
