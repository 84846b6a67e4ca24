/*
 * inventory_join.c - which record is meant by which text: interface and instance, task and interface, pod and node.
 *
 * A machine that is only named (an interface is attached to it, a node or a task is on it) gets a record too, so that all
 * that is on it is found together. Where a text may mean two things, a node's name that two clusters have, it means none.
 */
#include "config.h"

#include "enrich/inventory_builder.h"

#include "base/addr_parse.h"

#include <stdlib.h>

#define TWO (INVENTORY_NONE - 1) /* in a place: more than one record is meant */

static bool is_kept(const struct inventory_builder *b, int part, uint32_t i)
{
    return (build_thing(b, part, i)->flags & INVENTORY_KEPT) != 0;
}

/*
 * Puts the records of a part in the places of one of their identifying texts. Of versions of one thing that which is in a
 * document goes first.
 */
static uint32_t *places_of(struct inventory_builder *b, int part, int which)
{
    uint32_t *places = build_places(b);

    for (uint32_t i = 0; places && i < build_n(b, part); i++) {
        uint32_t text = build_thing(b, part, i)->id[which], *place = build_place(places, text);

        if (text != 0 && (*place == INVENTORY_NONE || is_kept(b, part, *place) || !is_kept(b, part, i)))
            *place = i;
    }
    return places;
}

static uint32_t find(uint32_t *places, uint32_t text)
{
    return text ? *build_place(places, text) : INVENTORY_NONE;
}

/* A record for a thing of which nothing is known but its name. */
static uint32_t imply(struct inventory_builder *b, int part, uint32_t name, ns_t written)
{
    uint32_t i = build_n(b, part);
    struct inventory_thing *thing = build_add(b, part);

    if (!thing)
        return INVENTORY_NONE;
    *thing = (struct inventory_thing){
        .from = INVENTORY_ALWAYS,
        .until = INVENTORY_OPEN,
        .sure = INVENTORY_OPEN,
        .written = written,
        .flags = INVENTORY_IMPLIED,
        .id = {name},
    };
    return i;
}

/* --- instances ---------------------------------------------------------------------------------- */

static uint32_t find_instance(struct inventory_builder *b, uint32_t *places, uint32_t name, ns_t written)
{
    uint32_t *place = build_place(places, name);

    if (name == 0)
        return INVENTORY_NONE;
    if (*place == INVENTORY_NONE) {
        *place = imply(b, INVENTORY_INSTANCES, name, written);
        if (*place != INVENTORY_NONE)
            ((struct inventory_instance *)build_at(b, INVENTORY_INSTANCES, *place))->node = INVENTORY_NONE;
    }
    return *place;
}

/* Which instance a task of ECS is on, by its container instance. */
static bool join_machines(struct inventory_builder *b)
{
    uint32_t *places = build_places(b);

    if (!places)
        return false;
    for (uint32_t i = 0; i < build_n(b, BUILD_MACHINES); i++) {
        const struct build_machine *machine = build_at(b, BUILD_MACHINES, i);

        *build_place(places, machine->arn) = machine->instance;
    }
    for (uint32_t i = 0; i < build_n(b, INVENTORY_TASKS); i++) {
        struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);
        uint32_t instance = find(places, task->container_instance);

        if (instance != INVENTORY_NONE)
            task->instance_id = instance;
    }
    free(places);
    return true;
}

static void take_text(uint32_t *to, uint32_t text)
{
    *to = *to ? *to : text;
}

