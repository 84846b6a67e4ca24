/*
 * feeds_builtin.h - the lists of feeds/, as they were when the program was built.
 *
 * feeds_builtin.c is written by the makefile.
 */
#ifndef ROLE_FEEDS_BUILTIN_H
#define ROLE_FEEDS_BUILTIN_H

#include "feed/feed.h"

#define FEEDS_BUILTIN_N 3

extern const struct feed_source feeds_builtin[FEEDS_BUILTIN_N];

#endif
