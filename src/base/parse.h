/*
 * parse.h - numbers from text, strictly: the whole view must be the number.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include "base/buf.h"

/* Decimal digits only, no sign, no blanks; false on overflow or anything else. */
bool parse_u64(struct view v, uint64_t *out);

/* Hexadecimal digits only (either case), 1 to 16 of them, without 0x. */
bool parse_hex64(struct view v, uint64_t *out);

/*
 * A JSON number (RFC 8259 section 6) as a double; false when it is none or not finite. Reads at most
 * 80 bytes.
 */
bool parse_number(struct view v, double *out);

/* True when v is 1 or more hexadecimal digits. */
bool parse_is_hex(struct view v);

/* Value of one hexadecimal digit, or -1. */
int parse_hex_digit(uint8_t c);

#endif
