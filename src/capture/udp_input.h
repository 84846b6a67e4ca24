/*
 * udp_input.h - mirrored packets from a UDP socket on a VXLAN or GENEVE port: the input that needs no privilege, and
 * that keeps the kernel from answering each mirrored packet with "port unreachable".
 *
 * One input is one socket. The sockets of several workers on one address and port form a group (SO_REUSEPORT), in
 * which each outer source has its socket; the n-th that is opened is the n-th of the group, and as long as not all
 * are open, a packet may come to another than later. What waits in a socket belongs to no process: a worker that
 * replaces a dead one reads on from the same socket, and nothing is lost but what the dead one had in its hands.
 *
 * System calls of udp_input_read: recvmmsg alone. It allocates nothing.
 */
#ifndef CAPTURE_UDP_INPUT_H
#define CAPTURE_UDP_INPUT_H

#include "capture/live.h"

struct udp_input;

struct udp_input_conf {
    struct addr address;            /* the socket's own; 0.0.0.0 or :: = any */
    uint16_t port;                  /* not 0 */
    const struct conf_ports *vxlan; /* of a GENEVE port: the ports of VXLAN that may be inside; NULL = a VXLAN port */
    uint32_t n_sockets;             /* of the group, at least 1 */
    uint32_t fanout_key;            /* random, and the same for the whole group */
    uint32_t snaplen;               /* bytes kept of each packet, with the made-up headers; at least 96 */
    uint64_t buffer;                /* bytes in which the kernel keeps what was not yet read, at most 1 GiB */
    uint32_t file;                  /* frame.file of its frames */
};

/* An address as text, IPv4 or IPv6 without brackets, zone or port. False when it is none. */
bool udp_input_address(const char *text, struct addr *address);

/* Opens and binds a socket. NULL with the reason in why (n_why bytes). Gives. */
struct udp_input *udp_input_open(const struct udp_input_conf *conf, char *why, size_t n_why);
void udp_input_close(struct udp_input *u);

/*
 * Bytes of buffer that the kernel granted. Fewer than asked for when net.core.rmem_max is smaller and
 * CAP_NET_ADMIN is missing.
 */
uint64_t udp_input_buffer(const struct udp_input *u);

/* The descriptor to poll for POLLIN; owned by u. */
int udp_input_fd(const struct udp_input *u);

/*
 * Gives up to `max` frames to fn, one after the other, and their number to *n. A frame is a datagram behind an
 * outer IP and UDP header made up from its addresses and ports, with zero checksums, of link type RAW; time to live
 * and the like are not those of the packet. Its bytes are borrowed for the call of fn alone. Does not block. LIVE_GONE
 * when the socket is of no use any more, never LIVE_DOWN.
 */
enum live_state udp_input_read(struct udp_input *u, int max, void (*fn)(void *arg, const struct frame *), void *arg, int *n);

/*
 * Datagrams since the opening that were read, and those for which there was no room. The latter are told by the
 * kernel with the next datagram that finds room, so they are seen late when nothing more comes.
 */
void udp_input_drops(const struct udp_input *u, uint64_t *received, uint64_t *dropped);

#endif
