/*
 * test_flow.c - the flow table: keys, first packets, caps, eviction, idle times, and a fill with random flows.
 */
#include "config.h"

#include "flow/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW (1000 * NS_PER_SEC)
#define CAP 64
#define RECORDS_MAX 8192

/* A table and what its end callback was told. */
struct bench {
    struct flow_table *table;
    uint32_t n_ended[4]; /* by enum flow_end */
    struct flow last;    /* the record that ended last */
    bool live[RECORDS_MAX];
    uint32_t n_live;
    bool protect; /* new records are protected */
    struct frame frame;
};

static void on_end(void *arg, struct flow *f, enum flow_end why)
{
    struct bench *b = arg;
    uint32_t i = flow_index(b->table, f);

    b->n_ended[why]++;
    b->last = *f;
    assert_true(i < RECORDS_MAX && b->live[i]); /* once for each record */
    assert_ptr_equal(flow_at(b->table, i), f);
    b->live[i] = false;
    b->n_live--;
}

static struct bench *bench_new(uint32_t cap)
{
    struct bench *b = calloc(1, sizeof(*b));
    struct hash_key key;

    assert_non_null(b);
    hash_key_fixed(&key, 7);
    b->table = flow_table_new(cap, &key, on_end, b);
    assert_non_null(b->table);
    b->frame.time_ns = NOW;
    return b;
}

static int setup(void **state)
{
    *state = bench_new(CAP);
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    flow_end_all(b->table);
    assert_int_equal(b->n_live, 0);
    assert_int_equal(flow_counters(b->table)->created, b->n_ended[0] + b->n_ended[1] + b->n_ended[2] + b->n_ended[3]);
    flow_table_free(b->table);
    free(b);
    return 0;
}

static struct addr v4(uint32_t host)
{
    uint8_t bytes[4] = {(uint8_t)(host >> 24), (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host};
    struct addr a;

    addr_set_v4(&a, bytes);
    return a;
}

static struct addr v6(uint8_t last)
{
    return (struct addr){{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}};
}

static struct packet packet_of(struct addr src, uint16_t sport, struct addr dst, uint16_t dport, unsigned flags, uint32_t len)
{
    return (struct packet){.src = src,
                           .dst = dst,
                           .sport = sport,
                           .dport = dport,
                           .is_v4 = addr_is_v4(&src),
                           .ip_proto = IPPROTO_NUM_TCP,
                           .tcp_flags = (uint8_t)flags,
                           .payload_wire_len = len};
}

static struct packet turned(const struct packet *p)
{
    struct packet back = *p;

    back.src = p->dst;
    back.dst = p->src;
    back.sport = p->dport;
    back.dport = p->sport;
    return back;
}

static struct flow *touch(struct bench *b, struct packet *p)
{
    struct flow_key key;
    uint64_t created = flow_counters(b->table)->created;
    struct flow *f;

    p->frame = &b->frame;
    flow_key_of(b->table, p, &key);
    flow_prefetch(b->table, &key);
    f = flow_touch(b->table, &key, p);
    if (flow_counters(b->table)->created > created) {
        b->live[flow_index(b->table, f)] = true;
        b->n_live++;
        if (b->protect)
            f->flags |= FLOW_PROTECTED;
    }
    return f;
}

static struct flow *touch_v4(struct bench *b, uint32_t host, unsigned flags, uint32_t len)
{
    struct packet p = packet_of(v4(host), 40000, v4(0xcb007109), 3333, flags, len);

    return touch(b, &p);
}

static struct flow_key key_of(struct bench *b, const struct packet *p)
{
    struct flow_key key;

