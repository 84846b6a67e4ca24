/*
 * test_allow.c - site lists: what a file says, which row holds, and what is of no use in them.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "base/rfc3339.h"
#include "finding/allow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COLUMNS "name,client,destination,wallet,kind,reason,expires\n"

struct said {
    char text[16384];
    struct out o;
    uint32_t n;
};

static void on_said(void *arg, const char *text)
{
    struct said *s = arg;

    s->n++;
    out_str(&s->o, text);
    out_char(&s->o, '\n');
}

static struct said said_new(void)
{
    return (struct said){.n = 0};
}

static struct allow *read_text(const char *text, struct said *s)
{
    struct allow *a = allow_new();

    assert_non_null(a);
    s->o = out_of(s->text, sizeof(s->text));
    if (allow_read(a, "f", view_str(text), on_said, s))
        return a;
    allow_free(a);
    return NULL;
}

/* One that is good. */
static struct allow *good(const char *text)
{
    struct said s = said_new();
    struct allow *a = read_text(text, &s);

    if (!a)
        fail_msg("%s", s.text);
    return a;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void test_faults(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", "f:1: the file is empty, expected a first line such as name,client,"},
        {"# nothing\n\n", "f:2: the file is empty"},
        {"nam,reason\n", "f:1: column 1: given `nam', expected one of the columns name,client,destination,wallet,kind,reason,"
                         "expires; did you mean name?"},
        {"name,reason,name\n", "f:1: column 3: `name' is column 1 already"},
        {"name,client\n", "f:1: there is no column `reason'"},
        {"name,reason,\n", "f:1: column 3: given `', expected one of the columns"},
        {"pool.example\n", "f:1: column 1: given `pool.example', expected one of the columns"},
        {"name,reason\npool.example\n", "f:2: the row has no reason"},
        {"name,reason\n,x\n", "f:2: the row has no condition"},
        {"expires,reason\n2026-12-31,x\n", "f:2: the row has no condition"},
        {"name,reason\na.b,x,y\n", "f:2: the row has more than the 2 columns"},
        {"name,reason\na.b,\"x\n", "f:2: a quote is opened and not closed"},
        {"name,reason\na.b,\"x\" y\n", "f:2: text stands behind a closing quote"},
        {"name,reason\n10.0.0.1,x\n", "f:2: column 1, name: given `10.0.0.1', expected a name; addresses stand in"},
        {"name,reason\np\xc3\xb6ol.example,x\n", "f:2: column 1, name: given `p\xc3\xb6ol.example', expected the ASCII form"},
        {"name,reason\na b.c,x\n", "f:2: column 1, name: given `a b.c', expected a name such as"},
        {"name,reason\na..b,x\n", "f:2: column 1, name: given `a..b', expected a name of labels"},
        {"name,reason\n=,x\n", "f:2: column 1, name: given `=', expected a name of labels"},
        {"name,reason\n.,x\n", "f:2: column 1, name: given `.', expected a name of labels"},
        {"name,reason\n*,x\n", "f:2: column 1, name: given `*', expected a name such as"},
        {"client,reason\n10.0.0.1/8,x\n", "f:2: column 1, client: given `10.0.0.1/8', expected an address or a network"},
        {"client,reason\n10.0.0.256,x\n", "f:2: column 1, client: given `10.0.0.256'"},
        {"client,reason\n10.0.0.1:80,x\n", "f:2: column 1, client: given `10.0.0.1:80'"},
        {"destination,reason\npool.example:3333,x\n", "names stand in the column `name'"},
        {"destination,reason\n10.0.0.1:0,x\n", "f:2: column 1, destination: given `10.0.0.1:0'"},
        {"destination,reason\n10.0.0.1:65536,x\n", "f:2: column 1, destination:"},
        {"destination,reason\n[::1],x\n", "f:2: column 1, destination: given `[::1]'"},
        {"destination,reason\n[::1:3333,x\n", "f:2: column 1, destination:"},
        {"wallet,reason\n*,x\n", "f:2: column 1, wallet: given `*', expected the start of a wallet"},
        {"wallet,reason\na*b,x\n", "f:2: column 1, wallet: given `a*b'"},
        {"wallet,reason\na b,x\n", "f:2: column 1, wallet: given `a b'"},
        {"kind,reason\nminin,x\n", "; did you mean mining?"},
        {"kind,reason\nmining everything,x\n", "f:2: column 1, kind: given `mining everything', expected kinds of findings"},
        {"name,reason\na.b,x\x1b[2J\n", "f:2: column 2, reason: given `x\\x1b[2J', expected a sentence"},
        {"name,reason\na.b,x\xff\n", "f:2: column 2, reason:"},
        {"name,reason,expires\na.b,x,2026-13-01\n", "f:2: column 3, expires: given `2026-13-01', expected the day or the time"},
        {"name,reason,expires\na.b,x,2026-02-29\n", "f:2: column 3, expires:"},
        {"name,reason,expires\na.b,x,soon\n", "f:2: column 3, expires: given `soon'"},
        {"name,reason,expires\na.b,x,1969-12-31\n", "f:2: column 3, expires:"},
        {"name,reason\r\na.b,x\r\nx\r\n", "f:3: the row has no reason"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct said s = said_new();

        if (read_text(rows[i].text, &s) || s.n != 1 || !strstr(s.text, rows[i].expected))
            fail_msg("%s: %u said: %s", rows[i].text, s.n, s.text);
    }
}

/* All faults of a file are said at once, up to a bound. */
static void test_many_faults(void **state)
{
    char text[4096];
    struct out o = out_of(text, sizeof(text));
    struct said s = said_new();

    (void)state;
    assert_null(read_text("name,client,reason\n=,x,y\na.b,10.0.0.1,z\nc.d,,\n", &s));
    assert_int_equal(s.n, 3); /* two of one row */
    out_str(&o, "client,reason\n");
    for (int i = 0; i < 100; i++)
        out_str(&o, "x,y\n");
    s = said_new();
    assert_null(read_text(text, &s));
    assert_int_equal(s.n, 21);
    assert_non_null(strstr(s.text, "... and 80 more faults"));
}

static void test_bounds(void **state)
{
    size_t n = 64 * (ALLOW_ROWS_MAX + 2);
    char *text = malloc(n), reason[ALLOW_REASON_MAX + 1];
    struct out o = out_of(text, n);
    struct said s = said_new();
    struct allow *a;

    (void)state;
    assert_non_null(text);
    out_str(&o, "name,reason\n");
    for (int i = 0; i < ALLOW_ROWS_MAX; i++)
        out_fmt(&o, "n%d.example,x\n", i);
    a = good(text);
    assert_int_equal(allow_n_rows(a), ALLOW_ROWS_MAX);
    allow_free(a);
    out_str(&o, "more.example,x\n");
    assert_null(read_text(text, &s));
    assert_non_null(strstr(s.text, "f:4098: there are more than 4096 rows"));

    memset(reason, 'r', sizeof(reason));
    o = out_of(text, n);
    out_str(&o, "name,reason\na.b,");
    out_bytes(&o, view_of(reason, ALLOW_REASON_MAX));
    allow_free(good(text));
    out_str(&o, "r\n");
    s = said_new();
    assert_null(read_text(text, &s));
    assert_non_null(strstr(s.text, "expected at most 200 bytes"));

    o = out_of(text, n);
    out_str(&o, "name,reason\na.b,x");
    for (int i = 0; i < ALLOW_LINE_MAX; i++)
        out_char(&o, ',');
    s = said_new();
    assert_null(read_text(text, &s));
    assert_non_null(strstr(s.text, "f:2: the line has 4101 bytes, expected at most 4096"));
    free(text);

    s = said_new();
    a = allow_new();
    s.o = out_of(s.text, sizeof(s.text));
    assert_false(allow_read(a, "f", view_of("name,reason\nx\0y\nz\n", 18), on_said, &s));
    assert_int_equal(s.n, 1);
    assert_non_null(strstr(s.text, "f:2: a line with a NUL byte"));
    allow_free(a);
}

/* What is written is read, in any order of columns; what is printed of it reads as the same. */
static void test_forms(void **state)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"\xef\xbb\xbfname,reason\nPool.Example.,x\n", "pool.example,,,,,x,"},
        {"reason,name\nx,=pool.example\n", "=pool.example,,,,,x,"},
        {"reason,name\nx,*.pool.example\n", "*.pool.example,,,,,x,"},
        {"Name , Reason\n \"a.b\" , \"x, \"\"y\"\"\" \n", "a.b,,,,,\"x, \"\"y\"\"\","},
        {"client,reason\n10.0.0.0/8,x\n", ",10.0.0.0/8,,,,x,"},
        {"client,reason\n10.0.0.1/32,x\n", ",10.0.0.1,,,,x,"},
        {"client,reason\n2001:DB8::/32,x\n", ",2001:db8::/32,,,,x,"},
        {"client,reason\n::/0,x\n", ",::/0,,,,x,"},
        {"client,reason\n0.0.0.0/0,x\n", ",0.0.0.0/0,,,,x,"},
        {"destination,reason\n10.0.0.1,x\n", ",,10.0.0.1,,,x,"},
        {"destination,reason\n10.0.0.0/24:3333,x\n", ",,10.0.0.0/24:3333,,,x,"},
        {"destination,reason\n2001:db8::1,x\n", ",,2001:db8::1,,,x,"},
        {"destination,reason\n[2001:db8::]:443,x\n", ",,[2001:db8::]:443,,,x,"},
        {"destination,reason\n[2001:db8::/48]:443,x\n", ",,[2001:db8::/48]:443,,,x,"},
        {"wallet,reason\n48edf*,x\n", ",,,48edf*,,x,"},
        {"wallet,reason\n\"a,b\"\"c\",x\n", ",,,\"a,b\"\"c\",,x,"},
        {"kind,reason\nmining  pool-lookup,x\n", ",,,,mining pool-lookup,x,"},
        {"name,reason,expires\na.b,x,2026-12-31\n", "a.b,,,,,x,2026-12-31"},
        {"name,reason,expires\na.b,x,2026-12-31T18:30:00+01:00\n", "a.b,,,,,x,2026-12-31T17:30:00.000000Z"},
        {"name,reason\na.b,# of ours\n", "a.b,,,,,\"# of ours\","},
        {"name,reason\na.b,\xc3\x9c"
         "bung\n",
         "a.b,,,,,\xc3\x9c"
         "bung,"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct allow *a = good(rows[i].text), *again = allow_new();
        char text[ALLOW_ROW_TEXT_MAX];
        struct out o = out_of(text, sizeof(text));

        assert_int_equal(allow_n_rows(a), 1);
        allow_row_print(allow_row_at(a, 1), &o);
        assert_string_equal(text, rows[i].printed);
        assert_true(allow_add_printed(again, view_str("f"), allow_row_at(a, 1)->line, out_view(&o)));
        assert_true(allow_eq(a, again));
        allow_free(again);
        again = allow_copy(a);
        assert_true(allow_eq(a, again));
        allow_free(again);
        allow_free(a);
    }
}

