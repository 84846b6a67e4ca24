/*
 * entry.c - which finding a record belongs to; the making and the dropping of findings.
 *
 * Identity of mining: miner address, pool address and port, kind, and the network: tunnel endpoints as an
 * unordered pair, and VNI. Equal addresses in another network are another machine, but for copies (tracked.c). So is the
 * address of another owner, as far as somebody knows (finding_scopes).
 */
#include "config.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "finding/fold.h"
#include "finding/score.h"
#include "finding/table.h"

struct entry *entry_find(const struct finding_table *t, const struct identity *id)
{
    struct entry *en;

    HASH_FIND_BYHASHVALUE(hh, t->entries, id, sizeof(*id), table_hash(t, id, sizeof(*id)), en);
    return en;
}

/* The network that the record is of. */
static void set_network(struct identity *id, const struct evidence *e)
{
    bool swap = addr_cmp(&e->outer_src, &e->outer_dst) > 0;

    if (!(e->flags & EVIDENCE_HAS_ENCAP))
        return;
    id->has_encap = true;
    id->vni = e->vni;
    id->outer_lo = swap ? e->outer_dst : e->outer_src;
    id->outer_hi = swap ? e->outer_src : e->outer_dst;
}

void entry_identity(const struct evidence *e, uint64_t scope, struct identity *id)
{
    memset(id, 0, sizeof(*id)); /* padding is hashed and compared too */
    id->miner = e->miner.addr;
    id->pool = e->pool.addr;
    id->port = e->pool.port;
    id->kind = e->protocol == PROTOCOL_WEB_CRYPTONOTE ? FINDING_WEB_MINING : FINDING_MINING;
    id->scope = scope;
    set_network(id, e);
}

static enum finding_kind kind_of(enum feed_kind kind)
{
    switch (kind) {
    case FEED_WEBMINER: return FINDING_WEB_MINING;
    case FEED_NODE: return FINDING_COIN_NODE;
    default: return FINDING_POOL_LOOKUP;
    }
}

/* The hash goes into the id: its key must be the one that never changes. */
void entry_lookup_identity(const struct finding_table *t, const struct evidence *e, const struct finding_row *row,
                           uint64_t scope, struct identity *id)
{
    enum finding_kind kind = kind_of(row->kind);
    bool by_coin = kind == FINDING_COIN_NODE && row->coins_len;
    struct hash128 h = hash_128(&t->id_key, by_coin ? view_of(row->coins, row->coins_len) : view_of(row->name, row->name_len));

    memset(id, 0, sizeof(*id));
    id->miner = e->miner.addr;
    memcpy(id->pool.b, &h, sizeof(h));
    id->kind = (uint8_t)kind;
    if (e->kind == EVIDENCE_CONTACT && kind == FINDING_POOL_LOOKUP)
        id->kind = FINDING_POOL_CONTACT;
    id->scope = scope;
    set_network(id, e);
}

static void set_late(struct finding_table *t, struct entry *en, bool late)
{
    t->n_late += late;
    t->n_late -= en->late;
    en->late = late;
}

/* True when a finding has it that is of an owner by now (known.c). */
static bool is_taken(const struct finding_table *t, const struct entry *en)
{
    const struct heap *all = &t->by[ORDER_MADE];

    for (uint32_t i = 0; i < all->n; i++) {
        const struct entry *other = all->slots[i].node->owner;

        if (other != en && other->late && strcmp(other->finding.id, en->finding.id) == 0)
            return true;
    }
    return false;
}

/*
 * The id: a keyed hash of the identity and the day of the first packet. A scope comes last, and only when there is one: without an
 * inventory the ids are what they always were. Where a finding that is an owner's by now has the id of nobody's, another one of nobody
 * is numbered: of two that are open each has an id of its own.
 */
void entry_set_id(struct finding_table *t, struct entry *en)
{
    struct {
        uint8_t identity[offsetof(struct identity, scope)];
        int64_t day;
        uint64_t scope;
        uint64_t again;
    } what;
    size_t n = sizeof(what) - (en->identity.scope ? sizeof(what.again) : sizeof(what.scope) + sizeof(what.again));

    set_late(t, en, false);
    memcpy(what.identity, &en->identity, sizeof(what.identity));
    what.day = rfc3339_day(en->finding.first_ns);
    what.scope = en->identity.scope;
    what.again = 0;
    do {
        struct out o = out_of(en->finding.id, sizeof(en->finding.id));

        out_fmt(&o, "cm-%016llx", (unsigned long long)hash_64(&t->id_key, view_of(&what, n)));
        n = sizeof(what);
    } while (en->identity.scope == 0 && what.again++ < t->n_late && is_taken(t, en));
}

void entry_rename(struct finding_table *t, struct entry *en, const struct identity *id)
{
    HASH_DEL(t->entries, en);
    en->identity = *id;
    en->finding.scope = id->scope;
    HASH_ADD_BYHASHVALUE(hh, t->entries, identity, sizeof(en->identity), table_hash(t, &en->identity, sizeof(en->identity)),
                         en);
    set_late(t, en, en->finding.revision > 0);
}

