/*
 * parent_inlets.c - the handles on interfaces: those of each worker, and those for the next one.
 *
 * A worker that died gets fresh handles: how far the ring of a handle was read is known in the memory of its reader
 * alone. One set of handles is always open ahead, so that its successor listens within milliseconds. Sockets of
 * udp: inlets stay: what waits in them belongs to nobody.
 */
#include "config.h"

#include "role/clock.h"
#include "role/parent.h"

#define SPARE_RETRY_NS NS_PER_SEC

/* Says, and remembers, what became of an interface. */
void parent_inlet_is(struct parent *p, uint32_t i, enum live_state state)
{
    static const char *const words[] = {"is up", "is down", "is gone"};
    struct ipc_event e;

    p->inlet_state[i] = state;
    if (state == LIVE_GONE)
        p->inlet_conf[i].group = -1; /* it is bound to the interface that was there */
    log_warn("%s %s", p->inlet_names[i], words[state]);
    ipc_event_init(&e, clock_wall(), SENSOR_INTERFACE, state == LIVE_OK ? EVENT_INFORMS : EVENT_MEDIUM, "%s %s",
                   p->inlet_names[i], words[state]);
    parent_event(p, &e);
}

/*
 * The handles of a dead worker, which the kernel still gives packets to. They go when those of its successor are in the
 * group: then the kernel puts these into their place, and all other workers keep theirs.
 */
void parent_retire(struct parent *p, struct slot *s)
{
    for (uint32_t i = 0; i < p->n_inlets; i++) {
        if (!s->inlets[i].live)
            continue;
        s->dead[i] = s->inlets[i];
        s->inlets[i] = (struct inlet){.live = NULL};
    }
}

void parent_close_dead(struct parent *p, struct slot *s)
{
    uint64_t received, dropped;

    for (uint32_t i = 0; i < p->n_inlets; i++) {
        /* What the dead worker did not live to tell. */
        if (s->dead[i].live && inlet_drops(&s->dead[i], &received, &dropped))
            s->gone_dropped += dropped;
        inlet_close(&s->dead[i]);
    }
}

static void close_handles(struct parent *p, struct slot *s)
{
    for (uint32_t i = 0; i < p->n_inlets; i++)
        if (s->inlets[i].live)
            inlet_close(&s->inlets[i]);
}

/* Opens what is missing ahead of time, now and then. */
void parent_open_spares(struct parent *p, ns_t now)
{
    char why[INLET_WHY] = "";

    if (now < p->spare_retry_ns || p->stopping)
        return;
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].post.child.pid && !p->slots[i].post.child.ready)
            return; /* opening takes what a successor needs to begin */
    for (uint32_t i = 0; i < p->n_inlets; i++) {
        if (p->has_spare[i] || inlet_is_udp(p->inlet_names[i]))
            continue;
        p->has_spare[i] = inlet_open(&p->spare[i], &p->inlet_conf[i], why, sizeof(why));
        if (!p->has_spare[i]) {
            log_debug("%s: no spare handle: %s", p->inlet_names[i], why);
            p->spare_retry_ns = now + SPARE_RETRY_NS;
        }
    }
}

/*
 * A handle on one inlet, from the spares or new, that packets come in by. Sockets stay, and handles are there at the first
 * start.
 */
static bool give_inlet(struct parent *p, struct slot *s, uint32_t i, char *why, size_t n_why)
{
    struct inlet *in = &s->inlets[i];

    if (in->n_udp > 0 || in->live)
        return true;
    if (p->has_spare[i]) {
        *in = p->spare[i];
        p->spare[i] = (struct inlet){.live = NULL};
        p->has_spare[i] = false;
    } else if (!inlet_open(in, &p->inlet_conf[i], why, n_why)) {
        return false;
    }
    if (inlet_arm(in, &p->inlet_conf[i], why, n_why))
        return true;
    inlet_close(in);
    return false;
}

bool parent_give_inlets(struct parent *p, struct slot *s)
{
    char why[INLET_WHY] = "";

    for (uint32_t i = 0; i < p->n_inlets; i++) {
        if (!give_inlet(p, s, i, why, sizeof(why))) {
            if (p->inlet_state[i] == LIVE_OK)
                log_err("%s: %s", p->inlet_names[i], why);
            else
                log_debug("%s: %s", p->inlet_names[i], why);
            p->inlet_state[i] = LIVE_GONE;
            close_handles(p, s);
            return false;
        }
        if (p->inlet_state[i] == LIVE_GONE)
            parent_inlet_is(p, i, LIVE_OK);
    }
    return true;
}

/* A handle on an interface that is gone is of no use, and does not tell so itself. */
void parent_drop_spare(struct parent *p, uint32_t i)
{
    if (p->has_spare[i])
        inlet_close(&p->spare[i]);
    p->has_spare[i] = false;
}

/* A worker whose interface is gone is stopped as soon as all interfaces can be opened again. */
void parent_mend_inlets(struct parent *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++) {
        struct slot *s = &p->slots[i];
        bool all = true;

        if (!s->reopen || s->post.child.pid == 0 || s->post.expected)
            continue;
        for (uint32_t j = 0; j < p->n_inlets; j++)
            all = all && (p->has_spare[j] || inlet_is_udp(p->inlet_names[j]));
        if (!all)
            continue;
        s->post.expected = true;
        (void)ipc_send(s->post.child.control, IPC_STOP, view_of("", 1), -1, false); /* or it dies of the watchdog */
        return; /* one at a time: there is one set of spares */
    }
}
