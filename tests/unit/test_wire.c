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

/* A VXLAN header to a port of choice, in UDP and IPv4. */
static void put_vxlan_at(struct bytes *f, uint16_t port, uint32_t vni)
{
    uint8_t h[8] = {0x08};

    h[4] = (uint8_t)(vni >> 16);
    set_be16(h + 5, vni);
    put_front(f, h, sizeof(h));
    put_udp(f, 40000, port);
    put_ip4(f, IPPROTO_NUM_UDP);
    put_ethernet(f, ETHERTYPE_IP4);
}

static void put_vxlan(struct bytes *f, uint32_t vni)
{
    put_vxlan_at(f, 4789, vni);
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

/* One entry of a label stack. */
static void put_label(struct bytes *f, uint32_t label, bool bottom)
{
    uint8_t h[4] = {(uint8_t)(label >> 12), (uint8_t)(label >> 4), (uint8_t)(label << 4 | bottom), 64};

    put_front(f, h, sizeof(h));
}

/* A stack of n labels, in Ethernet. */
static void put_labels(struct bytes *f, int n)
{
    for (int i = 0; i < n; i++)
        put_label(f, 16 + (uint32_t)i, i == 0);
    put_ethernet(f, ETHERTYPE_MPLS);
}

/* A PPPoE session header; the PPP protocol number stands in front of f already. */
static void put_pppoe(struct bytes *f)
{
    uint8_t h[6] = {0x11, 0, 0, 7};

    set_be16(h + 4, f->n);
    put_front(f, h, sizeof(h));
}

/* GRE flags as in the header: 0x8000 checksum, 0x2000 key, 0x1000 sequence, 0x0080 acknowledgement. */
static void put_gre_header(struct bytes *f, uint16_t flags, uint16_t type, uint32_t key)
{
    uint8_t h[4] = {0};

    if (flags & 0x0080)
        put_front(f, "\0\0\0\x09", 4);
    if (flags & 0x1000)
        put_front(f, "\0\0\0\x08", 4);
    if (flags & 0x2000) {
        uint8_t k[4] = {(uint8_t)(key >> 24), (uint8_t)(key >> 16), (uint8_t)(key >> 8), (uint8_t)key};

        put_front(f, k, sizeof(k));
    }
    if (flags & 0x8000)
        put_front(f, "\x12\x34\0\0", 4);
    set_be16(h, flags);
    set_be16(h + 2, type);
    put_front(f, h, sizeof(h));
}

static void put_gre(struct bytes *f, uint16_t flags, uint16_t type, uint32_t key)
{
    put_gre_header(f, flags, type, key);
    put_ip4(f, IPPROTO_NUM_GRE);
    put_ethernet(f, ETHERTYPE_IP4);
}

static void put_erspan2(struct bytes *f, uint16_t session)
{
    uint8_t h[8] = {0x10, 0x05};

    set_be16(h + 2, 0xe000 | session); /* class, encapsulation and truncation bits stand above the session */
    put_front(f, h, sizeof(h));
    put_gre(f, 0x1000, ETHERTYPE_ERSPAN, 0);
}

/* frame_type: 0 Ethernet, 2 IP. */
static void put_erspan3(struct bytes *f, uint16_t session, uint8_t frame_type, bool subheader)
{
    uint8_t h[12] = {0x20, 0x05, 0, 0, 1, 2, 3, 4, 0, 9, (uint8_t)(0x80 | frame_type << 2), subheader};

    if (subheader)
        put_front(f, "\x0c\0\0\1\0\0\0\2", 8);
    set_be16(h + 2, 0xe000 | session);
    put_front(f, h, sizeof(h));
    put_gre(f, 0x1000, ETHERTYPE_ERSPAN3, 0);
}

/* An authentication header with 12 bytes of integrity value. */
static void put_ah(struct bytes *f, uint8_t next)
{
    uint8_t h[24] = {next, 4, 0, 0, 0, 0, 0, 5, 0, 0, 0, 6, 0xee, 0xee};

    put_front(f, h, sizeof(h));
}

#define WLAN_QOS 0x80       /* of the first byte of the frame control */
#define WLAN_FOUR 0x03      /* both DS bits of the second */
#define WLAN_PROTECTED 0x40 /* of the second */
#define WLAN_ORDER 0x80     /* of the second */

/* An 802.11 data frame with LLC and SNAP, and `pad` zero bytes behind the header. */
static void put_wlan(struct bytes *f, uint8_t subtype, uint8_t control1, uint8_t qos, size_t pad, uint16_t type)
{
    uint8_t h[24] = {(uint8_t)(0x08 | subtype), control1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3};

    put_type(f, type);
    put_front(f, "\xaa\xaa\x03\0\0\0", 6);
    put_front(f, "\0\0\0\0", pad);
    if (subtype & WLAN_QOS) {
        if (control1 & WLAN_ORDER)
            put_front(f, "\x11\x22\x33\x44", 4);
        put_front(f, (uint8_t[2]){qos, 0}, 2);
    }
    if ((control1 & WLAN_FOUR) == WLAN_FOUR)
        put_front(f, "\2\0\0\0\0\4", 6);
    put_front(f, h, sizeof(h));
}

static void put_udp_tunnel(struct bytes *f, uint16_t sport, uint16_t dport)
{
    put_udp(f, sport, dport);
    put_ip4(f, IPPROTO_NUM_UDP);
    put_ethernet(f, ETHERTYPE_IP4);
}

/* GTP-U flags as in the header: 4 extension, 2 sequence, 1 N-PDU. `words`: of the one extension header. */
static void put_gtp(struct bytes *f, uint8_t flags, uint8_t words)
{
    uint8_t h[8] = {(uint8_t)(0x30 | flags), 255, 0, 0, 0x12, 0x34, 0x56, 0x78}, x[255 * 4] = {words};

    if (flags & 4)
        put_front(f, x, (size_t)words * 4);
    if (flags & 7)
        put_front(f, (uint8_t[4]){0, 9, 0, flags & 4 ? 0x85 : 0}, 4);
    set_be16(h + 2, f->n);
    put_front(f, h, sizeof(h));
    put_udp_tunnel(f, 40000, 2152);
}

/* L2TP flags as in the header: 0x4000 length, 0x0800 sequence, 0x0200 offset (of 3 bytes); PPP stands in front of f already. */
static void put_l2tp(struct bytes *f, uint16_t flags, uint16_t sport, uint16_t dport)
{
    uint8_t h[4];

    if (flags & 0x0200)
        put_front(f, "\0\3\xee\xee\xee", 5);
    if (flags & 0x0800)
        put_front(f, "\0\1\0\2", 4);
    put_front(f, "\0\7\0\x08", 4);
    set_be16(h + 2, f->n + 4);
    set_be16(h, flags);
    put_front(f, h, flags & 0x4000 ? 4 : 2);
    put_udp_tunnel(f, sport, dport);
}

/* An IPv6 packet from a Teredo address, behind authentication (1), origin indication (2), or both. */
static void put_teredo(struct bytes *f, int headers, uint16_t sport, uint16_t dport)
{
    memcpy(f->b + 8, "\x20\x01\0\0", 4);
    if (headers & 2)
        put_front(f, "\0\0\x12\x34\x3f\xff\xfd\xfe", 8);
    if (headers & 1)
        put_front(f, "\0\1\3\2idsau\1\2\3\4\5\6\7\x08\0", 18);
    put_udp_tunnel(f, sport, dport);
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
static const struct conf_ports vxlan_ports = {{4789, 8472}, 2}, geneve_ports = {{6081}, 1};
static struct tunnel_ports tunnels; /* these, unless a test takes others */
static struct decoded d;            /* the newest */
static ns_t now_ns;

static int set_up(void **state)
{
    (void)state;
    memset(&d, 0, sizeof(d));
    now_ns = 1000 * NS_PER_SEC;
    tunnels = tunnel_ports_of(&vxlan_ports, &geneve_ports);
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
    d.ok = decode_frame(&d.frame, &d.p, &frags, &tunnels, &d.c);
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
           c->malformed_fragment + c->malformed_gre + c->malformed_mpls + c->malformed_ppp + c->malformed_wlan +
           c->refused_linktype + c->refused_depth + c->refused_gre + c->refused_l2tp3 + c->refused_esp + c->refused_wlan +
           c->refused_inner;
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
        {104, "\x0f\0\x08\x00", 4, 4},
        {104, "\x8f\0\x86\xdd", 4, 6},
        {104, "\x0f\0\x81\x00\x00\x05\x08\x00", 8, 4},
        {104, "\x0f\0\x88\x47\0\1\x01\x3f", 8, 4},
        {50, "\x0f\0\x08\x00", 4, 4},
        {50, "\x8f\0\x86\xdd", 4, 6},
        {107, "\x18\x41\x03\xcc", 4, 4},
        {107, "\x18\x41\x03\x8e", 4, 6},
        {107, "\x18\x41\x03\x00\xcc", 5, 4},
        {107, "\x18\x40\x01\x03\xcc", 5, 4}, /* addresses of 3 and 4 bytes */
        {107, "\x18\x40\x02\x03\x03\x8e", 6, 6},
        {107, "\x18\x41\x03\x00\x80\0\0\0\x08\x00", 10, 4}, /* SNAP */
        {107, "\x18\x41\x03\x80\0\0\0\x86\xdd", 9, 6},
        {107, "\x18\x41\x03\xcf\x00\x21", 6, 4}, /* PPP */
        {107, "\x18\x41\x08\x00", 4, 4},         /* Cisco's form */
        {107, "\x18\x41\x86\xdd", 4, 6},
        {8, "\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, 4},
        {8, "\1\x80\1\2\3\4\5\6\7\x08\x09\0\0\0\0\0", 16, 6},
        {192, "\0\0\x08\0\x65\0\0\0", 8, 4},
        {192, "\0\0\x0e\0\xe5\0\0\0\2\0\2\0\x11\x22", 14, 6},
        {192, "\0\0\x08\0\x71\0\0\0\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\x00", 24, 4},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = rows[i].version == 4 ? tcp4("hello") : tcp6("hello");

        put_front(&f, rows[i].header, rows[i].n);
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
    assert_refused(&f, 147, &d.c.refused_linktype);
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
    assert_refused(&f, 9, &d.c.malformed_ppp);
    assert_refused(&f, 50, &d.c.malformed_ppp);
    assert_refused(&f, 51, &d.c.malformed_ppp);
    assert_refused(&f, 104, &d.c.malformed_link);
    assert_refused(&f, 107, &d.c.malformed_link);
    assert_refused(&f, 8, &d.c.malformed_link);
    assert_refused(&f, 192, &d.c.malformed_link);
    assert_refused(&f, 239, &d.c.malformed_link);
    assert_refused(&f, 240, &d.c.malformed_link);
    assert_refused(&f, 105, &d.c.not_ip); /* the first byte that is not there reads as a management frame's */
    assert_refused(&f, 127, &d.c.malformed_wlan);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_link);
}

static void test_ethertypes_refused(void **state)
{
    const struct {
        uint16_t type;
        const uint64_t *counter;
    } rows[] = {
        {0x8863, &d.c.not_ip}, /* PPPoE discovery: carries no IP */
        {0x0806, &d.c.not_ip}, {ETHERTYPE_BRIDGE, &d.c.not_ip}, {0, &d.c.not_ip}, {0x0026, &d.c.not_ip}, /* a length: 802.3 */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = tcp4("x");

        put_ethernet(&f, rows[i].type);
        assert_refused(&f, LINKTYPE_ETHERNET, rows[i].counter);
    }
}

/* An Ethernet frame behind a header of its own link type. */
static void test_links_with_ethernet(void **state)
{
    static const struct {
        uint32_t linktype;
        const char *header;
        size_t n;
    } rows[] = {
        {240, "\x81\x02\0\0", 4},
        {192, "\0\0\x08\0\1\0\0\0", 8},
        {107, "\x18\x41\x03\x00\x80\0\x80\xc2\0\7", 10},
        {107, "\x18\x41\x03\x80\0\x80\xc2\0\1", 9},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = ethernet4("framed");

        put_front(&f, rows[i].header, rows[i].n);
        put_back(&f, "\x12\x34\x56\x78", 4); /* a frame check sequence */
        if (!decode_link(&f, rows[i].linktype))
            fail_msg("row %zu", i);
        assert_payload("framed");
        assert_int_equal(d.p.macs.n, 12);
    }
}

static void test_serial_refused(void **state)
{
    const struct {
        uint32_t linktype;
        const char *header;
        size_t n;
        const uint64_t *counter;
    } rows[] = {
        {104, "\x8f\0\x80\x35", 4, &d.c.not_ip}, /* SLARP */
        {104, "\x0f\0\x08", 3, &d.c.malformed_link},
        {107, "\x18\x41\x03\x09", 4, &d.c.not_ip}, /* a signal of the line */
        {107, "\x18\x41\x03\x80\0\0\x0c\x20\0", 9, &d.c.not_ip},
        {107, "\x18\x41\x03\x80\0\x80\xc2\0\2", 9, &d.c.not_ip},   /* token ring */
        {107, "\x19\x41\x03\xcc", 4, &d.c.malformed_link},         /* an address of one byte */
        {107, "\x18\x40\x02\x04\x03\xcc", 6, &d.c.malformed_link}, /* and one of more than four */
        {107, "\x18\x40", 2, &d.c.malformed_link},
        {107, "\x18\x41\x03", 3, &d.c.malformed_link},
        {107, "\x18\x41\x03\x00", 4, &d.c.malformed_link},
        {107, "\x18\x41\x03\x80\0\0\0\x08", 8, &d.c.malformed_link},
        {107, "\x18\x41\x08", 3, &d.c.malformed_link},
        {8, "\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0", 15, &d.c.malformed_link},
        {192, "\1\0\x08\0\x65\0\0\0", 8, &d.c.malformed_link},                        /* another version */
        {192, "\0\0\x07\0\x65\0\0\0", 8, &d.c.malformed_link},                        /* shorter than itself */
        {192, "\0\0\x09\0\x65\0\0\0", 8, &d.c.malformed_link},                        /* longer than the frame */
        {192, "\0\0\x08\0\xc0\0\0\0\0\0\x08\0\x65\0\0\0", 16, &d.c.refused_linktype}, /* in itself */
        {240, "\x81\x02\0", 3, &d.c.malformed_link},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = text("");

        put_front(&f, rows[i].header, rows[i].n);
        assert_refused(&f, rows[i].linktype, rows[i].counter);
    }
}

static void put_attribute(struct bytes *f, bool big_endian, uint16_t type, size_t len)
{
    uint8_t h[4];

    set_be16(h, big_endian ? len : __builtin_bswap16((uint16_t)len));
    set_be16(h + 2, big_endian ? type : __builtin_bswap16(type));
    put_front(f, h, sizeof(h));
}

/* Attributes as the kernel sends them: packet header, prefix with padding, a nested one, and the packet. */
static void put_nflog(struct bytes *f, bool big_endian)
{
    put_attribute(f, big_endian, 9, f->n + 4);
    put_front(f, "\x12\x34\x56\x78", 4);
    put_attribute(f, big_endian, 0x8013, 8);
    put_front(f, "hi\0\0", 4);
    put_attribute(f, big_endian, 10, 7);
    put_front(f, "\x08\0\1\0", 4);
    put_attribute(f, big_endian, 1, 8);
    put_front(f, "\2\0\0\x14", 4);
}

static void test_nflog(void **state)
{
    (void)state;
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct bytes f = tcp4("logged"), g = tcp6("six"), good;

        put_nflog(&f, big_endian);
        assert_true(decode_link(&f, 239));
        assert_payload("logged");
        put_nflog(&g, big_endian);
        put_back(&g, "\0\0\0", 3); /* padding behind the last attribute */
        assert_true(decode_link(&g, 239));
        assert_payload("six");
        good = f;
        f.b[1] = 1; /* another version */
        assert_refused(&f, 239, &d.c.malformed_link);
        f = good;
        set_be16(f.b + 4, big_endian ? 3 : 0x0300); /* an attribute shorter than its header */
        assert_refused(&f, 239, &d.c.malformed_link);
        set_be16(f.b + 4, 0xffff); /* longer than the frame */
        assert_refused(&f, 239, &d.c.malformed_link);
        f = good;
        f.n = 4 + 8 + 8; /* no packet in it */
        assert_refused(&f, 239, &d.c.malformed_link);
        f = text("");
        put_back(&f, "\0\1\x08\0\6\4", 6); /* ARP */
        put_nflog(&f, big_endian);
        assert_refused(&f, 239, &d.c.not_ip);
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

/* Fails unless f, of which so much was captured, means the same with a VLAN tag, which is read layer by layer, as without. */
static void assert_same_tagged(const struct bytes *f, size_t captured)
{
    struct bytes tagged = *f, payload = {.n = 0};
    struct decoded plain;

    memset(&d.c, 0, sizeof(d.c));
    decode_cut(f, captured, (uint32_t)f->n, LINKTYPE_ETHERNET);
    put_back(&payload, d.mem ? d.mem : (const uint8_t *)"", d.payload.n);
    plain = d;
    memmove(tagged.b + 16, tagged.b + 12, f->n - 12);
    memcpy(tagged.b + 12, "\x81\x00\x00\x01", 4);
    tagged.n += 4;
    memset(&d.c, 0, sizeof(d.c));
    assert_int_equal(decode_cut(&tagged, captured + 4, (uint32_t)tagged.n, LINKTYPE_ETHERNET), plain.ok);
    assert_memory_equal(&d.c, &plain.c, sizeof(d.c));
    if (!plain.ok)
        return;
    assert_memory_equal(&d.p.src, &plain.p.src, sizeof(d.p.src));
    assert_memory_equal(&d.p.dst, &plain.p.dst, sizeof(d.p.dst));
    assert_int_equal(d.p.sport, plain.p.sport);
    assert_int_equal(d.p.dport, plain.p.dport);
    assert_int_equal(d.p.is_v4, plain.p.is_v4);
    assert_int_equal(d.p.ip_proto, plain.p.ip_proto);
    assert_int_equal(d.p.tcp_flags, plain.p.tcp_flags);
    assert_int_equal(d.p.tcp_seq, plain.p.tcp_seq);
    assert_int_equal(d.p.tcp_ack, plain.p.tcp_ack);
    assert_int_equal(d.p.macs.n, plain.p.macs.n);
    assert_int_equal(d.p.n_encap, plain.p.n_encap);
    assert_int_equal(d.p.payload_wire_len, plain.p.payload_wire_len);
    assert_int_equal(d.payload.n, payload.n);
    assert_memory_equal(d.payload.p, payload.b, payload.n);
}

/* The shortcut of the usual frame: each byte of its headers changed in all ways, cut at each place, with padding. */
static void test_usual_frame(void **state)
{
    struct bytes f = ethernet4("hello");

    (void)state;
    put_back(&f, "\0\0\0\0\0\0", 6);
    for (size_t n = 14; n <= f.n; n++)
        assert_same_tagged(&f, n);
    for (size_t at = 12; at < IP + 34; at++) {
        uint8_t was = f.b[at];

        for (unsigned byte = 0; byte < 256; byte++) {
            f.b[at] = (uint8_t)byte;
            assert_same_tagged(&f, f.n);
        }
        f.b[at] = was;
    }
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

/* The port that one kernel's driver takes unless told otherwise. */
static void test_vxlan_old_port(void **state)
{
    struct bytes f = ethernet4("inside");

    (void)state;
    put_vxlan_at(&f, 8472, 0x010203);
    assert_true(decode(&f));
    assert_payload("inside");
    assert_int_equal(d.p.n_encap, 1);
    assert_int_equal(d.p.vni, 0x010203);
    assert_int_equal(d.c.vxlan, 1);
    f.b[IP + 28] = 0;
    assert_true(decode(&f));
    assert_int_equal(d.p.dport, 8472);
    assert_int_equal(d.c.malformed_vxlan, 1);
}

/* The ports are those that are configured: any place of the list, either list, or none. */
static void test_tunnel_ports(void **state)
{
    static const struct conf_ports many = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 6081}, 16}, vxlan = {{4789}, 1},
                                   none = {{6081}, 0};
    struct bytes f = ethernet4("inside");

    (void)state;
    put_vxlan_at(&f, 6081, 7);
    tunnels = tunnel_ports_of(&many, &vxlan);
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 1);
    assert_int_equal(d.c.vxlan, 1);
    tunnels = tunnel_ports_of(&none, &none); /* what stands behind the end does not count */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 0);
    assert_int_equal(d.p.dport, 6081);
    assert_int_equal(d.c.udp, 1);
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

/* --- labels, PPP, IP in IP, GRE, AH ---------------------------------------------------------------- */

static void test_mpls(void **state)
{
    static const int depths[] = {1, 3, 8};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
        f = tcp4("four");
        put_labels(&f, depths[i]);
        assert_true(decode(&f));
        assert_payload("four");
        assert_true(d.p.is_v4);
        assert_int_equal(d.p.n_encap, 0);
        f = tcp6("six");
        put_labels(&f, depths[i]);
        set_be16(f.b + 12, ETHERTYPE_MPLS_MC);
        assert_true(decode(&f));
        assert_payload("six");
        assert_false(d.p.is_v4);
        f = ethernet4("pseudowire");
        put_front(&f, "\0\0\0\1", 4);
        put_labels(&f, depths[i]);
        assert_true(decode(&f));
        assert_payload("pseudowire");
        assert_int_equal(d.p.macs.n, 12);
    }
    assert_int_equal(d.c.mpls, 9);
    f = tcp4("tagged");
    put_label(&f, 16, true);
    put_type(&f, ETHERTYPE_MPLS);
    put_tag(&f, ETHERTYPE_VLAN);
    put_macs(&f);
    assert_true(decode(&f));
    assert_payload("tagged");
}

