/*
 * live_net.h - a network for tests of live capture: a pair of veth interfaces, cap0 that is captured and gen0 that
 * sends, in a network namespace of the test's own. For one file of a test program.
 *
 * Needs root or user namespaces, and the program ip; without them the test says so and passes, unless CI is true.
 */
#ifndef TESTS_UNIT_LIVE_NET_H
#define TESTS_UNIT_LIVE_NET_H

#include "capture/live.h"

#include "../put.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MARK 0x434d5453u /* of our own frames */
#define FRAME_BYTES 200

/* --- the network -------------------------------------------------------------------------------- */

static int run(const char *command)
{
    return system(command);
}

/* Both interfaces, up and with nothing that sends of itself. */
static int setup(void **state)
{
    (void)state;
    return run("ip link add cap0 type veth peer name gen0 && ip link set cap0 arp off && ip link set gen0 arp off && "
               "ip link set cap0 up && ip link set gen0 up");
}

static int teardown(void **state)
{
    (void)state;
    return run("ip link del gen0 2>/dev/null || true");
}

/* A packet socket on an interface; with `receive` it gets what comes in there. */
static int packet_socket(const char *name, bool receive)
{
    struct sockaddr_ll a = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0), size = 8 << 20;

    a.sll_protocol = receive ? htons(3 /* ETH_P_ALL */) : 0;
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    return fd;
}

/* IPv4 and UDP in Ethernet, n bytes (at least 50), with MARK and a number where the payload is. */
static void put_frame(uint8_t *p, size_t n, uint32_t from, uint32_t to, uint16_t sport, uint16_t dport, uint32_t number)
{
    memset(p, 0, n);
    p[0] = p[6] = 2;
    p[5] = 1;
    p[11] = 2;
    put_be16(p + 12, 0x0800);
    p[14] = 0x45;
    put_be16(p + 16, (uint32_t)n - 14);
    p[22] = 64;
    p[23] = 17;
    put_be32(p + 26, from);
    put_be32(p + 30, to);
    put_be16(p + 34, sport);
    put_be16(p + 36, dport);
    put_be16(p + 38, (uint32_t)n - 34);
    put_be32(p + 42, MARK);
    put_be32(p + 46, number);
}

static bool send_bytes(int fd, const uint8_t *p, size_t n)
{
    while (send(fd, p, n, 0) != (ssize_t)n) {
        if (errno != EAGAIN && errno != ENOBUFS)
            return false;
        poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 10);
    }
    return true;
}

static void send_frames(uint32_t first, uint32_t n)
{
    int fd = packet_socket("gen0", false);
    uint8_t p[FRAME_BYTES];

    for (uint32_t i = 0; i < n; i++) {
        put_frame(p, sizeof(p), 0x0a000001, 0x0a000002, 1000, 53, first + i);
        assert_true(send_bytes(fd, p, sizeof(p)));
    }
    close(fd);
}

/* --- reading ------------------------------------------------------------------------------------ */

struct seen {
    uint32_t n;           /* our frames */
    uint32_t first, last; /* their numbers */
    uint32_t gaps;        /* numbers that were left out */
    uint32_t longest;
    uint8_t head[64]; /* of the last one */
    ns_t time_ns;
    uint32_t linktype;
};

static void look(void *arg, const struct frame *f)
{
    struct seen *s = arg;
    size_t at = view_be16(f->bytes, 12) == 0x8100 ? 46 : 42;
    uint32_t number = view_be32(f->bytes, at + 4);

    if (view_be32(f->bytes, at) != MARK)
        return;
    if (s->n++ == 0)
        s->first = number;
    else if (number > s->last)
        s->gaps += number - s->last - 1;
    s->last = number;
    s->longest = f->bytes.n > s->longest ? (uint32_t)f->bytes.n : s->longest;
    memcpy(s->head, f->bytes.p, sizeof(s->head) < f->bytes.n ? sizeof(s->head) : f->bytes.n);
    s->time_ns = f->time_ns;
    s->linktype = f->linktype;
}

/* Reads until `want` frames were seen, at most 5 seconds, and then what comes within 50 ms. */
static enum live_state read_some(struct live *l, struct seen *s, uint32_t want)
{
    enum live_state state = LIVE_OK;
    int n;

    for (int i = 0; i < 500 && state != LIVE_GONE && s->n < want; i++) {
        poll(&(struct pollfd){.fd = live_fd(l), .events = POLLIN}, 1, 10);
        state = live_read(l, 64, look, s, &n);
    }
    for (int i = 0; i < 5 && state != LIVE_GONE; i++) {
        poll(NULL, 0, 10);
        do
            state = live_read(l, 64, look, s, &n);
        while (n > 0 && state != LIVE_GONE);
    }
    return state;
}

static struct live *open_live(const char *filter)
{
    struct live_conf conf = {.name = "cap0",
                             .snaplen = 262144,
                             .buffer = 64 << 20,
                             .promiscuous = true,
                             .filter = filter,
                             .file = 7,
                             .fanout_key = 99};
    char why[256] = "";
    struct live *l = live_open(&conf, why, sizeof(why));

    if (!l)
        fail_msg("%s", why);
    return l;
}

static void arm(struct live *l)
{
    char why[256] = "";

    if (!live_arm(l, why, sizeof(why)))
        fail_msg("%s", why);
}

static struct live *open_armed(void)
{
    struct live *l = open_live(NULL);

    arm(l);
    return l;
}

/* --- a network of its own ----------------------------------------------------------------------- */

static int skip_all(const char *why)
{
    const char *ci = getenv("CI");

    if (ci && strcmp(ci, "true") == 0) {
        printf("Bail out! %s\n", why);
        return 1;
    }
    printf("1..0 # SKIP %s\n", why);
    return 0;
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        print_message("%s: not written\n", path);
    if (fd >= 0)
        close(fd);
}

/* Root in a user namespace, so that ip keeps the rights when it is started. */
static bool own_users(void)
{
    char map[64];

    snprintf(map, sizeof(map), "0 %u 1", (unsigned int)geteuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    write_file("/proc/self/uid_map", map);
    return true;
}

/* True when the tests can be run; else *status is what main gives. */
static bool own_network(int *status)
{
    if (unshare(CLONE_NEWNET) != 0 && !own_users()) {
        *status = skip_all("a network namespace cannot be made (root is needed, or user namespaces)");
        return false;
    }
    /* With IPv6 the kernel itself would send from an interface that comes up. */
    write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
    write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    if (setup(NULL) != 0) {
        *status = skip_all("a pair of veth interfaces cannot be made (Debian: apt install iproute2)");
        return false;
    }
    teardown(NULL);
    return true;
}

#endif
