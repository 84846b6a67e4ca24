/*
 * test_feeds.c - lists from the configuration, and the built-in ones.
 */
#include "config.h"

#include "role/feeds.h"

#include "base/log.h"
#include "role/feeds_builtin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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
    write_list("own", "name,kind\nnanopool.org,dead\npool.example,pool\nlitecoinpool.org,never\nwrong,pool\n");
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

static int set_up(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERR);
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"own", "pipe", "big", "useless", "known"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(path_of(names[i]));
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none), cmocka_unit_test(test_builtin_lists), cmocka_unit_test(test_builtin),
        cmocka_unit_test(test_file), cmocka_unit_test(test_unreadable),    cmocka_unit_test(test_useless),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
