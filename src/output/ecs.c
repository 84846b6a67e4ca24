/*
 * ecs.c - a finding as an alert by the Elastic Common Schema.
 *
 * Source: ECS 8.11, https://www.elastic.co/guide/en/ecs/8.11. Bytes are TCP payload. What the schema has no field for is in the
 * finding itself, below the key `countermine'.
 */
#include "config.h"

#include "output/ecs.h"

#include "base/out.h"
#include "finding/wording.h"
#include "output/community_id.h"
#include "output/json_facts.h"
#include "output/json_write.h"

#define ECS_VERSION "8.11.0"
#define NATIVE_ROOM 98304 /* bytes of a record that all but the finding itself fits in */

static void put_time(struct out *o, ns_t t)
{
    json_instant(o, "@timestamp", t, 6, "Z");
    json_open(o, "ecs", '{');
    json_string(o, "version", ECS_VERSION);
    json_close(o, '}');
}

static void put_observer(struct out *o, const struct output_context *ctx)
{
    json_open(o, "observer", '{');
    if (ctx->sensor)
        json_view(o, "name", view_str(ctx->sensor));
    json_string(o, "type", "sensor");
    json_string(o, "vendor", "countermine");
    json_string(o, "product", "countermine");
    json_string(o, "version", PACKAGE_VERSION);
    json_close(o, '}');
}

static void put_categories(struct out *o, const struct facts *x)
{
    json_open(o, "category", '[');
    json_string(o, NULL, "network");
    json_string(o, NULL, "intrusion_detection");
    json_close(o, ']');
    json_open(o, "type", '[');
    json_string(o, NULL, x->asks ? "info" : "connection");
    if (x->state == FINDING_CLOSED)
        json_string(o, NULL, "end");
    json_close(o, ']');
}

static void put_event(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    char text[FACTS_SENTENCE], action[64];
    struct out a = out_of(action, sizeof(action));

    wording_summary(x->f, x->about, ctx->language, text, sizeof(text));
    out_fmt(&a, "%s-%s", finding_kind_name(x->f->kind), stage_name(x->f->stage));
    json_open(o, "event", '{');
    json_string(o, "module", "countermine");
    json_string(o, "kind", "alert");
    put_categories(o, x);
    json_string(o, "action", action);
    json_string(o, "id", x->f->id);
    json_string(o, "reason", text);
    json_u64(o, "severity", x->severity->ecs);
    json_fixed(o, "risk_score", x->f->severity * 10, 0);
    json_string(o, "dataset", "countermine.finding");
    json_instant(o, "start", x->f->first_ns, 6, "Z");
    json_instant(o, "end", x->f->last_ns, 6, "Z");
    json_close(o, '}');
    wording_title(x->f, x->about, ctx->language, text, sizeof(text));
    json_string(o, "message", text);
    json_open(o, "rule", '{');
    json_string(o, "id", finding_kind_name(x->f->kind));
    json_string(o, "name", x->type);
    json_string(o, "category", "CryptoCurrency");
    json_close(o, '}');
}

static void put_network(struct out *o, const struct facts *x)
{
    static const char *const directions[] = {
        [FACTS_UNKNOWN] = "unknown",   [FACTS_INBOUND] = "inbound",   [FACTS_OUTBOUND] = "outbound",
        [FACTS_INTERNAL] = "internal", [FACTS_EXTERNAL] = "external",
    };
    const struct finding_flow *fl = x->flow;
    char id[COMMUNITY_ID_MAX];

    json_open(o, "network", '{');
    json_string(o, "direction", directions[x->direction]);
    if (x->asks)
        json_string(o, "protocol", "dns");
    else if (x->f->protocol != PROTOCOL_UNKNOWN)
        json_string(o, "protocol", mining_protocol_name((enum mining_protocol)x->f->protocol));
    if (fl) {
        json_string(o, "transport", "tcp");
        json_string(o, "type", addr_is_v4(&fl->miner.addr) ? "ipv4" : "ipv6");
        community_id_tcp(&fl->miner, &fl->pool, id);
        json_string(o, "community_id", id);
        json_u64(o, "bytes", fl->bytes[0] + fl->bytes[1]);
        json_u64(o, "packets", (uint64_t)fl->packets[0] + fl->packets[1]);
    }
    json_close(o, '}');
}

