/*
 * dns.c - the bounded walk over DNS messages. RFC 1035 section 4; RFC 2782 (SRV), RFC 3596 (AAAA), RFC 6672 (DNAME), RFC 6891
 * (EDNS), RFC 9460 (SVCB, HTTPS).
 *
 * Of records it reads the owner, and the name or the address that the data holds; all other data is stepped over. Message
 * compression is undone wherever it stands, also in DNAME, SRV and SVCB, whose senders must not use it: other readers
 * take it too.
 */
#include "config.h"

#include "message/dns.h"

#define HEADER_BYTES 12
#define QUESTION_BYTES_MIN 5 /* the root's name, type, class */
#define RECORD_BYTES_MIN 11  /* a record of the root without data */
#define RECORD_BYTES 10      /* type, class, TTL, length of the data: what follows the owner */

/* Bits of the word of flags; RFC 1035 section 4.1.1, RFC 2535 for the two of DNSSEC, which leave one of Z. */
#define FLAG_RESPONSE 0x8000
#define FLAG_OPCODE 0x7800
#define FLAG_CUT 0x0200
#define FLAG_RECURSE 0x0100
#define FLAG_ZERO 0x0040
#define FLAG_RCODE 0x000f

/* A name that was read, and where: a pointer to it need not be followed again. */
struct known {
    struct name name;
    size_t at; /* 0 = none yet */
};

struct walk {
    struct view message;
    size_t at; /* the next byte */
    unsigned n_hops, n_hints;
    bool stopped; /* fn wants no more */
    struct known asked, name[2];
    unsigned owner;   /* which of the two is that of the record's owner; the other is that of its target */
    uint16_t pointer; /* as which the newest owner was written, or 0 */
    struct dns_record r;
    dns_record_fn *fn;
    void *arg;
};

/*
 * A header of one question whose sections can be true: at most n_max records in each of them, and n_all in all. lenient: what
 * servers ignore in a question is ignored, too.
 */
static inline bool may_be(struct view h, size_t n_max, size_t n_all, bool lenient)
{
    unsigned flags, n_answers, n_authority, n_additional;

    if (view_be16(h, 4) != 1) /* first, as it turns away nearly everything */
        return false;
    flags = view_be16(h, 2);
    if (lenient)
        flags &= ~(unsigned)(FLAG_ZERO | FLAG_RCODE);
    if ((flags & (FLAG_OPCODE | FLAG_ZERO)) != 0 || view_u8(h, HEADER_BYTES) > NAME_LABEL_MAX)
        return false;
    n_answers = view_be16(h, 6);
    n_authority = view_be16(h, 8);
    n_additional = view_be16(h, 10);
    /* A query may bring an OPT record and a signature (RFC 6891, RFC 8945). Whether it is one cannot be guessed: no branch on it. */
    if (!lenient) {
        unsigned none = (flags & FLAG_RCODE) | n_answers | n_authority | (n_additional > 2);

        if (none & ((flags >> 15) - 1)) /* all bits of a query's, none of an answer's */
            return false;
    }
    return n_answers <= n_max && n_authority <= n_max && n_additional <= n_max &&
           (size_t)n_answers + n_authority + n_additional <= n_all;
}

static inline bool datagram_may_be(struct view payload, bool lenient)
{
    struct view h;
    struct buf b = buf_of(payload);

    if (payload.n < HEADER_BYTES + QUESTION_BYTES_MIN || !buf_header(&b, HEADER_BYTES + 1, &h))
        return false;
    /* 255 records of the shortest useful kind (16 bytes) are all that the usual 4,096 bytes over UDP hold. */
    return may_be(h, 255, SIZE_MAX, lenient);
}

bool dns_may_be(struct view payload)
{
    return datagram_may_be(payload, false);
}

bool dns_may_be_on_port(struct view payload)
{
    return datagram_may_be(payload, true);
}

