/*
 * process_find.c - from a connection to a process, within a budget; answers are kept.
 */
#include "config.h"

#include "role/process_find.h"

#include "base/out.h"
#include "config/limits.h"
#include "role/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Answers kept: a machine's own miners are few, and their connections last. An answer outlives its process. */
#define KEPT_SETS 1024
#define KEPT_WAYS 4
#define NONE_NS (NS_PER_SEC / 2) /* that nothing was found is believed for so long; the report asks again after a second */

/* Addresses that no socket of the machine had, each for NONE_NS: on a gateway they are most. */
#define FOREIGN 1024

/*
 * A look through reads as much as a machine has sockets and open files: 11 ms of a processor where there are 250 processes. On one
 * that is overloaded, as by miners, these took 0.7 s.
 */
#define LOOKUP_NS (NS_PER_SEC * 3 / 2)
#define NAMESPACES_NS NS_PER_SEC    /* between two looks at which there are */
#define STARTED_SLACK_NS NS_PER_SEC /* clock ticks, and a wall clock that is being set */
#define TRIES 2                     /* at a process that changed while it was looked at: it ran another program */

struct kept {
    bool is_set;
    ns_t at_ns; /* monotonic */
    struct process_answer answer;
};

struct foreign {
    struct addr addr;
    ns_t until_ns; /* monotonic */
};

struct namespace
{
    uint64_t inode;
    uint32_t pid; /* one that is in it */
};

/* Who holds a socket. */
struct holder {
    uint32_t pid; /* 0 = none yet */
    int number;
    uint64_t start_ticks;
};

struct process_find {
    struct proc proc;
    struct process_draft *draft;
    struct hash_key key;
    ns_t ticks_base_ns; /* wall clock of the machine's start, as of the look-up */
    ns_t paid_ns;       /* monotonic: up to when the time of look-ups is used up */
    struct namespace namespaces[PROC_NAMESPACES_MAX];
    uint32_t n_namespaces;
    ns_t namespaces_ns;                               /* monotonic: when they were listed; 0 = never */
    struct proc_wanted wanted[PROCESS_QUESTIONS_MAX]; /* what is being looked for */
    struct holder holders[PROCESS_QUESTIONS_MAX];
    uint32_t n_wanted;
    struct foreign foreign[FOREIGN];
    struct kept kept[KEPT_SETS][KEPT_WAYS];
};

_Static_assert(sizeof(struct process_find) <= LIMIT_BYTES_PROCESSES / 2, "limits.h has the size of what is remembered");

struct process_find *process_find_new(struct process_draft *draft, char *why, size_t n_why)
{
    struct process_find *f = calloc(1, sizeof(*f)); /* pages come with their first answer */
    struct out o = out_of(why, n_why);

    if (!f || !hash_seed(&f->key)) {
        out_str(&o, "not enough memory, or no random numbers");
        free(f);
        return NULL;
    }
    if (!proc_open(&f->proc, why, n_why)) {
        free(f);
        return NULL;
    }
    f->draft = draft;
    return f;
}

void process_find_free(struct process_find *f)
{
    if (!f)
        return;
    close(f->proc.fd);
    free(f);
}

int process_find_fd(const struct process_find *f)
{
    return f->proc.fd;
}

/* --- what was answered ----------------------------------------------------------------------------- */

static struct kept *set_of(struct process_find *f, const struct process_question *q)
{
    return f->kept[hash_64(&f->key, view_of(q, sizeof(*q))) % KEPT_SETS];
}

static bool recall(struct process_find *f, const struct process_question *q, ns_t now, struct process_answer *a)
{
    struct kept *set = set_of(f, q);

    for (size_t i = 0; i < KEPT_WAYS; i++) {
        if (!set[i].is_set || !process_question_eq(&set[i].answer.asked, q))
            continue;
        if (set[i].answer.result != PROCESS_FOUND && now - set[i].at_ns >= NONE_NS)
            return false;
        *a = set[i].answer;
        return true;
    }
    return false;
}

static void keep(struct process_find *f, const struct process_answer *a, ns_t now)
{
    struct kept *set = set_of(f, &a->asked), *place = set;

    for (size_t i = 0; i < KEPT_WAYS; i++) {
        if (!set[i].is_set || process_question_eq(&set[i].answer.asked, &a->asked)) {
            place = &set[i];
            break;
        }
        if (set[i].at_ns < place->at_ns)
            place = &set[i];
    }
    *place = (struct kept){true, now, *a};
}

static struct foreign *foreign_of(struct process_find *f, const struct addr *a)
{
    return &f->foreign[hash_64(&f->key, view_of(a, sizeof(*a))) % FOREIGN];
}

