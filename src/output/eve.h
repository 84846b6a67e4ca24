/*
 * eve.h - findings and sensor events as Suricata writes alerts: EVE (countermine-findings(5)).
 */
#ifndef OUTPUT_EVE_H
#define OUTPUT_EVE_H

#include "output/output.h"

struct out;

/* Writes one event as a line, the newline included. about may be NULL. */
void eve_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                 const struct output_context *ctx);
void eve_event(struct out *o, const struct sensor_event *e, const struct output_context *ctx);

#endif
