/*
 * export.c - countermine-feed export: lists in the format of another program, on standard output or in a file.
 */
#include "config.h"

#include "feedtool/tool.h"

#include "base/log.h"
#include "base/nearest.h"

#include <errno.h>
#include <stdio.h>

static bool choose(const struct tool *t, enum list_export *format)
{
    const char *names[EXPORT_N];
    const char *near;

    if (!t->format) {
        log_err("export: expected --format FORMAT: plain, hosts, rpz, zeek, dataset, stix or csv");
        return false;
    }
    if (list_export_parse(t->format, format))
        return true;
    for (int i = 0; i < EXPORT_N; i++)
        names[i] = list_export_name((enum list_export)i);
    near = nearest_word(view_str(t->format), names, EXPORT_N);
    if (near)
        log_err("option --format %s: did you mean %s?", t->format, near);
    else
        log_err("option --format %s: expected plain, hosts, rpz, zeek, dataset, stix or csv", t->format);
    return false;
}

static void say_loss(const struct list_loss *loss)
{
    fprintf(stderr, "%u of %u row%s written", loss->n_written, loss->n_rows, plural(loss->n_rows));
    if (loss->n_left_out)
        fprintf(stderr, ", %u left out that the format cannot carry", loss->n_left_out);
    if (loss->n_narrower)
        fprintf(stderr, ", %u match less there", loss->n_narrower);
    if (loss->n_bare)
        fprintf(stderr, ", %u without their kind", loss->n_bare);
    fputc('\n', stderr);
}

static int write_to(const struct tool *t, const struct feed *f, enum list_export format)
{
    FILE *to = t->output ? fopen(t->output, "we") : stdout;
    struct list_loss loss = {0};
    bool ok;

    if (!to) {
        log_err("%s: cannot be written: %s", t->output, strerror(errno));
        return TOOL_TROUBLE;
    }
    ok = list_export(f, format, to, &loss);
    if (ok && !t->quiet)
        say_loss(&loss);
    if (!t->output)
        return tool_finish(ok ? TOOL_YES : TOOL_TROUBLE);
    ok = fclose(to) == 0 && ok;
    if (!ok)
        log_err("%s: cannot be written: %s", t->output, strerror(errno));
    return ok ? TOOL_YES : TOOL_TROUBLE;
}

int export_run(struct tool *t)
{
    enum list_export format;
    struct feeds *feeds;
    const struct feed *f;
    int status;

    if (!choose(t, &format))
        return TOOL_TROUBLE;
    f = tool_load(t, (const char *const *)t->operands, t->n_operands, &feeds, &status);
    if (f)
        status = write_to(t, f, format);
    feeds_free(feeds);
    return status;
}
