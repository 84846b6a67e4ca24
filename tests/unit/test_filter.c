/*
 * test_filter.c - BPF filters on frames, a program for each link type.
 */
#include "config.h"

#include "capture/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* IPv4, TCP, 192.0.2.1:50000 to 198.51.100.2:3333, behind 16 bytes for any link header. */
static const uint8_t packet[16 + 40] = {
    0,    0,    0,    0,    0, 0, 0, 0, 0,  0, 0, 0, 0,    0,    0, 0,                  /* link header, set by frame_of */
    0x45, 0,    0,    0x28, 0, 0, 0, 0, 64, 6, 0, 0, 192,  0,    2, 1, 198, 51, 100, 2, /* IPv4 */
    0xc3, 0x50, 0x0d, 0x05, 0, 0, 0, 0, 0,  0, 0, 0, 0x50, 0x10, 0, 0, 0,   0,  0,   0, /* TCP */
};

static uint8_t memory[sizeof(packet)];

static struct frame frame_of(uint32_t linktype, const char *header, size_t n)
{
    memcpy(memory, packet, sizeof(packet));
    memcpy(memory + 16 - n, header, n);
    return (struct frame){
        .bytes = view_of(memory + 16 - n, sizeof(memory) - 16 + n), .wire_len = 40 + (uint32_t)n, .linktype = linktype};
}

static struct frame ethernet(void)
{
    return frame_of(1, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", 14);
}

static struct frame raw(void)
{
    return frame_of(101, "", 0);
}

static struct frame cooked(void)
{
    return frame_of(113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", 16);
}

static struct filter *filter(const char *expression)
{
    char why[256] = "";
    struct filter *f = filter_new(expression, why, sizeof(why));

    if (!f)
        fail_msg("%s: %s", expression, why);
    return f;
}

static void test_passes(void **state)
{
    static const struct {
        const char *expression;
        bool passes;
    } rows[] = {
        {"tcp port 3333", true},
        {"tcp port 50000", true},
        {"port 3334", false},
        {"udp", false},
        {"host 192.0.2.1", true},
        {"src host 198.51.100.2", false},
        {"net 198.51.100.0/24 and not udp", true},
        {"ip6", false},
        {"tcp[tcpflags] & tcp-ack != 0", true},
        {"", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct filter *f = filter(rows[i].expression);
        struct frame frame = ethernet();

        /* Again and in turn: each link type has its own program. */
        for (int again = 0; again < 2; again++) {
            frame = ethernet();
            assert_int_equal(filter_passes(f, &frame), rows[i].passes);
            frame = raw();
            assert_int_equal(filter_passes(f, &frame), rows[i].passes);
            frame = cooked();
            assert_int_equal(filter_passes(f, &frame), rows[i].passes);
            frame = frame_of(12, "", 0); /* raw IP as libpcap numbers it */
            assert_int_equal(filter_passes(f, &frame), rows[i].passes);
        }
        assert_int_equal(filter_unfit(f), 0);
        filter_free(f);
    }
}

static void test_unfit_link_type(void **state)
{
    struct filter *f = filter("ether host 02:00:00:00:00:01");
    struct frame frame = ethernet();

    (void)state;
    assert_true(filter_passes(f, &frame));
    frame = raw();
    for (uint64_t i = 1; i <= 3; i++) {
        assert_false(filter_passes(f, &frame));
        assert_int_equal(filter_unfit(f), i);
    }
    frame = ethernet();
    assert_true(filter_passes(f, &frame));
    assert_int_equal(filter_unfit(f), 3);
    filter_free(f);
}

/* More link types than programs: the others do not pass, and are counted; those that have one go on. */
static void test_many_link_types(void **state)
{
    struct filter *f = filter("tcp");
    struct frame frame = ethernet();

    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        frame.linktype = 147 + i; /* no expression on protocols fits the types for private use */
        assert_false(filter_passes(f, &frame));
    }
    assert_int_equal(filter_unfit(f), 100);
    frame = raw();
    assert_false(filter_passes(f, &frame));
    assert_int_equal(filter_unfit(f), 101);
    frame = ethernet();
    assert_true(filter_passes(f, &frame));
    assert_int_equal(filter_unfit(f), 101);
    filter_free(f);
}

/* A frame cut before what is asked for does not pass; nothing is read behind it. */
static void test_cut_frames(void **state)
{
    struct filter *f = filter("tcp dst port 3333");

    (void)state;
    for (size_t n = 0; n <= 54; n++) {
        struct frame frame = ethernet();

        frame.bytes.n = n;
        assert_int_equal(filter_passes(f, &frame), n >= 38);
    }
    filter_free(f);
}

static void test_length_is_that_of_the_wire(void **state)
{
    struct filter *f = filter("greater 1000");
    struct frame frame = ethernet();

    (void)state;
    assert_false(filter_passes(f, &frame));
    frame.wire_len = 1000;
    assert_true(filter_passes(f, &frame));
    filter_free(f);
}

static void test_bad_expressions(void **state)
{
    static const char *const rows[] = {"tcp port", "nonsense and",   "port 99999",
                                       "((",       "host 1.2.3.4.5", "tcp[100000000000] = 1"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char why[256] = "";

        assert_null(filter_new(rows[i], why, sizeof(why)));
        assert_string_not_equal(why, "");
    }
    for (size_t n = 1; n < 20; n++) { /* the reason is cut to its room */
        char why[20];

        memset(why, 'x', sizeof(why));
        assert_null(filter_new("nonsense and", why, n));
        assert_true(memchr(why, '\0', n) != NULL);
        assert_int_equal(why[n], 'x');
    }
    filter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes),
        cmocka_unit_test(test_unfit_link_type),
        cmocka_unit_test(test_many_link_types),
        cmocka_unit_test(test_cut_frames),
        cmocka_unit_test(test_length_is_that_of_the_wire),
        cmocka_unit_test(test_bad_expressions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
