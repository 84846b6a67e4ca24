/*
 * worker_live.c - the loop of a live worker: wait for packets, read, tell.
 */
#include "config.h"

#include "role/worker_live.h"

#include "base/out.h"
#include "detect/pipeline.h"
#include "role/clock.h"
#include "role/metrics.h"
#include "role/sandbox.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define WAIT_MS 100              /* the longest wait: libpcap's ring tells late of a block that is not full */
#define READ_AT_ONCE 1024        /* packets of one handle before the others have their turn */
#define BEAT_NS NS_PER_SEC       /* between two signs of life */
#define IDLE_NS (2 * NS_PER_SEC) /* without packets for so long, the clock moves the pipeline on */
#define FDS_MAX (INLETS_MAX * 2 * CONF_PORTS_MAX)
#define SOURCES_A_TIME 32         /* told in one message */
#define SOURCES_TIMES_A_SECOND 16 /* messages; what is not told in one second is told in the next */
#define NAMES_AT_ONCE 64          /* messages of other workers before packets have their turn */

struct work {
    const struct worker_live *w;
    int control;
    struct worker_out out;
    struct pipeline *pipeline;
    bool stop;
    bool deaf; /* no more can come from the report */
    enum live_state state[INLETS_MAX];
    struct pollfd fds[FDS_MAX + 2];
    size_t n_fds; /* of inlets; the control socket and the evidence socket follow */
    void *image;  /* the newest one, mapped here; NULL = that of the start */
    size_t n_image;
    ns_t beat_ns; /* monotonic */
    uint64_t received[INLETS_MAX], dropped[INLETS_MAX];
    struct ipc_counters counters;
    struct ipc_message message;
};

static void on_frame(void *arg, const struct frame *f)
{
    struct work *k = arg;

    pipeline_frames(k->pipeline, f, 1);
}

static void say_state(struct work *k, uint32_t i, enum live_state now)
{
    struct ipc_inlet told = {i, (uint32_t)now};

    if (now != k->state[i])
        (void)ipc_send(k->control, IPC_INLET, view_of(&told, sizeof(told)), -1, true);
    k->state[i] = now;
}

/* Reads from all handles. True when one had as much as was asked for, so that there may be more. */
static bool read_inlets(struct work *k)
{
    bool more = false;
    int n;

    for (uint32_t i = 0; i < k->w->n_inlets; i++) {
        if (k->state[i] == LIVE_GONE)
            continue;
        n = 0;
        say_state(k, i, inlet_read(&k->w->inlets[i], READ_AT_ONCE, on_frame, k, &n));
        more = more || n >= READ_AT_ONCE;
    }
    return more;
}

