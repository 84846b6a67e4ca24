/*
 * test_evidence.c - texts in records, and the check that refuses what no detector sends.
 */
#include "config.h"

#include "evidence/evidence.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct evidence good(void)
{
    return (struct evidence){.version = EVIDENCE_VERSION,
                             .kind = EVIDENCE_LOGIN,
                             .direction = DIRECTION_TO_POOL,
                             .protocol = PROTOCOL_CRYPTONOTE,
                             .stage = STAGE_HANDSHAKE,
                             .difficulty = 1.5};
}

static void test_texts(void **state)
{
    struct evidence e = good();

    (void)state;
    assert_null(evidence_text(&e, TEXT_LOGIN).p);
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_str("login"), false));
    assert_true(evidence_add_text(&e, TEXT_WORKER, view_str(""), false));
    assert_true(evidence_add_text(&e, TEXT_AGENT, view_of("a\0b", 3), true));
    assert_true(view_is(evidence_text(&e, TEXT_LOGIN), "login"));
    assert_non_null(evidence_text(&e, TEXT_WORKER).p); /* there, and empty */
    assert_int_equal(evidence_text(&e, TEXT_WORKER).n, 0);
    assert_int_equal(evidence_text(&e, TEXT_AGENT).n, 3);
    assert_memory_equal(evidence_text(&e, TEXT_AGENT).p, "a\0b", 3);
    assert_null(evidence_text(&e, TEXT_REASON).p);
    assert_int_equal(e.cut_texts, 1u << (TEXT_AGENT - 1));
    assert_true(evidence_check(&e));
}

static void test_first_of_a_tag_counts(void **state)
{
    struct evidence e = good();

    (void)state;
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_str("one"), false));
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_str("two"), false));
    assert_true(view_is(evidence_text(&e, TEXT_LOGIN), "one"));
}

static void test_long_text_is_cut_and_marked(void **state)
{
    struct evidence e = good();
    char text[EVIDENCE_TEXT_MAX + 1];

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_of(text, EVIDENCE_TEXT_MAX), false));
    assert_int_equal(e.cut_texts, 0);
    assert_int_equal(evidence_text(&e, TEXT_LOGIN).n, EVIDENCE_TEXT_MAX);
    assert_true(evidence_check(&e));
    e = good();
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_of(text, EVIDENCE_TEXT_MAX + 1), false));
    assert_int_equal(e.cut_texts, 1u << (TEXT_LOGIN - 1));
    assert_int_equal(evidence_text(&e, TEXT_LOGIN).n, EVIDENCE_TEXT_MAX);
    assert_true(evidence_check(&e));
}

static void test_full_record_refuses(void **state)
{
    struct evidence e = good(), before;
    char text[EVIDENCE_TEXT_MAX];
    size_t n = 0;

    (void)state;
    memset(text, 'x', sizeof(text));
    while (evidence_add_text(&e, TEXT_AGENT, view_of(text, 10), false))
        n++;
    assert_int_equal(n, sizeof(e.text) / 13);
    before = e;
    assert_false(evidence_add_text(&e, TEXT_LOGIN, view_of(text, sizeof(text)), true));
    assert_memory_equal(&e, &before, sizeof(e)); /* nothing was written */
    assert_true(evidence_check(&e));
    /* Up to the last byte. */
    e = good();
    assert_true(evidence_add_text(&e, TEXT_AGENT, view_of(text, 250), false));
    assert_false(evidence_add_text(&e, TEXT_LOGIN, view_of(text, sizeof(e.text) - 250 - 2 * 3 + 1), false));
    assert_true(evidence_add_text(&e, TEXT_LOGIN, view_of(text, sizeof(e.text) - 250 - 2 * 3), false));
    assert_int_equal(e.text_len, sizeof(e.text));
    assert_true(evidence_check(&e));
}

