/*
 * test_input.c - operands: files, directories, standard input; their order; what cannot be used.
 *
 * Works in a temporary directory, which it makes the current one.
 */
#include "config.h"

#include "capture/input.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define UID_NOBODY 65534

static char directory[64];
static struct input_list list;

static int set_up(void **state)
{
    (void)state;
    list = (struct input_list){0};
    snprintf(directory, sizeof(directory), "/tmp/test_input.XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[256];

    (void)state;
    input_list_fini(&list);
    assert_null(list.v);
    snprintf(command, sizeof(command), "chmod -R u+rwx %s && rm -r %s", directory, directory);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void put_file(const char *name, const void *p, size_t n)
{
    FILE *f = fopen(name, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

/* A classic pcap with one frame of 4 bytes at `sec`, or none when sec is 0. Gives its length. */
static size_t capture(uint8_t *mem, uint32_t sec)
{
    static const uint8_t header[24] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1};
    const uint8_t record[20] = {(uint8_t)sec, (uint8_t)(sec >> 8), 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 'd', 'a', 't',
                                'a'};

    memcpy(mem, header, sizeof(header));
    memcpy(mem + sizeof(header), record, sizeof(record));
    return sec ? sizeof(header) + sizeof(record) : sizeof(header);
}

static void put_capture(const char *name, uint32_t sec)
{
    uint8_t mem[64];

    put_file(name, mem, capture(mem, sec));
}

static void put_text(const char *name, const char *text)
{
    put_file(name, text, strlen(text));
}

/* Checks name and error of all inputs: pairs, an error "" for one that can be read. */
static void assert_inputs(const char *const (*due)[2], size_t n)
{
    for (size_t i = 0; i < list.n && i < n; i++) {
        assert_string_equal(list.v[i].name, due[i][0]);
        if (strncmp(list.v[i].error, due[i][1], strlen(due[i][1])) != 0 || (due[i][1][0] == '\0' && list.v[i].error[0]))
            fail_msg("%s: %s", list.v[i].name, list.v[i].error);
        assert_true(list.v[i].error[0] || list.v[i].fd >= 0);
    }
    assert_int_equal(list.n, n);
}

#define ASSERT_INPUTS(...)                                  \
    do {                                                    \
        static const char *const due_[][2] = {__VA_ARGS__}; \
        assert_inputs(due_, ARRAY_LEN(due_));               \
    } while (0)

static void test_order(void **state)
{
    (void)state;
    put_capture("c", 300);
    put_capture("a", 100);
    put_capture("none", 0);
    put_capture("b", 200);
    put_capture("b2", 200);
    put_capture("b1", 200);
    assert_true(input_add(&list, "c"));
    assert_true(input_add(&list, "none"));
    assert_true(input_add(&list, "b2"));
    assert_true(input_add(&list, "a"));
    assert_true(input_add(&list, "b"));
    assert_true(input_add(&list, "b1"));
    input_prepare(&list);
    ASSERT_INPUTS({"a", ""}, {"b2", ""}, {"b", ""}, {"b1", ""}, {"c", ""}, {"none", ""});
    assert_true(list.v[0].first_ns == 100 * NS_PER_SEC);
    assert_true(list.v[5].first_ns == INT64_MAX);
    assert_int_equal(list.v[0].size, 44);
    assert_null(list.v[0].ready);
    assert_int_equal(lseek(list.v[0].fd, 0, SEEK_CUR), 0); /* to be read from its start */
}

static void test_many(void **state)
{
    char name[16];

    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "f%03u", i);
        put_capture(name, 1 + i * 77 % 50);
        assert_true(input_add(&list, name));
    }
    input_prepare(&list);
    assert_int_equal(list.n, 200);
    for (size_t i = 1; i < list.n; i++) {
        const struct input *x = &list.v[i - 1], *y = &list.v[i];

        assert_true(x->first_ns < y->first_ns || (x->first_ns == y->first_ns && strcmp(x->name, y->name) < 0));
    }
}

static void test_unusable(void **state)
{
    uint8_t mem[64];

    (void)state;
    put_capture("good", 5);
    put_text("text", "this is a text and no capture\n");
    put_text("empty", "");
    put_text("gz", "\x1f\x8b\x08 and so on");
    put_file("cut", mem, capture(mem, 5) - 30);
    put_file("torn", mem, capture(mem, 5) - 1);
    put_capture("secret", 5);
    assert_int_equal(chmod("secret", 0), 0);
    assert_true(input_add(&list, "absent"));
    assert_true(input_add(&list, "text"));
    assert_true(input_add(&list, "empty"));
    assert_true(input_add(&list, "gz"));
    assert_true(input_add(&list, "cut"));
    assert_true(input_add(&list, "torn"));
    assert_true(input_add(&list, "good"));
    if (geteuid() != 0)
        assert_true(input_add(&list, "secret"));
    input_prepare(&list);
    list.n -= geteuid() != 0; /* looked at below */
    ASSERT_INPUTS({"good", ""}, {"absent", "No such file or directory"}, {"text", "not a capture file"},
                  {"empty", "the file is empty"}, {"gz", "gzip-compressed"},
                  {"cut", "the file is cut in the middle of a file header"},
                  {"torn", ""}); /* the fault is told when it is read */
    list.n += geteuid() != 0;
    if (geteuid() != 0)
        assert_string_equal(list.v[7].error, "Permission denied");
    assert_int_equal(list.n_other, 0); /* what was named is never left out */
}

static void test_directory(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(mkdir("d/sub", 0700), 0);
    assert_int_equal(mkdir("d/void", 0700), 0);
    put_capture("d/z.pcap", 100);
    put_capture("d/sub/a.pcap", 300);
    put_capture("d/b", 200);
    put_text("d/README", "not a capture\n");
    put_text("d/zz", "not a capture either\n");
    assert_int_equal(mkfifo("d/fifo", 0600), 0);      /* is not opened: that would wait for a writer */
    assert_int_equal(symlink("z.pcap", "d/link"), 0); /* is not followed: it would be read twice */
    assert_int_equal(symlink("..", "d/sub/up"), 0);
    assert_true(input_add(&list, "d"));
    input_prepare(&list);
    ASSERT_INPUTS({"d/z.pcap", ""}, {"d/b", ""}, {"d/sub/a.pcap", ""});
    assert_int_equal(list.n_other, 2);
}

static void test_directory_by_link(void **state)
{
    (void)state;
    assert_int_equal(mkdir("real", 0700), 0);
    put_capture("real/x", 100);
    assert_int_equal(symlink("real", "link"), 0);
    assert_true(input_add(&list, "link"));
    input_prepare(&list);
    ASSERT_INPUTS({"link/x", ""});
}

static void test_directory_without_captures(void **state)
{
    (void)state;
    assert_int_equal(mkdir("void", 0700), 0);
    assert_int_equal(mkdir("texts", 0700), 0);
    put_text("texts/a", "not a capture\n");
    put_text("texts/b", "not a capture\n");
    put_capture("good", 5);
    assert_true(input_add(&list, "void"));
    assert_true(input_add(&list, "texts"));
    assert_true(input_add(&list, "good"));
    input_prepare(&list);
    ASSERT_INPUTS({"good", ""}, {"void", "no file in this directory"}, {"texts/b", "no capture in this directory"});
    assert_int_equal(list.n_other, 1);
}

/* A directory inside that cannot be read is told, and does not hide what lies beside it. */
static void test_directory_unreadable_inside(void **state)
{
    bool root = geteuid() == 0, added;

    (void)state;
    assert_int_equal(mkdir("d", 0755), 0);
    assert_int_equal(mkdir("d/m", 0), 0);
    put_text("d/a", "not a capture\n");
    put_capture("d/z", 5);
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(chmod("d/a", 0644), 0);
    assert_int_equal(chmod("d/z", 0644), 0);
    if (root) /* to whom nothing is unreadable */
        assert_int_equal(seteuid(UID_NOBODY), 0);
    added = input_add(&list, "d");
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_true(added);
    input_prepare(&list);
    ASSERT_INPUTS({"d/z", ""}, {"d/m", "Permission denied"});
    assert_int_equal(list.n_other, 1);
}

/* Puts a pipe that holds the bytes in the place of standard input. Gives the old one. */
static int pipe_to_stdin(const void *p, size_t n)
{
    int old = dup(STDIN_FILENO), ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], p, n), n);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    return old;
}

