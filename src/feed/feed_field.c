/*
 * feed_field.c - names, endpoints, words, numbers and dates as lists have them.
 *
 * Names go through a fast reader first, which takes what nearly all rows have: letters, digits, hyphens,
 * underscores and dots, in one pass. What it does not take is wrong; then the reason is looked for.
 */
#include "config.h"

#include "feed/feed_field.h"

#include "base/addr_parse.h"
#include "base/nearest.h"
#include "base/parse.h"
#include "base/rfc3339.h"

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

void feed_line_init(struct feed_line *row, uint32_t line)
{
    row->line = line;
    row->is_endpoint = false;
    row->kind = FEED_POOL;
    row->match = FEED_SUFFIX;
    row->confidence = FEED_CONFIDENCE;
    row->coins = row->sources = row->note = view_of(NULL, 0);
    row->expires_day = 0;
    row->why[0] = '\0';
}

struct out feed_refuse(struct feed_line *row)
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

/* What a host name's byte is in lower case; 0 for bytes that stand in none. */
static const uint8_t host_bytes[256] = {
    ['-'] = '-', ['.'] = '.', ['_'] = '_', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e',
    ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w',
    ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o',
    ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z',
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Ends the label whose length byte stands at `at`; false when it is empty or too long. */
static inline bool end_label(struct name *name, size_t at, size_t end)
{
    size_t n = end - at - 1;

    if (n == 0 || n > NAME_LABEL_MAX)
        return false;
    name->b[at] = (uint8_t)n;
    name->at[name->n_labels++] = (uint8_t)at;
    return true;
}

/* A host name, in lower case. As text it has a byte less than in wire form, and a dot at its end may be there. */
static bool read_host(struct name *name, struct view text)
{
    size_t label = 0, to = 1;

    if (text.n > 0 && text.p[text.n - 1] == '.')
        text.n--;
    if (text.n == 0 || text.n >= NAME_BYTES_MAX)
        return false;
    name->n_labels = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = host_bytes[text.p[i]];

        if (c == 0)
            return false;
        if (c == '.') {
            if (!end_label(name, label, to))
                return false;
            label = to;
        }
        name->b[to++] = c; /* a dot is overwritten by the length */
    }
    name->n = (uint8_t)to;
    return end_label(name, label, to);
}

/* True when the last label has digits only: then it is an address, or part of one. */
static bool ends_in_number(const struct name *name)
{
    const uint8_t *label = name->b + name->at[name->n_labels - 1];
    unsigned k = 1;

    while (k <= label[0] && is_digit(label[k]))
        k++;
    return k > label[0];
}

bool feed_name_ok(struct view text, struct name *name)
{
    return read_host(name, text) && name->n_labels >= 2 && !ends_in_number(name);
}

/* Says what is wrong with a text that feed_name_ok refused. */
static bool refuse_name(struct feed_line *row, struct view text)
{
    struct out o = feed_refuse(row);
    size_t bad = 0;

    while (bad < text.n && host_bytes[text.p[bad]] != 0)
        bad++;
    if (text.n == 0) {
        out_str(&o, "the name is empty");
        return false;
    }
    put_found(&o, text);
    if (bad == text.n && !read_host(&row->name, text))
        out_str(&o, ": labels have 1 to 63 characters, a name at most 253");
    else if (bad == text.n && ends_in_number(&row->name))
        out_str(&o, ": expected a name; an address can be listed with its port only");
    else if (bad == text.n)
        out_str(&o, ": a name has two labels at least, such as pool.example");
    else if (text.p[bad] > 0x7f)
        out_str(&o, ": expected the ASCII form of the name, in which such labels begin with xn--");
    else if (text.p[bad] == '*')
        out_str(&o, ": expected * as the first label only: *.pool.example matches what is below pool.example");
    else if (text.p[bad] == ',')
        out_str(&o, ": found a comma; a list with columns begins with a line that names them, one of them `name'");
    else if (text.p[bad] == ' ' || text.p[bad] == '\t')
        out_str(&o, ": found a blank; expected one name on a line");
    else if (text.p[bad] == ':' || text.p[bad] == '[')
        out_str(&o, ": expected a name, or an endpoint such as 192.0.2.1:3333 or [2001:db8::1]:3333");
    else
        out_fmt(&o, ": found byte 0x%02x; expected letters, digits, hyphens and dots", text.p[bad]);
    return false;
}

bool feed_field_name(struct feed_line *row, struct view text)
{
    if (LIKELY(feed_name_ok(text, &row->name)))
        return true;
    if (view_find(text, ':') < text.n && endpoint_parse(text, &row->endpoint)) {
        row->is_endpoint = true;
        row->match = FEED_EXACT;
        return true;
    }
    if (text.n > 0 && text.p[0] == '=') {
        row->match = FEED_EXACT;
        text = view_skip(text, 1);
        while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t'))
            text = view_skip(text, 1);
    } else if (view_starts(text, "*.")) {
        row->match = FEED_BELOW;
        text = view_skip(text, 2);
    }
    return feed_name_ok(text, &row->name) || refuse_name(row, text);
}

