/*
 * test_dns.c - the walk over DNS messages: good, cut, malformed and hostile ones; the gate; ldns.
 *
 * Each message lies in memory of exactly its size while it is read, so that a sanitizer sees the first byte
 * read behind it. Names seen are written as "?question >target"; expected results likewise.
 */
#include "config.h"

#include "message/dns.h"
#include "message/dns_ldns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* --- building -------------------------------------------------------------------------------------- */

/* Octal escapes only: they end after three digits. Counts are below 128, lengths too. */
#define ID "\022\064"
#define HEAD(flags, n_questions, n_answers) ID flags "\0" n_questions "\0" n_answers "\0\0\0\0"
#define QUERY HEAD("\001\000", "\1", "\0")
#define ANSWER(n) HEAD("\201\200", "\1", n)

#define EU "\2eu\4pool\7example\0" /* at 12; pool.example is at 15, example at 20, the type at 29 */
#define ASK EU "\0\1\0\1"          /* the first answer is at 33, its data at 45 when its owner is OWNER */
#define OWNER "\300\014"
#define RECORD(type, n_data) OWNER "\0" type "\0\1\0\0\1\054\0" n_data
#define A_RECORD RECORD("\001", "\4") "\306\063\144\007" /* 198.51.100.7 */

#define LABEL_63 "\077aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEXT_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEXT_61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define BYTES(s) (const uint8_t *)s, sizeof(s) - 1

struct row {
    const char *what;
    const uint8_t *b;
    size_t n;
    enum dns_result result;
    const char *names;
};

