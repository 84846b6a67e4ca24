/*
 * wording_cases.c - the cases: a kind of finding, a change of it, and an owner.
 */
#include "config.h"

#include "wording_cases.h"

#include "finding/allow.h"
#include "finding/score.h"

#define START (INT64_C(1764000000) * NS_PER_SEC) /* 2025-11-24T16:00:00Z */
#define XMR "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD"

static struct finding_flow flows[2];
static struct endpoint members[5];
static struct allow_row allowed;

static void set_text(struct finding_text *t, const char *s)
{
    *t = (struct finding_text){.len = (uint16_t)strlen(s)};
    memcpy(t->bytes, s, t->len);
}

static struct endpoint at(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
    const uint8_t bytes[] = {a, b, c, d};
    struct endpoint e = {.port = port};

    addr_set_v4(&e.addr, bytes);
    return e;
}

static void set_row(struct finding *f, enum feed_kind kind, const char *coins)
{
    f->row = (struct finding_row){.kind = kind, .confidence = 90, .line = 12};
    f->row.name_len = (uint8_t)strlen("pool.example");
    memcpy(f->row.name, "pool.example", f->row.name_len);
    f->row.list_len = (uint8_t)strlen("pools");
    memcpy(f->row.list, "pools", f->row.list_len);
    f->row.coins_len = (uint8_t)strlen(coins);
    memcpy(f->row.coins, coins, f->row.coins_len);
}

/* --- kinds ------------------------------------------------------------------------------------ */

static void begin(struct finding *f, enum finding_kind kind, enum stage stage)
{
    *f = (struct finding){.kind = kind, .stage = stage, .first_ns = START, .last_ns = START + 641 * NS_PER_SEC};
    f->miner = at(10, 0, 3, 17, 49152);
    f->pool = at(203, 0, 113, 9, 3333);
    f->protocol = PROTOCOL_CRYPTONOTE;
    f->n_flows = 1;
    f->flows = flows;
}

static void handshake(struct finding *f)
{
    begin(f, FINDING_MINING, STAGE_HANDSHAKE);
    set_text(&f->login, XMR);
    f->n_logins = 1;
}

static void bare(struct finding *f)
{
    begin(f, FINDING_MINING, STAGE_HANDSHAKE);
    f->protocol = PROTOCOL_UNKNOWN;
    f->last_ns = f->first_ns + 850 * 1000 * NS_PER_US;
}

static void refused(struct finding *f)
{
    handshake(f);
    f->login_refused = true;
    f->n_logins = 3;
    set_text(&f->reason, "banned");
}

static void mining(struct finding *f)
{
    handshake(f);
    f->stage = STAGE_MINING;
    f->last_ns = f->first_ns + 2 * 86400 * NS_PER_SEC;
    f->n_logins = 2;
    f->n_jobs = f->n_submitted = 1;
    f->claimed_hs = 3300;
    set_text(&f->host, "xmr.pool.example");
}

static void paid(struct finding *f)
{
    mining(f);
    f->stage = STAGE_PAID;
    f->last_ns = f->first_ns + 641 * NS_PER_SEC;
    f->n_logins = 1;
    f->n_flows = 2;
    f->n_jobs = 14;
    f->n_submitted = 10;
    f->n_accepted = 9;
    f->n_rejected = 1;
    f->difficulty = 120001;
    f->rate = (struct finding_rate){.hs = 3120.5, .error_pct = 33.3};
    set_text(&f->agent, "XMRig/6.21.0 (Linux x86_64)");
    set_text(&f->algorithm, "rx/0");
    set_text(&f->coin, "XMR");
}

static void gaps(struct finding *f)
{
    paid(f);
    f->n_flows_listed = 1;
    flows[0].flags = EVIDENCE_MIDSTREAM;
    f->one_sided = true;
    f->n_truncated = 3;
    f->n_gaps = 1;
    f->claimed_hs = 0;
    set_text(&f->tag, "/pool.example/");
}

static void no_account(struct finding *f)
{
    paid(f);
    f->coin.len = f->login.len = f->host.len = f->agent.len = f->algorithm.len = 0;
    f->protocol = PROTOCOL_STRATUM_V1;
    f->last_ns = f->first_ns + (3 * 3600 + 5 * 60) * NS_PER_SEC;
}

