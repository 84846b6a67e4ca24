/*
 * fuzz_frame.c - several frames through decode_frame, with one fragment table.
 *
 * Input: a byte that chooses the link type; then frames, each of a length (16 bits, big endian), a byte of
 * flags, and its bytes. Flags: the low 5 bits say how much longer the frame was on the wire (0: not; 31:
 * 2^32 - 1 bytes in all; else 2 to the power of n); 0x20: a second passes before it, 0x40: a minute, 0x80: the datagrams in the
 * table are given up before it.
 *
 * Checked: each packet ends in exactly one counter or is a fragment that is held; views lie in the frame
 * or in the fragment table; lengths and the number of tunnels are within their bounds.
 */
#include "config.h"

#include "wire/decode.h"

#include <stdlib.h>

#define FRAMES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct conf_ports vxlan_ports = {{4789, 8472}, 2}, geneve_ports = {{6081}, 1};

static void check(bool fact)
{
    if (!fact)
        abort();
}

static bool lies_in(struct view v, const uint8_t *mem, size_t n)
{
    return v.n == 0 || (v.p >= mem && v.n <= n && (size_t)(v.p - mem) <= n - v.n);
}

static uint64_t refusals(const struct wire_counters *c)
{
    return c->other_ip + c->not_ip + c->malformed_link + c->malformed_ip + c->malformed_transport + c->malformed_fragment +
           c->malformed_gre + c->malformed_mpls + c->malformed_ppp + c->malformed_wlan + c->refused_linktype +
           c->refused_depth + c->refused_gre + c->refused_l2tp3 + c->refused_esp + c->refused_wlan + c->refused_inner;
}

static void check_packet(const struct packet *p, const struct frame *frame, const struct frag_table *frags)
{
    volatile uint8_t sum = 0;

    check(p->frame == frame);
    check(p->ip_proto == IPPROTO_NUM_TCP || p->ip_proto == IPPROTO_NUM_UDP);
    check(p->payload.n <= p->payload_wire_len);
    check(p->n_encap <= PACKET_ENCAP_MAX);
    check(p->vni < UINT32_C(1) << 24);
    check(p->macs.n == 0 || p->macs.n == 12);
    check(p->is_v4 ? addr_is_v4(&p->src) && addr_is_v4(&p->dst) : true);
    if (p->in_fragment_memory)
        check(lies_in(p->payload, frags->data.mem, frags->data.size * frags->data.cap));
    else
        check(lies_in(p->payload, frame->bytes.p, frame->bytes.n) && lies_in(p->macs, frame->bytes.p, frame->bytes.n));
    for (size_t i = 0; i < p->payload.n; i++)
        sum = (uint8_t)(sum + p->payload.p[i]);
    for (size_t i = 0; i < p->macs.n; i++)
        sum = (uint8_t)(sum + p->macs.p[i]);
}

static void decode_one(const struct frame *frame, struct frag_table *frags, struct wire_counters *c)
{
    struct wire_counters before = *c;
    struct packet p = {0};
    struct tunnel_ports ports = tunnel_ports_of(&vxlan_ports, &geneve_ports);
    bool ok = decode_frame(frame, &p, frags, &ports, c);
    uint64_t taken = c->tcp + c->udp - before.tcp - before.udp, refused = refusals(c) - refusals(&before);
    bool held = !ok && c->fragments > before.fragments;

    check(taken == ok);
    check(ok ? refused == 0 : refused == 1 || (refused == 0 && held));
    check(c->truncated - before.truncated == (frame->wire_len > frame->bytes.n));
    if (ok)
        check_packet(&p, frame, frags);
    frag_release(frags);
    check(frags->n_lent == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t linktypes[] = {1, 0,  12, 14,  101, 108, 113, 228, 229, 276, 105,
                                         9, 50, 51, 127, 104, 107, 8,   192, 239, 240, 147};
    struct buf b = buf_of(view_of(data, size));
    uint32_t linktype = linktypes[buf_u8(&b) % ARRAY_LEN(linktypes)];
    struct wire_counters c = {0};
    struct frag_table frags;
    ns_t now = 0;

    if (!frag_table_init(&frags, 8, 1))
        return 0;
    for (uint64_t i = 0; i < FRAMES_MAX && buf_left(&b) >= 3; i++) {
        uint16_t wanted = buf_be16(&b);
        uint8_t flags = buf_u8(&b);
        size_t n = min_size(wanted, buf_left(&b));
        struct view v = buf_take(&b, n);
        uint8_t *mem = malloc(n ? n : 1); /* of its very size */
        struct frame frame = {.linktype = linktype, .number = i + 1};

        if (!mem)
            break;
        if (n)
            memcpy(mem, v.p, n);
        now += flags & 0x20 ? NS_PER_SEC : 0;
        now += flags & 0x40 ? 60 * NS_PER_SEC : 0;
        if (flags & 0x80)
            frag_end(&frags, &c);
        frame.bytes = view_of(mem, n);
        frame.wire_len = (uint32_t)n;
        if ((flags & 0x1f) == 0x1f)
            frame.wire_len = UINT32_MAX;
        else if (flags & 0x1f)
            frame.wire_len += UINT32_C(1) << (flags & 0x1f);
        frame.time_ns = now;
        decode_one(&frame, &frags, &c);
        free(mem);
    }
    frag_end(&frags, &c);
    check(c.fragments >= c.fragments_joined + c.malformed_fragment);
    check(c.fragments_lost <= c.fragments);
    frag_table_fini(&frags);
    return 0;
}
