/*
 * allow_read.c - site lists from their text: CSV as of RFC 4180 with one record on a line, whose first line names the columns.
 *
 * A row that is misread silences what it should not, or does not silence what it should. So this reader takes nothing that it
 * does not know, and a file with a fault is refused whole. Unlike lists of pools, a site list is a person's own text.
 */
#include "config.h"

#include "finding/allow_rows.h"

#include "base/addr_parse.h"
#include "base/nearest.h"
#include "base/parse.h"
#include "base/rfc3339.h"

#include <stdarg.h>
#include <stdio.h>

#define FAULTS_MAX 20 /* that are said of a file */
#define SHOWN_MAX 60  /* bytes of what was found, in a message */

enum column { COL_NAME, COL_CLIENT, COL_DESTINATION, COL_WALLET, COL_KIND, COL_REASON, COL_EXPIRES, COL_N };

static const char *const column_names[COL_N] = {"name", "client", "destination", "wallet", "kind", "reason", "expires"};
const char *const allow_columns = "name,client,destination,wallet,kind,reason,expires";

struct reader {
    struct allow *allow;
    const char *list;
    uint32_t line;
    allow_say_fn *say;
    void *arg;
    uint32_t n_faults;
    uint8_t column[COL_N]; /* which field of a line it is; n_columns = there is none */
    uint8_t n_columns;     /* 0 = the line that names them is still to come */
    struct view field[COL_N + 1];
    char unquoted[ALLOW_LINE_MAX + 1]; /* what fields with quotes point into */
};

/* --- faults --------------------------------------------------------------------------------- */

static void fault(struct reader *r, const char *fmt, ...) ATTR_PRINTF(2, 3);

static void fault(struct reader *r, const char *fmt, ...)
{
    char text[1200], what[800];
    struct out o = out_of(text, sizeof(text));
    va_list ap;

    if (r->n_faults++ >= FAULTS_MAX || !r->say)
        return;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    out_escape(&o, view_str(r->list));
    out_fmt(&o, ":%u: %s", r->line, what);
    r->say(r->arg, text);
}

struct shown {
    char text[4 * SHOWN_MAX + 8];
};

static const char *show(struct view v, struct shown *s)
{
    struct out o = out_of(s->text, sizeof(s->text));

    out_escape(&o, view_head(v, SHOWN_MAX));
    out_str(&o, v.n > SHOWN_MAX ? "..." : "");
    return s->text;
}

/* A field is not what it should be. */
static bool refuse(struct reader *r, enum column column, const char *expected)
{
    struct shown s;

    fault(r, "column %u, %s: given `%s', expected %s", r->column[column] + 1u, column_names[column],
          show(r->field[r->column[column]], &s), expected);
    return false;
}

/* --- lines and fields ----------------------------------------------------------------------- */

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

/* A quoted field, without quotes; doubled ones become one. */
static bool take_quoted(struct reader *r, struct buf *b, struct out *to, struct view *field)
{
    size_t from = to->n;

    buf_skip(b, 1);
    for (;;) {
        uint8_t c = buf_u8(b);

        if (!buf_ok(b)) {
            fault(r, "a quote is opened and not closed, expected \" and a comma, or the end of the line");
            return false;
        }
        if (c == '"' && buf_peek(b, 0) != '"')
            break;
        if (c == '"')
            buf_skip(b, 1);
        out_char(to, (char)c);
    }
    *field = trim(view_of(to->p + from, to->n - from));
    while (is_blank(buf_peek(b, 0)))
        buf_skip(b, 1);
    if (buf_left(b) == 0 || buf_peek(b, 0) == ',')
        return true;
    fault(r, "text stands behind a closing quote, expected a comma; a quote inside a field is written twice");
    return false;
}

/* Takes the line apart. The number of its fields, up to COL_N + 1; 0, and said, when it cannot be. */
static unsigned split(struct reader *r, struct view line)
{
    struct out to = out_of(r->unquoted, sizeof(r->unquoted));
    struct buf b = buf_of(line);
    unsigned n = 0;

    for (;;) {
        while (is_blank(buf_peek(&b, 0)))
            buf_skip(&b, 1);
        if (buf_peek(&b, 0) != '"')
            r->field[n] = trim(buf_take(&b, view_find(buf_rest(&b), ',')));
        else if (!take_quoted(r, &b, &to, &r->field[n]))
            return 0;
        n++;
        if (buf_left(&b) == 0 || n == COL_N + 1)
            return n;
        buf_skip(&b, 1);
    }
}

