/*
 * wording_cases.h - a finding of each kind, stage and owner, for tests of what is said of it.
 */
#ifndef TESTS_UNIT_WORDING_CASES_H
#define TESTS_UNIT_WORDING_CASES_H

#include "finding/about.h"
#include "finding/finding.h"

struct wording_case {
    const char *name;
    struct finding f;
    struct about about;
};

/* Makes case i, from 0. False when there is none. The texts are constants. */
bool wording_case(size_t i, struct wording_case *c);

/* A finding in which every fact is known, and evidence of every kind. */
void wording_case_full(struct finding *f);

#endif
