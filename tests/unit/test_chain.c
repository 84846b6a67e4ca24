/*
 * test_chain.c - heights and times of known blocks.
 */
#include "config.h"

#include "evidence/chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_known_blocks(void **state)
{
    static const struct {
        uint64_t height, time_s;
        const char *coin;
    } rows[] = {
        {420000, 1468082773, "BTC"},   {535018, 1533200000, "BTC"},
        {630000, 1589225023, "BTC"},   {840000, 1713571767, "BTC"},
        {1680000, 1565112596, "LTC"},  {2520000, 1690992123, "LTC"},
        {4000000, 1638000000, "DOGE"}, {5000000, 1702500000, "DOGE"},
        {2000000, 1704500000, "DASH"}, {3100000, 1713571767, NULL}, /* Monero */
        {0, 1713571767, NULL},         {840000, 0, NULL},
        {840000, UINT64_MAX, NULL},    {UINT64_MAX, 1713571767, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *coin = chain_of(rows[i].height, rows[i].time_s);

        if ((coin == NULL) != (rows[i].coin == NULL) || (coin && strcmp(coin, rows[i].coin) != 0))
            fail_msg("height %llu: %s", (unsigned long long)rows[i].height, coin ? coin : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_blocks)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
