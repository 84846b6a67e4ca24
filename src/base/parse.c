/*
 * parse.c - strict numbers from text.
 */
#include "config.h"

#include "base/parse.h"

#include <math.h>
#include <stdlib.h>

bool parse_u64(struct view v, uint64_t *out)
{
    uint64_t n = 0;

    if (v.n == 0)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        unsigned digit = (unsigned)v.p[i] - '0';

        if (digit > 9 || n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return true;
}

int parse_hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool parse_hex64(struct view v, uint64_t *out)
{
    uint64_t n = 0;

    if (v.n == 0 || v.n > 16)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        int digit = parse_hex_digit(v.p[i]);

        if (digit < 0)
            return false;
        n = n << 4 | (unsigned)digit;
    }
    *out = n;
    return true;
}

bool parse_is_hex(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (parse_hex_digit(v.p[i]) < 0)
            return false;
    return v.n > 0;
}

/* True when v follows the grammar of a JSON number. */
static bool is_json_number(struct view v)
{
    struct buf b = buf_of(v);
    size_t digits = 0;

    if (buf_peek(&b, 0) == '-')
        buf_skip(&b, 1);
    if (buf_peek(&b, 0) == '0' && buf_peek(&b, 1) >= '0' && buf_peek(&b, 1) <= '9')
        return false;
    for (; buf_peek(&b, 0) >= '0' && buf_peek(&b, 0) <= '9'; buf_skip(&b, 1))
        digits++;
    if (digits == 0)
        return false;
    if (buf_peek(&b, 0) == '.') {
        buf_skip(&b, 1);
        for (digits = 0; buf_peek(&b, 0) >= '0' && buf_peek(&b, 0) <= '9'; buf_skip(&b, 1))
            digits++;
        if (digits == 0)
            return false;
    }
    if ((buf_peek(&b, 0) | 0x20) == 'e') {
        buf_skip(&b, 1);
        if (buf_peek(&b, 0) == '+' || buf_peek(&b, 0) == '-')
            buf_skip(&b, 1);
        for (digits = 0; buf_peek(&b, 0) >= '0' && buf_peek(&b, 0) <= '9'; buf_skip(&b, 1))
            digits++;
        if (digits == 0)
            return false;
    }
    return buf_left(&b) == 0;
}

bool parse_number(struct view v, double *out)
{
    char text[81]; /* a 256-bit number has 78 digits */
    double d;

    if (v.n >= sizeof(text) || !is_json_number(v))
        return false;
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    d = strtod(text, NULL); /* the program never calls setlocale, so the point is a point */
    if (!isfinite(d))
        return false;
    *out = d;
    return true;
}