static const struct row rows[] = {
    {"query", BYTES(QUERY ASK), DNS_WHOLE, "?eu.pool.example"},
    {"query of the root", BYTES(QUERY "\0\0\2\0\1"), DNS_WHOLE, "?."},
    {"query with EDNS", BYTES(ID "\1\0\0\1\0\0\0\0\0\1" ASK "\0\0\51\4\320\0\0\0\0\0\0"), DNS_WHOLE, "?eu.pool.example"},
    {"0x20 bits", BYTES(QUERY "\2Eu\4pOOl\7ExAmPlE\0\0\1\0\1"), DNS_WHOLE, "?eu.pool.example"},
    {"bytes of all kinds", BYTES(QUERY "\4a.\\\0\1\377\0\0\1\0\1"), DNS_WHOLE, "?a\\.\\\\\\000.\\255"},
    {"longest name", BYTES(QUERY LABEL_63 LABEL_63 LABEL_63 "\075" TEXT_61 "\0\0\1\0\1"), DNS_WHOLE,
     "?" TEXT_63 "." TEXT_63 "." TEXT_63 "." TEXT_61},
    {"name one byte longer", BYTES(QUERY LABEL_63 LABEL_63 LABEL_63 "\076" TEXT_61 "a\0\0\1\0\1"), DNS_MALFORMED, ""},
    {"two questions", BYTES(HEAD("\1\0", "\2", "\0") ASK "\1b\300\017\0\34\0\1"), DNS_WHOLE,
     "?eu.pool.example ?b.pool.example"},
    {"questions by pointers to pointers",
     BYTES(HEAD("\1\0", "\4", "\0") ASK "\1b\300\017\0\34\0\1"
                                        "\1c\300\041\0\34\0\1"
                                        "\1d\0\0\1\0\1"),
     DNS_WHOLE, "?eu.pool.example ?b.pool.example ?c.b.pool.example ?d"},
    {"no question", BYTES(HEAD("\201\200", "\0", "\1") "\0\0\5\0\1\0\0\0\0\0\3\1b\0"), DNS_WHOLE, ">b"},
    {"header alone", BYTES(QUERY), DNS_CUT, ""},
    {"nothing", BYTES(""), DNS_CUT, ""},

    {"addresses", BYTES(ANSWER("\2") ASK A_RECORD A_RECORD), DNS_WHOLE, "?eu.pool.example"},
    {"no such name", BYTES(HEAD("\201\203", "\1", "\0") ASK), DNS_WHOLE, "?eu.pool.example"},
    {"chain of aliases",
     BYTES(ANSWER("\3") ASK RECORD("\5", "\4") "\1b\300\024"
                                               "\300\055\0\5\0\1\0\0\0\0\0\4\1c\300\024" A_RECORD),
     DNS_WHOLE, "?eu.pool.example >b.example >c.example"},
    {"alias without compression", BYTES(ANSWER("\1") ASK "\2eu\4pool\7example\0\0\5\0\1\0\0\0\0\0\5\1B\1c\0"), DNS_WHOLE,
     "?eu.pool.example >b.c"},
    {"DNAME, and the alias made of it",
     BYTES(ANSWER("\2") ASK "\300\017\0\47\0\1\0\0\0\0\0\5\1x\1y\0" RECORD("\5", "\5") "\2eu\300\055"), DNS_WHOLE,
     "?eu.pool.example >x.y >eu.x.y"},
    {"HTTPS with parameters", BYTES(ANSWER("\1") ASK RECORD("\101", "\14") "\0\1\3svc\0\0\3\0\2\1\273"), DNS_WHOLE,
     "?eu.pool.example >svc"},
    {"HTTPS for the owner", BYTES(ANSWER("\1") ASK RECORD("\101", "\3") "\0\1\0"), DNS_WHOLE, "?eu.pool.example"},
    {"SVCB as alias", BYTES(ANSWER("\1") ASK RECORD("\100", "\7") "\0\0\3svc\0"), DNS_WHOLE, "?eu.pool.example >svc"},
    {"SVCB, compressed", BYTES(ANSWER("\1") ASK RECORD("\100", "\6") "\0\0\1b\300\017"), DNS_WHOLE,
     "?eu.pool.example >b.pool.example"},
    {"alias of another class", BYTES(ANSWER("\1") ASK OWNER "\0\5\0\3\0\0\0\0\0\3\1b\0"), DNS_WHOLE, "?eu.pool.example"},
    {"SVCB of another class", BYTES(ANSWER("\1") ASK OWNER "\0\100\0\3\0\0\0\0\0\5\0\1\1b\0"), DNS_WHOLE, "?eu.pool.example"},
    {"other types are stepped over", BYTES(ANSWER("\2") ASK RECORD("\20", "\3") "\2\300\015" RECORD("\5", "\3") "\1b\0"),
     DNS_WHOLE, "?eu.pool.example >b"},
    {"data behind a target", BYTES(ANSWER("\2") ASK RECORD("\5", "\5") "\1b\0\1\1" RECORD("\5", "\3") "\1c\0"), DNS_WHOLE,
     "?eu.pool.example >b >c"},
    {"other sections are not read", BYTES(ID "\201\200\0\1\0\1\0\1\0\1" ASK A_RECORD "\101?\300"), DNS_WHOLE,
     "?eu.pool.example"},
    {"counts that lie", BYTES(HEAD("\201\200", "\1", "\100") ASK A_RECORD), DNS_CUT, "?eu.pool.example"},
    {"data behind the end", BYTES(ANSWER("\1") ASK RECORD("\5", "\100") "\1b\0"), DNS_CUT, "?eu.pool.example >b"},

    {"pointer to itself", BYTES(QUERY "\300\014\0\1\0\1"), DNS_MALFORMED, ""},
    {"pointer forwards", BYTES(QUERY "\300\022\0\1\0\1\1a\0"), DNS_MALFORMED, ""},
    {"pointer to its own name", BYTES(QUERY "\1a\300\014\0\1\0\1"), DNS_MALFORMED, ""},
    {"pointer into the header", BYTES(QUERY "\300\004\0\1\0\1"), DNS_MALFORMED, ""},
    {"target pointing to itself", BYTES(ANSWER("\1") ASK RECORD("\5", "\2") "\300\055"), DNS_MALFORMED, "?eu.pool.example"},
    {"target pointing to its end", BYTES(ANSWER("\1") ASK RECORD("\5", "\4") "\1b\300\057"), DNS_MALFORMED, "?eu.pool.example"},
    {"two that point to each other", BYTES(ANSWER("\2") ASK RECORD("\5", "\4") "\1b\300\075" RECORD("\5", "\4") "\1c\300\055"),
     DNS_MALFORMED, "?eu.pool.example"},
    {"pointer to a loop before it",
     BYTES(ANSWER("\2") ASK RECORD("\20", "\4") "\300\057\300\055" RECORD("\5", "\2") "\300\055"), DNS_MALFORMED,
     "?eu.pool.example"},
    {"label type 01", BYTES(QUERY "\101a\0\0\1\0\1"), DNS_MALFORMED, ""},
    {"label type 10", BYTES(QUERY "\201a\0\0\1\0\1"), DNS_MALFORMED, ""},
    {"label type 10 in an owner", BYTES(ANSWER("\1") ASK "\201a\0\0\5\0\1\0\0\0\0\0\3\1b\0"), DNS_MALFORMED,
     "?eu.pool.example"},
    {"label type 10 that would point backwards", BYTES(ANSWER("\1") ASK RECORD("\5", "\4") "\1b\200\017"), DNS_MALFORMED,
     "?eu.pool.example"},
    {"longest owner", BYTES(ANSWER("\1") ASK LABEL_63 LABEL_63 LABEL_63 "\075" TEXT_61 "\0\0\5\0\1\0\0\0\0\0\3\1b\0"),
     DNS_WHOLE, "?eu.pool.example >b"},
    {"owner one byte longer", BYTES(ANSWER("\1") ASK LABEL_63 LABEL_63 LABEL_63 "\076" TEXT_61 "a\0\0\5\0\1\0\0\0\0\0\3\1b\0"),
     DNS_MALFORMED, "?eu.pool.example"},
    {"owner too long", BYTES(ANSWER("\1") ASK LABEL_63 LABEL_63 LABEL_63 LABEL_63 "\0"), DNS_MALFORMED, "?eu.pool.example"},
    {"target runs over its data", BYTES(ANSWER("\1") ASK RECORD("\5", "\3") "\1b\1c\0"), DNS_MALFORMED, "?eu.pool.example"},
    {"pointer runs over its data", BYTES(ANSWER("\1") ASK RECORD("\5", "\3") "\1b\300\017"), DNS_MALFORMED, "?eu.pool.example"},
    {"no data", BYTES(ANSWER("\1") ASK RECORD("\5", "\0")), DNS_MALFORMED, "?eu.pool.example"},
    {"SVCB of one byte", BYTES(ANSWER("\2") ASK RECORD("\100", "\1") "\0" A_RECORD), DNS_MALFORMED, "?eu.pool.example"},
    /* Into the length of a label, from where the name goes on over the end of the message. */
    {"pointer to what runs over the end", BYTES(ANSWER("\1") "\1\077\0\0\1\0\1" RECORD("\5", "\2") "\300\015"), DNS_CUT, "??"},
    /* Into the same, from where one label covers the record and the next follows it. */
    {"pointer to what runs over the data",
     BYTES(ANSWER("\2") "\1\023\0\0\1\0\1" RECORD("\5", "\2") "\300\015"
                                                              "\0\0\1\0\1\0\0\0\0\0\0"),
     DNS_WHOLE, "?\\019 >\\000\\000\\001\\000\\001\\192\\012\\000\\005\\000\\001\\000\\000\\001,\\000\\002\\192\\013"},
    {"opcode UPDATE", BYTES(HEAD("\050\000", "\1", "\0") ASK), DNS_MALFORMED, ""},
};

