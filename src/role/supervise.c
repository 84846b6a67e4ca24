/*
 * supervise.c - keeps the processes of a live run going: starts, words, deaths.
 */
#include "config.h"

#include "role/parent.h"

#include "capture/interface_stats.h"
#include "role/clock.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- starting ----------------------------------------------------------------------------------- */

static void note_start(struct post *post, ns_t now)
{
    post->began_ns = now;
    post->start_ns = 0;
    post->expected = post->successor = post->killed_by_us = false;
    post->n_starts++;
}

struct ipc_passive parent_passive(const struct parent *p)
{
    return (struct ipc_passive){.wanted = p->conf->dns.enabled && outputs_want_dns(&p->next_outputs),
                                .max_rate = p->conf->output.dns_max_rate};
}

static bool start_worker(struct parent *p, uint32_t i, ns_t now)
{
    struct slot *s = &p->slots[i];
    struct worker_live w = {.conf = p->conf,
                            .key = &p->key,
                            .number = i + s->post.n_starts * WORKER_SLOTS,
                            .n_workers = p->n_slots,
                            .without_dpi = s->without_dpi,
                            .inlets = s->inlets,
                            .n_inlets = p->n_inlets,
                            .evidence = s->evidence[0],
                            .feed = p->feeds ? feeds_image(p->feeds) : NULL,
                            .feed_generation = p->feed_generation,
                            .passive = parent_passive(p)};

    bool armed = parent_give_inlets(p, s);

    parent_close_dead(p, s);
    if (!armed || !child_start(&s->post.child, worker_live_main, &w, now)) {
        s->post.start_ns = now + NS_PER_SEC;
        return false;
    }
    s->feed_generation = p->feed_generation;
    s->reopen = false;
    note_start(&s->post, now);
    return true;
}

static bool start_report(struct parent *p, ns_t now)
{
    struct report *r = &p->report;

    if (p->report_post.n_starts > 0) /* also cuts off what the one before had not written to its end */
        outputs_renew(&p->outputs, &p->next_outputs);
    r->conf = p->conf;
    r->allow = p->allow;
    r->geo = p->geo;
    r->inventory = inventory_files_image(p->inventory);
    r->outputs = &p->outputs;
    r->is_first = p->report_post.n_starts == 0;
    r->feeds[0].image = p->feeds ? feeds_image(p->feeds) : NULL;
    r->feeds[0].generation = p->feed_generation;
    r->lists = p->feeds ? feeds_outcome(p->feeds) : NULL;
    r->feeds[1].image = p->old_feeds ? feeds_image(p->old_feeds) : NULL;
    r->feeds[1].generation = p->feed_generation - 1;
    r->processes = p->processes.asked;
    r->context = (struct output_context){.live = true};
    outputs_describe(&r->context, p->conf, true, p->host);
    if (!child_start(&p->report_post.child, report_main, r, now)) {
        p->report_post.start_ns = now + NS_PER_SEC;
        return false;
    }
    note_start(&p->report_post, now);
    return true;
}

static bool is_due(const struct post *post, ns_t now)
{
    return post->child.pid == 0 && now >= post->start_ns;
}

bool supervise_start(struct parent *p)
{
    ns_t now = clock_mono();
    bool ok = true;

    if (is_due(&p->report_post, now) && (!p->stopping || !p->report_post.expected || p->report_post.successor))
        ok = start_report(p, now);
    for (uint32_t i = 0; i < p->n_slots && !p->stopping; i++)
        if (is_due(&p->slots[i].post, now))
            ok = start_worker(p, i, now) && ok;
    return ok;
}

/* --- what they say ------------------------------------------------------------------------------ */

void parent_event(struct parent *p, const struct ipc_event *e)
{
    /* One that was told to stop reads no more. */
    if (p->report_post.child.ready && !p->report_post.expected &&
        ipc_send(p->report_post.child.control, IPC_EVENT, view_of(e, sizeof(*e)), -1, false) == 0)
        return;
    if (p->n_waiting < EVENTS_WAITING)
        p->waiting[p->n_waiting++] = *e;
}

static void send_waiting(struct parent *p)
{
    uint32_t n = p->n_waiting;

    p->n_waiting = 0;
    for (uint32_t i = 0; i < n; i++)
        parent_event(p, &p->waiting[i]);
}

