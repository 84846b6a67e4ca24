/*
 * dns_ldns.h - DNS messages decoded in full by ldns, for the few that turned out to matter.
 *
 * The one exception to a pure floor: ldns allocates. Its cost grows as the square of the length, so
 * longer messages than DNS_LDNS_MAX are not decoded. Resolver functions and conversions of whole records to text are not used.
 */
#ifndef MESSAGE_DNS_LDNS_H
#define MESSAGE_DNS_LDNS_H

#include "base/addr.h"
#include "base/name.h"

#define DNS_LDNS_MAX 4096
#define DNS_ADDRS_MAX 64 /* addresses kept of an answer */

struct dns_answer {
    struct addr addr[DNS_ADDRS_MAX]; /* of A and AAAA records of class IN, in order */
    uint32_t n_addrs;                /* kept */
    uint32_t n_addrs_total;
    uint32_t n_hints; /* records that may hint at addresses, which are not used: SVCB, HTTPS */
    uint16_t rcode;   /* with the upper bits of the OPT record (RFC 6891) */
};

/* Decodes message. False when ldns refuses it or it is too long. */
bool dns_ldns_read(struct view message, struct dns_answer *answer);

#endif