    memset(&key, 0, sizeof(key));
    flow_key_of(b->table, p, &key);
    return key;
}

static bool same_key(struct bench *b, const struct packet *p, const struct packet *q)
{
    struct flow_key x = key_of(b, p), y = key_of(b, q);

    return x.id.lo == y.id.lo && x.id.hi == y.id.hi && x.hash == y.hash;
}

/* --- keys ----------------------------------------------------------------------------------- */

static void check_both_ways(struct bench *b, struct packet p)
{
    struct packet back = turned(&p);

    assert_true(same_key(b, &p, &back));
    assert_int_not_equal(key_of(b, &p).dir, key_of(b, &back).dir);
}

static void test_both_directions_one_key(void **state)
{
    struct bench *b = *state;
    struct packet p = packet_of(v4(0x0a000001), 50000, v4(0x0a000002), 3333, TCP_ACK, 1);

    assert_int_equal(key_of(b, &p).dir, 0); /* from the lower address */
    check_both_ways(b, p);
    check_both_ways(b, packet_of(v4(0x0a000002), 1, v4(0x0a000001), 2, TCP_ACK, 1));
    check_both_ways(b, packet_of(v4(0x0a000001), 9, v4(0x0a000001), 3, TCP_ACK, 1)); /* one host with itself */
    check_both_ways(b, packet_of(v6(1), 50000, v6(2), 3333, TCP_ACK, 1));
    check_both_ways(b, packet_of(v6(1), 9, v6(1), 3, TCP_ACK, 1));
}

static void test_each_part_of_the_tuple_counts(void **state)
{
    struct bench *b = *state;
    const struct packet p[] = {
        packet_of(v4(0x0a000001), 50000, v4(0x0a000009), 3333, TCP_ACK, 1),
        packet_of(v4(0x0a000002), 50000, v4(0x0a000009), 3333, TCP_ACK, 1),
        packet_of(v4(0x0a000001), 50001, v4(0x0a000009), 3333, TCP_ACK, 1),
        packet_of(v4(0x0a000001), 50000, v4(0x0a000008), 3333, TCP_ACK, 1),
        packet_of(v4(0x0a000001), 50000, v4(0x0a000009), 3334, TCP_ACK, 1),
        packet_of(v4(0x0a000001), 3333, v4(0x0a000009), 50000, TCP_ACK, 1),
        packet_of(v6(1), 50000, v6(9), 3333, TCP_ACK, 1),
        packet_of(v6(2), 50000, v6(9), 3333, TCP_ACK, 1),
        packet_of(v6(1), 50001, v6(9), 3333, TCP_ACK, 1),
        packet_of(v6(1), 3333, v6(9), 50000, TCP_ACK, 1),
    };

    for (size_t i = 0; i < ARRAY_LEN(p); i++)
        for (size_t k = 0; k < i; k++)
            assert_false(same_key(b, &p[i], &p[k]));
}

static struct packet in_tunnel(uint32_t vni, uint32_t outer_src, uint32_t outer_dst)
{
    struct packet p = packet_of(v4(0x0a000001), 50000, v4(0x0a000009), 3333, TCP_ACK, 1);

