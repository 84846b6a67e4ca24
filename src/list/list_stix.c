/*
 * list_stix.c - indicators of STIX 2.1: a bundle, an envelope of TAXII, an array of objects, or an object on each line.
 *
 * Of the language of patterns (STIX 2.1 section 9) a small part is read: one comparison, or several of names joined by OR,
 * and an address with a port joined by AND. All else needs an engine that remembers; such indicators are skipped.
 */
#include "config.h"

#include "list/list_forms.h"
#include "list/list_json.h"

#include "base/parse.h"

#define VALUES_MAX 256 /* names in one pattern */

/* What one pattern says. */
struct pattern {
    struct buf b;
    size_t n_names;
    struct list_row name[VALUES_MAX];
    struct view address;
    uint64_t port;
    bool bad;
};

/* The names stay as they are: most patterns have one. */
static void pattern_init(struct pattern *p, struct view text)
{
    p->b = buf_of(text);
    p->n_names = 0;
    p->address = view_of(NULL, 0);
    p->port = 0;
    p->bad = false;
}

static void skip_blanks(struct buf *b)
{
    while (buf_peek(b, 0) == ' ' || buf_peek(b, 0) == '\t' || buf_peek(b, 0) == '\n' || buf_peek(b, 0) == '\r')
        buf_skip(b, 1);
}

static bool take_byte(struct pattern *p, uint8_t c)
{
    skip_blanks(&p->b);
    if (buf_peek(&p->b, 0) != c)
        return false;
    return buf_skip(&p->b, 1);
}

/* A word of letters, or the path of a property. */
static struct view take_word(struct pattern *p)
{
    struct view rest;
    size_t n = 0;

    skip_blanks(&p->b);
    rest = buf_rest(&p->b);
    while (n < rest.n && ((byte_lower(rest.p[n]) >= 'a' && byte_lower(rest.p[n]) <= 'z') ||
                          (rest.p[n] >= '0' && rest.p[n] <= '9') || strchr("-_:.", rest.p[n])))
        n++;
    return buf_take(&p->b, n);
}

/* 'text'. No name or address has an escape in it. */
static bool take_text(struct pattern *p, struct view *text)
{
    if (!take_byte(p, '\''))
        return false;
    *text = buf_take(&p->b, view_find(buf_rest(&p->b), '\''));
    return view_find(*text, '\\') == text->n && buf_skip(&p->b, 1);
}

static void add_name(struct pattern *p, struct view name, enum feed_match match)
{
    struct list_row *before = p->n_names > 0 ? &p->name[p->n_names - 1] : NULL;

    if (before && view_eq(before->name, name) && before->match != (int)match) {
        before->match = FEED_SUFFIX; /* the name, or what is below it */
        return;
    }
    if (p->n_names == VALUES_MAX) {
        p->bad = true;
        return;
    }
    p->name[p->n_names] = list_row_of(name, 0);
    p->name[p->n_names++].match = (int)match;
}

/* domain-name:value = 'x', IN ('x', 'y') or LIKE '%.x' */
static void read_domain(struct pattern *p)
{
    struct view word, text;

    if (take_byte(p, '=')) {
        p->bad |= !take_text(p, &text);
        if (!p->bad)
            add_name(p, text, FEED_EXACT);
        return;
    }
    word = take_word(p);
    if (view_is(word, "LIKE")) {
        p->bad |=
            !take_text(p, &text) || !view_starts(text, "%.") || view_find_last(text, '%') != 0 || view_find(text, '_') < text.n;
        if (!p->bad)
            add_name(p, view_skip(text, 2), FEED_BELOW);
        return;
    }
    p->bad |= !view_is(word, "IN") || !take_byte(p, '(');
    while (!p->bad) {
        p->bad |= !take_text(p, &text);
        if (!p->bad)
            add_name(p, text, FEED_EXACT);
        if (!take_byte(p, ','))
            break;
    }
    p->bad |= !take_byte(p, ')');
}

/* A number as 3333. */
static void read_port(struct pattern *p)
{
    struct view word;

    p->bad |= !take_byte(p, '=');
    word = take_word(p);
    p->bad |= !parse_u64(word, &p->port) || p->port == 0 || p->port > UINT16_MAX;
}

static void read_comparison(struct pattern *p)
{
    struct view path = take_word(p), text;

    if (view_is(path, "domain-name:value")) {
        read_domain(p);
    } else if (view_is(path, "ipv4-addr:value") || view_is(path, "ipv6-addr:value") ||
               view_is(path, "network-traffic:dst_ref.value")) {
        p->bad |= p->address.n > 0 || !take_byte(p, '=') || !take_text(p, &p->address);
    } else if (view_is(path, "network-traffic:dst_port")) {
        read_port(p);
    } else if (view_is(path, "network-traffic:dst_ref.type")) {
        p->bad |= !take_byte(p, '=') || !take_text(p, &text);
    } else {
        p->bad = true;
    }
}

