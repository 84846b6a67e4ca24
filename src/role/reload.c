/*
 * reload.c - HUP: the configuration, the lists and the outputs anew; what is broken leaves the old one in force.
 *
 * The report is replaced by another process with what is new. It loses nothing by that: what it knew is in its ledger,
 * and what workers send meanwhile waits in the sockets. Workers go on; they get the new lists as a descriptor.
 *
 * Millions of names take seconds to compile. Meanwhile the parent goes on with its loop, and comes back to the reload when
 * the process that compiles has something to say.
 */
#include "config.h"

#include "role/reload_part.h"

#include "base/rfc3339.h"
#include "config/options.h"
#include "role/clock.h"

#include <signal.h>
#include <stdlib.h>

/* What is read at the start only: it sizes tables, opens things, or is part of what an id is made of. */
static bool is_for_start(const struct conf_option *opt)
{
    static const char *const whole[] = {"tunnels", "dpi", "captures", "capture", "process", "state", "limits"};

    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        if (strcmp(opt->section, whole[i]) == 0)
            return true;
    return (strcmp(opt->section, "status") == 0 && strcmp(opt->key, "listen") == 0) ||
           (strcmp(opt->section, "owner") == 0 && strcmp(opt->key, "processes") == 0) || strcmp(opt->key, "site_key") == 0;
}

/* Keeps the values of the start, and says which wait for the next one. */
static void keep_start_values(const struct conf *old, struct conf *new)
{
    for (size_t i = 0; i < CONF_OPTIONS_N; i++) {
        const struct conf_option *opt = option_at(i);
        uint8_t *to = (uint8_t *)new + opt->offset;
        const uint8_t *from = (const uint8_t *)old + opt->offset;

        if (!is_for_start(opt) || memcmp(from, to, opt->size) == 0)
            continue;
        log_warn("%s.%s has changed: that takes effect at the next start", opt->section, opt->key);
        memcpy(to, from, opt->size);
    }
}

/* Says what is wrong, and keeps the first of it for the event. */
static void say(void *arg, const char *text)
{
    struct out *first = arg;

    log_err("%s", text);
    if (first->n == 0)
        out_str(first, text);
}

void reload_tell(struct parent *p, enum sensor_what what, const char *text)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), what, EVENT_INFORMS, "%s", text);
    parent_event(p, &e);
}

void reload_refuse(struct parent *p, enum sensor_what what, const char *kept, const char *fault)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), what, EVENT_MEDIUM, "%s: %s", kept, fault[0] ? fault : "memory is short");
    parent_event(p, &e);
}

static void tell_refused_conf(struct parent *p, const char *fault)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), SENSOR_CONF_REFUSED, EVENT_MEDIUM,
                   "the configuration or a site list is broken; those before stay in force%s%s", fault[0] ? ": " : "", fault);
    parent_event(p, &e);
}

/* What is new in the lists, how long it took, and how old they are. */
static void tell_feeds(struct parent *p, const struct feeds_outcome *o)
{
    uint32_t n_refused = 0;
    char text[SENSOR_DETAIL_MAX];
    struct out out = out_of(text, sizeof(text));
    const struct feeds_list *oldest;
    ns_t changed = feeds_oldest(o, &oldest);
    struct ipc_event e;

    for (uint32_t i = 0; i < o->n_lists; i++)
        n_refused += o->list[i].n_refused;
    out_fmt(&out, "the lists were read anew: +%u -%u, %u changed, %u refused, in ", o->delta.added, o->delta.removed,
            o->delta.changed, n_refused);
    rfc3339_print_span(o->took_ns, &out);
    if (oldest) {
        out_str(&out, "; the oldest file was changed ");
        rfc3339_print_span(clock_wall() - changed, &out);
        out_fmt(&out, " ago: %s", oldest->name);
    }
    ipc_event_init(&e, clock_wall(), SENSOR_FEED_RELOADED, EVENT_INFORMS, "%s", text);
    ipc_event_count(&e, "names", o->n_names);
    ipc_event_count(&e, "added", o->delta.added);
    ipc_event_count(&e, "removed", o->delta.removed);
    ipc_event_count(&e, "changed", o->delta.changed);
    ipc_event_count(&e, "refused", n_refused);
    ipc_event_count(&e, "took_ms", (uint64_t)o->took_ns / (NS_PER_SEC / 1000));
    parent_event(p, &e);
    feeds_warn_of_old(o, clock_wall());
}

