/*
 * test_encrypted_dns.c - who is told to ask for names out of sight, how often, and whose records are marked.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "detect/encrypted_dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)

static const uint8_t hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
static const uint8_t quic[1200] = {0xc3, 0, 0, 0, 1, 8};
static struct frame frame;
static struct hash_key key;

static struct packet packet_of(const char *src, const char *dst, unsigned proto, uint16_t port, ns_t at)
{
    struct packet p = {.frame = &frame, .ip_proto = (uint8_t)proto, .sport = 50000, .dport = port};

    frame.time_ns = at;
    assert_true(addr_parse(view_str(src), &p.src) && addr_parse(view_str(dst), &p.dst));
    p.payload = proto == IPPROTO_NUM_TCP ? view_of(hello, sizeof(hello)) : view_of(quic, sizeof(quic));
    p.payload_wire_len = (uint32_t)p.payload.n;
    return p;
}

static bool may_be(const struct packet *p)
{
    return p->ip_proto == IPPROTO_NUM_TCP ? encrypted_dns_may_be_tls(p) : encrypted_dns_may_be_quic(p);
}

static struct encrypted_dns *new_table(void)
{
    struct encrypted_dns *t = calloc(1, sizeof(*t));

    assert_non_null(t);
    hash_key_fixed(&key, 1);
    return t;
}

static void test_what_is_one(void **state)
{
    static const struct {
        const char *dst;
        unsigned proto;
        uint16_t port;
        const char *name, *how; /* how NULL: it is none */
    } rows[] = {
        {"10.0.0.53", IPPROTO_NUM_TCP, 853, NULL, "DNS over TLS"},
        {"9.9.9.9", IPPROTO_NUM_TCP, 853, "dns.quad9.net", "DNS over TLS"},
        {"8.8.8.8", IPPROTO_NUM_TCP, 443, "dns.google", "DNS over HTTPS"},
        {"2606:4700:4700::1111", IPPROTO_NUM_TCP, 443, "cloudflare-dns.com", "DNS over HTTPS"},
        {"2620:fe::9", IPPROTO_NUM_UDP, 443, "dns.quad9.net", "DNS over HTTPS (QUIC)"},
        {"94.140.14.14", IPPROTO_NUM_UDP, 853, "dns.adguard-dns.com", "DNS over QUIC"},
        {"8.8.8.9", IPPROTO_NUM_TCP, 443, NULL, NULL},
        {"8.8.8.8", IPPROTO_NUM_TCP, 8443, NULL, NULL},
        {"203.0.113.9", IPPROTO_NUM_UDP, 443, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct encrypted_dns *t = new_table();
        struct packet p = packet_of("10.0.3.17", rows[i].dst, rows[i].proto, rows[i].port, START);
        struct evidence e;

        if ((may_be(&p) && encrypted_dns_is(&p)) != (rows[i].how != NULL))
            fail_msg("row %zu", i);
        if (rows[i].how) {
            assert_true(encrypted_dns_take(t, &p, &key, &e) && evidence_check(&e));
            assert_true(e.flags & EVIDENCE_ASIDE && e.kind == EVIDENCE_FACTS && e.pool.port == rows[i].port);
            assert_true(view_is(evidence_text(&e, TEXT_REASON), rows[i].how));
            assert_true(rows[i].name ? view_is(evidence_text(&e, TEXT_HOST), rows[i].name) : !evidence_text(&e, TEXT_HOST).p);
        }
        free(t);
    }
}

static void test_what_is_none(void **state)
{
    struct packet p = packet_of("10.0.3.17", "8.8.8.8", IPPROTO_NUM_TCP, 443, START);

    (void)state;
    p.payload = view_str("GET / HTTP/1.1");
    assert_false(encrypted_dns_may_be_tls(&p));
    p = packet_of("10.0.3.17", "8.8.8.8", IPPROTO_NUM_UDP, 443, START);
    p.payload_wire_len = 1199;
    assert_false(encrypted_dns_may_be_quic(&p));
    p.payload_wire_len = 1200;
    p.payload = view_of(hello, sizeof(hello)); /* a short header */
    assert_false(encrypted_dns_may_be_quic(&p));
}

