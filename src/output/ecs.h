/*
 * ecs.h - findings and sensor events by the Elastic Common Schema (countermine-findings(5)).
 */
#ifndef OUTPUT_ECS_H
#define OUTPUT_ECS_H

#include "output/output.h"

struct out;

/* Writes one event as a line, the newline included. about may be NULL. */
void ecs_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                 const struct output_context *ctx);
void ecs_event(struct out *o, const struct sensor_event *e, const struct output_context *ctx);

#endif
