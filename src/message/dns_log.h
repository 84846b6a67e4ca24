/*
 * dns_log.h - one entry of a Route 53 Resolver query log: JSON text to what was asked and answered.
 *
 * Written from AWS's description of the log (Route 53 developer guide, "Values that appear in VPC Resolver query logs")
 * and tolerant of what is seen beside it: an entry wrapped by CloudWatch as a member `message`, as text or as an object;
 * numbers as strings and the other way round; names with a dot at the end or without; times with a fraction, and the
 * 19:20:177Z of the manual itself; members that are unknown or missing. Only three must be there and right: the name
 * that was asked for, the address that asked, the time. What the answers say is read by dns_log_next_answer.
 */
#ifndef MESSAGE_DNS_LOG_H
#define MESSAGE_DNS_LOG_H

#include "base/addr.h"
#include "base/json_scan.h"
#include "base/name.h"

#define DNS_LOG_TEXT_MAX 131072 /* bytes of an entry; the longest answer in DNS, of 64 KiB, is shorter as an entry */
#define DNS_LOG_ID_MAX 64       /* bytes of an id; AWS's longest here, of a network interface, have 32 */

/* An identifier of AWS: letters, digits, - _ . only; anything else counts as absent. */
struct dns_log_id {
    uint8_t n; /* 0 = absent */
    char text[DNS_LOG_ID_MAX];
};

/* What the resolver's firewall did with the question. */
enum dns_log_action { DNS_LOG_NO_FIREWALL, DNS_LOG_ALLOWED, DNS_LOG_ALERTED, DNS_LOG_BLOCKED };

struct dns_log_entry {
    ns_t time_ns;           /* when it was asked */
    struct endpoint client; /* port 0 = not said */
    struct name asked;
    uint16_t type, class_; /* 0 = not said, or no word for it */
    uint16_t rcode;        /* valid when has_rcode */
    bool has_rcode;
    bool is_tcp; /* transport: TCP; all others are UDP or not said */
    enum dns_log_action action;
    struct dns_log_id account, region, vpc, instance, endpoint; /* endpoint: the resolver endpoint that passed it on */
    struct json_val answers;                                    /* an array, or of another type: none */
};

struct dns_log_answer {
    struct view rdata; /* as text, its escapes undone; lies in the scratch */
    bool cut;          /* rdata was longer */
    uint16_t type, class_;
};

/* Why an entry is none. */
enum dns_log_fault {
    DNS_LOG_OK,
    DNS_LOG_CONTROL,   /* what CloudWatch sends to test a subscription: no fault, and nothing to read */
    DNS_LOG_NO_JSON,   /* not an object of JSON, whole and with nothing behind it */
    DNS_LOG_NO_ENTRY,  /* an object of something else */
    DNS_LOG_BAD_NAME,  /* query_name is no domain name */
    DNS_LOG_NO_CLIENT, /* srcaddr is missing or no address */
    DNS_LOG_NO_TIME,   /* query_timestamp is missing or no time */
    DNS_LOG_BAD_WRAP,  /* a message that holds no entry */
    DNS_LOG_TOO_LONG,  /* longer than DNS_LOG_TEXT_MAX */
    DNS_LOG_BROKEN,    /* JSON that breaks off, or is none from some byte on */
    DNS_LOG_TOO_DEEP,  /* JSON nested deeper than JSON_DEPTH_MAX */
    DNS_LOG_FAULT_N
};

/* Memory for texts whose escapes are undone. What was read lies in it until the next call. */
struct dns_log_scratch {
    char message[DNS_LOG_TEXT_MAX];
    char rdata[1100]; /* NAME_TEXT_MAX, and a preference before it */
};

/* Reads one entry. *e refers to text and to scratch. */
enum dns_log_fault dns_log_read(struct view text, struct dns_log_scratch *scratch, struct dns_log_entry *e);

/* Starts and goes on with the answers, in their order; what is no object with type and data is passed over. */
struct json_walk dns_log_answers(const struct dns_log_entry *e);
bool dns_log_next_answer(struct json_walk *walk, struct dns_log_scratch *scratch, struct dns_log_answer *a);

/* What was expected: "expected query_name to be a domain name". */
const char *dns_log_fault_text(enum dns_log_fault fault);

#endif
