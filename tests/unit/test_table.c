/*
 * test_table.c - lines of a table fit the terminal in each language, and lose nothing.
 */
#include "config.h"

#include "base/out.h"
#include "base/width.h"
#include "output/table.h"
#include "wording_cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT_MAX 16384
#define INDENT 4

static const unsigned widths[] = {41, 42, 43, 60, 80, 132};

/* Japanese punctuation that stands at no line's begin. */
static void assert_begin(struct view line)
{
    static const char *const marks[] = {"、", "。", "）", "」", "ー", "ッ", "ょ"};

    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (view_starts(view_skip(line, INDENT), marks[i]))
            fail_msg("a line begins with %s: %.*s", marks[i], (int)line.n, (const char *)line.p);
}

static size_t next_line(struct view rest)
{
    size_t n = view_find(rest, '\n');

    assert_true(n < rest.n); /* the last line has its end too */
    return n;
}

/* The lines behind the cells are the summary, but for blanks at their ends. */
static void check_summary(struct view printed, const char *summary, unsigned width)
{
    struct view said = view_str(summary), rest = view_skip(printed, next_line(printed) + 1);

    while (rest.n) {
        struct view line = view_head(rest, next_line(rest));

        assert_true(width_of(line) <= width || view_find(view_skip(line, INDENT), ' ') == line.n - INDENT);
        assert_begin(line);
        line = view_skip(line, INDENT);
        assert_true(line.n > 0 && line.n <= said.n);
        assert_memory_equal(line.p, said.p, line.n);
        said = view_skip(said, line.n);
        while (said.n && said.p[0] == ' ')
            said = view_skip(said, 1);
        rest = view_skip(rest, view_find(rest, '\n') + 1);
    }
    assert_int_equal(said.n, 0);
}

static void test_summaries(void **state)
{
    static char text[TEXT_MAX], summary[TEXT_MAX];
    struct wording_case c;

    (void)state;
    for (size_t i = 0; wording_case(i, &c); i++)
        for (size_t k = 0; k < ARRAY_LEN(widths); k++)
            for (int l = 0; l < LANGUAGE_N; l++) {
                struct output_context ctx = {.width = widths[k], .language = (enum language)l};
                struct table *t = table_new(&ctx, true);
                struct out o = out_of(text, sizeof(text));

                assert_non_null(t);
                assert_true(table_add(t, &c.f, &c.about));
                assert_int_equal(table_rows(t), 1);
                table_print(t, 0, &o);
                assert_false(o.full);
                wording_summary(&c.f, &c.about, (enum language)l, summary, sizeof(summary));
                check_summary(out_view(&o), summary, widths[k]);
                table_free(t);
            }
}

/* Where in a line each of its columns begins: behind two blanks or more. */
static size_t columns_of(struct view line, size_t *at, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < line.n && n < max; i++)
        if (line.p[i] != ' ' && (i == 0 || (i > 1 && line.p[i - 1] == ' ' && line.p[i - 2] == ' ')))
            at[n++] = width_of(view_head(line, i));
    return n;
}

/* The cells stand below their headings, by columns of the terminal. */
static void test_columns(void **state)
{
    (void)state;
    for (int l = 0; l < LANGUAGE_N; l++)
        for (int live = 0; live < 2; live++) {
            static char text[TEXT_MAX];
            struct output_context ctx = {.language = (enum language)l};
            struct table *t = table_new(&ctx, true);
            struct out o = out_of(text, sizeof(text));
            struct wording_case c;
            size_t head[8], cells[8], n;
            struct view line;

            assert_non_null(t);
            for (size_t i = 0; wording_case(i, &c) && strcmp(c.name, "mining, paid") != 0; i++)
                ;
            c.f.n_submitted = 9; /* a live table has room for no longer cell of shares */
            if (live) {
                table_print_live(t, &c.f, NULL, &o);
            } else {
                assert_true(table_add(t, &c.f, NULL));
                table_print(t, -1, &o);
                table_print(t, 0, &o);
            }
            n = next_line(out_view(&o));
            assert_int_equal(columns_of(view_head(out_view(&o), n), head, ARRAY_LEN(head)), ARRAY_LEN(head));
            line = view_skip(out_view(&o), n + 1);
            assert_int_equal(columns_of(view_head(line, next_line(line)), cells, ARRAY_LEN(cells)), ARRAY_LEN(cells));
            assert_memory_equal(head, cells, sizeof(head));
            table_free(t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_summaries), cmocka_unit_test(test_columns)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
