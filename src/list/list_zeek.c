/*
 * list_zeek.c - files of Zeek's intelligence framework: fields separated by tabs, named by a line #fields.
 *
 * Zeek compares the whole name, so a row is exact unless its meta.desc has what list_export writes there: match=suffix,
 * with kind, confidence, coins and expires in the same way.
 */
#include "config.h"

#include "list/list_forms.h"

#include "base/parse.h"

enum field { FIELD_INDICATOR, FIELD_TYPE, FIELD_SOURCE, FIELD_DESC, FIELD_N };

#define COLUMNS_MAX 64

struct columns {
    uint8_t at[FIELD_N]; /* COLUMNS_MAX when it is absent */
    bool seen;
};

unsigned list_zeek_looks(struct view line)
{
    return view_starts(line, "#fields\t") || view_starts(line, "#separator \\x09") ? 1000 : 0;
}

static void read_columns(struct columns *c, struct view line)
{
    static const char *const names[FIELD_N] = {"indicator", "indicator_type", "meta.source", "meta.desc"};
    struct view rest = line;

    list_field(&rest, '\t');
    memset(c->at, COLUMNS_MAX, sizeof(c->at));
    for (uint8_t i = 0; i < COLUMNS_MAX && rest.n > 0; i++) {
        struct view name = list_trim(list_field(&rest, '\t'));

        for (size_t k = 0; k < FIELD_N; k++)
            if (view_is_word(name, names[k]))
                c->at[k] = i;
    }
    c->seen = true;
}

/* key=value words of meta.desc; coins are separated by commas there. */
static void read_desc(struct list_row *row, struct view desc, struct out *coins)
{
    while (desc.n > 0) {
        struct view value = list_word(&desc), key = list_field(&value, '=');
        uint64_t n;

        if (view_is(key, "kind"))
            row->kind = list_kind_of(value);
        else if (view_is(key, "match"))
            row->match = list_match_of(value);
        else if (view_is(key, "confidence") && parse_u64(value, &n) && n <= 100)
            row->confidence = (int)n;
        else if (view_is(key, "coins"))
            while (value.n > 0) {
                out_bytes(coins, list_field(&value, ','));
                out_str(coins, value.n > 0 ? " " : "");
            }
        else if (view_is(key, "expires"))
            row->expires_day = list_expires(value);
    }
    row->coins = out_view(coins);
}

static void read_row(struct list_work *w, const struct columns *c, struct view line)
{
    struct view field[FIELD_N] = {{NULL, 0}};
    char words[LIST_WORDS_MAX];
    struct out coins = out_of(words, sizeof(words));
    struct list_row row;

    for (uint8_t i = 0; i < COLUMNS_MAX && line.n > 0; i++) {
        struct view value = list_trim(list_field(&line, '\t'));

        for (size_t k = 0; k < FIELD_N; k++)
            if (c->at[k] == i && !view_is(value, "-"))
                field[k] = value;
    }
    row = list_row_of(field[FIELD_INDICATOR], w->line);
    row.sources = field[FIELD_SOURCE];
    if (view_starts(field[FIELD_DESC], "countermine: "))
        read_desc(&row, view_skip(field[FIELD_DESC], strlen("countermine: ")), &coins);
    else
        row.note = field[FIELD_DESC];
    if (field[FIELD_TYPE].n == 0)
        list_refuse(w, w->line, "%s: expected an indicator and its type, separated by a tab", list_quote(row.name).text);
    else if (view_is(field[FIELD_TYPE], "Intel::DOMAIN"))
        list_put(w, &row);
    else if (view_is(field[FIELD_TYPE], "Intel::ADDR") || view_is(field[FIELD_TYPE], "Intel::SUBNET"))
        list_put_net(w, &row);
    else
        list_skip(w, w->line, "%s: an indicator of type %s", list_quote(row.name).text, list_quote(field[FIELD_TYPE]).text);
}

void list_zeek_read(struct list_work *w)
{
    struct columns c = {.seen = false};
    struct view line;

    while (list_line(w, &line)) {
        if (view_starts(line, "#fields"))
            read_columns(&c, line);
        else if (line.p[0] == '#')
            list_newest_comment(w, line);
        else if (!c.seen)
            list_refuse_whole(w, w->line, "expected a line #fields, separated by tabs, before the first row");
        else
            read_row(w, &c, line);
    }
}
