/*
 * list_say.c - rows and lists that are refused, and why.
 */
#include "config.h"

#include "list/list_work.h"

#include <stdarg.h>
#include <stdio.h>

#define QUOTED_MAX 40 /* bytes of what was found that are shown */

/* Keeps the first in the order of lines; a reader may tell of one late. */
void list_report_refused(struct list_report *report, uint32_t line, const char *why)
{
    size_t i = report->n_refused++;
    struct out o;

    if (i >= LIST_REFUSED_SHOWN) {
        i = LIST_REFUSED_SHOWN - 1;
        if (line >= report->refused[i].line)
            return;
    }
    for (; i > 0 && report->refused[i - 1].line > line; i--)
        report->refused[i] = report->refused[i - 1];
    report->refused[i].line = line;
    o = out_of(report->refused[i].why, sizeof(report->refused[i].why));
    out_str(&o, why);
}

static void ATTR_PRINTF(3, 0) put_reason(char *mem, size_t n, const char *fmt, va_list ap)
{
    int written = vsnprintf(mem, n, fmt, ap);

    if (written < 0)
        mem[0] = '\0';
}

void list_refuse(struct list_work *w, uint32_t line, const char *fmt, ...)
{
    char why[LIST_WHY_BYTES] = "";
    va_list ap;

    w->report->n_read++;
    if (w->report->n_refused < LIST_REFUSED_SHOWN || line < w->report->refused[LIST_REFUSED_SHOWN - 1].line) {
        va_start(ap, fmt);
        put_reason(why, sizeof(why), fmt, ap);
        va_end(ap);
    }
    list_report_refused(w->report, line, why);
}

void list_skip(struct list_work *w, uint32_t line, const char *fmt, ...)
{
    struct list_why *why = &w->report->skipped;
    va_list ap;

    w->report->n_read++;
    if (w->report->n_skipped++ > 0)
        return;
    why->line = line;
    va_start(ap, fmt);
    put_reason(why->why, sizeof(why->why), fmt, ap);
    va_end(ap);
}

static void ATTR_PRINTF(3, 0) put_whole(struct list_report *report, uint32_t line, const char *fmt, va_list ap)
{
    char *to = report->whole;
    int n = 0;

    if (to[0] != '\0')
        return;
    if (line > 0)
        n = snprintf(to, sizeof(report->whole), "line %u: ", line);
    put_reason(to + n, sizeof(report->whole) - (size_t)n, fmt, ap);
}

void list_refuse_whole(struct list_work *w, uint32_t line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put_whole(w->report, line, fmt, ap);
    va_end(ap);
}

void list_report_whole(struct list_report *report, uint32_t line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put_whole(report, line, fmt, ap);
    va_end(ap);
}

struct list_quoted list_quote(struct view v)
{
    struct list_quoted quoted;
    struct out o = out_of(quoted.text, sizeof(quoted.text) - 5); /* what an escape makes longer is cut */

    out_char(&o, '`');
    out_escape(&o, view_head(v, QUOTED_MAX));
    o.cap = sizeof(quoted.text);
    if (o.full || v.n > QUOTED_MAX) {
        o.full = false;
        out_str(&o, "...");
    }
    out_char(&o, '\'');
    return quoted;
}
