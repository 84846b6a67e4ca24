/*
 * fuzz_dns.c - the input as a DNS message through the walk; ldns is the oracle.
 *
 * Invariants: names are well-formed and in lower case, survive being printed and parsed, and stay below
 * the limits; of the message cut where its id says the walk gives a beginning of the same names, and
 * unless it meets the cut the same result. ldns, led from record to record, finds the names of the walk.
 *
 * The walk is stricter than ldns on purpose in one thing: pointers go backwards, and not into the header. It
 * is laxer in more: it does not follow the pointers of owners, and does not look at data that is no name
 * or at what follows a name in its data, so it may go on where ldns refuses.
 */
#include "config.h"

#include "message/dns.h"
#include "message/dns_ldns.h"

#include <ldns/ldns.h>
#include <stdlib.h>

#define SEEN_MAX (DNS_QUESTIONS_MAX + DNS_RECORDS_MAX)

/* What a walk gave, or what ldns says it should give. */
struct seen {
    struct dns_head head;
    enum dns_result result;
    unsigned n;
    unsigned stop_at; /* names after which the walk is told to stop */
    struct {
        enum dns_place place;
        struct name name;
    } list[SEEN_MAX];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seen whole, part;

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void check_name(const struct name *name)
{
    char text[NAME_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));
    struct name again;
    unsigned at = 0;

    for (unsigned i = 0; i < name->n_labels; i++) {
        check(name->at[i] == at && name->b[at] > 0 && name->b[at] <= NAME_LABEL_MAX);
        for (unsigned k = 1; k <= name->b[at]; k++)
            check(name->b[at + k] < 'A' || name->b[at + k] > 'Z');
        at += 1u + name->b[at];
    }
    check(at == name->n && at <= NAME_BYTES_MAX);
    if (name->n_labels == 0)
        return;
    name_print(name, &o);
    check(name_parse(&again, out_view(&o)) && view_eq(name_view(&again), name_view(name)));
    check(name_suffix(name, name->n_labels).n == name->n &&
          name_suffix(name, 1).n == 1u + name->b[name->at[name->n_labels - 1]]);
}

static bool see(void *arg, enum dns_place place, const struct dns_record *r)
{
    const struct name *name = place == DNS_QUESTION ? r->owner : r->target;
    struct seen *s = arg;

    check(r->owner != NULL && (r->target == NULL || r->target->n_labels > 0));
    if (!name)
        return true;

    check(s->n < SEEN_MAX && s->n < s->stop_at);
    check(place == DNS_QUESTION ? s->n < DNS_QUESTIONS_MAX && (s->n == 0 || s->list[s->n - 1].place == DNS_QUESTION)
                                : place == DNS_RECORD && name->n_labels > 0);
    s->list[s->n].place = place;
    s->list[s->n].name = *name;
    return ++s->n < s->stop_at;
}

static void walk(struct view message, unsigned stop_at, struct seen *s)
{
    s->n = 0;
    s->stop_at = stop_at;
    s->result = dns_walk(message, &s->head, see, s);
    s->head.rcode = dns_rcode(message, &s->head);
}

/* Whether a begins b. */
static bool begins(const struct seen *a, const struct seen *b)
{
    if (a->n > b->n)
        return false;
    for (unsigned i = 0; i < a->n; i++)
        if (a->list[i].place != b->list[i].place || !view_eq(name_view(&a->list[i].name), name_view(&b->list[i].name)))
            return false;
    return true;
}

/* A name as ldns has it: uncompressed, with the root's byte. */
static void expect(struct seen *s, enum dns_place place, const ldns_rdf *data)
{
    struct buf b = buf_of(view_of(ldns_rdf_data(data), ldns_rdf_size(data)));
    struct name *name = &s->list[s->n].name;
    size_t n;

    name_init(name);
    while ((n = buf_u8(&b)) > 0)
        check(name_add_label(name, buf_take(&b, n)));
    check(buf_ok(&b) && buf_left(&b) == 0);
    s->list[s->n].place = place;
    s->n += place == DNS_QUESTION || name->n_labels > 0;
}

/* Which field of a record's data is the name that the walk should give; -1 = none. */
static int target_field(unsigned type, unsigned class)
{
    if (class != LDNS_RR_CLASS_IN)
        return -1;
    switch (type) {
    case LDNS_RR_TYPE_CNAME:
    case LDNS_RR_TYPE_DNAME:
    case LDNS_RR_TYPE_PTR: return 0;
    case LDNS_RR_TYPE_MX:
    case LDNS_RR_TYPE_SVCB:
    case LDNS_RR_TYPE_HTTPS: return 1;
    case LDNS_RR_TYPE_SRV: return 3;
    default: return -1;
    }
}

