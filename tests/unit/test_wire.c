/*
 * test_wire.c - decode_frame on frames built byte by byte: links, IP, transport, tunnels, fragments.
 *
 * Each frame lies in memory of exactly its size while it is decoded, so that a sanitizer sees the first
 * byte read behind it.
 */
#include "config.h"

#include "wire/decode.h"
#include "wire/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES_MAX 2048

/* --- building -------------------------------------------------------------------------------------- */

/* A frame is built from the inside to the outside: each header is put in front. */
struct bytes {
    uint8_t b[BYTES_MAX];
    size_t n;
};

static void put_front(struct bytes *f, const void *header, size_t n)
{
    assert_true(f->n + n <= BYTES_MAX);
    memmove(f->b + n, f->b, f->n);
    memcpy(f->b, header, n);
    f->n += n;
}

static void put_back(struct bytes *f, const void *bytes, size_t n)
{
    assert_true(f->n + n <= BYTES_MAX);
    memcpy(f->b + f->n, bytes, n);
    f->n += n;
}

static void set_be16(uint8_t *p, size_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static struct bytes text(const char *s)
{
    struct bytes f = {.n = 0};

    put_back(&f, s, strlen(s));
    return f;
}

static void put_tcp(struct bytes *f, uint16_t sport, uint16_t dport)
{
    uint8_t h[20] = {0, 0, 0, 0, 0, 0, 0x10, 0x01, 0, 0, 0x20, 0x02, 0x50, TCP_ACK | TCP_PSH};

    set_be16(h, sport);
    set_be16(h + 2, dport);
    put_front(f, h, sizeof(h));
}

static void put_udp(struct bytes *f, uint16_t sport, uint16_t dport)
{
    uint8_t h[8] = {0};

    set_be16(h, sport);
    set_be16(h + 2, dport);
    set_be16(h + 4, f->n + 8);
    put_front(f, h, sizeof(h));
}

static void put_ip4(struct bytes *f, uint8_t proto)
{
    uint8_t h[20] = {0x45, 0, 0, 0, 0x12, 0x34, 0, 0, 64, proto, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2};

    set_be16(h + 2, f->n + 20);
    put_front(f, h, sizeof(h));
}

static void put_ip6(struct bytes *f, uint8_t next)
{
    uint8_t h[40] = {0x60, 0, 0, 0, 0, 0, next, 64, 0x20, 0x01, 0x0d, 0xb8};

    h[23] = 1;
    memcpy(h + 24, "\x20\x01\x0d\xb8", 4);
    h[39] = 2;
    set_be16(h + 4, f->n);
    put_front(f, h, sizeof(h));
}

static void put_type(struct bytes *f, uint16_t type)
{
    uint8_t h[2];

    set_be16(h, type);
    put_front(f, h, sizeof(h));
}

static void put_tag(struct bytes *f, uint16_t type)
{
    uint8_t h[4] = {0, 0, 0x20, 0x07};

    set_be16(h, type);
    put_front(f, h, sizeof(h));
}

static void put_macs(struct bytes *f)
{
    put_front(f, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 12);
}

static void put_ethernet(struct bytes *f, uint16_t type)
{
    put_type(f, type);
    put_macs(f);
}

static void put_vxlan(struct bytes *f, uint32_t vni)
{
    uint8_t h[8] = {0x08};

    h[4] = (uint8_t)(vni >> 16);
    set_be16(h + 5, vni);
    put_front(f, h, sizeof(h));
    put_udp(f, 40000, 4789);
    put_ip4(f, IPPROTO_NUM_UDP);
    put_ethernet(f, ETHERTYPE_IP4);
}

static void put_geneve(struct bytes *f, uint16_t type, uint32_t vni, uint8_t n_options)
{
    uint8_t h[8 + 63 * 4] = {n_options};

    set_be16(h + 2, type);
    h[4] = (uint8_t)(vni >> 16);
    set_be16(h + 5, vni);
    memset(h + 8, 0xee, sizeof(h) - 8);
    put_front(f, h, 8 + (size_t)n_options * 4);
    put_udp(f, 40000, 6081);
    put_ip4(f, IPPROTO_NUM_UDP);
    put_ethernet(f, ETHERTYPE_IP4);
}

/* A TCP segment with this payload in IPv4, without a link header. */
static struct bytes tcp4(const char *payload)
{
    struct bytes f = text(payload);

    put_tcp(&f, 50000, 3333);
    put_ip4(&f, IPPROTO_NUM_TCP);
    return f;
}

static struct bytes tcp6(const char *payload)
{
    struct bytes f = text(payload);

    put_tcp(&f, 50000, 3333);
    put_ip6(&f, IPPROTO_NUM_TCP);
    return f;
}

static struct bytes ethernet4(const char *payload)
{
    struct bytes f = tcp4(payload);

    put_ethernet(&f, ETHERTYPE_IP4);
    return f;
}

/* --- decoding -------------------------------------------------------------------------------------- */

struct decoded {
    bool ok;
    struct packet p;
    struct wire_counters c;
    struct frame frame;
    struct view payload; /* a copy that lives until the next decode */
    uint8_t *mem;
};

static struct frag_table frags; /* room for 8 datagrams */
static struct decoded d;        /* the newest */
static ns_t now_ns;

static int set_up(void **state)
{
    (void)state;
    memset(&d, 0, sizeof(d));
    now_ns = 1000 * NS_PER_SEC;
    return frag_table_init(&frags, 8, 1) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(d.mem);
    d.mem = NULL;
    frag_table_fini(&frags);
    return 0;
}

/* Decodes the first `captured` bytes of f as if wire_len had been on the wire; counters add up in d.c. */
static bool decode_cut(const struct bytes *f, size_t captured, uint32_t wire_len, uint32_t linktype)
{
    uint8_t *mem = malloc(captured ? captured : 1);

    memcpy(mem, f->b, captured);
    d.frame = (struct frame){.bytes = {mem, captured}, .wire_len = wire_len, .linktype = linktype, .time_ns = now_ns};
    d.p = (struct packet){0};
    d.ok = decode_frame(&d.frame, &d.p, &frags, &d.c);
    free(d.mem);
    d.mem = NULL;
    d.payload = (struct view){0};
    if (d.ok) {
        assert_true(d.p.payload.n <= d.p.payload_wire_len);
        assert_true(d.p.n_encap <= PACKET_ENCAP_MAX);
        d.mem = malloc(d.p.payload.n + 1);
        if (d.p.payload.n)
            memcpy(d.mem, d.p.payload.p, d.p.payload.n);
        d.payload = view_of(d.mem, d.p.payload.n);
    }
    frag_release(&frags);
    free(mem);
    return d.ok;
}

static bool decode_link(const struct bytes *f, uint32_t linktype)
{
    return decode_cut(f, f->n, (uint32_t)f->n, linktype);
}

static bool decode(const struct bytes *f)
{
    return decode_link(f, LINKTYPE_ETHERNET);
}

static void assert_payload(const char *due)
{
    assert_true(d.ok);
    assert_int_equal(d.payload.n, strlen(due));
    assert_memory_equal(d.payload.p, due, d.payload.n);
    assert_int_equal(d.p.payload_wire_len, strlen(due));
}

/* What says how a packet ended: exactly one of these is raised for each, or none for a held fragment. */
static uint64_t ends(const struct wire_counters *c)
{
    return c->tcp + c->udp + c->other_ip + c->not_ip + c->malformed_link + c->malformed_ip + c->malformed_transport +
           c->malformed_fragment + c->refused_linktype + c->refused_depth + c->refused_mpls + c->refused_pppoe +
           c->refused_gre + c->refused_ipip + c->refused_ah + c->refused_esp + c->refused_inner;
}

/* Expects that f is refused and that this raises *counter, and nothing else, by one. */
static void assert_refused(const struct bytes *f, uint32_t linktype, const uint64_t *counter)
{
    uint64_t before = *counter, all = ends(&d.c);

    assert_false(decode_link(f, linktype));
    assert_int_equal(*counter, before + 1);
    assert_int_equal(ends(&d.c), all + 1);
}

/* --- links ----------------------------------------------------------------------------------------- */

static void test_ethernet(void **state)
{
    struct bytes f = ethernet4("hello");

    (void)state;
    assert_true(decode(&f));
    assert_payload("hello");
    assert_int_equal(d.p.ip_proto, IPPROTO_NUM_TCP);
    assert_true(d.p.is_v4);
    assert_memory_equal(d.p.src.b + 12, "\xc0\x00\x02\x01", 4);
    assert_memory_equal(d.p.dst.b + 12, "\xc6\x33\x64\x02", 4);
    assert_int_equal(d.p.sport, 50000);
    assert_int_equal(d.p.dport, 3333);
    assert_int_equal(d.p.tcp_seq, 0x1001);
    assert_int_equal(d.p.tcp_ack, 0x2002);
    assert_int_equal(d.p.tcp_flags, TCP_ACK | TCP_PSH);
    assert_int_equal(d.p.macs.n, 12);
    assert_int_equal(d.p.n_encap, 0);
    assert_false(d.p.in_fragment_memory);
    assert_ptr_equal(d.p.frame, &d.frame);
    assert_int_equal(d.c.tcp, 1);
    assert_int_equal(d.c.truncated, 0);
}

static void test_vlan_tags(void **state)
{
    static const uint16_t types[] = {ETHERTYPE_VLAN, ETHERTYPE_QINQ, ETHERTYPE_QINQ_OLD, ETHERTYPE_QINQ_OLD2};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        f = tcp4("tagged");
        put_type(&f, ETHERTYPE_IP4);
        put_tag(&f, ETHERTYPE_VLAN);
        put_tag(&f, types[i]);
        put_macs(&f);
        assert_true(decode(&f));
        assert_payload("tagged");
    }
    for (int n = 1; n <= 10; n++) {
        f = tcp6("many");
        put_type(&f, ETHERTYPE_IP6);
        for (int i = 0; i < n; i++)
            put_tag(&f, i == n - 1 ? ETHERTYPE_QINQ : ETHERTYPE_VLAN);
        put_macs(&f);
        if (n <= 8) {
            assert_true(decode(&f));
            assert_payload("many");
        } else {
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
        }
    }
}

