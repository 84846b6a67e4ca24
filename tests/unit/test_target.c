/*
 * test_target.c - what may stand behind FORMAT: of -o, and what opening it does.
 */
#include "config.h"

#include "output/output.h"
#include "output/target.h"

#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <arpa/inet.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_target.XXXXXX";

static const char *in_dir(const char *name)
{
    static char path[200];
    struct out o = out_of(path, sizeof(path));

    out_fmt(&o, "%s/%s", dir, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"new", "there", "link", "torn", "fifo", "moved", "aside", "out"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(in_dir(names[i]));
    return rmdir(dir);
}

/* --- parsing ------------------------------------------------------------------------------------ */

static void test_no_target(void **state)
{
    static const struct {
        const char *path, *said;
    } rows[] = {
        {"", "the path of a socket"},
        {"log", "the path of a socket"},
        {"tcp:127.0.0.1:514", "the path of a socket"},
        {"UDP:127.0.0.1:514", "the path of a socket"},
        {"udp", "the path of a socket"},
        {"udp:", "ADDRESS:PORT"},
        {"udp:127.0.0.1", "ADDRESS:PORT"},
        {"udp::514", "ADDRESS:PORT"},
        {"udp:127.0.0.1:", "a port from 1 to 65535"},
        {"udp:127.0.0.1:0", "a port from 1 to 65535"},
        {"udp:127.0.0.1:65536", "a port from 1 to 65535"},
        {"udp:127.0.0.1:+514", "a port from 1 to 65535"},
        {"udp:127.0.0.1: 514", "a port from 1 to 65535"},
        {"udp:127.0.0.1:514:", "a port from 1 to 65535"},
        {"udp:loghost:514", "an address in digits"},
        {"udp:127.1:514", "an address in digits"},
        {"udp:127.0.0.1 :514", "an address in digits"},
        {"udp:[127.0.0.1]:514", "an address in digits"},
        {"udp:[]:514", "an address in digits"},
        {"udp:[::1%lo]:514", "an address in digits"},
        {"udp:[::1]514", "a port from 1 to 65535"},
        {"udp:[::1", "brackets"},
        {"udp:::1:514", "brackets"},
        {"udp:2001:db8::1:514", "brackets"},
        {"udp:0000000000000000000000000000000000000000000000127.0.0.1:514", "an address in digits"},
    };
    char why[300], longest[200];
    struct target t;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (target_parse(&t, "syslog", rows[i].path, why, sizeof(why)))
            fail_msg("taken: %s", rows[i].path);
        if (strncmp(why, "expected ", 9) != 0 || strncmp(why + 9, rows[i].said, strlen(rows[i].said)) != 0)
            fail_msg("%s: %s", rows[i].path, why);
        assert_true(target_parse(&t, "json", rows[i].path, why, sizeof(why))); /* there it is the name of a file */
        assert_int_equal(t.type, TARGET_FILE);
    }
    memset(longest, 'x', sizeof(longest));
    longest[0] = '/';
    longest[108] = '\0';
    assert_false(target_parse(&t, "syslog", longest, why, sizeof(why)));
    assert_non_null(strstr(why, "107"));
    longest[107] = '\0';
    assert_true(target_parse(&t, "syslog", longest, why, sizeof(why)));
}

