/*
 * test_process_find.c - this machine's own /proc: connections of this process, and of its children, over loopback.
 *
 * A process may look at itself and at its children without any right, so an ordinary user can run it.
 */
#include "config.h"

#include "base/out.h"
#include "role/clock.h"
#include "role/process_find.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    struct process_find *find;
    struct process_draft draft;
    int listener, client, server; /* a connection: the client's end, and the server's */
    struct process_question question;
    struct process_answer answers[PROCESS_QUESTIONS_MAX];
    uint32_t n_answers;
};

static void take_name(int fd, bool peer, struct endpoint *e)
{
    struct sockaddr_in a;
    socklen_t n = sizeof(a);

    assert_int_equal(peer ? getpeername(fd, (struct sockaddr *)&a, &n) : getsockname(fd, (struct sockaddr *)&a, &n), 0);
    addr_set_v4(&e->addr, (const uint8_t *)&a.sin_addr);
    e->port = ntohs(a.sin_port);
}

static void join(struct bench *b)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    struct endpoint miner, pool;

    b->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    b->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(b->listener, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(b->listener, 1), 0);
    assert_int_equal(getsockname(b->listener, (struct sockaddr *)&a, &n), 0);
    assert_int_equal(connect(b->client, (struct sockaddr *)&a, sizeof(a)), 0);
    b->server = accept4(b->listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(b->server >= 0);
    take_name(b->client, false, &miner);
    take_name(b->client, true, &pool);
    b->question = process_question_of(&miner, &pool, clock_wall());
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    char why[200];

    assert_non_null(b);
    b->find = process_find_new(&b->draft, why, sizeof(why));
    assert_non_null(b->find);
    assert_true(process_find_fd(b->find) >= 0);
    join(b);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    process_find_free(b->find);
    close(b->listener);
    close(b->client);
    close(b->server);
    free(b);
    return 0;
}

static void take(void *arg, struct process_answer *a)
{
    struct bench *b = arg;

    assert_true(process_answer_check(a));
    assert_true(b->n_answers < PROCESS_QUESTIONS_MAX);
    b->answers[b->n_answers++] = *a;
}

static const struct process_answer *ask(struct bench *b, const struct process_question *q)
{
    b->n_answers = 0;
    process_find_answer(b->find, q, 1, take, b);
    assert_int_equal(b->n_answers, 1);
    assert_true(process_question_eq(&b->answers[0].asked, q));
    return &b->answers[0];
}

static void test_own(void **state)
{
    struct bench *b = *state;
    struct about_process p;
    const struct process_answer *a;
    char name[16] = "";

    assert_int_equal(prctl(PR_GET_NAME, name, 0, 0, 0), 0);
    a = ask(b, &b->question);
    assert_int_equal(a->result, PROCESS_FOUND);
    process_answer_about(a, &p);
    assert_int_equal(p.pid, getpid());
    assert_int_equal(p.uid, geteuid());
    assert_true(view_is(p.name, name));
    assert_true(p.exe.n > 0 && p.exe.p[0] == '/' && p.cmdline.n > 0 && p.n_parents > 0);
    assert_true(p.started_ns <= clock_wall() + NS_PER_SEC && p.started_ns > clock_wall() - 600 * NS_PER_SEC);
    assert_true(a->looked_ns <= clock_wall() && a->inode > 0);
    assert_false(b->draft.is_set);
}

/* What was found is known after the connection ended; what was not found is not. */
static void test_kept(void **state)
{
    struct bench *b = *state;
    struct process_question later = b->question;

    later.start_ns++;
    assert_int_equal(ask(b, &b->question)->result, PROCESS_FOUND);
    shutdown(b->client, SHUT_RDWR);
    close(b->client);
    b->client = -1;
    assert_int_equal(ask(b, &b->question)->result, PROCESS_FOUND);
    assert_int_equal(ask(b, &later)->result, PROCESS_NONE);
}

/* Questions that come together, of which some have no answer. */
static void test_many(void **state)
{
    struct bench *b = *state;
    struct process_question q[PROCESS_QUESTIONS_MAX];

    for (uint32_t i = 0; i < PROCESS_QUESTIONS_MAX; i++) {
        q[i] = b->question;
        q[i].start_ns += i;
        if (i % 3 == 1)
            q[i].pool.port ^= 1;
        if (i % 3 == 2) /* the other end, which this process has too */
            q[i] = process_question_of(&b->question.pool, &b->question.miner, b->question.start_ns + i);
    }
    process_find_answer(b->find, q, PROCESS_QUESTIONS_MAX, take, b);
    assert_int_equal(b->n_answers, PROCESS_QUESTIONS_MAX);
    for (uint32_t i = 0; i < PROCESS_QUESTIONS_MAX; i++) {
        assert_true(process_question_eq(&b->answers[i].asked, &q[i]));
        assert_int_equal(b->answers[i].result, i % 3 == 1 ? PROCESS_NONE : PROCESS_FOUND);
        assert_true(i % 3 == 1 || b->answers[i].pid == (uint32_t)getpid());
    }
}

/* Addresses that no socket here has: at the second question nobody looks. */
static void test_foreign(void **state)
{
    static const uint8_t v4[] = {203, 0, 113, 77};
    struct bench *b = *state;
    struct process_question q = b->question;

    addr_set_v4(&q.miner.addr, v4);
    for (int i = 0; i < 1000; i++) {
        q.start_ns++;
        assert_int_equal(ask(b, &q)->result, PROCESS_NONE);
    }
}

/* A connection that began before any process that has it. */
static void test_started_after(void **state)
{
    struct bench *b = *state;

    b->question.start_ns -= 3600 * NS_PER_SEC;
    assert_int_equal(ask(b, &b->question)->result, PROCESS_NONE);
}

/* A child that is as old as the connection and holds it is the one; and so is the parent when it closed it. */
static void test_child(void **state)
{
    struct bench *b = *state;
    int ready[2];
    pid_t child;
    char c;

    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        prctl(PR_SET_NAME, "a child\n", 0, 0, 0);
        if (write(ready[1], "r", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(ask(b, &b->question)->pid, child);
    assert_true(view_is(view_of(b->answers[0].name, b->answers[0].n_name), "a child\n"));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    b->question.start_ns++; /* not the answer of before */
    assert_int_equal(ask(b, &b->question)->pid, getpid());
    close(ready[0]);
    close(ready[1]);
}

/* More than a processor may be used for: a second's worth is 100 looks, if they are cheap. */
static void test_budget(void **state)
{
    struct bench *b = *state;
    ns_t until = clock_mono() + 5 * NS_PER_SEC;

    for (int i = 0; i < 1000 && clock_mono() < until; i++) {
        b->question.start_ns++;
        if (ask(b, &b->question)->result == PROCESS_SKIPPED)
            return;
    }
    assert_true(clock_mono() >= until); /* a machine so slow that it pays for itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_own, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
        cmocka_unit_test_setup_teardown(test_started_after, setup, teardown),
        cmocka_unit_test_setup_teardown(test_child, setup, teardown),
        cmocka_unit_test_setup_teardown(test_budget, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
