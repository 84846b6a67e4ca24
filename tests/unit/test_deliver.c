/*
 * test_deliver.c - live sinks under failing writes: full disks, dead and slow readers, rotation. Records are sensor
 * events, each with a number, so that loss, order and halves show.
 *
 * write() is ours here: faults can be had at any write. The real ones are a limit on the size of files and, as root
 * where mounting works, a file system of 64 KiB.
 */
#include "config.h"

#include "output/output.h"

#include "base/out.h"
#include "output/retain.h"

#include "../json_check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND NS_PER_SEC

static char dir[] = "/tmp/test_deliver.XXXXXX";
static struct output_context context = {.live = true, .host = "host", .pid = 7};

static const char *in_dir(const char *name)
{
    static char path[4][100]; /* so that several can be in use */
    static unsigned next;
    struct out o = out_of(path[next %= 4], sizeof(path[0]));

    out_fmt(&o, "%s/%s", dir, name);
    return path[next++];
}

static int set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"a", "b", "log", "mount/a"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(in_dir(names[i]));
    rmdir(in_dir("mount"));
    return rmdir(dir);
}

/* --- faults ------------------------------------------------------------------------------------- */

static struct {
    bool on;
    int error;        /* what every write fails with, or */
    bool random;      /* fails at random, and takes less at random */
    bool is_cut_once; /* takes half, once, and then fails */
    int other;        /* to which somebody else writes just then; 0 = nobody */
} fault;

ssize_t write(int fd, const void *p, size_t n)
{
    static const int errors[] = {ENOSPC, EIO, EAGAIN, EROFS, EDQUOT, EINTR};

    if (fault.on && fd > STDERR_FILENO && fault.error) {
        errno = fault.error;
        return -1;
    }
    if (fault.on && fd > STDERR_FILENO && fault.random) {
        switch (rand() % 4) {
        case 0: errno = errors[(size_t)rand() % ARRAY_LEN(errors)]; return -1;
        case 1: n = 1 + (size_t)rand() % n; break;
        default: break;
        }
    }
    if (fault.on && fd > STDERR_FILENO && fault.is_cut_once) {
        fault.is_cut_once = false;
        fault.error = ENOSPC;
        n = (size_t)syscall(SYS_write, fd, p, n / 2);
        if (fault.other)
            syscall(SYS_write, fault.other, "somebody else\n", 14);
        return (ssize_t)n;
    }
    return syscall(SYS_write, fd, p, n);
}

/* --- records ------------------------------------------------------------------------------------ */

static struct sink *open_sink(const char *format, const char *path)
{
    int fd = output_open(format, path, true);
    struct sink *s;

    if (fd < 0)
        fail_msg("%s: %s", path, strerror(errno));
    s = sink_new(format, path, fd, &context);
    assert_non_null(s);
    return s;
}

static void say(struct sink *s, unsigned number, const char *severity_label)
{
    struct sensor_event e = {.time_ns = SECOND, .what = SENSOR_BLIND, .severity_label = severity_label, .worker = number};

    memset(e.detail, 'd', sizeof(e.detail) - 1); /* long enough to be cut in its middle */
    sink_event(s, &e);
}

/* A record with 24 counters whose names have so many bytes. */
#define NAME_SOCKET 200 /* 5 KB: more than the smallest socket buffer takes, less than a message is cut to */
#define NAME_PIPE 900   /* 22 KB: of more than 4096 bytes a pipe also takes a part */
static void say_long(struct sink *s, unsigned n, size_t n_name)
{
    struct sensor_event e = {.time_ns = SECOND, .worker = n, .n_counters = SENSOR_COUNTERS};
    char name[NAME_PIPE + 1];

    memset(name, 'n', n_name);
    name[n_name] = '\0';
    for (int c = 0; c < SENSOR_COUNTERS; c++)
        e.counters[c].name = name;
    sink_stats(s, &e);
}

static struct sink_health health_of(const struct sink *s)
{
    struct sink_health h;

