/*
 * dns_ldns.c - addresses and the whole response code of a DNS message, by ldns.
 *
 * Only ldns_wire2pkt and accessors of what it made. Its resolver had CVEs and must not be linked, its
 * conversions of records to text had memory faults after 1.8.3; tests/check-hardening holds the list of
 * what may be used.
 */
#include "config.h"

#include "message/dns_ldns.h"

#include <ldns/packet.h>
#include <ldns/wire2host.h>

static bool record_address(const ldns_rr *rr, struct addr *addr)
{
    const ldns_rdf *data = ldns_rr_rdf(rr, 0);
    size_t n;

    if (!data || ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN)
        return false;
    n = ldns_rdf_size(data);
    if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_A && n == 4)
        addr_set_v4(addr, ldns_rdf_data(data));
    else if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_AAAA && n == sizeof(addr->b))
        memcpy(addr->b, ldns_rdf_data(data), n);
    else
        return false;
    return true;
}

bool dns_ldns_read(struct view message, struct dns_answer *answer)
{
    const ldns_rr_list *records;
    ldns_pkt *packet;

    *answer = (struct dns_answer){.rcode = 0};
    if (message.n > DNS_LDNS_MAX || ldns_wire2pkt(&packet, message.p, message.n) != LDNS_STATUS_OK)
        return false;
    answer->rcode = (uint16_t)(ldns_pkt_edns_extended_rcode(packet) << 4 | ldns_pkt_get_rcode(packet));
    records = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(records, i);
        struct addr addr;

        answer->n_hints += ldns_rr_get_type(rr) == LDNS_RR_TYPE_SVCB || ldns_rr_get_type(rr) == LDNS_RR_TYPE_HTTPS;
        if (!record_address(rr, &addr))
            continue;
        if (answer->n_addrs < DNS_ADDRS_MAX)
            answer->addr[answer->n_addrs++] = addr;
        answer->n_addrs_total++;
    }
    ldns_pkt_free(packet);
    return true;
}