/* --- what a walk gives ----------------------------------------------------------------------------- */

struct seen {
    struct dns_head head;
    enum dns_result result;
    unsigned n, stop_at;
    struct out names;
    char text[8192];
};

static bool see(void *arg, enum dns_place place, const struct dns_record *r)
{
    const struct name *name = place == DNS_QUESTION ? r->owner : r->target;
    struct seen *s = arg;

    if (!name)
        return true;
    if (s->n > 0)
        out_char(&s->names, ' ');
    out_char(&s->names, place == DNS_QUESTION ? '?' : '>');
    name_print(name, &s->names);
    return ++s->n != s->stop_at;
}

/* Walks over the first n bytes of b, in memory of their own. */
static void walk(const uint8_t *b, size_t n, unsigned stop_at, struct seen *s)
{
    uint8_t *copy = malloc(n ? n : 1);

    assert_non_null(copy);
    if (n)
        memcpy(copy, b, n);
    s->n = 0;
    s->stop_at = stop_at;
    s->names = out_of(s->text, sizeof(s->text));
    s->result = dns_walk(view_of(copy, n), &s->head, see, s);
    free(copy);
}

static bool begins(struct view a, struct view b)
{
    return view_eq(a, view_head(b, a.n)) && (a.n == 0 || a.n == b.n || (a.n < b.n && b.p[a.n] == ' '));
}

