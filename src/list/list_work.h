/*
 * list_work.h - what readers of lists share: the list at hand, its lines, and where rows go.
 */
#ifndef LIST_LIST_WORK_H
#define LIST_LIST_WORK_H

#include "base/addr.h"
#include "base/hash.h"
#include "list/list.h"

#define LIST_LINE_MAX 65536            /* bytes of one line; rules of Suricata have some 2,000 */
#define LIST_OUT_MAX ((size_t)1 << 30) /* bytes of the converted list */
#define LIST_WORDS_MAX 200             /* bytes of coins and of sources; the own format bears 255 */
#define LIST_NOTE_MAX 250              /* bytes of a note */
#define LIST_NAME_MAX 253              /* characters of a name without the dot at its end */

/* A row as a reader found it. The views are read before list_put returns. */
struct list_row {
    struct view name; /* a name, with letters beyond ASCII too, or an address */
    uint32_t line;
    uint16_t port;        /* of an address; 0 = none */
    int match;            /* enum feed_match; -1: what the format means */
    int kind;             /* enum feed_kind; -1: the list does not say */
    int confidence;       /* 0 to 100; -1: the list does not say */
    uint32_t expires_day; /* as in struct feed_row */
    struct view coins;
    struct view sources;
    struct view note;
};

/* One conversion. */
struct list_work {
    struct view text; /* without the mark of its byte order */
    const struct list_options *o;
    struct list_report *report;
    int match;          /* enum feed_match of rows that do not say */
    struct buf in;      /* what list_line has not read */
    uint32_t line;      /* the newest line that it gave */
    const uint8_t *at;  /* list_line_at: up to here */
    uint32_t at_line;   /* the lines are counted */
    int64_t newest_s;   /* since 1970 */
    bool newest_is_day; /* the time of day is not told */
    bool has_newest;
    /* The rows taken. */
    uint8_t *out;
    size_t n_out;
    size_t n_room;
    struct list_slot *slots; /* a hash table of them */
    uint32_t n_slots;        /* a power of two, or 0 */
    uint32_t n_rows;
    struct hash_key key;
    /* The row that list_put_half holds back. */
    struct list_row half;
    char half_name[LIST_NAME_MAX + 1];
    bool has_half;
};

void list_work_init(struct list_work *w, struct view text, const struct list_options *o, struct list_report *report);

/* Frees the rows; not what list_work_give gave. */
void list_work_fini(struct list_work *w);

/* The rows so far, as text in the own format, which becomes the caller's (free). */
struct list_text list_work_give(struct list_work *w);

/* A row of which nothing is known but its name. */
static inline struct list_row list_row_of(struct view name, uint32_t line)
{
    return (struct list_row){.name = name, .line = line, .match = -1, .kind = -1, .confidence = -1};
}

/*
 * Takes a row: a name, or an address with port; counts it, refused, skipped or taken. Leading *. and . of the name say
 * "below" and "suffix".
 */
void list_put(struct list_work *w, const struct list_row *row);

/*
 * The same where a format needs two rows to say "the name and what is below it": two of one name, one after the other,
 * that match the name and what is below become one. list_put_half_end gives the last.
 */
void list_put_half(struct list_work *w, const struct list_row *row);
void list_put_half_end(struct list_work *w);

/* A network, as 192.0.2.0/24: one address is a row, more are skipped; the list is refused whole for one that is nearly everything. */
void list_put_net(struct list_work *w, const struct list_row *row);

/* Counts a row as refused, as skipped. Refuses the list whole; the first reason stays. */
void list_refuse(struct list_work *w, uint32_t line, const char *fmt, ...) ATTR_PRINTF(3, 4);
void list_skip(struct list_work *w, uint32_t line, const char *fmt, ...) ATTR_PRINTF(3, 4);
void list_refuse_whole(struct list_work *w, uint32_t line, const char *fmt, ...) ATTR_PRINTF(3, 4);

/* The same for a report alone; list_report_refused does not count the row as read. */
void list_report_refused(struct list_report *report, uint32_t line, const char *why);
void list_report_whole(struct list_report *report, uint32_t line, const char *fmt, ...) ATTR_PRINTF(3, 4);

static inline bool list_is_refused(const struct list_work *w)
{
    return w->report->whole[0] != '\0';
}

/* What was found, in quotes, safe to print and not too long. For use within one expression. */
struct list_quoted {
    char text[64];
};
struct list_quoted list_quote(struct view v);

/* The next line that is not blank, without blanks around it. Lines that are no text are refused and passed over. False at the end. */
bool list_line(struct list_work *w, struct view *line);

/* The same with its blanks, and blank lines too. */
bool list_raw_line(struct list_work *w, struct view *line);

/* The line on which p, which points into the text, stands. p may not go back. */
uint32_t list_line_at(struct list_work *w, const uint8_t *p);

/* Without blanks around; and without a comment that begins with c at the start or behind a blank. */
struct view list_trim(struct view v);
struct view list_cut_comment(struct view line, uint8_t c);

/* The next word of *rest, which blanks or tabs separate; empty at the end. */
struct view list_word(struct view *rest);

/* The next field of *rest, up to c or the end. */
struct view list_field(struct view *rest, uint8_t c);

/*
 * A name with letters beyond ASCII in ASCII, by UTS 46 without the transitional rules (IDNA 2008). NULL when it was done, else
 * what is wrong with it. At most 1024 bytes of the name are read, and none behind a NUL.
 */
const char *list_to_ascii(struct view name, char ascii[LIST_NAME_MAX + 1]);

/* Takes host:port apart, [address]:port too; *port is 0 when there is none. False when the port is none. */
bool list_host_port(struct view text, struct view *host, uint16_t *port);

/* True for an address, in brackets too. */
bool list_address(struct view text, struct addr *a);

/* The kind, the match that the word means, other people's words for them too; -1 when it means none. */
int list_kind_of(struct view word);
int list_match_of(struct view word);

/* Remembers the newest time of the list. */
void list_newest(struct list_work *w, struct view text);

/* The same for a comment that tells when the list was made: "Last modified: 1 Mar 2026". */
void list_newest_comment(struct list_work *w, struct view comment);

/* Writes report->newest. */
void list_newest_end(struct list_work *w);

/* The first day on which something no longer counts that is valid until that time; 0 when the text is none. */
uint32_t list_expires(struct view text);

#endif
