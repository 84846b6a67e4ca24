/*
 * udp_input.c - one UDP socket as a source of frames.
 *
 * IPv4 (RFC 791), IPv6 (RFC 8200) and UDP (RFC 768) headers are written as far as the decoder reads them.
 */
#include "config.h"

#include "capture/udp_input.h"

#include "capture/fanout.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 32             /* datagrams of one system call */
#define DATAGRAM_MAX 65535   /* no UDP payload is longer */
#define HEADERS_MAX (40 + 8) /* IPv6 and UDP */
#define CONTROL_MAX 128      /* time stamp, count of drops, destination: 32 + 24 + 40 bytes */
#define LINKTYPE_RAW 101

struct udp_input {
    int fd;
    struct addr address; /* to which datagrams came when the kernel does not say it */
    bool is_ip6;
    uint16_t port;
    uint32_t room; /* bytes of a datagram that are kept */
    uint32_t file;
    uint32_t kernel_dropped; /* as the kernel last said; wraps */
    uint64_t buffer;
    uint64_t received, dropped;
    ns_t time_ns; /* of the last datagram */
    uint8_t *memory;
    struct mmsghdr message[BATCH];
    struct iovec iov[BATCH];
    struct sockaddr_storage from[BATCH];
    union {
        char bytes[CONTROL_MAX];
        struct cmsghdr align;
    } control[BATCH];
};

bool udp_input_address(const char *text, struct addr *address)
{
    struct in_addr v4;

    if (inet_pton(AF_INET, text, &v4) == 1) {
        addr_set_v4(address, (const uint8_t *)&v4);
        return true;
    }
    return inet_pton(AF_INET6, text, address->b) == 1;
}

static bool set_option(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

/* The kernel doubles what it is asked for, and counts its own overhead in it. */
static void set_buffer(struct udp_input *u, uint64_t bytes)
{
    int got = 0;
    socklen_t n = sizeof(got);

    if (!set_option(u->fd, SOL_SOCKET, SO_RCVBUFFORCE, (int)bytes))
        set_option(u->fd, SOL_SOCKET, SO_RCVBUF, (int)bytes); /* is cut, not refused */
    if (getsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &got, &n) == 0 && got > 0)
        u->buffer = (uint64_t)got / 2;
}

static bool bind_socket(struct udp_input *u, const struct udp_input_conf *conf)
{
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(conf->port)};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(conf->port)};

    memcpy(&to6.sin6_addr, conf->address.b, sizeof(to6.sin6_addr));
    memcpy(&to4.sin_addr, conf->address.b + 12, sizeof(to4.sin_addr));
    return u->is_ip6 ? bind(u->fd, (const struct sockaddr *)&to6, sizeof(to6)) == 0
                     : bind(u->fd, (const struct sockaddr *)&to4, sizeof(to4)) == 0;
}

/* Each socket of a group sets the program, which is that of the whole group: the same each time. */
static bool set_program(struct udp_input *u, const struct udp_input_conf *conf)
{
    struct fanout_program program;
    struct sock_fprog fprog;

    fanout_socket_program(&program, u->is_ip6, conf->vxlan, conf->n_sockets, conf->fanout_key);
    fprog = (struct sock_fprog){.len = program.n, .filter = program.code};
    return setsockopt(u->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &fprog, sizeof(fprog)) == 0;
}

static bool open_socket(struct udp_input *u, const struct udp_input_conf *conf, char *why, size_t n_why)
{
    u->fd = socket(u->is_ip6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (u->fd < 0) {
        snprintf(why, n_why, "cannot make a UDP socket: %s", strerror(errno));
        return false;
    }
    set_buffer(u, conf->buffer);
    if (!set_option(u->fd, SOL_SOCKET, SO_REUSEPORT, 1) || !set_option(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, 1) ||
        !set_option(u->fd, SOL_SOCKET, SO_RXQ_OVFL, 1) ||
        !(u->is_ip6 ? set_option(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set_option(u->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
                    : set_option(u->fd, IPPROTO_IP, IP_PKTINFO, 1))) {
        snprintf(why, n_why, "cannot set up a UDP socket: %s", strerror(errno));
        return false;
    }
    if (!bind_socket(u, conf)) {
        snprintf(why, n_why, "cannot listen on UDP port %u: %s", conf->port, strerror(errno));
        return false;
    }
    if (!set_program(u, conf)) {
        snprintf(why, n_why, "the kernel refuses the program by which workers share UDP port %u: %s", conf->port,
                 strerror(errno));
        return false;
    }
    return true;
}

static bool make_room(struct udp_input *u, uint32_t snaplen)
{
    u->room = snaplen - HEADERS_MAX < DATAGRAM_MAX ? snaplen - HEADERS_MAX : DATAGRAM_MAX;
    u->memory = calloc(BATCH, HEADERS_MAX + (size_t)u->room);
    if (!u->memory)
        return false;
    for (size_t i = 0; i < BATCH; i++) {
        u->iov[i] = (struct iovec){u->memory + i * (HEADERS_MAX + (size_t)u->room) + HEADERS_MAX, u->room};
        u->message[i].msg_hdr.msg_iov = &u->iov[i];
        u->message[i].msg_hdr.msg_iovlen = 1;
        u->message[i].msg_hdr.msg_name = &u->from[i];
        u->message[i].msg_hdr.msg_control = u->control[i].bytes;
    }
    return true;
}

struct udp_input *udp_input_open(const struct udp_input_conf *conf, char *why, size_t n_why)
{
    struct udp_input *u = calloc(1, sizeof(*u));

    if (u)
        u->fd = -1;
    if (!u || !make_room(u, conf->snaplen)) {
        snprintf(why, n_why, "not enough memory");
        udp_input_close(u);
        return NULL;
    }
    u->address = conf->address;
    u->is_ip6 = !addr_is_v4(&conf->address);
    u->port = conf->port;
    u->file = conf->file;
    if (!open_socket(u, conf, why, n_why)) {
        udp_input_close(u);
        return NULL;
    }
    return u;
}

void udp_input_close(struct udp_input *u)
{
    if (!u)
        return;
    if (u->fd >= 0)
        close(u->fd);
    free(u->memory);
    free(u);
}

uint64_t udp_input_buffer(const struct udp_input *u)
{
    return u->buffer;
}

int udp_input_fd(const struct udp_input *u)
{
    return u->fd;
}

/* What the kernel says beside a datagram: when it came, to which address, and how many were lost so far. */
static void read_control(struct udp_input *u, struct msghdr *m, struct addr *to)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        const void *data = CMSG_DATA(c);
        struct in6_pktinfo info6;
        struct in_pktinfo info4;
        struct timespec ts;
        uint32_t lost;

        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&ts, data, sizeof(ts));
            u->time_ns = ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&lost, data, sizeof(lost));
            u->dropped += (uint32_t)(lost - u->kernel_dropped);
            u->kernel_dropped = lost;
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            memcpy(&info4, data, sizeof(info4));
            addr_set_v4(to, (const uint8_t *)&info4.ipi_addr);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            memcpy(&info6, data, sizeof(info6));
            memcpy(to->b, &info6.ipi6_addr, sizeof(to->b));
        }
    }
}