/* The configuration as it stands now, its outputs, and its site lists; NULL, and said, when it is broken: why may be in fault. */
static struct conf_loaded *load(struct parent *p, struct outputs *outputs, struct allow **allow, struct out *fault)
{
    struct conf_errors errors = {.say = say, .arg = fault};
    struct conf_loaded *loaded = malloc(sizeof(*loaded));

    if (loaded && conf_load(loaded, p->cli->conf_file, p->cli->settings, p->cli->n_settings, &errors) &&
        outputs_choose(outputs, p->cli, &loaded->state.conf, true) && (*allow = allow_files_read(&loaded->state.conf))) {
        keep_start_values(p->conf, &loaded->state.conf);
        return loaded;
    }
    if (loaded)
        conf_loaded_fini(loaded);
    free(loaded);
    return NULL;
}

/* What is being read anew, until lists and inventory are compiled and databases checked. */
struct reloading {
    struct conf_loaded *loaded;
    struct outputs outputs;
    struct allow *allow;
    struct feeds *feeds; /* NULL where names are not looked up */
    struct reload_files files;
};

/* Begins with the lists of the configuration. False, and said, when they are broken: why is in fault. */
static bool start_feeds(const struct parent *p, struct reloading *r, char fault[FEEDS_FAULT_BYTES])
{
    const struct feed *before = p->feeds ? feeds_image(p->feeds) : NULL;
    const struct conf *conf = &r->loaded->state.conf;

    fault[0] = '\0';
    if (!conf->dns.enabled)
        return true;
    r->feeds = feeds_read(conf, fault);
    if (r->feeds && feeds_compile_start(r->feeds, (enum conf_sandbox)conf->process.sandbox, before))
        return true;
    if (r->feeds)
        memcpy(fault, feeds_outcome(r->feeds)->fault, FEEDS_FAULT_BYTES);
    return false;
}

static void give_feeds(struct parent *p, struct feeds *feeds)
{
    struct ipc_feed told = {.generation = ++p->feed_generation, .bytes = feeds ? feeds_image_bytes(feeds) : 0};
    int fd = feeds ? feeds_image_fd(feeds) : -1;

    p->old_feeds = p->feeds;
    p->feeds = feeds;
    for (uint32_t i = 0; i < p->n_slots; i++) {
        struct child *c = &p->slots[i].post.child;

        if (c->pid && ipc_send(c->control, IPC_FEED, view_of(&told, sizeof(told)), fd, false) != 0)
            kill(c->pid, SIGKILL); /* its successor has them from the start */
    }
}

/* As with the lists: the successor of one that cannot be told knows it from the start. */
static void give_passive(struct parent *p)
{
    struct ipc_passive told = parent_passive(p);

    for (uint32_t i = 0; i < p->n_slots; i++) {
        struct child *c = &p->slots[i].post.child;

        if (c->pid && ipc_send(c->control, IPC_PASSIVE, view_of(&told, sizeof(told)), -1, false) != 0)
            kill(c->pid, SIGKILL);
    }
}

