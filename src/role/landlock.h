/*
 * landlock.h - gives up files, TCP ports, abstract sockets and signals by Landlock.
 */
#ifndef ROLE_LANDLOCK_H
#define ROLE_LANDLOCK_H

#include <stdint.h>

/* The version of Landlock's interface that the kernel offers; negative: -errno, it has none. */
int landlock_version(void);

/*
 * Forbids the process all that its kernel's Landlock knows, but connecting to tcp_port, 0 for none; needs no_new_privs. Descriptors
 * that are open go on working. Needs a free descriptor. 0, or -errno: as landlock_version when the kernel has none.
 */
int landlock_enter(uint16_t tcp_port);

#endif
