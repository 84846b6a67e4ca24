/*
 * unpack_text.c - capture/codec.h on a text in memory. The cap on the text is the only one that is needed: it takes a second to reach.
 */
#include "config.h"

#include "role/unpack_text.h"

#include "base/out.h"
#include "capture/codec.h"

#include <stdlib.h>

#define FIRST_BYTES ((size_t)1 << 20)

static const char *fault_of(enum codec_result result)
{
    switch (result) {
    case CODEC_CUT: return "it is cut off";
    case CODEC_CORRUPT: return "it is damaged";
    case CODEC_TRAILING: return "there is something else behind its end";
    case CODEC_UNFIT: return "it needs something that is not supported, such as a dictionary";
    case CODEC_WINDOW: return "it needs too much memory to unpack";
    case CODEC_MEMORY:
    case CODEC_MORE:
    case CODEC_END: break;
    }
    return "not enough memory";
}

/* Twice the room. False when it would be more than allowed, or memory is short. */
static bool grow(uint8_t **mem, size_t *cap, size_t max, const char **why)
{
    size_t next = *cap ? *cap * 2 : FIRST_BYTES;
    uint8_t *more;

    if (*cap >= max) {
        *why = "it unpacks to more than such a file may have";
        return false;
    }
    if (next > max)
        next = max;
    more = realloc(*mem, next);
    if (!more) {
        *why = "not enough memory";
        return false;
    }
    *mem = more;
    *cap = next;
    return true;
}

bool unpack_text(struct view bytes, size_t max, struct view *text, void **mem, char *why, size_t n_why)
{
    enum codec_format format = codec_recognise(view_head(bytes, 8));
    struct codec *c = format == CODEC_NONE ? NULL : codec_new(format);
    enum codec_result result = CODEC_MORE;
    const char *fault = NULL;
    uint8_t *to = NULL;
    size_t n = 0, cap = 0;
    struct out o = out_of(why, n_why);

    *text = bytes;
    *mem = NULL;
    if (format == CODEC_NONE)
        return true;
    if (!c)
        fault = "not enough memory";
    while (!fault && result == CODEC_MORE) {
        size_t got = 0;

        /* One byte more than allowed tells a text that is just as long from one that is too long. */
        if (n == cap && !grow(&to, &cap, max + 1, &fault))
            break;
        result = codec_step(c, &bytes, true, to + n, cap - n, &got);
        n += got;
    }
    codec_free(c);
    if (!fault && result != CODEC_END)
        fault = fault_of(result);
    if (!fault && n > max)
        fault = "it unpacks to more than such a file may have";
    if (fault) {
        free(to);
        out_fmt(&o, "cannot be unpacked (%s): %s", codec_name(format), fault);
        return false;
    }
    *mem = to;
    *text = view_of(to, n);
    return true;
}
