/*
 * test_wording.c - the table of messages is whole, and what is said of every kind of finding is what tests/wording/ has: one file a
 * language, to be read by people. With WORDING_UPDATE=1 in the environment the files are written instead of compared.
 */
#include "config.h"

#include "config/options.h"
#include "finding/say.h"
#include "wording_cases.h"

#include "../evidence_of.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT_MAX 4096
#define FILE_MAX 262144
#define WORDS_MAX 32 /* in one message */

static const char *const language_names[LANGUAGE_N] = {"en", "ja"};

/* --- the table -------------------------------------------------------------------------------- */

struct words {
    const struct say_word *v[WORDS_MAX];
    size_t n;
};

static void add_word(struct words *all, const struct say_word *w)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i] == w)
            return;
    assert_true(all->n < WORDS_MAX);
    all->v[all->n++] = w;
}

/* One word of a message: known, and with two forms only when it is a number. */
static void read_word(struct view text, struct words *all)
{
    size_t n = view_find(text, '|'), n_bars = 0;
    const struct say_word *w = say_word_find(view_head(text, n));

    if (!w)
        fail_msg("{%.*s} is no word", (int)text.n, (const char *)text.p);
    for (size_t i = 0; i < text.n; i++)
        n_bars += text.p[i] == '|';
    if (n_bars != 0 && (n_bars != 2 || (w->kind != SAY_U32 && w->kind != SAY_U64 && w->kind != SAY_NUMBER)))
        fail_msg("{%.*s}: two forms of a number", (int)text.n, (const char *)text.p);
    add_word(all, w);
}

static void read_words(const char *message, struct words *all)
{
    struct view text = view_str(message);

    while (text.n) {
        size_t open = view_find(text, '{'), close = view_find(text, '}');

        if (open == text.n) {
            assert_int_equal(close, text.n);
            return;
        }
        assert_true(close > open && close < text.n);
        read_word(view_of(text.p + open + 1, close - open - 1), all);
        text = view_skip(text, close + 1);
    }
}

static bool has_word(const struct words *all, const struct say_word *w)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i] == w)
            return true;
    return false;
}

/* Each language of a message has the same words: none tells less than another. */
static void test_words(void **state)
{
    (void)state;
    for (int id = 0; id < MESSAGE_N; id++) {
        struct words in[LANGUAGE_N] = {{.n = 0}};

        for (int l = 0; l < LANGUAGE_N; l++)
            read_words(message_text((enum message)id, (enum language)l), &in[l]);
        for (int l = 1; l < LANGUAGE_N; l++) {
            bool same = in[l].n == in[0].n;

            for (size_t i = 0; same && i < in[0].n; i++)
                same = has_word(&in[l], in[0].v[i]);
            if (!same)
                fail_msg("`%s' and `%s' have other words", message_text((enum message)id, LANGUAGE_EN),
                         message_text((enum message)id, (enum language)l));
        }
    }
}

static void assert_word_used(const struct say_word *w)
{
    for (int id = 0; id < MESSAGE_N; id++) {
        struct words all = {.n = 0};

        read_words(message_text((enum message)id, LANGUAGE_EN), &all);
        if (has_word(&all, w))
            return;
    }
    fail_msg("no message has {%s}", w->name);
}

static void test_no_idle_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < say_n_words; i++)
        assert_word_used(&say_words[i]);
    for (size_t i = 0; i < say_n_owner_words; i++)
        assert_word_used(&say_owner_words[i]);
}

/* The configuration gives a language by its place among the words. */
static void test_option(void **state)
{
    char words[16];
    struct out o = out_of(words, sizeof(words));

    (void)state;
    for (int l = 0; l < LANGUAGE_N; l++) {
        out_str(&o, l ? " " : "");
        out_str(&o, language_names[l]);
    }
    assert_string_equal(option_at(option_find(view_str("output"), view_str("language")))->words, words);
}

/* --- blanks of Japanese ----------------------------------------------------------------------- */

static const struct {
    const char *text, *expected;
} blanks[] = {
    {"", ""},
    {"\x01", ""},
    {"a\x01"
     "b",
     "a b"},
    {"a\x01\x01"
     "b",
     "a b"},
    {"\x01"
     "a\x01",
     "a"},
    {"は\x01"
     "a",
     "は a"},
    {"a\x01"
     "は",
     "a は"},
    {"は\x01"
     "が",
     "はが"},
    {"）\x01"
     "a",
     "）a"},
    {"a\x01（", "a（"},
    {"。\x01"
     "a",
     "。a"},
    {"は が", "は が"}, /* of a text from outside */
};

static void test_blanks(void **state)
{
    static const struct finding f;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(blanks); i++) {
        char text[64];
        struct out o = out_of(text, sizeof(text));
        struct saying s = say_of(&f, NULL, LANGUAGE_JA, &o);

        out_str(&o, blanks[i].text);
        say_finish(&s);
        assert_string_equal(text, blanks[i].expected);
        assert_int_equal(o.n, strlen(blanks[i].expected));
    }
}

