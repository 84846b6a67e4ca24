/*
 * list_work.c - rows of a list on their way into the own format.
 *
 * Each row is one line of CSV in a growing text. A hash table of the lines tells duplicates: a slot is the
 * high half of a hash and an offset in the text, and the text is compared, so that no row is lost to chance.
 */
#include "config.h"

#include "list/list_work.h"

#include "base/parse.h"
#include "base/rfc3339.h"

#include <assert.h>
#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>

#define COLUMNS "name,match,kind,confidence,coins,sources,note,expires,line\n"
#define ROW_MAX (LIST_NAME_MAX + 2 * LIST_WORDS_MAX + 2 * LIST_NOTE_MAX + 100) /* bytes of one line of the text */
#define IDN_MAX 1024 /* bytes of a name before it becomes ASCII: 4 a character */

/* Networks wider than these are no one's: whoever lists one means everything. The widest ever given to one party have 8 bits and 19 bits. */
#define NET_V4_BITS_MIN 8
#define NET_V6_BITS_MIN 19

struct list_slot {
    uint32_t tag;
    uint32_t at; /* offset of the row in the text; 0 = free, as the columns stand there */
};

void list_work_init(struct list_work *w, struct view text, const struct list_options *o, struct list_report *report)
{
    *w = (struct list_work){.text = text, .o = o, .report = report, .in = buf_of(text), .at = text.p, .at_line = 1};
    hash_key_fixed(&w->key, o->seed);
}

void list_work_fini(struct list_work *w)
{
    free(w->slots);
    free(w->out);
    w->slots = NULL;
    w->out = NULL;
}

struct list_text list_work_give(struct list_work *w)
{
    struct list_text t = {.p = w->out, .n = w->n_out, .mem = w->out};

    w->out = NULL;
    return t;
}

/* Makes room for one more row; false, and the list is refused whole, when there is none. */
static bool make_room(struct list_work *w)
{
    size_t n = w->n_room ? w->n_room * 2 : 1 << 16;
    uint8_t *out;

    if (w->n_room - w->n_out >= ROW_MAX)
        return true;
    out = n <= LIST_OUT_MAX ? realloc(w->out, n) : NULL;
    if (!out) {
        list_refuse_whole(
            w, 0, n > LIST_OUT_MAX ? "it would take more than %zu bytes: divide it" : "not enough memory: %zu bytes are needed",
            n > LIST_OUT_MAX ? LIST_OUT_MAX : n);
        return false;
    }
    if (w->n_room == 0) {
        memcpy(out, COLUMNS, strlen(COLUMNS));
        w->n_out = strlen(COLUMNS);
    }
    w->out = out;
    w->n_room = n;
    return true;
}

/* What two rows must have in common to be duplicates: the first three columns. */
static struct view row_key(const struct list_work *w, size_t at)
{
    struct view rest = view_of(w->out + at, w->n_out - at);
    struct view row = rest;

    for (unsigned i = 0; i < 3; i++)
        list_field(&rest, ',');
    return view_head(row, row.n - rest.n);
}

static void put_slot(struct list_slot *slots, uint32_t n, uint64_t hash, uint32_t at)
{
    uint32_t i = (uint32_t)hash & (n - 1);

    while (slots[i].at != 0)
        i = (i + 1) & (n - 1);
    slots[i] = (struct list_slot){(uint32_t)(hash >> 32), at};
}

/* Doubles the table before it is more than half full. */
static bool grow_table(struct list_work *w)
{
    uint32_t n = w->n_slots ? w->n_slots * 2 : 1024;
    struct list_slot *slots;

    if (w->n_rows < w->n_slots / 2)
        return true;
    slots = calloc(n, sizeof(*slots));
    if (!slots) {
        list_refuse_whole(w, 0, "not enough memory for its %u rows", w->n_rows);
        return false;
    }
    for (uint32_t i = 0; i < w->n_slots; i++)
        if (w->slots[i].at != 0)
            put_slot(slots, n, hash_64(&w->key, row_key(w, w->slots[i].at)), w->slots[i].at);
    free(w->slots);
    w->slots = slots;
    w->n_slots = n;
    return true;
}