/* Endless tags: the decoder stops at its limit, and the rest of the frame does not matter. */
static void test_vlan_flood(void **state)
{
    struct bytes f = {.n = 0};

    (void)state;
    for (int i = 0; i < 300; i++)
        put_tag(&f, ETHERTYPE_VLAN);
    put_macs(&f);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
}

static void test_other_links(void **state)
{
    static const struct {
        uint32_t linktype;
        const char *header;
        size_t n;
        int version;
    } rows[] = {
        {113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\x00", 16, 4},
        {113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x86\xdd", 16, 6},
        {113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\x00\x00\x05\x08\x00", 20, 4},
        {276, "\x08\x00\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0", 20, 4},
        {276, "\x86\xdd\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0", 20, 6},
        {276, "\x81\x00\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0\x00\x05\x86\xdd", 24, 6},
        {0, "\2\0\0\0", 4, 4},
        {0, "\0\0\0\2", 4, 4},
        {0, "\x0a\0\0\0", 4, 6},
        {0, "\x17\0\0\0", 4, 6},
        {0, "\x18\0\0\0", 4, 6},
        {0, "\0\0\0\x1c", 4, 6},
        {0, "\x1e\0\0\0", 4, 6},
        {108, "\0\0\0\2", 4, 4},
        {108, "\0\0\0\x1e", 4, 6},
        {12, "", 0, 4},
        {12, "", 0, 6},
        {14, "", 0, 4},
        {101, "", 0, 4},
        {101, "", 0, 6},
        {228, "", 0, 4},
        {229, "", 0, 6},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = rows[i].version == 4 ? tcp4("hello") : tcp6("hello");

        put_front(&f, rows[i].header, rows[i].n);
        assert_true(link_is_known(rows[i].linktype));
        if (!decode_link(&f, rows[i].linktype))
            fail_msg("row %zu, link type %u", i, rows[i].linktype);
        assert_payload("hello");
        assert_int_equal(d.p.is_v4, rows[i].version == 4);
        assert_int_equal(d.p.macs.n, 0);
    }
}

static void test_links_refused(void **state)
{
    struct bytes f = tcp4("x");

    (void)state;
    assert_false(link_is_known(105));
    assert_refused(&f, 105, &d.c.refused_linktype);
    assert_refused(&f, UINT32_MAX, &d.c.refused_linktype);
    put_front(&f, "\7\0\0\0", 4);
    assert_refused(&f, 0, &d.c.not_ip);
    f.b[0] = 2;
    f.b[4] = 0x55;
    assert_refused(&f, 0, &d.c.not_ip);
    assert_refused(&f, 101, &d.c.not_ip);
    f.n = 0;
    assert_refused(&f, 101, &d.c.malformed_link);
    assert_refused(&f, 113, &d.c.malformed_link);
    assert_refused(&f, 276, &d.c.malformed_link);
    assert_refused(&f, 108, &d.c.malformed_link);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_link);
}

static void test_ethertypes_refused(void **state)
{
    const struct {
        uint16_t type;
        const uint64_t *counter;
    } rows[] = {
        {ETHERTYPE_MPLS, &d.c.refused_mpls},
        {ETHERTYPE_MPLS_MC, &d.c.refused_mpls},
        {ETHERTYPE_PPPOE, &d.c.refused_pppoe},
        {ETHERTYPE_PPPOE_DISCOVERY, &d.c.not_ip}, /* carries no IP */
        {0x0806, &d.c.not_ip},
        {ETHERTYPE_BRIDGE, &d.c.not_ip},
        {0, &d.c.not_ip},
        {0x0026, &d.c.not_ip}, /* a length: 802.3 */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = tcp4("x");

        put_ethernet(&f, rows[i].type);
        assert_refused(&f, LINKTYPE_ETHERNET, rows[i].counter);
    }
}

/* --- IP -------------------------------------------------------------------------------------------- */

#define IP (LINK_ETHERNET_HEADER) /* where the IP header of an Ethernet frame starts */

static void test_ip4_options(void **state)
{
    struct bytes f = text("with options");

    (void)state;
    put_tcp(&f, 1, 2);
    for (uint8_t words = 1; words <= 10; words++) {
        struct bytes g = f;

        for (uint8_t i = 0; i < words; i++)
            put_front(&g, "\1\1\1\1", 4);
        put_ip4(&g, IPPROTO_NUM_TCP);
        g.b[0] = (uint8_t)(0x45 + words);
        put_ethernet(&g, ETHERTYPE_IP4);
        assert_true(decode(&g));
        assert_payload("with options");
    }
}

static void test_ip4_malformed(void **state)
{
    struct bytes f = ethernet4("hello");
    struct bytes good = f;

    (void)state;
    f.b[IP] = 0x44; /* a header shorter than 20 bytes */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
    f.b[IP] = 0x65; /* a version that is not the EtherType's */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
    f = good;
    set_be16(f.b + IP + 2, 19); /* total length below the header */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
    f.b[IP] = 0x4f; /* more options than bytes */
    set_be16(f.b + IP + 2, 60);
    f.n = IP + 50;
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
    f = good;
    f.b[IP] = 0x46; /* options longer than the total length */
    set_be16(f.b + IP + 2, 23);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
}

static void test_ip4_lengths(void **state)
{
    struct bytes f = ethernet4("hello");

    (void)state;
    set_be16(f.b + IP + 2, 0); /* segmentation offload: the rest of the frame is the packet */
    assert_true(decode(&f));
    assert_payload("hello");
    f = ethernet4("hi");
    put_back(&f, "\0\0\0\0\0\0\0\0", 8); /* padding to the least Ethernet frame */
    assert_true(decode(&f));
    assert_payload("hi");
    f = ethernet4("");
    put_back(&f, "\0\0\0\0\0\0", 6);
    assert_true(decode(&f));
    assert_payload("");
}

static void test_truncated_capture(void **state)
{
    struct bytes f = ethernet4("hello, world");

    (void)state;
    assert_true(decode_cut(&f, f.n - 7, (uint32_t)f.n, LINKTYPE_ETHERNET));
    assert_int_equal(d.payload.n, 5);
    assert_memory_equal(d.payload.p, "hello", 5);
    assert_int_equal(d.p.payload_wire_len, 12);
    assert_int_equal(d.c.truncated, 1);
    f = text("hello, world");
    put_udp(&f, 1, 2);
    put_ip6(&f, IPPROTO_NUM_UDP);
    put_ethernet(&f, ETHERTYPE_IP6);
    assert_true(decode_cut(&f, f.n - 7, (uint32_t)f.n, LINKTYPE_ETHERNET));
    assert_int_equal(d.payload.n, 5);
    assert_int_equal(d.p.payload_wire_len, 12);
    assert_int_equal(d.c.truncated, 2);
}

static void test_ip6(void **state)
{
    struct bytes f = tcp6("six");

    (void)state;
    put_ethernet(&f, ETHERTYPE_IP6);
    assert_true(decode(&f));
    assert_payload("six");
    assert_false(d.p.is_v4);
    assert_int_equal(d.p.src.b[15], 1);
    assert_int_equal(d.p.dst.b[15], 2);
    put_back(&f, "\0\0\0\0", 4);
    assert_true(decode(&f));
    assert_payload("six");
    f.n -= 4;
    set_be16(f.b + IP + 4, 0); /* a jumbogram, or offload */
    assert_true(decode(&f));
    assert_payload("six");
    f.b[IP] = 0x45;
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
}

static void test_ip6_extensions(void **state)
{
    static const uint8_t kinds[] = {IPPROTO_NUM_HOPOPT,   IPPROTO_NUM_ROUTING, IPPROTO_NUM_DSTOPTS,
                                    IPPROTO_NUM_MOBILITY, IPPROTO_NUM_HIP,     IPPROTO_NUM_SHIM6};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        uint8_t one[8] = {IPPROTO_NUM_TCP, 0}, two[16] = {kinds[i], 1};

        f = text("extended");
        put_tcp(&f, 1, 2);
        put_front(&f, one, sizeof(one));
        put_front(&f, two, sizeof(two));
        put_ip6(&f, kinds[i]);
        put_ethernet(&f, ETHERTYPE_IP6);
        assert_true(decode(&f));
        assert_payload("extended");
        f.b[IP + 41] = 200; /* longer than the packet */
        assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
    }
    for (int n = 7; n <= 9; n++) { /* the header behind the last extension counts as the next round */
        f = text("deep");
        put_udp(&f, 1, 2);
        for (int i = 0; i < n; i++)
            put_front(&f, i == 0 ? "\x11\0\0\0\0\0\0\0" : "\x3c\0\0\0\0\0\0\0", 8);
        put_ip6(&f, IPPROTO_NUM_DSTOPTS);
        put_ethernet(&f, ETHERTYPE_IP6);
        if (n <= 7) {
            assert_true(decode(&f));
            assert_payload("deep");
        } else {
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
        }
    }
}

static void test_protocols_refused(void **state)
{
    const struct {
        uint8_t proto;
        const uint64_t *counter;
    } rows[] = {
        {IPPROTO_NUM_IPIP, &d.c.refused_ipip},
        {IPPROTO_NUM_IPV6, &d.c.refused_ipip},
        {IPPROTO_NUM_GRE, &d.c.refused_gre},
        {IPPROTO_NUM_AH, &d.c.refused_ah},
        {IPPROTO_NUM_ESP, &d.c.refused_esp},
        {IPPROTO_NUM_NONE, &d.c.other_ip},
        {1, &d.c.other_ip},
        {58, &d.c.other_ip},
        {132, &d.c.other_ip},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = text("0123456789012345678901234567"), g = f;

        put_ip4(&f, rows[i].proto);
        put_ethernet(&f, ETHERTYPE_IP4);
        assert_refused(&f, LINKTYPE_ETHERNET, rows[i].counter);
        put_ip6(&g, rows[i].proto);
        put_ethernet(&g, ETHERTYPE_IP6);
        assert_refused(&g, LINKTYPE_ETHERNET, rows[i].counter);
    }
}

/* --- transport ------------------------------------------------------------------------------------- */

static void test_tcp_header(void **state)
{
    struct bytes f = text("0123456789012345678901234567890123456789data");

    (void)state;
    put_tcp(&f, 1, 2);
    put_ip4(&f, IPPROTO_NUM_TCP);
    put_ethernet(&f, ETHERTYPE_IP4);
    f.b[IP + 32] = 0xf0;
    assert_true(decode(&f));
    assert_payload("data");
    f.b[IP + 32] = 0x40;
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_transport);
    f = ethernet4("");
    f.b[IP + 32] = 0x60; /* options that the IP length does not hold */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_transport);
    f = text("0123456789012345678");
    put_ip4(&f, IPPROTO_NUM_TCP);
    put_ethernet(&f, ETHERTYPE_IP4);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_transport);
}