    sink_health(s, &h);
    return h;
}

/* The numbers of the lines of text, each of which must be whole. */
static size_t numbers_in(const char *text, size_t n, unsigned *number, size_t max)
{
    size_t found = 0;

    while (n > 0) {
        const char *end = memchr(text, '\n', n), *at;

        if (!end)
            fail_msg("half a record: %.*s", (int)n, text);
        if (!json_is_line(text, (size_t)(end + 1 - text)))
            fail_msg("no record: %.*s", (int)(end - text), text);
        at = memmem(text, (size_t)(end - text), "\"worker\":", 9);
        assert_non_null(at);
        assert_true(found < max);
        number[found++] = (unsigned)strtoul(at + 9, NULL, 10);
        n -= (size_t)(end + 1 - text);
        text = end + 1;
    }
    return found;
}

static size_t read_file(const char *path, unsigned *number, size_t max)
{
    static char text[16 << 20];
    int fd = open(path, O_RDONLY);
    ssize_t n = 0, got;

    assert_true(fd >= 0);
    while ((got = read(fd, text + n, sizeof(text) - (size_t)n)) > 0)
        n += got;
    close(fd);
    return numbers_in(text, (size_t)n, number, max);
}

static unsigned number[20000];

static void assert_file(const char *path, unsigned from, unsigned to)
{
    size_t n = read_file(path, number, ARRAY_LEN(number));

    assert_int_equal(n, to - from);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(number[i], from + i);
}

/* --- files -------------------------------------------------------------------------------------- */

static void test_plain(void **state)
{
    struct sink *s = open_sink("json", in_dir("a"));
    struct sink_health h;

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        say(s, i, NULL);
        assert_file(in_dir("a"), 0, i + 1); /* at once */
    }
    h = health_of(s);
    assert_int_equal(h.written, 10);
    assert_int_equal(h.failed + h.waiting + h.waiting_bytes + h.lost, 0);
    assert_int_equal(h.error, 0);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    s = open_sink("json", in_dir("a")); /* is appended to */
    say(s, 10, NULL);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    assert_file(in_dir("a"), 0, 11);
}

/* Half a record is cut off at once, and the whole follows when there is room. */
static void test_torn_write(void **state)
{
    struct sink *s = open_sink("json", in_dir("b"));

    (void)state;
    say(s, 0, NULL);
    fault.on = fault.is_cut_once = true;
    say(s, 1, NULL);
    assert_file(in_dir("b"), 0, 1);
    say(s, 2, NULL);
    assert_int_equal(health_of(s).waiting, 2);
    assert_int_equal(health_of(s).error, ENOSPC);
    fault.on = false;
    fault.error = 0;
    sink_tick(s, SECOND);
    assert_file(in_dir("b"), 0, 3);
    assert_int_equal(health_of(s).waiting, 0);
    assert_int_equal(health_of(s).error, 0);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    unlink(in_dir("b"));
}

/* What somebody else wrote behind our half is not cut off: then the half stays, and its rest follows. */
static void test_not_alone(void **state)
{
    struct sink *s = open_sink("json", in_dir("b"));
    char text[4000];
    int fd;
    ssize_t n;

    (void)state;
    fault.other = open(in_dir("b"), O_WRONLY | O_APPEND);
    fault.on = fault.is_cut_once = true;
    say(s, 0, NULL);
    close(fault.other);
    fault.on = false;
    fault.error = fault.other = 0;
    sink_tick(s, SECOND);
    fd = open(in_dir("b"), O_RDONLY);
    n = read(fd, text, sizeof(text));
    close(fd);
    assert_true(n > 20);
    assert_non_null(memmem(text, (size_t)n, "somebody else\n", 14));
    assert_memory_equal(text + n - 3, "}}\n", 3);
    assert_int_equal(health_of(s).waiting, 0);
    sink_close(s);
    sink_free(s);
    unlink(in_dir("b"));
}

