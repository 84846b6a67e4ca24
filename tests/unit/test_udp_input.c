/*
 * test_udp_input.c - datagrams of mirrored packets over the loopback interface.
 */
#include "config.h"

#include "capture/udp_input.h"

#include "../put.h"
#include "wire/decode.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define N_SOCKETS 2

/* What the callback saw. */
struct seen {
    struct frag_table frags;
    struct tunnel_ports ports;
    struct wire_counters counters;
    struct packet packet;
    struct frame frame;
    struct addr outer[256]; /* outer sources, in order */
    uint32_t n;
};

static void look(void *arg, const struct frame *frame)
{
    struct seen *s = arg;

    s->frame = *frame;
    if (decode_frame(frame, &s->packet, &s->frags, &s->ports, &s->counters) && s->n < ARRAY_LEN(s->outer))
        s->outer[s->n] = s->packet.outer_src;
    s->n++;
}

static const struct conf_ports *one_port(uint16_t port)
{
    static struct conf_ports ports;

    ports = (struct conf_ports){.port = {port}, .n = 1};
    return &ports;
}

static struct udp_input_conf conf_of(const char *address, uint16_t port)
{
    struct udp_input_conf conf = {
        .port = port, .n_sockets = 1, .fanout_key = 5, .snaplen = 262144, .buffer = 1 << 20, .file = 3};

    assert_true(udp_input_address(address, &conf.address));
    return conf;
}

/* A port that is free, for UDP on the loopback interface. */
static uint16_t free_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(any);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&any, &n), 0);
    close(fd);
    return ntohs(any.sin_port);
}

/* A VXLAN datagram: network 0xabcdef, Ethernet, IPv4, TCP 10.0.0.1:40000 to 198.51.100.2:3333 and n bytes. */
static size_t put_vxlan(uint8_t *p, size_t n)
{
    memset(p, 0, 8 + 14 + 40 + n);
    p[0] = 8;
    put_be32(p + 4, 0xabcdef00);
    put_be16(p + 8 + 12, 0x0800);
    p += 22;
    p[0] = 0x45;
    put_be16(p + 2, 40 + (uint32_t)n);
    p[9] = 6;
    put_be32(p + 12, 0x0a000001);
    put_be32(p + 16, 0xc6336402);
    put_be16(p + 20, 40000);
    put_be16(p + 22, 3333);
    p[32] = 0x50;
    return 22 + 40 + n;
}

/* Sends from an address of the loopback interface; gives the source port. */
static uint16_t send_from(const char *from, const char *to, uint16_t port, const uint8_t *bytes, size_t n)
{
    struct sockaddr_storage ss = {0}, dd = {0};
    struct sockaddr_in *s4 = (void *)&ss, *d4 = (void *)&dd;
    struct sockaddr_in6 *s6 = (void *)&ss, *d6 = (void *)&dd;
    bool is_ip6 = strchr(from, ':');
    socklen_t size = is_ip6 ? sizeof(*s6) : sizeof(*s4);
    int fd = socket(is_ip6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);

    ss.ss_family = dd.ss_family = is_ip6 ? AF_INET6 : AF_INET;
    assert_int_equal(inet_pton(ss.ss_family, from, is_ip6 ? (void *)&s6->sin6_addr : &s4->sin_addr), 1);
    assert_int_equal(inet_pton(ss.ss_family, to, is_ip6 ? (void *)&d6->sin6_addr : &d4->sin_addr), 1);
    d4->sin_port = htons(port); /* at the same place in both */
    assert_int_equal(bind(fd, (struct sockaddr *)&ss, size), 0);
    assert_int_equal(sendto(fd, bytes, n, 0, (struct sockaddr *)&dd, size), n);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &size), 0);
    close(fd);
    return ntohs(s4->sin_port);
}

static struct udp_input *open_input(const struct udp_input_conf *conf)
{
    char why[256] = "";
    struct udp_input *u = udp_input_open(conf, why, sizeof(why));

    if (!u)
        fail_msg("%s", why);
    return u;
}

static struct seen *seen_new(uint16_t vxlan, uint16_t geneve)
{
    struct seen *s = calloc(1, sizeof(*s));
    struct conf_ports v = {.port = {vxlan}, .n = 1}, g = {.port = {geneve}, .n = 1};

    assert_non_null(s);
    assert_true(frag_table_init(&s->frags, 8, 1));
    s->ports = tunnel_ports_of(&v, &g);
    return s;
}

static void seen_free(struct seen *s)
{
    frag_table_fini(&s->frags);
    free(s);
}

static int read_all(struct udp_input *u, struct seen *s)
{
    int n;

    assert_int_equal(udp_input_read(u, 1000, look, s, &n), LIVE_OK);
    return n;
}

static void check_addr(const struct addr *a, const char *text)
{
    struct addr expected;

    assert_true(udp_input_address(text, &expected));
    assert_memory_equal(a->b, expected.b, sizeof(expected.b));
}

