/*
 * fuzz_json_scan.c - a text walked through by the JSON scanner, with all that it holds.
 *
 * Checked: every view lies inside the text; nothing is nested deeper than allowed; a complete value read
 * again from its own bytes is the same value; its text undone of escapes is no longer than itself but for
 * the replacement of a cut escape, and is cut to the room there is; the text without its end gives the
 * beginning of the same value.
 */
#include "config.h"

#include "base/json_scan.h"

#include "base/out.h"
#include "base/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fact)
{
    if (!fact)
        abort();
}

static bool lies_in(struct view v, struct view in)
{
    return v.n == 0 || (v.p >= in.p && v.n <= in.n && (size_t)(v.p - in.p) <= in.n - v.n);
}

static void check_unescape(const struct json_val *v)
{
    char small[9];
    size_t cap = v->text.n + 2;
    char *mem = malloc(cap); /* of this very size */
    struct out o, cut = out_of(small, sizeof(small));

    if (!mem)
        return;
    o = out_of(mem, cap);
    json_unescape(v, &o);
    check(!o.full); /* \u at the end of a cut text is 2 bytes and becomes 3 */
    check(v->escaped || view_eq(out_view(&o), v->text));
    json_unescape(v, &cut);
    check(cut.n <= o.n && memcmp(small, mem, cut.n) == 0);
    check(cut.full == (o.n >= sizeof(small)));
    if (v->complete && o.n < 64 && memchr(mem, '\0', o.n) == NULL)
        check(json_is(v, mem));
    free(mem);
}

/* Reads a complete value from its own bytes alone; a blank behind it shows the end of a number or word. */
static void check_again(const struct json_val *v)
{
    size_t quotes = json_is_string(v); /* on each side */
    size_t n = v->text.n + 2 * quotes + 1;
    uint8_t *mem = malloc(n);
    struct json_val again;
    struct buf b;

    if (!mem)
        return;
    memcpy(mem, v->text.p - quotes, n - 1);
    mem[n - 1] = ' ';
    b = buf_of(view_of(mem, n));
    check(json_read(&b, &again));
    check(again.type == v->type && again.complete && again.escaped == v->escaped && view_eq(again.text, v->text));
    check(buf_left(&b) == 1);
    free(mem);
}

static void check_value(const struct json_val *v, struct view in)
{
    double number;

    check(v->type != JSON_NONE);
    check(lies_in(v->text, in));
    if (v->complete && v->text.n < 512) /* longer ones hold shorter ones, and would cost their length at each level */
        check_again(v);
    if (json_is_string(v))
        check_unescape(v);
    else
        check(!v->escaped && v->text.n > 0 && !json_is(v, "x"));
    check(!json_is_hex(v, 2, 64) || (json_is_string(v) && v->complete && v->text.n >= 2 && v->text.n <= 64));
    check(!json_is_hex(v, 2, 64) || json_starts_hex(v, 2));
    if (v->type == JSON_NUMBER)
        parse_number(v->text, &number);
}

/* Walks depth first, with a stack of walks in place of recursion. */
static void walk_all(const struct json_val *first, struct view text)
{
    struct json_walk stack[JSON_DEPTH_MAX + 1];
    enum json_type kind[JSON_DEPTH_MAX + 1];
    struct view in[JSON_DEPTH_MAX + 1];
    size_t depth = 0, n_left = 4 * text.n + 4; /* each value has a byte of its own, so that more are a loop */

    check_value(first, text);
    if (first->type != JSON_ARRAY && first->type != JSON_OBJECT)
        return;
    stack[0] = json_walk_of(first);
    kind[0] = first->type;
    in[0] = first->text;
    for (;;) {
        struct json_val key, v;
        bool more = kind[depth] == JSON_ARRAY ? json_next_item(&stack[depth], &v) : json_next_member(&stack[depth], &key, &v);

        check(n_left-- > 0);
        if (!more) {
            check(stack[depth].state != JSON_MORE);
            if (depth-- == 0)
                return;
            continue;
        }
        if (kind[depth] == JSON_OBJECT) {
            check(key.type == JSON_STRING && key.complete);
            check_value(&key, in[depth]);
        }
        check_value(&v, in[depth]);
        if (v.type == JSON_ARRAY || v.type == JSON_OBJECT) {
            check(++depth < ARRAY_LEN(stack));
            stack[depth] = json_walk_of(&v);
            kind[depth] = v.type;
            in[depth] = v.text;
        }
    }
}

/* The whole text gives a value: so does each part of it that has begun, and it is the start of the same. */
static void check_cut(struct view text, const struct json_val *whole, size_t n)
{
    struct view head = view_head(text, n);
    struct buf b = buf_of(head);
    struct json_val v;

    if (!json_read(&b, &v)) {
        check(buf_ok(&b)); /* only blanks so far */
        return;
    }
    check(v.type == whole->type && v.text.p == whole->text.p && v.text.n <= whole->text.n);
    if (v.complete)
        check(whole->complete && v.text.n == whole->text.n);
    else
        check(v.text.p + v.text.n == head.p + head.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = view_of(data, size);
    struct buf b = buf_of(text);
    struct json_walk walk = json_walk_object(text);
    struct json_val v, key;

    if (json_read(&b, &v)) {
        check(buf_ok(&b));
        walk_all(&v, text);
        for (size_t n = 0; n < size; n += 1 + size / 16)
            check_cut(text, &v, n);
        check(json_count(&v, 3) <= 3);
        key = json_item(&v, json_count(&v, SIZE_MAX));
        check(key.type == JSON_NONE);
    } else {
        check(v.type == JSON_NONE && v.text.n == 0);
    }
    while (json_next_member(&walk, &key, &v)) {
        check_value(&key, text);
        check_value(&v, text);
    }
    check(walk.state != JSON_MORE);
    return 0;
}
