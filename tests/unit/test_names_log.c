/*
 * test_names_log.c - entries of DNS logs to evidence: which names count, what an answer means, and what of it becomes an event.
 */
#include "config.h"

#include "detect/names_log.h"

#include "../small_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD \
    "{\"srcaddr\":\"10.0.3.17\",\"srcport\":\"4000\",\"query_timestamp\":\"2026-11-23T10:00:01Z\",\"query_class\":\"IN\","
#define ASKS(name) HEAD "\"query_name\":\"" name "\""
#define A(addr) "{\"Rdata\":\"" addr "\",\"Type\":\"A\",\"Class\":\"IN\"}"
#define CNAME(name) "{\"Rdata\":\"" name "\",\"Type\":\"CNAME\",\"Class\":\"IN\"}"

static struct names_log *names;
static struct evidence record;
static unsigned n_records, n_events;
static struct dns_event event;
static struct hash_key key;

static void collect(void *arg, const struct evidence *e)
{
    (void)arg;
    assert_true(evidence_check(e));
    assert_int_equal(e->seq, n_records + 1);
    record = *e;
    n_records++;
}

static void collect_event(void *arg, const struct dns_event *e)
{
    (void)arg;
    assert_true(dns_event_take(view_of(e, dns_event_size(e)), &event));
    n_events++;
}

static int setup(void **state)
{
    (void)state;
    hash_key_fixed(&key, 3);
    names = malloc(sizeof(*names));
    assert_non_null(names);
    names_log_init(names, small_feed(), &key, collect, NULL);
    passive_init(&names->passive, collect_event, NULL, 0);
    n_records = n_events = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(names);
    return 0;
}

static enum dns_log_fault take(const char *text)
{
    return names_log_take(names, view_str(text), 2, 17);
}

static void assert_text(enum evidence_text tag, const char *want)
{
    struct view v = evidence_text(&record, tag);

    assert_int_equal(v.n, strlen(want));
    assert_memory_equal(v.n ? (const char *)v.p : "", want, v.n);
}

