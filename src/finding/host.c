/*
 * host.c - the findings of one machine: the address of the miner, in its network, while it has one owner.
 *
 * What one connection cannot show needs them: that a machine tries one pool after another, hands on the work that it gets,
 * or has asked for the name of the pool that it now mines at.
 */
#include "config.h"

#include "finding/table.h"

static void set_key(const struct identity *id, struct host_key *key)
{
    memset(key, 0, sizeof(*key));
    key->addr = id->miner;
    key->outer_lo = id->outer_lo;
    key->outer_hi = id->outer_hi;
    key->vni = id->vni;
    key->has_encap = id->has_encap;
    key->scope = id->scope;
}

struct host *host_find(const struct finding_table *t, const struct identity *id)
{
    struct host_key key;
    struct host *h;

    set_key(id, &key);
    HASH_FIND_BYHASHVALUE(hh, t->hosts, &key, sizeof(key), table_hash(t, &key, sizeof(key)), h);
    return h;
}

static struct host *host_for(struct finding_table *t, const struct identity *id)
{
    struct host *h = host_find(t, id);

    if (h)
        return h;
    h = calloc(1, sizeof(*h));
    if (!h)
        return NULL;
    set_key(id, &h->key);
    HASH_ADD_BYHASHVALUE(hh, t->hosts, key, sizeof(h->key), table_hash(t, &h->key, sizeof(h->key)), h);
    return h;
}

bool host_link(struct finding_table *t, struct entry *en)
{
    enum finding_kind kind = (enum finding_kind)en->identity.kind;

    if (kind == FINDING_CAMPAIGN) /* is of no machine */
        return true;
    en->host = host_for(t, &en->identity);
    if (!en->host)
        return false;
    DL_APPEND2(en->host->entries, en, host_prev, host_next);
    en->host->n_services += kind == FINDING_POOL_SERVICE;
    if (kind == FINDING_POOL_SCAN)
        en->host->scan = en;
    return true;
}

void host_unlink(struct finding_table *t, struct entry *en)
{
    struct host *h = en->host;

    if (!h)
        return;
    scan_forget(en);
    DL_DELETE2(h->entries, en, host_prev, host_next);
    h->n_services -= en->finding.kind == FINDING_POOL_SERVICE;
    en->host = NULL;
    if (h->entries)
        return;
    HASH_DEL(t->hosts, h);
    free(h);
}

bool host_move(struct finding_table *t, struct entry *en, const struct identity *to)
{
    struct host *h = host_for(t, to);
    struct entry *before;

    if (!h)
        return false;
    host_unlink(t, en);
    en->host = h;
    before = h->entries ? host_newest(h) : NULL;
    while (before && before->made > en->made)
        before = host_older(h, before);
    if (before)
        DL_APPEND_ELEM2(h->entries, before, en, host_prev, host_next);
    else
        DL_PREPEND2(h->entries, en, host_prev, host_next);
    return true;
}

struct entry *host_newest(const struct host *h)
{
    return h->entries->host_prev; /* of the first the list has the last there */
}

struct entry *host_older(const struct host *h, const struct entry *en)
{
    return en == h->entries ? NULL : en->host_prev;
}

static int by_making(const struct entry *a, const struct entry *b)
{
    return a->made < b->made ? -1 : a->made > b->made;
}

void host_sort(struct finding_table *t)
{
    struct host *h, *next_host;
    struct entry *en;

    HASH_ITER(hh, t->hosts, h, next_host)
    {
        DL_SORT2(h->entries, by_making, host_prev, host_next);
        DL_FOREACH2(h->entries, en, host_next)
        scan_found(en);
    }
}
