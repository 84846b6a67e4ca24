/*
 * test_json_scan.c - the scanner: tables of values, walks and escapes, texts cut at every length, hostile texts.
 */
#include "config.h"

#include "base/json_scan.h"

#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct json_val value_of(struct view text)
{
    struct buf b = buf_of(text);
    struct json_val v;

    json_read(&b, &v);
    return v;
}

static struct json_val value(const char *text)
{
    return value_of(view_str(text));
}

static void assert_view(struct view v, const char *text)
{
    assert_int_equal(v.n, strlen(text));
    assert_memory_equal(v.p, text, v.n);
}

static void test_values(void **state)
{
    static const struct {
        const char *text;
        enum json_type type;
        const char *inside;
        bool complete, escaped;
        size_t left; /* bytes behind the value */
    } rows[] = {
        {"\"\" ", JSON_STRING, "", true, false, 1},
        {"\"abc\",", JSON_STRING, "abc", true, false, 1},
        {"\"a\\\"b\"x", JSON_STRING, "a\\\"b", true, true, 1},
        {"\"a\\\\\"x", JSON_STRING, "a\\\\", true, true, 1},
        {"\"0123456789abcdef0123456789\\\"abcdef\"]", JSON_STRING, "0123456789abcdef0123456789\\\"abcdef", true, true, 1},
        {"\"0123456789abcdef0123456789\\\\\"\"]", JSON_STRING, "0123456789abcdef0123456789\\\\", true, true, 2},
        {"\"abc", JSON_STRING, "abc", false, false, 0},
        {"\"abc\\", JSON_STRING, "abc\\", false, true, 0},
        {"\"abc\\\"", JSON_STRING, "abc\\\"", false, true, 0},
        {"\"", JSON_STRING, "", false, false, 0},
        {" \t\r\n12,", JSON_NUMBER, "12", true, false, 1},
        {"-1.5e+3]", JSON_NUMBER, "-1.5e+3", true, false, 1},
        {"12", JSON_NUMBER, "12", false, false, 0},
        {"true}", JSON_TRUE, "true", true, false, 1},
        {"false}", JSON_FALSE, "false", true, false, 1},
        {"null,", JSON_NULL, "null", true, false, 1},
        {"null", JSON_NULL, "null", false, false, 0},
        {"nu", JSON_NULL, "nu", false, false, 0},
        {"t", JSON_TRUE, "t", false, false, 0},
        {"[]x", JSON_ARRAY, "[]", true, false, 1},
        {"{}x", JSON_OBJECT, "{}", true, false, 1},
        {"[1,[2],{\"a\":\"]\"}]x", JSON_ARRAY, "[1,[2],{\"a\":\"]\"}]", true, false, 1},
        {"{\"a\":{\"b\":\"\\\"}\"}} ", JSON_OBJECT, "{\"a\":{\"b\":\"\\\"}\"}}", true, false, 1},
        {"{\"a\":[1,", JSON_OBJECT, "{\"a\":[1,", false, false, 0},
        {"[\"abc", JSON_ARRAY, "[\"abc", false, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b = buf_of(view_str(rows[i].text));
        struct json_val v;

        assert_true(json_read(&b, &v));
        assert_int_equal(v.type, rows[i].type);
        assert_view(v.text, rows[i].inside);
        assert_int_equal(v.complete, rows[i].complete);
        assert_int_equal(v.escaped, rows[i].escaped);
        assert_int_equal(buf_left(&b), rows[i].left);
        assert_true(buf_ok(&b));
    }
}

/* Strings of every length, whose end may stand anywhere in a word of eight bytes, with a backslash at every place, cut anywhere. */
static void test_string_lengths(void **state)
{
    char text[64];

    (void)state;
    for (size_t n = 0; n < 48; n++) {
        for (size_t slash = 0; slash <= n; slash++) { /* n: none */
            struct json_val v;

            memset(text, 'a' + 0x5d * (int)(n % 2), sizeof(text)); /* letters, or bytes with the high bit */
            text[0] = text[n + 1] = '"';
            if (slash < n) {
                text[slash + 1] = '\\';
                text[slash + 2] = '"'; /* the closing one itself, when the backslash is last */
            }
            v = value_of(view_of(text, n + 2));
            assert_int_equal(v.type, JSON_STRING);
            assert_int_equal(v.complete, slash + 1 != n);
            assert_int_equal(v.text.n, v.complete ? n : n + 1);
            assert_int_equal(v.escaped, slash < n);
            for (size_t cut = 1; cut < n + 2; cut++) {
                v = value_of(view_of(text, cut));
                assert_false(v.complete);
                assert_int_equal(v.text.n, cut - 1);
            }
        }
    }
}

static void test_no_values(void **state)
{
    static const char *const rows[] = {"x",     ",",    "}",    "]",    ":",  "nul,", "nulll,",    "truefalse ",
                                       "True ", "TRUE", "tx",   "+1",   ".5", "'a'",  "[}",        "{]",
                                       "[{]}",  "[[}",  "\x80", "\x01", "\\", "/",    "[{\"a\":1]"};
    struct json_val v;
    struct buf b;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        b = buf_of(view_str(rows[i]));
        if (json_read(&b, &v))
            fail_msg("%s was taken for a value", rows[i]);
        assert_false(buf_ok(&b));
        assert_int_equal(v.type, JSON_NONE);
        assert_int_equal(v.text.n, 0);
    }
    b = buf_of(view_str(" \n\t"));
    assert_false(json_read(&b, &v));
    assert_true(buf_ok(&b)); /* an end is no fault */
}

