/*
 * test_list_guard.c - lists of no use or of harm, small ones of every format: what is refused, row by row and whole; what
 * options change; lists at the limits.
 */
#include "config.h"

#include "list/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char never_text[] =
    "name,kind\nwww.cdn.example,never\nbank.example,never\nblogs.example,never\npool.example,pool\n";

static struct list_never *never_new(void)
{
    struct list_never *never = list_never_new(view_str(never_text), 7);

    assert_non_null(never);
    return never;
}

/* Refused whole, and why. */
static void test_whole(void **state)
{
    static const struct {
        enum list_type type;
        const char *text;
        const char *why; /* a part of it */
    } rows[] = {
        {LIST_PLAIN, "pool.example\ncom\n", "line 2: `com' is a single label"},
        {LIST_PLAIN, "pool.example\n.\n", "line 2: `.' is every name"},
        {LIST_PLAIN, "pool.example\n*\n", "line 2: `*' is every name"},
        {LIST_PLAIN, "pool.example\nco.uk\n", "line 2: `co.uk' is a public suffix"},
        {LIST_PLAIN, "pool.example\n*.co.uk\n", "line 2: `co.uk' is a public suffix"},
        {LIST_PLAIN, "pool.example\nCO.UK.\n", "line 2: `co.uk' is a public suffix"},
        {LIST_PLAIN, "github.io\n", "line 1: `github.io' is a public suffix"},
        {LIST_PLAIN, "anything.ck\n", "`anything.ck' is a public suffix"}, /* *.ck */
        {LIST_PLAIN, "m\xc3\xbcnze.example\nxn--55qx5d.cn\n", "line 2: `xn--55qx5d.cn' is a public suffix"},
        {LIST_PLAIN, "\xe5\x85\xac\xe5\x8f\xb8.cn\n", "line 1: `xn--55qx5d.cn' is a public suffix"},
        {LIST_PLAIN, "pool.example\ncdn.example\n", "line 2: `cdn.example' is, or holds, a name of the never list"},
        {LIST_PLAIN, "www.cdn.example\n", "line 1: `www.cdn.example' is, or holds"},
        {LIST_PLAIN, "*.cdn.example\n", "line 1: `cdn.example' is, or holds"},
        {LIST_FEED, "name,kind\na.example,pool\nco.uk,allow\n", "line 3: `co.uk' is a public suffix"},
        {LIST_FEED, "name,kind\na.example,pool\nco.uk,node\n", "line 3: `co.uk' is a public suffix"},
        {LIST_FEED, "name,kind,line\na.example,pool,7\nbank.example,dead,9\n", "line 9: `bank.example' is, or holds"},
        {LIST_HOSTS, "0.0.0.0 www.cdn.example\n",
         "line 1: none of its 1 rows can be used, read as hosts: a name of the never list"},
        {LIST_HOSTS, "0.0.0.0 localhost\n", "none of its 1 rows can be used, read as hosts"},
        {LIST_ADBLOCK, "||pool.example^\n||*^\n", "line 2: `*' is every name"},
        {LIST_ADBLOCK, "||pool.example^\n||com^\n", "line 2: `com' is a single label"},
        {LIST_ADBLOCK, "||pool.example^\n@@||com^\n", "line 2: `com' is a single label"},
        {LIST_ADBLOCK, "! only comments\n", "it has no rows"},
        {LIST_DNSMASQ, "address=/#/0.0.0.0\n", "line 1: /#/ is every name"},
        {LIST_DNSMASQ, "address=/pool.example/com/0.0.0.0\n", "line 1: `com' is a single label"},
        {LIST_UNBOUND, "local-zone: \".\" always_nxdomain\n", "line 1: `.' is every name"},
        {LIST_RPZ, "pool.example CNAME .\n*. CNAME .\n", "line 2: `*' is every name"},
        {LIST_RPZ, "*.com CNAME .\n", "line 1: `com' is a single label"},
        {LIST_RPZ, "0.0.0.0.0.rpz-ip CNAME .\n", "line 1: the network `0.0.0.0/0' is no one's"},
        {LIST_RPZ, "0.zz.rpz-ip CNAME .\n", "line 1: the network `::/0' is no one's"},
        {LIST_RPZ, "pool.example CNAME (\n", "a bracket is opened and not closed"},
        {LIST_CSV, "a;b\nc;d\n", "line 1: `a;b' names no column with names"},
        {LIST_ZEEK, "pool.example\tIntel::DOMAIN\n", "line 1: expected a line #fields"},
        {LIST_ZEEK, "#fields\tindicator\tindicator_type\n0.0.0.0/1\tIntel::SUBNET\n",
         "line 2: the network `0.0.0.0/1' is no one's"},
        {LIST_IPREP, "0.0.0.0/0,1,100\n", "line 1: the network `0.0.0.0/0' is no one's"},
        {LIST_NETSET, "192.0.2.1\n::/0\n", "line 2: the network `::/0' is no one's"},
        {LIST_NETSET, "192.0.2.1\n2001:db8::/32\n", "line 1: none of its 2 rows can be used, read as netset"},
        {LIST_DATASET, "Y29t\nLmNvbQ==\n", "line 1: `com' is a single label"}, /* com, and .com */
        {LIST_RULES, "alert dns any any -> any any (dns.query; content:\".com\"; endswith; sid:1;)\n",
         "line 1: `com' is a single label"},
        {LIST_MISP, "{\"Event\":{\"Attribute\":[{\"type\":\"domain\",\n\"value\":\"co.uk\"}]}}",
         "line 2: `co.uk' is a public suffix"},
        {LIST_MISP, "{\"Event\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"pool.example\"}", "does not end"},
        {LIST_MISP, "{\"Event\":{\"Attribute\":[{\"type\":\"domain\",\"value\":\"pool.example\"};]}}", "its JSON is malformed"},
        {LIST_WARNINGLIST, "{\"list\":[\".com\"]}", "line 1: `com' is a single label"},
        {LIST_WARNINGLIST, "[1]", "expected an object with a member \"list\""},
        {LIST_STIX, "{\"type\":\"indicator\",\"pattern\":\"[domain-name:value LIKE '%.co.uk']\"}",
         "`co.uk' is a public suffix"},
        {LIST_STIX, "", "it has no rows, read as stix"},
        {LIST_STIX, "pool.example", "found text that is no JSON"},
        {LIST_MINER, "{\"pools\":[{\"url\":\"x\"}]}", "`x': a name has two labels"},
        {LIST_MALTRAIL, "pool.example\n10.0.0.0/7\n", "line 2: the network `10.0.0.0/7' is no one's"},
        {LIST_AUTO, "\xff\xfep\0o\0", "it is UTF-16"},
        {LIST_AUTO, "no list at all, but words\n", "its format is not known"},
        {LIST_AUTO, "", "it is empty"},
        {LIST_AUTO, "\n \r\n", "it is empty"},
        {LIST_AUTO, "# made by nobody\n\n", "it is empty"},
        {LIST_AUTO, "\n<!DOCTYPE html>\n<p>pool.example\npool.example\n", "it is HTML or XML"},
        {LIST_AUTO, "PK\x03\x04pool.example\n", "it is a zip archive"},
        {LIST_AUTO, "BZh9pool.example\n", "compressed by bzip2"},
        {LIST_AUTO, "\x04\x22\x4d\x18pool.example\n", "compressed by lz4"},
        {LIST_AUTO, "# allowed\nName, reason\npool.example,a test\n", "those of a site list"},
        {LIST_IMAGE, "pool.example\n", "none that can be used"},
    };
    struct list_never *never = never_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct list_options o = LIST_DEFAULTS;
        struct list_report r;
        struct list_text t;

        o.type = rows[i].type;
        o.never = never;
        if (list_convert(view_str(rows[i].text), &o, &t, &r) || !strstr(r.whole, rows[i].why))
            fail_msg("%s: whole `%s', expected `%s'", rows[i].text, r.whole, rows[i].why);
        assert_null(t.p);
    }
    list_never_free(never);
}