static void is_allowed(struct finding *f)
{
    static const char reason[] = "research cluster, ticket 4711", list[] = "/etc/countermine/allow.csv";

    paid(f);
    allowed = (struct allow_row){.n_reason = sizeof(reason) - 1, .n_list = sizeof(list) - 1, .line = 12};
    memcpy(allowed.reason, reason, sizeof(reason) - 1);
    memcpy(allowed.list, list, sizeof(list) - 1);
    f->allowed = &allowed;
}

static void web(struct finding *f)
{
    begin(f, FINDING_WEB_MINING, STAGE_MINING);
    f->protocol = PROTOCOL_WEB_CRYPTONOTE;
    f->n_jobs = 2;
    set_text(&f->host, "ws.webminer.example");
}

static void lookup(struct finding *f)
{
    begin(f, FINDING_POOL_LOOKUP, STAGE_LOOKUP);
    set_row(f, FEED_POOL, "XMR ETC");
    set_text(&f->name, "xmr.pool.example");
    set_text(&f->answer, "203.0.113.9, 203.0.113.10");
    f->n_names = 1;
    f->count = f->n_answers = 3;
    f->server = at(10, 0, 0, 2, 53);
    f->n_flows = 0;
}

static void lookup_once(struct finding *f)
{
    lookup(f);
    f->answer.len = 0;
    f->n_answers = 0;
    f->count = 1;
    set_row(f, FEED_NICEHASH, "BTC");
}

static void lookup_alias(struct finding *f)
{
    lookup(f);
    set_text(&f->asked, "updates.example");
    set_text(&f->answer, "203.0.113.9, 203.0.113.10 and 3 more");
    f->n_names = 3;
    set_row(f, FEED_PROXY, "");
}

static void lookup_dead(struct finding *f)
{
    lookup(f);
    set_row(f, FEED_DEAD, "ETH");
    set_text(&f->answer, "no such name");
}

static void lookup_malware(struct finding *f)
{
    lookup(f);
    set_row(f, FEED_MALWARE, "");
    f->server = (struct endpoint){.port = 0};
}

static void lookup_blocked(struct finding *f)
{
    lookup(f);
    set_text(&f->answer, "blocked by the resolver's firewall");
    f->server = (struct endpoint){.port = 0};
}

static void lookup_web(struct finding *f)
{
    lookup(f);
    f->kind = FINDING_WEB_MINING;
    set_row(f, FEED_WEBMINER, "XMR");
}

static void contact(struct finding *f)
{
    lookup(f);
    f->kind = FINDING_POOL_CONTACT;
    f->stage = STAGE_CONTACT;
    f->n_flows = 3;
}

static void contact_once(struct finding *f)
{
    contact(f);
    f->n_flows = 1;
    f->n_names = 2;
    f->one_sided = true;
    set_text(&f->asked, "updates.example");
    set_row(f, FEED_MALWARE, "BTC BCH LTC DOGE DASH ETC RVN ZEC KAS ERG ALPH CKB NEXA");
}

static void contact_web(struct finding *f)
{
    contact(f);
    f->kind = FINDING_WEB_MINING;
    set_row(f, FEED_WEBMINER, "XMR");
}

static void node_name(struct finding *f)
{
    lookup(f);
    f->kind = FINDING_COIN_NODE;
    set_row(f, FEED_NODE, "BTC");
}

static void node_peer(struct finding *f)
{
    node_name(f);
    f->server = at(203, 0, 113, 70, 8333);
    f->evidence[EVIDENCE_NODE] = (struct finding_evidence){.present = true, .n = 3};
    set_text(&f->agent, "/Satoshi:27.0.0/");
}

static void node_any(struct finding *f)
{
    node_peer(f);
    f->evidence[EVIDENCE_NODE].n = 1;
    f->agent.len = 0;
    set_row(f, FEED_NODE, "");
}

static void fleet(struct finding *f, enum finding_kind kind)
{
    paid(f);
    f->kind = kind;
    f->n_flows = 7;
    f->members = members;
    f->n_members = f->n_members_listed = 5;
    for (uint8_t i = 0; i < ARRAY_LEN(members); i++)
        members[i] = at(10, 0, 3, (uint8_t)(20 + i), 40000);
}

static void service(struct finding *f)
{
    fleet(f, FINDING_POOL_SERVICE);
    f->miner.port = 3333;
}

static void service_alone(struct finding *f)
{
    service(f);
    f->pool.port = 0;
    f->n_members = f->n_members_listed = 1;
    f->n_flows = 1;
    f->one_sided = true;
}

