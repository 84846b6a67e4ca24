/*
 * filter.h - BPF filters on frames from files, by libpcap.
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "wire/packet.h"

struct filter;

/*
 * Compiles an expression (pcap-filter(7)). NULL when it is none, with the reason in why (n bytes).
 * Gives.
 */
struct filter *filter_new(const char *expression, char *why, size_t n);
void filter_free(struct filter *f);

/*
 * True when the frame passes. The expression is compiled anew for each link type; one for which it
 * makes no sense lets nothing pass and is counted.
 */
bool filter_passes(struct filter *f, const struct frame *frame);

/* Frames that did not pass because the expression does not fit their link type. */
uint64_t filter_unfit(const struct filter *f);

#endif