/* What the same names are allowed to do. */
static void test_not_whole(void **state)
{
    static const struct {
        enum list_type type;
        const char *text;
        uint32_t n_taken;
    } rows[] = {
        {LIST_PLAIN, "=github.io\n", 1}, /* the very name is one party's */
        {LIST_PLAIN, "mine.github.io\n", 1},
        {LIST_PLAIN, "a.cdn.example\nwww.cdn.example.net\n", 2},
        {LIST_PLAIN, "below.www.cdn.example\n", 1},
        {LIST_FEED, "name,reason\npool.example,a test\n", 1}, /* who says that it is a feed is believed */
        {LIST_AUTO, "name,reason,sources\npool.example,a test,own\n", 1},
        {LIST_AUTO, "name,kind,expires\npool.example,pool,\n", 1},
        {LIST_FEED, "name,kind\nbank.example,node\nbank.example,allow\n", 2},
        {LIST_FEED, "name,kind\nco.uk,never\n", 1},
        {LIST_HOSTS, "0.0.0.0 github.io\n", 1},
        {LIST_WARNINGLIST, "{\"list\":[\"github.io\"]}", 1},
        {LIST_PLAIN, "\xef\xbb\xbfpool.example\r\n", 1},
        {LIST_AUTO, "pool.example", 1},
        {LIST_AUTO, "\r\n\r\n  pool.example  \r\n", 1},
    };
    struct list_never *never = never_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct list_options o = LIST_DEFAULTS;
        struct list_report r;
        struct list_text t;

        o.type = rows[i].type;
        o.never = never;
        if (!list_convert(view_str(rows[i].text), &o, &t, &r) || r.n_taken != rows[i].n_taken)
            fail_msg("%s: %u taken, %s", rows[i].text, r.n_taken, r.whole);
        list_text_free(&t);
    }
    list_never_free(never);
}

