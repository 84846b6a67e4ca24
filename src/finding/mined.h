/*
 * mined.h - the coin and the algorithm of a finding, from all that is known of it.
 */
#ifndef FINDING_MINED_H
#define FINDING_MINED_H

#include "finding/finding.h"

struct mined {
    struct view coin;      /* ticker; empty = not known */
    struct view algorithm; /* as the miner or pool named it, or as the dialect implies; empty = not known */
};

/*
 * What is mined, which need not be the coin of the wallet: markets for hash rate pay in Bitcoin whatever is mined. The
 * views point into f or at constants.
 */
struct mined mined_of(const struct finding *f);

#endif