static void test_members(void **state)
{
    struct json_val o = value(" {\"id\": 1 , \"method\":\"login\",\"params\" :{\"login\":\"x\"},\"l\":[1, \"two\" ,[3],null]}");
    struct json_val v = json_member(&o, "params"), none = {0}, text = value("\"x\"");

    (void)state;
    assert_true(o.complete);
    assert_int_equal(v.type, JSON_OBJECT);
    v = json_member(&v, "login");
    assert_true(json_is(&v, "x"));
    v = json_member(&o, "id");
    assert_int_equal(v.type, JSON_NUMBER);
    assert_true(v.complete);
    assert_int_equal(json_member(&o, "login").type, JSON_NONE); /* not of this level */
    assert_int_equal(json_member(&o, "").type, JSON_NONE);
    v = json_member(&o, "l");
    assert_int_equal(json_count(&v, 99), 4);
    assert_int_equal(json_count(&v, 3), 3);
    assert_int_equal(json_count(&v, 0), 0);
    assert_view(json_item(&v, 1).text, "two");
    assert_view(json_item(&v, 2).text, "[3]");
    assert_int_equal(json_item(&v, 3).type, JSON_NULL);
    assert_int_equal(json_item(&v, 4).type, JSON_NONE);
    assert_int_equal(json_item(&o, 0).type, JSON_NONE);
    assert_int_equal(json_member(&v, "l").type, JSON_NONE);
    assert_int_equal(json_count(&o, 9), 0);
    assert_int_equal(json_member(&none, "a").type, JSON_NONE);
    assert_int_equal(json_item(&none, 0).type, JSON_NONE);
    assert_int_equal(json_count(&none, 9), 0);
    assert_int_equal(json_member(&text, "a").type, JSON_NONE);
}

static void test_duplicate_keys(void **state)
{
    struct json_val o = value("{\"a\":1,\"a\":2,\"\\u0061\":3,\"b\":4,\"\\u0062\":5,\"\\u0063\":6,\"c\":7}");

    (void)state;
    assert_view(json_member(&o, "a").text, "1");
    assert_view(json_member(&o, "b").text, "4");
    assert_view(json_member(&o, "c").text, "6"); /* the first, however it is written */
}

