/*
 * feeds_delta.h - what one image of the lists has that another has not.
 */
#ifndef ROLE_FEEDS_DELTA_H
#define ROLE_FEEDS_DELTA_H

#include "feed/feed.h"

struct feeds_delta {
    bool known; /* there was one before */
    uint32_t added, removed;
    uint32_t changed; /* kind, confidence, coins or expiry differ */
};

/* A difference: row is NULL on the side that has none. */
typedef void feeds_delta_fn(void *arg, const struct feed_row *before, const struct feed_row *after);

/*
 * Compares rows that have the same name and match in the same way. fn may be NULL. It takes time in proportion to the rows,
 * and 24 to 48 bytes of memory for each of `before`. seed keys the hashes: names come from strangers. False when memory is short; either image may be NULL.
 */
bool feeds_compare(const struct feed *before, const struct feed *after, uint64_t seed, feeds_delta_fn *fn, void *arg,
                   struct feeds_delta *delta);

#endif
