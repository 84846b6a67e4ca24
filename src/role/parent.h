/*
 * parent.h - the inside of the parent of a live run: what it holds, and how its parts are divided.
 *
 *   live.c       the start, the loop, the end
 *   supervise.c  processes: starting them, signs of life, deaths
 *   parent_inlets.c  handles on interfaces, those in use and those for the next worker
 *   reload.c     HUP, with reload_files.c
 *
 * The parent has the rights to open interfaces, and therefore looks at no packet and at no text of a list. It holds both
 * ends of the evidence sockets, so that what a worker has sent waits in the kernel whoever dies.
 */
#ifndef ROLE_PARENT_H
#define ROLE_PARENT_H

#include "role/allow_files.h"
#include "role/child.h"
#include "role/ecs_metadata.h"
#include "role/feeds.h"
#include "role/geo_files.h"
#include "role/inlet.h"
#include "role/inventory_files.h"
#include "role/live.h"
#include "role/metrics.h"
#include "role/outputs.h"
#include "role/parent_event.h"
#include "role/process_helper.h"
#include "role/report.h"
#include "role/worker_live.h"

#define CRASHES_WITHOUT_DPI 3           /* then a worker comes back without nDPI, the largest parser of it */
#define CRASH_SPAN_NS (60 * NS_PER_SEC) /* in so long */
#define SHORT_LIFE_NS (2 * NS_PER_SEC)  /* who dies so young is started again later and later */
#define BACK_OFF_FIRST_NS (100 * (NS_PER_SEC / 1000))
#define BACK_OFF_MOST_NS (30 * NS_PER_SEC)
#define EVENTS_WAITING 32 /* events for a report that is not there */

/* A process that is kept going. */
struct post {
    struct child child;
    ns_t began_ns;                      /* monotonic */
    ns_t died_ns;                       /* of the one before; 0 = there was none */
    ns_t start_ns;                      /* when to start it again; 0 = at once, while child.pid is 0 */
    ns_t back_off_ns;                   /* the wait after its next short life */
    ns_t crash_ns[CRASHES_WITHOUT_DPI]; /* newest crashes, in turns */
    uint32_t n_crashes, n_starts;
    bool successor;    /* and another is to take its place */
    bool expected;     /* it was told to stop */
    bool killed_by_us; /* it was silent */
};

struct slot {
    struct post post;
    int evidence[2]; /* worker's end, report's end */
    struct inlet inlets[INLETS_MAX];
    struct inlet dead[INLETS_MAX]; /* of the worker before, until its successor's are in place */
    bool without_dpi;
    bool reopen;              /* an interface is gone: new handles for all when it is back */
    uint32_t feed_generation; /* that it uses */
    uint64_t gone_dropped;    /* by the kernel, of dead workers, that these did not live to tell */
};

struct parent {
    const struct cli *cli;
    struct conf_loaded *loaded;
    const struct conf *conf; /* of *loaded */
    const char *filter;      /* or NULL */
    struct hash_key key;
    struct inlet_conf inlet_conf[INLETS_MAX];
    const char *inlet_names[INLETS_MAX];
    uint32_t n_inlets;
    enum live_state inlet_state[INLETS_MAX];
    struct inlet spare[INLETS_MAX]; /* opened ahead, for the next worker */
    bool has_spare[INLETS_MAX];
    ns_t spare_retry_ns;
    struct slot slots[WORKER_SLOTS];
    uint32_t n_slots;
    struct post report_post;
    struct report report;
    struct process_helper processes;
    struct outputs outputs, next_outputs; /* those in use, and those of the next report */
    char host[256];
    struct feeds *feeds, *old_feeds; /* the old ones until all workers have changed over */
    uint32_t feed_generation;
    struct allow *allow;               /* the site lists, for the report */
    struct inventory_files *inventory; /* for the report */
    struct ecs_metadata
        *metadata;         /* a part of the inventory: what ECS told the last time that it told something; NULL = nothing */
    struct geo_files *geo; /* databases of places, for the report */
    int state[2];
    int status_listen;
    int signals;                 /* signalfd */
    struct reloading *reloading; /* a reload whose lists are being compiled; NULL = none */
    bool reload_due, stop_due, stopping, failed;
    ns_t stop_ns;
    ns_t said_stats_ns;
    struct ipc_event waiting[EVENTS_WAITING];
    uint32_t n_waiting;
    uint64_t n_worker_restarts, n_report_restarts, n_jail_kills;
    uint64_t n_reloads[METRICS_RELOAD_N], n_refused[METRICS_RELOAD_N];
    ns_t began_ns; /* wall clock */
};

/* Starts all that is not there and whose time has come. False when a first start failed. */
bool supervise_start(struct parent *p);

/* Takes what children say, their deaths, silence and spare handles. To be called after each wait. */
void supervise(struct parent *p);

/* Tells all workers, or the report, to stop. */
void supervise_stop_workers(struct parent *p);
void supervise_stop_report(struct parent *p, bool successor);

/* The event that processes are not named any more, or never were. */
void supervise_say_no_processes(struct parent *p, const char *why);

/* Ends all at once. */
void supervise_kill(struct parent *p);

bool supervise_has_workers(const struct parent *p);

/* Says, and remembers, what became of an interface. */
void parent_inlet_is(struct parent *p, uint32_t i, enum live_state state);

/* A handle for each inlet that packets come in by, for the worker that is to be started. False, and said, when one cannot be. */
bool parent_give_inlets(struct parent *p, struct slot *s);

/* The handles of a dead worker are put aside; then, when those of its successor are in place, closed. */
void parent_retire(struct parent *p, struct slot *s);
void parent_close_dead(struct parent *p, struct slot *s);

/* Opens handles ahead; lets go of one whose interface is gone; replaces workers whose interfaces are back. */
void parent_open_spares(struct parent *p, ns_t now);
void parent_drop_spare(struct parent *p, uint32_t i);
void parent_mend_inlets(struct parent *p);

/* Goes on with a reload, when it can: to be called in each turn of the loop. */
void reload_step(struct parent *p);

/* Readable when a step is due; -1 when nothing is waited for. */
int reload_fd(const struct parent *p);

/* True when pid is that of a process that compiles lists or inventory, or checks a database, and it has ended so. */
bool reload_ended(struct parent *p, pid_t pid, int status);

/* Forgets a reload in the middle. */
void reload_give_up(struct parent *p);

/* Begins to read configuration and lists anew, opens outputs anew, and has the report replaced. */
void reload(struct parent *p);

/* Whether workers are to give DNS messages, for the outputs of the next report. */
struct ipc_passive parent_passive(const struct parent *p);

/* Has an event written, now or when there is a report again. */
void parent_event(struct parent *p, const struct ipc_event *e);

#endif
