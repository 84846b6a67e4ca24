/*
 * wording.h - what a finding says to a person, in one of the languages of message_texts.h.
 *
 * All functions write escaped text into memory of the caller, n bytes, and never more.
 */
#ifndef FINDING_WORDING_H
#define FINDING_WORDING_H

#include "finding/about.h"
#include "finding/finding.h"

/* The words of output.language, in their order. */
enum language { LANGUAGE_EN, LANGUAGE_JA, LANGUAGE_N };

/* One line: who mines, where, for whom. Here as in the rest, about may be NULL. */
void wording_title(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

/* Sentences: software, login, work done, how long, what was not seen, whose machine it is, where the pool stands. */
void wording_summary(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

/* Sentences: what to do about it, by what it is and by whose machine the miner is. */
void wording_advice(const struct finding *f, const struct about *about, enum language language, char *text, size_t n);

/* What one kind of evidence saw, with the facts that the finding has now. */
void wording_detail(const struct finding *f, enum evidence_kind kind, enum language language, char *text, size_t n);

/* The detail of EVIDENCE_LISTED, with the row that lists the pool. */
void wording_address(const struct finding *f, const struct finding_row *row, enum language language, char *text, size_t n);

/* What else could have caused evidence of one kind. */
const char *wording_falsified_by(enum evidence_kind kind, enum language language);

/*
 * A login shortened for a line: its first 6 and last 4 characters when it is longer than 16, its
 * first 12 when its end was not seen.
 */
void wording_short_login(const struct finding_text *login, struct out *o);

/* A figure as far as it means something: four digits. 0 for less than 1e-12. */
double wording_rounded(double v);

#endif
