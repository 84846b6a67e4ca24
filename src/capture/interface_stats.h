/*
 * interface_stats.h - what an interface or its network lost before any socket could see it.
 *
 * Opens files and sockets: for the process that is not confined.
 */
#ifndef CAPTURE_INTERFACE_STATS_H
#define CAPTURE_INTERFACE_STATS_H

#include "base/base.h"

#include <stdbool.h>

#define INTERFACE_ALLOWANCES_MAX 8
#define INTERFACE_COUNTER_NAME_MAX 33 /* with its end */

struct interface_stats {
    bool has_lost; /* the kernel has the two counters */
    uint64_t lost; /* packets: rx_missed_errors + rx_fifo_errors, since the interface is there */
    /* Packets that the cloud shaped away, by the limit that they ran into: counters called *_allowance_exceeded (ENA). */
    struct {
        char name[INTERFACE_COUNTER_NAME_MAX];
        uint64_t value;
    } allowance[INTERFACE_ALLOWANCES_MAX];
    uint32_t n_allowance;
};

/* The counters of an interface, whose name is live_name_ok; those it does not have are absent. */
void interface_stats_read(const char *name, struct interface_stats *stats);

/* True for the name of a counter of packets that the cloud shaped away. */
bool interface_stats_is_allowance(const char *counter);

#endif