/* Keeps the row at the end of the text, unless there is one like it. */
static void keep_row(struct list_work *w, size_t at)
{
    struct view key = row_key(w, at);
    uint64_t hash = hash_64(&w->key, key);

    w->report->n_read++;
    for (uint32_t i = (uint32_t)hash & (w->n_slots - 1); w->slots[i].at != 0; i = (i + 1) & (w->n_slots - 1)) {
        if (w->slots[i].tag == (uint32_t)(hash >> 32) && view_eq(row_key(w, w->slots[i].at), key)) {
            w->report->n_duplicate++;
            w->n_out = at;
            return;
        }
    }
    put_slot(w->slots, w->n_slots, hash, (uint32_t)at);
    w->n_rows++;
    w->report->n_taken++;
}

/* Words for a column: printable ASCII without quotes; in quotes when it has a comma. */
static void put_words(struct out *o, struct view v)
{
    bool quoted;

    v = view_head(list_trim(v), LIST_WORDS_MAX);
    quoted = view_find(v, ',') < v.n;
    out_str(o, quoted ? ",\"" : ",");
    for (size_t i = 0; i < v.n; i++)
        out_char(o, v.p[i] >= ' ' && v.p[i] < 0x7f && v.p[i] != '"' ? (char)v.p[i] : '_');
    if (quoted)
        out_char(o, '"');
}

/* A note: anything but the end of a line. */
static void put_note(struct out *o, struct view v)
{
    bool quoted;
    size_t n;

    v = view_head(list_trim(v), LIST_NOTE_MAX);
    quoted = view_find(v, ',') < v.n || view_find(v, '"') < v.n;
    out_str(o, quoted ? ",\"" : ",");
    for (; v.n > 0; v = view_skip(v, n)) {
        uint32_t c = utf8_decode(v, &n);

        if (c == '"')
            out_str(o, "\"\"");
        else if (c < ' ' || c == 0x7f || c == UINT32_MAX)
            out_char(o, '_');
        else
            out_bytes(o, view_head(v, n));
    }
    if (quoted)
        out_char(o, '"');
}

static void put_day(struct out *o, uint32_t day)
{
    char text[40];
    struct out t = out_of(text, sizeof(text));

    rfc3339_print_day(day, &t);
    out_bytes(o, out_view(&t));
}

/* Writes a row whose name is ready, and keeps it. */
static void write_row(struct list_work *w, const struct list_row *row, const char *name, int match, int kind)
{
    int confidence = w->o->confidence >= 0 ? w->o->confidence : row->confidence;
    size_t at;
    struct out o;

    if (!make_room(w) || !grow_table(w))
        return;
    at = w->n_out;
    o = out_of((char *)w->out + at, ROW_MAX);
    out_fmt(&o, "%s,%s,%s,", name, match == FEED_SUFFIX ? "" : feed_match_name((enum feed_match)match),
            kind == FEED_POOL ? "" : feed_kind_name((enum feed_kind)kind));
    if (confidence >= 0)
        out_fmt(&o, "%d", confidence);
    put_words(&o, row->coins);
    put_words(&o, row->sources);
    put_note(&o, row->note);
    out_char(&o, ',');
    if (row->expires_day)
        put_day(&o, row->expires_day);
    out_fmt(&o, ",%u\n", row->line);
    assert(!o.full); /* ROW_MAX has room for each of its parts */
    w->n_out += o.n;
    keep_row(w, at);
}

static int kind_of_row(const struct list_work *w, const struct list_row *row)
{
    if (row->kind == FEED_ALLOW || row->kind == FEED_NEVER)
        return row->kind; /* an exception stays one, whatever the list is said to hold */
    if (w->o->kind >= 0)
        return w->o->kind;
    return row->kind >= 0 ? row->kind : FEED_POOL;
}

