/*
 * test_inventory_files.c - documents that are no files, the steps of compiling, what is kept from an image before, and the caps.
 * Folders, and what a run makes of them, are in tests/owner.py.
 */
#include "config.h"

#include "role/inventory_files.h"

#include "base/log.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#define WRITTEN (INT64_C(1764000000) * NS_PER_SEC)
#define ENI(id, address)                                                                         \
    "{\"NetworkInterfaces\":[{\"NetworkInterfaceId\":\"" id "\",\"PrivateIpAddress\":\"" address \
    "\",\"PrivateIpAddresses\":[{\"Primary\":true,\"PrivateIpAddress\":\"" address "\"}],\"VpcId\":\"vpc-0a\"}]}"

static struct conf conf;

static int setup(void **state)
{
    (void)state;
    conf_defaults(&conf);
    conf.process.sandbox = CONF_SANDBOX_BEST_EFFORT;
    log_set_level(LOG_LEVEL_ERR);
    return 0;
}

/* The interface that has the address, or "". */
static const char *eni_of(const struct inventory_files *f, uint8_t last)
{
    static struct about_owner owner;
    static char text[32];
    struct inventory_question q = {.time_ns = WRITTEN - NS_PER_SEC, .vpc = view_str("vpc-0a")};
    uint8_t address[4] = {10, 0, 0, last};

    addr_set_v4(&q.addr, address);
    text[0] = '\0';
    if (inventory_files_image(f) && inventory_find(inventory_files_image(f), &q, 0, &owner))
        snprintf(text, sizeof(text), "%.*s", (int)owner.aws.eni.n, (const char *)owner.aws.eni.p);
    return text;
}

static struct inventory_files *written(const char *text, ns_t written_ns)
{
    struct inventory_files *f = inventory_files_read(&conf, NULL);

    assert_non_null(f);
    assert_true(inventory_files_add_text(f, "a test", view_str(text), written_ns));
    return f;
}

static struct inventory_files *of_text(const char *text)
{
    return written(text, WRITTEN);
}

/* Neither folder nor documents: no image, and nothing wrong with that. */
static void test_none(void **state)
{
    struct inventory_files *f = inventory_files_read(&conf, NULL);

    (void)state;
    assert_true(inventory_files_compile(f, NULL));
    assert_null(inventory_files_image(f));
    assert_string_equal(inventory_files_fault(f), "");
    assert_int_equal(inventory_files_fd(f), -1);
    inventory_files_free(f);
    assert_null(inventory_files_image(NULL));
}

static void test_text(void **state)
{
    struct inventory_files *f = of_text(ENI("eni-1", "10.0.0.1"));

    (void)state;
    assert_true(inventory_files_compile(f, NULL));
    assert_string_equal(eni_of(f, 1), "eni-1");
    assert_string_equal(eni_of(f, 2), "");
    assert_int_equal(inventory_files_n(f), 1);
    assert_int_equal(inventory_files_at(f, 0)->outcome.n_things, 1);
    assert_string_equal(inventory_files_at(f, 0)->outcome.what, "NetworkInterfaces");
    assert_true(inventory_files_memory_max(f) >= 2 * inventory_files_image_bytes(f));
    inventory_files_free(f);
}

static void test_refused(void **state)
{
    struct inventory_files *f = of_text("{\"tasks\": [\n{]}");

    (void)state;
    assert_true(inventory_files_add_text(f, "another", view_str(ENI("eni-1", "10.0.0.1")), WRITTEN));
    assert_false(inventory_files_compile(f, NULL));
    assert_null(inventory_files_image(f));
    assert_int_equal(strncmp(inventory_files_fault(f), "a test: line 2, column ", 23), 0);
    inventory_files_free(f);
}

