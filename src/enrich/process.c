/*
 * process.c - questions and answers about processes: making, comparing, checking.
 */
#include "config.h"

#include "enrich/process.h"

struct process_question process_question_of(const struct endpoint *miner, const struct endpoint *pool, ns_t start_ns)
{
    struct process_question q;

    memset(&q, 0, sizeof(q));
    q.miner = *miner;
    q.pool = *pool;
    q.start_ns = start_ns;
    return q;
}

bool process_question_eq(const struct process_question *a, const struct process_question *b)
{
    return a->start_ns == b->start_ns && endpoint_eq(&a->miner, &b->miner) && endpoint_eq(&a->pool, &b->pool);
}

bool process_answer_check(const struct process_answer *a)
{
    if (a->result >= PROCESS_RESULT_N || (a->result == PROCESS_FOUND && a->pid == 0) || a->n_name > sizeof(a->name) ||
        a->n_exe > sizeof(a->exe) || a->n_cmdline > sizeof(a->cmdline) || a->n_container > sizeof(a->container) ||
        a->n_pod > sizeof(a->pod) || a->n_parents > ABOUT_PARENTS)
        return false;
    for (uint32_t i = 0; i < a->n_parents; i++)
        if (a->n_parent[i] > sizeof(a->parent[i]))
            return false;
    return true;
}

void process_answer_about(const struct process_answer *a, struct about_process *process)
{
    *process = (struct about_process){.pid = a->pid,
                                      .uid = a->uid,
                                      .started_ns = a->started_ns,
                                      .name = view_of(a->name, a->n_name),
                                      .exe = view_of(a->exe, a->n_exe),
                                      .cmdline = view_of(a->cmdline, a->n_cmdline),
                                      .container = view_of(a->container, a->n_container),
                                      .n_parents = a->n_parents};
    for (uint32_t i = 0; i < a->n_parents; i++)
        process->parents[i] = view_of(a->parent[i], a->n_parent[i]);
}
