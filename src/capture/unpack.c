/*
 * unpack.c - reads, unpacks, writes; stops at the limits; says in words how it ended.
 */
#include "config.h"

#include "capture/unpack.h"

#include "base/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Bytes of one read() and one write(). The first write is small: most unpackers only serve a look at
 * the first packet and are stopped then.
 */
#define BUFFER (256U << 10)
#define FIRST_WRITE (16U << 10)

struct unpack {
    struct codec *codec;
    int in_fd, out_fd;
    const struct unpack_limits *limits;
    struct unpack_progress *progress;
    struct view in; /* read and not used up */
    bool last;      /* nothing comes after it */
    bool drained;   /* the codec holds no bytes back for want of room */
    uint64_t n_in, n_out;
    size_t room; /* bytes of out to fill before they are written */
    uint8_t in_mem[BUFFER], out[BUFFER];
};

static enum unpack_result result_of(enum codec_result r)
{
    switch (r) {
    case CODEC_MORE:
    case CODEC_END: return UNPACK_DONE;
    case CODEC_CUT: return UNPACK_CUT;
    case CODEC_TRAILING: return UNPACK_TRAILING;
    case CODEC_UNFIT: return UNPACK_UNFIT;
    case CODEC_WINDOW: return UNPACK_WINDOW;
    case CODEC_MEMORY: return UNPACK_MEMORY;
    default: return UNPACK_CORRUPT;
    }
}

static enum unpack_result refill(struct unpack *u)
{
    ssize_t got;

    do
        got = u->in_fd < 0 ? 0 : read(u->in_fd, u->in_mem, sizeof(u->in_mem));
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        u->progress->error = errno;
        return UNPACK_READ;
    }
    u->last = got == 0;
    u->in = view_of(u->in_mem, (size_t)got);
    return UNPACK_DONE;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t got = write(fd, p, n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

/* Writes n bytes of out, or as many as the limit leaves, and looks at the limits. */
static enum unpack_result give(struct unpack *u, size_t n)
{
    uint64_t left = u->limits->max_bytes - u->n_out;
    size_t fits = n < left ? n : (size_t)left;

    if (!write_all(u->out_fd, u->out, fits))
        return UNPACK_WRITE;
    u->n_out += fits;
    u->progress->n_in = u->n_in;
    u->progress->n_out = u->n_out;
    if (fits < n)
        return UNPACK_BYTES;
    if (u->n_out > UNPACK_RATIO_FROM && u->n_out / u->limits->max_ratio > u->n_in)
        return UNPACK_RATIO;
    u->room = min_size(4 * u->room, BUFFER);
    return UNPACK_DONE;
}

/* Unpacks until the buffer is full or there is nothing to unpack; what there is then goes out, so that a slow pipe flows. */
static enum unpack_result pump(struct unpack *u)
{
    for (;;) {
        size_t before, n;
        enum codec_result got;
        enum unpack_result result;

        if (u->in.n == 0 && !u->last && u->drained && (result = refill(u)) != UNPACK_DONE)
            return result;
        before = u->in.n;
        got = codec_step(u->codec, &u->in, u->last, u->out, u->room, &n);
        u->n_in += before - u->in.n;
        u->drained = n < u->room;
        result = give(u, n);
        if (result != UNPACK_DONE)
            return result;
        if (got != CODEC_MORE)
            return result_of(got);
    }
}

enum unpack_result unpack_run(enum codec_format format, struct view head, int in_fd, int out_fd,
                              const struct unpack_limits *limits, struct unpack_progress *progress)
{
    struct unpack *u = malloc(sizeof(*u));
    struct codec *codec = codec_new(format);
    enum unpack_result result = UNPACK_MEMORY;

    if (u && codec) {
        u->codec = codec;
        u->in_fd = in_fd;
        u->out_fd = out_fd;
        u->limits = limits;
        u->progress = progress;
        u->in = head;
        u->last = false;
        u->drained = true;
        u->n_in = u->n_out = 0;
        u->room = FIRST_WRITE;
        result = pump(u);
        progress->n_in = u->n_in;
    }
    codec_free(codec);
    free(u);
    return result;
}

/* What is wrong with the data, at a place in it; NULL for all other results. */
static const char *data_fault(enum unpack_result result)
{
    switch (result) {
    case UNPACK_CUT: return "is cut";
    case UNPACK_CORRUPT: return "is corrupt";
    case UNPACK_TRAILING: return "is followed by bytes that do not belong to it";
    default: return NULL;
    }
}

static void put_unpack_first(const struct unpacking *u, const char *tool, struct out *o)
{
    out_fmt(o, "; unpack it first, or pipe it: %s FILE | countermine %s -", tool ? tool : codec_tool(u->format),
            u->limits.option ? u->limits.option : "-r");
}

static void describe_window(const struct unpacking *u, struct out *o)
{
    if (u->format == CODEC_ZSTD) {
        out_fmt(o, "unpacking needs a window over the limit of %u MiB (zstd --long=%d or more)",
                1U << (CODEC_ZSTD_WINDOW_LOG - 20), CODEC_ZSTD_WINDOW_LOG + 1);
        put_unpack_first(u, "zstd -dc --long=31", o);
    } else {
        out_fmt(o, "unpacking needs memory over the limit of %llu MiB", CODEC_XZ_MEMORY >> 20);
        put_unpack_first(u, NULL, o);
    }
}

static void describe_other(enum unpack_result result, const struct unpacking *u, struct out *o)
{
    switch (result) {
    case UNPACK_UNFIT:
        out_fmt(o, "the %s data uses an option that is not supported, such as a dictionary", codec_name(u->format));
        put_unpack_first(u, NULL, o);
        break;
    case UNPACK_WINDOW: describe_window(u, o); break;
    case UNPACK_MEMORY: out_str(o, "not enough memory to unpack it"); break;
    case UNPACK_BYTES:
        out_fmt(o, "unpacks to more than %llu bytes; if that is meant, raise captures.max_unpacked_bytes",
                (unsigned long long)u->limits.max_bytes);
        break;
    case UNPACK_RATIO:
        out_fmt(o,
                "unpacks to more than %u times its size, as a decompression bomb does; if it is none, raise captures.max_ratio",
                u->limits.max_ratio);
        break;
    case UNPACK_READ: out_fmt(o, "read failed: %s", strerror(u->progress->error)); break;
    case UNPACK_JAIL:
        out_fmt(o, "the jail in which captures are unpacked could not be made: %s", strerror(u->progress->error));
        put_unpack_first(u, NULL, o);
        break;
    default: out_str(o, "the process that unpacks it failed"); break;
    }
}

void unpack_describe(enum unpack_result result, const struct unpacking *u, struct unpack_fault *fault)
{
    struct out o = out_of(fault->text, sizeof(fault->text));
    const char *what = data_fault(result);

    fault->has_offset = what != NULL;
    fault->offset = u->progress->n_in;
    if (what)
        out_fmt(&o, "the %s data %s", codec_name(u->format), what);
    else
        describe_other(result, u, &o);
}
