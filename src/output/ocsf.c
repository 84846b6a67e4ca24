/*
 * ocsf.c - a finding as an OCSF Detection Finding, class 2004.
 *
 * Source: OCSF 1.4.0, https://schema.ocsf.io/1.4.0/classes/detection_finding. Times are milliseconds. What the class has no
 * attribute for is below `unmapped'.
 */
#include "config.h"

#include "output/ocsf.h"

#include "base/out.h"
#include "finding/wording.h"
#include "output/community_id.h"
#include "output/json_facts.h"
#include "output/json_write.h"

#define OCSF_VERSION "1.4.0"
#define ATTACK_VERSION "16.1"
#define CATEGORY_FINDINGS 2
#define CLASS_DETECTION_FINDING 2004
#define ANALYTIC_RULE 1
#define FILE_REGULAR 1
#define PROTOCOL_NUMBER_TCP 6
#define UNMAPPED_MAX 32768 /* bytes of the finding there */

/* observable.type_id */
enum observable { OBSERVABLE_HOSTNAME = 1, OBSERVABLE_IP = 2, OBSERVABLE_PROCESS = 9, OBSERVABLE_RESOURCE = 10 };

static void put_class(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    static const struct {
        const char *activity, *status;
        unsigned activity_id, status_id;
    } states[FINDING_STATE_N] = {
        [FINDING_NEW] = {"Create", "New", 1, 1},
        [FINDING_UPDATE] = {"Update", "In Progress", 2, 2},
        [FINDING_CLOSED] = {"Close", "Resolved", 3, 4},
    };
    char text[FACTS_SENTENCE];

    wording_title(x->f, x->about, ctx->language, text, sizeof(text));
    json_u64(o, "activity_id", states[x->state].activity_id);
    json_string(o, "activity_name", states[x->state].activity);
    json_u64(o, "category_uid", CATEGORY_FINDINGS);
    json_string(o, "category_name", "Findings");
    json_u64(o, "class_uid", CLASS_DETECTION_FINDING);
    json_string(o, "class_name", "Detection Finding");
    json_u64(o, "type_uid", CLASS_DETECTION_FINDING * 100 + states[x->state].activity_id);
    json_epoch_ms(o, "time", x->time_ns);
    json_epoch_ms(o, "start_time", x->f->first_ns);
    json_epoch_ms(o, "end_time", x->f->last_ns);
    json_u64(o, "count", x->f->count);
    json_u64(o, "severity_id", x->severity->ocsf_id);
    json_string(o, "severity", x->severity->ocsf);
    json_u64(o, "status_id", states[x->state].status_id);
    json_string(o, "status", states[x->state].status);
    json_u64(o, "confidence_id", x->f->confidence < 50 ? 1 : x->f->confidence < 80 ? 2 : 3); /* low, medium, high */
    json_u64(o, "confidence_score", x->f->confidence);
    json_bool(o, "is_alert", x->state != FINDING_CLOSED);
    json_string(o, "message", text);
}

static void put_metadata(struct out *o, const struct facts *x)
{
    char uid[48];
    struct out u = out_of(uid, sizeof(uid));

    out_fmt(&u, "%s-%u", x->f->id, x->f->revision);
    json_open(o, "metadata", '{');
    json_open(o, "product", '{');
    json_string(o, "vendor_name", "countermine");
    json_string(o, "name", "countermine");
    json_string(o, "version", PACKAGE_VERSION);
    json_close(o, '}');
    json_string(o, "version", OCSF_VERSION);
    json_string(o, "uid", uid);
    if (about_has_aws(x->owner))
        json_list_of_one(o, "profiles", "cloud");
    json_close(o, '}');
}

