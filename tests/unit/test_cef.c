/*
 * test_cef.c - lines of CEF: each pair, escapes, every kind and state, events, and lines cut to every size.
 */
#include "config.h"

#include "base/out.h"
#include "output/cef.h"

#include "../flat_of.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD "CEF:0|countermine|countermine|" PACKAGE_VERSION "|"

static const struct output_context context = {.sensor = "here"};
static char line[OUTPUT_TEXT_MAX];

static struct out print(enum finding_state state, const struct finding *f, const struct about *about, size_t max)
{
    struct out o = out_of(line, sizeof(line));

    cef_finding(&o, state, f, about, &context, max);
    assert_false(o.full);
    assert_true(o.n <= max + 1);
    assert_int_equal(view_find(out_view(&o), '\n'), o.n - 1);
    for (size_t i = 0; i + 1 < o.n; i++)
        if ((uint8_t)o.p[i] < 0x20 || o.p[i] == 0x7f)
            fail_msg("a control byte at %zu of %s", i, o.p);
    return o;
}

/* Checks what a reader relies on: seven bare pipes, then pairs whose keys are words, each label before its key. */
static unsigned check_line(const char *text)
{
    unsigned n_pipes = 0, n_pairs = 0;
    const char *p = text;

    for (; *p && n_pipes < 7; p++) {
        if (*p == '\\')
            p++;
        else
            n_pipes += *p == '|';
    }
    assert_int_equal(n_pipes, 7);
    for (; *p; p++) {
        const char *word = p;

        if (*p == '\\') {
            p++;
            assert_true(*p == '\\' || *p == '=');
            continue;
        }
        if (*p != '=')
            continue;
        while (isalnum((unsigned char)word[-1]))
            word--;
        assert_true(word < p && (word[-1] == ' ' || word[-1] == '|'));
        n_pairs++;
    }
    return n_pairs;
}

static void test_all_pairs(void **state)
{
    static const char expected[] = HEAD
        "mining|Cryptocurrency mining|8|externalId=cm-0123456789abcdef act=update rt=1764000600123 cat=CryptoMining "
        "src=10.0.3.17 spt=49152 dst=203.0.113.9 dpt=3333 dhost=xmr.pool.example proto=TCP app=cryptonote "
        "countermineStage=paid cfp1Label=severity cfp1=8.5 cn2Label=confidence cn2=95 cs1Label=eni cs1=eni cs2Label=ecsTask "
        "cs2=task cs3Label=image cs3=image cs4Label=pod cs4=namespace/pod cs5Label=instance cs5=instance "
        "sproc=process_name spid=4294967295 countermineOwnerCandidate=true msg=";
    static const char rest[] =
        " start=1764000000123 end=1764000600123 cnt=31 duser=user.rig1 requestClientApplication=XMRig/6.21.0 cs6Label=coin "
        "cs6=XMR flexString1Label=container flexString1=container flexString2Label=imageDigest flexString2=image_digest "
        "countermineTaskDefinition=task_definition countermineCluster=cluster countermineAccount=account "
        "countermineRegion=region countermineVpc=vpc cn1Label=vni cn1=77 countermineNode=node countermineSummary=";
    static const char tail[] =
        " countermineEvidence=stratum-login share-accepted cn3Label=acceptedShares cn3=9 cfp2Label=hashrate "
        "cfp2=3120 countermineWorker=rig1 countermineAlgorithm=rx/0 countermineExe=exe "
        "countermineContainerId=process_container countermineAsn=4294967295 countermineAsOrg=as_org "
        "countermineCountry=country countermineCity=city countermineOuterSource=198.51.100.7 smac=00:00:00:00:00:11 "
        "countermineAttack=T1496.001 deviceExternalId=here countermineCmdline=cmdline\n";
    struct finding f;
    struct finding_flow flow;
    struct about about;
    struct out o;

    (void)state;
    flat_finding_of(&f, &flow);
    flat_about_of(&about);
    o = print(FINDING_UPDATE, &f, &about, sizeof(line) - 2);
    if (memcmp(line, expected, sizeof(expected) - 1) != 0)
        fail_msg("%s", line);
    flat_assert_has(line, rest);
    flat_assert_has(line, tail);
    assert_string_equal(line + o.n - (sizeof(tail) - 1), tail);
    assert_int_equal(check_line(line), 55 + 13); /* labels, which are pairs too */
    print(FINDING_NEW, &f, NULL, sizeof(line) - 2);
    flat_assert_has(line, " act=new rt=1764000000123 ");
    flat_assert_has_not(line, "cs1");
    flat_assert_has_not(line, "spid");
    flat_assert_has_not(line, "Candidate");
}

