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
    uint8_t n;                   /* bytes */
    uint8_t n_labels;            /* 0 = the root */
    uint8_t at[NAME_LABELS_MAX]; /* offset of each label's length byte */
    uint8_t b[NAME_BYTES_MAX];
};

/* Empties *name, for name_add_label. */
void name_init(struct name *name);

/* Appends a label, in lower case. False when it is empty or too long, or the name would be. */
bool name_add_label(struct name *name, struct view label);

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
