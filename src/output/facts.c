/*
 * facts.c - from a finding to what the formats of others ask.
 */
#include "config.h"

#include "output/facts.h"

#include "base/out.h"
#include "evidence/login.h"
#include "finding/score.h"

#define EFFECT "Effects/Resource Consumption"
#define UNUSUAL "Unusual Behaviors/Network Flow"
#define ACCOUNT_DIGITS 12
#define REGION_MAX 32 /* bytes; ap-southeast-1 has 14 */

static const struct facts_severity severities[FINDING_LABELS] = {
    {"Minor", "LOW", "Low", 3, 21, 2},
    {"Major", "MEDIUM", "Medium", 2, 47, 3},
    {"Critical", "HIGH", "High", 1, 73, 4},
    {"Critical", "CRITICAL", "Critical", 1, 99, 5},
};

/* Numbers are never given again: rules of receivers name them. */
static const struct facts_kind kinds[FINDING_KIND_N] = {
    [FINDING_MINING] = {1900000, "CryptoCurrency:Network/Stratum.B", "CryptoCurrency:Network/Stratum.B", EFFECT, true},
    [FINDING_POOL_LOOKUP] = {1900010, "CryptoCurrency:Network/PoolDomain", "CryptoCurrency:Network/PoolDomain!DNS", UNUSUAL,
                             true},
    [FINDING_WEB_MINING] = {1900020, "CryptoCurrency:Network/WebMiner", "CryptoCurrency:Network/WebMiner!DNS", EFFECT, true},
    [FINDING_COIN_NODE] = {1900030, "CryptoCurrency:Network/CoinNode", "CryptoCurrency:Network/CoinNode!DNS", UNUSUAL, false},
    [FINDING_POOL_SERVICE] = {1900040, "CryptoCurrency:Network/PoolService", "CryptoCurrency:Network/PoolService", EFFECT,
                              true},
    [FINDING_POOL_SCAN] = {1900050, "CryptoCurrency:Network/PoolScan", "CryptoCurrency:Network/PoolScan", UNUSUAL, true},
    [FINDING_CAMPAIGN] = {1900060, "CryptoCurrency:Network/Campaign", "CryptoCurrency:Network/Campaign", EFFECT, true},
    [FINDING_POOL_CONTACT] = {1900070, "CryptoCurrency:Network/PoolDomain", "CryptoCurrency:Network/PoolDomain", UNUSUAL, true},
};

static bool is_peer(const struct finding *f)
{
    return f->kind == FINDING_COIN_NODE && f->evidence[EVIDENCE_NODE].present;
}

/* How well a connection stands for all: one with the pool and the miner of the newest proof, then one that is no copy. */
static unsigned fitness(const struct finding *f, const struct finding_flow *fl)
{
    const struct endpoint *here = f->kind == FINDING_POOL_SERVICE ? &fl->pool : &fl->miner;

    return 4u * endpoint_eq(&fl->pool, &f->pool) + 2u * endpoint_eq(here, &f->miner) + !fl->copy;
}

static const struct finding_flow *best_flow(const struct finding *f)
{
    const struct finding_flow *best = NULL;

    for (uint32_t i = 0; i < f->n_flows_listed; i++) {
        const struct finding_flow *fl = &f->flows[i];
        unsigned fit = fitness(f, fl), fit_best = best ? fitness(f, best) : 0;

        if (!best || fit > fit_best || (fit == fit_best && fl->last_ns > best->last_ns))
            best = fl;
    }
    return best;
}

/* The two ends, from the connection where there is one. */
static void find_ends(struct facts *x)
{
    const struct finding *f = x->f;

    x->machine = f->miner;
    x->asks = finding_is_lookup(f) && !finding_is_contact(f) && !is_peer(f);
    x->serves = f->kind == FINDING_POOL_SERVICE;
    if (f->kind == FINDING_COIN_NODE || x->asks) {
        x->machine.port = 0; /* of one question out of many */
        x->other = f->server;
    } else if (f->kind == FINDING_CAMPAIGN) {
        x->machine = f->n_members_listed ? f->members[0] : f->miner;
        x->other = f->pool;
    } else {
        x->flow = best_flow(f);
        if (x->flow) {
            x->machine = x->serves ? x->flow->pool : x->flow->miner;
            x->other = x->serves ? x->flow->miner : x->flow->pool;
        } else if (!x->serves && f->kind != FINDING_POOL_SCAN) {
            x->other = f->pool;
        }
    }
    x->has_other = !addr_is_none(&x->other.addr);
}

static bool is_inside(const struct output_context *ctx, const struct addr *a)
{
    const struct conf_nets *home = ctx->conf ? &ctx->conf->network.home_net : NULL;

    if (!home || home->n == 0)
        return addr_is_inside(a);
    for (uint32_t i = 0; i < home->n; i++)
        if (addr_in_net(a, &home->net[i]))
            return true;
    return false;
}

static enum facts_direction direction_of(const struct facts *x, const struct output_context *ctx)
{
    bool from, to;

    if (!x->has_other)
        return FACTS_UNKNOWN;
    from = is_inside(ctx, &facts_client(x)->addr);
    to = is_inside(ctx, &facts_server(x)->addr);
    return from ? (to ? FACTS_INTERNAL : FACTS_OUTBOUND) : to ? FACTS_INBOUND : FACTS_EXTERNAL;
}

static void find_names(struct facts *x)
{
    const struct finding *f = x->f;

    if (is_peer(f) || f->kind == FINDING_POOL_SERVICE || f->kind == FINDING_POOL_SCAN)
        return;
    if (finding_is_lookup(f)) {
        x->domain = f->name.len ? &f->name : NULL;
        if (x->asks)
            x->question = f->asked.len ? &f->asked : x->domain;
    } else if (f->host.len) {
        x->domain = &f->host;
    }
}

