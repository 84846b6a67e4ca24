/*
 * list.h - lists of names in anybody's format, to the own one and back.
 *
 * list_convert turns a list of any type into the own CSV, which feed_build compiles; list_export writes a
 * compiled feed in the formats of other programs. What comes in is written by strangers: nothing of it makes
 * these functions read a file, ask a network or a clock, or take more time than in proportion to its length.
 * They allocate, but make no system call besides.
 *
 * Two grades of refusal. A row that cannot be read is refused alone, with its line and the reason. A list is
 * refused whole, and what was live stays, when nothing of it would go live, or when a row of it would match
 * what cannot be one party's: a public suffix, a single label, the root, a name of the never list, a range of
 * addresses like 0.0.0.0/0. One such row shows that the list is not what its user thinks it is.
 */
#ifndef LIST_LIST_H
#define LIST_LIST_H

#include "base/buf.h"
#include "feed/feed.h"

#include <stdio.h>

enum list_type {
    LIST_AUTO, /* by content, list_detect */
    LIST_FEED, /* the own CSV: countermine-feeds(5) */
    LIST_PLAIN,
    LIST_HOSTS,
    LIST_ADBLOCK,
    LIST_DNSMASQ,
    LIST_UNBOUND,
    LIST_RPZ,
    LIST_CSV, /* of others: the first line names the columns */
    LIST_ZEEK,
    LIST_DATASET, /* of Suricata: base64 or JSON */
    LIST_IPREP,   /* of Suricata */
    LIST_RULES,   /* of Suricata */
    LIST_MISP,
    LIST_WARNINGLIST, /* of MISP: names to allow */
    LIST_STIX,
    LIST_MALTRAIL,
    LIST_NETSET, /* FireHOL's, and what ipset save writes */
    LIST_URLS,
    LIST_MINER, /* configurations: HiveOS, XMRig */
    LIST_IMAGE, /* compiled by feed_build */
    LIST_TYPE_N
};

/* Names that no row may match, for list_options. */
struct list_never;

/*
 * The rows of kind never of a list in the own format. NULL when memory is short. seed keys its hashes. What it gives
 * does not refer to the text.
 */
struct list_never *list_never_new(struct view text, uint64_t seed);

/*
 * Has public suffixes told by this text of the Public Suffix List (public_suffix_list.dat), ten times as fast as by the list inside of
 * libpsl, which counts else. False when the text is no such list, or memory is short. Does not refer to the text afterwards.
 */
bool list_never_suffixes(struct list_never *never, struct view text, uint64_t seed);

void list_never_free(struct list_never *never);

/* How a list is to be read. LIST_DEFAULTS is "as the list says". */
struct list_options {
    enum list_type type;
    int kind;       /* enum feed_kind of its rows, also against its own word, but for exceptions; -1: its own word, else pool */
    int confidence; /* 0 to 100, of all rows; -1: its own word */
    int match;      /* enum feed_match of all rows; -1: its own word, or what its format means */
    const char *list;               /* its name, for messages; may be NULL */
    const struct list_never *never; /* borrowed; NULL: the guard of such names is off */
    uint64_t seed;                  /* keys hashes: random, where a stranger wrote the list */
};

#define LIST_DEFAULTS                                                \
    {                                                                \
        .type = LIST_AUTO, .kind = -1, .confidence = -1, .match = -1 \
    }

#define LIST_REFUSED_SHOWN 5
#define LIST_WHY_BYTES 160

struct list_why {
    uint32_t line;            /* from 1 */
    char why[LIST_WHY_BYTES]; /* what was found, what was expected */
};

/* What came of a list. n_read = n_taken + n_duplicate + n_refused + n_skipped. */
struct list_report {
    uint32_t n_lines; /* of the text */
    uint32_t n_read;  /* rows: a line may hold several, a list in JSON needs no lines */
    uint32_t n_taken;
    uint32_t n_duplicate; /* the same name, match and kind came before. Of text that passed through, feed_build counts them */
    uint32_t n_refused;   /* cannot be read */
    uint32_t n_skipped;   /* can be read, and is no name or address with port */
    struct list_why refused[LIST_REFUSED_SHOWN]; /* the first, in the order of lines */
    struct list_why skipped;                     /* the first */
    enum list_type type;                         /* as which it was read */
    char newest[32]; /* the newest time that it tells, as 2026-03-01 or 2026-03-01T12:00:00Z, or "" */
    char whole[200]; /* why it is refused whole, or "" */
};

/* What list_convert makes: text in the own format, or an image. */
struct list_text {
    const uint8_t *p;
    size_t n;
    void *mem; /* for list_text_free */
};

static inline struct view list_text_view(const struct list_text *t)
{
    return view_of(t->p, t->n);
}

/*
 * Converts a list to the own CSV, with the columns name, match, kind, confidence, coins, sources, note, expires and
 * line, which is that of the text given. Own CSV and plain names without options pass through unchanged
 * (converted->p == text.p), as does an image; the text must outlive them. False when it is refused whole: report->whole
 * says why, and *converted is empty.
 */
bool list_convert(struct view text, const struct list_options *o, struct list_text *converted, struct list_report *report);

/* Frees what list_convert made; an empty one is borne. */
void list_text_free(struct list_text *t);

/* The type that the first 200 lines with meaning look like; LIST_AUTO when they look like none. */
enum list_type list_detect(struct view text);

/* As type= has it: "hosts". */
const char *list_type_name(enum list_type type);
bool list_type_parse(const char *word, enum list_type *type);

enum list_export { EXPORT_PLAIN, EXPORT_HOSTS, EXPORT_RPZ, EXPORT_ZEEK, EXPORT_DATASET, EXPORT_STIX, EXPORT_CSV, EXPORT_N };

/* What a format could not carry. */
struct list_loss {
    uint32_t n_rows; /* of the feed */
    uint32_t n_written;
    uint32_t n_left_out; /* it has no word for such a row, such as an address with port, an exception or a guard */
    uint32_t n_narrower; /* written, but matches less there: the name alone instead of all that is below it */
    uint32_t n_bare;     /* written without kind, other than pool */
};

/*
 * Writes the feed, in the order of its rows; equal feeds give equal bytes. Formats with comments begin with one that
 * tells what was lost. *loss (may be NULL) is filled in. False when writing failed, errno says why.
 */
bool list_export(const struct feed *f, enum list_export format, FILE *to, struct list_loss *loss);

/* "plain", "hosts", "rpz", "zeek", "dataset", "stix", "csv". */
const char *list_export_name(enum list_export format);
bool list_export_parse(const char *word, enum list_export *format);

#endif
