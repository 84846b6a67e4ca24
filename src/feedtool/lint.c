/*
 * lint.c - countermine-feed lint: what is wrong in lists, a line for each fault: FILE:LINE: what, what was expected.
 *
 * Of every list: rows that are refused, public suffixes, names that the never list guards, names that are listed twice, in
 * one list or two. Of lists in the own format with columns, which are kept by hand, also their order, and that each row says
 * where it comes from. All of it happens in the jail; the faults come back as text in memory that both processes share.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/log.h"
#include "base/out.h"
#include "feed/feed_text.h"
#include "feedtool/lint_names.h"
#include "role/feeds_part.h"
#include "role/unpack_text.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX ((size_t)64 << 20) /* bytes of faults: half a million of them */

/* What the two processes share. */
struct linted {
    uint64_t n_faults, n_rows;
    uint64_t n_text;
    char text[TEXT_MAX];
};

struct linting {
    const struct feeds_source *sources;
    uint32_t n_sources;
    uint64_t seed;
    struct linted *to;
    struct out out;
    struct lint_names *names;
    bool failed;
};

/* --- in the jail ---------------------------------------------------------------------------------- */

/* Starts a fault; its end is a newline. */
static struct out *fault(struct linting *l, const char *list, uint32_t line)
{
    l->to->n_faults++;
    out_escape(&l->out, view_str(list));
    if (line)
        out_fmt(&l->out, ":%u", line);
    out_str(&l->out, ": ");
    return &l->out;
}

/* A row's name as text. */
static struct view text_of(const struct feed_line *row, char *mem, size_t n)
{
    struct out o = out_of(mem, n);

    if (row->is_endpoint)
        endpoint_print(&row->endpoint, &o);
    else
        name_print(&row->name, &o);
    return out_view(&o);
}

/* A row that could be used by itself: does it match what no row may match? */
static void look_at_guards(struct linting *l, const char *list, const struct feed_line *row, struct view name)
{
    const char *guard;

    if (row->is_endpoint || row->kind == FEED_NEVER || row->kind == FEED_ALLOW)
        return;
    if (lint_is_public_suffix(name)) {
        struct out *o = fault(l, list, row->line);

        out_bytes(o, name);
        out_str(o, ": is a public suffix, below which names belong to different owners\n");
    }
    if (row->kind == FEED_NODE)
        return;
    guard = lint_names_guard(l->names, name, row->match != FEED_EXACT);
    if (guard) {
        struct out *o = fault(l, list, row->line);

        out_bytes(o, name);
        out_fmt(o, ": would match %s, which the never list guards\n", guard);
    }
}

static void look_at_row(struct linting *l, uint32_t i, const struct feed_line *row, struct view name)
{
    const char *list = l->sources[i].spec.path;
    struct lint_place before;

    look_at_guards(l, list, row, name);
    switch (lint_names_add(l->names, name, (unsigned)row->match, row->kind, i, row->line, &before)) {
    case LINT_NEW: break;
    case LINT_AGAIN:
        out_bytes(fault(l, list, row->line), name);
        out_str(&l->out, ": is listed already, ");
        out_escape(&l->out, view_str(l->sources[before.list].spec.path));
        out_fmt(&l->out, ":%u\n", before.line);
        break;
    case LINT_FULL: l->failed = true; break;
    }
}

/* The name before, for the order. */
struct before {
    char text[NAME_TEXT_MAX];
    size_t n;
};

static void look_at_order(struct linting *l, const char *list, uint32_t line, struct view name, struct before *before)
{
    struct view last = view_of(before->text, before->n);
    int d = memcmp(last.p, name.p, min_size(last.n, name.n));

    if (d > 0 || (d == 0 && last.n > name.n)) {
        struct out *o = fault(l, list, line);

        out_bytes(o, name);
        out_str(o, ": stands behind ");
        out_bytes(o, last);
        out_str(o, ", expected rows in the order of their names (LC_ALL=C sort)\n");
    }
    memcpy(before->text, name.p, name.n);
    before->n = name.n;
}

/* The rows of a text in the own format; is_own: it was written so. */
static void look_at_rows(struct linting *l, uint32_t i, struct view text, bool is_own)
{
    const char *list = l->sources[i].spec.path;
    static struct before before;
    struct feed_text t;
    struct feed_line row;

    before.n = 0;
    feed_text_init(&t, text);
    while (!l->failed && feed_text_next(&t, &row)) {
        char mem[NAME_TEXT_MAX];
        struct view name;

        l->to->n_rows++;
        if (row.why[0]) {
            out_fmt(fault(l, list, row.line), "%s\n", row.why);
            continue;
        }
        name = text_of(&row, mem, sizeof(mem));
        look_at_row(l, i, &row, name);
        if (!is_own || !t.has_columns)
            continue;
        look_at_order(l, list, row.line, name, &before);
        if (row.sources.n == 0) {
            out_bytes(fault(l, list, row.line), name);
            out_str(&l->out, ": expected the column sources to say where the row comes from\n");
        }
    }
}

