/*
 * report_about.h - what the report knows of findings from elsewhere than their evidence: it asks enrich/, and lends the answer to
 * the outputs.
 */
#ifndef ROLE_REPORT_ABOUT_H
#define ROLE_REPORT_ABOUT_H

#include "finding/about.h"
#include "finding/finding.h"

struct report_run;

/* Has the table ask whose an address is, by report_scope, when there is an inventory. */
void report_about_begin(struct report_run *run);

/* A finding_scope_fn. */
uint64_t report_scope(void *report_run, const struct evidence *e);

/* What is known of the parties of f. Lives until the next call. */
const struct about *report_about(struct report_run *run, const struct finding *f);

#endif
