/*
 * feed_text.c - reads lists of names: CSV as of RFC 4180 with one record on a line, or plain names.
 *
 * Lists come from people and from other programs, so every fault refuses one row, with the reason, and
 * reading goes on at the next line. A quoted field that holds a newline is refused for that: with it, one
 * forgotten quote would swallow the rest of the list.
 */
#include "config.h"

#include "feed/feed_text.h"

#include "base/nearest.h"
#include "base/parse.h"

static const char *const column_names[FEED_COL_N] = {
    [FEED_COL_NAME] = "name",   [FEED_COL_MATCH] = "match",     [FEED_COL_KIND] = "kind", [FEED_COL_CONFIDENCE] = "confidence",
    [FEED_COL_COINS] = "coins", [FEED_COL_SOURCES] = "sources",
};

static const char *const kind_names[FEED_KIND_N] = {
    [FEED_POOL] = "pool", [FEED_PROXY] = "proxy",       [FEED_NICEHASH] = "nicehash",
    [FEED_DEAD] = "dead", [FEED_WEBMINER] = "webminer", [FEED_MALWARE] = "malware",
    [FEED_NODE] = "node", [FEED_ALLOW] = "allow",       [FEED_NEVER] = "never",
};

static const char *const match_names[FEED_MATCH_N] = {
    [FEED_SUFFIX] = "suffix",
    [FEED_EXACT] = "exact",
    [FEED_BELOW] = "below",
};

const char *feed_kind_name(enum feed_kind kind)
{
    return (unsigned)kind < FEED_KIND_N ? kind_names[kind] : "?";
}