static void scan(struct finding *f)
{
    fleet(f, FINDING_POOL_SCAN);
    f->n_members_listed = 0;
}

static void campaign(struct finding *f)
{
    fleet(f, FINDING_CAMPAIGN);
}

static void campaign_pools(struct finding *f)
{
    campaign(f);
    f->pool.port = 0;
    f->coin.len = 0;
    f->protocol = PROTOCOL_UNKNOWN;
    f->n_members = f->n_members_listed = 3;
    f->one_sided = true;
}

void wording_case_full(struct finding *f)
{
    paid(f);
    set_row(f, FEED_POOL, "XMR");
    set_text(&f->name, "xmr.pool.example");
    set_text(&f->asked, "updates.example");
    set_text(&f->answer, "203.0.113.9");
    set_text(&f->reason, "low difficulty share");
    f->server = at(10, 0, 0, 2, 53);
    for (int i = 0; i < EVIDENCE_N; i++)
        f->evidence[i] = (struct finding_evidence){.present = true, .n = 1};
}

/* --- owners ----------------------------------------------------------------------------------- */

static struct view v(const char *s)
{
    return view_str(s);
}

static void account(struct about_owner *o)
{
    o->source = OWNER_INVENTORY;
    o->aws.account = v("111122223333");
    o->aws.region = v("ap-northeast-1");
}

static void container(struct about_containers *c, const char *name, const char *image, const char *digest)
{
    c->v[c->n++] = (struct about_container){.name = v(name), .image = v(image), .digest = v(digest)};
    c->total = c->n;
}

static void task(struct about *a)
{
    struct about_ecs *e = &a->owner.aws.ecs;

    account(&a->owner);
    a->owner.aws.eni = v("eni-0123456789abcdef0");
    e->cluster = v("prod");
    e->task = v("arn:aws:ecs:ap-northeast-1:111122223333:task/prod/0f9de17a6465404e8b1b2356dc13c2f8");
    e->definition = v("web:7");
    e->launch_type = v("FARGATE");
    container(&e->containers, "web", "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/web:1.2", "sha256:9f86d081884c7d65");
    a->pool = (struct about_place){.asn = 64500, .organization = v("Example Net"), .country = v("DE"), .city = v("Frankfurt")};
}

static void task_on_instance(struct about *a)
{
    struct about_ecs *e = &a->owner.aws.ecs;

    task(a);
    a->owner.aws.instance = v("i-0123456789abcdef0");
    e->launch_type = v("EC2");
    container(&e->containers, "log-router", "fluent-bit:3", "");
    a->pool = (struct about_place){.country = v("DE")};
}

static void task_bare(struct about *a)
{
    a->owner.source = OWNER_ECS_METADATA;
    a->owner.aws.ecs.task = v("arn:aws:ecs:ap-northeast-1:111122223333:task/prod/0f9de17a6465404e8b1b2356dc13c2f8");
    a->pool = (struct about_place){.asn = 64500};
}

static void task_guess(struct about *a)
{
    task(a);
    a->owner.candidate = a->owner.has_age = true;
    a->owner.age_s = 7260;
}

static void interface_guess(struct about *a)
{
    struct about_owner *o = &a->owner;

    account(o);
    o->aws.region = v("");
    o->candidate = true;
    o->aws.eni = v("eni-0123456789abcdef0");
    o->candidates[0] = (struct about_candidate){v("ecs-task"), v("0f9de17a6465404e8b1b2356dc13c2f8"), v("web:7")};
    o->candidates[1] = (struct about_candidate){v("instance"), v("i-0123456789abcdef0"), v("")};
    o->n_candidates = 2;
    o->candidates_total = 2;
}

static void old_guess(struct about *a)
{
    interface_guess(a);
    a->owner.has_age = true;
    a->owner.age_s = 90;
    a->owner.candidates[2] = (struct about_candidate){v("pod"), v("shop/web-7d4b9"), v("web-7d4b")};
    a->owner.n_candidates = 3;
    a->owner.candidates_total = 5;
}

static void vpc_guess(struct about *a)
{
    account(&a->owner);
    a->owner.candidate = true;
    a->owner.aws.vpc = v("vpc-0a1b2c3d");
    a->owner.aws.account = v("");
}

static void instance(struct about *a)
{
    account(&a->owner);
    a->owner.aws.instance = v("i-0123456789abcdef0");
    a->owner.aws.instance_type = v("c7i.xlarge");
    a->owner.aws.eni = v("eni-0123456789abcdef0");
}