/* --- matching --------------------------------------------------------------------------------- */

static const char *const lists[] = {
    /* 1 */ "name,reason\npool.example,x\n",
    /* 2 */ "name,reason\n=pool.example,x\n",
    /* 3 */ "name,reason\n*.pool.example,x\n",
    /* 4 */ "client,reason\n10.0.3.17,x\n",
    /* 5 */ "client,reason\n10.0.3.0/24,x\n",
    /* 6 */ "client,reason\n2001:db8::/32,x\n",
    /* 7 */ "destination,reason\n203.0.113.9:3333,x\n",
    /* 8 */ "destination,reason\n203.0.113.0/24,x\n",
    /* 9 */ "wallet,reason\n48edfHu7,x\n",
    /* 10 */ "wallet,reason\n48edf*,x\n",
    /* 11 */ "wallet,reason\n0xABCDEF,x\n",
    /* 12 */ "kind,reason\nmining campaign,x\n",
    /* 13 */ COLUMNS "pool.example,10.0.3.0/24,203.0.113.9,48edf*,mining,x,2026-12-31\n",
    /* 14 */ "client,destination,reason\n10.0.3.17,203.0.113.9:3333,x\n",
};

struct question {
    unsigned list; /* from 1 */
    bool holds;
    const char *kind, *client, *destination, *name, *login, *second_login;
    const char *time;
};