static void take_over(struct parent *p, struct reloading *r)
{
    conf_loaded_fini(p->loaded);
    *p->loaded = *r->loaded;
    free(r->loaded);
    r->loaded = NULL;
    p->conf = &p->loaded->state.conf; /* the same place: all who refer to it see the new one */
    allow_free(p->allow);
    p->allow = r->allow;
    r->allow = NULL;
    give_feeds(p, r->feeds);
    r->feeds = NULL;
    p->n_reloads[METRICS_RELOAD_CONF]++;
    p->n_reloads[METRICS_RELOAD_FEED]++;
    reload_tell(p, SENSOR_CONF_RELOADED, "the configuration was read anew");
    if (p->feeds)
        tell_feeds(p, feeds_outcome(p->feeds));
    else
        reload_tell(p, SENSOR_FEED_RELOADED, "names are not looked up");
    reload_files_use(&r->files, p);
}

static void drop(struct reloading *r)
{
    if (!r)
        return;
    if (r->loaded)
        conf_loaded_fini(r->loaded);
    free(r->loaded);
    allow_free(r->allow);
    feeds_free(r->feeds);
    reload_files_drop(&r->files);
    free(r);
}

/* The end, whatever came of it: outputs are opened anew. */
static void finish(struct parent *p, struct reloading *r, const struct outputs *outputs, const char *what)
{
    p->next_outputs = *outputs; /* opened when the report that writes to the present ones has ended */
    drop(r);
    p->reloading = NULL;
    give_passive(p);
    supervise_stop_report(p, true);
    log_info("%s", what);
}

static const char not_reloaded[] = "not reloaded: configuration and lists stay as they were; outputs are opened anew";

static void refuse_feeds(struct parent *p, struct reloading *r, const char *fault)
{
    p->n_refused[METRICS_RELOAD_FEED]++;
    reload_refuse(p, SENSOR_FEED_REFUSED, "configuration and lists stay as they were", fault);
    finish(p, r, &p->outputs, not_reloaded);
}

/* The report that is to be replaced is there. */
static bool can_replace_report(const struct parent *p)
{
    return p->report_post.child.ready && !p->report_post.expected;
}

void reload(struct parent *p)
{
    char fault[FEEDS_FAULT_BYTES] = "";
    struct reloading *r;
    struct out first;

    if (p->reloading || p->old_feeds || !can_replace_report(p))
        return; /* one after the other: it stays due */
    r = calloc(1, sizeof(*r));
    if (!r)
        return;
    p->reload_due = false;
    r->outputs = p->outputs;
    first = out_of(fault, sizeof(fault));
    r->loaded = load(p, &r->outputs, &r->allow, &first);
    if (!r->loaded) {
        p->n_refused[METRICS_RELOAD_CONF]++;
        tell_refused_conf(p, fault);
        finish(p, r, &p->outputs, not_reloaded);
    } else if (!start_feeds(p, r, fault)) {
        refuse_feeds(p, r, fault);
    } else {
        reload_files_start(&r->files, &r->loaded->state.conf);
        p->reloading = r;
        reload_step(p);
    }
}

void reload_step(struct parent *p)
{
    struct reloading *r = p->reloading;
    enum jailed_state state = JAILED_DONE;
    struct outputs outputs;

    if (!r || !can_replace_report(p))
        return;
    if (r->feeds)
        state = feeds_compile_step(r->feeds, false);
    if (state == JAILED_RUNS)
        return;
    if (state == JAILED_FAILED) {
        refuse_feeds(p, r, feeds_outcome(r->feeds)->fault);
        return;
    }
    if (!reload_files_step(&r->files, p))
        return;
    outputs = r->outputs;
    take_over(p, r);
    finish(p, r, &outputs, "reloaded");
}

int reload_fd(const struct parent *p)
{
    const struct reloading *r = p->reloading;
    int fd = r && r->feeds ? feeds_compile_fd(r->feeds) : -1;

    return fd < 0 && r ? reload_files_fd(&r->files) : fd;
}

bool reload_ended(struct parent *p, pid_t pid, int status)
{
    struct reloading *r = p->reloading;

    return r && ((r->feeds && feeds_compile_ended(r->feeds, pid, status)) || reload_files_ended(&r->files, pid, status));
}

void reload_give_up(struct parent *p)
{
    drop(p->reloading);
    p->reloading = NULL;
}
