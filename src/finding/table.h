/*
 * table.h - the table of findings from the inside. Used by finding.c, allowed.c, entry.c, tracked.c, storm.c, copies.c, save.c,
 * host.c, known.c, fleet.c, service.c, scan.c, campaign.c, contact.c and join.c only.
 */
#ifndef FINDING_TABLE_H
#define FINDING_TABLE_H

#include "finding/finding.h"
#include "finding/fold.h"
#include "finding/heap.h"

struct codec;

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
    uint64_t scope; /* of the miner; last, as ids of none are made without it */
};
_Static_assert(offsetof(struct identity, scope) == 72 && sizeof(struct identity) == 80, "an identity has no padding");

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
    uint64_t counted_in;         /* number of the service or scan that has counted this flow; 0 = none */
    struct finding_flow flow;
};

/* The orders that findings are held in. */
enum order {
    ORDER_MADE,    /* by making */
    ORDER_VICTIM,  /* who goes first when there is no room: by class of severity, then by making */
    ORDER_WAITING, /* with an event that waits: whose is said first */
    ORDER_HEARD,   /* live and not about to close: by newest record */
    ORDER_HELD,    /* proven and not said, as the login that is to come may be allowed: by when that began */
    ORDER_SAID,    /* live: by newest event, if the update interval has not passed since */
    ORDER_N
};

#define ORDER_BITS 48 /* of a number that is given out; a million a second last for nine years */

/*
 * A machine: an address of a network as long as it has one owner, and the findings of which it is the miner. Made with the first of them, gone with the last.
 */
#define SCAN_TARGETS 8 /* pools without work at which a machine is a scanner */
#define SCAN_HELD 16   /* targets of a scanner that may yet give work */

struct host_key {
    struct addr addr, outer_lo, outer_hi;
    uint32_t vni;
    uint32_t has_encap; /* fills the structure up: all of it is hashed */
    uint64_t scope;
};

struct host {
    struct host_key key;
    UT_hash_handle hh;
    struct entry *entries; /* by making */
    struct entry *scan;    /* its pool-scan, or NULL */
    struct entry *held[SCAN_HELD];
    uint32_t n_held;
    uint32_t n_idle; /* entries with .idle */
    uint32_t n_services;
};

struct entry {
    struct identity identity;
    UT_hash_handle hh;
    struct host *host; /* of the miner; NULL of a campaign */
    struct entry *host_prev, *host_next;
    bool idle;             /* said to mine, and has got no work: a target, if the machine scans */
    bool late;             /* its id is of a time when its owner was not known */
    bool worked;           /* it has got work, and services that may hand it on know */
    bool has_wallet;       /* wallet is that of the newest login */
    bool two_sided;        /* nothing is left to count among those seen in both directions */
    struct hash128 wallet; /* keyed hash of the address */
    uint64_t told;         /* of what it has worked: the newest service then */
    uint64_t counted_in;   /* number of the scan or campaign that has counted it; 0 = none */
    struct heap_node by[ORDER_N];
    struct tracked *tracked;
    uint32_t n_tracked;
    uint64_t made; /* number: in which order */
    /* What the newest event that was due said, or would have said. */
    ns_t emitted_ns; /* the finding's last_ns */
    enum stage said_stage;
    double said_severity;
    uint64_t said_scope;
    uint32_t said_logins, said_agents, said_names, said_members;
    bool said_pool, said_host;
    struct finding_work said_work;      /* when the newest update left */
    bool announced;                     /* it is known, or waits to be */
    uint32_t allowed;                   /* row of the site lists that keeps it silent; 0 = none */
    ns_t held_ns, held;                 /* when ORDER_HELD took it: time of the record, table.clock */
    bool changed;                       /* it took a record since */
    uint8_t due;                        /* bit: enum finding_state of an event that waits */
    ns_t heard, said;                   /* table.clock of the newest record and the newest event; live */
    uint64_t lost_drops, lost_restarts; /* table.drops and .restarts when it began */
    struct finding finding;
};

/* A wallet that fewer miners than make a campaign have used. */
#define CAMPAIGN_MEMBERS 3

