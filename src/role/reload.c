/*
 * reload.c - HUP: the configuration, the lists and the outputs anew; what is broken leaves the old one in force.
 *
 * The report is replaced by another process with what is new. It loses nothing by that: what it knew is in its ledger,
 * and what workers send meanwhile waits in the sockets. Workers go on; they get the new lists as a descriptor.
 *
 * Millions of names take seconds to compile. Meanwhile the parent goes on with its loop, and comes back to the reload when
 * the process that compiles has something to say; the inventory is read beside it, by another one.
 */
#include "config.h"

#include "base/rfc3339.h"
#include "config/options.h"
#include "role/clock.h"
#include "role/parent.h"

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

static void tell(struct parent *p, enum sensor_what what, unsigned severity, const char *text)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), what, severity, "%s", text);
    parent_event(p, &e);
}

static void tell_refused_feed(struct parent *p, const char *fault)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), SENSOR_FEED_REFUSED, EVENT_MEDIUM, "configuration and lists stay as they were: %s",
                   fault[0] ? fault : "memory is short");
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

static void tell_refused_geo(struct parent *p, const char *fault)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), SENSOR_GEO_REFUSED, EVENT_MEDIUM, "the databases of places stay as they were: %s",
                   fault[0] ? fault : "memory is short");
    parent_event(p, &e);
}

/* Which databases are in use now; nothing where none are, nor were. */
static void tell_geo(struct parent *p, bool were_some)
{
    char text[SENSOR_DETAIL_MAX];
    struct out o = out_of(text, sizeof(text));
    const struct geo_file *file;

    if (geo_files_bytes(p->geo) == 0 && !were_some)
        return;
    out_str(&o, "the databases of places were read anew");
    for (size_t i = 0; i < GEO_N; i++) {
        if ((file = geo_files_at(p->geo, (enum geo_which)i))) {
            out_str(&o, "; ");
            geo_file_print(file, clock_wall(), &o);
        }
    }
    tell(p, SENSOR_GEO_RELOADED, EVENT_INFORMS, text);
    geo_files_say(p->geo, clock_wall());
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
    struct feeds *feeds;               /* NULL where names are not looked up */
    struct inventory_files *inventory; /* NULL when it cannot be read: why is in inventory_fault */
    char inventory_fault[INVENTORY_FAULT_MAX];
    struct ecs_metadata *metadata; /* being asked for, or NULL; the inventory waits for it */
    bool has_metadata;             /* no longer */
    struct geo_files *geo;         /* NULL: those before stay */
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

/* Databases that are refused do not hold up the rest: without them findings say less, and are no less right. */
static void start_geo(struct parent *p, struct reloading *r)
{
    const struct conf *conf = &r->loaded->state.conf;
    char fault[GEO_FAULT_BYTES];

    r->geo = geo_files_read(conf, fault);
    if (r->geo && geo_files_check_start(r->geo, (enum conf_sandbox)conf->process.sandbox))
        return;
    tell_refused_geo(p, r->geo ? geo_files_fault(r->geo) : fault);
    geo_files_free(r->geo);
    r->geo = NULL;
}

/* False while they are being checked. */
static bool step_geo(struct parent *p, struct reloading *r)
{
    enum jailed_state state = r->geo ? geo_files_check_step(r->geo, false) : JAILED_DONE;

    if (state == JAILED_FAILED) {
        tell_refused_geo(p, geo_files_fault(r->geo));
        geo_files_free(r->geo);
        r->geo = NULL;
    }
    return state != JAILED_RUNS;
}

/* The present report has them open; the next one will open the new. */
static void use_geo(struct parent *p, struct reloading *r)
{
    bool were_some = geo_files_bytes(p->geo) > 0;

    if (!r->geo)
        return;
    geo_files_free(p->geo);
    p->geo = r->geo;
    r->geo = NULL;
    tell_geo(p, were_some);
}

/* The same with the inventory, whose faults hold up nothing else: a program collects it, at any time. */
static void start_inventory(struct reloading *r)
{
    const struct conf *conf = &r->loaded->state.conf;

    r->inventory = inventory_files_read(conf, r->inventory_fault);
    if (r->inventory && conf->owner.ecs_metadata)
        r->metadata = ecs_metadata_start(getenv(ECS_METADATA_VARIABLE), (enum conf_sandbox)conf->process.sandbox);
}

/* A task does not change while it runs: what was told before holds where nothing is told now. */
static void take_metadata(struct parent *p, struct reloading *r, enum jailed_state state)
{
    if (state == JAILED_DONE || !r->loaded->state.conf.owner.ecs_metadata) {
        ecs_metadata_free(p->metadata);
        p->metadata = r->metadata;
        r->metadata = NULL;
    }
    r->has_metadata = true;
    ecs_metadata_give(p->metadata, r->inventory);
    (void)inventory_files_start(r->inventory, inventory_files_image(p->inventory)); /* its fault is kept for the step */
}

static enum jailed_state step_inventory(struct parent *p, struct reloading *r)
{
    enum jailed_state state;

    if (!r->inventory)
        return JAILED_FAILED;
    if (!r->has_metadata) {
        state = r->metadata ? ecs_metadata_step(r->metadata, false) : JAILED_FAILED;
        if (state == JAILED_RUNS)
            return state;
        take_metadata(p, r, state);
    }
    return inventory_files_step(r->inventory, false);
}

static void tell_inventory(struct parent *p)
{
    const struct inventory *image = inventory_files_image(p->inventory);
    uint32_t left_out = inventory_files_left_out(p->inventory);
    struct inventory_counts n;
    struct ipc_event e;
    char age[64] = "";
    struct out o = out_of(age, sizeof(age));

    inventory_count(image, &n);
    rfc3339_print_span(n.newest_ns ? clock_wall() - n.newest_ns : 0, &o);
    ipc_event_init(&e, clock_wall(), SENSOR_INVENTORY_RELOADED, EVENT_INFORMS,
                   "the inventory was read anew: %u files, the newest of %s ago; %u objects left out",
                   inventory_files_n(p->inventory), age, left_out);
    ipc_event_count(&e, "sessions", n.sessions);
    ipc_event_count(&e, "interfaces", n.interfaces);
    ipc_event_count(&e, "tasks", n.tasks);
    ipc_event_count(&e, "pods", n.pods);
    ipc_event_count(&e, "kept", n.kept);
    ipc_event_count(&e, "left_out", left_out);
    parent_event(p, &e);
    inventory_files_log_warnings(p->inventory, clock_wall());
}

/* What is broken leaves the one before in force. Without an inventory before and now there is nothing to tell. */
static void give_inventory(struct parent *p, struct reloading *r, enum jailed_state state)
{
    bool had = inventory_files_image(p->inventory);
    const char *fault = r->inventory ? inventory_files_fault(r->inventory) : r->inventory_fault;
    struct ipc_event e;

    if (state != JAILED_DONE) {
        p->n_refused[METRICS_RELOAD_INVENTORY]++;
        ipc_event_init(&e, clock_wall(), SENSOR_INVENTORY_REFUSED, EVENT_MEDIUM, "the inventory stays as it was: %s",
                       fault[0] ? fault : "memory is short");
        parent_event(p, &e);
        return;
    }
    inventory_files_free(p->inventory); /* the report that goes on with it has a mapping of its own */
    p->inventory = r->inventory;
    r->inventory = NULL;
    if (!had && !inventory_files_image(p->inventory))
        return;
    p->n_reloads[METRICS_RELOAD_INVENTORY]++;
    if (inventory_files_image(p->inventory))
        tell_inventory(p);
    else
        tell(p, SENSOR_INVENTORY_RELOADED, EVENT_INFORMS, "there is no inventory");
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
    tell(p, SENSOR_CONF_RELOADED, EVENT_INFORMS, "the configuration was read anew");
    if (p->feeds)
        tell_feeds(p, feeds_outcome(p->feeds));
    else
        tell(p, SENSOR_FEED_RELOADED, EVENT_INFORMS, "names are not looked up");
    use_geo(p, r);
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
    inventory_files_free(r->inventory);
    ecs_metadata_free(r->metadata);
    geo_files_free(r->geo);
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
    tell_refused_feed(p, fault);
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
        start_inventory(r);
        start_geo(p, r);
        p->reloading = r;
        reload_step(p);
    }
}