/* Rows that are refused alone: behind each stands one that is taken. */
static void test_refused(void **state)
{
    static const struct {
        enum list_type type;
        const char *text;
        const char *why; /* "line: a part of it" */
    } rows[] = {
        {LIST_HOSTS, "0.0.0.0 a..b.example\n0.0.0.0 x.example\n", "1: labels have 1 to 63"},
        {LIST_HOSTS, "0.0.0.0 www.cdn.example\n0.0.0.0 x.example\n", "1: a name of the never list"},
        {LIST_HOSTS, "0.0.0.0 single x.example\n", "1: a name has two labels"},
        {LIST_HOSTS, "0.0.0.0 a/b.example x.example\n", "1: found byte 0x2f"},
        {LIST_HOSTS, "0.0.0.0 m\xff.example x.example\n", "1: no name in ASCII"},
        {LIST_HOSTS,
         "0.0.0.0 a.\xe2\x80\xae"
         "b.example x.example\n",
         "1: no name in ASCII"},
        {LIST_HOSTS, "0.0.0.0 1.2 x.example\n", "1: expected a name, or an address"},
        {LIST_CSV, "domain,port\n192.0.2.1:0,\nx.example,\n", "2: expected a name, or an address with port"},
        {LIST_URLS, "stratum+tcp://:3333\nx.example:1\n", "1: found no host"},
        {LIST_DNSMASQ, "address=/\naddress=/x.example/\n", "1: expected names between slashes"},
        {LIST_RPZ, "a.example CNAME\nx.example CNAME .\n", "1: Syntax error"},
        {LIST_RPZ, "$GENERATE 1-9 a$.example CNAME .\nx.example CNAME .\n", "1: expected $ORIGIN, $TTL or a record"},
        {LIST_MISP,
         "[{\"type\":\"domain\",\"value\":\"a.example\",\"value\":\"b.example\"},\n{\"type\":\"domain\",\"value\":\"x.example\"}]",
         "1: malformed JSON"},
        {LIST_MISP, "[{\"type\":\"domain\",\"value\":\"\\ud800.example\"},{\"type\":\"domain\",\"value\":\"x.example\"}]",
         "1: malformed JSON"},
        {LIST_MISP, "[{\"type\":\"ip-dst|port\",\"value\":\"192.0.2.1|3\"},{\"type\":\"domain\",\"value\":\"a b.example\"}]",
         "1: found byte 0x20"},
        {LIST_STIX, "[{\"type\":\"indicator\"},{\"type\":\"indicator\",\"pattern\":\"[domain-name:value = 'x.example']\"}]",
         "1: expected an indicator with a pattern"},
        {LIST_FEED, "name,kind,line\na.example,minig,7\nx.example,,8\n", "7: kind `minig'"},
        {LIST_FEED, "name,match\na.example,prefix\nx.example,\n", "2: match `prefix'"},
        {LIST_FEED, "name,confidence\na.example,101\nx.example,\n", "2: confidence `101'"},
        {LIST_CSV, "name,domain\nx.example,a/b c\n,x.example\n", "2: a name has two labels"},
    };
    struct list_never *never = never_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct list_options o = LIST_DEFAULTS;
        struct list_report r;
        struct list_text t;
        char first[LIST_WHY_BYTES + 16];
        const char *why = strchr(rows[i].why, ' ');

        o.type = rows[i].type;
        o.never = never;
        o.kind = FEED_POOL; /* so that the own format is converted too */
        if (!list_convert(view_str(rows[i].text), &o, &t, &r))
            fail_msg("%s: %s", rows[i].text, r.whole);
        snprintf(first, sizeof(first), "%u: %s", r.refused[0].line, r.refused[0].why);
        if (r.n_taken != 1 || r.n_refused != 1 || strncmp(first, rows[i].why, (size_t)(why - rows[i].why)) != 0 ||
            !strstr(first, why + 1))
            fail_msg("%s: %u taken, %u refused, first %s", rows[i].text, r.n_taken, r.n_refused, first);
        list_text_free(&t);
    }
    list_never_free(never);
}

