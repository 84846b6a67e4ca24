/*
 * inventory_open.c - checks an image that another process made: all that the look-ups rely on, once.
 *
 * An image that passed and does not change afterwards cannot make them read outside or search for ever. Whether it says the
 * truth, and whether it is sorted, is another matter: a search in what is not sorted finds nothing, or something else of the
 * image.
 */
#include "config.h"

#include "enrich/inventory_image.h"

#define TEXTS_OF(type, first, last) \
    ((offsetof(struct type, last) - offsetof(struct type, first)) / sizeof(uint32_t) + 1) /* fields from first to last */

const struct inventory_shape inventory_shapes[INVENTORY_PARTS] = {
    [INVENTORY_SESSIONS] = {sizeof(struct inventory_session), TEXTS_OF(inventory_session, filter, account), 0, 0},
    [INVENTORY_FILTERS] = {sizeof(struct inventory_filter), 0, 0, 0},
    [INVENTORY_INTERFACES] = {sizeof(struct inventory_interface), TEXTS_OF(inventory_interface, vpc, description),
                              offsetof(struct inventory_interface, tags), 0},
    [INVENTORY_INSTANCES] = {sizeof(struct inventory_instance), TEXTS_OF(inventory_instance, vpc, type),
                             offsetof(struct inventory_instance, tags), 0},
    [INVENTORY_TASKS] = {sizeof(struct inventory_task), TEXTS_OF(inventory_task, cluster, container_instance),
                         offsetof(struct inventory_task, tags), offsetof(struct inventory_task, containers)},
    [INVENTORY_PODS] = {sizeof(struct inventory_pod), TEXTS_OF(inventory_pod, namespace, service_account), 0,
                        offsetof(struct inventory_pod, containers)},
    [INVENTORY_NODES] = {sizeof(struct inventory_node), 0, 0, 0},
    [INVENTORY_CONTAINERS] = {sizeof(struct inventory_container), TEXTS_OF(inventory_container, name, id), 0, 0},
    [INVENTORY_TAGS] = {sizeof(struct inventory_tag), TEXTS_OF(inventory_tag, key, value), 0, 0},
    [INVENTORY_BINDINGS] = {sizeof(struct inventory_binding), 0, 0, 0},
    [INVENTORY_RESIDENTS] = {sizeof(uint32_t), 0, 0, 0},
    [INVENTORY_IDS] = {sizeof(struct inventory_id), 0, 0, 0},
    [INVENTORY_VPCS] = {sizeof(uint32_t), 1, 0, 0},
    [INVENTORY_TEXTS] = {1, 0, 0, 0},
};

const uint8_t inventory_layer_part[LAYER_N] = {
    [LAYER_INTERFACE] = INVENTORY_INTERFACES, [LAYER_INSTANCE] = INVENTORY_INSTANCES,
    [LAYER_TASK] = INVENTORY_TASKS,           [LAYER_POD] = INVENTORY_PODS,
    [LAYER_NODE] = INVENTORY_NODES,
};

static bool header_ok(const struct inventory *inv)
{
    if (inv->n_lengths > INVENTORY_LENGTHS_MAX || inv->n_blind > inv->parts[INVENTORY_FILTERS].n ||
        inv->parts[INVENTORY_TEXTS].n < sizeof(uint32_t))
        return false;
    for (int part = 0; part < INVENTORY_PARTS; part++) {
        uint64_t at = inv->parts[part].at;

        if (at % 8 != 0 || at < sizeof(*inv) || at > inv->n_bytes ||
            inv->parts[part].n > (inv->n_bytes - at) / inventory_shapes[part].size)
            return false;
    }
    for (uint32_t i = 0; i < inv->n_lengths; i++)
        if (inv->lengths[i] > 128)
            return false;
    return true;
}

static bool text_ok(const struct inventory *inv, uint32_t text)
{
    uint64_t n_texts = inv->parts[INVENTORY_TEXTS].n;
    uint32_t n;

    if (text % sizeof(n) != 0 || text > n_texts - sizeof(n))
        return false;
    memcpy(&n, (const char *)inv + inv->parts[INVENTORY_TEXTS].at + text, sizeof(n));
    return n <= INVENTORY_TEXT_MAX && n <= n_texts - sizeof(n) - text;
}

static bool number_ok(const struct inventory *inv, enum inventory_part part, uint32_t i)
{
    return i == INVENTORY_NONE || i < inv->parts[part].n;
}

/* max: so many are walked in one look-up. */
static bool span_ok(const struct inventory *inv, enum inventory_part part, const struct inventory_span *span, uint32_t max)
{
    return span->n <= max && span->first <= inv->parts[part].n && span->n <= inv->parts[part].n - span->first;
}

/* Texts and spans of one record of any kind. */
static bool record_ok(const struct inventory *inv, enum inventory_part part, uint32_t i)
{
    const struct inventory_shape *shape = &inventory_shapes[part];
    const char *record = inventory_at(inv, part, i);
    size_t at = 0;

    if (part < INVENTORY_THINGS) {
        const struct inventory_thing *thing = inventory_thing_at(inv, part, i);

        at = sizeof(*thing);
        if (!text_ok(inv, thing->id[0]) || !text_ok(inv, thing->id[1]) || !text_ok(inv, thing->id[2]))
            return false;
    }
    for (uint32_t t = 0; t < shape->n_texts; t++)
        if (!text_ok(inv, *(const uint32_t *)(const void *)(record + at + t * sizeof(uint32_t))))
            return false;
    return (shape->tags_at == 0 || span_ok(inv, INVENTORY_TAGS, (const void *)(record + shape->tags_at), INVENTORY_TAGS_MAX)) &&
           (shape->containers_at == 0 ||
            span_ok(inv, INVENTORY_CONTAINERS, (const void *)(record + shape->containers_at), INVENTORY_CONTAINERS_MAX));
}