    p.n_encap = 1;
    p.vni = vni;
    p.outer_src = v4(outer_src);
    p.outer_dst = v4(outer_dst);
    return p;
}

static void test_tunnels(void **state)
{
    struct bench *b = *state;
    struct packet plain = packet_of(v4(0x0a000001), 50000, v4(0x0a000009), 3333, TCP_ACK, 1);
    struct packet p = in_tunnel(5, 1, 2), back = turned(&p), swapped = p, other;

    assert_false(same_key(b, &plain, &p));
    other = in_tunnel(6, 1, 2);
    assert_false(same_key(b, &p, &other)); /* another VNI */
    other = in_tunnel(5, 1, 3);
    assert_false(same_key(b, &p, &other)); /* another target */
    other = in_tunnel(5, 3, 2);
    assert_false(same_key(b, &p, &other));
    assert_true(same_key(b, &p, &back)); /* a mirror: always from its source to its target */
    assert_int_not_equal(key_of(b, &p).dir, key_of(b, &back).dir);
    back = turned(&p);
    back.outer_src = p.outer_dst; /* two tunnel endpoints: they swap */
    back.outer_dst = p.outer_src;
    assert_true(same_key(b, &p, &back));
    swapped.n_encap = 2; /* the same inside another tunnel */
    assert_false(same_key(b, &p, &swapped));
}

/* --- first packets -------------------------------------------------------------------------- */

static void test_lone_syn_makes_no_record(void **state)
{
    struct bench *b = *state;
    struct flow *f;

    assert_null(touch_v4(b, 1, TCP_SYN, 0));
    assert_null(touch_v4(b, 1, TCP_SYN, 0)); /* sent again */
    assert_int_equal(flow_counters(b->table)->lone_syn, 2);
    assert_int_equal(flow_counters(b->table)->created, 0);
    f = touch_v4(b, 1, TCP_ACK, 10);
    assert_non_null(f);
    assert_int_equal(f->flags, FLOW_SEEN_SYN);
    assert_int_equal(f->packets[0] + f->packets[1], 2); /* the SYN counts */
    assert_true(f->packets[0] == 2 || f->packets[1] == 2);
    assert_int_equal(f->bytes[0] + f->bytes[1], 10);
}

/* Connections that open together, and whose SYNs share a place in the memory of SYNs: each is still known from its start. */
static void test_syns_that_meet(void **state)
{
    struct bench *b = *state;
    struct packet p[3] = {packet_of(v4(1), 1000, v4(2), 3333, TCP_SYN, 0)};
    uint64_t first = key_of(b, &p[0]).hash >> 32;
    uint32_t n = 1;

    for (uint32_t host = 3; n < 3; host++) {
        p[n] = packet_of(v4(host), 1000, v4(2), 3333, TCP_SYN, 0);
        n += (key_of(b, &p[n]).hash >> 32) % 4096 == first % 4096;
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_null(touch(b, &p[i]));
    for (uint32_t i = 0; i < 3; i++) {
        struct packet answer = turned(&p[i]);
        struct flow *f;

        answer.tcp_flags = TCP_SYN | TCP_ACK;
        f = touch(b, &answer);
        assert_non_null(f);
        assert_int_equal(f->flags, FLOW_SEEN_SYN);
        assert_int_equal(f->packets[0] + f->packets[1], 2);
    }
}

static void test_syn_counts_for_its_sender(void **state)
{
    struct bench *b = *state;
    struct packet syn = packet_of(v4(1), 40000, v4(2), 3333, TCP_SYN, 0);
    struct packet answer = packet_of(v4(2), 3333, v4(1), 40000, TCP_SYN | TCP_ACK, 0);
    struct flow *f;

    assert_null(touch(b, &syn));
    f = touch(b, &answer);
    assert_non_null(f);
    assert_int_equal(f->flags, FLOW_SEEN_SYN);
    assert_int_equal(f->packets[0], 1);
    assert_int_equal(f->packets[1], 1);
}

static void test_answer_alone_shows_the_start(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 1, TCP_SYN | TCP_ACK, 0);

    assert_non_null(f);
    assert_int_equal(f->flags, FLOW_SEEN_SYN);
    assert_int_equal(f->packets[0] + f->packets[1], 1);
}

static void test_midstream(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 1, TCP_ACK | TCP_PSH, 100);

    assert_non_null(f);
    assert_int_equal(f->flags, 0);
    assert_int_equal(f->start_ns, NOW);
    assert_int_equal(f->side, FLOW_NO_SIDE);
}

static void test_syn_with_data_makes_a_record(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 1, TCP_SYN, 50);

    assert_non_null(f);
    assert_int_equal(f->flags, FLOW_SEEN_SYN);
}

/* What stood before a SYN without carrying anything does not hide the start. */
static void test_bare_ack_before_the_start(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 1, TCP_ACK, 0);

    assert_int_equal(f->flags, 0);
    assert_null(touch_v4(b, 1, TCP_SYN, 0));
    assert_int_equal(b->n_ended[FLOW_END_REPLACED], 1);
    f = touch_v4(b, 1, TCP_ACK, 0);
    assert_int_equal(f->flags, FLOW_SEEN_SYN);
}

