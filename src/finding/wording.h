/*
 * wording.h - what a finding says to a person, in English.
 *
 * All functions write escaped text into memory of the caller, n bytes, and never more.
 */
#ifndef FINDING_WORDING_H
#define FINDING_WORDING_H

#include "finding/about.h"
#include "finding/finding.h"

enum language { LANGUAGE_EN, LANGUAGE_JA, LANGUAGE_N };

/* One line: who mines, where, for whom. */
void wording_title(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

/* Sentences: software, login, work done, how long, and what was not seen. */
void wording_summary(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

/* Sentences: what to do about it, by what it is and by whose machine the miner is. about may be NULL. */
void wording_advice(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

/* What one kind of evidence saw, with the facts that the finding has now. */
void wording_detail(const struct finding *f, enum evidence_kind kind, char *text, size_t n);

/* The detail of EVIDENCE_LISTED, with the row that lists the pool. */
void wording_address(const struct finding_row *row, char *text, size_t n);

/*
 * A login shortened for a line: its first 6 and last 4 characters when it is longer than 16, its
 * first 12 when its end was not seen.
 */
void wording_short_login(const struct finding_text *login, struct out *o);

/* A figure as far as it means something: four digits. 0 for less than 1e-12. */
double wording_rounded(double v);

/* A name that people know the dialect by: "Stratum v1", "CryptoNote", ... */
const char *wording_protocol(enum mining_protocol protocol);

#endif
