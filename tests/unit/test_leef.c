/*
 * test_leef.c - lines of LEEF 2.0: each pair, every kind, values that no escape is needed for, events, and the longest line.
 */
#include "config.h"

#include "base/out.h"
#include "output/leef.h"

#include "../flat_of.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD "LEEF:2.0|countermine|countermine|" PACKAGE_VERSION "|"

static const struct output_context context = {.sensor = "here"};
static char line[OUTPUT_TEXT_MAX];

/* Prints it, and checks what a reader relies on: one line, six pipes in the head, a word before the first = of each pair. */
static unsigned print(enum finding_state state, const struct finding *f, const struct about *about)
{
    struct out o = out_of(line, sizeof(line));
    unsigned n_pairs = 0;
    const char *p = line;

    leef_finding(&o, state, f, about, &context);
    assert_false(o.full);
    assert_int_equal(view_find(out_view(&o), '\n'), o.n - 1);
    for (size_t i = 0; i + 1 < o.n; i++)
        if (((uint8_t)o.p[i] < 0x20 && o.p[i] != '\t') || o.p[i] == 0x7f)
            fail_msg("a control byte at %zu of %s", i, o.p);
    for (int i = 0; i < 6; i++) {
        p = strchr(p, '|');
        assert_non_null(p);
        p++;
    }
    for (; p; p = strchr(p, '\t') ? strchr(p, '\t') + 1 : NULL, n_pairs++) {
        size_t n = strcspn(p, "=");

        assert_true(n > 0 && p[n] == '=');
        for (size_t i = 0; i < n; i++)
            assert_true(isalpha((unsigned char)p[i]));
    }
    return n_pairs;
}

static void test_all_pairs(void **state)
{
    static const char expected[] = HEAD
        "mining|x09|id=cm-0123456789abcdef\tstate=update\tdevTime=Nov 24 2025 16:10:00.123 UTC\t"
        "devTimeFormat=MMM dd yyyy HH:mm:ss.SSS z\tsev=8\tcat=CryptoMining\tsrc=10.0.3.17\tsrcPort=49152\tdst=203.0.113.9\t"
        "dstPort=3333\tpoolDomain=xmr.pool.example\tproto=TCP\tprotocol=cryptonote\tstage=paid\tseverity=8.5\tconfidence=95\t"
        "eni=eni\tecsTask=task\timage=image\tpod=namespace/pod\tinstance=instance\tprocess=process_name\tpid=4294967295\t"
        "ownerCandidate=true\ttitle=";
    static const char rest[] =
        "\tfirstSeen=2025-11-24T16:00:00.123456Z\tlastSeen=2025-11-24T16:10:00.123456Z\tcount=31\tlogin=user.rig1\t"
        "agent=XMRig/6.21.0\tcoin=XMR\tcontainer=container\timageDigest=image_digest\ttaskDefinition=task_definition\t"
        "cluster=cluster\taccount=account\tregion=region\tvpc=vpc\tvni=77\tnode=node\tsummary=";
    static const char tail[] = "\tevidence=stratum-login share-accepted\tacceptedShares=9\thashrate=3120\tworker=rig1\t"
                               "algorithm=rx/0\texe=exe\tcontainerId=process_container\tasn=4294967295\tasOrg=as_org\t"
                               "country=country\tcity=city\touterSource=198.51.100.7\tsrcMAC=00:00:00:00:00:11\t"
                               "attack=T1496.001\tsensor=here\tcmdline=cmdline\n";
    struct finding f;
    struct finding_flow flow;
    struct about about;

    (void)state;
    flat_finding_of(&f, &flow);
    flat_about_of(&about);
    assert_int_equal(print(FINDING_UPDATE, &f, &about), 57);
    if (memcmp(line, expected, sizeof(expected) - 1) != 0)
        fail_msg("%s", line);
    flat_assert_has(line, rest);
    assert_string_equal(line + strlen(line) - (sizeof(tail) - 1), tail);
    print(FINDING_NEW, &f, NULL);
    flat_assert_has(line, "\tdevTime=Nov 24 2025 16:00:00.123 UTC\t");
    flat_assert_has_not(line, "eni=");
    memset(&f.miner.addr, 0x20, 16);
    print(FINDING_NEW, &f, NULL);
    flat_assert_has(line, "\tsrc=2020:2020:2020:2020:2020:2020:2020:2020\t");
}