/* 10,000 records with writes that fail or take less at random: after each call the file has whole lines only. */
static void test_random_faults(void **state)
{
    struct sink *s = open_sink("json", in_dir("b"));

    (void)state;
    srand(1);
    fault.on = fault.random = true;
    for (unsigned i = 0; i < 10000; i++) {
        say(s, i, "high");
        if (rand() % 10 == 0)
            sink_tick(s, (ns_t)i * SECOND);
        if (i % 500 == 0)
            assert_true(read_file(in_dir("b"), number, ARRAY_LEN(number)) <= i + 1);
    }
    fault.on = fault.random = false;
    for (int i = 0; i < 20; i++)
        sink_tick(s, SECOND);
    assert_file(in_dir("b"), 0, 10000);
    assert_true(health_of(s).failed > 1000);
    assert_int_equal(health_of(s).lost, 0);
    assert_int_equal(health_of(s).written, 10000);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    unlink(in_dir("b"));
}

/* Up to the cap nothing is lost; beyond it the least severe, and the sums are exact. */
static void test_cap(void **state)
{
    struct sink *s = open_sink("json", in_dir("b"));
    size_t n;

    (void)state;
    fault.on = true;
    fault.error = ENOSPC;
    for (unsigned i = 0; i < RETAIN_RECORDS_MAX; i++)
        say(s, i, i % 2 ? "low" : "high");
    assert_int_equal(health_of(s).waiting, RETAIN_RECORDS_MAX);
    assert_int_equal(health_of(s).lost, 0);
    for (unsigned i = 0; i < 100; i++)
        say(s, RETAIN_RECORDS_MAX + i, "critical");
    say(s, 99999, NULL); /* is the least severe itself */
    assert_int_equal(health_of(s).waiting, RETAIN_RECORDS_MAX);
    assert_int_equal(health_of(s).lost, 101);
    fault.on = false;
    fault.error = 0;
    for (int i = 0; i < 12; i++)
        sink_tick(s, SECOND);
    assert_int_equal(health_of(s).waiting, 0);
    assert_int_equal(sink_close(s), ENOBUFS); /* something was lost */
    sink_free(s);
    n = read_file(in_dir("b"), number, ARRAY_LEN(number));
    assert_int_equal(n, RETAIN_RECORDS_MAX);
    for (size_t i = 0; i < n; i++)
        if (number[i] != (i < 100 ? 2 * i : 100 + i)) /* of the first 200 the odd ones are gone */
            fail_msg("record %u at %zu", number[i], i);
    unlink(in_dir("b"));
}

