/*
 * json.h - the native format: one JSON object a line (countermine-findings(5)).
 */
#ifndef OUTPUT_JSON_H
#define OUTPUT_JSON_H

#include "output/output.h"

struct out;

/* Writes one event as a line, the newline included. */
void json_finding(struct out *o, enum finding_state state, const struct finding *f, const struct output_context *ctx);

#endif
