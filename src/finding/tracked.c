/*
 * tracked.c - the flows that findings are made of, as long as they may send records.
 *
 * A record of a connection that is followed in another network at the same time is a copy (both its ends are
 * mirrored) and joins that finding; its counters are not added again.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/table.h"

#define TRACKED_SHARE 8 /* a finding that holds one flow in so many gives up its own when there is no room */

void tracked_drop(struct finding_table *t, struct tracked *tr)
{
    DL_DELETE(tr->entry->tracked, tr);
    tr->entry->n_tracked--;
    HASH_DELETE(hh, t->tracked, tr);
    if (tr->in_pairs)
        HASH_DELETE(hh_pair, t->pairs, tr);
    heap_take(&t->by_use, &tr->by_use);
    free(tr);
}

/* Anybody can send packets with any source; to be seen in both directions takes a host. */
static bool is_two_sided(const struct tracked *tr)
{
    return !(tr->flow.flags & EVIDENCE_ONE_SIDED) || tr->flow.flags & EVIDENCE_ANSWERED;
}

void tracked_use(struct finding_table *t, struct tracked *tr)
{
    heap_put(&t->by_use, &tr->by_use, (uint64_t)is_two_sided(tr) << ORDER_BITS | ++t->number);
}

/* Forgets a flow: of a finding with many of them its first; else, of those seen in one direction, the one idle longest. */
static void make_room(struct finding_table *t, const struct entry *en)
{
    struct tracked *tr = heap_first(&t->by_use)->owner;

    if (en->n_tracked > 0 && en->n_tracked >= t->cap_tracked / TRACKED_SHARE)
        tr = en->tracked;
    t->stats.untracked++;
    tracked_drop(t, tr);
}

bool tracked_insert(struct finding_table *t, struct entry *en, struct tracked *tr)
{
    if (!heap_reserve(&t->by_use, HASH_CNT(hh, t->tracked) + 1))
        return false;
    tr->entry = en;
    tr->by_use.owner = tr;
    DL_APPEND(en->tracked, tr);
    en->n_tracked++;
    HASH_ADD_BYHASHVALUE(hh, t->tracked, key, sizeof(tr->key), table_hash(t, &tr->key, sizeof(tr->key)), tr);
    return true;
}

void tracked_pair(struct finding_table *t, struct tracked *tr)
{
    unsigned hash = table_hash(t, tr->key.pair, sizeof(tr->key.pair));
    struct tracked *same;

    HASH_FIND_BYHASHVALUE(hh_pair, t->pairs, tr->key.pair, sizeof(tr->key.pair), hash, same);
    if (same)
        return;
    tr->in_pairs = true;
    HASH_ADD_BYHASHVALUE(hh_pair, t->pairs, key.pair, sizeof(tr->key.pair), hash, tr);
}

static struct tracked *track(struct finding_table *t, const struct flow_key_record *key, struct entry *en, bool copy,
                             const struct evidence *e)
{
    const struct finding_flow *listed = fold_listed(&en->finding, e);
    struct tracked *tr = calloc(1, sizeof(*tr));

    if (!tr)
        return NULL;
    if (HASH_CNT(hh, t->tracked) >= t->cap_tracked)
        make_room(t, en);
    tr->key = *key;
    if (!tracked_insert(t, en, tr)) {
        free(tr);
        return NULL;
    }
    if (listed) { /* it had ended: a late or repeated record */
        tr->flow = *listed;
    } else {
        tr->flow = (struct finding_flow){.copy = copy, .start_ns = e->flow_start_ns, .last_ns = e->flow_last_ns};
        en->finding.n_flows += !copy;
    }
    tracked_pair(t, tr);
    return tr;
}

struct tracked *tracked_find(const struct finding_table *t, const struct evidence *e, struct flow_key_record *key)
{
    struct tracked *tr;

    memset(key, 0, sizeof(*key));
    key->pair[0] = e->miner;
    key->pair[1] = e->pool;
    key->outer_src = e->outer_src;
    key->outer_dst = e->outer_dst;
    key->vni = e->vni;
    key->start_ns = e->flow_start_ns;
    key->worker = e->worker;
    HASH_FIND_BYHASHVALUE(hh, t->tracked, key, sizeof(*key), table_hash(t, key, sizeof(*key)), tr);
    return tr;
}

/* The finding of a flow that sends its first record, and whether the flow is a copy. */
static struct entry *entry_for(struct finding_table *t, const struct flow_key_record *key, const struct evidence *e,
                               uint64_t scope, bool *copy)
{
    struct tracked *same;
    struct identity id;
    struct entry *en;

    *copy = false;
    entry_identity(e, scope, &id);
    en = entry_find(t, &id);
    if (en)
        return en;
    HASH_FIND_BYHASHVALUE(hh_pair, t->pairs, key->pair, sizeof(key->pair), table_hash(t, key->pair, sizeof(key->pair)), same);
    if (same && e->flow_start_ns <= same->flow.last_ns && e->flow_last_ns >= same->flow.start_ns) {
        *copy = true;
        return same->entry;
    }
    return entry_new(t, &id, e);
}

struct tracked *tracked_for(struct finding_table *t, const struct evidence *e, uint64_t scope)
{
    struct flow_key_record key;
    struct tracked *tr = tracked_find(t, e, &key);
    struct entry *en;
    bool copy;

    if (tr)
        return tr;
    en = entry_for(t, &key, e, scope, &copy);
    return en ? track(t, &key, en, copy, e) : NULL;
}
