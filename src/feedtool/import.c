/*
 * import.c - countermine-feed import: a list of any format as one in the own format.
 *
 * It is unpacked and converted in a jail. The text comes back in memory that both processes share, and is only copied out.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/log.h"
#include "base/out.h"
#include "role/feeds_part.h"
#include "role/unpack_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX ((size_t)1 << 30) /* bytes of the list as it is written */

/* What the two processes share. */
struct imported {
    struct list_report report;
    size_t n_text;
    uint8_t text[TEXT_MAX];
};

struct importing {
    const struct feeds_source *source;
    uint64_t seed;
    const struct list_never *never;
    struct imported *to;
};

/* A jailed_work. */
static bool convert(void *arg)
{
    const struct importing *im = arg;
    struct list_options options = im->source->spec.options;
    struct list_text made;
    struct view text;
    char why[200];
    void *mem;

    options.list = im->source->spec.path;
    options.seed = im->seed;
    options.never = im->never;
    if (!unpack_text(im->source->text, FEEDS_FILE_MAX, &text, &mem, why, sizeof(why))) {
        struct out o = out_of(im->to->report.whole, sizeof(im->to->report.whole));

        out_str(&o, why);
        return true;
    }
    if (!list_convert(text, &options, &made, &im->to->report))
        return true; /* the report says why */
    if (made.n > TEXT_MAX) {
        log_err("%s: becomes longer than 1 GiB: divide it", im->source->spec.path);
        return false;
    }
    memcpy(im->to->text, made.p, made.n);
    im->to->n_text = made.n;
    return true;
}

/* The options of the command line, over those behind the path. */
static bool set_options(const struct tool *t, struct feeds_spec *spec)
{
    const char *const value[] = {t->type, t->kind, t->confidence, t->match};
    static const char *const key[] = {"type", "kind", "confidence", "match"};
    char why[300] = "";
    struct out o = out_of(why, sizeof(why));

    if (!feeds_spec_parse(t->operands[0], spec, &o)) {
        log_err("%s: %s", t->operands[0], why);
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(value); i++) {
        if (value[i] && !feeds_spec_set(spec, view_str(key[i]), view_str(value[i]), &o)) {
            log_err("option --%s", why);
            return false;
        }
    }
    return true;
}

/* What was read, on standard error. */
static void say_report(const struct tool *t, const char *path, struct list_report *r)
{
    char name[4 * CONF_PATH_MAX];
    struct out o = out_of(name, sizeof(name));

    r->newest[sizeof(r->newest) - 1] = '\0';
    out_escape(&o, view_str(path));
    if (!t->quiet && r->type != LIST_AUTO)
        fprintf(stderr, "%s: type %s, %u line%s, %u row%s read: %u taken, %u duplicate, %u refused, %u passed over%s%s\n", name,
                list_type_name(r->type), r->n_lines, plural(r->n_lines), r->n_read, plural(r->n_read), r->n_taken,
                r->n_duplicate, r->n_refused, r->n_skipped, r->newest[0] ? "; newest " : "", r->newest);
    for (uint32_t i = 0; i < r->n_refused && i < LIST_REFUSED_SHOWN; i++) {
        r->refused[i].why[LIST_WHY_BYTES - 1] = '\0';
        log_warn("%s:%u: refused: %s", path, r->refused[i].line, r->refused[i].why);
    }
    if (r->n_skipped) {
        r->skipped.why[LIST_WHY_BYTES - 1] = '\0';
        log_warn("%s:%u: passed over: %s", path, r->skipped.line, r->skipped.why);
    }
}

static int write_text(const struct tool *t, struct view text)
{
    FILE *to = t->output ? fopen(t->output, "we") : stdout;
    bool ok = to && (text.n == 0 || fwrite(text.p, 1, text.n, to) == text.n);

    if (to && t->output)
        ok = fclose(to) == 0 && ok;
    if (!t->output)
        return tool_finish(TOOL_YES);
    if (!ok)
        log_err("%s: cannot be written: %s", t->output, strerror(errno));
    return ok ? TOOL_YES : TOOL_TROUBLE;
}

static int run(const struct tool *t, const struct feeds_source *s, struct imported *to)
{
    struct importing im = {.source = s, .seed = feeds_seed(), .to = to};
    struct list_never *never = feeds_never_new(im.seed, true);
    bool done;

    im.never = never;
    if (!never)
        log_err("import: not enough memory");
    done = never && jailed_run("converts a list", convert, &im, tool_sandbox(t));
    list_never_free(never);
    if (!done)
        return TOOL_TROUBLE;
    to->report.whole[sizeof(to->report.whole) - 1] = '\0';
    if ((unsigned)to->report.type >= LIST_TYPE_N || to->n_text > TEXT_MAX)
        return TOOL_TROUBLE;
    if (to->report.type == LIST_IMAGE && to->report.whole[0] == '\0') {
        log_err("%s: is a compiled image, expected a list; `countermine-feed export -f csv' writes the rows of an image",
                s->spec.path);
        return TOOL_TROUBLE;
    }
    say_report(t, s->spec.path, &to->report);
    if (to->report.whole[0]) {
        log_err("%s: refused whole: %s", s->spec.path, to->report.whole);
        return TOOL_NO;
    }
    return write_text(t, view_of(to->text, to->n_text));
}

int import_run(struct tool *t)
{
    static char fault[FEEDS_FAULT_BYTES];
    struct feeds_source s = {.origin.fault = fault, .is_file = true};
    struct imported *to;
    int status = TOOL_TROUBLE;

    if (!set_options(t, &s.spec) || !tool_configure(t) || !feeds_file_read(&s))
        return TOOL_TROUBLE;
    to = jailed_share(sizeof(*to));
    if (to)
        status = run(t, &s, to);
    else
        log_err("import: not enough memory");
    jailed_unshare(to, sizeof(*to));
    free(s.mem);
    return status;
}