static void test_rows(void **state)
{
    struct seen s;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];

        walk(r->b, r->n, 0, &s);
        if (s.result != r->result || !view_is(out_view(&s.names), r->names))
            fail_msg("%s: result %d, names %.*s; expected %d, %s", r->what, (int)s.result, (int)out_view(&s.names).n, s.text,
                     (int)r->result, r->names);
    }
}

/* Names only grow with the message, and a verdict other than "cut" does not change with what follows. */
static void test_cut_at_every_length(void **state)
{
    struct seen now, before;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        walk(rows[i].b, 0, 0, &before);
        assert_int_equal(before.result, DNS_CUT);
        for (size_t n = 1; n <= rows[i].n; n++) {
            walk(rows[i].b, n, 0, &now);
            before.names.p = before.text;
            if (!begins(out_view(&before.names), out_view(&now.names)) ||
                (before.result != DNS_CUT && (before.result != now.result || before.n != now.n)))
                fail_msg("%s: cut to %zu bytes", rows[i].what, n);
            before = now;
        }
    }
}

static void test_head(void **state)
{
    struct seen s;

    (void)state;
    walk(BYTES(HEAD("\203\205", "\1", "\0") EU "\0\034\0\1"), 0, &s);
    assert_int_equal(s.head.id, 0x1234);
    assert_true(s.head.response && s.head.cut);
    assert_int_equal(s.head.rcode, DNS_REFUSED);
    assert_int_equal(s.head.n_questions, 1);
    assert_int_equal(s.head.n_answers, 0);
    assert_int_equal(s.head.qtype, DNS_AAAA);
    walk(BYTES(HEAD("\1\0", "\2", "\0") EU "\0\034\0\1" EU "\0\020\0\1"), 0, &s);
    assert_int_equal(s.head.qtype, DNS_AAAA); /* the first one's */

    walk(BYTES(QUERY EU "\0\034\0"), 0, &s); /* one byte short of a class */
    assert_true(s.result == DNS_CUT && s.n == 1 && !s.head.response && !s.head.cut);
    assert_int_equal(s.head.qtype, 0);

    walk(BYTES("\1\2\3\4"), 0, &s);
    assert_int_equal(s.head.id, 0);
    assert_int_equal(s.head.rcode, 0);
}

static void test_stops_when_told(void **state)
{
    struct seen s;

    (void)state;
    walk(BYTES(ANSWER("\3") ASK RECORD("\5", "\3") "\1b\0" RECORD("\5", "\3") "\1c\0"
                                                                              "\201"),
         2, &s);
    assert_int_equal(s.result, DNS_WHOLE);
    assert_true(view_is(out_view(&s.names), "?eu.pool.example >b"));
    walk(BYTES(QUERY EU), 1, &s); /* the name that was asked for is there: that no more is does not matter */
    assert_true(s.result == DNS_WHOLE && s.n == 1);
}

/* Names as they come, of records and hints too. */
static bool see_owner(void *arg, enum dns_place place, const struct dns_record *r)
{
    struct out *o = arg;

    out_char(o, place == DNS_QUESTION ? '?' : place == DNS_RECORD ? ' ' : '+');
    name_print(r->owner, o);
    return true;
}