static void test_kinds(void **state)
{
    static const struct {
        enum finding_kind kind;
        enum stage stage;
        const char *name, *has, *has_not;
    } rows[] = {
        {FINDING_MINING, STAGE_MINING, "mining|Cryptocurrency mining|8|", " dst=203.0.113.9 dpt=3333 ", "countermineMembers"},
        {FINDING_POOL_LOOKUP, STAGE_LOOKUP, "pool-lookup|Lookup of a mining pool|5|",
         " src=10.0.3.17 dhost=pool.example app=dns ", " dst="},
        {FINDING_POOL_CONTACT, STAGE_CONTACT, "pool-contact|Connection to a mining pool|5|",
         " dst=203.0.113.9 dpt=3333 dhost=pool.example proto=TCP app=dns ", " spt="},
        {FINDING_WEB_MINING, STAGE_MINING, "web-mining|Mining in a browser|5|", " spt=49152 dst=203.0.113.9 ", " app=dns"},
        {FINDING_COIN_NODE, STAGE_LOOKUP, "coin-node|Node of a cryptocurrency's network|3|", " src=10.0.3.17 ",
         "countermineAttack"},
        {FINDING_POOL_SERVICE, STAGE_MINING, "pool-service|Mining work handed out by an inside machine|8|",
         " countermineMembers=5 ", "countermineTargets"},
        {FINDING_POOL_SCAN, STAGE_HANDSHAKE, "pool-scan|Search for mining pools|5|", " countermineTargets=5 ", " dst="},
        {FINDING_CAMPAIGN, STAGE_MINING, "campaign|Several machines mining for one wallet|10|", " countermineMembers=5 ",
         "countermineTargets"},
    };
    struct finding f;
    struct finding_flow flow;

    (void)state;
    assert_int_equal(ARRAY_LEN(rows), FINDING_KIND_N);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (int s = 0; s < FINDING_STATE_N; s++) {
            char head[200];
            struct out h = out_of(head, sizeof(head));

            flat_finding_of(&f, &flow);
            f.kind = rows[i].kind;
            f.stage = rows[i].stage;
            f.n_members = 5;
            if (f.kind != FINDING_WEB_MINING) {
                f.row.name_len = 12;
                memcpy(f.row.name, "pool.example", 12);
            }
            flat_text(&f.name, "pool.example");
            f.evidence[EVIDENCE_NAME_ANSWERED].present = finding_is_lookup(&f);
            score_finding(&f);
            print((enum finding_state)s, &f, NULL, sizeof(line) - 2);
            out_fmt(&h, HEAD "%sexternalId=", rows[i].name);
            if (strncmp(line, head, h.n) != 0)
                fail_msg("not %s: %s", head, line);
            check_line(line);
            flat_assert_has(line, rows[i].has);
            flat_assert_has_not(line, rows[i].has_not);
            flat_assert_has(line, s == FINDING_NEW ? " act=new " : s == FINDING_UPDATE ? " act=update " : " act=closed ");
        }
    }
}

static void test_ipv6(void **state)
{
    struct finding f;
    struct finding_flow flow;

    (void)state;
    flat_finding_of(&f, &flow);
    memset(&f.miner.addr, 0x20, 16);
    print(FINDING_NEW, &f, NULL, sizeof(line) - 2);
    flat_assert_has(line,
                    " c6a2Label=Source IPv6 Address c6a2=2020:2020:2020:2020:2020:2020:2020:2020 spt=49152 dst=203.0.113.9 ");
    memset(&f.pool.addr, 0x21, 16);
    print(FINDING_NEW, &f, NULL, sizeof(line) - 2);
    flat_assert_has(line, " c6a3Label=Destination IPv6 Address c6a3=2121:2121:2121:2121:2121:2121:2121:2121 dpt=3333 ");
    flat_assert_has_not(line, " dst=");
}

static void test_escapes(void **state)
{
    static const struct {
        const char *raw, *pair;
    } rows[] = {
        {"a|b", " duser=a|b "},
        {"a\\b", " duser=a\\\\b "},
        {"a=b", " duser=a\\=b "},
        {"x act=allow", " duser=x act\\=allow "},
        {"a\nCEF:0|b", " duser=a\\\\x0aCEF:0|b "},
        {"a\tb\rc", " duser=a\\\\x09b\\\\x0dc "},
        {"\\=\\", " duser=\\\\\\=\\\\ "},
        {"\xff\xe2\x80\xae", " duser=\\\\xff\\\\u{202e} "},
        {" a ", " duser= a  "},
    };
    struct finding f;
    struct finding_flow flow;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        flat_finding_of(&f, &flow);
        flat_text(&f.login, rows[i].raw);
        print(FINDING_NEW, &f, NULL, sizeof(line) - 2);
        flat_assert_has(line, rows[i].pair);
        check_line(line);
    }
}

