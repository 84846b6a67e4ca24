/*
 * flat_of.h - for tests: findings and what is known of them, as lines of CEF and LEEF show them.
 */
#ifndef FLAT_OF_H
#define FLAT_OF_H

#include "finding/about.h"
#include "finding/finding.h"
#include "finding/score.h"

#include "about_of.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FLAT_START (INT64_C(1764000000) * NS_PER_SEC + 123456789) /* 2025-11-24T16:00:00 */

static inline void flat_text(struct finding_text *t, const char *text)
{
    t->len = (uint16_t)strlen(text);
    memcpy(t->bytes, text, t->len);
}

/* A miner that is paid, with one connection through a mirror's tunnel; flow is its memory. */
static inline void flat_finding_of(struct finding *f, struct finding_flow *flow)
{
    static const uint8_t miner[4] = {10, 0, 3, 17}, pool[4] = {203, 0, 113, 9}, outer[4] = {198, 51, 100, 7};

    memset(f, 0, sizeof(*f));
    memcpy(f->id, "cm-0123456789abcdef", 20);
    f->stage = STAGE_PAID;
    f->protocol = PROTOCOL_CRYPTONOTE;
    f->first_ns = f->detected_ns = FLAT_START;
    f->last_ns = FLAT_START + 600 * NS_PER_SEC;
    addr_set_v4(&f->miner.addr, miner);
    addr_set_v4(&f->pool.addr, pool);
    f->miner.port = 49152;
    f->pool.port = 3333;
    f->count = 31;
    flat_text(&f->login, "user.rig1");
    flat_text(&f->agent, "XMRig/6.21.0");
    flat_text(&f->host, "xmr.pool.example");
    flat_text(&f->algorithm, "rx/0");
    flat_text(&f->coin, "XMR");
    f->n_logins = f->n_agents = 1;
    f->n_submitted = 10;
    f->n_accepted = 9;
    f->rate.hs = 3120.5;
    f->has_mac = true;
    f->mac[5] = 0x11;
    *flow = (struct finding_flow){.miner = f->miner, .pool = f->pool, .vni = 77, .flags = EVIDENCE_HAS_ENCAP};
    addr_set_v4(&flow->outer_src, outer);
    f->flows = flow;
    f->n_flows = f->n_flows_listed = 1;
    f->evidence[EVIDENCE_LOGIN] = (struct finding_evidence){.present = true, .time_ns = FLAT_START};
    f->evidence[EVIDENCE_ACCEPTED] = f->evidence[EVIDENCE_LOGIN];
    score_finding(f);
}

static inline struct view flat_named(void *arg, const char *name, uint32_t i)
{
    (void)arg;
    (void)i;
    return view_str(name); /* a literal */
}

/* Each text is its own name. */
static inline void flat_about_of(struct about *about)
{
    about_fill(about, 1, flat_named, NULL);
}

/* Whether a line has a pair, with what stands around it. */
static inline void flat_assert_has(const char *line, const char *pair)
{
    if (!strstr(line, pair))
        fail_msg("not `%s' in %s", pair, line);
}

static inline void flat_assert_has_not(const char *line, const char *pair)
{
    if (strstr(line, pair))
        fail_msg("`%s' in %s", pair, line);
}

#endif
