/*
 * process_mask.h - a command line without its passwords.
 *
 * A command line is the one place where people write passwords for all users of a machine to read. Whoever prints one
 * must hide them, and a finding travels far. What is hidden:
 *
 *   the value of an option whose name says so (--pass x, --api-key=x, -p x), and of -p in the way of getopt (-px) where the
 *   program is a miner that reads its options so
 *   the password of a URL, and of a login (-u wallet:password, -O wallet:password)
 *   the value of key=value, key: value and "key":"value" where the key says so
 *
 * A wallet stays: it is what a finding is about. What hides too much costs a word, what hides too little a secret, so what is
 * in doubt is hidden.
 */
#ifndef ENRICH_PROCESS_MASK_H
#define ENRICH_PROCESS_MASK_H

#include "base/out.h"

#define PROCESS_HIDDEN "***"

/*
 * Writes the arguments of /proc/PID/cmdline, which end in zeros, with a blank between, and secrets hidden. The bytes are else as
 * they are: whoever prints them escapes them. What does not fit is left out.
 */
void process_mask(struct view arguments, struct out *o);

#define PROCESS_LOGINS_MAX 2048 /* bytes that are written at most */

/*
 * The same of what process_mask wrote, for output.redact: accounts are hidden too, behind options that take one, in URLs, and words
 * as long as a wallet by redact_words.
 */
void process_mask_logins(struct view text, struct out *o);

#endif
