/*
 * table.h - the table of findings from the inside. Used by finding.c, entry.c, tracked.c, storm.c, copies.c and save.c
 * only.
 */
#ifndef FINDING_TABLE_H
#define FINDING_TABLE_H

#include "finding/finding.h"
#include "finding/heap.h"

/* uthash's own macros. */
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

struct identity {
    struct addr miner;
    struct addr pool;               /* or a hash of the name that stands for it */
    struct addr outer_lo, outer_hi; /* zero without encapsulation */
    uint32_t vni;
    uint16_t port;
    uint8_t kind;
    uint8_t has_encap;
};

struct flow_key_record {
    struct endpoint pair[2]; /* miner, pool */
    struct addr outer_src, outer_dst;
    uint32_t vni;
    int64_t start_ns;
    uint32_t worker;
    uint32_t zero; /* fills the structure up: all of it is hashed */
};

/* A flow that may still send records: its newest absolute counters, shown in the finding's list or not. */
struct tracked {
    struct flow_key_record key;
    UT_hash_handle hh;      /* in table.tracked, by key */
    UT_hash_handle hh_pair; /* in table.pairs, by key.pair; only the first of its pair */
    bool in_pairs;
    struct entry *entry;
    struct tracked *prev, *next; /* of the same entry, in order of appearance */
    struct heap_node by_use;     /* in table.by_use */
    struct finding_flow flow;
};

/* The orders that findings are held in. */
enum order {
    ORDER_MADE,    /* by making */
    ORDER_VICTIM,  /* who goes first when there is no room: by class of severity, then by making */
    ORDER_WAITING, /* with an event that waits: whose is said first */
    ORDER_HEARD,   /* live and not about to close: by newest record */
    ORDER_SAID,    /* live: by newest event, if the update interval has not passed since */
    ORDER_N
};

#define ORDER_BITS 48 /* of a number that is given out; a million a second last for nine years */

struct entry {
    struct identity identity;
    UT_hash_handle hh;
    struct heap_node by[ORDER_N];
    struct tracked *tracked;
    uint32_t n_tracked;
    uint64_t made; /* number: in which order */
    /* What the newest event that was due said, or would have said. */
    ns_t emitted_ns; /* the finding's last_ns */
    enum stage said_stage;
    double said_severity;
    uint32_t said_logins, said_agents, said_names;
    struct finding_work said_work;      /* when the newest update left */
    bool announced;                     /* it is known, or waits to be */
    bool changed;                       /* it took a record since */
    uint8_t due;                        /* bit: enum finding_state of an event that waits */
    ns_t heard, said;                   /* table.clock of the newest record and the newest event; live */
    uint64_t lost_drops, lost_restarts; /* table.drops and .restarts when it began */
    struct finding finding;
};

#define COPIES_SETS 512
#define COPIES_WAYS 8

/* Digests of the newest lookups: 4096, in sets, so that one is found in a few steps. */
struct copies {
    struct copy {
        uint64_t digest; /* 0 = none */
        ns_t time_ns;
    } set[COPIES_SETS][COPIES_WAYS]; /* newest first */
};

/* What the sensor lost; the totals of a run are added up over all runs. */
struct lost {
    uint64_t sum;
    uint64_t newest; /* total of this run */
};

struct finding_table {
    struct hash_key key;      /* of the hash tables in memory */
    struct hash_key id_key;   /* of what leaves: never changes */
    struct hash_key seen_key; /* of texts that were counted; goes with the table when it is saved */
    ns_t update_ns, close_ns;
    bool redact, live, quiet;
    uint32_t max_rate, burst;
    const struct feed *feed;
    finding_fn *emit;
    void *arg;
    uint32_t cap, cap_tracked;
    struct entry *entries;           /* uthash */
    struct tracked *tracked, *pairs; /* uthash */
    struct heap by[ORDER_N];
    struct heap by_use; /* of tracked: who goes first */
    uint64_t number;    /* given out last: to makings, records, events, uses */
    ns_t now_ns;        /* newest tick */
    ns_t clock;         /* sum of the steps between ticks */
    int64_t tokens;     /* NS_PER_SEC each */
    struct lost drops, restarts;
    struct copies copies;
    struct finding_suppressed suppressed, told; /* all, and of them those that finding_take_suppressed gave */
    struct finding_stats stats;
};

/* uthash's own hash function has no key; ours keeps an attacker from making long chains. */
static inline unsigned table_hash(const struct finding_table *t, const void *p, size_t n)
{
    return (unsigned)hash_64(&t->key, view_of(p, n));
}

/* entry.c: which finding a record is of; making and dropping them. */
struct entry *entry_find(const struct finding_table *t, const struct identity *id);
void entry_identity(const struct evidence *e, struct identity *id);
void entry_lookup_identity(const struct finding_table *t, const struct evidence *e, const struct finding_row *row,
                           struct identity *id);
struct entry *entry_new(struct finding_table *t, const struct identity *id, const struct evidence *e); /* NULL: no memory */
bool entry_insert(struct finding_table *t, struct entry *en); /* its identity and kind are set. False: no memory */
void entry_drop(struct finding_table *t, struct entry *en);
void entry_free(struct entry *en); /* one that is in no table */
void entry_set_id(const struct finding_table *t, struct entry *en);
void entry_settle(struct finding_table *t, struct entry *en); /* puts it where its severity belongs, in all orders */
void entry_make_room(struct finding_table *t, const struct entry *newest);
bool entry_is_material(const struct entry *en); /* it says something that its newest event did not */

/* tracked.c: the flows that findings are made of. */
struct tracked *tracked_find(const struct finding_table *t, const struct evidence *e, struct flow_key_record *key);
struct tracked *tracked_for(struct finding_table *t, const struct evidence *e); /* NULL: no memory */
void tracked_use(struct finding_table *t, struct tracked *tr); /* it took a record: it is the newest of its class now */
bool tracked_insert(struct finding_table *t, struct entry *en, struct tracked *tr); /* its key is set. False: no memory */
void tracked_pair(struct finding_table *t, struct tracked *tr); /* the first of its pair can be found by it */
void tracked_drop(struct finding_table *t, struct tracked *tr);

/* storm.c: when an event leaves. */
void storm_due(struct finding_table *t, struct entry *en, enum finding_state state); /* may drop entries, but not en */
/* en may be dropped; what waits does so until storm_drain. */
void storm_close(struct finding_table *t, struct entry *en);
void storm_evict(struct finding_table *t, struct entry *en);  /* en is dropped */
void storm_revive(struct finding_table *t, struct entry *en); /* takes back a close that waits */
void storm_refill(struct finding_table *t, ns_t step);
void storm_drain(struct finding_table *t);
uint64_t storm_key(const struct entry *en);

/* copies.c: notes the lookup. True when it is a copy of one that was taken. */
bool copies_take(struct copies *c, const struct evidence *e);

#endif