/* Ethernet pseudowires with a control word and without, to addresses that look like one and do not. */
static void test_mpls_pseudowires(void **state)
{
    static const uint8_t firsts[] = {0x00, 0x02, 0x0e, 0x12, 0x38, 0x40, 0x44, 0x5a, 0x70, 0x98, 0xfa};
    static const uint16_t tags[] = {0, ETHERTYPE_VLAN, ETHERTYPE_QINQ};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
        for (size_t k = 0; k < ARRAY_LEN(tags); k++) {
            for (int word = 0; word < 2; word++) {
                struct bytes f = tcp4("pseudowire");

                put_type(&f, ETHERTYPE_IP4);
                if (tags[k])
                    put_tag(&f, tags[k]);
                put_macs(&f);
                f.b[0] = firsts[i];
                if (word)
                    put_front(&f, "\0\0\x12\x34", 4);
                put_labels(&f, 2);
                if (!decode(&f))
                    fail_msg("first byte %x, tag %x, control word %d", firsts[i], tags[k], word);
                assert_payload("pseudowire");
                assert_int_equal(d.p.macs.n, 12);
            }
        }
    }
    for (uint8_t first = 0x40; first < 0x70; first = (uint8_t)(first == 0x4e ? 0x60 : first + 2)) {
        struct bytes f = ethernet4("pseudowire");

        memcpy(f.b, "\x40\xa8\xf0\x2d\x5c\x1a", 6);
        f.b[0] = first;
        put_labels(&f, 1);
        if (!decode(&f))
            fail_msg("first byte %x", first);
        assert_payload("pseudowire");
    }
}

