/*
 * test_log_file.c - files of DNS logs cut into entries: all forms they come in, each read from a file and byte by byte
 * from a pipe, and what follows a fault.
 */
#include "config.h"

#include "capture/log_file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BATCH 32
#define SHOWN_MAX 4096

static struct savefile s;

/* Frames as text: "1 {...}" of an entry, "2!5" of a fault, and how it ended. */
static void show(int fd, size_t batch, char *shown)
{
    struct out o = out_of(shown, SHOWN_MAX);
    struct frame frames[BATCH];
    enum savefile_result got = SAVEFILE_BAD;
    size_t n;

    if (savefile_open(&s, fd, SAVEFILE_LOG)) {
        while ((got = savefile_read(&s, frames, batch, &n)) == SAVEFILE_FRAME) {
            for (size_t i = 0; i < n; i++) {
                out_fmt(&o, "%llu", (unsigned long long)frames[i].number);
                if (frames[i].linktype == LOG_FAULT)
                    out_fmt(&o, "!%u", frames[i].wire_len);
                else
                    out_bytes(&o, frames[i].bytes);
                out_char(&o, ' ');
            }
        }
    }
    out_str(&o, got == SAVEFILE_END ? "." : s.error);
    savefile_close(&s);
}

/* Reads text from a file, and from a pipe that gives it in pieces; both must show the same. */
static void assert_shows(const char *text, const char *want)
{
    char shown[SHOWN_MAX];
    int fd = memfd_create("log", MFD_CLOEXEC), pipes[2];
    size_t n = strlen(text);
    pid_t writer;

    assert_int_equal(write(fd, text, n), n);
    for (size_t batch = 1; batch <= BATCH; batch += BATCH - 1) {
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        show(fd, batch, shown);
        assert_string_equal(shown, want);
    }
    close(fd);
    assert_int_equal(pipe(pipes), 0);
    writer = fork();
    if (writer == 0) {
        signal(SIGPIPE, SIG_IGN);
        close(pipes[0]);
        for (size_t i = 0; i < n; i++)
            if (write(pipes[1], text + i, 1) != 1)
                _exit(0);
        _exit(0);
    }
    close(pipes[1]);
    show(pipes[0], BATCH, shown);
    close(pipes[0]);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_string_equal(shown, want);
}

static void test_forms(void **state)
{
    (void)state;
    assert_shows("{\"a\":1}\n{\"b\":\"}\"}\n", "1{\"a\":1} 2{\"b\":\"}\"} .");
    assert_shows("\xef\xbb\xbf{\"a\":1}\r\n\r\n{\"b\":2}", "1{\"a\":1} 3{\"b\":2} .");
    assert_shows("{\"a\":[]}{\"b\":{}}{\"c\":-1.5e3}", "1{\"a\":[]} 1{\"b\":{}} 1{\"c\":-1.5e3} .");
    assert_shows("[]", ".");
    assert_shows("[{\"a\":1},{\"b\":2}]", "1{\"a\":1} 1{\"b\":2} .");
    assert_shows("[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": \"\\\"{\"\n  }\n]\n",
                 "2{\n    \"a\": 1\n  } 5{\n    \"b\": \"\\\"{\"\n  } .");
    assert_shows("2026-11-23T10:00:01.000Z {\"a\":1}\n2026-11-23T10:00:01.000Z vpc-1_i-2 {\"b\":2}\n",
                 "1{\"a\":1} 2{\"b\":2} .");
}

static void test_lists(void **state)
{
    (void)state;
    assert_shows(
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"1\"},{\"message\":\"2\"}],\"x\":[1]}{\"a\":1}",
        "1{\"message\":\"1\"} 1{\"message\":\"2\"} 1{\"a\":1} .");
    assert_shows("{\n \"events\": [\n  {\"message\": {}}\n ],\n \"searched\": [{}]\n}\n", "3{\"message\": {}} .");
    assert_shows("[{\"logEvents\":[]},{\"logEvents\":[{}]}]", "1{} .");
    assert_shows("{\"logEvents\":[{}],\"events\":[{}]}", "1{} 1{} .");
    /* Only of the outermost object; a key of that name whose value is no list is nothing special. */
    assert_shows("{\"a\":{\"logEvents\":[{}]}}", "1{\"a\":{\"logEvents\":[{}]}} .");
    assert_shows("{\"logEvents\":{\"a\":[]}}", "1{\"logEvents\":{\"a\":[]}} .");
    assert_shows("{\"a\":\"logEvents\",\"b\":[{}]}", "1{\"a\":\"logEvents\",\"b\":[{}]} .");
}

