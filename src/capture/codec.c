/*
 * codec.c - gzip (RFC 1952), zstd (RFC 8878) and xz (The .xz File Format 1.2) behind one function.
 *
 * The libraries check the checksums. What lies between members is looked at here, for all formats
 * alike, as the libraries differ: zlib stops behind each member, liblzma calls garbage behind the last
 * stream corrupt, libzstd takes frames of its formats before 0.8, which are more code for hostile bytes
 * than anyone has files for.
 */
#include "config.h"

#include "capture/codec.h"

#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define GZIP_WRAPPER 16 /* windowBits of inflateInit2 for gzip, and nothing but gzip */

struct codec {
    enum codec_format format;
    bool inside;        /* a member has begun and not ended */
    bool padding;       /* zero bytes came behind a member: only more of them may follow */
    bool any_out;       /* this member has given bytes */
    uint64_t n_members; /* that have ended */
    z_stream z;
    lzma_stream xz;
    ZSTD_DStream *zstd;
};

/* One call of a library: what it is lent, and what it says. */
struct step {
    struct view in;
    uint8_t *out;
    size_t cap, n;
    bool member_end;
};

static bool begins_with(struct view head, const char *magic, size_t n)
{
    return head.n >= n && memcmp(head.p, magic, n) == 0;
}

/* A skippable frame of zstd: 0x184D2A50 to 0x184D2A5F. pzstd begins its files with one. */
static bool is_skippable(struct view head)
{
    return head.n >= 4 && (view_le32(head, 0) & 0xfffffff0) == 0x184d2a50;
}

enum codec_format codec_recognise(struct view head)
{
    if (begins_with(head, "\x1f\x8b", 2))
        return CODEC_GZIP;
    if (begins_with(head, "\x28\xb5\x2f\xfd", 4) || is_skippable(head))
        return CODEC_ZSTD;
    return begins_with(head, "\xfd\x37zXZ", 6) ? CODEC_XZ : CODEC_NONE; /* with the final zero */
}

const char *codec_name(enum codec_format format)
{
    static const char *const names[] = {"plain", "gzip", "zstd", "xz"};

    return names[format];
}

const char *codec_tool(enum codec_format format)
{
    static const char *const tools[] = {"cat", "zcat", "zstdcat", "xzcat"};

    return tools[format];
}

static bool start(struct codec *c)
{
    switch (c->format) {
    case CODEC_GZIP: return inflateInit2(&c->z, MAX_WBITS + GZIP_WRAPPER) == Z_OK;
    case CODEC_ZSTD:
        c->zstd = ZSTD_createDStream();
        return c->zstd && !ZSTD_isError(ZSTD_DCtx_setParameter(c->zstd, ZSTD_d_windowLogMax, CODEC_ZSTD_WINDOW_LOG));
    case CODEC_XZ: c->xz = (lzma_stream)LZMA_STREAM_INIT; return lzma_stream_decoder(&c->xz, CODEC_XZ_MEMORY, 0) == LZMA_OK;
    default: return false;
    }
}

struct codec *codec_new(enum codec_format format)
{
    struct codec *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    c->format = format;
    if (start(c))
        return c;
    codec_free(c);
    return NULL;
}

void codec_free(struct codec *c)
{
    if (!c)
        return;
    if (c->format == CODEC_GZIP)
        inflateEnd(&c->z);
    if (c->format == CODEC_XZ)
        lzma_end(&c->xz);
    ZSTD_freeDStream(c->zstd);
    free(c);
}

static enum codec_result step_gzip(struct codec *c, struct step *s)
{
    int got;

    /* zlib's lengths are 32 bits wide; its input is not const by history only. */
    c->z.next_in = (Bytef *)(uintptr_t)s->in.p;
    c->z.avail_in = (uInt)min_size(s->in.n, 1U << 30);
    c->z.next_out = s->out;
    c->z.avail_out = (uInt)min_size(s->cap, 1U << 30);
    got = inflate(&c->z, Z_NO_FLUSH);
    s->n = (size_t)(c->z.next_out - s->out);
    s->in = view_skip(s->in, (size_t)(c->z.next_in - s->in.p));
    s->member_end = got == Z_STREAM_END;
    if (got == Z_MEM_ERROR)
        return CODEC_MEMORY;
    /* Z_BUF_ERROR: no progress without more input or room. */
    return got == Z_OK || got == Z_STREAM_END || got == Z_BUF_ERROR ? CODEC_MORE : CODEC_CORRUPT;
}

static enum codec_result zstd_fault(size_t got)
{
    switch (ZSTD_getErrorCode(got)) {
    case ZSTD_error_frameParameter_windowTooLarge: return CODEC_WINDOW;
    case ZSTD_error_memory_allocation: return CODEC_MEMORY;
    case ZSTD_error_dictionary_wrong:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_version_unsupported: return CODEC_UNFIT;
    default: return CODEC_CORRUPT;
    }
}

