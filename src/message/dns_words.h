/*
 * dns_words.h - the mnemonics of DNS: types of records, classes, response codes (IANA's registry "Domain Name System
 * Parameters"), both ways.
 */
#ifndef MESSAGE_DNS_WORDS_H
#define MESSAGE_DNS_WORDS_H

#include "base/out.h"

/* Write "AAAA", "IN", "NXDOMAIN"; of a number without a name "TYPE65280", "CLASS7" (RFC 3597), "RCODE30". */
void dns_type_print(unsigned type, struct out *o);
void dns_class_print(unsigned class, struct out *o);
void dns_rcode_print(unsigned rcode, struct out *o);

/* Read the same in any case, and digits alone. False for any other word, and beyond 16 bits. */
bool dns_type_parse(struct view word, uint16_t *type);
bool dns_class_parse(struct view word, uint16_t *class);
bool dns_rcode_parse(struct view word, uint16_t *rcode);

#endif