/* Owners are not read again when the next record has the same one; hints, whose owner is another, stand between them. */
static void test_owners(void **state)
{
    static const struct {
        const uint8_t *b;
        size_t n;
        const char *owners;
    } owners[] = {
        {BYTES(ANSWER("\3")
                   ASK RECORD("\101", "\15") "\0\1\1s\0\0\4\0\4\306\063\144\007" RECORD("\101", "\5") "\0\2\1t\0" A_RECORD),
         "?eu.pool.example eu.pool.example+s eu.pool.example eu.pool.example"},
        {BYTES(ANSWER("\4") ASK RECORD("\5", "\3") "\1b\0"
                                                   "\300\055\0\1\0\1\0\0\0\0\0\4\306\063\144\007" A_RECORD
                                                   "\300\055\0\1\0\1\0\0\0\0\0\4\306\063\144\007"),
         "?eu.pool.example eu.pool.example b eu.pool.example b"},
    };
    struct dns_head head;
    char text[512];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(owners); i++) {
        struct out o = out_of(text, sizeof(text));

        assert_int_equal(dns_walk(view_of(owners[i].b, owners[i].n), &head, see_owner, &o), DNS_WHOLE);
        if (!view_is(out_view(&o), owners[i].owners))
            fail_msg("row %zu: %.*s", i, (int)o.n, text);
    }
}

/* --- limits ---------------------------------------------------------------------------------------- */

struct message {
    uint8_t b[65535];
    size_t n;
};

static void put(struct message *m, const void *b, size_t n)
{
    assert_true(m->n + n <= sizeof(m->b));
    memcpy(m->b + m->n, b, n);
    m->n += n;
}

static void put_pointer(struct message *m, size_t to)
{
    uint8_t b[2] = {(uint8_t)(0xc0 | to >> 8), (uint8_t)to};

    assert_true(to < 0x4000);
    put(m, b, 2);
}

/* An alias of the root whose target is a pointer. */
static void put_alias(struct message *m, size_t to)
{
    put(m, "\0\0\5\0\1\0\0\0\0\0\2", 11);
    put_pointer(m, to);
}

/*
 * The beginning of an answer: the question "a", then in the data of a TXT record a chain of pointers, each to
 * the one before it, the first to the question. Following the k-th takes k hops (from 1).
 */
static void put_chain(struct message *m, unsigned n_answers, unsigned n_pointers, size_t *first)
{
    uint8_t head[] = {0x12, 0x34, 0x81, 0x80, 0, 1, (uint8_t)(n_answers >> 8), (uint8_t)n_answers, 0, 0, 0, 0};
    uint8_t record[] = {0, 0, 16, 0, 1, 0, 0, 0, 0, (uint8_t)(n_pointers * 2 >> 8), (uint8_t)(n_pointers * 2)};

    m->n = 0;
    put(m, head, sizeof(head));
    put(m, "\1a\0\0\1\0\1", 7);
    put(m, record, sizeof(record));
    *first = m->n;
    for (unsigned i = 0; i < n_pointers; i++)
        put_pointer(m, i == 0 ? 12 : m->n - 2);
}

static void test_limit_of_records(void **state)
{
    static struct message m;
    struct seen s;
    size_t first;

    (void)state;
    for (unsigned n = DNS_RECORDS_MAX - 1; n <= DNS_RECORDS_MAX + 1; n++) {
        put_chain(&m, n, 1, &first);
        for (unsigned i = 1; i < n; i++)
            put_alias(&m, 12);
        walk(m.b, m.n, 0, &s);
        assert_int_equal(s.result, n > DNS_RECORDS_MAX ? DNS_LIMIT : DNS_WHOLE);
        assert_int_equal(s.n, min_size(n, DNS_RECORDS_MAX));
    }
}

static void test_limit_of_questions(void **state)
{
    static struct message m;
    struct seen s;

    (void)state;
    for (unsigned n = DNS_QUESTIONS_MAX - 1; n <= DNS_QUESTIONS_MAX + 1; n++) {
        m.n = 0;
        put(&m, "\0\0\0\0\0\0\0\0\0\0\0", 12);
        m.b[5] = (uint8_t)n;
        for (unsigned i = 0; i < n; i++)
            put(&m, "\1a\0\0\1\0\1", 7);
        walk(m.b, m.n, 0, &s);
        assert_int_equal(s.result, n > DNS_QUESTIONS_MAX ? DNS_LIMIT : DNS_WHOLE);
        assert_int_equal(s.n, min_size(n, DNS_QUESTIONS_MAX));
    }
}