static void test_lone_rst_makes_no_record(void **state)
{
    struct bench *b = *state;
    struct flow *f;

    assert_null(touch_v4(b, 1, TCP_RST, 0));
    assert_null(touch_v4(b, 1, TCP_RST | TCP_ACK, 0));
    assert_int_equal(flow_counters(b->table)->created, 0);
    f = touch_v4(b, 1, TCP_ACK, 1);
    assert_int_equal(f->flags, 0);
    assert_ptr_equal(touch_v4(b, 1, TCP_RST, 0), f);
    assert_int_equal(f->flags, FLOW_CLOSING);
}

static void test_new_connection_on_used_ports(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 1, TCP_SYN | TCP_ACK, 0), *again;

    assert_ptr_equal(touch_v4(b, 1, TCP_SYN, 0), f); /* no data yet: a SYN that came late */
    touch_v4(b, 1, TCP_ACK, 77);
    assert_int_equal(f->packets[0] + f->packets[1], 3);
    assert_null(touch_v4(b, 1, TCP_SYN, 0)); /* ends the old one; makes none by itself */
    assert_int_equal(b->n_ended[FLOW_END_REPLACED], 1);
    assert_int_equal(b->last.bytes[0] + b->last.bytes[1], 77);
    again = touch_v4(b, 1, TCP_ACK, 5);
    assert_int_equal(again->flags, FLOW_SEEN_SYN);
    assert_int_equal(again->bytes[0] + again->bytes[1], 5);
    assert_int_equal(flow_counters(b->table)->created, 2);
}

static void test_counters_by_direction(void **state)
{
    struct bench *b = *state;
    struct packet p = packet_of(v4(1), 40000, v4(2), 3333, TCP_ACK, 10), back = turned(&p);
    struct flow *f = touch(b, &p);

    back.payload_wire_len = 1000;
    b->frame.time_ns = NOW + 5;
    touch(b, &back);
    b->frame.time_ns = NOW - 5; /* out of order: the newest time stays */
    touch(b, &p);
    assert_int_equal(f->packets[0], 2);
    assert_int_equal(f->packets[1], 1);
    assert_int_equal(f->bytes[0], 20);
    assert_int_equal(f->bytes[1], 1000);
    assert_int_equal(f->last_ns, NOW + 5);
    assert_int_equal(f->start_ns, NOW);
}

/* A key whose record has ended since: the guess must not be believed. */
static void test_stale_guess(void **state)
{
    struct bench *b = *state;
    struct packet p = packet_of(v4(1), 40000, v4(2), 3333, TCP_ACK, 10);
    struct flow_key key;
    struct flow *f;

    touch(b, &p);
    flow_key_of(b->table, &p, &key);
    flow_prefetch(b->table, &key);
    flow_end_all(b->table);
    assert_int_equal(b->n_live, 0);
    f = flow_touch(b->table, &key, &p);
    assert_non_null(f);
    assert_int_equal(flow_counters(b->table)->created, 2);
    assert_int_equal(f->bytes[0] + f->bytes[1], 10);
    b->live[flow_index(b->table, f)] = true;
    b->n_live++;
}

/* --- the cap -------------------------------------------------------------------------------- */

static void test_cap_is_exact(void **state)
{
    struct bench *b = *state;
    uint32_t host = 1;

    for (; host <= 10 * CAP; host++) {
        b->frame.time_ns++;
        assert_non_null(touch_v4(b, host, TCP_ACK, 1));
        assert_true(b->n_live <= CAP);
    }
    assert_true(flow_peak(b->table) <= CAP);
    assert_int_equal(flow_counters(b->table)->created, 10 * CAP);
    assert_int_equal(flow_counters(b->table)->evicted, b->n_ended[FLOW_END_EVICTED]);
    assert_int_equal(flow_counters(b->table)->refused, 0);
}