/* A snap length that ends in the TCP options leaves a segment without payload. */
static void test_tcp_options_cut(void **state)
{
    struct bytes f = ethernet4("0123payload");

    (void)state;
    f.b[IP + 32] = 0x60;
    assert_true(decode_cut(&f, IP + 42, (uint32_t)f.n, LINKTYPE_ETHERNET));
    assert_int_equal(d.payload.n, 0);
    assert_int_equal(d.p.payload_wire_len, 7);
}

static void test_udp_length(void **state)
{
    struct bytes f = text("hello");
    struct bytes good;

    (void)state;
    put_udp(&f, 1, 2);
    put_ip4(&f, IPPROTO_NUM_UDP);
    put_ethernet(&f, ETHERTYPE_IP4);
    good = f;
    assert_true(decode(&f));
    assert_payload("hello");
    assert_int_equal(d.c.udp, 1);
    set_be16(f.b + IP + 24, 11); /* shorter than the IP payload: the rest is not the datagram's */
    assert_true(decode(&f));
    assert_payload("hel");
    set_be16(f.b + IP + 24, 0);
    assert_true(decode(&f));
    assert_payload("hello");
    set_be16(f.b + IP + 24, 7);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_transport);
    set_be16(f.b + IP + 24, 14); /* longer than the IP payload */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_transport);
    f = good;
    set_be16(f.b + IP + 2, 27); /* an IP payload of 7 bytes */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_transport);
}