static bool binding_ok(const struct inventory *inv, const struct inventory_binding *b)
{
    return b->layer < LAYER_N && b->bits <= 128 && text_ok(inv, b->vpc) &&
           b->thing < inv->parts[inventory_layer_part[b->layer]].n;
}

/* The numbers of other records in one record. */
static bool links_ok(const struct inventory *inv, enum inventory_part part, uint32_t i)
{
    const void *record = inventory_at(inv, part, i);
    const struct inventory_session *session = record;
    const struct inventory_filter *filter = record;
    const struct inventory_interface *interface = record;
    const struct inventory_instance *instance = record;
    const struct inventory_task *task = record;
    const struct inventory_pod *pod = record;
    const struct inventory_node *node = record;
    const struct inventory_id *id = record;

    switch (part) {
    case INVENTORY_SESSIONS: return number_ok(inv, INVENTORY_INTERFACES, session->interface);
    case INVENTORY_FILTERS: return number_ok(inv, INVENTORY_SESSIONS, filter->session);
    case INVENTORY_INTERFACES:
        return number_ok(inv, INVENTORY_INSTANCES, interface->instance) && number_ok(inv, INVENTORY_TASKS, interface->task);
    case INVENTORY_INSTANCES:
        return number_ok(inv, INVENTORY_NODES, instance->node) &&
               span_ok(inv, INVENTORY_RESIDENTS, &instance->tasks, INVENTORY_RESIDENTS_MAX);
    case INVENTORY_TASKS:
        return number_ok(inv, INVENTORY_INSTANCES, task->instance) && number_ok(inv, INVENTORY_INTERFACES, task->interface);
    case INVENTORY_PODS: return number_ok(inv, INVENTORY_NODES, pod->node);
    case INVENTORY_NODES:
        return number_ok(inv, INVENTORY_INSTANCES, node->instance) &&
               span_ok(inv, INVENTORY_RESIDENTS, &node->pods, INVENTORY_RESIDENTS_MAX);
    case INVENTORY_BINDINGS: return binding_ok(inv, record);
    case INVENTORY_IDS:
        return text_ok(inv, id->id) && id->container < inv->parts[INVENTORY_CONTAINERS].n &&
               id->thing < inv->parts[id->is_pod ? INVENTORY_PODS : INVENTORY_TASKS].n;
    default: return true;
    }
}

const struct inventory *inventory_open(struct view image)
{
    const struct inventory *inv = (const void *)image.p;

    if (image.n < sizeof(*inv) || (uintptr_t)image.p % 8 != 0 || inv->magic != INVENTORY_MAGIC || inv->n_bytes > image.n ||
        inv->n_bytes > INVENTORY_BYTES_MAX || !header_ok(inv))
        return NULL;
    for (int part = 0; part < INVENTORY_TEXTS; part++)
        for (uint32_t i = 0; i < inventory_n(inv, part); i++)
            if (!record_ok(inv, part, i) || !links_ok(inv, part, i))
                return NULL;
    return inv;
}

void inventory_count(const struct inventory *inv, struct inventory_counts *counts)
{
    uint32_t n[INVENTORY_THINGS] = {0};

    *counts = (struct inventory_counts){
        .definitions = inv->n_definitions,
        .addresses = inventory_n(inv, INVENTORY_BINDINGS),
        .blind_filters = inv->n_blind,
        .cut = inv->n_cut,
        .oldest_ns = inv->oldest_ns,
        .newest_ns = inv->newest_ns,
    };
    for (int part = 0; part < INVENTORY_THINGS; part++) {
        for (uint32_t i = 0; i < inventory_n(inv, part); i++) {
            uint32_t flags = inventory_thing_at(inv, part, i)->flags;

            n[part] += (flags & INVENTORY_IMPLIED) == 0;
            counts->kept += (flags & INVENTORY_KEPT) != 0;
        }
    }
    counts->sessions = n[INVENTORY_SESSIONS];
    counts->filters = n[INVENTORY_FILTERS];
    counts->interfaces = n[INVENTORY_INTERFACES];
    counts->instances = n[INVENTORY_INSTANCES];
    counts->tasks = n[INVENTORY_TASKS];
    counts->pods = n[INVENTORY_PODS];
    counts->nodes = n[INVENTORY_NODES];
}

bool inventory_blind_filter(const struct inventory *inv, uint32_t i, struct inventory_blind *blind)
{
    const struct inventory_filter *filter;

    *blind = (struct inventory_blind){0};
    if (i >= inv->n_blind)
        return false;
    filter = inventory_at(inv, INVENTORY_FILTERS, i);
    blind->filter = inventory_text(inv, filter->thing.id[0]);
    blind->n_sessions = filter->n_sessions;
    if (filter->session != INVENTORY_NONE) {
        const struct inventory_session *session = inventory_at(inv, INVENTORY_SESSIONS, filter->session);

        blind->session = inventory_text(inv, session->thing.id[0]);
        blind->interface = inventory_text(inv, session->thing.id[1]);
    }
    return true;
}
