/*
 * buf.h - views of bytes and a read cursor with a sticky error.
 *
 * A view is a pointer and a length; whoever gets one borrows it. A cursor (struct buf) walks over a
 * view: a read past the end sets `bad`, returns zero and leaves the cursor at the end, so a decoder
 * reads a whole header and asks buf_ok() once. All wire integers of the project are read here.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/base.h"

#include <stdbool.h>
#include <string.h>

struct view {
    const uint8_t *p; /* may be NULL when n is 0 */
    size_t n;         /* bytes */
};

struct buf {
    const uint8_t *p;   /* next byte */
    const uint8_t *end; /* one past the last byte */
    bool bad;           /* a read went past the end */
};

static inline struct view view_of(const void *p, size_t n)
{
    return (struct view){(const uint8_t *)p, n};
}

static inline struct view view_str(const char *s)
{
    return view_of(s, strlen(s));
}

/* The first n bytes of v, or all of it when it is shorter. */
static inline struct view view_head(struct view v, size_t n)
{
    return (struct view){v.p, v.n < n ? v.n : n};
}

/* v without its first n bytes; empty when it is shorter. */
static inline struct view view_skip(struct view v, size_t n)
{
    if (n > v.n)
        n = v.n;
    return n ? (struct view){v.p + n, v.n - n} : v;
}

