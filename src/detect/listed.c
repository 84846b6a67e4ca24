/*
 * listed.c - looks the pool of a proven dialogue up among the listed endpoints.
 */
#include "config.h"

#include "detect/listed.h"

#include "detect/emit.h"

void listed_settle(struct dialogue *d, struct dialogue_env *env, const struct flow *f, const struct feed *feed,
                   uint32_t generation)
{
    uint32_t row;

    if (LIKELY(!d->proven) || !d->roles_known || d->sent_kinds & 1u << EVIDENCE_LISTED)
        return;
    d->sent_kinds |= 1u << EVIDENCE_LISTED; /* sent or not: it is looked up once */
    row = feed_find_endpoint(feed, &d->ends[!d->miner], d->last_ns);
    if (row != 0)
        emit_listed(d, env, f, row, generation);
}
