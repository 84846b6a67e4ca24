/*
 * test_fanout.c - which worker gets a packet: the programs of fanout.c, run by a small interpreter over packets as
 * the kernel shows them.
 */
#include "config.h"

#include "capture/fanout.h"

#include "../put.h"

#include <linux/if_packet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY 0x12345678
#define WORKERS 4

static const struct conf_ports vxlan_ports = {{4789, 8472}, 2}, geneve_ports = {{6081}, 1};

/* A packet as the kernel hands it to a program. */
struct skb {
    uint8_t bytes[2048];
    uint32_t n;
    uint32_t data;    /* where positive offsets count from */
    uint32_t network; /* where the network header is */
    uint32_t type;    /* PACKET_OUTGOING, or else received */
    uint16_t protocol;
    uint32_t hash;
};

static bool load(const struct skb *s, uint32_t k, uint32_t size, uint32_t *out)
{
    uint64_t at = (uint64_t)s->data + k;

    if (k == (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE))
        return *out = s->type, true;
    if (k == (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL))
        return *out = s->protocol, true;
    if (k == (uint32_t)(SKF_AD_OFF + SKF_AD_RXHASH))
        return *out = s->hash, true;
    if (k >= 0x80000000u) {
        assert_true(k >= (uint32_t)SKF_NET_OFF);
        at = (uint64_t)s->network + (k - (uint32_t)SKF_NET_OFF);
    }
    if (at + size > s->n)
        return false;
    *out = 0;
    for (uint32_t i = 0; i < size; i++)
        *out = *out << 8 | s->bytes[at + i];
    return true;
}

static uint32_t run(const struct fanout_program *p, const struct skb *s)
{
    uint32_t a = 0, x = 0, cell[BPF_MEMWORDS] = {0};

    for (uint32_t i = 0; i < p->n; i++) {
        struct sock_filter c = p->code[i];

        switch (c.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (!load(s, c.k, 4, &a))
                return 0;
            break;
        case BPF_LD | BPF_H | BPF_ABS:
            if (!load(s, c.k, 2, &a))
                return 0;
            break;
        case BPF_LD | BPF_W | BPF_IND:
            if (!load(s, x + c.k, 4, &a))
                return 0;
            break;
        case BPF_LD | BPF_H | BPF_IND:
            if (!load(s, x + c.k, 2, &a))
                return 0;
            break;
        case BPF_LD | BPF_B | BPF_IND:
            if (!load(s, x + c.k, 1, &a))
                return 0;
            break;
        case BPF_LD | BPF_IMM: a = c.k; break;
        case BPF_LDX | BPF_IMM: x = c.k; break;
        case BPF_LD | BPF_MEM: a = cell[c.k]; break;
        case BPF_LDX | BPF_MEM: x = cell[c.k]; break;
        case BPF_ST: cell[c.k] = a; break;
        case BPF_STX: cell[c.k] = x; break;
        case BPF_MISC | BPF_TAX: x = a; break;
        case BPF_MISC | BPF_TXA: a = x; break;
        case BPF_ALU | BPF_ADD | BPF_K: a += c.k; break;
        case BPF_ALU | BPF_ADD | BPF_X: a += x; break;
        case BPF_ALU | BPF_MUL | BPF_K: a *= c.k; break;
        case BPF_ALU | BPF_MOD | BPF_K: a %= c.k; break;
        case BPF_ALU | BPF_AND | BPF_K: a &= c.k; break;
        case BPF_ALU | BPF_LSH | BPF_K: a <<= c.k; break;
        case BPF_ALU | BPF_RSH | BPF_K: a >>= c.k; break;
        case BPF_ALU | BPF_XOR | BPF_X: a ^= x; break;
        case BPF_JMP | BPF_JA: i += c.k; break;
        case BPF_JMP | BPF_JEQ | BPF_K: i += a == c.k ? c.jt : c.jf; break;
        case BPF_JMP | BPF_JSET | BPF_K: i += a & c.k ? c.jt : c.jf; break;
        case BPF_RET | BPF_A: return a;
        default: fail_msg("instruction %x", c.code);
        }
    }
    fail_msg("ran over the end");
    return 0;
}

/* --- packets ------------------------------------------------------------------------------------ */

struct end {
    bool is_ip6;
    uint32_t address; /* the last 4 bytes of one of IPv6 */
    uint16_t port;
};

static const struct end client = {false, 0x0a000001, 40000}, pool = {false, 0xc6336402, 3333};
static const struct end client6 = {true, 0x0a000001, 40000}, pool6 = {true, 0xc6336402, 3333};

