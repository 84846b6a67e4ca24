/*
 * finding.h - evidence in, findings out: one finding for each (miner, pool, kind).
 *
 * The folding side. It knows nothing of packets; all it has are evidence records. Findings are given
 * to a callback as events (new, update, closed) while the struct is whole; the callback borrows it.
 */
#ifndef FINDING_FINDING_H
#define FINDING_FINDING_H

#include "base/hash.h"
#include "config/conf.h"
#include "evidence/evidence.h"
#include "evidence/login.h"
#include "feed/feed.h"

#define FINDING_FLOWS 64  /* listed: the earliest 32 and the latest 32 */
#define FINDING_LOGINS 16 /* listed; all are counted */
#define FINDING_AGENTS 16
#define FINDING_SEEN 1024      /* texts told apart when they are counted */
#define FINDING_DETAIL_MAX 256 /* bytes; Japanese takes 3 for a character */
#define FINDING_MEMBERS 64     /* listed, the first ones; all are counted */
#define FINDING_SUPERSEDES 16  /* listed */

enum finding_state { FINDING_NEW, FINDING_UPDATE, FINDING_CLOSED, FINDING_STATE_N };

/* Mining comes first: its ids were made when it was the only kind. */
enum finding_kind {
    FINDING_MINING,
    FINDING_POOL_LOOKUP,
    FINDING_WEB_MINING, /* a lookup, or a flow: finding_is_lookup tells */
    FINDING_COIN_NODE,
    FINDING_POOL_SERVICE,
    FINDING_POOL_SCAN,
    FINDING_CAMPAIGN,
    FINDING_POOL_CONTACT,
    FINDING_KIND_N
};

/* A text from the wire, raw. */
struct finding_text {
    uint16_t len;
    bool cut; /* it was longer on the wire */
    char bytes[EVIDENCE_TEXT_MAX];
};

/* The innermost tunnel that a record came in. Of a DNS log outer_src stands for the VPC, and is no address. */
struct finding_tunnel {
    bool present;
    struct addr outer_src;
    uint32_t vni;
};

/* What was known of one connection when its newest record came. */
struct finding_flow {
    struct endpoint miner, pool;
    ns_t start_ns, last_ns;
    struct addr outer_src, outer_dst;
    uint32_t vni;
    uint8_t flags; /* enum evidence_flag */
    bool copy;     /* the same connection as another one of the list, mirrored twice: not counted again */
    uint64_t bytes[2];
    uint32_t packets[2];
    uint32_t n_messages, n_jobs, n_submitted, n_accepted, n_rejected, n_gaps, n_truncated, n_logins;
    ns_t session_last_ns; /* newest message whose time was counted */
    uint32_t n_work;
    double work;
};

/* How fast, as the shares show it. */
struct finding_rate {
    double hs;        /* hashes (of Equihash and Beam: solutions) a second; 0 = not known */
    double error_pct; /* one standard deviation: 100 / sqrt(shares) */
    ns_t window_ns;   /* time in which at least one connection was in use */
    uint8_t method;   /* enum rate_method */
};

/* The sums that a rate is made of. */
struct finding_work {
    double hashes;
    uint64_t n_shares;
    ns_t busy_ns; /* union of the flows' times between first and newest message */
};

/* The row of the feeds that a name matched, with texts of its own: the feeds may be replaced at any time. */
struct finding_row {
    enum feed_kind kind;
    unsigned confidence; /* 0 to 100 */
    uint32_t line;       /* in its list, from 1 */
    uint8_t name_len, coins_len, list_len;
    char name[UINT8_MAX];
    char coins[UINT8_MAX]; /* separated by blanks */
    char list[UINT8_MAX];  /* name of the list; of a longer one the end, where the file's name is */
};

/* The first evidence of each kind. */
struct finding_evidence {
    bool present;
    uint8_t direction;
    ns_t time_ns;
    uint32_t file;
    uint64_t frame;
    uint32_t n;                      /* records of this kind */
    char detail[FINDING_DETAIL_MAX]; /* for people, escaped */
};

struct allow;
struct allow_row;

