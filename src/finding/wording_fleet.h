/*
 * wording_fleet.h - what findings of many connections say to a person. Used by wording.c only.
 */
#ifndef FINDING_WORDING_FLEET_H
#define FINDING_WORDING_FLEET_H

#include "finding/finding.h"

/* Of pool-service, pool-scan and campaign: one line, and sentences; escaped. */
void wording_fleet_title(const struct finding *f, struct out *o);
void wording_fleet_summary(const struct finding *f, struct out *o);

#endif
