/*
 * leef.h - findings and events in IBM's Log Event Extended Format 2.0, one line each: LEEF:2.0|...|x09| and pairs of
 * key=value with tabs between.
 *
 * The format has no escapes. None is needed: names of keys are ours, and text of the wire is escaped as in the native
 * format, so that no value has a tab or a newline; of the equals signs of a pair the first ends the key.
 */
#ifndef OUTPUT_LEEF_H
#define OUTPUT_LEEF_H

#include "output/output.h"

struct out;

/* Write one line, the newline included, into o, which has room for OUTPUT_TEXT_MAX and is empty. */
void leef_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx);
void leef_sensor(struct out *o, const struct sensor_event *e, const struct output_context *ctx);
void leef_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx);

#endif
