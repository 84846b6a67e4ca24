/*
 * test_process_ask.c - the report's side of looking at processes, with a helper that the test plays.
 */
#include "config.h"

#include "role/ipc.h"
#include "role/process_ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define START (1000 * NS_PER_SEC) /* wall clock of connections */
#define MS (NS_PER_SEC / 1000)

struct bench {
    struct process_ask *ask;
    struct hash_key key;
    int helper, report; /* its end; the report's */
    char touched[16][20];
    uint32_t n_touched;
    struct finding finding;
    struct finding_flow flows[4];
};

static void on_touch(void *arg, const char *id)
{
    struct bench *b = arg;

    assert_true(b->n_touched < ARRAY_LEN(b->touched));
    memcpy(b->touched[b->n_touched++], id, sizeof(b->touched[0]));
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    int fd[2];

    assert_non_null(b);
    hash_key_fixed(&b->key, 1);
    assert_true(ipc_pair(fd));
    b->helper = fd[0];
    b->report = fd[1];
    b->ask = process_ask_new(b->report, &b->key, on_touch, b);
    assert_non_null(b->ask);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    process_ask_free(b->ask);
    if (b->helper >= 0)
        close(b->helper);
    close(b->report);
    free(b);
    return 0;
}

static struct endpoint endpoint_of(uint8_t last, uint16_t port)
{
    const uint8_t v4[] = {10, 0, 0, last};
    struct endpoint e;

    addr_set_v4(&e.addr, v4);
    e.port = port;
    return e;
}

/* The connection from a port of the machine, which began so many milliseconds after START. */
static struct evidence evidence_of(uint16_t port, int64_t ms)
{
    struct evidence e = {.kind = EVIDENCE_LOGIN, .flow_start_ns = START + ms * MS};

    e.miner = endpoint_of(1, port);
    e.pool = endpoint_of(9, 3333);
    return e;
}

/* A finding of the last n connections that evidence_of makes with these ports. */
static const struct finding *finding_of(struct bench *b, const char *id, uint32_t n, const uint16_t *port, const int64_t *ms)
{
    struct finding *f = &b->finding;

    memset(f, 0, sizeof(*f));
    snprintf(f->id, sizeof(f->id), "%s", id);
    f->miner = endpoint_of(1, port[n - 1]);
    f->flows = b->flows;
    f->n_flows_listed = f->n_flows = n;
    for (uint32_t i = 0; i < n; i++)
        b->flows[i] = (struct finding_flow){
            .miner = endpoint_of(1, port[i]), .pool = endpoint_of(9, 3333), .start_ns = START + ms[i] * MS};
    return f;
}

/* The next question that the helper gets. */
static bool next_question(struct bench *b, struct process_question *q)
{
    static struct ipc_message m;

    if (ipc_receive(b->helper, &m, NULL, false) != IPC_GOT)
        return false;
    assert_int_equal(m.head.type, IPC_PROCESS_ASK);
    assert_non_null(ipc_body(&m, sizeof(*q)));
    memcpy(q, m.body, sizeof(*q));
    return true;
}

static void answer(struct bench *b, const struct process_question *q, enum process_result result, uint32_t pid, ns_t looked_ns)
{
    static struct process_answer a;

    a = (struct process_answer){
        .asked = *q, .result = (uint32_t)result, .pid = pid, .looked_ns = looked_ns, .n_name = 1, .name = "x"};
    assert_int_equal(ipc_send(b->helper, IPC_PROCESS_TOLD, view_of(&a, sizeof(a)), -1, false), 0);
}

static const struct finding *one(struct bench *b, const char *id, uint16_t port, int64_t ms)
{
    return finding_of(b, id, 1, &port, &ms);
}

/* The process that is told of the finding; 0 = none. */
static uint32_t pid_of(struct bench *b, const struct finding *f)
{
    struct about_process p;
    struct view pod;

    return process_ask_finding(b->ask, f, &p, &pod) ? p.pid : 0;
}

static void add(struct bench *b, const struct evidence *e)
{
    process_ask_evidence(b->ask, e, NS_PER_SEC);
}

static void test_asked_once(void **state)
{
    struct bench *b = *state;
    struct evidence e = evidence_of(1, 0);
    struct process_question q;

    add(b, &e);
    add(b, &e);
    assert_true(next_question(b, &q));
    assert_false(next_question(b, &q));
    assert_true(endpoint_eq(&q.miner, &e.miner) && endpoint_eq(&q.pool, &e.pool) && q.start_ns == e.flow_start_ns);
    answer(b, &q, PROCESS_FOUND, 42, START);
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 42);
    assert_true(process_ask_hear(b->ask));
    assert_int_equal(b->n_touched, 0); /* it was said at once */
    assert_int_equal(process_ask_counters(b->ask)->found, 1);
}

