/*
 * report_about.h - what the report knows of findings from elsewhere than their evidence: it asks enrich/, and lends the answer to
 * the outputs.
 */
#ifndef ROLE_REPORT_ABOUT_H
#define ROLE_REPORT_ABOUT_H

#include "finding/about.h"
#include "finding/finding.h"

struct report_run;

/* What is known of the parties of f. Lives until the next call. */
const struct about *report_about(struct report_run *run, const struct finding *f);

#endif
