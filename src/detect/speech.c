/*
 * speech.c - what messages prove: the roles, the dialect, when a dialogue is proven, and what is news.
 */
#include "config.h"

#include "detect/speech.h"

#include "base/parse.h"
#include "detect/contacts.h"
#include "detect/emit.h"
#include "detect/session.h"

#define QUOTATION (UINT32_C(1) << 20)       /* bytes unread: more than any dialogue bears */
#define COUNTERS_EVERY_NS (60 * NS_PER_SEC) /* a proven flow sends its counters this often */

/* Which weak messages make a proof together: one that only a miner can have meant, and its answer. */
static bool pieces_fit(const struct dialogue *d)
{
    const unsigned asks = 1 << SAY_LOGIN | 1 << SAY_SUBMIT | 1 << SAY_ASK;
    const unsigned gives = 1 << SAY_JOB;

    return (d->weak[d->miner] & asks) && (d->weak[!d->miner] & gives);
}

/*
 * Fixes the roles by the first message whose meaning gives them; a full message overrules weak ones.
 * False when the message comes from the wrong side: an echo, or a trick.
 */
static bool take_role(struct dialogue *d, const struct mining_msg *msg, int dir)
{
    uint8_t miner = (uint8_t)(msg->from_pool ? !dir : dir);

    if (d->roles_known && d->miner != miner) {
        if (d->wary && !d->proven)
            d->n_unread = QUOTATION; /* nobody speaks both parts but who quotes a dialogue */
        if (d->proven || d->wary || msg->proof != PROOF_FULL)
            return false;
        d->weak[0] = d->weak[1] = 0;
    }
    d->roles_known = true;
    d->miner = miner;
    return true;
}

static enum direction direction_of(const struct dialogue *d, int dir)
{
    return dir == d->miner ? DIRECTION_TO_POOL : DIRECTION_TO_MINER;
}

/* Emits what is new since the last record of a proven dialogue. */
static void emit_news(struct at *at, const struct session_change *c)
{
    struct dialogue *d = at->d;
    enum direction direction = direction_of(d, at->dir);
    bool fresh = c->kind != EVIDENCE_FACTS && !(d->sent_kinds & 1u << c->kind);

    if (fresh || c->new_login) {
        enum evidence_kind kind = c->new_login ? EVIDENCE_LOGIN : c->kind;

        d->sent_kinds |= 1u << kind;
        emit_evidence(d, at->env, at->f, kind, direction, 0);
        if (fresh && kind != c->kind) {
            d->sent_kinds |= 1u << c->kind;
            emit_evidence(d, at->env, at->f, c->kind, direction, 0);
        }
    }
    if ((c->answered || (d->spoke[0] && d->spoke[1])) && !(d->sent_kinds & 1u << EVIDENCE_DIALOGUE) &&
        d->spoke[0] | d->spoke[1]) {
        d->sent_kinds |= 1u << EVIDENCE_DIALOGUE;
        emit_evidence(d, at->env, at->f, EVIDENCE_DIALOGUE, DIRECTION_BOTH, 0);
    }
    if (d->last_ns - d->sent_ns > COUNTERS_EVERY_NS)
        emit_evidence(d, at->env, at->f, EVIDENCE_FACTS, direction, 0);
}

static void note_protocol(struct dialogue *d, const struct mining_msg *msg)
{
    d->stratum_family |= msg->family_stratum;
    d->not_bitcoin |= msg->not_bitcoin;
    if (msg->hint != PROTOCOL_UNKNOWN)
        d->hint = (uint8_t)msg->hint;
    if (msg->proof == PROOF_FULL && msg->protocol != PROTOCOL_UNKNOWN) {
        d->protocol = (uint8_t)msg->protocol;
        d->protocols |= 1u << msg->protocol;
    }
}

/* Remembers where the pool sends the miner. */
static void note_reconnect(const struct at *at, const struct mining_msg *msg)
{
    const struct dialogue *d = at->d;
    uint64_t port;

    if (msg->host_source != NAME_RECONNECT || !d->proven || !msg->host.complete || msg->host.escaped)
        return;
    if (!parse_u64(msg->port.text, &port) || port > UINT16_MAX) /* without one it is the same again */
        port = d->ends[!d->miner].port;
    reconnect_note(at->env->reconnects, &d->ends[d->miner].addr, msg->host.text, (uint16_t)port, d->last_ns);
}

/* A dialogue that says no name itself may be where a pool sent its miner. */
static void take_reconnect(const struct at *at)
{
    struct dialogue *d = at->d;
    struct view host;

    if (d->host_source != NAME_NONE)
        return;
    host = reconnect_find(at->env->reconnects, &d->ends[d->miner].addr, d->ends[!d->miner].port, d->last_ns);
    if (host.n == 0)
        return;
    session_host(d, json_text_of(host), NAME_RECONNECT);
}

static void prove(struct at *at, const struct mining_msg *msg, struct session_change *c)
{
    struct dialogue *d = at->d;

    if (msg->proof == PROOF_FULL) {
        d->spoke[at->dir] = true;
    } else if (msg->proof == PROOF_WEAK) {
        d->weak[at->dir] |= (uint16_t)(1u << (msg->say == SAY_REPLY ? SAY_JOB : msg->say));
    }
    if (d->proven || (d->wary && !(d->spoke[0] && d->spoke[1])))
        return;
    if (msg->proof == PROOF_FULL || d->wary) {
        d->proven = true;
    } else if (pieces_fit(d)) {
        d->proven = true;
        d->protocol = (uint8_t)msg->protocol;
        d->protocols |= 1u << msg->protocol;
        c->kind = EVIDENCE_PIECES;
    }
    if (d->proven) {
        at->f->flags |= FLOW_PROTECTED;
        take_reconnect(at);
        contacts_name(at->env->contacts, d, at->f);
    }
}

void speech_take(struct at *at, const struct jsonrpc *m, const struct mining_msg *msg)
{
    struct dialogue *d = at->d;
    struct session_change change;

    if (msg->say == SAY_REPLY && msg->proof == PROOF_NONE) {
        if (!d->roles_known || at->dir == d->miner)
            return; /* a reply without a question proves nothing */
    } else if (msg->proof == PROOF_NONE) {
        if (!d->proven) {
            session_pass(d, at->env, m, msg);
            return;
        }
    } else if (!take_role(d, msg, at->dir)) {
        d->n_foreign++;
        return;
    }
    d->n_unread = 0;
    note_protocol(d, msg);
    change = session_add(d, at->env, m, msg, at->f->packets[!at->dir] == 0);
    prove(at, msg, &change);
    note_reconnect(at, msg);
    if (d->proven)
        emit_news(at, &change);
}
