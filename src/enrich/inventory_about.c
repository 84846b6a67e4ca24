/*
 * inventory_about.c - records of the image as an owner: which texts of which record stand where.
 */
#include "config.h"

#include "enrich/inventory_place.h"

static const void *record(const struct inventory *inv, enum inventory_part part, uint32_t i)
{
    return i == INVENTORY_NONE ? NULL : inventory_at(inv, part, i);
}

/* Sets a text that is not known yet. */
static void fill(const struct inventory *inv, struct view *to, uint32_t text)
{
    if (to->n == 0)
        *to = inventory_text(inv, text);
}

/* What stands behind the last slash: the name in an ARN of a cluster, family:revision of a definition. */
static struct view name_in(struct view arn)
{
    size_t slash = view_find_last(arn, '/');

    return slash < arn.n ? view_skip(arn, slash + 1) : arn;
}

/* The tags of the first thing that has some. */
static void fill_tags(const struct inventory *inv, struct about_aws *aws, const struct inventory_span *span)
{
    const struct inventory_tag *tags = inventory_at(inv, INVENTORY_TAGS, span->first);

    if (aws->tags_total)
        return;
    aws->tags_total = span->total;
    aws->n_tags = (uint32_t)min_size(span->n, ABOUT_TAGS);
    for (uint32_t i = 0; i < aws->n_tags; i++)
        aws->tags[i] = (struct about_tag){inventory_text(inv, tags[i].key), inventory_text(inv, tags[i].value)};
}

static struct about_container container_of(const struct inventory *inv, uint32_t i)
{
    const struct inventory_container *c = inventory_at(inv, INVENTORY_CONTAINERS, i);

    return (struct about_container){
        .name = inventory_text(inv, c->name),
        .image = inventory_text(inv, c->image),
        .digest = inventory_text(inv, c->digest),
        .id = inventory_text(inv, c->id),
    };
}

static void fill_containers(const struct inventory *inv, struct about_containers *to, const struct inventory_span *span)
{
    to->total = span->total;
    to->n = (uint32_t)min_size(span->n, ABOUT_CONTAINERS);
    for (uint32_t i = 0; i < to->n; i++)
        to->v[i] = container_of(inv, span->first + i);
}

void inventory_describe_task(const struct inventory *inv, const struct inventory_task *task, struct about_owner *owner)
{
    struct about_ecs *ecs = &owner->aws.ecs;
    struct view cluster = inventory_text(inv, task->cluster);

    *ecs = (struct about_ecs){0};
    ecs->cluster = name_in(cluster);
    if (view_starts(cluster, "arn:"))
        ecs->cluster_arn = cluster;
    ecs->task = inventory_text(inv, task->thing.id[0]);
    ecs->definition = name_in(inventory_text(inv, task->definition));
    ecs->group = inventory_text(inv, task->group);
    ecs->launch_type = inventory_text(inv, task->launch_type);
    fill_containers(inv, &ecs->containers, &task->containers);
    fill(inv, &owner->aws.account, task->account);
    fill(inv, &owner->aws.region, task->region);
    fill(inv, &owner->aws.subnet, task->subnet);
    fill(inv, &owner->aws.eni, task->interface_id);
    fill(inv, &owner->aws.instance, task->instance_id);
    fill_tags(inv, &owner->aws, &task->tags);
}

void inventory_describe_pod(const struct inventory *inv, const struct inventory_pod *pod, struct about_owner *owner)
{
    struct about_kubernetes *k = &owner->kubernetes;

    *k = (struct about_kubernetes){0};
    k->namespace = inventory_text(inv, pod->namespace);
    k->pod = inventory_text(inv, pod->name);
    k->uid = inventory_text(inv, pod->uid);
    k->node = inventory_text(inv, pod->node_name);
    k->owner_kind = inventory_text(inv, pod->owner_kind);
    k->owner_name = inventory_text(inv, pod->owner_name);
    k->service_account = inventory_text(inv, pod->service_account);
    fill_containers(inv, &k->containers, &pod->containers);
}

static void describe_interface(const struct inventory *inv, const struct inventory_interface *i, struct about_aws *aws)
{
    fill(inv, &aws->account, i->account);
    fill(inv, &aws->region, i->region);
    fill(inv, &aws->vpc, i->vpc);
    fill(inv, &aws->subnet, i->subnet);
    fill(inv, &aws->eni, i->thing.id[0]);
    fill_tags(inv, aws, &i->tags);
}

static void describe_instance(const struct inventory *inv, const struct inventory_instance *i, struct about_aws *aws)
{
    fill(inv, &aws->account, i->account);
    fill(inv, &aws->region, i->region);
    fill(inv, &aws->vpc, i->vpc);
    fill(inv, &aws->subnet, i->subnet);
    fill(inv, &aws->instance, i->thing.id[0]);
    if (view_eq(aws->instance, inventory_text(inv, i->thing.id[0])))
        fill(inv, &aws->instance_type, i->type);
    fill_tags(inv, aws, &i->tags);
}

