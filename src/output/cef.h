/*
 * cef.h - findings and events in the ArcSight Common Event Format, one line each: CEF:0|...|key=value key=value.
 *
 * A pipe or backslash of the head and a backslash or equals sign of a value have a backslash before them. Control bytes are
 * none: text of the wire is escaped as in the native format.
 */
#ifndef OUTPUT_CEF_H
#define OUTPUT_CEF_H

#include "output/output.h"

struct out;

/*
 * Write one line, the newline included, behind what o has already. When o would have more than max bytes without the newline, the
 * least important pairs are left out, and the line says so; max is at least 640 more than o has, and less than o has room for.
 */
void cef_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                 const struct output_context *ctx, size_t max);
void cef_sensor(struct out *o, const struct sensor_event *e, const struct output_context *ctx, size_t max);
void cef_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx, size_t max);

#endif
