/*
 * file.c - opens inputs and outputs, drops privileges, drives the pipeline over all captures, and says
 * at the end what was found and what could not be seen.
 */
#include "config.h"

#include "role/file.h"

#include "base/log.h"
#include "base/out.h"
#include "capture/filter.h"
#include "capture/input.h"
#include "detect/pipeline.h"
#include "finding/finding.h"
#include "output/output.h"
#include "role/feeds.h"
#include "role/privileges.h"
#include "role/progress.h"
#include "role/summary.h"
#include "role/unpacker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRESS_EVERY 256                /* batches */
#define HASH_NUMBER 0x636f756e7465726dULL /* the fixed key of file mode: equal input gives equal output */

enum { EXIT_UNREADABLE = 1, EXIT_USAGE = 2, EXIT_MINING = 10 };

struct run {
    const struct cli *cli;
    const struct conf *conf;
    struct unpack_ops unpack;
    struct input_list inputs;
    const char **names; /* of the inputs, by index */
    struct filter *filter;
    struct output_context output;
    char host[256];
    struct sink *sinks[CLI_OUTPUTS_MAX];
    size_t n_sinks;
    struct feeds *feeds;
    struct pipeline *pipeline;
    struct finding_table *findings;
    struct summary summary;
    uint64_t bytes_before, packets_before; /* of files already read, for the progress */
    bool failed;                           /* some input or output */
};

static void on_finding(void *arg, enum finding_state state, const struct finding *f)
{
    struct run *run = arg;

    for (size_t i = 0; i < run->n_sinks; i++)
        sink_finding(run->sinks[i], state, f);
    if (state == FINDING_CLOSED && f->severity >= 7)
        run->summary.n_high++;
}

static void on_evidence(void *arg, const struct evidence *e)
{
    struct run *run = arg;

    finding_add(run->findings, e);
}

/* Each capture stays open from the start, so as many descriptors as the system allows are wanted. */
static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            log_debug("setrlimit: %s", strerror(errno));
    }
}

static bool open_inputs(struct run *run)
{
    raise_file_limit();
    for (int i = 0; i < run->cli->n_operands; i++) {
        if (!input_add(&run->inputs, run->cli->operands[i])) {
            log_err("not enough memory");
            return false;
        }
    }
    return true;
}

/* Puts the inputs in order and tells the outputs their names. */
static bool prepare_inputs(struct run *run)
{
    run->unpack = unpacker_ops(&(struct unpack_limits){.max_bytes = run->conf->captures.max_unpacked_bytes,
                                                       .max_ratio = run->conf->captures.max_ratio},
                               (enum conf_sandbox)run->conf->process.sandbox);
    run->inputs.unpack = &run->unpack;
    input_prepare(&run->inputs);
    run->names = calloc(run->inputs.n + 1, sizeof(*run->names));
    if (!run->names) {
        log_err("not enough memory");
        return false;
    }
    for (size_t i = 0; i < run->inputs.n; i++)
        run->names[i] = run->inputs.v[i].name;
    run->output.files = run->names;
    run->output.n_files = (uint32_t)run->inputs.n;
    return true;
}

static void describe_terminal(struct output_context *ctx)
{
    const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return;
    ctx->colour = !(no_colour && no_colour[0]) && !(term && strcmp(term, "dumb") == 0);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        ctx->width = size.ws_col;
}

/* True when path names one of the captures, which must not be overwritten. */
static bool is_input(const struct run *run, const char *path)
{
    struct stat out, in;

    if (!path || stat(path, &out) != 0)
        return false;
    for (size_t i = 0; i < run->inputs.n; i++)
        if (run->inputs.v[i].fd >= 0 && fstat(run->inputs.v[i].fd, &in) == 0 && in.st_dev == out.st_dev &&
            in.st_ino == out.st_ino)
            return S_ISREG(out.st_mode);
    return false;
}

bool file_check_outputs(const struct cli *cli)
{
    char why[256];

    for (size_t i = 0; i < cli->n_outputs; i++) {
        const struct cli_output *o = &cli->output[i];

        if (!output_check(o->format, o->path, why, sizeof(why))) {
            log_err("option -o %s:%s: %s", o->format, o->path, why);
            return false;
        }
    }
    return true;
}

static bool open_sink(struct run *run, const char *format, const char *path)
{
    struct sink *s;
    int fd;

    if (is_input(run, path)) {
        log_err("option -o %s:%s: this is one of the captures to read; give another path", format, path);
        return false;
    }
    fd = output_open(format, path, false);
    s = fd < 0 ? NULL : sink_new(format, path, fd, &run->output);
    if (!s) {
        log_err("%s: cannot be written: %s", output_name(format, path), strerror(errno));
        return false;
    }
    run->sinks[run->n_sinks++] = s;
    return true;
}

const char *file_default_format(void)
{
    return isatty(STDOUT_FILENO) ? "table" : "json";
}

static bool open_outputs(struct run *run)
{
    describe_terminal(&run->output);
    if (gethostname(run->host, sizeof(run->host) - 1) == 0)
        run->output.host = run->host;
    run->output.pid = (unsigned)getpid();
    run->output.conf = run->conf;
    run->output.sensor = run->conf->sensor.name;
    for (size_t i = 0; i < run->cli->n_outputs; i++)
        if (!open_sink(run, run->cli->output[i].format, run->cli->output[i].path))
            return false;
    if (run->cli->n_outputs == 0)
        return open_sink(run, file_default_format(), NULL);
    return true;
}