static enum codec_result step_zstd(struct codec *c, struct step *s)
{
    ZSTD_inBuffer in = {s->in.p, s->in.n, 0};
    ZSTD_outBuffer out = {s->out, s->cap, 0};
    size_t got = ZSTD_decompressStream(c->zstd, &out, &in);

    s->n = out.pos;
    s->in = view_skip(s->in, in.pos);
    s->member_end = got == 0;
    return ZSTD_isError(got) ? zstd_fault(got) : CODEC_MORE;
}

static enum codec_result step_xz(struct codec *c, struct step *s)
{
    lzma_ret got;

    c->xz.next_in = s->in.p;
    c->xz.avail_in = s->in.n;
    c->xz.next_out = s->out;
    c->xz.avail_out = s->cap;
    got = lzma_code(&c->xz, LZMA_RUN);
    s->n = s->cap - c->xz.avail_out;
    s->in = view_skip(s->in, s->in.n - c->xz.avail_in);
    s->member_end = got == LZMA_STREAM_END;
    switch (got) {
    case LZMA_OK:
    case LZMA_STREAM_END:
    case LZMA_BUF_ERROR: /* no progress without more input or room */ return CODEC_MORE;
    case LZMA_MEM_ERROR: return CODEC_MEMORY;
    case LZMA_MEMLIMIT_ERROR: return CODEC_WINDOW;
    case LZMA_OPTIONS_ERROR: return CODEC_UNFIT;
    default: return CODEC_CORRUPT;
    }
}

/* Whether a member can begin with this byte. zstd: a frame or a skippable one, none of the old formats. */
static bool may_begin(enum codec_format format, uint8_t byte)
{
    switch (format) {
    case CODEC_GZIP: return byte == 0x1f;
    case CODEC_ZSTD: return byte == 0x28 || (byte & 0xf0) == 0x50;
    default: return byte == 0xfd;
    }
}

/* Makes the library ready for one more member. */
static bool begin_member(struct codec *c)
{
    c->inside = true;
    c->any_out = false;
    if (c->n_members == 0 || c->format == CODEC_ZSTD) /* libzstd does so by itself */
        return true;
    if (c->format == CODEC_GZIP)
        return inflateReset(&c->z) == Z_OK;
    return lzma_stream_decoder(&c->xz, CODEC_XZ_MEMORY, 0) == LZMA_OK;
}

/* Between members: steps over padding, and begins the next one if the input goes on. */
static enum codec_result between(struct codec *c, struct view *in, bool last)
{
    while (c->n_members > 0 && in->n > 0 && view_u8(*in, 0) == 0) {
        *in = view_skip(*in, 1);
        c->padding = true;
    }
    if (in->n == 0)
        return !last ? CODEC_MORE : c->n_members > 0 ? CODEC_END : CODEC_CUT;
    if (c->padding || !may_begin(c->format, view_u8(*in, 0)))
        return c->n_members > 0 ? CODEC_TRAILING : CODEC_CORRUPT;
    return begin_member(c) ? CODEC_MORE : CODEC_MEMORY;
}

/* Inside a member: one call of the library. */
static enum codec_result step_member(struct codec *c, struct view *in, bool last, struct step *s)
{
    enum codec_result result = c->format == CODEC_GZIP   ? step_gzip(c, s)
                               : c->format == CODEC_ZSTD ? step_zstd(c, s)
                                                         : step_xz(c, s);
    bool idle = s->n == 0 && s->in.n == in->n;

    *in = s->in;
    c->any_out |= s->n > 0;
    if (result == CODEC_CORRUPT && c->n_members > 0 && !c->any_out)
        return CODEC_TRAILING; /* it only looked like one more member */
    if (result != CODEC_MORE)
        return result;
    if (s->member_end) {
        c->inside = false;
        c->n_members++;
    } else if (last && in->n == 0 && s->n < s->cap) {
        return CODEC_CUT;
    } else if (idle && in->n > 0 && s->cap > 0) {
        return CODEC_CORRUPT; /* no library does this; it would be an endless loop */
    }
    return CODEC_MORE;
}

enum codec_result codec_step(struct codec *c, struct view *in, bool last, uint8_t *out, size_t cap, size_t *n)
{
    *n = 0;
    for (;;) {
        enum codec_result result;
        struct step s;

        if (!c->inside) {
            result = between(c, in, last);
            if (result != CODEC_MORE || !c->inside)
                return result;
        }
        s = (struct step){.in = *in, .out = out + *n, .cap = cap - *n};
        result = step_member(c, in, last, &s);
        *n += s.n;
        if (result != CODEC_MORE || *n == cap || (in->n == 0 && (c->inside || !last)))
            return result;
    }
}
