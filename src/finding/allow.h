/*
 * allow.h - site lists: what a site knows of and wants no findings about, row by row, each with its reason.
 *
 * A row holds when all of its conditions do. Of the rows that hold the first one counts. The text that they are read from is
 * described in countermine-feeds(5); allow_read.c reads it, allow.c matches, allow_check.c finds rows without effect.
 */
#ifndef FINDING_ALLOW_H
#define FINDING_ALLOW_H

#include "base/addr.h"
#include "base/name.h"
#include "finding/finding.h"

#define ALLOW_FILE_MAX ((size_t)4 << 20) /* bytes of one file */
#define ALLOW_LINE_MAX 4096              /* bytes of one line */
#define ALLOW_ROWS_MAX 4096              /* of all files */
#define ALLOW_WALLET_MAX 256             /* bytes of a login, as EVIDENCE_TEXT_MAX */
#define ALLOW_REASON_MAX 200             /* bytes */
#define ALLOW_LIST_MAX 200               /* bytes of a file's name that are kept: the last ones */
#define ALLOW_ROW_TEXT_MAX 1800          /* bytes of a row as allow_row_print writes it, with its end */

/* Which names a row's name stands for. */
enum allow_match {
    ALLOW_SUFFIX, /* the name, and all below it */
    ALLOW_EXACT,  /* =name */
    ALLOW_BELOW   /* *.name: below it only */
};

struct allow_row {
    bool has_name, has_client, has_destination, has_wallet;
    enum allow_match match;
    struct name name;
    struct net client;
    struct net destination;
    uint16_t port;         /* of the destination; 0 = any */
    uint32_t kinds;        /* bit i: enum finding_kind i; 0 = any */
    bool wallet_is_prefix; /* it was written with * at its end */
    uint16_t n_wallet;
    uint16_t n_reason;
    uint8_t n_list;
    char wallet[ALLOW_WALLET_MAX];
    char reason[ALLOW_REASON_MAX];
    char list[ALLOW_LIST_MAX]; /* the file's name; of a long one the end */
    uint32_t line;             /* in the file, from 1 */
    ns_t expires_ns;           /* from then on it does not hold; 0 = never */
    uint64_t id;               /* hash of all that it asks for and says, but not of where it stands */
    /* What it did. */
    uint64_t n_hits; /* records of evidence that were kept silent by it */
    ns_t hit_ns;     /* of the newest of them, as its packet's time; 0 = none */
    uint32_t next;   /* row of the same key of the index, from 1; 0 = none */
};

#define ALLOW_NAMES_MAX 3

/* What is asked about: what one finding, or one record of evidence, has to do with. */
struct allow_facts {
    enum finding_kind kind;
    const struct addr *client;          /* NULL = it is of no one machine */
    const struct endpoint *destination; /* where the work comes from; NULL = not known, or there is none */
    struct name names[ALLOW_NAMES_MAX]; /* any of which may be the row's */
    uint32_t n_names;
    struct view logins[2 * FINDING_LOGINS]; /* pairs: the login as it was sent, and the account in it */
    uint32_t n_logins;                      /* pairs; all must be the row's */
    bool more_logins;                       /* there were others, which are not known any more */
    ns_t time_ns;                           /* against which expiry is held */
};

struct allow;

/* An empty list. NULL when memory is short. Gives. */
struct allow *allow_new(void);
void allow_free(struct allow *a); /* NULL ok */
struct allow *allow_copy(const struct allow *a);

/* Takes what is said of a fault: file, line, what was found, what was expected. */
typedef void allow_say_fn(void *arg, const char *text);

/*
 * Adds the rows of a file with this name. False when anything in it is wrong, or memory is short: all faults were said, up to 20,
 * and a is of no use. Borrows.
 */
bool allow_read(struct allow *a, const char *list, struct view text, allow_say_fn *say, void *arg);

/* Adds one row as allow_row_print wrote it. False when it is none, or there is no room. */
bool allow_add_printed(struct allow *a, struct view list, uint32_t line, struct view text);

uint32_t allow_n_rows(const struct allow *a); /* NULL = 0 */

/* The row with this number, from 1; it stays until the list is freed or added to. */
const struct allow_row *allow_row_at(const struct allow *a, uint32_t number);

/* The first row that holds, or 0. a may be NULL. */
uint32_t allow_find(const struct allow *a, const struct allow_facts *facts);

/* True when a row would hold if the finding, of which no login is known, had the right one. a may be NULL. */
bool allow_may_find(const struct allow *a, const struct allow_facts *facts);

/* Notes that the row kept a record of this time silent. */
void allow_hit(struct allow *a, uint32_t number, ns_t time_ns);

/* Sets what the row did, as it was saved. */
void allow_set_hits(struct allow *a, uint32_t number, uint64_t n_hits, ns_t hit_ns);

/* Takes over from another list what its rows did, for rows that are the same but for the place where they stand. */
void allow_keep_hits(struct allow *a, const struct allow *from);

/* True when both have the same rows in the same places. NULL is an empty list. */
bool allow_eq(const struct allow *a, const struct allow *b);

/*
 * The rows whose condition on names holds for this one, or whose condition on the destination for this endpoint, whatever else they
 * ask for, expired or not: for people who ask why. Writes the numbers of the first max ones, gives how many there are.
 */
uint32_t allow_explain_name(const struct allow *a, const struct name *name, uint32_t *rows, uint32_t max);
uint32_t allow_explain_endpoint(const struct allow *a, const struct endpoint *to, uint32_t *rows, uint32_t max);

/* Writes the row as a line of a file with the columns in the order of allow_columns, without newline. */
void allow_row_print(const struct allow_row *row, struct out *o);
extern const char *const allow_columns; /* "name,client,..." */

/* Sets marks[i] for each row i, from 1, whose name stands for this one. marks has a place for each row, and for 0. */
void allow_mark_name(const struct allow *a, const struct name *name, bool *marks);

/* True when the row's name stands for this one. The row has a name. */
bool allow_row_has_name(const struct allow_row *row, const struct name *name);

/* Writes "FILE:LINE". */
void allow_place_print(const struct allow_row *row, struct out *o);

/* Says of each row that has no effect, or more than was meant, why; gives their number. now_ns is what expiry is held against. */
uint32_t allow_check(const struct allow *a, ns_t now_ns, allow_say_fn *say, void *arg);

#endif
