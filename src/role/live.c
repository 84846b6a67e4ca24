/*
 * live.c - the parent of a live run: what it opens, its loop, its end.
 */
#include "config.h"

#include "role/live.h"

#include "base/out.h"
#include "role/clock.h"
#include "role/file.h"
#include "role/notify.h"
#include "role/parent.h"
#include "role/privileges.h"
#include "role/sandbox.h"
#include "role/status.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_MS 200 /* the longest wait of the loop: watchdogs and retries are due by the second */
#define WORKERS_AUTO_MAX 16
#define STOP_NS (10 * NS_PER_SEC)  /* that workers have to finish */
#define TAKEN_NS (10 * NS_PER_SEC) /* that a predecessor which is about to end may keep files and ports */

enum { EXIT_RUN = 1, EXIT_USAGE = 2 };

/* --- what is opened with the rights of the start -------------------------------------------------- */

uint32_t live_workers(const struct conf *conf)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    if (conf->capture.workers)
        return conf->capture.workers;
    return n < 1 ? 1 : n > WORKERS_AUTO_MAX ? WORKERS_AUTO_MAX : (uint32_t)n;
}

static bool name_inlets(struct parent *p)
{
    const struct conf_files *listed = &p->conf->capture.interfaces;
    char why[INLET_WHY];

    p->n_inlets = (uint32_t)p->cli->n_interfaces;
    for (uint32_t i = 0; i < p->n_inlets; i++)
        p->inlet_names[i] = p->cli->interfaces[i];
    for (uint32_t i = 0; p->cli->n_interfaces == 0 && i < listed->n; i++)
        p->inlet_names[p->n_inlets++] = strdup(listed->path[i]); /* the configuration may be replaced under it */
    for (uint32_t i = 0; i < p->n_inlets; i++) {
        if (!p->inlet_names[i] || !inlet_name_ok(p->inlet_names[i], why, sizeof(why))) {
            log_err("interface `%s': %s", p->inlet_names[i] ? p->inlet_names[i] : "", p->inlet_names[i] ? why : "no memory");
            return false;
        }
    }
    return true;
}

static bool open_inlets(struct parent *p)
{
    char why[INLET_WHY];
    uint32_t key;

    memcpy(&key, p->key.secret, sizeof(key));
    for (uint32_t i = 0; i < p->n_inlets; i++) {
        p->inlet_conf[i] = (struct inlet_conf){.name = p->inlet_names[i],
                                               .filter = p->filter,
                                               .conf = p->conf,
                                               .index = i,
                                               .group = -1,
                                               .fanout_key = key,
                                               .n_workers = p->n_slots};
        for (uint32_t s = 0; s < p->n_slots; s++) {
            if (!inlet_open(&p->slots[s].inlets[i], &p->inlet_conf[i], why, sizeof(why))) {
                log_err("%s: %s", p->inlet_names[i], why);
                return false;
            }
        }
    }
    return true;
}

/* Sockets of udp: need none. */
static bool needs_rights(const struct parent *p)
{
    for (uint32_t i = 0; i < p->n_inlets; i++)
        if (!inlet_is_udp(p->inlet_names[i]))
            return true;
    return false;
}

static bool open_outputs(struct parent *p)
{
    uid_t uid;
    gid_t gid;

    if (!outputs_open(&p->outputs))
        return false;
    p->next_outputs = p->outputs;
    if (geteuid() != 0)
        return true;
    if (!privileges_user(p->conf, &uid, &gid))
        return false;
    outputs_hand_over(&p->outputs, uid, gid);
    return true;
}

/* All join before any is read: otherwise the first would see the packets of all. */
static bool arm_inlets(struct parent *p)
{
    char why[INLET_WHY];

    for (uint32_t i = 0; i < p->n_inlets; i++) {
        for (uint32_t s = 0; s < p->n_slots; s++) {
            if (!inlet_arm(&p->slots[s].inlets[i], &p->inlet_conf[i], why, sizeof(why))) {
                log_err("%s: %s", p->inlet_names[i], why);
                return false;
            }
        }
    }
    return true;
}

