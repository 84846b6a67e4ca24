/*
 * name.c - building, reading and printing domain names.
 */
#include "config.h"

#include "base/name.h"

/*
 * 8 bytes in lower case. Added to the low 7 bits of each byte, 128 - 'A' carries into its top bit from 'A' on and
 * 127 - 'Z' behind 'Z'; where just the first does, and the byte is ASCII, it is a letter to change.
 */
static inline uint64_t lower_word(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = 0x7f * ones;
    uint64_t upper = ((w & low) + (128 - 'A') * ones) & ~((w & low) + (127 - 'Z') * ones) & ~w & ~low;

    return w | upper >> 2;
}

static inline void lower_8(uint8_t *to, const uint8_t *from)
{
    uint64_t w;

    memcpy(&w, from, sizeof(w));
    w = lower_word(w);
    memcpy(to, &w, sizeof(w));
}

static inline void lower_4(uint8_t *to, const uint8_t *from)
{
    uint32_t w;

    memcpy(&w, from, sizeof(w));
    w = (uint32_t)lower_word(w);
    memcpy(to, &w, sizeof(w));
}

/* The last words overlap those before them, which changes nothing. */
void name_lower(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 16) {
        for (size_t i = 0; i + 16 < n; i += 16)
            name_lower_16(to + i, from + i);
        name_lower_16(to + n - 16, from + n - 16);
    } else if (n >= 8) {
        lower_8(to, from);
        lower_8(to + n - 8, from + n - 8);
    } else if (n >= 4) {
        lower_4(to, from);
        lower_4(to + n - 4, from + n - 4);
    } else {
        for (size_t i = 0; i < n; i++)
            to[i] = byte_lower(from[i]);
    }
}

bool name_add_label(struct name *name, struct view label)
{
    uint8_t *to;

    if (label.n == 0 || label.n > NAME_LABEL_MAX || name->n + 1 + label.n > NAME_BYTES_MAX)
        return false;
    name->at[name->n_labels++] = name->n;
    to = name->b + name->n;
    *to++ = (uint8_t)label.n;
    name_lower(to, label.p, label.n);
    name->n = (uint8_t)(name->n + 1 + label.n);
    return true;
}

bool name_add_labels(struct name *name, struct view labels)
{
    unsigned n = name->n_labels;

    if (labels.n == 0)
        return true;
    if (name->n + labels.n > NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < labels.n; i += 1u + labels.p[i])
        name->at[n++] = (uint8_t)(name->n + i);
    name->n_labels = (uint8_t)n;
    name_add_bytes(name, labels, labels.n);
    return true;
}

/* Reads what follows a backslash: three digits, or any one character. */
static bool take_escape(struct buf *b, uint8_t *c)
{
    unsigned value;

    if (buf_left(b) == 0)
        return false;
    *c = buf_u8(b);
    if (*c < '0' || *c > '9')
        return true;
    value = (unsigned)(*c - '0') * 100 + (unsigned)(buf_peek(b, 0) - '0') * 10 + (unsigned)(buf_peek(b, 1) - '0');
    if (buf_left(b) < 2 || buf_peek(b, 0) < '0' || buf_peek(b, 0) > '9' || buf_peek(b, 1) < '0' || buf_peek(b, 1) > '9' ||
        value > 255)
        return false;
    buf_skip(b, 2);
    *c = (uint8_t)value;
    return true;
}

bool name_parse(struct name *name, struct view text)
{
    struct buf b = buf_of(text);
    uint8_t label[NAME_LABEL_MAX];
    size_t n = 0;

    name_init(name);
    while (buf_left(&b) > 0) {
        uint8_t c = buf_u8(&b);

        if (c == '.') {
            if (!name_add_label(name, view_of(label, n)))
                return false;
            n = 0;
            continue;
        }
        if ((c == '\\' && !take_escape(&b, &c)) || n == sizeof(label))
            return false;
        label[n++] = c;
    }
    if (n > 0 && !name_add_label(name, view_of(label, n)))
        return false;
    return name->n_labels > 0;
}

void name_print(const struct name *name, struct out *o)
{
    if (name->n_labels == 0)
        out_char(o, '.');
    for (unsigned i = 0; i < name->n_labels; i++) {
        const uint8_t *label = name->b + name->at[i];

        if (i > 0)
            out_char(o, '.');
        for (unsigned k = 1; k <= label[0]; k++) {
            if (label[k] == '.' || label[k] == '\\')
                out_fmt(o, "\\%c", label[k]);
            else if (label[k] > ' ' && label[k] < 0x7f)
                out_char(o, (char)label[k]);
            else
                out_fmt(o, "\\%03u", label[k]);
        }
    }
}

struct view name_suffix(const struct name *name, unsigned n_labels)
{
    if (n_labels >= name->n_labels)
        return name_view(name);
    if (n_labels == 0)
        return view_of(name->b + name->n, 0);
    return view_skip(name_view(name), name->at[name->n_labels - n_labels]);
}
