/*
 * test_dns_event.c - events of DNS: written and taken again, refused when hostile, printed as JSON; and the rate at which
 * they are given.
 */
#include "config.h"

#include "detect/passive.h"
#include "evidence/dns_event.h"
#include "output/dns_write.h"

#include "../json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1764000000) * NS_PER_SEC)

static struct dns_event event, taken;

static struct name name_of(const char *text)
{
    struct name name;

    assert_true(name_parse(&name, view_str(text)));
    return name;
}

static struct dns_event_answer answer_addr(const char *owner, uint8_t last)
{
    struct dns_event_answer a = {
        .has_owner = true, .has_ttl = true, .owner = name_of(owner), .type = 1, .class_ = 1, .ttl_s = 300};

    a.kind = DNS_DATA_ADDR;
    addr_set_v4(&a.addr, (const uint8_t[]){203, 0, 113, last});
    return a;
}

static struct dns_event_answer answer_text(const char *text, size_t n)
{
    return (struct dns_event_answer){.type = 16, .class_ = 1, .kind = DNS_DATA_TEXT, .text = view_of(text, n)};
}

static void begin(const char *asked)
{
    struct name name = name_of(asked);

    memset(&event, 0, sizeof(event));
    event.time_ns = START;
    event.frame = 7;
    event.type = event.class_ = 1;
    event.id = 4711;
    event.flags = DNS_EVENT_HAS_ID | DNS_EVENT_RESPONSE | DNS_EVENT_HAS_RCODE;
    addr_set_v4(&event.client.addr, (const uint8_t[]){10, 0, 3, 17});
    event.client.port = 40000;
    addr_set_v4(&event.server.addr, (const uint8_t[]){10, 0, 0, 53});
    event.server.port = 53;
    dns_event_begin(&event, &name);
}

static void add_all(void)
{
    struct dns_event_answer a = answer_addr("a.example", 9), alias = a, srv = {.type = 33, .class_ = 3},
                            text = answer_text("v=1", 3);

    alias.kind = srv.kind = DNS_DATA_NAME;
    alias.type = 5;
    alias.name = srv.name = name_of("b.example");
    srv.port = 3333;
    dns_event_add(&event, &alias);
    dns_event_add(&event, &a);
    dns_event_add(&event, &srv);
    dns_event_add(&event, &text);
}

static bool take(void)
{
    return dns_event_take(view_of(&event, dns_event_size(&event)), &taken);
}

