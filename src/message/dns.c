/*
 * dns.c - the bounded walk over DNS messages. RFC 1035 section 4; RFC 6672 (DNAME), RFC 9460 (SVCB, HTTPS).
 *
 * It reads names in questions and the targets of answers, nothing else: no addresses, no other section, no
 * options. Owners of records are stepped over, not read: of an answer that belongs to its question they
 * are the question or a target that was given before. Message compression is undone wherever it stands,
 * also in DNAME and SVCB, whose senders must not use it: other readers take it too.
 */
#include "config.h"

#include "message/dns.h"

#define HEADER_BYTES 12
#define QUESTION_BYTES_MIN 5 /* the root's name, type, class */
#define RECORD_BYTES 10      /* type, class, TTL, length of the data: what follows the owner */
#define CLASS_IN 1

/* Bits of the word of flags; RFC 1035 section 4.1.1, RFC 2535 for the two of DNSSEC, which leave one of Z. */
#define FLAG_RESPONSE 0x8000
#define FLAG_OPCODE 0x7800
#define FLAG_CUT 0x0200
#define FLAG_ZERO 0x0040
#define FLAG_RCODE 0x000f

struct walk {
    struct view message;
    size_t at; /* the next byte */
    unsigned n_hops;
    bool stopped;      /* fn wants no more */
    struct name *name; /* the one read last */
    dns_name_fn *fn;
    void *arg;
};

bool dns_may_be(struct view payload)
{
    struct view h;
    struct buf b = buf_of(payload);
    unsigned flags, n_answers, n_authority, n_additional;

    if (payload.n < HEADER_BYTES + QUESTION_BYTES_MIN || !buf_header(&b, HEADER_BYTES + 1, &h))
        return false;
    if (view_be16(h, 4) != 1) /* first, as it turns away nearly everything */
        return false;
    flags = view_be16(h, 2);
    if ((flags & (FLAG_OPCODE | FLAG_ZERO)) != 0 || view_u8(h, HEADER_BYTES) > NAME_LABEL_MAX)
        return false;
    n_answers = view_be16(h, 6);
    n_authority = view_be16(h, 8);
    n_additional = view_be16(h, 10);
    /* A query may bring an OPT record and a signature (RFC 6891, RFC 8945). */
    if ((flags & FLAG_RESPONSE) == 0)
        return (flags & FLAG_RCODE) == 0 && n_answers == 0 && n_authority == 0 && n_additional <= 2;
    /* 255 records of the shortest useful kind (16 bytes) are all that the usual 4,096 bytes over UDP hold. */
    return n_answers <= 255 && n_authority <= 255 && n_additional <= 255;
}

/*
 * Reads the name at w->at, whose part there must lie before end; moves behind it. Each pointer must go
 * before the beginning of the run of labels it ends, so that no byte begins a run twice and no chain is
 * a loop.
 */
static enum dns_result read_name(struct walk *w, size_t end)
{
    struct view m = w->message;
    enum dns_result over = end <= m.n ? DNS_MALFORMED : DNS_CUT; /* what running over the end means */
    size_t at = w->at;
    size_t run = at;  /* where this run of labels began */
    size_t after = 0; /* what follows the name, once a pointer was followed */
    unsigned n_hops = 0;

    end = min_size(end, m.n);
    name_init(w->name);
    while (at < end) {
        unsigned n = view_u8(m, at);

        if (n == 0) {
            w->at = after ? after : at + 1;
            return DNS_WHOLE;
        }
        if (n <= NAME_LABEL_MAX) {
            if (at + 1 + n > end)
                return over;
            if (!name_add_label(w->name, view_sub(m, at + 1, n)))
                return DNS_MALFORMED;
            at += 1 + n;
            continue;
        }
        if (n < 0xc0) /* 01 and 10 were never used, or are withdrawn (RFC 6891 section 5) */
            return DNS_MALFORMED;
        if (at + 2 > end)
            return over;
        if (after == 0)
            after = at + 2;
        at = view_be16(m, at) & 0x3fff;
        if (at >= run || at < HEADER_BYTES)
            return DNS_MALFORMED;
        if (++n_hops > DNS_HOPS_NAME || ++w->n_hops > DNS_HOPS_MESSAGE)
            return DNS_LIMIT;
        run = at;
        end = m.n;
        over = DNS_CUT;
    }
    return over;
}