/* Uses another image from now on, and lets go of the one before. */
static void take_feed(struct work *k, int fd)
{
    const struct ipc_feed *told = ipc_body(&k->message, sizeof(*told));
    void *mem = NULL;

    if (!told || (fd < 0 && told->bytes > 0))
        return;
    if (told->bytes > 0)
        mem = mmap(NULL, told->bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (mem == MAP_FAILED || (mem && !feed_check(mem, told->bytes))) {
        log_err("the new lists cannot be used: %s", mem == MAP_FAILED ? strerror(errno) : "they are malformed");
        if (mem != MAP_FAILED)
            munmap(mem, told->bytes);
        return;
    }
    pipeline_feed(k->pipeline, mem, told->generation);
    if (k->image)
        munmap(k->image, k->n_image);
    k->image = mem;
    k->n_image = told->bytes;
    (void)ipc_send(k->control, IPC_FEED, view_of(told, sizeof(*told)), -1, true);
}

static void take_passive(struct work *k, const struct ipc_passive *told)
{
    if (told)
        pipeline_passive(k->pipeline, told->wanted ? worker_dns : NULL, &k->out, told->max_rate);
}

static void hear_parent(struct work *k)
{
    int passed;

    for (;;) {
        switch (ipc_receive(k->control, &k->message, &passed, false)) {
        case IPC_GOT: break;
        case IPC_BAD: continue;
        case IPC_NONE: return;
        case IPC_EOF: k->stop = true; return; /* the parent is gone: this process goes too, but not what it knows */
        }
        if (k->message.head.type == IPC_STOP)
            k->stop = true;
        else if (k->message.head.type == IPC_FEED)
            take_feed(k, passed);
        else if (k->message.head.type == IPC_PASSIVE)
            take_passive(k, ipc_body(&k->message, sizeof(struct ipc_passive)));
        if (passed >= 0)
            close(passed);
    }
}

/* What other workers ask and tell. */
static void hear_report(struct work *k)
{
    for (int i = 0; i < NAMES_AT_ONCE && !k->deaf; i++) {
        const struct contacts_message *m;

        switch (ipc_receive(k->out.evidence, &k->message, NULL, false)) {
        case IPC_GOT: break;
        case IPC_BAD: continue;
        case IPC_NONE: return;
        case IPC_EOF: k->deaf = true; return;
        }
        m = ipc_body(&k->message, sizeof(*m));
        if (k->message.head.type == IPC_NAMES && m)
            pipeline_hear(k->pipeline, m);
    }
}

/* A contacts_tell_fn. What does not get through is as if it had not been said. */
static void tell_names(void *arg, const struct contacts_message *m)
{
    struct work *k = arg;

    worker_tell(&k->out, IPC_NAMES, m, sizeof(*m));
}

static void tell_sources(struct work *k)
{
    struct source_count list[SOURCES_A_TIME];
    uint32_t n;

    for (int i = 0; i < SOURCES_TIMES_A_SECOND; i++) {
        n = sources_drain(pipeline_sources(k->pipeline), list, SOURCES_A_TIME);
        if (n == 0 || !worker_tell(&k->out, IPC_SOURCES, list, n * sizeof(list[0])))
            return;
    }
}

static void count_drops(struct work *k)
{
    uint64_t received, dropped;

    for (uint32_t i = 0; i < k->w->n_inlets; i++) {
        if (inlet_drops(&k->w->inlets[i], &received, &dropped)) {
            k->received[i] = received;
            k->dropped[i] = dropped;
        }
    }
}

static void tell_counters(struct work *k)
{
    struct worker_counters *c = &k->counters.c;
    struct pipeline_stats stats;

    count_drops(k);
    pipeline_stats(k->pipeline, &stats);
    worker_counters_of(&stats, pipeline_sources(k->pipeline), c);
    k->counters.number = k->w->number;
    memcpy(c->received, k->received, sizeof(c->received));
    memcpy(c->kernel_dropped, k->dropped, sizeof(c->kernel_dropped));
    c->evidence_sent = k->out.n_sent;
    c->evidence_lost = k->out.n_lost;
    c->evidence_queued = k->out.n;
    c->passive_lost = k->out.dns_lost;
    worker_tell(&k->out, IPC_COUNTERS, &k->counters, sizeof(k->counters));
}

/* Once a second: the clock for idle flows, the counters, the sign of life. */
static void beat(struct work *k)
{
    ns_t now = clock_mono();

    worker_flush(&k->out);
    worker_dns_flush(&k->out);
    if (now - k->beat_ns < BEAT_NS)
        return;
    k->beat_ns = now;
    pipeline_tick(k->pipeline, clock_wall() - IDLE_NS);
    tell_counters(k);
    tell_sources(k);
    if (ipc_send(k->control, IPC_BEAT, view_of(NULL, 0), -1, false) == -EPIPE)
        k->stop = true;
}

static void wait_for_packets(struct work *k, bool more)
{
    k->fds[k->n_fds] = (struct pollfd){.fd = k->control, .events = POLLIN};
    k->fds[k->n_fds + 1] = (struct pollfd){.fd = k->deaf && k->out.n == 0 ? -1 : k->out.evidence,
                                           .events = (short)((k->deaf ? 0 : POLLIN) | (k->out.n > 0 ? POLLOUT : 0))};
    if (poll(k->fds, k->n_fds + 2, more ? 0 : WAIT_MS) < 0 && errno != EINTR)
        k->stop = true;
    if (k->fds[k->n_fds].revents)
        hear_parent(k);
    if (k->fds[k->n_fds + 1].revents & (POLLIN | POLLHUP))
        hear_report(k);
}

/* An interface that is down or gone makes poll return at once, again and again. */
static void choose_fds(struct work *k)
{
    int fds[FDS_MAX];

    k->n_fds = 0;
    for (uint32_t i = 0; i < k->w->n_inlets; i++) {
        size_t n = inlet_fds(&k->w->inlets[i], fds, FDS_MAX - k->n_fds);

        for (size_t j = 0; j < n; j++)
            k->fds[k->n_fds++] = (struct pollfd){.fd = k->state[i] == LIVE_OK ? fds[j] : -1, .events = POLLIN};
    }
}

static bool enter_jail(struct work *k)
{
    int capture[INLETS_MAX], udp[FDS_MAX];
    struct jail_fds keep = jail_fds_none();
    char why[200] = "";
    bool ok;

    keep.evidence = k->w->evidence;
    keep.control = k->control;
    keep.capture = capture;
    keep.udp = udp;
    for (uint32_t i = 0; i < k->w->n_inlets; i++) {
        const struct inlet *in = &k->w->inlets[i];

        if (in->live)
            keep.n_capture += inlet_fds(in, capture + keep.n_capture, INLETS_MAX - keep.n_capture);
        else
            keep.n_udp += inlet_fds(in, udp + keep.n_udp, FDS_MAX - keep.n_udp);
    }
    ok = jail_enter(JAIL_WORKER_LIVE, &keep, (enum conf_sandbox)k->w->conf->process.sandbox, 0, why, sizeof(why));
    if (!ok)
        log_err("the process that reads packets: %s", why);
    return ok;
}

static bool begin(struct work *k)
{
    struct conf *conf = malloc(sizeof(*conf)); /* lives as long as the process */

    if (!conf || !worker_out_init(&k->out, k->w->evidence, k->w->number, false))
        return false;
    *conf = *k->w->conf;
    conf->dpi.enabled = conf->dpi.enabled && !k->w->without_dpi;
    k->pipeline = pipeline_new(conf, k->w->key, NULL, worker_emit, &k->out);
    if (!k->pipeline)
        return false;
    if (!pipeline_share(k->pipeline, k->w->n_workers - 1, tell_names, k))
        return false;
    pipeline_worker(k->pipeline, k->w->number);
    pipeline_feed(k->pipeline, k->w->feed, k->w->feed_generation);
    take_passive(k, &k->w->passive);
    return true;
}

static void run(struct work *k)
{
    bool more = false;

    while (!k->stop) {
        choose_fds(k);
        wait_for_packets(k, more);
        more = read_inlets(k);
        beat(k);
    }
}

/* What still waits goes out, unless the report is gone. */
static void finish(struct work *k)
{
    pipeline_end(k->pipeline);
    for (int i = 0; i < 50 && k->out.n > 0 && !k->out.broken; i++) {
        worker_flush(&k->out);
        if (k->out.n > 0)
            (void)poll(&(struct pollfd){.fd = k->out.evidence, .events = POLLOUT}, 1, WAIT_MS);
    }
    worker_dns_flush(&k->out);
    tell_counters(k);
    worker_tell(&k->out, IPC_END, NULL, 0);
}

int worker_live_main(void *worker_live, int control)
{
    static struct work k; /* large; there is one in a process */
    ns_t now;

    k = (struct work){.w = worker_live, .control = control, .beat_ns = -NS_PER_SEC};
    if (!begin(&k)) {
        log_err("the process that reads packets could not begin: not enough memory");
        return WORKER_FAILED;
    }
    if (!enter_jail(&k))
        return WORKER_FAILED;
    now = clock_mono();
    (void)ipc_send(control, IPC_READY, view_of(&now, sizeof(now)), -1, true); /* a parent that is gone is noticed in the loop */
    run(&k);
    finish(&k);
    return EXIT_SUCCESS;
}