static void test_limit_of_hops_in_a_name(void **state)
{
    static struct message m;
    struct seen s;
    size_t first;

    (void)state;
    for (unsigned n = DNS_HOPS_NAME - 1; n <= DNS_HOPS_NAME + 1; n++) {
        put_chain(&m, 2, n, &first);
        put_alias(&m, first + 2 * (n - 2)); /* itself the last hop */
        walk(m.b, m.n, 0, &s);
        assert_int_equal(s.result, n > DNS_HOPS_NAME ? DNS_LIMIT : DNS_WHOLE);
        assert_int_equal(s.n, n > DNS_HOPS_NAME ? 1 : 2);
    }
}

/*
 * The bomb: 65,489 bytes, all of them chains of pointers and names that follow them. Its cost is the hops
 * followed: with 64 for each name the limit of the message ends the walk at the 17th.
 */
static void test_bomb(void **state)
{
    static struct message m;
    struct seen s;
    size_t first;

    (void)state;
    put_chain(&m, 65535, 8000, &first);
    while (m.n + 13 <= 65489)
        put_alias(&m, first + 2 * 62);
    walk(m.b, m.n, 0, &s);
    assert_int_equal(s.result, DNS_LIMIT);
    assert_int_equal(s.n, 1 + DNS_HOPS_MESSAGE / 64);

    put_chain(&m, 65535, 8000, &first); /* each over all the chain */
    while (m.n + 13 <= 65489)
        put_alias(&m, first + 2 * 7999);
    walk(m.b, m.n, 0, &s);
    assert_true(s.result == DNS_LIMIT && s.n == 1);
}

/* --- the gate -------------------------------------------------------------------------------------- */

static void test_may_be(void **state)
{
    static const struct {
        const char *what;
        const uint8_t *b;
        size_t n;
        enum { NOWHERE, ON_PORT, ANYWHERE } may_be;
    } gate[] = {
        {"query", BYTES(QUERY ASK), ANYWHERE},
        {"query of the root", BYTES(QUERY "\0\0\2\0\1"), ANYWHERE},
        {"query with EDNS and a signature", BYTES(ID "\1\0\0\1\0\0\0\0\0\2" ASK), ANYWHERE},
        {"query with AD and CD", BYTES(HEAD("\1\060", "\1", "\0") ASK), ANYWHERE},
        {"answer", BYTES(ANSWER("\2") ASK), ANYWHERE},
        {"answer of a root server", BYTES(ID "\204\0\0\1\0\0\0\15\0\33" ASK), ANYWHERE},
        {"answer with an error", BYTES(HEAD("\201\203", "\1", "\0") ASK), ANYWHERE},
        {"16 bytes", BYTES(QUERY "\0\0\2\0"), NOWHERE},
        {"nothing", BYTES(""), NOWHERE},
        {"opcode IQUERY", BYTES(HEAD("\010\000", "\1", "\0") ASK), NOWHERE},
        {"opcode UPDATE", BYTES(HEAD("\050\000", "\1", "\0") ASK), NOWHERE},
        {"Z bit", BYTES(HEAD("\1\100", "\1", "\0") ASK), ON_PORT},
        {"no question", BYTES(HEAD("\1\0", "\0", "\0") ASK), NOWHERE},
        {"two questions", BYTES(HEAD("\1\0", "\2", "\0") ASK), NOWHERE},
        {"256 questions", BYTES(ID "\1\0\1\0\0\0\0\0\0\0" ASK), NOWHERE},
        {"query with an answer", BYTES(HEAD("\1\0", "\1", "\1") ASK), ON_PORT},
        {"query with an authority", BYTES(ID "\1\0\0\1\0\0\0\1\0\0" ASK), ON_PORT},
        {"query with three more", BYTES(ID "\1\0\0\1\0\0\0\0\0\3" ASK), ON_PORT},
        {"query with an error", BYTES(HEAD("\1\2", "\1", "\0") ASK), ON_PORT},
        {"256 answers", BYTES(ID "\201\200\0\1\1\0\0\0\0\0" ASK), NOWHERE},
        {"256 authorities", BYTES(ID "\201\200\0\1\0\0\1\0\0\0" ASK), NOWHERE},
        {"256 more", BYTES(ID "\201\200\0\1\0\0\0\0\1\0" ASK), NOWHERE},
        {"a name of pointers", BYTES(QUERY "\300\014\0\1\0\1"), NOWHERE},
        {"label type 01", BYTES(QUERY "\101a\0\0\1\0\1"), NOWHERE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(gate); i++)
        if (dns_may_be(view_of(gate[i].b, gate[i].n)) != (gate[i].may_be == ANYWHERE) ||
            dns_may_be_on_port(view_of(gate[i].b, gate[i].n)) != (gate[i].may_be != NOWHERE))
            fail_msg("%s", gate[i].what);
}

/* --- ldns ------------------------------------------------------------------------------------------ */

static void test_ldns_addresses(void **state)
{
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 9};
    struct dns_answer answer;
    struct addr v4;

    (void)state;
    addr_set_v4(&v4, (const uint8_t *)"\306\063\144\007");
    assert_true(
        dns_ldns_read(view_of(BYTES(ANSWER("\4") ASK RECORD("\5", "\4") "\1b\300\024" A_RECORD RECORD(
                          "\034", "\20") "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\011" OWNER "\0\1\0\3\0\0\0\0\0\4\1\2\3\4")),
                      &answer));
    assert_int_equal(answer.rcode, 0);
    assert_int_equal(answer.n_addrs_total, 2); /* the one of class CH does not count */
    assert_int_equal(answer.n_addrs, 2);
    assert_int_equal(addr_cmp(&answer.addr[0], &v4), 0);
    assert_memory_equal(answer.addr[1].b, v6, sizeof(v6));
}

