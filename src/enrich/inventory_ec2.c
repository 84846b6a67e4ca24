/*
 * inventory_ec2.c - what `aws ec2 describe-...' prints: mirror sessions and filters, network interfaces, instances.
 *
 * From the reference of the EC2 API (DescribeTrafficMirrorSessions, DescribeTrafficMirrorFilters, DescribeNetworkInterfaces,
 * DescribeInstances) and the examples of the AWS CLI.
 */
#include "config.h"

#include "enrich/inventory_reader.h"

#define VNI_MAX ((1 << 24) - 1) /* RFC 7348 section 5 */

void reader_session(struct reader *r, const struct list_item *item)
{
    uint32_t id = reader_text(r, item, "TrafficMirrorSessionId"), interface = reader_text(r, item, "NetworkInterfaceId");
    uint32_t filter = reader_text(r, item, "TrafficMirrorFilterId"), account = reader_text(r, item, "OwnerId");
    struct inventory_session *session;
    int64_t vni;

    if (id == 0 || interface == 0) {
        reader_leave_out(r, "has no %s", id ? "NetworkInterfaceId" : "TrafficMirrorSessionId");
        return;
    }
    if (!list_item_integer(item, "VirtualNetworkId", &vni) || vni < 0 || vni > VNI_MAX) {
        reader_leave_out(r, "has no VirtualNetworkId, a number up to %d", VNI_MAX);
        return;
    }
    session = build_add(r->b, INVENTORY_SESSIONS);
    if (!session)
        return;
    session->thing = reader_thing(r, id, interface, reader_number(r, (uint64_t)vni));
    session->vni = (uint32_t)vni;
    session->filter = filter;
    session->account = account;
    r->o->n_things++;
}

void reader_filter(struct reader *r, const struct list_item *item)
{
    uint32_t id = reader_text(r, item, "TrafficMirrorFilterId");
    struct inventory_filter *filter;

    if (id == 0) {
        reader_leave_out(r, "has no TrafficMirrorFilterId");
        return;
    }
    filter = build_add(r->b, INVENTORY_FILTERS);
    if (!filter)
        return;
    filter->thing = reader_thing(r, id, 0, 0);
    for (size_t i = 0; i < list_item_count(item, "NetworkServices"); i++)
        if (view_is(list_item_string(list_item_at(item, "NetworkServices", i)), "amazon-dns"))
            filter->thing.flags |= INVENTORY_DNS;
    r->o->n_things++;
}

/* Where mirrored packets go says nothing of who sent them. */
void reader_target(struct reader *r, const struct list_item *item)
{
    (void)r;
    (void)item;
}

/* --- network interfaces ------------------------------------------------------------------------- */

/* The attachment of ECS in a description such as arn:aws:ecs:us-east-1:111122223333:attachment/a1b2. */
static struct view attachment_of(struct view description)
{
    static const char mark[] = ":attachment/";
    size_t slash = view_find_last(description, '/');
    size_t n = sizeof(mark) - 1;

    if (!view_starts(description, "arn:") || slash == description.n || slash + 1 < n ||
        !view_is(view_sub(description, slash + 1 - n, n), mark))
        return view_of(NULL, 0);
    return view_skip(description, slash + 1);
}

static void bind_list(struct reader *r, const struct list_item *item, const char *list, const char *member, uint32_t interface,
                      const struct net *primary)
{
    for (size_t i = 0; i < list_item_count(item, list); i++) {
        struct net net;

        if (!reader_net(r, list_item_text(list_item_at(item, list, i), member), &net))
            continue;
        if (!primary || net.bits != primary->bits || !addr_eq(&net.addr, &primary->addr))
            build_bind(r->b, LAYER_INTERFACE, interface, &net, false);
    }
}

/* The primary address stands alone too, or is marked in the list. */
static struct view primary_of(const struct list_item *item)
{
    struct view text = list_item_text(item, "PrivateIpAddress");

    for (size_t i = 0; text.n == 0 && i < list_item_count(item, "PrivateIpAddresses"); i++) {
        const struct list_item *entry = list_item_at(item, "PrivateIpAddresses", i);

        if (list_item_is_true(entry, "Primary"))
            text = list_item_text(entry, "PrivateIpAddress");
    }
    return text;
}

