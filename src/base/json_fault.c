/*
 * json_fault.c - a strict walk over JSON that says where it stops. Order: texts, numbers, values.
 */
#include "config.h"

#include "base/json_fault.h"

#include "base/out.h"
#include "base/parse.h"

/* Where the walk is, and why it stopped. */
struct check {
    struct buf b;
    const char *expected; /* NULL while all is well */
};

static bool fail(struct check *c, const char *expected)
{
    c->expected = c->expected ? c->expected : expected;
    return false;
}

static void skip_blanks(struct check *c)
{
    while (buf_left(&c->b) > 0 && (*c->b.p == ' ' || *c->b.p == '\t' || *c->b.p == '\r' || *c->b.p == '\n'))
        buf_skip(&c->b, 1);
}

/* Behind the backslash. */
static bool check_escape(struct check *c)
{
    static const char known[] = "\"\\/bfnrt";
    uint8_t kind = buf_peek(&c->b, 0);

    if (buf_left(&c->b) == 0 || kind == 0 || (kind != 'u' && !strchr(known, kind)))
        return fail(c, "one of \" \\ / b f n r t u behind a backslash");
    buf_skip(&c->b, 1);
    for (int i = 0; kind == 'u' && i < 4; i++) {
        if (parse_hex_digit(buf_peek(&c->b, 0)) < 0)
            return fail(c, "4 hexadecimal digits behind \\u");
        buf_skip(&c->b, 1);
    }
    return true;
}

/* Behind the opening quote. */
static bool check_string(struct check *c)
{
    while (buf_left(&c->b) > 0) {
        uint8_t byte = buf_peek(&c->b, 0);
        size_t n = 1;

        if (byte < 0x20)
            return fail(c, "no control character within a text");
        if (byte >= 0x80 && utf8_decode(buf_rest(&c->b), &n) == UINT32_MAX)
            return fail(c, "well-formed UTF-8");
        buf_skip(&c->b, n);
        if (byte == '"')
            return true;
        if (byte == '\\' && !check_escape(c))
            return false;
    }
    return fail(c, "'\"' at the end of a text");
}

static bool skip_digits(struct check *c)
{
    bool any = false;

    for (; buf_peek(&c->b, 0) >= '0' && buf_peek(&c->b, 0) <= '9'; any = true)
        buf_skip(&c->b, 1);
    return any || fail(c, "a digit");
}

static bool check_number(struct check *c)
{
    if (buf_peek(&c->b, 0) == '-')
        buf_skip(&c->b, 1);
    if (buf_peek(&c->b, 0) == '0')
        buf_skip(&c->b, 1); /* nothing may follow it but a fraction */
    else if (!skip_digits(c))
        return false;
    if (buf_peek(&c->b, 0) == '.') {
        buf_skip(&c->b, 1);
        if (!skip_digits(c))
            return false;
    }
    if (buf_peek(&c->b, 0) == 'e' || buf_peek(&c->b, 0) == 'E') {
        buf_skip(&c->b, 1);
        if (buf_peek(&c->b, 0) == '+' || buf_peek(&c->b, 0) == '-')
            buf_skip(&c->b, 1);
        return skip_digits(c);
    }
    return true;
}

static bool check_word(struct check *c)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (view_starts(buf_rest(&c->b), words[i])) {
            buf_skip(&c->b, strlen(words[i]));
            return true;
        }
    }
    return fail(c, "a value");
}

static bool check_scalar(struct check *c)
{
    uint8_t first = buf_peek(&c->b, 0);

    if (first == '"') {
        buf_skip(&c->b, 1);
        return check_string(c);
    }
    if (first == '-' || (first >= '0' && first <= '9'))
        return check_number(c);
    return check_word(c);
}

/* A key, the colon. */
static bool check_key(struct check *c)
{
    skip_blanks(c);
    if (buf_peek(&c->b, 0) != '"')
        return fail(c, "a key in quotes");
    buf_skip(&c->b, 1);
    if (!check_string(c))
        return false;
    skip_blanks(c);
    if (buf_peek(&c->b, 0) != ':')
        return fail(c, "':' behind a key");
    buf_skip(&c->b, 1);
    return true;
}

/* Behind a value within brackets: closes those that close here. True when another value follows, or all are closed. */
static bool check_after(struct check *c, uint64_t *kinds, unsigned *depth)
{
    while (*depth > 0) {
        bool is_object = *kinds & 1;
        uint8_t byte;

        skip_blanks(c);
        byte = buf_peek(&c->b, 0);
        if (byte != ',' && byte != (is_object ? '}' : ']'))
            return fail(c, is_object ? "',' or '}' behind a value" : "',' or ']' behind a value");
        buf_skip(&c->b, 1);
        if (byte == ',')
            return !is_object || check_key(c);
        *kinds >>= 1;
        (*depth)--;
    }
    return true;
}

static bool check_value(struct check *c)
{
    uint64_t kinds = 0; /* one bit a level, the innermost lowest: 1 = an object */
    unsigned depth = 0;

    _Static_assert(JSON_DEPTH_MAX <= 64, "there is a bit for each level");
    do {
        uint8_t first;
        bool is_empty = false;

        skip_blanks(c);
        first = buf_peek(&c->b, 0);
        if (first == '{' || first == '[') {
            if (depth == JSON_DEPTH_MAX)
                return fail(c, "values nested less deeply");
            depth++;
            kinds = kinds << 1 | (first == '{');
            buf_skip(&c->b, 1);
            skip_blanks(c);
            is_empty = buf_peek(&c->b, 0) == (first == '{' ? '}' : ']');
            if (!is_empty) {
                if (first == '{' && !check_key(c))
                    return false;
                continue;
            }
        } else if (!check_scalar(c)) {
            return false;
        }
        if (!check_after(c, &kinds, &depth))
            return false;
    } while (depth > 0);
    return true;
}

bool json_check(struct buf *b, struct json_fault *fault)
{
    struct check c = {.b = *b};

    if (check_value(&c)) {
        *b = c.b;
        return true;
    }
    *fault = (struct json_fault){
        .expected = c.expected,
        .at = (size_t)(c.b.p - b->p),
        .is_cut = buf_left(&c.b) == 0,
    };
    return false;
}

struct json_place json_place_of(struct view text, size_t at)
{
    struct json_place place = {1, 1};

    for (size_t i = 0; i < at && i < text.n; i++) {
        if (text.p[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if ((text.p[i] & 0xc0) != 0x80) {
            place.column++;
        }
    }
    return place;
}