static void test_faults(void **state)
{
    (void)state;
    assert_shows("{}\nhello\nworld\n{\"a\":1}\n", "1{} 2!2 3!2 4{\"a\":1} .");
    /* A line that was cut, in a string, behind a key, before a value, in the midst of a list. */
    assert_shows("{\"a\":\"b\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{\"a\":\"b\nhello\n{\"c\":1}\n", "1!9 2!2 3{\"c\":1} .");
    assert_shows("{\"a\"\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{\"a\":\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{\"a\":[1,\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{\"a\":1,}\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{\"a\" 1}{\"b\":1}\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{]}\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    assert_shows("{\"a\":tr ue}\n{\"c\":1}\n", "1!9 2{\"c\":1} .");
    /* What is left of an object over several lines is not told again. */
    assert_shows("{\n \"a\": 1\n \"b\": 2,\n \"c\": 3\n}\n{\"d\":4}\nx\n", "1!9 6{\"d\":4} 7!2 .");
    /* A list whose line was cut does not go on in the next. */
    assert_shows("{\"logEvents\":[{\"a\":1},{\"b\":\n{\"c\":1}\n", "1{\"a\":1} 1!9 2{\"c\":1} .");
    assert_shows("[{\"a\":1},{x},{\"b\":2}]\n", "1{\"a\":1} 1!9 .");
    assert_shows("[1,2]\n[]\n{}", "1!2 2!2 3{} .");
    assert_shows("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}\n{}\n", "1!10 2{} .");
    assert_shows("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}\n",
                 "1{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]} .");
}

static void test_ends(void **state)
{
    (void)state;
    assert_shows("{}\n{\"a\":", "1{} the file is cut in the middle of a log entry");
    assert_shows("{\"a\":\"\\", "the file is cut in the middle of a log entry");
    assert_shows("[{}", "1{} the file is cut in the middle of a list");
    assert_shows("{\"logEvents\":[{},", "1{} the file is cut in the middle of a list");
    assert_shows("{\"logEvents\":[{}]", "1{} the file is cut in the middle of a log entry");
    assert_shows("", "the file is empty");
    assert_shows("{", "the file is cut in the middle of a file header");
    assert_shows("2026-11-23T10:00:01.000Z", "1!2 .");
}

static void test_kinds(void **state)
{
    (void)state;
    assert_shows("hello world\n", "not a DNS log: expected the JSON of a Route 53 Resolver query log");
    assert_shows("\xa1\xb2\xc3\xd4 and so on", "a packet capture and not a DNS log; give it with -r instead of --dns-log");
    assert_shows("\x0a\x0d\x0d\x0a and so on", "a packet capture and not a DNS log; give it with -r instead of --dns-log");
    assert_shows("BZh9.....", "bzip2-compressed; unpack it first, or pipe it: bzcat FILE | countermine --dns-log -");
}

static void test_capture_option(void **state)
{
    int fd = memfd_create("log", MFD_CLOEXEC);

    (void)state;
    assert_int_equal(write(fd, "\n {\"a\":1}\n", 10), 10);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_false(savefile_open(&s, fd, SAVEFILE_CAPTURE));
    assert_true(s.not_a_capture);
    assert_non_null(strstr(s.error, "--dns-log instead of -r"));
    savefile_close(&s);
    close(fd);
}

/* The time of the first entry, by which files are put in order. */
static void test_time(void **state)
{
    static const char text[] =
        "{\"message\":\"CWL CONTROL MESSAGE: x\"}"
        "{\"query_name\":\"a.b\",\"srcaddr\":\"10.0.0.1\",\"query_timestamp\":\"1970-01-01T00:00:02Z\"}\n{}";
    int fd = memfd_create("log", MFD_CLOEXEC);
    struct frame frame;
    size_t n;

    (void)state;
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_true(savefile_open(&s, fd, SAVEFILE_LOG));
    assert_int_equal(savefile_read(&s, &frame, 1, &n), SAVEFILE_FRAME);
    assert_true(frame.time_ns == 2 * NS_PER_SEC);
    assert_int_equal(savefile_read(&s, &frame, 1, &n), SAVEFILE_FRAME);
    assert_true(frame.time_ns == 0);
    savefile_close(&s);
    close(fd);
}

/* Longer than an entry may be: on one line, over several, and without an end. */
static void test_too_long(void **state)
{
    size_t n = 3 * (size_t)DNS_LOG_TEXT_MAX;
    char shown[SHOWN_MAX], *text = malloc(n);
    int fd;

    (void)state;
    assert_non_null(text);
    for (int form = 0; form < 3; form++) {
        fd = memfd_create("log", MFD_CLOEXEC);
        memset(text, form == 1 ? '\n' : 'x', n);
        memcpy(text, "{\"a\":\"", 6);
        if (form == 1)
            memcpy(text, "{\"a\":1", 6);
        if (form < 2)
            memcpy(text + n - 3, "\n{}", 3);
        assert_int_equal(write(fd, text, n), n);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        show(fd, BATCH, shown);
        if (form == 0)
            assert_string_equal(shown, "1!8 2{} .");
        else if (form == 2)
            assert_string_equal(shown, "1!8 .");
        else
            assert_int_equal(strncmp(shown, "1!8 ", 4), 0);
        close(fd);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms), cmocka_unit_test(test_lists),    cmocka_unit_test(test_faults),
        cmocka_unit_test(test_ends),  cmocka_unit_test(test_kinds),    cmocka_unit_test(test_capture_option),
        cmocka_unit_test(test_time),  cmocka_unit_test(test_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
