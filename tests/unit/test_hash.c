/*
 * test_hash.c - keyed hashing: equal keys give equal values, another key gives others, every byte counts.
 */
#include "config.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_fixed_keys(void **state)
{
    struct hash_key a, b, c;

    (void)state;
    hash_key_fixed(&a, 1);
    hash_key_fixed(&b, 1);
    hash_key_fixed(&c, 2);
    assert_memory_equal(&a, &b, sizeof(a));
    for (size_t i = 0; i < sizeof(a.secret); i += 8)
        assert_memory_not_equal(a.secret + i, c.secret + i, 8);
}

static void test_text_keys(void **state)
{
    static const char *const texts[] = {"", "a", "b", "aa", "a longer text with more than sixteen bytes in it"};
    struct hash_key a, b;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        hash_key_text(&a, view_str(texts[i]));
        hash_key_text(&b, view_str(texts[i]));
        assert_memory_equal(&a, &b, sizeof(a));
        for (size_t j = 0; j < i; j++) {
            hash_key_text(&b, view_str(texts[j]));
            for (size_t at = 0; at < sizeof(a.secret); at += 8)
                assert_memory_not_equal(a.secret + at, b.secret + at, 8);
        }
        for (size_t at = 16; at < sizeof(a.secret); at += 16) /* its words are not one word */
            assert_memory_not_equal(a.secret, a.secret + at, 16);
    }
}

/* XXH3 takes other ways for lengths up to 16, 128, 240 and beyond: the key must count in each. */
static void test_key_counts_at_every_length(void **state)
{
    uint8_t text[600];
    struct hash_key a, b;

    (void)state;
    hash_key_fixed(&a, 1);
    hash_key_fixed(&b, 2);
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 7);
    for (size_t n = 0; n <= sizeof(text); n++) {
        struct view v = view_of(text, n);
        struct hash128 x = hash_128(&a, v), y = hash_128(&b, v);

        assert_true(hash_64(&a, v) == hash_64(&a, v));
        assert_true(hash_64(&a, v) != hash_64(&b, v));
        assert_true(x.lo != y.lo && x.hi != y.hi);
    }
}

static void test_every_byte_counts(void **state)
{
    uint8_t text[300] = {0};
    struct hash_key key;

    (void)state;
    hash_key_fixed(&key, 1);
    for (size_t n = 1; n <= sizeof(text); n += n < 40 ? 1 : 37) {
        uint64_t before = hash_64(&key, view_of(text, n));
        struct hash128 before128 = hash_128(&key, view_of(text, n));

        for (size_t i = 0; i < n; i++) {
            struct hash128 h;

            text[i] ^= 0x10;
            h = hash_128(&key, view_of(text, n));
            assert_true(hash_64(&key, view_of(text, n)) != before);
            assert_true(h.lo != before128.lo || h.hi != before128.hi);
            text[i] ^= 0x10;
        }
    }
}

static void test_fold(void **state)
{
    struct hash_key a, b;

    (void)state;
    hash_key_fixed(&a, 1);
    hash_key_fixed(&b, 2);
    assert_true(hash_fold(&a, 1, 2) == hash_fold(&a, 1, 2));
    assert_true(hash_fold(&a, 1, 2) != hash_fold(&a, 2, 1));
    assert_true(hash_fold(&a, 1, 2) != hash_fold(&b, 1, 2));
    /* Words that differ in one bit fall into different low bits most of the time: at most 8 of 64 into one of 1,024. */
    for (int word = 0; word < 2; word++) {
        unsigned n_equal = 0;

        for (int bit = 0; bit < 64; bit++) {
            uint64_t x = UINT64_C(1) << bit;

            n_equal += (hash_fold(&a, word ? 5 : 5 ^ x, word ? 6 ^ x : 6) & 1023) == (hash_fold(&a, 5, 6) & 1023);
        }
        assert_true(n_equal <= 8);
    }
}

static void test_seed_differs(void **state)
{
    struct hash_key a, b;

    (void)state;
    assert_true(hash_seed(&a));
    assert_true(hash_seed(&b));
    assert_memory_not_equal(&a, &b, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed_keys),
        cmocka_unit_test(test_text_keys),
        cmocka_unit_test(test_key_counts_at_every_length),
        cmocka_unit_test(test_every_byte_counts),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_seed_differs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
