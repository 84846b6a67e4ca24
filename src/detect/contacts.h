/*
 * contacts.h - what names mean for connections: which new ones a listed name led to, and how the pool of a proven dialogue is
 * called when nothing in it says so.
 *
 * One memory of answers for all that this worker sees. With other workers beside it, the DNS of a client and its connections
 * may be seen by different ones, so they talk, through the report:
 *
 *   WATCH  a client got addresses for a listed name. Whoever hears it remembers the answer as its own, and looks at the connections that
 *          began a moment ago.
 *   ASK    what led this client to this address before that time? Asked before a connection counts as a contact, since
 *          another name may have led there since (a CDN), and when a proven dialogue has no name.
 *   TELL   the answer. What is not answered within two seconds is decided without.
 *
 * A worker that was taken over can so deny a contact or name a pool wrongly, no more than it can by evidence of its own. Each message is
 * checked before it is used, and what waits is bounded.
 */
#ifndef DETECT_CONTACTS_H
#define DETECT_CONTACTS_H

#include "detect/names.h"
#include "flow/flow.h"
#include "flow/name_memory.h"

struct dialogue;
struct dialogue_env;

#define CONTACTS_NEW \
    4096 /* connections that a WATCH may find: at 4 k/s those of a second, some times what a WATCH takes to come */
#define CONTACTS_ADDRS 16   /* addresses in one message to other workers, and remembered of an answer without a listed name */
#define CONTACTS_PENDING 64 /* questions to other workers at a time */
#define CONTACTS_WORKERS 64
#define CONTACTS_WATCHES 200 /* a second, to other workers; an answer of many addresses takes several */

enum contacts_what { CONTACTS_ASK, CONTACTS_TELL, CONTACTS_WATCH, CONTACTS_WHAT_N };

struct contacts_name {
    uint8_t n;
    uint8_t bytes[NAME_BYTES_MAX]; /* as in struct name; unchecked */
};

/* From worker to worker; the report knows but what and slot. */
struct contacts_message {
    uint32_t what; /* enum contacts_what */
    uint32_t slot; /* sent: TELL whom, the slot of the ASK. Received: whose it is, as the report knows it */
    uint64_t id;   /* of ASK and its TELLs */
    struct name_place place;
    struct addr client;
    struct addr to[CONTACTS_ADDRS]; /* ASK and TELL: one */
    uint32_t n_to;
    uint32_t ttl_s;                     /* WATCH */
    int64_t time_ns;                    /* ASK: before when; TELL and WATCH: of the answer */
    uint8_t known, certain;             /* TELL: found; struct name_found */
    struct contacts_name asked, listed; /* TELL and WATCH */
};

typedef void contacts_tell_fn(void *arg, const struct contacts_message *m);

/* Takes the name of a proven dialogue that was waited for; the flow and the time of its start say which it is. */
typedef void contacts_named_fn(void *arg, uint32_t flow, ns_t start_ns, uint32_t side, const struct name_found *found);

/* Its names: added, pushed out: name_memory.ctr. */
struct contacts_counters {
    uint64_t contacts;   /* connections that a listed name led to */
    uint64_t uncertain;  /* that another name may have led to as well */
    uint64_t asked;      /* questions to the other workers */
    uint64_t unanswered; /* those that not all have answered in time, or that could not be asked as too many were open */
    uint64_t watches;    /* listed answers told to them */
    uint64_t untold;     /* that were not, for their rate */
    uint64_t malformed;  /* messages of theirs that are none */
};

/* A connection that has just begun. */
struct contacts_flow {
    struct endpoint ends[2]; /* by direction */
    struct addr outer_src, outer_dst;
    uint32_t vni;
    bool has_encap;
    uint8_t openers; /* bit: direction whose sender may have opened it */
    bool said;       /* as a contact, or is being asked about */
    uint8_t mac[2][6];
    uint32_t file;
    uint64_t frame;
    ns_t start_ns;
    uint64_t bytes[2];
    uint32_t packets[2];
};

struct contacts_pending {
    uint64_t id; /* 0 = free */
    bool is_proof;
    uint8_t age;       /* beats */
    uint8_t dir;       /* the client's */
    uint64_t answered; /* bit: slot of a worker */
    struct contacts_flow flow;
    uint32_t flow_index, side; /* of a proof */
    bool known;
    struct name_found found;
};

struct contacts {
    struct name_memory memory;
    const struct feed *feed; /* may be NULL */
    uint32_t feed_generation;
    struct dialogue_env *env;
    contacts_named_fn *named;
    void *arg;
    struct contacts_counters ctr;
    /* With other workers. */
    uint32_t n_others;
    contacts_tell_fn *tell;
    void *tell_arg;
    uint32_t n_ids;
    uint32_t n_watches;          /* in this second */
    bool look_again;             /* listed answers came that connections may not have known */
    struct contacts_flow *fresh; /* ring of CONTACTS_NEW; owned. NULL: not needed */
    uint32_t n_fresh;            /* ever */
    struct contacts_pending pending[CONTACTS_PENDING];
};

/* False when memory is short. Keeps key and env; named gets arg. */
bool contacts_init(struct contacts *c, uint32_t max_names, const struct hash_key *key, struct dialogue_env *env,
                   contacts_named_fn *named, void *arg);
void contacts_fini(struct contacts *c);

/* There are n_others workers, that tell reaches; packets may come a little out of order. False when memory is short. */
bool contacts_share(struct contacts *c, uint32_t n_others, contacts_tell_fn *tell, void *arg);

/* A DNS message: remembers what its answer leads to. */
void contacts_learn(struct contacts *c, const struct names_origin *o, const struct names_message *m);

/* contacts_new_flow for all but the usual case. */
void contacts_take_flow(struct contacts *c, const struct flow *f, const struct packet *p, int dir);

/* A flow record was made by packet p, of the flow's direction dir. Of a connection whose beginning was not seen nobody knows what led to it. */
static inline void contacts_new_flow(struct contacts *c, const struct flow *f, const struct packet *p, int dir)
{
    if (f->flags & FLOW_SEEN_SYN && (UNLIKELY(c->fresh) || UNLIKELY(name_memory_may_lead(&c->memory, &p->src, f->start_ns)) ||
                                     UNLIKELY(name_memory_may_lead(&c->memory, &p->dst, f->start_ns))))
        contacts_take_flow(c, f, p, dir);
}

/*
 * Names the pool of a dialogue that has just been proven and has no name of its own: by what its client asked for. When other
 * workers are to be asked the name comes later, by named. c may be NULL.
 */
void contacts_name(struct contacts *c, struct dialogue *d, const struct flow *f);

/* Gives the dialogue the name that was found, unless it has one. True when it is news. */
bool contacts_apply(struct dialogue *d, const struct name_found *found);

/* A message of another worker; it is not trusted. */
void contacts_hear(struct contacts *c, const struct contacts_message *m);

/* To be called once a second by the clock. */
void contacts_beat(struct contacts *c);

/* The end: decides what waits. */
void contacts_end(struct contacts *c);

#endif