static uint32_t put_address(uint8_t *p, const struct end *e)
{
    if (e->is_ip6) {
        memset(p, 0, 16);
        put_be32(p, 0x20010db8);
        p += 12;
    }
    put_be32(p, e->address);
    return e->is_ip6 ? 16 : 4;
}

/* An IP header with `options` words of options (IPv4), and a transport header. Gives what they take. */
static uint32_t put_ip(uint8_t *p, const struct end *from, const struct end *to, uint8_t protocol, uint32_t options)
{
    uint32_t n = from->is_ip6 ? 40 : 20 + options * 4, at = from->is_ip6 ? 8 : 12;

    memset(p, 0, n + 20);
    p[0] = from->is_ip6 ? 0x60 : (uint8_t)(0x45 + options);
    p[from->is_ip6 ? 6 : 9] = protocol;
    at += put_address(p + at, from);
    put_address(p + at, to);
    put_be16(p + n, from->port);
    put_be16(p + n + 2, to->port);
    return n + (protocol == 17 ? 8 : 20);
}

/* From the network header on. */
static struct skb received(const struct end *from, const struct end *to, uint8_t protocol, uint32_t options)
{
    struct skb s = {.data = 14, .network = 14, .protocol = from->is_ip6 ? 0x86dd : 0x0800, .hash = 77};

    s.n = 14 + put_ip(s.bytes + 14, from, to, protocol, options);
    return s;
}

/* The same as sent by this machine, with n_tags tags in the frame. */
static struct skb sent(struct skb s, uint32_t n_tags)
{
    uint32_t n = s.n - s.data;

    memmove(s.bytes + 14 + n_tags * 4, s.bytes + s.data, n);
    memset(s.bytes, 0, 14 + n_tags * 4);
    for (uint32_t i = 0; i < n_tags; i++)
        put_be16(s.bytes + 12 + i * 4, i == 0 && n_tags == 2 ? 0x88a8 : 0x8100);
    put_be16(s.bytes + 12 + n_tags * 4, s.protocol);
    s.data = 0;
    s.network = 14 + n_tags * 4;
    s.n = n + s.network;
    s.type = PACKET_OUTGOING;
    return s;
}

/* The kernel takes the outermost tag out of what is received; a second one is still there. */
static struct skb second_tag(struct skb s)
{
    memmove(s.bytes + s.data + 4, s.bytes + s.data, s.n - s.data);
    put_be16(s.bytes + s.data, 5);
    put_be16(s.bytes + s.data + 2, s.protocol);
    s.protocol = 0x8100;
    s.n += 4;
    return s;
}

static void put_inside(struct skb *s, const struct skb *inner)
{
    memcpy(s->bytes + s->n, inner->bytes + inner->data, inner->n - inner->data);
    s->n += inner->n - inner->data;
}

static struct skb vxlan(struct end from, struct end to, const struct skb *inner)
{
    struct skb s;

    to.port = 4789;
    s = received(&from, &to, 17, 0);
    memset(s.bytes + s.n, 0, 8 + 14);
    s.bytes[s.n] = 8;
    put_be16(s.bytes + s.n + 8 + 12, inner->protocol);
    s.n += 8 + 14;
    put_inside(&s, inner);
    return s;
}

static struct skb geneve(struct end from, struct end to, uint32_t n_words, bool ethernet, const struct skb *inner)
{
    struct skb s;

    to.port = 6081;
    s = received(&from, &to, 17, 0);
    memset(s.bytes + s.n, 0xee, 8 + n_words * 4);
    s.bytes[s.n] = (uint8_t)n_words;
    put_be16(s.bytes + s.n + 2, ethernet ? 0x6558 : inner->protocol);
    s.n += 8 + n_words * 4;
    if (ethernet) {
        memset(s.bytes + s.n, 0, 14);
        put_be16(s.bytes + s.n + 12, inner->protocol);
        s.n += 14;
    }
    put_inside(&s, inner);
    return s;
}

static struct skb piece(struct skb s, uint16_t offset, bool more)
{
    if (s.protocol == 0x0800) {
        put_be16(s.bytes + s.data + 6, (uint32_t)(offset | (more ? 0x2000 : 0)));
        return s;
    }
    memmove(s.bytes + s.data + 48, s.bytes + s.data + 40, s.n - s.data - 40);
    memset(s.bytes + s.data + 40, 0, 8);
    s.bytes[s.data + 40] = s.bytes[s.data + 6];
    s.bytes[s.data + 6] = 44;
    put_be16(s.bytes + s.data + 42, (uint32_t)(offset << 3 | more));
    s.n += 8;
    return s;
}

