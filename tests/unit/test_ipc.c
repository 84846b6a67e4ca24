/*
 * test_ipc.c - messages between processes: what is taken, what is refused, and what comes of a hostile sender.
 */
#include "config.h"

#include "role/ipc.h"
#include "role/parent_event.h"
#include "role/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int fds[2];
static struct ipc_message m;

static int set_up(void **state)
{
    (void)state;
    return ipc_pair(fds) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    close(fds[0]);
    close(fds[1]);
    return 0;
}

static void test_there(void **state)
{
    (void)state;
    assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_NONE);
    assert_int_equal(ipc_send(fds[0], IPC_BEAT, view_of(NULL, 0), -1, false), 0);
    assert_int_equal(ipc_send(fds[0], IPC_LOG, view_str("abc"), -1, false), 0);
    assert_int_equal(ipc_receive(fds[1], &m, NULL, true), IPC_GOT); /* peeked: it stays */
    assert_int_equal(m.head.type, IPC_BEAT);
    assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_GOT);
    assert_int_equal(m.head.type, IPC_BEAT);
    assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_GOT);
    assert_memory_equal(ipc_body(&m, 3), "abc", 3);
    assert_null(ipc_body(&m, 4));
    close(fds[0]);
    assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_EOF);
    fds[0] = socket(AF_UNIX, SOCK_STREAM, 0);
}

static void test_too_long(void **state)
{
    static uint8_t body[IPC_BODY_MAX + 1];

    (void)state;
    assert_int_equal(ipc_send(fds[0], IPC_LOG, view_of(body, IPC_BODY_MAX), -1, false), 0);
    assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_GOT);
    assert_int_equal(ipc_send(fds[0], IPC_LOG, view_of(body, sizeof(body)), -1, false), -EMSGSIZE);
}

/* What only a process that was taken over would send: it goes away, peeked or not, and what follows is found. */
static void test_malformed(void **state)
{
    static const struct {
        struct ipc_head head;
        size_t n;
    } rows[] = {
        {{IPC_VERSION, IPC_BEAT, 0}, 0},
        {{IPC_VERSION, IPC_BEAT, 0}, 7},
        {{IPC_VERSION + 1, IPC_BEAT, 0}, 8},
        {{IPC_VERSION, 0, 0}, 8},
        {{IPC_VERSION, IPC_TYPE_N, 0}, 8},
        {{IPC_VERSION, IPC_BEAT, 1}, 8},
        {{IPC_VERSION, IPC_BEAT, 0}, 9},
        {{IPC_VERSION, IPC_BEAT, UINT32_MAX}, 100},
        {{IPC_VERSION, IPC_BEAT, IPC_BODY_MAX + 1}, IPC_BODY_MAX + 9},
    };
    static uint8_t bytes[IPC_BODY_MAX + 16];

    (void)state;
    for (size_t i = 1; i < ARRAY_LEN(rows); i++) { /* an empty datagram reads as an end */
        for (int peek = 0; peek < 2; peek++) {
            memcpy(bytes, &rows[i].head, sizeof(rows[i].head));
            assert_int_equal(send(fds[0], bytes, rows[i].n, 0), rows[i].n);
            assert_int_equal(ipc_send(fds[0], IPC_READY, view_of(NULL, 0), -1, false), 0);
            assert_int_equal(ipc_receive(fds[1], &m, NULL, peek), IPC_BAD);
            assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_GOT);
            assert_int_equal(m.head.type, IPC_READY);
        }
    }
}

