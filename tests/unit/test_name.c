/*
 * test_name.c - domain names: read from text, printed, built of labels, compared from their end.
 */
#include "config.h"

#include "base/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEXT_63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"
#define TEXT_61 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxy"

static struct view printed(const struct name *name, char text[NAME_TEXT_MAX])
{
    struct out o = out_of(text, NAME_TEXT_MAX);

    name_print(name, &o);
    return out_view(&o);
}

static void test_parse_and_print(void **state)
{
    static const struct {
        const char *text, *again; /* again: as it is printed; NULL: refused */
        unsigned n_labels, n;
    } rows[] = {
        {"pool.example", "pool.example", 2, 13},
        {"pool.example.", "pool.example", 2, 13},
        {"EU-1.Pool.EXAMPLE", "eu-1.pool.example", 3, 18},
        {"_stratum._tcp.pool.example", "_stratum._tcp.pool.example", 4, 27},
        {"x", "x", 1, 2},
        {"a\\.b.c", "a\\.b.c", 2, 6},
        {"a\\\\b", "a\\\\b", 1, 4},
        {"\\065\\.\\000\\255", "a\\.\\000\\255", 1, 5},
        {"\\097.\\046", "a.\\.", 2, 4},
        {"a b", "a\\032b", 1, 4},
        {"a\\\"b", "a\"b", 1, 4},
        {"p\xc3\xb6ol", "p\\195\\182ol", 1, 6},
        {"P\xc3\x96OL", "p\\195\\150ol", 1, 6}, /* only ASCII has cases here */
        {TEXT_63 "." TEXT_63 "." TEXT_63 "." TEXT_61, TEXT_63 "." TEXT_63 "." TEXT_63 "." TEXT_61, 4, 254},
        {"", NULL, 0, 0},
        {".", NULL, 0, 0},
        {"..", NULL, 0, 0},
        {".a", NULL, 0, 0},
        {"a..b", NULL, 0, 0},
        {"a..", NULL, 0, 0},
        {"a\\", NULL, 0, 0},
        {"a\\1", NULL, 0, 0},
        {"a\\12", NULL, 0, 0},
        {"a\\12x", NULL, 0, 0},
        {"a\\256", NULL, 0, 0},
        {"a\\999", NULL, 0, 0},
        {TEXT_63 "1.example", NULL, 0, 0},
        {TEXT_63 "." TEXT_63 "." TEXT_63 "." TEXT_61 "1", NULL, 0, 0},
        {TEXT_63 "." TEXT_63 "." TEXT_63 "." TEXT_61 ".a", NULL, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[NAME_TEXT_MAX];
        struct name name, again;

        if (name_parse(&name, view_str(rows[i].text)) != (rows[i].again != NULL))
            fail_msg("%s: %s", rows[i].text, rows[i].again ? "refused" : "taken");
        if (!rows[i].again)
            continue;
        if (!view_is(printed(&name, text), rows[i].again))
            fail_msg("%s: printed as %.*s", rows[i].text, (int)printed(&name, text).n, text);
        assert_int_equal(name.n_labels, rows[i].n_labels);
        assert_int_equal(name.n, rows[i].n);
        assert_true(name_parse(&again, printed(&name, text)));
        assert_true(view_eq(name_view(&again), name_view(&name)));
    }
}

/* The printed form of any name fits in NAME_TEXT_MAX, and reads back as the same name. */
static void test_print_longest(void **state)
{
    char text[NAME_TEXT_MAX];
    struct name name, again;
    uint8_t label[NAME_LABEL_MAX];
    struct view v;

    (void)state;
    memset(label, 0xff, sizeof(label));
    name_init(&name);
    for (int i = 0; i < 3; i++)
        assert_true(name_add_label(&name, view_of(label, NAME_LABEL_MAX)));
    assert_false(name_add_label(&name, view_of(label, 62)));
    assert_true(name_add_label(&name, view_of(label, 61)));
    assert_int_equal(name.n, NAME_BYTES_MAX);
    v = printed(&name, text);
    assert_int_equal(v.n, (3 * 63 + 61) * 4 + 3);
    assert_true(name_parse(&again, v) && view_eq(name_view(&again), name_view(&name)));
}

static void test_labels(void **state)
{
    char text[NAME_TEXT_MAX];
    struct name name;

    (void)state;
    name_init(&name);
    assert_true(view_is(printed(&name, text), "."));
    assert_false(name_add_label(&name, view_str("")));
    assert_false(name_add_label(&name, view_str(TEXT_63 "1")));
    assert_int_equal(name.n_labels, 0); /* what is refused leaves no trace */
    for (unsigned i = 0; i < NAME_LABELS_MAX; i++)
        assert_true(name_add_label(&name, view_str("Q")));
    assert_false(name_add_label(&name, view_str("q")));
    assert_int_equal(name.n_labels, NAME_LABELS_MAX);
    assert_int_equal(name.n, NAME_BYTES_MAX);
    assert_int_equal(name.at[NAME_LABELS_MAX - 1], 252);
    assert_memory_equal(name.b + 252, "\1q", 2);
}

static void test_suffix(void **state)
{
    struct name name, other;

    (void)state;
    assert_true(name_parse(&name, view_str("a.notpool.example")));
    assert_true(view_is(name_suffix(&name, 1), "\7example"));
    assert_true(view_is(name_suffix(&name, 2), "\7notpool\7example"));
    assert_true(view_eq(name_suffix(&name, 3), name_view(&name)));
    assert_true(view_eq(name_suffix(&name, 9), name_view(&name)));
    assert_int_equal(name_suffix(&name, 0).n, 0);
    assert_true(name_parse(&other, view_str("pool.example")));
    assert_false(view_eq(name_suffix(&name, 2), name_view(&other)));
    name_init(&name);
    assert_int_equal(name_suffix(&name, 1).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_and_print),
        cmocka_unit_test(test_print_longest),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_suffix),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
