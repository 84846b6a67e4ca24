/*
 * difficulty.h - targets as numbers.
 */
#ifndef EVIDENCE_DIFFICULTY_H
#define EVIDENCE_DIFFICULTY_H

#include "message/mining.h"

/*
 * The difficulty that a message sets: the number of mining.set_difficulty as it stands; for targets
 * the expected number of hashes (Equihash: solutions) until one is below it. 0 when there is none, or
 * it is not a positive number, or the target is 0. For Ergo it is the job's own work, which the pool's number divides.
 */
double difficulty_of(const struct mining_msg *msg);

/*
 * What a pool's figure of 1 (TARGET_DIFFICULTY) is worth in expected hashes a share, in this dialect and for this coin (a
 * ticker, or NULL); 0 when that is not known.
 */
double difficulty_unit(enum mining_protocol protocol, const char *coin);

/* The same for 64 hex digits, big endian: 2^256 / (target + 1). */
double difficulty_of_target256(struct view hex);

/* CryptoNote: 8 or 16 hex digits, little endian, as XMRig counts. */
double difficulty_of_cryptonote(struct view hex);

#endif