static void hear_inlet(struct parent *p, uint32_t slot, const struct ipc_message *m)
{
    const struct ipc_inlet *told = ipc_body(m, sizeof(*told));

    if (!told || told->inlet >= p->n_inlets || told->state > LIVE_GONE)
        return;
    if (told->state == LIVE_GONE) {
        p->slots[slot].reopen = true;
        parent_drop_spare(p, told->inlet);
    }
    if (p->inlet_state[told->inlet] == (enum live_state)told->state)
        return; /* another worker told the same */
    parent_inlet_is(p, told->inlet, (enum live_state)told->state);
}

/* All workers use the newest lists: the ones before may go. */
static void drop_old_feeds(struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].feed_generation != p->feed_generation)
            return;
    feeds_free(p->old_feeds);
    p->old_feeds = NULL;
}

/* When it was ready: the message may have waited for its reader, and is not trusted to be of now. */
static ns_t ready_time(const struct ipc_message *m, ns_t now)
{
    const ns_t *told = ipc_body(m, sizeof(*told));

    return told && *told > now - 10 * NS_PER_SEC && *told <= now ? *told : now;
}

static void say_restarted(struct parent *p, uint32_t i, ns_t ready_ns)
{
    struct slot *s = &p->slots[i];
    uint64_t gap_us = (uint64_t)(ready_ns - s->post.died_ns) / 1000;
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), SENSOR_WORKER_RESTARTED, EVENT_MEDIUM,
                   "worker %u was replaced after %llu ms%s; connections that it followed are picked up where they are", i,
                   (unsigned long long)(gap_us / 1000), s->without_dpi ? ", now without nDPI" : "");
    e.worker = i;
    ipc_event_count(&e, "gap_us", gap_us);
    ipc_event_count(&e, "restarts", p->n_worker_restarts);
    ipc_event_count(&e, "kernel_dropped", s->gone_dropped);
    parent_event(p, &e);
    s->post.died_ns = 0;
}

static void hear_worker(struct parent *p, uint32_t i, const struct ipc_message *m, ns_t now)
{
    struct slot *s = &p->slots[i];
    const struct ipc_feed *feed = ipc_body(m, sizeof(*feed));

    s->post.child.beat_ns = now;
    switch (m->head.type) {
    case IPC_LOG: ipc_log_print(m); break;
    case IPC_READY:
        s->post.child.ready = true;
        if (s->post.died_ns)
            say_restarted(p, i, ready_time(m, now));
        break;
    case IPC_INLET: hear_inlet(p, i, m); break;
    case IPC_FEED:
        if (feed && feed->generation == p->feed_generation)
            s->feed_generation = feed->generation;
        drop_old_feeds(p);
        break;
    default: break;
    }
}

static void hear_report(struct parent *p, const struct ipc_message *m, ns_t now)
{
    const struct ipc_done *done = ipc_body(m, sizeof(*done));
    struct post *post = &p->report_post;
    struct ipc_event e;

    post->child.beat_ns = now;
    if (m->head.type == IPC_LOG)
        ipc_log_print(m);
    if (m->head.type == IPC_DONE && done)
        p->failed = p->failed || done->failed;
    if (m->head.type != IPC_READY)
        return;
    post->child.ready = true;
    if (post->died_ns) {
        ipc_event_init(&e, clock_wall(), SENSOR_REPORT_RESTARTED, EVENT_LOW,
                       "the process that writes findings was replaced; no record of the workers was lost");
        ipc_event_count(&e, "gap_us", (uint64_t)(ready_time(m, now) - post->died_ns) / 1000);
        ipc_event_count(&e, "restarts", p->n_report_restarts);
        parent_event(p, &e);
        post->died_ns = 0;
    }
    send_waiting(p);
}

/* Everything that a child has said up to now. */
static void hear(struct parent *p, struct post *post, uint32_t slot, ns_t now)
{
    static struct ipc_message m;
    enum ipc_result got;

    while (post->child.control >= 0 && (got = ipc_receive(post->child.control, &m, NULL, false)) != IPC_NONE) {
        if (got == IPC_EOF) /* waitpid tells the rest */
            return;
        if (got == IPC_GOT && post == &p->report_post)
            hear_report(p, &m, now);
        else if (got == IPC_GOT)
            hear_worker(p, slot, &m, now);
    }
}