/* With 8 buckets, the victim of a new flow is the idlest of the two buckets that it may use. */
static void test_eviction_of_the_idlest(void **state)
{
    struct bench *b = *state;

    for (uint32_t host = 1; host <= 20 * CAP; host++) {
        uint32_t n = b->n_ended[FLOW_END_EVICTED];

        b->frame.time_ns = NOW + host;
        assert_non_null(touch_v4(b, host, TCP_ACK, 1));
        if (b->n_ended[FLOW_END_EVICTED] > n) /* a random victim would soon be one of the newest quarter */
            assert_true(b->last.last_ns < NOW + host - CAP / 4);
    }
    assert_true(b->n_ended[FLOW_END_EVICTED] >= 19 * CAP);
}

static void test_recent_use_protects(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 0x7f000001, TCP_ACK, 1);

    for (uint32_t host = 1; host <= 20 * CAP; host++) {
        b->frame.time_ns = NOW + host;
        touch_v4(b, host, TCP_ACK, 1);
        assert_ptr_equal(touch_v4(b, 0x7f000001, TCP_ACK, 1), f);
    }
    assert_int_equal(f->packets[0] + f->packets[1], 20 * CAP + 1);
}

static void test_protected_stay(void **state)
{
    struct bench *b = *state;
    struct flow *f = touch_v4(b, 0x7f000001, TCP_ACK, 1);

    f->flags |= FLOW_PROTECTED;
    for (uint32_t host = 1; host <= 20 * CAP; host++) {
        b->frame.time_ns = NOW + host;
        touch_v4(b, host, TCP_ACK, 1);
    }
    assert_ptr_equal(touch_v4(b, 0x7f000001, TCP_ACK, 1), f);
    assert_int_equal(f->packets[0] + f->packets[1], 2);
}

static void test_refused_when_all_are_protected(void **state)
{
    struct bench *b = *state;
    uint32_t n_refused = 0;

    b->protect = true;
    for (uint32_t host = 1; host <= 20 * CAP; host++)
        n_refused += touch_v4(b, host, TCP_ACK, 1) == NULL;
    assert_int_equal(flow_counters(b->table)->refused, n_refused);
    assert_int_equal(flow_counters(b->table)->evicted, 0);
    assert_int_equal(flow_counters(b->table)->created, b->n_live);
    assert_int_equal(b->n_live + n_refused, 20 * CAP);
    assert_int_equal(b->n_live, CAP);
}

/* --- idle times ----------------------------------------------------------------------------- */

/* Sweeps often enough at one time to see all records. */
static void sweep(struct bench *b, ns_t from)
{
    for (int i = 0; i < 3; i++)
        flow_sweep(b->table, from + i * NS_PER_SEC);
}

static void check_idle(struct bench *b, uint32_t host, unsigned flags, ns_t limit_s)
{
    struct flow *f;

    b->frame.time_ns = NOW + host * 100000 * NS_PER_SEC;
    f = touch_v4(b, host, TCP_ACK, 1);
    f->flags |= (uint8_t)flags;
    sweep(b, b->frame.time_ns + (limit_s - 3) * NS_PER_SEC);
    assert_int_equal(b->n_live, 1);
    sweep(b, b->frame.time_ns + (limit_s + 1) * NS_PER_SEC);
    assert_int_equal(b->n_live, 0);
}

static void test_idle_times(void **state)
{
    struct bench *b = *state;

    check_idle(b, 1, 0, 600);
    check_idle(b, 2, FLOW_PROTECTED, 7200);
    check_idle(b, 3, FLOW_CLOSING, 10);
    check_idle(b, 4, FLOW_CLOSING | FLOW_PROTECTED, 10);
    assert_int_equal(b->n_ended[FLOW_END_IDLE], 4);
    assert_int_equal(flow_counters(b->table)->ended_idle, 4);
}

static void test_sweep_comes_round(void **state)
{
    struct bench *b = bench_new(RECORDS_MAX / 2);
    void *other = b;
    ns_t later = NOW + 601 * NS_PER_SEC;
    int n = 0;

    (void)state;
    for (uint32_t host = 1; host <= RECORDS_MAX / 4; host++)
        touch_v4(b, host, TCP_ACK, 1);
    for (; b->n_live > 0 && n < 70; n++)
        flow_sweep(b->table, later + n * NS_PER_SEC);
    assert_int_equal(b->n_live, 0); /* all, in about a minute */
    assert_true(n > 8);             /* and not all at one call */
    teardown(&other);
}

