/*
 * inventory_kubernetes.c - what `kubectl get ... -o json' prints: pods and nodes.
 *
 * From the Kubernetes API reference, core/v1. A pod with the network of its node has the node's address, which therefore is not
 * bound to it. A pod that has ended keeps its address in its status although another may have it.
 */
#include "config.h"

#include "enrich/inventory_reader.h"

/* --- containers --------------------------------------------------------------------------------- */

/* Behind the scheme: the identifier in containerd://0123. */
static struct view behind_scheme(struct view text)
{
    size_t slash = view_find_last(text, '/');

    return slash < text.n ? view_skip(text, slash + 1) : text;
}

/* The digest in docker-pullable://registry/name@sha256:0123, or empty. */
static struct view digest_of(struct view image_id)
{
    size_t at = view_find_last(image_id, '@');
    struct view digest = at < image_id.n ? view_skip(image_id, at + 1) : image_id;

    return view_starts(digest, "sha256:") ? digest : view_of(NULL, 0);
}

/* The entry of a list of statuses that has the name, or NULL. */
static const struct list_item *status_of(const struct list_item *status, const char *list, struct view name)
{
    for (size_t i = 0; i < list_item_count(status, list); i++) {
        const struct list_item *entry = list_item_at(status, list, i);

        if (view_eq(list_item_text(entry, "name"), name))
            return entry;
    }
    return NULL;
}

static void read_container(struct reader *r, const struct list_item *spec, const struct list_item *status,
                           struct inventory_pod *pod)
{
    struct inventory_container *c = reader_add_container(r, &pod->containers);

    if (!c)
        return;
    c->name = reader_text(r, spec, "name");
    c->image = reader_text(r, spec, "image");
    c->digest = build_text(r->b, digest_of(list_item_text(status, "imageID")));
    c->id = build_text(r->b, behind_scheme(list_item_text(status, "containerID")));
}

/* Those that run only at the start, or for a debugger, count while they run. */
static void read_running(struct reader *r, const struct list_item *status, const char *list, struct inventory_pod *pod)
{
    for (size_t i = 0; i < list_item_count(status, list); i++) {
        const struct list_item *entry = list_item_at(status, list, i);

        if (list_item_member(list_item_member(entry, "state"), "running"))
            read_container(r, entry, entry, pod);
    }
}

static void read_containers(struct reader *r, const struct list_item *spec, const struct list_item *status,
                            struct inventory_pod *pod)
{
    for (size_t i = 0; i < list_item_count(spec, "containers"); i++) {
        const struct list_item *container = list_item_at(spec, "containers", i);

        const struct list_item *running = NULL;

        if (pod->containers.n < INVENTORY_CONTAINERS_MAX) /* the rest is only counted: no search for each */
            running = status_of(status, "containerStatuses", list_item_text(container, "name"));
        read_container(r, container, running, pod);
    }
    read_running(r, status, "initContainerStatuses", pod);
    read_running(r, status, "ephemeralContainerStatuses", pod);
}

/* --- pods --------------------------------------------------------------------------------------- */

/* The end of the container that ended last. */
static void read_end(const struct list_item *status, struct inventory_pod *pod)
{
    bool has_end = false;
    ns_t end = 0, t;

    for (size_t i = 0; i < list_item_count(status, "containerStatuses"); i++) {
        const struct list_item *state = list_item_member(list_item_at(status, "containerStatuses", i), "state");

        if (reader_time(list_item_member(state, "terminated"), "finishedAt", &t) && (!has_end || t > end)) {
            has_end = true;
            end = t;
        }
    }
    if (has_end)
        reader_end(&pod->thing, end);
    else
        reader_ended(&pod->thing);
}

static void read_times(const struct list_item *metadata, const struct list_item *status, struct inventory_pod *pod)
{
    struct view phase = list_item_text(status, "phase");

    if (!reader_time(status, "startTime", &pod->thing.from))
        (void)reader_time(metadata, "creationTimestamp", &pod->thing.from);
    if (view_is(phase, "Succeeded") || view_is(phase, "Failed"))
        read_end(status, pod);
}

