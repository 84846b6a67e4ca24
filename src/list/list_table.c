/*
 * list_table.c - tables as CSV (RFC 4180, one record on a line), the own one and others: the first line names the
 * columns, and its names decide. Fields are separated by commas, semicolons or tabs, whichever the first line has.
 *
 * A field that goes over several lines is refused, as in the own format: with it, one forgotten quote would
 * swallow the rest of the list.
 */
#include "config.h"

#include "list/list_forms.h"

#include "base/parse.h"

#define FIELDS_MAX 64
#define FIELD_MAX 512 /* bytes of a field with quotes inside */
#define PORTS_MAX 64  /* ports of one address */

enum column {
    COL_NAME,
    COL_ADDRESS,
    COL_PORTS,
    COL_MATCH,
    COL_KIND,
    COL_CONFIDENCE,
    COL_COINS,
    COL_SOURCES,
    COL_NOTE,
    COL_EXPIRES,
    COL_TIME,
    COL_LINE,
    COL_N
};

/* What columns are called; of two with one meaning the first of this list counts. */
static const struct {
    const char *word;
    enum column means;
    bool own; /* as the own format has it */
} words[] = {
    {"domain", COL_NAME, false},
    {"hostname", COL_NAME, false},
    {"host", COL_NAME, false},
    {"fqdn", COL_NAME, false},
    {"domain_name", COL_NAME, false},
    {"indicator", COL_NAME, false},
    {"ioc", COL_NAME, false},
    {"value", COL_NAME, false},
    {"url", COL_NAME, false},
    {"name", COL_NAME, true},
    {"ip", COL_ADDRESS, false},
    {"address", COL_ADDRESS, false},
    {"ip_address", COL_ADDRESS, false},
    {"ports", COL_PORTS, false},
    {"port", COL_PORTS, false},
    {"match", COL_MATCH, true},
    {"kind", COL_KIND, true},
    {"category", COL_KIND, false},
    {"confidence", COL_CONFIDENCE, true},
    {"score", COL_CONFIDENCE, false},
    {"coins", COL_COINS, true},
    {"coin", COL_COINS, false},
    {"sources", COL_SOURCES, true},
    {"source", COL_SOURCES, false},
    {"reference", COL_SOURCES, false},
    {"note", COL_NOTE, true},
    {"comment", COL_NOTE, false},
    {"description", COL_NOTE, false},
    {"expires", COL_EXPIRES, true},
    {"valid_until", COL_EXPIRES, false},
    {"expiry", COL_EXPIRES, false},
    {"last_seen", COL_TIME, false},
    {"updated", COL_TIME, false},
    {"modified", COL_TIME, false},
    {"date", COL_TIME, false},
    {"timestamp", COL_TIME, false},
    {"line", COL_LINE, true},
};

struct table {
    uint8_t separator;
    uint8_t column[COL_N]; /* where each stands; FIELDS_MAX when it is absent */
    bool own;              /* the own format: its words and no others */
    size_t n;
    struct view field[FIELDS_MAX];
    char unquoted[FIELDS_MAX][FIELD_MAX]; /* fields with doubled quotes */
};

/* The byte that separates the names of columns. */
static uint8_t separator_of(struct view line)
{
    static const uint8_t all[] = {',', ';', '\t'};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (view_find(line, all[i]) < line.n)
            return all[i];
    return ',';
}

/* A quoted field, without its quotes. False when they do not fit together. */
static bool take_quoted(struct table *t, struct buf *b, struct view *field)
{
    struct out o = out_of(t->unquoted[t->n], FIELD_MAX);

    buf_skip(b, 1);
    for (;;) {
        uint8_t c = buf_u8(b);

        if (!buf_ok(b))
            return false;
        if (c == '"') {
            if (buf_peek(b, 0) != '"')
                break;
            buf_skip(b, 1);
        }
        out_char(&o, (char)c);
    }
    *field = list_trim(out_view(&o));
    while (buf_peek(b, 0) == ' ')
        buf_skip(b, 1);
    return buf_left(b) == 0 || buf_peek(b, 0) == t->separator;
}

/* Takes a line apart; fields beyond the most are left. False when quotes do not fit together. */
static bool split(struct table *t, struct view line)
{
    struct buf b = buf_of(line);

    for (t->n = 0; t->n < FIELDS_MAX; buf_skip(&b, 1)) {
        while (buf_peek(&b, 0) == ' ')
            buf_skip(&b, 1);
        if (buf_peek(&b, 0) != '"')
            t->field[t->n] = list_trim(buf_take(&b, view_find(buf_rest(&b), t->separator)));
        else if (!take_quoted(t, &b, &t->field[t->n]))
            return false;
        t->n++;
        if (buf_left(&b) == 0)
            break;
    }
    return true;
}

static struct view field_of(const struct table *t, enum column c)
{
    return t->column[c] < t->n ? t->field[t->column[c]] : view_of(NULL, 0);
}

/* Reads the names of the columns; false when none of them is for names or addresses. */
static bool read_columns(struct table *t, struct view line)
{
    t->separator = separator_of(line);
    memset(t->column, FIELDS_MAX, sizeof(t->column));
    if (!split(t, line))
        return false;
    for (size_t k = ARRAY_LEN(words); k-- > 0;)
        for (size_t i = t->n; i-- > 0;)
            if (view_is_word(t->field[i], words[k].word) && (words[k].own || !t->own))
                t->column[words[k].means] = (uint8_t)i;
    return t->column[COL_NAME] < FIELDS_MAX || t->column[COL_ADDRESS] < FIELDS_MAX;
}

