/*
 * name.h - a domain name as labels: what DNS, feeds and TLS compare.
 *
 * Names are held in the uncompressed wire form of RFC 1035 section 3.1 without the root's zero byte: for
 * each label its length and its bytes, ASCII letters in lower case. Comparing labels, not characters,
 * keeps notpool.example apart from pool.example; a byte of a label may have any value.
 */
#ifndef BASE_NAME_H
#define BASE_NAME_H

#include "base/buf.h"
#include "base/out.h"

#define NAME_BYTES_MAX 254  /* RFC 1035 section 2.3.4: 255 with the root's byte */
#define NAME_LABEL_MAX 63   /* bytes of one label */
#define NAME_LABELS_MAX 127 /* of at least 2 bytes each */
#define NAME_TEXT_MAX 1024  /* as text with escapes: at most 4 characters a byte */

struct name {
    uint8_t n;        /* bytes */
    uint8_t n_labels; /* 0 = the root */
    uint8_t b[NAME_BYTES_MAX];
    uint8_t
        at[NAME_LABELS_MAX]; /* offset of each label's length byte; behind b, so that whole words of any label can be read */
};

/* Empties *name, for name_add_label. */
static inline void name_init(struct name *name)
{
    name->n = 0;
    name->n_labels = 0;
}

/* Appends a label, in lower case. False when it is empty or too long, or the name would be. */
bool name_add_label(struct name *name, struct view label);

/*
 * Appends whole labels, each behind its length, as they lie one after the other; those that are there must be right. False when
 * the name would be too long.
 */
bool name_add_labels(struct name *name, struct view labels);

/* 16 bytes in lower case. Moved so that 'A' is the least number with a sign, the 26 letters are below the others: one comparison. */
static inline void name_lower_16(uint8_t *to, const uint8_t *from)
{
    typedef uint8_t sixteen_bytes __attribute__((vector_size(16)));
    typedef int8_t sixteen_signed __attribute__((vector_size(16)));
    sixteen_bytes w;

    memcpy(&w, from, sizeof(w));
    w |= (sixteen_bytes)((sixteen_signed)(w + (128 - 'A')) < (int8_t)(-128 + 26)) & 0x20;
    memcpy(to, &w, sizeof(w));
}

/* n bytes in lower case. */
void name_lower(uint8_t *to, const uint8_t *from, size_t n);

/*
 * Appends the n bytes at the start of `from`, labels whose places the caller has put in name->at and counted, and which are not too
 * long. What follows them in `from` may be copied, too, behind the name's end.
 */
static inline void name_add_bytes(struct name *name, struct view from, size_t n)
{
    uint8_t *to = name->b + name->n;
    size_t room = min_size(from.n, (size_t)(NAME_BYTES_MAX - name->n));

    name->n = (uint8_t)(name->n + n);
    if (LIKELY(n <= 32 && room >= 16)) { /* the two may overlap, or be one, which changes nothing, and is cheaper than to ask */
        size_t last = n > 16 ? n - 16 : 0;

        name_lower_16(to, from.p);
        name_lower_16(to + last, from.p + last);
    } else {
        name_lower(to, from.p, n);
    }
}

/* A copy of what is used of a name, which is less than all of it. */
static inline void name_copy(struct name *to, const struct name *from)
{
    to->n = from->n;
    to->n_labels = from->n_labels;
    if (LIKELY(from->n <= 64)) { /* at most 32 labels; by constants, as that takes no call */
        memcpy(to->at, from->at, 32);
        memcpy(to->b, from->b, 64);
    } else {
        memcpy(to->at, from->at, from->n_labels);
        memcpy(to->b, from->b, from->n);
    }
}

/*
 * Reads a name as people write it: labels separated by dots, one dot at the end or none. \. and \DDD are
 * escapes (RFC 1035 section 5.1). False when it is empty or no name. Bytes above 127 are kept as they are.
 */
bool name_parse(struct name *name, struct view text);

/* Writes it with dots, without one at the end; what is not printable ASCII, dots and backslashes in labels are escaped. "." for the root. */
void name_print(const struct name *name, struct out *o);

/* The name's last n labels, as bytes of the form above; all of it when it has fewer. */
struct view name_suffix(const struct name *name, unsigned n_labels);

static inline struct view name_view(const struct name *name)
{
    return view_of(name->b, name->n);
}

#endif