static void test_options(void **state)
{
    static const struct {
        enum list_type type;
        int kind, confidence, match;
        const char *text;
        const char *row; /* after the columns */
    } rows[] = {
        {LIST_HOSTS, -1, -1, FEED_SUFFIX, "0.0.0.0 x.example", "x.example,,,,,,,,1\n"},
        {LIST_PLAIN, FEED_DEAD, 30, -1, "=x.example", "x.example,exact,dead,30,,,,,1\n"},
        {LIST_ADBLOCK, FEED_WEBMINER, -1, -1, "@@||x.example^", "x.example,,allow,,,,,,1\n"},
        {LIST_WARNINGLIST, FEED_NEVER, -1, -1, "{\"list\":[\"x.example\"]}", "x.example,exact,never,,,,,,1\n"},
        {LIST_FEED, FEED_POOL, -1, -1,
         "name,kind,confidence,coins,sources,note,expires,line\nx.example,dead,7,\"A, B\",own,\"n \"\"o\"\"\",2027-01-02,9",
         "x.example,,,7,\"A, B\",own,\"n \"\"o\"\"\",2027-01-02,9\n"},
        {LIST_PLAIN, FEED_MALWARE, -1, -1, "x.example\n192.0.2.1:80", "x.example,,malware,,,,,,1\n"},
        {LIST_ZEEK, -1, 10, FEED_BELOW, "#fields\tindicator\tindicator_type\nx.example\tIntel::DOMAIN",
         "x.example,below,,10,,,,,2\n"},
    };
    const char *columns = "name,match,kind,confidence,coins,sources,note,expires,line\n";

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct list_options o = {
            .type = rows[i].type, .kind = rows[i].kind, .confidence = rows[i].confidence, .match = rows[i].match};
        struct list_report r;
        struct list_text t;
        char expected[512];

        assert_true(list_convert(view_str(rows[i].text), &o, &t, &r));
        snprintf(expected, sizeof(expected), "%s%s", columns, rows[i].row);
        if (!view_is(list_text_view(&t), expected))
            fail_msg("%s: %.*s", rows[i].text, (int)t.n, (const char *)t.p);
        list_text_free(&t);
    }
}

