/*
 * dns.h - DNS messages (RFC 1035): the bounded walk over the names that matter.
 *
 * The walk reads the header, the questions, and the records of the answer section. It follows compression
 * pointers strictly backwards, at most DNS_HOPS_NAME a name and DNS_HOPS_MESSAGE a message, and reads at
 * most DNS_QUESTIONS_MAX questions and DNS_RECORDS_MAX records, so that its cost is linear in the length of
 * the message. It reads no more than it is given: a message that was cut gives the names before the cut.
 */
#ifndef MESSAGE_DNS_H
#define MESSAGE_DNS_H

#include "base/name.h"

#define DNS_HOPS_NAME 128     /* compression pointers followed in one name */
#define DNS_HOPS_MESSAGE 1024 /* and in one message */
#define DNS_QUESTIONS_MAX 4   /* questions looked at; RFC 9619 allows one */
#define DNS_RECORDS_MAX 64    /* answer records looked at */

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_AAAA = 28, DNS_DNAME = 39, DNS_SVCB = 64, DNS_HTTPS = 65 };
enum dns_rcode { DNS_NOERROR = 0, DNS_SERVFAIL = 2, DNS_NXDOMAIN = 3, DNS_REFUSED = 5 };

struct dns_head {
    uint16_t id;
    bool response; /* QR */
    bool cut;      /* TC: the answer did not fit */
    uint8_t rcode; /* of the header; the bits in an OPT record are not added */
    uint16_t n_questions, n_answers;
    uint16_t qtype; /* of the first question; set when its name is given, 0 when the message ends before it */
};

enum dns_result {
    DNS_WHOLE,     /* walked to the end of the answer section */
    DNS_CUT,       /* the message ends early: what came before it was given */
    DNS_MALFORMED, /* a bad label, a pointer that goes forwards, an opcode other than QUERY; what came before it was given */
    DNS_LIMIT      /* one of the limits above was reached; what came before it was given */
};

/* Where a name stood. */
enum dns_place {
    DNS_QUESTION,
    DNS_ALIAS /* what an answer leads to: target of CNAME, DNAME, SVCB or HTTPS in class IN; never the root */
};

/* Takes one name; borrows it. False ends the walk (it then gives DNS_WHOLE). */
typedef bool dns_name_fn(void *arg, enum dns_place place, const struct name *name);

/*
 * True when payload begins like a DNS message that asks something or answers it: opcode QUERY, one
 * question, counts that a datagram can hold. A gate for any port; cheap: it looks at the 12 bytes of the
 * header and the first byte of the question. Names of mDNS, LLMNR and NetBIOS have the same form.
 */
bool dns_may_be(struct view payload);

/* Walks over message (without the length that goes before it in TCP); fills *head and calls fn for each name in order. */
enum dns_result dns_walk(struct view message, struct dns_head *head, dns_name_fn *fn, void *arg);

#endif
