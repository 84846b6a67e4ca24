/*
 * test_retain.c - the memory of what could not be written: order, who goes first, exact counts; and the same against a
 * simple model over random operations.
 */
#include "config.h"

#include "output/retain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool push(struct retain *r, enum retain_class class, const char *text)
{
    return retain_push(r, class, view_str(text));
}

static void assert_next(struct retain *r, const char *text)
{
    struct view v;

    assert_true(retain_head(r, &v));
    if (!view_is(v, text))
        fail_msg("%.*s instead of %s", (int)v.n, (const char *)v.p, text);
    assert_true(retain_advance(r, v.n));
}

static void assert_empty(struct retain *r)
{
    struct retain_count c = retain_waiting(r);
    struct view v;

    assert_false(retain_head(r, &v));
    assert_int_equal(c.records, 0);
    assert_int_equal(c.bytes, 0);
}

static void test_order(void **state)
{
    struct retain *r = retain_new(100, 100000);

    (void)state;
    assert_empty(r);
    push(r, RETAIN_HIGH, "one");
    push(r, RETAIN_INFO, "two");
    push(r, RETAIN_CRITICAL, "three");
    push(r, RETAIN_INFO, "four");
    assert_int_equal(retain_waiting(r).records, 4);
    assert_int_equal(retain_waiting(r).bytes, 15 + 4 * RETAIN_OVERHEAD);
    assert_next(r, "one");
    assert_next(r, "two");
    push(r, RETAIN_LOW, "five");
    assert_next(r, "three");
    assert_next(r, "four");
    assert_next(r, "five");
    assert_empty(r);
    assert_int_equal(retain_lost_all(r), 0);
    push(r, RETAIN_LOW, "left behind"); /* is freed */
    retain_free(r);
    retain_free(NULL);
}

/* The least severe goes first, of these the oldest; what is less severe than all that is there does not come in. */
static void test_least_severe_first(void **state)
{
    struct retain *r = retain_new(3, 100000);

    (void)state;
    assert_true(push(r, RETAIN_MEDIUM, "m1"));
    assert_true(push(r, RETAIN_LOW, "l1"));
    assert_true(push(r, RETAIN_LOW, "l2"));
    assert_true(push(r, RETAIN_HIGH, "h1")); /* l1 goes */
    assert_int_equal(retain_lost(r, RETAIN_LOW), 1);
    assert_true(push(r, RETAIN_LOW, "l3")); /* l2 goes */
    assert_int_equal(retain_lost(r, RETAIN_LOW), 2);
    assert_false(push(r, RETAIN_INFO, "i1"));
    assert_int_equal(retain_lost(r, RETAIN_INFO), 1);
    assert_true(push(r, RETAIN_CRITICAL, "c1")); /* l3 goes */
    assert_false(push(r, RETAIN_LOW, "l4"));
    assert_int_equal(retain_lost(r, RETAIN_LOW), 4);
    assert_true(push(r, RETAIN_HIGH, "h2")); /* m1 goes */
    assert_int_equal(retain_lost(r, RETAIN_MEDIUM), 1);
    assert_next(r, "h1");
    assert_next(r, "c1");
    assert_next(r, "h2");
    assert_empty(r);
    assert_int_equal(retain_lost_all(r), 6);
    retain_free(r);
}

/* A record that needs more than all that may go gives way itself, and nothing else goes. */
static void test_bytes(void **state)
{
    struct retain *r = retain_new(100, 4 * (RETAIN_OVERHEAD + 10));
    char text[300] = "";

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true(push(r, i < 2 ? RETAIN_LOW : RETAIN_HIGH, "0123456789"));
    memset(text, 'x', 2 * 10 + RETAIN_OVERHEAD + 1);
    assert_false(push(r, RETAIN_MEDIUM, text)); /* one byte more than two records have */
    assert_int_equal(retain_waiting(r).records, 4);
    assert_int_equal(retain_lost(r, RETAIN_MEDIUM), 1);
    assert_int_equal(retain_lost(r, RETAIN_LOW), 0);
    text[2 * 10 + RETAIN_OVERHEAD] = '\0';
    assert_true(push(r, RETAIN_MEDIUM, text));
    assert_int_equal(retain_lost(r, RETAIN_LOW), 2);
    assert_int_equal(retain_waiting(r).records, 3);
    assert_next(r, "0123456789");
    assert_next(r, "0123456789");
    assert_next(r, text);
    retain_free(r);
}