static bool join_instances(struct inventory_builder *b)
{
    uint32_t *places = places_of(b, INVENTORY_INSTANCES, 0);

    if (!places)
        return false;
    for (uint32_t i = 0; i < build_n(b, INVENTORY_INSTANCES); i++)
        ((struct inventory_instance *)build_at(b, INVENTORY_INSTANCES, i))->node = INVENTORY_NONE;
    for (uint32_t i = 0; i < build_n(b, INVENTORY_INTERFACES) && !b->why; i++) {
        struct inventory_interface *interface = build_at(b, INVENTORY_INTERFACES, i);
        struct inventory_instance *instance;

        interface->task = INVENTORY_NONE;
        interface->instance = find_instance(b, places, interface->thing.id[1], interface->thing.written);
        if (interface->instance == INVENTORY_NONE)
            continue;
        instance = build_at(b, INVENTORY_INSTANCES, interface->instance);
        if (instance->thing.flags & INVENTORY_IMPLIED) {
            take_text(&instance->vpc, interface->vpc);
            take_text(&instance->account, interface->account);
            take_text(&instance->region, interface->region);
        }
        take_text(&interface->account, instance->account);
        take_text(&interface->region, instance->region);
    }
    for (uint32_t i = 0; i < build_n(b, INVENTORY_TASKS) && !b->why; i++) {
        struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);

        task->instance = find_instance(b, places, task->instance_id, task->thing.written);
    }
    for (uint32_t i = 0; i < build_n(b, INVENTORY_NODES) && !b->why; i++) {
        struct inventory_node *node = build_at(b, INVENTORY_NODES, i);

        node->instance = find_instance(b, places, node->thing.id[1], node->thing.written);
        if (node->instance != INVENTORY_NONE)
            ((struct inventory_instance *)build_at(b, INVENTORY_INSTANCES, node->instance))->node = i;
    }
    free(places);
    return b->why == NULL;
}

/* --- tasks and their interfaces ----------------------------------------------------------------- */

/* An interface by its subnet and address. */
struct by_address {
    uint32_t subnet, interface;
    uint8_t addr[16];
};

static int compare_by_address(const void *a, const void *b)
{
    const struct by_address *x = a, *y = b;

    return x->subnet != y->subnet ? (x->subnet < y->subnet ? -1 : 1) : memcmp(x->addr, y->addr, sizeof(x->addr));
}

/* All interfaces by subnet and address; *n of them. NULL when memory is short. */
static struct by_address *list_by_address(struct inventory_builder *b, size_t *n)
{
    struct by_address *list = calloc(build_n(b, INVENTORY_BINDINGS) + 1, sizeof(*list));

    *n = 0;
    if (!list) {
        b->why = "memory is short";
        return NULL;
    }
    for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++) {
        const struct inventory_binding *binding = build_at(b, INVENTORY_BINDINGS, i);
        const struct inventory_interface *interface;

        if (binding->layer != LAYER_INTERFACE || binding->bits != 128)
            continue;
        interface = build_at(b, INVENTORY_INTERFACES, binding->thing);
        if (interface->subnet == 0 || is_kept(b, INVENTORY_INTERFACES, binding->thing))
            continue;
        list[*n] = (struct by_address){.subnet = interface->subnet, .interface = binding->thing};
        memcpy(list[(*n)++].addr, binding->addr, sizeof(binding->addr));
    }
    qsort(list, *n, sizeof(*list), compare_by_address);
    return list;
}

/* Tasks that name neither interface nor attachment that is known: their address in their subnet does. */
static bool join_tasks_by_address(struct inventory_builder *b)
{
    size_t n;
    struct by_address *list = list_by_address(b, &n);

    for (uint32_t i = 0; list && i < build_n(b, INVENTORY_BINDINGS); i++) {
        const struct inventory_binding *binding = build_at(b, INVENTORY_BINDINGS, i);
        struct inventory_task *task;
        struct by_address key, *found;

        if (binding->layer != LAYER_TASK || binding->bits != 128)
            continue;
        task = build_at(b, INVENTORY_TASKS, binding->thing);
        if (task->interface != INVENTORY_NONE || task->interface_id != 0 || task->subnet == 0 ||
            task->thing.until != INVENTORY_OPEN)
            continue; /* the interface of a task that has ended is gone, or another's */
        key.subnet = task->subnet;
        memcpy(key.addr, binding->addr, sizeof(key.addr));
        found = bsearch(&key, list, n, sizeof(*list), compare_by_address);
        if (found)
            task->interface = found->interface;
    }
    free(list);
    return list != NULL;
}

