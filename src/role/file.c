/*
 * file.c - the parent of a run over captures, or over DNS logs: opens inputs and outputs, drops privileges, starts a worker that reads
 * and a report that writes, and says at the end what was found and what could not be seen.
 */
#include "config.h"

#include "role/file.h"

#include "base/log.h"
#include "base/out.h"
#include "capture/input.h"
#include "role/allow_files.h"
#include "role/child.h"
#include "role/feeds.h"
#include "role/geo_files.h"
#include "role/inventory_files.h"
#include "role/outputs.h"
#include "role/privileges.h"
#include "role/progress.h"
#include "role/report.h"
#include "role/sandbox.h"
#include "role/summary.h"
#include "role/unpack_service.h"
#include "role/worker_file.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HASH_NUMBER 0x636f756e7465726dULL /* the fixed key of file mode: equal input gives equal output */

enum { EXIT_UNREADABLE = 1, EXIT_USAGE = 2, EXIT_MINING = 10 };

struct run {
    const struct cli *cli;
    const struct conf *conf;
    struct hash_key key;
    struct input_list inputs;
    struct feeds *feeds;
    struct allow *allow;
    struct geo_files *geo;
    struct inventory_files *inventory;
    struct unpack_service *unpack;
    struct worker_file worker;
    struct report report;
    struct outputs outputs;
    char host[256];
    struct child reader, writer; /* the processes of these two */
    int evidence[2];             /* from reader to writer */
    struct summary summary;
    bool read_whole; /* the reader told how it went */
    bool failed;     /* some input or output */
};