static void log_account(struct about *a)
{
    account(&a->owner);
    a->owner.source = OWNER_DNS_LOG;
}

static void pod(struct about *a)
{
    struct about_kubernetes *k = &a->owner.kubernetes;

    a->owner.source = OWNER_INVENTORY;
    k->namespace = v("shop");
    k->pod = v("web-7d4b9-x2x");
    k->node = v("ip-10-0-3-9.ec2.internal");
    k->owner_kind = v("ReplicaSet");
    k->owner_name = v("web-7d4b9");
    k->service_account = v("web");
    container(&k->containers, "web", "registry.example/web:1.2", "");
}

static void pod_bare(struct about *a)
{
    a->owner.source = OWNER_INVENTORY;
    a->owner.kubernetes.pod = v("web");
    container(&a->owner.kubernetes.containers, "web", "", "sha256:9f86d081884c7d65");
}

static void node(struct about *a)
{
    a->owner.source = OWNER_INVENTORY;
    a->owner.kubernetes.node = v("ip-10-0-3-9.ec2.internal");
}

static void process(struct about *a)
{
    struct about_process *p = &a->owner.process;

    a->owner.source = OWNER_PROCESS;
    p->pid = 4242;
    p->name = v("xmrig");
    p->exe = v("/usr/bin/xmrig");
    p->parents[0] = v("sh");
    p->parents[1] = v("entrypoint");
    p->n_parents = 2;
}

static void process_in_task(struct about *a)
{
    task(a);
    process(a);
    a->owner.process.name = v("");
    a->owner.process.n_parents = 0;
}

static const struct {
    const char *name;
    void (*finding)(struct finding *f);
    void (*about)(struct about *a);
} cases[] = {
    {"mining, handshake", handshake, NULL},
    {"mining, handshake, nothing known", bare, NULL},
    {"mining, login refused", refused, NULL},
    {"mining, mining", mining, NULL},
    {"mining, paid", paid, NULL},
    {"mining, paid, no account", no_account, NULL},
    {"mining, paid, with gaps, one-sided", gaps, NULL},
    {"mining, closed by a site list", is_allowed, NULL},
    {"web-mining, running", web, NULL},
    {"web-mining, lookup", lookup_web, NULL},
    {"web-mining, contact", contact_web, NULL},
    {"pool-lookup", lookup, NULL},
    {"pool-lookup, once, no answer", lookup_once, NULL},
    {"pool-lookup, by an alias", lookup_alias, NULL},
    {"pool-lookup, dead pool", lookup_dead, NULL},
    {"pool-lookup, blocked, from a log", lookup_blocked, NULL},
    {"pool-lookup, malware, from a log", lookup_malware, log_account},
    {"pool-contact", contact, NULL},
    {"pool-contact, once, one-sided", contact_once, instance},
    {"coin-node, by name", node_name, NULL},
    {"coin-node, by peer", node_peer, NULL},
    {"coin-node, by peer, coin and agent not known", node_any, NULL},
    {"pool-service", service, NULL},
    {"pool-service, one client, no upstream, one-sided", service_alone, NULL},
    {"pool-scan", scan, NULL},
    {"campaign, one pool", campaign, NULL},
    {"campaign, several pools", campaign_pools, NULL},
    {"owner: ECS task on Fargate", paid, task},
    {"owner: ECS task on an instance, two containers", paid, task_on_instance},
    {"owner: ECS task, nothing else known", paid, task_bare},
    {"owner: ECS task, old inventory", paid, task_guess},
    {"owner: interface, two candidates", paid, interface_guess},
    {"owner: interface, five candidates, old inventory", paid, old_guess},
    {"owner: somewhere in a VPC", paid, vpc_guess},
    {"owner: instance", paid, instance},
    {"owner: account", paid, log_account},
    {"owner: pod", paid, pod},
    {"owner: pod, nothing else known", paid, pod_bare},
    {"owner: Kubernetes node", paid, node},
    {"owner: process", paid, process},
    {"owner: process in an ECS task", paid, process_in_task},
    {"owner: pod that serves a pool", service, pod},
};

bool wording_case(size_t i, struct wording_case *c)
{
    if (i >= ARRAY_LEN(cases))
        return false;
    memset(flows, 0, sizeof(flows));
    memset(c, 0, sizeof(*c));
    c->name = cases[i].name;
    cases[i].finding(&c->f);
    if (cases[i].about)
        cases[i].about(&c->about);
    return true;
}