static void find_account(struct facts *x)
{
    const struct finding *f = x->f;
    struct login l = login_of(view_of(f->login.bytes, f->login.len), (enum mining_protocol)f->protocol);

    if (f->masked_kind) { /* what the login was; now it looks like nothing */
        l = (struct login){.wallet = f->masked_wallet};
        l.wallet.address = view_of(f->masked_address.bytes, f->masked_address.len);
    }
    x->wallet = f->login.len && !f->login.cut ? l.wallet : (struct wallet){.check = WALLET_NONE};
    x->worker = f->worker.len ? view_of(f->worker.bytes, f->worker.len) : f->login.cut ? (struct view){NULL, 0} : l.worker;
    x->worker_cut = f->worker.len && f->worker.cut;
}

/* The only container of the task or pod. */
static const struct about_container *container_of_owner(const struct about_owner *owner)
{
    const struct about_containers *c = owner->kubernetes.pod.n ? &owner->kubernetes.containers : &owner->aws.ecs.containers;

    return c->n == 1 && c->total <= 1 ? &c->v[0] : NULL;
}

struct facts facts_of(enum finding_state state, const struct finding *f, const struct about *about,
                      const struct output_context *ctx)
{
    static const struct about nothing = {.owner = {.source = OWNER_NONE}};
    struct facts x = {.f = f, .state = state, .about = about, .time_ns = f->detected_ns};

    if (state != FINDING_NEW && f->last_ns > x.time_ns)
        x.time_ns = f->last_ns;
    x.kind = &kinds[f->kind];
    x.severity = &severities[score_rank(f->severity)];
    x.owner = about ? &about->owner : &nothing.owner;
    x.container = container_of_owner(x.owner);
    find_ends(&x);
    x.place = about && addr_eq(&x.other.addr, &f->pool.addr) ? &about->pool : &nothing.pool;
    find_names(&x);
    find_account(&x);
    x.direction = direction_of(&x, ctx);
    x.type = x.asks ? x.kind->dns_type : x.kind->type;
    return x;
}

const struct endpoint *facts_client(const struct facts *x)
{
    return x->serves ? &x->other : &x->machine;
}

const struct endpoint *facts_server(const struct facts *x)
{
    return x->serves ? &x->machine : &x->other;
}

uint32_t facts_signature(const struct facts *x)
{
    return x->kind->signature + (uint32_t)x->f->stage;
}

const char *facts_partition_of(struct view region)
{
    return view_starts(region, "cn-") ? "aws-cn" : view_starts(region, "us-gov-") ? "aws-us-gov" : "aws";
}

const char *facts_partition(const struct facts *x)
{
    return facts_partition_of(x->owner->aws.region);
}

static void put(struct out *o, struct view v)
{
    out_escape(o, view_head(v, FACTS_TEXT_MAX));
}

void facts_arn(const struct facts *x, const char *service, const char *kind, struct view id, struct out *o)
{
    const struct about_aws *aws = &x->owner->aws;

    if (aws->account.n && aws->region.n) {
        out_fmt(o, "arn:%s:%s:", facts_partition(x), service);
        put(o, aws->region);
        out_char(o, ':');
        put(o, aws->account);
        out_fmt(o, ":%s", kind);
    }
    put(o, id);
}

void facts_owner_id(const struct facts *x, struct out *o)
{
    const struct about_owner *owner = x->owner;

    if (owner->kubernetes.pod.n) {
        put(o, owner->kubernetes.namespace);
        out_char(o, '/');
        put(o, owner->kubernetes.pod);
    } else if (owner->aws.ecs.task.n) {
        put(o, owner->aws.ecs.task);
    } else if (owner->aws.instance.n) {
        facts_arn(x, "ec2", "instance/", owner->aws.instance, o);
    } else if (owner->aws.eni.n) {
        facts_arn(x, "ec2", "network-interface/", owner->aws.eni, o);
    }
}

const char *facts_account(const struct output_context *ctx)
{
    return ctx->conf ? ctx->conf->output.aws_account : "";
}

const char *facts_region(const struct output_context *ctx)
{
    return ctx->conf ? ctx->conf->output.aws_region : "";
}

static bool is_account(const char *text)
{
    return strlen(text) == ACCOUNT_DIGITS && strspn(text, "0123456789") == ACCOUNT_DIGITS;
}

/* us-east-1, ap-southeast-3, us-gov-west-1. */
static bool is_region(const char *text)
{
    size_t n = strlen(text);

    return n > 0 && n <= REGION_MAX && text[0] >= 'a' && text[0] <= 'z' && text[n - 1] >= '0' && text[n - 1] <= '9' &&
           strchr(text, '-') && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

bool facts_check_account(const struct conf *conf, char *why, size_t n_why)
{
    struct out o = out_of(why, n_why);

    const char *set = NULL;

    if (!is_account(conf->output.aws_account)) {
        set = conf->output.aws_account;
        out_str(&o, "needs output.aws_account, the 12 digits of the account that takes the findings in; it is ");
    } else if (!is_region(conf->output.aws_region)) {
        set = conf->output.aws_region;
        out_str(&o, "needs output.aws_region, the region that takes the findings in, such as us-east-1; it is ");
    }
    if (!set)
        return true;
    out_str(&o, set[0] ? "`" : "not set");
    out_escape(&o, view_str(set));
    out_str(&o, set[0] ? "'" : "");
    return false;
}
