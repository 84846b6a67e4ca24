/*
 * asff.c - a finding in the AWS Security Finding Format, an element of the list `Findings' that BatchImportFindings takes.
 *
 * Source: the model of Security Hub, BatchImportFindings, and the user guide's "AWS Security Finding Format"; the limits are
 * those of it, in characters, and are kept in bytes. The finding belongs to the account and the region that import it; whose the
 * machine is stands in the ARNs of the resources.
 */
#include "config.h"

#include "output/asff.h"

#include "base/out.h"
#include "finding/wording.h"
#include "output/community_id.h"
#include "output/json_facts.h"
#include "output/json_write.h"

#define TITLE_MAX 256
#define DESCRIPTION_MAX 1024
#define DOMAIN_MAX 128
#define STRING_MAX 512 /* of a recommendation, a resource's Id, a path, an indicator */
#define PROCESS_NAME_MAX 64
#define TAG_KEY_MAX 128
#define TAG_VALUE_MAX 256
#define NORMALIZED_MAX 100
#define MILLIS 3

/* Text of others, cut to max bytes. */
static void put_text(struct out *o, const char *key, struct view v, bool cut, size_t max)
{
    char text[FACTS_SENTENCE];
    struct out s = out_of(text, sizeof(text));

    if (!v.n)
        return;
    out_escape(&s, view_head(v, STRING_MAX));
    if (cut || v.n > STRING_MAX)
        out_str(&s, "…");
    json_short(o, key, text, max);
}

static void put_finding_text(struct out *o, const char *key, const struct finding_text *t, size_t max)
{
    if (t)
        put_text(o, key, view_of(t->bytes, t->len), t->cut, max);
}

static void put_ids(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    const char *account = facts_account(ctx), *region = facts_region(ctx);
    const char *partition = facts_partition_of(view_str(region));
    char text[256];
    struct out s = out_of(text, sizeof(text));

    json_string(o, "SchemaVersion", "2018-10-08");
    out_fmt(&s, "countermine/%s", x->f->id);
    json_string(o, "Id", text);
    s = out_of(text, sizeof(text));
    out_fmt(&s, "arn:%s:securityhub:%s:%s:product/%s/default", partition, region, account, account);
    json_string(o, "ProductArn", text);
    json_string(o, "ProductName", "countermine");
    s = out_of(text, sizeof(text));
    out_fmt(&s, "countermine/%s", finding_kind_name(x->f->kind));
    json_string(o, "GeneratorId", text);
    json_string(o, "AwsAccountId", account);
    json_string(o, "Region", region);
}

/* "Effects/Resource Consumption/CryptoCurrency:Network-Stratum.B": a slash would begin another part. */
static void put_types(struct out *o, const struct facts *x)
{
    const char *slash = strchr(x->type, '/');
    size_t n = slash ? (size_t)(slash - x->type) : strlen(x->type);
    char text[160];
    struct out s = out_of(text, sizeof(text));

    out_fmt(&s, "%s/", x->kind->asff);
    out_bytes(&s, view_of(x->type, n));
    if (slash)
        out_fmt(&s, "-%s", slash + 1);
    json_list_of_one(o, "Types", text);
}

static void put_severity(struct out *o, const struct facts *x)
{
    unsigned normalized = (unsigned)(x->f->severity * 10 + 0.5);
    char text[16];
    struct out s = out_of(text, sizeof(text));

    out_fmt(&s, "%.1f", x->f->severity);
    json_open(o, "Severity", '{');
    json_string(o, "Label", x->severity->asff);
    json_u64(o, "Normalized", min_size(normalized, NORMALIZED_MAX));
    json_string(o, "Original", text);
    json_close(o, '}');
    json_u64(o, "Confidence", x->f->confidence);
}

static void put_words(struct out *o, const struct facts *x, const struct output_context *ctx)
{
    char text[FACTS_SENTENCE];

    wording_title(x->f, x->about, ctx->language, text, sizeof(text));
    json_short(o, "Title", text, TITLE_MAX);
    wording_summary(x->f, x->about, ctx->language, text, sizeof(text));
    json_short(o, "Description", text, DESCRIPTION_MAX);
    wording_advice(x->f, x->about, ctx->language, text, sizeof(text));
    if (!text[0])
        return;
    json_open(o, "Remediation", '{');
    json_open(o, "Recommendation", '{');
    json_short(o, "Text", text, STRING_MAX);
    json_close(o, '}');
    json_close(o, '}');
}

