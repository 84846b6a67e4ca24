/*
 * small_feed.h - a feed of a few names, one of each kind, for tests and fuzz targets.
 */
#ifndef TESTS_SMALL_FEED_H
#define TESTS_SMALL_FEED_H

#include "feed/feed.h"

#include <stdlib.h>

/* Builds it in memory that lasts as long as the program. */
static inline const struct feed *small_feed(void)
{
    static const char text[] = "name,match,kind,confidence,coins\n"
                               "pool.example,suffix,pool,90,XMR ETC\n"
                               "market.example,suffix,nicehash,80,BTC\n"
                               "gone.example,suffix,dead,70,ETH\n"
                               "webminer.example,suffix,webminer,60,\n"
                               "seed.pool.example,suffix,node,100,LTC\n"
                               "exact.example,exact,pool,50,\n"
                               "203.0.113.200:14433,exact,pool,60,XMR\n";
    static uint64_t mem[8192] __attribute__((aligned(64)));
    static const struct feed *feed;
    struct feed_source source = {"small", view_str(text)};
    struct feed_report report;

    if (feed)
        return feed;
    if (feed_size(&source, 1) > sizeof(mem))
        abort();
    feed = feed_build(mem, sizeof(mem), &source, 1, 7, &report);
    if (!feed || report.n_taken != 7)
        abort();
    return feed;
}

/* The number of the n-th of these rows, from 1. */
static inline uint32_t small_feed_row(uint32_t n)
{
    struct feed_row row;

    for (uint32_t i = 1; i <= feed_n_rows(small_feed()); i++)
        if (feed_row_at(small_feed(), i, &row) && row.line == n + 1)
            return i;
    abort();
}

#endif