static void put_stdin_back(int old)
{
    if (old >= 0) {
        assert_int_equal(dup2(old, STDIN_FILENO), STDIN_FILENO);
        close(old);
    } else {
        close(STDIN_FILENO);
    }
}

static void test_stdin_twice(void **state)
{
    uint8_t mem[64];
    int old = pipe_to_stdin(mem, capture(mem, 200));
    struct frame frame;
    size_t n;

    (void)state;
    put_capture("later", 300);
    put_capture("sooner", 100);
    assert_true(input_add(&list, "later"));
    assert_true(input_add(&list, "-"));
    assert_true(input_add(&list, "-"));
    assert_true(input_add(&list, "sooner"));
    input_prepare(&list);
    ASSERT_INPUTS({"sooner", ""}, {"-", ""}, {"later", ""}, {"-", "standard input can be read only once"});
    assert_non_null(list.v[1].ready); /* what was read of the pipe is kept */
    assert_true(list.v[1].has_first);
    assert_int_equal(list.v[1].size, 0);
    assert_int_equal(list.v[1].first.bytes.n, 4);
    assert_memory_equal(list.v[1].first.bytes.p, "data", 4);
    assert_int_equal(savefile_read(list.v[1].ready, &frame, 1, &n), SAVEFILE_END);
    input_list_fini(&list);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* stays open */
    put_stdin_back(old);
}

static void test_stdin_no_capture(void **state)
{
    int old = pipe_to_stdin("no capture, but long enough to be one", 37);

    (void)state;
    assert_true(input_add(&list, "-"));
    input_prepare(&list);
    ASSERT_INPUTS({"-", "not a capture file"});
    assert_null(list.v[0].ready);
    put_stdin_back(old);
}

/* A file of this name is a file when its path says so. */
static void test_file_called_dash(void **state)
{
    (void)state;
    put_capture("-", 5);
    assert_true(input_add(&list, "./-"));
    input_prepare(&list);
    ASSERT_INPUTS({"./-", ""});
    assert_false(list.has_stdin);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_order),
        test(test_many),
        test(test_unusable),
        test(test_directory),
        test(test_directory_by_link),
        test(test_directory_without_captures),
        test(test_directory_unreadable_inside),
        test(test_stdin_twice),
        test(test_stdin_no_capture),
        test(test_file_called_dash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