/* --- resources ---------------------------------------------------------------------------------- */

/* Keys of an object: of equal ones, which they may become when they are cut, the first counts. */
static void put_tags(struct out *o, const struct about_aws *aws)
{
    char keys[ABOUT_TAGS][TAG_KEY_MAX + 1], value[TAG_VALUE_MAX + 1];

    if (!aws->n_tags)
        return;
    json_open(o, "Tags", '{');
    for (uint32_t i = 0; i < aws->n_tags; i++) {
        struct out k = out_of(keys[i], sizeof(keys[i])), v = out_of(value, sizeof(value)); /* cut at the end of a character */
        uint32_t before = 0;

        out_escape(&k, aws->tags[i].key);
        out_escape(&v, aws->tags[i].value);
        while (strcmp(keys[before], keys[i]) != 0)
            before++;
        if (k.n && before == i)
            json_named(o, keys[i], value);
    }
    json_close(o, '}');
}

static void open_resource(struct out *o, const struct facts *x, const char *type, const char *id)
{
    json_open(o, NULL, '{');
    json_string(o, "Type", type);
    json_short(o, "Id", id, STRING_MAX);
    json_string(o, "Partition", facts_partition(x));
    json_view(o, "Region", x->owner->aws.region);
}

static void open_details(struct out *o, const char *type)
{
    json_open(o, "Details", '{');
    json_open(o, type, '{');
}

static void close_details(struct out *o)
{
    json_close(o, '}');
    json_close(o, '}');
    json_close(o, '}');
}