static void test_mpls_refused(void **state)
{
    struct bytes f = tcp4("x");

    (void)state;
    put_labels(&f, 9);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
    f = ethernet4("an address that could be the header of an IP packet is taken for one");
    memcpy(f.b, "\x60\x01\x02\x03\0\x14", 6);
    put_labels(&f, 1);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.other_ip);
    f = tcp4("not a known type");
    put_ethernet(&f, 0x9999);
    put_labels(&f, 1);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.not_ip); /* begins with 02: taken for a control word */
    f.b[IP + 4] = 0x12;
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_inner);
    f = text("");
    for (int i = 0; i < 3; i++)
        put_label(&f, 16, false); /* no bottom */
    put_ethernet(&f, ETHERTYPE_MPLS);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_mpls);
    f.n -= 2; /* cut in the stack */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_mpls);
    f = text("\1\1"); /* cut in the control word */
    f.b[0] = 0;
    put_labels(&f, 2);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_mpls);
}

static void test_ppp(void **state)
{
    static const struct {
        const char *header;
        size_t n;
        int version; /* 0: labels and IPv4 */
    } rows[] = {
        {"\x00\x21", 2, 4},     {"\x00\x57", 2, 6},         {"\x21", 1, 4},
        {"\x57", 1, 6},         {"\xff\x03\x00\x21", 4, 4}, {"\xff\x03\x00\x57", 4, 6},
        {"\xff\x03\x21", 3, 4}, {"\x02\x81", 2, 0},         {"\xff\x03\x02\x83", 4, 0},
    };
    static const uint32_t linktypes[] = {9, 50};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = rows[i].version == 6 ? tcp6("hello") : tcp4("hello");

        if (rows[i].version == 0)
            put_label(&f, 16, true);
        put_front(&f, rows[i].header, rows[i].n);
        for (size_t k = 0; k < ARRAY_LEN(linktypes); k++) {
            if (!decode_link(&f, linktypes[k]))
                fail_msg("row %zu, link type %u", i, linktypes[k]);
            assert_payload("hello");
            assert_int_equal(d.p.is_v4, rows[i].version != 6);
            assert_int_equal(d.p.macs.n, 0);
        }
        put_pppoe(&f);
        assert_true(decode_link(&f, 51));
        assert_payload("hello");
        put_ethernet(&f, ETHERTYPE_PPPOE);
        assert_true(decode(&f));
        assert_payload("hello");
        assert_int_equal(d.p.n_encap, 0);
        assert_int_equal(d.p.macs.n, 12);
    }
    assert_int_equal(d.c.ppp, 4 * ARRAY_LEN(rows));
}

