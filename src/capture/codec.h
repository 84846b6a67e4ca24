/*
 * codec.h - compressed data to plain bytes, step by step: gzip by zlib, zstd by libzstd, xz by liblzma.
 *
 * The bytes are hostile; what the libraries make of them runs in a jail (role/unpacker.c). No I/O here.
 */
#ifndef CAPTURE_CODEC_H
#define CAPTURE_CODEC_H

#include "base/buf.h"

#define CODEC_ZSTD_WINDOW_LOG 27       /* 128 MiB: what the zstd tool takes without --long or --memory */
#define CODEC_XZ_MEMORY (256ULL << 20) /* bytes; xz -9 needs 65 MiB, a dictionary of 192 MiB still fits */

enum codec_format { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD, CODEC_XZ };

enum codec_result {
    CODEC_MORE,     /* goes on: give it more input or more room */
    CODEC_END,      /* the input ended where it may end */
    CODEC_CUT,      /* it ended elsewhere */
    CODEC_CORRUPT,  /* a check failed, or it is no data of this format */
    CODEC_TRAILING, /* whole data, and then bytes that are none */
    CODEC_UNFIT,    /* an option of the format that is not supported, such as a dictionary */
    CODEC_WINDOW,   /* needs a window or memory over the limits above */
    CODEC_MEMORY    /* memory is short */
};

struct codec;

/* The format that data with this beginning has; 4 bytes are enough for gzip and zstd, 6 for xz. */
enum codec_format codec_recognise(struct view head);

/* "gzip", "zstd", "xz". */
const char *codec_name(enum codec_format format);

/* What a user calls to unpack this format to standard output: "zcat" and so on. */
const char *codec_tool(enum codec_format format);

/* NULL when memory is short. */
struct codec *codec_new(enum codec_format format);

/* c may be NULL. */
void codec_free(struct codec *c);

/*
 * Takes bytes from the front of *in and puts plain ones into out, *n of at most cap. `last` says that
 * nothing follows *in. On CODEC_MORE either *in was used up or out is full. On every other result the *n
 * bytes are good too, and c can only be freed.
 *
 * Data may consist of several members (gzip), frames (zstd) or streams (xz); zero bytes behind the last
 * one are padding.
 */
enum codec_result codec_step(struct codec *c, struct view *in, bool last, uint8_t *out, size_t cap, size_t *n);

#endif