/* --- tunnels --------------------------------------------------------------------------------------- */

static void test_vxlan(void **state)
{
    struct bytes f = ethernet4("inside");

    (void)state;
    f.b[0] = 0x0e;
    put_vxlan(&f, 0xabcdef);
    assert_true(decode(&f));
    assert_payload("inside");
    assert_int_equal(d.p.n_encap, 1);
    assert_int_equal(d.p.vni, 0xabcdef);
    assert_memory_equal(d.p.outer_src.b + 12, "\xc0\x00\x02\x01", 4);
    assert_int_equal(d.p.sport, 50000);
    assert_int_equal(d.c.vxlan, 1);
    assert_int_equal(d.c.tcp, 1);
    assert_int_equal(d.c.udp, 0); /* the outer datagram is not counted as one */
}

static void test_vxlan_malformed(void **state)
{
    struct bytes f = ethernet4("inside");

    (void)state;
    put_vxlan(&f, 1);
    f.b[IP + 28] = 0; /* no VNI: an ordinary datagram to that port */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 0);
    assert_int_equal(d.p.dport, 4789);
    assert_int_equal(d.c.malformed_vxlan, 1);
    assert_int_equal(d.c.udp, 1);
    f = text("short");
    put_udp(&f, 1, 4789);
    put_ip4(&f, IPPROTO_NUM_UDP);
    put_ethernet(&f, ETHERTYPE_IP4);
    assert_true(decode(&f));
    assert_payload("short");
    assert_int_equal(d.c.malformed_vxlan, 2);
    f = text("");
    put_vxlan(&f, 1); /* no frame inside */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_link);
}