void supervise_say_no_processes(struct parent *p, const char *why)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), SENSOR_PROCESSES_UNKNOWN, EVENT_MEDIUM, "%s; findings do not name processes", why);
    parent_event(p, &e);
}

/* --- deaths ------------------------------------------------------------------------------------- */

/* When it is to be started again: at once, or later when its lives are short. */
static void back_off(struct post *post, ns_t now, bool crashed)
{
    bool is_short = crashed && now - post->began_ns < SHORT_LIFE_NS;

    post->start_ns = now;
    if (!is_short) {
        post->back_off_ns = 0;
        return;
    }
    post->start_ns = now + post->back_off_ns;
    post->back_off_ns = post->back_off_ns ? 2 * post->back_off_ns : BACK_OFF_FIRST_NS;
    if (post->back_off_ns > BACK_OFF_MOST_NS)
        post->back_off_ns = BACK_OFF_MOST_NS;
}

/* True when this crash and those before it, in a minute, are too many for chance. */
static bool crashes_often(struct post *post, ns_t now)
{
    post->crash_ns[post->n_crashes++ % CRASHES_WITHOUT_DPI] = now;
    return post->n_crashes >= CRASHES_WITHOUT_DPI &&
           now - post->crash_ns[post->n_crashes % CRASHES_WITHOUT_DPI] < CRASH_SPAN_NS;
}

/* A crash is an end by its own doing, a signal of the processor or of the jail, not a kill from outside. */
static bool is_crash(const struct post *post, int status)
{
    if (post->killed_by_us)
        return true;
    if (WIFSIGNALED(status))
        return WTERMSIG(status) != SIGKILL && WTERMSIG(status) != SIGTERM;
    return WEXITSTATUS(status) != 0;
}

static void bury(struct parent *p, struct post *post, const char *what, int status, ns_t now)
{
    char how[120];

    child_describe_end(status, how, sizeof(how));
    child_forget(&post->child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        p->n_jail_kills++;
    post->died_ns = now;
    if (!post->expected)
        log_warn("%s %s%s; it is replaced", what, post->killed_by_us ? "gave no sign of life and " : "", how);
    back_off(post, now, !post->expected && is_crash(post, status));
}

static void bury_worker(struct parent *p, uint32_t i, int status, ns_t now)
{
    struct slot *s = &p->slots[i];
    bool crash = !s->post.expected && is_crash(&s->post, status);
    char what[40];

    snprintf(what, sizeof(what), "worker %u", i);
    hear(p, &s->post, i, now); /* its last words */
    bury(p, &s->post, what, status, now);
    parent_retire(p, s);
    if (crash && crashes_often(&s->post, now) && !s->without_dpi && p->conf->dpi.enabled) {
        s->without_dpi = true;
        log_warn("worker %u crashed %d times in a minute: it goes on without nDPI", i, CRASHES_WITHOUT_DPI);
    }
    if (!p->stopping)
        p->n_worker_restarts++;
}

static void bury_report(struct parent *p, int status, ns_t now)
{
    struct post *post = &p->report_post;
    bool planned = post->expected;

    hear(p, post, 0, now);
    bury(p, post, "the process that writes findings", status, now);
    if (planned)
        post->died_ns = 0;
    else
        p->n_report_restarts++;
    if (post->n_starts == 1 && WIFEXITED(status) && WEXITSTATUS(status) == REPORT_FAILED)
        p->failed = p->stop_due = true; /* it never could begin: so it will not */
}

/* Nobody can have its rights again. */
static void bury_helper(struct parent *p, int status)
{
    char how[120], why[200];

    process_helper_hear(&p->processes);
    process_helper_forget(&p->processes);
    child_describe_end(status, how, sizeof(how));
    snprintf(why, sizeof(why), "the process that looks at processes %s", how);
    log_warn("%s; findings do not name processes until the next start", why);
    supervise_say_no_processes(p, why);
}

static void reap(struct parent *p, ns_t now)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (reload_ended(p, pid, status))
            continue;
        if (pid == p->processes.child.pid)
            bury_helper(p, status);
        if (pid == p->report_post.child.pid)
            bury_report(p, status, now);
        for (uint32_t i = 0; i < p->n_slots; i++) {
            if (pid == p->slots[i].post.child.pid) {
                if (p->slots[i].post.n_starts == 1 && WIFEXITED(status) && WEXITSTATUS(status) == WORKER_FAILED)
                    p->failed = p->stop_due = true;
                bury_worker(p, i, status, now);
                break;
            }
        }
    }
}

