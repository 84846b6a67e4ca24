/*
 * fanout.h - which worker gets a packet: classic BPF programs for the kernel, built for the configured ports.
 *
 * The first kind is for PACKET_FANOUT_CBPF of a packet socket; the kernel takes its result modulo the number of
 * sockets in the group. The second kind is for SO_ATTACH_REUSEPORT_CBPF of UDP sockets. Both send
 *
 *   UDP to a VXLAN port             by the outer source alone: both directions of what a machine says are mirrored
 *                                   under its address, and with ports that may differ between the directions;
 *   UDP to a GENEVE port            by what is inside: of VXLAN the outer source in there, of other IP as below;
 *   other IPv4, IPv6                by addresses and ports of both ends, whatever the direction;
 *   fragments of UDP                by the source alone, where also the unfragmented datagrams of a mirror go;
 *   other fragments and protocols   by the addresses of both ends;
 *   all else                        by the kernel's own hash of the packet.
 *
 * A packet too short for its own headers goes to the first worker.
 */
#ifndef CAPTURE_FANOUT_H
#define CAPTURE_FANOUT_H

#include "config/conf.h"

#include <linux/filter.h>

#define FANOUT_PROGRAM_MAX 1024 /* with 16 ports of each kind it takes 607 instructions; the kernel takes 4096 */

struct fanout_program {
    struct sock_filter code[FANOUT_PROGRAM_MAX];
    uint16_t n;
};

/* What stands before the network header of a packet that this machine sends, which the kernel shows from there. */
enum fanout_link {
    FANOUT_ETHERNET, /* 14 bytes, and tags */
    FANOUT_RAW,      /* nothing */
    FANOUT_OTHER     /* something else: what this machine sends goes by the kernel's hash */
};

/*
 * The program for a packet socket. `key` is random, so that nobody who sends packets can choose their worker; it is
 * the same for all sockets of a group.
 */
void fanout_packet_program(struct fanout_program *p, enum fanout_link link, const struct conf_ports *vxlan,
                           const struct conf_ports *geneve, uint32_t key);

/*
 * The program for n_sockets UDP sockets (at least 1) on one address and port. vxlan are the ports of VXLAN inside
 * GENEVE when the port is GENEVE's; NULL = it is a port of VXLAN.
 */
void fanout_socket_program(struct fanout_program *p, bool is_ip6, const struct conf_ports *vxlan, uint32_t n_sockets,
                           uint32_t key);

#endif