/* --- tests -------------------------------------------------------------------------------------- */

static uint32_t choose(struct skb s)
{
    struct fanout_program p;

    fanout_packet_program(&p, FANOUT_ETHERNET, &vxlan_ports, &geneve_ports, KEY);
    return run(&p, &s);
}

static void test_both_directions(void **state)
{
    static const struct end *const ends[2][2] = {{&client, &pool}, {&client6, &pool6}};

    (void)state;
    for (int v = 0; v < 2; v++) {
        struct skb there = received(ends[v][0], ends[v][1], 6, 0), back = received(ends[v][1], ends[v][0], 6, 0);
        uint32_t chosen = choose(there);
        struct end other = *ends[v][0];

        assert_int_equal(choose(back), chosen);
        for (uint32_t n_tags = 0; n_tags <= 2; n_tags++) {
            assert_int_equal(choose(sent(there, n_tags)), chosen);
            assert_int_equal(choose(sent(back, n_tags)), chosen);
        }
        assert_int_equal(choose(second_tag(there)), chosen);
        other.port++;
        assert_int_not_equal(choose(received(&other, ends[v][1], 6, 0)), chosen);
        other.port--;
        other.address++;
        assert_int_not_equal(choose(received(&other, ends[v][1], 6, 0)), chosen);
    }
    for (uint32_t options = 0; options <= 10; options++)
        assert_int_equal(choose(received(&client, &pool, 6, options)), choose(received(&pool, &client, 6, 10 - options)));
    /* DNS, and a protocol without ports. */
    assert_int_equal(choose(received(&client, &pool, 17, 0)), choose(received(&pool, &client, 17, 0)));
    assert_int_equal(choose(received(&client, &pool, 1, 0)), choose(received(&pool, &client, 1, 0)));
}

/* All of a source, whatever its ports and what is inside. */
static void test_vxlan(void **state)
{
    struct skb there = received(&client, &pool, 6, 0), back = received(&pool, &client, 6, 0);
    struct end eni = {false, 0x0a000107, 1000}, eni6 = {true, 0x0a000107, 1000}, sensor = {false, 0x0a000109, 0},
               sensor6 = sensor;
    uint32_t chosen = choose(vxlan(eni, sensor, &there)), chosen6;

    (void)state;
    sensor6.is_ip6 = true;
    chosen6 = choose(vxlan(eni6, sensor6, &there));
    for (eni.port = 1; eni.port < 65000; eni.port += 1001) {
        eni6.port = eni.port;
        assert_int_equal(choose(vxlan(eni, sensor, eni.port & 8 ? &there : &back)), chosen);
        assert_int_equal(choose(vxlan(eni6, sensor6, eni.port & 8 ? &there : &back)), chosen6);
        assert_int_equal(choose(sent(vxlan(eni, sensor, &there), 0)), chosen);
    }
    sensor.address++;
    assert_int_equal(choose(vxlan(eni, sensor, &back)), chosen);
    eni.address++;
    assert_int_not_equal(choose(vxlan(eni, sensor, &there)), chosen);
    /* Its fragments too. */
    eni.address--;
    assert_int_equal(choose(piece(vxlan(eni, sensor, &there), 0, true)), chosen);
    assert_int_equal(choose(piece(vxlan(eni, sensor, &there), 185, false)), chosen);
    assert_int_equal(choose(piece(vxlan(eni6, sensor6, &there), 185, false)), chosen6);
}

static void test_geneve_vxlan(void **state)
{
    struct skb there = received(&client, &pool, 6, 0), mirrored, mirrored6;
    struct end eni = {false, 0x0a000107, 1000}, eni6 = {true, 0x0a000107, 1000}, sensor = {false, 0x0a000109, 0};
    struct end balancer = {false, 0x0a000301, 60000}, balancer6 = {true, 0x0a000301, 60000};

    (void)state;
    mirrored = vxlan(eni, sensor, &there);
    sensor.is_ip6 = true;
    mirrored6 = vxlan(eni6, sensor, &there);
    for (uint32_t n_words = 0; n_words < 64; n_words++) {
        balancer.address++;
        balancer.port++;
        sensor.is_ip6 = false;
        assert_int_equal(choose(geneve(balancer, sensor, n_words, false, &mirrored)), choose(mirrored));
        assert_int_equal(choose(geneve(balancer, sensor, n_words, true, &mirrored6)), choose(mirrored6));
        sensor.is_ip6 = true;
        assert_int_equal(choose(geneve(balancer6, sensor, n_words, true, &mirrored)), choose(mirrored));
        assert_int_equal(choose(geneve(balancer6, sensor, n_words, false, &mirrored6)), choose(mirrored6));
    }
}

