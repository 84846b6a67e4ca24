/*
 * progress.c - bytes, packets or entries a second and remaining time, redrawn five times a second at most.
 */
#include "config.h"

#include "role/progress.h"

#include "base/log.h"
#include "base/out.h"
#include "base/rfc3339.h"

#include <time.h>
#include <unistd.h>

#define REDRAW_NS (NS_PER_SEC / 5)

static struct {
    bool on, drawn;
    uint64_t total;
    const char *what;
    ns_t start_ns, drawn_ns;
} progress;

static ns_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * NS_PER_SEC + t.tv_nsec;
}

static void put(const struct out *o)
{
    if (write(STDERR_FILENO, o->p, o->n) < 0)
        progress.on = false; /* the terminal is gone */
}

void progress_wipe(void)
{
    char text[8];
    struct out o = out_of(text, sizeof(text));

    if (!progress.on || !progress.drawn)
        return;
    out_str(&o, "\r\033[K");
    progress.drawn = false;
    put(&o);
}

void progress_start(uint64_t total, const char *what, bool wanted)
{
    progress.on = wanted && isatty(STDERR_FILENO);
    progress.total = total;
    progress.what = what;
    progress.start_ns = progress.drawn_ns = progress.on ? now_ns() : 0;
    log_set_before(progress_wipe);
}

void progress_show(uint64_t bytes, uint64_t packets)
{
    char text[160];
    struct out o = out_of(text, sizeof(text));
    ns_t now, spent;

    if (!progress.on)
        return;
    now = now_ns();
    if (now - progress.drawn_ns < REDRAW_NS)
        return;
    progress.drawn_ns = now;
    spent = now - progress.start_ns;
    out_fmt(&o, "\r\033[K%.1f MB", (double)bytes / 1e6);
    if (progress.total)
        out_fmt(&o, " of %.1f MB", (double)progress.total / 1e6);
    out_fmt(&o, ", %llu %s, %.2f million a second", (unsigned long long)packets, progress.what,
            (double)packets * 1e3 / (double)spent);
    if (progress.total > bytes && bytes > 0) {
        out_str(&o, ", ");
        rfc3339_print_span((ns_t)((double)spent * (double)(progress.total - bytes) / (double)bytes), &o);
        out_str(&o, " left");
    }
    put(&o);
    progress.drawn = true;
}