static void test_check_enumerations(void **state)
{
    struct evidence e = good();

    (void)state;
    assert_true(evidence_check(&e));
    e.version = EVIDENCE_VERSION + 1;
    assert_false(evidence_check(&e));
    e = good(), e.version = 0;
    assert_false(evidence_check(&e));
    e = good(), e.kind = EVIDENCE_N;
    assert_false(evidence_check(&e));
    e = good(), e.direction = DIRECTION_BOTH + 1;
    assert_false(evidence_check(&e));
    e = good(), e.protocol = PROTOCOL_N;
    assert_false(evidence_check(&e));
    e = good(), e.stage = STAGE_N;
    assert_false(evidence_check(&e));
    e = good(), e.difficulty = -1;
    assert_false(evidence_check(&e));
    e = good(), e.difficulty = NAN;
    assert_false(evidence_check(&e));
    e = good(), e.difficulty = INFINITY;
    assert_false(evidence_check(&e));
    e = good(), e.text_len = sizeof(e.text) + 1;
    assert_false(evidence_check(&e));
    e = good(), e.text_len = UINT16_MAX;
    assert_false(evidence_check(&e));
}

/* Sets the raw text area: tag, length, and that many bytes in all. */
static struct evidence raw(uint8_t tag, uint16_t len, uint16_t text_len)
{
    struct evidence e = good();

    e.text[0] = tag;
    memcpy(e.text + 1, &len, sizeof(len));
    e.text_len = text_len;
    return e;
}

static void test_check_texts(void **state)
{
    static const struct {
        uint8_t tag;
        uint16_t len, text_len;
        bool ok;
    } rows[] = {
        {TEXT_LOGIN, 5, 8, true},
        {TEXT_LOGIN, 0, 3, true},
        {TEXT_N - 1, 5, 8, true},
        {0, 5, 8, false},
        {TEXT_N, 5, 8, false},
        {255, 5, 8, false},
        {TEXT_LOGIN, 6, 8, false}, /* longer than what is there */
        {TEXT_LOGIN, 5, 1, false}, /* no length */
        {TEXT_LOGIN, 5, 2, false}, /* half a length */
        {TEXT_LOGIN, 5, 3, false}, /* no bytes */
        {TEXT_LOGIN, 5, 9, false}, /* a tag 0 follows, without a length */
        {TEXT_LOGIN, UINT16_MAX, 264, false},
        {TEXT_LOGIN, EVIDENCE_TEXT_MAX, EVIDENCE_TEXT_MAX + 3, true},
        {TEXT_LOGIN, EVIDENCE_TEXT_MAX + 1, EVIDENCE_TEXT_MAX + 4, false}, /* there, but longer than a text may be */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct evidence e = raw(rows[i].tag, rows[i].len, rows[i].text_len);

        if (evidence_check(&e) != rows[i].ok)
            fail_msg("row %zu", i);
        evidence_text(&e, TEXT_REASON); /* reads a malformed record without harm */
    }
}

static void test_words(void **state)
{
    (void)state;
    for (int i = 0; i < EVIDENCE_N; i++) {
        enum evidence_kind kind = (enum evidence_kind)i;

        assert_true(strlen(evidence_name(kind)) > 0);
        assert_true(evidence_weight(kind) <= 100);
        assert_int_equal(evidence_weight(kind) == 0, evidence_class(kind) == CLASS_NONE);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(evidence_name(kind), evidence_name((enum evidence_kind)k));
    }
    for (int i = 0; i < STAGE_N; i++)
        assert_true(strlen(stage_name((enum stage)i)) > 0);
    assert_string_equal(direction_name(DIRECTION_TO_POOL), "to-pool");
    assert_string_equal(direction_name(DIRECTION_TO_MINER), "to-miner");
    assert_string_equal(direction_name(DIRECTION_BOTH), "both");
    assert_string_equal(evidence_class_name(CLASS_PROTOCOL), "protocol");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_first_of_a_tag_counts),
        cmocka_unit_test(test_long_text_is_cut_and_marked),
        cmocka_unit_test(test_full_record_refuses),
        cmocka_unit_test(test_check_enumerations),
        cmocka_unit_test(test_check_texts),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
