/*
 * json_scan.c - the scanner. Order of the file: blanks and strings, values, walks, helpers.
 */
#include "config.h"

#include "base/json_scan.h"

#include "base/out.h"
#include "base/parse.h"

#include <endian.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static void skip_blanks(struct buf *b)
{
    while (b->p < b->end && (*b->p == ' ' || *b->p == '\t' || *b->p == '\r' || *b->p == '\n'))
        buf_skip(b, 1);
}

/* Which bytes of a block are quotes or backslashes: a set of bits, the first byte's lowest. */
#ifdef __SSE2__ /* every amd64 machine */
#define BLOCK 16u
#define BITS_A_BYTE 1u
static inline uint64_t specials_of(const uint8_t *block)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)block);
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));

    return (uint32_t)_mm_movemask_epi8(found);
}
#else
#define BLOCK 8u
#define BITS_A_BYTE 8u
/* Of the bytes of word that equal c, but those behind the first may seem to. */
static inline uint64_t match_word(uint64_t word, uint8_t c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = word ^ ones * c;

    return (x - ones) & ~x & ones << 7;
}

static inline uint64_t specials_of(const uint8_t *block)
{
    uint64_t word;

    memcpy(&word, block, sizeof(word));
    return match_word(le64toh(word), '"') | match_word(le64toh(word), '\\');
}
#endif

/* The index of the first quote or backslash from byte i on, or v.n when there is none. */
static size_t find_special(struct view v, size_t i)
{
    for (; i + BLOCK <= v.n; i += BLOCK) {
        uint64_t found = specials_of(v.p + i);

        if (found)
            return i + (size_t)__builtin_ctzll(found) / BITS_A_BYTE;
    }
    while (i < v.n && v.p[i] != '"' && v.p[i] != '\\')
        i++;
    return i;
}

struct string_end {
    size_t at; /* of the closing quote, or the length of the text that lacks it */
    bool escaped;
};

/* The end of the string that `rest` is the inside of, and what follows. */
static struct string_end find_end(struct view rest)
{
    struct string_end end = {.at = find_special(rest, 0)};

    while (end.at < rest.n && rest.p[end.at] == '\\') {
        end.escaped = true;
        end.at = find_special(rest, min_size(end.at + 2, rest.n)); /* the byte behind it is never a closing quote */
    }
    return end;
}

/* The cursor stands behind the opening quote. Leaves it behind the closing one. */
static void read_string(struct buf *b, struct json_val *v)
{
    struct view rest = buf_rest(b);
    struct string_end end = find_end(rest);

    v->type = JSON_STRING;
    v->escaped = end.escaped;
    v->complete = end.at < rest.n;
    v->text = view_head(rest, end.at);
    buf_skip(b, end.at + v->complete);
}

/* Skips a container by its brackets; the cursor stands behind the opening one. */
static bool skip_container(struct buf *b, bool is_object, bool *complete)
{
    uint64_t kinds = is_object; /* one bit a level, the innermost lowest */
    unsigned depth = 1;

    while (buf_left(b) > 0) {
        uint8_t c = buf_u8(b);

        if (c == '"') {
            struct view rest = buf_rest(b);

            buf_skip(b, min_size(find_end(rest).at + 1, rest.n));
        } else if (c == '{' || c == '[') {
            if (depth++ == JSON_DEPTH_MAX)
                return false;
            kinds = kinds << 1 | (c == '{');
        } else if (c == '}' || c == ']') {
            if ((kinds & 1) != (c == '}'))
                return false;
            kinds >>= 1;
            if (--depth == 0) {
                *complete = true;
                return true;
            }
        }
    }
    return true;
}

static bool is_literal_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

/* true, false, null or a number. One that touches the end of the text may be cut. */
static bool read_literal(struct buf *b, struct json_val *v)
{
    static const struct {
        const char *word;
        enum json_type type;
    } words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    struct view rest = buf_rest(b);
    size_t n = 0;

    while (n < rest.n && is_literal_byte(rest.p[n]))
        n++;
    v->text = view_head(rest, n);
    buf_skip(b, n);
    v->complete = n < rest.n;
    if (n == 0)
        return false;
    if (v->text.p[0] == '-' || (v->text.p[0] >= '0' && v->text.p[0] <= '9')) {
        v->type = JSON_NUMBER;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (view_is(v->text, words[i].word)) {
            v->type = words[i].type;
            return true;
        }
        if (!v->complete && n < strlen(words[i].word) && memcmp(v->text.p, words[i].word, n) == 0) {
            v->type = words[i].type;
            return true;
        }
    }
    return false;
}

