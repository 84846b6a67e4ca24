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

static double severity_of(enum stage stage)
{
    switch (stage) {
    case STAGE_PAID: return 8.5;
    case STAGE_MINING: return 8.2;
    default: return 8.0;
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
    f->severity = severity_of(f->stage);
    if (f->one_sided) {
        f->severity = f->severity < ONE_SIDED_SEVERITY ? f->severity : ONE_SIDED_SEVERITY;
        f->confidence = f->confidence < ONE_SIDED_CONFIDENCE ? f->confidence : ONE_SIDED_CONFIDENCE;
    }
}

const char *score_label(double severity)
{
    return severity < 4 ? "low" : severity < 7 ? "medium" : severity < 9 ? "high" : "critical";
}
