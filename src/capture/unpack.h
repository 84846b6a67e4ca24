/*
 * unpack.h - a compressed capture from one descriptor to another, within limits.
 *
 * unpack_run is what runs in the jail; `struct unpack_ops` is how the reader of captures, which may not
 * know processes, asks for one. Its implementation is role/unpacker.c.
 */
#ifndef CAPTURE_UNPACK_H
#define CAPTURE_UNPACK_H

#include "base/buf.h"
#include "capture/codec.h"
#include "config/conf.h"

/*
 * Output before which the ratio does not count. The ratio exists to stop what costs minutes for a few
 * bytes; unpacking this much takes a tenth of a second, and small captures of padded or equal packets
 * reach ratios of many hundreds honestly.
 */
#define UNPACK_RATIO_FROM (64ULL << 20)

/* How it ended; also the exit status of the process that unpacks, so 0 is success. */
enum unpack_result {
    UNPACK_DONE,
    UNPACK_CUT,
    UNPACK_CORRUPT,
    UNPACK_TRAILING,
    UNPACK_UNFIT,
    UNPACK_WINDOW,
    UNPACK_MEMORY,
    UNPACK_BYTES, /* more than max_bytes */
    UNPACK_RATIO, /* more than max_ratio */
    UNPACK_READ,  /* the input could not be read; unpack_progress.error */
    UNPACK_WRITE, /* the output could not be written: who reads it went away */
    UNPACK_JAIL,  /* the jail could not be made, so nothing was read; unpack_progress.error */
    UNPACK_N
};

struct unpack_limits {
    uint64_t max_bytes; /* unpacked bytes of one capture */
    uint32_t max_ratio; /* unpacked bytes for each compressed one; at least 1 */
    const char *option; /* with which such files are read, for messages; NULL = -r */
};

/* How far it is. Lies in memory shared with the process that unpacks: hostile to those who read it. */
struct unpack_progress {
    _Atomic uint64_t n_in;  /* compressed bytes used up */
    _Atomic uint64_t n_out; /* bytes given */
    _Atomic int error;      /* errno of UNPACK_READ and UNPACK_JAIL */
};

/*
 * Unpacks what head holds and what then comes from in_fd (-1: nothing) to out_fd. What was unpacked
 * before a fault or a limit has been written; never more than max_bytes.
 */
enum unpack_result unpack_run(enum codec_format format, struct view head, int in_fd, int out_fd,
                              const struct unpack_limits *limits, struct unpack_progress *progress);

/* A compressed capture that is being unpacked. */
struct unpacking {
    int fd;  /* the plain bytes are read from here */
    int pid; /* of the process; 0 = nothing is being unpacked */
    enum codec_format format;
    struct unpack_limits limits;
    struct unpack_progress *progress;
};

/* Why unpacking failed. */
struct unpack_fault {
    char text[240]; /* one line, without the name of the file */
    bool has_offset;
    uint64_t offset; /* in the compressed file */
};

/* Says a result other than UNPACK_DONE in words. progress as it was left, and not trusted. */
void unpack_describe(enum unpack_result result, const struct unpacking *u, struct unpack_fault *fault);

/* Who unpacks. */
struct unpack_ops {
    struct unpack_limits limits;
    enum conf_sandbox sandbox; /* what to do where the kernel lacks a part of the jail */

    /*
     * Starts unpacking: first head, which holds the first bytes of the file and is borrowed until the
     * return, then what comes from fd, which is borrowed until the end. False with a reason in fault.
     */
    bool (*start)(const struct unpack_ops *ops, struct unpacking *u, enum codec_format format, struct view head, int fd,
                  struct unpack_fault *fault);

    /*
     * Ends it and frees what u holds. at_end: its bytes were read until there were no more; then the
     * result says whether these were all, and fault why not. Otherwise unpacking is stopped: true.
     */
    bool (*end)(struct unpacking *u, bool at_end, struct unpack_fault *fault);
};

#endif
