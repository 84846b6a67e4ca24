/*
 * test_sources.c - the counts of sources, of tunnelled packets by themselves and of all through a pipeline.
 */
#include "config.h"

#include "detect/pipeline.h"

#include "../put.h"
#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)
#define LINKTYPE_RAW_IP 101

static struct hash_key hash;

static struct packet packet_from(const struct frame *f, uint32_t n)
{
    struct packet p = {.frame = f, .n_encap = 1, .vni = n & 0xffffff, .ip_proto = IPPROTO_NUM_TCP};
    uint8_t b[4];

    put_be32(b, 0x0a000000 + n);
    addr_set_v4(&p.outer_src, b);
    return p;
}

static void test_counts(void **state)
{
    struct frame f = {.time_ns = START, .bytes = {NULL, 100}, .wire_len = 100};
    struct packet p = packet_from(&f, 7);
    struct source_count c;
    struct sources t;

    (void)state;
    assert_true(sources_init(&t, &hash));
    assert_int_equal(sources_n(&t), 0);
    p.tcp_flags = TCP_SYN;
    sources_count(&t, &p);
    f.time_ns++;
    p.tcp_flags = TCP_SYN | TCP_ACK;
    sources_count(&t, &p);
    p.tcp_flags = TCP_ACK;
    p.payload_wire_len = 10; /* the mirror cut it */
    sources_count(&t, &p);
    f.wire_len = 101; /* the snap length, too */
    sources_count(&t, &p);
    f.wire_len = 100;
    p.ip_proto = IPPROTO_NUM_UDP;
    p.payload_wire_len = 0;
    p.tcp_flags = TCP_SYN; /* of the packet before it */
    sources_count(&t, &p);
    sources_dns(&t, &p);
    packet_clear(&p);
    f.time_ns++;
    sources_count(&t, &p);
    assert_int_equal(sources_n(&t), 1);
    sources_at(&t, 0, &c);
    assert_int_equal(addr_cmp(&c.addr, &p.outer_src), 0);
    assert_int_equal(c.vni, 7);
    assert_int_equal(c.packets, 6);
    assert_int_equal(c.tcp, 4);
    assert_int_equal(c.syn, 1);
    assert_int_equal(c.syn_ack, 1);
    assert_int_equal(c.dns, 1);
    assert_int_equal(c.truncated, 2);
    assert_int_equal(c.first_ns, START);
    assert_int_equal(c.last_ns, START + 2);
    sources_fini(&t);
}

/* The same address in another network is another source. */
static void test_keys(void **state)
{
    struct frame f = {.time_ns = START};
    struct packet p = packet_from(&f, 7);
    struct sources t;

    (void)state;
    assert_true(sources_init(&t, &hash));
    sources_count(&t, &p);
    p.vni++;
    sources_count(&t, &p);
    p.outer_src.b[0] = 0x20;
    sources_count(&t, &p);
    p.outer_dst.b[0] = 1; /* does not matter */
    sources_count(&t, &p);
    assert_int_equal(sources_n(&t), 3);
    sources_fini(&t);
}

/* More sources than fit: the one idle longest goes, counted, and what it counted is not missing in the rest. */
static void test_full(void **state)
{
    struct frame f = {.time_ns = START};
    struct source_count all = {.packets = 3 * SOURCES_MAX + 5, .tcp = 3 * SOURCES_MAX + 1, .last_ns = START}, c;
    struct packet keep = packet_from(&f, 0);
    struct sources t;

    (void)state;
    assert_true(sources_init(&t, &hash));
    for (uint32_t n = 0; n < 2 * SOURCES_MAX; n++) {
        struct packet p = packet_from(&f, n + 1);

        sources_count(&t, &p);
        if (n % 2)
            sources_count(&t, &keep);
    }
    assert_int_equal(t.n_evicted, SOURCES_MAX + 1);
    assert_int_equal(sources_n(&t), SOURCES_MAX);
    sources_set_total(&t, &all);
    assert_int_equal(sources_n(&t), SOURCES_MAX + 1);
    sources_at(&t, SOURCES_MAX, &c);
    assert_int_equal(c.vni, SOURCE_PLAIN);
    assert_int_equal(c.packets, 5);
    assert_int_equal(c.tcp, 1);
    for (uint32_t i = 0, found = 0; i < SOURCES_MAX; i++) {
        sources_at(&t, i, &c);
        found += c.vni == 0;
        if (c.vni == 0)
            assert_int_equal(c.packets, SOURCES_MAX);
        assert_true(c.vni == 0 || c.vni > SOURCES_MAX);
        assert_true(i < SOURCES_MAX - 1 || found == 1);
    }
    sources_fini(&t);
}

