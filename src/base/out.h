/*
 * out.h - a bounded writer of text with a sticky overflow mark.
 *
 * The writer fills memory that its user owns and always keeps a final NUL. What does not fit is
 * dropped, and all after it, and `full` is set; a user that cares asks for it once, at the end.
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include "base/buf.h"

struct out {
    char *p;    /* start of the memory, borrowed */
    size_t cap; /* bytes, at least 1 */
    size_t n;   /* written, without the NUL; < cap */
    bool full;  /* something did not fit */
};

/* Starts writing into mem, cap bytes (at least 1). */
struct out out_of(char *mem, size_t cap);

void out_char(struct out *o, char c);
void out_str(struct out *o, const char *s);
void out_bytes(struct out *o, struct view v);
void out_u64(struct out *o, uint64_t n); /* decimal */
void out_fmt(struct out *o, const char *fmt, ...) ATTR_PRINTF(2, 3);

/*
 * Writes bytes from the wire as text that is safe on a terminal and valid UTF-8: control bytes and
 * DEL as \xNN, invalid UTF-8 as \xNN, bidirectional and other invisible format characters (U+200B-F,
 * U+202A-E, U+2060-F, U+FEFF, U+E0000-FFF) and C1 controls as \u{NNNN}. This is for safety, not for
 * reading back: a backslash stays as it is.
 */
void out_escape(struct out *o, struct view v);

/* What was written so far. */
static inline struct view out_view(const struct out *o)
{
    return view_of(o->p, o->n);
}

/*
 * Decodes one UTF-8 sequence at the start of v. Gives its code point and sets *len to its bytes, or
 * gives UINT32_MAX and sets *len to 1 when it is not well formed (RFC 3629: no overlong forms, no
 * surrogates, at most U+10FFFF). v must not be empty.
 */
uint32_t utf8_decode(struct view v, size_t *len);

/* True for code points that would act on a terminal or hide text: controls, bidi, zero width. */
bool utf8_unsafe(uint32_t cp);

#endif
