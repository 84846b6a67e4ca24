/*
 * list_guard.c - rows that would match what is no one party's.
 *
 * Looked at is what feed_build will compile, by the same reader (feed/feed_text.h), so that no two readers can
 * differ about what a line says. The never list is a hash table of all suffixes of its names: a row that is
 * one of them would match the name.
 */
#include "config.h"

#include "list/list_guard.h"

#include "feed/feed_text.h"
#include "list/list_suffixes.h"
#include "list/list_work.h"

#include <stdlib.h>

#define LABELS_MIN 2 /* of a row */

struct suffix {
    uint32_t at; /* in bytes; 0 = free */
    uint8_t n;
    bool is_name; /* all of a name */
};

struct list_never {
    struct hash_key key;
    uint8_t *bytes; /* names as struct name has them; the first byte is none of them */
    uint32_t n_bytes;
    struct suffix *slots;
    uint32_t n_slots;               /* a power of two, more than twice what is in use */
    struct list_suffixes *suffixes; /* NULL: those inside of libpsl */
};

static struct suffix *find_suffix(const struct list_never *never, struct view suffix)
{
    uint32_t i = (uint32_t)hash_64(&never->key, suffix) & (never->n_slots - 1);

    while (never->slots[i].at != 0 && !view_eq(view_of(never->bytes + never->slots[i].at, never->slots[i].n), suffix))
        i = (i + 1) & (never->n_slots - 1);
    return &never->slots[i];
}

static void add_name(struct list_never *never, const struct name *name)
{
    uint32_t at = never->n_bytes;

    memcpy(never->bytes + at, name->b, name->n);
    never->n_bytes += name->n;
    for (unsigned n = LABELS_MIN; n <= name->n_labels; n++) {
        struct view suffix = name_suffix(name, n);
        struct suffix *slot = find_suffix(never, suffix);

        if (slot->at == 0)
            *slot = (struct suffix){at + name->n - (uint32_t)suffix.n, (uint8_t)suffix.n, false};
        slot->is_name |= n == name->n_labels;
    }
}

struct list_never *list_never_new(struct view text, uint64_t seed)
{
    struct list_never *never = calloc(1, sizeof(*never));
    struct feed_line line;
    struct feed_text t;
    uint64_t n_suffixes = 0, n_bytes = 1;

    if (!never)
        return NULL;
    feed_text_init(&t, text);
    while (feed_text_next(&t, &line)) {
        if (line.why[0] == '\0' && line.kind == FEED_NEVER) {
            n_suffixes += line.name.n_labels;
            n_bytes += line.name.n;
        }
    }
    never->n_slots = 2;
    while (never->n_slots <= n_suffixes * 2 && never->n_slots < UINT32_C(1) << 31)
        never->n_slots *= 2;
    never->slots =
        n_bytes <= UINT32_MAX && n_suffixes < never->n_slots / 2 + 1 ? calloc(never->n_slots, sizeof(*never->slots)) : NULL;
    never->bytes = malloc(n_bytes);
    if (!never->slots || !never->bytes) {
        list_never_free(never);
        return NULL;
    }
    never->n_bytes = 1;
    hash_key_fixed(&never->key, seed);
    feed_text_init(&t, text);
    while (feed_text_next(&t, &line))
        if (line.why[0] == '\0' && line.kind == FEED_NEVER)
            add_name(never, &line.name);
    return never;
}

bool list_never_suffixes(struct list_never *never, struct view text, uint64_t seed)
{
    list_suffixes_free(never->suffixes);
    never->suffixes = list_suffixes_new(text, seed);
    return never->suffixes;
}

void list_never_free(struct list_never *never)
{
    if (!never)
        return;
    list_suffixes_free(never->suffixes);
    free(never->slots);
    free(never->bytes);
    free(never);
}

/* The name as text. That of a row has nothing that needs an escape, and name_print takes as long as all else here. */
static const char *print_name(const struct name *name, char text[NAME_BYTES_MAX + 1])
{
    memcpy(text, name->b, name->n);
    for (unsigned i = 0; i < name->n_labels; i++)
        text[name->at[i]] = '.';
    text[name->n] = '\0';
    return text + 1;
}