/* --- sockets ------------------------------------------------------------------------------------ */

static bool list_namespace(void *arg, uint32_t pid)
{
    struct process_find *f = arg;
    uint64_t inode = proc_namespace(&f->proc, pid);

    if (inode == 0 || inode == f->proc.own_net)
        return true;
    for (uint32_t i = 0; i < f->n_namespaces; i++)
        if (f->namespaces[i].inode == inode)
            return true;
    if (f->n_namespaces == PROC_NAMESPACES_MAX) {
        f->proc.n_over++;
        return false;
    }
    f->namespaces[f->n_namespaces++] = (struct namespace){inode, pid};
    return true;
}

/* Who is where nobody is any more has another process by the next look. */
static void list_namespaces(struct process_find *f, ns_t now)
{
    if (f->namespaces_ns != 0 && now - f->namespaces_ns < NAMESPACES_NS)
        return;
    f->n_namespaces = 0;
    f->namespaces_ns = now;
    proc_each(&f->proc, list_namespace, f);
}

/* Looks for those without a socket in all other namespaces; what is in several of them is in none. */
static void find_elsewhere(struct process_find *f, ns_t now)
{
    struct proc_wanted here[PROCESS_QUESTIONS_MAX];
    bool is_open[PROCESS_QUESTIONS_MAX], any = false;

    for (uint32_t k = 0; k < f->n_wanted; k++) {
        is_open[k] = f->wanted[k].inode == 0;
        any = any || is_open[k];
    }
    if (!any)
        return;
    list_namespaces(f, now);
    for (uint32_t i = 0; i < f->n_namespaces && !f->proc.late; i++) {
        memcpy(here, f->wanted, f->n_wanted * sizeof(here[0]));
        for (uint32_t k = 0; k < f->n_wanted; k++)
            here[k].inode = 0;
        proc_find_sockets(&f->proc, f->namespaces[i].pid, here, f->n_wanted);
        for (uint32_t k = 0; k < f->n_wanted; k++) {
            struct proc_wanted *w = &f->wanted[k];

            w->is_local = here[k].is_local;
            if (!is_open[k] || here[k].inode == 0 || here[k].inode == w->inode)
                continue;
            is_open[k] = w->inode == 0;
            w->inode = is_open[k] ? here[k].inode : 0;
        }
    }
}

/* --- processes ---------------------------------------------------------------------------------- */

static ns_t started_ns(const struct process_find *f, uint64_t ticks)
{
    return ticks < (uint64_t)(NS_TIME_MAX / PROC_TICKS_NS) ? f->ticks_base_ns + (ns_t)ticks * PROC_TICKS_NS : NS_TIME_MAX;
}

static void note_holder(void *arg, uint32_t pid, uint32_t i, int number)
{
    struct process_find *f = arg;
    struct holder *h = &f->holders[i];
    struct proc_state state;

    if (!proc_state(&f->proc, pid, &state) || started_ns(f, state.start_ticks) > f->wanted[i].q->start_ns + STARTED_SLACK_NS)
        return;
    /* Numbers go up: of the same tick the greater one is the younger one, but when they come round. */
    if (h->pid && (state.start_ticks < h->start_ticks || (state.start_ticks == h->start_ticks && pid < h->pid)))
        return;
    *h = (struct holder){pid, number, state.start_ticks};
}

static bool look_at_process(void *arg, uint32_t pid)
{
    struct process_find *f = arg;

    proc_find_held(&f->proc, pid, f->wanted, f->n_wanted, note_holder, f);
    return true;
}

static void name_parents(const struct process_find *f, const struct proc_state *child, struct process_answer *a)
{
    struct proc_state state = *child;
    uint64_t before = child->start_ticks;

    /* A parent that is younger is another process, which got the number of one that ended. */
    while (a->n_parents < ABOUT_PARENTS && state.parent != 0 && proc_state(&f->proc, state.parent, &state) &&
           state.start_ticks <= before) {
        memcpy(a->parent[a->n_parents], state.name, state.n_name);
        a->n_parent[a->n_parents++] = (uint8_t)state.n_name;
        before = state.start_ticks;
    }
}

static bool is_same(const struct proc_state *a, const struct proc_state *b)
{
    return a->start_ticks == b->start_ticks && a->n_name == b->n_name && memcmp(a->name, b->name, a->n_name) == 0;
}