/* The most particular first: what it says goes before what the others say. */
static void describe_place(const struct inventory *inv, const struct inventory_place *p, struct about_owner *owner)
{
    const struct inventory_instance *attached = NULL;

    owner->source = OWNER_INVENTORY;
    if (p->task) {
        inventory_describe_task(inv, p->task, owner);
        if (p->task->thing.flags & INVENTORY_METADATA)
            owner->source = OWNER_ECS_METADATA;
    }
    if (p->pod)
        inventory_describe_pod(inv, p->pod, owner);
    if (p->interface) {
        struct inventory_interface bare = *p->interface;

        /* Of a machine its own subnet and tags are meant, not those of one of its interfaces. */
        bare.tags = (struct inventory_span){0};
        describe_interface(inv, &bare, &owner->aws);
        attached = record(inv, INVENTORY_INSTANCES, p->interface->instance);
    }
    if (p->instance)
        describe_instance(inv, p->instance, &owner->aws);
    else if (attached)
        describe_instance(inv, attached, &owner->aws);
    if (p->interface)
        fill_tags(inv, &owner->aws, &p->interface->tags);
    if (p->node)
        fill(inv, &owner->kubernetes.node, p->node->thing.id[0]);
    fill(inv, &owner->aws.vpc, p->vpc);
}

/* --- candidates --------------------------------------------------------------------------------- */

static void add_candidate(struct about_owner *owner, struct about_candidate c)
{
    if (owner->n_candidates < ABOUT_CANDIDATES)
        owner->candidates[owner->n_candidates++] = c;
    owner->candidates_total++;
}

static struct about_candidate candidate_task(const struct inventory *inv, const struct inventory_task *task)
{
    return (struct about_candidate){
        .kind = view_str("ecs-task"),
        .id = inventory_text(inv, task->thing.id[0]),
        .what = name_in(inventory_text(inv, task->definition)),
    };
}

static struct about_candidate candidate_pod(const struct inventory *inv, const struct inventory_pod *pod)
{
    return (struct about_candidate){
        .kind = view_str("pod"),
        .id = inventory_text(inv, pod->path),
        .what = inventory_text(inv, pod->owner_name),
    };
}

/* The tag that people give names by. */
static struct view name_tag(const struct inventory *inv, const struct inventory_span *span)
{
    const struct inventory_tag *tags = inventory_at(inv, INVENTORY_TAGS, span->first);

    for (uint32_t i = 0; i < span->n; i++)
        if (view_is(inventory_text(inv, tags[i].key), "Name"))
            return inventory_text(inv, tags[i].value);
    return view_of(NULL, 0);
}

static struct about_candidate candidate_place(const struct inventory *inv, const struct inventory_place *p)
{
    struct about_candidate c = {.id = inventory_text(inv, inventory_place_thing(p)->id[0])};

    if (p->task)
        return candidate_task(inv, p->task);
    if (p->pod)
        return candidate_pod(inv, p->pod);
    if (p->instance) {
        c.kind = view_str("instance");
        c.what = name_tag(inv, &p->instance->tags);
    } else if (p->node) {
        c.kind = view_str("node");
    } else {
        c.kind = view_str("interface");
        c.what = inventory_text(inv, p->interface->description);
    }
    return c;
}

/* Tasks and pods that share the address of their machine, at the time. */
static void add_residents(const struct inventory *inv, const struct inventory_place *p, ns_t t, struct about_owner *owner)
{
    const uint32_t *residents = inventory_at(inv, INVENTORY_RESIDENTS, 0);

    for (uint32_t i = 0; p->instance && i < p->instance->tasks.n; i++) {
        uint32_t number = residents[p->instance->tasks.first + i];
        const struct inventory_task *task =
            number < inventory_n(inv, INVENTORY_TASKS) ? record(inv, INVENTORY_TASKS, number) : NULL;

        if (task && look_when_thing(&task->thing, t) != LOOK_NOT)
            add_candidate(owner, candidate_task(inv, task));
    }
    for (uint32_t i = 0; p->node && i < p->node->pods.n; i++) {
        uint32_t number = residents[p->node->pods.first + i];
        const struct inventory_pod *pod =
            number < inventory_n(inv, INVENTORY_PODS) ? record(inv, INVENTORY_PODS, number) : NULL;

        if (pod && look_when_thing(&pod->thing, t) != LOOK_NOT)
            add_candidate(owner, candidate_pod(inv, pod));
    }
    owner->candidate = owner->candidate || owner->candidates_total > 0;
}

static void keep_common(struct view *common, struct view other)
{
    if (!view_eq(*common, other))
        *common = view_of(NULL, 0);
}

