/*
 * list_url.c - lists of where to connect to: stratum+tcp://host:port, host:port, and what people make of them.
 *
 * A host is a row that matches exactly: it is one server, and the name above it may be somebody else's.
 */
#include "config.h"

#include "list/list_forms.h"

/* Schemes whose traffic is encrypted. */
static bool is_tls(struct view scheme)
{
    static const char *const words[] = {"stratum+ssl", "stratum+tls", "stratums", "ssl", "tls", "https", "wss", "stratum2+ssl"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (view_is_word(scheme, words[i]))
            return true;
    return false;
}

/* Index of "://", or v.n. */
static size_t find_scheme(struct view v)
{
    size_t colon = view_find(v, ':');

    return view_starts(view_skip(v, colon), "://") ? colon : v.n;
}

unsigned list_urls_looks(struct view line)
{
    struct view host;
    struct addr a;
    uint16_t port;
    size_t scheme = find_scheme(line);

    if (scheme > 0 && scheme < line.n && view_find(line, ' ') > scheme)
        return 5;
    if (view_find(line, ' ') < line.n || view_find(line, ',') < line.n || !list_host_port(line, &host, &port) || port == 0)
        return 0;
    return list_address(host, &a) ? 2 : 3; /* a plain list has addresses with ports too */
}

bool list_url_row(struct view text, struct list_row *row, const char **why)
{
    size_t scheme = find_scheme(text);
    bool tls = scheme < text.n && is_tls(view_head(text, scheme));
    struct view rest = text;

    if (scheme == 0) {
        *why = "nothing stands before ://";
        return false;
    }
    if (scheme < text.n)
        rest = view_skip(text, scheme + 3);
    rest = view_head(rest, view_find(rest, '/'));
    rest = view_head(rest, view_find(rest, '?'));
    if (view_find_last(rest, '@') < rest.n)
        rest = view_skip(rest, view_find_last(rest, '@') + 1);
    if (!list_host_port(rest, &row->name, &row->port)) {
        *why = "expected a port from 1 to 65535 behind the colon";
        return false;
    }
    if (row->name.n == 0) {
        *why = "found no host";
        return false;
    }
    if (row->match < 0)
        row->match = FEED_EXACT;
    if (row->note.n == 0 && tls)
        row->note = view_str("tls");
    return true;
}

void list_urls_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct view rest = list_cut_comment(line, '#');
        struct list_row row = list_row_of(list_word(&rest), w->line);
        struct view text = row.name;
        const char *why;

        if (text.n == 0)
            list_newest_comment(w, line);
        else if (rest.n > 0)
            list_refuse(w, w->line, "%s: found a blank in it", list_quote(line).text);
        else if (!list_url_row(text, &row, &why))
            list_refuse(w, w->line, "%s: %s", list_quote(text).text, why);
        else
            list_put(w, &row);
    }
}
