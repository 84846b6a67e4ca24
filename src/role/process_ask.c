/*
 * process_ask.c - questions about connections, their answers, and which findings wait for them.
 */
#include "config.h"

#include "role/process_ask.h"

#include "config/limits.h"
#include "role/clock.h"
#include "role/ipc.h"

#include <poll.h>
#include <stdlib.h>

#define WAYS 4 /* connections that share a place: the one asked about longest ago is forgotten for a fifth */
#define SETS (PROCESS_ASK_CONNECTIONS / WAYS)
#define TRIES_SKIPPED 20            /* when the helper had no time for it */
#define SKIPPED_NS (NS_PER_SEC / 4) /* between these */
#define TRIES 2                     /* questions about a connection */
#define AGAIN_NS NS_PER_SEC         /* between them, and after which no answer is waited for */
#define FINDINGS 2                  /* of one connection: its own, and one more that tells of it */
#define BEGAN_SLACK_NS NS_PER_SEC   /* a connection exists before its first packet is seen */
#define MS_NS (NS_PER_SEC / 1000)

enum state { FREE, ASKED, ANSWERED };

struct connection {
    enum state state;
    bool touch_due;
    uint8_t n_asked, n_findings;
    ns_t asked_ns; /* monotonic */
    struct process_question asked;
    char finding[FINDINGS][20]; /* ids of those that were said of it */
};

struct process_ask {
    int fd; /* -1: the helper is gone */
    const struct hash_key *key;
    process_touch_fn *touch;
    void *arg;
    struct process_ask_counters counters;
    ns_t second_ns, waited_ns; /* monotonic; what was waited since */
    uint32_t life;             /* of the helper that answered last */
    uint32_t n_due;            /* connections that have touch_due */
    struct ipc_message message;
    struct connection connections[SETS * WAYS];
    struct process_answer answers[SETS * WAYS]; /* of the connection in the same place, when it is ANSWERED */
};

_Static_assert(sizeof(struct process_ask) <= LIMIT_BYTES_PROCESSES / 2, "limits.h has the size of what is remembered");

struct process_ask *process_ask_new(int fd, const struct hash_key *key, process_touch_fn *touch, void *arg)
{
    struct process_ask *p = calloc(1, sizeof(*p)); /* pages come with their first connection */

    if (!p)
        return NULL;
    p->fd = fd;
    p->key = key;
    p->touch = touch;
    p->arg = arg;
    p->counters.helper_up = 1;
    return p;
}

void process_ask_free(struct process_ask *p)
{
    free(p);
}

const struct process_ask_counters *process_ask_counters(const struct process_ask *p)
{
    return &p->counters;
}

/* --- connections ---------------------------------------------------------------------------------- */

static struct process_answer *answer_of(struct process_ask *p, const struct connection *c)
{
    return &p->answers[c - p->connections];
}

static bool is_found(struct process_ask *p, const struct connection *c)
{
    return c->state == ANSWERED && answer_of(p, c)->result == PROCESS_FOUND;
}

/* Those with the same ends share a set, whenever they began. */
static struct connection *set_of(struct process_ask *p, const struct process_question *q)
{
    return &p->connections[hash_64(p->key, view_of(q, offsetof(struct process_question, zero))) % SETS * WAYS];
}

static struct connection *find(struct process_ask *p, const struct process_question *q)
{
    struct connection *set = set_of(p, q);

    for (size_t i = 0; i < WAYS; i++)
        if (set[i].state != FREE && process_question_eq(&set[i].asked, q))
            return &set[i];
    return NULL;
}

static void set_due(struct process_ask *p, struct connection *c, bool due)
{
    p->n_due += (uint32_t)due;
    p->n_due -= (uint32_t)c->touch_due;
    c->touch_due = due;
}

static struct connection *make(struct process_ask *p, const struct process_question *q)
{
    struct connection *set = set_of(p, q), *place = set;

    for (size_t i = 1; i < WAYS && place->state != FREE; i++)
        if (set[i].state == FREE || set[i].asked_ns < place->asked_ns)
            place = &set[i];
    if (place->state == ASKED)
        p->counters.skipped++;
    set_due(p, place, false);
    memset(place, 0, sizeof(*place));
    place->asked = *q;
    return place;
}