/* Drained in parts: everything comes once. */
static void test_drain(void **state)
{
    struct frame f = {.time_ns = START};
    struct source_count all = {.packets = 0}, out[7];
    uint64_t n_packets = 0, n_given = 0;
    struct sources t;

    (void)state;
    assert_true(sources_init(&t, &hash));
    for (uint32_t round = 0; round < 1000; round++) {
        uint32_t n;

        for (uint32_t i = 0; i < round % 40; i++) {
            struct packet p = packet_from(&f, i * round % 3000);

            sources_count(&t, &p);
            n_packets++;
        }
        all.packets = n_packets + round;
        sources_set_total(&t, &all);
        n = sources_drain(&t, out, ARRAY_LEN(out));
        for (uint32_t i = 0; i < n; i++) {
            assert_true(out[i].packets > 0);
            n_given += out[i].packets;
        }
    }
    while (true) {
        uint32_t n = sources_drain(&t, out, ARRAY_LEN(out));

        for (uint32_t i = 0; i < n; i++)
            n_given += out[i].packets;
        if (n == 0)
            break;
    }
    assert_int_equal(t.n_evicted, 0);
    assert_int_equal(n_given, n_packets + 999);
    for (uint32_t i = 0; i < sources_n(&t); i++) {
        sources_at(&t, i, &out[0]);
        assert_int_equal(out[0].packets, 0);
    }
    sources_fini(&t);
}

/* --- through a pipeline -------------------------------------------------------------------------- */

struct bytes {
    uint8_t b[512];
    size_t n;
};

static uint8_t *add(struct bytes *f, size_t n)
{
    assert_true(f->n + n <= sizeof(f->b));
    memset(f->b + f->n, 0, n);
    f->n += n;
    return f->b + f->n - n;
}

static void add_ip(struct bytes *f, uint8_t proto, uint32_t src, uint32_t dst, size_t inside)
{
    uint8_t *h = add(f, 20);

    h[0] = 0x45;
    put_be16(h + 2, (uint32_t)(20 + inside));
    h[8] = 64;
    h[9] = proto;
    put_be32(h + 12, src);
    put_be32(h + 16, dst);
}

static void add_udp(struct bytes *f, uint16_t sport, uint16_t dport, size_t inside)
{
    uint8_t *h = add(f, 8);

    put_be16(h, sport);
    put_be16(h + 2, dport);
    put_be16(h + 4, (uint32_t)(8 + inside));
}

/* VXLAN from a source, up to the inner Ethernet header; `inside` bytes follow. */
static void add_vxlan(struct bytes *f, uint32_t src, uint32_t vni, size_t inside)
{
    uint8_t *h;

    add_ip(f, 17, src, 0x0a0000fe, 8 + 8 + 14 + inside);
    add_udp(f, 50000, 4789, 8 + 14 + inside);
    h = add(f, 8);
    h[0] = 8;
    put_be32(h + 4, vni << 8);
    h = add(f, 14);
    put_be16(h + 12, 0x0800);
}

static void add_tcp(struct bytes *f, uint8_t flags, uint16_t port, size_t payload)
{
    uint8_t *h;

    add_ip(f, 6, 0x0a010101, 0xcb007105, 20 + payload);
    h = add(f, 20);
    put_be16(h, port);
    put_be16(h + 2, 443);
    h[12] = 0x50;
    h[13] = flags;
    (void)add(f, payload);
}

