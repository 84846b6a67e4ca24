/*
 * blast_frame.c - frames: Ethernet, IPv4, TCP, UDP, and the headers of a mirror around them; reading of pcap files.
 *
 * TCP checksums are left zero, as a sending host with offload leaves them. Those of outer UDP headers are zero too, as RFC 7348
 * says, so that a socket takes the datagram.
 */
#include "config.h"

#include "blast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETH 14
#define IP 20
#define UDP 8

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_eth(uint8_t *p, const uint8_t dst[6], uint32_t src)
{
    memcpy(p, dst, 6);
    put16(p + 6, 0x0200);
    put32(p + 8, src);
    put16(p + 12, 0x0800);
}

static void put_ip(uint8_t *p, uint32_t src, uint32_t dst, uint8_t proto, uint32_t n)
{
    static uint16_t ident;
    uint32_t sum = 0;

    put16(p, 0x4500);
    put16(p + 2, IP + n);
    put16(p + 4, ident++);
    put16(p + 6, 0x4000);
    p[8] = 64;
    p[9] = proto;
    put16(p + 10, 0);
    put32(p + 12, src);
    put32(p + 16, dst);
    for (int i = 0; i < IP; i += 2)
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    put16(p + 10, ~sum & 0xffff);
}

static void put_udp(uint8_t *p, uint16_t sport, uint16_t dport, uint32_t n)
{
    put16(p, sport);
    put16(p + 2, dport);
    put16(p + 4, UDP + n);
    put16(p + 6, 0);
}

static const uint8_t router[6] = {2, 0, 0, 0, 0, 1};

void frame_tcp(struct frame *f, const struct segment *s)
{
    uint8_t *p = f->data;

    put_eth(p, router, s->src);
    put_ip(p + ETH, s->src, s->dst, 6, 20 + s->n_payload);
    p += ETH + IP;
    put16(p, s->sport);
    put16(p + 2, s->dport);
    put32(p + 4, s->seq);
    put32(p + 8, s->ack);
    p[12] = 0x50;
    p[13] = s->flags;
    put16(p + 14, 502);
    put32(p + 16, 0);
    if (s->n_payload)
        memcpy(p + 20, s->payload, s->n_payload);
    f->n = ETH + IP + 20 + s->n_payload;
    f->mark = -1;
}

void frame_udp(struct frame *f, const struct segment *s)
{
    put_eth(f->data, router, s->src);
    put_ip(f->data + ETH, s->src, s->dst, 17, UDP + s->n_payload);
    put_udp(f->data + ETH + IP, s->sport, s->dport, s->n_payload);
    if (s->n_payload)
        memcpy(f->data + ETH + IP + UDP, s->payload, s->n_payload);
    f->n = ETH + IP + UDP + s->n_payload;
    f->mark = -1;
}

/* The options of a gateway load balancer: endpoint, attachment, flow cookie. */
static const uint8_t gwlb_options[] = {0x01, 0x08, 1,    2,    0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
                                       0x77, 0x01, 0x08, 2,    2, 1,    0x23, 0x45, 0x67, 0x89, 0xab,
                                       0xcd, 0xef, 0x01, 0x08, 3, 1,    0,    0,    0,    0x2a};

void frame_wrap(struct frame *f, const struct wrap *w)
{
    uint8_t head[256], *p = head;
    uint32_t a = f->n >= ETH + IP ? get32(f->data + 26) : 0, b = f->n >= ETH + IP ? get32(f->data + 30) : 0;
    uint32_t source = 0x0ac80001 + ((a ^ b) * 2654435761U >> 16) % (w->n_sources ? w->n_sources : 1), target = get32(w->target);
    uint32_t n_vxlan = UDP + 8 + f->n;
    bool geneve = w->how == WRAP_GENEVE;

    if (w->how == WRAP_NONE)
        return;
    if ((size_t)f->n + sizeof(head) > FRAME_MAX)
        die("a frame of %u bytes is too long to be wrapped", f->n);
    put_eth(p, w->dst_mac, geneve ? 0x0ac8ff01 : source);
    p += ETH;
    if (geneve) {
        uint32_t n = 8 + sizeof(gwlb_options) + IP + n_vxlan;

        put_ip(p, 0x0ac8ff01, target, 17, UDP + n);
        put_udp(p + IP, 60001, 6081, n);
        p += IP + UDP;
        put16(p, (sizeof(gwlb_options) / 4) << 8);
        put16(p + 2, 0x0800);
        put32(p + 4, 0);
        memcpy(p + 8, gwlb_options, sizeof(gwlb_options));
        p += 8 + sizeof(gwlb_options);
    }
    put_ip(p, source, target, 17, n_vxlan);
    put_udp(p + IP, (uint16_t)(49152 + (a + b) % 16000), 4789, 8 + f->n);
    p += IP + UDP;
    put32(p, 0x08000000);
    put32(p + 4, w->vni << 8);
    p += 8;
    memmove(f->data + (p - head), f->data, f->n);
    memcpy(f->data, head, (size_t)(p - head));
    f->n += (uint32_t)(p - head);
}

static uint32_t pcap32(const struct capture *c, const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, 4);
    return c->swapped ? __builtin_bswap32(v) : v;
}

void capture_open(struct capture *c, const char *path)
{
    FILE *file = fopen(path, "rb");
    long size;
    uint32_t magic;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 24 || fseek(file, 0, SEEK_SET) != 0)
        die("%s: cannot be read, or is shorter than a pcap header", path);
    c->n = (size_t)size;
    c->data = malloc(c->n);
    if (!c->data || fread(c->data, 1, c->n, file) != c->n)
        die("%s: cannot be read", path);
    fclose(file);
    memcpy(&magic, c->data, 4);
    c->swapped = magic == 0xd4c3b2a1U || magic == 0x4d3cb2a1U;
    if (!c->swapped && magic != 0xa1b2c3d4U && magic != 0xa1b23c4dU)
        die("%s: is no classic pcap file", path);
    if (pcap32(c, c->data + 20) != 1)
        die("%s: has link type %u, expected 1 (Ethernet)", path, pcap32(c, c->data + 20));
    c->at = 24;
}

bool capture_next(struct capture *c, struct frame *f)
{
    uint32_t n;

    if (c->n - c->at < 16)
        return false;
    n = pcap32(c, c->data + c->at + 8);
    if (n > c->n - c->at - 16 || n > FRAME_MAX - 256)
        die("a packet of %u bytes, where %zu are left and %d can be sent", n, c->n - c->at - 16, FRAME_MAX - 256);
    memcpy(f->data, c->data + c->at + 16, n);
    f->n = n;
    f->mark = -1;
    c->at += 16 + n;
    return true;
}
