/*
 * work.c - jobs, difficulties, and the sums over shares.
 *
 * Shares whose job was not seen (the capture began later) count as much as the others on average. When no job was seen
 * at all, the hashes of CryptoNote shares tell the difficulty D: the smallest of n of them, as a difficulty, is D (n + 1) / n
 * on average.
 */
#include "config.h"

#include "detect/work.h"

#include "base/parse.h"
#include "evidence/difficulty.h"

#define HASHES_MIN 8 /* shares whose hashes tell a difficulty */

static struct share share_of(const struct mining_msg *msg)
{
    double d = difficulty_of(msg);

    /* A float holds what a share is worth to 24 bits; beyond its range is nonsense. */
    if (!(d > 1e-30 && d < 1e37))
        return (struct share){0};
    return (struct share){(float)d, msg->target_kind == TARGET_DIFFICULTY || msg->target_kind == TARGET_GRIN};
}

static void note_range(struct work *w, const struct share *s)
{
    double d = (double)s->value;

    if (d <= 0)
        return;
    if (w->min <= 0 || d < w->min)
        w->min = d;
    if (d > w->max)
        w->max = d;
}

void work_set(struct work *w, const struct mining_msg *msg)
{
    struct share s = share_of(msg);

    if (s.value <= 0)
        return;
    note_range(w, &s);
    w->next = s;
    if (msg->target_kind == TARGET_DIFFICULTY)
        w->scale = (double)s.value;
    if (w->newest.value <= 0)
        w->newest = s;
}

void work_job(struct work *w, uint64_t id, const struct mining_msg *msg)
{
    struct share s = share_of(msg);

    if (msg->target_kind == TARGET_ERGO && w->scale > 0)
        s.value = (float)((double)s.value / w->scale);
    if (s.value > 0 && msg->target_kind != TARGET_ERGO)
        note_range(w, &s);
    if (s.value <= 0)
        s = w->next;
    if (s.value > 0)
        w->newest = s;
    if (id)
        w->jobs[w->jobs_at++ % WORK_JOBS] = (struct work_job){id, s};
}

/* The difficulty that a CryptoNote share's hash shows: 2^64 over its last 8 bytes, little endian. 0 = none. */
static double hash_difficulty(const struct json_val *hash)
{
    uint64_t big, little = 0;

    if (!json_is_hex(hash, 64, 64) || !parse_hex64(view_skip(hash->text, 48), &big))
        return 0;
    for (int i = 0; i < 8; i++)
        little |= (big >> (8 * i) & 0xff) << (56 - 8 * i);
    return little ? 18446744073709551616.0 / (double)little : 0;
}

static void add(struct work_sum *sum, struct share s, uint32_t n)
{
    if (s.value <= 0)
        return;
    if (s.is_figure) {
        sum->figures += (double)s.value * n;
        sum->n_figures += n;
    } else {
        sum->hashes += (double)s.value * n;
        sum->n_hashes += n;
    }
}

struct share work_submit(struct work *w, uint64_t job, const struct mining_msg *msg)
{
    double shown = hash_difficulty(&msg->share_hash);
    struct share s = w->newest;

    for (uint32_t i = 0; job && i < WORK_JOBS; i++) {
        const struct work_job *j = &w->jobs[(w->jobs_at + WORK_JOBS - 1 - i) % WORK_JOBS]; /* newest first */

        if (j->id == job) {
            s = j->share;
            break;
        }
    }
    if (shown > 0) {
        w->least_hash = w->n_hashes == 0 || shown < w->least_hash ? shown : w->least_hash;
        w->n_hashes++;
    }
    add(&w->submitted, s, 1);
    return s;
}

void work_accept(struct work *w, struct share share, uint32_t n)
{
    add(&w->accepted, share, n);
}

void work_fill(const struct work *w, double unit, double fixed, bool heard, struct evidence *e)
{
    const struct work_sum *sum = heard ? &w->accepted : &w->submitted;
    uint32_t n = heard ? e->n_accepted : e->n_submitted;
    uint32_t known = sum->n_hashes + (unit > 0 ? sum->n_figures : 0);
    double hashes = sum->hashes + (unit > 0 ? sum->figures * unit : 0);

    if (n == 0)
        return;
    if (known > 0 && known >= n / 2) {
        e->work = hashes * n / known;
        e->rate_method = heard ? RATE_ACCEPTED : RATE_SUBMITTED;
    } else if (w->n_hashes >= HASHES_MIN) {
        e->work = w->least_hash * w->n_hashes / (w->n_hashes + 1) * n;
        e->rate_method = RATE_HASHES;
    } else if (fixed > 0) {
        e->work = fixed * n;
        e->rate_method = heard ? RATE_ACCEPTED : RATE_SUBMITTED;
    } else {
        return;
    }
    if (!(e->work < EVIDENCE_WORK_MAX)) {
        e->work = 0;
        e->rate_method = RATE_NONE;
        return;
    }
    e->n_work = n;
}