static bool expect_question(struct seen *s, struct view message, size_t *pos)
{
    ldns_rr *rr;

    if (ldns_wire2rr(&rr, message.p, message.n, pos, LDNS_SECTION_QUESTION) != LDNS_STATUS_OK)
        return false;
    expect(s, DNS_QUESTION, ldns_rr_owner(rr));
    ldns_rr_free(rr);
    return true;
}

/*
 * One record. ldns goes on behind what the type takes, not behind the data as its length says, so it is set
 * right here; and data that it does not like is no matter unless it holds a name. A name that runs over the end
 * of its data, which ldns reads on, is malformed for the walk.
 */
static bool expect_answer(struct seen *s, struct view message, size_t *pos)
{
    size_t begin = *pos, fixed = *pos, end;
    unsigned type, class;
    const ldns_rdf *target;
    ldns_rdf *owner;
    ldns_rr *rr;
    bool ok;

    if (ldns_wire2dname(&owner, message.p, message.n, &fixed) != LDNS_STATUS_OK)
        return false;
    ldns_rdf_deep_free(owner);
    if (fixed + 10 > message.n)
        return false;
    type = view_be16(message, fixed);
    class = view_be16(message, fixed + 2);
    end = *pos = fixed + 10 + view_be16(message, fixed + 8);
    if (target_field(type, class) < 0 || end > message.n)
        return end <= message.n;
    if (ldns_wire2rr(&rr, message.p, message.n, &begin, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK)
        return false;
    target = ldns_rr_rdf(rr, (size_t)target_field(type, class));
    ok = target != NULL && begin <= end;
    if (ok)
        expect(s, DNS_RECORD, target);
    ldns_rr_free(rr);
    return ok;
}

/* Fills *s with what ldns reads, as far as the limits of the walk go. False: it did not come to the end. */
static bool expect_all(struct seen *s, struct view message)
{
    size_t pos = 12;
    bool ok = true;

    s->n = 0;
    for (unsigned i = 0; i < whole.head.n_questions && i < DNS_QUESTIONS_MAX && ok; i++)
        ok = expect_question(s, message, &pos);
    if (whole.head.n_questions > DNS_QUESTIONS_MAX)
        return ok;
    for (unsigned i = 0; i < whole.head.n_answers && i < DNS_RECORDS_MAX && ok; i++)
        ok = expect_answer(s, message, &pos);
    return ok;
}

/* The walk against ldns, name by name. */
static void check_names(struct view message)
{
    bool complete = expect_all(&part, message);
    unsigned n_pointers = 0;

    for (size_t i = 0; i < message.n; i++)
        n_pointers += message.p[i] >= 0xc0;
    if (!complete) {
        check(begins(&whole, &part) || begins(&part, &whole));
        return;
    }
    check(begins(&whole, &part) && whole.result != DNS_CUT);
    if (whole.result == DNS_WHOLE)
        check(whole.n == part.n);
    else if (whole.result == DNS_MALFORMED)
        check(n_pointers > 0);
    else
        check(whole.head.n_questions > DNS_QUESTIONS_MAX || whole.head.n_answers > DNS_RECORDS_MAX ||
              n_pointers > DNS_HOPS_NAME);
}

static void check_ldns(struct view message)
{
    struct dns_answer answer;

    if (!dns_ldns_read(message, &answer))
        return;
    check(answer.n_addrs <= DNS_ADDRS_MAX && answer.n_addrs <= answer.n_addrs_total);
    check((answer.rcode & 15) == (whole.head.rcode & 15));
    /* ldns takes the last OPT record of several, and one whose owner is not the root, too. */
    check(whole.head.rcode < 16 || (whole.result == DNS_WHOLE && whole.head.response));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view message = view_of(data, size);

    walk(message, SEEN_MAX + 1, &whole);
    for (unsigned i = 0; i < whole.n; i++)
        check_name(&whole.list[i].name);
    if (dns_may_be(message))
        check(whole.head.n_questions == 1 && (whole.n > 0 || whole.result != DNS_WHOLE));

    walk(view_head(message, whole.head.id % (size + 1)), SEEN_MAX + 1, &part);
    check(begins(&part, &whole) && (part.result == DNS_CUT || (part.n == whole.n && part.result == whole.result)));
    if (whole.n > 0) {
        walk(message, 1, &part);
        check(part.n == 1 && part.result == DNS_WHOLE && begins(&part, &whole));
    }
    check_ldns(message);
    if (size >= 12 && size <= DNS_LDNS_MAX && (data[2] & 0x78) == 0)
        check_names(message);
    return 0;
}