struct wallet_use {
    struct hash128 wallet;
    UT_hash_handle hh;
    struct wallet_use *prev, *next; /* the one used longest ago first */
    ns_t first_ns;
    uint32_t n;
    struct wallet_user {
        struct identity identity; /* of the finding */
        struct endpoint miner, pool;
        bool two_sided;
    } user[CAMPAIGN_MEMBERS - 1];
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
    bool live, quiet;
    struct fold_words words;
    uint32_t max_rate, burst;
    const struct feed *feed;
    finding_scope_fn *scope_of; /* NULL = nobody is asked */
    void *scope_arg;
    struct allow *allow; /* owned; NULL = there are no site lists */
    finding_fn *emit;
    void *arg;
    uint32_t cap, cap_tracked;
    struct entry *entries;           /* uthash */
    struct tracked *tracked, *pairs; /* uthash */
    struct host *hosts;              /* uthash */
    uint32_t n_late;                 /* entries with .late */
    struct wallet_use *wallets;      /* uthash; at most cap */
    struct wallet_use *wallet_order; /* the same as a list */
    struct conf_nets home;
    struct heap by[ORDER_N];
    struct heap by_use; /* of tracked: who goes first */
    uint64_t service;   /* number of the newest service that began; 0 = none */
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
void entry_identity(const struct evidence *e, uint64_t scope, struct identity *id);
void entry_lookup_identity(const struct finding_table *t, const struct evidence *e, const struct finding_row *row,
                           uint64_t scope, struct identity *id);
void entry_node_identity(const struct finding_table *t, const struct evidence *e, uint64_t scope,
                         struct identity *id);                                                         /* node.c */
struct entry *entry_new(struct finding_table *t, const struct identity *id, const struct evidence *e); /* NULL: no memory */
bool entry_insert(struct finding_table *t, struct entry *en); /* its identity and kind are set. False: no memory */
void entry_drop(struct finding_table *t, struct entry *en);
void entry_free(struct entry *en); /* one that is in no table */
void entry_set_id(struct finding_table *t, struct entry *en);
void entry_rename(struct finding_table *t, struct entry *en, const struct identity *id); /* only its scope is another */
void entry_settle(struct finding_table *t, struct entry *en); /* puts it where its severity belongs, in all orders */
void entry_make_room(struct finding_table *t, const struct entry *newest);
bool entry_is_proven(const struct entry *en);   /* by more than facts and opinions */
bool entry_has_work(const struct entry *en);    /* it got a job, or handed in a share */
bool entry_is_material(const struct entry *en); /* it says something that its newest event did not */

/* finding.c: says what there is to say of a finding that has just taken a record */
void table_speak(struct finding_table *t, struct entry *en, const struct evidence *e);

/* host.c: which findings are of one machine. */
bool host_link(struct finding_table *t, struct entry *en); /* its identity is set. False: no memory */
void host_unlink(struct finding_table *t, struct entry *en);
bool host_move(struct finding_table *t, struct entry *en,
               const struct identity *to); /* to this one's machine. False: no memory */
void host_sort(struct finding_table *t);   /* after loading: the lists, and who is held */
#define HOST_WALK 64                       /* findings of a machine that are looked through, the newest */
struct host *host_find(const struct finding_table *t, const struct identity *id); /* NULL: it has no findings */
struct entry *host_newest(const struct host *h);
struct entry *host_older(const struct host *h, const struct entry *en); /* NULL: en is the oldest */

/* known.c: whose the machine of en is, by a record of its connection: the finding becomes his, if it is of nobody. */
void known_take(struct finding_table *t, struct entry *en, const struct tracked *tr, uint64_t scope);

/* fleet.c: what the three kinds of many connections share. */
void fleet_identity(const struct entry *of, enum finding_kind kind, struct identity *id); /* in its network, nothing else set */
/* The finding with this identity, made of what of has when there is none. NULL: no memory. */
struct entry *fleet_entry(struct finding_table *t, const struct identity *id, const struct entry *of, const struct evidence *e);
/* Adds what the flow has counted since before, or all of it when it is the first time. */
void fleet_count_flow(struct entry *fleet, struct tracked *tr, struct finding_flow before, const struct evidence *e);
void fleet_count_all(struct entry *fleet, const struct finding *f); /* adds all sums of another finding, but flows */
void fleet_move(struct finding *f, const struct finding_flow *from, const struct finding_flow *to);
/* False, and counted, when it was not counted before. */
bool fleet_seen(const struct finding_table *t, struct finding *f, struct view what);
void fleet_add_member(const struct finding_table *t, struct finding *f, const struct endpoint *member, uint64_t scope);
/* The opposites, for what is allowed now. False when it was not counted. */
bool fleet_unsee(const struct finding_table *t, struct finding *f, struct view what);
bool fleet_drop_member(const struct finding_table *t, struct finding *f, const struct addr *member, uint64_t scope);
/* Counted as one of another owner from now on. */
void fleet_rename_member(const struct finding_table *t, struct finding *f, const struct addr *member, uint64_t scope,
                         uint64_t new_scope);
void fleet_discount_all(struct entry *fleet, const struct finding *f);
void fleet_discount_flows(struct entry *fleet, struct entry *en); /* those of en that fleet has counted */
void fleet_take_facts(struct finding *f, const struct finding *from);
void fleet_take_evidence(struct finding *f, const struct finding *from,
                         bool of_pool);                   /* of_pool: not what only the miner said */
void fleet_supersede(struct entry *by, struct entry *en); /* by lists it, if it was ever said */

/* scan.c: machines that try many pools and get no work. */
bool scan_holds(const struct entry *en);                    /* it is a target of a scan and says nothing itself */
void scan_found(struct entry *en);                          /* after loading */
void scan_forget(struct entry *en);                         /* en goes */
void scan_settle(struct entry *en);                         /* en is said no more */
void scan_leave(struct finding_table *t, struct entry *en); /* en is allowed now: no target. The scan may go */
/* Takes the record that en, which is held, has just folded; before: the flow before it. */
void scan_take(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
               const struct evidence *e);
/* Whether the machine has become a scanner by this record. True: en may be gone. */
bool scan_check(struct finding_table *t, struct entry *en, const struct evidence *e);

/* service.c: machines inside that hand out work. */
void service_take(struct finding_table *t, struct entry *en, struct tracked *tr, const struct finding_flow *before,
                  const struct evidence *e);

void service_rename(struct finding_table *t, const struct entry *en, const struct tracked *tr,
                    uint64_t scope);                           /* before en is */
void service_leave(struct finding_table *t, struct entry *en); /* en is allowed now: no client. The service may go */

/* campaign.c: wallets that several machines mine for. */
void campaign_take(struct finding_table *t, struct entry *en, const struct tracked *tr, const struct finding_flow *before,
                   const struct evidence *e);
void campaign_leave(struct finding_table *t, struct entry *en); /* en is allowed now: no member. The campaign may go */
void campaign_rename(struct finding_table *t, const struct entry *en, uint64_t scope); /* before en is */
void campaign_fini(struct finding_table *t);
struct wallet_use *campaign_use(struct finding_table *t, const struct hash128 *wallet); /* made if need be. NULL: no memory */

/* contact.c: connections that a listed name led to. */
struct entry *contact_or_lookup(struct finding_table *t, const struct identity *id,
                                const struct evidence *e); /* NULL: no memory */
void contact_speak(struct finding_table *t, struct entry *en, const struct evidence *e);

/* join.c: weaker findings of the same thing, and what belongs to another finding. */
void join_names(struct finding_table *t, struct entry *en);
/* True when an open finding of mining says what this record of a name does. */
bool join_is_known(const struct finding_table *t, const struct evidence *e, const struct finding_row *row,
                   const struct identity *id);
void join_donation(struct finding_table *t, const struct entry *en, const struct evidence *e);
void join_donation_name(struct finding_table *t, const struct entry *lookup, const struct evidence *e);

/* tracked.c: the flows that findings are made of. */
struct tracked *tracked_find(const struct finding_table *t, const struct evidence *e, struct flow_key_record *key);
struct tracked *tracked_for(struct finding_table *t, const struct evidence *e, uint64_t scope); /* NULL: no memory */
void tracked_use(struct finding_table *t, struct tracked *tr); /* it took a record: it is the newest of its class now */
bool tracked_insert(struct finding_table *t, struct entry *en, struct tracked *tr); /* its key is set. False: no memory */
void tracked_pair(struct finding_table *t, struct tracked *tr); /* the first of its pair can be found by it */
void tracked_drop(struct finding_table *t, struct tracked *tr);

/* storm.c: when an event leaves. */
void storm_due(struct finding_table *t, struct entry *en, enum finding_state state); /* may drop entries, but not en */
/* en may be dropped; what waits does so until storm_drain. */
void storm_close(struct finding_table *t, struct entry *en);
void storm_evict(struct finding_table *t, struct entry *en); /* en is dropped */
void storm_retire(struct finding_table *t,
                  struct entry *en); /* closed as by storm_evict; en stays as one that was never said */
void storm_silence(struct finding_table *t, struct entry *en); /* closed, when it was said; en stays and is not announced */
void storm_revive(struct finding_table *t, struct entry *en);  /* takes back a close that waits */
void storm_refill(struct finding_table *t, ns_t step);
void storm_drain(struct finding_table *t);
uint64_t storm_key(const struct entry *en);

/* allowed.c: what the site lists keep silent. */
#define HOLD_NS (10 * NS_PER_SEC) /* that a finding waits for a login which may be allowed */
bool allowed_record(struct finding_table *t, const struct evidence *e,
                    enum finding_kind kind); /* then it is to be left aside */
bool allowed_covers(const struct finding_table *t, const struct entry *en,
                    enum finding_kind kind);                                  /* en's row, a lookup of en's */
void allowed_settle(struct finding_table *t, struct entry *en, ns_t time_ns); /* sets en->allowed */
bool allowed_take(struct finding_table *t, struct entry *en, ns_t time_ns);   /* true: en, which took a record, is silent */
void allowed_hold(struct finding_table *t, struct entry *en,
                  const struct evidence *e);                 /* puts it into ORDER_HELD, or takes it out */
void allowed_release(struct finding_table *t, ns_t held_ns); /* says what was held for longer, by table.clock */
void allowed_codec(struct codec *c, struct finding_table *t);

/* copies.c: notes the lookup. True when it is a copy of one that was taken. */
bool copies_take(struct copies *c, const struct evidence *e);

#endif
