/*
 * inventory_ecs.c - what `aws ecs describe-...' prints: tasks, task definitions, container instances.
 *
 * From the reference of the ECS API and the examples of the AWS CLI. Of a task that has its own interface (network mode
 * awsvpc, always so on Fargate) the attachment tells the interface and the address; the address in it is spelled
 * privateIPv4Address, and privateIpv4Address in the containers.
 */
#include "config.h"

#include "enrich/inventory_reader.h"

static void bind_address(struct reader *r, uint32_t task, struct view text)
{
    struct net net;

    if (reader_net(r, text, &net))
        build_bind(r->b, LAYER_TASK, task, &net, false);
}

static void read_container(struct reader *r, const struct list_item *item, struct inventory_task *task)
{
    struct inventory_container *c = reader_add_container(r, &task->containers);

    if (!c)
        return;
    c->name = reader_text(r, item, "name");
    c->image = reader_text(r, item, "image");
    c->digest = reader_text(r, item, "imageDigest");
    c->id = reader_text(r, item, "runtimeId");
}

/* Addresses that the containers of a task say they have, which are all the same. */
static void bind_container(struct reader *r, const struct list_item *item, uint32_t task)
{
    for (size_t i = 0; i < list_item_count(item, "networkInterfaces"); i++) {
        const struct list_item *interface = list_item_at(item, "networkInterfaces", i);

        bind_address(r, task, list_item_text(interface, "privateIpv4Address"));
        bind_address(r, task, list_item_text(interface, "ipv6Address"));
    }
}

/* The name of a detail of an attachment, and its value. */
static struct view detail(const struct list_item *attachment, const char *name)
{
    for (size_t i = 0; i < list_item_count(attachment, "details"); i++) {
        const struct list_item *entry = list_item_at(attachment, "details", i);

        if (view_is(list_item_text(entry, "name"), name))
            return list_item_text(entry, "value");
    }
    return view_of(NULL, 0);
}

/* Volumes are attached to tasks too. */
static bool is_interface(const struct list_item *attachment)
{
    return view_is(list_item_text(attachment, "type"), "ElasticNetworkInterface") ||
           detail(attachment, "networkInterfaceId").n > 0;
}

static void read_attachments(struct reader *r, const struct list_item *item, struct inventory_task *task)
{
    for (size_t i = 0; i < list_item_count(item, "attachments"); i++) {
        const struct list_item *attachment = list_item_at(item, "attachments", i);

        if (!is_interface(attachment) || task->attachment != 0)
            continue;
        task->attachment = reader_text(r, attachment, "id");
        task->interface_id = build_text(r->b, detail(attachment, "networkInterfaceId"));
        task->subnet = build_text(r->b, detail(attachment, "subnetId"));
    }
}

static void bind_task(struct reader *r, const struct list_item *item, uint32_t task)
{
    for (size_t i = 0; i < list_item_count(item, "attachments"); i++) {
        const struct list_item *attachment = list_item_at(item, "attachments", i);

        if (is_interface(attachment)) {
            bind_address(r, task, detail(attachment, "privateIPv4Address"));
            bind_address(r, task, detail(attachment, "ipv6Address"));
        }
    }
    for (size_t i = 0; i < list_item_count(item, "containers"); i++)
        bind_container(r, list_item_at(item, "containers", i), task);
}

/* From when it was created until its last container ended. */
static void read_times(const struct list_item *item, struct inventory_task *task)
{
    ns_t end;

    task->begun = INVENTORY_ALWAYS;
    if (!reader_time(item, "pullStartedAt", &task->begun))
        (void)reader_time(item, "startedAt", &task->begun);
    if (!reader_time(item, "createdAt", &task->thing.from))
        task->thing.from = task->begun;
    if (reader_time(item, "executionStoppedAt", &end) || reader_time(item, "stoppedAt", &end))
        reader_end(&task->thing, end);
    else if (view_is(list_item_text(item, "lastStatus"), "STOPPED"))
        reader_ended(&task->thing);
}

void reader_task(struct reader *r, const struct list_item *item)
{
    struct view arn = list_item_text(item, "taskArn");
    uint32_t number = build_n(r->b, INVENTORY_TASKS);
    struct inventory_task *task;

    if (arn.n == 0) {
        reader_leave_out(r, "has no taskArn");
        return;
    }
    task = build_add(r->b, INVENTORY_TASKS);
    if (!task)
        return;
    task->thing = reader_thing(r, build_text(r->b, arn), 0, 0);
    read_times(item, task);
    task->cluster = reader_text(r, item, "clusterArn");
    task->definition = reader_text(r, item, "taskDefinitionArn");
    task->group = reader_text(r, item, "group");
    task->launch_type = reader_text(r, item, "launchType");
    task->container_instance = reader_text(r, item, "containerInstanceArn");
    task->region = build_text(r->b, reader_arn_region(arn));
    task->account = build_text(r->b, reader_arn_account(arn));
    read_attachments(r, item, task);
    for (size_t i = 0; i < list_item_count(item, "containers"); i++)
        read_container(r, list_item_at(item, "containers", i), task);
    reader_tags(r, item, "tags", "key", "value", &task->tags);
    bind_task(r, item, number);
    r->o->n_things++;
}

void reader_definition(struct reader *r, const struct list_item *item)
{
    uint32_t arn = reader_text(r, item, "taskDefinitionArn");
    struct build_definition *definition;

    if (arn == 0) {
        reader_leave_out(r, "has no taskDefinitionArn");
        return;
    }
    definition = build_add(r->b, BUILD_DEFINITIONS);
    if (!definition)
        return;
    definition->arn = arn;
    definition->containers.first = build_n(r->b, BUILD_DEFINED);
    for (size_t i = 0; i < list_item_count(item, "containerDefinitions") && i < INVENTORY_CONTAINERS_MAX; i++) {
        const struct list_item *defined = list_item_at(item, "containerDefinitions", i);
        struct inventory_container *c = build_add(r->b, BUILD_DEFINED);

        if (!c)
            return;
        c->name = reader_text(r, defined, "name");
        c->image = reader_text(r, defined, "image");
        definition->containers.n++;
    }
    r->o->n_things++;
}

void reader_machine(struct reader *r, const struct list_item *item)
{
    uint32_t arn = reader_text(r, item, "containerInstanceArn"), instance = reader_text(r, item, "ec2InstanceId");
    struct build_machine *machine;

    if (arn == 0) {
        reader_leave_out(r, "has no containerInstanceArn");
        return;
    }
    if (instance == 0)
        return; /* of a machine that is none of EC2's */
    machine = build_add(r->b, BUILD_MACHINES);
    if (!machine)
        return;
    *machine = (struct build_machine){arn, instance};
    r->o->n_things++;
}

/* `aws ecs list-tasks' prints names alone. */
void reader_name(struct reader *r, const struct list_item *item)
{
    (void)r;
    (void)item;
}
