/*
 * out.c - the bounded writer and the escaping of wire text.
 */
#include "config.h"

#include "base/out.h"

#include <stdarg.h>
#include <stdio.h>

struct out out_of(char *mem, size_t cap)
{
    mem[0] = '\0';
    return (struct out){mem, cap, 0, false};
}

void out_bytes(struct out *o, struct view v)
{
    size_t room = o->cap - 1 - o->n;

    if (o->full)
        return; /* what is there stays a prefix of what was meant */
    if (v.n > room) {
        o->full = true;
        v.n = room;
        while (v.n > 0 && (v.p[v.n] & 0xc0) == 0x80) /* never half a character */
            v.n--;
    }
    if (v.n)
        memcpy(o->p + o->n, v.p, v.n);
    o->n += v.n;
    o->p[o->n] = '\0';
}

void out_char(struct out *o, char c)
{
    o->full = o->full || o->n + 1 >= o->cap;
    if (o->full)
        return;
    o->p[o->n++] = c;
    o->p[o->n] = '\0';
}

void out_str(struct out *o, const char *s)
{
    out_bytes(o, view_str(s));
}

/* What out_fmt writes for %llu, in a twentieth of its time: a finding has dozens of numbers. */
void out_u64(struct out *o, uint64_t n)
{
    char digits[20]; /* of 2^64 */
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    out_bytes(o, view_of(digits + at, sizeof(digits) - at));
}

void out_fmt(struct out *o, const char *fmt, ...)
{
    size_t room = o->cap - o->n;
    va_list ap;
    int n;

    if (o->full)
        return;
    va_start(ap, fmt);
    n = vsnprintf(o->p + o->n, room, fmt, ap);
    va_end(ap);
    if (n < 0) {
        o->full = true;
        o->p[o->n] = '\0';
    } else if ((size_t)n >= room) {
        o->full = true;
        o->n = o->cap - 1;
    } else {
        o->n += (size_t)n;
    }
}

uint32_t utf8_decode(struct view v, size_t *len)
{
    static const uint32_t lowest[5] = {0, 0, 0x80, 0x800, 0x10000}; /* per length: below it is overlong */
    uint8_t first = v.p[0];
    uint32_t cp;
    size_t n;

    *len = 1;
    if (first < 0x80)
        return first;
    if ((first & 0xe0) == 0xc0) {
        n = 2;
        cp = first & 0x1f;
    } else if ((first & 0xf0) == 0xe0) {
        n = 3;
        cp = first & 0x0f;
    } else if ((first & 0xf8) == 0xf0) {
        n = 4;
        cp = first & 0x07;
    } else {
        return UINT32_MAX;
    }
    if (v.n < n)
        return UINT32_MAX;
    for (size_t i = 1; i < n; i++) {
        if ((v.p[i] & 0xc0) != 0x80)
            return UINT32_MAX;
        cp = cp << 6 | (v.p[i] & 0x3f);
    }
    if (cp < lowest[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return UINT32_MAX;
    *len = n;
    return cp;
}

bool utf8_unsafe(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad || cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || (cp >= 0xfff9 && cp <= 0xfffb) ||
           (cp >= 0xe0000 && cp <= 0xe0fff);
}

/* Bytes at the start of v that are printable ASCII: nearly all that is ever escaped. */
static size_t plain_bytes(struct view v)
{
    size_t n = 0;

    while (n < v.n && v.p[n] >= 0x20 && v.p[n] < 0x7f)
        n++;
    return n;
}

void out_escape(struct out *o, struct view v)
{
    size_t len;

    for (size_t i = 0; i < v.n; i += len) {
        char esc[16];
        struct out e = out_of(esc, sizeof(esc));
        uint32_t cp;

        len = plain_bytes(view_skip(v, i));
        if (len > 0) {
            out_bytes(o, view_of(v.p + i, len));
            continue;
        }
        cp = utf8_decode(view_skip(v, i), &len);
        if (cp == UINT32_MAX || cp < 0x20 || cp == 0x7f)
            out_fmt(&e, "\\x%02x", v.p[i]);
        else if (utf8_unsafe(cp))
            out_fmt(&e, "\\u{%04x}", cp);
        else
            out_bytes(&e, view_of(v.p + i, len));
        if (o->n + e.n >= o->cap) { /* never half an escape or half a character */
            o->full = true;
            return;
        }
        out_bytes(o, out_view(&e));
    }
}