static void watch(const struct parent *p, struct post *post, const char *what, ns_t now)
{
    if (post->child.pid == 0 || post->killed_by_us || now - post->child.beat_ns < p->conf->process.watchdog)
        return;
    log_warn("%s gave no sign of life for %lld s and is ended", what, (long long)((now - post->child.beat_ns) / NS_PER_SEC));
    post->killed_by_us = true;
    kill(post->child.pid, SIGKILL);
}

/* What only the parent knows, for the figures. */
static void tell_counters(struct parent *p)
{
    struct ipc_parent_counters c = {
        .worker_restarts_total = p->n_worker_restarts, .report_restarts = p->n_report_restarts, .jail_kills = p->n_jail_kills};
    struct interface_counters told;
    struct interface_stats stats;

    memcpy(c.reloads, p->n_reloads, sizeof(c.reloads));
    memcpy(c.refused, p->n_refused, sizeof(c.refused));
    for (uint32_t i = 0; i < p->n_slots; i++) {
        c.worker_up |= (uint64_t)p->slots[i].post.child.ready << i;
        c.worker_restarts[i] = p->slots[i].post.n_starts > 0 ? p->slots[i].post.n_starts - 1 : 0;
    }
    (void)ipc_send(p->report_post.child.control, IPC_PARENT, view_of(&c, sizeof(c)), -1, false); /* the next one does too */
    for (uint32_t i = 0; i < p->n_inlets; i++) {
        told = (struct interface_counters){.up = p->inlet_state[i] == LIVE_OK};
        snprintf(told.name, sizeof(told.name), "%s", p->inlet_names[i]);
        stats = (struct interface_stats){.n_allowance = 0};
        if (!inlet_is_udp(p->inlet_names[i]))
            interface_stats_read(p->inlet_names[i], &stats);
        told.has_dropped = stats.has_lost;
        told.dropped = stats.lost;
        for (uint32_t j = 0; j < stats.n_allowance && j < METRICS_ALLOWANCES_MAX; j++) {
            snprintf(told.allowance[j].name, sizeof(told.allowance[j].name), "%s", stats.allowance[j].name);
            told.allowance[j].value = stats.allowance[j].value;
            told.n_allowances++;
        }
        (void)ipc_send(p->report_post.child.control, IPC_INTERFACE, view_of(&told, sizeof(told)), -1, false);
    }
}

void supervise(struct parent *p)
{
    ns_t now = clock_mono();

    for (uint32_t i = 0; i < p->n_slots; i++)
        hear(p, &p->slots[i].post, i, now);
    hear(p, &p->report_post, 0, now);
    process_helper_hear(&p->processes);
    reap(p, now);
    (void)supervise_start(p); /* what could not be started is tried again */
    for (uint32_t i = 0; i < p->n_slots; i++)
        watch(p, &p->slots[i].post, "a worker", now);
    watch(p, &p->report_post, "the process that writes findings", now);
    parent_open_spares(p, now);
    parent_mend_inlets(p);
    if (now - p->said_stats_ns >= NS_PER_SEC && p->report_post.child.ready) {
        p->said_stats_ns = now;
        tell_counters(p);
    }
}

/* --- the end ------------------------------------------------------------------------------------ */

bool supervise_has_workers(const struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].post.child.pid)
            return true;
    return false;
}

static void stop(struct post *post, const char *how)
{
    if (post->child.pid == 0 || post->expected)
        return;
    post->expected = true;
    (void)ipc_send(post->child.control, IPC_STOP, view_of(how, 1), -1, false); /* a dead one is reaped */
}

void supervise_stop_workers(struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++)
        stop(&p->slots[i].post, "");
}

void supervise_stop_report(struct parent *p, bool successor)
{
    if (!p->report_post.expected)
        p->report_post.successor = successor;
    stop(&p->report_post, successor ? "\1" : "");
}

void supervise_kill(struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].post.child.pid)
            kill(p->slots[i].post.child.pid, SIGKILL);
}