bool entry_insert(struct finding_table *t, struct entry *en)
{
    uint32_t n = HASH_COUNT(t->entries) + 1;

    for (int order = 0; order < ORDER_N; order++) {
        if (!heap_reserve(&t->by[order], n))
            return false;
        en->by[order].owner = en;
    }
    en->finding.kind = (enum finding_kind)en->identity.kind;
    en->finding.scope = en->identity.scope;
    if (!host_link(t, en))
        return false;
    HASH_ADD_BYHASHVALUE(hh, t->entries, identity, sizeof(en->identity), table_hash(t, &en->identity, sizeof(en->identity)),
                         en);
    heap_put(&t->by[ORDER_MADE], &en->by[ORDER_MADE], en->made);
    t->n_late += en->late;
    entry_settle(t, en);
    return true;
}

struct entry *entry_new(struct finding_table *t, const struct identity *id, const struct evidence *e)
{
    struct entry *en = calloc(1, sizeof(*en));

    if (!en)
        return NULL;
    memcpy(&en->identity, id, sizeof(*id));
    en->made = ++t->number;
    en->lost_drops = t->drops.sum;
    en->lost_restarts = t->restarts.sum;
    en->finding.first_ns = e->flow_start_ns;
    en->finding.last_ns = e->flow_last_ns;
    en->finding.one_sided = true;
    if (!entry_insert(t, en)) {
        free(en);
        return NULL;
    }
    return en;
}

void entry_free(struct entry *en)
{
    fold_fini(&en->finding);
    free(en);
}

void entry_drop(struct finding_table *t, struct entry *en)
{
    while (en->tracked)
        tracked_drop(t, en->tracked);
    host_unlink(t, en);
    set_late(t, en, false);
    HASH_DEL(t->entries, en);
    for (int order = 0; order < ORDER_N; order++)
        heap_take(&t->by[order], &en->by[order]);
    entry_free(en);
}

/* What is not proven, or not yet, goes first; then by the label of severity. */
static uint64_t class_of(const struct entry *en)
{
    return en->announced ? 1 + score_rank(en->finding.severity) : 0;
}

void entry_settle(struct finding_table *t, struct entry *en)
{
    heap_put(&t->by[ORDER_VICTIM], &en->by[ORDER_VICTIM], class_of(en) << ORDER_BITS | en->made);
    if (en->due)
        heap_put(&t->by[ORDER_WAITING], &en->by[ORDER_WAITING], storm_key(en));
}

/*
 * Drops findings until the table is within its cap: of the least severe the oldest. So fakes, however many, push out one
 * another and no finding that is worse than they are. What has only facts, of which the proof comes next, is not
 * dropped at once for being the least.
 */
void entry_make_room(struct finding_table *t, const struct entry *newest)
{
    struct heap *victims = &t->by[ORDER_VICTIM];

    while (HASH_COUNT(t->entries) > t->cap) {
        struct heap_node *first = heap_first(victims);
        struct entry *en = first->owner;

        if (en == newest && !en->announced && victims->n > 1) {
            heap_take(victims, first);
            en = heap_first(victims)->owner;
            heap_put(victims, first, first->key);
        }
        t->stats.evicted++;
        storm_evict(t, en);
    }
}

bool entry_is_proven(const struct entry *en)
{
    for (int kind = 0; kind < EVIDENCE_N; kind++) {
        enum evidence_class class = evidence_class((enum evidence_kind)kind);

        if (en->finding.evidence[kind].present && class != CLASS_NONE && class != CLASS_DPI && class != CLASS_FINGERPRINT &&
            class != CLASS_ADDRESS)
            return true;
    }
    return false;
}

bool entry_has_work(const struct entry *en)
{
    return en->finding.stage >= STAGE_MINING || en->finding.n_jobs > 0;
}

/* Members and targets come without end; the login and agent of a fleet are those of anyone. */
static bool is_fleet_material(const struct entry *en)
{
    const struct finding *f = &en->finding;

    return f->stage != en->said_stage || f->severity > en->said_severity || f->severity < en->said_severity ||
           finding_doublings(f->n_members) != finding_doublings(en->said_members) ||
           (f->kind == FINDING_POOL_SERVICE && (f->pool.port != 0) != en->said_pool);
}

bool entry_is_material(const struct entry *en)
{
    const struct finding *f = &en->finding;

    if (finding_is_fleet(f))
        return is_fleet_material(en);
    return f->stage != en->said_stage || f->severity > en->said_severity || f->severity < en->said_severity ||
           f->scope != en->said_scope || f->n_logins != en->said_logins || f->n_agents != en->said_agents ||
           f->n_names != en->said_names || (f->host.len > 0 && !en->said_host);
}
