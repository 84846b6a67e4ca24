/*
 * summary.h - the closing words on standard error: what was read, what was found, what could not be seen.
 */
#ifndef ROLE_SUMMARY_H
#define ROLE_SUMMARY_H

#include "detect/names_log.h"
#include "detect/pipeline.h"
#include "finding/finding.h"

struct summary {
    struct pipeline_stats pipeline; /* of captures */
    bool is_log;                    /* the inputs were DNS logs: */
    struct names_log_stats log;
    bool wants_dns;       /* some output took DNS messages: */
    uint64_t dns_written; /* messages handed to it */
    struct finding_stats finding;
    uint64_t n_files;       /* read, in whole or in part */
    uint64_t n_files_bad;   /* not read to their end */
    uint64_t n_files_other; /* below directories, no captures */
    uint64_t dropped;       /* packets that the captures say were lost when they were made */
    uint64_t filtered;      /* packets that did not pass the filter */
    uint64_t filter_unfit;  /* of these, because the filter does not fit their link type */
    bool has_feed;          /* names were looked up */
    uint64_t n_high;        /* findings of mining of severity high or critical */
    uint64_t n_superseded;  /* findings of mining that are told as part of another one */
};

/* True when something was found that is mining, or needs it: a service inside, a campaign. */
bool summary_has_mining(const struct summary *s);

void summary_print(const struct summary *s, bool verbose);

#endif