static void test_geneve(void **state)
{
    static const uint8_t options[] = {0, 1, 8, 63};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        f = ethernet4("bridge");
        put_geneve(&f, ETHERTYPE_BRIDGE, 0x010203, options[i]);
        assert_true(decode(&f));
        assert_payload("bridge");
        assert_int_equal(d.p.vni, 0x010203);
        assert_int_equal(d.p.n_encap, 1);
        assert_int_equal(d.p.macs.n, 12);
        f = tcp4("four");
        put_geneve(&f, ETHERTYPE_IP4, 5, options[i]);
        assert_true(decode(&f));
        assert_payload("four");
        assert_int_equal(d.p.macs.n, 0); /* the outer addresses are not the inner ones */
        f = tcp6("six");
        put_geneve(&f, ETHERTYPE_IP6, 5, options[i]);
        assert_true(decode(&f));
        assert_payload("six");
        assert_false(d.p.is_v4);
    }
    f = tcp4("x");
    put_geneve(&f, ETHERTYPE_MPLS, 5, 0);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_inner);
}

static void test_geneve_malformed(void **state)
{
    struct bytes f = ethernet4("inside");

    (void)state;
    put_geneve(&f, ETHERTYPE_BRIDGE, 1, 0);
    f.b[IP + 28] = 0x40; /* version 1 */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_geneve, 1);
    assert_int_equal(d.c.udp, 1);
    f.b[IP + 28] = 0x3f; /* options longer than the datagram */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_geneve, 2);
    f = text("short");
    put_udp(&f, 1, 6081);
    put_ip4(&f, IPPROTO_NUM_UDP);
    put_ethernet(&f, ETHERTYPE_IP4);
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_geneve, 3);
}

static void test_nested_tunnels(void **state)
{
    struct bytes f = ethernet4("deep");

    (void)state;
    for (uint32_t n = 1; n <= 6; n++) {
        if (n % 2)
            put_vxlan(&f, n);
        else
            put_geneve(&f, ETHERTYPE_BRIDGE, n, 2);
        if (n <= PACKET_ENCAP_MAX) {
            assert_true(decode(&f));
            assert_payload("deep");
            assert_int_equal(d.p.n_encap, n);
            assert_int_equal(d.p.vni, 1); /* the innermost */
        } else {
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
        }
    }
}

/* --- fragments ------------------------------------------------------------------------------------- */

/* A fragment of an IPv4 packet that carries UDP: `data` at byte `offset` of the datagram. */
static struct bytes fragment4(const void *data, size_t n, size_t offset, bool more, uint16_t id)
{
    struct bytes f = {.n = 0};