static void test_months(void **state)
{
    static const char *const expected[] = {"Jan 15", "Feb 15", "Mar 15", "Apr 15", "May 15", "Jun 15",
                                           "Jul 15", "Aug 15", "Sep 15", "Oct 15", "Nov 15", "Dec 15"};
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct finding f;
    struct finding_flow flow;
    int64_t day = 14; /* of 1970 */

    (void)state;
    for (int m = 0; m < 12; day += days[m], m++) {
        char text[64];
        struct out o = out_of(text, sizeof(text));

        flat_finding_of(&f, &flow);
        f.detected_ns = day * 86400 * NS_PER_SEC;
        print(FINDING_NEW, &f, NULL);
        out_fmt(&o, "\tdevTime=%s 1970 00:00:00.000 UTC\t", expected[m]);
        flat_assert_has(line, text);
    }
}

static void test_kinds(void **state)
{
    struct finding f;
    struct finding_flow flow;

    (void)state;
    for (int kind = 0; kind < FINDING_KIND_N; kind++) {
        for (int s = 0; s < FINDING_STATE_N; s++) {
            char head[200];
            struct out h = out_of(head, sizeof(head));

            flat_finding_of(&f, &flow);
            f.kind = (enum finding_kind)kind;
            print((enum finding_state)s, &f, NULL);
            out_fmt(&h, HEAD "%s|x09|id=cm-0123456789abcdef\tstate=%s\t", finding_kind_name(f.kind),
                    finding_state_name((enum finding_state)s));
            assert_memory_equal(line, head, h.n);
        }
    }
}

static void test_values(void **state)
{
    static const struct {
        const char *raw, *pair;
    } rows[] = {
        {"a|b\\c=d", "\tlogin=a|b\\c=d\t"},
        {"a\tid=b", "\tlogin=a\\x09id=b\t"},
        {"a\nLEEF:2.0|", "\tlogin=a\\x0aLEEF:2.0|\t"},
        {"=", "\tlogin==\t"},
        {"\xff\xe2\x80\xae", "\tlogin=\\xff\\u{202e}\t"},
    };
    struct finding f;
    struct finding_flow flow;
    unsigned n;

    (void)state;
    flat_finding_of(&f, &flow);
    flat_text(&f.worker, "rig1");
    n = print(FINDING_NEW, &f, NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        flat_text(&f.login, rows[i].raw);
        assert_int_equal(print(FINDING_NEW, &f, NULL), n);
        flat_assert_has(line, rows[i].pair);
    }
}

static struct view longest_text(void *arg, const char *name, uint32_t i)
{
    static char text[3000];

    (void)arg;
    (void)name;
    (void)i;
    memset(text, 1, sizeof(text));
    return view_of(text, sizeof(text));
}

/* Nothing is left out in a file. */
static void test_longest(void **state)
{
    struct finding f;
    struct finding_flow flow;
    struct about about;

    (void)state;
    flat_finding_of(&f, &flow);
    about_fill(&about, 1, longest_text, NULL);
    memset(f.login.bytes, 1, sizeof(f.login.bytes));
    f.login.len = sizeof(f.login.bytes);
    f.agent = f.host = f.worker = f.reason = f.tag = f.payout = f.algorithm = f.login;
    print(FINDING_CLOSED, &f, &about);
    flat_assert_has_not(line, "\tcut=");
    assert_true(strlen(line) > 100000);
}

static void test_events(void **state)
{
    struct sensor_event e = {
        .time_ns = FLAT_START, .what = SENSOR_BLIND, .severity_label = "high", .worker = 3, .n_counters = 2};
    struct out o = out_of(line, sizeof(line));

    (void)state;
    memcpy(e.detail, "a|b=c\td", 8);
    e.counters[0] = (struct sensor_counter){"received", UINT64_MAX};
    e.counters[1] = (struct sensor_counter){"dropped", 0};
    leef_sensor(&o, &e, &context);
    assert_string_equal(line, HEAD "sensor-blind|x09|devTime=Nov 24 2025 16:00:00.123 UTC\t"
                                   "devTimeFormat=MMM dd yyyy HH:mm:ss.SSS z\tsev=8\tcat=Sensor\ttitle=a|b=c\\x09d\t"
                                   "workerProcess=3\tsensor=here\tcounters=received=18446744073709551615 dropped=0\n");
    o = out_of(line, sizeof(line));
    e.detail[0] = '\0';
    e.worker = -1;
    leef_stats(&o, &e, &context);
    assert_string_equal(line, HEAD "stats|x09|devTime=Nov 24 2025 16:00:00.123 UTC\t"
                                   "devTimeFormat=MMM dd yyyy HH:mm:ss.SSS z\tsev=1\tcat=Sensor\tsensor=here\t"
                                   "counters=received=18446744073709551615 dropped=0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs), cmocka_unit_test(test_months),  cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_values),    cmocka_unit_test(test_longest), cmocka_unit_test(test_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
