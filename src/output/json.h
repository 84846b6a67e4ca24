/*
 * json.h - the native format: one JSON object a line (countermine-findings(5)).
 */
#ifndef OUTPUT_JSON_H
#define OUTPUT_JSON_H

#include "output/output.h"

struct out;

/* How much of a finding is written, from all to what fits 850 bytes in any case. Each leaves out more than the one before it. */
enum json_part {
    JSON_WHOLE,
    JSON_WITHOUT_FLOWS,      /* flows_total stays */
    JSON_STRONGEST_EVIDENCE, /* of the evidence only one of the greatest weight, of the owner no tags, candidates and command line */
    JSON_WITHOUT_LISTS,      /* neither evidence nor logins, agents, summary and feeds; totals stay */
    JSON_WITHOUT_OWNER,      /* nor owner and place */
    JSON_HEAD,               /* how bad, when, who, where to: no text from the wire */
    JSON_PART_N
};

/* Writes one event as a line, the newline included. about may be NULL: nothing is known from elsewhere. */
void json_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx);

/* The same, or a part of it, which has "cut":true. */
void json_finding_part(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                       enum json_part part, const struct output_context *ctx);

/* The object that says which sensor speaks. */
void json_sensor(struct out *o, const struct output_context *ctx);

#endif
