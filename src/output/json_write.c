/*
 * json_write.c - the JSON writer.
 */
#include "config.h"

#include "output/json_write.h"

#include "base/rfc3339.h"

#include <math.h>
#include <stdlib.h>

static bool needs_care(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* True when one of 8 bytes needs care. Where a byte of x is less than n, its high bit of (x - ones * n) & ~x is set. */
static bool word_needs_care(const uint8_t *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x, quote, backslash;

    memcpy(&x, bytes, sizeof(x)); /* in whatever order */
    quote = x ^ ones * '"';
    backslash = x ^ ones * '\\';
    return (((x - ones * 0x20) & ~x) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & ones << 7;
}

/* The index of the first byte from i on that needs care, or v.n. */
static size_t next_care(struct view v, size_t i)
{
    while (i + sizeof(uint64_t) <= v.n && !word_needs_care(v.p + i))
        i += sizeof(uint64_t);
    while (i < v.n && !needs_care(v.p[i]))
        i++;
    return i;
}

/* A string of ours or escaped text: only quotes, backslashes and, to be safe, control bytes need care. */
static void put_string(struct out *o, struct view v)
{
    size_t plain = 0; /* where the run of bytes that need no care began */

    out_char(o, '"');
    for (size_t i = next_care(v, 0); i < v.n; i = next_care(v, i + 1)) {
        uint8_t c = v.p[i];

        out_bytes(o, (struct view){v.p + plain, i - plain});
        plain = i + 1;
        if (c < 0x20)
            out_fmt(o, "\\u%04x", c);
        else
            out_fmt(o, "\\%c", c);
    }
    out_bytes(o, view_skip(v, plain));
    out_char(o, '"');
}

static void begin(struct out *o, const char *key)
{
    char last = o->n ? o->p[o->n - 1] : '[';

    if (last != '{' && last != '[')
        out_char(o, ',');
    if (key) { /* ours: no byte of it needs care */
        out_char(o, '"');
        out_str(o, key);
        out_bytes(o, view_of("\":", 2));
    }
}

void json_open(struct out *o, const char *key, char bracket)
{
    if (o->n)
        begin(o, key);
    out_char(o, bracket);
}

void json_close(struct out *o, char bracket)
{
    out_char(o, bracket);
}

void json_string(struct out *o, const char *key, const char *text)
{
    begin(o, key);
    put_string(o, view_str(text));
}

void json_named(struct out *o, const char *key, const char *text)
{
    begin(o, NULL);
    put_string(o, view_str(key));
    out_char(o, ':');
    put_string(o, view_str(text));
}

void json_wire_text(struct out *o, const char *key, struct view raw, bool cut)
{
    char safe[8448]; /* 2,048 bytes of a command line, each at most 4 when escaped, and the mark */
    struct out s = out_of(safe, sizeof(safe));

    out_escape(&s, raw);
    if (cut)
        out_str(&s, "…");
    begin(o, key);
    put_string(o, out_view(&s));
}

void json_u64(struct out *o, const char *key, uint64_t n)
{
    begin(o, key);
    out_u64(o, n);
}

void json_bool(struct out *o, const char *key, bool b)
{
    begin(o, key);
    out_str(o, b ? "true" : "false");
}

void json_fixed(struct out *o, const char *key, double d, int digits)
{
    begin(o, key);
    out_fmt(o, "%.*f", digits, d);
}

void json_double(struct out *o, const char *key, double d)
{
    char text[40];

    if (fabs(d) < 1e15 && fabs(nearbyint(d) - d) <= 0) {
        json_fixed(o, key, d, 0);
        return;
    }
    for (int digits = 6; digits <= 17; digits++) {
        struct out t = out_of(text, sizeof(text));

        out_fmt(&t, "%.*g", digits, d);
        if (fabs(strtod(text, NULL) - d) <= 0)
            break;
    }
    begin(o, key);
    out_str(o, text);
}

void json_time(struct out *o, const char *key, ns_t t)
{
    char text[40];
    struct out s = out_of(text, sizeof(text));

    rfc3339_print(t, &s);
    json_string(o, key, text);
}