/* --- what is said ----------------------------------------------------------------------------- */

static void put_line(struct out *o, const char *what, const char *text)
{
    out_str(o, what);
    out_str(o, ": ");
    out_str(o, text);
    out_char(o, '\n');
}

static void put_case(const struct wording_case *c, enum language language, struct out *o)
{
    char text[TEXT_MAX];

    out_str(o, "\n== ");
    out_str(o, c->name);
    out_char(o, '\n');
    wording_title(&c->f, &c->about, language, text, sizeof(text));
    put_line(o, "title", text);
    wording_summary(&c->f, &c->about, language, text, sizeof(text));
    put_line(o, "summary", text);
    wording_advice(&c->f, &c->about, language, text, sizeof(text));
    put_line(o, "advice", text);
}

static void put_evidence(enum language language, struct out *o)
{
    struct finding f, none = {.kind = FINDING_MINING};
    char text[FINDING_DETAIL_MAX];

    wording_case_full(&f);
    none.name = f.name; /* never unknown where it is said */
    none.row = f.row;
    none.row.coins_len = 0;
    out_str(o, "\n== evidence: what it saw, with all that may be known and with nothing; what else it may be\n");
    for (int i = 0; i < EVIDENCE_N; i++) {
        enum evidence_kind kind = (enum evidence_kind)i;

        wording_detail(&f, kind, language, text, sizeof(text));
        put_line(o, evidence_name(kind), text);
        wording_detail(&none, kind, language, text, sizeof(text));
        put_line(o, "  ", text);
        put_line(o, "  ", wording_falsified_by(kind, language));
    }
}

/* What stands for the words of two vocabularies. */
static void put_vocabularies(enum language language, struct out *o)
{
    struct finding f;
    char text[TEXT_MAX];

    wording_case_full(&f);
    out_str(o, "\n== dialects\n");
    for (int i = 0; i < PROTOCOL_N; i++) {
        struct out line = out_of(text, sizeof(text));
        struct saying s = say_of(&f, NULL, language, &line);

        say(&s, (enum message)(MESSAGE_DIALECT_UNKNOWN + i));
        say_finish(&s);
        put_line(o, mining_protocol_name((enum mining_protocol)i), text);
    }
    out_str(o, "\n== kinds of rows\n");
    for (int i = 0; i < FEED_KIND_N; i++) {
        f.row.kind = (enum feed_kind)i;
        wording_address(&f, &f.row, language, text, sizeof(text));
        put_line(o, feed_kind_name((enum feed_kind)i), text);
    }
}

static size_t write_all(enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);
    struct wording_case c;

    out_fmt(
        &o,
        "What countermine says of findings, in the language %s. Written by tests/unit/test_wording with WORDING_UPDATE=1.\n",
        language_names[language]);
    for (size_t i = 0; wording_case(i, &c); i++)
        put_case(&c, language, &o);
    put_evidence(language, &o);
    put_vocabularies(language, &o);
    assert_false(o.full);
    return o.n;
}

static size_t read_file(const char *path, char *text, size_t n)
{
    FILE *file = fopen(path, "r");
    size_t got;

    if (!file)
        fail_msg("%s cannot be read", path);
    got = fread(text, 1, n - 1, file);
    fclose(file);
    text[got] = '\0';
    return got;
}

/* The first line that differs. */
static void assert_same(const char *path, const char *text, const char *expected)
{
    for (unsigned line = 1; *text || *expected; line++) {
        size_t n = strcspn(text, "\n"), m = strcspn(expected, "\n");

        if (n != m || memcmp(text, expected, n) != 0)
            fail_msg("%s:%u\nsaid:     %.*s\nexpected: %.*s", path, line, (int)n, text, (int)m, expected);
        text += n + (text[n] != '\0');
        expected += m + (expected[m] != '\0');
    }
}

static void test_texts(void **state)
{
    static char text[FILE_MAX], expected[FILE_MAX];
    const char *top = getenv("TOP_SRCDIR");

    (void)state;
    for (int l = 0; l < LANGUAGE_N; l++) {
        char path[TEXT_MAX];
        size_t n = write_all((enum language)l, text, sizeof(text));

        snprintf(path, sizeof(path), "%s/tests/wording/%s.txt", top ? top : "..", language_names[l]);
        if (getenv("WORDING_UPDATE")) {
            FILE *file = fopen(path, "w");

            assert_non_null(file);
            assert_int_equal(fwrite(text, 1, n, file), n);
            fclose(file);
        }
        read_file(path, expected, sizeof(expected));
        assert_same(path, text, expected);
    }
}

/* --- hostile texts, short memory -------------------------------------------------------------- */

