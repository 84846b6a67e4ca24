/*
 * clock.h - the two clocks of the live roles. All below them is told what time it is.
 */
#ifndef ROLE_CLOCK_H
#define ROLE_CLOCK_H

#include "base/base.h"

#include <time.h>

static inline ns_t clock_read(clockid_t which)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(which, &t); /* fails for clocks that do not exist only */
    return (ns_t)t.tv_sec * NS_PER_SEC + t.tv_nsec;
}

/* What packets and findings are stamped with: since 1970, UTC. It may jump. */
static inline ns_t clock_wall(void)
{
    return clock_read(CLOCK_REALTIME);
}

/* For spans. */
static inline ns_t clock_mono(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

#endif
