/*
 * notify.h - telling the service manager how it goes: sd_notify(3), as a datagram to $NOTIFY_SOCKET.
 *
 * Own code of a few lines, as libsystemd would bring a large library into a sensor for it.
 */
#ifndef ROLE_NOTIFY_H
#define ROLE_NOTIFY_H

#include "base/base.h"

/* Takes the address and the watchdog's time from the environment. Without them all else here does nothing. */
void notify_open(void);

/* Sends one or several lines, such as "READY=1". */
void notify_say(const char *lines);

/* How often the manager wants to hear WATCHDOG=1; 0 = never. */
ns_t notify_watchdog(void);

#endif