/* Connections in tunnels, datagrams, marks: nothing that a process here could hold. */
static void test_not_asked(void **state)
{
    struct bench *b = *state;
    struct evidence e[] = {evidence_of(1, 0), evidence_of(2, 0), evidence_of(3, 0), evidence_of(0, 0)};
    struct process_question q;

    e[0].flags = EVIDENCE_HAS_ENCAP;
    e[1].flags = EVIDENCE_ASIDE;
    e[2].kind = EVIDENCE_NAME_ASKED;
    for (size_t i = 0; i < ARRAY_LEN(e); i++)
        add(b, &e[i]);
    assert_false(next_question(b, &q));
    e[2].kind = EVIDENCE_CONTACT;
    add(b, &e[2]);
    assert_true(next_question(b, &q));
}

/* What comes after the finding left has it said again. */
static void test_late(void **state)
{
    struct bench *b = *state;
    struct evidence e = evidence_of(1, 0);
    struct process_question q;

    add(b, &e);
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 0);
    assert_int_equal(pid_of(b, one(b, "cm-2", 1, 0)), 0);
    assert_true(next_question(b, &q));
    answer(b, &q, PROCESS_FOUND, 42, START);
    assert_true(process_ask_hear(b->ask));
    assert_int_equal(b->n_touched, 2);
    assert_string_equal(b->touched[0], "cm-1");
    assert_string_equal(b->touched[1], "cm-2");
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 42);
    assert_true(process_ask_hear(b->ask));
    process_ask_tick(b->ask, 100 * NS_PER_SEC);
    assert_int_equal(b->n_touched, 2);
    assert_false(next_question(b, &q));
}

/* Nothing found is asked once more, after a second; too many at once, soon and often. */
static void test_again(void **state)
{
    struct bench *b = *state;
    struct evidence e = evidence_of(1, 0);
    struct process_question q;
    ns_t now = NS_PER_SEC;
    uint32_t n = 1;

    add(b, &e);
    assert_true(next_question(b, &q));
    answer(b, &q, PROCESS_NONE, 0, 0);
    (void)process_ask_hear(b->ask);
    process_ask_tick(b->ask, now + 900 * MS);
    assert_false(next_question(b, &q));
    process_ask_tick(b->ask, now + 1000 * MS);
    assert_true(next_question(b, &q));
    answer(b, &q, PROCESS_NONE, 0, 0);
    (void)process_ask_hear(b->ask);
    process_ask_tick(b->ask, now + 9000 * MS);
    assert_false(next_question(b, &q));

    e = evidence_of(2, 0);
    add(b, &e);
    assert_true(next_question(b, &q));
    for (int i = 0; i < 100; i++) {
        answer(b, &q, PROCESS_SKIPPED, 0, 0);
        (void)process_ask_hear(b->ask);
        process_ask_tick(b->ask, now += 250 * MS);
        n += next_question(b, &q);
    }
    assert_int_equal(n, 20);
}

/* No answer at all: once more, then it is given up, and what comes then is of no use. */
static void test_silence(void **state)
{
    struct bench *b = *state;
    struct evidence e = evidence_of(1, 0);
    struct process_question q;

    add(b, &e);
    assert_true(next_question(b, &q));
    process_ask_tick(b->ask, 2 * NS_PER_SEC);
    assert_true(next_question(b, &q));
    process_ask_tick(b->ask, 3 * NS_PER_SEC);
    assert_false(next_question(b, &q));
    assert_int_equal(process_ask_counters(b->ask)->skipped, 1);
    answer(b, &q, PROCESS_FOUND, 42, START);
    (void)process_ask_hear(b->ask);
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 0);
}

/* An answer that was looked for when another connection had the ports already is taken back, in whichever order they come. */
static void test_revoked(void **state)
{
    struct bench *b = *state;
    const uint16_t ports[] = {1, 1};
    const int64_t ms[] = {0, 5000};
    struct evidence first = evidence_of(1, 0), second = evidence_of(1, 5000);
    struct process_question q, q2;

    add(b, &first);
    assert_true(next_question(b, &q));
    answer(b, &q, PROCESS_FOUND, 42, START + 5500 * MS);
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 42);
    add(b, &second);
    assert_true(next_question(b, &q2));
    assert_int_equal(process_ask_counters(b->ask)->revoked, 1);
    process_ask_tick(b->ask, NS_PER_SEC);
    assert_int_equal(b->n_touched, 1);
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 0);
    answer(b, &q2, PROCESS_FOUND, 43, START + 5500 * MS);
    assert_int_equal(pid_of(b, finding_of(b, "cm-1", 2, ports, ms)), 43);

    first = evidence_of(2, 0);
    second = evidence_of(2, 5000);
    add(b, &first);
    add(b, &second);
    assert_true(next_question(b, &q) && next_question(b, &q2));
    answer(b, &q, PROCESS_FOUND, 42, START + 5500 * MS);
    assert_int_equal(pid_of(b, one(b, "cm-2", 2, 0)), 0);

    first = evidence_of(3, 0);
    second = evidence_of(3, 5000);
    add(b, &first);
    assert_true(next_question(b, &q));
    answer(b, &q, PROCESS_FOUND, 42, START + 100 * MS); /* long before */
    (void)process_ask_hear(b->ask);
    add(b, &second);
    assert_int_equal(pid_of(b, one(b, "cm-3", 3, 0)), 42);
}

