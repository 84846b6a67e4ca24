/*
 * worker_file.c - drives the pipeline over all captures, or looks names up in all DNS logs, in a jail.
 */
#include "config.h"

#include "role/worker_file.h"

#include "base/out.h"
#include "capture/log_file.h"
#include "detect/names_log.h"
#include "detect/pipeline.h"
#include "role/sandbox.h"
#include "role/summary.h"
#include "role/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define PROGRESS_EVERY 256 /* batches */
#define FAULTS_SAID 5      /* lines of a log that are named; all are counted */

struct run {
    struct worker_file *w;
    int control;
    struct worker_out out;
    struct pipeline *pipeline;  /* of captures */
    struct names_log *log;      /* of logs */
    uint64_t n_taken, n_faults; /* entries of the log at hand */
    struct summary summary;
    uint64_t bytes_before, packets_before; /* of files already read, for the progress */
};

static void tell_parent(const struct run *run, enum ipc_type type, const void *body, size_t n)
{
    (void)ipc_send(run->control, type, view_of(body, n), -1, true); /* without a parent there is nobody to tell */
}

/* Puts the inputs in order and tells the report of it. */
static void prepare_inputs(struct run *run, struct unpack_ops *ops)
{
    struct input_list *list = run->w->inputs;

    *ops = unpack_service_ops(run->w->unpack, run->control);
    list->unpack = ops;
    input_prepare(list);
    for (size_t i = 0; i < list->n; i++)
        worker_tell(&run->out, IPC_ORDER, &list->v[i].place, sizeof(list->v[i].place));
}

static const char *name_of(const struct input *in)
{
    return strcmp(in->name, "-") == 0 ? "standard input" : in->name;
}

/* Says why a file could not be used, or not to its end, in one line. */
static void report_bad(struct run *run, const struct input *in, uint64_t n_frames)
{
    char where[80] = "", rest[80] = "";
    struct out w = out_of(where, sizeof(where)), r = out_of(rest, sizeof(rest));

    run->summary.n_files_bad++;
    if (in->has_offset)
        out_fmt(&w, "offset %llu%s: ", (unsigned long long)in->error_offset, in->offset_in);
    if (n_frames == 1)
        out_fmt(&r, "; the %s before it counts", run->log ? "entry" : "packet");
    else if (n_frames)
        out_fmt(&r, "; the %llu %s before it count", (unsigned long long)n_frames, run->log ? "entries" : "packets");
    log_err("%s: %s%s%s", name_of(in), where, in->error, rest);
}

/* Leaves the frames that pass the filter; gives their number. */
static size_t filter_frames(struct run *run, struct frame *frames, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (filter_passes(run->w->filter, &frames[i]))
            frames[kept++] = frames[i];
    run->summary.filtered += n - kept;
    return kept;
}

static void report_fault(struct run *run, const struct input *in, const struct frame *f, enum dns_log_fault fault)
{
    run->n_faults++;
    if (run->n_faults <= FAULTS_SAID)
        log_warn("%s: line %llu: %s; it is left out", name_of(in), (unsigned long long)f->number, dns_log_fault_text(fault));
    else if (run->n_faults == FAULTS_SAID + 1)
        log_warn("%s: further lines are left out; the summary has their number", name_of(in));
}

static void take_entries(struct run *run, const struct input *in, const struct frame *frames, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct frame *f = &frames[i];
        enum dns_log_fault fault = (enum dns_log_fault)f->wire_len;

        if (f->linktype == LOG_FAULT)
            names_log_refuse(run->log, fault);
        else
            fault = names_log_take(run->log, f->bytes, f->file, f->number);
        if (fault != DNS_LOG_OK && fault != DNS_LOG_CONTROL)
            report_fault(run, in, f, fault);
        else
            run->n_taken++;
    }
}

static void take_frames(struct run *run, const struct input *in, struct frame *frames, size_t n)
{
    if (run->log) {
        take_entries(run, in, frames, n);
        return;
    }
    if (run->w->filter)
        n = filter_frames(run, frames, n);
    pipeline_frames(run->pipeline, frames, n);
}

static void tell_progress(const struct run *run, uint64_t bytes, uint64_t packets)
{
    struct ipc_progress p = {run->bytes_before + bytes, run->packets_before + packets};

    (void)ipc_send(run->control, IPC_PROGRESS, view_of(&p, sizeof(p)), -1, false); /* the next one does too */
}

static enum savefile_result read_frames(struct run *run, struct input *in, struct savefile *s, uint32_t file)
{
    struct frame frames[PIPELINE_BATCH];
    enum savefile_result got;
    size_t n;

