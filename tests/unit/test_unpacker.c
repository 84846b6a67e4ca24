/*
 * test_unpacker.c - compressed captures as inputs, each unpacked by a process of its own.
 *
 * Works in a temporary directory, which it makes the current one.
 */
#include "config.h"

#include "capture/input.h"
#include "role/unpacker.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define HEADER 24 /* bytes of a classic pcap's header, and of a record with a frame of 4 bytes */
#define RECORD 20
#define FRAMES 200000 /* of a long capture: 4 MB, more than all buffers between the two processes */

static char directory[64];
static struct input_list list;
static struct unpack_ops ops;
static int n_open;

static int count_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

static int set_up(void **state)
{
    (void)state;
    n_open = count_descriptors();
    ops = unpacker_ops(&(struct unpack_limits){.max_bytes = 1ULL << 40, .max_ratio = 1000}, CONF_SANDBOX_REQUIRED);
    list = (struct input_list){.unpack = &ops};
    snprintf(directory, sizeof(directory), "/tmp/test_unpacker.XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

/* Nothing is left behind: no descriptor, no process. */
static int tear_down(void **state)
{
    char command[128];

    (void)state;
    input_list_fini(&list);
    assert_int_equal(count_descriptors(), n_open);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

/* A capture with n frames, the first at `sec`, the others a second later each. Gives its length; *p is for free(). */
static size_t capture(uint8_t **p, uint32_t sec, uint32_t n)
{
    static const uint8_t header[HEADER] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1};
    uint8_t *at = *p = malloc(HEADER + (size_t)RECORD * n);

    assert_non_null(at);
    memcpy(at, header, HEADER);
    at += HEADER;
    for (uint32_t i = 0; i < n; i++, at += RECORD) {
        uint32_t t = sec + i;
        const uint8_t record[RECORD] = {
            (uint8_t)t, (uint8_t)(t >> 8), (uint8_t)(t >> 16), 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 'd', 'a', 't', 'a'};

        memcpy(at, record, RECORD);
    }
    return HEADER + (size_t)RECORD * n;
}

/* Packs p with gzip into a file, which is then cut by n_cut bytes. */
static void put_packed(const char *name, const void *p, size_t n, long n_cut)
{
    gzFile f = gzopen(name, "wb");
    struct stat st;

    assert_non_null(f);
    assert_int_equal(gzwrite(f, p, (unsigned)n), n);
    assert_int_equal(gzclose(f), Z_OK);
    assert_int_equal(stat(name, &st), 0);
    assert_int_equal(truncate(name, st.st_size - n_cut), 0);
}

static void put_capture(const char *name, uint32_t sec, uint32_t n, long n_cut)
{
    uint8_t *p;
    size_t len = capture(&p, sec, n);

    put_packed(name, p, len, n_cut);
    free(p);
}

/* Reads input i to its end; gives the number of its frames. */
static uint64_t read_all(size_t i)
{
    struct input *in = &list.v[i];
    struct savefile *s = input_open(&list, in);
    enum savefile_result last;
    struct frame frames[16];
    uint64_t total;
    size_t n;

    if (!s)
        return 0;
    while ((last = savefile_read(s, frames, 16, &n)) == SAVEFILE_FRAME)
        ;
    assert_true(input_position(in) <= in->size || in->size == 0);
    total = s->n_frames;
    input_close(&list, in, last);
    assert_null(in->ready);
    return total;
}

static void test_order(void **state)
{
    (void)state;
    put_capture("late", 300, 5, 0);
    put_capture("early", 100, FRAMES, 0);
    assert_true(input_add(&list, "late"));
    assert_true(input_add(&list, "early"));
    input_prepare(&list);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.v[0].name, "early");
    assert_true(list.v[0].first_ns == 100 * NS_PER_SEC);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(list.v[i].unpacking.pid, 0); /* nothing runs until its turn comes */
        assert_null(list.v[i].ready);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(read_all(0), FRAMES);
    assert_int_equal(read_all(1), 5);
    assert_string_equal(list.v[0].error, "");
    assert_string_equal(list.v[1].error, "");
}

static void test_cut(void **state)
{
    (void)state;
    put_capture("cut", 100, FRAMES, 10);
    assert_true(input_add(&list, "cut"));
    input_prepare(&list);
    assert_string_equal(list.v[0].error, "");
    assert_in_range(read_all(0), FRAMES / 2, FRAMES);
    assert_string_equal(list.v[0].error, "the gzip data is cut");
    assert_string_equal(list.v[0].offset_in, " of the compressed file");
    assert_true(list.v[0].has_offset);
    assert_int_equal(list.v[0].error_offset, list.v[0].size);
}

/* A fault of the capture inside counts in the unpacked bytes. */
static void test_corrupt_inside(void **state)
{
    uint8_t *p;
    size_t n = capture(&p, 100, FRAMES);

    (void)state;
    memset(p + HEADER + 10 * RECORD, 0xff, RECORD);
    put_packed("corrupt", p, n, 0);
    put_packed("short", p, HEADER + RECORD + 3, 0);
    free(p);
    assert_true(input_add(&list, "corrupt"));
    assert_true(input_add(&list, "short"));
    input_prepare(&list);
    assert_int_equal(read_all(0), 10);
    assert_int_equal(strncmp(list.v[0].error, "corrupt record", 14), 0);
    assert_string_equal(list.v[0].offset_in, " of the unpacked capture");
    assert_int_equal(list.v[0].error_offset, HEADER + 10 * RECORD);
    assert_int_equal(read_all(1), 1);
    assert_int_equal(strncmp(list.v[1].error, "the file is cut", 15), 0);
    assert_int_equal(list.v[1].error_offset, HEADER + RECORD);
}

static void test_killed(void **state)
{
    struct savefile *s;
    struct frame frame;
    size_t n;
    enum savefile_result last;

    (void)state;
    put_capture("killed", 100, FRAMES, 0);
    assert_true(input_add(&list, "killed"));
    input_prepare(&list);
    s = input_open(&list, &list.v[0]);
    assert_non_null(s);
    assert_int_equal(savefile_read(s, &frame, 1, &n), SAVEFILE_FRAME);
    assert_int_equal(kill(list.v[0].unpacking.pid, SIGKILL), 0);
    while ((last = savefile_read(s, &frame, 1, &n)) == SAVEFILE_FRAME)
        ;
    assert_true(s->n_frames < FRAMES);
    input_close(&list, &list.v[0], last);
    assert_non_null(strstr(list.v[0].error, "killed by signal 9"));
    assert_false(list.v[0].has_offset);
}

/* Reading may be given up in the middle: the process goes too. */
static void test_given_up(void **state)
{
    (void)state;
    put_capture("x", 100, FRAMES, 0);
    assert_true(input_add(&list, "x"));
    input_prepare(&list);
    assert_non_null(input_open(&list, &list.v[0]));
    assert_true(list.v[0].unpacking.pid > 0);
    input_list_fini(&list); /* and tear_down looks for what is left */
}

static void test_limits(void **state)
{
    (void)state;
    put_capture("x", 100, FRAMES, 0);
    ops.limits.max_bytes = HEADER + 100 * RECORD + 1;
    assert_true(input_add(&list, "x"));
    input_prepare(&list);
    assert_int_equal(read_all(0), 100);
    assert_non_null(strstr(list.v[0].error, "captures.max_unpacked_bytes"));
}

static void test_not_a_capture(void **state)
{
    uint8_t twice[4096];
    size_t n;
    FILE *f;

    (void)state;
    put_packed("text", "a text and no capture, but of some length", 41, 0);
    put_packed("void", "", 0, 0);
    put_capture("inner", 100, 3, 0);
    f = fopen("inner", "rb");
    assert_non_null(f);
    n = fread(twice, 1, sizeof(twice), f);
    fclose(f);
    put_packed("twice", twice, n, 0);
    assert_true(input_add(&list, "text"));
    assert_true(input_add(&list, "void"));
    assert_true(input_add(&list, "twice"));
    input_prepare(&list);
    assert_int_equal(list.n, 3);
    assert_int_equal(strncmp(list.v[0].error, "not a capture file", 18), 0);
    assert_int_equal(strncmp(list.v[1].error, "the file is empty", 17), 0);
    assert_int_equal(strncmp(list.v[2].error, "compressed twice (gzip in gzip); unpack it once first", 53), 0);
    assert_null(input_open(&list, &list.v[0]));
}

/* Below a directory: what is no capture inside is counted like one that is none outside; damage is told. */
static void test_directory(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    put_capture("d/a", 200, 3, 0);
    put_packed("d/b", "a text and no capture, but of some length", 41, 0);
    put_capture("d/c", 100, 0, 20);
    put_capture("d/e", 100, 3, 0);
    assert_true(input_add(&list, "d"));
    input_prepare(&list);
    assert_int_equal(list.n, 3);
    assert_int_equal(list.n_other, 1);
    assert_string_equal(list.v[0].name, "d/e");
    assert_string_equal(list.v[1].name, "d/a");
    assert_string_equal(list.v[2].name, "d/c");
    assert_string_equal(list.v[2].error, "the gzip data is cut");
}

/* Standard input as a pipe cannot be begun anew: the process stays from the look at the first packet on. */
static void test_pipe(void **state)
{
    int old = dup(STDIN_FILENO);
    FILE *pipe_of_it;

    (void)state;
    put_capture("x", 100, FRAMES, 0);
    put_capture("sooner", 50, 2, 0);
    pipe_of_it = popen("cat x", "r");
    assert_non_null(pipe_of_it);
    assert_int_equal(dup2(fileno(pipe_of_it), STDIN_FILENO), STDIN_FILENO);
    assert_true(input_add(&list, "-"));
    assert_true(input_add(&list, "sooner"));
    input_prepare(&list);
    assert_string_equal(list.v[1].name, "-");
    assert_true(list.v[1].has_first && list.v[1].unpacking.pid > 0);
    assert_true(list.v[1].first_ns == 100 * NS_PER_SEC);
    assert_memory_equal(list.v[1].first.bytes.p, "data", 4);
    assert_int_equal(read_all(0), 2);
    assert_int_equal(read_all(1), FRAMES); /* the first one, already given, is counted */
    assert_string_equal(list.v[1].error, "");
    pclose(pipe_of_it);
    if (old >= 0) {
        assert_int_equal(dup2(old, STDIN_FILENO), STDIN_FILENO);
        close(old);
    } else {
        close(STDIN_FILENO);
    }
}

/* Whoever started the program may ignore SIGCHLD; then nobody is told how a child ended. */
static void test_ignored_sigchld(void **state)
{
    (void)state;
    signal(SIGCHLD, SIG_IGN);
    ops = unpacker_ops(&ops.limits, CONF_SANDBOX_REQUIRED);
    put_capture("cut", 100, 10, 3);
    assert_true(input_add(&list, "cut"));
    input_prepare(&list);
    read_all(0);
    assert_string_equal(list.v[0].error, "the gzip data is cut");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_order),  test(test_cut),           test(test_corrupt_inside), test(test_killed), test(test_given_up),
        test(test_limits), test(test_not_a_capture), test(test_directory),      test(test_pipe),   test(test_ignored_sigchld),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
