/*
 * live.h - packets of a network interface, by libpcap on a ring of the kernel (TPACKET_V3). Receives only: nothing
 * here sends.
 *
 * The process that may open interfaces calls live_open, live_join and live_arm, and then forks the worker that
 * calls live_read. How far the ring is read is known in the memory of the reader alone: once a worker has read, no
 * other process can go on in its place. A worker that died is replaced by a handle that was opened beforehand:
 *
 *   live_open                   some time before, and again for the next
 *   live_join, live_arm         when the worker died
 *   live_close of its handle    at once: the kernel puts the last of a group into the place that becomes free, so
 *                               that the new one gets what the dead one got, and all others keep theirs
 *   fork
 *
 * Between live_join and live_arm packets are lost that the kernel chose the new handle for, some tenths of a millisecond
 * when the processor is free; the other order would show it packets of all others. A worker does not call live_close,
 * which needs more system calls than these.
 *
 * System calls of live_read and live_drops, seen with libpcap 1.10.3, by which a worker can be confined:
 *
 *   always                     poll(the descriptor alone, timeout 0), each time the ring is found empty
 *   live_drops                 getsockopt(SOL_PACKET, PACKET_STATISTICS)
 *   the interface goes down    getsockopt(SOL_SOCKET, SO_ERROR), once
 *   while it is down           getsockname and ioctl(SIOCGIFFLAGS), at each call; once more when it came up
 *   it is deleted              getsockopt(SOL_SOCKET, SO_ERROR), unless it was down, and getsockname
 *   it is renamed while down   ioctl(SIOCGIFFLAGS) as above, and it counts as gone
 *   another MTU, renamed while up, no carrier   nothing
 *
 * Read in libpcap but never seen: uname, for a message about a ring that the kernel corrupted. Nothing is allocated.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "config/conf.h"
#include "wire/packet.h"

struct live;

struct live_conf {
    const char *name; /* of the interface; "any" = all */
    uint32_t snaplen; /* bytes captured of each packet */
    uint64_t buffer;  /* bytes of the ring, at most 1 GiB */
    bool promiscuous;
    const char *filter;  /* pcap-filter(7); NULL = all */
    uint32_t file;       /* frame.file of its frames */
    uint32_t fanout_key; /* random, and the same for all handles that share an interface */
};

/* True for what can be the name of an interface: 1 to 15 of A-Z a-z 0-9 _ . : - and neither "." nor "..". */
bool live_name_ok(const char *name);

/*
 * Opens the interface. Nothing comes in before live_arm. NULL when that is impossible, also while the interface is
 * down, with the reason in why (n_why bytes). Takes 40 ms on an interface with traffic, and longer for a large
 * ring. Gives.
 */
struct live *live_open(const struct live_conf *conf, char *why, size_t n_why);
void live_close(struct live *l);

/*
 * Shares the interface with the other handles of a group (PACKET_FANOUT); -1 makes a new one, whose number no
 * other program has, 0 to 65535. False, with the reason, when it cannot; so it is while the interface is down.
 */
bool live_join(struct live *l, int32_t group, enum conf_fanout fanout, const struct conf_ports *vxlan,
               const struct conf_ports *geneve, char *why, size_t n_why);

/* The number of the group that was joined; -1 = none. */
int32_t live_group(const struct live *l);

/* Lets packets in: all from its return on, and none from before the call. False with the reason. */
bool live_arm(struct live *l, char *why, size_t n_why);

/* The descriptor to poll for POLLIN; owned by l. */
int live_fd(const struct live *l);

enum live_state {
    LIVE_OK,
    LIVE_DOWN, /* the interface is down: keep the handle, it goes on by itself when the interface comes up */
    LIVE_GONE  /* the interface disappeared, or the handle is of no use any more: open anew; live_error says why */
};

/*
 * Gives up to `max` frames (at least 1) to fn, one after the other, and their number to *n. The bytes of a frame are
 * borrowed for the call of fn alone. Does not block. Is also to be called when poll shows nothing, about every 100 ms:
 * only so is it noticed that an interface which is down was deleted. A frame comes at most 20 ms after its packet.
 */
enum live_state live_read(struct live *l, int max, void (*fn)(void *arg, const struct frame *), void *arg, int *n);

/* Why live_read gave LIVE_GONE; "" before. */
const char *live_error(const struct live *l);

/*
 * Packets since live_arm that passed the filter, and those of them that found the ring full. The kernel forgets what
 * it told: one process asks, the worker; the parent may, for the rest, once the worker is dead. False when
 * the kernel does not answer; then both are as before.
 */
bool live_drops(struct live *l, uint64_t *received, uint64_t *dropped);

#endif