static void put_task(struct out *o, const struct facts *x)
{
    const struct about_ecs *ecs = &x->owner->aws.ecs;
    char id[FACTS_ARN_MAX];
    struct out s = out_of(id, sizeof(id));

    out_escape(&s, view_head(ecs->task, FACTS_TEXT_MAX));
    open_resource(o, x, "AwsEcsTask", id);
    put_tags(o, &x->owner->aws);
    open_details(o, "AwsEcsTask");
    json_view(o, "ClusterArn", ecs->cluster_arn);
    if (ecs->definition.n) {
        s = out_of(id, sizeof(id));
        facts_arn(x, "ecs", "task-definition/", ecs->definition, &s);
        json_string(o, "TaskDefinitionArn", id);
    }
    json_view(o, "Group", ecs->group);
    if (ecs->containers.n) {
        json_open(o, "Containers", '[');
        for (uint32_t i = 0; i < ecs->containers.n; i++) {
            json_open(o, NULL, '{');
            json_view(o, "Image", ecs->containers.v[i].image);
            json_view(o, "Name", ecs->containers.v[i].name);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    close_details(o);
}

/* The container in question, by the digest of its image. */
static void put_container(struct out *o, const struct facts *x)
{
    const struct about_container *c = x->container;
    struct view id = !c ? x->owner->process.container : c->id.n ? c->id : c->name;
    char text[FACTS_ARN_MAX];
    struct out s = out_of(text, sizeof(text));

    if (!id.n)
        return;
    out_escape(&s, view_head(id, FACTS_TEXT_MAX));
    open_resource(o, x, "Container", text);
    open_details(o, "Container");
    if (c) {
        json_view(o, "Name", c->name);
        json_view(o, "ImageName", c->image);
        json_view(o, "ImageId", c->digest);
    }
    close_details(o);
}

static void put_instance(struct out *o, const struct facts *x)
{
    const struct about_aws *aws = &x->owner->aws;
    char id[FACTS_ARN_MAX];
    struct out s = out_of(id, sizeof(id));

    facts_arn(x, "ec2", "instance/", aws->instance, &s);
    open_resource(o, x, "AwsEc2Instance", id);
    if (!aws->ecs.task.n)
        put_tags(o, aws);
    open_details(o, "AwsEc2Instance");
    json_view(o, "Type", aws->instance_type);
    json_view(o, "VpcId", aws->vpc);
    json_view(o, "SubnetId", aws->subnet);
    close_details(o);
}

static void put_interface(struct out *o, const struct facts *x)
{
    const struct about_aws *aws = &x->owner->aws;
    char id[FACTS_ARN_MAX];
    struct out s = out_of(id, sizeof(id));

    facts_arn(x, "ec2", "network-interface/", aws->eni, &s);
    open_resource(o, x, "AwsEc2NetworkInterface", id);
    if (!aws->ecs.task.n && !aws->instance.n)
        put_tags(o, aws);
    open_details(o, "AwsEc2NetworkInterface");
    json_view(o, "NetworkInterfaceId", aws->eni);
    close_details(o);
}

static void put_pod(struct out *o, const struct facts *x)
{
    const struct about_kubernetes *k = &x->owner->kubernetes;
    char id[FACTS_ARN_MAX];
    struct out s = out_of(id, sizeof(id));

    facts_owner_id(x, &s);
    open_resource(o, x, "Other", id);
    open_details(o, "Other");
    json_view(o, "kubernetes/namespace", k->namespace);
    json_view(o, "kubernetes/pod", k->pod);
    json_view(o, "kubernetes/uid", k->uid);
    json_view(o, "kubernetes/node", k->node);
    json_view(o, "kubernetes/owner", k->owner_name);
    close_details(o);
}

/* At least one is demanded: the address, when there is nothing better. */
static void put_resources(struct out *o, const struct facts *x)
{
    const struct about_owner *owner = x->owner;
    char id[FACTS_ARN_MAX];
    struct out s = out_of(id, sizeof(id));

    json_open(o, "Resources", '[');
    if (owner->kubernetes.pod.n)
        put_pod(o, x);
    if (owner->aws.ecs.task.n)
        put_task(o, x);
    put_container(o, x);
    if (owner->aws.instance.n)
        put_instance(o, x);
    if (owner->aws.eni.n)
        put_interface(o, x);
    addr_print(&x->machine.addr, &s);
    open_resource(o, x, "Other", id);
    open_details(o, "Other");
    json_string(o, "address", id);
    close_details(o);
    json_close(o, ']');
}

/* --- what happened ------------------------------------------------------------------------------ */

static void put_address(struct out *o, const char *v4, const char *v6, const struct addr *a)
{
    json_addr(o, addr_is_v4(a) ? v4 : v6, a);
}

static void put_network(struct out *o, const struct facts *x)
{
    const struct endpoint *client = facts_client(x), *server = facts_server(x);

    if (!x->has_other)
        return;
    json_open(o, "Network", '{');
    json_string(o, "Direction", x->serves ? "IN" : "OUT");
    if (x->flow)
        json_string(o, "Protocol", "TCP");
    put_address(o, "SourceIpV4", "SourceIpV6", &client->addr);
    json_port(o, "SourcePort", client->port);
    put_address(o, "DestinationIpV4", "DestinationIpV6", &server->addr);
    json_port(o, "DestinationPort", server->port);
    if (!x->asks)
        put_finding_text(o, "DestinationDomain", x->domain, DOMAIN_MAX);
    json_close(o, '}');
}

static void put_place(struct out *o, const struct about_place *p)
{
    if (p->country.n) {
        json_open(o, "Country", '{');
        json_view(o, "CountryCode", p->country);
        json_close(o, '}');
    }
    if (p->city.n) {
        json_open(o, "City", '{');
        json_view(o, "CityName", p->city);
        json_close(o, '}');
    }
    if (p->asn) {
        json_open(o, "Organization", '{');
        json_u64(o, "Asn", p->asn);
        json_view(o, "AsnOrg", p->organization);
        json_close(o, '}');
    }
}

static void put_port(struct out *o, const char *key, uint16_t port)
{
    if (!port)
        return;
    json_open(o, key, '{');
    json_u64(o, "Port", port);
    json_close(o, '}');
}

static void put_connection(struct out *o, const struct facts *x)
{
    json_string(o, "ActionType", "NETWORK_CONNECTION");
    json_open(o, "NetworkConnectionAction", '{');
    json_string(o, "ConnectionDirection", x->serves ? "INBOUND" : "OUTBOUND");
    if (x->flow)
        json_string(o, "Protocol", "TCP");
    json_bool(o, "Blocked", false);
    json_open(o, "RemoteIpDetails", '{');
    if (addr_is_v4(&x->other.addr)) /* there is no key for the other kind */
        json_addr(o, "IpAddressV4", &x->other.addr);
    put_place(o, x->place);
    json_close(o, '}');
    put_port(o, "RemotePortDetails", x->other.port);
    put_port(o, "LocalPortDetails", x->machine.port);
    json_close(o, '}');
}

static void put_action(struct out *o, const struct facts *x)
{
    if (!x->question && !x->has_other)
        return;
    json_open(o, "Action", '{');
    if (x->question) {
        json_string(o, "ActionType", "DNS_REQUEST");
        json_open(o, "DnsRequestAction", '{');
        put_finding_text(o, "Domain", x->question, DOMAIN_MAX);
        json_bool(o, "Blocked", false);
        json_close(o, '}');
    } else {
        put_connection(o, x);
    }
    json_close(o, '}');
}

static void put_process(struct out *o, const struct about_process *p)
{
    if (!p->pid)
        return;
    json_open(o, "Process", '{');
    put_text(o, "Name", p->name, false, PROCESS_NAME_MAX);
    put_text(o, "Path", p->exe, false, STRING_MAX);
    json_u64(o, "Pid", p->pid);
    if (p->started_ns)
        json_instant(o, "LaunchedAt", p->started_ns, MILLIS, "Z");
    json_close(o, '}');
}

/* The name that the lists know. */
static void put_indicators(struct out *o, const struct facts *x)
{
    if (!x->f->row.name_len || !x->domain)
        return;
    json_open(o, "ThreatIntelIndicators", '[');
    json_open(o, NULL, '{');
    json_string(o, "Type", "DOMAIN");
    put_finding_text(o, "Value", x->domain, STRING_MAX);
    json_instant(o, "LastObservedAt", x->f->last_ns, MILLIS, "Z");
    json_string(o, "Source", "countermine");
    json_close(o, '}');
    json_close(o, ']');
}

static void put_number(struct out *o, const char *key, uint64_t n)
{
    char text[24];
    struct out s = out_of(text, sizeof(text));

    out_u64(&s, n);
    json_string(o, key, text);
}

/* Texts only, at most 50. */
static void put_fields(struct out *o, const struct facts *x)
{
    const struct finding *f = x->f;
    char id[COMMUNITY_ID_MAX];

    json_open(o, "ProductFields", '{');
    json_string(o, "countermine/kind", finding_kind_name(f->kind));
    json_string(o, "countermine/stage", stage_name(f->stage));
    json_string(o, "countermine/state", finding_state_name(x->state));
    json_string(o, "countermine/type", x->type);
    put_number(o, "countermine/revision", f->revision);
    put_number(o, "countermine/count", f->count);
    if (!finding_is_lookup(f)) {
        json_string(o, "countermine/protocol", mining_protocol_name((enum mining_protocol)f->protocol));
        put_number(o, "countermine/shares_submitted", f->n_submitted);
        put_number(o, "countermine/shares_accepted", f->n_accepted);
    }
    json_finding_text(o, "countermine/login", &f->login);
    if (x->wallet.check != WALLET_NONE)
        json_view(o, "countermine/wallet", x->wallet.address);
    if (x->worker.n)
        json_wire_text(o, "countermine/worker", view_head(x->worker, FACTS_TEXT_MAX), x->worker_cut);
    json_finding_text(o, "countermine/agent", &f->agent);
    if (x->flow) {
        community_id_tcp(&x->flow->miner, &x->flow->pool, id);
        json_string(o, "countermine/community_id", id);
    }
    if (finding_is_fleet(f))
        put_number(o, f->kind == FINDING_POOL_SCAN ? "countermine/targets_total" : "countermine/members_total", f->n_members);
    if (x->owner->source != OWNER_NONE)
        json_string(o, "countermine/owner_candidate", x->owner->candidate ? "true" : "false");
    json_close(o, '}');
}

void asff_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx)
{
    struct facts x = facts_of(state, f, about, ctx);

    json_open(o, NULL, '{');
    put_ids(o, &x, ctx);
    json_instant(o, "CreatedAt", f->detected_ns, MILLIS, "Z");
    json_instant(o, "UpdatedAt", x.time_ns, MILLIS, "Z");
    json_instant(o, "FirstObservedAt", f->first_ns, MILLIS, "Z");
    json_instant(o, "LastObservedAt", f->last_ns, MILLIS, "Z");
    put_types(o, &x);
    put_severity(o, &x);
    put_words(o, &x, ctx);
    put_resources(o, &x);
    put_network(o, &x);
    put_action(o, &x);
    put_process(o, &x.owner->process);
    put_indicators(o, &x);
    put_fields(o, &x);
    json_string(o, "RecordState", state == FINDING_CLOSED ? "ARCHIVED" : "ACTIVE");
    json_close(o, '}');
    out_char(o, '\n');
}
