/*
 * redact.h - a finding in which wallets, logins and worker names are masked.
 *
 * The one place where it is done: the table of findings hands nothing else out when output.redact is set,
 * so no output can forget it.
 */
#ifndef FINDING_REDACT_H
#define FINDING_REDACT_H

#include "finding/finding.h"

/* A masked copy. Its lists of agents and flows are those of the original, which must outlive it. */
struct redacted {
    struct finding finding;
    struct finding_text logins[FINDING_LOGINS];
};

/*
 * Makes the copy. A login is taken apart at all that is neither letter, digit, `-' nor `_': each part of more than 12
 * characters keeps its first and last 6, one of 3 to 12 its first 2, a shorter one nothing; an ellipsis
 * stands for the rest. In the pool's reason every mention of a login, and every word of 20 letters and digits or
 * more, is masked so, and so is the address that a coinbase pays. Agents, which name programs, and details, which were masked when they were made, stay.
 */
void redact_finding(const struct finding *f, struct redacted *r);

/*
 * Writes text with each word of letters and digits masked that is as long as a wallet: of 26 characters, Bitcoin's
 * shortest, or more. For texts that are no logins, but may hold one.
 */
void redact_words(struct view text, struct out *o);

#endif
