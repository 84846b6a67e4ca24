/*
 * names_log.h - entries of DNS logs in, evidence and passive DNS out: what pipeline.h is for packets.
 *
 * An entry of Route 53 Resolver's log is a question with its answer. It does not say which server was asked, nor whose each
 * answer is: all of them are what the question led to, in their order. Of questions that the resolver could answer from its
 * cache there is no entry, so a name asked for again and again may be there once.
 */
#ifndef DETECT_NAMES_LOG_H
#define DETECT_NAMES_LOG_H

#include "detect/passive.h"
#include "message/dns_log.h"

struct names_log {
    const struct feed *feed; /* or NULL; kept */
    const struct hash_key *key;
    evidence_fn *emit;
    void *arg;
    uint64_t seq;
    struct passive passive;
    struct names_log_stats {
        uint64_t entries;                  /* read */
        uint64_t bytes;                    /* of all entries */
        uint64_t refused[DNS_LOG_FAULT_N]; /* by reason; those of DNS_LOG_CONTROL are no fault */
        uint64_t blocked;                  /* of the entries, by a firewall */
        uint64_t hits;                     /* of the entries, with a listed name */
        uint64_t evidence;
        ns_t first_ns, last_ns; /* earliest and latest time; valid when entries > 0 */
    } stats;
    struct names_message said; /* by the entry at hand */
    struct dns_log_entry entry;
    struct dns_event event;
    struct dns_log_scratch scratch;
};

/* Starts; large, so it lives in static memory or on the heap. Keeps all arguments. */
void names_log_init(struct names_log *l, const struct feed *feed, const struct hash_key *key, evidence_fn *emit, void *arg);

/* Takes the text of one entry, on this line of this file. */
enum dns_log_fault names_log_take(struct names_log *l, struct view text, uint32_t file, uint64_t line);

/* Counts an entry that could not even be cut out of its file. */
void names_log_refuse(struct names_log *l, enum dns_log_fault fault);

/* All that was refused. */
uint64_t names_log_refused(const struct names_log_stats *s);

#endif