/* Takes an answer back, when a connection with the same ends began before it was looked: it is of that one. */
static void judge(struct process_ask *p, struct connection *c)
{
    const struct connection *set = set_of(p, &c->asked);
    struct process_answer *a = answer_of(p, c);

    for (size_t i = 0; i < WAYS && is_found(p, c); i++) {
        const struct process_question *other = &set[i].asked;

        if (set[i].state == FREE || !endpoint_eq(&other->miner, &c->asked.miner) ||
            !endpoint_eq(&other->pool, &c->asked.pool) || other->start_ns <= c->asked.start_ns ||
            a->looked_ns < other->start_ns - BEGAN_SLACK_NS)
            continue;
        a->result = PROCESS_NONE;
        c->n_asked = TRIES;
        set_due(p, c, c->n_findings > 0);
        p->counters.revoked++;
    }
}

/* --- questions and answers --------------------------------------------------------------------------- */

static void ask(struct process_ask *p, struct connection *c, ns_t now)
{
    struct ipc_message *m = &p->message;

    c->state = ASKED;
    c->asked_ns = now;
    c->n_asked++;
    m->head = (struct ipc_head){IPC_VERSION, IPC_PROCESS_ASK, sizeof(c->asked)};
    memcpy(m->body, &c->asked, sizeof(c->asked));
    if (p->fd >= 0 && ipc_forward(p->fd, m) == 0) {
        p->counters.asked++;
        return;
    }
    c->state = ANSWERED;
    answer_of(p, c)->result = PROCESS_SKIPPED;
    p->counters.skipped++;
}

static void count(struct process_ask *p, const struct process_answer *a)
{
    p->counters.found += a->result == PROCESS_FOUND;
    p->counters.none += a->result == PROCESS_NONE;
    p->counters.skipped += a->result == PROCESS_SKIPPED;
    if (a->life > p->life) {
        p->counters.restarts += a->life - p->life;
        p->life = a->life;
    }
}

/* What it does not know, or has no question for, is of a report before this one. */
static void take(struct process_ask *p, const struct ipc_message *m)
{
    static struct process_answer a;
    const void *body = m->head.type == IPC_PROCESS_TOLD ? ipc_body(m, sizeof(a)) : NULL;
    struct connection *c;

    if (!body)
        return;
    memcpy(&a, body, sizeof(a));
    if (!process_answer_check(&a))
        return;
    count(p, &a);
    c = find(p, &a.asked);
    if (!c || c->state != ASKED)
        return;
    *answer_of(p, c) = a;
    c->state = ANSWERED;
    set_due(p, c, a.result == PROCESS_FOUND && c->n_findings > 0);
    judge(p, c);
}

/* Takes all that is there. */
static void take_all(struct process_ask *p)
{
    enum ipc_result got = IPC_NONE;

    while (p->fd >= 0 && ((got = ipc_receive(p->fd, &p->message, NULL, false)) == IPC_GOT || got == IPC_BAD))
        if (got == IPC_GOT)
            take(p, &p->message);
    if (got != IPC_EOF)
        return;
    p->fd = -1;
    p->counters.helper_up = 0;
}

/* Waits for the answer about a connection, as long as there is time for it. */
static void wait_for(struct process_ask *p, const struct connection *c)
{
    ns_t began = clock_mono(), now = began, until;

    if (now - p->second_ns >= NS_PER_SEC) {
        p->second_ns = now;
        p->waited_ns = 0;
    }
    until = now + PROCESS_ASK_WAIT_MS * MS_NS;
    if (until - now > PROCESS_ASK_WAIT_SUM_MS * MS_NS - p->waited_ns)
        until = now + PROCESS_ASK_WAIT_SUM_MS * MS_NS - p->waited_ns;
    take_all(p);
    while (p->fd >= 0 && c->state == ASKED && now < until) {
        if (poll(&(struct pollfd){.fd = p->fd, .events = POLLIN}, 1, (int)((until - now + MS_NS - 1) / MS_NS)) > 0)
            take_all(p);
        now = clock_mono();
    }
    p->waited_ns += now - began;
}

/* Has all findings said again of which more, or less, is known now. */
static void touch_due(struct process_ask *p)
{
    for (size_t i = 0; i < SETS * WAYS && p->n_due > 0; i++) {
        struct connection *c = &p->connections[i];

        if (!c->touch_due)
            continue;
        set_due(p, c, false);
        for (uint8_t k = 0; k < c->n_findings; k++)
            p->touch(p->arg, c->finding[k]);
    }
}

/* --- what the report calls ----------------------------------------------------------------------------- */