static enum column column_of(struct view word)
{
    enum column c = 0;

    while (c < COL_N && !view_is_word(word, column_names[c]))
        c++;
    return c;
}

/* The line that names the columns. */
static bool read_columns(struct reader *r, struct view line)
{
    unsigned n = split(r, line);
    const char *near;
    struct shown s;

    memset(r->column, COL_N, sizeof(r->column));
    for (unsigned i = 0; i < n; i++) {
        enum column c = i < COL_N ? column_of(r->field[i]) : COL_N;

        if (c == COL_N) {
            near = nearest_word(r->field[i], column_names, COL_N);
            fault(r, "column %u: given `%s', expected one of the columns %s%s%s%s", i + 1, show(r->field[i], &s), allow_columns,
                  near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
            return false;
        }
        if (r->column[c] != COL_N) {
            fault(r, "column %u: `%s' is column %u already, expected each once", i + 1, column_names[c], r->column[c] + 1u);
            return false;
        }
        r->column[c] = (uint8_t)i;
    }
    if (n > 0 && r->column[COL_REASON] == COL_N) {
        fault(r, "there is no column `reason', expected a first line such as %s", allow_columns);
        return false;
    }
    r->n_columns = (uint8_t)n;
    return n > 0;
}

/* --- fields --------------------------------------------------------------------------------- */

static bool is_letter_or_digit(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_digits(struct view v)
{
    size_t i = 0;

    while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9')
        i++;
    return i == v.n;
}

/* pool.example, =pool.example or *.pool.example. */
static bool read_name(struct reader *r, struct view v, struct allow_row *row)
{
    struct view last;

    row->has_name = true;
    row->match = view_starts(v, "=") ? ALLOW_EXACT : view_starts(v, "*.") ? ALLOW_BELOW : ALLOW_SUFFIX;
    v = view_skip(v, row->match == ALLOW_EXACT ? 1 : row->match == ALLOW_BELOW ? 2 : 0);
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] > 0x7f)
            return refuse(r, COL_NAME, "the ASCII form of the name, in which such labels begin with xn--");
        if (!is_letter_or_digit(v.p[i]) && v.p[i] != '-' && v.p[i] != '_' && v.p[i] != '.')
            return refuse(r, COL_NAME,
                          "a name such as pool.example, with = before it for this very name or *. for what is below it");
    }
    if (!name_parse(&row->name, v))
        return refuse(r, COL_NAME, "a name of labels of 1 to 63 bytes, at most 253 together");
    last = view_skip(name_suffix(&row->name, 1), 1);
    if (is_digits(last))
        return refuse(r, COL_NAME, "a name; addresses stand in the column `destination'");
    return true;
}

static bool read_client(struct reader *r, struct view v, struct allow_row *row)
{
    row->has_client = net_parse(v, &row->client);
    return row->has_client || refuse(r, COL_CLIENT,
                                     "an address or a network, as 10.0.3.17, 10.0.3.0/24 or 2001:db8::/32, with no "
                                     "bits set behind its length");
}

/* 192.0.2.1, 192.0.2.0/24, either with :port, 2001:db8::1, 2001:db8::/32, [2001:db8::/32]:port. */
static bool read_destination(struct reader *r, struct view v, struct allow_row *row)
{
    static const char expected[] = "an address or a network, with a port or without, as 192.0.2.1, 192.0.2.0/24:3333 or "
                                   "[2001:db8::1]:3333; names stand in the column `name'";
    size_t colon = view_find_last(v, ':');
    bool bracket = view_starts(v, "[");
    uint64_t port = 0;

    if (bracket || (colon < v.n && view_find(v, ':') == colon)) {
        if (colon == v.n || !parse_u64(view_skip(v, colon + 1), &port) || port == 0 || port > UINT16_MAX)
            return refuse(r, COL_DESTINATION, expected);
        v = view_head(v, colon);
    }
    if (bracket) {
        if (v.n < 2 || v.p[v.n - 1] != ']')
            return refuse(r, COL_DESTINATION, expected);
        v = view_sub(v, 1, v.n - 2);
    }
    row->port = (uint16_t)port;
    row->has_destination = net_parse(v, &row->destination);
    return row->has_destination || refuse(r, COL_DESTINATION, expected);
}

