/*
 * list_address.c - lists of addresses: netsets, what `ipset save' writes, Suricata's IP reputation.
 *
 * An address counts only with its port: many may share it. So of most such lists nothing can be taken, and
 * they are refused for that; sets of addresses with ports, as ipset has them, are taken.
 */
#include "config.h"

#include "list/list_forms.h"

#include "base/parse.h"

#define SCORE_MAX 127 /* the Suricata user guide, "IP Reputation Format": 1 to 127 */

static bool is_net(struct view text)
{
    struct view rest = text;
    struct addr a;

    return text.n > 0 && list_address(list_field(&rest, '/'), &a) && text.p[0] != '[';
}

unsigned list_netset_looks(struct view line)
{
    struct view text = list_cut_comment(list_cut_comment(line, '#'), ';');
    struct view rest = text, word = list_word(&rest);

    if (view_is(word, "create") || view_is(word, "add"))
        return rest.n > 0 ? 5 : 0;
    return rest.n == 0 && is_net(word) ? 4 : 0;
}

/* Behind the name of the set: 192.0.2.1, 192.0.2.1,tcp:3333 or 192.0.2.1,3333, and further fields. */
static void read_member(struct list_work *w, struct view member)
{
    struct list_row row = list_row_of(view_of(NULL, 0), w->line);
    struct view rest = member;
    struct view port;
    uint64_t n;

    row.name = list_field(&rest, ',');
    if (rest.n == 0) {
        list_put_net(w, &row);
        return;
    }
    port = list_field(&rest, ',');
    if (view_find(port, ':') < port.n) {
        struct view protocol = list_field(&port, ':');

        if (!view_is_word(protocol, "tcp")) {
            list_skip(w, w->line, "%s: a port that is not one of TCP", list_quote(member).text);
            return;
        }
    }
    if (!parse_u64(port, &n) || n == 0 || n > UINT16_MAX) {
        list_skip(w, w->line, "%s: expected an address, or an address with port", list_quote(member).text);
        return;
    }
    row.port = (uint16_t)n;
    list_put_net(w, &row);
}

void list_netset_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct view rest = list_cut_comment(list_cut_comment(line, '#'), ';');
        struct view word = list_word(&rest);

        if (word.n == 0) {
            list_newest_comment(w, line);
        } else if (view_is(word, "add")) {
            list_word(&rest);
            read_member(w, list_word(&rest));
        } else if (view_find(word, '-') < word.n && list_address(view_head(word, view_find(word, '-')), &(struct addr){0})) {
            list_skip(w, w->line, "%s: a range of addresses", list_quote(word).text);
        } else if (!view_is(word, "create")) {
            read_member(w, word);
        }
    }
}

unsigned list_iprep_looks(struct view line)
{
    struct view rest = line, first = list_trim(list_field(&rest, ',')), second = list_trim(list_field(&rest, ','));
    uint64_t n;

    if (!parse_u64(second, &n) || rest.n == 0)
        return 0;
    return is_net(first) && parse_u64(list_trim(rest), &n) ? 5 : 0;
}

void list_iprep_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        struct view rest = list_cut_comment(line, '#');
        struct list_row row = list_row_of(list_trim(list_field(&rest, ',')), w->line);
        struct view category = list_trim(list_field(&rest, ','));
        uint64_t n;

        if (row.name.n == 0) {
            list_newest_comment(w, line);
            continue;
        }
        if (parse_u64(row.name, &n))
            continue; /* 1,Mining,what the category is */
        if (!parse_u64(category, &n) || !parse_u64(list_trim(rest), &n) || n > SCORE_MAX) {
            list_refuse(w, w->line, "%s: expected an address, a category and a score up to %d", list_quote(line).text,
                        SCORE_MAX);
            continue;
        }
        row.confidence = (int)(n * 100 / SCORE_MAX);
        list_put_net(w, &row);
    }
}
