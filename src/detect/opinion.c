/*
 * opinion.c - which payloads nDPI is shown, and what becomes of its verdict.
 */
#include "config.h"

#include "detect/opinion.h"

#include "detect/emit.h"

bool opinion_init(struct opinion *o, uint32_t max_flows)
{
    *o = (struct opinion){.dpi = dpi_new(max_flows)};
    return o->dpi != NULL;
}

void opinion_fini(struct opinion *o)
{
    dpi_free(o->dpi);
    o->dpi = NULL;
}

/*
 * A connection is asked about in its first dialogue only: JSON of another kind makes a dialogue time and
 * again, and would cost nDPI's work and one more "unproven" each time.
 */
static bool may_ask(struct dialogue *d, struct flow *f)
{
    if (d->dpi.verdict != DPI_OPEN)
        return false;
    if (d->dpi.n_shown == 0 && f->flags & FLOW_ASKED_DPI) {
        d->dpi.verdict = DPI_OTHER;
        return false;
    }
    f->flags |= FLOW_ASKED_DPI;
    return true;
}

void opinion_packet(struct opinion *o, struct dialogue *d, struct dialogue_env *env, struct flow *f, const struct packet *p,
                    int dir)
{
    if (p->payload.n > 0 && may_ask(d, f)) {
        struct dpi_payload payload = {p->payload, p->sport, p->dport, dir, p->frame->time_ns};

        dpi_packet(o->dpi, &d->dpi, &payload);
    }
    opinion_settle(d, env, f);
}

void opinion_settle(struct dialogue *d, struct dialogue_env *env, const struct flow *f)
{
    if (d->dpi.verdict != DPI_MINING || !d->proven || d->sent_kinds & 1u << EVIDENCE_DPI)
        return;
    d->sent_kinds |= 1u << EVIDENCE_DPI;
    emit_aside(d, env, f, EVIDENCE_DPI);
}

void opinion_end(struct opinion *o, struct dialogue *d)
{
    dpi_forget(o->dpi, &d->dpi);
    o->n_unproven += d->dpi.verdict == DPI_MINING && !d->proven;
}