static void test_ppp_refused(void **state)
{
    struct bytes f = text("\xc0\x21\1\1"), good;

    (void)state;
    assert_refused(&f, 9, &d.c.not_ip); /* LCP */
    put_pppoe(&f);
    put_ethernet(&f, ETHERTYPE_PPPOE);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.not_ip);
    f = text("\xff\x03");
    assert_refused(&f, 9, &d.c.malformed_ppp);
    f = tcp4("hello");
    put_front(&f, "\0\x21", 2);
    put_pppoe(&f);
    put_ethernet(&f, ETHERTYPE_PPPOE);
    good = f;
    f.b[IP] = 0x21; /* version 2 */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ppp);
    f = good;
    f.b[IP + 1] = 0x09; /* a code of discovery */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ppp);
    f = good;
    set_be16(f.b + IP + 4, 1); /* the protocol number does not fit */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ppp);
    set_be16(f.b + IP + 4, 2 + 19);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
    f = good;
    put_back(&f, "padding", 7);    /* the length is shorter than the frame */
    set_be16(f.b + IP + 8 + 2, 0); /* and alone tells where the packet ends */
    assert_true(decode(&f));
    assert_payload("hello");
}

static void test_ip_in_ip(void **state)
{
    (void)state;
    for (int outer6 = 0; outer6 < 2; outer6++) {
        for (int inner6 = 0; inner6 < 2; inner6++) {
            struct bytes f = inner6 ? tcp6("inside") : tcp4("inside");
            uint8_t proto = inner6 ? IPPROTO_NUM_IPV6 : IPPROTO_NUM_IPIP;

            if (outer6)
                put_ip6(&f, proto);
            else
                put_ip4(&f, proto);
            put_ethernet(&f, outer6 ? ETHERTYPE_IP6 : ETHERTYPE_IP4);
            assert_true(decode(&f));
            assert_payload("inside");
            assert_int_equal(d.p.is_v4, !inner6);
            assert_int_equal(d.p.n_encap, 1);
            assert_int_equal(d.p.vni, 0);
            assert_int_equal(addr_is_v4(&d.p.outer_src), !outer6);
            assert_int_equal(d.p.macs.n, 0);         /* the outer addresses are not the inner ones */
            f.b[outer6 ? IP + 40 : IP + 20] ^= 0x20; /* another version than the protocol number says */
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
        }
    }
    assert_int_equal(d.c.ipip, 8);
    for (int n = 4; n <= 5; n++) {
        struct bytes f = tcp4("deep");

        for (int i = 0; i < n; i++)
            put_ip4(&f, IPPROTO_NUM_IPIP);
        put_ethernet(&f, ETHERTYPE_IP4);
        if (n <= PACKET_ENCAP_MAX) {
            assert_true(decode(&f));
            assert_payload("deep");
            assert_int_equal(d.p.n_encap, n);
        } else {
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
        }
    }
}

static void test_gre(void **state)
{
    static const uint16_t flags[] = {0, 0x8000, 0x2000, 0x1000, 0xa000, 0x3000, 0xb000};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        f = tcp4("four");
        put_gre(&f, flags[i], ETHERTYPE_IP4, 0x01020304);
        assert_true(decode(&f));
        assert_payload("four");
        assert_int_equal(d.p.n_encap, 1);
        assert_int_equal(d.p.vni, 0); /* a key numbers a network in NVGRE only */
        assert_int_equal(d.p.macs.n, 0);
        assert_memory_equal(d.p.outer_src.b + 12, "\xc0\x00\x02\x01", 4);
        f = tcp6("six");
        put_gre(&f, flags[i], ETHERTYPE_IP6, 5);
        assert_true(decode(&f));
        assert_payload("six");
        f = tcp4("labelled");
        put_label(&f, 16, true);
        put_gre(&f, flags[i], ETHERTYPE_MPLS, 5);
        assert_true(decode(&f));
        assert_payload("labelled");
        f = ethernet4("bridged");
        put_gre(&f, flags[i], ETHERTYPE_BRIDGE, 0xabcdef12);
        assert_true(decode(&f));
        assert_payload("bridged");
        assert_int_equal(d.p.vni, flags[i] & 0x2000 ? 0xabcdef : 0);
        assert_int_equal(d.p.macs.n, 12);
    }
    assert_int_equal(d.c.gre, 4 * ARRAY_LEN(flags));
    assert_int_equal(d.c.mpls, ARRAY_LEN(flags));
    assert_int_equal(d.c.erspan, 0);
    for (int n = 1; n <= 2; n++) { /* tags directly behind the header, which GRE's own type says */
        f = tcp4("tagged");
        put_type(&f, ETHERTYPE_IP4);
        for (int i = 1; i < n; i++)
            put_tag(&f, ETHERTYPE_VLAN);
        put_front(&f, "\x20\x07", 2);
        put_gre(&f, 0x2000, n == 1 ? ETHERTYPE_VLAN : ETHERTYPE_QINQ, 5);
        assert_true(decode(&f));
        assert_payload("tagged");
        assert_int_equal(d.p.n_encap, 1);
    }
    f = tcp4("over six");
    put_gre_header(&f, 0, ETHERTYPE_IP4, 0);
    put_ip6(&f, IPPROTO_NUM_GRE);
    put_ethernet(&f, ETHERTYPE_IP6);
    assert_true(decode(&f));
    assert_payload("over six");
}

static void test_gre_refused(void **state)
{
    static const uint16_t refused[] = {0x4000, 0xc000, 0x4001, 0x0002, 0x2007};
    static const uint16_t types[] = {0, 0x0806, 0x88cc, 0xb7ea};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        f = tcp4("x");
        put_gre(&f, refused[i], ETHERTYPE_IP4, 0);
        assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_gre);
    }
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        f = tcp4("x");
        put_gre(&f, 0, types[i], 0);
        assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_inner);
    }
    f = text("");
    put_gre(&f, 0xb000, ETHERTYPE_IP4, 0);
    f.n -= 1;
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_gre);
    f = tcp4("deep");
    put_gre_header(&f, 0, ETHERTYPE_IP4, 0);
    for (int i = 0; i < 4; i++) {
        put_ip4(&f, IPPROTO_NUM_GRE);
        put_gre_header(&f, 0, ETHERTYPE_IP4, 0);
    }
    put_ip4(&f, IPPROTO_NUM_GRE);
    assert_refused(&f, 101, &d.c.refused_depth);
}

static void test_erspan(void **state)
{
    struct bytes f = ethernet4("one");

    (void)state;
    put_gre(&f, 0, ETHERTYPE_ERSPAN, 0);
    assert_true(decode(&f));
    assert_payload("one");
    assert_int_equal(d.p.vni, 0);
    assert_int_equal(d.p.macs.n, 12);
    f = ethernet4("two");
    put_erspan2(&f, 0x3a5);
    assert_true(decode(&f));
    assert_payload("two");
    assert_int_equal(d.p.vni, 0x3a5);
    assert_int_equal(d.p.n_encap, 1);
    f.b[IP + 28] = 0x20; /* the version of type III */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_gre);
    for (int subheader = 0; subheader < 2; subheader++) {
        f = ethernet4("three");
        put_erspan3(&f, 0x15a, 0, subheader);
        assert_true(decode(&f));
        assert_payload("three");
        assert_int_equal(d.p.vni, 0x15a);
        assert_int_equal(d.p.macs.n, 12);
        f.b[IP + 28] = 0x10; /* the version of type II */
        assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_gre);
        f = tcp4("four");
        put_erspan3(&f, 1, 2, subheader);
        assert_true(decode(&f));
        assert_payload("four");
        assert_int_equal(d.p.macs.n, 0);
        f = tcp6("six");
        put_erspan3(&f, 1, 2, subheader);
        assert_true(decode(&f));
        assert_payload("six");
    }
    assert_int_equal(d.c.erspan, 11);
    assert_int_equal(d.c.gre, 11);
    f = text("");
    put_erspan3(&f, 1, 0, true);
    f.n -= 1; /* cut in the subheader */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_gre);
    f.n -= 8; /* cut in the header */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_gre);
    f = text("");
    put_erspan2(&f, 1);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_link);
    f.n -= 1;
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_gre);
}

