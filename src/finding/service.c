/*
 * service.c - a machine inside that hands out work: a proxy, a pool of one's own, or a node that miners ask for templates.
 *
 * Inside is what the configuration says. The miners that it serves have their own findings; this one says where all of
 * them lead, and from which pool the work comes, if the machine is seen to mine there.
 *
 * A service is an address and a port: records say whose their miner is, and nobody says whose the pool is. So its scope is 0, and
 * what the machine itself mines, whose scope may be known, is of another machine here (host.c).
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/score.h"
#include "finding/table.h"

static bool is_inside(const struct finding_table *t, const struct addr *a)
{
    for (uint32_t i = 0; i < t->home.n; i++)
        if (addr_in_net(a, &t->home.net[i]))
            return true;
    return false;
}

/* The pool's side itself has said what only one says that hands out work. */
static bool hands_out(const struct entry *en, const struct evidence *e)
{
    const struct finding *f = &en->finding;
    bool of_pool = e->direction != DIRECTION_TO_POOL && evidence_class((enum evidence_kind)e->kind) == CLASS_PROTOCOL;

    if (!en->announced || e->stage < STAGE_MINING || e->protocol == PROTOCOL_P2POOL ||
        f->evidence[EVIDENCE_SIDECHAIN].present || f->evidence[EVIDENCE_NODE].present)
        return false;
    return e->n_jobs > 0 || e->n_accepted > 0 || e->n_rejected > 0 || of_pool;
}

static bool is_mining(const struct entry *en)
{
    return en->announced && en->finding.kind == FINDING_MINING && entry_has_work(en);
}

/* The pool that the machine itself mines at: the first of those that it gets work from, as far as its owner is not known. */
static void find_upstream(struct entry *service)
{
    const struct entry *en = host_newest(service->host);

    for (int i = 0; en && i < HOST_WALK; i++, en = host_older(service->host, en))
        if (is_mining(en))
            service->finding.pool = en->finding.pool;
}

/* The machine as one that serves. NULL: it does not. */
static const struct host *host_that_serves(const struct finding_table *t, const struct entry *en)
{
    const struct host *h = en->host;
    struct identity id = en->identity;

    if (id.scope) {
        id.scope = 0;
        h = host_find(t, &id);
    }
    return h && h->n_services ? h : NULL;
}

/* Tells the services of the machine that it has got work from this pool. */
static void tell_services(struct finding_table *t, struct entry *en, const struct evidence *e)
{
    const struct host *h = host_that_serves(t, en);
    struct entry *service = h ? host_newest(h) : NULL;

    en->worked = true;
    en->told = t->service;
    for (int i = 0; service && i < HOST_WALK; i++, service = host_older(h, service)) {
        if (service->finding.kind != FINDING_POOL_SERVICE || service->finding.pool.port)
            continue;
        service->finding.pool = en->finding.pool;
        table_speak(t, service, e);
    }
}

static void serve(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
                  const struct evidence *e)
{
    struct entry *service;
    struct identity id;
    struct finding *f;

    fleet_identity(en, FINDING_POOL_SERVICE, &id);
    id.miner = e->pool.addr;
    id.port = e->pool.port;
    service = fleet_entry(t, &id, en, e);
    if (!service)
        return;
    f = &service->finding;
    f->miner = e->pool;
    fold_tunnel(f, e);
    if (tr->counted_in != service->made)
        fleet_add_member(t, f, &e->miner, en->identity.scope);
    fleet_take_facts(f, &en->finding);
    fleet_take_evidence(f, &en->finding, true);
    fleet_count_flow(service, tr, *before, e);
    if (!f->evidence[EVIDENCE_SERVICE].present) {
        t->service = service->made;
        find_upstream(service);
        fold_note(f, e, EVIDENCE_SERVICE, &t->words);
    }
    score_finding(f);
    table_speak(t, service, e);
}

/* The service that en's pool is. NULL: it is none. */
static struct entry *find_service(const struct finding_table *t, const struct entry *en)
{
    struct identity id;

    fleet_identity(en, FINDING_POOL_SERVICE, &id);
    id.miner = en->identity.pool;
    id.port = en->identity.port;
    return entry_find(t, &id);
}

void service_leave(struct finding_table *t, struct entry *en)
{
    struct entry *service = find_service(t, en);

    if (!service)
        return;
    fleet_discount_flows(service, en);
    if (!fleet_drop_member(t, &service->finding, &en->identity.miner, en->identity.scope) || service->finding.n_members > 0)
        return;
    service->allowed = en->allowed;
    storm_evict(t, service);
}

void service_rename(struct finding_table *t, const struct entry *en, const struct tracked *tr, uint64_t scope)
{
    struct entry *service = find_service(t, en);

    if (service && tr->counted_in == service->made)
        fleet_rename_member(t, &service->finding, &en->identity.miner, en->identity.scope, scope);
}

/* A service that began after the work did has not found it: it does not know where to look. */
static bool is_untold(const struct finding_table *t, const struct entry *en)
{
    return en->identity.scope && en->told < t->service;
}

void service_take(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
                  const struct evidence *e)
{
    if ((!en->worked || is_untold(t, en)) && is_mining(en))
        tell_services(t, en, e);
    if (hands_out(en, e) && is_inside(t, &e->pool.addr))
        serve(t, en, tr, before, e);
}
