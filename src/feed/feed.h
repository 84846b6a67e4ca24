/*
 * feed.h - the lists of names and endpoints, compiled into one image that is looked up while packets are read.
 *
 * The image is one relocatable block of memory: offsets, no pointers; whoever has it mapped can use it, and a
 * file that holds it is told from a list by its first bytes.
 *
 * Names are compared by label. Of all rows that match a name and have not expired
 *   - one of kind `allow', however long, silences: nothing is found;
 *   - else the row with the most labels wins; of as many labels exact (at the very name) and below before suffix,
 *     then a node before all other kinds, then the earlier list, then the earlier row.
 *
 * The format of the lists is described in countermine-feeds(5).
 */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "base/addr.h"
#include "base/name.h"

enum feed_kind {
    FEED_POOL,     /* a mining pool */
    FEED_PROXY,    /* hands the work of a pool on to miners */
    FEED_NICEHASH, /* a market for hash rate; works as a pool does */
    FEED_DEAD,     /* a pool that is gone; who asks for it has an old miner */
    FEED_WEBMINER, /* a service for mining in browsers */
    FEED_MALWARE,  /* where programs that mine without leave come from, or report to */
    FEED_NODE,     /* a coin's own network: not mining */
    FEED_ALLOW,    /* a list's own exception: silences all rows that match what it matches; never found */
    FEED_NEVER,    /* guard: refuses rows of the kinds before node that would match this name; never found */
    FEED_KIND_N
};

enum feed_match {
    FEED_SUFFIX, /* the name, and what is below it */
    FEED_EXACT,  /* the very name */
    FEED_BELOW,  /* what is below the name */
    FEED_MATCH_N
};

/* A row as it was listed. The views point into the image. */
struct feed_row {
    struct view name; /* as text, of an endpoint `ip:port' or `[ip6]:port'; views of two rows lie in the order of the lists */
    struct view list; /* name of the list */
    uint32_t line;    /* in its list, from 1; of a converted list that of the original */
    enum feed_kind kind;   /* FEED_KIND_N in no row */
    enum feed_match match; /* FEED_EXACT of an endpoint */
    bool is_endpoint;      /* of kind pool, proxy or nicehash */
    unsigned confidence;   /* 0 to 100 */
    struct view coins;     /* separated by blanks; may be empty */
    struct view sources;   /* where the row comes from, separated by blanks; may be empty */
    struct view note;      /* for people; may be empty, and hold any byte but newlines and NUL */
    uint32_t expires_day;  /* days since 1970-01-01, UTC: the first day on which it no longer counts; 0 = never */
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
 * 4 GiB of text, 2^30 rows). Not all of it will be touched.
 */
size_t feed_size(const struct feed_source *sources, size_t n_sources);

/*
 * Compiles the lists into mem, of `size` bytes as feed_size gave, aligned to 64 bytes, zeroed. Fills one report for each
 * list. seed keys the hashes of the image. Gives the image, which is mem; NULL when mem is too small. A list
 * with faults gives its good rows.
 */
struct feed *feed_build(void *mem, size_t size, const struct feed_source *sources, size_t n_sources, uint64_t seed,
                        struct feed_report *reports);

/* The row that wins for name, by its number; 0 when none does. now is packet time. f may be NULL. */
uint32_t feed_find(const struct feed *f, const struct name *name, ns_t now);

/* The row that lists the endpoint; 0 when none does. Context only: addresses are shared and reused. f may be NULL. */
uint32_t feed_find_endpoint(const struct feed *f, const struct endpoint *to, ns_t now);

/* The highest number of a row: not each up to it is one, and they stand in no order. f may be NULL. */
uint32_t feed_n_rows(const struct feed *f);

/* Rows that can be found, of names and of endpoints, expired or not: none of kind allow or never. f may be NULL. */
uint32_t feed_n_listed(const struct feed *f);

/*
 * The row with this number, from 1. False, and *row is empty, when there is none, or a guard refused it. Rows of
 * kinds allow and never can be looked at here. f may be NULL.
 */
bool feed_row_at(const struct feed *f, uint32_t number, struct feed_row *row);

/* True when the row no longer counts. */
bool feed_row_expired(const struct feed_row *row, ns_t now);

/* Bytes that the image takes, from its start: so much of it may be copied, mapped or sent. f may be NULL. */
size_t feed_bytes(const struct feed *f);

/* True when the bytes begin as an image does: they are no list. */
bool feed_is_image(struct view bytes);

/*
 * True when the n bytes at mem, aligned to 8, begin with an image that is safe to look names up in: whatever it
 * says, nothing outside of it is read, as long as it does not change. It takes time in proportion to n.
 */
bool feed_check(const void *mem, size_t n);

const char *feed_kind_name(enum feed_kind kind);
const char *feed_match_name(enum feed_match match);

#endif