static inline bool view_eq(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool view_is(struct view v, const char *s)
{
    if (v.n > 0 && v.p[0] != (uint8_t)s[0])
        return false; /* nearly always */
    return view_eq(v, view_str(s));
}

static inline bool view_starts(struct view v, const char *s)
{
    size_t n = strlen(s);

    return v.n >= n && memcmp(v.p, s, n) == 0;
}

/* True when `part` begins inside of `whole`, and then *at is where. */
static inline bool view_holds(struct view whole, struct view part, size_t *at)
{
    uintptr_t from = (uintptr_t)whole.p, here = (uintptr_t)part.p;

    *at = here - from;
    return here >= from && *at < whole.n;
}

/* An ASCII letter in lower case; any other byte as it is. */
static inline uint8_t byte_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* True when v is the word, which is in lower case, in any case. */
bool view_is_word(struct view v, const char *word);

/* Index of the first byte c in v, or v.n when there is none. */
size_t view_find(struct view v, uint8_t c);

/* Index of the last byte c in v, or v.n when there is none. */
size_t view_find_last(struct view v, uint8_t c);

static inline struct buf buf_of(struct view v)
{
    return (struct buf){v.p, v.n ? v.p + v.n : v.p, false}; /* nothing may be added to NULL */
}

static inline bool buf_ok(const struct buf *b)
{
    return !b->bad;
}

static inline size_t buf_left(const struct buf *b)
{
    return (size_t)(b->end - b->p);
}

/* True when n more bytes are there; does not set `bad`. */
static inline bool buf_has(const struct buf *b, size_t n)
{
    return (size_t)(b->end - b->p) >= n;
}

/* Marks the cursor as having run over its end. */
static inline void buf_fail(struct buf *b)
{
    b->p = b->end;
    b->bad = true;
}

static inline bool buf_skip(struct buf *b, size_t n)
{
    if (UNLIKELY(!buf_has(b, n))) {
        buf_fail(b);
        return false;
    }
    b->p += n;
    return true;
}

static inline uint8_t buf_u8(struct buf *b)
{
    if (UNLIKELY(!buf_has(b, 1))) {
        buf_fail(b);
        return 0;
    }
    return *b->p++;
}

static inline uint16_t buf_be16(struct buf *b)
{
    uint16_t v;

    if (UNLIKELY(!buf_has(b, sizeof(v)))) {
        buf_fail(b);
        return 0;
    }
    memcpy(&v, b->p, sizeof(v));
    b->p += sizeof(v);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap16(v);
#endif
    return v;
}

static inline uint32_t buf_be32(struct buf *b)
{
    uint32_t v;

    if (UNLIKELY(!buf_has(b, sizeof(v)))) {
        buf_fail(b);
        return 0;
    }
    memcpy(&v, b->p, sizeof(v));
    b->p += sizeof(v);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint16_t buf_le16(struct buf *b)
{
    return __builtin_bswap16(buf_be16(b));
}

static inline uint32_t buf_le32(struct buf *b)
{
    return __builtin_bswap32(buf_be32(b));
}

/* A 16-bit or 32-bit integer in the byte order of a file: `big_endian` says which. */
static inline uint16_t buf_u16(struct buf *b, bool big_endian)
{
    return big_endian ? buf_be16(b) : buf_le16(b);
}

static inline uint32_t buf_u32(struct buf *b, bool big_endian)
{
    return big_endian ? buf_be32(b) : buf_le32(b);
}

/* The next n bytes as a view; an empty one, and `bad`, when they are not there. */
static inline struct view buf_take(struct buf *b, size_t n)
{
    struct view v = {b->p, n};

    if (!buf_skip(b, n))
        v.n = 0;
    return v;
}

/* All that is left, without moving. */
static inline struct view buf_rest(const struct buf *b)
{
    return (struct view){b->p, buf_left(b)};
}

/*
 * A header of a fixed length: true, and *v is it, when it is there. The compiler then knows the length,
 * and the checks of the view_ readers below cost nothing.
 */
static ATTR_ALWAYS_INLINE bool buf_header(struct buf *b, size_t n, struct view *v)
{
    if (UNLIKELY(!buf_has(b, n))) {
        buf_fail(b);
        return false;
    }
    *v = (struct view){b->p, n};
    b->p += n;
    return true;
}

/* The same at an offset in a view. */
static ATTR_ALWAYS_INLINE bool view_header(struct view v, size_t at, size_t n, struct view *h)
{
    if (UNLIKELY(at > v.n || v.n - at < n))
        return false;
    *h = (struct view){v.p + at, n};
    return true;
}

/* Integers at an offset in a view, big endian; 0 when they are not wholly in it. */
static ATTR_ALWAYS_INLINE uint8_t view_u8(struct view v, size_t at)
{
    return at < v.n ? v.p[at] : 0;
}

static ATTR_ALWAYS_INLINE uint16_t view_be16(struct view v, size_t at)
{
    uint16_t u;

    if (at + sizeof(u) > v.n)
        return 0;
    memcpy(&u, v.p + at, sizeof(u));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    u = __builtin_bswap16(u);
#endif
    return u;
}

static ATTR_ALWAYS_INLINE uint32_t view_be32(struct view v, size_t at)
{
    uint32_t u;

    if (at + sizeof(u) > v.n)
        return 0;
    memcpy(&u, v.p + at, sizeof(u));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    u = __builtin_bswap32(u);
#endif
    return u;
}

static ATTR_ALWAYS_INLINE uint32_t view_le32(struct view v, size_t at)
{
    uint32_t u;

    if (at + sizeof(u) > v.n)
        return 0;
    memcpy(&u, v.p + at, sizeof(u));
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    u = __builtin_bswap32(u);
#endif
    return u;
}

/* n bytes of v from an offset; empty when they are not wholly in it. */
static ATTR_ALWAYS_INLINE struct view view_sub(struct view v, size_t at, size_t n)
{
    return at + n <= v.n ? (struct view){v.p + at, n} : (struct view){v.p, 0};
}

/* The byte at offset i from here, or 0 when it is not there; neither moves nor sets `bad`. */
static inline uint8_t buf_peek(const struct buf *b, size_t i)
{
    return buf_left(b) > i ? b->p[i] : 0;
}

/* Cuts the cursor to at most n more bytes. */
static inline void buf_limit(struct buf *b, size_t n)
{
    if (buf_left(b) > n)
        b->end = b->p + n;
}

#endif
