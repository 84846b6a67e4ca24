/*
 * dns.h - DNS messages (RFC 1035): the bounded walk over their questions and answers.
 *
 * The walk reads the header, the questions, and the records of the answer section. It follows compression pointers strictly
 * backwards, at most DNS_HOPS_NAME a name and DNS_HOPS_MESSAGE a message, and reads at most DNS_QUESTIONS_MAX
 * questions and DNS_RECORDS_MAX records, so that its cost is linear in the length of the message. It reads no
 * more than it is given: a message that was cut gives what stands before the cut.
 */
#ifndef MESSAGE_DNS_H
#define MESSAGE_DNS_H

#include "base/addr.h"
#include "base/name.h"
#include "message/piece.h"

#define DNS_PORT 53
#define DNS_HOPS_NAME 128     /* compression pointers followed in one name */
#define DNS_HOPS_MESSAGE 1024 /* and in one message */
#define DNS_QUESTIONS_MAX 4   /* questions looked at; RFC 9619 allows one */
#define DNS_RECORDS_MAX 64    /* answer records looked at */
#define DNS_HINTS_MAX 16      /* addresses given as hints of SVCB and HTTPS, in one message */
#define DNS_BEHIND_MAX 64     /* records behind the answer section that are stepped over in search of OPT */

enum dns_type {
    DNS_A = 1,
    DNS_CNAME = 5,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_AAAA = 28,
    DNS_SRV = 33,
    DNS_DNAME = 39,
    DNS_OPT = 41,
    DNS_SVCB = 64,
    DNS_HTTPS = 65
};
enum dns_class { DNS_IN = 1, DNS_ANY = 255 };
enum dns_rcode { DNS_NOERROR = 0, DNS_SERVFAIL = 2, DNS_NXDOMAIN = 3, DNS_REFUSED = 5 };

struct dns_head {
    uint16_t id;
    bool response;  /* QR */
    bool cut;       /* TC: the answer did not fit */
    uint16_t rcode; /* of the header: see dns_rcode */
    uint16_t n_questions, n_answers;
    uint16_t qtype; /* of the first question; set when its name is given, 0 when the message ends before it */
    size_t behind;  /* where the answer section ends; 0 when the walk did not come to its end */
};

enum dns_result {
    DNS_WHOLE,     /* walked to the end of the answer section */
    DNS_CUT,       /* the message ends early: what came before it was given */
    DNS_MALFORMED, /* a bad label, a pointer that goes forwards, an opcode other than QUERY; what came before it was given */
    DNS_LIMIT      /* one of the limits above was reached; what came before it was given */
};

/* What is given. */
enum dns_place {
    DNS_QUESTION,
    DNS_RECORD, /* of the answer section */
    DNS_HINT    /* an address in the SVCB or HTTPS record that was given before: owner is the name it is an address of */
};

/* Valid during the call. Of a question only owner, type and class_ are set; the latter are 0 when the message ends before them. */
struct dns_record {
    const struct name *owner;
    uint16_t type, class_;
    uint32_t ttl_s;
    uint32_t owner_at,
        target_at; /* where in the message the names begin, behind pointers: equal places have equal names. 0 = none */
    const struct name
        *target; /* of CNAME, DNAME, SVCB, HTTPS, PTR, SRV and MX in class IN; NULL: none, or the root, which leads nowhere */
    struct addr addr; /* valid when has_addr */
    bool has_addr;    /* an A or AAAA record of class IN and of the right length, or a hint */
    uint16_t port;    /* of SRV */
};

/* Takes one; borrows it. False ends the walk (it then gives DNS_WHOLE). */
typedef bool dns_record_fn(void *arg, enum dns_place place, const struct dns_record *r);

/*
 * True when payload begins like a DNS message that asks something or answers it: opcode QUERY, one
 * question, counts that a datagram can hold. A gate for any port; cheap: it looks at the 12 bytes of the
 * header and the first byte of the question. Names of mDNS, LLMNR and NetBIOS have the same form.
 */
bool dns_may_be(struct view payload);

/*
 * The same for a datagram of port 53, where whatever servers answer counts: of a question they ignore the response code, the bit
 * that must be zero, and records, so that a client may set them to be passed by.
 */
bool dns_may_be_on_port(struct view payload);

#define DNS_LOOK_MIN 15 /* bytes that dns_look needs to be sure */

/*
 * What data begins with, where messages travel one after the other, each behind its length (RFC 1035 section 4.2.2, RFC 7766).
 * Nothing of a message is looked at but its header, and whether its records can fit. known: messages came before it; then those
 * are messages, too, that ask nothing (RFC 5936 section 2.2) or have another purpose (NOTIFY, UPDATE, DSO). pc->want is
 * a message of up to DNS_WANT_MAX bytes, or so much of it.
 */
enum piece_look dns_look(struct view data, bool known, struct piece *pc);

#define DNS_WANT_MAX 16384

/*
 * True for what is said among neighbours: multicast DNS (5353; RFC 6762), LLMNR (5355; RFC 4795) and NetBIOS names (137;
 * RFC 1002). It goes to a group, or one of the ends is on such a port at an address that is not the world's; at one that is,
 * the port is that of a resolver. So it is when recursion is desired, which neighbours do not ask for (RFC 6762 section 18.6; RFC 4795
 * has no such bit) and resolvers that listen there do for their clients (OpenShift's on 5353), and when the other port is that of
 * DNS: who asks from 5353 asks no neighbour. NetBIOS has the bit, too, and names of another form.
 */
bool dns_is_local(const struct addr *src, uint16_t sport, const struct addr *dst, uint16_t dport, struct view message);

/* Walks over message (without the length that goes before it in TCP); fills *head and calls fn for each question and record in order. */
enum dns_result dns_walk(struct view message, struct dns_head *head, dns_record_fn *fn, void *arg);

/*
 * The response code of a message that was walked over: with the upper bits of its OPT record, which is looked for behind the
 * answers (RFC 6891 section 6.1.3).
 */
uint16_t dns_rcode(struct view message, const struct dns_head *head);

#endif