/* Where in the world the other side is. */
static void put_place(struct out *o, const struct about_place *p)
{
    if (p->country.n || p->city.n) {
        json_open(o, "geo", '{');
        json_view(o, "country_iso_code", p->country);
        json_view(o, "city_name", p->city);
        json_close(o, '}');
    }
    if (p->asn) {
        json_open(o, "as", '{');
        json_u64(o, "number", p->asn);
        if (p->organization.n) {
            json_open(o, "organization", '{');
            json_view(o, "name", p->organization);
            json_close(o, '}');
        }
        json_close(o, '}');
    }
}

/* One end; direction 0 is the client's. */
static void put_end(struct out *o, const struct facts *x, int direction)
{
    const struct endpoint *e = direction ? facts_server(x) : facts_client(x);
    bool is_machine = (direction == 1) == x->serves;

    json_open(o, direction ? "destination" : "source", '{');
    json_addr(o, "ip", &e->addr);
    json_port(o, "port", e->port);
    if (is_machine && x->f->has_mac) {
        const uint8_t *m = x->f->mac;
        char text[18];
        struct out s = out_of(text, sizeof(text));

        out_fmt(&s, "%02X-%02X-%02X-%02X-%02X-%02X", m[0], m[1], m[2], m[3], m[4], m[5]); /* RFC 7042, as ECS wants */
        json_string(o, "mac", text);
    }
    if (!is_machine && !x->asks) {
        json_finding_text(o, "domain", x->domain);
        put_place(o, x->place);
    }
    if (x->flow) {
        json_u64(o, "bytes", x->flow->bytes[direction]);
        json_u64(o, "packets", x->flow->packets[direction]);
    }
    json_close(o, '}');
}

static void put_ends(struct out *o, const struct facts *x)
{
    if (x->has_other) {
        put_end(o, x, 0);
        put_end(o, x, 1);
    } else {
        put_end(o, x, x->serves); /* the machine's */
    }
    if (x->question) {
        json_open(o, "dns", '{');
        json_string(o, "type", x->f->n_answers ? "answer" : "query");
        json_open(o, "question", '{');
        json_finding_text(o, "name", x->question);
        json_close(o, '}');
        json_close(o, '}');
    }
}