/* The decoder sees the outer addresses and the network as on the wire, whatever the socket is bound to. */
static void check_outer(const char *bound, const char *from, const char *to)
{
    uint16_t port = free_port();
    struct udp_input_conf conf = conf_of(bound, port);
    struct udp_input *u = open_input(&conf);
    struct seen *s = seen_new(port, 1);
    uint8_t bytes[1000];
    size_t n = put_vxlan(bytes, 100);
    uint16_t from_port = send_from(from, to, port, bytes, n);
    size_t headers = strchr(from, ':') ? 48 : 28;

    assert_int_equal(read_all(u, s), 1);
    assert_int_equal(s->frame.bytes.n, headers + n);
    assert_int_equal(s->frame.wire_len, headers + n);
    assert_int_equal(s->frame.linktype, 101);
    assert_int_equal(s->frame.number, 1);
    assert_int_equal(s->frame.file, 3);
    assert_true(llabs(s->frame.time_ns - (ns_t)time(NULL) * NS_PER_SEC) < 3 * NS_PER_SEC);
    assert_int_equal(view_be16(s->frame.bytes, headers - 8), from_port);
    assert_int_equal(view_be16(s->frame.bytes, headers - 6), port);
    assert_int_equal(s->counters.vxlan, 1);
    assert_int_equal(s->counters.tcp, 1);
    assert_int_equal(s->counters.truncated, 0);
    assert_int_equal(s->packet.vni, 0xabcdef);
    assert_int_equal(s->packet.dport, 3333);
    assert_int_equal(s->packet.payload.n, 100);
    check_addr(&s->packet.outer_src, from);
    check_addr(&s->packet.outer_dst, to);
    assert_int_equal(read_all(u, s), 0); /* does not block */
    seen_free(s);
    udp_input_close(u);
}

/* True when the loopback interface has ::1; a container may be without IPv6. */
static bool have_ip6(void)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;

    if (fd >= 0)
        close(fd);
    if (!ok)
        print_message("no IPv6 here: left out\n");
    return ok;
}

static void test_outer(void **state)
{
    (void)state;
    check_outer("127.0.0.1", "127.0.0.7", "127.0.0.1");
    check_outer("0.0.0.0", "127.0.0.7", "127.1.2.3");
    if (have_ip6()) {
        check_outer("::1", "::1", "::1");
        check_outer("::", "::1", "::1");
    }
}

/* Longer than the snapshot length: the length on the wire is the true one. */
static void test_cut(void **state)
{
    static uint8_t bytes[65507];
    uint16_t port = free_port();
    struct udp_input_conf conf = conf_of("127.0.0.1", port);
    struct seen *s = seen_new(port, 1);
    struct udp_input *u;

    (void)state;
    conf.snaplen = 200;
    u = open_input(&conf);
    send_from("127.0.0.1", "127.0.0.1", port, bytes, put_vxlan(bytes, 1000));
    send_from("127.0.0.1", "127.0.0.1", port, bytes, put_vxlan(bytes, sizeof(bytes) - 62));
    assert_int_equal(read_all(u, s), 2);
    assert_int_equal(s->counters.truncated, 2);
    assert_int_equal(s->counters.tcp, 2);
    assert_int_equal(s->packet.payload_wire_len, sizeof(bytes) - 62);
    assert_int_equal(s->packet.payload.n, 200 - 48 - 62);
    send_from("127.0.0.1", "127.0.0.1", port, bytes, 0);
    assert_int_equal(read_all(u, s), 1);
    assert_int_equal(s->frame.wire_len, 28);
    assert_int_equal(s->counters.malformed_vxlan, 1);
    seen_free(s);
    udp_input_close(u);
}

/* All of a source on one socket, and not all sources on the same. */
static void test_group(void **state)
{
    uint16_t port = free_port();
    struct udp_input_conf conf = conf_of("127.0.0.1", port);
    struct udp_input *u[N_SOCKETS];
    struct seen *s[N_SOCKETS];
    uint8_t bytes[200];
    size_t n = put_vxlan(bytes, 0);

    (void)state;
    conf.n_sockets = N_SOCKETS;
    for (int i = 0; i < N_SOCKETS; i++) {
        u[i] = open_input(&conf);
        s[i] = seen_new(port, 1);
    }
    for (int source = 2; source < 34; source++)
        for (int i = 0; i < 4; i++) { /* each from a port of its own */
            char from[32];

            snprintf(from, sizeof(from), "127.0.0.%d", source);
            send_from(from, "127.0.0.1", port, bytes, n);
        }
    for (int i = 0; i < N_SOCKETS; i++) {
        assert_true(read_all(u[i], s[i]) >= 4 * 4); /* of 32 sources, 16 expected */
        for (uint32_t at = 0; at < s[i]->n; at++)
            assert_int_equal(addr_cmp(&s[i]->outer[at], &s[i]->outer[at & ~3u]), 0);
    }
    assert_int_equal(s[0]->n + s[1]->n, 32 * 4);
    for (int i = 0; i < N_SOCKETS; i++) {
        seen_free(s[i]);
        udp_input_close(u[i]);
    }
}