/* A NUL byte, lines and names that are too long: each costs its own line. */
static void test_long(void **state)
{
    static char text[200000];
    struct list_options o = LIST_DEFAULTS;
    struct list_report r;
    struct list_text t;
    size_t n = 0;

    (void)state;
    o.type = LIST_HOSTS;
    n += (size_t)snprintf(text, sizeof(text), "0.0.0.0 a.example%cb.example\n0.0.0.0 ", '\0');
    memset(text + n, 'a', 300);
    n += 300;
    n += (size_t)snprintf(text + n, sizeof(text) - n, ".example\n0.0.0.0 ");
    for (size_t i = 0; i < 130; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "a.");
    n += (size_t)snprintf(text + n, sizeof(text) - n, "example\n0.0.0.0 ");
    memset(text + n, 'b', 70000);
    n += 70000;
    n += (size_t)snprintf(text + n, sizeof(text) - n, "\n0.0.0.0 x.example");
    assert_true(list_convert(view_of(text, n), &o, &t, &r));
    assert_int_equal(r.n_taken, 1);
    assert_int_equal(r.n_refused, 4);
    assert_non_null(strstr(r.refused[0].why, "NUL byte in column 18"));
    assert_non_null(strstr(r.refused[1].why, "labels have 1 to 63"));
    assert_non_null(strstr(r.refused[2].why, "labels have 1 to 63"));
    assert_non_null(strstr(r.refused[3].why, "the line has 70008 bytes"));
    list_text_free(&t);
}

/* Many rows and duplicates in a list: all are told apart, and memory grows with them. */
static void test_many(void **state)
{
    struct list_options o = LIST_DEFAULTS;
    struct list_report r;
    struct list_text t;
    size_t n = 0, n_mem = 40 * 100000;
    char *text = malloc(n_mem);

    (void)state;
    assert_non_null(text);
    for (unsigned i = 0; i < 100000; i++)
        n += (size_t)snprintf(text + n, n_mem - n, "0.0.0.0 n%u.pool%u.example\n", i % 60000, i % 60000 % 7);
    assert_true(list_convert(view_of(text, n), &o, &t, &r));
    assert_int_equal(r.type, LIST_HOSTS);
    assert_int_equal(r.n_lines, 100000);
    assert_int_equal(r.n_taken, 60000);
    assert_int_equal(r.n_duplicate, 40000);
    list_text_free(&t);
    free(text);
}

/* An image passes as it is; one that is damaged, or holds what no list may, does not. */
static void test_image(void **state)
{
    static const char *const texts[] = {"pool.example\n", "pool.example\ncdn.example\n", "pool.example\nco.uk\n"};
    struct list_never *never = never_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct feed_source source = {"list", view_str(texts[i])};
        size_t n = (feed_size(&source, 1) + 63) / 64 * 64;
        void *mem = aligned_alloc(64, n);
        struct list_options o = LIST_DEFAULTS;
        struct feed_report feed_report;
        struct list_report r;
        struct list_text t;
        struct feed *f;

        assert_non_null(mem);
        memset(mem, 0, n);
        f = feed_build(mem, n, &source, 1, 1, &feed_report);
        assert_non_null(f);
        o.never = never;
        assert_int_equal(list_convert(view_of(mem, feed_bytes(f)), &o, &t, &r), i == 0);
        assert_int_equal(r.type, LIST_IMAGE);
        if (i == 0) {
            assert_ptr_equal(t.p, mem);
            assert_int_equal(r.n_taken, 1);
            assert_false(list_convert(view_of(mem, feed_bytes(f) - 1), &o, &t, &r));
            assert_non_null(strstr(r.whole, "none that can be used"));
        } else {
            assert_non_null(strstr(r.whole, i == 1 ? "`cdn.example' is, or holds" : "`co.uk' is a public suffix"));
        }
        list_text_free(&t);
        free(mem);
    }
    list_never_free(never);
}