static void bind_interface(struct reader *r, const struct list_item *item, uint32_t interface)
{
    struct net primary;
    bool has_primary = reader_net(r, primary_of(item), &primary);

    if (has_primary)
        build_bind(r->b, LAYER_INTERFACE, interface, &primary, true);
    bind_list(r, item, "PrivateIpAddresses", "PrivateIpAddress", interface, has_primary ? &primary : NULL);
    bind_list(r, item, "Ipv6Addresses", "Ipv6Address", interface, NULL);
    bind_list(r, item, "Ipv4Prefixes", "Ipv4Prefix", interface, NULL);
    bind_list(r, item, "Ipv6Prefixes", "Ipv6Prefix", interface, NULL);
}

/* An interface on its own, or (instance is not 0) within its instance, which prints less of it. */
static void read_interface(struct reader *r, const struct list_item *item, uint32_t instance, struct view zone)
{
    const struct list_item *attachment = list_item_member(item, "Attachment");
    struct view description = list_item_text(item, "Description");
    uint32_t id = reader_text(r, item, "NetworkInterfaceId"), number = build_n(r->b, INVENTORY_INTERFACES);
    struct inventory_interface *interface;

    if (id == 0) {
        reader_leave_out(r, "has no NetworkInterfaceId");
        return;
    }
    if (instance == 0)
        instance = reader_text(r, attachment, "InstanceId");
    interface = build_add(r->b, INVENTORY_INTERFACES);
    if (!interface)
        return;
    interface->thing = reader_thing(r, id, instance, build_text(r->b, attachment_of(description)));
    (void)reader_time(attachment, "AttachTime", &interface->thing.from);
    interface->vpc = reader_text(r, item, "VpcId");
    interface->subnet = reader_text(r, item, "SubnetId");
    interface->account = reader_text(r, item, "OwnerId");
    interface->region = build_text(r->b, reader_zone_region(zone));
    interface->description = build_text(r->b, description);
    reader_tags(r, item, "TagSet", "Key", "Value", &interface->tags);
    bind_interface(r, item, number);
}

void reader_interface(struct reader *r, const struct list_item *item)
{
    uint32_t before = build_n(r->b, INVENTORY_INTERFACES);

    read_interface(r, item, 0, list_item_text(item, "AvailabilityZone"));
    r->o->n_things += build_n(r->b, INVENTORY_INTERFACES) - before;
}

/* --- instances ---------------------------------------------------------------------------------- */

static void bind_instance(struct reader *r, const struct list_item *item, uint32_t instance)
{
    struct net net;

    if (reader_net(r, list_item_text(item, "PrivateIpAddress"), &net))
        build_bind(r->b, LAYER_INSTANCE, instance, &net, true);
    if (reader_net(r, list_item_text(item, "Ipv6Address"), &net))
        build_bind(r->b, LAYER_INSTANCE, instance, &net, true);
}

static void read_instance(struct reader *r, const struct list_item *item, uint32_t account)
{
    struct view zone = list_item_text(list_item_member(item, "Placement"), "AvailabilityZone");
    uint32_t id = reader_text(r, item, "InstanceId"), number = build_n(r->b, INVENTORY_INSTANCES);
    struct inventory_instance *instance;

    if (id == 0) {
        reader_leave_out(r, "has no InstanceId");
        return;
    }
    instance = build_add(r->b, INVENTORY_INSTANCES);
    if (!instance)
        return;
    instance->thing = reader_thing(r, id, 0, 0);
    (void)reader_time(item, "LaunchTime", &instance->thing.from);
    instance->vpc = reader_text(r, item, "VpcId");
    instance->subnet = reader_text(r, item, "SubnetId");
    instance->account = account;
    instance->region = build_text(r->b, reader_zone_region(zone));
    instance->type = reader_text(r, item, "InstanceType");
    reader_tags(r, item, "Tags", "Key", "Value", &instance->tags);
    bind_instance(r, item, number);
    r->o->n_things++;
    for (size_t i = 0; i < list_item_count(item, "NetworkInterfaces"); i++)
        read_interface(r, list_item_at(item, "NetworkInterfaces", i), id, zone);
}

void reader_reservation(struct reader *r, const struct list_item *item)
{
    uint32_t account = reader_text(r, item, "OwnerId");

    r->sub = "Instances";
    for (size_t i = 0; i < list_item_count(item, r->sub); i++) {
        r->sub_index = (uint32_t)i;
        read_instance(r, list_item_at(item, r->sub, i), account);
    }
    r->sub = NULL;
}