static void put_endpoint(struct list_work *w, const struct list_row *row, const struct addr *a)
{
    struct endpoint e = {*a, row->port};
    int kind = kind_of_row(w, row);
    char text[64];
    struct out o = out_of(text, sizeof(text));

    endpoint_print(&e, &o);
    if (row->port == 0)
        list_skip(w, row->line, "%s: an address without a port, which many may share", list_quote(row->name).text);
    else if (kind != FEED_POOL && kind != FEED_PROXY && kind != FEED_NICEHASH)
        list_skip(w, row->line, "%s: an address of kind %s: only pool, proxy and nicehash have addresses", text,
                  feed_kind_name((enum feed_kind)kind));
    else
        write_row(w, row, text, FEED_SUFFIX, kind);
}

const char *list_to_ascii(struct view name, char ascii[LIST_NAME_MAX + 1])
{
    char text[IDN_MAX + 1];
    char *made = NULL;
    size_t n;
    int rc;

    memcpy(text, name.p, name.n < IDN_MAX ? name.n : IDN_MAX);
    text[name.n < IDN_MAX ? name.n : IDN_MAX] = '\0';
    rc = idn2_to_ascii_8z(text, &made, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    n = rc == IDN2_OK ? strlen(made) : 0;
    if (n > 0 && n <= LIST_NAME_MAX)
        memcpy(ascii, made, n + 1);
    idn2_free(made);
    if (n > 0 && n <= LIST_NAME_MAX)
        return NULL;
    return rc == IDN2_OK ? "its length" : idn2_strerror(rc);
}

/* The name in ASCII; false with the row refused. */
static bool to_ascii(struct list_work *w, const struct list_row *row, struct view name, char ascii[LIST_NAME_MAX + 1])
{
    const char *why;

    if (name.n > IDN_MAX || view_find(name, '\0') < name.n) {
        list_refuse(w, row->line, "%s: expected a name of at most %d characters", list_quote(name).text, LIST_NAME_MAX);
        return false;
    }
    why = list_to_ascii(name, ascii);
    if (why)
        list_refuse(w, row->line, "%s: no name in ASCII: %s", list_quote(name).text, why);
    return !why;
}

static bool is_host_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Number of labels of a name in lower case; 0 when it is no name of a host. *digits: the last label is a number, as of an address. */
static unsigned count_labels(struct view name, bool *digits)
{
    unsigned n_labels = 0;
    size_t n = 0;

    *digits = true;
    for (size_t i = 0; i <= name.n; i++) {
        if (i == name.n || name.p[i] == '.') {
            if (n == 0 || n > NAME_LABEL_MAX)
                return 0;
            n_labels++;
            n = 0;
            continue;
        }
        if (!is_host_byte(name.p[i]))
            return 0;
        *digits = (n == 0 || *digits) && name.p[i] >= '0' && name.p[i] <= '9';
        n++;
    }
    return n_labels;
}

/* Says what is wrong with a name that has no labels; always false. */
static bool refuse_name(struct list_work *w, const struct list_row *row, struct view name)
{
    size_t i = 0;

    while (i < name.n && (name.p[i] == '.' || is_host_byte(byte_lower(name.p[i]))))
        i++;
    if (name.n == 0)
        list_refuse(w, row->line, "the name is empty");
    else if (i == name.n)
        list_refuse(w, row->line, "%s: labels have 1 to 63 characters, a name at most 253", list_quote(name).text);
    else
        list_refuse(w, row->line, "%s: found byte 0x%02x; expected letters, digits, hyphens and dots", list_quote(name).text,
                    name.p[i]);
    return false;
}

/* Brings a name into the form that is compared. False with the row, or the list, refused. */
static bool make_name(struct list_work *w, const struct list_row *row, struct view name, int match,
                      char made[LIST_NAME_MAX + 1])
{
    struct view ascii = name;
    unsigned n_labels;
    bool digits, wide = false;

    for (size_t i = 0; i < name.n; i++)
        wide |= name.p[i] > 0x7f;
    if (wide) {
        if (!to_ascii(w, row, name, made))
            return false;
        ascii = view_str(made);
    }
    if (ascii.n > 1 && ascii.p[ascii.n - 1] == '.')
        ascii.n--;
    if (ascii.n > LIST_NAME_MAX)
        return refuse_name(w, row, view_head(ascii, LIST_NAME_MAX));
    for (size_t i = 0; i < ascii.n; i++)
        made[i] = (char)byte_lower(ascii.p[i]);
    made[ascii.n] = '\0';
    n_labels = count_labels(view_str(made), &digits);
    if (n_labels == 0)
        return refuse_name(w, row, ascii);
    if (digits) {
        list_refuse(w, row->line, "%s: expected a name, or an address", list_quote(ascii).text);
        return false;
    }
    if (n_labels >= 2)
        return true;
    if (match == FEED_EXACT)
        list_refuse(w, row->line, "%s: a name has two labels at least, such as pool.example", list_quote(ascii).text);
    else
        list_refuse_whole(w, row->line, "%s is a single label, and would match all names below it", list_quote(ascii).text);
    return false;
}

void list_put(struct list_work *w, const struct list_row *row)
{
    char made[LIST_NAME_MAX + 1];
    struct view name = list_trim(row->name);
    int match = row->match >= 0 ? row->match : w->match;
    struct addr a;

    if (list_is_refused(w))
        return;
    if (list_address(name, &a)) {
        put_endpoint(w, row, &a);
        return;
    }
    if (view_starts(name, "*.")) {
        name = view_skip(name, 2);
        match = FEED_BELOW;
    } else if (name.n > 1 && name.p[0] == '.') {
        name = view_skip(name, 1);
        match = FEED_SUFFIX;
    }
    if (w->o->match >= 0)
        match = w->o->match;
    if (view_is(name, ".") || view_is(name, "*")) {
        list_refuse_whole(w, row->line, "%s is every name", list_quote(row->name).text);
        return;
    }
    if (make_name(w, row, name, match, made))
        write_row(w, row, made, match, kind_of_row(w, row));
}

void list_put_net(struct list_work *w, const struct list_row *row)
{
    struct view bits = list_trim(row->name);
    struct list_row one = *row;
    struct addr a;
    uint64_t n;
    unsigned all, least;

    one.name = list_field(&bits, '/');
    if (!list_address(one.name, &a)) {
        list_refuse(w, row->line, "%s: expected an address, or a network such as 192.0.2.0/24", list_quote(row->name).text);
        return;
    }
    all = addr_is_v4(&a) ? 32 : 128;
    least = addr_is_v4(&a) ? NET_V4_BITS_MIN : NET_V6_BITS_MIN;
    if (one.name.n == row->name.n) {
        list_put(w, &one);
        return;
    }
    if (!parse_u64(bits, &n) || n > all)
        list_refuse(w, row->line, "%s: expected a length of 0 to %u behind the slash", list_quote(row->name).text, all);
    else if (n < least)
        list_refuse_whole(w, row->line, "the network %s is no one's: it would match nearly everything",
                          list_quote(row->name).text);
    else if (n == all)
        list_put(w, &one);
    else
        list_skip(w, row->line, "%s: a network of many addresses", list_quote(row->name).text);
}

/* What two matches of one name make together; -1 when they are no pair. */
static int join(int a, int b)
{
    if (a == b)
        return -1; /* a duplicate is counted as one */
    return (a == FEED_EXACT || b == FEED_EXACT || a == FEED_SUFFIX || b == FEED_SUFFIX) ? FEED_SUFFIX : -1;
}

void list_put_half_end(struct list_work *w)
{
    if (!w->has_half)
        return;
    w->has_half = false;
    w->half.name = view_str(w->half_name);
    list_put(w, &w->half);
}

void list_put_half(struct list_work *w, const struct list_row *row)
{
    int match = row->match >= 0 ? row->match : w->match;

    if (w->has_half && view_eq(row->name, view_str(w->half_name)) && row->kind == w->half.kind &&
        join(match, w->half.match) >= 0) {
        w->half.match = join(match, w->half.match);
        return;
    }
    list_put_half_end(w);
    if (row->name.n > LIST_NAME_MAX || view_find(row->name, '\0') < row->name.n) {
        list_put(w, row);
        return;
    }
    w->half = *row;
    w->half.match = match;
    memcpy(w->half_name, row->name.p, row->name.n);
    w->half_name[row->name.n] = '\0';
    w->has_half = true;
}
