/*
 * addr_parse.h - addresses and endpoints from text that an operator wrote.
 */
#ifndef BASE_ADDR_PARSE_H
#define BASE_ADDR_PARSE_H

#include "base/addr.h"
#include "base/buf.h"

/* 192.0.2.1 or 2001:db8::1, without brackets or zone. False for anything else. */
bool addr_parse(struct view text, struct addr *a);

/* 192.0.2.0/24, 2001:db8::/32, or an address alone, which is a network of one. False for anything else, and when bits behind the length are set. */
bool net_parse(struct view text, struct net *net);

/* 192.0.2.1:4789 or [2001:db8::1]:4789; the port is 1 to 65535. False for anything else. */
bool endpoint_parse(struct view text, struct endpoint *e);

#endif
