/*
 * inventory.c - from an address and a time to the thing that had it.
 *
 * Order: one VPC, the VPCs that come into question, what is asked for.
 */
#include "config.h"

#include "enrich/inventory_place.h"

#include "base/hash.h"

static const void *record(const struct inventory *inv, enum inventory_part part, uint32_t i)
{
    return i == INVENTORY_NONE ? NULL : inventory_at(inv, part, i);
}

static bool is_same_thing(const struct inventory_thing *a, const struct inventory_thing *b)
{
    return a == b || (a->id[0] != 0 && a->id[0] == b->id[0]);
}

/* --- one VPC ------------------------------------------------------------------------------------ */

/* What the layers say of the address. */
struct layers {
    const struct inventory_binding *of[LAYER_N];
    bool is_sure[LAYER_N];
};

static bool find_layers(const struct inventory *inv, const struct inventory_question *q, uint32_t vpc, struct layers *found)
{
    bool one_vpc = inventory_n(inv, INVENTORY_VPCS) <= 1;
    bool any = false;

    for (int layer = 0; layer < LAYER_N; layer++) {
        const struct inventory_binding *b = look_address(inv, layer, &q->addr, vpc, q->time_ns);
        bool elsewhere = !b && vpc != 0;

        if (elsewhere)
            b = look_address(inv, layer, &q->addr, 0, q->time_ns); /* of a VPC that is not known: it may be this one */
        found->of[layer] = b;
        found->is_sure[layer] = b && (!elsewhere || one_vpc) && look_when(b->from, b->until, b->sure, q->time_ns) == LOOK_SURE;
        any = any || b;
    }
    return any;
}

static const void *layer_record(const struct inventory *inv, const struct layers *found, enum inventory_layer layer)
{
    return found->of[layer] ? inventory_at(inv, inventory_layer_part[layer], found->of[layer]->thing) : NULL;
}

/* True when the interface did not get the address only after a document was written, which gives it to something on it. */
static bool had_address(const struct layers *found, ns_t written)
{
    return !found->of[LAYER_INTERFACE] || found->of[LAYER_INTERFACE]->from <= written;
}

static ns_t later(ns_t a, ns_t b)
{
    return a > b ? a : b;
}

/* The task that has the address. An interface that is not its own and has it contradicts, unless nobody says which one is its. */
static void place_own_task(const struct inventory *inv, const struct layers *found, struct inventory_place *p)
{
    const struct inventory_interface *own = record(inv, INVENTORY_INTERFACES, p->task->interface);
    bool is_own = own && (!p->interface || is_same_thing(&own->thing, &p->interface->thing));
    bool is_open = !own && p->task->interface_id == 0 && had_address(found, p->task->thing.written);

    p->is_sure = found->is_sure[LAYER_TASK] && (is_own || is_open || !p->interface);
    p->since = found->of[LAYER_TASK]->from;
    p->written = p->task->thing.written;
    if (!p->interface || (!is_own && !is_open))
        p->interface = own;
    if (is_own)
        p->written = later(p->written, p->interface->thing.written); /* it is the task's as long as there is one of them */
}

/* The task: it has the address, or it has the interface that has the address. */
static void place_task(const struct inventory *inv, const struct layers *found, ns_t t, struct inventory_place *p)
{
    p->task = layer_record(inv, found, LAYER_TASK);
    if (p->task) {
        place_own_task(inv, found, p);
    } else if (p->interface) {
        const struct inventory_task *task = record(inv, INVENTORY_TASKS, p->interface->task);
        enum look_when when = task ? look_when_thing(&task->thing, t) : LOOK_NOT;

        if (when == LOOK_NOT)
            return;
        p->task = task;
        p->is_sure = found->is_sure[LAYER_INTERFACE] && when == LOOK_SURE;
        p->since = task->thing.from;
        p->written = later(task->thing.written, p->interface->thing.written);
    }
    if (p->task)
        p->instance = record(inv, INVENTORY_INSTANCES, p->task->instance);
}

static void place_pod(const struct inventory *inv, const struct layers *found, struct inventory_place *p)
{
    const struct inventory_instance *machine = NULL;

    p->pod = layer_record(inv, found, LAYER_POD);
    if (!p->pod)
        return;
    p->node = record(inv, INVENTORY_NODES, p->pod->node);
    if (p->node)
        machine = record(inv, INVENTORY_INSTANCES, p->node->instance);
    p->is_sure = found->is_sure[LAYER_POD] && !p->task && had_address(found, p->pod->thing.written);
    p->since = found->of[LAYER_POD]->from;
    if (p->interface && p->interface->instance != INVENTORY_NONE) {
        const struct inventory_instance *other = record(inv, INVENTORY_INSTANCES, p->interface->instance);

        p->is_sure = p->is_sure && (!machine || machine == other);
        machine = machine ? machine : other;
    }
    p->instance = machine;
    p->written = p->pod->thing.written;
}