void process_ask_evidence(struct process_ask *p, const struct evidence *e, ns_t now_ns)
{
    struct process_question q = process_question_of(&e->miner, &e->pool, e->flow_start_ns);

    /* Names are asked for by datagrams, whose sockets are gone at once; and inside of a tunnel are other machines. */
    if ((e->flags & (EVIDENCE_HAS_ENCAP | EVIDENCE_ASIDE)) || !e->miner.port || !e->pool.port ||
        (evidence_class((enum evidence_kind)e->kind) == CLASS_NAME && e->kind != EVIDENCE_CONTACT))
        return;
    if (find(p, &q))
        return;
    ask(p, make(p, &q), now_ns);
    for (size_t i = 0; i < WAYS; i++)
        judge(p, &set_of(p, &q)[i]);
}

/* The ends of a connection as the finding's machine has them; false when it is not one of its own. */
static bool question_of(const struct finding *f, const struct finding_flow *flow, struct process_question *q)
{
    bool serves = !addr_eq(&flow->miner.addr, &f->miner.addr) && addr_eq(&flow->pool.addr, &f->miner.addr);

    if ((flow->flags & EVIDENCE_HAS_ENCAP) || !flow->miner.port || !flow->pool.port ||
        (!serves && !addr_eq(&flow->miner.addr, &f->miner.addr)))
        return false;
    *q = serves ? process_question_of(&flow->pool, &flow->miner, flow->start_ns)
                : process_question_of(&flow->miner, &flow->pool, flow->start_ns);
    return true;
}

static void note_finding(struct connection *c, const char *id)
{
    uint8_t i = 0;

    while (i < c->n_findings && strcmp(c->finding[i], id) != 0)
        i++;
    if (i < c->n_findings)
        return;
    i = c->n_findings < FINDINGS ? c->n_findings++ : FINDINGS - 1;
    memcpy(c->finding[i], id, sizeof(c->finding[i]));
}

/* The newest connection whose process is known; otherwise the newest one, in *newest. */
static struct connection *choose(struct process_ask *p, const struct finding *f, struct process_question *newest,
                                 bool *has_newest)
{
    struct connection *best = NULL;
    struct process_question q;

    *has_newest = false;
    for (uint32_t i = 0; i < f->n_flows_listed; i++) {
        struct connection *c;

        if (!question_of(f, &f->flows[i], &q))
            continue;
        if (!*has_newest || q.start_ns >= newest->start_ns)
            *newest = q;
        *has_newest = true;
        c = find(p, &q);
        if (c && is_found(p, c) && (!best || q.start_ns >= best->asked.start_ns))
            best = c;
    }
    return best;
}

bool process_ask_finding(struct process_ask *p, const struct finding *f, struct about_process *process, struct view *pod)
{
    struct process_question newest;
    bool has_newest;
    struct connection *c = choose(p, f, &newest, &has_newest);

    if (!c && has_newest) {
        c = find(p, &newest);
        if (!c) {
            c = make(p, &newest);
            ask(p, c, clock_mono());
        }
        if (c->state == ASKED)
            wait_for(p, c);
    }
    if (!c)
        return false;
    note_finding(c, f->id);
    set_due(p, c, false); /* it is being said */
    if (!is_found(p, c))
        return false;
    process_answer_about(answer_of(p, c), process);
    *pod = view_of(answer_of(p, c)->pod, answer_of(p, c)->n_pod);
    return true;
}

bool process_ask_hear(struct process_ask *p)
{
    take_all(p);
    touch_due(p);
    return p->fd >= 0;
}

/* When the next thing is to be done about a connection without an answer, or one that says that there is nothing. */
static bool is_due(struct process_ask *p, const struct connection *c, bool skipped, ns_t now)
{
    return c->state != FREE && !is_found(p, c) && now - c->asked_ns >= (skipped ? SKIPPED_NS : AGAIN_NS);
}

void process_ask_tick(struct process_ask *p, ns_t now_ns)
{
    for (size_t i = 0; i < SETS * WAYS; i++) {
        struct connection *c = &p->connections[i];
        bool skipped = c->state == ANSWERED && answer_of(p, c)->result == PROCESS_SKIPPED;

        if (!is_due(p, c, skipped, now_ns))
            continue;
        if (c->n_asked < (skipped ? TRIES_SKIPPED : TRIES) && p->fd >= 0) {
            ask(p, c, now_ns);
        } else if (c->state == ASKED) {
            c->state = ANSWERED;
            answer_of(p, c)->result = PROCESS_SKIPPED;
            p->counters.skipped++;
        }
    }
    touch_due(p);
}