/* Fills in all that is to be said of the holder. False when it did not stay the same meanwhile. */
static bool describe(struct process_find *f, uint32_t i, struct process_answer *a)
{
    const struct holder *h = &f->holders[i];
    uint64_t inode = f->wanted[i].inode;
    struct proc_state before, after;

    *a = (struct process_answer){.asked = *f->wanted[i].q, .result = PROCESS_FOUND, .pid = h->pid, .inode = inode};
    a->looked_ns = clock_wall();
    if (!proc_state(&f->proc, h->pid, &before) || before.start_ticks != h->start_ticks)
        return false;
    a->started_ns = started_ns(f, before.start_ticks);
    memcpy(a->name, before.name, before.n_name);
    a->n_name = (uint16_t)before.n_name;
    proc_describe(&f->proc, h->pid, a);
    name_parents(f, &before, a);
    if (!proc_state(&f->proc, h->pid, &after) || !is_same(&before, &after) || !proc_holds(&f->proc, h->pid, h->number, inode))
        return false;
    f->draft->answer = *a;
    f->draft->is_set = true;
    proc_cmdline(&f->proc, h->pid, a);
    f->draft->is_set = false;
    return proc_state(&f->proc, h->pid, &after) && is_same(&before, &after) && proc_holds(&f->proc, h->pid, h->number, inode);
}

/* Looks the machine through for all that is wanted. */
static void look_through(struct process_find *f, ns_t now)
{
    bool any = false;

    f->proc.late = false;
    f->proc.deadline_ns = now + LOOKUP_NS;
    f->ticks_base_ns = clock_wall() - clock_read(CLOCK_BOOTTIME);
    memset(f->holders, 0, sizeof(f->holders));
    proc_find_sockets(&f->proc, 0, f->wanted, f->n_wanted);
    find_elsewhere(f, now);
    for (uint32_t i = 0; i < f->n_wanted; i++) {
        const struct addr *miner = &f->wanted[i].q->miner.addr;

        any = any || f->wanted[i].inode != 0;
        if (!f->wanted[i].is_local && !f->proc.late)
            *foreign_of(f, miner) = (struct foreign){*miner, now + NONE_NS};
    }
    if (any)
        proc_each(&f->proc, look_at_process, f);
}

/* Puts the answer together, in a. */
static void conclude(struct process_find *f, uint32_t i, ns_t now, struct process_answer *a)
{
    bool found = false;

    for (int k = 0; !f->proc.late && f->holders[i].pid && k < TRIES && !found; k++)
        found = describe(f, i, a);
    if (!found)
        *a = (struct process_answer){.asked = *f->wanted[i].q, .result = f->proc.late ? PROCESS_SKIPPED : PROCESS_NONE};
    if (a->result != PROCESS_SKIPPED)
        keep(f, a, now);
}

/* A second's worth of look-ups may come at once. */
static bool can_pay(const struct process_find *f, ns_t now)
{
    return f->paid_ns < now + NS_PER_SEC;
}

static void pay(struct process_find *f, ns_t now, ns_t cpu_ns)
{
    ns_t cost = cpu_ns * PROCESS_LOOKUP_SHARE, least = NS_PER_SEC / PROCESS_LOOKUPS_A_SECOND;

    if (f->paid_ns < now)
        f->paid_ns = now;
    f->paid_ns += cost > least ? cost : least;
}

/* True when the machine need not be looked through for it. */
static bool answer_at_once(struct process_find *f, const struct process_question *q, ns_t now, struct process_answer *a)
{
    const struct foreign *foreign = foreign_of(f, &q->miner.addr);

    if (recall(f, q, now, a))
        return true;
    *a = (struct process_answer){.asked = *q, .result = PROCESS_NONE};
    if (foreign->until_ns > now && addr_eq(&foreign->addr, &q->miner.addr))
        return true;
    a->result = PROCESS_SKIPPED;
    return !can_pay(f, now);
}

void process_find_answer(struct process_find *f, const struct process_question *q, uint32_t n, process_answer_fn *fn, void *arg)
{
    static struct process_answer a;
    ns_t now = clock_mono(), cpu = clock_read(CLOCK_PROCESS_CPUTIME_ID);

    f->n_wanted = 0;
    for (uint32_t i = 0; i < n && i < PROCESS_QUESTIONS_MAX; i++) {
        if (answer_at_once(f, &q[i], now, &a))
            fn(arg, &a);
        else
            f->wanted[f->n_wanted++] = (struct proc_wanted){.q = &q[i]};
    }
    if (f->n_wanted == 0)
        return;
    look_through(f, now);
    for (uint32_t i = 0; i < f->n_wanted; i++) {
        conclude(f, i, now, &a);
        fn(arg, &a);
    }
    pay(f, now, clock_read(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}