/* Without VXLAN inside: by the inner connection. */
static void test_geneve(void **state)
{
    struct skb there = received(&client, &pool, 6, 0), back = received(&pool, &client, 6, 0);
    struct end balancer = {false, 0x0a000301, 60000}, other = {false, 0x0a000302, 60001}, sensor = {false, 0x0a000109, 0};
    struct skb arp = there;

    (void)state;
    assert_int_equal(choose(geneve(balancer, sensor, 8, false, &there)), choose(there));
    assert_int_equal(choose(geneve(other, sensor, 0, true, &back)), choose(there));
    there = second_tag(there);
    assert_int_equal(choose(geneve(other, sensor, 0, true, &there)), choose(back));
    /* What is inside is not IP: by the outer source. */
    arp.protocol = 0x0806;
    assert_int_equal(choose(geneve(balancer, sensor, 8, true, &arp)), choose(vxlan(balancer, sensor, &arp)));
    /* GENEVE inside GENEVE is an ordinary datagram, also for the decoder's purposes: the depth is bounded. */
    there = geneve(balancer, sensor, 0, false, &back);
    other.port = 9;
    back = geneve(other, sensor, 0, false, &there);
    other.port = 10;
    assert_int_equal(choose(geneve(other, sensor, 3, true, &there)), choose(back));
}

static void test_fragments(void **state)
{
    struct skb tcp = received(&client, &pool, 6, 0), tcp6 = received(&client6, &pool6, 6, 0);
    struct end other = client;

    (void)state;
    assert_int_equal(choose(piece(tcp, 0, true)), choose(piece(tcp, 100, false)));
    assert_int_equal(choose(piece(tcp6, 0, true)), choose(piece(tcp6, 100, false)));
    assert_int_equal(choose(piece(tcp, 100, true)), choose(piece(received(&pool, &client, 6, 0), 100, true)));
    assert_int_equal(choose(piece(tcp6, 100, true)), choose(piece(received(&pool6, &client6, 6, 0), 100, true)));
    other.port = 1;
    assert_int_equal(choose(piece(tcp, 0, true)), choose(piece(received(&other, &pool, 6, 0), 0, true)));
    /* Do not fragment is no fragment. */
    tcp.bytes[tcp.data + 6] = 0x40;
    assert_int_equal(choose(tcp), choose(received(&pool, &client, 6, 0)));
}

static void test_others(void **state)
{
    struct skb s = received(&client, &pool, 6, 0), raw = s;
    struct fanout_program p;
    uint32_t chosen = choose(s);

    (void)state;
    s.protocol = 0x8847;
    assert_int_equal(choose(s), 77);
    assert_int_equal(choose(sent(s, 1)), 77);
    /* Links without a header of 14 bytes. */
    raw.type = PACKET_OUTGOING;
    fanout_packet_program(&p, FANOUT_RAW, &vxlan_ports, &geneve_ports, KEY);
    assert_int_equal(run(&p, &raw), chosen);
    fanout_packet_program(&p, FANOUT_OTHER, &vxlan_ports, &geneve_ports, KEY);
    assert_int_equal(run(&p, &raw), 77);
    raw.type = PACKET_HOST;
    assert_int_equal(run(&p, &raw), chosen);
    /* Another key, another choice. */
    fanout_packet_program(&p, FANOUT_ETHERNET, &vxlan_ports, &geneve_ports, KEY + 1);
    assert_int_not_equal(run(&p, &raw), chosen);
}

/* Cut anywhere: it ends, and what has its headers has its worker. */
static void test_cut(void **state)
{
    struct end balancer = {false, 0x0a000301, 60000}, sensor = {false, 0x0a000109, 0};
    struct skb there = received(&client, &pool, 6, 0), mirrored = vxlan(balancer, sensor, &there), s, whole;

    (void)state;
    whole = geneve(balancer, sensor, 8, false, &mirrored);
    for (uint32_t n = whole.data; n <= whole.n; n++) {
        s = whole;
        s.n = n;
        assert_int_equal(choose(s), n < whole.data + 28 + 40 + 24 ? 0 : choose(mirrored));
    }
}

