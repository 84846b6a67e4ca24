/*
 * shape.c - shapes of parameter lists.
 */
#include "config.h"

#include "message/shape.h"

#include "base/parse.h"

void shape_read(const struct json_val *array, struct shape_items *items)
{
    struct json_walk walk = json_walk_of(array);
    struct json_val item;

    *items = (struct shape_items){.n = 0};
    if (array->type != JSON_ARRAY)
        return;
    while (json_next_item(&walk, &item)) {
        if (items->n == SHAPE_ITEMS)
            return; /* longer than any shape; not complete, so it is like none */
        items->v[items->n++] = item;
    }
    items->complete = walk.state == JSON_CLOSED;
}

/* The numbers of a word: "64" is 64 and 64, "2-64" is 2 and 64, "65-" is 65 and no end. */
static void read_range(struct view word, size_t *min, size_t *max)
{
    size_t dash = view_find(word, '-');
    uint64_t from = 0, to = SIZE_MAX;

    if (!parse_u64(view_head(word, dash), &from) || (dash + 1 < word.n && !parse_u64(view_skip(word, dash + 1), &to)))
        from = to = 0;
    *min = (size_t)from;
    *max = dash == word.n ? (size_t)from : (size_t)to;
}

static bool is_decimal(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    return true;
}

/* Hex digits, of a cut string so many as are there. */
static bool digits_fit(struct view digits, bool complete, struct view word)
{
    size_t min, max;

    read_range(view_skip(word, 1), &min, &max);
    return digits.n <= max && (!complete || digits.n >= min) && (digits.n == 0 || parse_is_hex(digits));
}

static bool string_fits(const struct json_val *v, struct view word)
{
    struct view text = v->text;

    if (v->type != JSON_STRING)
        return false;
    switch (word.p[0]) {
    case 's':
    case 'j': return true;
    case 'e': return text.n == 0;
    case 'd':
    case 'D': return is_decimal(text) && (!v->complete || text.n > 0);
    case 'h': return digits_fit(text, v->complete, word);
    case 'x':
        if (!v->complete && text.n < 2)
            return text.n == 0 || text.p[0] == '0';
        return view_starts(text, "0x") && digits_fit(view_skip(text, 2), v->complete, word);
    default: return false;
    }
}

static bool item_fits(const struct json_val *v, struct view word)
{
    switch (word.p[0]) {
    case '?': return true;
    case 'n': return v->type == JSON_NUMBER;
    case 'b': return v->type == JSON_TRUE || v->type == JSON_FALSE;
    case 'a': return v->type == JSON_ARRAY;
    case 'j':
    case 'D': return v->type == JSON_NUMBER || string_fits(v, word);
    default: return string_fits(v, word);
    }
}

bool shape_is(const struct shape_items *items, const struct shape *shape)
{
    struct view words = view_str(shape->words);
    size_t i = 0;
    bool may_end = false;

    while (words.n > 0) {
        struct view word = view_head(words, view_find(words, ' '));

        words = view_skip(words, word.n + 1);
        if (view_is(word, "|")) {
            may_end = true;
            continue;
        }
        if (i == items->n)
            return items->complete ? may_end : shape->certain > 0 && i >= shape->certain;
        if (!item_fits(&items->v[i++], word))
            return false;
    }
    return i == items->n && (items->complete || (shape->certain > 0 && i >= shape->certain));
}

bool shape_is_0x(const struct json_val *v, size_t min, size_t max)
{
    struct json_val digits = shape_without_0x(v);

    return digits.text.p != v->text.p && json_is_hex(&digits, min, max);
}

struct json_val shape_without_0x(const struct json_val *v)
{
    struct json_val digits = *v;

    if (v->type == JSON_STRING && view_starts(v->text, "0x"))
        digits.text = view_skip(v->text, 2);
    return digits;
}

uint64_t shape_number(const struct json_val *v)
{
    uint64_t n;

    return (v->type == JSON_NUMBER || v->type == JSON_STRING) && v->complete && parse_u64(v->text, &n) ? n : 0;
}

uint64_t shape_hex_number(const struct json_val *v)
{
    struct json_val digits = shape_without_0x(v);
    uint64_t n;

    if (digits.type != JSON_STRING || !digits.complete)
        return 0;
    while (digits.text.n > 16 && digits.text.p[0] == '0') /* some miners pad to 64 digits */
        digits.text = view_skip(digits.text, 1);
    return parse_hex64(digits.text, &n) ? n : 0;
}

static bool is_host(struct view v)
{
    bool dotted = false;

    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
              c == ':'))
            return false;
        dotted |= c == '.' || c == ':';
    }
    return v.n > 0 && v.n <= 253 && (dotted || view_is(v, "localhost"));
}

/* Skips scheme:// of an address; a JSON writer may have escaped its slashes. */
static struct view without_scheme(struct view text)
{
    size_t colon = view_find(text, ':');
    struct view rest = view_skip(text, colon + 1);

    if (view_starts(rest, "//"))
        return view_skip(rest, 2);
    if (view_starts(rest, "\\/\\/"))
        return view_skip(rest, 4);
    return text;
}

bool shape_address(const struct json_val *v, struct json_val *host, struct json_val *port)
{
    struct view text, name, behind;

    if (v->type != JSON_STRING || !v->complete)
        return false;
    text = without_scheme(v->text);
    text = view_head(text, min_size(view_find(text, '/'), view_find(text, '\\')));
    if (view_starts(text, "[")) {
        name = view_skip(view_head(text, view_find(text, ']')), 1);
        behind = view_skip(text, name.n + 2);
    } else {
        name = view_head(text, view_find(text, ':'));
        behind = view_skip(text, name.n);
        if (view_find(view_skip(behind, 1), ':') < view_skip(behind, 1).n) { /* two colons: an IPv6 address without brackets */
            name = text;
            behind = view_skip(text, text.n);
        }
    }
    if (!is_host(name))
        return false;
    *host = json_text_of(name);
    if (behind.n > 1 && behind.p[0] == ':' && is_decimal(view_skip(behind, 1)))
        *port = json_text_of(view_skip(behind, 1));
    return true;
}
