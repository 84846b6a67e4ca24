/*
 * asff.h - findings in the AWS Security Finding Format (countermine-findings(5)).
 */
#ifndef OUTPUT_ASFF_H
#define OUTPUT_ASFF_H

#include "output/output.h"

struct out;

/* Writes one event as a line, the newline included. about may be NULL; ctx->conf has the account and its region. */
void asff_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx);

#endif