static void put_be16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* Writes the outer headers so that they end at `end`; len is that of the UDP payload. Gives their length. */
static uint32_t put_headers(const struct udp_input *u, uint8_t *end, const struct sockaddr_storage *from, const struct addr *to,
                            uint32_t len)
{
    const struct sockaddr_in6 *from6 = (const void *)from;
    const struct sockaddr_in *from4 = (const void *)from;
    uint32_t n = u->is_ip6 ? 40 : 20;
    uint8_t *udp = end - 8, *ip = udp - n;

    memset(ip, 0, n + 8);
    if (u->is_ip6) {
        ip[0] = 0x60;
        put_be16(ip + 4, 8 + len);
        ip[6] = IPPROTO_UDP;
        ip[7] = 64;
        memcpy(ip + 8, &from6->sin6_addr, 16);
        memcpy(ip + 24, to->b, 16);
    } else {
        ip[0] = 0x45;
        put_be16(ip + 2, 28 + len);
        ip[8] = 64;
        ip[9] = IPPROTO_UDP;
        memcpy(ip + 12, &from4->sin_addr, 4);
        memcpy(ip + 16, to->b + 12, 4);
    }
    put_be16(udp, ntohs(u->is_ip6 ? from6->sin6_port : from4->sin_port));
    put_be16(udp + 2, u->port);
    put_be16(udp + 4, 8 + len);
    return n + 8;
}

/* The i-th datagram of a batch as a frame. */
static struct frame frame_of(struct udp_input *u, size_t i)
{
    uint32_t len = u->message[i].msg_len, kept = len < u->room ? len : u->room, n;
    uint8_t *payload = u->iov[i].iov_base;
    struct addr to = u->address;

    read_control(u, &u->message[i].msg_hdr, &to);
    n = put_headers(u, payload, &u->from[i], &to, len);
    return (struct frame){
        .bytes = view_of(payload - n, n + kept),
        .wire_len = n + len,
        .linktype = LINKTYPE_RAW,
        .time_ns = u->time_ns,
        .number = ++u->received,
        .file = u->file,
    };
}

enum live_state udp_input_read(struct udp_input *u, int max, void (*fn)(void *arg, const struct frame *), void *arg, int *n)
{
    *n = 0;
    while (*n < max) {
        unsigned int want = max - *n < BATCH ? (unsigned int)(max - *n) : BATCH;
        int got;

        for (unsigned int i = 0; i < want; i++) {
            u->message[i].msg_hdr.msg_namelen = sizeof(u->from[i]);
            u->message[i].msg_hdr.msg_controllen = sizeof(u->control[i].bytes);
        }
        /* With MSG_TRUNC the length is that of the datagram, also of one that is cut. */
        got = recvmmsg(u->fd, u->message, want, MSG_DONTWAIT | MSG_TRUNC, NULL);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR || errno == ENOMEM || errno == ENOBUFS ? LIVE_OK : LIVE_GONE;
        for (int i = 0; i < got; i++) {
            struct frame frame = frame_of(u, (size_t)i);

            fn(arg, &frame);
        }
        *n += got;
        if ((unsigned int)got < want)
            return LIVE_OK;
    }
    return LIVE_OK;
}

void udp_input_drops(const struct udp_input *u, uint64_t *received, uint64_t *dropped)
{
    *received = u->received;
    *dropped = u->dropped;
}