/* The size of files is limited for real: the kernel takes less, then nothing. */
static void test_size_limit(void **state)
{
    struct rlimit was, limit;
    struct sink *s = open_sink("json", in_dir("b"));
    struct stat st;

    (void)state;
    say(s, 0, NULL);
    assert_int_equal(stat(in_dir("b"), &st), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    limit = was;
    limit.rlim_cur = (rlim_t)st.st_size * 5 / 2; /* the third record breaks off in its middle */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (unsigned i = 1; i < 20; i++)
        say(s, i, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_file(in_dir("b"), 0, 2);
    assert_int_equal(health_of(s).waiting, 18);
    assert_int_equal(health_of(s).error, EFBIG);
    sink_tick(s, SECOND);
    assert_file(in_dir("b"), 0, 20);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    unlink(in_dir("b"));
}

/* A file system of 64 KiB fills and is emptied, in a child that has its own mounts; only as root, and where that works. */
static void fill_disk(void)
{
    struct sink *s;
    unsigned n = 0, kept;
    int big;

    if (mkdir(in_dir("mount"), 0700) != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", in_dir("mount"), "tmpfs", 0, "size=64k,mode=0700") != 0)
        _exit(77);
    big = open(in_dir("mount/big"), O_WRONLY | O_CREAT, 0600);
    if (posix_fallocate(big, 0, 40000) != 0)
        _exit(77);
    close(big);
    s = open_sink("json", in_dir("mount/a"));
    while (health_of(s).waiting < 50)
        say(s, n++, "high");
    assert_int_equal(health_of(s).error, ENOSPC);
    kept = (unsigned)read_file(in_dir("mount/a"), number, ARRAY_LEN(number));
    assert_int_equal(kept, n - 50);
    assert_int_equal(unlink(in_dir("mount/big")), 0);
    sink_tick(s, SECOND);
    assert_file(in_dir("mount/a"), 0, n);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    _exit(0);
}

static void test_full_disk(void **state)
{
    int status;
    pid_t child;

    (void)state;
    fflush(NULL);
    child = fork();
    if (child == 0)
        fill_disk();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        print_message("# a file system of its own could not be mounted; test_size_limit has the rest\n");
    else
        assert_int_equal(WEXITSTATUS(status), 0);
}

/* Rotation: the file is renamed, and what waits and what comes goes to the new one. */
static void test_rotation(void **state)
{
    struct sink *s = open_sink("json", in_dir("log"));

    (void)state;
    say(s, 0, NULL);
    say(s, 1, NULL);
    assert_int_equal(rename(in_dir("log"), in_dir("b")), 0);
    say(s, 2, NULL); /* still goes to the old one */
    fault.on = fault.is_cut_once = true;
    say(s, 3, NULL);
    fault.on = false;
    fault.error = 0;
    sink_reopen(s, output_open("json", in_dir("log"), true));
    say(s, 4, NULL);
    assert_file(in_dir("b"), 0, 3);
    assert_file(in_dir("log"), 3, 5);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    unlink(in_dir("b"));
    unlink(in_dir("log"));
}

/* --- pipes and sockets -------------------------------------------------------------------------- */

/* Reads what a pipe holds. */
static size_t drain(int fd, char *text, size_t n, size_t max)
{
    ssize_t got;

    while (n < max && (got = read(fd, text + n, max - n)) > 0)
        n += (size_t)got;
    return n;
}

/* A pipe whose reader sleeps is full in the middle of a record; nothing blocks, and the rest follows the half. */
static void test_full_pipe(void **state)
{
    static char text[24 << 20];
    struct sink *s;
    size_t n = 0;
    int fd[2];

    (void)state;
    assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
    assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(fd[1], F_SETFL, O_NONBLOCK), 0);
    s = sink_new("json", NULL, fd[1], &context);
    alarm(60); /* ends this if it blocks */
    for (unsigned i = 0; i < 1000; i++)
        if (i % 2)
            say_long(s, i, NAME_PIPE);
        else
            say(s, i, NULL);
    assert_true(health_of(s).waiting > 900);
    assert_int_equal(health_of(s).error, EAGAIN);
    while (health_of(s).waiting > 0) {
        n = drain(fd[0], text, n, sizeof(text));
        sink_tick(s, SECOND);
    }
    alarm(0);
    n = drain(fd[0], text, n, sizeof(text));
    assert_int_equal(numbers_in(text, n, number, ARRAY_LEN(number)), 1000);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(number[i], i);
    close(fd[0]); /* nobody reads any more */
    say(s, 1000, NULL);
    assert_int_equal(health_of(s).error, EPIPE);
    assert_int_equal(health_of(s).waiting, 1);
    assert_int_equal(sink_close(s), EPIPE);
    sink_free(s);
}

/* Whose first half went to a pipe, is whole in the file that takes its place. */
static void test_pipe_to_file(void **state)
{
    struct sink *s;
    unsigned n = 0;
    int fd[2];

    (void)state;
    assert_int_equal(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
    s = sink_new("json", NULL, fd[1], &context);
    while (health_of(s).waiting < 3)
        say_long(s, n++, NAME_PIPE);
    sink_reopen(s, output_open("json", in_dir("b"), true));
    assert_file(in_dir("b"), n - 3, n);
    assert_int_equal(sink_close(s), 0);
    sink_free(s);
    close(fd[0]);
    unlink(in_dir("b"));
}

static int listen_unix(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy(un.sun_path, path, strlen(path) + 1);
    unlink(path);
    assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
    return fd;
}

/* Each datagram is one message with the next number. */
static unsigned receive(int fd, unsigned next)
{
    static char text[70000];
    ssize_t n;

    while ((n = recv(fd, text, sizeof(text), 0)) > 0) {
        const char *json = memmem(text, (size_t)n, " - {", 4);

        assert_non_null(json);
        text[n] = '\n'; /* which a message does not have */
        json += 3;
        assert_int_equal(numbers_in(json, (size_t)(text + n + 1 - json), number, 1), 1);
        assert_int_equal(number[0], next);
        next++;
    }
    return next;
}

/* A log that is not there yet, is slow, dies and comes back gets all messages in their order. */
static void test_syslog_restarts(void **state)
{
    struct sink *s = open_sink("syslog", in_dir("log"));
    unsigned sent = 0, seen = 0;

    (void)state;
    alarm(60);
    while (sent < 20)
        say(s, sent++, NULL);
    assert_int_equal(health_of(s).error, ENOENT);
    assert_int_equal(health_of(s).waiting, 20);
    for (int restart = 0; restart < 3; restart++) {
        int fd = listen_unix(in_dir("log"));

        while (sent < (unsigned)restart * 2000 + 1000) { /* more than a socket holds */
            say(s, sent++, "medium");
            if (sent % 50 == 0) {
                seen = receive(fd, seen);
                sink_tick(s, SECOND);
            }
        }
        while (health_of(s).waiting > 0) {
            seen = receive(fd, seen);
            sink_tick(s, SECOND);
        }
        seen = receive(fd, seen);
        close(fd); /* the socket stays, and refuses */
        say(s, sent++, NULL);
        assert_int_equal(health_of(s).error, ECONNREFUSED);
    }
    alarm(0);
    assert_int_equal(seen, sent - 1);
    assert_int_equal(health_of(s).lost, 0);
    assert_int_equal(sink_close(s), ECONNREFUSED);
    sink_free(s);
    unlink(in_dir("log"));
}

/* A message that the socket can never take does not keep the others from it. */
static void test_too_long(void **state)
{
    int small = 0, fd = listen_unix(in_dir("log")), out = output_open("syslog", in_dir("log"), true);
    struct sink *s;
    unsigned seen;

    (void)state;
    assert_int_equal(setsockopt(out, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0); /* the least that there is */
    context.conf = NULL;
    s = sink_new("syslog", in_dir("log"), out, &context);
    for (unsigned i = 0; i < 3; i++)
        say(s, i, NULL);
    seen = receive(fd, 0);
    assert_int_equal(seen, 3);
    say_long(s, 3, NAME_SOCKET);
    say(s, 4, NULL);
    assert_int_equal(health_of(s).lost, 1);
    assert_int_equal(health_of(s).waiting, 0);
    assert_int_equal(receive(fd, 4), 5);
    close(fd);
    say(s, 5, NULL); /* nobody listens, so it waits, and the others behind it */
    say_long(s, 99, NAME_SOCKET);
    say(s, 6, NULL);
    fd = listen_unix(in_dir("log"));
    sink_tick(s, SECOND);
    assert_int_equal(receive(fd, 5), 7);
    assert_int_equal(health_of(s).lost, 2);
    assert_int_equal(sink_close(s), ENOBUFS);
    sink_free(s);
    close(fd);
    unlink(in_dir("log"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),        cmocka_unit_test(test_torn_write),    cmocka_unit_test(test_not_alone),
        cmocka_unit_test(test_cap),          cmocka_unit_test(test_random_faults), cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_full_disk),    cmocka_unit_test(test_rotation),      cmocka_unit_test(test_full_pipe),
        cmocka_unit_test(test_pipe_to_file), cmocka_unit_test(test_too_long),      cmocka_unit_test(test_syslog_restarts),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
