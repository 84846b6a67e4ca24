/*
 * table.c - one row a finding, worst first, with the summary below it. The columns are as wide as their
 * widest cell; colours only where the terminal wants them.
 *
 * Headings, severities and summaries are in the language of the outputs. Stages, protocols and kinds are the words of
 * countermine-findings(5) in each language, as one looks for them in the JSON.
 */
#include "config.h"

#include "output/table.h"

#include "base/addr.h"
#include "base/out.h"
#include "base/rfc3339.h"
#include "base/width.h"
#include "finding/say.h"
#include "finding/score.h"

#include <stdlib.h>

#define COLUMNS 8
#define CELL_MAX 64
#define SUMMARY_MAX 3072 /* the longest of tests/wording: 1.2 KiB, with a login of 106 bytes, which may have 256 */
#define INDENT 4

struct row {
    double severity;
    ns_t first_ns;
    char cell[COLUMNS][CELL_MAX];
    char summary[SUMMARY_MAX];
};

_Static_assert(sizeof(struct row) + 2 * sizeof(struct row *) + 32 <= TABLE_ROW_BYTES, "table.h has the size of a row");

struct table {
    bool colour;
    unsigned width;
    enum language language;
    struct row **rows; /* owned */
    uint32_t n, cap;
    uint64_t n_left_out;
    bool sorted;
    bool live, headed; /* rows are printed as they come, and the heading was */
};

static const enum message headings[COLUMNS] = {MESSAGE_HEADING_SEVERITY, MESSAGE_HEADING_STAGE,     MESSAGE_HEADING_MINER,
                                               MESSAGE_HEADING_POOL,     MESSAGE_HEADING_PROTOCOL,  MESSAGE_HEADING_LOGIN,
                                               MESSAGE_HEADING_SHARES,   MESSAGE_HEADING_FIRST_SEEN};

/*
 * A live table does not know what comes; these hold the common values: an IPv4 address, an endpoint of it or a name of the
 * usual length, a shortened wallet.
 */
static const size_t live_width[COLUMNS] = {12, 9, 15, 21, 11, 16, 6, 19};

struct table *table_new(const struct output_context *ctx, bool terminal)
{
    struct table *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    t->language = ctx->language;
    t->colour = terminal && ctx->colour;
    t->width = terminal ? ctx->width : 0;
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    for (uint32_t i = 0; i < t->n; i++)
        free(t->rows[i]);
    free(t->rows);
    free(t);
}

static void fill_said(const struct finding *f, enum message id, enum language language, struct out *o)
{
    struct saying s = say_of(f, NULL, language, o);

    say(&s, id);
    say_finish(&s);
}

