/*
 * inventory_index.c - what look-ups search or walk beside addresses: sessions by VNI, filters that hide DNS, what is on a
 * machine, containers by identifier, names of VPCs.
 */
#include "config.h"

#include "enrich/inventory_builder.h"

#include <stdlib.h>

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_text(struct view a, struct view b)
{
    size_t n = min_size(a.n, b.n);
    int c = n ? memcmp(a.p, b.p, n) : 0;

    return c ? c : compare_u64(a.n, b.n);
}

static bool is_kept(const struct inventory_thing *thing)
{
    return (thing->flags & INVENTORY_KEPT) != 0;
}

/* --- sessions and filters ----------------------------------------------------------------------- */

static int compare_session(const void *a, const void *b)
{
    const struct inventory_session *x = a, *y = b;
    int c = compare_u64(x->vni, y->vni);

    if (c == 0)
        c = memcmp(x->outer, y->outer, sizeof(x->outer));
    if (c == 0)
        c = x->thing.from < y->thing.from ? -1 : x->thing.from > y->thing.from;
    return c ? c : compare_u64(x->thing.id[0], y->thing.id[0]);
}

/* The primary address of each interface, as the number of its binding. NULL when memory is short. */
static uint32_t *list_primary(struct inventory_builder *b)
{
    uint32_t *primary = calloc(build_n(b, INVENTORY_INTERFACES) + 1, sizeof(*primary));

    if (!primary) {
        b->why = "memory is short";
        return NULL;
    }
    for (uint32_t i = 0; i < build_n(b, INVENTORY_INTERFACES); i++)
        primary[i] = INVENTORY_NONE;
    for (uint32_t i = 0; i < build_n(b, INVENTORY_BINDINGS); i++) {
        const struct inventory_binding *binding = build_at(b, INVENTORY_BINDINGS, i);

        if (binding->layer == LAYER_INTERFACE && binding->is_primary &&
            (primary[binding->thing] == INVENTORY_NONE || !binding->is_old))
            primary[binding->thing] = i;
    }
    return primary;
}

static bool index_sessions(struct inventory_builder *b)
{
    uint32_t *places = build_places(b), *primary = list_primary(b);

    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_INTERFACES); i++) {
        const struct inventory_thing *thing = build_thing(b, INVENTORY_INTERFACES, i);
        uint32_t *place = build_place(places, thing->id[0]);

        if (*place == INVENTORY_NONE || !is_kept(thing))
            *place = i;
    }
    for (uint32_t i = 0; places && primary && i < build_n(b, INVENTORY_SESSIONS); i++) {
        struct inventory_session *session = build_at(b, INVENTORY_SESSIONS, i);
        uint32_t name = session->thing.id[1], interface = name ? *build_place(places, name) : INVENTORY_NONE;

        session->interface = interface;
        memset(session->outer, 0, sizeof(session->outer));
        if (interface != INVENTORY_NONE && primary[interface] != INVENTORY_NONE) {
            const struct inventory_binding *binding = build_at(b, INVENTORY_BINDINGS, primary[interface]);

            memcpy(session->outer, binding->addr, sizeof(session->outer));
        }
    }
    if (build_n(b, INVENTORY_SESSIONS))
        qsort(b->parts[INVENTORY_SESSIONS].p, build_n(b, INVENTORY_SESSIONS), sizeof(struct inventory_session),
              compare_session);
    free(places);
    free(primary);
    return b->why == NULL;
}

/* Filters that are in use and do not show DNS first, in the order in which they were read. */
static void blind_first(struct inventory_builder *b)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < build_n(b, INVENTORY_FILTERS); i++) {
        struct inventory_filter filter = *(struct inventory_filter *)build_at(b, INVENTORY_FILTERS, i);

        if (filter.n_sessions == 0)
            continue;
        *(struct inventory_filter *)build_at(b, INVENTORY_FILTERS, i) =
            *(struct inventory_filter *)build_at(b, INVENTORY_FILTERS, n);
        *(struct inventory_filter *)build_at(b, INVENTORY_FILTERS, n++) = filter;
    }
    b->n_blind = n;
}

static bool index_filters(struct inventory_builder *b)
{
    uint32_t *places = build_places(b);

    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_FILTERS); i++) {
        struct inventory_filter *filter = build_at(b, INVENTORY_FILTERS, i);

        filter->session = INVENTORY_NONE;
        *build_place(places, filter->thing.id[0]) = i;
    }
    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_SESSIONS); i++) {
        const struct inventory_session *session = build_at(b, INVENTORY_SESSIONS, i);
        uint32_t number = session->filter ? *build_place(places, session->filter) : INVENTORY_NONE;
        struct inventory_filter *filter;

        if (number == INVENTORY_NONE || is_kept(&session->thing))
            continue;
        filter = build_at(b, INVENTORY_FILTERS, number);
        if (filter->thing.flags & INVENTORY_DNS)
            continue;
        if (filter->session == INVENTORY_NONE)
            filter->session = i;
        filter->n_sessions++;
    }
    if (places)
        blind_first(b);
    free(places);
    return places != NULL;
}

/* --- what is on a machine ----------------------------------------------------------------------- */

/* Which machine a thing is on, or INVENTORY_NONE; last: it is told after others of the same machine. */
typedef uint32_t machine_fn(const struct inventory_builder *b, uint32_t i, bool *last);

