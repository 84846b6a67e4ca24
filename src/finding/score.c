/*
 * score.c - the two numbers of a finding, such that an analyst can redo them by hand.
 *
 * Severity says how bad it is if true and follows from kind and stage. Confidence says how sure we
 * are: the weight of the strongest evidence of each class, added, at most 100. What was seen in one
 * direction only, with no sign that the other side answers, may be forged by whoever can send packets,
 * so both are capped.
 */
#include "config.h"

#include "finding/score.h"

#define ONE_SIDED_SEVERITY 6.9
#define ONE_SIDED_CONFIDENCE 75u

static double severity_of_mining(enum stage stage)
{
    switch (stage) {
    case STAGE_PAID: return 8.5;
    case STAGE_MINING: return 8.2;
    default: return 8.0;
    }
}

/* A tenth more for each doubling beyond two members. */
static double severity_of_campaign(uint32_t n_members)
{
    unsigned doublings = n_members > 2 ? finding_doublings(n_members) - 1 : 0;

    return doublings < 10 ? (90 + doublings) / 10.0 : 10.0;
}

/*
 * A pool that is gone, or a name without an address: a host with an old miner; the name may have a new owner. Whether a service for web
 * mining runs, a lookup does not tell; its dialect does.
 */
static double severity_of(const struct finding *f)
{
    switch (f->kind) {
    case FINDING_POOL_LOOKUP: return f->row.kind != FEED_DEAD && f->evidence[EVIDENCE_NAME_ANSWERED].present ? 5.0 : 3.0;
    case FINDING_WEB_MINING: return finding_is_lookup(f) ? 2.0 : 5.0;
    case FINDING_POOL_CONTACT: return f->row.kind != FEED_DEAD ? 6.0 : 3.0;
    case FINDING_COIN_NODE: return 1.0;
    case FINDING_POOL_SCAN: return 4.0;
    case FINDING_POOL_SERVICE: return 8.9;
    case FINDING_CAMPAIGN: return severity_of_campaign(f->n_members);
    default: return severity_of_mining(f->stage);
    }
}

void score_finding(struct finding *f)
{
    unsigned strongest[CLASS_N] = {0};

    for (int kind = 0; kind < EVIDENCE_N; kind++) {
        enum evidence_class class = evidence_class((enum evidence_kind)kind);
        unsigned weight = evidence_weight((enum evidence_kind)kind);

        if (f->evidence[kind].present && weight > strongest[class])
            strongest[class] = weight;
    }
    f->confidence = 0;
    for (int class = 0; class < CLASS_N; class ++)
        f->confidence += strongest[class];
    if (f->confidence > 100)
        f->confidence = 100;
    f->severity = severity_of(f);
    if (f->one_sided) {
        f->severity = f->severity < ONE_SIDED_SEVERITY ? f->severity : ONE_SIDED_SEVERITY;
        f->confidence = f->confidence < ONE_SIDED_CONFIDENCE ? f->confidence : ONE_SIDED_CONFIDENCE;
    }
}

unsigned score_rank(double severity)
{
    return severity < 4 ? 0 : severity < 7 ? 1 : severity < 9 ? 2 : 3;
}

const char *score_label(double severity)
{
    static const char *const labels[FINDING_LABELS] = {"low", "medium", "high", "critical"};

    return labels[score_rank(severity)];
}
