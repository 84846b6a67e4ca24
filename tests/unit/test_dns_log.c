/*
 * test_dns_log.c - entries of Route 53 Resolver query logs: the form that AWS describes, what is seen beside it, and what
 * must be refused. And the mnemonics of DNS.
 */
#include "config.h"

#include "message/dns_log.h"

#include "base/rfc3339.h"
#include "message/dns_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NAME "\"query_name\":\"xmr.pool.example.\""
#define ADDR "\"srcaddr\":\"10.0.3.17\""
#define TIME "\"query_timestamp\":\"2026-11-23T10:00:01Z\""
#define ALL NAME "," ADDR "," TIME

static struct dns_log_scratch scratch;
static struct dns_log_entry entry;

static enum dns_log_fault read_text(const char *text)
{
    memset(&entry, 0xaa, sizeof(entry));
    return dns_log_read(view_str(text), &scratch, &entry);
}

static void assert_id(const struct dns_log_id *id, const char *want)
{
    assert_int_equal(id->n, strlen(want));
    assert_memory_equal(id->text, want, id->n);
}

static void assert_name(const char *want)
{
    char text[NAME_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    name_print(&entry.asked, &o);
    assert_string_equal(text, want);
}

static void assert_client(const char *want)
{
    char text[64];
    struct out o = out_of(text, sizeof(text));

    endpoint_print(&entry.client, &o);
    assert_string_equal(text, want);
}

static void assert_time(const char *want)
{
    char text[40];
    struct out o = out_of(text, sizeof(text));

    rfc3339_print(entry.time_ns, &o);
    assert_string_equal(text, want);
}

/* All members that AWS describes. */
static void test_whole(void **state)
{
    struct dns_log_answer a;
    struct json_walk walk;

    (void)state;
    assert_int_equal(
        read_text("{\"version\":\"1.100000\",\"account_id\":\"111122223333\",\"region\":\"eu-west-1\",\"vpc_id\":\"vpc-0a1b\","
                  "\"query_timestamp\":\"2026-11-23T10:00:01Z\",\"query_name\":\"EU.Pool.Example.\",\"query_type\":\"A\","
                  "\"query_class\":\"IN\",\"rcode\":\"NOERROR\",\"answers\":[{\"Rdata\":\"a.cdn.example.\",\"Type\":\"CNAME\","
                  "\"Class\":\"IN\"},{\"Rdata\":\"203.0.113.9\",\"Type\":\"A\",\"Class\":\"IN\"}],\"srcaddr\":\"10.0.3.17\","
                  "\"srcport\":\"56067\",\"transport\":\"UDP\",\"srcids\":{\"instance\":\"i-0d15\",\"resolver_endpoint\":"
                  "\"rslvr-in-12\"},\"firewall_rule_action\":\"ALERT\",\"firewall_rule_group_id\":\"rslvr-frg-1\","
                  "\"firewall_domain_list_id\":\"rslvr-fdl-1\"}"),
        DNS_LOG_OK);
    assert_name("eu.pool.example");
    assert_client("10.0.3.17:56067");
    assert_time("2026-11-23T10:00:01.000000Z");
    assert_int_equal(entry.type, 1);
    assert_int_equal(entry.class_, 1);
    assert_true(entry.has_rcode);
    assert_int_equal(entry.rcode, 0);
    assert_false(entry.is_tcp);
    assert_int_equal(entry.action, DNS_LOG_ALERTED);
    assert_id(&entry.account, "111122223333");
    assert_id(&entry.region, "eu-west-1");
    assert_id(&entry.vpc, "vpc-0a1b");
    assert_id(&entry.instance, "i-0d15");
    assert_id(&entry.endpoint, "rslvr-in-12");
    walk = dns_log_answers(&entry);
    assert_true(dns_log_next_answer(&walk, &scratch, &a));
    assert_int_equal(a.type, 5);
    assert_true(view_is(a.rdata, "a.cdn.example."));
    assert_true(dns_log_next_answer(&walk, &scratch, &a));
    assert_int_equal(a.type, 1);
    assert_int_equal(a.class_, 1);
    assert_true(view_is(a.rdata, "203.0.113.9"));
    assert_false(a.cut);
    assert_false(dns_log_next_answer(&walk, &scratch, &a));
}

static void test_least(void **state)
{
    struct dns_log_answer a;
    struct json_walk walk;

    (void)state;
    assert_int_equal(read_text("{" ALL "}"), DNS_LOG_OK);
    assert_client("10.0.3.17:0");
    assert_int_equal(entry.type, 0);
    assert_int_equal(entry.class_, 0);
    assert_false(entry.has_rcode);
    assert_int_equal(entry.action, DNS_LOG_NO_FIREWALL);
    assert_int_equal(entry.account.n + entry.region.n + entry.vpc.n + entry.instance.n + entry.endpoint.n, 0);
    walk = dns_log_answers(&entry);
    assert_false(dns_log_next_answer(&walk, &scratch, &a));
}

/* What members look like beside AWS's description. */
static void test_variants(void **state)
{
    static const struct {
        const char *text;
        const char *name, *client, *time;
    } rows[] = {
        {"{" ALL ",\"srcport\":53211}", "xmr.pool.example", "10.0.3.17:53211", "2026-11-23T10:00:01.000000Z"},
        {"{" ALL ",\"srcport\":\"70000\"}", "xmr.pool.example", "10.0.3.17:0", "2026-11-23T10:00:01.000000Z"},
        {"{" ALL ",\"srcport\":-1}", "xmr.pool.example", "10.0.3.17:0", "2026-11-23T10:00:01.000000Z"},
        {"{" ALL ",\"srcport\":null,\"new_key\":{\"a\":[1,2,{\"b\":3}]}}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {" \t{" NAME "," TIME ",\"srcaddr\":\"2001:db8::17\",\"srcport\":\"1\"}\r\n", "xmr.pool.example", "[2001:db8::17]:1",
         "2026-11-23T10:00:01.000000Z"},
        {"{" ADDR "," TIME ",\"query_name\":\"xmr.pool.example\"}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{" ADDR "," TIME ",\"query_name\":\"xmr\\u002epool.example.\"}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{" ADDR "," TIME ",\"query_name\":\"\\\\042.pool.example.\"}", "*.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{" ADDR "," TIME ",\"query_name\":\".\"}", ".", "10.0.3.17:0", "2026-11-23T10:00:01.000000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":\"2017-03-16T19:20:177Z\"}", "xmr.pool.example", "10.0.3.17:0",
         "2017-03-16T19:20:17.700000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":\"2026-11-23T10:00:01.123Z\"}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.123000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":\"2026-11-23 10:00:01\"}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":\"2026-11-23T11:00:01+01:00\"}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":1795428001}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":1795428001250}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.250000Z"},
        {"{" NAME "," ADDR ",\"query_timestamp\":\"1795428001250\"}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.250000Z"},
        /* CloudWatch: text, object, both; and with its own members around. */
        {"{\"message\":\"{\\\"query_name\\\":\\\"xmr.pool.example.\\\",\\\"srcaddr\\\":\\\"10.0.3.17\\\","
         "\\\"query_timestamp\\\":\\\"2026-11-23T10:00:01Z\\\"}\"}",
         "xmr.pool.example", "10.0.3.17:0", "2026-11-23T10:00:01.000000Z"},
        {"{\"id\":\"3\",\"timestamp\":1,\"message\":{" ALL "}}", "xmr.pool.example", "10.0.3.17:0",
         "2026-11-23T10:00:01.000000Z"},
        {"{\"@timestamp\":\"x\",\"@message\":{" ALL "}}", "xmr.pool.example", "10.0.3.17:0", "2026-11-23T10:00:01.000000Z"},
        {"{\"message\":{\"message\":\"{\\\"query_name\\\":\\\"a.b\\\",\\\"srcaddr\\\":\\\"::1\\\","
         "\\\"query_timestamp\\\":\\\"2026-11-23T10:00:01Z\\\"}\\n\"}}",
         "a.b", "[::1]:0", "2026-11-23T10:00:01.000000Z"},
        /* An entry that has a member `message' of its own is none the less one. */
        {"{" ALL ",\"message\":\"x\"}", "xmr.pool.example", "10.0.3.17:0", "2026-11-23T10:00:01.000000Z"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(read_text(rows[i].text), DNS_LOG_OK);
        assert_name(rows[i].name);
        assert_client(rows[i].client);
        assert_time(rows[i].time);
    }
}

static void test_words_in_entries(void **state)
{
    (void)state;
    assert_int_equal(read_text("{" ALL ",\"query_type\":\"TYPE65\",\"query_class\":\"CH\",\"rcode\":\"SERVFAIL\",\"transport\":"
                               "\"TCP\",\"firewall_rule_action\":\"BLOCK\"}"),
                     DNS_LOG_OK);
    assert_int_equal(entry.type, 65);
    assert_int_equal(entry.class_, 3);
    assert_int_equal(entry.rcode, 2);
    assert_true(entry.is_tcp);
    assert_int_equal(entry.action, DNS_LOG_BLOCKED);
    assert_int_equal(read_text("{" ALL ",\"query_type\":28,\"rcode\":3,\"firewall_rule_action\":\"allow\"}"), DNS_LOG_OK);
    assert_int_equal(entry.type, 28);
    assert_int_equal(entry.rcode, 3);
    assert_int_equal(entry.action, DNS_LOG_ALLOWED);
    assert_int_equal(read_text("{" ALL ",\"query_type\":\"WHAT\",\"rcode\":\"-\"}"), DNS_LOG_OK);
    assert_int_equal(entry.type, 0);
    assert_false(entry.has_rcode);
}

static void test_ids(void **state)
{
    static const struct {
        const char *srcids, *instance, *endpoint;
    } rows[] = {
        {"{}", "", ""},
        {"null", "", ""},
        {"\"i-1\"", "", ""},
        {"{\"instance\":\"i-1\"}", "i-1", ""},
        {"{\"resolver-endpoint\":\"rslvr-in-1\",\"resolver_network_interface\":\"rni-1\"}", "", "rslvr-in-1"},
        {"[{\"instance\":\"i-1\"},{\"instance\":\"i-2\"}]", "i-1", ""},
        {"{\"instance\":\"i 1\"}", "", ""},
        {"{\"instance\":\"\\u001b[31m\"}", "", ""},
        {"{\"instance\":[\"i-1\"]}", "", ""},
        {"{\"instance\":\"i-123456789012345678901234567890123456789012345678901234567890123\"}", "", ""},
    };
    char text[400];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct out o = out_of(text, sizeof(text));

        out_fmt(&o, "{%s,\"srcids\":%s}", ALL, rows[i].srcids);
        assert_int_equal(read_text(text), DNS_LOG_OK);
        assert_id(&entry.instance, rows[i].instance);
        assert_id(&entry.endpoint, rows[i].endpoint);
    }
}

static void test_answers(void **state)
{
    struct dns_log_answer a;
    struct json_walk walk;
    size_t n = 0;

    (void)state;
    assert_int_equal(read_text("{" ALL ",\"answers\":[1,{\"Rdata\":\"1.2.3.4\"},{\"Type\":\"A\"},{\"Rdata\":5,\"Type\":\"A\"},"
                               "{\"rdata\":\"10 mx.example.\",\"type\":\"MX\"},[],{\"Type\":\"AAAA\",\"Rdata\":\"::1\"}]}"),
                     DNS_LOG_OK);
    for (walk = dns_log_answers(&entry); dns_log_next_answer(&walk, &scratch, &a); n++)
        assert_int_equal(a.type, n == 0 ? 15 : 28);
    assert_int_equal(n, 2);
    assert_int_equal(a.class_, 1);
}

static void test_faults(void **state)
{
    static const struct {
        enum dns_log_fault fault;
        const char *text;
    } rows[] = {
        {DNS_LOG_NO_JSON, ""},
        {DNS_LOG_NO_JSON, "hello"},
        {DNS_LOG_NO_JSON, "[]"},
        {DNS_LOG_NO_JSON, "{" ALL},
        {DNS_LOG_NO_JSON, "{" ALL "} x"},
        {DNS_LOG_NO_JSON, "{" ALL "}{" ALL "}"},
        {DNS_LOG_NO_ENTRY, "{}"},
        {DNS_LOG_NO_ENTRY, "{\"event\":\"finding\"}"},
        {DNS_LOG_NO_ENTRY, "{" ADDR "," TIME "}"},
        {DNS_LOG_BAD_NAME, "{" ADDR "," TIME ",\"query_name\":\"\"}"},
        {DNS_LOG_BAD_NAME, "{" ADDR "," TIME ",\"query_name\":7}"},
        {DNS_LOG_BAD_NAME, "{" ADDR "," TIME ",\"query_name\":\"a..b\"}"},
        {DNS_LOG_NO_CLIENT, "{" NAME "," TIME "}"},
        {DNS_LOG_NO_CLIENT, "{" NAME "," TIME ",\"srcaddr\":\"10.0.3\"}"},
        {DNS_LOG_NO_CLIENT, "{" NAME "," TIME ",\"srcaddr\":\"10.0.3.17/8\"}"},
        {DNS_LOG_NO_TIME, "{" NAME "," ADDR "}"},
        {DNS_LOG_NO_TIME, "{" NAME "," ADDR ",\"query_timestamp\":\"yesterday\"}"},
        {DNS_LOG_NO_TIME, "{" NAME "," ADDR ",\"query_timestamp\":99999999999999999}"},
        {DNS_LOG_NO_TIME, "{" NAME "," ADDR ",\"query_timestamp\":\"2026-02-30T00:00:00Z\"}"},
        {DNS_LOG_CONTROL, "{\"message\":\"CWL CONTROL MESSAGE: Checking health of destination Firehose.\"}"},
        {DNS_LOG_BAD_WRAP, "{\"message\":\"START RequestId\"}"},
        {DNS_LOG_BAD_WRAP, "{\"message\":7}"},
        {DNS_LOG_BAD_WRAP, "{\"message\":\"{\\\"message\\\":\\\"{}\\\"}\"}"},
        {DNS_LOG_NO_ENTRY, "{\"message\":{\"message\":{\"message\":{\"message\":{}}}}}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(read_text(rows[i].text), rows[i].fault);
    for (int fault = 0; fault < DNS_LOG_FAULT_N; fault++)
        assert_non_null(dns_log_fault_text((enum dns_log_fault)fault));
}

static void test_too_long(void **state)
{
    char *text = calloc(1, DNS_LOG_TEXT_MAX + 2);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', DNS_LOG_TEXT_MAX + 1);
    memcpy(text, "{" ALL "}", strlen("{" ALL "}"));
    assert_int_equal(read_text(text), DNS_LOG_TOO_LONG);
    text[DNS_LOG_TEXT_MAX] = '\0';
    assert_int_equal(read_text(text), DNS_LOG_OK);
    free(text);
}

/* An entry cut anywhere is no entry. */
static void test_cut(void **state)
{
    static const char text[] = "{\"message\":{" ALL ",\"answers\":[{\"Rdata\":\"::1\",\"Type\":\"AAAA\"}],\"srcport\":\"1\"}}";

    (void)state;
    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        char *exact = malloc(n + 1); /* its end is a fault under the sanitizer */

        assert_non_null(exact);
        memcpy(exact, text, n);
        assert_int_equal(dns_log_read(view_of(exact, n), &scratch, &entry), DNS_LOG_NO_JSON);
        free(exact);
    }
}

static void test_mnemonics(void **state)
{
    static const struct {
        void (*print)(unsigned, struct out *);
        bool (*parse)(struct view, uint16_t *);
        unsigned number;
        const char *word;
    } rows[] = {
        {dns_type_print, dns_type_parse, 1, "A"},
        {dns_type_print, dns_type_parse, 28, "AAAA"},
        {dns_type_print, dns_type_parse, 65, "HTTPS"},
        {dns_type_print, dns_type_parse, 257, "CAA"},
        {dns_type_print, dns_type_parse, 65280, "TYPE65280"},
        {dns_class_print, dns_class_parse, 1, "IN"},
        {dns_class_print, dns_class_parse, 7, "CLASS7"},
        {dns_rcode_print, dns_rcode_parse, 3, "NXDOMAIN"},
        {dns_rcode_print, dns_rcode_parse, 16, "BADVERS"},
        {dns_rcode_print, dns_rcode_parse, 4000, "RCODE4000"},
    };
    uint16_t number;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[32];
        struct out o = out_of(text, sizeof(text));

        rows[i].print(rows[i].number, &o);
        assert_string_equal(text, rows[i].word);
        number = 0xffff;
        assert_true(rows[i].parse(view_str(text), &number));
        assert_int_equal(number, rows[i].number);
    }
    assert_true(dns_type_parse(view_str("aaaa"), &number) && number == 28);
    assert_true(dns_type_parse(view_str("type28"), &number) && number == 28);
    assert_false(dns_type_parse(view_str("AAA"), &number));
    assert_false(dns_type_parse(view_str("AAAAA"), &number));
    assert_false(dns_type_parse(view_str("TYPE"), &number));
    assert_false(dns_type_parse(view_str("TYPE65536"), &number));
    assert_false(dns_type_parse(view_str(""), &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),    cmocka_unit_test(test_least),
        cmocka_unit_test(test_variants), cmocka_unit_test(test_words_in_entries),
        cmocka_unit_test(test_ids),      cmocka_unit_test(test_answers),
        cmocka_unit_test(test_faults),   cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_cut),      cmocka_unit_test(test_mnemonics),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