static void test_meaning(void **state)
{
    static const struct {
        const char *text;
        int kind; /* -1 = none */
        const char *name, *asked, *answer;
    } rows[] = {
        {ASKS("eu.pool.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" A("203.0.113.9") "]}", EVIDENCE_NAME_ANSWERED,
         "eu.pool.example", "", "203.0.113.9"},
        {ASKS("eu.pool.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" A("0.0.0.0") "]}", EVIDENCE_NAME_DENIED,
         "eu.pool.example", "", "0.0.0.0"},
        {ASKS("eu.pool.example.") ",\"rcode\":\"NXDOMAIN\"}", EVIDENCE_NAME_DENIED, "eu.pool.example", "", "no such name"},
        {ASKS("eu.pool.example.") ",\"rcode\":\"SERVFAIL\",\"answers\":[]}", EVIDENCE_NAME_DENIED, "eu.pool.example", "",
         "the server failed"},
        {ASKS("eu.pool.example.") ",\"rcode\":\"NOERROR\",\"answers\":[]}", EVIDENCE_NAME_ASKED, "eu.pool.example", "", ""},
        {ASKS("eu.pool.example.") "}", EVIDENCE_NAME_ASKED, "eu.pool.example", "", ""},
        /* The firewall's own answer is not the pool's. */
        {ASKS("eu.pool.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" A(
             "203.0.113.9") "],\"firewall_rule_action\":\"BLOCK\"}",
         EVIDENCE_NAME_DENIED, "eu.pool.example", "", "blocked by the resolver's firewall"},
        {ASKS("eu.pool.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" A(
             "203.0.113.9") "],\"firewall_rule_action\":\"ALERT\"}",
         EVIDENCE_NAME_ANSWERED, "eu.pool.example", "", "203.0.113.9"},
        /* What the question leads to. */
        {ASKS("a.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" CNAME("b.example.") "," CNAME("xmr.pool.example.") "," A(
             "203.0.113.9") "]}",
         EVIDENCE_NAME_ANSWERED, "xmr.pool.example", "a.example", "203.0.113.9"},
        {ASKS("eu.pool.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" CNAME("x.gone.example.") "]}", EVIDENCE_NAME_ASKED,
         "eu.pool.example", "", ""},
        {ASKS("_stratum._tcp.a.example.") ",\"query_type\":\"SRV\",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":"
                                          "\"10 5 3333 eu.pool.example.\",\"Type\":\"SRV\"}]}",
         EVIDENCE_NAME_ASKED, "eu.pool.example", "_stratum._tcp.a.example", ""},
        {ASKS(
             "a.example.") ",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":\"1 eu.pool.example. alpn=h2\",\"Type\":\"HTTPS\"}]}",
         EVIDENCE_NAME_ASKED, "eu.pool.example", "a.example", ""},
        /* What it does not. */
        {ASKS("a.example.") ",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":\"eu.pool.example.\",\"Type\":\"TXT\"}]}", -1, "",
         "", ""},
        {ASKS("a.example.") ",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":\"eu.pool.example.\",\"Type\":\"NS\"}]}", -1, "",
         "", ""},
        {ASKS("a.example.") ",\"rcode\":\"NOERROR\",\"answers\":[" A("203.0.113.9") "]}", -1, "", "", ""},
        {ASKS("notpool.example.") ",\"rcode\":\"NXDOMAIN\"}", -1, "", "", ""},
        {ASKS(".") ",\"rcode\":\"NOERROR\"}", -1, "", "", ""},
        {"{\"srcaddr\":\"10.0.3.17\",\"query_timestamp\":1,\"query_class\":\"CH\",\"query_name\":\"eu.pool.example\"}", -1, "",
         "", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned before = n_records;

        assert_int_equal(take(rows[i].text), DNS_LOG_OK);
        assert_int_equal(n_records - before, rows[i].kind >= 0);
        assert_int_equal(n_events, i + 1);
        if (rows[i].kind < 0)
            continue;
        assert_int_equal(record.kind, rows[i].kind);
        assert_text(TEXT_NAME, rows[i].name);
        assert_text(TEXT_ASKED, rows[i].asked);
        assert_text(TEXT_ANSWER, rows[i].answer);
    }
    assert_int_equal(names->stats.entries, ARRAY_LEN(rows));
    assert_int_equal(names->stats.hits, n_records);
    assert_int_equal(names->stats.blocked, 1);
    assert_int_equal(names_log_refused(&names->stats), 0);
}

static void test_place(void **state)
{
    (void)state;
    assert_int_equal(take(ASKS("eu.pool.example.") ",\"rcode\":\"NXDOMAIN\"}"), DNS_LOG_OK);
    assert_int_equal(record.file, 2);
    assert_int_equal(record.frame, 17);
    assert_int_equal(record.miner.port, 4000);
    assert_true(addr_is_none(&record.pool.addr));
    assert_int_equal(record.direction, DIRECTION_TO_MINER);
    assert_int_equal(record.flags, 0);
    assert_true(record.time_ns == INT64_C(1795428001) * NS_PER_SEC);
}

/* Equal addresses in two VPCs are two machines, and their messages no copies. */
static void test_vpc(void **state)
{
    struct evidence first;

    (void)state;
    take(ASKS("eu.pool.example.") ",\"vpc_id\":\"vpc-1\"}");
    first = record;
    assert_true(first.flags & EVIDENCE_HAS_ENCAP);
    take(ASKS("eu.pool.example.") ",\"vpc_id\":\"vpc-2\"}");
    assert_true(addr_cmp(&first.outer_src, &record.outer_src) != 0);
    assert_true(first.digest != record.digest);
    take(ASKS("eu.pool.example.") ",\"vpc_id\":\"vpc-1\"}");
    assert_true(addr_cmp(&first.outer_src, &record.outer_src) == 0);
    assert_true(first.digest == record.digest);
    take(ASKS("eu.pool.example.") ",\"vpc_id\":\"vpc-1\",\"query_type\":\"AAAA\"}");
    assert_true(first.digest != record.digest);
}

/* Whose the machine is, where there is room for it behind the longest names. */
static void test_owner(void **state)
{
    (void)state;
    take(ASKS("eu.pool.example.") ",\"account_id\":\"111122223333\",\"srcids\":{\"instance\":\"i-1\"}}");
    assert_text(TEXT_OWNER, "111122223333 - - i-1");
    take(ASKS("eu.pool.example.") ",\"region\":\"eu-west-1\",\"vpc_id\":\"vpc-1\"}");
    assert_text(TEXT_OWNER, "- eu-west-1 vpc-1 -");
    take(ASKS("eu.pool.example.") "}");
    assert_text(TEXT_OWNER, "");
    take(ASKS(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb."
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.ddddddddddddddddddddddddddddddddddddddddddd.pool.example") ","
                                                                                                                                 "\"vpc_id\":\"vpc-0a1b2c3d4e5f60718-and-more-than-there-is-room-for\"}");
    assert_text(TEXT_OWNER, "");
    assert_int_equal(n_records, 4);
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(take("{}"), DNS_LOG_NO_ENTRY);
    assert_int_equal(take("{"), DNS_LOG_NO_JSON);
    assert_int_equal(take("{\"message\":\"CWL CONTROL MESSAGE: x\"}"), DNS_LOG_CONTROL);
    names_log_refuse(names, DNS_LOG_BROKEN);
    assert_int_equal(names->stats.refused[DNS_LOG_NO_ENTRY], 1);
    assert_int_equal(names_log_refused(&names->stats), 3);
    assert_int_equal(names->stats.entries, 0);
    assert_int_equal(n_records + n_events, 0);
}

static void test_event(void **state)
{
    struct dns_event_answer a;
    struct name asked;
    struct buf rest;

    (void)state;
    take(ASKS("a.example.") ",\"query_type\":\"A\",\"rcode\":\"NOERROR\",\"answers\":[" CNAME("b.example.") "," A(
        "203.0.113.9") "," A("no address") ",{\"Rdata\":\"10 mx.example.\",\"Type\":\"MX\"}]}");
    assert_int_equal(event.proto, DNS_EVENT_LOG);
    assert_int_equal(event.flags, DNS_EVENT_RESPONSE | DNS_EVENT_HAS_RCODE);
    assert_int_equal(event.n_answers, 4);
    rest = dns_event_question(&event, &asked);
    assert_true(dns_event_next(&rest, &a) && a.kind == DNS_DATA_NAME && !a.has_owner && !a.has_ttl);
    assert_true(dns_event_next(&rest, &a) && a.kind == DNS_DATA_ADDR);
    assert_true(dns_event_next(&rest, &a) && a.kind == DNS_DATA_TEXT && view_is(a.text, "no address"));
    assert_true(dns_event_next(&rest, &a) && a.kind == DNS_DATA_TEXT && view_is(a.text, "10 mx.example."));
}

/* Without lists nothing is looked up, and events come none the less. */
static void test_without_feed(void **state)
{
    (void)state;
    names->feed = NULL;
    assert_int_equal(take(ASKS("eu.pool.example.") "}"), DNS_LOG_OK);
    assert_int_equal(n_records, 0);
    assert_int_equal(n_events, 1);
    passive_init(&names->passive, NULL, NULL, 0);
    assert_int_equal(take(ASKS("eu.pool.example.") "}"), DNS_LOG_OK);
    assert_int_equal(n_events, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_meaning, setup, teardown),
        cmocka_unit_test_setup_teardown(test_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_vpc, setup, teardown),
        cmocka_unit_test_setup_teardown(test_owner, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_event, setup, teardown),
        cmocka_unit_test_setup_teardown(test_without_feed, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