/* Who waits for any child gets its end, too. */
static void test_steps(void **state)
{
    struct inventory_files *f = of_text(ENI("eni-1", "10.0.0.1"));
    enum jailed_state is = JAILED_RUNS;
    bool ended = false;
    int status;
    pid_t pid;

    (void)state;
    assert_true(inventory_files_start(f, NULL));
    while (is == JAILED_RUNS) {
        struct pollfd fd = {.fd = inventory_files_fd(f), .events = POLLIN};

        assert_true(fd.fd >= 0);
        assert_true(poll(&fd, 1, 10000) > 0);
        while (!ended && (fd.revents & POLLHUP) && (pid = waitpid(-1, &status, 0)) > 0) {
            assert_false(inventory_files_ended(f, pid + 1, status));
            ended = inventory_files_ended(f, pid, status);
        }
        is = inventory_files_step(f, false);
    }
    assert_true(ended);
    assert_int_equal(is, JAILED_DONE);
    assert_string_equal(eni_of(f, 1), "eni-1");
    assert_int_equal(inventory_files_step(f, false), JAILED_DONE);
    inventory_files_free(f);
}

/* Given up in the midst: the process ends with it. */
static void test_given_up(void **state)
{
    struct inventory_files *f = of_text(ENI("eni-1", "10.0.0.1"));

    (void)state;
    assert_true(inventory_files_start(f, NULL));
    inventory_files_free(f);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* What the documents no longer have is kept, so long as is configured. */
static void test_kept(void **state)
{
    static const struct {
        uint64_t keep_s;
        uint32_t n_kept;
    } rows[] = {{0, 0}, {59, 0}, {60, 1}, {86400, 1}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct inventory_files *before = of_text(ENI("eni-1", "10.0.0.1")), *f;
        struct inventory_counts counts;

        conf.owner.inventory_keep = (ns_t)rows[i].keep_s * NS_PER_SEC;
        f = written(ENI("eni-2", "10.0.0.2"), WRITTEN + 60 * NS_PER_SEC);
        assert_true(inventory_files_compile(before, NULL));
        assert_true(inventory_files_compile(f, inventory_files_image(before)));
        inventory_files_free(before); /* nothing of the new image lies in it */
        inventory_count(inventory_files_image(f), &counts);
        assert_int_equal(counts.interfaces, 1 + rows[i].n_kept);
        assert_int_equal(counts.kept, rows[i].n_kept);
        assert_string_equal(eni_of(f, 1), rows[i].n_kept ? "eni-1" : "");
        assert_string_equal(eni_of(f, 2), "eni-2");
        inventory_files_free(f);
    }
}

static void test_caps(void **state)
{
    struct inventory_files *f = inventory_files_read(&conf, NULL);
    const struct view large =
        view_of((const uint8_t *)"", (size_t)INVENTORY_TEXTS_MAX + 1); /* refused by its length, not read */

    (void)state;
    assert_false(inventory_files_add_text(f, "a test", large, WRITTEN));
    assert_int_equal(inventory_files_n(f), 0);
    for (unsigned i = 0; i < INVENTORY_FILES_MAX; i++)
        assert_true(inventory_files_add_text(f, "a test", view_str("{\"tasks\":[]}"), WRITTEN));
    assert_false(inventory_files_add_text(f, "one too many", view_str("{\"tasks\":[]}"), WRITTEN));
    assert_int_equal(inventory_files_n(f), INVENTORY_FILES_MAX);
    inventory_files_free(f);
    f = of_text(ENI("eni-1", "10.0.0.1"));
    inventory_files_free(f);
    conf.owner.inventory_max_bytes = 64; /* less than the least that can be configured */
    f = of_text(ENI("eni-1", "10.0.0.1"));
    assert_false(inventory_files_compile(f, NULL));
    assert_true(inventory_files_fault(f)[0]);
    inventory_files_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_none, setup),     cmocka_unit_test_setup(test_text, setup),
        cmocka_unit_test_setup(test_refused, setup),  cmocka_unit_test_setup(test_steps, setup),
        cmocka_unit_test_setup(test_given_up, setup), cmocka_unit_test_setup(test_kept, setup),
        cmocka_unit_test_setup(test_caps, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