static bool make_engine(struct run *run)
{
    const struct feed *feed;
    struct hash_key key;

    hash_key_fixed(&key, HASH_NUMBER);
    feed = run->feeds ? feeds_image(run->feeds) : NULL;
    run->pipeline = pipeline_new(run->conf, &key, feed, on_evidence, run);
    run->findings = finding_table_new(run->conf, &key, feed, on_finding, run);
    run->summary.has_feed = feed != NULL;
    if (!run->pipeline || !run->findings) {
        log_err("not enough memory");
        return false;
    }
    return true;
}

/* Says why a file could not be used, or not to its end, in one line. */
static void report_bad(struct run *run, const struct input *in, uint64_t n_frames)
{
    const char *name = strcmp(in->name, "-") == 0 ? "standard input" : in->name;
    char where[80] = "", rest[80] = "";
    struct out w = out_of(where, sizeof(where)), r = out_of(rest, sizeof(rest));

    run->failed = true;
    run->summary.n_files_bad++;
    if (in->has_offset)
        out_fmt(&w, "offset %llu%s: ", (unsigned long long)in->error_offset, in->offset_in);
    if (n_frames)
        out_fmt(&r, "; the %llu packets before it count", (unsigned long long)n_frames);
    log_err("%s: %s%s%s", name, where, in->error, rest);
}

/* Leaves the frames that pass the filter; gives their number. */
static size_t filter_frames(struct run *run, struct frame *frames, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (filter_passes(run->filter, &frames[i]))
            frames[kept++] = frames[i];
    run->summary.filtered += n - kept;
    return kept;
}

static void take_frames(struct run *run, struct frame *frames, size_t n)
{
    if (run->filter)
        n = filter_frames(run, frames, n);
    pipeline_frames(run->pipeline, frames, n);
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
        take_frames(run, &in->first, 1);
    for (uint32_t batches = 1; (got = savefile_read(s, frames, PIPELINE_BATCH, &n)) == SAVEFILE_FRAME; batches++) {
        take_frames(run, frames, n);
        if (batches % PROGRESS_EVERY == 0)
            progress_show(run->bytes_before + input_position(in), run->packets_before + s->n_frames);
    }
    return got;
}

static void read_input(struct run *run, struct input *in, uint32_t file)
{
    struct savefile *s = input_open(&run->inputs, in);
    enum savefile_result last;
    uint64_t n_frames;

    if (!s) {
        report_bad(run, in, 0);
        return;
    }
    last = read_frames(run, in, s, file);
    run->summary.n_files++;
    run->summary.dropped += s->dropped;
    log_debug("%s: %s, %llu packets, %llu bytes", in->name, s->format, (unsigned long long)s->n_frames,
              (unsigned long long)block_offset(&s->block));
    run->bytes_before += input_position(in);
    run->packets_before += s->n_frames;
    n_frames = s->n_frames;
    input_close(&run->inputs, in, last);
    if (in->error[0])
        report_bad(run, in, n_frames);
}

static void read_all(struct run *run)
{
    uint64_t total = 0;

    for (size_t i = 0; i < run->inputs.n; i++)
        total += run->inputs.v[i].size;
    progress_start(run->inputs.has_stdin ? 0 : total, !run->cli->quiet);
    for (size_t i = 0; i < run->inputs.n; i++)
        read_input(run, &run->inputs.v[i], (uint32_t)i);
    progress_wipe();
    pipeline_end(run->pipeline);
    finding_close_all(run->findings);
}

static void close_outputs(struct run *run)
{
    for (size_t i = 0; i < run->n_sinks; i++) {
        int error = sink_close(run->sinks[i]);

        if (error) {
            log_err("%s: not all findings could be written: %s", sink_path(run->sinks[i]), strerror(error));
            run->failed = true;
        }
    }
}

static void say_summary(struct run *run)
{
    pipeline_stats(run->pipeline, &run->summary.pipeline);
    run->summary.finding = *finding_stats(run->findings);
    run->summary.n_files_other = run->inputs.n_other;
    run->summary.filter_unfit = run->filter ? filter_unfit(run->filter) : 0;
    if (!run->cli->quiet)
        summary_print(&run->summary, run->cli->verbose);
}

bool file_make_filter(const struct cli *cli, struct filter **filter)
{
    char why[256];

    *filter = NULL;
    if (!cli->filter)
        return true;
    *filter = filter_new(cli->filter, why, sizeof(why));
    if (!*filter)
        log_err("option -f: `%s' is no filter expression: %s (see pcap-filter(7))", cli->filter, why);
    return *filter;
}

static int work(struct run *run)
{
    if (!file_check_outputs(run->cli) || !file_make_filter(run->cli, &run->filter))
        return EXIT_USAGE;
    if (run->conf->dns.enabled && !(run->feeds = feeds_read(run->conf)))
        return EXIT_USAGE;
    if (!open_inputs(run) || !open_outputs(run) || !privileges_drop(run->conf, false))
        return EXIT_UNREADABLE;
    if (run->feeds && !feeds_compile(run->feeds))
        return EXIT_USAGE;
    if (!make_engine(run) || !prepare_inputs(run))
        return EXIT_UNREADABLE;
    read_all(run);
    close_outputs(run);
    say_summary(run);
    if (run->cli->exit_code && run->summary.finding.by_kind[FINDING_MINING] > 0)
        return EXIT_MINING;
    return run->failed ? EXIT_UNREADABLE : EXIT_SUCCESS;
}

int file_run(const struct cli *cli, const struct conf *conf)
{
    struct run run = {.cli = cli, .conf = conf};
    int status = work(&run);

    for (size_t i = 0; i < run.n_sinks; i++)
        sink_free(run.sinks[i]);
    finding_table_free(run.findings);
    pipeline_free(run.pipeline);
    feeds_free(run.feeds);
    filter_free(run.filter);
    free(run.names);
    input_list_fini(&run.inputs);
    return status;
}