static bool read_wallet(struct reader *r, struct view v, struct allow_row *row)
{
    row->has_wallet = true;
    row->wallet_is_prefix = v.p[v.n - 1] == '*';
    v.n -= row->wallet_is_prefix;
    if (v.n == 0)
        return refuse(r, COL_WALLET, "the start of a wallet or login before the *");
    if (v.n > ALLOW_WALLET_MAX)
        return refuse(r, COL_WALLET, "a wallet or login of at most 256 bytes");
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] <= ' ' || v.p[i] > '~' || v.p[i] == '*')
            return refuse(r, COL_WALLET, "a wallet or login in ASCII without blanks, whole or its start and *");
    row->n_wallet = (uint16_t)v.n;
    memcpy(row->wallet, v.p, v.n);
    return true;
}

static bool read_kind(struct reader *r, struct view word, struct allow_row *row)
{
    const char *words[FINDING_KIND_N], *near;
    char expected[400];
    struct out o = out_of(expected, sizeof(expected));

    for (unsigned k = 0; k < FINDING_KIND_N; k++) {
        words[k] = finding_kind_name((enum finding_kind)k);
        if (view_is_word(word, words[k])) {
            row->kinds |= 1u << k;
            return true;
        }
    }
    near = nearest_word(word, words, FINDING_KIND_N);
    out_str(&o, "kinds of findings, separated by blanks:");
    for (unsigned k = 0; k < FINDING_KIND_N; k++)
        out_fmt(&o, " %s", words[k]);
    if (near)
        out_fmt(&o, "; did you mean %s?", near);
    return refuse(r, COL_KIND, expected);
}

static bool read_kinds(struct reader *r, struct view v, struct allow_row *row)
{
    for (struct view rest = v; rest.n > 0;) {
        size_t n = view_find(rest, ' ');

        if (n > 0 && !read_kind(r, view_head(rest, n), row))
            return false;
        rest = view_skip(rest, n + 1);
    }
    return true;
}

/* The reason is shown as it is. */
static bool read_reason(struct reader *r, struct view v, struct allow_row *row)
{
    size_t len;

    if (v.n > ALLOW_REASON_MAX)
        return refuse(r, COL_REASON, "at most 200 bytes");
    row->n_reason = (uint16_t)v.n;
    memcpy(row->reason, v.p, v.n);
    for (; v.n > 0; v = view_skip(v, len)) {
        uint32_t c = utf8_decode(v, &len);

        if (c == UINT32_MAX || utf8_unsafe(c))
            return refuse(r, COL_REASON, "a sentence in UTF-8 without control characters");
    }
    return true;
}

static bool read_expires(struct reader *r, struct view v, struct allow_row *row)
{
    char text[40];
    struct out o = out_of(text, sizeof(text));

    out_bytes(&o, v);
    if (v.n == strlen("2026-12-31"))
        out_str(&o, "T00:00:00Z");
    if (!o.full && rfc3339_parse(out_view(&o), &row->expires_ns))
        row->expires_ns -= row->expires_ns % NS_PER_US; /* as it is written */
    else
        row->expires_ns = 0;
    if (row->expires_ns <= 0)
        return refuse(r, COL_EXPIRES,
                      "the day or the time from which on the row does not hold, as 2026-12-31 or 2026-12-31T18:00:00Z");
    return true;
}

static bool read_field(struct reader *r, enum column c, struct view v, struct allow_row *row)
{
    switch (c) {
    case COL_NAME: return read_name(r, v, row);
    case COL_CLIENT: return read_client(r, v, row);
    case COL_DESTINATION: return read_destination(r, v, row);
    case COL_WALLET: return read_wallet(r, v, row);
    case COL_KIND: return read_kinds(r, v, row);
    case COL_REASON: return read_reason(r, v, row);
    default: return read_expires(r, v, row);
    }
}