static void test_pptp(void **state)
{
    static const uint16_t flags[] = {0x3001, 0x3081};
    static const char *const headers[] = {"\xff\x03\x00\x21", "\xff\x03\x21"};
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        for (size_t k = 0; k < ARRAY_LEN(headers); k++) {
            f = tcp4("dialled");
            put_front(&f, headers[k], 4 - k);
            put_gre(&f, flags[i], ETHERTYPE_PPP, 0x00300001);
            assert_true(decode(&f));
            assert_payload("dialled");
            assert_int_equal(d.p.n_encap, 1);
            assert_int_equal(d.p.vni, 0);
        }
    }
    assert_int_equal(d.c.ppp, 4);
    f = text("\xff\x03\xc0\x21\1\1");
    put_gre(&f, 0x3001, ETHERTYPE_PPP, 1);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.not_ip);
    f = text("");
    put_gre(&f, 0x2081, ETHERTYPE_PPP, 1); /* an acknowledgement without a frame */
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.not_ip);
}

static void test_ah(void **state)
{
    struct bytes f;

    (void)state;
    for (int n = 1; n <= 3; n++) {
        for (int v6 = 0; v6 < 2; v6++) {
            f = text("signed");
            put_tcp(&f, 50000, 3333);
            for (int i = 0; i < n; i++)
                put_ah(&f, i == 0 ? IPPROTO_NUM_TCP : IPPROTO_NUM_AH);
            if (v6)
                put_ip6(&f, IPPROTO_NUM_AH);
            else
                put_ip4(&f, IPPROTO_NUM_AH);
            put_ethernet(&f, v6 ? ETHERTYPE_IP6 : ETHERTYPE_IP4);
            if (n > 2) {
                assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
                continue;
            }
            assert_true(decode(&f));
            assert_payload("signed");
            assert_int_equal(d.p.ip_proto, IPPROTO_NUM_TCP);
            assert_int_equal(d.p.dport, 3333);
            assert_int_equal(d.p.n_encap, 0);
            assert_int_equal(d.p.macs.n, 12);
            f.b[(v6 ? IP + 40 : IP + 20) + 1] = 200; /* longer than the packet */
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.malformed_ip);
        }
    }
    f = text("options behind it");
    put_tcp(&f, 50000, 3333);
    put_front(&f, "\x06\0\0\0\0\0\0\0", 8);
    put_ah(&f, IPPROTO_NUM_DSTOPTS);
    put_front(&f, "\x33\0\0\0\0\0\0\0", 8);
    put_ah(&f, IPPROTO_NUM_DSTOPTS);
    put_ip6(&f, IPPROTO_NUM_AH);
    assert_true(decode_link(&f, 101));
    assert_payload("options behind it");
    f.b[40 + 24 + 1] = 200; /* longer than the packet */
    assert_refused(&f, 101, &d.c.malformed_ip);
    f = text("of version 6 only");
    put_tcp(&f, 50000, 3333);
    put_front(&f, "\x06\0\0\0\0\0\0\0", 8);
    put_ah(&f, IPPROTO_NUM_DSTOPTS);
    put_ip4(&f, IPPROTO_NUM_AH);
    assert_refused(&f, 101, &d.c.other_ip);
    f = text("datagram");
    put_udp(&f, 1, 2);
    put_ah(&f, IPPROTO_NUM_UDP);
    put_ip4(&f, IPPROTO_NUM_AH);
    assert_true(decode_link(&f, 101));
    assert_payload("datagram");
    f = tcp4("tunnel mode");
    put_ah(&f, IPPROTO_NUM_IPIP);
    put_ip4(&f, IPPROTO_NUM_AH);
    assert_true(decode_link(&f, 101));
    assert_payload("tunnel mode");
    assert_int_equal(d.p.n_encap, 1);
    f = text("0123456789");
    put_ah(&f, IPPROTO_NUM_ESP);
    put_ip4(&f, IPPROTO_NUM_AH);
    assert_refused(&f, 101, &d.c.refused_esp);
}

/* The most layers between a link header and IP, and one more. */
static void test_shims(void **state)
{
    struct bytes f = tcp4("deep");

    (void)state;
    put_label(&f, 16, true);
    put_ethernet(&f, ETHERTYPE_MPLS);
    put_front(&f, "\0\0\0\1", 4);
    put_label(&f, 17, true);
    put_front(&f, "\x02\x81", 2);
    put_pppoe(&f);
    put_ethernet(&f, ETHERTYPE_PPPOE);
    assert_true(decode(&f));
    assert_payload("deep");
    put_ethernet(&f, ETHERTYPE_BRIDGE);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
}

/* --- tunnels over UDP that carry IP or PPP --------------------------------------------------------- */

static void test_gtp(void **state)
{
    static const uint8_t flags[] = {0, 1, 2, 3, 4, 6, 7};
    static const uint8_t words[] = {1, 2, 255};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        for (size_t k = 0; k < ARRAY_LEN(words); k++) {
            struct bytes f = tcp4("four"), g = tcp6("six");

            put_gtp(&f, flags[i], words[k]);
            assert_true(decode(&f));
            assert_payload("four");
            assert_int_equal(d.p.n_encap, 1);
            assert_int_equal(d.p.vni, 0); /* the endpoint identifier is another one in the other direction */
            assert_int_equal(d.p.macs.n, 0);
            assert_memory_equal(d.p.outer_src.b + 12, "\xc0\x00\x02\x01", 4);
            put_gtp(&g, flags[i], words[k]);
            assert_true(decode(&g));
            assert_payload("six");
            assert_false(d.p.is_v4);
        }
    }
    assert_int_equal(d.c.gtp, 2 * ARRAY_LEN(flags) * ARRAY_LEN(words));
    assert_int_equal(d.c.udp, 0);
    assert_int_equal(d.c.malformed_gtp, 0);
}

#define INNER (IP + 28) /* where the header of a tunnel over UDP starts */

static void test_gtp_ordinary(void **state)
{
    struct bytes f = tcp4("x"), good;
    uint64_t n = 0;

    (void)state;
    put_gtp(&f, 4, 1);
    good = f;
    for (int kind = 0; kind < 255; kind++) { /* signals are datagrams, and no fault */
        f.b[INNER + 1] = (uint8_t)kind;
        assert_true(decode(&f));
        assert_int_equal(d.p.n_encap, 0);
    }
    assert_int_equal(d.c.malformed_gtp, 0);
    for (int first = 0; first < 256; first++) { /* another version, or the charging protocol */
        f = good;
        f.b[INNER] = (uint8_t)first;
        if (first >> 4 == 3)
            continue;
        assert_true(decode(&f));
        assert_int_equal(d.p.dport, 2152);
        assert_int_equal(d.c.malformed_gtp, ++n);
    }
    f = good;
    set_be16(f.b + INNER + 2, f.n - INNER - 8 + 1); /* longer than the datagram */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_gtp, ++n);
    set_be16(f.b + INNER + 2, 7); /* ends in the extension header */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_gtp, ++n);
    f = good;
    f.b[INNER + 12] = 0; /* an extension header without length */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_gtp, ++n);
    f.b[INNER + 12] = 200; /* and one that does not end */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_gtp, ++n);
    assert_int_equal(d.c.gtp, 0);
    f = good;
    f.b[IP + 20] = 2152 >> 8; /* from the port, to another: it is not GTP-U */
    f.b[IP + 21] = 2152 & 0xff;
    set_be16(f.b + IP + 22, 53);
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 0);
    assert_int_equal(d.c.malformed_gtp, n);
    f = text("\x02\0\0\0\0\1");
    put_gtp(&f, 0, 0);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_inner);
}

