/*
 * discovery.h - Ethereum nodes and their kin, by the datagrams in which they look for peers.
 *
 * A datagram begins with a Keccak hash of its rest, so one alone is proof. Nodes send many: a host is reported once in a
 * while, as far as a small table remembers it. The datagrams do not tell the coin.
 */
#ifndef DETECT_DISCOVERY_H
#define DETECT_DISCOVERY_H

#include "base/hash.h"
#include "evidence/evidence.h"
#include "message/node.h"
#include "wire/packet.h"

#define DISCOVERY_NODES 256 /* hosts remembered; two that share a place are reported in turns */
#define DISCOVERY_AGAIN_NS (600 * NS_PER_SEC)

struct discovery {
    struct {
        struct addr node;
        ns_t said_ns;
        bool said;
    } place[DISCOVERY_NODES];
};

/*
 * True when the UDP datagram p is one of them and its node is to be reported: then e is filled, but for worker and seq. The
 * node is the host inside, or the sender.
 */
bool discovery_take(struct discovery *d, const struct packet *p, const struct hash_key *key, struct evidence *e);

#endif
