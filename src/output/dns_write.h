/*
 * dns_write.h - a DNS message as a line of JSON: the record of `-o dns' (countermine-findings(5)).
 */
#ifndef OUTPUT_DNS_WRITE_H
#define OUTPUT_DNS_WRITE_H

#include "evidence/dns_event.h"
#include "output/output.h"

/* Writes it, the newline included. With output.redact of ctx->conf, long words of names and texts are masked: they may be wallets. */
void dns_write(struct out *o, const struct dns_event *e, const struct output_context *ctx);

#endif