const char *feed_match_name(enum feed_match match)
{
    return (unsigned)match < FEED_MATCH_N ? match_names[match] : "?";
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct view trim(struct view v)
{
    while (v.n > 0 && is_blank(v.p[0]))
        v = view_skip(v, 1);
    while (v.n > 0 && is_blank(v.p[v.n - 1]))
        v.n--;
    return v;
}

/* Starts the reason for which a row is refused. */
static struct out refuse(struct feed_line *row)
{
    return out_of(row->why, sizeof(row->why));
}

/* What was written, in quotes, made safe and not too long. */
static void put_found(struct out *o, struct view v)
{
    out_char(o, '`');
    out_escape(o, view_head(v, 40));
    out_str(o, v.n > 40 ? "...'" : "'");
}

static void skip_blanks(struct buf *b)
{
    while (is_blank(buf_peek(b, 0)))
        buf_skip(b, 1);
}

/*
 * A quoted field, without its quotes; quotes doubled inside stay doubled: no column that is read may hold
 * one. False when the quotes do not fit together.
 */
static bool take_quoted(struct buf *b, struct view *field, struct feed_line *row)
{
    struct out o;

    buf_skip(b, 1);
    *field = view_of(b->p, 0);
    for (;;) {
        if (buf_left(b) == 0) {
            o = refuse(row);
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
        o = refuse(row);
        out_str(&o, "found text behind a closing quote, expected a comma; a quote inside a field is written twice");
        return false;
    }
    return true;
}

/* Takes a line apart at its commas; further fields are left. Their number, or 0 and the reason is written. */
static size_t split(struct view line, struct view fields[FEED_FIELDS_MAX], struct feed_line *row)
{
    struct buf b = buf_of(line);
    size_t n = 0;

    for (;;) {
        skip_blanks(&b);
        if (buf_peek(&b, 0) != '"')
            fields[n] = trim(buf_take(&b, view_find(buf_rest(&b), ',')));
        else if (!take_quoted(&b, &fields[n], row))
            return 0;
        n++;
        if (buf_left(&b) == 0 || n == FEED_FIELDS_MAX)
            return n;
        buf_skip(&b, 1);
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

/* Without branches: which kind of character comes next is hard to predict. */
static bool is_digit(uint8_t c)
{
    return (unsigned)(c - '0') < 10;
}

static bool is_host_byte(uint8_t c)
{
    return ((unsigned)(c - 'a') < 26) | is_digit(c) | (c == '-') | (c == '_');
}

/* Says what is wrong with a text that name_parse refused, or that has a byte that no host name has. */
static bool refuse_name(struct feed_line *row, struct view text)
{
    struct out o = refuse(row);
    size_t bad = 0;

    while (bad < text.n && (text.p[bad] == '.' || is_host_byte(byte_lower(text.p[bad]))))
        bad++;
    if (text.n == 0) {
        out_str(&o, "the name is empty");
        return false;
    }
    put_found(&o, text);
    if (bad == text.n)
        out_str(&o, ": labels have 1 to 63 characters, a name at most 253");
    else if (text.p[bad] > 0x7f)
        out_str(&o, ": expected the ASCII form of the name, in which such labels begin with xn--");
    else if (text.p[bad] == '*')
        out_str(&o, ": expected * as the first label only: *.pool.example matches what is below pool.example");
    else if (text.p[bad] == ',')
        out_str(&o, ": found a comma; a list with columns begins with a line that names them, one of them `name'");
    else if (is_blank(text.p[bad]))
        out_str(&o, ": found a blank; expected one name on a line");
    else
        out_fmt(&o, ": found byte 0x%02x; expected letters, digits, hyphens and dots", text.p[bad]);
    return false;
}

/* The name as people write it; =NAME matches exactly, *.NAME what is below it. */
static bool read_name(struct feed_line *row, struct view text)
{
    struct name *name = &row->name;
    struct out o;
    bool digits = true;

    if (text.n > 0 && text.p[0] == '=') {
        row->match = FEED_EXACT;
        text = trim(view_skip(text, 1));
    } else if (view_starts(text, "*.")) {
        row->match = FEED_BELOW;
        text = view_skip(text, 2);
    }
    if (!name_parse(name, text))
        return refuse_name(row, text);
    for (unsigned i = 0; i < name->n_labels; i++) {
        const uint8_t *label = name->b + name->at[i];
        bool ok = true;

        digits = true; /* of the last label: that of an address */
        for (unsigned k = 1; k <= label[0]; k++) {
            ok &= is_host_byte(label[k]);
            digits &= is_digit(label[k]);
        }
        if (!ok)
            return refuse_name(row, text);
    }
    if (name->n_labels >= 2 && !digits)
        return true;
    o = refuse(row);
    put_found(&o, text);
    out_str(&o, digits ? ": expected a name; addresses cannot be listed"
                       : ": a name has two labels at least, such as pool.example");
    return false;
}

static bool read_match(struct feed_line *row, struct view word)
{
    struct out o;

    if (word.n == 0)
        return true;
    for (unsigned m = 0; m < FEED_MATCH_N; m++) {
        if (!view_is_word(word, match_names[m]))
            continue;
        if (row->match == FEED_SUFFIX) /* else the name says it */
            row->match = (enum feed_match)m;
        return true;
    }
    o = refuse(row);
    out_str(&o, "match ");
    put_found(&o, word);
    out_str(&o, ": expected suffix, exact or below");
    return false;
}

static bool read_kind(struct feed_line *row, struct view word)
{
    const char *near;
    struct out o;

    if (word.n == 0)
        return true;
    for (unsigned k = 0; k < FEED_KIND_N; k++) {
        if (view_is_word(word, kind_names[k])) {
            row->kind = (enum feed_kind)k;
            return true;
        }
    }
    o = refuse(row);
    out_str(&o, "kind ");
    put_found(&o, word);
    near = nearest_word(word, kind_names, FEED_KIND_N);
    if (near)
        out_fmt(&o, ": did you mean %s?", near);
    else
        out_str(&o, ": expected pool, proxy, nicehash, dead, webminer, malware, node, allow or never");
    return false;
}

static bool read_confidence(struct feed_line *row, struct view word)
{
    struct out o;
    uint64_t n;

    if (word.n == 0)
        return true;
    if (parse_u64(word, &n) && n <= 100) {
        row->confidence = (unsigned)n;
        return true;
    }
    o = refuse(row);
    out_str(&o, "confidence ");
    put_found(&o, word);
    out_str(&o, ": expected a number from 0 to 100");
    return false;
}

/* Words of printable ASCII, separated by blanks: they are shown as they are. */
static bool read_words(struct feed_line *row, enum feed_column column, struct view text, struct view *words)
{
    struct out o;
    bool ok = text.n <= FEED_WORDS_MAX;

    for (size_t i = 0; ok && i < text.n; i++)
        ok = text.p[i] >= ' ' && text.p[i] < 0x7f && text.p[i] != '"';
    *words = text;
    if (ok)
        return true;
    o = refuse(row);
    out_fmt(&o, "%s ", column_names[column]);
    put_found(&o, text);
    out_fmt(&o, ": expected words in ASCII, without quotes, of %d bytes at most", FEED_WORDS_MAX);
    return false;
}

static struct view field_of(const struct feed_text *t, const struct view *fields, size_t n, enum feed_column column)
{
    return t->column[column] < n ? fields[t->column[column]] : view_of(NULL, 0);
}

static void read_row(struct feed_text *t, struct view line, struct feed_line *row)
{
    struct view fields[FEED_FIELDS_MAX];
    size_t n;

    if (!t->has_columns) {
        read_name(row, trim(view_head(line, view_find(line, '#'))));
        return;
    }
    n = split(line, fields, row);
    if (n > 0 && read_name(row, field_of(t, fields, n, FEED_COL_NAME)) &&
        read_match(row, field_of(t, fields, n, FEED_COL_MATCH)) && read_kind(row, field_of(t, fields, n, FEED_COL_KIND)) &&
        read_confidence(row, field_of(t, fields, n, FEED_COL_CONFIDENCE)) &&
        read_words(row, FEED_COL_COINS, field_of(t, fields, n, FEED_COL_COINS), &row->coins))
        read_words(row, FEED_COL_SOURCES, field_of(t, fields, n, FEED_COL_SOURCES), &row->sources);
}

/* A line is too long, or has a NUL byte. */
static bool is_text(struct view line, struct feed_line *row)
{
    size_t nul = view_find(line, '\0');
    struct out o;

    if (line.n <= FEED_LINE_MAX && nul == line.n)
        return true;
    o = refuse(row);
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
}

bool feed_text_next(struct feed_text *t, struct feed_line *row)
{
    struct view line;

    while (take_line(t, &line)) {
        bool first = !t->begun;

        row->line = t->line;
        row->kind = FEED_POOL;
        row->match = FEED_SUFFIX;
        row->confidence = FEED_CONFIDENCE;
        row->coins = row->sources = view_of(NULL, 0);
        row->why[0] = '\0';
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

size_t feed_text_count(struct view text)
{
    struct feed_text t;
    struct view line;
    size_t n = 0;

    feed_text_init(&t, text);
    while (take_line(&t, &line))
        n++;
    return n;
}