/* What went out in part stays, and its rest comes first; anew, it is whole. */
static void test_half_a_record(void **state)
{
    struct retain *r = retain_new(2, 100000);
    struct view v;

    (void)state;
    push(r, RETAIN_INFO, "0123456789");
    push(r, RETAIN_LOW, "low");
    assert_false(retain_advance(r, 4));
    assert_true(push(r, RETAIN_HIGH, "high")); /* low goes, as the other one must not */
    assert_int_equal(retain_lost(r, RETAIN_LOW), 1);
    assert_false(push(r, RETAIN_INFO, "info"));
    assert_true(retain_head(r, &v));
    assert_true(view_is(v, "456789"));
    retain_rewind(r);
    assert_next(r, "0123456789");
    assert_next(r, "high");
    push(r, RETAIN_HIGH, "too long for the socket");
    retain_drop(r);
    assert_int_equal(retain_lost(r, RETAIN_HIGH), 1);
    assert_empty(r);
    retain_free(r);
}

static void test_classes(void **state)
{
    (void)state;
    assert_int_equal(retain_class_of("critical"), RETAIN_CRITICAL);
    assert_int_equal(retain_class_of("high"), RETAIN_HIGH);
    assert_int_equal(retain_class_of("medium"), RETAIN_MEDIUM);
    assert_int_equal(retain_class_of("low"), RETAIN_LOW);
    assert_int_equal(retain_class_of("High"), RETAIN_INFO);
    assert_int_equal(retain_class_of(""), RETAIN_INFO);
    assert_int_equal(retain_class_of(NULL), RETAIN_INFO);
}

/* --- the model ---------------------------------------------------------------------------------- */

#define MODEL_RECORDS 20
#define MODEL_BYTES 3000

struct model {
    struct {
        int class;
        size_t n, taken;
        unsigned number;
    } v[MODEL_RECORDS];
    size_t n;
    uint64_t bytes, lost[RETAIN_CLASS_N];
};

static void model_remove(struct model *m, size_t i)
{
    m->bytes -= m->v[i].n + RETAIN_OVERHEAD;
    memmove(&m->v[i], &m->v[i + 1], (--m->n - i) * sizeof(m->v[0]));
}

static bool model_room(const struct model *m, size_t n)
{
    return m->n < MODEL_RECORDS && m->bytes + n + RETAIN_OVERHEAD <= MODEL_BYTES;
}

static bool model_push(struct model *m, int class, size_t n, unsigned number)
{
    struct model trial = *m;

    for (int c = 0; c <= class; c++)
        for (size_t i = 0; i < trial.n && !model_room(&trial, n);)
            if (trial.v[i].class == c && trial.v[i].taken == 0) {
                trial.lost[c]++;
                model_remove(&trial, i);
            } else {
                i++;
            }
    if (!model_room(&trial, n)) {
        m->lost[class]++;
        return false;
    }
    *m = trial;
    m->v[m->n].class = class;
    m->v[m->n].n = n;
    m->v[m->n].taken = 0;
    m->v[m->n++].number = number;
    m->bytes += n + RETAIN_OVERHEAD;
    return true;
}

static void assert_same(const struct retain *r, const struct model *m)
{
    struct retain_count c = retain_waiting(r);
    struct view v;
    unsigned number;

    assert_int_equal(c.records, m->n);
    assert_int_equal(c.bytes, m->bytes);
    for (int class = 0; class < RETAIN_CLASS_N; class ++)
        assert_int_equal(retain_lost(r, (enum retain_class) class), m->lost[class]);
    assert_int_equal(retain_head(r, &v), m->n > 0);
    if (m->n == 0)
        return;
    assert_int_equal(v.n, m->v[0].n - m->v[0].taken);
    if (m->v[0].taken == 0) {
        memcpy(&number, v.p, sizeof(number));
        assert_int_equal(number, m->v[0].number);
    }
}

static void test_model(void **state)
{
    struct retain *r = retain_new(MODEL_RECORDS, MODEL_BYTES);
    struct model m = {.n = 0};
    char text[1000] = {0};

    (void)state;
    srand(1);
    for (unsigned step = 0; step < 200000; step++) {
        int what = rand() % 10;

        if (what < 6) {
            size_t n = sizeof(step) + (size_t)(rand() % 8 ? rand() % 100 : rand() % 900);
            int class = rand() % RETAIN_CLASS_N;

            memcpy(text, &step, sizeof(step));
            assert_int_equal(retain_push(r, (enum retain_class) class, view_of(text, n)), model_push(&m, class, n, step));
        } else if (m.n > 0 && what < 8) {
            size_t left = m.v[0].n - m.v[0].taken, n = rand() % 2 ? left : (size_t)rand() % (left + 1);

            assert_int_equal(retain_advance(r, n), n == left);
            m.v[0].taken += n;
            if (n == left)
                model_remove(&m, 0);
        } else if (what == 8) {
            retain_rewind(r);
            if (m.n > 0)
                m.v[0].taken = 0;
        }
        assert_same(r, &m);
    }
    assert_true(m.lost[RETAIN_INFO] > 100 && m.lost[RETAIN_CRITICAL] > 0);
    retain_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),   cmocka_unit_test(test_least_severe_first),
        cmocka_unit_test(test_bytes),   cmocka_unit_test(test_half_a_record),
        cmocka_unit_test(test_classes), cmocka_unit_test(test_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