/* The controller, or the first owner. */
static void read_owner(struct reader *r, const struct list_item *metadata, struct inventory_pod *pod)
{
    const struct list_item *owner = list_item_at(metadata, "ownerReferences", 0);

    for (size_t i = 0; i < list_item_count(metadata, "ownerReferences"); i++)
        if (list_item_is_true(list_item_at(metadata, "ownerReferences", i), "controller"))
            owner = list_item_at(metadata, "ownerReferences", i);
    pod->owner_kind = reader_text(r, owner, "kind");
    pod->owner_name = reader_text(r, owner, "name");
}

static uint32_t path_of(struct reader *r, struct view namespace, struct view name)
{
    char text[INVENTORY_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    out_bytes(&o, namespace);
    out_char(&o, '/');
    out_bytes(&o, name);
    return build_text(r->b, out_view(&o));
}

static void bind_pod(struct reader *r, const struct list_item *status, uint32_t pod)
{
    struct net net;

    if (reader_net(r, list_item_text(status, "podIP"), &net))
        build_bind(r->b, LAYER_POD, pod, &net, false);
    for (size_t i = 0; i < list_item_count(status, "podIPs"); i++)
        if (reader_net(r, list_item_text(list_item_at(status, "podIPs", i), "ip"), &net))
            build_bind(r->b, LAYER_POD, pod, &net, false);
}

void reader_pod(struct reader *r, const struct list_item *item)
{
    const struct list_item *metadata = list_item_member(item, "metadata"), *spec = list_item_member(item, "spec");
    const struct list_item *status = list_item_member(item, "status");
    uint32_t number = build_n(r->b, INVENTORY_PODS), name = reader_text(r, metadata, "name");
    uint32_t namespace = reader_text(r, metadata, "namespace"), uid = reader_text(r, metadata, "uid");
    struct inventory_pod *pod;

    if (name == 0) {
        reader_leave_out(r, "has no metadata.name");
        return;
    }
    pod = build_add(r->b, INVENTORY_PODS);
    if (!pod)
        return;
    pod->thing = uid ? reader_thing(r, uid, 0, 0) : reader_thing(r, 0, namespace, name);
    pod->namespace = namespace;
    pod->name = name;
    pod->uid = uid;
    pod->path = path_of(r, list_item_text(metadata, "namespace"), list_item_text(metadata, "name"));
    pod->node_name = reader_text(r, spec, "nodeName");
    pod->host = reader_text(r, status, "hostIP");
    pod->service_account = reader_text(r, spec, "serviceAccountName");
    if (list_item_is_true(spec, "hostNetwork"))
        pod->thing.flags |= INVENTORY_HOST;
    read_owner(r, metadata, pod);
    read_times(metadata, status, pod);
    read_containers(r, spec, status, pod);
    if (!(pod->thing.flags & INVENTORY_HOST))
        bind_pod(r, status, number);
    r->o->n_things++;
}

/* --- nodes -------------------------------------------------------------------------------------- */

/* The instance in aws:///us-east-1a/i-0123; other providers have none. */
static struct view instance_of(struct view provider)
{
    struct view last = behind_scheme(provider);

    return view_starts(provider, "aws:") && view_starts(last, "i-") ? last : view_of(NULL, 0);
}

void reader_node(struct reader *r, const struct list_item *item)
{
    const struct list_item *metadata = list_item_member(item, "metadata"), *status = list_item_member(item, "status");
    uint32_t name = reader_text(r, metadata, "name"), number = build_n(r->b, INVENTORY_NODES);
    uint32_t instance = build_text(r->b, instance_of(list_item_text(list_item_member(item, "spec"), "providerID")));
    struct inventory_node *node;
    struct net net;

    if (name == 0) {
        reader_leave_out(r, "has no metadata.name");
        return;
    }
    node = build_add(r->b, INVENTORY_NODES);
    if (!node)
        return;
    node->thing = reader_thing(r, name, instance, 0);
    (void)reader_time(metadata, "creationTimestamp", &node->thing.from);
    for (size_t i = 0; i < list_item_count(status, "addresses"); i++) {
        const struct list_item *entry = list_item_at(status, "addresses", i);

        if (view_is(list_item_text(entry, "type"), "InternalIP") && reader_net(r, list_item_text(entry, "address"), &net))
            build_bind(r->b, LAYER_NODE, number, &net, true);
    }
    r->o->n_things++;
}