static void test_targets(void **state)
{
    static const struct {
        const char *path;
        enum target_type type;
    } rows[] = {
        {NULL, TARGET_SYSTEM_LOG},
        {"/dev/log", TARGET_SYSTEM_LOG},
        {"/run/systemd/journal/dev-log", TARGET_SYSTEM_LOG},
        {"/dev/log2", TARGET_UNIX_SYSLOG},
        {"./log", TARGET_UNIX_SYSLOG},
        {"../log", TARGET_UNIX_SYSLOG},
        {"udp:127.0.0.1:514", TARGET_UDP_SYSLOG},
        {"udp:[2001:db8::1]:65535", TARGET_UDP_SYSLOG},
    };
    char why[300];
    struct target t;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!target_parse(&t, "syslog", rows[i].path, why, sizeof(why)))
            fail_msg("%s: %s", rows[i].path, why);
        assert_int_equal(t.type, rows[i].type);
        assert_true(target_is_socket(&t));
        assert_string_equal(target_name(&t), rows[i].path ? rows[i].path : "/dev/log");
    }
    assert_true(target_parse(&t, "syslog", "udp:192.0.2.7:514", why, sizeof(why)));
    assert_int_equal(((struct sockaddr_in *)&t.addr)->sin_port, htons(514));
    assert_int_equal(((struct sockaddr_in *)&t.addr)->sin_addr.s_addr, htonl(0xc0000207));
    assert_true(target_parse(&t, "syslog", "udp:[::1]:5140", why, sizeof(why)));
    assert_int_equal(((struct sockaddr_in6 *)&t.addr)->sin6_port, htons(5140));
    assert_memory_equal(&((struct sockaddr_in6 *)&t.addr)->sin6_addr, &in6addr_loopback, 16);
    assert_true(target_parse(&t, "json", NULL, why, sizeof(why)));
    assert_int_equal(t.type, TARGET_STDOUT);
    assert_false(target_is_socket(&t));
    assert_string_equal(target_name(&t), "standard output");
}