static bool open_sockets(struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++) {
        if (!ipc_pair(p->slots[i].evidence)) {
            log_err("socketpair: %s", strerror(errno));
            return false;
        }
        ipc_grow(p->slots[i].evidence[0]);
        p->report.evidence[i] = p->slots[i].evidence[1];
    }
    return true;
}

/* The port may still be held by a predecessor that is about to end. */
static bool open_status(struct parent *p)
{
    ns_t until = clock_mono() + TAKEN_NS;
    char why[INLET_WHY];

    p->status_listen = -1;
    if (!p->conf->status.listen[0])
        return true;
    while ((p->status_listen = status_listen(p->conf->status.listen, why, sizeof(why))) < 0) {
        if (errno != EADDRINUSE || clock_mono() > until) {
            log_err("%s", why);
            return false;
        }
        usleep(100000);
    }
    return true;
}

/* Nothing else is open yet that it would inherit. Without its rights, the run goes on without it. */
static void start_helper(struct parent *p)
{
    char why[200];

    if (!p->conf->owner.processes)
        return;
    if (!process_helper_possible(why, sizeof(why))) {
        log_warn("owner.processes: %s; %s", why, process_helper_advice);
        supervise_say_no_processes(p, why);
    } else if (!process_helper_start(&p->processes, p->conf, clock_mono())) {
        supervise_say_no_processes(p, "the process that looks at processes could not be started");
    }
}

/* --- what needs no rights ---------------------------------------------------------------------------- */

static int open_state_file(const char *folder, unsigned i)
{
    char path[CONF_TEXT_MAX + 16];
    int fd;

    snprintf(path, sizeof(path), "%s/findings.%u", folder, i);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        log_err("state.directory: %s: %s", path, strerror(errno));
    return fd;
}

/* One run at a time has a folder; a predecessor that is about to end may take a moment. */
static bool lock_state(int fd, const char *folder)
{
    ns_t until = clock_mono() + TAKEN_NS;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK || clock_mono() > until) {
            log_err("state.directory: %s: %s", folder,
                    errno == EWOULDBLOCK ? "another countermine uses it; give each its own" : strerror(errno));
            return false;
        }
        usleep(50000);
    }
    return true;
}

/* The files of state.directory, or of memory. False with a message. */
static bool open_state(struct parent *p)
{
    const char *folder = p->conf->state.directory;

    for (unsigned i = 0; i < 2; i++) {
        p->state[i] = folder[0] ? open_state_file(folder, i) : memfd_create("findings", MFD_CLOEXEC);
        if (p->state[i] < 0) {
            if (!folder[0])
                log_err("memfd_create: %s", strerror(errno));
            return false;
        }
    }
    return !folder[0] || lock_state(p->state[0], folder);
}

static bool open_signals(struct parent *p)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGCHLD);
    signal(SIGCHLD, SIG_DFL); /* ignored, nobody would be told of the ends of children */
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
        p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (p->signals < 0)
        log_err("signalfd: %s", strerror(errno));
    return p->signals >= 0;
}

static bool enter_jail(const struct parent *p)
{
    enum conf_sandbox wanted = (enum conf_sandbox)p->conf->process.sandbox;
    struct jail_fds none = jail_fds_none();
    char why[200] = "";

    if (!jail_said_possible(wanted))
        return false;
    if (!jail_enter(JAIL_PARENT, &none, wanted, 0, why, sizeof(why))) {
        log_err("%s", why);
        return false;
    }
    return true;
}

/* --- the loop ------------------------------------------------------------------------------------------ */