/* The value at the cursor, where there is a byte and no blank. *v is zeroed. */
static bool read_value(struct buf *b, struct json_val *v)
{
    const uint8_t *start = b->p;
    uint8_t c = buf_peek(b, 0);
    bool ok = true;

    if (c == '"') {
        buf_skip(b, 1);
        read_string(b, v);
    } else if (c == '{' || c == '[') {
        buf_skip(b, 1);
        v->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        ok = skip_container(b, c == '{', &v->complete);
        v->text = view_of(start, (size_t)(b->p - start));
    } else {
        ok = read_literal(b, v);
    }
    if (!ok) {
        *v = (struct json_val){0};
        buf_fail(b);
    }
    return ok;
}

bool json_read(struct buf *b, struct json_val *v)
{
    *v = (struct json_val){0};
    skip_blanks(b);
    return buf_left(b) > 0 && read_value(b, v);
}

struct json_walk json_walk_object(struct view text)
{
    struct json_walk walk = {.b = buf_of(text), .state = JSON_MORE};

    skip_blanks(&walk.b);
    if (buf_left(&walk.b) == 0 || buf_u8(&walk.b) != '{')
        walk.state = JSON_BAD;
    return walk;
}

struct json_walk json_walk_of(const struct json_val *v)
{
    struct json_walk walk = {.b = buf_of(v->text), .state = JSON_MORE};

    if (v->type != JSON_ARRAY && v->type != JSON_OBJECT)
        walk.state = JSON_BAD;
    else
        buf_skip(&walk.b, 1);
    return walk;
}

static bool walk_end(struct json_walk *walk, enum json_state state)
{
    walk->state = state;
    return false;
}

/* Comes to the next member or item: past the comma that is due, or to the closing bracket. */
static bool walk_to_next(struct json_walk *walk, uint8_t closing)
{
    if (walk->state != JSON_MORE)
        return false;
    skip_blanks(&walk->b);
    if (buf_left(&walk->b) == 0)
        return walk_end(walk, JSON_CUT);
    if (buf_peek(&walk->b, 0) == closing) {
        buf_skip(&walk->b, 1);
        return walk_end(walk, JSON_CLOSED);
    }
    if (walk->started) {
        if (buf_u8(&walk->b) != ',')
            return walk_end(walk, JSON_BAD);
        skip_blanks(&walk->b);
        if (buf_left(&walk->b) == 0)
            return walk_end(walk, JSON_CUT);
    }
    walk->started = true;
    return true;
}

bool json_next_item(struct json_walk *walk, struct json_val *item)
{
    *item = (struct json_val){0};
    if (!walk_to_next(walk, ']'))
        return false;
    return read_value(&walk->b, item) || walk_end(walk, JSON_BAD);
}

bool json_next_member(struct json_walk *walk, struct json_val *key, struct json_val *value)
{
    *key = *value = (struct json_val){0};
    if (!walk_to_next(walk, '}'))
        return false;
    if (buf_u8(&walk->b) != '"')
        return walk_end(walk, JSON_BAD);
    read_string(&walk->b, key);
    skip_blanks(&walk->b);
    if (!key->complete || buf_left(&walk->b) == 0)
        return walk_end(walk, JSON_CUT);
    if (buf_u8(&walk->b) != ':')
        return walk_end(walk, JSON_BAD);
    skip_blanks(&walk->b);
    if (buf_left(&walk->b) == 0)
        return walk_end(walk, JSON_CUT);
    return read_value(&walk->b, value) || walk_end(walk, JSON_BAD);
}

struct json_val json_member(const struct json_val *object, const char *name)
{
    struct json_walk walk = json_walk_of(object);
    struct json_val key, value;

    if (object->type == JSON_OBJECT)
        while (json_next_member(&walk, &key, &value))
            if (json_is(&key, name))
                return value;
    return (struct json_val){0};
}

void json_members(const struct json_val *object, const struct json_field *fields, size_t n)
{
    struct json_walk walk = json_walk_of(object);
    struct json_val key, value;
    uint32_t letters = 0; /* a bit for each first letter, modulo 32: nearly all keys are done with by it */

    for (size_t i = 0; i < n; i++) {
        *fields[i].value = (struct json_val){0};
        letters |= 1u << (fields[i].name[0] & 31);
    }
    if (object->type != JSON_OBJECT)
        return;
    while (json_next_member(&walk, &key, &value)) {
        if (!key.escaped && (key.text.n == 0 || !(letters >> (key.text.p[0] & 31) & 1)))
            continue;
        for (size_t i = 0; i < n; i++)
            if (fields[i].value->type == JSON_NONE && json_is(&key, fields[i].name))
                *fields[i].value = value;
    }
}

