/*
 * list_resolver.c - configurations of resolvers that block names: dnsmasq (address=, server=, local=) and
 * unbound (local-zone, local-data).
 */
#include "config.h"

#include "list/list_forms.h"

unsigned list_dnsmasq_looks(struct view line)
{
    while (view_starts(line, "-"))
        line = view_skip(line, 1);
    return view_starts(line, "address=/") || view_starts(line, "server=/") || view_starts(line, "local=/") ? 5 : 0;
}

/* One of the names of a line. The manual of dnsmasq, --server: # is any name, *.x is what is below x. */
static void put_domain(struct list_work *w, struct view name, int kind)
{
    struct list_row row = list_row_of(name, w->line);
    size_t star = view_find_last(name, '*');

    row.kind = kind;
    if (view_is(name, "#"))
        list_refuse_whole(w, w->line, "/#/ is every name");
    else if (star < name.n && !(star == 0 && (name.n == 1 || name.p[1] == '.')))
        list_skip(w, w->line, "%s: a pattern, no name", list_quote(name).text);
    else
        list_put(w, &row);
}

static void read_dnsmasq_line(struct list_work *w, struct view line)
{
    struct view value = line, key = list_field(&value, '='), target, names;
    size_t last = view_find_last(value, '/');
    bool blocks = view_is(key, "address") || view_is(key, "local");
    int kind = -1;

    if ((!blocks && !view_is(key, "server")) || value.n == 0 || value.p[0] != '/') {
        list_skip(w, w->line, "%s: a setting that blocks no name", list_quote(line).text);
        return;
    }
    if (last == 0) {
        list_refuse(w, w->line, "%s: expected names between slashes", list_quote(line).text);
        return;
    }
    target = view_skip(value, last + 1);
    names = view_of(value.p + 1, last - 1);
    if (!blocks && view_is(target, "#"))
        kind = FEED_ALLOW; /* by the servers of all other names: an exception */
    else if (!blocks && target.n > 0) {
        list_skip(w, w->line, "%s: asks another server, which blocks no name", list_quote(line).text);
        return;
    }
    do
        put_domain(w, list_field(&names, '/'), kind);
    while (names.n > 0 && !list_is_refused(w));
}

void list_dnsmasq_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct view text = list_cut_comment(line, '#');

        while (view_starts(text, "-"))
            text = view_skip(text, 1);
        if (text.n == 0)
            list_newest_comment(w, line);
        else
            read_dnsmasq_line(w, text);
    }
}

unsigned list_unbound_looks(struct view line)
{
    if (view_starts(line, "local-zone:") || view_starts(line, "local-data:"))
        return 5;
    return view_is(line, "server:") ? 3 : 0;
}

/* A value in quotes of either kind, or a word. */
static struct view take_value(struct view *rest)
{
    struct view value;
    uint8_t quote;

    *rest = list_trim(*rest);
    if (rest->n == 0 || (rest->p[0] != '"' && rest->p[0] != '\''))
        return list_word(rest);
    quote = rest->p[0];
    *rest = view_skip(*rest, 1);
    value = list_field(rest, quote);
    *rest = list_trim(*rest);
    return list_trim(value);
}

/* What a zone of the type does with its names, by unbound.conf(5): blocks, lets pass, or neither. */
static int zone_does(struct view type)
{
    static const char *const block[] = {"always_nxdomain", "always_refuse", "always_null",    "always_nodata",
                                        "always_deny",     "refuse",        "static",         "deny",
                                        "redirect",        "inform_deny",   "inform_redirect"};
    static const char *const pass[] = {"always_transparent", "transparent", "typetransparent"};

    for (size_t i = 0; i < ARRAY_LEN(block); i++)
        if (view_is_word(type, block[i]))
            return FEED_POOL;
    for (size_t i = 0; i < ARRAY_LEN(pass); i++)
        if (view_is_word(type, pass[i]))
            return FEED_ALLOW;
    return FEED_NEVER;
}

static void read_zone(struct list_work *w, struct view line, struct view rest)
{
    struct list_row row = list_row_of(take_value(&rest), w->line);
    struct view type = take_value(&rest);
    int does = zone_does(type);

    if (type.n == 0)
        list_refuse(w, w->line, "%s: expected a name and a type of zone", list_quote(line).text);
    else if (does == FEED_NEVER)
        list_skip(w, w->line, "%s: zones of type %s block no name", list_quote(line).text, list_quote(type).text);
    else {
        if (does == FEED_ALLOW)
            row.kind = FEED_ALLOW;
        list_put(w, &row);
    }
}

/* local-data: "name A 0.0.0.0", with a TTL and a class or without. */
static void read_data(struct list_work *w, struct view rest)
{
    struct view record = take_value(&rest);
    struct list_row row = list_row_of(list_word(&record), w->line);

    row.match = FEED_EXACT;
    if (record.n == 0)
        list_refuse(w, w->line, "%s: expected a record", list_quote(row.name).text);
    else
        list_put(w, &row);
}

void list_unbound_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct view text = list_cut_comment(line, '#');
        struct view rest = text, key = list_field(&rest, ':');

        if (text.n == 0)
            list_newest_comment(w, line);
        else if (view_is(key, "local-zone"))
            read_zone(w, text, rest);
        else if (view_is(key, "local-data"))
            read_data(w, rest);
        else if (list_trim(rest).n > 0)
            list_skip(w, w->line, "%s: a setting that blocks no name", list_quote(text).text);
    }
}