static void test_ldns_cap(void **state)
{
    static struct message m;
    struct dns_answer answer;

    (void)state;
    m.n = 0;
    put(&m, BYTES(ID "\201\200\0\1\0\102\0\0\0\0" ASK));
    for (unsigned i = 0; i < 66; i++)
        put(&m, BYTES(A_RECORD));
    assert_true(dns_ldns_read(view_of(m.b, m.n), &answer));
    assert_int_equal(answer.n_addrs, DNS_ADDRS_MAX);
    assert_int_equal(answer.n_addrs_total, 66);
}

static void test_ldns_rcode(void **state)
{
    struct dns_answer answer;

    (void)state;
    assert_true(dns_ldns_read(view_of(BYTES(HEAD("\201\203", "\1", "\0") ASK)), &answer));
    assert_int_equal(answer.rcode, DNS_NXDOMAIN);
    /* 23, BADCOOKIE: 7 in the header, 1 above it in the OPT record */
    assert_true(dns_ldns_read(view_of(BYTES(ID "\201\207\0\1\0\0\0\0\0\1" ASK "\0\0\051\4\320\1\0\0\0\0\0")), &answer));
    assert_int_equal(answer.rcode, 23);
}

static void test_ldns_refuses(void **state)
{
    static uint8_t b[DNS_LDNS_MAX + 1];
    static const uint8_t query[] = QUERY ASK;
    struct dns_answer answer;

    (void)state;
    assert_false(dns_ldns_read(view_of(BYTES(ANSWER("\2") ASK A_RECORD)), &answer));
    assert_int_equal(answer.n_addrs, 0);
    assert_false(dns_ldns_read(view_of(NULL, 0), &answer));
    memcpy(b, query, sizeof(query));
    assert_true(dns_ldns_read(view_of(b, DNS_LDNS_MAX), &answer));
    assert_false(dns_ldns_read(view_of(b, DNS_LDNS_MAX + 1), &answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_stops_when_told),
        cmocka_unit_test(test_limit_of_records),
        cmocka_unit_test(test_limit_of_questions),
        cmocka_unit_test(test_limit_of_hops_in_a_name),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_may_be),
        cmocka_unit_test(test_ldns_addresses),
        cmocka_unit_test(test_ldns_cap),
        cmocka_unit_test(test_ldns_rcode),
        cmocka_unit_test(test_ldns_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