static void test_gtp_extensions(void **state)
{
    (void)state;
    for (int n = 1; n <= 5; n++) {
        struct bytes f = tcp4("far");

        for (int i = 0; i < n; i++)
            put_front(&f, i == 0 ? "\1\0\0\0" : "\1\0\0\x85", 4);
        put_front(&f, "\0\0\0\x85", 4);
        put_front(&f, "\x34\xff\0\0\0\0\0\1", 8);
        set_be16(f.b + 2, f.n - 8);
        put_udp_tunnel(&f, 2152, 2152);
        assert_true(decode(&f));
        assert_int_equal(d.p.n_encap, n <= 4);
        assert_int_equal(d.c.malformed_gtp, n > 4);
    }
}

static void test_l2tp(void **state)
{
    static const uint16_t flags[] = {0x0002, 0x4002, 0x0802, 0x0202, 0x4102, 0x4802, 0x4a02, 0x0a02, 0x4b02};
    static const char *const headers[] = {"\xff\x03\x00\x21", "\xff\x03\x21", "\x00\x21", "\x21"};
    static const size_t lens[] = {4, 3, 2, 1};
    static const uint16_t ports[][2] = {{1701, 1701}, {50000, 1701}, {1701, 50000}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        for (size_t k = 0; k < ARRAY_LEN(headers); k++) {
            struct bytes f = tcp4("dialled");
            const uint16_t *port = ports[(i + k) % ARRAY_LEN(ports)];

            put_front(&f, headers[k], lens[k]);
            put_l2tp(&f, flags[i], port[0], port[1]);
            assert_true(decode(&f));
            assert_payload("dialled");
            assert_int_equal(d.p.n_encap, 1);
            assert_int_equal(d.p.vni, 0); /* tunnel and session are other ones in the other direction */
            assert_int_equal(d.p.macs.n, 0);
        }
    }
    assert_int_equal(d.c.l2tp, ARRAY_LEN(flags) * ARRAY_LEN(headers));
    assert_int_equal(d.c.ppp, d.c.l2tp);
    assert_int_equal(d.c.malformed_l2tp, 0);
}

static void test_l2tp_other(void **state)
{
    static const uint16_t wrong[] = {0x0001, 0x000f, 0x0012, 0x2002, 0x1002, 0x0402};
    static const char *const unlike[] = {"\x02\x21", "\x01", "\xff\x03\x00\x1f", "\x7e\x21", "\x20"};
    static const char *const control[] = {"\xc0\x21", "\x80\x21", "\xff\x03\xc0\x23", "\xfd", "\x00\xfb"};
    uint64_t n = 0;
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        f = tcp4("x");
        put_front(&f, "\x00\x21", 2);
        put_l2tp(&f, wrong[i], 1701, 1701);
        assert_true(decode(&f));
        assert_int_equal(d.p.n_encap, 0);
        assert_int_equal(d.c.malformed_l2tp, ++n);
    }
    for (size_t i = 0; i < ARRAY_LEN(unlike); i++) {
        f = tcp4("x");
        put_front(&f, unlike[i], unlike[i][0] == '\xff' ? 4 : 2);
        put_l2tp(&f, 0x4002, 1701, 1701);
        assert_true(decode(&f));
        assert_int_equal(d.p.n_encap, 0);
        assert_int_equal(d.c.malformed_l2tp, ++n);
    }
    for (size_t i = 0; i < ARRAY_LEN(control); i++) {
        f = text("\1\1");
        put_front(&f, control[i], control[i][0] == '\xff' ? 4 : control[i][0] == '\xfd' ? 1 : 2);
        put_l2tp(&f, 0x4002, 1701, 1701);
        assert_refused(&f, LINKTYPE_ETHERNET, &d.c.not_ip);
    }
    f = tcp4("x");
    put_front(&f, "\x00\x21", 2);
    put_l2tp(&f, 0x4002, 1701, 1701);
    set_be16(f.b + INNER + 2, 7); /* ends in its own header */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_l2tp, ++n);
    set_be16(f.b + INNER + 2, f.n - INNER + 1); /* longer than the datagram */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_l2tp, ++n);
    set_be16(f.b + INNER, 0xc802); /* a control message */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 0);
    assert_int_equal(d.c.malformed_l2tp, n);
    set_be16(f.b + INNER, 0x0003);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_l2tp3);
    f = text("\1\1\1\1");
    put_ip4(&f, IPPROTO_NUM_L2TP3);
    assert_refused(&f, 101, &d.c.refused_l2tp3);
}

/* What a name server is asked from the port of a tunnel, with any identification, is read as it is. */
static void test_dns_from_tunnel_ports(void **state)
{
    static const uint16_t ports[] = {1701, 2152, 3544};
    struct bytes f = text("");

    (void)state;
    put_back(&f, "\0\0\1\0\0\1\0\0\0\0\0\1\4pool\7example\0\0\1\0\1\0\0\x29\4\xd0\0\0\0\0\0\0", 40);
    for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
        struct bytes g = f;

        put_udp_tunnel(&g, ports[i], 53);
        for (size_t id = 0; id <= 0xffff; id++) {
            set_be16(g.b + INNER, id);
            if (!decode(&g) || d.p.n_encap || d.p.dport != 53)
                fail_msg("port %u, identification %zx", ports[i], id);
        }
    }
    assert_int_equal(d.c.malformed_l2tp + d.c.malformed_gtp + d.c.malformed_teredo, 0);
}

static void test_teredo(void **state)
{
    static const uint16_t ports[][2] = {{3544, 3544}, {50000, 3544}, {3544, 50000}};

    (void)state;
    for (int headers = 0; headers < 4; headers++) {
        for (size_t k = 0; k < ARRAY_LEN(ports); k++) {
            struct bytes f = tcp6("through a hole");

            put_teredo(&f, headers, ports[k][0], ports[k][1]);
            assert_true(decode(&f));
            assert_payload("through a hole");
            assert_false(d.p.is_v4);
            assert_int_equal(d.p.n_encap, 1);
            assert_int_equal(d.p.vni, 0);
            assert_true(addr_is_v4(&d.p.outer_src));
            assert_int_equal(d.p.macs.n, 0);
        }
    }
    assert_int_equal(d.c.teredo, 12);
    assert_int_equal(d.c.malformed_teredo, 0);
}

static void test_teredo_ordinary(void **state)
{
    struct bytes f = tcp6("x"), good;

    (void)state;
    put_teredo(&f, 0, 50000, 3544);
    good = f;
    f.b[INNER] = 0x45;
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_teredo, 1);
    f = good;
    f.b[INNER + 5] += 1; /* longer than the datagram */
    assert_true(decode(&f));
    assert_int_equal(d.c.malformed_teredo, 2);
    f = good;
    f.b[INNER + 11] = 1; /* neither address is Teredo's */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 0);
    assert_int_equal(d.c.malformed_teredo, 3);
    memcpy(f.b + INNER + 24, "\x20\x01\0\0", 4); /* the destination is */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 1);
    f.b[INNER + 27] = 1;
    memcpy(f.b + INNER + 8, "\xfe\x80", 2); /* a client that asks its server */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 1);
    f = tcp6("x");
    put_teredo(&f, 3, 50000, 3544);
    f.b[INNER + 2] = 255; /* an authentication longer than the datagram */
    assert_true(decode(&f));
    assert_int_equal(d.p.n_encap, 0);
    assert_int_equal(d.c.malformed_teredo, 4);
    f = text("");
    put_ip6(&f, IPPROTO_NUM_NONE);
    put_teredo(&f, 2, 3544, 3544);
    assert_refused(&f, LINKTYPE_ETHERNET, &d.c.other_ip); /* a bubble */
}

static void test_udp_tunnels_nested(void **state)
{
    struct bytes f = tcp4("deep");

    (void)state;
    for (uint32_t n = 1; n <= 5; n++) {
        if (n % 2) {
            put_gtp(&f, 4, 1);
        } else {
            put_front(&f, "\x21", 1);
            put_l2tp(&f, 0x4802, 1701, 1701);
        }
        if (n <= PACKET_ENCAP_MAX) {
            assert_true(decode(&f));
            assert_payload("deep");
            assert_int_equal(d.p.n_encap, n);
        } else {
            assert_refused(&f, LINKTYPE_ETHERNET, &d.c.refused_depth);
        }
        memmove(f.b, f.b + IP, f.n - IP); /* what goes into the next tunnel is the IP packet */
        f.n -= IP;
    }
}

