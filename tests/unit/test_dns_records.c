/*
 * test_dns_records.c - what the walk gives of each type of record; response codes above 15; messages behind their lengths; what is
 * said among neighbours.
 */
#include "config.h"

#include "base/addr_parse.h"
#include "message/dns.h"

#include "../put.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Octal escapes only: they end after three digits. */
#define ANSWER(n) "\022\064\201\200\0\1\0" n "\0\0\0\0" ASK
#define ASK "\1q\0\0\1\0\1" /* the first record is at 19, its data at 31 */
#define RECORD(type, n_data) "\300\014\0" type "\0\1\0\0\1\054\0" n_data
#define BYTES(s) (const uint8_t *)s, sizeof(s) - 1

struct seen {
    struct out o;
    char text[2048];
};

static bool see(void *arg, enum dns_place place, const struct dns_record *r)
{
    struct out *o = &((struct seen *)arg)->o;

    if (place == DNS_QUESTION)
        return true;
    out_str(o, o->n ? "; " : "");
    out_str(o, place == DNS_HINT ? "hint " : "");
    name_print(r->owner, o);
    out_fmt(o, " %u/%u %u", r->type, r->class_, r->ttl_s);
    if (r->target) {
        out_str(o, " >");
        name_print(r->target, o);
        assert_true(r->target_at >= 12);
    }
    if (r->has_addr) {
        out_char(o, ' ');
        addr_print(&r->addr, o);
    }
    if (r->port)
        out_fmt(o, " port %u", r->port);
    assert_true(r->owner_at >= 12);
    return true;
}

