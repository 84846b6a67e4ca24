/*
 * test_heap.c - the order of nodes that come, move and go, against a plain search.
 */
#include "config.h"

#include "finding/heap.h"

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define N 300

static struct heap heap;
static struct heap_node nodes[N];
static uint64_t seed;

static uint32_t chance(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static void check(void)
{
    uint64_t least = UINT64_MAX;
    uint32_t n = 0;

    for (size_t i = 0; i < N; i++) {
        if (!heap_has(&nodes[i]))
            continue;
        n++;
        least = nodes[i].key < least ? nodes[i].key : least;
        assert_ptr_equal(heap.slots[nodes[i].at - 1].node, &nodes[i]);
        assert_int_equal(heap.slots[nodes[i].at - 1].key, nodes[i].key);
    }
    assert_int_equal(heap.n, n);
    assert_true(n == 0 ? !heap_first(&heap) : heap_first(&heap)->key == least);
}

static void test_comes_moves_goes(void **state)
{
    (void)state;
    assert_null(heap_first(&heap));
    assert_true(heap_reserve(&heap, N));
    for (uint64_t step = 0; step < 20000; step++) {
        struct heap_node *node = &nodes[chance(N)];

        if (chance(3))
            heap_put(&heap, node, chance(1000));
        else
            heap_take(&heap, node);
        check();
    }
    for (uint64_t last = 0; heap_first(&heap);) {
        struct heap_node *node = heap_first(&heap);

        assert_true(node->key >= last);
        last = node->key;
        heap_take(&heap, node);
        check();
    }
    heap_take(&heap, &nodes[0]); /* in none */
    heap_fini(&heap);
    assert_int_equal(heap.room, 0);
}

static void test_grows(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        assert_true(heap_reserve(&heap, i + 1));
        heap_put(&heap, &nodes[i], N - i);
    }
    check();
    heap_fini(&heap);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_comes_moves_goes), cmocka_unit_test(test_grows)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
