/*
 * owner_log.h - what the entry of a DNS log says about whose the miner is.
 */
#ifndef ENRICH_OWNER_LOG_H
#define ENRICH_OWNER_LOG_H

#include "finding/about.h"

/*
 * Takes the words of TEXT_OWNER (evidence.h): account, region, VPC and instance with blanks between, - for what is not said.
 * Fills in owner, whose texts are views of words. False when there are none.
 */
bool owner_log_take(struct view words, struct about_owner *owner);

#endif
