/*
 * node.c - records of coins' nodes: the identity of their findings, and how these grow.
 *
 * A node is known by its address and its coin, as a lookup of a name of that coin's network is: both make one finding.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/table.h"

void entry_node_identity(const struct finding_table *t, const struct evidence *e, uint64_t scope, struct identity *id)
{
    struct hash128 h = hash_128(&t->id_key, evidence_text(e, TEXT_COIN));

    entry_identity(e, scope, id);
    memset(&id->pool, 0, sizeof(id->pool));
    memcpy(id->pool.b, &h, sizeof(h));
    id->port = 0;
    id->kind = FINDING_COIN_NODE;
}