/* The same for messages of any purpose behind others; the bit that must be zero is ignored, as servers ignore it. */
static bool may_follow(struct view h, size_t n_all)
{
    unsigned flags = view_be16(h, 2), opcode = flags >> 11 & 0xf;

    return (opcode == 0 || (opcode >= 4 && opcode <= 6)) && view_be16(h, 4) <= 1 &&
           (size_t)view_be16(h, 6) + view_be16(h, 8) + view_be16(h, 10) <= n_all;
}

enum piece_look dns_look(struct view data, bool known, struct piece *pc)
{
    size_t n = view_be16(data, 0), n_min = HEADER_BYTES + (known ? 0 : QUESTION_BYTES_MIN), n_all;
    struct view h = view_skip(data, 2);

    if (data.n < 2)
        return PIECE_MORE;
    if (n < n_min || (h.n >= 6 && view_be16(h, 4) > 1))
        return PIECE_NO;
    if (data.n < (known ? DNS_LOOK_MIN - 1 : DNS_LOOK_MIN))
        return PIECE_MORE;
    n_all = (n - n_min) / RECORD_BYTES_MIN;
    if (known ? !may_follow(h, n_all) : !may_be(h, UINT16_MAX, n_all, false))
        return PIECE_NO;
    *pc = (struct piece){.total = (uint32_t)n + 2};
    pc->want = pc->total < DNS_WANT_MAX ? pc->total : DNS_WANT_MAX;
    return PIECE_YES;
}

#define NETBIOS_PORT 137

static bool is_local_port(uint16_t port)
{
    return port == 5353 || port == 5355 || port == NETBIOS_PORT;
}

static bool is_neighbour(const struct addr *a)
{
    return addr_is_inside(a) || addr_is_link_local(a);
}

bool dns_is_local(const struct addr *src, uint16_t sport, const struct addr *dst, uint16_t dport, struct view message)
{
    bool from = is_local_port(sport), to = is_local_port(dport);

    if (LIKELY(!from && !to))
        return false;
    if (addr_is_group(dst))
        return true;
    if (sport == DNS_PORT || dport == DNS_PORT || !((from && is_neighbour(src)) || (to && is_neighbour(dst))))
        return false;
    return sport == NETBIOS_PORT || dport == NETBIOS_PORT || !(view_be16(message, 2) & FLAG_RECURSE);
}

/*
 * Steps over up to 4 labels that end before `end`, notes where they begin, and gives their number: a start for read_name without a
 * branch on how many they are, which cannot be guessed. *at lies before end, also afterwards.
 */
static ATTR_ALWAYS_INLINE unsigned first_labels(struct view m, size_t end, size_t *at, struct name *name)
{
    size_t here = *at;
    unsigned n_labels = 0;

    for (unsigned i = 0; i < 4; i++) {
        unsigned n = m.p[here];
        size_t next = here + ((n + 1) & -(unsigned)(n - 1 < NAME_LABEL_MAX));

        next = next < end ? next : here;
        name->at[n_labels] = (uint8_t)(here - *at);
        n_labels += next != here;
        here = next;
    }
    *at = here;
    return n_labels;
}

/*
 * Reads the name at w->at, whose part there must lie before end; moves behind it. Each pointer must go
 * before the beginning of the run of labels it ends, so that no byte begins a run twice and no chain is
 * a loop.
 */
static enum dns_result read_name(struct walk *w, size_t end, struct name *name)
{
    struct view m = w->message;
    enum dns_result over = end <= m.n ? DNS_MALFORMED : DNS_CUT; /* what running over the end means */
    size_t at = w->at;
    size_t run = at;  /* where this run of labels began */
    size_t after = 0; /* what follows the name, once a pointer was followed */
    unsigned n_hops = 0, n_labels = 0, n_bytes = 0;