struct finding {
    char id[20]; /* "cm-" and 16 hex digits */
    enum finding_kind kind;
    enum stage stage;
    uint32_t revision; /* 0 = not emitted yet */
    uint64_t scope;    /* whose the miner is: what finding_scope_fn gave; 0 = not known, and of a service or a campaign */
    ns_t first_ns, last_ns, detected_ns;
    struct endpoint miner, pool; /* of the newest proof */
    uint8_t mac[6];
    bool has_mac;
    struct finding_tunnel tunnel; /* of the newest record; of a campaign none, as its members may be anywhere */

    uint8_t protocol;   /* enum mining_protocol, of the newest proof */
    uint32_t protocols; /* bit i: dialect i was proven */
    struct finding_text login, agent, worker, algorithm, reason;
    struct finding_text *logins, *agents; /* distinct ones, in order of appearance; owned */
    uint32_t n_logins_listed, n_agents_listed;
    uint64_t *seen_logins, *seen_agents; /* hashes of those counted, so that none counts twice; owned */
    uint32_t n_seen_logins, n_seen_agents;
    uint32_t n_logins, n_agents; /* distinct; beyond FINDING_SEEN one that comes back counts again */
    double difficulty, difficulty_min, difficulty_max;
    uint64_t height, claimed_hs;
    bool login_refused;                          /* every login was refused */
    struct finding_text host, coin, tag, payout; /* pool's name as the connection says it; ticker; of the coinbase */
    uint8_t host_source;                         /* enum name_source */
    uint8_t transport[EVIDENCE_TRANSPORTS];      /* of the newest proof */
    uint8_t rate_method;                         /* enum rate_method, of the newest record with work */
    ns_t busy_until_ns;                          /* up to where work.busy_ns was counted */
    struct finding_work work;                    /* of the whole session */
    struct finding_rate rate;                    /* set before an event leaves: of the last window, or the whole session */

    /* Of a lookup; of a contact also pool and flows. */
    struct finding_row row;   /* what the newest name matched; also of mining that closed a lookup */
    struct finding_text name; /* the newest name */
    uint64_t *seen_names;     /* as seen_logins; owned */
    uint32_t n_seen_names;
    uint32_t n_names;                  /* distinct; counted as logins are */
    struct finding_text asked, answer; /* of the newest record: the question, where it is not the name; what DNS said */
    struct finding_text owner;         /* of the newest record that says it: as TEXT_OWNER */
    struct endpoint server;            /* of the newest record */
    uint64_t n_asked, n_answers;       /* questions and answers seen */

    struct finding_flow *flows; /* the first half of FINDING_FLOWS, and the newest; owned */
    uint32_t n_flows_listed;
    uint32_t n_flows; /* copies not counted */
    struct finding_evidence evidence[EVIDENCE_N];

    /* Sums over all flows, listed or not. */
    uint64_t count; /* mining messages; of a lookup the questions, or the answers where more of them were seen; of a contact
                       the connections */
    uint64_t n_jobs, n_submitted, n_accepted, n_rejected, n_gaps, n_truncated;
    bool one_sided;    /* every flow was seen in one direction only, and none was answered */
    bool out_of_sight; /* the miner also asks for names by encrypted DNS: lookups may be missing */

    /* Of what many connections show together: pool-service, pool-scan, campaign. */
    struct endpoint *members; /* clients, or those who mine for the wallet; owned */
    uint32_t n_members_listed;
    uint64_t *seen_members; /* as seen_logins, of addresses; of a scan of targets; owned */
    uint32_t n_seen_members;
    uint32_t n_members;   /* distinct addresses, or targets; counted as logins are */
    uint32_t n_two_sided; /* of a campaign: members that were seen in both directions */
    bool pools_differ;    /* of a campaign: pool is none */

    uint64_t supersedes[FINDING_SUPERSEDES]; /* ids of weaker findings that this one closed, as numbers */
    uint32_t n_supersedes;
    bool superseded; /* a stronger one says all of it */

    const struct allow_row *allowed; /* of a close: the row of the site lists that is the reason; NULL = there is another */

    uint64_t n_dropped, n_restarts; /* packets lost, and workers replaced, between first and newest event of this finding */