/* What beginnings of lists look like. */
static void test_detect(void **state)
{
    static const struct {
        const char *text;
        enum list_type type;
    } rows[] = {
        {"pool.example", LIST_PLAIN},
        {"# pools\n\npool.example # one\n*.a.example\n", LIST_PLAIN},
        {"192.0.2.1:3333\n192.0.2.2:3333\n", LIST_PLAIN},
        {"name\npool.example\n", LIST_FEED},
        {"# comment\nname,kind\n", LIST_FEED},
        {"\"name\",\"kind\"\n", LIST_FEED},
        {"name,domain,coin\nA Pool,pool.example,XMR\n", LIST_CSV},
        {"domain\tcoins\n", LIST_CSV},
        {"#domain,kind\npool.example,pool\n", LIST_CSV},
        {"\"ip\";\"port\"\n", LIST_CSV},
        {"# Title: hosts\n#\n127.0.0.1 localhost\n0.0.0.0 a.example\n", LIST_HOSTS},
        {"::1 localhost\n", LIST_HOSTS},
        {"! Title: x\n||a.example^\n", LIST_ADBLOCK},
        {"[Adblock Plus 2.0]\n", LIST_ADBLOCK},
        {"||a.example^$third-party\n@@||b.example^\n", LIST_ADBLOCK},
        {"# x\nserver=/a.example/\n", LIST_DNSMASQ},
        {"local=/a.example/\n", LIST_DNSMASQ},
        {"server:\n\tlocal-zone: \"a.example\" static\n", LIST_UNBOUND},
        {"; policy\n$TTL 60\n@ SOA a. b. 1 2 3 4 5\n", LIST_RPZ},
        {"a.example CNAME .\n*.a.example CNAME .\n", LIST_RPZ},
        {"a.example 300 IN CNAME .\n", LIST_RPZ},
        {"#fields\tindicator\tindicator_type\n", LIST_ZEEK},
        {"#separator \\x09\n#fields\tindicator\tindicator_type\n", LIST_ZEEK},
        {"cG9vbC5leGFtcGxl\n", LIST_DATASET},
        {"[\"a.example\"]", LIST_DATASET},
        {"{\"value\": \"a.example\"}\n{\"value\": \"b.example\"}\n", LIST_DATASET},
        {"1,Mining,what\n192.0.2.1,1,100\n", LIST_IPREP},
        {"2001:db8::1,1,100\n", LIST_IPREP},
        {"# rules\n#alert dns any any -> any any (sid:1;)\nalert dns any any -> any any (sid:1;)\n", LIST_RULES},
        {"\n {\n \"Event\": {", LIST_MISP},
        {"{\"response\":[", LIST_MISP},
        {"[{\"Event\":{}}]", LIST_MISP},
        {"{\"name\":\"x\",\"list\":[\"a\"]}", LIST_WARNINGLIST},
        {"{\"type\":\"bundle\"}", LIST_STIX},
        {"{\"more\":false,\"objects\":[]}", LIST_STIX},
        {"{\"type\":\"indicator\"}\n{\"type\":\"indicator\"}\n", LIST_STIX},
        {"# Reference: https://a.example\n\na.example\n192.0.2.1:80\n/x\n", LIST_MALTRAIL},
        {"192.0.2.0/24\n192.0.2.1\n", LIST_NETSET},
        {"# ipset\ncreate x hash:ip\nadd x 192.0.2.1\n", LIST_NETSET},
        {"stratum+tcp://a.example:3333\n", LIST_URLS},
        {"a.example:3333\nb.example:3333\n", LIST_URLS},
        {"{\"pools\":[{\"url\":\"a.example:1\"}]}", LIST_MINER},
        {"[{\"coin\":\"XMR\",\"servers\":[]}]", LIST_MINER},
        {"[2001:db8::1]:3333\n", LIST_PLAIN},
        {"CMfee", LIST_AUTO},
        {"{", LIST_DATASET},
        {"[", LIST_AUTO},
        {"one two three\n", LIST_AUTO},
        {"", LIST_AUTO},
        {"#\n!\n;\n", LIST_AUTO},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (list_detect(view_str(rows[i].text)) != rows[i].type)
            fail_msg("%s: taken for %s, not for %s", rows[i].text, list_type_name(list_detect(view_str(rows[i].text))),
                     list_type_name(rows[i].type));
}

static void test_names(void **state)
{
    enum list_type type;
    enum list_export format;

    (void)state;
    for (unsigned i = 0; i < LIST_TYPE_N; i++) {
        assert_true(list_type_parse(list_type_name((enum list_type)i), &type));
        assert_int_equal(type, i);
    }
    for (unsigned i = 0; i < EXPORT_N; i++) {
        assert_true(list_export_parse(list_export_name((enum list_export)i), &format));
        assert_int_equal(format, i);
    }
    assert_false(list_type_parse("host", &type));
    assert_false(list_export_parse("", &format));
    assert_string_equal(list_type_name(LIST_TYPE_N), "?");
    assert_string_equal(list_export_name(EXPORT_N), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),   cmocka_unit_test(test_not_whole), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_options), cmocka_unit_test(test_long),      cmocka_unit_test(test_many),
        cmocka_unit_test(test_image),   cmocka_unit_test(test_names),     cmocka_unit_test(test_detect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
