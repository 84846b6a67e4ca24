/*
 * list_rules.c - rules of Suricata, as far as they compare a name in dns.query or tls.sni with one text.
 *
 * Suricata user guide, "Payload Keywords", "Transformations": content with bsize of its length is the whole buffer;
 * with endswith (or isdataat:!1,relative) its end, which is a label's boundary only with a dot in front, of the buffer by
 * dotprefix. All else is about more than a name, and is skipped.
 */
#include "config.h"

#include "list/list_forms.h"

#include "base/parse.h"

#define CONTENT_MAX 256

/* What is gathered of one rule. */
struct rule {
    bool name_buffer; /* dns.query or tls.sni */
    bool dotprefix;
    bool ends;
    bool other; /* a condition that is not understood */
    unsigned n_contents;
    uint64_t bsize; /* 0 = absent */
    char content[CONTENT_MAX];
    struct view msg, sid;
};

unsigned list_rules_looks(struct view line)
{
    static const char *const actions[] = {"alert ", "drop ", "reject ", "rejectsrc ", "rejectdst ", "rejectboth ", "pass "};

    while (view_starts(line, "#"))
        line = list_trim(view_skip(line, 1));
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (view_starts(line, actions[i]) && view_find(line, '(') < line.n)
            return 10;
    return 0;
}

/* The next option: keyword, and its value or "". A semicolon in quotes or behind a backslash does not end it. */
static bool next_option(struct buf *b, struct view *key, struct view *value)
{
    struct view rest = buf_rest(b), option;
    bool quoted = false;
    size_t n = 0;

    for (; n < rest.n && (quoted || rest.p[n] != ';'); n++) {
        if (rest.p[n] == '\\')
            n++;
        else if (rest.p[n] == '"')
            quoted = !quoted;
    }
    if (n >= rest.n)
        return false; /* what is left is the closing bracket */
    option = list_trim(buf_take(b, n));
    buf_skip(b, 1);
    *value = option;
    *key = list_trim(list_field(value, ':'));
    *value = list_trim(*value);
    return true;
}

/* A content without quotes, escapes and |hex| undone; "" when it is negated or no name can be it. */
static void read_content(struct rule *r, struct view v)
{
    struct out o = out_of(r->content, sizeof(r->content));

    r->n_contents++;
    if (v.n < 2 || v.p[0] != '"' || v.p[v.n - 1] != '"') {
        r->other = true;
        return;
    }
    v = view_of(v.p + 1, v.n - 2);
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '|' || o.full) { /* bytes by number: the wire's form of a name, which dns.query has not */
            r->other = true;
            return;
        }
        if (v.p[i] == '\\' && i + 1 < v.n)
            i++;
        out_char(&o, (char)v.p[i]);
    }
}

static void read_option(struct rule *r, struct view key, struct view value)
{
    static const char *const buffers[] = {"dns.query", "dns_query", "tls.sni", "tls_sni"};
    static const char *const harmless[] = {"nocase",   "flow",         "classtype", "rev",      "reference",
                                           "metadata", "threshold",    "gid",       "priority", "fast_pattern",
                                           "target",   "to_lowercase", "flowbits",  "noalert",  "detection_filter"};

    for (size_t i = 0; i < ARRAY_LEN(buffers); i++) {
        if (view_is(key, buffers[i])) {
            r->other |= r->name_buffer;
            r->name_buffer = true;
            return;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        if (view_is(key, harmless[i]))
            return;
    if (view_is(key, "msg"))
        r->msg = value.n >= 2 ? view_of(value.p + 1, value.n - 2) : value;
    else if (view_is(key, "sid"))
        r->sid = value;
    else if (view_is(key, "content"))
        read_content(r, value);
    else if (view_is(key, "dotprefix"))
        r->dotprefix = true;
    else if (view_is(key, "endswith") || (view_is(key, "isdataat") && view_starts(value, "!1,relative")))
        r->ends = true;
    else if (view_is(key, "bsize"))
        r->other |= !parse_u64(value, &r->bsize) || r->bsize == 0;
    else
        r->other = true;
}

static void put_rule(struct list_work *w, struct rule *r)
{
    struct view text = view_str(r->content);
    struct list_row row = list_row_of(text, w->line);
    char source[40];
    struct out o = out_of(source, sizeof(source));
    bool dot = text.n > 0 && text.p[0] == '.';

    if (!r->name_buffer || r->n_contents != 1 || r->other) {
        list_skip(w, w->line, "%s: a rule about more than a name", list_quote(r->msg).text);
        return;
    }
    if (r->bsize > 0 && r->bsize == text.n)
        row.match = FEED_EXACT;
    else if (r->ends && r->bsize == 0)
        row.match = dot && !r->dotprefix ? FEED_BELOW : FEED_SUFFIX;
    else {
        list_skip(w, w->line, "%s: compares a part of a name", list_quote(r->msg).text);
        return;
    }
    if (dot)
        row.name = view_skip(text, 1);
    out_fmt(&o, "sid:%.*s", (int)(r->sid.n < 20 ? r->sid.n : 20), r->sid.n ? (const char *)r->sid.p : "");
    row.sources = out_view(&o);
    row.note = r->msg;
    list_put(w, &row);
}

void list_rules_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        size_t open = view_find(line, '(');
        struct rule r = {.name_buffer = false};
        struct buf b = buf_of(view_skip(line, open + 1));
        struct view key, value;

        if (line.p[0] == '#') {
            list_newest_comment(w, line);
            continue;
        }
        if (list_rules_looks(line) == 0 || line.p[line.n - 1] != ')') {
            list_refuse(w, w->line, "%s: expected a rule on one line", list_quote(line).text);
            continue;
        }
        while (next_option(&b, &key, &value))
            read_option(&r, key, value);
        if (view_starts(line, "pass "))
            list_skip(w, w->line, "%s: a rule that lets pass", list_quote(r.msg).text);
        else
            put_rule(w, &r);
    }
}
