/*
 * list_names.c - lists of which each line is names: plain, hosts files, Maltrail's trails.
 */
#include "config.h"

#include "list/list_forms.h"

static const char *const own_names[] = {"localhost", "localhost.localdomain", "broadcasthost", "local"};

static bool is_host_text(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] <= ' ' || (v.p[i] < 0x7f && strchr("/|^$@\"',;!()<>{}\\&", v.p[i])))
            return false;
    return v.n > 0;
}

/* One word that may be a name: it has a dot, and a label at the end that is no number. */
static bool is_name(struct view v)
{
    size_t dot = view_find_last(v, '.');

    return is_host_text(v) && dot < v.n && view_find(v, ':') == v.n &&
           (dot + 1 == v.n || v.p[dot + 1] < '0' || v.p[dot + 1] > '9');
}

unsigned list_plain_looks(struct view line)
{
    struct view word = list_cut_comment(line, '#'), host;
    struct addr a;
    uint16_t port;

    if (word.n > 0 && word.p[0] == '=')
        return is_name(view_skip(word, 1)) ? 5 : 0;
    if (view_starts(word, "*."))
        return is_name(view_skip(word, 2)) ? 3 : 0;
    if (list_host_port(word, &host, &port) && port != 0)
        return list_address(host, &a) ? 3 : 0;
    return is_name(word) ? 2 : 0;
}

/* A name, or an address with its port, as a row of the own plain list has it. */
static void put_plain(struct list_work *w, struct list_row *row, struct view text)
{
    if (text.n > 0 && text.p[0] == '=') {
        row->match = FEED_EXACT;
        text = list_trim(view_skip(text, 1));
    }
    if (!list_host_port(text, &row->name, &row->port)) {
        list_refuse(w, row->line, "%s: expected a port from 1 to 65535", list_quote(text).text);
        return;
    }
    list_put(w, row);
}

void list_plain_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct list_row row = list_row_of(view_of(NULL, 0), w->line);
        struct view rest = list_cut_comment(line, '#');
        struct view word = list_word(&rest);

        if (word.n == 0)
            list_newest_comment(w, line);
        else if (rest.n > 0)
            list_refuse(w, w->line, "%s: found a blank; expected one name on a line", list_quote(line).text);
        else
            put_plain(w, &row, word);
    }
}

/* An address to which a blocked name is sent: nowhere, or the machine itself. */
static bool is_sink(const struct addr *a)
{
    static const struct addr loopback = {{[15] = 1}};

    if (addr_is_v4(a))
        return a->b[12] == 0 || a->b[12] == 127 || a->b[12] == 255;
    return addr_is_none(a) || addr_cmp(a, &loopback) == 0;
}

unsigned list_hosts_looks(struct view line)
{
    struct view rest = list_cut_comment(line, '#');
    struct view address = list_word(&rest);
    struct addr a;

    return view_find(address, '[') == address.n && list_address(address, &a) && rest.n > 0 && is_host_text(list_word(&rest))
               ? 5
               : 0;
}

/* What every hosts file has beside what it blocks. */
static bool is_own_name(struct view name)
{
    struct addr a;

    for (size_t i = 0; i < ARRAY_LEN(own_names); i++)
        if (view_is_word(name, own_names[i]))
            return true;
    return (view_starts(name, "ip6-") && view_find(name, '.') == name.n) || list_address(name, &a);
}

static void read_hosts_line(struct list_work *w, struct view line)
{
    struct view rest = line;
    struct view address = list_word(&rest);
    struct addr a;
    bool sink;

    address = view_head(address, view_find(address, '%')); /* fe80::1%lo0 */
    if (view_find(address, '[') < address.n || !list_address(address, &a)) {
        list_refuse(w, w->line, "%s: expected an address and names", list_quote(line).text);
        return;
    }
    if (rest.n == 0)
        list_refuse(w, w->line, "%s: found no name behind the address", list_quote(line).text);
    sink = is_sink(&a);
    while (rest.n > 0) {
        struct list_row row = list_row_of(list_word(&rest), w->line);

        if (is_own_name(row.name))
            list_skip(w, w->line, "%s: a name of the machine itself", list_quote(row.name).text);
        else if (!sink)
            list_skip(w, w->line, "%s is given the address %s, which does not block it", list_quote(row.name).text,
                      list_quote(address).text);
        else
            list_put(w, &row);
    }
}

void list_hosts_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct view text = list_cut_comment(line, '#');

        if (text.n == 0)
            list_newest_comment(w, line);
        else
            read_hosts_line(w, text);
    }
}

unsigned list_maltrail_looks(struct view line)
{
    struct view text = list_cut_comment(line, '#'), host;
    uint16_t port;

    if (view_starts(line, "# Reference:"))
        return 5;
    if (view_starts(line, "# Copyright (c)") || view_starts(line, "# See the file 'LICENSE'"))
        return 5;
    if (text.n > 1 && text.p[0] == '/')
        return 2;
    if (is_name(text))
        return 1;
    return is_host_text(text) && list_host_port(text, &host, &port) && port != 0 ? 1 : 0;
}

void list_maltrail_read(struct list_work *w)
{
    struct view line, reference = view_of(NULL, 0);

    while (list_line(w, &line)) {
        struct list_row row = list_row_of(list_cut_comment(line, '#'), w->line);
        struct view trail = row.name;

        if (view_starts(line, "# Reference:")) {
            reference = list_trim(view_skip(line, strlen("# Reference:")));
        } else if (trail.n == 0) {
            list_newest_comment(w, line);
        } else if (view_find(trail, '/') < trail.n &&
                   list_address(view_head(trail, view_find(trail, '/')), &(struct addr){0})) {
            list_put_net(w, &row);
        } else if (view_find(trail, '/') < trail.n || view_find(trail, '(') < trail.n) {
            list_skip(w, w->line, "%s: a path or a pattern, no name", list_quote(trail).text);
        } else if (!list_host_port(trail, &row.name, &row.port)) {
            list_refuse(w, w->line, "%s: expected a name, or an address with port", list_quote(trail).text);
        } else {
            row.sources = reference;
            list_put(w, &row);
        }
    }
}
