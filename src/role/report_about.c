/*
 * report_about.c - asks for owner and place of a finding's parties.
 *
 * Whose the miner is, the inventory says; what the entry of a DNS log says itself fills in what that does not know. On the
 * machine that the sensor runs on, the process that holds the connection is known too, and by its container whose it is.
 */
#include "config.h"

#include "role/report_about.h"

#include "enrich/geo.h"
#include "enrich/owner_log.h"
#include "enrich/process_mask.h"
#include "role/report_live.h"

/* The VPC that a DNS log says the packet is of. */
static struct view vpc_of(struct view words)
{
    static struct about_owner said; /* large */

    return owner_log_take(words, &said) ? said.aws.vpc : view_of(NULL, 0);
}

/* In an entry of a log what stands where the tunnel's endpoints do is a number for the VPC. */
static void set_network(struct inventory_question *q, bool has_tunnel, const struct addr *outer_src, uint32_t vni,
                        struct view words)
{
    q->vpc = vpc_of(words);
    q->has_tunnel = has_tunnel && words.n == 0;
    if (!q->has_tunnel)
        return;
    q->outer_src = *outer_src;
    q->vni = vni;
}

uint64_t report_scope(void *report_run, const struct evidence *e)
{
    const struct report_run *run = report_run;
    struct inventory_question q = {.addr = e->miner.addr, .time_ns = e->time_ns};

    set_network(&q, e->flags & EVIDENCE_HAS_ENCAP, &e->outer_src, e->vni, evidence_text(e, TEXT_OWNER));
    return inventory_scope(run->r->inventory, &q, run->r->conf->owner.inventory_stale_after);
}

void report_about_begin(struct report_run *run)
{
    if (run->r->inventory)
        finding_scopes(run->findings, report_scope, run);
}

/* Both say it, and not the same. */
static bool differ(struct view a, struct view b)
{
    return a.n && b.n && !view_eq(a, b);
}

static void fill(struct view *to, struct view from)
{
    if (!to->n)
        *to = from;
}

/*
 * What both know, the inventory knows better; but when they name another VPC or instance, the log is right: its word is of the time
 * of the packet.
 */
static void merge(struct about_owner *owner, const struct about_owner *log)
{
    if (owner->source == OWNER_NONE || differ(owner->aws.vpc, log->aws.vpc) || differ(owner->aws.instance, log->aws.instance)) {
        *owner = *log;
        return;
    }
    fill(&owner->aws.account, log->aws.account);
    fill(&owner->aws.region, log->aws.region);
    fill(&owner->aws.vpc, log->aws.vpc);
    fill(&owner->aws.instance, log->aws.instance);
}

/* The members of a campaign may be anywhere, and the finding does not say where its first one is. */
static void ask_inventory(const struct report_run *run, const struct finding *f, struct about_owner *owner)
{
    struct view words = view_of(f->owner.bytes, f->owner.len);
    struct inventory_question q = {.addr = f->miner.addr, .time_ns = f->last_ns};

    *owner = (struct about_owner){.source = OWNER_NONE};
    if (!run->r->inventory || f->kind == FINDING_CAMPAIGN)
        return;
    set_network(&q, f->tunnel.present, &f->tunnel.outer_src, f->tunnel.vni, words);
    if (!inventory_find(run->r->inventory, &q, run->r->conf->owner.inventory_stale_after, owner))
        *owner = (struct about_owner){.source = OWNER_NONE};
}

/* Its container says more than an address can: whose it is on a machine that lends its address to many, or which of those of a task. */
static void add_container(const struct report_run *run, const struct finding *f, struct about_owner *owner)
{
    struct view id = owner->process.container;

    if (id.n > 0 && !(run->r->inventory && inventory_find_container(run->r->inventory, id, f->last_ns, owner)))
        inventory_narrow(owner);
}

/* Which process of this machine it is. */
static void add_process(struct report_run *run, const struct finding *f, struct about_owner *owner)
{
    struct view pod;

    if (!run->live || !run->live->processes || f->kind == FINDING_CAMPAIGN ||
        !process_ask_finding(run->live->processes, f, &owner->process, &pod))
        return;
    add_container(run, f, owner);
    if (owner->source == OWNER_NONE)
        owner->source = OWNER_PROCESS;
    fill(&owner->kubernetes.uid, pod);
}

/* For output.redact: whoever told the command line, no output gets the accounts in it. */
static void mask(struct about_owner *owner)
{
    static char masked[PROCESS_LOGINS_MAX];
    struct out o = out_of(masked, sizeof(masked));

    process_mask_logins(owner->process.cmdline, &o);
    owner->process.cmdline = out_view(&o);
}

const struct about *report_about(struct report_run *run, const struct finding *f)
{
    static struct about about; /* large; there is one report in a process */
    static struct about_owner log;

    about = (struct about){.owner = {.source = OWNER_NONE}};
    ask_inventory(run, f, &about.owner);
    if (owner_log_take(view_of(f->owner.bytes, f->owner.len), &log))
        merge(&about.owner, &log);
    add_process(run, f, &about.owner);
    if (run->r->conf->output.redact)
        mask(&about.owner);
    (void)geo_find(run->geo, &f->pool.addr, &about.pool); /* false: nothing is known */
    return &about;
}