/* --- 802.11 ---------------------------------------------------------------------------------------- */

static void test_wlan(void **state)
{
    static const struct {
        uint8_t subtype, control1;
    } rows[] = {
        {0, 0x01},
        {0, 0x02},
        {0, 0},
        {0, WLAN_FOUR},
        {WLAN_QOS, 0x01},
        {WLAN_QOS, WLAN_FOUR},
        {WLAN_QOS, 0x02 | WLAN_ORDER},
        {WLAN_QOS, WLAN_FOUR | WLAN_ORDER},
        {0, 0x01 | WLAN_ORDER}, /* without QoS the bit says nothing of a header */
        {0x10, 0x01},           /* data with an acknowledgement */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes f = tcp4("four"), g = tcp6("six");

        put_wlan(&f, rows[i].subtype, rows[i].control1, 0x07, 0, ETHERTYPE_IP4);
        put_wlan(&g, rows[i].subtype, rows[i].control1, 0x10, 0, ETHERTYPE_IP6);
        if (!decode_link(&f, 105))
            fail_msg("row %zu", i);
        assert_payload("four");
        assert_int_equal(d.p.macs.n, 0);
        assert_true(decode_link(&g, 105));
        assert_payload("six");
        put_back(&g, "\x12\x34\x56\x78", 4); /* a frame check sequence */
        assert_true(decode_link(&g, 105));
        assert_payload("six");
    }
    assert_int_equal(d.c.wlan, 3 * ARRAY_LEN(rows));
    for (int n = 1; n <= 9; n++) {
        struct bytes f = tcp4("tagged");

        put_type(&f, ETHERTYPE_IP4);
        for (int i = 1; i < n; i++)
            put_tag(&f, ETHERTYPE_VLAN);
        put_front(&f, "\x20\x07", 2);
        put_wlan(&f, WLAN_QOS, 0x01, 0, 0, ETHERTYPE_VLAN);
        if (n <= 8) {
            assert_true(decode_link(&f, 105));
            assert_payload("tagged");
        } else {
            assert_refused(&f, 105, &d.c.refused_depth);
        }
    }
}

static void test_wlan_refused(void **state)
{
    struct bytes f;

    (void)state;
    f = tcp4("x");
    put_wlan(&f, 0, 0x01 | WLAN_PROTECTED, 0, 0, ETHERTYPE_IP4);
    assert_refused(&f, 105, &d.c.refused_wlan);
    f = tcp4("x");
    put_wlan(&f, WLAN_QOS, 0x01, 0x80, 0, ETHERTYPE_IP4); /* A-MSDU */
    assert_refused(&f, 105, &d.c.refused_wlan);
    f = tcp4("x");
    put_wlan(&f, WLAN_QOS, WLAN_FOUR, 0x80, 0, ETHERTYPE_IP4);
    assert_refused(&f, 105, &d.c.refused_wlan);
    f = text("");
    put_wlan(&f, 0x40, 0x01, 0, 0, ETHERTYPE_IP4); /* no data */
    assert_refused(&f, 105, &d.c.not_ip);
    put_wlan(&f, WLAN_QOS | 0x40, 0x01, 0, 0, ETHERTYPE_IP4);
    assert_refused(&f, 105, &d.c.not_ip);
    f.b[0] = 0x80; /* a beacon */
    assert_refused(&f, 105, &d.c.not_ip);
    f.b[0] = 0xd4; /* an acknowledgement */
    assert_refused(&f, 105, &d.c.not_ip);
    f = tcp4("x");
    put_wlan(&f, 0, 0x01, 0, 0, 0x0806);
    assert_refused(&f, 105, &d.c.not_ip);
    f = tcp4("x");
    put_wlan(&f, 0, 0x01, 0, 0, ETHERTYPE_IP4);
    f.b[24] = 0x42; /* LLC of spanning tree */
    assert_refused(&f, 105, &d.c.not_ip);
    f.n = 31;
    assert_refused(&f, 105, &d.c.malformed_wlan);
}

static void test_radiotap(void **state)
{
    static const struct {
        const char *header;
        size_t n;
        size_t pad; /* behind the 802.11 header of 26 bytes */
    } rows[] = {
        {"\0\0\x08\0\0\0\0\0", 8, 0},                                            /* no field */
        {"\0\0\x0a\0\x06\0\0\0\x10\x0c", 10, 0},                                 /* flags, rate */
        {"\0\0\x09\0\x02\0\0\0\x20", 9, 2},                                      /* flags: padded */
        {"\0\0\x11\0\x03\0\0\0\1\2\3\4\5\6\7\x08\x20", 17, 2},                   /* time stamp, flags: padded */
        {"\0\0\x10\0\x01\0\0\0\x20\x20\x20\x20\x20\x20\x20\x20", 16, 0},         /* time stamp alone */
        {"\0\0\x0d\0\x02\0\0\x80\0\0\0\0\x20", 13, 2},                           /* two words of presence bits */
        {"\0\0\x19\0\x03\0\0\x80\0\0\0\0\0\0\0\0\1\2\3\4\5\6\7\x08\x20", 25, 2}, /* the same, an aligned time stamp */
        {"\0\0\x08\0\x02\0\0\0", 8, 0},                                          /* flags that are not there */
    };
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        f = tcp4("in the air");
        put_wlan(&f, WLAN_QOS, 0x01, 0, rows[i].pad, ETHERTYPE_IP4);
        put_front(&f, rows[i].header, rows[i].n);
        if (!decode_link(&f, 127))
            fail_msg("row %zu", i);
        assert_payload("in the air");
    }
    assert_int_equal(d.c.wlan, ARRAY_LEN(rows));
    f = tcp4("x");
    put_wlan(&f, 0, 0x01 | WLAN_PROTECTED, 0, 0, ETHERTYPE_IP4);
    put_front(&f, rows[0].header, rows[0].n);
    assert_refused(&f, 127, &d.c.refused_wlan);
    f.b[0] = 1; /* another version */
    assert_refused(&f, 127, &d.c.malformed_wlan);
    f.b[0] = 0;
    f.b[2] = 7; /* shorter than itself */
    assert_refused(&f, 127, &d.c.malformed_wlan);
    set_be16(f.b + 2, 0xffff); /* longer than the frame */
    assert_refused(&f, 127, &d.c.malformed_wlan);
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

/* The same for labels, PPP, IP in IP, GRE and what rides on it, AH, and 802.11. */
static void test_cut_everywhere_shims(void **state)
{
    static const uint16_t flags[] = {0, 0x8000, 0x2000, 0x1000, 0xb000};
    struct bytes f;

    (void)state;
    for (int n = 1; n <= 9; n += 2) {
        f = n == 3 ? tcp6("payload") : tcp4("payload");
        put_labels(&f, n);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
    }
    f = ethernet4("payload");
    put_front(&f, "\0\0\0\1", 4);
    put_labels(&f, 2);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    for (int v6 = 0; v6 < 2; v6++) {
        f = v6 ? tcp6("payload") : tcp4("payload");
        put_front(&f, v6 ? "\xff\x03\0\x57" : "\xff\x03\0\x21", 4);
        cut_everywhere(&f, 9);
        cut_everywhere(&f, 50);
        put_pppoe(&f);
        cut_everywhere(&f, 51);
        put_ethernet(&f, ETHERTYPE_PPPOE);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
    }
    f = tcp4("payload");
    put_front(&f, "\x21", 1);
    cut_everywhere(&f, 9);
    f = tcp4("payload");
    put_ip4(&f, IPPROTO_NUM_IPIP);
    put_ip6(&f, IPPROTO_NUM_IPIP);
    put_ip6(&f, IPPROTO_NUM_IPV6);
    put_ip4(&f, IPPROTO_NUM_IPV6);
    cut_everywhere(&f, 101);
    put_ip4(&f, IPPROTO_NUM_IPIP);
    cut_everywhere(&f, 101);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        f = tcp4("payload");
        put_gre(&f, flags[i], ETHERTYPE_IP4, 7);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
        f = ethernet4("payload");
        put_gre(&f, flags[i], ETHERTYPE_BRIDGE, 7);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
    }
    f = ethernet4("payload");
    put_gre(&f, 0, ETHERTYPE_ERSPAN, 0);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    f = ethernet4("payload");
    put_erspan2(&f, 9);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    for (int subheader = 0; subheader < 2; subheader++) {
        f = ethernet4("payload");
        put_erspan3(&f, 9, 0, subheader);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
        f = tcp6("payload");
        put_erspan3(&f, 9, 2, subheader);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
    }
    f = tcp4("payload");
    put_front(&f, "\xff\x03\0\x21", 4);
    put_gre(&f, 0x3081, ETHERTYPE_PPP, 1);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    for (int n = 1; n <= 3; n++) {
        f = text("payload");
        put_tcp(&f, 1, 2);
        for (int i = 0; i < n; i++)
            put_ah(&f, i == 0 ? IPPROTO_NUM_TCP : IPPROTO_NUM_AH);
        put_ip6(&f, IPPROTO_NUM_AH);
        cut_everywhere(&f, 101);
    }
    f = ethernet4("payload");
    put_vxlan_at(&f, 8472, 1);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
}

