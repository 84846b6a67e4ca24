/*
 * score.h - severity and confidence of a finding.
 */
#ifndef FINDING_SCORE_H
#define FINDING_SCORE_H

#include "finding/finding.h"

/* Sets f->severity and f->confidence from stage, evidence and direction. */
void score_finding(struct finding *f);

/* 0 below 4, 1 below 7, 2 below 9, 3: the index of the label, in order of severity. */
unsigned score_rank(double severity);

/* "low" below 4, "medium" below 7, "high" below 9, "critical". */
const char *score_label(double severity);

#endif