/* True for a row that matches a name of the never list and nothing else: feed_build refuses it, the rest of the list is good. */
static bool is_refused_alone(const struct list_never *never, const struct feed_line *line)
{
    return never && line->match == FEED_EXACT && line->kind < FEED_NODE && line->name.n_labels >= LABELS_MIN &&
           find_suffix(never, name_view(&line->name))->is_name;
}

/* Refuses the list for a row; nothing else is known of it but what it matches. */
static void guard_row(const struct list_never *never, const struct name *name, enum feed_kind kind, enum feed_match match,
                      uint32_t line, struct list_report *report)
{
    char bytes[NAME_BYTES_MAX + 1];
    const char *text;

    if (match == FEED_EXACT || kind == FEED_NEVER || name->n_labels == 0)
        return;
    text = print_name(name, bytes);
    if (list_is_suffix(never ? never->suffixes : NULL, name, text))
        list_report_whole(report, line, "%s is a public suffix: names below it belong to many",
                          list_quote(view_str(text)).text);
    else if (never && kind != FEED_NODE && kind != FEED_ALLOW && find_suffix(never, name_view(name))->at != 0)
        list_report_whole(report, line, "%s is, or holds, a name of the never list", list_quote(view_str(text)).text);
}

static bool has_wide(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] > 0x7f)
            return true;
    return false;
}

/* A label that a name of a host may have, and an address has not. */
static bool is_word(struct view label)
{
    bool letters = false;

    for (size_t i = 1; i < label.n; i++) {
        uint8_t c = label.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
        letters |= c >= 'a';
    }
    return letters;
}

/* A refused row goes nowhere, but one that was meant to match everything tells what the list is. */
static void guard_refused(struct view row, const struct feed_line *line, struct list_report *report)
{
    struct view rest = row, name = list_trim(list_field(&rest, ','));

    if (line->name.n_labels == 1 && line->match != FEED_EXACT && is_word(name_view(&line->name)))
        list_report_whole(report, line->line, "%s is a single label, and would match all names below it",
                          list_quote(name).text);
    else if (view_is(name, ".") || view_is(name, "*") || view_is(name, "*."))
        list_report_whole(report, line->line, "%s is every name", list_quote(name).text);
}

/* The line that the reader has just read. */
static struct view newest_line(struct view text, const struct feed_text *t)
{
    struct view done = view_head(text, text.n - buf_left(&t->in));

    if (done.n > 0 && done.p[done.n - 1] == '\n')
        done.n--;
    return list_trim(view_skip(done, view_find_last(done, '\n') == done.n ? 0 : view_find_last(done, '\n') + 1));
}

void list_guard_text(struct view text, const struct list_never *never, bool count, struct list_report *report, bool *is_wide)
{
    struct feed_text t;
    struct feed_line line;

    *is_wide = false;
    report->n_read = count ? 0 : report->n_read;
    feed_text_init(&t, text);
    while (report->whole[0] == '\0' && feed_text_next(&t, &line)) {
        bool good = line.why[0] == '\0';

        report->n_read += count;
        if (!good) {
            struct view row = newest_line(text, &t);

            *is_wide |= has_wide(row);
            guard_refused(row, &line, report);
            list_report_refused(report, line.line, line.why);
        } else if (is_refused_alone(never, &line)) {
            good = false;
            list_report_refused(report, line.line, "a name of the never list");
        } else if (!line.is_endpoint) {
            guard_row(never, &line.name, line.kind, line.match, line.line, report);
        }
        report->n_taken += count && good;
        report->n_taken -= !count && !good;
    }
}

void list_guard_image(const struct feed *f, const struct list_never *never, struct list_report *report)
{
    struct feed_row row;
    struct name name;

    for (uint32_t i = 1; i <= feed_n_rows(f) && report->whole[0] == '\0'; i++) {
        if (!feed_row_at(f, i, &row))
            continue;
        report->n_read++;
        report->n_taken++;
        if (row.is_endpoint)
            continue;
        if (!feed_name_ok(row.name, &name))
            list_report_whole(report, row.line, "the image has a row that is no name");
        else
            guard_row(never, &name, row.kind, row.match, row.line, report);
    }
}