    put_back(&f, data, n);
    put_ip4(&f, IPPROTO_NUM_UDP);
    set_be16(f.b + 4, id);
    set_be16(f.b + 6, offset / 8 | (more ? 0x2000 : 0));
    put_ethernet(&f, ETHERTYPE_IP4);
    return f;
}

static struct bytes fragment6(const void *data, size_t n, size_t offset, bool more, uint8_t id)
{
    uint8_t h[8] = {IPPROTO_NUM_UDP, 0, 0, 0, 0, 0, 0, id};
    struct bytes f = {.n = 0};

    put_back(&f, data, n);
    set_be16(h + 2, offset | more);
    put_front(&f, h, sizeof(h));
    put_ip6(&f, IPPROTO_NUM_FRAGMENT);
    put_ethernet(&f, ETHERTYPE_IP6);
    return f;
}

/* A datagram of 40 bytes: UDP header, and 32 bytes of payload. */
#define PAYLOAD32 "abcdefghijklmnopqrstuvwxyz012345"

static struct bytes datagram(void)
{
    struct bytes f = text(PAYLOAD32);

    put_udp(&f, 1000, 2000);
    return f;
}

/* All orders of the five pieces of 8 bytes, both families. */
static void test_fragments_in_every_order(void **state)
{
    struct bytes whole = datagram();

    (void)state;
    for (int code = 0; code < 120; code++) {
        int order[5], left[5] = {0, 1, 2, 3, 4}, rest = code;

        for (int i = 0; i < 5; i++) {
            int at = rest % (5 - i);

            rest /= 5 - i;
            order[i] = left[at];
            memmove(&left[at], &left[at + 1], (size_t)(4 - at) * sizeof(left[0]));
        }
        for (int v6 = 0; v6 < 2; v6++) {
            for (int i = 0; i < 5; i++) {
                size_t offset = (size_t)order[i] * 8;
                struct bytes f = v6 ? fragment6(whole.b + offset, 8, offset, order[i] < 4, (uint8_t)code)
                                    : fragment4(whole.b + offset, 8, offset, order[i] < 4, (uint16_t)code);

                assert_int_equal(decode(&f), i == 4);
            }
            assert_payload(PAYLOAD32);
            assert_int_equal(d.p.sport, 1000);
            assert_true(d.p.in_fragment_memory);
            assert_int_equal(d.p.is_v4, !v6);
        }
    }
    assert_int_equal(d.c.fragments, 120 * 2 * 5);
    assert_int_equal(d.c.fragments_joined, 240);
    assert_int_equal(d.c.udp, 240);
    assert_int_equal(d.c.fragments_lost, 0);
}

static void test_fragment_overlap_first_wins(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 24, 0, true, 1);
    struct bytes b = fragment4("XXXXXXXXXXXXXXXXyz012345", 24, 16, false, 1);

    (void)state;
    assert_false(decode(&a));
    assert_true(decode(&b));
    assert_int_equal(d.payload.n, 32);
    assert_memory_equal(d.payload.p, "abcdefghijklmnopXXXXXXXXyz012345", 32);
}

static void test_fragment_duplicates(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 16, 0, true, 1), b = fragment4(whole.b + 16, 24, 16, false, 1);
    struct bytes other = fragment4("YYYYYYYYYYYYYYYY", 16, 0, true, 1);

    (void)state;
    assert_false(decode(&a));
    assert_false(decode(&a));
    assert_false(decode(&other)); /* the same place with other bytes */
    assert_true(decode(&b));
    assert_payload(PAYLOAD32);
    assert_false(decode(&b)); /* late: begins a datagram that never ends */
    frag_end(&frags, &d.c);
    assert_int_equal(d.c.fragments_joined, 1);
    assert_int_equal(d.c.fragments_lost, 1);
}

static void test_fragment_missing_piece(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 8, 0, true, 1), c = fragment4(whole.b + 16, 24, 16, false, 1);

    (void)state;
    assert_false(decode(&a));
    assert_false(decode(&c));
    assert_int_equal(d.c.fragments_joined, 0);
    frag_end(&frags, &d.c);
    assert_int_equal(d.c.fragments_lost, 1);
    frag_end(&frags, &d.c);
    assert_int_equal(d.c.fragments_lost, 1);
}

static void test_fragment_inconsistent(void **state)
{
    struct bytes whole = datagram();
    struct bytes last = fragment4(whole.b + 32, 8, 32, false, 1);
    struct bytes beyond = fragment4(whole.b, 8, 40, true, 1); /* behind the end */
    struct bytes other_end = fragment4(whole.b + 24, 8, 24, false, 1);
    struct bytes odd = fragment4(whole.b, 7, 0, true, 1);        /* not a multiple of 8 */
    struct bytes huge = fragment4(whole.b, 16, 65528, false, 1); /* over 65,535 bytes */
    struct bytes empty = fragment4(whole.b, 0, 8, true, 1);
    struct bytes middle = fragment4(whole.b + 24, 16, 24, true, 2);
    struct bytes early = fragment4(whole.b + 16, 8, 16, false, 2); /* an end before what arrived */

    (void)state;
    assert_false(decode(&last));
    assert_refused(&beyond, LINKTYPE_ETHERNET, &d.c.malformed_fragment);
    assert_refused(&other_end, LINKTYPE_ETHERNET, &d.c.malformed_fragment);
    assert_refused(&odd, LINKTYPE_ETHERNET, &d.c.malformed_fragment);
    assert_refused(&huge, LINKTYPE_ETHERNET, &d.c.malformed_fragment);
    assert_refused(&empty, LINKTYPE_ETHERNET, &d.c.malformed_fragment);
    assert_false(decode(&middle));
    assert_refused(&early, LINKTYPE_ETHERNET, &d.c.malformed_fragment);
}

