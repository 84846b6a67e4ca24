/*
 * test_feeds_spec.c - lists with options behind their paths.
 */
#include "config.h"

#include "role/feeds_spec.h"

#include "base/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct row {
    const char *text;
    const char *path; /* NULL: refused */
    enum list_type type;
    int kind, confidence, match;
    const char *why; /* a part of the reason */
};

static const struct row rows[] = {
    {"a.csv", "a.csv", LIST_AUTO, -1, -1, -1, NULL},
    {"/x/a b,c.txt", "/x/a b,c.txt", LIST_AUTO, -1, -1, -1, NULL},
    {"-", "-", LIST_AUTO, -1, -1, -1, NULL},
    {"a,type=hosts", "a", LIST_HOSTS, -1, -1, -1, NULL},
    {"a,type=rpz,kind=webminer,confidence=60,match=exact", "a", LIST_RPZ, FEED_WEBMINER, 60, FEED_EXACT, NULL},
    {"a,match=below,kind=nicehash", "a", LIST_AUTO, FEED_NICEHASH, -1, FEED_BELOW, NULL},
    {"a,confidence=0", "a", LIST_AUTO, -1, 0, -1, NULL},
    {"a,confidence=100", "a", LIST_AUTO, -1, 100, -1, NULL},
    /* Only what looks like an option and stands at the end is one. */
    {"a,b=c/d,kind=pool", NULL, LIST_AUTO, 0, 0, 0, "there is no option b"},
    {"a,B=c,kind=pool", "a,B=c", LIST_AUTO, FEED_POOL, -1, -1, NULL},
    {"a,kind=pool/list", NULL, LIST_AUTO, 0, 0, 0, "kind=pool/list: expected one of pool"},
    {"a,type=hosts/x,y", "a,type=hosts/x,y", LIST_AUTO, -1, -1, -1, NULL},
    {"a,", "a,", LIST_AUTO, -1, -1, -1, NULL},
    {"a,=x", "a,=x", LIST_AUTO, -1, -1, -1, NULL},
    /* Of two the first counts, which is read last. */
    {"a,kind=pool,kind=dead", "a", LIST_AUTO, FEED_POOL, -1, -1, NULL},
    /* Faults. */
    {"", NULL, LIST_AUTO, 0, 0, 0, "expected a path"},
    {",type=hosts", NULL, LIST_AUTO, 0, 0, 0, "expected a path"},
    {"a,type=hots", NULL, LIST_AUTO, 0, 0, 0, "type=hots: did you mean hosts?"},
    {"a,type=", NULL, LIST_AUTO, 0, 0, 0, "expected one of auto feed plain hosts"},
    {"a,typ=hosts", NULL, LIST_AUTO, 0, 0, 0, "there is no option typ; did you mean type?"},
    {"a,colour=red", NULL, LIST_AUTO, 0, 0, 0, "there is no option colour; there are type, kind, confidence and match"},
    {"a,kind=pols", NULL, LIST_AUTO, 0, 0, 0, "did you mean pool?"},
    {"a,kind=\x1b[1m", NULL, LIST_AUTO, 0, 0, 0, "kind=\\x1b[1m"},
    {"a,confidence=101", NULL, LIST_AUTO, 0, 0, 0, "expected a number from 0 to 100"},
    {"a,confidence=-1", NULL, LIST_AUTO, 0, 0, 0, "expected a number from 0 to 100"},
    {"a,match=prefix", NULL, LIST_AUTO, 0, 0, 0, "match=prefix: did you mean suffix?"},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        struct feeds_spec spec;
        char why[300] = "";
        struct out o = out_of(why, sizeof(why));
        bool ok = feeds_spec_parse(r->text, &spec, &o);

        if (ok != (r->path != NULL))
            fail_msg("`%s': %s", r->text, ok ? "taken" : why);
        if (!ok) {
            if (!strstr(why, r->why))
                fail_msg("`%s': `%s' does not hold `%s'", r->text, why, r->why);
            continue;
        }
        assert_string_equal(spec.path, r->path);
        assert_int_equal(spec.options.type, r->type);
        assert_int_equal(spec.options.kind, r->kind);
        assert_int_equal(spec.options.confidence, r->confidence);
        assert_int_equal(spec.options.match, r->match);
    }
}

static void test_long(void **state)
{
    static char text[CONF_PATH_MAX + 40];
    struct feeds_spec spec;
    char why[300] = "";
    struct out o = out_of(why, sizeof(why));

    (void)state;
    memset(text, 'a', CONF_PATH_MAX - 1);
    memcpy(text + CONF_PATH_MAX - 1, ",type=hosts", sizeof(",type=hosts"));
    assert_true(feeds_spec_parse(text, &spec, &o));
    assert_int_equal(strlen(spec.path), CONF_PATH_MAX - 1);
    memcpy(text + CONF_PATH_MAX - 1, "a,type=hosts", sizeof("a,type=hosts"));
    assert_false(feeds_spec_parse(text, &spec, &o));
    assert_non_null(strstr(why, "too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_long)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