static void test_balance(void **state)
{
    uint32_t by_flow[WORKERS] = {0}, by_flow6[WORKERS] = {0}, by_source[WORKERS] = {0};
    struct skb inner = received(&client, &pool, 6, 0);
    struct end from = client, eni = {false, 0x0a000000, 1000}, sensor = {false, 0x0a000109, 0};

    (void)state;
    for (uint32_t i = 0; i < 4000; i++) {
        struct end from6;

        from.address = 0x0a000000 + i / 100;
        from.port = (uint16_t)(32768 + i % 100);
        from6 = from;
        from6.is_ip6 = true;
        eni.address = 0x0a000000 + i;
        by_flow[choose(received(&from, &pool, 6, 0)) % WORKERS]++;
        by_flow6[choose(received(&from6, &pool6, 6, 0)) % WORKERS]++;
        by_source[choose(vxlan(eni, sensor, &inner)) % WORKERS]++;
    }
    for (int i = 0; i < WORKERS; i++) { /* 1000 each, and 5 standard deviations of 27 */
        assert_in_range(by_flow[i], 865, 1135);
        assert_in_range(by_flow6[i], 865, 1135);
        assert_in_range(by_source[i], 865, 1135);
    }
}

/* A UDP socket's program sees the payload of UDP. */
static uint32_t choose_socket(struct skb s, bool is_geneve, uint32_t n_sockets)
{
    struct fanout_program p;
    bool is_ip6 = s.protocol == 0x86dd;
    uint32_t chosen;

    fanout_socket_program(&p, is_ip6, is_geneve ? &vxlan_ports : NULL, n_sockets, KEY);
    s.data += is_ip6 ? 48 : 28;
    chosen = run(&p, &s);
    assert_true(chosen < n_sockets);
    return chosen;
}

static void test_sockets(void **state)
{
    struct skb there = received(&client, &pool, 6, 0), mirrored;
    struct end eni = {false, 0, 1000}, balancer = {false, 0x0a000301, 60000}, balancer6 = {true, 0x0a000301, 60000};
    struct end sensor = {false, 0x0a000109, 0}, sensor6 = {true, 0x0a000109, 0};

    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        eni.address = 0x0a000107 + i;
        eni.port++;
        balancer.port++;
        mirrored = vxlan(eni, sensor, &there);
        /* As on the wire. */
        assert_int_equal(choose_socket(mirrored, false, 1000), choose(mirrored) % 1000);
        assert_int_equal(choose_socket(geneve(balancer, sensor, i % 64, i & 1, &mirrored), true, 1000),
                         choose(mirrored) % 1000);
        assert_int_equal(choose_socket(geneve(balancer6, sensor6, i % 64, i & 1, &mirrored), true, 7), choose(mirrored) % 7);
        assert_int_equal(choose_socket(geneve(balancer, sensor, 0, false, &there), true, 16), choose(there) % 16);
    }
    assert_int_equal(choose_socket(vxlan(balancer6, sensor6, &there), false, 1000),
                     choose(vxlan(balancer6, sensor6, &there)) % 1000);
    assert_int_equal(choose_socket(mirrored, false, 1), 0);
}

static void accept_program(struct fanout_program *p)
{
    struct sock_fprog fprog = {p->n, p->code};
    int fd[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
    assert_int_equal(setsockopt(fd[0], SOL_SOCKET, SO_ATTACH_FILTER, &fprog, sizeof(fprog)), 0);
    close(fd[0]);
    close(fd[1]);
}

/* The kernel takes the programs, with as many ports as can be configured, and with none. */
static void test_kernel(void **state)
{
    struct conf_ports full = {.n = CONF_PORTS_MAX}, none = {.n = 0};
    struct fanout_program p;

    (void)state;
    for (uint16_t i = 0; i < CONF_PORTS_MAX; i++)
        full.port[i] = (uint16_t)(i + 1);
    for (int link = FANOUT_ETHERNET; link <= FANOUT_OTHER; link++) {
        fanout_packet_program(&p, (enum fanout_link)link, &full, &full, KEY);
        print_message("%u instructions\n", p.n);
        accept_program(&p);
        fanout_packet_program(&p, (enum fanout_link)link, &none, &none, KEY);
        accept_program(&p);
    }
    fanout_socket_program(&p, true, &full, 16, KEY);
    accept_program(&p);
    fanout_socket_program(&p, false, NULL, 16, KEY);
    accept_program(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_directions),
        cmocka_unit_test(test_vxlan),
        cmocka_unit_test(test_geneve_vxlan),
        cmocka_unit_test(test_geneve),
        cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_sockets),
        cmocka_unit_test(test_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