static void ask(const struct question *q)
{
    struct allow *a = good(lists[q->list - 1]);
    struct allow_facts f = {.kind = FINDING_MINING};
    struct endpoint to;
    struct addr client;

    for (unsigned k = 0; q->kind && k < FINDING_KIND_N; k++)
        if (strcmp(q->kind, finding_kind_name((enum finding_kind)k)) == 0)
            f.kind = (enum finding_kind)k;
    if (q->client && addr_parse(view_str(q->client), &client))
        f.client = &client;
    if (q->destination && endpoint_parse(view_str(q->destination), &to))
        f.destination = &to;
    if (q->name)
        assert_true(name_parse(&f.names[f.n_names++], view_str(q->name)));
    if (q->login) {
        f.logins[0] = view_str(q->login);
        f.logins[1] = view_head(f.logins[0], view_find(f.logins[0], '.'));
        f.n_logins = 1;
    }
    if (q->second_login) {
        f.logins[2] = f.logins[3] = view_str(q->second_login);
        f.n_logins = 2;
    }
    assert_true(rfc3339_parse(view_str(q->time ? q->time : "2026-11-23T10:00:00Z"), &f.time_ns));
    if ((allow_find(a, &f) == 1) != q->holds)
        fail_msg("list %u: %s %s %s %s", q->list, q->name ? q->name : "-", q->client ? q->client : "-",
                 q->destination ? q->destination : "-", q->login ? q->login : "-");
    allow_free(a);
}

