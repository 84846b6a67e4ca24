/*
 * list_detect.c - which format a list is in, by its content.
 *
 * Each format says of each of the first lines how much the line looks like it; the sums are compared. A line that
 * only one format can have weighs so much that a few of them decide. JSON is told by its members.
 *
 * What is no list at all must not be taken for one because a few of its lines look so: archives, the page of an error in
 * place of a list, and a site list, whose names are those that must not be found.
 */
#include "config.h"

#include "base/json_scan.h"
#include "list/list_forms.h"

#define LINES_MAX 200           /* lines with meaning that are looked at */
#define COMMENTS_MAX 2000       /* lines without */
#define HEAD_BYTES 4096         /* that are looked at for NUL bytes */
#define JSON_BYTES (256 * 1024) /* of JSON, which may be one line */

static const struct {
    const char *member;
    enum list_type type;
} members[] = {
    {"Event", LIST_MISP},   {"response", LIST_MISP}, {"Attribute", LIST_MISP}, {"list", LIST_WARNINGLIST},
    {"objects", LIST_STIX}, {"pattern", LIST_STIX},  {"pools", LIST_MINER},    {"servers", LIST_MINER},
    {"urls", LIST_MINER},   {"url", LIST_MINER},     {"coin", LIST_MINER},
};

/* What the members of an object tell. */
static enum list_type detect_object(const struct json_val *v)
{
    struct json_walk walk = json_walk_of(v);
    struct json_val key, value, type = json_member(v, "type");

    if (json_is(&type, "bundle") || json_is(&type, "indicator"))
        return LIST_STIX;
    while (json_next_member(&walk, &key, &value))
        for (size_t i = 0; i < ARRAY_LEN(members); i++)
            if (json_is(&key, members[i].member))
                return members[i].type;
    return LIST_DATASET;
}

/* Of an array its first item tells. */
static enum list_type detect_json(struct view text)
{
    struct buf b = buf_of(view_head(text, JSON_BYTES));
    struct json_val v, item;

    if (!json_read(&b, &v))
        return LIST_AUTO;
    if (v.type == JSON_OBJECT)
        return detect_object(&v);
    item = json_item(&v, 0);
    if (item.type == JSON_OBJECT)
        return detect_object(&item);
    return item.type == JSON_STRING ? LIST_DATASET : LIST_AUTO;
}

/* True when text begins with what only JSON begins with: [ also opens an address, or the title of filters. */
static bool is_json(struct view text)
{
    if (text.n == 0 || (text.p[0] != '{' && text.p[0] != '['))
        return false;
    if (text.p[0] == '{')
        return true;
    text = view_skip(text, 1);
    while (text.n > 0 && strchr(" \t\r\n", text.p[0]) && text.p[0] != '\0')
        text = view_skip(text, 1);
    return text.n > 0 && strchr("{[\"]", text.p[0]) && text.p[0] != '\0';
}

static bool is_comment(struct view line)
{
    return line.p[0] == '#' || line.p[0] == '!' || line.p[0] == ';';
}

/* The first line that is no comment; empty when there is none. */
static struct view first_line(struct view text)
{
    while (text.n > 0) {
        struct view line = list_trim(view_head(list_field(&text, '\n'), LIST_LINE_MAX));

        if (line.n > 0 && !is_comment(line))
            return line;
    }
    return view_of(NULL, 0);
}

/* The columns of a site list (countermine-feeds(5)) and no others; every one has reasons. */
static bool is_site_list(struct view line)
{
    static const char *const columns[] = {"name", "client", "destination", "wallet", "kind", "reason", "expires"};
    bool has_reason = false;

    while (line.n > 0) {
        struct view field = list_trim(list_field(&line, ','));
        size_t i = 0;

        while (i < ARRAY_LEN(columns) && !view_is_word(field, columns[i]))
            i++;
        if (i == ARRAY_LEN(columns))
            return false;
        has_reason |= i == 5;
    }
    return has_reason;
}

/* Why text is no list; NULL when it may be one. */
static const char *no_list(struct view text)
{
    static const struct {
        const char *head, *what;
    } heads[] = {
        {"PK\x03\x04", "it is a zip archive: unpack it first"},
        {"BZh", "it is compressed by bzip2: expected gzip, zstd, xz or none"},
        {"\x04\x22\x4d\x18", "it is compressed by lz4: expected gzip, zstd, xz or none"},
    };
    struct view line;

    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        if (view_starts(text, heads[i].head))
            return heads[i].what;
    if (view_find(view_head(text, HEAD_BYTES), 0) < min_size(text.n, HEAD_BYTES))
        return "it has NUL bytes: expected text";
    line = first_line(text);
    if (line.n > 0 && line.p[0] == '<')
        return "it is HTML or XML, the page of an error perhaps: expected a list";
    return is_site_list(line) ? "its columns are those of a site list, which site.allow takes; as a feed it needs type=feed"
                              : NULL;
}

void list_report_unknown(struct list_report *report, struct view text)
{
    const char *why = no_list(text);

    if (!why && first_line(text).n == 0)
        why = "it is empty, but for blanks and comments";
    list_report_whole(report, 0, "%s", why ? why : "its format is not known: say which by ,type=TYPE behind its path");
}

static void vote(struct view line, bool first, unsigned votes[LIST_TYPE_N])
{
    for (unsigned i = 0; i < LIST_TYPE_N; i++)
        if (list_forms[i].looks && (first || (i != LIST_FEED && i != LIST_CSV)))
            votes[i] += list_forms[i].looks(line);
}

enum list_type list_detect(struct view text)
{
    unsigned votes[LIST_TYPE_N] = {0}, best = LIST_AUTO;
    unsigned n_lines = 0, n_comments = 0;
    struct view line;

    if (feed_is_image(text))
        return LIST_IMAGE;
    if (view_starts(text, "\xef\xbb\xbf"))
        text = view_skip(text, 3);
    if (no_list(text))
        return LIST_AUTO;
    while (text.n > 0 && n_lines < LINES_MAX && n_comments < COMMENTS_MAX) {
        struct view rest = text;

        line = list_trim(view_head(list_field(&rest, '\n'), LIST_LINE_MAX));
        if (n_lines == 0 && is_json(list_trim(text)))
            return detect_json(list_trim(text));
        text = rest;
        if (line.n == 0)
            continue;
        /* A header of columns may stand behind a #. */
        if (n_lines == 0 && line.p[0] == '#' && line.n > 1 && line.p[1] != ' ' && list_zeek_looks(line) == 0 &&
            list_csv_looks(view_skip(line, 1)) > 0)
            line = view_skip(line, 1);
        vote(line, n_lines == 0 && !is_comment(line), votes);
        *(is_comment(line) ? &n_comments : &n_lines) += 1;
    }
    for (unsigned i = 0; i < LIST_TYPE_N; i++)
        if (votes[i] > votes[best])
            best = i;
    return (enum list_type)best;
}
