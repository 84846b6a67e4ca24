/*
 * unpacker.h - unpacks captures in a jailed process of their own each.
 */
#ifndef ROLE_UNPACKER_H
#define ROLE_UNPACKER_H

#include "capture/unpack.h"

/* The way of unpacking for input_list.unpack. Call it once at start: it makes sure that ends of children are told. */
struct unpack_ops unpacker_ops(const struct unpack_limits *limits, enum conf_sandbox sandbox);

#endif