static void join_task(struct inventory_builder *b, uint32_t i)
{
    struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);
    struct inventory_interface *interface;

    if (task->interface == INVENTORY_NONE)
        return;
    interface = build_at(b, INVENTORY_INTERFACES, task->interface);
    if (interface->task == INVENTORY_NONE || !is_kept(b, INVENTORY_TASKS, i))
        interface->task = i;
    if (task->interface_id == 0)
        task->interface_id = interface->thing.id[0];
    /* A task is created before it has its interface; the address may still be another's. */
    if (interface->thing.from > task->thing.from && interface->thing.from < task->thing.until)
        task->thing.from = interface->thing.from;
}

/* VPCs by subnet, for tasks whose interface is in no document. */
static bool join_subnets(struct inventory_builder *b, uint32_t *vpc_of_task)
{
    uint32_t *places = build_places(b);

    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_INTERFACES); i++) {
        const struct inventory_interface *interface = build_at(b, INVENTORY_INTERFACES, i);

        if (interface->subnet && interface->vpc)
            *build_place(places, interface->subnet) = interface->vpc;
    }
    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_INSTANCES); i++) {
        const struct inventory_instance *instance = build_at(b, INVENTORY_INSTANCES, i);

        if (instance->subnet && instance->vpc)
            *build_place(places, instance->subnet) = instance->vpc;
    }
    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_TASKS); i++) {
        const struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);
        uint32_t vpc = find(places, task->subnet);

        if (task->interface != INVENTORY_NONE)
            vpc = ((struct inventory_interface *)build_at(b, INVENTORY_INTERFACES, task->interface))->vpc;
        vpc_of_task[i] = vpc == INVENTORY_NONE ? 0 : vpc;
    }
    free(places);
    return places != NULL;
}

static bool join_tasks(struct inventory_builder *b)
{
    uint32_t *by_id = places_of(b, INVENTORY_INTERFACES, 0), *by_attachment = places_of(b, INVENTORY_INTERFACES, 2);

    for (uint32_t i = 0; by_id && by_attachment && i < build_n(b, INVENTORY_TASKS); i++) {
        struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);

        task->interface = find(by_id, task->interface_id);
        if (task->interface == INVENTORY_NONE)
            task->interface = find(by_attachment, task->attachment);
    }
    free(by_id);
    free(by_attachment);
    if (b->why || !join_tasks_by_address(b))
        return false;
    for (uint32_t i = 0; i < build_n(b, INVENTORY_TASKS); i++)
        join_task(b, i);
    return true;
}

/* --- images of containers ----------------------------------------------------------------------- */

static void take_image(struct inventory_builder *b, struct inventory_container *c, const struct inventory_span *defined)
{
    for (uint32_t k = 0; c->image == 0 && k < defined->n; k++) {
        const struct inventory_container *other = build_at(b, BUILD_DEFINED, defined->first + k);

        if (other->name == c->name)
            c->image = other->image;
    }
}

/* What a task does not say of the images of its containers its definition does. */
static bool join_definitions(struct inventory_builder *b)
{
    uint32_t *places = build_places(b);

    for (uint32_t i = 0; places && i < build_n(b, BUILD_DEFINITIONS); i++)
        *build_place(places, ((struct build_definition *)build_at(b, BUILD_DEFINITIONS, i))->arn) = i;
    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_TASKS); i++) {
        const struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);
        uint32_t definition = find(places, task->definition);

        for (uint32_t k = 0; definition != INVENTORY_NONE && k < task->containers.n; k++)
            take_image(b, build_at(b, INVENTORY_CONTAINERS, task->containers.first + k),
                       &((struct build_definition *)build_at(b, BUILD_DEFINITIONS, definition))->containers);
    }
    free(places);
    return places != NULL;
}

/* --- pods and their nodes ----------------------------------------------------------------------- */