    in->first.file = file;
    for (size_t i = 0; i < PIPELINE_BATCH; i++)
        frames[i].file = file; /* which readers leave as it is */
    if (in->has_first)
        take_frames(run, in, &in->first, 1);
    for (uint32_t batches = 1; (got = savefile_read(s, frames, PIPELINE_BATCH, &n)) == SAVEFILE_FRAME; batches++) {
        take_frames(run, in, frames, n);
        if (batches % PROGRESS_EVERY == 0)
            tell_progress(run, input_position(in), s->n_frames);
    }
    return got;
}

static void read_input(struct run *run, struct input *in, uint32_t file)
{
    struct savefile *s = input_open(run->w->inputs, in);
    enum savefile_result last;
    uint64_t n_frames;

    if (!s) {
        report_bad(run, in, 0);
        return;
    }
    run->n_taken = run->n_faults = 0;
    last = read_frames(run, in, s, file);
    run->summary.n_files++;
    run->summary.dropped += s->dropped;
    log_debug("%s: %s, %llu %s, %llu bytes", in->name, s->format, (unsigned long long)s->n_frames,
              run->log ? "entries" : "packets", (unsigned long long)block_offset(&s->block));
    run->bytes_before += input_position(in);
    run->packets_before += s->n_frames;
    n_frames = run->log ? run->n_taken : s->n_frames;
    input_close(run->w->inputs, in, last);
    if (in->error[0]) {
        report_bad(run, in, n_frames);
    } else if (run->n_faults > 0 && run->n_taken == 0) {
        log_err("%s: holds no entry that could be read", name_of(in));
        run->summary.n_files_bad++;
    }
}

static void say_summary(struct run *run)
{
    if (run->log) {
        run->summary.is_log = true;
        run->summary.log = run->log->stats;
        run->summary.dns_written = run->log->passive.n_given;
    } else {
        pipeline_stats(run->pipeline, &run->summary.pipeline);
        run->summary.dns_written = run->summary.pipeline.passive_given;
    }
    run->summary.wants_dns = run->w->wants_dns;
    run->summary.n_files_other = run->w->inputs->n_other;
    run->summary.filter_unfit = run->w->filter ? filter_unfit(run->w->filter) : 0;
    run->summary.has_feed = run->w->feed != NULL;
    tell_parent(run, IPC_SUMMARY, &run->summary, sizeof(run->summary));
}

static bool enter_jail(const struct run *run)
{
    const struct input_list *list = run->w->inputs;
    int *inputs = calloc(list->n + 1, sizeof(*inputs));
    struct jail_fds keep = jail_fds_none();
    char why[200] = "";
    bool ok;

    if (!inputs) {
        log_err("not enough memory");
        return false;
    }
    keep.evidence = run->w->evidence;
    keep.control = run->control;
    keep.inputs = inputs;
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].fd >= 0)
            inputs[keep.n_inputs++] = list->v[i].fd;
    ok = jail_enter(JAIL_WORKER_FILE, &keep, (enum conf_sandbox)run->w->conf->process.sandbox, 0, why, sizeof(why));
    if (!ok)
        log_err("the process that reads captures: %s", why);
    free(inputs);
    return ok;
}

/* What looks at the inputs. All messages of DNS are wanted where any are: nothing is lost by waiting. */
static bool make_reader(struct run *run)
{
    dns_event_fn *on_dns = run->w->wants_dns ? worker_dns : NULL;

    if (!worker_out_init(&run->out, run->w->evidence, 0, true))
        return false;
    if (run->w->inputs->kind == SAVEFILE_LOG) {
        run->log = malloc(sizeof(*run->log));
        if (!run->log)
            return false;
        names_log_init(run->log, run->w->feed, run->w->key, worker_emit, &run->out);
        passive_init(&run->log->passive, on_dns, &run->out, 0);
        return true;
    }
    run->pipeline = pipeline_new(run->w->conf, run->w->key, run->w->feed, worker_emit, &run->out);
    if (run->pipeline && run->w->conf->dns.enabled)
        pipeline_passive(run->pipeline, on_dns, &run->out, 0);
    return run->pipeline;
}

int worker_file_main(void *worker_file, int control)
{
    static struct run run; /* large; there is one in a process */
    struct unpack_ops ops;

    run = (struct run){.w = worker_file, .control = control};
    /* Without a parent nobody wants the rest; the report writes what it has. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        log_debug("prctl: %s", strerror(errno));
    if (!make_reader(&run)) {
        log_err("not enough memory");
        return WORKER_FAILED;
    }
    if (!enter_jail(&run))
        return WORKER_FAILED;
    prepare_inputs(&run, &ops);
    for (size_t i = 0; i < run.w->inputs->n; i++)
        read_input(&run, &run.w->inputs->v[i], (uint32_t)i);
    if (run.pipeline)
        pipeline_end(run.pipeline);
    worker_dns_flush(&run.out);
    say_summary(&run);
    worker_tell(&run.out, IPC_END, NULL, 0);
    return EXIT_SUCCESS;
}
