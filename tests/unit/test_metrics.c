/*
 * test_metrics.c - counters over the death of workers, and the fullest text. Its grammar is checked by tests/status.py.
 */
#include "config.h"

#include "role/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Whatever workers send and however often they die: no total ever goes down. */
static void test_never_down(void **state)
{
    struct metrics_worker *w = calloc(3, sizeof(*w));
    struct worker_counters before, after;
    uint64_t seed = 1;

    (void)state;
    assert_non_null(w);
    metrics_sum(w, 3, &before);
    for (int round = 0; round < 20000; round++) {
        struct metrics_worker *one = &w[round % 3];
        struct worker_counters c = {0};

        for (size_t i = 0; i < sizeof(c) / sizeof(uint64_t); i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            ((uint64_t *)&c)[i] = round % 97 == 96 ? UINT64_MAX : seed >> (24 + round % 40);
        }
        if (round % 11 == 10)
            metrics_worker_gone(one);
        else
            metrics_worker_take(one, &c, round);
        metrics_sum(w, 3, &after);
        for (size_t i = 0; i < WORKER_COUNTERS_UP; i++)
            assert_true(((uint64_t *)&after)[i] >= ((uint64_t *)&before)[i]);
        before = after;
    }
    free(w);
}

static void test_exact(void **state)
{
    struct metrics_worker w[2] = {0};
    struct worker_counters sum;

    (void)state;
    metrics_worker_take(&w[0], &(struct worker_counters){.frames = 10, .flows = 3, .last_packet_ns = 70}, 1);
    metrics_worker_gone(&w[0]);
    assert_false(w[0].up);
    metrics_worker_take(&w[0], &(struct worker_counters){.frames = 4, .flows = 2, .received = {[15] = 6}}, 2);
    metrics_worker_take(&w[1], &(struct worker_counters){.frames = 1, .flows = 5, .last_packet_ns = 60}, 3);
    metrics_worker_take(&w[1], &(struct worker_counters){.frames = 0, .flows = 4, .last_packet_ns = 61}, 4);
    metrics_sum(w, 2, &sum);
    assert_int_equal(sum.frames, 15);
    assert_int_equal(sum.flows, 6); /* what stands for now is not kept */
    assert_int_equal(sum.received[15], 6);
    assert_int_equal(sum.last_packet_ns, 70);
    assert_int_equal(w[1].heard_ns, 4);
}

/* Everything at its most, with names all of which must be escaped: it fits, and ends with a whole line. */
static void test_fullest(void **state)
{
    struct metrics *m = malloc(sizeof(*m));
    char *text = malloc(METRICS_TEXT_MAX);
    struct out o = out_of(text, METRICS_TEXT_MAX);
    size_t lines = 0;

    (void)state;
    assert_non_null(m);
    memset(m, 0xff, sizeof(*m));
    m->n_workers = METRICS_WORKERS_MAX;
    m->n_interfaces = METRICS_INTERFACES_MAX;
    m->n_outputs = METRICS_OUTPUTS_MAX;
    m->n_lists = METRICS_LISTS_MAX;
    m->start_ns = m->list[0].loaded_ns = NS_TIME_MAX;
    m->ledger_failing = true;
    for (size_t i = 0; i < METRICS_WORKERS_MAX; i++)
        m->worker[i].up = true;
    for (size_t i = 0; i < METRICS_OUTPUTS_MAX; i++)
        m->output[i].failing = true;
    metrics_print(m, &o);
    assert_false(o.full);
    assert_true(o.n < METRICS_TEXT_MAX);
    assert_int_equal(text[o.n - 1], '\n');
    for (size_t i = 0; i < o.n; i++)
        lines += text[i] == '\n';
    assert_true(lines > 2 * METRICS_WORKERS_MAX * METRICS_INTERFACES_MAX);
    assert_non_null(strstr(text, "countermine_packets_total 18446744073709551615\n"));
    free(text);
    free(m);
}

static void test_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BLIND_RULES_N; i++)
        assert_true(strlen(blind_rule_name((enum blind_rule)i)) > 3);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_never_down), cmocka_unit_test(test_exact),
                                              cmocka_unit_test(test_fullest), cmocka_unit_test(test_names)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