/* Steps over the name at w->at; its pointer is not followed. */
static enum dns_result skip_name(struct walk *w)
{
    struct view m = w->message;
    size_t first = w->at;

    while (w->at < m.n) {
        unsigned n = view_u8(m, w->at);

        if (n >= 0xc0) {
            w->at += 2;
            return w->at <= m.n ? DNS_WHOLE : DNS_CUT;
        }
        w->at += 1 + n;
        if (n == 0)
            return DNS_WHOLE;
        if (n > NAME_LABEL_MAX || w->at - first > NAME_BYTES_MAX)
            return DNS_MALFORMED;
    }
    return DNS_CUT;
}

static void give(struct walk *w, enum dns_place place)
{
    w->stopped = !w->fn(w->arg, place, w->name);
}

/* The name is given also when the message ends before its type. */
static enum dns_result read_question(struct walk *w, uint16_t *qtype)
{
    enum dns_result result = read_name(w, SIZE_MAX);

    if (result != DNS_WHOLE)
        return result;
    if (w->message.n - w->at >= 4)
        *qtype = view_be16(w->message, w->at);
    else
        result = DNS_CUT;
    w->at += 4;
    give(w, DNS_QUESTION);
    return result;
}

/* The target at w->at, in data that ends at end. */
static enum dns_result read_target(struct walk *w, size_t end)
{
    enum dns_result result = read_name(w, end);

    /* The root leads nowhere: in SVCB it stands for the owner or for "no such service". */
    if (result == DNS_WHOLE && w->name->n_labels > 0)
        give(w, DNS_ALIAS);
    return result;
}

static enum dns_result read_record(struct walk *w)
{
    enum dns_result result = skip_name(w);
    struct view m = w->message;
    unsigned type, class;
    size_t end;

    if (result != DNS_WHOLE)
        return result;
    if (m.n - w->at < RECORD_BYTES)
        return DNS_CUT;
    type = view_be16(m, w->at);
    class = view_be16(m, w->at + 2);
    w->at += RECORD_BYTES;
    end = w->at + view_be16(m, w->at - 2);
    if (class == CLASS_IN && (type == DNS_SVCB || type == DNS_HTTPS)) {
        w->at += 2; /* the priority */
        result = read_target(w, end);
    } else if (class == CLASS_IN && (type == DNS_CNAME || type == DNS_DNAME)) {
        result = read_target(w, end);
    }
    if (result != DNS_WHOLE)
        return result;
    w->at = end; /* what else the data holds is not looked at */
    return end <= m.n ? DNS_WHOLE : DNS_CUT;
}

/* DNS_MALFORMED: another opcode than QUERY, whose sections mean other things. */
static enum dns_result read_head(struct view message, struct dns_head *head)
{
    struct buf b = buf_of(message);
    struct view h;
    unsigned flags;

    *head = (struct dns_head){0};
    if (!buf_header(&b, HEADER_BYTES, &h))
        return DNS_CUT;
    flags = view_be16(h, 2);
    head->id = view_be16(h, 0);
    head->response = (flags & FLAG_RESPONSE) != 0;
    head->cut = (flags & FLAG_CUT) != 0;
    head->rcode = (uint8_t)(flags & FLAG_RCODE);
    head->n_questions = view_be16(h, 4);
    head->n_answers = view_be16(h, 6);
    return (flags & FLAG_OPCODE) == 0 ? DNS_WHOLE : DNS_MALFORMED;
}

enum dns_result dns_walk(struct view message, struct dns_head *head, dns_name_fn *fn, void *arg)
{
    struct name name;
    struct walk w = {.message = message, .at = HEADER_BYTES, .name = &name, .fn = fn, .arg = arg};
    enum dns_result result = read_head(message, head);
    uint16_t qtype;

    for (unsigned i = 0; i < head->n_questions && result == DNS_WHOLE && !w.stopped; i++)
        result = i < DNS_QUESTIONS_MAX ? read_question(&w, i == 0 ? &head->qtype : &qtype) : DNS_LIMIT;
    for (unsigned i = 0; i < head->n_answers && result == DNS_WHOLE && !w.stopped; i++)
        result = i < DNS_RECORDS_MAX ? read_record(&w) : DNS_LIMIT;
    return w.stopped ? DNS_WHOLE : result;
}
