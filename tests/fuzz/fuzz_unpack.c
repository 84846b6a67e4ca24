/*
 * fuzz_unpack.c - bytes as compressed data of each format, unpacked at once, in small steps, and by
 * unpack_run within limits.
 *
 * Checked: whole data gives the same bytes in all ways, and but for zstd is whole in all; nothing is given beyond the room; a
 * step that goes on used up its input or filled its room; unpack_run keeps its limit of bytes. How many
 * bytes come before a fault may differ: liblzma keeps some back when it finds one.
 */
#include "config.h"

#include "base/hash.h"
#include "capture/unpack.h"

#include <fcntl.h>
#include <stdlib.h>

#define MAX_OUT (4U << 20) /* bytes after which an input is given up: it may ask for terabytes */
#define ROOM 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

/* Headers may ask for windows of 256 MiB: the sanitizer should neither clear their shadow nor keep them. */
const char *__asan_default_options(void)
{
    return "clear_shadow_mmap_threshold=16777216:quarantine_size_mb=4";
}

/* What came of it. */
struct ending {
    enum codec_result result; /* CODEC_MORE when it was given up */
    uint64_t n_out, sum;
};

static void check(bool fact)
{
    if (!fact)
        abort();
}

/* One step into memory of exactly `room` bytes, so that a sanitizer sees a byte too many. */
static enum codec_result step(struct codec *c, struct view *in, bool last, size_t room, struct ending *e)
{
    uint8_t *out = malloc(room);
    enum codec_result result;
    size_t n;

    check(out != NULL);
    result = codec_step(c, in, last, out, room, &n);
    check(n <= room);
    check(result != CODEC_MORE || in->n == 0 || n == room);
    for (size_t i = 0; i < n; i++)
        e->sum = e->sum * 31 + out[i];
    e->n_out += n;
    free(out);
    return result;
}

/* Unpacks with at most n_in bytes of input and n_out of room in a step. */
static struct ending unpack(enum codec_format format, struct view all, size_t n_in, size_t n_out)
{
    struct codec *c = codec_new(format);
    struct ending e = {.result = CODEC_MORE};

    check(c != NULL);
    while (e.result == CODEC_MORE && e.n_out <= MAX_OUT) {
        struct view in = view_head(all, n_in);
        size_t before = in.n;

        e.result = step(c, &in, before == all.n, n_out, &e);
        all = view_skip(all, before - in.n);
    }
    codec_free(c);
    return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum codec_format formats[] = {CODEC_GZIP, CODEC_ZSTD, CODEC_XZ};
    static int null = -1;
    struct view all = view_of(data, size);

    if (null < 0)
        null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    check(null >= 0);
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        struct unpack_limits limits = {.max_bytes = MAX_OUT, .max_ratio = 1000};
        struct unpack_progress progress = {0};
        struct ending whole, steps;
        enum unpack_result result;

        if (codec_recognise(all) != formats[i] && size > 0 && data[0] % 4 != i)
            continue; /* the two others refuse it at once, nearly always */
        whole = unpack(formats[i], all, SIZE_MAX, ROOM);
        if (whole.n_out < 65536) { /* small steps over much output take long */
            steps = unpack(formats[i], all, 1 + size % 7, 1 + size % 61);
            /* libzstd 1.5.4 takes another way when a buffer holds a whole frame, or seems to, and judges some broken ones otherwise. */
            check(formats[i] == CODEC_ZSTD || (steps.result == CODEC_END) == (whole.result == CODEC_END));
            check(whole.result != CODEC_END || steps.result != CODEC_END ||
                  (steps.n_out == whole.n_out && steps.sum == whole.sum));
        }
        result = unpack_run(formats[i], all, -1, null, &limits, &progress);
        check(progress.n_out <= MAX_OUT && progress.n_in <= size);
        check((result == UNPACK_DONE) == (whole.result == CODEC_END && whole.n_out <= MAX_OUT));
    }
    return 0;
}