/* The newest document that gives the address to the machine: that there is a machine does not say that it still has it. */
static ns_t machine_written(const struct inventory *inv, const struct layers *found, const struct inventory_place *p)
{
    const struct inventory_instance *instance = layer_record(inv, found, LAYER_INSTANCE);
    const struct inventory_node *node = layer_record(inv, found, LAYER_NODE);
    ns_t written = p->interface ? p->interface->thing.written : INVENTORY_ALWAYS;

    if (instance && p->instance && is_same_thing(&instance->thing, &p->instance->thing))
        written = later(written, instance->thing.written);
    if (node && p->node && is_same_thing(&node->thing, &p->node->thing))
        written = later(written, node->thing.written);
    return written;
}

/* A machine, or an interface of something else. */
static void place_machine(const struct inventory *inv, const struct inventory_question *q, const struct layers *found,
                          struct inventory_place *p)
{
    enum inventory_layer layer = found->of[LAYER_INTERFACE]  ? LAYER_INTERFACE
                                 : found->of[LAYER_INSTANCE] ? LAYER_INSTANCE
                                                             : LAYER_NODE;
    const struct inventory_instance *instance = layer_record(inv, found, LAYER_INSTANCE);

    if (p->interface)
        p->instance = record(inv, INVENTORY_INSTANCES, p->interface->instance);
    if (!p->instance && instance && had_address(found, instance->thing.written))
        p->instance = instance;
    if (p->instance)
        p->node = record(inv, INVENTORY_NODES, p->instance->node);
    if (!p->node && !(p->interface && !p->instance))
        p->node = layer_record(inv, found, LAYER_NODE);
    if (!p->instance && p->node)
        p->instance = record(inv, INVENTORY_INSTANCES, p->node->instance);
    p->is_sure = found->is_sure[layer];
    p->since = found->of[layer]->from;
    /* Of IPv6 a machine has one whole address; those of its pods are of a prefix. */
    p->is_shared = found->of[layer]->is_primary || (found->of[layer]->bits == 128 && !addr_is_v4(&q->addr));
    p->written = machine_written(inv, found, p);
}

static bool find_place(const struct inventory *inv, const struct inventory_question *q, uint32_t vpc, struct inventory_place *p)
{
    struct layers found;

    *p = (struct inventory_place){.vpc = vpc};
    if (!find_layers(inv, q, vpc, &found))
        return false;
    p->interface = layer_record(inv, &found, LAYER_INTERFACE);
    place_task(inv, &found, q->time_ns, p);
    place_pod(inv, &found, p);
    if (!p->task && !p->pod)
        place_machine(inv, q, &found, p);
    return true;
}

const struct inventory_thing *inventory_place_thing(const struct inventory_place *p)
{
    return p->task        ? &p->task->thing
           : p->pod       ? &p->pod->thing
           : p->instance  ? &p->instance->thing
           : p->node      ? &p->node->thing
           : p->interface ? &p->interface->thing
                          : NULL;
}

static bool is_own_task(const struct inventory_place *p)
{
    return p->task && (p->task->thing.flags & INVENTORY_METADATA);
}

/* --- the VPCs that come into question ----------------------------------------------------------- */

static void add_place(const struct inventory *inv, const struct inventory_question *q, uint32_t vpc, struct inventory_answer *a)
{
    struct inventory_place *p = &a->places[a->n];

    if (a->n == ARRAY_LEN(a->places) || !find_place(inv, q, vpc, p))
        return;
    for (size_t i = 0; i < a->n; i++)
        if (inventory_place_thing(&a->places[i]) == inventory_place_thing(p))
            return; /* of a VPC that is not known, and so found in each */
    a->n++;
}

/* In whatever VPC the address is. */
static void find_anywhere(const struct inventory *inv, const struct inventory_question *q, struct inventory_answer *a)
{
    uint32_t vpcs[INVENTORY_PLACES_MAX];
    size_t n = 0;
    bool elsewhere = false;

    for (int layer = 0; layer < LAYER_N; layer++)
        n = look_vpcs(inv, layer, &q->addr, q->time_ns, vpcs, n, ARRAY_LEN(vpcs));
    for (size_t i = 0; i < n; i++)
        elsewhere = elsewhere || vpcs[i] != 0;
    for (size_t i = 0; i < n; i++)
        if (vpcs[i] != 0 || !elsewhere) /* what is of no known VPC is found in the others */
            add_place(inv, q, vpcs[i], a);
}