    /* Set by redact_finding: the texts above are masked, and these say what they were. */
    const char *masked_kind, *masked_coin; /* as in struct login; masked_kind NULL = not masked */
    struct wallet masked_wallet;           /* its coin and whether it is right; its address is masked_address */
    struct finding_text masked_address;

    /* What the score gives. */
    double severity;
    unsigned confidence;
};

typedef void finding_fn(void *arg, enum finding_state state, const struct finding *f);

struct finding_stats {
    uint64_t findings;                /* ever emitted */
    uint64_t records;                 /* evidence records taken */
    uint64_t malformed;               /* refused: they fail evidence_check, or name no row */
    uint64_t evicted;                 /* findings closed to make room */
    uint64_t untracked;               /* flows forgotten to make room: one that goes on counts again from its next record */
    uint64_t repeated;                /* lookups that were copies of one just taken */
    uint64_t joined;                  /* records of names that an open finding of mining says already */
    uint64_t due;                     /* events that there were to emit: those emitted, suppressed and waiting */
    uint64_t emitted;                 /* events handed out */
    uint64_t allowed;                 /* records that a row of the site lists kept silent */
    uint64_t allowed_closed;          /* findings closed by such a row */
    uint64_t by_kind[FINDING_KIND_N]; /* findings emitted, of each kind */
};

#define FINDING_LABELS 4 /* low, medium, high, critical: score_label */

/* Events that were due and never emitted. */
struct finding_suppressed {
    uint64_t n[FINDING_STATE_N][FINDING_LABELS];
};

/* What a table holds now. */
struct finding_holds {
    uint32_t n_findings, n_flows, n_waiting;
};

struct finding_table;

/*
 * A table of at most conf->limits.max_findings findings. The ids are made with a key that never changes or, when it is
 * set, with conf's site_key: key, which may be random, has no part in them. With conf->output.redact the callback gets
 * findings masked by redact.h. feed is what the records of names refer to; it may be NULL: then such records are
 * refused. Borrows conf and key, keeps feed. Gives.
 */
struct finding_table *finding_table_new(const struct conf *conf, const struct hash_key *key, const struct feed *feed,
                                        finding_fn *emit, void *arg);
void finding_table_free(struct finding_table *t);

/*
 * A number for whose the record's miner is at the record's time; 0 = not known. It is the same in each run, as it goes into ids
 * (enrich/inventory.h: inventory_scope). Borrows e.
 */
typedef uint64_t finding_scope_fn(void *arg, const struct evidence *e);

/*
 * Who is asked from now on. An address that had two owners is two machines, and each has its own findings. An owner who is not
 * known is one of his own: nothing is taken for his, nor for another's. But a connection stays with the finding that it was counted in
 * first, as no connection changes its owner; so does a copy of it. When the owner of a finding's only connection becomes known, the
 * finding is his from then on, with an update and the id that it had. NULL = all are 0. Keeps arg.
 */
void finding_scopes(struct finding_table *t, finding_scope_fn *fn, void *arg);

/* What the function gives for the record; 0 for one that fails evidence_check, which it is not asked for. */
uint64_t finding_scope_for(const struct finding_table *t, const struct evidence *e);

/* Takes one record. The row of one of class `name` is looked up in the feed, and the scope is asked for. */
void finding_add(struct finding_table *t, const struct evidence *e);

/*
 * Takes one record whose row and scope were found elsewhere: row is what finding_row_for gave, NULL for records of other classes,
 * and scope what finding_scope_for gave, then or in another run.
 */
void finding_add_row(struct finding_table *t, const struct evidence *e, const struct finding_row *row, uint64_t scope);

/* Copies the row that the record refers to. False when it is of class `name` and there is none; true and an empty one for others. */
bool finding_row_for(const struct finding_table *t, const struct evidence *e, struct finding_row *row);

/* The feed that records refer to from now on; may be NULL. Keeps it, until the next call. */
void finding_feed(struct finding_table *t, const struct feed *feed);

/*
 * The site lists from now on: what they allow is not said, and what was said of it is closed, at once. now_ns is what the expiry
 * of rows is held against here; then it is the times of records. Takes list, which may be NULL.
 */