/* Of several connections the newest that has an answer; and which process serves, where the machine is the pool. */
static void test_which(void **state)
{
    struct bench *b = *state;
    const uint16_t ports[] = {1, 2, 3};
    const int64_t ms[] = {0, 100, 200};
    struct process_question q;
    struct finding *f;

    for (uint32_t i = 0; i < 3; i++) {
        struct evidence e = evidence_of(ports[i], ms[i]);

        add(b, &e);
        assert_true(next_question(b, &q));
        answer(b, &q, i < 2 ? PROCESS_FOUND : PROCESS_NONE, 40 + i, START);
    }
    (void)process_ask_hear(b->ask);
    assert_int_equal(pid_of(b, finding_of(b, "cm-1", 3, ports, ms)), 41);

    f = (struct finding *)(uintptr_t)one(b, "cm-2", 1, 0);
    f->miner = endpoint_of(9, 3333);
    assert_int_equal(pid_of(b, f), 0);
    assert_true(next_question(b, &q));
    assert_true(endpoint_eq(&q.miner, &b->flows[0].pool) && endpoint_eq(&q.pool, &b->flows[0].miner));
    f->miner = endpoint_of(8, 3333); /* neither end is its */
    assert_int_equal(pid_of(b, f), 0);
    assert_false(next_question(b, &q));
    f->miner = endpoint_of(1, 1);
    b->flows[0].flags = EVIDENCE_HAS_ENCAP;
    assert_int_equal(pid_of(b, f), 0);
}

/* Answers that are none, or to no question of this report. */
static void test_malformed(void **state)
{
    static struct process_answer a;
    struct bench *b = *state;
    struct evidence e = evidence_of(1, 0);
    struct process_question q;

    add(b, &e);
    assert_true(next_question(b, &q));
    a = (struct process_answer){.asked = q, .result = PROCESS_FOUND, .pid = 42, .n_name = PROCESS_NAME_MAX + 1};
    assert_int_equal(ipc_send(b->helper, IPC_PROCESS_TOLD, view_of(&a, sizeof(a)), -1, false), 0);
    assert_int_equal(ipc_send(b->helper, IPC_PROCESS_TOLD, view_of(&a, sizeof(a) - 1), -1, false), 0);
    assert_int_equal(ipc_send(b->helper, IPC_BEAT, view_of(&a, sizeof(a)), -1, false), 0);
    assert_int_equal(write(b->helper, "x", 1), 1);
    q.start_ns++;
    answer(b, &q, PROCESS_FOUND, 42, START);
    assert_true(process_ask_hear(b->ask));
    assert_int_equal(process_ask_counters(b->ask)->found, 1); /* the last one */
    assert_int_equal(pid_of(b, one(b, "cm-1", 1, 0)), 0);
}

/* The helper is gone for good. */
static void test_gone(void **state)
{
    struct bench *b = *state;
    struct evidence e = evidence_of(1, 0);

    assert_int_equal(process_ask_counters(b->ask)->helper_up, 1);
    add(b, &e);
    close(b->helper);
    b->helper = -1;
    assert_false(process_ask_hear(b->ask));
    assert_int_equal(process_ask_counters(b->ask)->helper_up, 0);
    e = evidence_of(2, 0);
    add(b, &e);
    assert_int_equal(pid_of(b, one(b, "cm-1", 2, 0)), 0);
    process_ask_tick(b->ask, 100 * NS_PER_SEC);
    assert_int_equal(process_ask_counters(b->ask)->asked, 1);
}

/* More connections than are remembered: those asked about longest ago are forgotten, and those without answer counted. */
static void test_full(void **state)
{
    struct bench *b = *state;
    const struct process_ask_counters *c = process_ask_counters(b->ask);
    struct process_question q;

    for (uint32_t i = 0; i < 4 * PROCESS_ASK_CONNECTIONS; i++) {
        struct evidence e = evidence_of((uint16_t)(1 + i % 60000), i);

        process_ask_evidence(b->ask, &e, NS_PER_SEC + i);
        while (next_question(b, &q))
            ;
    }
    assert_int_equal(c->asked, 4 * PROCESS_ASK_CONNECTIONS);
    assert_in_range(c->skipped, 3 * PROCESS_ASK_CONNECTIONS, 4 * PROCESS_ASK_CONNECTIONS - 1);
}

/* The helper takes no more questions: the report goes on. */
static void test_blocked(void **state)
{
    struct bench *b = *state;

    for (uint32_t i = 0; i < PROCESS_ASK_CONNECTIONS; i++) {
        struct evidence e = evidence_of((uint16_t)(1 + i), i);

        add(b, &e);
    }
    assert_true(process_ask_counters(b->ask)->skipped > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_asked_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_late, setup, teardown),
        cmocka_unit_test_setup_teardown(test_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_silence, setup, teardown),
        cmocka_unit_test_setup_teardown(test_revoked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_which, setup, teardown),
        cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full, setup, teardown),
        cmocka_unit_test_setup_teardown(test_blocked, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