/* The pod says that its node had the address since it began. */
static void bind_host(struct inventory_builder *b, const struct inventory_pod *pod, uint32_t node)
{
    uint32_t number = build_n(b, INVENTORY_BINDINGS);
    struct inventory_binding *binding;
    struct net net;

    if (!net_parse(build_text_at(b, pod->host), &net) || net.bits != 128)
        return;
    build_bind(b, LAYER_NODE, node, &net, true);
    if (b->why)
        return;
    binding = build_at(b, INVENTORY_BINDINGS, number);
    if (pod->thing.from > binding->from)
        binding->from = pod->thing.from;
    if (pod->thing.flags & INVENTORY_KEPT) {
        binding->is_old = 1;
        binding->sure = pod->thing.sure;
        binding->until = pod->thing.until;
    }
}

static bool join_pods(struct inventory_builder *b)
{
    uint32_t *places = build_places(b);

    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_NODES); i++) {
        uint32_t *place = build_place(places, build_thing(b, INVENTORY_NODES, i)->id[0]);

        if (*place == INVENTORY_NONE || (*place != TWO && is_kept(b, INVENTORY_NODES, *place)))
            *place = i;
        else if (!is_kept(b, INVENTORY_NODES, i))
            *place = TWO;
    }
    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_PODS) && !b->why; i++) {
        struct inventory_pod *pod = build_at(b, INVENTORY_PODS, i);
        uint32_t *place = build_place(places, pod->node_name);

        pod->node = INVENTORY_NONE;
        if (pod->node_name == 0 || *place == TWO)
            continue;
        if (*place == INVENTORY_NONE) {
            *place = imply(b, INVENTORY_NODES, pod->node_name, pod->thing.written);
            if (*place == INVENTORY_NONE)
                break;
            ((struct inventory_node *)build_at(b, INVENTORY_NODES, *place))->instance = INVENTORY_NONE;
        }
        pod->node = *place;
        bind_host(b, pod, *place);
    }
    free(places);
    return b->why == NULL;
}

/* --- VPCs of addresses -------------------------------------------------------------------------- */

static uint32_t vpc_of_instance(const struct inventory_builder *b, uint32_t i)
{
    return i == INVENTORY_NONE ? 0 : ((struct inventory_instance *)build_at(b, INVENTORY_INSTANCES, i))->vpc;
}

static uint32_t vpc_of_node(const struct inventory_builder *b, uint32_t i)
{
    return i == INVENTORY_NONE ? 0 : vpc_of_instance(b, ((struct inventory_node *)build_at(b, INVENTORY_NODES, i))->instance);
}

static uint32_t vpc_of(const struct inventory_builder *b, const struct inventory_binding *binding, const uint32_t *vpc_of_task)
{
    switch (binding->layer) {
    case LAYER_INTERFACE: return ((struct inventory_interface *)build_at(b, INVENTORY_INTERFACES, binding->thing))->vpc;
    case LAYER_INSTANCE: return vpc_of_instance(b, binding->thing);
    case LAYER_TASK: return vpc_of_task[binding->thing];
    case LAYER_POD: return vpc_of_node(b, ((struct inventory_pod *)build_at(b, INVENTORY_PODS, binding->thing))->node);
    default: return vpc_of_node(b, binding->thing);
    }
}

static bool join_vpcs(struct inventory_builder *b)
{
    uint32_t *vpc_of_task = calloc(build_n(b, INVENTORY_TASKS) + 1, sizeof(*vpc_of_task));

    if (!vpc_of_task)
        b->why = "memory is short";
    if (!b->why && join_subnets(b, vpc_of_task)) {
        for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++) {
            struct inventory_binding *binding = build_at(b, INVENTORY_BINDINGS, i);

            binding->vpc = vpc_of(b, binding, vpc_of_task);
            if (binding->layer == LAYER_TASK && !binding->is_old)
                binding->from = build_thing(b, INVENTORY_TASKS, binding->thing)->from;
        }
    }
    free(vpc_of_task);
    return b->why == NULL;
}

bool build_join(struct inventory_builder *b)
{
    return join_machines(b) && join_instances(b) && join_tasks(b) && join_definitions(b) && join_pods(b) && join_vpcs(b) &&
           build_index(b);
}