/* Of tasks those that have no interface of their own. */
static uint32_t machine_of_task(const struct inventory_builder *b, uint32_t i, bool *last)
{
    const struct inventory_task *task = build_at(b, INVENTORY_TASKS, i);

    *last = is_kept(&task->thing);
    return task->interface == INVENTORY_NONE && task->interface_id == 0 && task->attachment == 0 ? task->instance
                                                                                                 : INVENTORY_NONE;
}

/* All pods: behind the address of a node is what goes out of the cluster, unless told otherwise. */
static uint32_t machine_of_pod(const struct inventory_builder *b, uint32_t i, bool *last)
{
    const struct inventory_pod *pod = build_at(b, INVENTORY_PODS, i);

    *last = is_kept(&pod->thing) || view_is(build_text_at(b, pod->namespace), "kube-system");
    return pod->node;
}

/* The span of a machine of the part: that of the residents. */
static struct inventory_span *span_at(const struct inventory_builder *b, int part, uint32_t i)
{
    if (part == INVENTORY_INSTANCES)
        return &((struct inventory_instance *)build_at(b, part, i))->tasks;
    return &((struct inventory_node *)build_at(b, part, i))->pods;
}

/* Writes the residents of all machines of one part, machine by machine. */
static bool index_residents(struct inventory_builder *b, int machines, int things, machine_fn *machine_of)
{
    uint32_t first = build_n(b, INVENTORY_RESIDENTS), n = 0;
    bool last;

    for (uint32_t i = 0; i < build_n(b, machines); i++)
        *span_at(b, machines, i) = (struct inventory_span){0};
    for (uint32_t i = 0; i < build_n(b, things); i++) {
        uint32_t machine = machine_of(b, i, &last);

        if (machine != INVENTORY_NONE) {
            span_at(b, machines, machine)->total++;
            n++;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        if (!build_add(b, INVENTORY_RESIDENTS))
            return false;
    for (uint32_t i = 0; i < build_n(b, machines); i++) {
        span_at(b, machines, i)->first = first;
        first += span_at(b, machines, i)->total;
    }
    for (int turn = 0; turn < 2; turn++) {
        for (uint32_t i = 0; i < build_n(b, things); i++) {
            uint32_t machine = machine_of(b, i, &last);
            struct inventory_span *span = machine == INVENTORY_NONE || last != turn ? NULL : span_at(b, machines, machine);

            if (span && span->n < INVENTORY_RESIDENTS_MAX)
                *(uint32_t *)build_at(b, INVENTORY_RESIDENTS, span->first + span->n++) = i;
            else if (span)
                b->n_cut++;
        }
    }
    return true;
}

/* --- sorted texts ------------------------------------------------------------------------------- */

/* The text whose offset a begins with, against that of b. */
static int compare_sorted(const void *a, const void *b, void *builder)
{
    uint32_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return compare_text(build_text_at(builder, x), build_text_at(builder, y));
}

static void add_ids(struct inventory_builder *b, const struct inventory_span *containers, uint32_t thing, bool is_pod)
{
    for (uint32_t i = 0; i < containers->n; i++) {
        uint32_t number = containers->first + i;
        uint32_t text = ((struct inventory_container *)build_at(b, INVENTORY_CONTAINERS, number))->id;
        struct inventory_id *id = text ? build_add(b, INVENTORY_IDS) : NULL;

        if (id)
            *id = (struct inventory_id){.id = text, .container = number, .thing = thing, .is_pod = is_pod};
    }
}

static void index_ids(struct inventory_builder *b)
{
    for (uint32_t i = 0; i < build_n(b, INVENTORY_TASKS); i++)
        add_ids(b, &((struct inventory_task *)build_at(b, INVENTORY_TASKS, i))->containers, i, false);
    for (uint32_t i = 0; i < build_n(b, INVENTORY_PODS); i++)
        add_ids(b, &((struct inventory_pod *)build_at(b, INVENTORY_PODS, i))->containers, i, true);
    if (build_n(b, INVENTORY_IDS))
        qsort_r(b->parts[INVENTORY_IDS].p, build_n(b, INVENTORY_IDS), sizeof(struct inventory_id), compare_sorted, b);
}

static void add_vpc(struct inventory_builder *b, uint32_t *places, uint32_t vpc)
{
    uint32_t *record;

    if (vpc == 0 || *build_place(places, vpc) != INVENTORY_NONE)
        return;
    *build_place(places, vpc) = 0;
    record = build_add(b, INVENTORY_VPCS);
    if (record)
        *record = vpc;
}

static bool index_vpcs(struct inventory_builder *b)
{
    uint32_t *places = build_places(b);

    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_INTERFACES); i++)
        add_vpc(b, places, ((struct inventory_interface *)build_at(b, INVENTORY_INTERFACES, i))->vpc);
    for (uint32_t i = 0; places && i < build_n(b, INVENTORY_INSTANCES); i++)
        add_vpc(b, places, ((struct inventory_instance *)build_at(b, INVENTORY_INSTANCES, i))->vpc);
    if (places && build_n(b, INVENTORY_VPCS))
        qsort_r(b->parts[INVENTORY_VPCS].p, build_n(b, INVENTORY_VPCS), sizeof(uint32_t), compare_sorted, b);
    free(places);
    return b->why == NULL;
}

bool build_index(struct inventory_builder *b)
{
    if (!index_sessions(b) || !index_filters(b) || !index_vpcs(b) ||
        !index_residents(b, INVENTORY_INSTANCES, INVENTORY_TASKS, machine_of_task) ||
        !index_residents(b, INVENTORY_NODES, INVENTORY_PODS, machine_of_pod))
        return false;
    index_ids(b);
    return b->why == NULL;
}