static void test_types(void **state)
{
    static const struct {
        const char *what;
        const uint8_t *b;
        size_t n;
        enum dns_result result;
        const char *said;
    } rows[] = {
        {"A", BYTES(ANSWER("\1") RECORD("\1", "\4") "\313\0\161\11"), DNS_WHOLE, "q 1/1 300 203.0.113.9"},
        {"AAAA", BYTES(ANSWER("\1") RECORD("\34", "\20") "\040\1\15\270\0\0\0\0\0\0\0\0\0\0\0\11"), DNS_WHOLE,
         "q 28/1 300 2001:db8::9"},
        {"A of five bytes", BYTES(ANSWER("\2") RECORD("\1", "\5") "\313\0\161\11\0" RECORD("\1", "\4") "\313\0\161\12"),
         DNS_WHOLE, "q 1/1 300; q 1/1 300 203.0.113.10"},
        {"A of class CH", BYTES(ANSWER("\1") "\300\014\0\1\0\3\0\0\0\0\0\4\313\0\161\11"), DNS_WHOLE, "q 1/3 0"},
        {"CNAME of class CH", BYTES(ANSWER("\1") "\300\014\0\5\0\3\0\0\0\0\0\3\1b\0"), DNS_WHOLE, "q 5/3 0"},
        {"PTR", BYTES(ANSWER("\1") RECORD("\14", "\4") "\1b\300\14"), DNS_WHOLE, "q 12/1 300 >b.q"},
        {"MX", BYTES(ANSWER("\1") RECORD("\17", "\5") "\0\12\1b\0"), DNS_WHOLE, "q 15/1 300 >b"},
        {"MX of nobody", BYTES(ANSWER("\1") RECORD("\17", "\3") "\0\0\0"), DNS_WHOLE, "q 15/1 300"},
        {"SRV", BYTES(ANSWER("\1") RECORD("\41", "\11") "\0\1\0\2\15\5\1b\0"), DNS_WHOLE, "q 33/1 300 >b port 3333"},
        {"SRV without a name", BYTES(ANSWER("\1") RECORD("\41", "\6") "\0\1\0\2\15\5"), DNS_MALFORMED, ""},
        {"TXT", BYTES(ANSWER("\1") RECORD("\20", "\2") "\1x"), DNS_WHOLE, "q 16/1 300"},
        {"TXT that is cut", BYTES(ANSWER("\1") RECORD("\20", "\3") "\1x"), DNS_CUT, ""},
        {"HTTPS with hints",
         BYTES(ANSWER("\1")
                   RECORD("\101", "\045") "\0\1\1b\0\0\4\0\10\313\0\161\11\313\0\161\12\0\6\0\20\040\1\15\270\0\0\0\0\0\0"
                                          "\0\0\0\0\0\11"),
         DNS_WHOLE, "q 65/1 300 >b; hint b 65/1 300 203.0.113.9; hint b 65/1 300 203.0.113.10; hint b 65/1 300 2001:db8::9"},
        {"HTTPS of its owner, with a hint", BYTES(ANSWER("\1") RECORD("\101", "\13") "\0\1\0\0\4\0\4\313\0\161\11"), DNS_WHOLE,
         "q 65/1 300; hint q 65/1 300 203.0.113.9"},
        {"an alias has no hints", BYTES(ANSWER("\1") RECORD("\101", "\13") "\0\0\0\0\4\0\4\313\0\161\11"), DNS_WHOLE,
         "q 65/1 300"},
        {"a hint that runs over the end", BYTES(ANSWER("\1") RECORD("\101", "\13") "\0\1\0\0\4\0\10\313\0\161\11"), DNS_WHOLE,
         "q 65/1 300"},
        {"owners by pointers and spelled",
         BYTES(ANSWER("\3") RECORD("\5", "\3") "\1b\0"
                                               "\300\037\0\5\0\1\0\0\0\1\0\3\1c\0"
                                               "\1Q\0\0\1\0\1\0\0\0\2\0\4\313\0\161\11"),
         DNS_WHOLE, "q 5/1 300 >b; b 5/1 1 >c; q 1/1 2 203.0.113.9"},
        {"back to the owner before",
         BYTES(ANSWER("\3") RECORD("\5", "\3") "\1b\0" RECORD("\5", "\3") "\1c\0"
                                                                          "\300\037\0\1\0\1\0\0\0\3\0\4\313\0\161\11"),
         DNS_WHOLE, "q 5/1 300 >b; q 5/1 300 >c; b 1/1 3 203.0.113.9"},
        {"an owner's pointer goes forwards", BYTES(ANSWER("\1") "\300\100\0\1\0\1\0\0\0\0\0\4\313\0\161\11"), DNS_MALFORMED,
         ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct seen s;
        struct dns_head head;
        enum dns_result result;

        s.o = out_of(s.text, sizeof(s.text));
        result = dns_walk(view_of(rows[i].b, rows[i].n), &head, see, &s);
        if (result != rows[i].result || !view_is(out_view(&s.o), rows[i].said))
            fail_msg("%s: result %d, %.*s", rows[i].what, (int)result, (int)s.o.n, s.text);
    }
}

static void test_hints_are_limited(void **state)
{
    static uint8_t b[1024];
    struct view head = view_of(BYTES(ANSWER("\1") RECORD("\101", "\0")));
    struct dns_head h;
    struct seen s;
    size_t n = head.n, count = 0;

    (void)state;
    memcpy(b, head.p, n);
    put_be16(b + n - 2, 3 + 4 + 4 * 20);
    memcpy(b + n, "\0\1\0\0\4\0\120", 7);
    s.o = out_of(s.text, sizeof(s.text));
    assert_int_equal(dns_walk(view_of(b, n + 7 + 80), &h, see, &s), DNS_WHOLE);
    for (const char *p = s.text; (p = strstr(p, "hint")) != NULL; p++)
        count++;
    assert_int_equal(count, DNS_HINTS_MAX);
}

static bool take_none(void *arg, enum dns_place place, const struct dns_record *r)
{
    (void)arg;
    (void)place;
    (void)r;
    return true;
}

static void test_rcode(void **state)
{
#define BADCOOKIE "\0\0\051\4\320\1\0\0\0\0\0" /* its upper bits are 1, the lower ones 7 */
#define HEAD(answers, authority, more) "\022\064\201\207\0\1\0" answers "\0" authority "\0" more ASK
    static const struct {
        const char *what;
        const uint8_t *b;
        size_t n;
        unsigned rcode;
    } rows[] = {
        {"with OPT", BYTES(HEAD("\0", "\0", "\1") BADCOOKIE), 23},
        {"behind others",
         BYTES(HEAD("\1", "\1", "\2")
                   RECORD("\1", "\4") "\1\2\3\4" RECORD("\2", "\2") "\300\14" RECORD("\1", "\4") "\1\2\3\4" BADCOOKIE),
         23},
        {"without OPT", BYTES(HEAD("\0", "\0", "\0")), 7},
        {"of an authority", BYTES(HEAD("\0", "\1", "\0") BADCOOKIE), 7},
        {"with an owner", BYTES(HEAD("\0", "\0", "\1") "\1x" BADCOOKIE), 7},
        {"cut", BYTES(HEAD("\0", "\0", "\1") "\0\0\051\4\320\1"), 7},
        {"behind a fault", BYTES(HEAD("\0", "\0", "\2") "\200" BADCOOKIE), 7},
        {"of a question", BYTES("\022\064\001\007\0\1\0\0\0\0\0\1" ASK BADCOOKIE), 7},
        {"answers are cut", BYTES(HEAD("\1", "\0", "\1") RECORD("\1", "\77") "\1\2\3\4"), 7},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct view m = view_of(rows[i].b, rows[i].n);
        struct dns_head head;

        dns_walk(m, &head, take_none, NULL);
        if (dns_rcode(m, &head) != rows[i].rcode)
            fail_msg("%s: %u", rows[i].what, dns_rcode(m, &head));
    }
}

static void test_look(void **state)
{
    static const struct {
        const char *what;
        const uint8_t *b;
        size_t n;
        enum piece_look first, later;
    } rows[] = {
        {"a question", BYTES("\0\23\0\7\1\0\0\1\0\0\0\0\0\0" ASK), PIECE_YES, PIECE_YES},
        {"its length alone", BYTES("\0\23"), PIECE_MORE, PIECE_MORE},
        {"half its length", BYTES("\0"), PIECE_MORE, PIECE_MORE},
        {"its header", BYTES("\0\23\0\7\1\0\0\1\0\0\0\0\0\0"), PIECE_MORE, PIECE_YES},
        {"too short", BYTES("\0\13\0\7\1\0\0\1\0\0\0\0\0\0" ASK), PIECE_NO, PIECE_NO},
        {"no question fits", BYTES("\0\20\0\7\1\0\0\1\0\0\0\0\0\0" ASK), PIECE_NO, PIECE_YES},
        {"two questions", BYTES("\0\23\0\7\1\0\0\2"), PIECE_NO, PIECE_NO},
        {"no question", BYTES("\0\36\0\7\204\0\0\0\0\1\0\0\0\0\0\0\1\0\1\0\0\0\0\0\4\1\2\3\4"), PIECE_NO, PIECE_YES},
        {"more answers than fit", BYTES("\0\34\0\7\201\200\0\1\0\2\0\0\0\0" ASK), PIECE_NO, PIECE_NO},
        {"as many as fit", BYTES("\0\54\0\7\201\200\0\1\0\2\0\0\0\0" ASK), PIECE_YES, PIECE_YES},
        {"UPDATE", BYTES("\0\23\0\7\50\0\0\1\0\0\0\0\0\0" ASK), PIECE_NO, PIECE_YES},
        {"opcode 3", BYTES("\0\23\0\7\30\0\0\1\0\0\0\0\0\0" ASK), PIECE_NO, PIECE_NO},
        {"a line of JSON", BYTES("{\"id\":1,\"method\":\"login\"}"), PIECE_NO, PIECE_NO},
        {"TLS", BYTES("\26\3\1\2\0\1\0\1\374\3\3\1\2\3\4\5"), PIECE_NO, PIECE_NO},
    };
    struct piece pc;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct view v = view_of(rows[i].b, rows[i].n);

        if (dns_look(v, false, &pc) != rows[i].first || dns_look(v, true, &pc) != rows[i].later)
            fail_msg("%s", rows[i].what);
    }
    assert_int_equal(dns_look(view_of(BYTES("\377\377\0\7\201\200\0\1\0\2\0\0\0\0" ASK)), false, &pc), PIECE_YES);
    assert_int_equal(pc.total, 65537);
    assert_int_equal(pc.want, DNS_WANT_MAX);
}

