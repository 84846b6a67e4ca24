/*
 * log.c - one line a message, "countermine: text", on standard error. The other program has its own name in front.
 */
#include "config.h"

#include "base/log.h"

#include "base/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static enum log_level shown = LOG_LEVEL_WARN;
static const char *program = "countermine";
static void (*before_line)(void);
static void (*write_line)(enum log_level level, const char *text);

void log_set_level(enum log_level level)
{
    shown = level;
}

void log_set_name(const char *name)
{
    program = name;
}

void log_set_writer(void (*writer)(enum log_level level, const char *text))
{
    write_line = writer;
}

void log_set_before(void (*before)(void))
{
    before_line = before;
}

ATTR_PRINTF(2, 0)
static void log_line(enum log_level level, const char *fmt, va_list ap)
{
    static const char *const word[] = {"", "warning: ", "", ""};
    char raw[1024], line[2048];
    struct out o = out_of(line, sizeof(line) - 1);
    int n;

    if (level > shown)
        return;
    n = vsnprintf(raw, sizeof(raw), fmt, ap);
    if (n < 0)
        return;
    if (write_line) {
        write_line(level, raw);
        return;
    }
    out_fmt(&o, "%s: %s", program, word[level]);
    out_escape(&o, view_of(raw, min_size((size_t)n, sizeof(raw) - 1)));
    if (before_line)
        before_line();
    line[o.n++] = '\n';
    /* Nobody is left to tell when standard error itself cannot be written. */
    if (write(STDERR_FILENO, line, o.n) < 0)
        return;
}

#define LOG_BODY(level)       \
    va_list ap;               \
    va_start(ap, fmt);        \
    log_line(level, fmt, ap); \
    va_end(ap)

void log_err(const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_ERR);
}

void log_warn(const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_WARN);
}

void log_info(const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_INFO);
}

void log_debug(const char *fmt, ...)
{
    LOG_BODY(LOG_LEVEL_DEBUG);
}
