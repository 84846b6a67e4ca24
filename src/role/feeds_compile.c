/*
 * feeds_compile.c - what the process that compiles the lists does: unpack, convert, build, compare.
 *
 * It is in its jail by then. What it says of each list lies in memory that it shares with its parent, beside the image.
 */
#include "config.h"

#include "role/feeds_part.h"

#include "base/log.h"
#include "role/unpack_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The lists on their way; what is allocated is given back by the end of the process. */
struct work {
    const struct feeds_compiling *c;
    struct feeds_outcome *out;
    struct feed_source texts[FEEDS_LISTS_MAX];
    struct feed_report reports[FEEDS_LISTS_MAX];
    struct list_report list[FEEDS_LISTS_MAX];
    bool converted[FEEDS_LISTS_MAX]; /* else feed_build counts all of its rows */
};

/* A list is refused whole: the first that is stands in the outcome, all are said. */
static bool ATTR_PRINTF(3, 4) refuse(struct work *w, uint32_t i, const char *fmt, ...)
{
    const struct feeds_source *s = &w->c->sources[i];
    char why[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    feeds_complain(&s->origin, s->spec.path, "%s", why); /* whose fault is this process's copy */
    if (w->out->fault[0] == '\0') {
        struct out o = out_of(w->out->fault, sizeof(w->out->fault));

        out_fmt(&o, "%s: %s", s->spec.path, why);
    }
    return false;
}

/* No list in particular is at fault. */
static bool ATTR_PRINTF(2, 3) fail(struct work *w, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(w->out->fault, sizeof(w->out->fault), fmt, ap);
    va_end(ap);
    log_err("feeds: %s", w->out->fault);
    return false;
}

/* From the bytes of a list to text in the own format. */
static bool prepare(struct work *w, uint32_t i)
{
    const struct feeds_source *s = &w->c->sources[i];
    struct list_options options = s->spec.options;
    struct list_text made;
    struct view text;
    char why[200];
    void *mem;

    w->texts[i] = (struct feed_source){s->spec.path, s->text};
    w->list[i].type = LIST_FEED;
    if (!s->is_file)
        return true;
    if (!unpack_text(s->text, FEEDS_FILE_MAX, &text, &mem, why, sizeof(why)))
        return refuse(w, i, "%s", why);
    options.list = s->spec.path;
    options.never = w->c->never;
    options.seed = w->c->seed;
    if (!list_convert(text, &options, &made, &w->list[i]))
        return refuse(w, i, "%s", w->list[i].whole);
    w->texts[i].text = list_text_view(&made);
    w->converted[i] = made.p != text.p;
    w->out->text_bytes += (mem ? text.n : 0) + (w->converted[i] ? made.n : 0);
    if (w->converted[i])
        free(mem);
    return true;
}

/* Adds a row that was refused, in the order of lines. */
static void add_refused(struct feeds_list *to, uint32_t line, const char *why)
{
    size_t n = 0, i;

    while (n < LIST_REFUSED_SHOWN && to->refused[n].why[0])
        n++;
    if (n == LIST_REFUSED_SHOWN && to->refused[--n].line < line)
        return;
    for (i = n; i > 0 && to->refused[i - 1].line > line; i--)
        to->refused[i] = to->refused[i - 1];
    to->refused[i].line = line;
    snprintf(to->refused[i].why, sizeof(to->refused[i].why), "%s", why);
}

/* What came of one list, from both readers. */
static void tell(struct work *w, uint32_t i)
{
    const struct feed_report *built = &w->reports[i];
    const struct list_report *list = &w->list[i];
    struct feeds_list *to = &w->out->list[i];

    to->type = list->type;
    memcpy(to->newest, list->newest, sizeof(to->newest));
    to->n_used = built->n_taken;
    to->n_again = built->n_duplicate;
    to->n_refused = built->n_refused;
    for (uint32_t k = 0; k < built->n_refused && k < FEED_REFUSED_SHOWN; k++)
        add_refused(to, built->refused[k].line, built->refused[k].why);
    if (!w->converted[i])
        return;
    to->n_again += list->n_duplicate;
    to->n_refused += list->n_refused;
    to->n_skipped = list->n_skipped;
    for (uint32_t k = 0; k < list->n_refused && k < LIST_REFUSED_SHOWN; k++)
        add_refused(to, list->refused[k].line, list->refused[k].why);
}

/* Says what was refused. In a built-in list that is the wish of who listed a never row. */
static void say(const struct feeds_list *l)
{
    void (*say_it)(const char *fmt, ...) = l->is_file ? log_warn : log_info;

    for (uint32_t i = 0; i < l->n_refused && i < LIST_REFUSED_SHOWN; i++)
        say_it("feeds: %s:%u: refused: %s", l->name, l->refused[i].line, l->refused[i].why);
    if (l->n_refused > 0)
        say_it("feeds: %s: %u row%s refused, %u used", l->name, l->n_refused, plural(l->n_refused), l->n_used);
    log_debug("feeds: %s: type %s, rows in use %u, listed before %u, refused %u, passed over %u", l->name,
              list_type_name(l->type), l->n_used, l->n_again, l->n_refused, l->n_skipped);
}

/*
 * Adds up the rows in use, of each list by kinds, and those that have expired. Those that came in an image among lists name lists that are not here; those
 * of an image in place of lists are all its own.
 */
static void count_kinds(struct work *w, const struct feed *f)
{
    struct feed_row row;
    uint32_t i = 0;

    for (uint32_t r = 1; r <= feed_n_rows(f); r++) {
        uint32_t tries = 0;

        if (!feed_row_at(f, r, &row))
            continue;
        for (; !w->c->image && tries < w->out->n_lists && !view_is(row.list, w->out->list[i].name); tries++)
            i = (i + 1) % w->out->n_lists;
        if (tries == w->out->n_lists)
            continue;
        w->out->list[i].kinds[row.kind]++;
        w->out->list[i].n_expired += feed_row_expired(&row, w->c->now);
    }
}

/* Counts and compares the image. */
static void look_at(struct work *w, const struct feed *f)
{
    if (w->c->count)
        count_kinds(w, f);
    if (w->c->before && !feeds_compare(w->c->before, f, w->c->seed, NULL, NULL, &w->out->delta))
        w->out->delta.known = false; /* memory is short for that; the image is good */
}

static bool build(struct work *w)
{
    const struct feeds_compiling *c = w->c;
    size_t n = feed_size(w->texts, c->n_sources);
    const struct feed *f;
    bool ok = true;

    if (n == 0 || n > c->room)
        return fail(w, "the lists have more rows or bytes than an image can hold");
    f = feed_build(c->mem, c->room, w->texts, c->n_sources, c->seed, w->reports);
    if (!f)
        return fail(w, "not enough memory for the lists: %zu bytes are needed", n);
    for (uint32_t i = 0; i < c->n_sources; i++) {
        tell(w, i);
        say(&w->out->list[i]);
        if (c->sources[i].is_file && w->reports[i].n_taken + w->reports[i].n_duplicate == 0)
            ok = refuse(w, i, "has no row that can be used, expected a list in a format of countermine-feeds(5)");
    }
    if (!ok)
        return false;
    look_at(w, f);
    return true;
}

bool feeds_compile_work(void *compiling)
{
    static struct work w; /* too large for the stack */
    bool ok = true;

    w.c = compiling;
    w.out = w.c->outcome;
    if (w.c->image) {
        look_at(&w, w.c->image);
        return true;
    }
    for (uint32_t i = 0; i < w.c->n_sources; i++)
        ok = prepare(&w, i) && ok; /* all faults are said */
    return ok && build(&w);
}
