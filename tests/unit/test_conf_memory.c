/*
 * test_conf_memory.c - the sizes of limits.h are those of the structures, and their sum is what -T prints. The
 * structures that are private to a file have _Static_asserts there.
 */
#include "config.h"

#include "config/conf.h"
#include "detect/dialogue.h"
#include "finding/finding.h"
#include "flow/flow.h"
#include "flow/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROUNDED(n) (((n) + 63) / 64 * 64) /* as pools do */

_Static_assert(ROUNDED(sizeof(struct flow)) == LIMIT_BYTES_FLOW, "limits.h has the size of a flow record");
_Static_assert(ROUNDED(sizeof(struct dialogue)) <= LIMIT_BYTES_DIALOGUE, "limits.h has the size of a dialogue");
_Static_assert(STREAM_WINDOW == LIMIT_BYTES_BLOCK, "limits.h has the size of a window");

/* The least of everything: what one more of each adds is its size, and the rest is the base. */
static void test_sum(void **state)
{
    static const struct {
        size_t offset;
        uint64_t bytes;
    } part[] = {
        {offsetof(struct limits, max_flows), LIMIT_BYTES_FLOW},
        {offsetof(struct limits, max_dialogues), LIMIT_BYTES_DIALOGUE + 2 * LIMIT_BYTES_TRACKED},
        {offsetof(struct limits, max_blocks), LIMIT_BYTES_BLOCK},
        {offsetof(struct limits, max_fragments), LIMIT_BYTES_FRAGMENT},
        {offsetof(struct limits, max_dpi_flows), LIMIT_BYTES_DPI_FLOW},
        {offsetof(struct limits, max_names), LIMIT_BYTES_NAME},
        {offsetof(struct limits, max_findings), LIMIT_BYTES_FINDING},
    };
    struct conf conf;
    uint64_t least;

    (void)state;
    assert_int_equal(sizeof(struct limits), ARRAY_LEN(part) * sizeof(uint32_t)); /* a limit that is not in the sum */
    conf_defaults(&conf);
    conf.limits = (struct limits){64, 0, 0, 0, 0, 0, 0};
    least = conf_memory_max(&conf);
    assert_int_equal(least, LIMIT_BYTES_BASE + LIMIT_BYTES_READ + 64 * LIMIT_BYTES_FLOW + 8 * LIMIT_BYTES_BUCKET);
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        uint32_t *field = (uint32_t *)((uint8_t *)&conf.limits + part[i].offset), was = *field;

        *field = was + 1;
        assert_int_equal(conf_memory_max(&conf) - least, part[i].bytes);
        *field = was;
    }
    conf.limits.max_dpi_flows = 1000;
    conf.dpi.enabled = false;
    assert_int_equal(conf_memory_max(&conf), least);
    conf.owner.processes = true;
    assert_int_equal(conf_memory_max(&conf) - least, LIMIT_BYTES_PROCESSES);
}

/* Buckets are a power of two, and hold 8 flows or, just above a power, 4. */
static void test_buckets(void **state)
{
    static const struct {
        uint32_t flows;
        uint64_t buckets;
    } cases[] = {{64, 8}, {71, 8}, {72, 16}, {128, 16}, {524288, 65536}, {524296, 131072}, {16777216, 2097152}};
    struct conf conf;

    (void)state;
    conf_defaults(&conf);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        conf.limits = (struct limits){cases[i].flows, 0, 0, 0, 0, 0, 0};
        assert_int_equal(conf_memory_max(&conf) - LIMIT_BYTES_BASE - LIMIT_BYTES_READ,
                         (uint64_t)cases[i].flows * LIMIT_BYTES_FLOW + cases[i].buckets * LIMIT_BYTES_BUCKET);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_sum), cmocka_unit_test(test_buckets)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
