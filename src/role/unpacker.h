/*
 * unpacker.h - unpacks captures in a jailed process of their own each.
 */
#ifndef ROLE_UNPACKER_H
#define ROLE_UNPACKER_H

#include "capture/unpack.h"

/* The way of unpacking for input_list.unpack. Call it once at start: it makes sure that ends of children are told. */
struct unpack_ops unpacker_ops(const struct unpack_limits *limits, enum conf_sandbox sandbox);

/*
 * Its parts, for who unpacks for another process. unpacker_begin: as ops.start, with *progress where the caller wants it
 * to be; unpacker_wait: closes u->fd, ends the process at once when stop is set, waits for it and gives its status as
 * waitpid has it; unpacker_judge: what that status means, as ops.end.
 */
bool unpacker_begin(const struct unpack_ops *ops, struct unpack_progress *progress, struct unpacking *u,
                    enum codec_format format, struct view head, int fd, struct unpack_fault *fault);
int unpacker_wait(struct unpacking *u, bool stop);
bool unpacker_judge(int status, const struct unpacking *u, bool at_end, struct unpack_fault *fault);

#endif