/* ^C or TERM came: what was read up to here is reported. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

/* The names are kept by place: the list is put in order, and cut, by another process. */
static bool open_inputs(struct run *run)
{
    privileges_raise_file_limit();
    run->inputs.kind = run->cli->reads_logs ? SAVEFILE_LOG : SAVEFILE_CAPTURE;
    for (int i = 0; i < run->cli->n_operands; i++) {
        if (!input_add(&run->inputs, run->cli->operands[i])) {
            log_err("not enough memory");
            return false;
        }
    }
    run->report.names = calloc(run->inputs.n + 1, sizeof(*run->report.names));
    if (!run->report.names) {
        log_err("not enough memory");
        return false;
    }
    for (size_t i = 0; i < run->inputs.n; i++)
        run->report.names[i] = run->inputs.v[i].name;
    run->report.n_names = (uint32_t)run->inputs.n;
    return true;
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

static bool open_outputs(struct run *run)
{
    for (size_t i = 0; i < run->outputs.n; i++) {
        const struct outputs_item *item = &run->outputs.v[i];

        if (is_input(run, outputs_path(item))) {
            log_err("option -o %s:%s: this is one of the files to read; give another path", item->format, item->path);
            return false;
        }
    }
    outputs_describe(&run->report.context, run->conf, false, run->host);
    return outputs_open(&run->outputs);
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

/* The reader first: it has nothing of what the writer opens. */
static bool start(struct run *run)
{
    struct unpack_limits limits = {.max_bytes = run->conf->captures.max_unpacked_bytes,
                                   .max_ratio = run->conf->captures.max_ratio,
                                   .option = savefile_option(run->inputs.kind)};

    hash_key_fixed(&run->key, HASH_NUMBER);
    run->unpack = unpack_service_new(&limits, (enum conf_sandbox)run->conf->process.sandbox);
    if (!run->unpack || !ipc_pair(run->evidence)) {
        log_err("not enough memory");
        return false;
    }
    ipc_grow(run->evidence[0]);
    run->worker.conf = run->report.conf = run->conf;
    run->worker.key = run->report.key = &run->key;
    run->worker.feed = run->report.feeds[0].image = run->feeds ? feeds_image(run->feeds) : NULL;
    run->report.inventory = inventory_files_image(run->inventory);
    run->worker.inputs = &run->inputs;
    run->worker.unpack = run->unpack;
    run->worker.evidence = run->evidence[0];
    run->worker.wants_dns = outputs_want_dns(&run->outputs);
    run->report.outputs = &run->outputs;
    run->report.evidence[0] = run->evidence[1];
    run->report.n_workers = 1;
    run->report.state[0] = run->report.state[1] = run->report.status_listen = run->report.processes = -1;
    return child_start(&run->reader, worker_file_main, &run->worker, 0) &&
           child_start(&run->writer, report_main, &run->report, 0);
}

static void hear_reader(struct run *run, const struct ipc_message *m)
{
    const struct ipc_progress *p = ipc_body(m, sizeof(*p));
    const struct summary *s = ipc_body(m, sizeof(*s));

    if (m->head.type == IPC_LOG) {
        ipc_log_print(m);
    } else if (m->head.type == IPC_PROGRESS && p) {
        progress_show(p->bytes, p->packets);
    } else if (m->head.type == IPC_SUMMARY && s) {
        run->summary = *s;
        run->read_whole = true;
    } else if (m->head.type == IPC_UNPACK || m->head.type == IPC_UNPACK_END) {
        if (!unpack_service_serve(run->unpack, run->reader.control, m))
            log_err("a request to unpack a capture is malformed");
    }
}

static void hear_writer(struct run *run, const struct ipc_message *m)
{
    const struct ipc_done *done = ipc_body(m, sizeof(*done));

    if (m->head.type == IPC_LOG) {
        ipc_log_print(m);
    } else if (m->head.type == IPC_DONE && done) {
        run->summary.finding = done->finding;
        run->summary.n_high = done->n_high;
        run->summary.n_superseded = done->n_superseded;
        run->failed = run->failed || done->failed;
    }
}

/* Takes what a child has to say; false when it has closed its end. */
static bool hear(struct run *run, struct child *c, void (*take)(struct run *run, const struct ipc_message *m))
{
    static struct ipc_message m;

    for (;;) {
        switch (ipc_receive(c->control, &m, NULL, false)) {
        case IPC_GOT: take(run, &m); break;
        case IPC_BAD: break;
        case IPC_NONE: return true;
        case IPC_EOF: return false;
        }
    }
}

/* Waits for a child that has closed its socket. False, and said, when it did not end as it should. */
static bool bury(struct child *c, const char *what)
{
    char how[120];
    int status = 0;
    pid_t got;

    do
        got = waitpid(c->pid, &status, 0);
    while (got < 0 && errno == EINTR);
    child_forget(c);
    if (got < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
        return true;
    if (interrupted && WIFSIGNALED(status))
        return false; /* said once, at the end */
    if (WIFEXITED(status) && WEXITSTATUS(status) == WORKER_FAILED)
        return false; /* it has said why */
    child_describe_end(status, how, sizeof(how));
    log_err("the process that %s %s", what, how);
    return false;
}

/* The parent's own ends go as soon as the children have theirs, so that an end of one is seen by the other. */
static void let_go_of_evidence(struct run *run)
{
    close(run->evidence[0]);
    close(run->evidence[1]);
}

static void serve(struct run *run)
{
    struct pollfd fds[2];

    let_go_of_evidence(run);
    while (run->reader.pid || run->writer.pid) {
        if (interrupted && run->reader.pid)
            kill(run->reader.pid, SIGKILL); /* the other one then writes what it has, and ends */
        fds[0] = (struct pollfd){.fd = run->reader.control, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = run->writer.control, .events = POLLIN};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        if (run->reader.pid && fds[0].revents && !hear(run, &run->reader, hear_reader))
            run->failed =
                !bury(&run->reader, run->cli->reads_logs ? "reads the DNS logs" : "reads the captures") || run->failed;
        if (run->writer.pid && fds[1].revents && !hear(run, &run->writer, hear_writer)) {
            run->failed = !bury(&run->writer, "writes the findings") || run->failed;
            if (run->reader.pid) /* nobody hears it */
                kill(run->reader.pid, SIGKILL);
        }
    }
}

/* Lists, site lists and inventory: their bytes. */
static bool read_files(struct run *run)
{
    if (run->conf->dns.enabled && !(run->feeds = feeds_read(run->conf, NULL)))
        return false;
    run->report.allow = run->allow = allow_files_read(run->conf);
    if (!run->allow)
        return false;
    run->inventory = inventory_files_read(run->conf, NULL);
    run->report.geo = run->geo = geo_files_read(run->conf, NULL);
    return run->inventory && run->geo;
}

/* What they mean, once the rights of the start are given up. */
static bool compile_files(struct run *run)
{
    if (run->feeds && !feeds_compile(run->feeds, (enum conf_sandbox)run->conf->process.sandbox, NULL))
        return false;
    if (!inventory_files_compile(run->inventory, NULL))
        return false;
    inventory_files_log_warnings(run->inventory, 0); /* captures may be of any age */
    return geo_files_check(run->geo, (enum conf_sandbox)run->conf->process.sandbox);
}

static int work(struct run *run)
{
    uint64_t total = 0;

    if (!outputs_choose(&run->outputs, run->cli, run->conf, false) || !file_make_filter(run->cli, &run->worker.filter))
        return EXIT_USAGE;
    if (!read_files(run))
        return EXIT_USAGE;
    if (!open_inputs(run) || !open_outputs(run) || !privileges_drop(run->conf, false))
        return EXIT_UNREADABLE;
    if (!jail_said_possible((enum conf_sandbox)run->conf->process.sandbox))
        return EXIT_UNREADABLE;
    if (!compile_files(run))
        return EXIT_USAGE;
    for (size_t i = 0; i < run->inputs.n; i++)
        total += run->inputs.v[i].size;
    progress_start(run->inputs.has_stdin ? 0 : total, run->cli->reads_logs ? "entries" : "packets", !run->cli->quiet);
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (!start(run))
        return EXIT_UNREADABLE;
    serve(run);
    progress_wipe();
    if (interrupted)
        log_err("interrupted: the findings are those of what was read up to then");
    run->failed = run->failed || run->summary.n_files_bad > 0 || !run->read_whole;
    if (!run->cli->quiet && run->read_whole)
        summary_print(&run->summary, run->cli->verbose);
    if (run->cli->exit_code && summary_has_mining(&run->summary))
        return EXIT_MINING;
    return run->failed ? EXIT_UNREADABLE : EXIT_SUCCESS;
}

int file_run(const struct cli *cli, const struct conf *conf)
{
    struct run run = {.cli = cli, .conf = conf, .reader = CHILD_NONE, .writer = CHILD_NONE};
    int status = work(&run);

    unpack_service_free(run.unpack);
    feeds_free(run.feeds);
    allow_free(run.allow);
    geo_files_free(run.geo);
    inventory_files_free(run.inventory);
    filter_free(run.worker.filter);
    outputs_close(&run.outputs);
    free(run.report.names);
    input_list_fini(&run.inputs);
    return status;
}