static struct view longest_text(void *arg, const char *name, uint32_t i)
{
    static char text[3000];

    (void)name;
    (void)i;
    memset(text, *(const char *)arg, sizeof(text));
    return view_of(text, sizeof(text));
}

/* At each size it is a whole line that has what matters most; what is there stays there when there is more room. */
static void test_sizes(void **state)
{
    static const char bytes[] = {'x', '=', '\\', '\n', '\xff'};
    struct finding f;
    struct finding_flow flow;
    struct about about;

    (void)state;
    flat_finding_of(&f, &flow);
    for (size_t b = 0; b < sizeof(bytes); b++) {
        bool cut = true;
        char byte = bytes[b];

        memset(f.login.bytes, byte, sizeof(f.login.bytes));
        f.login.len = sizeof(f.login.bytes);
        f.login.cut = true;
        about_fill(&about, 1, longest_text, &byte);
        for (size_t max = 700; cut && max < OUTPUT_TEXT_MAX - 2; max += max / 20) {
            struct out o = print(FINDING_CLOSED, &f, &about, max);

            check_line(line);
            flat_assert_has(line, "|externalId=cm-0123456789abcdef act=closed ");
            flat_assert_has(line, " src=10.0.3.17 spt=49152 dst=203.0.113.9 ");
            cut = o.n > 22 && strcmp(line + o.n - 21, " countermineCut=true\n") == 0;
            if (!cut)
                flat_assert_has_not(line, "countermineCut");
        }
        assert_false(cut);
        flat_assert_has(line, "\xe2\x80\xa6 requestClientApplication=XMRig/6.21.0 ");
    }
}

/* Behind the head of a message it holds the limit of the whole. */
static void test_behind_a_head(void **state)
{
    struct finding f;
    struct finding_flow flow;
    struct out o = out_of(line, sizeof(line));

    (void)state;
    flat_finding_of(&f, &flow);
    for (int i = 0; i < 300; i++)
        out_char(&o, '-');
    cef_finding(&o, FINDING_NEW, &f, NULL, &context, 1024);
    assert_true(o.n <= 1025 && o.n > 900);
    assert_memory_equal(line + 299, "-CEF:0|", 7);
    flat_assert_has(line, " countermineCut=true\n");
}

static void test_events(void **state)
{
    struct sensor_event e = {
        .time_ns = FLAT_START, .what = SENSOR_BLIND, .severity_label = "high", .worker = 3, .n_counters = 2};
    struct out o = out_of(line, sizeof(line));

    (void)state;
    memcpy(e.detail, "a|b=c\nd", 8);
    e.counters[0] = (struct sensor_counter){"received", UINT64_MAX};
    e.counters[1] = (struct sensor_counter){"dropped", 0};
    cef_sensor(&o, &e, &context, 2000);
    assert_string_equal(line, HEAD "sensor-blind|Event of the sensor|8|rt=1764000000123 cat=Sensor msg=a|b\\=c\\\\x0ad "
                                   "countermineWorkerProcess=3 deviceExternalId=here "
                                   "countermineCounters=received\\=18446744073709551615 dropped\\=0\n");
    check_line(line);
    o = out_of(line, sizeof(line));
    cef_stats(&o, &e, &context, 2000);
    assert_string_equal(line, HEAD "stats|Figures of the sensor|0|rt=1764000000123 cat=Sensor msg=a|b\\=c\\\\x0ad "
                                   "countermineWorkerProcess=3 deviceExternalId=here "
                                   "countermineCounters=received\\=18446744073709551615 dropped\\=0\n");
    for (int what = 0; what < SENSOR_WHAT_N; what++) {
        char head[100];
        struct out h = out_of(head, sizeof(head));

        e = (struct sensor_event){.time_ns = FLAT_START, .what = (enum sensor_what)what, .worker = -1};
        memset(e.detail, '\\', sizeof(e.detail)); /* without an end */
        e.n_counters = SENSOR_COUNTERS;
        for (int i = 0; i < SENSOR_COUNTERS; i++)
            e.counters[i] = (struct sensor_counter){"a_counter_of_some_long_name", UINT64_MAX};
        o = out_of(line, sizeof(line));
        cef_sensor(&o, &e, &context, 900);
        assert_true(!o.full && o.n <= 901);
        check_line(line);
        out_fmt(&h, HEAD "sensor-%s|Event of the sensor|0|rt=", sensor_what_name((enum sensor_what)what));
        assert_memory_equal(line, head, h.n);
        flat_assert_has(line, " countermineCut=true\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_pairs), cmocka_unit_test(test_kinds), cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_escapes),   cmocka_unit_test(test_sizes), cmocka_unit_test(test_behind_a_head),
        cmocka_unit_test(test_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
