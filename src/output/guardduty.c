/*
 * guardduty.c - a finding in the shape that GuardDuty's have on EventBridge, so that rules written for these work: their envelope,
 * the grammar of their types, their keys.
 *
 * Source: the model of GuardDuty, GetFindings, with the lower camel case that EventBridge has; EventBridge's envelope. It says at
 * source and serviceName whose finding it is: sources that begin with aws. are Amazon's, and are refused from others.
 */
#include "config.h"

#include "output/guardduty.h"

#include "base/out.h"
#include "base/sha1.h"
#include "finding/wording.h"
#include "output/json_facts.h"
#include "output/json_write.h"

#define SECONDS 0
#define MILLIS 3
#define ADDITIONAL_MAX 16384 /* bytes of the finding in additionalInfo, before they are made a string */

/* A UUID of version 5 (RFC 9562 section 5.5) of the event; its name space was made by chance. */
static void put_event_id(struct out *o, const struct facts *x)
{
    static const uint8_t name_space[16] = {0xc1, 0x7e, 0x52, 0x9b, 0x04, 0x3d, 0x4a, 0xe8,
                                           0xb2, 0x6f, 0x8d, 0x31, 0xfa, 0x70, 0x15, 0xc9};
    char name[64], text[40];
    struct out n = out_of(name, sizeof(name)), t = out_of(text, sizeof(text));
    uint8_t digest[SHA1_BYTES];
    struct view pieces[2];

    out_fmt(&n, "%s %u %s", x->f->id, x->f->revision, finding_state_name(x->state));
    pieces[0] = view_of(name_space, sizeof(name_space));
    pieces[1] = out_view(&n);
    sha1(pieces, ARRAY_LEN(pieces), digest);
    digest[6] = (digest[6] & 0x0f) | 0x50; /* version 5 */
    digest[8] = (digest[8] & 0x3f) | 0x80; /* the variant of the RFC */
    for (size_t i = 0; i < 16; i++)
        out_fmt(&t, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", digest[i]);
    json_string(o, "id", text);
}

static void put_envelope(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    char id[FACTS_ARN_MAX];
    struct out s = out_of(id, sizeof(id));

    json_string(o, "source", "countermine");
    json_string(o, "version", "0");
    put_event_id(o, x);
    json_string(o, "detail-type", "Countermine Finding");
    json_string(o, "account", facts_account(ctx));
    json_instant(o, "time", x->time_ns, SECONDS, "Z");
    json_string(o, "region", facts_region(ctx));
    json_open(o, "resources", '[');
    facts_owner_id(x, &s);
    if (strncmp(id, "arn:", 4) == 0)
        json_string(o, NULL, id);
    json_close(o, ']');
}

static void put_head(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    const struct about_aws *aws = &x->owner->aws;
    const char *account = facts_account(ctx), *region = facts_region(ctx);
    const char *partition = facts_partition_of(view_str(region));
    char text[FACTS_SENTENCE];
    struct out s = out_of(text, sizeof(text));

    json_string(o, "schemaVersion", "2.0");
    json_view(o, "accountId", aws->account.n ? aws->account : view_str(account));
    json_view(o, "region", aws->region.n ? aws->region : view_str(region));
    json_string(o, "partition", aws->region.n ? facts_partition(x) : partition);
    json_string(o, "id", x->f->id);
    out_fmt(&s, "arn:%s:countermine:%s:%s:finding/%s", partition, region, account, x->f->id);
    json_string(o, "arn", text);
    json_string(o, "type", x->type);
    json_fixed(o, "severity", x->f->severity, 1);
    json_u64(o, "confidence", x->f->confidence);
    json_instant(o, "createdAt", x->f->detected_ns, MILLIS, "Z");
    json_instant(o, "updatedAt", x->time_ns, MILLIS, "Z");
    wording_title(x->f, x->about, ctx->language, text, sizeof(text));
    json_string(o, "title", text);
    wording_summary(x->f, x->about, ctx->language, text, sizeof(text));
    json_string(o, "description", text);
}

/* --- resource ----------------------------------------------------------------------------------- */

static void put_tags(struct out *o, const struct about_aws *aws)
{
    if (!aws->n_tags)
        return;
    json_open(o, "tags", '[');
    for (uint32_t i = 0; i < aws->n_tags; i++) {
        json_open(o, NULL, '{');
        json_view(o, "key", aws->tags[i].key);
        json_view(o, "value", aws->tags[i].value);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_containers(struct out *o, const struct about_containers *c)
{
    if (!c->n)
        return;
    json_open(o, "containers", '[');
    for (uint32_t i = 0; i < c->n; i++) {
        json_open(o, NULL, '{');
        json_view(o, "id", c->v[i].id);
        json_view(o, "name", c->v[i].name);
        json_view(o, "image", c->v[i].image);
        json_view(o, "imageDigest", c->v[i].digest); /* of ours: the model has none */
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_cluster(struct out *o, const struct facts *x)
{
    const struct about_ecs *ecs = &x->owner->aws.ecs;
    char arn[FACTS_ARN_MAX];
    struct out s = out_of(arn, sizeof(arn));

    json_open(o, "ecsClusterDetails", '{');
    json_view(o, "name", ecs->cluster);
    json_view(o, "arn", ecs->cluster_arn);
    json_open(o, "taskDetails", '{');
    json_view(o, "arn", ecs->task);
    if (ecs->definition.n) {
        facts_arn(x, "ecs", "task-definition/", ecs->definition, &s);
        json_string(o, "definitionArn", arn);
    }
    json_view(o, "group", ecs->group);
    json_view(o, "launchType", ecs->launch_type);
    put_tags(o, &x->owner->aws);
    put_containers(o, &ecs->containers);
    json_close(o, '}');
    json_close(o, '}');
}

static void put_pod(struct out *o, const struct about_kubernetes *k)
{
    json_open(o, "kubernetesDetails", '{');
    json_open(o, "kubernetesWorkloadDetails", '{');
    json_view(o, "name", k->pod);
    json_string(o, "type", "pods");
    json_view(o, "uid", k->uid);
    json_view(o, "namespace", k->namespace);
    json_view(o, "serviceAccountName", k->service_account);
    put_containers(o, &k->containers);
    json_close(o, '}');
    json_close(o, '}');
}

/* The machine, if only by its address. */
static void put_instance(struct out *o, const struct facts *x)
{
    const struct about_aws *aws = &x->owner->aws;

    json_open(o, "instanceDetails", '{');
    json_view(o, "instanceId", aws->instance);
    json_view(o, "instanceType", aws->instance_type);
    json_open(o, "networkInterfaces", '[');
    json_open(o, NULL, '{');
    json_view(o, "networkInterfaceId", aws->eni);
    if (addr_is_v4(&x->machine.addr)) {
        json_addr(o, "privateIpAddress", &x->machine.addr);
    } else {
        json_open(o, "ipv6Addresses", '[');
        json_addr(o, NULL, &x->machine.addr);
        json_close(o, ']');
    }
    json_view(o, "subnetId", aws->subnet);
    json_view(o, "vpcId", aws->vpc);
    json_close(o, '}');
    json_close(o, ']');
    if (!aws->ecs.task.n)
        put_tags(o, aws);
    json_close(o, '}');
}

static const char *resource_type(const struct about_owner *owner, struct view container)
{
    if (owner->kubernetes.pod.n)
        return "EKSCluster";
    if (owner->aws.ecs.task.n)
        return "ECSCluster";
    if (owner->aws.instance.n || owner->aws.eni.n)
        return "Instance";
    return container.n ? "Container" : "Network"; /* the last is ours */
}

static void put_resource(struct out *o, const struct facts *x)
{
    const struct about_owner *owner = x->owner;
    struct view container = x->container && x->container->id.n ? x->container->id : owner->process.container;

    json_open(o, "resource", '{');
    json_string(o, "resourceType", resource_type(owner, container));
    if (owner->kubernetes.pod.n)
        put_pod(o, &owner->kubernetes);
    if (owner->aws.ecs.task.n)
        put_cluster(o, x);
    if (container.n) {
        json_open(o, "containerDetails", '{');
        json_view(o, "id", container);
        json_close(o, '}');
    }
    put_instance(o, x);
    json_close(o, '}');
}

/* --- service ------------------------------------------------------------------------------------ */

static void put_address(struct out *o, const struct addr *a)
{
    json_addr(o, addr_is_v4(a) ? "ipAddressV4" : "ipAddressV6", a);
}

static void put_port(struct out *o, const char *key, uint16_t port)
{
    if (!port)
        return;
    json_open(o, key, '{');
    json_u64(o, "port", port);
    json_close(o, '}');
}

static void put_place(struct out *o, const struct about_place *p)
{
    if (p->city.n) {
        json_open(o, "city", '{');
        json_view(o, "cityName", p->city);
        json_close(o, '}');
    }
    if (p->country.n) {
        json_open(o, "country", '{');
        json_view(o, "countryCode", p->country);
        json_close(o, '}');
    }
    if (p->asn) {
        char text[16];
        struct out s = out_of(text, sizeof(text));

        out_u64(&s, p->asn);
        json_open(o, "organization", '{');
        json_string(o, "asn", text);
        json_view(o, "asnOrg", p->organization);
        json_close(o, '}');
    }
}

static void put_connection(struct out *o, const struct facts *x)
{
    json_string(o, "actionType", "NETWORK_CONNECTION");
    json_open(o, "networkConnectionAction", '{');
    json_string(o, "connectionDirection", !x->has_other ? "UNKNOWN" : x->serves ? "INBOUND" : "OUTBOUND");
    if (x->flow)
        json_string(o, "protocol", "TCP");
    json_bool(o, "blocked", false);
    json_open(o, "localIpDetails", '{');
    put_address(o, &x->machine.addr);
    json_close(o, '}');
    put_port(o, "localPortDetails", x->machine.port);
    if (x->has_other) {
        json_open(o, "remoteIpDetails", '{');
        put_address(o, &x->other.addr);
        put_place(o, x->place);
        json_close(o, '}');
        put_port(o, "remotePortDetails", x->other.port);
    }
    json_close(o, '}');
}

static void put_action(struct out *o, const struct facts *x)
{
    json_open(o, "action", '{');
    if (x->question) {
        json_string(o, "actionType", "DNS_REQUEST");
        json_open(o, "dnsRequestAction", '{');
        json_finding_text(o, "domain", x->question);
        json_bool(o, "blocked", false);
        json_close(o, '}');
    } else {
        put_connection(o, x);
    }
    json_close(o, '}');
}

/* Seconds since 1970 with milliseconds, as numbers of time are there. */
static void put_epoch(struct out *o, const char *key, ns_t t)
{
    json_fixed(o, key, (double)(t / (NS_PER_SEC / 1000)) / 1000, MILLIS);
}

static void put_process(struct out *o, const struct about_process *p)
{
    if (!p->pid)
        return;
    json_open(o, "runtimeDetails", '{');
    json_open(o, "process", '{');
    json_view(o, "name", p->name);
    json_view(o, "executablePath", p->exe);
    json_u64(o, "pid", p->pid);
    if (p->started_ns)
        put_epoch(o, "startTime", p->started_ns);
    json_u64(o, "userId", p->uid);
    if (p->n_parents) {
        json_open(o, "lineage", '[');
        for (uint32_t i = 0; i < p->n_parents; i++) {
            json_open(o, NULL, '{');
            json_view(o, "name", p->parents[i]);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    json_close(o, '}');
    json_close(o, '}');
}

/* The list that knows the name or the address. */
static void put_evidence(struct out *o, const struct facts *x)
{
    const struct finding_row *row = &x->f->row;

    if (!row->list_len)
        return;
    json_open(o, "evidence", '{');
    json_open(o, "threatIntelligenceDetails", '[');
    json_open(o, NULL, '{');
    json_view(o, "threatListName", view_of(row->list, row->list_len));
    json_list_of_one(o, "threatNames", feed_kind_name(row->kind));
    json_close(o, '}');
    json_close(o, ']');
    json_close(o, '}');
}

/* What has no place elsewhere, as a string of JSON: the finding without its lists. */
static void put_additional(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    char text[ADDITIONAL_MAX];
    struct out s = out_of(text, sizeof(text));

    for (int part = JSON_WITHOUT_LISTS; part < JSON_PART_N; part++) {
        s = out_of(text, sizeof(text));
        json_finding_part(&s, x->state, x->f, x->about, (enum json_part)part, ctx);
        if (!s.full)
            break;
    }
    text[s.n - 1] = '\0'; /* the newline */
    json_open(o, "additionalInfo", '{');
    json_string(o, "type", "countermine");
    json_string(o, "value", text);
    json_close(o, '}');
}

static void put_service(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    json_open(o, "service", '{');
    json_string(o, "serviceName", "countermine");
    if (ctx->sensor)
        json_view(o, "detectorId", view_str(ctx->sensor));
    json_string(o, "resourceRole", "TARGET"); /* as of its own findings about mining: who mines is the victim */
    json_bool(o, "archived", x->state == FINDING_CLOSED);
    json_u64(o, "count", x->f->count);
    json_instant(o, "eventFirstSeen", x->f->first_ns, MILLIS, "Z");
    json_instant(o, "eventLastSeen", x->f->last_ns, MILLIS, "Z");
    put_action(o, x);
    put_process(o, &x->owner->process);
    put_evidence(o, x);
    put_additional(o, x, ctx);
    json_close(o, '}');
}

void guardduty_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                       const struct output_context *ctx)
{
    struct facts x = facts_of(state, f, about, ctx);

    json_open(o, NULL, '{');
    put_envelope(o, &x, ctx);
    json_open(o, "detail", '{');
    put_head(o, &x, ctx);
    put_resource(o, &x);
    put_service(o, &x, ctx);
    json_close(o, '}');
    json_close(o, '}');
    out_char(o, '\n');
}
