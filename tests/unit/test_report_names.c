/*
 * test_report_names.c - messages from worker to worker through the report: who gets them, whose name they bear, how many.
 */
#include "config.h"

#include "role/report_live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WORKERS 3

struct bench {
    struct report report;
    struct report_run run;
    int worker[WORKERS]; /* their ends */
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));

    assert_non_null(b);
    b->report.n_workers = WORKERS;
    b->run.r = &b->report;
    b->run.live = calloc(1, sizeof(*b->run.live));
    assert_non_null(b->run.live);
    for (uint32_t i = 0; i < WORKERS; i++) {
        int fd[2];

        assert_true(ipc_pair(fd));
        b->worker[i] = fd[0];
        b->run.workers[i] = (struct report_worker){.run = &b->run, .slot = i, .fd = fd[1]};
    }
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    for (uint32_t i = 0; i < WORKERS; i++) {
        close(b->worker[i]);
        close(b->run.workers[i].fd);
    }
    free(b->run.live);
    free(b);
    return 0;
}

/* The worker of slot `from` says this; to: the slot that it writes into the message. */
static void say(struct bench *b, uint32_t from, enum contacts_what what, uint32_t to, uint64_t id)
{
    struct contacts_message m = {.what = what, .slot = to, .id = id, .n_to = 1};

    assert_int_equal(ipc_send(b->worker[from], IPC_NAMES, view_of(&m, sizeof(m)), -1, false), 0);
    assert_int_equal(ipc_receive(b->run.workers[from].fd, &b->run.message, NULL, true), IPC_GOT);
    report_names_take(&b->run, from);
    assert_int_equal(ipc_receive(b->run.workers[from].fd, &b->run.message, NULL, false), IPC_GOT);
}

/* How many messages a worker has now; the newest in *m. */
static uint32_t hear(const struct bench *b, uint32_t worker, struct contacts_message *m)
{
    static struct ipc_message got;
    uint32_t n = 0;

    for (; ipc_receive(b->worker[worker], &got, NULL, false) == IPC_GOT; n++) {
        assert_int_equal(got.head.type, IPC_NAMES);
        assert_non_null(ipc_body(&got, sizeof(*m)));
        memcpy(m, got.body, sizeof(*m));
    }
    return n;
}

static void test_to_all_others(void **state)
{
    static const enum contacts_what whats[] = {CONTACTS_ASK, CONTACTS_WATCH};
    struct bench *b = *state;
    struct contacts_message m;

    for (size_t i = 0; i < ARRAY_LEN(whats); i++) {
        say(b, 1, whats[i], 2, 77); /* it says that it is another one */
        assert_int_equal(hear(b, 1, &m), 0);
        for (uint32_t to = 0; to < WORKERS; to += 2) {
            assert_int_equal(hear(b, to, &m), 1);
            assert_int_equal(m.what, whats[i]);
            assert_int_equal(m.slot, 1);
            assert_int_equal(m.id, 77);
        }
    }
    assert_int_equal(b->run.live->metrics.names_refused, 0);
}

static void test_answer_to_one(void **state)
{
    struct bench *b = *state;
    struct contacts_message m;

    say(b, 2, CONTACTS_TELL, 0, 78);
    assert_int_equal(hear(b, 0, &m), 1);
    assert_int_equal(m.slot, 2);
    assert_int_equal(hear(b, 1, &m) + hear(b, 2, &m), 0);
    say(b, 2, CONTACTS_TELL, 2, 78); /* to itself; to nobody */
    say(b, 2, CONTACTS_TELL, WORKERS, 78);
    say(b, 2, CONTACTS_TELL, UINT32_MAX, 78);
    assert_int_equal(hear(b, 0, &m) + hear(b, 1, &m) + hear(b, 2, &m), 0);
    assert_int_equal(b->run.live->metrics.names_refused, 3);
}

static void test_malformed(void **state)
{
    struct bench *b = *state;
    struct contacts_message m;

    assert_int_equal(ipc_send(b->worker[0], IPC_NAMES, view_of("x", 1), -1, false), 0);
    assert_int_equal(ipc_receive(b->run.workers[0].fd, &b->run.message, NULL, false), IPC_GOT);
    report_names_take(&b->run, 0);
    assert_int_equal(b->run.n_malformed, 1);
    assert_int_equal(hear(b, 1, &m) + hear(b, 2, &m), 0);
}

/* A worker gone mad is heard 300 times a second, and as often for each other one with answers. */
static void test_caps(void **state)
{
    struct bench *b = *state;
    struct contacts_message m;
    uint32_t n = 0, n_told = 0;

    for (int i = 0; i < 500; i++) {
        say(b, 0, CONTACTS_WATCH, 0, 1);
        n += hear(b, 1, &m);
        hear(b, 2, &m);
    }
    assert_int_equal(n, 300);
    assert_int_equal(b->run.live->metrics.names_refused, 200);
    for (int i = 0; i < 1000; i++) {
        say(b, 0, CONTACTS_TELL, 1, 1);
        n_told += hear(b, 1, &m);
    }
    assert_int_equal(n_told, 900);
    say(b, 2, CONTACTS_ASK, 0, 1); /* another one is heard */
    assert_int_equal(hear(b, 1, &m), 1);
    report_names_refill(&b->run);
    say(b, 0, CONTACTS_WATCH, 0, 1);
    assert_int_equal(hear(b, 1, &m), 1);
}

/* One that does not read costs nothing but what it does not hear. */
static void test_deaf(void **state)
{
    struct bench *b = *state;
    struct contacts_message m;
    uint32_t n = 0;

    for (int second = 0; second < 20; second++) {
        for (int i = 0; i < 300; i++) {
            say(b, 0, CONTACTS_ASK, 0, 1);
            n += hear(b, 2, &m);
        }
        report_names_refill(&b->run);
    }
    assert_int_equal(n, 6000);
    assert_true(b->run.live->metrics.names_refused > 0);
    assert_int_equal(hear(b, 1, &m) + b->run.live->metrics.names_refused, 6000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_to_all_others), CASE(test_answer_to_one), CASE(test_malformed), CASE(test_caps), CASE(test_deaf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