/* --- opening ------------------------------------------------------------------------------------ */

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(in_dir(name), "w");

    assert_non_null(f);
    assert_int_equal(fputs(text, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
}

static void assert_file(const char *name, const char *text)
{
    char got[1000];
    FILE *f = fopen(in_dir(name), "r");
    size_t n;

    assert_non_null(f);
    n = fread(got, 1, sizeof(got) - 1, f);
    got[n] = '\0';
    fclose(f);
    assert_string_equal(got, text);
}

static void open_and_close(const char *name, bool live, const char *record)
{
    int fd = output_open("json", in_dir(name), live);

    assert_true(fd > STDERR_FILENO);
    assert_int_equal(write(fd, record, strlen(record)), strlen(record));
    assert_int_equal(!!(fcntl(fd, F_GETFL) & O_NONBLOCK), live);
    assert_int_equal(!!(fcntl(fd, F_GETFL) & O_APPEND), live);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
}

static void test_modes(void **state)
{
    struct stat st;
    mode_t before = umask(077);

    (void)state;
    for (int live = 0; live < 2; live++) {
        unlink(in_dir("new"));
        open_and_close("new", live, "a\n");
        assert_int_equal(stat(in_dir("new"), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0640);
        write_file("there", "old\n");
        assert_int_equal(chmod(in_dir("there"), 0604), 0);
        open_and_close("there", live, "b\n");
        assert_int_equal(stat(in_dir("there"), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0604);
        assert_file("there", live ? "old\nb\n" : "b\n");
    }
    umask(before);
    assert_int_equal(output_open("json", in_dir("none/none"), true), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(output_open("syslog", "nowhere", true), -1);
    assert_int_equal(errno, EINVAL);
}

/* What an interrupted write left behind is cut off; what may be somebody else's is kept, as a line. */
static void test_torn_tail(void **state)
{
    static const struct {
        const char *before, *after;
    } rows[] = {
        {"", "new\n"},
        {"{\"event\":\"finding\",\"a\":1}\n", "{\"event\":\"finding\",\"a\":1}\nnew\n"},
        {"{\"event\":\"finding\",\"a\":1}\n{\"event\":\"find", "{\"event\":\"finding\",\"a\":1}\nnew\n"},
        {"{\"event\":\"find", "new\n"},
        {"{\"event\":\"stats\",\"a\":1}", "new\n"},
        {"one\nCEF:0|countermine|countermine|0.1.0|mining|x", "one\nnew\n"},
        {"LEEF:2.0|countermine|", "new\n"},
        {"CEF:0|other|", "CEF:0|other|\nnew\n"},
        {"one\nmy notes", "one\nmy notes\nnew\n"},
        {"{\"event_type\":\"alert\",\"alert\":{\"signature\":\"COUNTERMINE mining", "new\n"},
        {"{\"timestamp\":\"2026-03-01T12:00:00.0+0000\",\"event_type\":\"alert\"",
         "{\"timestamp\":\"2026-03-01T12:00:00.0+0000\",\"event_type\":\"alert\"\nnew\n"}, /* Suricata's own */
        {"{\"ev", "{\"ev\nnew\n"},
        {"\n", "\nnew\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        write_file("torn", rows[i].before);
        open_and_close("torn", true, "new\n");
        assert_file("torn", rows[i].after);
    }
}

/* A tail longer than any record is not ours. */
static void test_long_tail(void **state)
{
    static const off_t sizes[] = {1048575, 1048576, 1048577, 1200000};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct stat st;

        write_file("torn", "one\n{\"event\":\"");
        assert_int_equal(truncate(in_dir("torn"), 4 + sizes[i]), 0);
        open_and_close("torn", true, "new\n");
        assert_int_equal(stat(in_dir("torn"), &st), 0);
        assert_int_equal(st.st_size, sizes[i] < 1048576 ? 8 : 4 + sizes[i] + 5);
    }
}

static void test_fifo(void **state)
{
    char got[10];
    int fd, in;

    (void)state;
    assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
    fd = output_open("json", in_dir("fifo"), true); /* nobody reads, and it does not wait for one */
    assert_true(fd > STDERR_FILENO);
    assert_int_equal(write(fd, "early\n", 6), 6);
    in = open(in_dir("fifo"), O_RDONLY | O_NONBLOCK);
    assert_int_equal(read(in, got, sizeof(got)), 6);
    close(fd);
    fd = output_open("json", in_dir("fifo"), true); /* now somebody does */
    assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY);
    close(fd);
    close(in);
}

/* Standard output as a pipe and as a file: not blocking and appending, and ours alone where that can be. */
static void test_stdout(void **state)
{
    int keep = dup(STDOUT_FILENO), pipe_fd[2], fd, flags[2];

    (void)state;
    assert_int_equal(pipe(pipe_fd), 0);
    fflush(stdout);
    assert_true(dup2(pipe_fd[1], STDOUT_FILENO) >= 0);
    fd = output_open("json", NULL, true);
    flags[0] = fcntl(fd, F_GETFL);
    flags[1] = fcntl(STDOUT_FILENO, F_GETFL);
    assert_true(dup2(keep, STDOUT_FILENO) >= 0);
    assert_true(fd > STDERR_FILENO);
    assert_true(flags[0] & O_NONBLOCK);
    assert_false(flags[1] & O_NONBLOCK);
    close(fd);
    close(pipe_fd[0]);
    close(pipe_fd[1]);

    fd = open(in_dir("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    fflush(stdout);
    assert_true(dup2(fd, STDOUT_FILENO) >= 0);
    close(fd);
    fd = output_open("json", NULL, true);
    flags[0] = fcntl(fd, F_GETFL);
    assert_true(dup2(keep, STDOUT_FILENO) >= 0);
    close(keep);
    assert_true(fd > STDERR_FILENO);
    assert_true(flags[0] & O_APPEND);
    close(fd);
    assert_int_equal(output_open("json", NULL, false), STDOUT_FILENO);
}

static void test_moved(void **state)
{
    char aside[200];
    int fd = output_open("json", in_dir("moved"), true);

    (void)state;
    snprintf(aside, sizeof(aside), "%s", in_dir("aside"));
    assert_false(output_moved("json", in_dir("moved"), fd));
    assert_int_equal(rename(in_dir("moved"), aside), 0);
    assert_true(output_moved("json", in_dir("moved"), fd));
    write_file("moved", "");
    assert_true(output_moved("json", in_dir("moved"), fd));
    assert_int_equal(rename(aside, in_dir("moved")), 0);
    assert_false(output_moved("json", in_dir("moved"), fd));
    assert_false(output_moved("json", NULL, fd));
    assert_false(output_moved("syslog", "/nowhere", fd));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_target), cmocka_unit_test(test_targets),   cmocka_unit_test(test_modes),
        cmocka_unit_test(test_torn_tail), cmocka_unit_test(test_long_tail), cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_stdout),    cmocka_unit_test(test_moved),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
