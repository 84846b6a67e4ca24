/*
 * test_live.c - an interface while packets come: what is let in, and what happens to the interface.
 */
#include "config.h"

#include "live_net.h"

#include "capture/interface_stats.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static void test_names(void **state)
{
    static const char *const good[] = {"eth0", "br-0a1b2c3d4e5f", "eth0.100", "eth0:1", "_"}, *const bad[] = {
                                                                                                  "",       "/dev/null",
                                                                                                  "eth 0",  "..",
                                                                                                  ".",      "0123456789abcdef",
                                                                                                  "eth0\n", "\xc3\xa4"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(live_name_ok(good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(live_name_ok(bad[i]));
}

static void check_refused(struct live_conf conf, const char *expected)
{
    char why[256] = "";

    assert_null(live_open(&conf, why, sizeof(why)));
    if (!strstr(why, expected))
        fail_msg("said: %s", why);
}

static void test_refused(void **state)
{
    struct live_conf conf = {.name = "cap0", .snaplen = 1000, .buffer = 1 << 20};

    (void)state;
    conf.filter = "udp port";
    check_refused(conf, "syntax error");
    conf.filter = NULL;
    conf.name = "nowhere0";
    check_refused(conf, "no such interface");
    conf.name = "nflog"; /* known to libpcap, and no interface */
    check_refused(conf, "no such interface");
    conf.name = "../cap0";
    check_refused(conf, "no name of an interface");
    assert_int_equal(run("ip link set cap0 down"), 0);
    conf.name = "cap0";
    check_refused(conf, "is down");
}

static void test_nothing_before(void **state)
{
    struct seen s = {0};
    struct live *l;
    uint64_t received, dropped;

    (void)state;
    send_frames(1, 100);
    l = open_live(NULL);
    send_frames(1000, 100);
    assert_int_equal(read_some(l, &s, 1), LIVE_OK);
    assert_int_equal(s.n, 0);
    send_frames(2000, 100);
    arm(l);
    send_frames(3000, 100);
    assert_int_equal(read_some(l, &s, 100), LIVE_OK);
    assert_int_equal(s.n, 100);
    assert_int_equal(s.first, 3000);
    assert_int_equal(s.last, 3099);
    assert_int_equal(s.gaps, 0);
    assert_int_equal(s.linktype, 1);
    assert_int_equal(s.longest, FRAME_BYTES);
    assert_true(live_drops(l, &received, &dropped));
    assert_int_equal(received, 100);
    assert_int_equal(dropped, 0);
    live_close(l);
}

#define BACKLOG 1000 /* packets between two veth interfaces, net.core.netdev_max_backlog */

/* While a process sends as fast as it can: from live_arm's return on nothing is missing, and nothing is older than its call. */
static void test_arm_under_load(void **state)
{
    volatile uint32_t *number = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        int fd = packet_socket("gen0", false);
        uint8_t p[FRAME_BYTES];

        for (;;) {
            put_frame(p, sizeof(p), 0x0a000001, 0x0a000002, 1000, 53, *number + 1);
            if (!send_bytes(fd, p, sizeof(p)))
                _exit(1);
            ++*number;
        }
    }
    for (int round = 0; round < 5; round++) {
        struct live *l = open_live(NULL);
        struct seen s = {0};
        uint32_t before, after;
        uint64_t received, dropped;

        poll(NULL, 0, round * 7);
        before = *number;
        arm(l);
        after = *number;
        for (int n, i = 0; i < 1000 && s.n < 20000; i++) {
            poll(&(struct pollfd){.fd = live_fd(l), .events = POLLIN}, 1, 10);
            do
                live_read(l, 64, look, &s, &n);
            while (n > 0 && s.n < 20000);
        }
        assert_true(s.n >= 20000);
        assert_true(s.first + BACKLOG > before); /* sent and not yet received when it was armed */
        assert_true(s.first <= after + 2);       /* one may be on its way when its number is not counted yet */
        assert_int_equal(s.gaps, 0);
        assert_true(live_drops(l, &received, &dropped));
        assert_int_equal(dropped, 0);
        live_close(l);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void test_down_up(void **state)
{
    struct live *l = open_armed();
    struct seen s = {0};
    int n;

    (void)state;
    for (uint32_t round = 0; round < 3; round++) {
        send_frames(round * 100, 50);
        assert_int_equal(read_some(l, &s, round * 50 + 50), LIVE_OK);
        assert_int_equal(s.n, round * 50 + 50);
        assert_int_equal(run("ip link set cap0 down"), 0);
        for (int i = 0; i < 20; i++)
            assert_int_equal(live_read(l, 64, look, &s, &n), LIVE_DOWN);
        assert_int_equal(run("ip link set cap0 up"), 0);
        assert_int_equal(read_some(l, &s, 0), LIVE_OK);
    }
    assert_string_equal(live_error(l), "");
    live_close(l);
}

static void check_gone(bool down_first, const char *command)
{
    struct live *l = open_armed();
    struct seen s = {0};
    int n;

    if (down_first) {
        assert_int_equal(run("ip link set cap0 down"), 0);
        assert_int_equal(live_read(l, 64, look, &s, &n), LIVE_DOWN);
    }
    assert_int_equal(run(command), 0);
    for (int i = 0; i < 100 && live_read(l, 64, look, &s, &n) != LIVE_GONE; i++)
        poll(NULL, 0, 10);
    assert_int_equal(live_read(l, 64, look, &s, &n), LIVE_GONE);
    if (!strstr(live_error(l), "disappeared"))
        fail_msg("said: %s", live_error(l));
    live_close(l);
}

static void test_deleted(void **state)
{
    (void)state;
    check_gone(false, "ip link del cap0");
    assert_int_equal(setup(NULL), 0);
    check_gone(true, "ip link del cap0");
    assert_int_equal(setup(NULL), 0);
    check_gone(true, "ip link set cap0 name cap1");
}

static void test_mtu(void **state)
{
    struct live *l = open_armed();
    struct seen s = {0};
    uint8_t p[9000];
    int fd;

    (void)state;
    send_frames(0, 10);
    assert_int_equal(run("ip link set cap0 mtu 9001 && ip link set gen0 mtu 9001"), 0);
    fd = packet_socket("gen0", false);
    put_frame(p, sizeof(p), 1, 2, 3, 4, 10);
    assert_true(send_bytes(fd, p, sizeof(p)));
    close(fd);
    send_frames(11, 10);
    assert_int_equal(read_some(l, &s, 21), LIVE_OK);
    assert_int_equal(s.n, 21);
    assert_int_equal(s.longest, sizeof(p));
    live_close(l);
}

/* A tag that the kernel took out is in the frame again. */
static void test_vlan(void **state)
{
    struct live *l = open_armed();
    struct seen s = {0};
    uint8_t p[FRAME_BYTES + 4];
    int fd = packet_socket("gen0", false);

    (void)state;
    put_frame(p + 4, FRAME_BYTES, 1, 2, 3, 4, 1);
    memmove(p, p + 4, 12);
    put_be16(p + 12, 0x8100);
    put_be16(p + 14, 42);
    assert_true(send_bytes(fd, p, sizeof(p)));
    close(fd);
    assert_int_equal(read_some(l, &s, 1), LIVE_OK);
    assert_int_equal(s.n, 1);
    assert_memory_equal(s.head, p, sizeof(s.head));
    live_close(l);
}

static void test_filter(void **state)
{
    struct live *l = open_live("udp dst port 4789");
    struct seen s = {0};
    uint8_t p[FRAME_BYTES];
    int fd = packet_socket("gen0", false);

    (void)state;
    arm(l);
    for (uint32_t i = 0; i < 100; i++) {
        put_frame(p, sizeof(p), 1, 2, 3, i % 2 ? 4789 : 4790, i);
        assert_true(send_bytes(fd, p, sizeof(p)));
    }
    close(fd);
    assert_int_equal(read_some(l, &s, 50), LIVE_OK);
    assert_int_equal(s.n, 50);
    assert_int_equal(s.first, 1);
    live_close(l);
}

/* A ring that nobody reads: received and dropped add up. */
static void test_drops(void **state)
{
    struct live_conf conf = {.name = "cap0", .snaplen = 262144, .buffer = 1 << 20};
    char why[256];
    struct live *l = live_open(&conf, why, sizeof(why));
    struct seen s = {0};
    uint64_t received, dropped;

    (void)state;
    assert_non_null(l);
    arm(l);
    send_frames(0, 20000);
    assert_int_equal(read_some(l, &s, 1), LIVE_OK);
    send_frames(20000, 10);
    read_some(l, &s, s.n + 10);
    assert_true(live_drops(l, &received, &dropped));
    assert_int_equal(received, 20010);
    assert_int_equal(received - dropped, s.n);
    assert_true(dropped > 10000);
    assert_true(live_drops(l, &received, &dropped)); /* not lost by asking */
    assert_int_equal(received, 20010);
    live_close(l);
}

/* Nothing leaves by the interface while it is opened, promiscuous, read, taken down and up, and closed. */
static void test_silent(void **state)
{
    int fd = packet_socket("gen0", true);
    struct seen s = {0};
    struct live *l = open_armed();
    uint8_t p[FRAME_BYTES];

    (void)state;
    send_frames(0, 100);
    assert_int_equal(read_some(l, &s, 100), LIVE_OK);
    assert_int_equal(run("ip link set cap0 down && ip link set cap0 up"), 0);
    read_some(l, &s, 0);
    live_close(l);
    for (ssize_t n; (n = recv(fd, p, sizeof(p), 0)) > 0;) { /* what gen0 itself sends is seen here too */
        struct view v = view_of(p, (size_t)n);

        if (view_be32(v, 42) != MARK)
            fail_msg("a frame of %zd bytes, type %04x", n, view_be16(v, 12));
    }
    assert_int_equal(errno == ENETDOWN ? EAGAIN : errno, EAGAIN);
    close(fd);
}

static void test_stats(void **state)
{
    struct interface_stats stats;

    (void)state;
    assert_true(interface_stats_is_allowance("pps_allowance_exceeded"));
    assert_true(interface_stats_is_allowance("bw_in_allowance_exceeded"));
    assert_false(interface_stats_is_allowance("_allowance_exceede"));
    assert_false(interface_stats_is_allowance("rx_packets"));
    interface_stats_read("cap0", &stats); /* veth has counters of its driver, none of a cloud */
    assert_int_equal(stats.n_allowance, 0);
    interface_stats_read("nowhere0", &stats);
    assert_false(stats.has_lost);
    assert_int_equal(stats.n_allowance, 0);
    interface_stats_read("lo", &stats); /* of this network or, where sysfs is another's, of that */
    assert_true(stats.has_lost);
    assert_int_equal(stats.lost, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_before, setup, teardown),
        cmocka_unit_test_setup_teardown(test_arm_under_load, setup, teardown),
        cmocka_unit_test_setup_teardown(test_down_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deleted, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mtu, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vlan, setup, teardown),
        cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drops, setup, teardown),
        cmocka_unit_test_setup_teardown(test_silent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stats, setup, teardown),
    };
    int status;

    return own_network(&status) ? cmocka_run_group_tests(tests, NULL, NULL) : status;
}