/* GENEVE as of a gateway load balancer: IPv4 with VXLAN inside. By the inner outer source, whoever sends. */
static void test_geneve(void **state)
{
    uint16_t port = free_port();
    struct udp_input_conf conf = conf_of("127.0.0.1", port);
    struct udp_input *u[N_SOCKETS];
    struct seen *s[N_SOCKETS];
    uint32_t n_with = 0;

    (void)state;
    conf.n_sockets = N_SOCKETS;
    conf.vxlan = one_port(4789);
    for (int i = 0; i < N_SOCKETS; i++) {
        u[i] = open_input(&conf);
        s[i] = seen_new(4789, port);
    }
    for (uint32_t i = 0; i < 128; i++) {
        uint8_t bytes[500] = {8, 0, 0x08, 0x00}, *ip = bytes + 8 + 32;
        size_t n = put_vxlan(ip + 28, 10);
        char from[32];

        ip[0] = 0x45;
        put_be16(ip + 2, 28 + (uint32_t)n);
        ip[9] = 17;
        put_be32(ip + 12, 0x0a000100 + i / 4);
        put_be16(ip + 20, 1000 + i);
        put_be16(ip + 22, 4789);
        put_be16(ip + 24, 8 + (uint32_t)n);
        snprintf(from, sizeof(from), "127.0.0.%u", 2 + i % 4);
        send_from(from, "127.0.0.1", port, bytes, 8 + 32 + 28 + n);
    }
    for (int i = 0; i < N_SOCKETS; i++) {
        n_with += read_all(u[i], s[i]) > 0;
        assert_int_equal(s[i]->counters.tcp, s[i]->n);
        assert_int_equal(s[i]->counters.geneve, s[i]->n);
        assert_int_equal(s[i]->counters.vxlan, s[i]->n);
        for (uint32_t at = 0; at < s[i]->n; at++)
            assert_int_equal(addr_cmp(&s[i]->outer[at], &s[i]->outer[at & ~3u]), 0);
    }
    assert_int_equal(s[0]->n + s[1]->n, 128);
    assert_int_equal(n_with, N_SOCKETS);
    for (int i = 0; i < N_SOCKETS; i++) {
        seen_free(s[i]);
        udp_input_close(u[i]);
    }
}

/* A socket that is not read fills; what did not fit is counted, exactly, once there is room again. */
static void test_drops(void **state)
{
    uint16_t port = free_port();
    struct udp_input_conf conf = conf_of("127.0.0.1", port);
    struct seen *s = seen_new(port, 1);
    uint64_t received, dropped;
    struct udp_input *u;
    uint8_t bytes[1200];
    size_t n = put_vxlan(bytes, 1000);

    (void)state;
    conf.buffer = 1;
    u = open_input(&conf);
    assert_in_range(udp_input_buffer(u), 512, 65536); /* the kernel's least */
    for (int i = 0; i < 200; i++)
        send_from("127.0.0.1", "127.0.0.1", port, bytes, n);
    read_all(u, s);
    udp_input_drops(u, &received, &dropped);
    assert_in_range(received, 1, 199);
    send_from("127.0.0.1", "127.0.0.1", port, bytes, n);
    read_all(u, s);
    udp_input_drops(u, &received, &dropped);
    assert_int_equal(received + dropped, 201);
    assert_int_equal(received, s->n);
    seen_free(s);
    udp_input_close(u);
}

/* `max` is kept, and the rest comes with the next call, in order. */
static void test_max(void **state)
{
    uint16_t port = free_port();
    struct udp_input_conf conf = conf_of("127.0.0.1", port);
    struct udp_input *u = open_input(&conf);
    struct seen *s = seen_new(port, 1);
    uint8_t bytes[200];
    int n, total = 0;

    (void)state;
    for (int i = 0; i < 50; i++)
        send_from("127.0.0.1", "127.0.0.1", port, bytes, put_vxlan(bytes, 0));
    for (; total < 45; total += n) {
        assert_int_equal(udp_input_read(u, 3, look, s, &n), LIVE_OK);
        assert_int_equal(n, 3);
    }
    assert_int_equal(udp_input_read(u, 1000, look, s, &n), LIVE_OK);
    assert_int_equal(n, 5);
    assert_int_equal(s->frame.number, 50);
    seen_free(s);
    udp_input_close(u);
}

static void test_addresses(void **state)
{
    static const char *const bad[] = {"", "localhost", "127.0.0.1:4789", "[::1]", "fe80::1%eth0", "1.2.3", "1.2.3.4 "};
    struct udp_input_conf conf = conf_of("192.0.2.1", free_port());
    struct addr a;
    char why[256] = "";

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(udp_input_address(bad[i], &a));
    assert_true(udp_input_address("::", &a));
    assert_true(addr_is_none(&a));
    assert_null(udp_input_open(&conf, why, sizeof(why))); /* TEST-NET-1: nobody's own */
    assert_non_null(strstr(why, "Cannot assign requested address"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outer),     cmocka_unit_test(test_cut),   cmocka_unit_test(test_group),
        cmocka_unit_test(test_geneve),    cmocka_unit_test(test_drops), cmocka_unit_test(test_max),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
