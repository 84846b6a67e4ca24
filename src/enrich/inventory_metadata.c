/*
 * inventory_metadata.c - what the ECS task metadata endpoint, version 4, says of the task that the sensor runs in: /task and
 * /taskWithTags.
 *
 * From the ECS developer guide, "Amazon ECS task metadata endpoint version 4". It has no time of its end: the task is there as
 * long as whoever asks.
 */
#include "config.h"

#include "enrich/inventory_reader.h"

/* arn or name of the cluster; family:revision, which the ARN of the definition ends with too. */
static void read_names(struct reader *r, const struct list_item *item, struct inventory_task *task)
{
    struct view service = list_item_text(item, "ServiceName"), family = list_item_text(item, "Family");
    char text[512]; /* a family has up to 255 characters, and so has a service */
    struct out o = out_of(text, sizeof(text));

    task->cluster = reader_text(r, item, "Cluster");
    task->launch_type = reader_text(r, item, "LaunchType");
    if (family.n) {
        out_bytes(&o, family);
        out_char(&o, ':');
        out_bytes(&o, list_item_text(item, "Revision"));
        task->definition = build_text(r->b, out_view(&o));
    }
    if (service.n) {
        o = out_of(text, sizeof(text));
        out_str(&o, "service:");
        out_bytes(&o, service);
        task->group = build_text(r->b, out_view(&o));
    }
}

static void read_container(struct reader *r, const struct list_item *item, struct inventory_task *task)
{
    struct inventory_container *c;

    if (view_is(list_item_text(item, "Type"), "CNI_PAUSE"))
        return; /* the agent's own, which holds the network */
    c = reader_add_container(r, &task->containers);
    if (!c)
        return;
    c->name = reader_text(r, item, "Name");
    c->image = reader_text(r, item, "Image");
    c->digest = reader_text(r, item, "ImageID");
    c->id = reader_text(r, item, "DockerId");
}

static void bind_list(struct reader *r, const struct list_item *network, const char *list, uint32_t task)
{
    for (size_t i = 0; i < list_item_count(network, list); i++) {
        struct net net;

        if (reader_net(r, list_item_string(list_item_at(network, list, i)), &net))
            build_bind(r->b, LAYER_TASK, task, &net, false);
    }
}

static void bind_containers(struct reader *r, const struct list_item *item, uint32_t task)
{
    for (size_t i = 0; i < list_item_count(item, "Containers"); i++) {
        const struct list_item *container = list_item_at(item, "Containers", i);

        for (size_t k = 0; k < list_item_count(container, "Networks"); k++) {
            bind_list(r, list_item_at(container, "Networks", k), "IPv4Addresses", task);
            bind_list(r, list_item_at(container, "Networks", k), "IPv6Addresses", task);
        }
    }
}

/* Since its first container was made, or its first image was asked for. */
static void read_times(const struct list_item *item, struct inventory_task *task)
{
    ns_t t;

    task->begun = INVENTORY_ALWAYS;
    (void)reader_time(item, "PullStartedAt", &task->begun);
    for (size_t i = 0; i < list_item_count(item, "Containers"); i++)
        if (reader_time(list_item_at(item, "Containers", i), "CreatedAt", &t) &&
            (task->begun == INVENTORY_ALWAYS || t < task->begun))
            task->begun = t;
    task->thing.from = task->begun;
}

/* An object whose members are the tags. */
static void read_tags(struct reader *r, struct inventory_task *task)
{
    struct json_val tags = json_member(&r->object, "TaskTags"), key, value;
    struct json_walk walk = json_walk_of(&tags);
    char text[INVENTORY_TEXT_MAX];

    while (tags.type == JSON_OBJECT && json_next_member(&walk, &key, &value)) {
        struct out o = out_of(text, sizeof(text));
        uint32_t name;

        if (value.type != JSON_STRING)
            continue;
        json_unescape(&key, &o);
        name = build_text(r->b, out_view(&o));
        o = out_of(text, sizeof(text));
        json_unescape(&value, &o);
        reader_add_tag(r, &task->tags, name, build_text(r->b, out_view(&o)));
    }
}

void reader_metadata(struct reader *r, const struct list_item *item)
{
    struct view arn = list_item_text(item, "TaskARN");
    uint32_t number = build_n(r->b, INVENTORY_TASKS);
    struct inventory_task *task;

    if (arn.n == 0) {
        reader_leave_out(r, "has no TaskARN");
        return;
    }
    task = build_add(r->b, INVENTORY_TASKS);
    if (!task)
        return;
    task->thing = reader_thing(r, build_text(r->b, arn), 0, 0);
    task->thing.flags = INVENTORY_METADATA;
    read_times(item, task);
    read_names(r, item, task);
    task->region = build_text(r->b, reader_arn_region(arn));
    task->account = build_text(r->b, reader_arn_account(arn));
    for (size_t i = 0; i < list_item_count(item, "Containers"); i++)
        read_container(r, list_item_at(item, "Containers", i), task);
    read_tags(r, task);
    bind_containers(r, item, number);
    r->o->n_things++;
}