/* Once a day for each machine and resolver and way. */
static void test_once_a_day(void **state)
{
    struct encrypted_dns *t = new_table();
    struct evidence e;

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct packet p = packet_of("10.0.3.17", "8.8.8.8", IPPROTO_NUM_TCP, 443, START + i * 3600 * NS_PER_SEC);

        assert_int_equal(encrypted_dns_take(t, &p, &key, &e), i % 24 == 0);
    }
    assert_int_equal(t->ctr.hellos, 50);
    assert_int_equal(t->ctr.told, 3);
    free(t);
}

/* Two workers tell the same; another network's machine is another one. */
static void test_two_workers(void **state)
{
    struct encrypted_dns *a = new_table(), *b = new_table(), *report = new_table();
    struct packet p = packet_of("10.0.3.17", "8.8.8.8", IPPROTO_NUM_TCP, 443, START);
    struct evidence e;

    (void)state;
    assert_true(encrypted_dns_take(a, &p, &key, &e));
    assert_true(encrypted_dns_is_news(report, &e, &key));
    assert_true(encrypted_dns_take(b, &p, &key, &e));
    assert_false(encrypted_dns_is_news(report, &e, &key));
    p.n_encap = 1;
    assert_true(encrypted_dns_take(b, &p, &key, &e));
    assert_true(encrypted_dns_is_news(report, &e, &key));
    free(a);
    free(b);
    free(report);
}

/* No flood of machines makes more of it than the rate, and who was not told is told later. */
static void test_rate(void **state)
{
    struct encrypted_dns *t = new_table();
    unsigned n_told = 0;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        struct packet p = packet_of("10.0.0.1", "8.8.8.8", IPPROTO_NUM_TCP, 443, START + (ns_t)i * NS_PER_SEC / 2000);
        struct evidence e;

        p.src.b[14] = (uint8_t)(i >> 8);
        p.src.b[15] = (uint8_t)i;
        n_told += encrypted_dns_take(t, &p, &key, &e);
    }
    assert_int_equal(n_told, 10 * ENCRYPTED_DNS_RATE);
    assert_int_equal(t->ctr.told + t->ctr.untold, 20000);
    free(t);
}

static void test_marks(void **state)
{
    struct encrypted_dns *t = new_table();
    struct packet p = packet_of("10.0.3.17", "8.8.8.8", IPPROTO_NUM_TCP, 443, START);
    struct evidence e, other = {.time_ns = START};

    (void)state;
    other.miner.addr = p.src;
    assert_false(encrypted_dns_knows(t, &other, &key));
    assert_true(encrypted_dns_take(t, &p, &key, &e));
    assert_true(encrypted_dns_knows(t, &other, &key));
    other.time_ns += ENCRYPTED_DNS_AGAIN_NS;
    assert_false(encrypted_dns_knows(t, &other, &key)); /* a day later */
    other.time_ns = START;
    other.miner.addr = p.dst;
    assert_false(encrypted_dns_knows(t, &other, &key));
    other.miner.addr = p.src; /* the same address in another network is another machine */
    other.flags = EVIDENCE_HAS_ENCAP;
    other.vni = 7;
    assert_false(encrypted_dns_knows(t, &other, &key));
    p.n_encap = 1;
    p.vni = 7;
    p.outer_src.b[15] = 1; /* the other direction of the mirror's pair */
    other.outer_dst.b[15] = 1;
    assert_true(encrypted_dns_take(t, &p, &key, &e));
    assert_true(encrypted_dns_knows(t, &other, &key));
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_one), cmocka_unit_test(test_what_is_none), cmocka_unit_test(test_once_a_day),
        cmocka_unit_test(test_rate),        cmocka_unit_test(test_two_workers),  cmocka_unit_test(test_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