static void test_conditions(void **state)
{
    static const struct question questions[] = {
        {1, true, .name = "pool.example"},
        {1, true, .name = "eu.xmr.POOL.example"},
        {1, false, .name = "notpool.example"},
        {1, false, .name = "example"},
        {1, false, .name = "pool.example.net"},
        {1, false, .client = "10.0.3.17"},
        {2, true, .name = "pool.example"},
        {2, false, .name = "eu.pool.example"},
        {3, false, .name = "pool.example"},
        {3, true, .name = "eu.pool.example"},
        {4, true, .client = "10.0.3.17"},
        {4, false, .client = "10.0.3.18"},
        {4, false, .kind = "campaign", .client = NULL},
        {5, true, .client = "10.0.3.255"},
        {5, false, .client = "10.0.4.0"},
        {5, false, .client = "2001:db8::1"},
        {6, true, .client = "2001:db8:1::1"},
        {6, false, .client = "2001:db9::"},
        {7, true, .destination = "203.0.113.9:3333"},
        {7, false, .destination = "203.0.113.9:3334"},
        {7, false, .destination = "203.0.113.8:3333"},
        {7, false, .client = "203.0.113.9"},
        {8, true, .destination = "203.0.113.200:1"},
        {8, false, .destination = "203.0.114.0:1"},
        {9, true, .login = "48edfHu7"},
        {9, true, .login = "48edfHu7.rig1"},
        {9, false, .login = "48edfHu"},
        {9, false, .login = "48edfHu7x"},
        {9, false, .login = "48edfhu7"},
        {9, false, .name = "pool.example"},
        {10, true, .login = "48edfHu7x"},
        {10, true, .login = "48edf"},
        {10, false, .login = "48ed"},
        {10, true, .login = "48edf1", .second_login = "48edf2"},
        {10, false, .login = "48edf1", .second_login = "49edf2"},
        {11, true, .login = "0xabcdef.rig"},
        {11, false, .login = "0xabcdee"},
        {12, true, .kind = "mining"},
        {12, true, .kind = "campaign"},
        {12, false, .kind = "pool-lookup"},
        {13, true, .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.9:1", .login = "48edf"},
        {13, false, .name = "a.pool.examples", .client = "10.0.3.1", .destination = "203.0.113.9:1", .login = "48edf"},
        {13, false, .name = "a.pool.example", .client = "10.0.4.1", .destination = "203.0.113.9:1", .login = "48edf"},
        {13, false, .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.8:1", .login = "48edf"},
        {13, false, .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.9:1", .login = "38edf"},
        {13, false, .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.9:1"},
        {13, false, .kind = "campaign", .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.9:1",
         .login = "48edf"},
        {13, true, .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.9:1", .login = "48edf",
         .time = "2026-12-30T23:59:59.999999Z"},
        {13, false, .name = "a.pool.example", .client = "10.0.3.1", .destination = "203.0.113.9:1", .login = "48edf",
         .time = "2026-12-31T00:00:00Z"},
        {14, true, .client = "10.0.3.17", .destination = "203.0.113.9:3333"},
        {14, false, .client = "10.0.3.17", .destination = "203.0.113.9:3334"},
        {14, false, .client = "10.0.3.18", .destination = "203.0.113.9:3333"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(questions); i++)
        ask(&questions[i]);
}

/* The first row that holds, however it is found; an expired one lets the next hold. */
static void test_first(void **state)
{
    struct allow *a = good("name,client,destination,kind,reason,expires\n"
                           "pool.example,10.0.0.1,,,a,2026-01-01\n"
                           ",,203.0.113.9,,b,2026-02-01\n"
                           ",,,mining,c,2026-03-01\n"
                           "eu.pool.example,,,,d,2026-04-01\n"
                           ",10.0.0.1,,,e,\n");
    struct addr client;
    struct endpoint to;
    struct allow_facts f = {.kind = FINDING_MINING, .client = &client, .destination = &to, .n_names = 1};
    static const char *const months[] = {"2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"};

    (void)state;
    assert_true(addr_parse(view_str("10.0.0.1"), &client) && endpoint_parse(view_str("203.0.113.9:1"), &to));
    assert_true(name_parse(&f.names[0], view_str("eu.pool.example")));
    for (uint32_t i = 0; i < ARRAY_LEN(months); i++) {
        char text[40];

        snprintf(text, sizeof(text), "%sT00:00:00Z", months[i]);
        assert_true(rfc3339_parse(view_str(text), &f.time_ns));
        assert_int_equal(allow_find(a, &f), i + 1);
    }
    assert_int_equal(allow_find(NULL, &f), 0);
    f.client = NULL;
    assert_int_equal(allow_find(a, &f), 0);
    allow_free(a);
}

/* Of the same rows in another place what they did is kept. */
static void test_hits(void **state)
{
    struct allow *a = good("name,reason\na.b,x\nc.d,y\n"), *b = good("name,reason\nnew.one,z\n\nc.d,y\na.b,other\n");

    (void)state;
    allow_hit(a, 2, 5);
    allow_hit(a, 2, 7);
    allow_hit(a, 1, 9);
    allow_keep_hits(b, a);
    assert_int_equal(allow_row_at(b, 1)->n_hits, 0);
    assert_int_equal(allow_row_at(b, 2)->n_hits, 2);
    assert_int_equal(allow_row_at(b, 2)->hit_ns, 7);
    assert_int_equal(allow_row_at(b, 3)->n_hits, 0);
    assert_false(allow_eq(a, b));
    allow_free(a);
    allow_free(b);
}

/* --- for people ------------------------------------------------------------------------------- */

static void test_explain(void **state)
{
    struct allow *a = good(COLUMNS "pool.example,10.0.0.1,,,,a,2020-01-01\n=pool.example,,,,,b,\n*.pool.example,,,,,c,\n"
                                   ",,203.0.113.0/24:3333,,,d,\n,,203.0.113.9,,,e,\n");
    struct endpoint to;
    struct name name;
    uint32_t rows[2];
    bool marks[6] = {false};

    (void)state;
    assert_true(name_parse(&name, view_str("eu.pool.example")) && endpoint_parse(view_str("203.0.113.9:3333"), &to));
    assert_int_equal(allow_explain_name(a, &name, rows, 2), 2);
    assert_int_equal(rows[0], 1);
    assert_int_equal(rows[1], 3);
    assert_int_equal(allow_explain_name(a, &name, rows, 1), 2);
    allow_mark_name(a, &name, marks);
    assert_true(marks[1] && !marks[2] && marks[3] && !marks[4] && !marks[5]);
    assert_int_equal(allow_explain_endpoint(a, &to, rows, 2), 2);
    assert_int_equal(rows[0], 4);
    assert_int_equal(rows[1], 5);
    to.port = 1;
    assert_int_equal(allow_explain_endpoint(a, &to, rows, 2), 1);
    assert_int_equal(rows[0], 5);
    allow_free(a);
}

static void test_check(void **state)
{
    static const struct {
        const char *text, *expected; /* "" = nothing is said */
    } rows[] = {
        {"name,reason\na.b,x\nc.d,x\n", ""},
        {"name,reason,expires\na.b,x,2026-01-01\n", "f:2: expired at 2026-01-01 00:00:00\n"},
        {"name,reason\na.b,x\na.b,y\n", "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"name,reason\nx.a.b,x\na.b,y\n", "f:2: has no effect of its own: all that it allows is allowed by f:3\n"},
        {"name,reason\nx.a.b,x\n=a.b,y\n", ""},
        {"name,reason\nx.a.b,x\n*.a.b,y\n", "f:2: has no effect of its own: all that it allows is allowed by f:3\n"},
        {"name,reason\na.b,x\n*.a.b,y\n", "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"name,reason,expires\na.b,x,2027-01-01\na.b,y,2028-01-01\n",
         "f:2: has no effect of its own: all that it allows is allowed by f:3\n"},
        {"name,reason,expires\na.b,x,\na.b,y,2028-01-01\n",
         "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"name,client,reason\na.b,10.0.0.0/8,x\na.b,10.1.0.0/16,y\n",
         "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"name,client,reason\na.b,10.1.0.0/16,x\na.b,10.2.0.0/16,y\n", ""},
        {"destination,reason\n10.0.0.0/8,x\n10.0.0.1:80,y\n",
         "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"destination,reason\n10.0.0.0/8:80,x\n10.0.0.1,y\n", ""},
        {"wallet,reason\nabcd*,x\nabcde,y\n", "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"wallet,reason\nabcde,x\nabcd*,y\n", "f:2: has no effect of its own: all that it allows is allowed by f:3\n"},
        {"name,kind,reason\na.b,mining,x\na.b,pool-lookup,y\n", ""},
        {"name,kind,reason\na.b,mining pool-lookup,x\na.b,pool-lookup,y\n",
         "f:3: has no effect of its own: all that it allows is allowed by f:2\n"},
        {"kind,client,reason\ncampaign,10.0.0.1,x\n", "f:2: never holds: it asks for a client"},
        {"kind,client,reason\ncampaign mining,10.0.0.1,x\n", ""},
        {"kind,destination,reason\npool-lookup,10.0.0.1,x\n", "f:2: never holds: it asks for a destination"},
        {"kind,wallet,reason\npool-scan,abc,x\n", "f:2: never holds: it asks for a wallet"},
        {"kind,name,reason\npool-service,a.b,x\n", "f:2: never holds: it asks for a name"},
        {"name,reason\nexample,x\n", "f:2: allows all names below example\n"},
        {"name,reason\n=example,x\n", ""},
        {"client,reason\n0.0.0.0/0,x\n", "f:2: allows nearly all findings\n"},
        {"client,reason\n128.0.0.0/1,x\n", "f:2: allows nearly all findings\n"},
        {"client,reason\n10.0.0.0/8,x\n", ""},
        {"client,reason\n::/0,x\n", "f:2: allows nearly all findings\n"},
        {"client,reason\n2000::/3,x\n", "f:2: allows nearly all findings\n"},
        {"client,reason\n2001::/16,x\n", ""},
        {"client,name,reason\n0.0.0.0/0,a.b,x\n", ""},
        {"destination,reason\n0.0.0.0/0,x\n", "f:2: allows nearly all findings\n"},
        {"destination,reason\n0.0.0.0/0:3333,x\n", ""},
        {"client,destination,reason\n0.0.0.0/0,192.0.2.1,x\n", ""},
        {"wallet,reason\n0x*,x\n", "f:2: allows nearly all findings\n"},
        {"wallet,reason\n0x12*,x\nrig,y\n", ""},
        {"kind,reason\nmining pool-contact,x\n", "f:2: allows nearly all findings of its kinds\n"},
        {"kind,client,reason\nmining,::/0,x\n", "f:2: allows nearly all findings of its kinds\n"},
        {"kind,client,reason\nmining,10.0.0.1,x\n", ""},
    };
    ns_t now;

    (void)state;
    assert_true(rfc3339_parse(view_str("2026-11-23T10:00:00Z"), &now));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct allow *a = good(rows[i].text);
        struct said s = said_new();
        uint32_t n;

        s.o = out_of(s.text, sizeof(s.text));
        n = allow_check(a, now, on_said, &s);
        if (n != s.n || n != (rows[i].expected[0] != '\0') || !strstr(s.text, rows[i].expected))
            fail_msg("%s: said %s", rows[i].text, s.text);
        allow_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults), cmocka_unit_test(test_many_faults), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_forms),  cmocka_unit_test(test_conditions),  cmocka_unit_test(test_first),
        cmocka_unit_test(test_hits),   cmocka_unit_test(test_explain),     cmocka_unit_test(test_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
