/*
 * json_owner.c - owner and place as JSON. What is unknown is absent.
 */
#include "config.h"

#include "output/json_owner.h"

#include "output/json_write.h"

#define UTF8_MAX 4 /* bytes of the longest character */

struct view json_owner_head(struct view text, size_t max, bool *cut)
{
    size_t n = min_size(text.n, max);

    *cut = n < text.n;
    for (size_t i = 1; *cut && i < UTF8_MAX && i < n; i++) {
        if ((text.p[n - i] & 0xc0) == 0xc0) { /* the first byte of a character that may go on behind the cut */
            size_t len;

            if (utf8_decode(view_skip(view_head(text, n), n - i), &len) == UINT32_MAX &&
                utf8_decode(view_skip(text, n - i), &len) != UINT32_MAX)
                return view_head(text, n - i);
            break;
        }
    }
    return view_head(text, n);
}

static void put_head(struct out *o, const char *key, struct view text, size_t max)
{
    bool cut;
    struct view head = json_owner_head(text, max, &cut);

    if (head.n)
        json_wire_text(o, key, head, cut);
}

static void put(struct out *o, const char *key, struct view text)
{
    put_head(o, key, text, JSON_OWNER_TEXT_MAX);
}

const char *json_owner_source(enum owner_source source)
{
    static const char *const names[] = {
        [OWNER_NONE] = "none",       [OWNER_INVENTORY] = "inventory", [OWNER_ECS_METADATA] = "ecs-metadata",
        [OWNER_DNS_LOG] = "dns-log", [OWNER_PROCESS] = "process",
    };

    return names[source];
}

static void put_container(struct out *o, const struct about_container *c)
{
    put(o, "container", c->name);
    put(o, "image", c->image);
    put(o, "image_digest", c->digest);
    put(o, "container_id", c->id);
}

/* One alone has its keys beside those of its task or pod; of several it is not known which one it was. */
static void put_containers(struct out *o, const struct about_containers *c)
{
    uint32_t n = c->n < ABOUT_CONTAINERS ? c->n : ABOUT_CONTAINERS;

    if (n == 1 && c->total <= 1) {
        put_container(o, &c->v[0]);
        return;
    }
    if (n > 0) {
        json_open(o, "containers", '[');
        for (uint32_t i = 0; i < n; i++) {
            json_open(o, NULL, '{');
            put_container(o, &c->v[i]);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    if (c->total)
        json_u64(o, "containers_total", c->total);
}

static void put_ecs(struct out *o, const struct about_ecs *ecs)
{
    if (!about_has_ecs(ecs))
        return;
    json_open(o, "ecs", '{');
    put(o, "cluster", ecs->cluster);
    put(o, "cluster_arn", ecs->cluster_arn);
    put(o, "task", ecs->task);
    put(o, "task_definition", ecs->definition);
    put(o, "group", ecs->group);
    put(o, "launch_type", ecs->launch_type);
    put_containers(o, &ecs->containers);
    json_close(o, '}');
}

/* The list in full, or only how many there are. */
static void put_tags(struct out *o, const struct about_aws *aws, bool whole)
{
    uint32_t n = !whole ? 0 : aws->n_tags < ABOUT_TAGS ? aws->n_tags : ABOUT_TAGS;

    if (n > 0) {
        json_open(o, "tags", '[');
        for (uint32_t i = 0; i < n; i++) {
            json_open(o, NULL, '{');
            put(o, "key", aws->tags[i].key);
            put(o, "value", aws->tags[i].value);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    if (aws->tags_total > n)
        json_u64(o, "tags_total", aws->tags_total);
}

static void put_aws(struct out *o, const struct about_owner *owner, bool whole)
{
    const struct about_aws *aws = &owner->aws;

    if (!about_has_aws(owner))
        return;
    json_open(o, "aws", '{');
    put(o, "account", aws->account);
    put(o, "region", aws->region);
    put(o, "vpc", aws->vpc);
    put(o, "subnet", aws->subnet);
    put(o, "eni", aws->eni);
    put(o, "instance", aws->instance);
    put(o, "instance_type", aws->instance_type);
    put(o, "session", aws->session);
    put_tags(o, aws, whole);
    put_ecs(o, &aws->ecs);
    json_close(o, '}');
}

static void put_kubernetes(struct out *o, const struct about_owner *owner)
{
    const struct about_kubernetes *k = &owner->kubernetes;

    if (!about_has_kubernetes(owner))
        return;
    json_open(o, "kubernetes", '{');
    put(o, "namespace", k->namespace);
    put(o, "pod", k->pod);
    put(o, "uid", k->uid);
    put(o, "node", k->node);
    put(o, "owner_kind", k->owner_kind);
    put(o, "owner_name", k->owner_name);
    put(o, "service_account", k->service_account);
    put_containers(o, &k->containers);
    json_close(o, '}');
}

static void put_process(struct out *o, const struct about_process *p, bool whole)
{
    uint32_t n = p->n_parents < ABOUT_PARENTS ? p->n_parents : ABOUT_PARENTS;

    if (!p->pid)
        return;
    json_open(o, "process", '{');
    json_u64(o, "pid", p->pid);
    json_u64(o, "uid", p->uid);
    if (p->started_ns)
        json_time(o, "started", p->started_ns);
    put(o, "name", p->name);
    put(o, "exe", p->exe);
    if (whole)
        put_head(o, "cmdline", p->cmdline, JSON_OWNER_CMDLINE_MAX);
    if (n > 0) {
        json_open(o, "parents", '[');
        for (uint32_t i = 0; i < n; i++)
            put(o, NULL, p->parents[i]);
        json_close(o, ']');
    }
    put(o, "container_id", p->container);
    json_close(o, '}');
}

static void put_candidates(struct out *o, const struct about_owner *owner, bool whole)
{
    uint32_t n = !whole ? 0 : owner->n_candidates < ABOUT_CANDIDATES ? owner->n_candidates : ABOUT_CANDIDATES;

    if (n > 0) {
        json_open(o, "candidates", '[');
        for (uint32_t i = 0; i < n; i++) {
            json_open(o, NULL, '{');
            put(o, "kind", owner->candidates[i].kind);
            put(o, "id", owner->candidates[i].id);
            put(o, "what", owner->candidates[i].what);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    if (owner->candidates_total)
        json_u64(o, "candidates_total", owner->candidates_total);
}

static void put_owner(struct out *o, const struct about_owner *owner, bool whole)
{
    if (owner->source == OWNER_NONE)
        return;
    json_open(o, "owner", '{');
    json_bool(o, "candidate", owner->candidate);
    json_string(o, "source", json_owner_source(owner->source));
    if (owner->has_age && owner->age_s >= 0)
        json_u64(o, "age_s", (uint64_t)owner->age_s);
    put_aws(o, owner, whole);
    put_kubernetes(o, owner);
    put_process(o, &owner->process, whole);
    put_candidates(o, owner, whole);
    json_close(o, '}');
}

void json_owner(struct out *o, const struct about_owner *owner)
{
    put_owner(o, owner, true);
}

void json_owner_short(struct out *o, const struct about_owner *owner)
{
    put_owner(o, owner, false);
}

void json_place(struct out *o, const struct about_place *place)
{
    if (place->asn)
        json_u64(o, "asn", place->asn);
    put(o, "as_org", place->organization);
    put(o, "country", place->country);
    put(o, "city", place->city);
}