static void test_local(void **state)
{
    static const struct {
        const char *src, *dst;
        enum { NEVER, UNLESS_RECURSIVE, ALWAYS } local;
    } rows[] = {
        {"10.0.0.1:5353", "224.0.0.251:5353", ALWAYS},
        {"[fe80::1]:5353", "[ff02::fb]:5353", ALWAYS},
        {"8.8.8.8:40000", "224.0.0.252:5355", ALWAYS},
        {"10.0.0.1:137", "10.0.0.255:137", ALWAYS},
        {"10.0.0.2:5355", "10.0.0.1:50000", UNLESS_RECURSIVE}, /* an answer */
        {"169.254.7.7:5353", "198.51.100.1:50000", UNLESS_RECURSIVE},
        {"10.0.0.1:50000", "208.67.222.222:5353", NEVER}, /* a resolver that listens there */
        {"208.67.222.222:5353", "10.0.0.1:50000", NEVER},
        {"10.0.0.1:50000", "10.0.0.53:53", NEVER},
        {"10.0.0.1:50000", "255.255.255.255:53", NEVER},
        {"10.0.0.1:50000", "10.128.0.9:5353", UNLESS_RECURSIVE}, /* OpenShift's resolver */
        {"10.0.0.1:5353", "10.0.0.53:53", NEVER},                /* asks from an odd port */
        {"10.0.0.53:53", "10.0.0.1:137", NEVER},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct endpoint src, dst;

        assert_true(endpoint_parse(view_str(rows[i].src), &src) && endpoint_parse(view_str(rows[i].dst), &dst));
        for (unsigned recursive = 0; recursive < 2; recursive++) {
            struct view message = view_of((const uint8_t *)(recursive ? "\0\7\1\0" : "\0\7\0\0"), 4);
            bool local = rows[i].local == ALWAYS || (rows[i].local == UNLESS_RECURSIVE && !recursive);

            if (dns_is_local(&src.addr, src.port, &dst.addr, dst.port, message) != local)
                fail_msg("%s to %s, recursion %sdesired", rows[i].src, rows[i].dst, recursive ? "" : "not ");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types), cmocka_unit_test(test_hints_are_limited),
        cmocka_unit_test(test_rcode), cmocka_unit_test(test_look),
        cmocka_unit_test(test_local),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
