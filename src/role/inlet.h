/*
 * inlet.h - where live packets come from: an interface, or the UDP sockets of an address (-i udp:ADDRESS).
 *
 * The parent opens; a worker, forked after that, reads. Each worker has a handle of its own on each inlet.
 */
#ifndef ROLE_INLET_H
#define ROLE_INLET_H

#include "capture/live.h"
#include "capture/udp_input.h"
#include "config/conf.h"

#define INLETS_MAX CONF_FILES_MAX
#define INLET_WHY 240 /* bytes of a reason */

#define INLET_UDP_MAX (2 * CONF_PORTS_MAX) /* sockets: one for each port of VXLAN and of GENEVE */

/* What one worker has of one inlet: a handle on the interface, or sockets. */
struct inlet {
    struct live *live;
    struct udp_input *udp[INLET_UDP_MAX];
    uint32_t n_udp;
};

/* How inlets are opened. */
struct inlet_conf {
    const char *name; /* of the interface, or udp:ADDRESS */
    const char *filter;
    const struct conf *conf;
    uint32_t index; /* of the inlet */
    int32_t group;  /* of the fan-out; -1 = not made yet. Written by inlet_arm */
    uint32_t fanout_key;
    uint32_t n_workers;
};

static inline bool inlet_is_udp(const char *name)
{
    return strncmp(name, "udp:", 4) == 0;
}

/* True when it could be the name of one; else *why says what was expected. */
bool inlet_name_ok(const char *name, char *why, size_t n_why);

/*
 * Opens a handle; of sockets, those of the first worker must be opened first. Of an interface nothing comes in before inlet_arm, of a socket at once. False with
 * a reason.
 */
bool inlet_open(struct inlet *in, const struct inlet_conf *c, char *why, size_t n_why);

/* Lets packets in, as a member of the group when there are several workers. */
bool inlet_arm(struct inlet *in, struct inlet_conf *c, char *why, size_t n_why);

/* Fills in the descriptors to wait on, at most n; gives their number. */
size_t inlet_fds(const struct inlet *in, int *fds, size_t n);

enum live_state inlet_read(struct inlet *in, int max, void (*take)(void *arg, const struct frame *f), void *arg, int *n);
bool inlet_drops(struct inlet *in, uint64_t *received, uint64_t *dropped);
void inlet_close(struct inlet *in);

#endif