/* The sensor's own task, where a packet is its own: it came through no mirror. */
static bool find_own(const struct inventory_question *q, struct inventory_answer *a)
{
    if (q->has_tunnel || q->vpc.n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (is_own_task(&a->places[i])) {
            a->places[0] = a->places[i];
            a->n = 1;
            a->is_sure = true;
            return true;
        }
    }
    return false;
}

/* How much older the documents are than the packet, in nanoseconds. */
static uint64_t age_of(const struct inventory_place *p, ns_t t)
{
    return t > p->written ? (uint64_t)t - (uint64_t)p->written : 0;
}

/* True for a packet of so long before the documents that what says no time of its beginning need not have been there. */
static bool is_long_before(const struct inventory_place *p, ns_t t, ns_t stale_after_ns)
{
    return p->since == INVENTORY_ALWAYS && t < p->written && (uint64_t)p->written - (uint64_t)t > (uint64_t)stale_after_ns;
}

static void find_answer(const struct inventory *inv, const struct inventory_question *q, ns_t stale_after_ns,
                        struct inventory_answer *a)
{
    uint32_t vpc = 0;

    a->n = 0;
    a->is_sure = false;
    a->tunnel = (struct look_tunnel){0};
    if (q->vpc.n) {
        vpc = look_vpc(inv, q->vpc);
        add_place(inv, q, vpc, a); /* or what is of no known VPC; in another it cannot be */
        a->is_sure = a->n > 0 && vpc != 0;
    } else if (q->has_tunnel) {
        a->tunnel = look_tunnel(inv, &q->outer_src, q->vni, q->time_ns);
        if (a->tunnel.vpc != 0)
            add_place(inv, q, a->tunnel.vpc, a);
        a->is_sure = a->n > 0 && a->tunnel.is_sure;
        if (a->n == 0)
            find_anywhere(inv, q, a); /* VPCs may be joined: the mirror of one then shows packets of another */
    } else {
        find_anywhere(inv, q, a);
        a->is_sure = a->n == 1 && inventory_n(inv, INVENTORY_VPCS) <= 1;
    }
    if (a->n == 0 || find_own(q, a))
        return;
    a->is_sure = a->is_sure && a->places[0].is_sure;
    if (stale_after_ns > 0 && (age_of(&a->places[0], q->time_ns) > (uint64_t)stale_after_ns ||
                               is_long_before(&a->places[0], q->time_ns, stale_after_ns)))
        a->is_sure = false;
}

/* --- what is asked for -------------------------------------------------------------------------- */

bool inventory_find(const struct inventory *inv, const struct inventory_question *q, ns_t stale_after_ns,
                    struct about_owner *owner)
{
    struct inventory_answer a;

    find_answer(inv, q, stale_after_ns, &a);
    *owner = (struct about_owner){.source = OWNER_NONE};
    if (a.n == 0 && !(a.tunnel.session && a.tunnel.is_sure && addr_is_inside(&q->addr)))
        return false;
    owner->candidate = !a.is_sure;
    inventory_describe(inv, &a, q, owner);
    if (a.n == 1 && owner->source != OWNER_ECS_METADATA) {
        owner->has_age = true;
        owner->age_s = (int64_t)(age_of(&a.places[0], q->time_ns) / NS_PER_SEC);
    }
    return true;
}

uint64_t inventory_scope(const struct inventory *inv, const struct inventory_question *q, ns_t stale_after_ns)
{
    struct inventory_answer a;
    const struct inventory_thing *thing;
    struct hash_key key;
    uint64_t scope;

    find_answer(inv, q, stale_after_ns, &a);
    if (!a.is_sure)
        return 0;
    thing = inventory_place_thing(&a.places[0]);
    hash_key_text(&key, view_str("whose an address is"));
    scope = 0;
    for (size_t i = 0; i < ARRAY_LEN(thing->id); i++) {
        scope = scope * 31 + hash_64(&key, inventory_text(inv, thing->id[i]));
        if (i == 0 && thing->id[0] != 0)
            break; /* the identifier alone: the rest tells versions of one thing apart */
    }
    return scope ? scope : 1;
}
