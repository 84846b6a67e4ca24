/*
 * work.h - the work behind the shares of one dialogue, in expected hashes.
 *
 * A share is worth the difficulty of the job it refers to, not of the newest: what mining.set_difficulty and
 * set_target say holds for the next job. Pools' own figures (a number without a unit) and hashes are summed apart,
 * since what a figure is worth may be known only later.
 */
#ifndef DETECT_WORK_H
#define DETECT_WORK_H

#include "evidence/evidence.h"
#include "message/mining.h"

#define WORK_JOBS 16 /* jobs remembered; pools take shares for the newest few */

/* What one share is worth. */
struct share {
    float value;    /* 0 = not known */
    bool is_figure; /* in the pool's unit, not in hashes */
};

struct work_job {
    uint64_t id; /* hash of its name; 0 = free */
    struct share share;
};

struct work_sum {
    double hashes, figures; /* of the shares whose worth is known */
    uint32_t n_hashes, n_figures;
};

struct work {
    struct work_job jobs[WORK_JOBS];
    uint32_t jobs_at;    /* next to write */
    struct share next;   /* what was set and holds for the next job */
    struct share newest; /* of the newest job, or set before any */
    double scale;        /* Ergo: divides the job's own work; 0 = 1 */
    struct work_sum submitted, accepted;
    double least_hash; /* smallest difficulty that a share's own hash shows; valid when n_hashes > 0 */
    uint32_t n_hashes;
    double min, max; /* of all difficulties; 0 = none */
};

/* Takes a difficulty or target that a message sets for later jobs, or that a job brings along. */
void work_set(struct work *w, const struct mining_msg *msg);

/* Takes a job whose name has this hash; 0 = it has none. */
void work_job(struct work *w, uint64_t id, const struct mining_msg *msg);

/* What a share for the job with this hash is worth; 0 = the message names no job. Counts it as submitted. */
struct share work_submit(struct work *w, uint64_t job, const struct mining_msg *msg);

/* A share that work_submit gave was accepted; n of them. */
void work_accept(struct work *w, struct share share, uint32_t n);

/*
 * Fills e's work, n_work and rate_method. unit is what a figure of 1 is worth in hashes, or 0 when that is not known;
 * fixed what the login asks each share to be worth, or 0. heard: the pool's side was seen.
 */
void work_fill(const struct work *w, double unit, double fixed, bool heard, struct evidence *e);

#endif
