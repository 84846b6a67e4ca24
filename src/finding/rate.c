/*
 * rate.c - H = sum of the work of the shares / time in which at least one connection was in use.
 *
 * The number of shares found in a time is Poisson distributed, so a sum of n shares is off by 1 / sqrt(n). Below RATE_SHARES
 * of them no rate is claimed.
 */
#include "config.h"

#include "finding/rate.h"

#include <math.h>

#define RATE_SHARES 10 /* 32 % */

static struct finding_rate rate_of(const struct finding_work *w, uint8_t method)
{
    struct finding_rate rate = {0};

    if (w->n_shares < RATE_SHARES || w->busy_ns <= 0 || w->hashes <= 0 || method == RATE_NONE)
        return rate;
    rate.hs = w->hashes * (double)NS_PER_SEC / (double)w->busy_ns;
    rate.error_pct = 100 / sqrt((double)w->n_shares);
    rate.window_ns = w->busy_ns;
    rate.method = method;
    return rate;
}

void rate_set(struct entry *en, enum finding_state state)
{
    struct finding *f = &en->finding;
    const struct finding_work *before = &en->said_work;
    struct finding_work window = {.hashes = f->work.hashes - before->hashes,
                                  .n_shares = f->work.n_shares - before->n_shares,
                                  .busy_ns = f->work.busy_ns - before->busy_ns};

    f->rate = rate_of(&f->work, f->rate_method);
    if (state != FINDING_UPDATE || f->work.n_shares < before->n_shares)
        return;
    if (before->n_shares > 0 && window.n_shares >= RATE_SHARES && window.hashes > 0)
        f->rate = rate_of(&window, f->rate_method);
    if (window.n_shares >= RATE_SHARES)
        en->said_work = f->work;
}
