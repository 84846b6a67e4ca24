/*
 * ocsf.h - findings as Detection Findings of the Open Cybersecurity Schema Framework (countermine-findings(5)).
 */
#ifndef OUTPUT_OCSF_H
#define OUTPUT_OCSF_H

#include "output/output.h"

struct out;

/* Writes one event as a line, the newline included. about may be NULL. */
void ocsf_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx);

#endif
