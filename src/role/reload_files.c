/*
 * reload_files.c - the inventory and the databases of places at a reload: read, checked, taken into use.
 *
 * Other processes compile and check them, each beside the others; here is only how they stand.
 */
#include "config.h"

#include "role/reload_part.h"

#include "base/rfc3339.h"
#include "role/clock.h"

#include <stdlib.h>

/* --- inventory --------------------------------------------------------------------------------------- */

static void start_inventory(struct reload_files *r)
{
    r->inventory.files = inventory_files_read(r->conf, r->inventory.fault);
    r->inventory.state = r->inventory.files ? JAILED_RUNS : JAILED_FAILED;
    if (r->inventory.files && r->conf->owner.ecs_metadata)
        r->inventory.metadata = ecs_metadata_start(getenv(ECS_METADATA_VARIABLE), (enum conf_sandbox)r->conf->process.sandbox);
}

/* A task does not change while it runs: what was told before holds where nothing is told now. */
static void take_metadata(struct reload_files *r, struct parent *p, enum jailed_state state)
{
    if (state == JAILED_DONE || !r->conf->owner.ecs_metadata) {
        ecs_metadata_free(p->metadata);
        p->metadata = r->inventory.metadata;
        r->inventory.metadata = NULL;
    }
    r->inventory.has_metadata = true;
    ecs_metadata_give(p->metadata, r->inventory.files);
    (void)inventory_files_start(r->inventory.files, inventory_files_image(p->inventory)); /* its fault is kept for the step */
}

static void step_inventory(struct reload_files *r, struct parent *p)
{
    enum jailed_state state = JAILED_FAILED;

    if (r->inventory.state != JAILED_RUNS)
        return;
    if (!r->inventory.has_metadata) {
        if (r->inventory.metadata)
            state = ecs_metadata_step(r->inventory.metadata, false);
        if (state == JAILED_RUNS)
            return;
        take_metadata(r, p, state);
    }
    r->inventory.state = inventory_files_step(r->inventory.files, false);
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

/* Without an inventory before and now there is nothing to tell. */
static void use_inventory(struct reload_files *r, struct parent *p)
{
    bool were_some = inventory_files_image(p->inventory);

    if (r->inventory.state != JAILED_DONE) {
        p->n_refused[METRICS_RELOAD_INVENTORY]++;
        reload_refuse(p, SENSOR_INVENTORY_REFUSED, "the inventory stays as it was",
                      r->inventory.files ? inventory_files_fault(r->inventory.files) : r->inventory.fault);
        return;
    }
    inventory_files_free(p->inventory); /* the report that goes on with it has a mapping of its own */
    p->inventory = r->inventory.files;
    r->inventory.files = NULL;
    if (!were_some && !inventory_files_image(p->inventory))
        return;
    p->n_reloads[METRICS_RELOAD_INVENTORY]++;
    if (inventory_files_image(p->inventory))
        tell_inventory(p);
    else
        reload_tell(p, SENSOR_INVENTORY_RELOADED, "there is no inventory");
}

/* --- databases of places ------------------------------------------------------------------------------- */

static void start_geo(struct reload_files *r)
{
    r->geo.files = geo_files_read(r->conf, r->geo.fault);
    r->geo.state = r->geo.files && geo_files_check_start(r->geo.files, (enum conf_sandbox)r->conf->process.sandbox)
                       ? JAILED_RUNS
                       : JAILED_FAILED;
}

static void step_geo(struct reload_files *r)
{
    if (r->geo.state == JAILED_RUNS)
        r->geo.state = geo_files_check_step(r->geo.files, false);
}

static void tell_geo(struct parent *p)
{
    char text[SENSOR_DETAIL_MAX];
    struct out o = out_of(text, sizeof(text));
    const struct geo_file *file;

    out_str(&o, "the databases of places were read anew");
    for (size_t i = 0; i < GEO_N; i++) {
        if ((file = geo_files_at(p->geo, (enum geo_which)i))) {
            out_str(&o, "; ");
            geo_file_print(file, clock_wall(), &o);
        }
    }
    reload_tell(p, SENSOR_GEO_RELOADED, text);
    geo_files_say(p->geo, clock_wall());
}

/* The present report has the old ones open; the next one will open the new. Nothing is told where none are, nor were. */
static void use_geo(struct reload_files *r, struct parent *p)
{
    bool were_some = geo_files_bytes(p->geo) > 0;

    if (r->geo.state != JAILED_DONE) {
        p->n_refused[METRICS_RELOAD_GEO]++;
        reload_refuse(p, SENSOR_GEO_REFUSED, "the databases of places stay as they were",
                      r->geo.files ? geo_files_fault(r->geo.files) : r->geo.fault);
        return;
    }
    geo_files_free(p->geo);
    p->geo = r->geo.files;
    r->geo.files = NULL;
    if (!were_some && geo_files_bytes(p->geo) == 0)
        return;
    p->n_reloads[METRICS_RELOAD_GEO]++;
    tell_geo(p);
}

/* --- both ---------------------------------------------------------------------------------------------- */

void reload_files_start(struct reload_files *r, const struct conf *conf)
{
    r->conf = conf;
    start_inventory(r);
    start_geo(r);
}

bool reload_files_step(struct reload_files *r, struct parent *p)
{
    step_inventory(r, p);
    step_geo(r);
    return r->inventory.state != JAILED_RUNS && r->geo.state != JAILED_RUNS;
}

void reload_files_use(struct reload_files *r, struct parent *p)
{
    use_geo(r, p);
    use_inventory(r, p);
}

int reload_files_fd(const struct reload_files *r)
{
    int fd = r->inventory.metadata ? ecs_metadata_fd(r->inventory.metadata) : -1;

    return fd < 0 && r->inventory.files ? inventory_files_fd(r->inventory.files) : fd;
}

bool reload_files_ended(struct reload_files *r, pid_t pid, int status)
{
    return (r->inventory.metadata && ecs_metadata_ended(r->inventory.metadata, pid, status)) ||
           (r->inventory.files && inventory_files_ended(r->inventory.files, pid, status)) ||
           (r->geo.files && geo_files_ended(r->geo.files, pid, status));
}

void reload_files_drop(struct reload_files *r)
{
    inventory_files_free(r->inventory.files);
    ecs_metadata_free(r->inventory.metadata);
    geo_files_free(r->geo.files);
}
