/*
 * dns_event.h - one DNS message on its way to `-o dns': who asked whom for what, and what the answer says.
 *
 * As the evidence record it is flat, has no pointers and crosses the border of processes. It has no fixed length: names
 * and answers lie behind the head, as many as there is room for. Names are in wire form, in lower case (base/name.h).
 * Whoever takes one from another process does it by dns_event_take, which believes nothing.
 */
#ifndef EVIDENCE_DNS_EVENT_H
#define EVIDENCE_DNS_EVENT_H

#include "base/addr.h"
#include "base/name.h"

#define DNS_EVENT_DATA_MAX 1800  /* bytes of names and answers: two of the longest events fit into a message of role/ipc.h */
#define DNS_EVENT_ANSWERS_MAX 32 /* answers of one event */
#define DNS_EVENT_OWNER_MAX 255  /* bytes of the words that say whose the client is */
#define DNS_EVENT_TEXT_MAX 256   /* bytes of an answer's data that is text; of a longer one this much */

enum dns_event_proto { DNS_EVENT_UDP, DNS_EVENT_TCP, DNS_EVENT_LOG, DNS_EVENT_PROTO_N };

enum dns_event_flag {
    DNS_EVENT_RESPONSE = 0x01,
    DNS_EVENT_TRUNCATED = 0x02, /* TC: the answer did not fit */
    DNS_EVENT_CUT = 0x04,       /* the message was not read to its end, so there may be more answers */
    DNS_EVENT_HAS_ID = 0x08,
    DNS_EVENT_HAS_RCODE = 0x10,
    DNS_EVENT_HAS_ENCAP = 0x20, /* vni and outer_src are set */
    DNS_EVENT_BLOCKED = 0x40,   /* a firewall refused the question (logs) */
    DNS_EVENT_HAS_OWNER = 0x80, /* behind the question stands whose the client is (logs) */
    DNS_EVENT_FLAGS = 0xff      /* all of them */
};

struct dns_event {
    int64_t time_ns;
    uint64_t frame;                 /* or line */
    struct endpoint client, server; /* port 0, and an address that is none: not known */
    struct addr outer_src;
    uint32_t file;
    uint32_t vni;
    uint16_t id, rcode;
    uint16_t type, class_; /* of the question; type 0: not known */
    uint16_t flags;        /* enum dns_event_flag */
    uint16_t n_answers;    /* of the message; in data are the first of them */
    uint16_t n_listed;     /* of these in data */
    uint16_t n_data;       /* bytes */
    uint8_t proto;         /* enum dns_event_proto */
    uint8_t zero[7];
    uint8_t data[DNS_EVENT_DATA_MAX];
};

#define DNS_EVENT_HEAD offsetof(struct dns_event, data)

/* What an answer's data is. */
enum dns_event_data { DNS_DATA_NONE, DNS_DATA_ADDR, DNS_DATA_NAME, DNS_DATA_TEXT, DNS_DATA_N };

struct dns_event_answer {
    bool has_owner, has_ttl;
    struct name owner; /* what the record is of; valid when has_owner, which logs do not say */
    uint16_t type, class_;
    uint32_t ttl_s;
    uint16_t port; /* of SRV; else 0 */
    enum dns_event_data kind;
    struct addr addr;
    struct name name;
    struct view text; /* at most DNS_EVENT_TEXT_MAX bytes; raw */
    bool text_cut;
};

/* Begins the data of *e, whose other members the caller sets, with the question's name. */
void dns_event_begin(struct dns_event *e, const struct name *asked);

/*
 * Adds whose the client is, words as TEXT_OWNER of evidence.h has them, 1 to DNS_EVENT_OWNER_MAX bytes. Before the first answer; the
 * caller also sets DNS_EVENT_HAS_OWNER.
 */
void dns_event_put_owner(struct dns_event *e, struct view words);

/* Adds an answer: always counted, and listed when there is room. */
void dns_event_add(struct dns_event *e, const struct dns_event_answer *a);

/* Bytes of *e that are in use, from its start. */
static inline size_t dns_event_size(const struct dns_event *e)
{
    return DNS_EVENT_HEAD + e->n_data;
}

/* Takes an event of exactly these bytes out of bytes that may be anybody's. False when it is malformed in any way. */
bool dns_event_take(struct view bytes, struct dns_event *e);

/* Reads a taken event: the question, then one answer after the other, the owner stepped over. False behind the last one. */
struct buf dns_event_question(const struct dns_event *e, struct name *asked);
bool dns_event_next(struct buf *rest, struct dns_event_answer *a);

/* Whose the client is; empty when it is not said. */
struct view dns_event_owner(const struct dns_event *e);

#endif
