/*
 * list_detect.c - which format a list is in, by its content.
 *
 * Each format says of each of the first lines how much the line looks like it; the sums are compared. A line that
 * only one format can have weighs so much that a few of them decide. JSON is told by its members.
 */
#include "config.h"

#include "base/json_scan.h"
#include "list/list_forms.h"

#define LINES_MAX 200           /* lines with meaning that are looked at */
#define COMMENTS_MAX 2000       /* lines without */
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
