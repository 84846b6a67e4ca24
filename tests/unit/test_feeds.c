/*
 * test_feeds.c - lists from the configuration, and the built-in ones.
 */
#include "config.h"

#include "role/feeds.h"

#include "base/log.h"
#include "role/feeds_builtin.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/test_feeds.XXXXXX";

static const char *path_of(const char *name)
{
    static char path[CONF_PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void write_list(const char *name, const char *text)
{
    FILE *f = fopen(path_of(name), "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* A configuration with the built-in lists or without, and one file or none. */
static const struct conf *conf_of(bool builtin, const char *name)
{
    static struct conf conf;

    memset(&conf, 0, sizeof(conf));
    conf.feeds.builtin = builtin;
    if (name) {
        snprintf(conf.feeds.files.path[0], CONF_PATH_MAX, "%s", path_of(name));
        conf.feeds.files.n = 1;
    }
    return &conf;
}

static bool find(const struct feeds *feeds, const char *text, struct feed_row *row)
{
    struct name name;

    assert_true(name_parse(&name, view_str(text)));
    return feed_row_at(feeds_image(feeds), feed_find(feeds_image(feeds), &name, 0), row);
}

static struct feeds *load(bool builtin, const char *name)
{
    struct feeds *feeds = feeds_read(conf_of(builtin, name), NULL);

    assert_non_null(feeds);
    assert_true(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
    return feeds;
}

static void test_none(void **state)
{
    struct feeds *feeds = load(false, NULL);

    (void)state;
    assert_null(feeds_image(feeds));
    feeds_free(feeds);
    feeds_free(NULL);
}

/* Every row of the lists that are shipped is good, and no guard refuses one. */
static void test_builtin_lists(void **state)
{
    struct feed_report reports[FEEDS_BUILTIN_N];
    size_t n = feed_size(feeds_builtin, FEEDS_BUILTIN_N);
    void *mem = calloc(1, n);

    (void)state;
    assert_non_null(mem);
    assert_non_null(feed_build(mem, n, feeds_builtin, FEEDS_BUILTIN_N, 1, reports));
    for (size_t i = 0; i < FEEDS_BUILTIN_N; i++) {
        if (reports[i].n_refused > 0)
            fail_msg("%s:%u: %s", feeds_builtin[i].list, reports[i].refused[0].line, reports[i].refused[0].why);
        assert_int_equal(reports[i].n_duplicate, 0);
        assert_true(reports[i].n_taken > 50);
        assert_int_equal(reports[i].n_taken, reports[i].n_rows);
    }
    free(mem);
}

static void test_builtin(void **state)
{
    struct feeds *feeds = load(true, NULL);
    struct feed_row row;

    (void)state;
    assert_true(find(feeds, "xmr-eu1.nanopool.org", &row));
    assert_int_equal(row.kind, FEED_POOL);
    assert_true(view_is(row.list, "builtin/pools.csv"));
    assert_true(find(feeds, "dnsseed.litecoinpool.org", &row));
    assert_int_equal(row.kind, FEED_NODE);
    assert_true(find(feeds, "stratum.litecoinpool.org", &row));
    assert_int_equal(row.kind, FEED_POOL);
    assert_true(find(feeds, "stratum.eu.nicehash.com", &row));
    assert_int_equal(row.kind, FEED_NICEHASH);
    assert_false(find(feeds, "www.github.com", &row));
    assert_false(find(feeds, "notnanopool.org", &row));
    feeds_free(feeds);
}

/* The administrator's rows go before built-in ones, and a never row takes one out. */
static void test_file(void **state)
{
    struct feeds *feeds;
    struct feed_row row;

    (void)state;
    write_list("own", "name,kind\nnanopool.org,dead\npool.example,pool\nlitecoinpool.org,never\nno name,pool\n");
    feeds = load(true, "own");
    assert_true(find(feeds, "xmr-eu1.nanopool.org", &row));
    assert_int_equal(row.kind, FEED_DEAD);
    assert_true(view_is(row.list, path_of("own")));
    assert_int_equal(row.line, 2);
    assert_true(find(feeds, "eu.pool.example", &row));
    assert_false(find(feeds, "stratum.litecoinpool.org", &row));
    feeds_free(feeds);
}

static void test_unreadable(void **state)
{
    (void)state;
    assert_null(feeds_read(conf_of(false, "missing"), NULL));
    assert_null(feeds_read(conf_of(false, "."), NULL));
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_null(feeds_read(conf_of(false, "pipe"), NULL));
    write_list("big", "a.example\n");
    assert_int_equal(truncate(path_of("big"), (off_t)FEEDS_FILE_MAX + 1), 0);
    assert_null(feeds_read(conf_of(false, "big"), NULL));
}

/* A list of which nothing can be used stops the start; one whose names are all known already does not. */
static void test_useless(void **state)
{
    static const char *const texts[] = {"", "# nothing\n", "name,kind\n", "one two\nthree\n", "github.com\n"};
    struct feeds *feeds;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        write_list("useless", texts[i]);
        feeds = feeds_read(conf_of(true, "useless"), NULL);
        assert_non_null(feeds);
        assert_false(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
        feeds_free(feeds);
    }
    write_list("known", "dnsseed.litecoinpool.org\n");
    feeds_free(load(true, "known"));
}

static void write_bytes(const char *name, const uint8_t *bytes, size_t n)
{
    FILE *f = fopen(path_of(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void copy(const char *to, const struct feed *image)
{
    write_bytes(to, (const uint8_t *)(const void *)image, feed_bytes(image));
}

/* gzip of "pool.example\n", by gzip -n. */
static const uint8_t packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x2b,
                                 0xc8, 0xcf, 0xcf, 0xd1, 0x4b, 0xad, 0x48, 0xcc, 0x2d, 0xc8, 0x49,
                                 0xe5, 0x02, 0x00, 0xfa, 0xad, 0xa9, 0x9a, 0x0d, 0x00, 0x00, 0x00};

static void test_packed(void **state)
{
    struct feeds *feeds;
    struct feed_row row;

    (void)state;
    write_bytes("packed", packed, sizeof(packed));
    feeds = load(false, "packed");
    assert_true(find(feeds, "eu.pool.example", &row));
    assert_int_equal(row.line, 1);
    feeds_free(feeds);
    write_bytes("packed", packed, sizeof(packed) - 5);
    feeds = feeds_read(conf_of(false, "packed"), NULL);
    assert_non_null(feeds);
    assert_false(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
    assert_non_null(strstr(feeds_outcome(feeds)->fault, "packed: cannot be unpacked (gzip): it is cut off"));
    assert_null(feeds_image(feeds));
    feeds_free(feeds);
}

/* What came of each list, and the difference to the image before. */
static void test_outcome(void **state)
{
    const struct feeds_outcome *o;
    const struct feeds_list *oldest;
    struct feeds *before, *after;

    (void)state;
    write_list("own", "name,kind\na.example,pool\nb.example,dead\nb.example,dead\nno name,pool\n");
    before = load(false, "own");
    o = feeds_outcome(before);
    assert_int_equal(o->n_lists, 1);
    assert_string_equal(o->list[0].name, path_of("own"));
    assert_true(o->list[0].is_file);
    assert_int_equal(o->list[0].n_used, 2);
    assert_int_equal(o->list[0].n_again, 1);
    assert_int_equal(o->list[0].n_refused, 1);
    assert_int_equal(o->list[0].refused[0].line, 5);
    assert_int_equal(o->n_names, 2);
    assert_false(o->delta.known);
    assert_string_equal(o->fault, "");
    assert_int_equal(feeds_oldest(o, &oldest), o->list[0].changed_ns);
    assert_ptr_equal(oldest, &o->list[0]);

    write_list("own", "name,kind\na.example,dead\nc.example,dead\n");
    after = feeds_read(conf_of(false, "own"), NULL);
    assert_non_null(after);
    feeds_count(after);
    assert_true(feeds_compile(after, CONF_SANDBOX_REQUIRED, feeds_image(before)));
    o = feeds_outcome(after);
    assert_true(o->delta.known);
    assert_int_equal(o->delta.added, 1);
    assert_int_equal(o->delta.removed, 1);
    assert_int_equal(o->delta.changed, 1);
    assert_int_equal(o->list[0].kinds[FEED_DEAD], 2);
    assert_int_equal(o->list[0].kinds[FEED_POOL], 0);
    feeds_free(before);
    feeds_free(after);
}

/* The first fault is left for who tells others of it. */
static void test_fault(void **state)
{
    char fault[FEEDS_FAULT_BYTES] = "";
    struct feeds *feeds;

    (void)state;
    assert_null(feeds_read(conf_of(false, "missing"), fault));
    assert_non_null(strstr(fault, "missing: cannot be opened"));
    write_list("useless", "# nothing\n");
    feeds = feeds_read(conf_of(false, "useless"), NULL);
    assert_non_null(feeds);
    assert_false(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
    assert_non_null(strstr(feeds_outcome(feeds)->fault, "useless: "));
    feeds_free(feeds);
}

/* The lists that are off, and those that are on. */
static void test_switches(void **state)
{
    struct conf conf = *conf_of(true, NULL);
    struct feed_row row;

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct feeds *feeds;

        conf.feeds.malware = i & 1;
        conf.feeds.unverified = i & 2;
        feeds = feeds_read(&conf, NULL);
        assert_non_null(feeds);
        assert_true(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
        assert_int_equal(find(feeds, "www.0603bye.info", &row), conf.feeds.malware);
        assert_int_equal(find(feeds, "stratum.acepool.top", &row), conf.feeds.unverified);
        assert_int_equal(feeds_outcome(feeds)->n_lists, 4 + (unsigned)conf.feeds.malware + (unsigned)conf.feeds.unverified);
        feeds_free(feeds);
    }
}

/* An image in place of lists, whole, cut, changed, and of something else. */
static void test_image(void **state)
{
    struct feeds *feeds;
    struct conf conf = *conf_of(true, NULL);
    struct feed_row row;

    (void)state;
    write_list("own", "pool.example\n=b.example\n");
    feeds = load(false, "own");
    copy("image", feeds_image(feeds));
    feeds_free(feeds);
    assert_true(strlen(path_of("image")) < sizeof(conf.feeds.image));
    memcpy(conf.feeds.image, path_of("image"), strlen(path_of("image")) + 1);
    feeds = feeds_read(&conf, NULL);
    assert_non_null(feeds);
    assert_null(feeds_image(feeds)); /* not looked at yet */
    assert_true(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
    assert_true(find(feeds, "eu.pool.example", &row));
    assert_true(view_is(row.list, path_of("own")));
    assert_false(find(feeds, "xmr-eu1.nanopool.org", &row));
    assert_int_equal(feeds_outcome(feeds)->n_lists, 1);
    assert_int_equal(feeds_outcome(feeds)->list[0].type, LIST_IMAGE);
    assert_int_equal(feeds_outcome(feeds)->list[0].n_used, 2);
    assert_true(feeds_image_fd(feeds) >= 0);
    assert_int_equal(truncate(path_of("image"), 100), 0); /* the copy does not change */
    assert_true(find(feeds, "eu.pool.example", &row));
    feeds_free(feeds);
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            write_list("image", "pool.example\n");
        if (i == 2)
            write_list("image", "");
        feeds = feeds_read(&conf, NULL);
        assert_non_null(feeds);
        assert_false(feeds_compile(feeds, CONF_SANDBOX_REQUIRED, NULL));
        assert_non_null(strstr(feeds_outcome(feeds)->fault, "is no compiled image"));
        assert_null(feeds_image(feeds));
        feeds_free(feeds);
    }
}

/* In steps, and given up in the middle. */
static void test_steps(void **state)
{
    struct feeds *feeds = feeds_read(conf_of(true, NULL), NULL);
    enum jailed_state is = JAILED_RUNS;

    (void)state;
    assert_non_null(feeds);
    assert_true(feeds_compile_start(feeds, CONF_SANDBOX_REQUIRED, NULL));
    assert_true(feeds_compile_fd(feeds) >= 0);
    while (is == JAILED_RUNS) {
        assert_int_equal(poll(&(struct pollfd){.fd = feeds_compile_fd(feeds), .events = POLLIN}, 1, 10000), 1);
        is = feeds_compile_step(feeds, false);
    }
    assert_int_equal(is, JAILED_DONE);
    assert_int_equal(feeds_compile_fd(feeds), -1);
    assert_non_null(feeds_image(feeds));
    feeds_free(feeds);

    feeds = feeds_read(conf_of(true, NULL), NULL);
    assert_non_null(feeds);
    assert_true(feeds_compile_start(feeds, CONF_SANDBOX_REQUIRED, NULL));
    feeds_free(feeds);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no process is left */
}

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERR);
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"own", "pipe", "big", "useless", "known", "packed", "image"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(path_of(names[i]));
    return rmdir(dir);
}

/* The descriptor of the image while it is made. */
static int image_being_made(void)
{
    char path[64], to[64] = "";

    for (int fd = 3; fd < 64; fd++) {
        ssize_t n;

        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        n = readlink(path, to, sizeof(to) - 1);
        if (n > 0 && strncmp(to, "/memfd:lists", 12) == 0)
            return fd;
    }
    fail_msg("there is no image");
    return -1;
}

/*
 * A process that is forked while lists are compiled, and outlives that, does not keep the image from being sealed; one whose memory is
 * there a little longer, as that of the compiler may be, neither.
 */
static void test_held(void **state)
{
    struct feeds *feeds;
    int ready[2], fd, status;
    char byte = 0;
    pid_t stays, goes;

    (void)state;
    write_list("held.csv", "pool.example\n");
    feeds = feeds_read(conf_of(false, "held.csv"), NULL);
    assert_non_null(feeds);
    assert_true(feeds_compile_start(feeds, CONF_SANDBOX_REQUIRED, NULL));
    fd = image_being_made();
    assert_int_equal(pipe(ready), 0);
    stays = fork();
    if (stays == 0) {
        alarm(30); /* should the test fail before it ends this one */
        pause();
        _exit(0);
    }
    goes = fork();
    if (goes == 0) {
        bool ok = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED && write(ready[1], &byte, 1) == 1;

        (void)poll(NULL, 0, 100);
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(feeds_compile_step(feeds, true), JAILED_DONE);
    assert_non_null(feeds_image(feeds));
    assert_int_equal(waitpid(goes, &status, 0), goes);
    assert_int_equal(status, 0);
    assert_int_equal(kill(stays, SIGKILL), 0);
    assert_int_equal(waitpid(stays, &status, 0), stays);
    close(ready[0]);
    close(ready[1]);
    feeds_free(feeds);
    assert_int_equal(unlink(path_of("held.csv")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),     cmocka_unit_test(test_builtin_lists), cmocka_unit_test(test_builtin),
        cmocka_unit_test(test_file),     cmocka_unit_test(test_unreadable),    cmocka_unit_test(test_useless),
        cmocka_unit_test(test_packed),   cmocka_unit_test(test_outcome),       cmocka_unit_test(test_fault),
        cmocka_unit_test(test_switches), cmocka_unit_test(test_image),         cmocka_unit_test(test_steps),
        cmocka_unit_test(test_held),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