/* One walk finds what a walk for each name does. */
static void test_members_at_once(void **state)
{
    static const char *const texts[] = {
        "{\"a\":1,\"a\":2,\"\\u0061\":3,\"b\":4,\"\\u0062\":5,\"\\u0063\":6,\"c\":7,\"\":8,\"A\":9,\"abc\":[10]}",
        "{\"abc\":{\"a\":1},\"!\":2,\"c\":\"cut",
        "{\"b\":1 \"a\":2}",
        "{}",
        "[\"a\",1]",
        "\"a\"",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct json_val v = value(texts[i]), found[4];
        const struct json_field fields[] = {{"a", &found[0]}, {"b", &found[1]}, {"c", &found[2]}, {"abc", &found[3]}};

        memset(found, 0xff, sizeof(found));
        json_members(&v, fields, ARRAY_LEN(fields));
        for (size_t j = 0; j < ARRAY_LEN(fields); j++) {
            struct json_val alone = json_member(&v, fields[j].name);

            assert_int_equal(found[j].type, alone.type);
            assert_ptr_equal(found[j].text.p, alone.text.p);
            assert_int_equal(found[j].text.n, alone.text.n);
            assert_int_equal(found[j].complete, alone.complete);
        }
    }
}

/* How a walk ends, and how many members or items came before. */
static void test_walk_ends(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        enum json_state end;
    } rows[] = {
        {"{}", 0, JSON_CLOSED},
        {"{ } x", 0, JSON_CLOSED},
        {"{\"a\":1}", 1, JSON_CLOSED},
        {"{\"a\":1,\"b\":[2]}", 2, JSON_CLOSED},
        {"{\"a\":1", 1, JSON_CUT},
        {"{\"a\":1,", 1, JSON_CUT},
        {"{\"a\":", 0, JSON_CUT},
        {"{\"a\" ", 0, JSON_CUT},
        {"{\"a", 0, JSON_CUT},
        {"{", 0, JSON_CUT},
        {"{\"a\":1,}", 1, JSON_BAD},
        {"{,}", 0, JSON_BAD},
        {"{\"a\":1 \"b\":2}", 1, JSON_BAD},
        {"{\"a\" 1}", 0, JSON_BAD},
        {"{\"a\":}", 0, JSON_BAD},
        {"{a:1}", 0, JSON_BAD},
        {"{1:1}", 0, JSON_BAD},
        {"{\"a\":x}", 0, JSON_BAD},
        {"{\"a\":1]", 1, JSON_BAD},
        {"[]", 0, JSON_BAD}, /* for json_walk_object; as an array it is closed */
        {"", 0, JSON_BAD},
        {"x", 0, JSON_BAD},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_walk walk = json_walk_object(view_str(rows[i].text));
        struct json_val key, v;
        size_t n = 0;

        while (json_next_member(&walk, &key, &v)) {
            assert_int_equal(key.type, JSON_STRING);
            assert_int_not_equal(v.type, JSON_NONE);
            n++;
        }
        if (n != rows[i].n || walk.state != rows[i].end)
            fail_msg("%s: %zu members, end %d", rows[i].text, n, walk.state);
        assert_false(json_next_member(&walk, &key, &v)); /* an end stays */
        assert_int_equal(walk.state, rows[i].end);
    }
}

static void test_walk_array_ends(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        enum json_state end;
    } rows[] = {
        {"[]", 0, JSON_CLOSED},      {"[1]", 1, JSON_CLOSED}, {"[1,2,[3,4]]", 3, JSON_CLOSED},
        {"[1,]", 1, JSON_BAD},       {"[,]", 0, JSON_BAD},    {"[1 2]", 1, JSON_BAD},
        {"[1", 1, JSON_CUT},         {"[1,", 1, JSON_CUT},    {"[", 0, JSON_CUT},
        {"[x]", 0, JSON_BAD},        {"[\"a", 1, JSON_CUT},   {"[1:2]", 1, JSON_BAD},
        {"[[1,x]]", 1, JSON_CLOSED}, /* the inside of a container is not judged before it is walked */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_val a = value(rows[i].text), item;
        struct json_walk walk = json_walk_of(&a);
        size_t n = 0;

        assert_int_equal(a.type, JSON_ARRAY);
        while (json_next_item(&walk, &item))
            n++;
        if (n != rows[i].n || walk.state != rows[i].end)
            fail_msg("%s: %zu items, end %d", rows[i].text, n, walk.state);
        assert_int_equal(json_count(&a, SIZE_MAX), n);
    }
}