void reload_step(struct parent *p)
{
    struct reloading *r = p->reloading;
    enum jailed_state state = JAILED_DONE, inventory;
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
    inventory = step_inventory(p, r);
    if (!step_geo(p, r) || inventory == JAILED_RUNS)
        return;
    outputs = r->outputs;
    take_over(p, r);
    give_inventory(p, r, inventory);
    finish(p, r, &outputs, "reloaded");
}

int reload_fd(const struct parent *p)
{
    const struct reloading *r = p->reloading;
    int fd = r && r->feeds ? feeds_compile_fd(r->feeds) : -1;

    if (fd < 0 && r && r->metadata)
        fd = ecs_metadata_fd(r->metadata);
    return fd < 0 && r && r->inventory ? inventory_files_fd(r->inventory) : fd;
}

bool reload_ended(struct parent *p, pid_t pid, int status)
{
    struct reloading *r = p->reloading;

    return r && ((r->feeds && feeds_compile_ended(r->feeds, pid, status)) ||
                 (r->metadata && ecs_metadata_ended(r->metadata, pid, status)) ||
                 (r->inventory && inventory_files_ended(r->inventory, pid, status)) ||
                 (r->geo && geo_files_ended(r->geo, pid, status)));
}

void reload_give_up(struct parent *p)
{
    drop(p->reloading);
    p->reloading = NULL;
}
