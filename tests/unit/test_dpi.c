/*
 * test_dpi.c - nDPI's opinion on single payloads, the caps, and the twin that has no opinion.
 *
 * Built with nDPI and without: what must hold in either build is asserted in either.
 */
#include "config.h"

#include "detect/dpi.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define MINING "{\"id\":1,\"method\":\"login\",\"params\":{}}\n" /* any JSON-RPC request, for nDPI 4.2 */
#define OTHER "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
#define SERVER_PORT 3333
#define TIME (INT64_C(1764000000) * NS_PER_SEC)

static bool built_in(void)
{
    return strcmp(dpi_version(), "none") != 0;
}

/* The verdict where nDPI is built in; the twin's otherwise. */
static void assert_verdict(enum dpi_verdict got, enum dpi_verdict want)
{
    assert_int_equal(got, built_in() ? want : DPI_OFF);
}

static enum dpi_verdict show_bytes(struct dpi *dpi, struct dpi_slot *slot, int dir, const void *p, size_t n)
{
    struct dpi_payload payload = {.bytes = view_of(p, n),
                                  .sport = dir ? SERVER_PORT : 40000,
                                  .dport = dir ? 40000 : SERVER_PORT,
                                  .dir = dir,
                                  .time_ns = TIME};

    return dpi_packet(dpi, slot, &payload);
}

static enum dpi_verdict show(struct dpi *dpi, struct dpi_slot *slot, int dir, const char *text)
{
    return show_bytes(dpi, slot, dir, text, strlen(text));
}

static int setup(void **state)
{
    *state = dpi_new(2);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    dpi_free(*state);
    return 0;
}

static void test_mining(void **state)
{
    struct dpi *dpi = *state;
    struct dpi_slot from_miner = {0}, from_pool = {0};

    assert_verdict(show(dpi, &from_miner, 0, MINING), DPI_MINING);
    assert_verdict(show(dpi, &from_pool, 1, "{\"method\":\"job\",\"params\":{\"blob\":\"\"}}\n"), DPI_MINING);
    assert_verdict(show(dpi, &from_miner, 1, OTHER), DPI_MINING); /* final */
    assert_int_equal(dpi_counters(dpi)->flows, built_in() ? 2 : 0);
    assert_int_equal(dpi_counters(dpi)->mining, built_in() ? 2 : 0);
    assert_int_equal(dpi_n_held(dpi), 0); /* freed with the verdict */
}

/* Without a verdict the state is held for DPI_PAYLOADS_MAX payloads and no longer. */
static void test_other(void **state)
{
    struct dpi *dpi = *state;
    struct dpi_slot slot = {0};

    for (int i = 1; i < DPI_PAYLOADS_MAX; i++) {
        assert_verdict(show(dpi, &slot, i % 2, OTHER), DPI_OPEN);
        assert_int_equal(dpi_n_held(dpi), built_in() ? 1 : 0);
    }
    assert_verdict(show(dpi, &slot, 0, OTHER), DPI_OTHER);
    assert_int_equal(dpi_n_held(dpi), 0);
    assert_verdict(show(dpi, &slot, 0, MINING), DPI_OTHER);
    assert_int_equal(slot.n_shown, built_in() ? DPI_PAYLOADS_MAX : 0);
    assert_int_equal(dpi_counters(dpi)->mining, 0);
}

/*
 * nDPI calls all later connections of a pair of addresses mining once one was; ours are all strangers to
 * each other.
 */
static void test_verdicts_do_not_depend_on_others(void **state)
{
    struct dpi *dpi = *state;

    for (int i = 0; i < 100; i++) {
        struct dpi_slot mining = {0}, other = {0};

        assert_verdict(show(dpi, &mining, 0, MINING), DPI_MINING);
        assert_verdict(show(dpi, &other, 0, OTHER), DPI_OPEN);
        assert_verdict(show(dpi, &other, 1, "{\"id\":1,\"result\":true}\n"), DPI_OPEN);
        dpi_forget(dpi, &other);
        assert_verdict((enum dpi_verdict)other.verdict, DPI_OTHER);
    }
    assert_int_equal(dpi_counters(dpi)->mining, built_in() ? 100 : 0);
}