    end = min_size(end, m.n);
    name_init(name);
    if (LIKELY(at < end)) {
        n_labels = first_labels(m, end, &at, name);
        n_bytes = (unsigned)(at - run);
        if (n_bytes > NAME_BYTES_MAX)
            return DNS_MALFORMED;
    }
    while (at < end) {
        unsigned n = m.p[at];

        if (n - 1 < NAME_LABEL_MAX) {
            unsigned next = n_bytes + 1 + n;

            at += 1 + n;
            if (at > end)
                return over;
            if (next > NAME_BYTES_MAX)
                return DNS_MALFORMED;
            name->at[n_labels++] = (uint8_t)n_bytes;
            n_bytes = next;
            continue;
        }
        if (n > 0 && n < 0xc0) /* 01 and 10 were never used, or are withdrawn (RFC 6891 section 5) */
            return DNS_MALFORMED;
        if (at > run)
            name_add_bytes(name, view_skip(m, run), at - run);
        if (n == 0) {
            name->n_labels = (uint8_t)n_labels;
            w->at = after ? after : at + 1;
            return DNS_WHOLE;
        }
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

/* Steps over the name at *at; its pointer is not followed. */
static bool skip_name(struct view m, size_t *at)
{
    size_t first = *at;

    while (*at < m.n) {
        unsigned n = view_u8(m, *at);

        if (n >= 0xc0) {
            *at += 2;
            return *at <= m.n;
        }
        *at += 1 + n;
        if (n == 0)
            return true;
        if (n > NAME_LABEL_MAX || *at - first > NAME_BYTES_MAX)
            return false;
    }
    return false;
}

static void give(struct walk *w, enum dns_place place, const struct dns_record *r)
{
    w->stopped = !w->fn(w->arg, place, r);
}

/* The name is given also when the message ends before its type. */
static enum dns_result read_question(struct walk *w)
{
    struct dns_record *r = &w->r;
    size_t at = w->at;
    struct view h;
    enum dns_result result = read_name(w, SIZE_MAX, &w->asked.name);

    if (result != DNS_WHOLE)
        return result;
    w->asked.at = at;
    *r = (struct dns_record){.owner = &w->asked.name, .owner_at = (uint32_t)at};
    if (view_header(w->message, w->at, 4, &h)) {
        r->type = view_be16(h, 0);
        r->class_ = view_be16(h, 2);
    } else {
        result = DNS_CUT;
    }
    w->at += 4;
    w->pointer = at <= 0x3fff ? (uint16_t)(0xc000 | at) : 0; /* the owner of the first record, mostly */
    give(w, DNS_QUESTION, r);
    return result;
}

/* The owner of the record at w->at: mostly a pointer to a name that was just read. */
static enum dns_result read_owner(struct walk *w)
{
    struct dns_record *r = &w->r;
    size_t at = w->at, to = view_be16(w->message, at);
    struct known *owner = &w->name[w->owner];
    enum dns_result result;

    if (to >= 0xc000) {
        to &= 0x3fff;
        at = to;
        if (w->name[!w->owner].at == to) { /* the last target: from now on this record's target goes where the owner was */
            w->owner = !w->owner;
            owner = &w->name[w->owner];
        }
        if (to > 0 && (owner->at == to || w->asked.at == to)) {
            r->owner = owner->at == to ? &owner->name : &w->asked.name;
            r->owner_at = (uint32_t)to;
            w->pointer = view_be16(w->message, w->at);
            w->at += 2;
            return DNS_WHOLE;
        }
    }
    w->pointer = 0;
    owner->at = 0;
    result = read_name(w, SIZE_MAX, &owner->name);
    owner->at = result == DNS_WHOLE ? at : 0;
    r->owner = &owner->name;
    r->owner_at = (uint32_t)owner->at;
    return result;
}

/* Where in the data of a record of class IN a name stands; -1 = it has none that is read. */
static int target_at(unsigned type)
{
    switch (type) {
    case DNS_CNAME:
    case DNS_DNAME:
    case DNS_PTR: return 0;
    case DNS_MX:   /* behind a preference */
    case DNS_SVCB: /* a priority */
    case DNS_HTTPS: return 2;
    case DNS_SRV: return 6; /* priority, weight, port */
    default: return -1;
    }
}

/* The target at w->at, in data that ends at end. */
static enum dns_result read_target(struct walk *w, size_t end, struct dns_record *r)
{
    struct known *target = &w->name[!w->owner];
    size_t at = w->at, to = view_be16(w->message, at);
    enum dns_result result;

    target->at = 0;
    result = read_name(w, end, &target->name);
    if (result != DNS_WHOLE)
        return result;
    target->at = to >= 0xc000 ? to & 0x3fff : at;
    if (target->name.n_labels > 0) {
        r->target = &target->name;
        r->target_at = (uint32_t)target->at;
    }
    return DNS_WHOLE;
}

/* The addresses that a service says beside its name: parameters 4 and 6; RFC 9460 sections 2.2 and 7.3. */
static void give_hints(struct walk *w, size_t end)
{
    struct view m = w->message;
    struct dns_record r = w->r; /* a copy: the owner there may be that of the next record, too */

    if (r.target) {
        r.owner = r.target;
        r.owner_at = r.target_at;
    }
    r.target = NULL;
    r.target_at = 0;
    r.has_addr = true;
    while (w->at + 4 <= end) {
        unsigned key = view_be16(m, w->at);
        size_t stop = w->at + 4 + view_be16(m, w->at + 2);
        size_t size = key == 4 ? 4 : 16;

        w->at += 4;
        if (stop > end)
            return;
        for (; (key == 4 || key == 6) && w->at + size <= stop && !w->stopped && w->n_hints < DNS_HINTS_MAX; w->n_hints++) {
            if (key == 4)
                addr_set_v4(&r.addr, m.p + w->at);
            else
                memcpy(r.addr.b, m.p + w->at, 16);
            w->at += size;
            give(w, DNS_HINT, &r);
        }
        w->at = stop;
    }
}

/* The data of a record of class IN, from w->at to end; gives the record when what matters of it is there. */
static enum dns_result read_data(struct walk *w, size_t end, struct dns_record *r)
{
    struct view m = w->message;
    size_t begin = w->at;
    int at = target_at(r->type);
    enum dns_result result;

    if (at >= 0) {
        w->at += (size_t)at;
        result = read_target(w, end, r);
        if (result != DNS_WHOLE)
            return result;
        if (r->type == DNS_SRV)
            r->port = view_be16(m, begin + 4);
    } else if (end > m.n) {
        return DNS_CUT;
    }
    give(w, DNS_RECORD, r);
    if ((r->type == DNS_SVCB || r->type == DNS_HTTPS) && end <= m.n && view_be16(m, begin) > 0 && !w->stopped)
        give_hints(w, end);
    return end <= m.n ? DNS_WHOLE : DNS_CUT;
}

/* Which bytes of the 16 before the end of an address are its own, and what the others are: IPv4, IPv6. */
static const struct addr addr_keep[2] = {
    {{[12] = 0xff, 0xff, 0xff, 0xff}},
    {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
};
static const struct addr addr_add[2] = {{{[10] = 0xff, 0xff}}, {{0}}};

/* The address that ends at `end`, by no branch on its version, which cannot be guessed. A header and more stand before it. */
static ATTR_ALWAYS_INLINE void set_addr(struct addr *a, struct view m, size_t end, bool is_v6)
{
    uint64_t words[2], keep[2], add[2];

    memcpy(words, m.p + end - 16, sizeof(words));
    memcpy(keep, addr_keep[is_v6].b, sizeof(keep));
    memcpy(add, addr_add[is_v6].b, sizeof(add));
    for (unsigned i = 0; i < 2; i++)
        words[i] = (words[i] & keep[i]) | add[i];
    memcpy(a->b, words, sizeof(words));
}

static enum dns_result read_record(struct walk *w)
{
    struct dns_record *r = &w->r;
    struct view m = w->message, h;
    enum dns_result result;
    bool is_v4, is_v6;
    size_t n, end;

    if (LIKELY(w->pointer > 0 && view_be16(m, w->at) == w->pointer)) {
        w->at += 2;
    } else {
        result = read_owner(w);
        if (result != DNS_WHOLE)
            return result;
    }
    if (!view_header(m, w->at, RECORD_BYTES, &h))
        return DNS_CUT;
    r->type = view_be16(h, 0);
    r->class_ = view_be16(h, 2);
    r->ttl_s = view_be32(h, 4);
    n = view_be16(h, 8);
    r->target = NULL;
    r->target_at = 0;
    r->port = 0;
    w->at += RECORD_BYTES;
    end = w->at + n;
    is_v4 = (view_be32(h, 0) == (DNS_A << 16 | DNS_IN)) & (n == 4);
    is_v6 = (view_be32(h, 0) == (DNS_AAAA << 16 | DNS_IN)) & (n == 16);
    r->has_addr = (is_v4 | is_v6) & (end <= m.n);
    result = DNS_WHOLE;
    if (r->has_addr) {
        set_addr(&r->addr, m, end, is_v6);
        give(w, DNS_RECORD, r);
    } else if (r->class_ == DNS_IN)
        result = read_data(w, end, r);
    else if (end > m.n)
        result = DNS_CUT;
    else
        give(w, DNS_RECORD, r);
    w->at = end; /* what else the data holds is not looked at */
    return result;
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
    head->rcode = flags & FLAG_RCODE;
    head->n_questions = view_be16(h, 4);
    head->n_answers = view_be16(h, 6);
    return (flags & FLAG_OPCODE) == 0 ? DNS_WHOLE : DNS_MALFORMED;
}

enum dns_result dns_walk(struct view message, struct dns_head *head, dns_record_fn *fn, void *arg)
{
    enum dns_result result = read_head(message, head);
    struct walk w;

    w.message = message;
    w.at = HEADER_BYTES;
    w.n_hops = w.n_hints = 0;
    w.stopped = false;
    w.asked.at = w.name[0].at = w.name[1].at = w.owner = w.pointer = 0;
    w.fn = fn;
    w.arg = arg;
    for (unsigned i = 0; i < head->n_questions && result == DNS_WHOLE && !w.stopped; i++) {
        result = i < DNS_QUESTIONS_MAX ? read_question(&w) : DNS_LIMIT;
        if (i == 0 && w.asked.at > 0)
            head->qtype = w.r.type;
    }
    for (unsigned i = 0; i < head->n_answers && result == DNS_WHOLE && !w.stopped; i++)
        result = i < DNS_RECORDS_MAX ? read_record(&w) : DNS_LIMIT;
    if (result == DNS_WHOLE && !w.stopped)
        head->behind = w.at;
    return w.stopped ? DNS_WHOLE : result;
}

/* That the OPT record cannot be reached is no fault of the answer. Its owner is the root. */
uint16_t dns_rcode(struct view m, const struct dns_head *head)
{
    unsigned n_authority = view_be16(m, 8), n = n_authority + view_be16(m, 10);
    size_t at = head->behind;

    if (!head->response || head->behind == 0)
        return head->rcode;
    for (unsigned i = 0; i < n && i < DNS_BEHIND_MAX; i++) {
        bool may_be_opt = i >= n_authority && view_u8(m, at) == 0;

        if (!skip_name(m, &at) || m.n - at < RECORD_BYTES)
            break;
        if (may_be_opt && view_be16(m, at) == DNS_OPT)
            return (uint16_t)(view_u8(m, at + 4) << 4 | head->rcode);
        at += RECORD_BYTES + (size_t)view_be16(m, at + 8);
    }
    return head->rcode;
}