static void test_depth_limit(void **state)
{
    char text[4 * JSON_DEPTH_MAX];

    (void)state;
    for (size_t depth = 1; depth <= JSON_DEPTH_MAX + 2; depth++) {
        for (int whole = 0; whole < 2; whole++) {
            struct buf b;
            struct json_val v;

            memset(text, '[', depth);
            memset(text + depth, ']', depth);
            b = buf_of(view_of(text, whole ? 2 * depth : depth));
            assert_int_equal(json_read(&b, &v), depth <= JSON_DEPTH_MAX);
            assert_int_equal(buf_ok(&b), depth <= JSON_DEPTH_MAX);
            if (depth <= JSON_DEPTH_MAX)
                assert_int_equal(v.complete, whole);
        }
    }
}

/* Kinds of brackets are kept apart at every depth. */
static void test_bracket_kinds(void **state)
{
    (void)state;
    for (uint64_t kinds = 0; kinds < 64; kinds++) {
        char text[13];

        for (size_t i = 0; i < 6; i++) {
            text[i] = kinds >> i & 1 ? '{' : '[';
            text[11 - i] = kinds >> i & 1 ? '}' : ']';
        }
        assert_true(value_of(view_of(text, 12)).complete);
        for (size_t i = 6; i < 12; i++) {
            text[i] = text[i] == '}' ? ']' : '}';
            assert_int_equal(value_of(view_of(text, 12)).type, JSON_NONE);
            text[i] = text[i] == '}' ? ']' : '}';
        }
    }
}

