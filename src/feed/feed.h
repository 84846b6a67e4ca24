/*
 * feed.h - the lists of names, compiled into one image that is looked up while packets are read.
 *
 * The image is one relocatable block of memory: offsets, no pointers; whoever has it mapped can use it.
 * Longest match wins: of the rows whose name is the name looked up, or a suffix of it by whole labels, the
 * one with the most labels. A row that matches exactly only counts for the very name.
 *
 * The format of the lists is described in countermine-feeds(5).
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "base/name.h"

enum feed_kind {
    FEED_POOL,        /* a mining pool */
    FEED_MARKETPLACE, /* a market for hash rate; works as a pool does */
    FEED_DEAD,        /* a pool that is gone; who asks for it has an old miner */
    FEED_WEBMINER,    /* a service for mining in browsers */
    FEED_NODE,        /* a coin's own network: not mining */
    FEED_NEVER,       /* guard: refuses rows of the kinds above that would match this name as a suffix; never found */
    FEED_KIND_N
};

/* A row as it was listed. The views point into the image. */
struct feed_row {
    struct view name; /* as text */
    struct view list; /* name of the list */
    uint32_t line;    /* in its list, from 1 */
    enum feed_kind kind;
    bool exact;          /* does not match as a suffix */
    unsigned confidence; /* 0 to 100 */
    struct view coins;   /* separated by blanks; may be empty */
    struct view sources; /* where the row comes from, separated by blanks */
};

/* One list to compile. */
struct feed_source {
    const char *list; /* its name, for rows and messages */
    struct view text; /* the file */
};

#define FEED_REFUSED_SHOWN 5

/* What came of one list. */
struct feed_report {
    uint32_t n_rows; /* rows that are not empty or comment */
    uint32_t n_taken;
    uint32_t n_duplicate; /* the same name was taken from elsewhere: the first, or the first node */
    uint32_t n_refused;
    struct {
        uint32_t line;
        char why[160];             /* what was found and what was expected */
    } refused[FEED_REFUSED_SHOWN]; /* the first of them */
};

struct feed; /* the image */

/*
 * Bytes that feed_build needs at most for these lists; 0 when they are more than an image can hold (255 lists,
 * 4 GiB of text, 2^30 rows).
 */
size_t feed_size(const struct feed_source *sources, size_t n_sources);

/*
 * Compiles the lists into mem, of `size` bytes as feed_size gave, aligned to 64 bytes, zeroed. Fills one report for each
 * list. seed keys the hashes of the image. Gives the image, which is mem; NULL when mem is too small. A list
 * with faults gives its good rows.
 */
struct feed *feed_build(void *mem, size_t size, const struct feed_source *sources, size_t n_sources, uint64_t seed,
                        struct feed_report *reports);

/* The row that matches name best, from 1; 0 when none does. f may be NULL. */
uint32_t feed_find(const struct feed *f, const struct name *name);

/* The highest number of a row. f may be NULL. */
uint32_t feed_n_rows(const struct feed *f);

/*
 * The row with this number, from 1. False, and *row is empty, when there is none, or a guard refused it. Rows of
 * kind never can be looked at here. f may be NULL.
 */
bool feed_row_at(const struct feed *f, uint32_t number, struct feed_row *row);

/* Bytes that the image takes, from its start: so much of it may be copied, mapped or sent. f may be NULL. */
size_t feed_bytes(const struct feed *f);

/*
 * True when the n bytes at mem, aligned to 8, begin with an image that is safe to look names up in: whatever it
 * says, nothing outside of it is read, as long as it does not change. It takes time in proportion to n.
 */
bool feed_check(const void *mem, size_t n);

const char *feed_kind_name(enum feed_kind kind);

#endif
