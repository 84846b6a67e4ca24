/*
 * rfc3339.h - times as text, always UTC (RFC 3339).
 */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include "base/buf.h"

struct out;

/* Writes 2026-03-01T12:00:00.000001Z: six digits, rounded down. */
void rfc3339_print(ns_t t, struct out *o);

/* Writes 2026-03-01 12:00:00: for people. */
void rfc3339_print_short(ns_t t, struct out *o);

/* Writes a span for people: "850 ms", "42 s", "10 min 41 s", "3 h 5 min", "2 d 4 h". Negative spans count as 0. */
void rfc3339_print_span(ns_t span, struct out *o);

/* Days since 1970-01-01, rounded down. */
int64_t rfc3339_day(ns_t t);

/* The day of a date, as rfc3339_day counts; false when there is none. */
bool rfc3339_date(unsigned year, unsigned month, unsigned day, int64_t *days);

/* Reads 2026-03-01. False for anything else. */
bool rfc3339_parse_day(struct view text, int64_t *days);

/* Writes 2026-03-01. */
void rfc3339_print_day(int64_t days, struct out *o);

/*
 * Reads a time as programs write it: 2026-03-01T12:00:00Z, a fraction of any length, a blank for the T, an offset such as
 * +01:00 or +0100 or none at all, which is UTC. 12:00:177Z, as AWS's manual prints it, is 12:00:17.7. False for anything
 * else and beyond NS_TIME_MAX; *t may then be anything.
 */
bool rfc3339_parse(struct view text, ns_t *t);

#endif