/* What the reader of a foreign format refused. */
static void tell_refused(struct linting *l, const char *list, const struct list_report *r)
{
    uint32_t n = r->n_refused < LIST_REFUSED_SHOWN ? r->n_refused : LIST_REFUSED_SHOWN;

    for (uint32_t k = 0; k < n; k++)
        out_fmt(fault(l, list, r->refused[k].line), "%s\n", r->refused[k].why);
    if (r->n_refused > n)
        out_fmt(fault(l, list, 0), "%u more row%s that cannot be read\n", r->n_refused - n, plural(r->n_refused - n));
    l->to->n_faults += r->n_refused > n ? r->n_refused - n - 1 : 0;
}

static void look_at_list(struct linting *l, uint32_t i)
{
    const struct feeds_source *s = &l->sources[i];
    struct list_options options = s->spec.options;
    struct list_report report;
    struct list_text made;
    struct view text;
    char why[200];
    bool is_own;
    void *mem;

    if (!unpack_text(s->text, FEEDS_FILE_MAX, &text, &mem, why, sizeof(why))) {
        out_fmt(fault(l, s->spec.path, 0), "%s\n", why);
        return;
    }
    if (options.type == LIST_AUTO)
        options.type = list_detect(text);
    is_own = options.type == LIST_FEED || options.type == LIST_PLAIN;
    options.list = s->spec.path;
    options.seed = l->seed;
    if (is_own) {
        look_at_rows(l, i, text, true);
    } else if (list_convert(text, &options, &made, &report)) {
        tell_refused(l, s->spec.path, &report);
        look_at_rows(l, i, list_text_view(&made), false);
        list_text_free(&made);
    } else {
        tell_refused(l, s->spec.path, &report);
        out_fmt(fault(l, s->spec.path, 0), "is refused whole: %s\n", report.whole);
    }
    free(mem);
}

/* The names that are guarded: those of the program, and of the lists themselves. */
static bool guard(struct linting *l, struct view text)
{
    struct feed_text t;
    struct feed_line row;
    bool ok = true;

    feed_text_init(&t, text);
    while (ok && feed_text_next(&t, &row)) {
        char mem[NAME_TEXT_MAX];

        if (row.kind == FEED_NEVER && row.why[0] == '\0')
            ok = lint_names_add_guard(l->names, text_of(&row, mem, sizeof(mem)));
    }
    return ok;
}

/* A jailed_work. */
static bool lint(void *arg)
{
    struct linting *l = arg;

    l->names = lint_names_new(l->seed);
    l->out = out_of(l->to->text, sizeof(l->to->text));
    l->failed = !l->names || !guard(l, feeds_builtin[FEEDS_NEVER].text);
    for (uint32_t i = 0; !l->failed && i < l->n_sources; i++)
        look_at_list(l, i);
    l->to->n_text = l->out.n;
    if (l->out.full)
        log_warn("lint: only the first faults are shown");
    if (l->failed)
        log_err("lint: not enough memory");
    return !l->failed;
}

/* --- outside --------------------------------------------------------------------------------------- */

int lint_run(struct tool *t)
{
    struct feeds *feeds = tool_read(t, (const char *const *)t->operands, t->n_operands);
    struct linting l = {.seed = feeds_seed(), .to = jailed_share(sizeof(*l.to))};
    int status = TOOL_TROUBLE;

    if (feeds && !l.to)
        log_err("lint: not enough memory");
    if (feeds && l.to) {
        l.sources = feeds->sources;
        l.n_sources = feeds->n_sources;
        if (feeds->is_copy)
            log_err("%s: is a compiled image, expected lists", feeds->sources[0].spec.path);
        else if (jailed_run("checks the lists", lint, &l, tool_sandbox(t)) && l.to->n_text < sizeof(l.to->text)) {
            fwrite(l.to->text, 1, l.to->n_text, stdout);
            if (!t->quiet)
                fprintf(stderr, "%llu fault%s in %llu row%s of %u list%s\n", (unsigned long long)l.to->n_faults,
                        plural(l.to->n_faults), (unsigned long long)l.to->n_rows, plural(l.to->n_rows), l.n_sources,
                        plural(l.n_sources));
            status = tool_finish(l.to->n_faults ? TOOL_NO : TOOL_YES);
        }
    }
    jailed_unshare(l.to, sizeof(*l.to));
    feeds_free(feeds);
    return status;
}
