/*
 * contact.c - connections to an address that their client got for a listed name, and lookups of that name.
 *
 * Identity: who connected, and the row of the lists, as of a lookup. The contact closes the lookup and takes over what it knew;
 * what is looked up later is the contact's.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/score.h"
#include "finding/table.h"

/* The other finding of the same machine and row: the lookup's contact, or the contact's lookup. */
static struct entry *find_other(const struct finding_table *t, const struct identity *id)
{
    struct identity other;

    if (id->kind != FINDING_POOL_LOOKUP && id->kind != FINDING_POOL_CONTACT)
        return NULL;
    memcpy(&other, id, sizeof(other)); /* padding is hashed and compared too */
    other.kind = id->kind == FINDING_POOL_LOOKUP ? FINDING_POOL_CONTACT : FINDING_POOL_LOOKUP;
    return entry_find(t, &other);
}

struct entry *contact_or_lookup(struct finding_table *t, const struct identity *id, const struct evidence *e)
{
    struct entry *en = NULL;

    if (id->kind == FINDING_POOL_LOOKUP)
        en = find_other(t, id);
    if (!en)
        en = entry_find(t, id);
    return en ? en : entry_new(t, id, e);
}

/* What the lookup knew: how often it was asked, and what for. */
static void take_over(struct finding *f, const struct finding *lookup)
{
    f->server = lookup->server;
    f->answer = lookup->answer;
    f->n_asked += lookup->n_asked;
    f->n_answers += lookup->n_answers;
    for (int kind = 0; kind < EVIDENCE_N; kind++)
        if (!f->evidence[kind].present)
            f->evidence[kind] = lookup->evidence[kind];
    score_finding(f);
}

void contact_speak(struct finding_table *t, struct entry *en, const struct evidence *e)
{
    struct entry *lookup = en->identity.kind == FINDING_POOL_CONTACT ? find_other(t, &en->identity) : NULL;

    if (lookup) {
        take_over(&en->finding, &lookup->finding);
        fleet_supersede(en, lookup);
        storm_evict(t, lookup);
    }
    table_speak(t, en, e);
}