static void hear_signals(struct parent *p)
{
    struct signalfd_siginfo info;

    while (read(p->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        switch (info.ssi_signo) {
        case SIGINT:
        case SIGTERM:
            if (p->stopping)
                supervise_kill(p); /* said twice: now */
            p->stop_due = true;
            break;
        case SIGHUP: p->reload_due = true; break;
        case SIGUSR1:
            if (p->report_post.child.ready)
                (void)ipc_send(p->report_post.child.control, IPC_STATUS, view_of(NULL, 0), -1, false); /* asked again if lost */
            break;
        default: break; /* SIGCHLD: reaped by the loop */
        }
    }
}

static void wait_for_something(struct parent *p)
{
    struct pollfd fds[WORKER_SLOTS + 4];
    nfds_t n = 0;

    fds[n++] = (struct pollfd){.fd = p->signals, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = p->report_post.child.control, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = reload_fd(p), .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = p->processes.child.control, .events = POLLIN};
    for (uint32_t i = 0; i < p->n_slots; i++)
        fds[n++] = (struct pollfd){.fd = p->slots[i].post.child.control, .events = POLLIN};
    if (poll(fds, n, WAIT_MS) < 0 && errno != EINTR)
        log_debug("poll: %s", strerror(errno));
}

static void feed_watchdog(void)
{
    static ns_t said;
    ns_t every = notify_watchdog(), now = clock_mono();

    if (every && now - said >= every / 3) {
        notify_say("WATCHDOG=1");
        said = now;
    }
}

static bool all_ready(const struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (!p->slots[i].post.child.ready)
            return false;
    return p->report_post.child.ready;
}

static void say_started(struct parent *p)
{
    char names[120] = "";
    struct out o = out_of(names, sizeof(names));
    struct ipc_event e;

    for (uint32_t i = 0; i < p->n_inlets; i++)
        out_fmt(&o, "%s%s", i ? " " : "", p->inlet_names[i]);
    notify_say("READY=1");
    log_info("listening on %s with %u worker%s", names, p->n_slots, plural(p->n_slots));
    ipc_event_init(&e, clock_wall(), SENSOR_STARTED, EVENT_INFORMS, "listening on %s", names);
    ipc_event_count(&e, "workers", p->n_slots);
    parent_event(p, &e);
}

static void go_on_reloading(struct parent *p)
{
    char lines[80];

    if (p->reloading) {
        reload_step(p);
    } else if (p->reload_due) {
        snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(clock_mono() / 1000));
        notify_say(lines);
        reload(p);
    } else {
        return;
    }
    if (!p->reloading)
        notify_say("READY=1");
}

/* Workers finish first, then the report, which has then all that they had to say. */
static void go_on_stopping(struct parent *p)
{
    ns_t now = clock_mono();

    if (!p->stopping) {
        p->stopping = true;
        p->stop_ns = now;
        notify_say("STOPPING=1");
        reload_give_up(p);
        supervise_stop_workers(p);
    }
    if (now - p->stop_ns > STOP_NS)
        supervise_kill(p);
    if (!supervise_has_workers(p))
        supervise_stop_report(p, false);
}

static void run(struct parent *p)
{
    bool started = false;

    while (!p->stopping || supervise_has_workers(p) || p->report_post.child.pid) {
        wait_for_something(p);
        hear_signals(p);
        supervise(p);
        feed_watchdog();
        if (!started && all_ready(p)) {
            started = true;
            say_started(p);
        }
        if (p->stop_due)
            go_on_stopping(p);
        else if (started)
            go_on_reloading(p);
    }
}

/* Lists, site lists, inventory and databases of places: their bytes. */
static bool read_files(struct parent *p)
{
    if (p->conf->dns.enabled && !(p->feeds = feeds_read(p->conf, NULL)))
        return false;
    p->allow = allow_files_read(p->conf);
    if (!p->allow)
        return false;
    p->inventory = inventory_files_read(p->conf, NULL);
    p->geo = geo_files_read(p->conf, NULL);
    return p->inventory && p->geo;
}

/* Where ECS tells it, what the task is that this runs in. */
static void ask_for_task(struct parent *p)
{
    if (p->conf->owner.ecs_metadata)
        p->metadata = ecs_metadata_start(getenv(ECS_METADATA_VARIABLE), (enum conf_sandbox)p->conf->process.sandbox);
    if (p->metadata)
        (void)ecs_metadata_step(p->metadata, true); /* has warned */
    ecs_metadata_give(p->metadata, p->inventory);
}