static void put_cloud(struct out *o, const struct about_aws *aws)
{
    json_open(o, "cloud", '{');
    json_string(o, "provider", "AWS");
    json_view(o, "region", aws->region);
    if (aws->account.n) {
        json_open(o, "account", '{');
        json_view(o, "uid", aws->account);
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_named(struct out *o, const char *key, const char *uid, const char *name)
{
    json_open(o, key, '{');
    json_string(o, "uid", uid);
    json_string(o, "name", name);
    json_close(o, '}');
}

static void put_attacks(struct out *o, const struct facts *x)
{
    if (!x->kind->mines)
        return;
    json_open(o, "attacks", '[');
    json_open(o, NULL, '{');
    put_named(o, "tactic", FACTS_TACTIC, FACTS_TACTIC_NAME);
    put_named(o, "technique", FACTS_TECHNIQUE, FACTS_TECHNIQUE_NAME);
    put_named(o, "sub_technique", FACTS_SUBTECHNIQUE, FACTS_SUBTECHNIQUE_NAME);
    json_string(o, "version", ATTACK_VERSION);
    json_close(o, '}');
    json_close(o, ']');
}

static void put_analytic(struct out *o, const char *key, const char *uid, const char *desc)
{
    json_open(o, key, '{');
    json_string(o, "uid", uid);
    json_string(o, "name", uid);
    if (desc)
        json_string(o, "desc", desc);
    json_u64(o, "type_id", ANALYTIC_RULE);
    json_close(o, '}');
}

static void put_finding_info(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    const struct finding *f = x->f;
    char text[FACTS_SENTENCE];

    json_open(o, "finding_info", '{');
    json_string(o, "uid", f->id);
    wording_title(f, x->about, ctx->language, text, sizeof(text));
    json_string(o, "title", text);
    wording_summary(f, x->about, ctx->language, text, sizeof(text));
    json_string(o, "desc", text);
    json_list_of_one(o, "types", x->type);
    json_epoch_ms(o, "created_time", f->detected_ns);
    json_epoch_ms(o, "modified_time", x->time_ns);
    json_epoch_ms(o, "first_seen_time", f->first_ns);
    json_epoch_ms(o, "last_seen_time", f->last_ns);
    put_analytic(o, "analytic", finding_kind_name(f->kind), NULL);
    json_open(o, "related_analytics", '[');
    for (int kind = 0; kind < EVIDENCE_N; kind++)
        if (f->evidence[kind].present)
            put_analytic(o, NULL, evidence_name((enum evidence_kind)kind), f->evidence[kind].detail);
    json_close(o, ']');
    put_attacks(o, x);
    json_close(o, '}');
}

/* Where in the world the other side is. */
static void put_place(struct out *o, const struct about_place *p)
{
    if (p->country.n || p->city.n) {
        json_open(o, "location", '{');
        json_view(o, "city", p->city);
        json_view(o, "country", p->country);
        json_close(o, '}');
    }
    if (p->asn) {
        json_open(o, "autonomous_system", '{');
        json_u64(o, "number", p->asn);
        json_view(o, "name", p->organization);
        json_close(o, '}');
    }
}

static void put_end(struct out *o, const char *key, const struct facts *x, bool is_machine)
{
    const struct endpoint *e = is_machine ? &x->machine : &x->other;
    const struct about_aws *aws = &x->owner->aws;

    json_open(o, key, '{');
    json_addr(o, "ip", &e->addr);
    json_port(o, "port", e->port);
    if (is_machine) {
        if (x->f->has_mac) {
            char text[18];
            struct out s = out_of(text, sizeof(text));
            const uint8_t *m = x->f->mac;

            out_fmt(&s, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
            json_string(o, "mac", text);
        }
        json_view(o, "instance_uid", aws->instance);
        json_view(o, "interface_uid", aws->eni);
        json_view(o, "subnet_uid", aws->subnet);
        json_view(o, "vpc_uid", aws->vpc);
    } else if (!x->asks) {
        json_finding_text(o, "hostname", x->domain);
        put_place(o, x->place);
    }
    json_close(o, '}');
}

static void put_connection(struct out *o, const struct facts *x)
{
    static const unsigned ids[] = {
        [FACTS_UNKNOWN] = 0, [FACTS_INBOUND] = 1, [FACTS_OUTBOUND] = 2, [FACTS_INTERNAL] = 3, [FACTS_EXTERNAL] = 0,
    };
    char id[COMMUNITY_ID_MAX];

    json_open(o, "connection_info", '{');
    json_u64(o, "direction_id", ids[x->direction]);
    if (x->flow) {
        json_string(o, "protocol_name", "tcp");
        json_u64(o, "protocol_num", PROTOCOL_NUMBER_TCP);
        json_u64(o, "protocol_ver_id", addr_is_v4(&x->flow->miner.addr) ? 4 : 6);
        community_id_tcp(&x->flow->miner, &x->flow->pool, id);
        json_string(o, "community_uid", id);
    }
    json_close(o, '}');
}

static void put_process(struct out *o, const struct about_process *p)
{
    json_open(o, "process", '{');
    json_u64(o, "pid", p->pid);
    json_view(o, "name", p->name);
    json_view_max(o, "cmd_line", p->cmdline, FACTS_COMMAND_MAX);
    if (p->started_ns)
        json_epoch_ms(o, "created_time", p->started_ns);
    if (p->exe.n) {
        size_t slash = view_find_last(p->exe, '/');
        struct view name = slash < p->exe.n ? view_skip(p->exe, slash + 1) : p->exe;

        json_open(o, "file", '{');
        json_view(o, "name", name.n ? name : p->exe); /* there must be one */
        json_view(o, "path", p->exe);
        json_u64(o, "type_id", FILE_REGULAR);
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_evidences(struct out *o, const struct facts *x)
{
    json_open(o, "evidences", '[');
    json_open(o, NULL, '{');
    put_end(o, x->serves ? "dst_endpoint" : "src_endpoint", x, true);
    if (x->has_other) {
        put_end(o, x->serves ? "src_endpoint" : "dst_endpoint", x, false);
        put_connection(o, x);
    }
    if (x->question) {
        json_open(o, "query", '{');
        json_finding_text(o, "hostname", x->question);
        json_close(o, '}');
    }
    if (x->owner->process.pid)
        put_process(o, &x->owner->process);
    json_close(o, '}');
    json_close(o, ']');
}

/* Begins a resource; a guess is labelled as one. */
static void open_resource(struct out *o, const struct facts *x, const char *type, const char *uid)
{
    json_open(o, NULL, '{');
    json_string(o, "uid", uid);
    json_string(o, "type", type);
    json_view(o, "region", x->owner->aws.region);
    if (x->owner->candidate)
        json_list_of_one(o, "labels", "candidate");
}

/* Containers have no place of their own outside of the profile for hosts. */
static void put_containers(struct out *o, const struct about_containers *c)
{
    if (!c->n)
        return;
    json_open(o, "data", '{');
    json_open(o, "containers", '[');
    for (uint32_t i = 0; i < c->n; i++) {
        json_open(o, NULL, '{');
        json_view(o, "uid", c->v[i].id);
        json_view(o, "name", c->v[i].name);
        json_view(o, "image", c->v[i].image);
        json_view(o, "image_digest", c->v[i].digest);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
}

static void put_aws_resources(struct out *o, const struct facts *x)
{
    const struct about_aws *aws = &x->owner->aws;
    char uid[FACTS_ARN_MAX];
    struct out u = out_of(uid, sizeof(uid));

    if (aws->ecs.task.n) {
        out_escape(&u, view_head(aws->ecs.task, FACTS_TEXT_MAX));
        open_resource(o, x, "AWS::ECS::Task", uid);
        json_view(o, "name", aws->ecs.definition);
        json_view(o, "group", aws->ecs.group);
        put_containers(o, &aws->ecs.containers);
        json_close(o, '}');
    }
    if (aws->instance.n) {
        u = out_of(uid, sizeof(uid));
        facts_arn(x, "ec2", "instance/", aws->instance, &u);
        open_resource(o, x, "AWS::EC2::Instance", uid);
        json_close(o, '}');
    }
    if (aws->eni.n) {
        u = out_of(uid, sizeof(uid));
        facts_arn(x, "ec2", "network-interface/", aws->eni, &u);
        open_resource(o, x, "AWS::EC2::NetworkInterface", uid);
        json_close(o, '}');
    }
}

static void put_resources(struct out *o, const struct facts *x)
{
    const struct about_kubernetes *k = &x->owner->kubernetes;
    char uid[FACTS_ARN_MAX];
    struct out u = out_of(uid, sizeof(uid));

    facts_owner_id(x, &u);
    if (!u.n)
        return;
    json_open(o, "resources", '[');
    if (k->pod.n) {
        open_resource(o, x, "Kubernetes Pod", uid);
        json_view(o, "name", k->pod);
        json_view(o, "namespace", k->namespace);
        put_containers(o, &k->containers);
        json_close(o, '}');
    }
    put_aws_resources(o, x);
    json_close(o, ']');
}

static void put_remediation(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    char text[FACTS_SENTENCE];

    wording_advice(x->f, x->about, ctx->language, text, sizeof(text));
    if (!text[0])
        return;
    json_open(o, "remediation", '{');
    json_string(o, "desc", text);
    json_close(o, '}');
}

static void open_observable(struct out *o, const char *name, enum observable type)
{
    json_open(o, NULL, '{');
    json_string(o, "name", name);
    json_u64(o, "type_id", type);
}

static void put_observables(struct out *o, const struct facts *x)
{
    char uid[FACTS_ARN_MAX];
    struct out u = out_of(uid, sizeof(uid));

    facts_owner_id(x, &u);
    json_open(o, "observables", '[');
    open_observable(o, x->serves ? "evidences[0].dst_endpoint.ip" : "evidences[0].src_endpoint.ip", OBSERVABLE_IP);
    json_addr(o, "value", &x->machine.addr);
    json_close(o, '}');
    if (x->has_other) {
        open_observable(o, x->serves ? "evidences[0].src_endpoint.ip" : "evidences[0].dst_endpoint.ip", OBSERVABLE_IP);
        json_addr(o, "value", &x->other.addr);
        json_close(o, '}');
    }
    if (x->question || (x->domain && x->has_other)) {
        open_observable(o, x->question ? "evidences[0].query.hostname" : "evidences[0].dst_endpoint.hostname",
                        OBSERVABLE_HOSTNAME);
        json_finding_text(o, "value", x->question ? x->question : x->domain);
        json_close(o, '}');
    }
    if (x->owner->process.pid && x->owner->process.name.n) {
        open_observable(o, "evidences[0].process.name", OBSERVABLE_PROCESS);
        json_view(o, "value", x->owner->process.name);
        json_close(o, '}');
    }
    if (u.n) {
        open_observable(o, "resources[0].uid", OBSERVABLE_RESOURCE);
        json_string(o, "value", uid);
        json_close(o, '}');
    }
    json_close(o, ']');
}

void ocsf_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx)
{
    struct facts x = facts_of(state, f, about, ctx);

    json_open(o, NULL, '{');
    put_metadata(o, &x);
    put_class(o, &x, ctx);
    if (about_has_aws(x.owner))
        put_cloud(o, &x.owner->aws);
    put_finding_info(o, &x, ctx);
    put_evidences(o, &x);
    put_resources(o, &x);
    put_observables(o, &x);
    put_remediation(o, &x, ctx);
    json_open(o, "unmapped", '{');
    json_native(o, "countermine", &x, JSON_WITHOUT_LISTS, UNMAPPED_MAX, ctx);
    json_close(o, '}');
    json_close(o, '}');
    out_char(o, '\n');
}
