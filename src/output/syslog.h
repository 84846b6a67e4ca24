/*
 * syslog.h - syslog messages around a record of JSON or CEF: RFC 5424, or the form that the system's own log reads.
 *
 * ctx has format, facility and longest message (conf), HOSTNAME, PROCID, and whether it is for the system's own log. Of a record that is too long for a message the
 * greatest part that fits is sent. A message has no newline.
 */
#ifndef OUTPUT_SYSLOG_H
#define OUTPUT_SYSLOG_H

#include "output/output.h"

struct out;

/* Write one message into o, which has room for OUTPUT_TEXT_MAX. */
void syslog_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                    const struct output_context *ctx);
void syslog_sensor(struct out *o, const struct sensor_event *e, const struct output_context *ctx);
void syslog_stats(struct out *o, const struct sensor_event *e, const struct output_context *ctx);

#endif
