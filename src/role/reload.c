/*
 * reload.c - HUP: the configuration, the lists and the outputs anew; what is broken leaves the old one in force.
 *
 * The report is replaced by another process with what is new. It loses nothing by that: what it knew is in its ledger,
 * and what workers send meanwhile waits in the sockets. Workers go on; they get the new lists as a descriptor.
 */
#include "config.h"

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
    return (strcmp(opt->section, "status") == 0 && strcmp(opt->key, "listen") == 0) || strcmp(opt->key, "site_key") == 0;
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

static void say(void *arg, const char *text)
{
    (void)arg;
    log_err("%s", text);
}

static void tell(struct parent *p, enum sensor_what what, unsigned severity, const char *text, const char *name, uint64_t value)
{
    struct ipc_event e;

    ipc_event_init(&e, clock_wall(), what, severity, "%s", text);
    if (name)
        ipc_event_count(&e, name, value);
    parent_event(p, &e);
}

/* The configuration as it stands now, its outputs, and its site lists; NULL, and said, when it is broken. */
static struct conf_loaded *load(struct parent *p, struct outputs *outputs, struct allow **allow)
{
    struct conf_errors errors = {.say = say};
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

/* The lists of the configuration; NULL where names are not looked up. False, and said, when they are broken. */
static bool load_feeds(const struct conf *conf, struct feeds **feeds)
{
    *feeds = NULL;
    if (!conf->dns.enabled)
        return true;
    *feeds = feeds_read(conf);
    if (*feeds && feeds_compile(*feeds, (enum conf_sandbox)conf->process.sandbox))
        return true;
    feeds_free(*feeds);
    *feeds = NULL;
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

static void take_over(struct parent *p, struct conf_loaded *loaded, struct allow *allow, struct feeds *feeds)
{
    conf_loaded_fini(p->loaded);
    *p->loaded = *loaded;
    free(loaded);
    p->conf = &p->loaded->state.conf; /* the same place: all who refer to it see the new one */
    allow_free(p->allow);
    p->allow = allow;
    give_feeds(p, feeds);
}

void reload(struct parent *p)
{
    struct outputs outputs = p->outputs;
    struct conf_loaded *loaded;
    struct allow *allow = NULL;
    struct feeds *feeds = NULL;

    if (p->old_feeds || !p->report_post.child.ready || p->report_post.expected)
        return; /* one after the other: it stays due */
    p->reload_due = false;
    loaded = load(p, &outputs, &allow);
    if (!loaded) {
        outputs = p->outputs;
        p->n_refused[0]++;
        tell(p, SENSOR_CONF_REFUSED, EVENT_MEDIUM, "the configuration or a site list is broken; those before stay in force",
             NULL, 0);
    } else if (!load_feeds(&loaded->state.conf, &feeds)) {
        p->n_refused[1]++;
        tell(p, SENSOR_FEED_REFUSED, EVENT_MEDIUM, "a list is broken; configuration and lists stay as they were", NULL, 0);
        outputs = p->outputs;
        conf_loaded_fini(loaded);
        free(loaded);
        allow_free(allow);
    } else {
        take_over(p, loaded, allow, feeds);
        p->n_reloads[0]++;
        p->n_reloads[1]++;
        tell(p, SENSOR_CONF_RELOADED, EVENT_INFORMS, "the configuration was read anew", NULL, 0);
        tell(p, SENSOR_FEED_RELOADED, EVENT_INFORMS, "the lists were read anew", "names",
             feeds && feeds_image(feeds) ? feed_n_listed(feeds_image(feeds)) : 0);
    }
    p->next_outputs = outputs; /* opened when the report that writes to the present ones has ended */
    give_passive(p);
    supervise_stop_report(p, true);
    log_info("reloaded");
}