static void test_cut_everywhere_wlan(void **state)
{
    static const uint8_t seconds[] = {0x01, WLAN_FOUR, WLAN_FOUR | WLAN_ORDER, 0x01 | WLAN_PROTECTED};
    static const uint8_t subtypes[] = {0, WLAN_QOS, 0x40};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(subtypes); i++) {
        for (size_t k = 0; k < ARRAY_LEN(seconds); k++) {
            for (int qos = 0; qos <= 0x80; qos += 0x80) {
                struct bytes f = tcp4("payload");

                put_wlan(&f, subtypes[i], seconds[k], (uint8_t)qos, 0, ETHERTYPE_IP4);
                cut_everywhere(&f, 105);
                put_front(&f, "\0\0\x12\0\x07\0\0\0\1\2\3\4\5\6\7\x08\0\x0c", 18);
                cut_everywhere(&f, 127);
                f.b[16] = 0x20;
                cut_everywhere(&f, 127);
            }
        }
    }
}

static void test_cut_everywhere_udp_tunnels(void **state)
{
    struct bytes f;

    (void)state;
    for (uint8_t flags = 0; flags < 8; flags++) {
        f = flags & 1 ? tcp6("payload") : tcp4("payload");
        put_gtp(&f, flags, 2);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
        f = tcp4("payload");
        put_front(&f, "\xff\x03\x00\x21", 4);
        put_l2tp(&f, (uint16_t)(2 | (flags & 1) << 14 | (flags & 2) << 10 | (flags & 4) << 7), 1701, 1701);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
        f = tcp6("payload");
        put_teredo(&f, flags & 3, 50000, 3544);
        cut_everywhere(&f, LINKTYPE_ETHERNET);
    }
}

static void test_cut_everywhere_links(void **state)
{
    static const struct {
        uint32_t linktype;
        const char *header;
        size_t n;
    } rows[] = {
        {104, "\x0f\0\x08\x00", 4},
        {107, "\x18\x40\x02\x03\x03\x00\xcc", 7},
        {107, "\x18\x41\x03\x00\x80\0\0\0\x08\x00", 10},
        {107, "\x18\x41\x03\xcf\x00\x21", 6},
        {107, "\x18\x41\x08\x00", 4},
        {8, "\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16},
        {192, "\0\0\x0e\0\x65\0\0\0\2\0\2\0\x11\x22", 14},
    };
    struct bytes f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        f = tcp4("payload");
        put_front(&f, rows[i].header, rows[i].n);
        cut_everywhere(&f, rows[i].linktype);
    }
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        f = tcp4("payload");
        put_nflog(&f, big_endian);
        cut_everywhere(&f, 239);
    }
    f = ethernet4("payload");
    put_labels(&f, 2);
    cut_everywhere(&f, LINKTYPE_ETHERNET);
    f = ethernet4("payload");
    put_front(&f, "\x81\x02\0\0", 4);
    cut_everywhere(&f, 240);
}

/* Every byte of a frame changed to every value: nothing is read outside, and the counts stay right. */
static void change_every_byte(struct bytes *f, uint32_t linktype)
{
    for (size_t i = 0; i < f->n; i++) {
        uint8_t was = f->b[i];

        for (int v = 0; v < 256; v++) {
            struct wire_counters before = d.c;
            uint64_t raised;

            f->b[i] = (uint8_t)v;
            decode_link(f, linktype);
            raised = ends(&d.c) - ends(&before);
            assert_true(raised == 1 || (raised == 0 && !d.ok && d.c.fragments > before.fragments));
            assert_int_equal(d.ok, d.c.tcp + d.c.udp > before.tcp + before.udp);
        }
        f->b[i] = was;
    }
}

static void test_every_byte_changed(void **state)
{
    struct bytes f = text("p");

    (void)state;
    put_tcp(&f, 1, 2);
    put_front(&f, "\x06\0\0\0\0\0\0\0", 8);
    put_ip6(&f, IPPROTO_NUM_DSTOPTS);
    put_geneve(&f, ETHERTYPE_IP6, 1, 1);
    put_vxlan(&f, 2);
    change_every_byte(&f, LINKTYPE_ETHERNET);
    f = ethernet4("p");
    put_erspan3(&f, 1, 0, true);
    put_front(&f, "\0\0\0\1", 4);
    put_label(&f, 16, true);
    put_front(&f, "\xff\x03\x02\x81", 4);
    put_gre_header(&f, 0x3081, ETHERTYPE_PPP, 1);
    put_ah(&f, IPPROTO_NUM_GRE);
    put_ip4(&f, IPPROTO_NUM_AH);
    put_ip6(&f, IPPROTO_NUM_IPIP);
    put_front(&f, "\0\x57", 2);
    put_pppoe(&f);
    put_ethernet(&f, ETHERTYPE_PPPOE);
    change_every_byte(&f, LINKTYPE_ETHERNET);
    f = tcp4("p");
    put_wlan(&f, WLAN_QOS, WLAN_FOUR, 0, 0, ETHERTYPE_IP4);
    put_front(&f, "\0\0\x12\0\x07\0\0\0\1\2\3\4\5\6\7\x08\x20\x0c", 18);
    change_every_byte(&f, 127);
    f = tcp6("p");
    put_teredo(&f, 3, 3544, 3544);
    memmove(f.b, f.b + IP, f.n - IP);
    f.n -= IP;
    put_front(&f, "\x21", 1);
    put_l2tp(&f, 0x4a02, 1701, 1701);
    memmove(f.b, f.b + IP, f.n - IP);
    f.n -= IP;
    put_gtp(&f, 7, 1);
    memmove(f.b, f.b + IP, f.n - IP);
    f.n -= IP;
    put_nflog(&f, false);
    change_every_byte(&f, 239);
    f = ethernet4("p");
    put_labels(&f, 1);
    put_front(&f, "\x18\x41\x03\x00\x80\0\x80\xc2\0\7", 10);
    put_front(&f, "\0\0\x0a\0\x6b\0\0\0\2\0", 10);
    change_every_byte(&f, 192);
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
        test(test_links_with_ethernet),
        test(test_serial_refused),
        test(test_nflog),
        test(test_ethertypes_refused),
        test(test_ip4_options),
        test(test_ip4_malformed),
        test(test_ip4_lengths),
        test(test_usual_frame),
        test(test_truncated_capture),
        test(test_ip6),
        test(test_ip6_extensions),
        test(test_protocols_refused),
        test(test_tcp_header),
        test(test_tcp_options_cut),
        test(test_udp_length),
        test(test_vxlan),
        test(test_vxlan_old_port),
        test(test_tunnel_ports),
        test(test_vxlan_malformed),
        test(test_geneve),
        test(test_geneve_malformed),
        test(test_nested_tunnels),
        test(test_mpls),
        test(test_mpls_pseudowires),
        test(test_mpls_refused),
        test(test_ppp),
        test(test_ppp_refused),
        test(test_ip_in_ip),
        test(test_gre),
        test(test_gre_refused),
        test(test_erspan),
        test(test_pptp),
        test(test_ah),
        test(test_shims),
        test(test_gtp),
        test(test_gtp_ordinary),
        test(test_gtp_extensions),
        test(test_l2tp),
        test(test_l2tp_other),
        test(test_dns_from_tunnel_ports),
        test(test_teredo),
        test(test_teredo_ordinary),
        test(test_udp_tunnels_nested),
        test(test_wlan),
        test(test_wlan_refused),
        test(test_radiotap),
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
        test(test_cut_everywhere_shims),
        test(test_cut_everywhere_wlan),
        test(test_cut_everywhere_udp_tunnels),
        test(test_cut_everywhere_links),
        test(test_every_byte_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