typedef void wording_fn(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

static wording_fn *const functions[] = {wording_title, wording_summary, wording_advice};

/* UTF-8, nothing in it that acts on a terminal; with whole, also none of what messages are made of, which escapes have too. */
static void assert_clean(const char *s, bool whole)
{
    struct view text = view_str(s);
    size_t len;

    for (; text.n; text = view_skip(text, len)) {
        uint32_t cp = utf8_decode(text, &len);

        if (cp == UINT32_MAX || utf8_unsafe(cp) || (whole && (cp == '{' || cp == '}' || cp == '|')))
            fail_msg("U+%04X in `%s'", (unsigned)cp, s);
    }
}

static void test_every_room(void **state)
{
    struct wording_case c;

    (void)state;
    for (size_t i = 0; wording_case(i, &c); i++)
        for (size_t k = 0; k < ARRAY_LEN(functions); k++)
            for (int l = 0; l < LANGUAGE_N; l++)
                for (size_t room = 1; room < 1024; room += 1 + room / 8) {
                    char *text = malloc(room); /* so that sanitizers see a byte too many */

                    assert_non_null(text);
                    functions[k](&c.f, &c.about, (enum language)l, text, room);
                    assert_true(strlen(text) < room);
                    assert_clean(text, true);
                    free(text);
                }
}

static const char *const hostile[] = {
    "\x01",
    "\x1b[31m",
    "\xff\xfe",
    "a\xe3\x81",
    "\xe2\x80\xae"
    "evil",
    "\n\r\t",
    "\xc2\x9b"
    "31m",
};

/* Every view that is about an owner, as often as it takes to be cut. */
static void test_hostile_owner(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        static char bytes[1024];
        struct out o = out_of(bytes, sizeof(bytes));
        struct wording_case c;

        while (!o.full)
            out_str(&o, hostile[i]);
        for (size_t k = 0; wording_case(k, &c); k++) {
            struct about_owner *w = &c.about.owner;
            struct view v = out_view(&o);
            char text[2 * TEXT_MAX];

            w->aws.account = w->aws.region = w->aws.eni = w->aws.ecs.cluster = w->aws.ecs.definition = v;
            w->process.name = w->process.exe = w->process.parents[0] = w->kubernetes.namespace = w->kubernetes.node = v;
            w->candidates[0].kind = w->candidates[0].id = w->candidates[0].what = c.about.pool.country = c.about.pool.city = v;
            w->aws.ecs.containers.v[0].name = w->aws.ecs.containers.v[0].image = v;
            for (int l = 0; l < LANGUAGE_N; l++)
                for (size_t n = 0; n < ARRAY_LEN(functions); n++) {
                    functions[n](&c.f, &c.about, (enum language)l, text, sizeof(text));
                    assert_clean(text, false);
                }
        }
    }
}

static void take_detail(void *arg, enum finding_state state, const struct finding *f)
{
    char *text = arg;

    (void)state;
    memcpy(text, f->evidence[EVIDENCE_SUBMIT].detail, FINDING_DETAIL_MAX);
}

/* What is kept with evidence is in the language of the configuration, and masked with redact. */
static void test_kept_details(void **state)
{
    static const char *const expected[LANGUAGE_N][2] = {
        {"handed in a share for 48edfH…nLwE", "handed in a share for 48edfH…j8nLwE"},
        {"シェアを提出、支払先 48edfH…nLwE", "シェアを提出、支払先 48edfH…j8nLwE"},
    };

    (void)state;
    for (int l = 0; l < LANGUAGE_N; l++)
        for (int redact = 0; redact < 2; redact++) {
            struct evidence e = evidence_of(0x0a000311, EVIDENCE_SUBMIT, EVIDENCE_OF_START);
            char text[FINDING_DETAIL_MAX] = "";
            struct finding_table *t;
            struct hash_key key;
            struct conf conf;

            conf_defaults(&conf);
            conf.output.language = (uint32_t)l;
            conf.output.redact = redact;
            hash_key_fixed(&key, 1);
            t = finding_table_new(&conf, &key, NULL, take_detail, text);
            assert_non_null(t);
            evidence_add_text(&e, TEXT_LOGIN,
                              view_str("48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwE"), false);
            finding_add(t, &e);
            assert_string_equal(text, expected[l][redact]);
            finding_table_free(t);
        }
}

/* Without about all is as with one that knows nothing. */
static void test_no_about(void **state)
{
    struct wording_case c;

    (void)state;
    for (size_t i = 0; wording_case(i, &c); i++)
        for (size_t k = 0; k < ARRAY_LEN(functions); k++) {
            static const struct about nothing;
            char one[TEXT_MAX], other[TEXT_MAX];

            functions[k](&c.f, NULL, LANGUAGE_JA, one, sizeof(one));
            functions[k](&c.f, &nothing, LANGUAGE_JA, other, sizeof(other));
            assert_string_equal(one, other);
            assert_true(one[0] != '\0');
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),         cmocka_unit_test(test_option),   cmocka_unit_test(test_no_idle_word),
        cmocka_unit_test(test_blanks),        cmocka_unit_test(test_texts),    cmocka_unit_test(test_every_room),
        cmocka_unit_test(test_hostile_owner), cmocka_unit_test(test_no_about), cmocka_unit_test(test_kept_details),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