static bool has_word(struct view line, const char *word)
{
    uint8_t separator = separator_of(line);

    while (line.n > 0) {
        struct view field = list_trim(list_field(&line, separator));

        if (field.n > 1 && field.p[0] == '"')
            field = view_of(field.p + 1, field.n - 2);
        if (view_is_word(field, word))
            return true;
    }
    return false;
}

/* A word for names or addresses that stands in the first line: its index in words; ARRAY_LEN(words) when there is none. */
static size_t find_name_word(struct view line)
{
    size_t k = 0;

    while (k < ARRAY_LEN(words) && (words[k].means > COL_ADDRESS || !has_word(line, words[k].word)))
        k++;
    return k;
}

/* Only the first line with meaning is a header; list_detect asks about it alone. */
unsigned list_feed_looks(struct view line)
{
    size_t k = find_name_word(line);

    return k < ARRAY_LEN(words) && words[k].own && separator_of(line) == ',' ? 1000 : 0;
}

unsigned list_csv_looks(struct view line)
{
    if (view_find(line, separator_of(line)) == line.n)
        return 0; /* one word is a name */
    return find_name_word(line) < ARRAY_LEN(words) ? 900 : 0;
}

/* A number up to 100; words that others have for it. */
static int confidence_of(struct view v)
{
    uint64_t n;

    if (parse_u64(v, &n))
        return n <= 100 ? (int)n : -1;
    if (view_is_word(v, "high"))
        return 90;
    if (view_is_word(v, "medium"))
        return 60;
    return view_is_word(v, "low") ? 30 : -1;
}

/* An address, once for each of its ports. */
static void put_ports(struct list_work *w, struct list_row *row, struct view ports)
{
    for (size_t i = 0; i < PORTS_MAX && ports.n > 0; i++) {
        struct view word = list_word(&ports);
        uint64_t port;

        while (word.n > 0 && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ';'))
            word.n--;
        if (!parse_u64(word, &port) || port == 0 || port > UINT16_MAX) {
            list_refuse(w, row->line, "port %s: expected a number from 1 to 65535", list_quote(word).text);
            continue;
        }
        row->port = (uint16_t)port;
        list_put(w, row);
    }
    if (ports.n > 0)
        list_refuse(w, row->line, "%s has more than %d ports", list_quote(row->name).text, PORTS_MAX);
}

/* In the own format a word that is none is a slip of its writer; others have words that mean nothing here. */
static bool words_ok(struct list_work *w, const struct table *t, const struct list_row *row)
{
    struct view kind = field_of(t, COL_KIND), match = field_of(t, COL_MATCH), confidence = field_of(t, COL_CONFIDENCE);

    if (!t->own)
        return true;
    if (kind.n > 0 && row->kind < 0)
        list_refuse(w, row->line, "kind %s: expected one of countermine-feeds(5), such as pool", list_quote(kind).text);
    else if (match.n > 0 && row->match < 0)
        list_refuse(w, row->line, "match %s: expected suffix, exact or below", list_quote(match).text);
    else if (confidence.n > 0 && row->confidence < 0)
        list_refuse(w, row->line, "confidence %s: expected a number from 0 to 100", list_quote(confidence).text);
    else
        return true;
    return false;
}

static void put_name(struct list_work *w, struct list_row *row, struct view name)
{
    const char *why;

    if (name.n > 0 && name.p[0] == '=') {
        row->match = FEED_EXACT;
        name = list_trim(view_skip(name, 1));
    }
    row->name = name;
    if (view_find(name, '/') < name.n ? !list_url_row(name, row, &why) : !list_host_port(name, &row->name, &row->port))
        list_refuse(w, row->line, "%s: expected a name, or an address with port", list_quote(name).text);
    else
        list_put(w, row);
}

static void read_row(struct list_work *w, const struct table *t)
{
    struct list_row row = list_row_of(field_of(t, COL_NAME), w->line);
    struct view ports = field_of(t, COL_PORTS);
    struct addr a;
    uint64_t n;

    row.match = list_match_of(field_of(t, COL_MATCH));
    row.kind = list_kind_of(field_of(t, COL_KIND));
    row.confidence = confidence_of(field_of(t, COL_CONFIDENCE));
    row.coins = field_of(t, COL_COINS);
    row.sources = field_of(t, COL_SOURCES);
    row.note = field_of(t, COL_NOTE);
    row.expires_day = list_expires(field_of(t, COL_EXPIRES));
    list_newest(w, field_of(t, COL_TIME));
    if (parse_u64(field_of(t, COL_LINE), &n) && n > 0 && n <= UINT32_MAX)
        row.line = (uint32_t)n;
    if (!words_ok(w, t, &row))
        return;
    if (row.name.n == 0)
        row.name = field_of(t, COL_ADDRESS);
    if (ports.n > 0 && list_address(row.name, &a))
        put_ports(w, &row, ports);
    else
        put_name(w, &row, row.name);
}

void list_csv_read(struct list_work *w)
{
    static const struct table none;
    struct table t = none;
    struct view line;
    bool begun = false;

    t.own = w->report->type == LIST_FEED;
    while (list_line(w, &line)) {
        if (line.p[0] == '#' && line.n > 1 && (begun || line.p[1] == ' ')) {
            list_newest_comment(w, line);
        } else if (!begun) {
            begun = true;
            if (!read_columns(&t, view_skip(line, line.p[0] == '#' ? 1 : 0)))
                list_refuse_whole(w, w->line, "%s names no column with names, such as domain, host, indicator or ip",
                                  list_quote(line).text);
        } else if (!split(&t, line)) {
            list_refuse(w, w->line, "quotes that do not fit together; a field ends on the line on which it begins");
        } else {
            read_row(w, &t);
        }
    }
}