static void test_unescape(void **state)
{
    static const struct {
        const char *text; /* with its quotes */
        const char *plain;
    } rows[] = {
        {"\"\"", ""},
        {"\"abc\"", "abc"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac"},
        {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
        {"\"\\uD800\\uDC00\"", "\xf0\x90\x80\x80"},
        {"\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf"},
        {"\"\\ud83d\"", "\xef\xbf\xbd"}, /* lone, high */
        {"\"\\ude00\"", "\xef\xbf\xbd"}, /* lone, low */
        {"\"\\ud83dx\"", "\xef\xbf\xbdx"},
        {"\"\\ud83d\\n\"", "\xef\xbf\xbd\n"},
        {"\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                               "A"},
        {"\"\\ud83d\\ue000\"", "\xef\xbf\xbd\xee\x80\x80"}, /* no low one */
        {"\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {"\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\"\\q\"", "q"},
        {"\"ab\\u00", "ab\xef\xbf\xbd"}, /* cut in an escape */
        {"\"ab\\", "ab"},
        {"\"\\ud83d\\u\"", "\xef\xbf\xbd\xef\xbf\xbd"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_val v = value(rows[i].text);
        char text[64];
        struct out o = out_of(text, sizeof(text));

        json_unescape(&v, &o);
        assert_string_equal(text, rows[i].plain);
        assert_int_equal(json_is(&v, rows[i].plain), v.complete);
    }
}

static void test_unescape_nul_and_bounds(void **state)
{
    struct json_val v = value("\"a\\u0000b\\u20ac\\ud83d\\ude00\"");
    static const char plain[] = "a\0b\xe2\x82\xac\xf0\x9f\x98\x80";

    (void)state;
    assert_false(json_is(&v, "a"));
    for (size_t cap = 1; cap <= sizeof(plain) + 1; cap++) {
        char *text = malloc(cap);
        struct out o = out_of(text, cap);

        json_unescape(&v, &o);
        assert_true(o.n < cap);
        assert_memory_equal(text, plain, o.n);
        assert_int_equal(o.full, cap < sizeof(plain));
        free(text);
    }
}

static void test_is(void **state)
{
    struct json_val v = value("\"mining.\\u006eotify\"");
    char text[202] = "\"";

    (void)state;
    assert_true(json_is(&v, "mining.notify"));
    assert_false(json_is(&v, "mining.notif"));
    assert_false(json_is(&v, "mining.notify2"));
    v = value("\"true\"");
    assert_true(json_is(&v, "true"));
    v = value("true ");
    assert_false(json_is(&v, "true"));
    v = value("\"abc");
    assert_false(json_is(&v, "abc"));
    memset(text + 1, 'a', 200);
    memcpy(text + 1, "\\n", 2);
    text[201] = '"';
    v = value_of(view_of(text, sizeof(text))); /* longer than any name that is asked for */
    assert_true(v.complete);
    assert_false(json_is(&v, "\na"));
}

static void test_hex(void **state)
{
    static const struct {
        const char *text;
        size_t min, max;
        bool is, starts;
    } rows[] = {
        {"\"00aF\"", 4, 4, true, true},          {"\"00aF\"", 5, 9, false, false}, {"\"00aF\"", 1, 3, false, true},
        {"\"0x00\"", 1, 9, false, false},        {"\"\"", 0, 9, false, false},     {"\"00aF", 1, 9, false, true},
        {"\"00a\\u0046\"", 1, 99, false, false}, {"12345 ", 1, 9, false, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_val v = value(rows[i].text);

        assert_int_equal(json_is_hex(&v, rows[i].min, rows[i].max), rows[i].is);
        assert_int_equal(json_starts_hex(&v, rows[i].min), rows[i].starts);
    }
}

/* --- cut at every length --------------------------------------------------------------------- */

#define NOTED_MAX 128

/* All values of a text, depth first, the outermost first. */
struct noted {
    struct json_val v[NOTED_MAX];
    size_t n;
};

/* Notes the values of `text` without recursion: the list itself is the queue. */
static void note_all(struct noted *list, struct view text)
{
    list->n = 0;
    list->v[0] = value_of(text);
    list->n = list->v[0].type != JSON_NONE;
    for (size_t i = 0; i < list->n; i++) {
        struct json_val key, v;
        struct json_walk walk = json_walk_of(&list->v[i]);

        if (list->v[i].type == JSON_ARRAY) {
            while (json_next_item(&walk, &v)) {
                assert_true(list->n < NOTED_MAX);
                list->v[list->n++] = v;
            }
        } else if (list->v[i].type == JSON_OBJECT) {
            while (json_next_member(&walk, &key, &v)) {
                assert_true(list->n + 1 < NOTED_MAX);
                list->v[list->n++] = key;
                list->v[list->n++] = v;
            }
        }
    }
}

/* The value of the whole text that begins where v does, which lies at `at`. */
static const struct json_val *same_place(const struct noted *whole, const uint8_t *start, size_t at, enum json_type type)
{
    for (size_t i = 0; i < whole->n; i++)
        if ((size_t)(whole->v[i].text.p - start) == at && whole->v[i].type == type)
            return &whole->v[i];
    return NULL;
}

/*
 * Each value of a cut text lies inside it, begins where the same value of the whole text begins, and is
 * either that value or, if it is not complete, as much of it as there is.
 */
static void test_cut_at_every_length(void **state)
{
    static const char *const texts[] = {
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"44Aff\\u0041\\\\\",\"pass\":\"x\",\"agent\":"
        "\"XMRig/6.21.0 (Linux x86_64) libuv/1.44.2\",\"algo\":[\"rx/0\",\"cn/r\",[],{}]}}\n",
        "{\"id\":1,\"result\":[[[\"mining.set_difficulty\",\"b4b6693b72a50c7116db18d6497cac52\"],[\"mining.notify\","
        "\"ae6812eb4cd7735a302a8a9dd95cf71f\"]],\"08000002\",4],\"error\":null}",
        " [ true , false , null , -1.5e+3 , \"\\ud83d\\ude00\" , \"\\\"\" , { \"\" : { \"a\\n\" : [ ] } } ] ",
        "{\"a\":\"0123456789012345678901234567890123456789\\\\\\\\\",\"b\":\"\\\"0123456789012345678901234567890123456789\"}",
    };

    (void)state;
    for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
        size_t len = strlen(texts[t]);
        struct noted whole;

        note_all(&whole, view_str(texts[t]));
        assert_true(whole.n >= 5);
        for (size_t cut = 0; cut <= len; cut++) {
            uint8_t *text = malloc(cut ? cut : 1); /* a copy of this very size for the sanitizer */
            struct noted got;

            memcpy(text, texts[t], cut);
            note_all(&got, view_of(text, cut));
            assert_true(got.n <= whole.n);
            for (size_t i = 0; i < got.n; i++) {
                const struct json_val *v = &got.v[i];
                size_t at = (size_t)(v->text.p - text);
                const struct json_val *due = same_place(&whole, (const uint8_t *)texts[t], at, v->type);

                assert_true(at <= cut && v->text.n <= cut - at);
                assert_non_null(due);
                if (v->complete)
                    assert_true(view_eq(v->text, due->text));
                else
                    assert_true(v->text.n <= due->text.n && at + v->text.n == cut);
                assert_true(v->escaped <= due->escaped);
            }
            if (cut == len)
                assert_int_equal(got.n, whole.n);
            free(text);
        }
    }
}

/* --- hostile texts ----------------------------------------------------------------------------- */

#define BIG (8 << 20)

/* A text of BIG bytes that repeats `pattern` behind `start`. */
static struct view big_text(uint8_t *mem, const char *start, const char *pattern)
{
    size_t n_start = strlen(start), n = strlen(pattern);

    memcpy(mem, start, n_start);
    for (size_t i = n_start; i < BIG; i++)
        mem[i] = (uint8_t)pattern[(i - n_start) % n];
    return view_of(mem, BIG);
}

/*
 * They must end, and soon: a scanner that looks for the end of a string anew behind each escape needs
 * minutes for the fourth to sixth, the right one less than a second for all. The alarm ends the test.
 */
static void test_hostile(void **state)
{
    static const struct {
        const char *start, *pattern;
        enum json_type type;
    } rows[] = {
        {"", "[", JSON_NONE},           {"", "{\"a\":", JSON_NONE},
        {"\"", "\\", JSON_STRING},      {"\"", "\\nabc", JSON_STRING},
        {"[\"", "\\\"a", JSON_ARRAY},   {"\"", "a\\\\", JSON_STRING},
        {"[", "\"\",", JSON_ARRAY},     {"[", "[],", JSON_ARRAY},
        {"[", "{},", JSON_ARRAY},       {"", " ", JSON_NONE},
        {"", "1", JSON_NUMBER},         {"", "t", JSON_NONE},
        {"{", "\"a\":1,", JSON_OBJECT}, {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "[],", JSON_ARRAY},
    };
    uint8_t *mem = malloc(BIG);

    (void)state;
    alarm(60);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct view text = big_text(mem, rows[i].start, rows[i].pattern);
        struct json_val v = value_of(text);
        struct json_walk walk = json_walk_object(text);
        struct json_val key, member;
        char plain[64];
        struct out o = out_of(plain, sizeof(plain));

        assert_int_equal(v.type, rows[i].type);
        assert_false(v.complete);
        json_unescape(&v, &o);
        assert_true(json_count(&v, SIZE_MAX) <= BIG / 2);
        assert_int_equal(json_member(&v, "none").type, JSON_NONE);
        while (json_next_member(&walk, &key, &member))
            assert_int_equal(key.type, JSON_STRING);
        assert_int_not_equal(walk.state, JSON_MORE);
    }
    alarm(0);
    free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_string_lengths),
        cmocka_unit_test(test_no_values),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_duplicate_keys),
        cmocka_unit_test(test_members_at_once),
        cmocka_unit_test(test_walk_ends),
        cmocka_unit_test(test_walk_array_ends),
        cmocka_unit_test(test_depth_limit),
        cmocka_unit_test(test_bracket_kinds),
        cmocka_unit_test(test_unescape),
        cmocka_unit_test(test_unescape_nul_and_bounds),
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