void finding_allow(struct finding_table *t, struct allow *list, ns_t now_ns);

/* The site lists with what their rows did; NULL when there are none. */
const struct allow *finding_allowed(const struct finding_table *t);

/* Closes all findings, in the order in which they were first heard of. Of a live table what finds no token is suppressed. */
void finding_close_all(struct finding_table *t);

/*
 * Switches on what only a run without end has: findings are closed when nothing is heard of them for
 * conf->output.close_after, and no more than conf->output.max_rate events leave in a second, after a burst. What
 * finds no token waits in its finding: the most severe first, then the most confident, then the older.
 */
void finding_live(struct finding_table *t);

#define FINDING_STEP_MAX (10 * NS_PER_SEC)

/*
 * Tells a live table the time. It is what idleness, updates that are due and tokens are counted by, never the
 * time of evidence, which is that of the capture's clock. A step of more than FINDING_STEP_MAX counts as that much and
 * one backwards as none: when the clock is set, or the machine slept, nothing is closed for it. now_ns is within NS_TIME_MAX.
 */
void finding_tick(struct finding_table *t, ns_t now_ns);

/*
 * Something else than evidence became known of the finding with this id, such as its process: an update is due, as it is when the
 * finding changes, but no second one while an event of it waits for a token, which will say it too. False when no such finding
 * is open, or the table is not live: then nothing is said.
 */
bool finding_touch(struct finding_table *t, const char *id);

/* What was lost since the run of the sensor began: packets, and workers that were replaced. Totals, which never shrink in a run. */
void finding_lost(struct finding_table *t, uint64_t n_dropped, uint64_t n_restarts);

/* A new run of the sensor: the totals of finding_lost begin anew. */
void finding_boot(struct finding_table *t);

/* All that was suppressed since the table was made. */
void finding_suppressed(const struct finding_table *t, struct finding_suppressed *all);

/* What was suppressed since the last call of this. */
void finding_take_suppressed(struct finding_table *t, struct finding_suppressed *since);

/* While quiet, events are counted as emitted, and not handed out: what is done again was said before. */
void finding_quiet(struct finding_table *t, bool quiet);

const struct finding_stats *finding_stats(const struct finding_table *t);
void finding_holds(const struct finding_table *t, struct finding_holds *holds);

/* Takes a piece of a saved table. False ends the saving. */
typedef bool finding_write_fn(void *arg, struct view piece);

/* Saves all that the table holds, in pieces. False when fn gave false. Counters of what was malformed are left out. */
bool finding_save(const struct finding_table *t, finding_write_fn *fn, void *arg);

/*
 * Puts a saved table into t, for whatever was in it; what was made by the same records behaves the same from here on.
 * False when the bytes are no saved table, or memory is short: then t is empty.
 */
bool finding_load(struct finding_table *t, struct view saved);

/* True for a finding made of names in DNS: it has a row of the feeds. */
static inline bool finding_is_lookup(const struct finding *f)
{
    return f->kind == FINDING_POOL_LOOKUP || f->kind == FINDING_POOL_CONTACT || f->kind == FINDING_COIN_NODE ||
           (f->kind == FINDING_WEB_MINING && f->row.name_len > 0);
}

/* True for one of these that a connection followed: it also has pool and flows. */
static inline bool finding_is_contact(const struct finding *f)
{
    return finding_is_lookup(f) && f->kind != FINDING_COIN_NODE && f->stage == STAGE_CONTACT;
}

/* How often n doubled from 1. */
static inline unsigned finding_doublings(uint32_t n)
{
    unsigned doublings = 0;

    while (n >>= 1)
        doublings++;
    return doublings;
}

/* True for a finding made of other findings: it has members or targets. */
static inline bool finding_is_fleet(const struct finding *f)
{
    return f->kind == FINDING_POOL_SERVICE || f->kind == FINDING_POOL_SCAN || f->kind == FINDING_CAMPAIGN;
}

/* The words of the vocabulary. */
const char *finding_state_name(enum finding_state state);
const char *finding_kind_name(enum finding_kind kind);

#endif