/* What they mean, once the rights of the start are given up. */
static bool compile_files(struct parent *p)
{
    ns_t now = clock_wall();

    if (p->feeds && !feeds_compile(p->feeds, (enum conf_sandbox)p->conf->process.sandbox, NULL))
        return false;
    if (p->feeds)
        feeds_warn_of_old(feeds_outcome(p->feeds), now);
    ask_for_task(p);
    if (!inventory_files_compile(p->inventory, NULL))
        return false;
    inventory_files_log_warnings(p->inventory, now);
    if (!geo_files_check(p->geo, (enum conf_sandbox)p->conf->process.sandbox))
        return false;
    geo_files_say(p->geo, now);
    return true;
}

static int work(struct parent *p)
{
    struct filter *filter;

    if (!name_inlets(p) || !outputs_choose(&p->outputs, p->cli, p->conf, true) || !file_make_filter(p->cli, &filter))
        return EXIT_USAGE;
    filter_free(filter);
    if (!read_files(p))
        return EXIT_USAGE;
    privileges_raise_file_limit();
    if (!hash_seed(&p->key)) {
        log_err("the kernel gives no random numbers: %s", strerror(errno));
        return EXIT_RUN;
    }
    start_helper(p);
    if (!open_outputs(p) || !open_status(p) || !open_sockets(p) || (needs_rights(p) && !privileges_can_capture()) ||
        !open_inlets(p) || !privileges_drop(p->conf, needs_rights(p)) || !open_state(p))
        return EXIT_RUN;
    if (!compile_files(p))
        return EXIT_USAGE;
    if (!open_signals(p) || !enter_jail(p) || !arm_inlets(p))
        return EXIT_RUN;
    p->report.key = &p->key;
    p->report.live = true;
    p->report.n_workers = p->n_slots;
    memcpy(p->report.state, p->state, sizeof(p->state));
    p->report.keeps_state = p->conf->state.directory[0] != '\0';
    p->report.status_listen = p->status_listen;
    p->report.began_ns = clock_wall();
    p->report.began_mono_ns = clock_mono();
    p->report.inlets = p->inlet_names;
    p->report.n_inlets = p->n_inlets;
    if (!supervise_start(p)) {
        supervise_kill(p);
        return EXIT_RUN;
    }
    run(p);
    return p->failed ? EXIT_RUN : EXIT_SUCCESS;
}

int live_run(const struct cli *cli, struct conf_loaded *loaded)
{
    struct parent *p = calloc(1, sizeof(*p));
    int status;

    if (!p) {
        log_err("not enough memory");
        return EXIT_RUN;
    }
    *p = (struct parent){.cli = cli, .loaded = loaded, .conf = &loaded->state.conf, .signals = -1, .status_listen = -1};
    p->filter = cli->filter;
    p->n_slots = live_workers(p->conf);
    p->report_post.child = (struct child)CHILD_NONE;
    p->processes = (struct process_helper)PROCESS_HELPER_NONE;
    for (uint32_t i = 0; i < WORKER_SLOTS; i++)
        p->slots[i].post.child = (struct child)CHILD_NONE;
    log_set_level(cli->verbose ? LOG_LEVEL_DEBUG : cli->quiet ? LOG_LEVEL_WARN : LOG_LEVEL_INFO);
    notify_open();
    status = work(p);
    process_helper_stop(&p->processes);
    for (uint32_t i = 0; i < p->n_slots; i++)
        for (uint32_t j = 0; j < p->n_inlets; j++)
            inlet_close(&p->slots[i].inlets[j]);
    for (uint32_t j = 0; j < p->n_inlets; j++)
        inlet_close(&p->spare[j]);
    outputs_close(&p->outputs);
    feeds_free(p->old_feeds);
    feeds_free(p->feeds);
    allow_free(p->allow);
    geo_files_free(p->geo);
    inventory_files_free(p->inventory);
    ecs_metadata_free(p->metadata);
    free(p);
    return status;
}
