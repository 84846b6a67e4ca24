/*
 * feeds_builtin.h - the lists of feeds/ as part of the program; make writes feeds_builtin.c from them.
 */
#ifndef ROLE_FEEDS_BUILTIN_H
#define ROLE_FEEDS_BUILTIN_H

#include "feed/feed.h"

/* In the order of feed_lists in the makefile, which is that in which they are used. */
enum feeds_builtin {
    FEEDS_POOLS,
    FEEDS_NODES,
    FEEDS_NEVER,
    FEEDS_ENDPOINTS,
    FEEDS_MALWARE, /* off unless feeds.malware */
    FEEDS_FACTS,   /* off unless feeds.unverified */
    FEEDS_BUILTIN_N
};

/* Their names are those of the files in feeds/, with builtin/ in front. */
extern const struct feed_source feeds_builtin[FEEDS_BUILTIN_N];

#endif