static void test_lengths(void **state)
{
    struct dpi *dpi = *state;
    struct dpi_slot empty = {0}, longest = {0}, behind = {0};
    size_t n = 65535;
    char *text = malloc(n);

    assert_non_null(text);
    memset(text, ' ', n);
    text[0] = '{';
    assert_verdict(show(dpi, &empty, 0, ""), DPI_OPEN);
    assert_int_equal(empty.n_shown, 0);
    assert_int_equal(dpi_counters(dpi)->flows, 0);
    memcpy(text + DPI_PAYLOAD_MAX - 16, "\"method\":       ", 16); /* the last bytes that are shown */
    assert_verdict(show_bytes(dpi, &longest, 0, text, n), DPI_MINING);
    memset(text + 1, ' ', n - 1);
    memcpy(text + DPI_PAYLOAD_MAX - 3, "\"method\":", 9);
    assert_verdict(show_bytes(dpi, &behind, 0, text, n), DPI_OPEN);
    assert_verdict(show_bytes(dpi, &behind, 1, text, 1), DPI_OPEN);
    assert_int_equal(behind.n_sent[0], built_in() ? DPI_PAYLOAD_MAX : 0);
    assert_int_equal(behind.n_sent[1], built_in() ? 1 : 0);
    dpi_forget(dpi, &behind);
    free(text);
}

static void test_cap(void **state)
{
    struct dpi *dpi = *state;
    struct dpi_slot a = {0}, b = {0}, refused = {0}, later = {0};

    assert_verdict(show(dpi, &a, 0, OTHER), DPI_OPEN);
    assert_verdict(show(dpi, &b, 0, OTHER), DPI_OPEN);
    assert_verdict(show(dpi, &refused, 0, MINING), DPI_REFUSED);
    assert_int_equal(dpi_counters(dpi)->refused, built_in() ? 1 : 0);
    dpi_forget(dpi, &a);
    dpi_forget(dpi, &a); /* may be said twice */
    assert_int_equal(dpi_n_held(dpi), built_in() ? 1 : 0);
    assert_verdict(show(dpi, &later, 0, MINING), DPI_MINING);
    assert_verdict(show(dpi, &refused, 0, MINING), DPI_REFUSED); /* final, and counted once */
    assert_int_equal(dpi_counters(dpi)->refused, built_in() ? 1 : 0);
    /* b is still held: dpi_free takes it along. */
}

static void test_off(void **state)
{
    struct dpi *dpi = dpi_new(0);
    struct dpi_slot slot = {0};

    (void)state;
    assert_non_null(dpi);
    assert_int_equal(show(dpi, &slot, 0, MINING), DPI_OFF);
    assert_int_equal(dpi_counters(dpi)->flows, 0);
    assert_int_equal(dpi_counters(dpi)->refused, 0);
    dpi_forget(dpi, &slot);
    dpi_free(dpi);
    dpi_free(NULL);
}

/* What nDPI allocates inside does not grow with the connections. (ASan's allocator tells nothing here.) */
static void test_heap_is_bounded(void **state)
{
    struct dpi *dpi = *state;
    size_t before = 0;

    for (int i = 0; i < 20000; i++) {
        struct dpi_slot mining = {0}, other = {0};

        if (i == 2000) /* its cache has 1,024 places */
            before = mallinfo2().uordblks;
        assert_verdict(show(dpi, &mining, i % 2, MINING), DPI_MINING);
        assert_verdict(show(dpi, &other, i % 2, OTHER), DPI_OPEN);
        dpi_forget(dpi, &other);
    }
    assert_true(mallinfo2().uordblks <= before + 4096);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_mining),          CASE(test_other), CASE(test_verdicts_do_not_depend_on_others),
        CASE(test_lengths),         CASE(test_cap),   cmocka_unit_test(test_off),
        CASE(test_heap_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
