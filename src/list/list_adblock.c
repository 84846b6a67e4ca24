/*
 * list_adblock.c - filters of ad blockers, as far as they are about whole names: ||name^ and its exception @@||name^.
 *
 * What depends on the page, the path or a pattern says nothing of a name in DNS, and is skipped. A modifier that
 * only narrows the kind of request is passed over: a browser that mines asks for the name all the same.
 */
#include "config.h"

#include "list/list_forms.h"

/* Modifiers under which a filter is still about the name. */
static const char *const kept[] = {
    "important", "third-party",    "3p",  "first-party", "1p",          "all",   "document", "doc",   "popup", "script",
    "websocket", "xmlhttprequest", "xhr", "image",       "subdocument", "frame", "object",   "other", "ping",  "media",
    "font",      "stylesheet",     "css", "network",     "strict3p",
};

unsigned list_adblock_looks(struct view line)
{
    if (view_starts(line, "[Adblock") || view_starts(line, "[uBlock"))
        return 1000;
    if (view_starts(line, "||") || view_starts(line, "@@||"))
        return 5;
    if (view_starts(line, "! "))
        return 3;
    for (size_t i = 0; i + 1 < line.n; i++)
        if (line.p[i] == '#' && (line.p[i + 1] == '#' || line.p[i + 1] == '@' || line.p[i + 1] == '?') && i > 0)
            return 2;
    return 0;
}

static bool is_kept(struct view modifier)
{
    if (modifier.n > 0 && modifier.p[0] == '~')
        modifier = view_skip(modifier, 1);
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        if (view_is_word(modifier, kept[i]))
            return true;
    return false;
}

/* domain=~a|~b: on all pages but these. */
static bool is_exclusion(struct view pages)
{
    while (pages.n > 0) {
        struct view page = list_field(&pages, '|');

        if (page.n == 0 || page.p[0] != '~')
            return false;
    }
    return true;
}

/* False, and *why is one, for modifiers under which the filter is not about the name. */
static bool read_modifiers(struct view modifiers, bool exception, struct view *why)
{
    while (modifiers.n > 0) {
        struct view modifier = list_trim(list_field(&modifiers, ','));
        struct view value = modifier, key = list_field(&value, '=');

        if (modifier.n == 0 || is_kept(modifier))
            continue;
        if (!exception && (view_is_word(key, "domain") || view_is_word(key, "from")) && is_exclusion(value))
            continue;
        *why = modifier;
        return false;
    }
    return true;
}

static void read_filter(struct list_work *w, struct view filter, bool exception)
{
    struct list_row row = list_row_of(view_of(NULL, 0), w->line);
    struct view rest = view_skip(filter, 2), why;
    size_t end = 0;

    while (end < rest.n && !strchr("^/$|:?", rest.p[end]))
        end++;
    row.name = view_head(rest, end);
    rest = view_skip(rest, end);
    if (rest.n == 0 || rest.p[0] != '^') {
        list_skip(w, w->line, "%s: a filter that is not about a whole name", list_quote(filter).text);
        return;
    }
    rest = view_skip(rest, 1);
    if (rest.n > 0 && rest.p[0] == '|')
        rest = view_skip(rest, 1);
    if (rest.n > 0 && rest.p[0] != '$') {
        list_skip(w, w->line, "%s: a filter of paths", list_quote(filter).text);
        return;
    }
    if (!read_modifiers(view_skip(rest, 1), exception, &why)) {
        list_skip(w, w->line, "%s: depends on %s", list_quote(filter).text, list_quote(why).text);
        return;
    }
    if (view_find(view_skip(row.name, view_starts(row.name, "*.") ? 2 : 0), '*') < row.name.n && !view_is(row.name, "*") &&
        view_find_last(row.name, '*') > 0) {
        list_skip(w, w->line, "%s: a pattern, no name", list_quote(filter).text);
        return;
    }
    if (exception)
        row.kind = FEED_ALLOW;
    list_put(w, &row);
}

void list_adblock_read(struct list_work *w)
{
    struct view line;

    while (list_line(w, &line)) {
        bool exception = view_starts(line, "@@");
        struct view filter = view_skip(line, exception ? 2 : 0);

        if (line.p[0] == '!' || line.p[0] == '[' || (line.p[0] == '#' && (line.n == 1 || line.p[1] == ' ')))
            list_newest_comment(w, line);
        else if (view_starts(filter, "||"))
            read_filter(w, filter, exception);
        else
            list_skip(w, w->line, "%s: a filter that is not about a whole name", list_quote(line).text);
    }
}
