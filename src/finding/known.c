/*
 * known.c - the owner of a machine becomes known while its connection goes on.
 *
 * An inventory is behind: of a task that has just begun nothing is known, and a miner mines in it from the first second. When a
 * later record of the connection says whose it is, the connection was his from its beginning, as none changes its owner. So the
 * finding is his too, if it has no other connection: of what was before that one, nobody can say. It keeps its id, and from
 * then on it is found by what its owner does; what nobody is known for makes a finding of its own (entry_set_id).
 */
#include "config.h"

#include "finding/table.h"

/* False also when he has a finding of that pool already: two are not made one. */
static bool is_his(const struct finding_table *t, const struct entry *en, const struct tracked *tr, uint64_t scope,
                   struct identity *id)
{
    if (scope == 0 || en->identity.scope != 0 || en->finding.n_flows != 1 || tr->flow.copy || en->host->scan)
        return false;
    *id = en->identity;
    id->scope = scope;
    return !entry_find(t, id);
}

void known_take(struct finding_table *t, struct entry *en, const struct tracked *tr, uint64_t scope)
{
    struct identity id;

    if (!is_his(t, en, tr, scope, &id) || !host_move(t, en, &id))
        return;
    campaign_rename(t, en, scope);
    service_rename(t, en, tr, scope);
    entry_rename(t, en, &id);
    if (en->announced)
        join_names(t, en);
}