/*
 * [a OR b] OR [c]; [address AND port]. Names may be joined by OR only, and what tells the address by AND only: then
 * what was read is what the pattern means.
 */
static bool read_pattern(struct pattern *p)
{
    bool all_or = true, all_and = true;

    do {
        p->bad |= !take_byte(p, '[');
        while (!p->bad) {
            struct view word;

            read_comparison(p);
            if (p->bad || take_byte(p, ']'))
                break;
            word = take_word(p);
            all_or &= view_is(word, "OR");
            all_and &= view_is(word, "AND");
            p->bad |= !all_or && !all_and;
        }
        skip_blanks(&p->b);
        if (p->bad || buf_left(&p->b) == 0)
            break;
        all_and = false;
        p->bad |= !view_is(take_word(p), "OR");
    } while (!p->bad);
    if (p->n_names > 0)
        return !p->bad && all_or && p->address.n == 0 && p->port == 0;
    return !p->bad && all_and && p->address.n > 0;
}

/* Labels: those that list_export writes, kind:pool and coin:XMR; others are passed over. */
static void read_labels(struct list_row *row, const struct list_item *item, struct out *coins)
{
    for (size_t i = 0; i < list_item_count(item, "labels"); i++) {
        struct view value = list_item_string(list_item_at(item, "labels", i)), key = list_field(&value, ':');

        if (view_is(key, "kind"))
            row->kind = list_kind_of(value);
        if (!view_is(key, "coin"))
            continue;
        out_str(coins, coins->n > 0 ? " " : "");
        out_bytes(coins, value);
    }
    row->coins = out_view(coins);
}

/* The sources that external_references name. */
static void read_sources(struct list_row *row, const struct list_item *item, struct out *sources)
{
    for (size_t i = 0; i < list_item_count(item, "external_references"); i++) {
        out_str(sources, sources->n > 0 ? " " : "");
        out_bytes(sources, list_item_text(list_item_at(item, "external_references", i), "source_name"));
    }
    row->sources = out_view(sources);
}

static void put_pattern(struct list_work *w, const struct pattern *p, struct list_row *row)
{
    if (p->n_names == 0) {
        row->name = p->address;
        row->port = (uint16_t)p->port;
        list_put_net(w, row);
        return;
    }
    for (size_t i = 0; i < p->n_names; i++) {
        row->name = p->name[i].name;
        row->match = p->name[i].match;
        list_put(w, row);
    }
}

static void read_indicator(struct list_work *w, const struct list_item *item, uint32_t line)
{
    struct pattern p;
    struct list_row row = list_row_of(view_of(NULL, 0), line);
    int64_t confidence;
    struct view pattern = list_item_text(item, "pattern"), type = list_item_text(item, "pattern_type");
    char words[LIST_WORDS_MAX], names[LIST_WORDS_MAX];
    struct out coins = out_of(words, sizeof(words)), sources = out_of(names, sizeof(names));

    pattern_init(&p, pattern);
    list_newest(w, list_item_text(item, "modified"));
    if (list_item_is_true(item, "revoked")) {
        list_skip(w, line, "%s: the indicator is revoked", list_quote(pattern).text);
    } else if (pattern.n == 0) {
        list_refuse(w, line, "expected an indicator with a pattern");
    } else if ((type.n > 0 && !view_is(type, "stix")) || !read_pattern(&p)) {
        list_skip(w, line, "%s: a pattern that is more than names, or an address with port", list_quote(pattern).text);
    } else {
        if (list_item_integer(item, "confidence", &confidence) && confidence >= 0 && confidence <= 100)
            row.confidence = (int)confidence;
        row.expires_day = list_expires(list_item_text(item, "valid_until"));
        row.note = list_item_text(item, "description");
        read_labels(&row, item, &coins);
        read_sources(&row, item, &sources);
        put_pattern(w, &p, &row);
    }
}

/* An object of a bundle; those that are no indicators are no rows. */
static void read_object(struct list_work *w, const struct json_val *v)
{
    struct json_val type = json_member(v, "type");
    uint32_t line;
    struct list_item *item;

    if (!json_is(&type, "indicator"))
        return;
    line = list_json_line(w, v, "pattern");
    item = list_json_decode(w, v);
    if (!item)
        return;
    read_indicator(w, item, line);
    list_item_free(item);
}

void list_stix_read(struct list_work *w)
{
    struct json_val v, item;

    while (list_json_next(w, &v)) {
        struct json_val objects = v.type == JSON_OBJECT ? json_member(&v, "objects") : v;
        struct json_walk walk;

        if (objects.type != JSON_ARRAY) {
            read_object(w, &v);
            continue;
        }
        walk = json_walk_of(&objects);
        while (!list_is_refused(w) && json_next_item(&walk, &item))
            read_object(w, &item);
        list_json_end(w, &walk);
    }
}
