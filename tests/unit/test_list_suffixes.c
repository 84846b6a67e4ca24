/*
 * test_list_suffixes.c - public suffixes by the filter and by libpsl alone: the same for every rule of the machine's list, and for the
 * names above and below it.
 */
#include "config.h"

#include "list/list_suffixes.h"
#include "list/list_work.h"

#include <libpsl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FILE_OF_DEBIAN "/usr/share/publicsuffix/public_suffix_list.dat" /* package publicsuffix */

struct both {
    struct list_suffixes *filtered;
    psl_ctx_t *rules;
    unsigned n, n_suffixes;
};

static void compare(struct both *b, struct view text)
{
    char ascii[LIST_NAME_MAX + 1];
    struct name name;
    bool is;

    if (text.n == 0)
        return;
    assert_null(list_to_ascii(text, ascii));
    assert_true(name_parse(&name, view_str(ascii)));
    is = psl_is_public_suffix2(b->rules, ascii, PSL_TYPE_ANY);
    if (list_is_suffix(b->filtered, &name, ascii) != is)
        fail_msg("%s", ascii);
    b->n++;
    b->n_suffixes += is;
}

/* The rule's name, one below it, one below that, and all above. */
static void compare_rule(struct both *b, struct view rule)
{
    char text[LIST_NAME_MAX + 1];

    if (view_starts(rule, "!"))
        rule = view_skip(rule, 1);
    if (view_starts(rule, "*."))
        rule = view_skip(rule, 2);
    snprintf(text, sizeof(text), "shop.any.%.*s", (int)rule.n, (const char *)rule.p);
    for (struct view v = view_str(text); v.n > 0; v = view_skip(v, view_find(v, '.') + 1))
        compare(b, v);
}

static void test_rules(void **state)
{
    FILE *from = fopen(FILE_OF_DEBIAN, "re");
    static char bytes[1 << 22];
    struct both b = {NULL, NULL, 0, 0};
    struct view rest;

    (void)state;
    if (!from)
        fail_msg("no %s: package publicsuffix", FILE_OF_DEBIAN);
    rest = view_of(bytes, fread(bytes, 1, sizeof(bytes), from));
    fclose(from);
    b.filtered = list_suffixes_new(rest, 7);
    b.rules = psl_load_file(FILE_OF_DEBIAN);
    assert_non_null(b.filtered);
    assert_non_null(b.rules);
    while (rest.n > 0) {
        struct view line = list_trim(list_field(&rest, '\n'));

        if (line.n > 0 && !view_starts(line, "//"))
            compare_rule(&b, line);
    }
    assert_true(b.n > 10000 && b.n_suffixes > 5000 && b.n_suffixes < b.n);
    list_suffixes_free(b.filtered);
    psl_free(b.rules);
}

static void test_own_rules(void **state)
{
    static const char rules[] = "// mine\ncom\nck\n*.ck\n!www.ck\nhosting.example\n\xe5\x85\xac\xe5\x8f\xb8.cn\n";
    static const struct {
        const char *name;
        bool is;
    } rows[] = {{"com", true},           {"pool.com", false},         {"any.ck", true},    {"www.ck", false},
                {"a.b.ck", false},       {"unknown", true},           {"un.known", false}, {"hosting.example", true},
                {"xn--55qx5d.cn", true}, {"a.hosting.example", false}};
    struct list_suffixes *s = list_suffixes_new(view_of(rules, sizeof(rules) - 1), 1);
    struct name name;

    (void)state;
    assert_non_null(s);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(name_parse(&name, view_str(rows[i].name)));
        assert_int_equal(list_is_suffix(s, &name, rows[i].name), rows[i].is);
    }
    list_suffixes_free(s);
}

/* What is no list gives none; without one those inside of libpsl count. */
static void test_without(void **state)
{
    struct name name;

    (void)state;
    assert_null(list_suffixes_new(view_str(""), 1));
    assert_null(list_suffixes_new(view_str("// nothing\n\n"), 1));
    assert_null(list_suffixes_new(view_str("a..b\n"), 1));
    assert_true(name_parse(&name, view_str("co.uk")));
    assert_true(list_is_suffix(NULL, &name, "co.uk"));
    assert_true(name_parse(&name, view_str("pool.co.uk")));
    assert_false(list_is_suffix(NULL, &name, "pool.co.uk"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_own_rules),
        cmocka_unit_test(test_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