/* A length on the wire near 2^32, which a file may claim: offset and length must not wrap around. */
static void test_fragment_absurd_wire_length(void **state)
{
    struct bytes f = fragment4("01234567", 8, 65528, false, 1), g = fragment6("01234567", 8, 65528, false, 1);

    (void)state;
    set_be16(f.b + IP + 2, 0);
    set_be16(g.b + IP + 4, 0);
    for (uint32_t less = 0; less < 65536; less += 257) {
        assert_false(decode_cut(&f, f.n, UINT32_MAX - less, LINKTYPE_ETHERNET));
        assert_false(decode_cut(&g, g.n, UINT32_MAX - less, LINKTYPE_ETHERNET));
    }
    assert_int_equal(d.c.malformed_fragment, 2 * 256);
}

static void test_fragment_table_full(void **state)
{
    struct bytes whole = datagram();
    struct bytes f;

    (void)state;
    for (uint16_t id = 0; id < 9; id++) { /* one more than there are slots: the oldest goes */
        f = fragment4(whole.b, 16, 0, true, id);
        now_ns++;
        assert_false(decode(&f));
    }
    assert_int_equal(d.c.fragments_lost, 1);
    for (uint16_t id = 8; id > 0; id--) {
        f = fragment4(whole.b + 16, 24, 16, false, id);
        assert_true(decode(&f));
        assert_payload(PAYLOAD32);
    }
    f = fragment4(whole.b + 16, 24, 16, false, 0);
    assert_false(decode(&f));
    assert_int_equal(d.c.fragments_joined, 8);
}

static void test_fragment_too_old(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 16, 0, true, 1), b = fragment4(whole.b + 16, 24, 16, false, 1);

    (void)state;
    assert_false(decode(&a));
    now_ns += 30 * NS_PER_SEC;
    assert_false(decode(&b)); /* the number has come round: another datagram */
    assert_int_equal(d.c.fragments_lost, 1);
    now_ns += 30 * NS_PER_SEC - 1;
    assert_true(decode(&a));
    assert_payload(PAYLOAD32);
}

/* Pieces captured in part: the datagram is whole on the wire, and ends early in memory. */
static void test_fragment_truncated(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 24, 0, true, 1), b = fragment4(whole.b + 24, 16, 24, false, 1);

    (void)state;
    assert_false(decode_cut(&a, a.n - 5, (uint32_t)a.n, LINKTYPE_ETHERNET));
    assert_true(decode(&b));
    assert_int_equal(d.payload.n, 24 - 8 - 5);
    assert_memory_equal(d.payload.p, PAYLOAD32, d.payload.n);
    assert_int_equal(d.p.payload_wire_len, 32);
}

/* An IPv6 fragment header on a packet that is whole (RFC 6946) needs no table. */
static void test_atomic_fragment(void **state)
{
    struct bytes whole = datagram();
    struct bytes f = fragment6(whole.b, whole.n, 0, false, 1);

    (void)state;
    assert_true(decode(&f));
    assert_payload(PAYLOAD32);
    assert_false(d.p.in_fragment_memory);
    assert_int_equal(d.c.fragments, 0);
}

/* Cuts the IP payload of an Ethernet frame into fragments and decodes them, last first. True for the whole. */
static bool decode_in_fragments(const struct bytes *f, size_t piece, uint16_t id)
{
    size_t n = f->n - IP - 20;
    bool got = false;

    for (size_t offset = (n - 1) / piece * piece + piece; offset > 0; offset -= piece) {
        size_t at = offset - piece, len = min_size(piece, n - at);
        struct bytes g = fragment4(f->b + IP + 20 + at, len, at, at + len < n, id);

        got = decode(&g);
        assert_int_equal(got, at == 0 && d.ok);
    }
    return got;
}

/*
 * An inner fragment in VXLAN, whose outer packet comes in fragments too: both datagrams are in the
 * table at once while the second is put together.
 */
static void test_fragments_in_vxlan_in_fragments(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 16, 0, true, 77), b = fragment4(whole.b + 16, 24, 16, false, 77);

    (void)state;
    put_vxlan(&a, 9);
    put_vxlan(&b, 9);
    assert_false(decode_in_fragments(&a, 24, 1));
    assert_int_equal(d.c.fragments_joined, 1);
    assert_true(decode_in_fragments(&b, 16, 2));
    assert_payload(PAYLOAD32);
    assert_int_equal(d.p.n_encap, 1);
    assert_int_equal(d.p.vni, 9);
    assert_true(d.p.in_fragment_memory);
    assert_int_equal(d.c.fragments_joined, 3);
    assert_int_equal(d.c.vxlan, 2);
}