static void test_end_all_in_order(void **state)
{
    struct bench *b = *state;

    for (uint32_t host = 1; host <= 10; host++)
        touch_v4(b, host, TCP_ACK, host);
    flow_end_all(b->table);
    assert_int_equal(b->n_ended[FLOW_END_INPUT], 10);
    assert_int_equal(b->last.bytes[0] + b->last.bytes[1], 10);
    flow_end_all(b->table);
    assert_int_equal(b->n_ended[FLOW_END_INPUT], 10);
}

/* --- a fill --------------------------------------------------------------------------------- */

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)(*state * UINT64_C(2685821657736338717) >> 32);
}

/* A packet of one of very many connections: IPv4, IPv6 or tunnelled, any flags. */
static struct packet random_packet(uint64_t *r)
{
    uint32_t host = next_random(r) % 50000, kind = next_random(r) % 4;
    static const uint8_t flags[] = {TCP_ACK, TCP_ACK,           TCP_ACK,           TCP_ACK | TCP_PSH,
                                    TCP_SYN, TCP_SYN | TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST};
    struct packet p = packet_of(v4(0x0a000000 + host), 40000, v4(1), 443, flags[next_random(r) % 8], next_random(r) % 3);

    if (kind == 0) {
        p.src = v6((uint8_t)host);
        p.dst = v6(0);
        p.sport = (uint16_t)host;
        p.is_v4 = false;
    } else if (kind == 1) {
        p.n_encap = 1;
        p.vni = host % 100;
    }
    return next_random(r) % 2 ? turned(&p) : p;
}

static void test_fill(void **state)
{
    struct bench *b = bench_new(1024);
    void *other = b;
    const struct flow_counters *c = flow_counters(b->table);
    uint64_t random = 42;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        struct packet p = random_packet(&random);
        struct flow *f;

        b->frame.time_ns += NS_PER_SEC / 1000;
        f = touch(b, &p);
        if (f && next_random(&random) % 500 == 0 && c->created < 50000)
            f->flags |= FLOW_PROTECTED;
        if (i % 100 == 0)
            flow_sweep(b->table, b->frame.time_ns);
        assert_true(b->n_live <= 1024);
        assert_int_equal(c->created, b->n_live + b->n_ended[0] + b->n_ended[1] + b->n_ended[2] + b->n_ended[3]);
    }
    assert_int_equal(c->evicted, b->n_ended[FLOW_END_EVICTED]);
    assert_int_equal(c->ended_idle, b->n_ended[FLOW_END_IDLE]);
    assert_true(c->created > 20000 && c->lone_syn > 1000 && c->evicted > 10000 && c->ended_idle > 10);
    assert_true(b->n_ended[FLOW_END_REPLACED] > 10);
    teardown(&other);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_both_directions_one_key),
        CASE(test_each_part_of_the_tuple_counts),
        CASE(test_tunnels),
        CASE(test_lone_syn_makes_no_record),
        CASE(test_syns_that_meet),
        CASE(test_syn_counts_for_its_sender),
        CASE(test_answer_alone_shows_the_start),
        CASE(test_midstream),
        CASE(test_syn_with_data_makes_a_record),
        CASE(test_bare_ack_before_the_start),
        CASE(test_lone_rst_makes_no_record),
        CASE(test_new_connection_on_used_ports),
        CASE(test_counters_by_direction),
        CASE(test_stale_guess),
        CASE(test_cap_is_exact),
        CASE(test_eviction_of_the_idlest),
        CASE(test_recent_use_protects),
        CASE(test_protected_stay),
        CASE(test_refused_when_all_are_protected),
        CASE(test_idle_times),
        cmocka_unit_test(test_sweep_comes_round),
        CASE(test_end_all_in_order),
        cmocka_unit_test(test_fill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