bool feed_field_match(struct feed_line *row, struct view word, enum feed_match *match)
{
    struct out o;

    *match = FEED_SUFFIX;
    if (word.n == 0)
        return true;
    for (unsigned m = 0; m < FEED_MATCH_N; m++) {
        if (view_is_word(word, match_names[m])) {
            *match = (enum feed_match)m;
            return true;
        }
    }
    o = feed_refuse(row);
    out_str(&o, "match ");
    put_found(&o, word);
    out_str(&o, ": expected suffix, exact or below");
    return false;
}

bool feed_field_kind(struct feed_line *row, struct view word, enum feed_kind *kind)
{
    const char *near;
    struct out o;

    *kind = FEED_POOL;
    if (word.n == 0)
        return true;
    for (unsigned k = 0; k < FEED_KIND_N; k++) {
        if (view_is_word(word, kind_names[k])) {
            *kind = (enum feed_kind)k;
            return true;
        }
    }
    o = feed_refuse(row);
    out_str(&o, "kind ");
    put_found(&o, word);
    near = nearest_word(word, kind_names, FEED_KIND_N);
    if (near)
        out_fmt(&o, ": did you mean %s?", near);
    else
        out_str(&o, ": expected pool, proxy, nicehash, dead, webminer, malware, node, allow or never");
    return false;
}

bool feed_field_confidence(struct feed_line *row, struct view word, unsigned *confidence)
{
    struct out o;
    uint64_t n;

    *confidence = FEED_CONFIDENCE;
    if (word.n == 0)
        return true;
    if (parse_u64(word, &n) && n <= 100) {
        *confidence = (unsigned)n;
        return true;
    }
    o = feed_refuse(row);
    out_str(&o, "confidence ");
    put_found(&o, word);
    out_str(&o, ": expected a number from 0 to 100");
    return false;
}

/* Words of printable ASCII, separated by blanks: they are shown as they are. */
bool feed_field_words(struct feed_line *row, const char *column, struct view text)
{
    struct out o;
    bool ok = text.n <= FEED_WORDS_MAX;

    for (size_t i = 0; ok && i < text.n; i++)
        ok = text.p[i] >= ' ' && text.p[i] < 0x7f && text.p[i] != '"';
    if (ok)
        return true;
    o = feed_refuse(row);
    out_fmt(&o, "%s ", column);
    put_found(&o, text);
    out_fmt(&o, ": expected words in ASCII, without quotes, of %d bytes at most", FEED_WORDS_MAX);
    return false;
}

void feed_field_note(struct feed_line *row, struct view text)
{
    struct out o = out_of(row->note_bytes, sizeof(row->note_bytes));

    row->note = view_head(text, FEED_WORDS_MAX);
    if (view_find(text, '"') == text.n)
        return;
    for (size_t i = 0; i < text.n; i++) {
        out_char(&o, (char)text.p[i]);
        i += text.p[i] == '"' && i + 1 < text.n && text.p[i + 1] == '"';
    }
    row->note = out_view(&o);
}

bool feed_field_expires(struct feed_line *row, struct view word, uint32_t *expires)
{
    int64_t day;
    struct out o;

    *expires = 0;
    if (word.n == 0)
        return true;
    if (rfc3339_parse_day(word, &day) && day > 0) { /* 0 would be never */
        *expires = (uint32_t)day;
        return true;
    }
    o = feed_refuse(row);
    out_str(&o, "expires ");
    put_found(&o, word);
    out_str(&o, ": expected a date such as 2027-01-31, the first day on which the row no longer counts");
    return false;
}

bool feed_field_line(struct feed_line *row, struct view word)
{
    struct out o;
    uint64_t n;

    if (word.n == 0)
        return true;
    if (parse_u64(word, &n) && n > 0 && n <= UINT32_MAX) {
        row->line = (uint32_t)n;
        return true;
    }
    o = feed_refuse(row);
    out_str(&o, "line ");
    put_found(&o, word);
    out_str(&o, ": expected a number from 1");
    return false;
}

bool feed_line_agrees(struct feed_line *row)
{
    struct out o;

    if (row->kind == FEED_NEVER)
        row->match = FEED_SUFFIX; /* it makes no difference */
    if (!row->is_endpoint || row->kind == FEED_POOL || row->kind == FEED_PROXY || row->kind == FEED_NICEHASH)
        return true;
    o = feed_refuse(row);
    out_fmt(&o, "kind %s: expected pool, proxy or nicehash for an endpoint", kind_names[row->kind]);
    return false;
}