/* Equal addresses and numbers in different tunnels are different datagrams. */
static void test_fragment_scopes(void **state)
{
    struct bytes whole = datagram();
    struct bytes a = fragment4(whole.b, 16, 0, true, 1), b = fragment4(whole.b + 16, 24, 16, false, 1);
    struct bytes plain = b, other_vni = b, other_outer = b;

    (void)state;
    put_vxlan(&a, 1);
    put_vxlan(&b, 1);
    put_vxlan(&other_vni, 2);
    put_vxlan(&other_outer, 1);
    other_outer.b[IP + 15] = 99; /* another source of the outer packet */
    assert_false(decode(&a));
    assert_false(decode(&plain));
    assert_false(decode(&other_vni));
    assert_false(decode(&other_outer));
    assert_true(decode(&b));
    assert_payload(PAYLOAD32);
}

/* --- cut at every length ------------------------------------------------------------------------- */

/*
 * Decodes f cut at every length: with the length on the wire, as a snap length cuts, and without, as a
 * short frame. Each is decoded, or one counter says why not, or its fragment is held.
 */
static void cut_everywhere(const struct bytes *f, uint32_t linktype)
{
    for (size_t n = 0; n <= f->n; n++) {
        for (int snapped = 0; snapped < 2; snapped++) {
            struct wire_counters before = d.c;
            bool ok = decode_cut(f, n, (uint32_t)(snapped ? f->n : n), linktype);
            uint64_t raised = ends(&d.c) - ends(&before);
            bool held = d.c.fragments > before.fragments && raised == 0;

            if (raised > 1 || (ok ? raised != 1 : raised != 1 && !held))
                fail_msg("%zu of %zu bytes: %d counters raised", n, f->n, (int)raised);
            assert_int_equal(ok, d.c.tcp + d.c.udp > before.tcp + before.udp);
            assert_int_equal(d.c.truncated - before.truncated, n < f->n && snapped);
            frag_end(&frags, &before);
        }
    }
}

static void test_cut_everywhere(void **state)
{
    struct bytes whole = datagram();
    struct bytes f;

    (void)state;
    f = ethernet4("payload");
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    put_vxlan(&f, 1);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    put_geneve(&f, ETHERTYPE_BRIDGE, 1, 3);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    put_vxlan(&f, 2);
    put_vxlan(&f, 3);
    put_vxlan(&f, 4);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    f = tcp6("payload");
    put_type(&f, ETHERTYPE_IP6);
    put_tag(&f, ETHERTYPE_VLAN);
    put_tag(&f, ETHERTYPE_QINQ);
    put_macs(&f);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    f = text("payload");
    put_tcp(&f, 1, 2);
    put_front(&f, "\x06\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    put_front(&f, "\x2b\0\0\0\0\0\0\0", 8);
    put_ip6(&f, IPPROTO_NUM_HOPOPT);
    cut_everywhere(&f, 101);
    put_front(&f, "\x1e\0\0\0", 4);
    cut_everywhere(&f, 0);
    cut_everywhere(&f, 108);
    f = tcp4("payload");
    put_front(&f, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\x00", 16);
    cut_everywhere(&f, 113);
    f = tcp4("payload");
    put_front(&f, "\x08\x00\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0", 20);
    cut_everywhere(&f, 276);
    f = fragment4(whole.b + 8, 24, 8, true, 1);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    put_vxlan(&f, 2);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    f = fragment6(whole.b + 8, 24, 8, true, 1);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    f = fragment6(whole.b, whole.n, 0, false, 1);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
}

/* Every byte of a nested frame changed to every value: nothing is read outside, and the counts stay right. */
static void test_every_byte_changed(void **state)
{
    struct bytes f = text("p");

    (void)state;
    put_tcp(&f, 1, 2);
    put_front(&f, "\x06\0\0\0\0\0\0\0", 8);
    put_ip6(&f, IPPROTO_NUM_DSTOPTS);
    put_geneve(&f, ETHERTYPE_IP6, 1, 1);
    put_vxlan(&f, 2);
    for (size_t i = 0; i < f.n; i++) {
        uint8_t was = f.b[i];

        for (int v = 0; v < 256; v++) {
            struct wire_counters before = d.c;
            uint64_t raised;

            f.b[i] = (uint8_t)v;
            decode(&f);
            raised = ends(&d.c) - ends(&before);
            assert_true(raised == 1 || (raised == 0 && !d.ok && d.c.fragments > before.fragments));
            assert_int_equal(d.ok, d.c.tcp + d.c.udp > before.tcp + before.udp);
        }
        f.b[i] = was;
    }
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_ethernet),
        test(test_vlan_tags),
        test(test_vlan_flood),
        test(test_other_links),
        test(test_links_refused),
        test(test_ethertypes_refused),
        test(test_ip4_options),
        test(test_ip4_malformed),
        test(test_ip4_lengths),
        test(test_truncated_capture),
        test(test_ip6),
        test(test_ip6_extensions),
        test(test_protocols_refused),
        test(test_tcp_header),
        test(test_tcp_options_cut),
        test(test_udp_length),
        test(test_vxlan),
        test(test_vxlan_malformed),
        test(test_geneve),
        test(test_geneve_malformed),
        test(test_nested_tunnels),
        test(test_fragments_in_every_order),
        test(test_fragment_overlap_first_wins),
        test(test_fragment_duplicates),
        test(test_fragment_missing_piece),
        test(test_fragment_inconsistent),
        test(test_fragment_absurd_wire_length),
        test(test_fragment_table_full),
        test(test_fragment_too_old),
        test(test_fragment_truncated),
        test(test_atomic_fragment),
        test(test_fragments_in_vxlan_in_fragments),
        test(test_fragment_scopes),
        test(test_cut_everywhere),
        test(test_every_byte_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
