/*
 * blast.h - what the parts of the fast sender share.
 */
#ifndef LIVE_BLAST_H
#define LIVE_BLAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 9216 /* bytes of a frame; veth carries this much when its MTU is 9000 */
#define POOL 4096      /* frames of background traffic made beforehand */

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_PSH = 8, TCP_ACK = 16 };

struct frame {
    uint8_t data[FRAME_MAX];
    uint32_t n;
    int64_t mark; /* number of the miner whose proof this frame completes; -1 = none */
};

/* How frames are wrapped before they are sent, as a traffic mirror does. */
struct wrap {
    enum { WRAP_NONE, WRAP_VXLAN, WRAP_GENEVE } how; /* GENEVE holds VXLAN: a mirror session through a gateway load balancer */
    uint32_t vni;
    uint32_t n_sources; /* outer source addresses 10.200.0.1 and on */
    uint8_t target[4];  /* outer destination */
    uint8_t dst_mac[6]; /* of the interface that receives */
};

struct options {
    const char *interface, *mode, *file, *times, *only;
    uint64_t rate;  /* frames a second; 0 = as fast as it goes */
    double seconds; /* 0 = until all is sent */
    uint64_t first, count, rounds, loops;
    uint32_t net; /* first byte of the miners' addresses */
    struct wrap wrap;
};

/* A source of frames: false when it has no more. */
struct talk;
struct talk *talk_new(const struct options *o);
bool talk_next(struct talk *t, struct frame *f);
void talk_free(struct talk *t);

/* A TCP segment or UDP datagram between IPv4 addresses (host order); the payload has at most FRAME_MAX - 256 bytes. */
struct segment {
    uint32_t src, dst;
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint8_t flags;
    const void *payload;
    uint32_t n_payload;
};
void frame_tcp(struct frame *f, const struct segment *s);
void frame_udp(struct frame *f, const struct segment *s);
/* Puts the frame behind outer headers; the source is chosen by the two inner addresses, whatever their order. */
void frame_wrap(struct frame *f, const struct wrap *w);

/* Frames of a classic pcap file with Ethernet, all read at once; exits with a message when it is none. */
struct capture {
    uint8_t *data;
    size_t n, at;
    bool swapped;
};
void capture_open(struct capture *c, const char *path);
bool capture_next(struct capture *c, struct frame *f);

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint32_t chance(uint32_t below); /* a pseudo-random number, the same each run */

#endif