struct json_val json_item(const struct json_val *array, size_t i)
{
    struct json_walk walk = json_walk_of(array);
    struct json_val item;

    if (array->type == JSON_ARRAY)
        while (json_next_item(&walk, &item))
            if (i-- == 0)
                return item;
    return (struct json_val){0};
}

size_t json_count(const struct json_val *array, size_t most)
{
    struct json_walk walk = json_walk_of(array);
    struct json_val item;
    size_t n = 0;

    if (array->type == JSON_ARRAY)
        while (n < most && json_next_item(&walk, &item))
            n++;
    return n;
}

static ATTR_NOINLINE bool is_escaped_text(const struct json_val *v, const char *text)
{
    char plain[64]; /* longer than every name that is ever asked for */
    struct out o = out_of(plain, sizeof(plain));

    json_unescape(v, &o);
    return !o.full && view_is(out_view(&o), text);
}

bool json_is_text(const struct json_val *v, const char *text)
{
    return v->complete && (v->escaped ? is_escaped_text(v, text) : view_is(v->text, text));
}

/* Four hex digits at the cursor, or -1. */
static int32_t read_u16_escape(struct buf *b)
{
    int32_t cp = 0;

    for (int i = 0; i < 4; i++) {
        int digit = buf_left(b) ? parse_hex_digit(buf_u8(b)) : -1;

        if (digit < 0)
            return -1;
        cp = cp * 16 + digit;
    }
    return cp;
}

static void put_utf8(struct out *o, uint32_t cp)
{
    uint8_t t[4];

    if (cp < 0x80) {
        t[0] = (uint8_t)cp;
        out_bytes(o, view_of(t, 1));
    } else if (cp < 0x800) {
        t[0] = (uint8_t)(0xc0 | cp >> 6);
        t[1] = (uint8_t)(0x80 | (cp & 0x3f));
        out_bytes(o, view_of(t, 2));
    } else if (cp < 0x10000) {
        t[0] = (uint8_t)(0xe0 | cp >> 12);
        t[1] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
        t[2] = (uint8_t)(0x80 | (cp & 0x3f));
        out_bytes(o, view_of(t, 3));
    } else {
        t[0] = (uint8_t)(0xf0 | cp >> 18);
        t[1] = (uint8_t)(0x80 | (cp >> 12 & 0x3f));
        t[2] = (uint8_t)(0x80 | (cp >> 6 & 0x3f));
        t[3] = (uint8_t)(0x80 | (cp & 0x3f));
        out_bytes(o, view_of(t, 4));
    }
}

/* \uXXXX behind the u; a low surrogate that follows its high one is joined, a lone one becomes U+FFFD. */
static void unescape_u(struct buf *b, struct out *o)
{
    int32_t cp = read_u16_escape(b);

    if (cp >= 0xd800 && cp <= 0xdbff && buf_peek(b, 0) == '\\' && buf_peek(b, 1) == 'u') {
        struct buf ahead = *b;
        int32_t low;

        buf_skip(&ahead, 2);
        low = read_u16_escape(&ahead);
        if (low >= 0xdc00 && low <= 0xdfff) {
            put_utf8(o, 0x10000 + ((uint32_t)(cp - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
            *b = ahead;
            return;
        }
    }
    put_utf8(o, cp < 0 || (cp >= 0xd800 && cp <= 0xdfff) ? 0xfffd : (uint32_t)cp);
}

void json_unescape(const struct json_val *v, struct out *o)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    struct buf b = buf_of(v->text);

    while (buf_left(&b) > 0 && !o->full) {
        size_t n = view_find(buf_rest(&b), '\\');
        uint8_t c;
        const char *at;

        out_bytes(o, buf_take(&b, n));
        if (buf_left(&b) < 2)
            return; /* the end, or an escape that is cut */
        buf_skip(&b, 1);
        c = buf_u8(&b);
        at = strchr(from, c);
        if (c == 'u')
            unescape_u(&b, o);
        else
            out_char(o, c && at ? to[at - from] : (char)c);
    }
}

bool json_is_hex(const struct json_val *v, size_t min, size_t max)
{
    return v->type == JSON_STRING && v->complete && v->text.n >= min && v->text.n <= max && parse_is_hex(v->text);
}

bool json_starts_hex(const struct json_val *v, size_t min)
{
    return v->type == JSON_STRING && v->text.n >= min && parse_is_hex(v->text);
}
