/*
 * feed_text.c - reads lists: CSV as of RFC 4180 with one record on a line, or plain names.
 *
 * Lists come from people and from other programs, so every fault refuses one row, with the reason, and
 * reading goes on at the next line. A quoted field that holds a newline is refused for that: with it, one
 * forgotten quote would swallow the rest of the list.
 */
#include "config.h"

#include "feed/feed_text.h"

static const char *const column_names[FEED_COL_N] = {
    [FEED_COL_NAME] = "name",   [FEED_COL_MATCH] = "match",     [FEED_COL_KIND] = "kind", [FEED_COL_CONFIDENCE] = "confidence",
    [FEED_COL_COINS] = "coins", [FEED_COL_SOURCES] = "sources", [FEED_COL_NOTE] = "note", [FEED_COL_EXPIRES] = "expires",
    [FEED_COL_LINE] = "line",
};

static inline bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static inline struct view trim(struct view v)
{
    while (v.n > 0 && is_blank(v.p[0]))
        v = view_skip(v, 1);
    while (v.n > 0 && is_blank(v.p[v.n - 1]))
        v.n--;
    return v;
}

static void skip_blanks(struct buf *b)
{
    while (is_blank(buf_peek(b, 0)))
        buf_skip(b, 1);
}

/*
 * A quoted field, without its quotes; quotes doubled inside stay doubled: of the columns that are read only a note may hold
 * one. False when the quotes do not fit together.
 */
static bool take_quoted(struct buf *b, struct view *field, struct feed_line *row)
{
    struct out o;

    buf_skip(b, 1);
    *field = view_of(b->p, 0);
    for (;;) {
        if (buf_left(b) == 0) {
            o = feed_refuse(row);
            out_str(&o, "a quote is opened and not closed: a field ends on the line on which it begins");
            return false;
        }
        if (buf_u8(b) != '"') {
            field->n++;
        } else if (buf_peek(b, 0) == '"') {
            buf_skip(b, 1);
            field->n += 2;
        } else {
            break;
        }
    }
    *field = trim(*field);
    skip_blanks(b);
    if (buf_left(b) > 0 && buf_peek(b, 0) != ',') {
        o = feed_refuse(row);
        out_str(&o, "found text behind a closing quote, expected a comma; a quote inside a field is written twice");
        return false;
    }
    return true;
}

/* A field that begins with a quote, or with blanks before anything; what is left of the line then begins behind it. */
static bool take_odd(struct view *left, struct view *field, struct feed_line *row)
{
    struct buf b = buf_of(*left);

    skip_blanks(&b);
    if (buf_peek(&b, 0) != '"')
        *field = trim(buf_take(&b, view_find(buf_rest(&b), ',')));
    else if (!take_quoted(&b, field, row))
        return false;
    *left = buf_rest(&b);
    return true;
}

/* Takes a line apart at its commas; further fields are left. Their number, or 0 and the reason is written. */
static size_t split(struct view left, struct view fields[FEED_FIELDS_MAX], struct feed_line *row)
{
    size_t n = 0;

    for (;;) {
        size_t at = 0;

        if (left.n > 0 && (left.p[0] == '"' || is_blank(left.p[0]))) {
            if (!take_odd(&left, &fields[n], row))
                return 0;
        } else {
            while (at < left.n && left.p[at] != ',') /* fields are short: a call of memchr would cost more */
                at++;
            fields[n] = trim(view_head(left, at));
            left = view_skip(left, at);
        }
        n++;
        if (left.n == 0 || n == FEED_FIELDS_MAX)
            return n;
        left = view_skip(left, 1);
    }
}

/* Reads the first row as the names of columns. False, and nothing is changed, when it has none called name. */
static bool read_columns(struct feed_text *t, struct view line)
{
    struct view fields[FEED_FIELDS_MAX];
    uint8_t column[FEED_COL_N];
    struct feed_line row;
    size_t n = split(line, fields, &row);

    memset(column, FEED_FIELDS_MAX, sizeof(column));
    for (size_t i = n; i-- > 0;)
        for (unsigned k = 0; k < FEED_COL_N; k++)
            if (view_is_word(fields[i], column_names[k]))
                column[k] = (uint8_t)i;
    if (column[FEED_COL_NAME] == FEED_FIELDS_MAX)
        return false;
    memcpy(t->column, column, sizeof(column));
    t->has_columns = true;
    return true;
}

static struct view field_of(const struct feed_text *t, const struct view *fields, size_t n, enum feed_column column)
{
    return t->column[column] < n ? fields[t->column[column]] : view_of(NULL, 0);
}

