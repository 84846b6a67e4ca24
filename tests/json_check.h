/*
 * json_check.h - a strict check of JSON (RFC 8259) for tests: one value in UTF-8 and nothing else.
 *
 * It shares no code with what it checks. Depth is bounded by JSON_CHECK_DEPTH.
 */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define JSON_CHECK_DEPTH 64

struct json_check {
    const unsigned char *p, *end;
};

static inline int json_check_peek(const struct json_check *c)
{
    return c->p < c->end ? *c->p : -1;
}

static inline bool json_check_word(struct json_check *c, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return false;
    c->p += n;
    return true;
}

/* One character of UTF-8: well formed, shortest form, no surrogate, at most U+10FFFF. */
static inline bool json_check_utf8(struct json_check *c)
{
    unsigned first = *c->p++, low = 0x80, high = 0xbf, n;

    if (first < 0x80)
        return true;
    if (first < 0xc2 || first > 0xf4)
        return false;
    n = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    for (; n > 0; n--, low = 0x80, high = 0xbf) {
        if (c->p == c->end || *c->p < low || *c->p > high)
            return false;
        c->p++;
    }
    return true;
}

static inline bool json_check_escape(struct json_check *c)
{
    if (c->p == c->end)
        return false;
    if (*c->p != 'u') {
        bool known = strchr("\"\\/bfnrt", *c->p) && *c->p;

        c->p++;
        return known;
    }
    c->p++;
    for (int i = 0; i < 4; i++, c->p++)
        if (c->p == c->end || !*c->p || !strchr("0123456789abcdefABCDEF", *c->p))
            return false;
    return true;
}

static inline bool json_check_string(struct json_check *c)
{
    if (json_check_peek(c) != '"')
        return false;
    for (c->p++; c->p < c->end && *c->p != '"';) {
        if (*c->p < 0x20)
            return false;
        if (*c->p == '\\') {
            c->p++;
            if (!json_check_escape(c))
                return false;
        } else if (!json_check_utf8(c)) {
            return false;
        }
    }
    if (c->p == c->end)
        return false;
    c->p++;
    return true;
}

static inline size_t json_check_digits(struct json_check *c)
{
    size_t n = 0;

    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++)
        n++;
    return n;
}

static inline bool json_check_number(struct json_check *c)
{
    bool zero;
    size_t n;

    c->p += json_check_peek(c) == '-';
    zero = json_check_peek(c) == '0';
    n = json_check_digits(c);
    if (n == 0 || (zero && n > 1))
        return false;
    if (json_check_peek(c) == '.') {
        c->p++;
        if (json_check_digits(c) == 0)
            return false;
    }
    if (json_check_peek(c) == 'e' || json_check_peek(c) == 'E') {
        c->p++;
        c->p += json_check_peek(c) == '+' || json_check_peek(c) == '-';
        if (json_check_digits(c) == 0)
            return false;
    }
    return true;
}

static inline bool json_check_scalar(struct json_check *c)
{
    switch (json_check_peek(c)) {
    case '"': return json_check_string(c);
    case 't': return json_check_word(c, "true");
    case 'f': return json_check_word(c, "false");
    case 'n': return json_check_word(c, "null");
    default: return json_check_number(c);
    }
}

/* True when text, n bytes, is one JSON value without white space around or between its parts. */
static inline bool json_is_strict(const char *text, size_t n)
{
    struct json_check c = {(const unsigned char *)text, (const unsigned char *)text + n};
    char closing[JSON_CHECK_DEPTH];
    int depth = 0;
    bool fresh = false; /* a container was just opened: no comma is due, and it may close */

    do {
        if (depth > 0 && json_check_peek(&c) == closing[depth - 1]) { /* never behind a comma */
            c.p++;
            depth--;
            fresh = false;
            continue;
        }
        if (depth > 0 && !fresh && !json_check_word(&c, ","))
            return false;
        fresh = false;
        if (depth > 0 && closing[depth - 1] == '}' && !(json_check_string(&c) && json_check_word(&c, ":")))
            return false;
        if (json_check_peek(&c) == '{' || json_check_peek(&c) == '[') {
            if (depth == JSON_CHECK_DEPTH)
                return false;
            closing[depth++] = *c.p++ == '{' ? '}' : ']';
            fresh = true;
        } else if (!json_check_scalar(&c)) {
            return false;
        }
    } while (depth > 0);
    return c.p == c.end;
}

/* The same for a line of output: one object and one newline, at the end. */
static inline bool json_is_line(const char *text, size_t n)
{
    return n > 2 && text[0] == '{' && text[n - 1] == '\n' && !memchr(text, '\n', n - 1) && json_is_strict(text, n - 1);
}

#endif