static void add_dns(struct bytes *f)
{
    static const char message[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04pool\x07"
                                  "example\x00\x00\x01\x00\x01";

    add_ip(f, 17, 0x0a010101, 0x0a0000fd, 8 + sizeof(message) - 1);
    add_udp(f, 40000, 53, sizeof(message) - 1);
    memcpy(add(f, sizeof(message) - 1), message, sizeof(message) - 1);
}

static void ignore(void *arg, const struct evidence *e)
{
    (void)e;
    ++*(int *)arg;
}

static void give(struct pipeline *pl, const struct bytes *b, ns_t t, size_t cut)
{
    struct frame f = {view_of(b->b, b->n - cut), (uint32_t)b->n, LINKTYPE_RAW_IP, t, 1, 0};

    pipeline_frames(pl, &f, 1);
}

static void expect(const struct source_count *c, uint32_t vni, const uint64_t want[6])
{
    assert_int_equal(c->vni, vni);
    assert_int_equal(c->packets, want[0]);
    assert_int_equal(c->tcp, want[1]);
    assert_int_equal(c->dns, want[2]);
    assert_int_equal(c->syn, want[3]);
    assert_int_equal(c->syn_ack, want[4]);
    assert_int_equal(c->truncated, want[5]);
}

static void test_pipeline(void **state)
{
    struct bytes plain_syn = {.n = 0}, plain_dns = {.n = 0}, syn = {.n = 0}, syn_ack = {.n = 0}, dns = {.n = 0}, odd = {.n = 0},
                 data = {.n = 0};
    struct pipeline *pl;
    struct sources *t;
    struct source_count c;
    struct conf conf;
    int n_records = 0;

    (void)state;
    conf_defaults(&conf);
    conf.limits = (struct limits){.max_flows = 64, .max_dialogues = 8, .max_blocks = 8, .max_fragments = 8, .max_findings = 8};
    pl = pipeline_new(&conf, &hash, small_feed(), ignore, &n_records);
    assert_non_null(pl);
    add_tcp(&plain_syn, TCP_SYN, 1000, 0);
    add_dns(&plain_dns);
    add_vxlan(&syn, 0x0a000001, 5, 40);
    add_tcp(&syn, TCP_SYN, 2000, 0);
    add_vxlan(&syn_ack, 0x0a000001, 5, 40);
    add_tcp(&syn_ack, TCP_SYN | TCP_ACK, 3000, 0);
    add_vxlan(&dns, 0x0a000001, 5, 58);
    add_dns(&dns);
    add_vxlan(&odd, 0x0a000002, 5, 20);
    add_ip(&odd, 1, 1, 2, 0); /* ICMP */
    add_vxlan(&data, 0x0a000002, 5, 140);
    add_tcp(&data, TCP_ACK, 4000, 100);
    for (int i = 0; i < 3; i++) {
        give(pl, &plain_syn, START + i, 0);
        give(pl, &plain_dns, START + i, 0);
        give(pl, &plain_dns, START + i, 1);
        give(pl, &syn, START + i, 0);
        give(pl, &syn_ack, START + i, 0);
        give(pl, &dns, START + i, 0);
        give(pl, &odd, START + i, 0);
        give(pl, &data, START + i, 50);
    }
    assert_true(n_records > 0);
    t = pipeline_sources(pl);
    assert_int_equal(sources_n(t), 3);
    sources_at(t, 0, &c);
    expect(&c, 5, (const uint64_t[]){9, 6, 3, 3, 3, 0});
    sources_at(t, 1, &c);
    expect(&c, 5, (const uint64_t[]){6, 3, 0, 0, 0, 3});
    assert_int_equal(c.addr.b[15], 2);
    sources_at(t, 2, &c);
    expect(&c, SOURCE_PLAIN, (const uint64_t[]){9, 3, 6, 3, 0, 3});
    assert_int_equal(c.last_ns, START + 2);
    pipeline_free(pl);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_keys),
                                              cmocka_unit_test(test_full), cmocka_unit_test(test_drain),
                                              cmocka_unit_test(test_pipeline)};

    hash_key_fixed(&hash, 3);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
