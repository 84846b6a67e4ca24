/*
 * ledger_file.h - the journal from the inside: how its files look. Used by ledger.c and ledger_replay.c only.
 *
 * A file is a head of LEDGER_START bytes, the snapshot, and records up to its end. Numbers are big endian.
 *   head    magic 8, generation 8, bytes of the snapshot 8, sum 8
 *   record  sum 8, bytes of the record 4, type 1, what the type has
 * The sum of a record is over type and content, with the file's generation and the record's place: what an earlier
 * use of the file left behind is no record.
 */
#ifndef ROLE_LEDGER_FILE_H
#define ROLE_LEDGER_FILE_H

#include "base/out.h"
#include "finding/allow.h"
#include "role/ledger.h"

#define LEDGER_MAGIC 0x636d2d6c64677236ULL /* "cm-ldgr6": goes up with the format and with that of evidence */
#define LEDGER_START 32
#define LEDGER_HEAD 13
#define LEDGER_SCOPE 8
#define LEDGER_ID (sizeof(((struct finding *)0)->id) - 1)
#define LEDGER_RECORD_MAX 2048 /* of the longest: a record of evidence with a row of three full texts has 1,355 */

enum ledger_type {
    LEDGER_EVIDENCE = 1,
    LEDGER_TICK,
    LEDGER_LOST,
    LEDGER_BOOT,
    LEDGER_SUPPRESSED,
    LEDGER_SEEN,      /* a worker's newest record, after a snapshot */
    LEDGER_ALLOW_ROW, /* of the site lists that come into force with the next LEDGER_ALLOW */
    LEDGER_ALLOW,
    LEDGER_TOUCH
};

struct ledger {
    int fd[2];
    struct finding_table *table;
    uint64_t max_bytes;
    int now;   /* which file is in use */
    bool lame; /* nothing is added to it: an input is missing there */
    uint64_t generation;
    uint64_t size; /* bytes of it */
    uint64_t n_snapshot;
    ns_t now_ns, retry_ns; /* newest tick; when a snapshot is tried again after one failed, 0 = none did */
    struct ledger_worker {
        uint32_t number;
        uint64_t seq;
    } workers[LEDGER_WORKERS]; /* by their newest record */
    uint32_t n_workers;
    struct allow *allow; /* replay: rows that are not in force yet, or NULL */
    struct ledger_health health;
    char record[LEDGER_RECORD_MAX];
};
_Static_assert(LEDGER_HEAD + 9 + ALLOW_LIST_MAX + ALLOW_ROW_TEXT_MAX < LEDGER_RECORD_MAX,
               "the longest row of a site list fits");
_Static_assert(LEDGER_HEAD + LEDGER_SCOPE + 9 + 3 * UINT8_MAX + sizeof(struct evidence) < LEDGER_RECORD_MAX,
               "the longest record fits");

/* Writes v in n bytes. */
void ledger_put(struct out *o, uint64_t v, size_t n);

uint64_t ledger_sum(uint64_t generation, uint64_t at, struct view v);
bool ledger_note(struct ledger *l, uint32_t worker, uint64_t seq);

#endif
