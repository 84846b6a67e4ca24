/*
 * wording_fleet.c - titles and summaries of findings that many connections make together.
 */
#include "config.h"

#include "finding/wording_fleet.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "finding/mined.h"
#include "finding/wording.h"

#define SHOWN 3 /* members that a summary names */

static void put_count(struct out *o, uint64_t n, const char *one, const char *many)
{
    out_fmt(o, "%llu %s", (unsigned long long)n, n == 1 ? one : many);
}

static void put_machines(const struct finding *f, struct out *o)
{
    put_count(o, f->n_members, "machine", "machines");
}

/* "3 machines (10.0.3.17, 10.0.3.18, 10.0.3.19)". */
static void put_members(const struct finding *f, struct out *o)
{
    put_machines(f, o);
    for (uint32_t i = 0; i < f->n_members_listed && i < SHOWN; i++) {
        out_str(o, i ? ", " : " (");
        addr_print(&f->members[i].addr, o);
    }
    if (f->n_members_listed)
        out_str(o, f->n_members > SHOWN ? " …)" : ")");
}

static void put_connections(const struct finding *f, struct out *o)
{
    out_str(o, " in ");
    put_count(o, f->n_flows, "connection", "connections");
    out_str(o, " within ");
    rfc3339_print_span(f->last_ns - f->first_ns, o);
}

static void put_shares(const struct finding *f, struct out *o)
{
    put_count(o, f->n_submitted, "share", "shares");
    out_fmt(o, " submitted, %llu accepted, %llu rejected", (unsigned long long)f->n_accepted,
            (unsigned long long)f->n_rejected);
}

static void put_one_sided(const struct finding *f, struct out *o)
{
    if (f->one_sided)
        out_str(o, " Only one side's packets were captured, and nothing shows that the other side answers.");
}

static void service_title(const struct finding *f, struct out *o)
{
    endpoint_print(&f->miner, o);
    out_str(o, " hands out mining work to ");
    put_machines(f, o);
}

static void service_summary(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_fmt(o, ", which is inside, listens on port %u and hands out mining work to ", f->miner.port);
    put_members(f, o);
    out_fmt(o, ", in %s,", wording_protocol((enum mining_protocol)f->protocol));
    put_connections(f, o);
    out_str(o, ": ");
    put_count(o, f->n_jobs, "job", "jobs");
    out_str(o, " handed out, ");
    put_shares(f, o);
    out_str(o, ".");
    if (f->pool.port) {
        out_str(o, " It mines itself at ");
        endpoint_print(&f->pool, o);
        out_str(o, ".");
    } else {
        out_str(o, " Where its work comes from was not seen.");
    }
    put_one_sided(f, o);
}

static void scan_title(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_str(o, " tried ");
    put_count(o, f->n_members, "mining pool", "mining pools");
    out_str(o, " in search of work");
}

static void scan_summary(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_str(o, " spoke to ");
    put_count(o, f->n_members, "pool", "pools");
    out_fmt(o, ", newest in %s,", wording_protocol((enum mining_protocol)f->protocol));
    put_connections(f, o);
    out_str(o, ", and got no work, but from those that have findings of their own: it looks for pools, or its own fail.");
    if (f->agent.len) {
        out_str(o, " It calls itself ");
        out_escape(o, view_of(f->agent.bytes, f->agent.len));
        out_str(o, f->agent.cut ? "…." : ".");
    }
    put_one_sided(f, o);
}

static void put_coin(const struct finding *f, struct out *o)
{
    struct view coin = mined_of(f).coin;

    if (!coin.n)
        return;
    out_char(o, ' ');
    out_escape(o, coin);
}

static void campaign_title(const struct finding *f, struct out *o)
{
    put_machines(f, o);
    out_str(o, " mine");
    put_coin(f, o);
    out_str(o, " for ");
    wording_short_login(&f->login, o);
}

static void campaign_summary(const struct finding *f, struct out *o)
{
    put_members(f, o);
    out_str(o, " mine");
    put_coin(f, o);
    out_str(o, " for the wallet ");
    out_escape(o, view_of(f->login.bytes, f->login.len));
    if (f->pool.port) {
        out_str(o, ", all at ");
        endpoint_print(&f->pool, o);
    } else {
        out_str(o, ", at several pools");
    }
    out_str(o, ", within ");
    rfc3339_print_span(f->last_ns - f->first_ns, o);
    out_str(o, ": ");
    put_shares(f, o);
    out_str(o, ". Each has a finding of its own.");
    if (f->one_sided)
        out_str(o, " Of fewer than three of them both directions were seen.");
}

void wording_fleet_title(const struct finding *f, struct out *o)
{
    switch (f->kind) {
    case FINDING_POOL_SERVICE: service_title(f, o); break;
    case FINDING_POOL_SCAN: scan_title(f, o); break;
    default: campaign_title(f, o); break;
    }
}

void wording_fleet_summary(const struct finding *f, struct out *o)
{
    switch (f->kind) {
    case FINDING_POOL_SERVICE: service_summary(f, o); break;
    case FINDING_POOL_SCAN: scan_summary(f, o); break;
    default: campaign_summary(f, o); break;
    }
}