static void test_random(void **state)
{
    static uint8_t bytes[256];
    uint32_t x = 1;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        size_t n = 1 + (size_t)i % sizeof(bytes);

        for (size_t j = 0; j < n; j++)
            bytes[j] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
        if (i % 2)
            bytes[0] = IPC_VERSION, bytes[1] = 0;
        assert_int_equal(send(fds[0], bytes, n, 0), n);
        switch (ipc_receive(fds[1], &m, NULL, i % 3 == 0)) {
        case IPC_GOT:
            assert_int_equal(m.head.len + sizeof(m.head), n);
            if (i % 3 == 0)
                assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_GOT);
            break;
        case IPC_BAD: break;
        case IPC_NONE:
        case IPC_EOF: fail();
        }
    }
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* A descriptor goes along where it is wanted, and nowhere else. */
static void test_descriptors(void **state)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC), passed, next;
    struct stat a, b;

    (void)state;
    next = dup(null);
    close(next); /* the number that a descriptor which came would have */
    assert_int_equal(ipc_send(fds[0], IPC_FEED, view_of(NULL, 0), null, false), 0);
    assert_int_equal(ipc_receive(fds[1], &m, &passed, false), IPC_GOT);
    assert_true(passed >= 0 && fstat(null, &a) == 0 && fstat(passed, &b) == 0 && a.st_ino == b.st_ino);
    close(passed);
    assert_int_equal(ipc_send(fds[0], IPC_FEED, view_of(NULL, 0), null, false), 0);
    assert_int_equal(ipc_receive(fds[1], &m, NULL, false), IPC_GOT);
    assert_false(is_open(next));
    assert_int_equal(ipc_send(fds[0], IPC_FEED, view_of(NULL, 0), -1, false), 0);
    assert_int_equal(ipc_receive(fds[1], &m, &passed, false), IPC_GOT);
    assert_int_equal(passed, -1);
    close(null);
}

static void test_events(void **state)
{
    struct ipc_event e;
    struct sensor_event out;

    (void)state;
    ipc_event_init(&e, 5, SENSOR_DROPS, EVENT_MEDIUM, "%d lost", 3);
    ipc_event_count(&e, "lost", 3);
    assert_true(ipc_event_read(&e, &out));
    assert_string_equal(out.detail, "3 lost");
    assert_string_equal(out.severity_label, "medium");
    assert_string_equal(out.counters[0].name, "lost");
    assert_int_equal(out.worker, -1);
    e.n_counters = IPC_EVENT_COUNTERS + 1;
    assert_false(ipc_event_read(&e, &out));
    e.n_counters = 0;
    e.what = SENSOR_WHAT_N;
    assert_false(ipc_event_read(&e, &out));
    e.what = 0;
    e.severity = 4;
    assert_false(ipc_event_read(&e, &out));
    memset(e.detail, 'x', sizeof(e.detail));
    e.severity = 0;
    assert_true(ipc_event_read(&e, &out));
    assert_int_equal(strlen(out.detail), sizeof(e.detail) - 1);
}

/* A reader that does not read: records wait, in order, and beyond the queue they are counted as lost. */
static void test_queue(void **state)
{
    struct worker_out w;
    struct evidence e = {.version = EVIDENCE_VERSION};
    uint64_t n = 0, got = 0;

    (void)state;
    assert_true(worker_out_init(&w, fds[0], 65, false));
    assert_int_equal(worker_slot(65), 1);
    while (w.n_lost < 10) {
        e.seq = ++n;
        worker_emit(&w, &e);
    }
    assert_int_equal(w.n, WORKER_QUEUE_MAX);
    assert_int_equal(w.n_sent + w.n + w.n_lost, n);
    while (got < n - 10) {
        const struct evidence *body;

        if (ipc_receive(fds[1], &m, NULL, false) != IPC_GOT) {
            worker_flush(&w);
            continue;
        }
        body = ipc_body(&m, sizeof(*body));
        assert_non_null(body);
        assert_int_equal(body->seq, ++got);
    }
    assert_int_equal(w.n, 0);
    close(fds[1]);
    worker_emit(&w, &e);
    assert_true(w.broken);
    assert_int_equal(w.n_lost, 11);
    worker_out_fini(&w);
    fds[1] = socket(AF_UNIX, SOCK_STREAM, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_malformed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_descriptors, set_up, tear_down),
        cmocka_unit_test(test_events),
        cmocka_unit_test_setup_teardown(test_queue, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