/* --- rows ----------------------------------------------------------------------------------- */

static void set_place(struct reader *r, struct allow_row *row)
{
    struct view list = view_str(r->list);

    if (list.n > ALLOW_LIST_MAX)
        list = view_skip(list, list.n - ALLOW_LIST_MAX);
    row->n_list = (uint8_t)list.n;
    memcpy(row->list, list.p, list.n);
    row->line = r->line;
}

/* True when the row asks for something, and says why. */
static bool is_whole(struct reader *r, const struct allow_row *row)
{
    if (!row->has_name && !row->has_client && !row->has_destination && !row->has_wallet && !row->kinds)
        fault(r, "the row has no condition and would allow everything, expected a name, client, destination, wallet or kind");
    else if (row->n_reason == 0)
        fault(r, "the row has no reason, expected why it is allowed, and by whom");
    else
        return true;
    return false;
}

static void read_row(struct reader *r, struct view line)
{
    unsigned n = split(r, line);
    struct allow_row row;
    bool ok = n > 0;

    memset(&row, 0, sizeof(row));
    if (n > r->n_columns) {
        fault(r, "the row has more than the %u columns of the first line; a field that holds a comma stands in double quotes",
              r->n_columns);
        return;
    }
    for (enum column c = 0; c < COL_N && n > 0; c++)
        if (r->column[c] < n && r->field[r->column[c]].n > 0)
            ok = read_field(r, c, r->field[r->column[c]], &row) && ok; /* all faults are said */
    if (!ok || !is_whole(r, &row))
        return;
    set_place(r, &row);
    if (!allow_add(r->allow, &row))
        fault(r,
              r->allow->n == ALLOW_ROWS_MAX ? "there are more than %d rows in all site lists together"
                                            : "not enough memory for %d rows",
              ALLOW_ROWS_MAX);
}

/* False: the rest of the file makes no sense. */
static bool read_line(struct reader *r, struct view line)
{
    line = trim(line);
    if (line.n > ALLOW_LINE_MAX) {
        fault(r, "the line has %zu bytes, expected at most %d", line.n, ALLOW_LINE_MAX);
        return true;
    }
    if (view_find(line, 0) < line.n) {
        fault(r, "a line with a NUL byte, expected text in UTF-8; the rest of the file is not read");
        return false;
    }
    if (line.n == 0 || line.p[0] == '#')
        return true;
    if (r->n_columns == 0)
        return read_columns(r, line);
    read_row(r, line);
    return true;
}

bool allow_read(struct allow *a, const char *list, struct view text, allow_say_fn *say, void *arg)
{
    struct reader r = {.allow = a, .list = list, .say = say, .arg = arg};
    bool more = true;

    if (view_starts(text, "\xef\xbb\xbf"))
        text = view_skip(text, 3);
    while (text.n > 0 && more && a->n < ALLOW_ROWS_MAX + (r.n_faults == 0)) {
        size_t end = view_find(text, '\n');

        r.line++;
        more = read_line(&r, view_head(text, end));
        text = view_skip(text, end + 1);
    }
    if (r.n_columns == 0 && r.n_faults == 0) {
        r.line += r.line == 0;
        fault(&r, "the file is empty, expected a first line such as %s", allow_columns);
    }
    if (r.n_faults > FAULTS_MAX && say) {
        char more_faults[80];

        snprintf(more_faults, sizeof(more_faults), "... and %u more faults in this site list", r.n_faults - FAULTS_MAX);
        say(arg, more_faults);
    }
    return r.n_faults == 0;
}

bool allow_add_printed(struct allow *a, struct view list, uint32_t line, struct view text)
{
    char name[ALLOW_LIST_MAX + 1];
    struct out o = out_of(name, sizeof(name));
    struct reader r = {.allow = a, .list = name, .line = line, .n_columns = COL_N};
    uint32_t n = a->n;

    out_bytes(&o, list);
    for (enum column c = 0; c < COL_N; c++)
        r.column[c] = (uint8_t)c;
    if (!o.full && line > 0 && text.n <= ALLOW_LINE_MAX && view_find(text, 0) == text.n && view_find(list, 0) == list.n)
        read_row(&r, text);
    return a->n > n;
}