/* Several things: what they have in common, and the list. */
static void describe_several(const struct inventory *inv, const struct inventory_answer *a, struct about_owner *owner)
{
    struct about_owner first = {.source = OWNER_NONE}, other;

    owner->source = OWNER_INVENTORY;
    describe_place(inv, &a->places[0], &first);
    for (size_t i = 0; i < a->n; i++) {
        add_candidate(owner, candidate_place(inv, &a->places[i]));
        other = (struct about_owner){.source = OWNER_NONE};
        describe_place(inv, &a->places[i], &other);
        keep_common(&first.aws.account, other.aws.account);
        keep_common(&first.aws.region, other.aws.region);
    }
    owner->aws.account = first.aws.account;
    owner->aws.region = first.aws.region;
}

/* The mirror that showed the packet: whose network it is, when the address itself is in no file. */
static void describe_session(const struct inventory *inv, const struct inventory_session *session, struct about_owner *owner)
{
    const struct inventory_interface *mirrored = record(inv, INVENTORY_INTERFACES, session->interface);

    owner->source = OWNER_INVENTORY;
    if (mirrored) {
        fill(inv, &owner->aws.account, mirrored->account);
        fill(inv, &owner->aws.region, mirrored->region);
        fill(inv, &owner->aws.vpc, mirrored->vpc);
    }
    fill(inv, &owner->aws.account, session->account);
}

void inventory_describe(const struct inventory *inv, const struct inventory_answer *a, const struct inventory_question *q,
                        struct about_owner *owner)
{
    if (a->n == 1) {
        describe_place(inv, &a->places[0], owner);
        if (a->places[0].is_shared)
            add_residents(inv, &a->places[0], q->time_ns, owner);
    } else if (a->n > 1) {
        describe_several(inv, a, owner);
    } else {
        describe_session(inv, a->tunnel.session, owner);
    }
    if (a->tunnel.session)
        owner->aws.session = inventory_text(inv, a->tunnel.session->thing.id[0]);
}

/* --- containers --------------------------------------------------------------------------------- */

static void narrow(struct about_containers *containers, struct view id)
{
    for (uint32_t i = 0; i < containers->n; i++) {
        if (view_eq(containers->v[i].id, id)) {
            containers->v[0] = containers->v[i];
            containers->n = containers->total = 1;
            return;
        }
    }
}

void inventory_narrow(struct about_owner *owner)
{
    if (owner->process.container.n == 0)
        return;
    narrow(&owner->aws.ecs.containers, owner->process.container);
    narrow(&owner->kubernetes.containers, owner->process.container);
}

static void one_container(const struct inventory *inv, struct about_containers *to, uint32_t container)
{
    to->v[0] = container_of(inv, container);
    to->n = to->total = 1;
}

/* The machine of a container, which ends what was said of another machine. */
static void describe_machine(const struct inventory *inv, const struct inventory_instance *machine, struct about_owner *owner)
{
    if (!machine)
        return;
    if (owner->aws.instance.n && !view_eq(owner->aws.instance, inventory_text(inv, machine->thing.id[0])))
        owner->aws = (struct about_aws){.session = owner->aws.session};
    describe_instance(inv, machine, &owner->aws);
}

bool inventory_find_container(const struct inventory *inv, struct view id, ns_t time_ns, struct about_owner *owner)
{
    const struct inventory_id *found = look_container(inv, id, time_ns);
    ns_t written;

    if (!found)
        return false;
    if (found->is_pod) {
        const struct inventory_pod *pod = inventory_at(inv, INVENTORY_PODS, found->thing);
        const struct inventory_node *node = record(inv, INVENTORY_NODES, pod->node);

        inventory_describe_pod(inv, pod, owner);
        one_container(inv, &owner->kubernetes.containers, found->container);
        describe_machine(inv, node ? record(inv, INVENTORY_INSTANCES, node->instance) : NULL, owner);
        written = pod->thing.written;
    } else {
        const struct inventory_task *task = inventory_at(inv, INVENTORY_TASKS, found->thing);
        const struct inventory_instance *machine = record(inv, INVENTORY_INSTANCES, task->instance);

        describe_machine(inv, machine, owner);
        owner->aws.n_tags = owner->aws.tags_total = 0;
        inventory_describe_task(inv, task, owner);
        one_container(inv, &owner->aws.ecs.containers, found->container);
        describe_machine(inv, machine, owner); /* its tags, when the task has none */
        if (owner->source == OWNER_NONE && (task->thing.flags & INVENTORY_METADATA))
            owner->source = OWNER_ECS_METADATA;
        written = task->thing.written;
    }
    owner->source = owner->source == OWNER_NONE || owner->source == OWNER_PROCESS ? OWNER_INVENTORY : owner->source;
    owner->candidate = false;
    owner->n_candidates = owner->candidates_total = 0;
    owner->has_age = owner->source == OWNER_INVENTORY;
    owner->age_s = owner->has_age && time_ns > written ? (int64_t)(((uint64_t)time_ns - (uint64_t)written) / NS_PER_SEC) : 0;
    return true;
}