static void fill(struct row *r, const struct finding *f, const struct about *about, enum language language)
{
    static const enum message severities[FINDING_LABELS] = {MESSAGE_SEVERITY_LOW, MESSAGE_SEVERITY_MEDIUM,
                                                            MESSAGE_SEVERITY_HIGH, MESSAGE_SEVERITY_CRITICAL};
    struct out cell[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = out_of(r->cell[i], CELL_MAX);
    r->severity = f->severity;
    r->first_ns = f->first_ns;
    out_fmt(&cell[0], "%.1f %s", f->severity, message_text(severities[score_rank(f->severity)], language));
    out_str(&cell[1], stage_name(f->stage));
    addr_print(&f->miner.addr, &cell[2]);
    if (finding_is_lookup(f))
        out_escape(&cell[3], view_of(f->name.bytes, f->name.len));
    else if (f->kind == FINDING_POOL_SCAN)
        fill_said(f, MESSAGE_CELL_POOLS, language, &cell[3]);
    else if (finding_is_fleet(f) && f->pool.port == 0)
        out_str(&cell[3], "-");
    else
        endpoint_print(&f->pool, &cell[3]);
    if (finding_is_lookup(f) || finding_is_fleet(f))
        out_str(&cell[4], finding_kind_name(f->kind));
    else
        out_str(&cell[4], mining_protocol_name((enum mining_protocol)f->protocol));
    if (f->login.len)
        wording_short_login(&f->login, &cell[5]);
    else
        out_str(&cell[5], "-");
    if (f->n_submitted)
        fill_said(f, MESSAGE_CELL_SHARES, language, &cell[6]);
    else
        out_str(&cell[6], "-");
    rfc3339_print_short(f->first_ns, &cell[7]);
    wording_summary(f, about, language, r->summary, sizeof(r->summary));
}

bool table_add(struct table *t, const struct finding *f, const struct about *about)
{
    struct row *r;

    if (f->superseded)
        return true;
    if (t->n == TABLE_ROWS_MAX) {
        t->n_left_out++;
        return true;
    }
    if (t->n == t->cap) {
        struct row **grown = reallocarray(t->rows, t->cap ? 2 * (size_t)t->cap : 16, sizeof(*grown));

        if (!grown)
            return false;
        t->rows = grown;
        t->cap = t->cap ? 2 * t->cap : 16;
    }
    r = calloc(1, sizeof(*r));
    if (!r)
        return false;
    fill(r, f, about, t->language);
    t->rows[t->n++] = r;
    t->sorted = false;
    return true;
}

uint64_t table_left_out(const struct table *t)
{
    return t->n_left_out;
}

/* Worst first; of equals the earlier. */
static int compare(const void *a, const void *b)
{
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;

    if (x->severity > y->severity || x->severity < y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->first_ns != y->first_ns)
        return x->first_ns < y->first_ns ? -1 : 1;
    return strcmp(x->cell[2], y->cell[2]);
}

uint32_t table_rows(struct table *t)
{
    if (!t->sorted && t->n)
        qsort(t->rows, t->n, sizeof(*t->rows), compare);
    t->sorted = true;
    return t->n;
}

static const char *heading(const struct table *t, int column)
{
    return message_text(headings[column], t->language);
}

static size_t column_width(const struct table *t, int column)
{
    size_t width = width_of(view_str(heading(t, column)));

    if (t->live)
        width = max_size(width, live_width[column]);
    for (uint32_t i = 0; i < t->n; i++)
        width = max_size(width, width_of(view_str(t->rows[i]->cell[column])));
    return width;
}

static const char *colour_of(const struct row *r)
{
    return r->severity >= 7 ? "\033[1;31m" : r->severity >= 4 ? "\033[33m" : "\033[36m";
}

static void print_cells(const struct table *t, const char *const cell[COLUMNS], const char *colour, struct out *o)
{
    for (int i = 0; i < COLUMNS; i++) {
        size_t width = column_width(t, i), n = width_of(view_str(cell[i])), pad = width > n ? width - n : 0;

        if (i == 0 && colour)
            out_str(o, colour);
        out_str(o, cell[i]);
        if (i == 0 && colour)
            out_str(o, "\033[0m");
        if (i < COLUMNS - 1)
            out_fmt(o, "%*s", (int)pad + 2, "");
    }
    out_char(o, '\n');
}

/* Japanese that begins no line: closing brackets, punctuation, small letters, and the mark of a long vowel. */
static bool begins_no_line(uint32_t cp)
{
    static const uint16_t marks[] = {0x2026, 0x3001, 0x3002, 0x3005, 0x300d, 0x3041, 0x3043, 0x3045, 0x3047,
                                     0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x30a1, 0x30a3, 0x30a5, 0x30a7,
                                     0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30fc, 0xff09, 0xff0c, 0xff1a};

    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (marks[i] == cp)
            return true;
    return false;
}

/* Japanese that ends no line: opening brackets. */
static bool ends_no_line(uint32_t cp)
{
    return cp == 0x300c || cp == 0xff08;
}

/* True when a line may end between the two: at a blank, which is left out then, or beside Japanese. */
static bool is_break(uint32_t before, uint32_t cp)
{
    if (cp == ' ')
        return true;
    return (width_of_char(before) == 2 || width_of_char(cp) == 2) && before != ' ' && !begins_no_line(cp) &&
           !ends_no_line(before);
}

/* Bytes of the text that make a line of at most this width; a word wider than the line is cut, but no character. */
static size_t line_of(struct view text, size_t width)
{
    size_t columns = 0, end = 0, last = 0, len;
    uint32_t before = ' ';

    for (; end < text.n; end += len) {
        uint32_t cp = utf8_decode(view_skip(text, end), &len);

        if (end > 0 && is_break(before, cp))
            last = end;
        columns += width_of_char(cp);
        if (columns > width && cp != ' ')
            return last ? last : max_size(end, len);
        before = cp;
    }
    return end;
}

/* Breaks the summary so that its lines fit the terminal. */
static void print_summary(const struct table *t, const char *summary, struct out *o)
{
    size_t width = t->width > 40 ? t->width - INDENT : 116;
    struct view text = view_str(summary);

    while (text.n) {
        size_t n = line_of(text, width);

        out_fmt(o, "%*s", INDENT, "");
        out_bytes(o, view_head(text, n));
        out_char(o, '\n');
        text = view_skip(text, n);
        while (text.n && text.p[0] == ' ')
            text = view_skip(text, 1);
    }
}

static void print_row(const struct table *t, const struct row *r, struct out *o)
{
    const char *cell[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = r->cell[i];
    print_cells(t, cell, t->colour ? colour_of(r) : NULL, o);
    print_summary(t, r->summary, o);
}

static void print_heading(const struct table *t, struct out *o)
{
    const char *cell[COLUMNS];

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = heading(t, i);
    print_cells(t, cell, t->colour ? "\033[1m" : NULL, o);
}

void table_print(const struct table *t, int64_t row, struct out *o)
{
    if (row < 0)
        print_heading(t, o);
    else
        print_row(t, t->rows[row], o);
}

void table_print_live(struct table *t, const struct finding *f, const struct about *about, struct out *o)
{
    struct row row = {0};

    t->live = true;
    fill(&row, f, about, t->language);
    if (!t->headed)
        print_heading(t, o);
    t->headed = true;
    print_row(t, &row, o);
}

void table_begin_anew(struct table *t)
{
    t->headed = false;
}