static void assert_line(const char *want, bool redact)
{
    static struct conf conf;
    static const char *const files[] = {"a.pcap"};
    struct output_context ctx = {.files = files, .n_files = 1, .conf = &conf};
    static char text[OUTPUT_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    conf.output.redact = redact;
    assert_true(take());
    dns_write(&o, &taken, &ctx);
    assert_false(o.full);
    assert_true(json_is_strict(text, o.n - 1));
    assert_int_equal(text[o.n - 1], '\n');
    if (want) {
        char *end = strstr(text, ",\"file\":\"a.pcap\",\"frame\":7,\"sensor\":{");

        assert_non_null(end);
        *end = '\0';
        assert_string_equal(text, want);
    }
}

static void test_round(void **state)
{
    struct dns_event_answer a;
    struct name asked;
    struct buf rest;

    (void)state;
    begin("a.example");
    add_all();
    assert_true(take());
    assert_int_equal(taken.n_answers, 4);
    assert_int_equal(taken.n_listed, 4);
    rest = dns_event_question(&taken, &asked);
    assert_int_equal(asked.n_labels, 2);
    assert_true(dns_event_next(&rest, &a) && a.has_owner && a.kind == DNS_DATA_NAME && a.name.n_labels == 2 && a.ttl_s == 300);
    assert_true(dns_event_next(&rest, &a) && a.kind == DNS_DATA_ADDR && a.addr.b[15] == 9);
    assert_true(dns_event_next(&rest, &a) && !a.has_owner && !a.has_ttl && a.port == 3333 && a.class_ == 3);
    assert_true(dns_event_next(&rest, &a) && a.kind == DNS_DATA_TEXT && view_is(a.text, "v=1") && !a.text_cut);
    assert_false(dns_event_next(&rest, &a));
    assert_true(buf_ok(&rest));
}

/* Whose the client is, as a log says. */
static void test_owner(void **state)
{
    static char text[DNS_EVENT_OWNER_MAX + 9];
    struct dns_event_answer a = answer_addr("a.example", 9);
    struct name asked;
    struct buf rest;

    (void)state;
    begin("a.example");
    event.flags |= DNS_EVENT_HAS_OWNER;
    dns_event_put_owner(&event, view_str("4711 - vpc-1 i-1"));
    dns_event_add(&event, &a);
    assert_true(take());
    assert_true(view_is(dns_event_owner(&taken), "4711 - vpc-1 i-1"));
    rest = dns_event_question(&taken, &asked);
    assert_true(dns_event_next(&rest, &a) && a.addr.b[15] == 9);
    assert_false(dns_event_next(&rest, &a));
    for (size_t n = dns_event_size(&event); n-- > DNS_EVENT_HEAD;)
        assert_false(dns_event_take(view_of(&event, n), &taken));
    begin("a.example");
    event.flags |= DNS_EVENT_HAS_OWNER;
    assert_false(take()); /* it is not there */
    dns_event_put_owner(&event, view_of(NULL, 0));
    assert_false(take()); /* it is empty */
    begin("a.example");
    event.flags |= DNS_EVENT_HAS_OWNER;
    memset(text, 'x', sizeof(text));
    dns_event_put_owner(&event, view_of(text, sizeof(text)));
    assert_true(take());
    assert_int_equal(dns_event_owner(&taken).n, DNS_EVENT_OWNER_MAX);
    assert_line(NULL, false);
    begin("a.example");
    assert_true(take());
    assert_int_equal(dns_event_owner(&taken).n, 0);
}

/* Of more answers than there is room for the first are listed, and all counted. */
static void test_full(void **state)
{
    static char text[2 * DNS_EVENT_TEXT_MAX];
    struct dns_event_answer small = answer_addr("a.example", 9), large = answer_text(text, sizeof(text));

    (void)state;
    begin("a.example");
    for (int i = 0; i < 40; i++)
        dns_event_add(&event, &small);
    assert_true(take());
    assert_int_equal(taken.n_answers, 40);
    assert_int_equal(taken.n_listed, DNS_EVENT_ANSWERS_MAX);
    begin("a.example");
    for (int i = 0; i < 8; i++)
        dns_event_add(&event, &large);
    dns_event_add(&event, &small); /* it would find room, but would not be the next */
    assert_true(take());
    assert_int_equal(taken.n_answers, 9);
    assert_int_equal(taken.n_listed, 6);
    assert_line(NULL, false);
}

static void test_hostile(void **state)
{
    struct dns_event good;
    size_t n;

    (void)state;
    begin("a.example");
    add_all();
    good = event;
    n = dns_event_size(&event);
    for (size_t i = 0; i <= n + 1; i++) /* of any other length */
        assert_true(dns_event_take(view_of(&event, i), &taken) == (i == n));
    for (size_t i = offsetof(struct dns_event, data); i < n; i++) { /* with any byte changed: refused, or still in order */
        struct dns_event_answer a;
        struct name asked;
        struct buf rest;
        unsigned listed = 0;

        event = good;
        ((uint8_t *)&event)[i] ^= 0x81;
        if (!take())
            continue;
        for (rest = dns_event_question(&taken, &asked); dns_event_next(&rest, &a); listed++)
            ;
        assert_int_equal(listed, taken.n_listed);
    }
#define REFUSED(change)       \
    do {                      \
        event = good;         \
        change;               \
        assert_false(take()); \
    } while (0)
    REFUSED(event.proto = DNS_EVENT_PROTO_N);
    REFUSED(event.flags = 0x100);
    REFUSED(event.flags |= DNS_EVENT_HAS_OWNER); /* which is not there */
    REFUSED(event.time_ns = INT64_MIN);
    REFUSED(event.n_listed = 3);
    REFUSED(event.n_listed = 5);
    REFUSED(event.n_answers = 3);
    REFUSED(event.n_data--);
    REFUSED(event.data[0] = 0xff); /* a name that runs over the end */
    REFUSED(event.data[1] = 0);    /* an empty label */
    REFUSED(event.data[11] = 8);   /* flags of an answer that there are not */
    REFUSED(event.data[12] = DNS_DATA_N);
#undef REFUSED
}

static void test_json(void **state)
{
    (void)state;
    begin("a.example");
    add_all();
    assert_line(
        "{\"event\":\"dns\",\"time\":\"2025-11-24T16:00:00.000000Z\",\"client\":\"10.0.3.17:40000\","
        "\"server\":\"10.0.0.53:53\",\"proto\":\"udp\",\"id\":4711,\"response\":true,\"query\":\"a.example\",\"type\":\"A\","
        "\"rcode\":\"NOERROR\",\"answers\":[{\"name\":\"a.example\",\"type\":\"CNAME\",\"ttl\":300,\"data\":\"b.example\"},"
        "{\"name\":\"a.example\",\"type\":\"A\",\"ttl\":300,\"data\":\"203.0.113.9\"},"
        "{\"type\":\"SRV\",\"class\":\"CH\",\"data\":\"b.example\",\"port\":3333},{\"type\":\"TXT\",\"data\":\"v=1\"}]",
        false);
}

/* What is not known is absent; what only some messages have. */
static void test_json_rare(void **state)
{
    (void)state;
    begin("a.example");
    event.flags = 0;
    event.client.port = 0;
    event.server = (struct endpoint){.port = 0};
    event.type = 0;
    event.proto = DNS_EVENT_LOG;
    assert_line("{\"event\":\"dns\",\"time\":\"2025-11-24T16:00:00.000000Z\",\"client\":\"10.0.3.17\",\"proto\":\"log\","
                "\"response\":false,\"query\":\"a.example\"",
                false);
    begin("a.example");
    event.flags |= DNS_EVENT_TRUNCATED | DNS_EVENT_CUT | DNS_EVENT_BLOCKED | DNS_EVENT_HAS_ENCAP;
    event.rcode = 3;
    event.class_ = 4;
    event.vni = 77;
    event.n_answers = 200;
    addr_set_v4(&event.outer_src, (const uint8_t[]){10, 9, 9, 1});
    event.proto = DNS_EVENT_TCP;
    assert_line(
        "{\"event\":\"dns\",\"time\":\"2025-11-24T16:00:00.000000Z\",\"client\":\"10.0.3.17:40000\","
        "\"server\":\"10.0.0.53:53\",\"proto\":\"tcp\",\"id\":4711,\"response\":true,\"query\":\"a.example\",\"type\":\"A\","
        "\"class\":\"HS\",\"rcode\":\"NXDOMAIN\",\"truncated\":true,\"incomplete\":true,\"blocked\":true,\"answers\":[],"
        "\"answers_total\":200,\"vni\":77,\"outer_src\":\"10.9.9.1\"",
        false);
}

/* Bytes of the wire act on no terminal, and wallets are masked when that is asked for. */
static void test_json_text(void **state)
{
    static const char nasty[] = "\x1b[2J\"\\\n\xff\xe2\x80\xae";
    struct dns_event_answer a = answer_text(nasty, strlen(nasty));

    (void)state;
    begin("\\027[31m.example");
    event.type = 16;
    dns_event_add(&event, &a);
    assert_line("{\"event\":\"dns\",\"time\":\"2025-11-24T16:00:00.000000Z\",\"client\":\"10.0.3.17:40000\","
                "\"server\":\"10.0.0.53:53\",\"proto\":\"udp\",\"id\":4711,\"response\":true,\"query\":\"\\\\027[31m.example\","
                "\"type\":\"TXT\",\"rcode\":\"NOERROR\",\"answers\":[{\"type\":\"TXT\","
                "\"data\":\"\\\\x1b[2J\\\"\\\\\\\\x0a\\\\xff\\\\u{202e}\"}]",
                false);
    begin("1boatslrhtknngkdxeeobr76b53lettpyt.example");
    a = answer_text("pay 1BoatSLRHtKNngkdXEeobR76b53LETtpyT now", 42);
    event.type = 16;
    dns_event_add(&event, &a);
    assert_line(
        "{\"event\":\"dns\",\"time\":\"2025-11-24T16:00:00.000000Z\",\"client\":\"10.0.3.17:40000\","
        "\"server\":\"10.0.0.53:53\",\"proto\":\"udp\",\"id\":4711,\"response\":true,\"query\":\"1boats…ettpyt.example\","
        "\"type\":\"TXT\",\"rcode\":\"NOERROR\",\"answers\":[{\"type\":\"TXT\",\"data\":\"pay 1BoatS…ETtpyT now\"}]",
        true);
}

/* The longest names and texts fit the memory of a sink. */
static void test_json_longest(void **state)
{
    static char long_text[DNS_EVENT_TEXT_MAX];
    struct dns_event_answer a = answer_text(long_text, sizeof(long_text));
    struct name asked;

    (void)state;
    begin("a.example");
    name_init(&asked);
    memset(long_text, 1, sizeof(long_text));
    while (name_add_label(&asked, view_of(long_text, 1)))
        ;
    dns_event_begin(&event, &asked);
    for (int i = 0; i < 10; i++)
        dns_event_add(&event, &a);
    assert_line(NULL, false);
    assert_line(NULL, true);
}

/* --- the rate ------------------------------------------------------------------------------------- */

static void ignore(void *arg, const struct dns_event *e)
{
    (void)arg;
    (void)e;
}

static unsigned count_wanted(struct passive *p, ns_t from, ns_t step, unsigned n)
{
    unsigned wanted = 0;

    for (unsigned i = 0; i < n; i++)
        wanted += passive_wants(p, from + (ns_t)i * step);
    return wanted;
}

static void test_rate(void **state)
{
    struct passive p;

    (void)state;
    passive_init(&p, NULL, NULL, 0);
    assert_int_equal(count_wanted(&p, START, 0, 10), 0);
    assert_int_equal(p.n_over, 0);
    passive_init(&p, ignore, NULL, 0);
    assert_int_equal(count_wanted(&p, START, 0, 100000), 100000);
    passive_init(&p, ignore, NULL, 100);
    assert_int_equal(count_wanted(&p, START, 0, 1000), 100); /* at once */
    assert_int_equal(p.n_over, 900);
    assert_int_equal(count_wanted(&p, START, NS_PER_SEC / 1000, 1000), 99);                   /* 1000 in a second: one in ten */
    assert_int_equal(count_wanted(&p, START + 10 * NS_PER_SEC, NS_PER_SEC / 50, 1000), 1000); /* 50 a second: all */
}

/* A clock that goes back and forth gives no more than one second's worth each time it is set far. */
static void test_rate_clock(void **state)
{
    struct passive p;

    (void)state;
    passive_init(&p, ignore, NULL, 10);
    assert_int_equal(count_wanted(&p, START, 0, 100), 10);
    assert_int_equal(count_wanted(&p, START - NS_PER_SEC / 2, 0, 100), 0);
    assert_int_equal(count_wanted(&p, START - 100 * NS_PER_SEC, 0, 100), 10);
    assert_int_equal(count_wanted(&p, NS_TIME_MAX, 0, 100), 10);
    assert_int_equal(count_wanted(&p, -NS_TIME_MAX, 0, 100), 10);
    passive_init(&p, ignore, NULL, 10000000);
    assert_int_equal(count_wanted(&p, START, NS_PER_SEC - 1, 100), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),      cmocka_unit_test(test_owner),        cmocka_unit_test(test_full),
        cmocka_unit_test(test_hostile),    cmocka_unit_test(test_json),         cmocka_unit_test(test_json_rare),
        cmocka_unit_test(test_json_text),  cmocka_unit_test(test_json_longest), cmocka_unit_test(test_rate),
        cmocka_unit_test(test_rate_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