static bool read_value(struct feed_line *row, enum feed_column column, struct view field, struct feed_values *v)
{
    switch (column) {
    case FEED_COL_MATCH: return feed_field_match(row, field, &v->match);
    case FEED_COL_KIND: return feed_field_kind(row, field, &v->kind);
    case FEED_COL_CONFIDENCE: return feed_field_confidence(row, field, &v->confidence);
    case FEED_COL_EXPIRES: return feed_field_expires(row, field, &v->expires_day);
    default: return feed_field_words(row, column_names[column], field);
    }
}

static void forget_values(struct feed_text *t)
{
    memset(t->seen, 0, sizeof(t->seen));
    t->values = (struct feed_values){FEED_POOL, FEED_SUFFIX, FEED_CONFIDENCE, 0}; /* what empty fields say */
}

/* Reads the fields that have few different values, but for those that say what they said in the row before. */
static bool read_values(struct feed_text *t, const struct view *fields, size_t n, struct feed_line *row)
{
    static const enum feed_column columns[] = {FEED_COL_MATCH,   FEED_COL_KIND,  FEED_COL_CONFIDENCE,
                                               FEED_COL_EXPIRES, FEED_COL_COINS, FEED_COL_SOURCES};

    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        struct view field = field_of(t, fields, n, columns[i]);

        if (view_eq(field, t->seen[columns[i]]))
            continue;
        if (!read_value(row, columns[i], field, &t->values)) {
            forget_values(t);
            return false;
        }
        t->seen[columns[i]] = field;
    }
    row->kind = t->values.kind;
    if (row->match == FEED_SUFFIX) /* else the name says it */
        row->match = t->values.match;
    row->confidence = t->values.confidence;
    row->expires_day = t->values.expires_day;
    row->coins = t->seen[FEED_COL_COINS];
    row->sources = t->seen[FEED_COL_SOURCES];
    return true;
}

static void read_row(struct feed_text *t, struct view line, struct feed_line *row)
{
    struct view fields[FEED_FIELDS_MAX];
    size_t n;

    if (!t->has_columns) {
        feed_field_name(row, trim(view_head(line, view_find(line, '#'))));
        return;
    }
    n = split(line, fields, row);
    if (n > 0 && feed_field_line(row, field_of(t, fields, n, FEED_COL_LINE)) &&
        feed_field_name(row, field_of(t, fields, n, FEED_COL_NAME)) && read_values(t, fields, n, row) && feed_line_agrees(row))
        feed_field_note(row, field_of(t, fields, n, FEED_COL_NOTE));
}

/* A line is too long, or has a NUL byte. */
static bool is_text(struct view line, struct feed_line *row)
{
    size_t nul = view_find(line, '\0');
    struct out o;

    if (line.n <= FEED_LINE_MAX && nul == line.n)
        return true;
    o = feed_refuse(row);
    if (line.n > FEED_LINE_MAX)
        out_fmt(&o, "the line has %zu bytes, at most %d are read", line.n, FEED_LINE_MAX);
    else
        out_fmt(&o, "found a NUL byte in column %zu: expected text", nul + 1);
    return false;
}

/* The next line that is neither empty nor comment, without blanks around it. */
static bool take_line(struct feed_text *t, struct view *line)
{
    while (buf_left(&t->in) > 0) {
        *line = trim(buf_take(&t->in, view_find(buf_rest(&t->in), '\n')));
        if (buf_left(&t->in) > 0)
            buf_skip(&t->in, 1);
        t->line++;
        if (line->n > 0 && line->p[0] != '#')
            return true;
    }
    return false;
}

void feed_text_init(struct feed_text *t, struct view text)
{
    *t = (struct feed_text){.in = buf_of(view_starts(text, "\xef\xbb\xbf") ? view_skip(text, 3) : text)};
    forget_values(t);
}

bool feed_text_next(struct feed_text *t, struct feed_line *row)
{
    struct view line;

    while (take_line(t, &line)) {
        bool first = !t->begun;

        feed_line_init(row, t->line);
        t->begun = true;
        if (!is_text(line, row))
            return true;
        if (first && read_columns(t, line))
            continue;
        read_row(t, line, row);
        return true;
    }
    return false;
}

/* An endpoint has a colon. Most lists have none at all, so that this costs one pass over them. */
static size_t count_endpoints(struct view text)
{
    size_t n = 0;

    for (;;) {
        text = view_skip(text, view_find(text, ':'));
        if (text.n == 0)
            return n;
        n++;
        text = view_skip(text, view_find(text, '\n'));
    }
}

struct feed_text_size feed_text_measure(struct view text)
{
    struct feed_text_size size = {.n_endpoints = count_endpoints(text)};
    struct feed_text t;
    struct view line;

    feed_text_init(&t, text);
    while (take_line(&t, &line)) {
        if (size.n_rows == 0)
            size.has_columns = line.n <= FEED_LINE_MAX && read_columns(&t, line);
        size.n_rows++;
    }
    return size;
}