static void put_cloud(struct out *o, const struct about_aws *aws)
{
    json_open(o, "cloud", '{');
    json_string(o, "provider", "aws");
    if (aws->account.n) {
        json_open(o, "account", '{');
        json_view(o, "id", aws->account);
        json_close(o, '}');
    }
    json_view(o, "region", aws->region);
    if (aws->instance.n) {
        json_open(o, "instance", '{');
        json_view(o, "id", aws->instance);
        json_close(o, '}');
    }
    if (aws->instance_type.n) {
        json_open(o, "machine", '{');
        json_view(o, "type", aws->instance_type);
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_container(struct out *o, const struct about_container *c, struct view id)
{
    json_open(o, "container", '{');
    json_view(o, "id", id);
    if (c) {
        json_view(o, "name", c->name);
    }
    if (c && (c->image.n || c->digest.n)) {
        json_open(o, "image", '{');
        json_view(o, "name", c->image);
        if (c->digest.n) {
            json_open(o, "hash", '{');
            json_open(o, "all", '[');
            json_view(o, NULL, c->digest);
            json_close(o, ']');
            json_close(o, '}');
        }
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_resource(struct out *o, const char *type, struct view id, struct view name)
{
    json_open(o, "resource", '{');
    json_string(o, "type", type);
    json_view(o, "id", id);
    json_view(o, "name", name);
    json_close(o, '}');
}

/* A pod or a task. */
static void put_orchestrator(struct out *o, const struct about_owner *owner)
{
    const struct about_ecs *ecs = &owner->aws.ecs;

    if (owner->kubernetes.pod.n) {
        json_open(o, "orchestrator", '{');
        json_string(o, "type", "kubernetes");
        json_view(o, "namespace", owner->kubernetes.namespace);
        put_resource(o, "pod", owner->kubernetes.uid, owner->kubernetes.pod);
        json_close(o, '}');
    } else if (ecs->task.n) {
        json_open(o, "orchestrator", '{');
        json_string(o, "type", "ecs");
        if (ecs->cluster.n || ecs->cluster_arn.n) {
            json_open(o, "cluster", '{');
            json_view(o, "id", ecs->cluster_arn);
            json_view(o, "name", ecs->cluster);
            json_close(o, '}');
        }
        put_resource(o, "task", ecs->task, ecs->definition);
        json_close(o, '}');
    }
}

static void put_process(struct out *o, const struct about_process *p)
{
    json_open(o, "process", '{');
    json_u64(o, "pid", p->pid);
    json_view(o, "name", p->name);
    json_view(o, "executable", p->exe);
    json_view_max(o, "command_line", p->cmdline, FACTS_COMMAND_MAX);
    if (p->started_ns)
        json_instant(o, "start", p->started_ns, 6, "Z");
    if (p->n_parents) {
        json_open(o, "parent", '{');
        json_view(o, "name", p->parents[0]);
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_owner(struct out *o, const struct facts *x)
{
    const struct about_owner *owner = x->owner;
    struct view id = x->container && x->container->id.n ? x->container->id : owner->process.container;

    if (about_has_aws(owner))
        put_cloud(o, &owner->aws);
    if (x->container || id.n)
        put_container(o, x->container, id);
    put_orchestrator(o, owner);
    if (owner->process.pid)
        put_process(o, &owner->process);
}

static void put_pair(struct out *o, const char *key, const char *id, const char *name)
{
    json_open(o, key, '{');
    json_list_of_one(o, "id", id);
    json_list_of_one(o, "name", name);
}

static void put_threat(struct out *o, const struct facts *x)
{
    if (!x->kind->mines)
        return;
    json_open(o, "threat", '{');
    json_string(o, "framework", "MITRE ATT&CK");
    put_pair(o, "tactic", FACTS_TACTIC, FACTS_TACTIC_NAME);
    json_close(o, '}');
    put_pair(o, "technique", FACTS_TECHNIQUE, FACTS_TECHNIQUE_NAME);
    put_pair(o, "subtechnique", FACTS_SUBTECHNIQUE, FACTS_SUBTECHNIQUE_NAME);
    json_close(o, '}');
    json_close(o, '}');
    json_close(o, '}');
}

static void put_related(struct out *o, const struct facts *x)
{
    json_open(o, "related", '{');
    json_open(o, "ip", '[');
    json_addr(o, NULL, &x->machine.addr);
    if (x->has_other)
        json_addr(o, NULL, &x->other.addr);
    json_close(o, ']');
    if (x->domain) {
        json_open(o, "hosts", '[');
        json_finding_text(o, NULL, x->domain);
        json_close(o, ']');
    }
    json_close(o, '}');
}

void ecs_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                 const struct output_context *ctx)
{
    struct facts x = facts_of(state, f, about, ctx);

    json_open(o, NULL, '{');
    put_event(o, &x, ctx);
    put_time(o, x.time_ns);
    put_network(o, &x);
    put_ends(o, &x);
    put_owner(o, &x);
    put_threat(o, &x);
    put_related(o, &x);
    put_observer(o, ctx);
    json_native(o, "countermine", &x, JSON_WHOLE, OUTPUT_TEXT_MAX - NATIVE_ROOM, ctx);
    json_close(o, '}');
    out_char(o, '\n');
}

void ecs_event(struct out *o, const struct sensor_event *e, const struct output_context *ctx)
{
    json_open(o, NULL, '{');
    json_open(o, "event", '{');
    json_string(o, "module", "countermine");
    json_string(o, "kind", "event");
    json_string(o, "action", sensor_what_name(e->what));
    json_string(o, "dataset", "countermine.sensor");
    json_close(o, '}');
    if (e->detail[0])
        json_wire_text(o, "message", view_of(e->detail, strnlen(e->detail, sizeof(e->detail))), false);
    put_time(o, e->time_ns);
    put_observer(o, ctx);
    json_native_event(o, "countermine", e, ctx);
    json_close(o, '}');
    out_char(o, '\n');
}
