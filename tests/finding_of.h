/*
 * finding_of.h - findings of every kind as the table would give them, and owners of every sort, for tests of the outputs.
 *
 * All texts come from one word, so that a test can put hostile bytes everywhere.
 */
#ifndef TESTS_FINDING_OF_H
#define TESTS_FINDING_OF_H

#include "base/addr_parse.h"
#include "finding/about.h"
#include "finding/finding.h"
#include "finding/score.h"

#include <stdlib.h>

#define FINDING_OF_START (INT64_C(1772366400) * NS_PER_SEC + 24093000) /* 2026-03-01 12:00 */
#define FINDING_OF_WALLET "48NjtzHM9mBYyj5tT3zpHi2xFfPuw43BKNbRPNKzQaxK1Rme35149spjVnQGv5tuws4xXBkLFzqjyLgc5W9JLwYw2aoZDMq"

/* What there is: a kind, as far as it went, and what makes it special. */
struct finding_sort {
    const char *name;
    enum finding_kind kind;
    enum stage stage;
    bool lookup;   /* made of names in DNS */
    bool upstream; /* of a service: its pool was seen; of a campaign: all have one pool */
    bool v6;
    bool no_flow; /* of a DNS log: no server either */
};

static const struct finding_sort finding_sorts[] = {
    {"mining-handshake", FINDING_MINING, STAGE_HANDSHAKE, false, false, false, false},
    {"mining-mining", FINDING_MINING, STAGE_MINING, false, false, true, false},
    {"mining-paid", FINDING_MINING, STAGE_PAID, false, false, false, false},
    {"pool-lookup", FINDING_POOL_LOOKUP, STAGE_LOOKUP, true, false, false, false},
    {"pool-lookup-log", FINDING_POOL_LOOKUP, STAGE_LOOKUP, true, false, true, true},
    {"pool-contact", FINDING_POOL_CONTACT, STAGE_CONTACT, true, false, false, false},
    {"web-mining-lookup", FINDING_WEB_MINING, STAGE_LOOKUP, true, false, false, false},
    {"web-mining-contact", FINDING_WEB_MINING, STAGE_CONTACT, true, false, false, false},
    {"web-mining-mining", FINDING_WEB_MINING, STAGE_MINING, false, false, true, false},
    {"coin-node-lookup", FINDING_COIN_NODE, STAGE_LOOKUP, true, false, false, false},
    {"coin-node-peer", FINDING_COIN_NODE, STAGE_CONTACT, true, false, false, false},
    {"pool-service", FINDING_POOL_SERVICE, STAGE_PAID, false, false, false, false},
    {"pool-service-upstream", FINDING_POOL_SERVICE, STAGE_PAID, false, true, true, false},
    {"pool-scan", FINDING_POOL_SCAN, STAGE_HANDSHAKE, false, false, false, false},
    {"campaign", FINDING_CAMPAIGN, STAGE_PAID, false, true, false, false},
    {"campaign-pools", FINDING_CAMPAIGN, STAGE_PAID, false, false, true, false},
};

struct finding_made {
    struct finding f;
    struct finding_text logins[FINDING_LOGINS], agents[FINDING_AGENTS];
    struct finding_flow flows[FINDING_FLOWS];
    struct endpoint members[FINDING_MEMBERS];
};

static inline struct endpoint finding_end(const char *text)
{
    struct endpoint e;

    if (!endpoint_parse(view_str(text), &e))
        abort();
    return e;
}

static inline void finding_set(struct finding_text *t, struct view v)
{
    t->len = (uint16_t)min_size(v.n, sizeof(t->bytes));
    t->cut = v.n > sizeof(t->bytes);
    if (t->len)
        memcpy(t->bytes, v.p, t->len);
}

static inline void finding_prove(struct finding *f, enum evidence_kind kind)
{
    static const char detail[] = "what was seen";

    f->evidence[kind] = (struct finding_evidence){.present = true, .time_ns = f->first_ns, .frame = 4, .n = 1};
    memcpy(f->evidence[kind].detail, detail, sizeof(detail));
}

static inline void finding_list(struct finding *f, enum feed_kind kind, struct view word)
{
    struct finding_row *row = &f->row;

    row->kind = kind;
    row->confidence = 90;
    row->line = 3;
    row->name_len = row->list_len = row->coins_len = (uint8_t)min_size(word.n, sizeof(row->name));
    if (row->name_len) {
        memcpy(row->name, word.p, row->name_len);
        memcpy(row->list, word.p, row->name_len);
        memcpy(row->coins, word.p, row->name_len);
    }
    finding_set(&f->name, word);
}

/* One connection between the two of f, or its reverse. */
static inline void finding_connect(struct finding_made *m, bool reverse)
{
    struct finding *f = &m->f;

    m->flows[0] = (struct finding_flow){.miner = reverse ? m->members[0] : f->miner,
                                        .pool = reverse ? f->miner : f->pool,
                                        .start_ns = f->first_ns,
                                        .last_ns = f->last_ns,
                                        .outer_src = finding_end("10.200.0.4:1").addr,
                                        .outer_dst = finding_end("10.200.0.9:1").addr,
                                        .vni = 77,
                                        .flags = EVIDENCE_HAS_ENCAP,
                                        .packets = {12, 6},
                                        .bytes = {933, 611}};
    if (m->flows[0].miner.port == 0)
        m->flows[0].miner.port = 50031;
    f->n_flows = f->n_flows_listed = 1;
}

static inline void finding_mine(struct finding *f, struct view word)
{
    f->protocol = PROTOCOL_CRYPTONOTE;
    f->protocols = 1u << PROTOCOL_CRYPTONOTE;
    finding_set(&f->login, view_str(FINDING_OF_WALLET));
    finding_set(&f->agent, word);
    finding_set(&f->worker, word);
    finding_set(&f->host, word);
    f->host_source = NAME_DNS;
    f->logins[0] = f->login;
    f->agents[0] = f->agent;
    f->n_logins = f->n_logins_listed = f->n_agents = f->n_agents_listed = 1;
    f->difficulty = 30000;
    f->n_jobs = 14;
    f->n_submitted = 10;
    f->n_accepted = 9;
    f->n_rejected = 1;
    f->rate = (struct finding_rate){.hs = 3120.5, .error_pct = 33, .window_ns = 641 * NS_PER_SEC, .method = RATE_ACCEPTED};
    finding_prove(f, EVIDENCE_LOGIN);
    finding_prove(f, EVIDENCE_JOB);
}

static inline void finding_fleet(struct finding_made *m, const struct finding_sort *s)
{
    struct finding *f = &m->f;

    for (uint16_t i = 0; i < 3; i++) {
        m->members[i] = finding_end(s->v6 ? "[2001:db8:3::18]:41000" : "10.0.3.18:41000");
        m->members[i].addr.b[15] = (uint8_t)(m->members[i].addr.b[15] + i);
    }
    f->members = m->members;
    f->n_members = 3;
    f->n_members_listed = f->kind == FINDING_POOL_SCAN ? 0 : 3;
    if (f->kind == FINDING_POOL_SERVICE)
        f->miner = finding_end(s->v6 ? "[2001:db8:3::5]:3333" : "10.0.3.5:3333");
    if (!s->upstream)
        f->pool = (struct endpoint){.port = 0};
    f->pools_differ = !s->upstream;
    if (f->kind != FINDING_CAMPAIGN)
        finding_connect(m, f->kind == FINDING_POOL_SERVICE);
    if (f->kind == FINDING_POOL_SCAN)
        m->flows[0].pool = finding_end("203.0.113.9:3333");
    finding_prove(f, f->kind == FINDING_POOL_SCAN      ? EVIDENCE_SCAN
                     : f->kind == FINDING_POOL_SERVICE ? EVIDENCE_SERVICE
                                                       : EVIDENCE_CAMPAIGN);
}

static inline void finding_look_up(struct finding_made *m, const struct finding_sort *s, struct view word)
{
    struct finding *f = &m->f;
    bool peer = s->kind == FINDING_COIN_NODE && s->stage == STAGE_CONTACT;

    finding_list(f, s->kind == FINDING_COIN_NODE ? FEED_NODE : s->kind == FINDING_WEB_MINING ? FEED_WEBMINER : FEED_POOL, word);
    f->miner.port = 0;
    f->n_asked = f->n_answers = 2;
    finding_set(&f->answer, word);
    finding_set(&f->asked, word);
    if (!s->no_flow)
        f->server = finding_end(peer ? "198.51.100.20:8333" : s->v6 ? "[2001:db8::53]:53" : "10.0.0.53:53");
    finding_prove(f, peer ? EVIDENCE_NODE : EVIDENCE_NAME_ANSWERED);
    if (peer)
        finding_set(&f->agent, word);
    if (finding_is_contact(f)) {
        finding_prove(f, EVIDENCE_CONTACT);
        finding_connect(m, false);
    } else {
        f->pool = (struct endpoint){.port = 0};
    }
}

/* A finding of the sort, with word in all texts. What it points to lies in m. */
static inline void finding_of(struct finding_made *m, const struct finding_sort *s, struct view word)
{
    struct finding *f = &m->f;

    memset(m, 0, sizeof(*m));
    memcpy(f->id, "cm-0123456789abcdef", 20);
    f->logins = m->logins;
    f->agents = m->agents;
    f->flows = m->flows;
    f->kind = s->kind;
    f->stage = s->stage;
    f->revision = 2;
    f->first_ns = FINDING_OF_START;
    f->detected_ns = f->first_ns + 12000000;
    f->last_ns = f->first_ns + 641 * NS_PER_SEC;
    f->miner = finding_end(s->v6 ? "[2001:db8:3::17]:49152" : "10.0.3.17:49152");
    f->pool = finding_end(s->v6 ? "[2001:db8:ffff::9]:3333" : "203.0.113.9:3333");
    memcpy(f->mac, "\x02\x00\x0a\x00\x03\x11", sizeof(f->mac));
    f->has_mac = s->kind != FINDING_POOL_SERVICE && s->kind != FINDING_CAMPAIGN;
    f->count = 31;
    if (s->lookup) {
        finding_look_up(m, s, word);
    } else {
        finding_mine(f, word);
        if (finding_is_fleet(f))
            finding_fleet(m, s);
        else
            finding_connect(m, false);
    }
    score_finding(f);
}

/* --- owners ------------------------------------------------------------------------------------- */

enum about_sort {
    ABOUT_NONE,
    ABOUT_TASK,
    ABOUT_INSTANCE,
    ABOUT_INTERFACE,
    ABOUT_POD,
    ABOUT_PROCESS,
    ABOUT_LOG,
    ABOUT_ALL,
    ABOUT_N
};

/* So many containers, with word in all texts, or with texts as they are. */
static inline void about_contain(struct about_containers *c, uint32_t n, struct view word)
{
    for (uint32_t i = 0; i < n; i++)
        c->v[i] = (struct about_container){
            word.n ? word : view_str("app"),
            word.n ? word : view_str("111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/app:latest"),
            word.n ? word : view_str("sha256:25f3e5a0c1b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8"),
            word.n ? word : view_str("cd189a933e5849daa93386466019ab50-2495160603")};
    c->n = c->total = n;
}

static inline void about_task(struct about_ecs *e, uint32_t n, struct view w)
{
    e->cluster = w.n ? w : view_str("demo");
    e->cluster_arn = w.n ? w : view_str("arn:aws:ecs:ap-northeast-1:111122223333:cluster/demo");
    e->task = w.n ? w : view_str("arn:aws:ecs:ap-northeast-1:111122223333:task/demo/0a1b2c3d4e5f");
    e->definition = w.n ? w : view_str("cnrig:3");
    e->group = w.n ? w : view_str("service:cnrig");
    e->launch_type = w.n ? w : view_str("FARGATE");
    about_contain(&e->containers, n, w);
}

static inline void about_pod(struct about_kubernetes *k, uint32_t n, struct view w)
{
    k->namespace = w.n ? w : view_str("shop");
    k->pod = w.n ? w : view_str("web-7d4b9c-x2x4z");
    k->uid = w.n ? w : view_str("3b1a0f5e-0000-4000-8000-000000000001");
    k->node = w.n ? w : view_str("ip-10-0-3-40");
    k->owner_kind = w.n ? w : view_str("ReplicaSet");
    k->owner_name = w.n ? w : view_str("web-7d4b9c");
    k->service_account = w.n ? w : view_str("default");
    about_contain(&k->containers, n, w);
}

static inline void about_run(struct about_process *p, struct view w)
{
    p->pid = 4242;
    p->uid = 1000;
    p->started_ns = FINDING_OF_START - 60 * NS_PER_SEC;
    p->name = w.n ? w : view_str("cnrig");
    p->exe = w.n ? w : view_str("/usr/bin/cnrig");
    p->cmdline = w.n ? w : view_str("cnrig -o xmr.pool.example:3333");
    p->parents[0] = w.n ? w : view_str("sh");
    p->parents[1] = w.n ? w : view_str("entrypoint");
    p->n_parents = 2;
    p->container = w.n ? w : view_str("cd189a933e5849daa93386466019ab50-2495160603");
}

static inline void about_cloud(struct about_aws *a, struct view w)
{
    a->account = w.n ? w : view_str("111122223333");
    a->region = w.n ? w : view_str("ap-northeast-1");
    a->vpc = w.n ? w : view_str("vpc-a01106c2");
    a->subnet = w.n ? w : view_str("subnet-b61f49f0");
    a->session = w.n ? w : view_str("tms-0567a4c684example");
    a->tags[0] = (struct about_tag){w.n ? w : view_str("Name"), w.n ? w : view_str("web-1")};
    a->n_tags = a->tags_total = 1;
}

/* An owner of the sort; with word in all texts, or, when it is empty, with texts as they are. */
static inline void about_of(struct about *a, enum about_sort sort, struct view w)
{
    struct about_owner *o = &a->owner;
    bool all = sort == ABOUT_ALL;

    *a = (struct about){.owner = {.source = OWNER_NONE}};
    if (sort == ABOUT_NONE)
        return;
    o->source = sort == ABOUT_PROCESS ? OWNER_PROCESS : sort == ABOUT_LOG ? OWNER_DNS_LOG : OWNER_INVENTORY;
    o->has_age = true;
    o->age_s = 120;
    a->pool = (struct about_place){64500, w.n ? w : view_str("Example Pools"), w.n ? w : view_str("DE"),
                                   w.n ? w : view_str("Berlin")};
    if (sort != ABOUT_PROCESS && sort != ABOUT_POD)
        about_cloud(&o->aws, w);
    if (sort == ABOUT_TASK || all)
        about_task(&o->aws.ecs, all ? ABOUT_CONTAINERS : 1, w);
    if (sort == ABOUT_TASK || sort == ABOUT_INTERFACE || sort == ABOUT_INSTANCE || all)
        o->aws.eni = w.n ? w : view_str("eni-0a471a5cf3example");
    if (sort == ABOUT_INSTANCE || all) {
        o->aws.instance = w.n ? w : view_str("i-1234567890abcdef0");
        o->aws.instance_type = w.n ? w : view_str("m5.large");
    }
    if (sort == ABOUT_POD || all)
        about_pod(&o->kubernetes, all ? ABOUT_CONTAINERS : 2, w);
    if (sort == ABOUT_PROCESS || sort == ABOUT_TASK || all)
        about_run(&o->process, w);
    o->candidate = sort == ABOUT_INTERFACE || all;
    if (o->candidate) {
        for (uint32_t i = 0; i < ABOUT_CANDIDATES; i++)
            o->candidates[i] = (struct about_candidate){view_str("ecs-task"), w.n ? w : view_str("arn:aws:ecs:::task/a"),
                                                        w.n ? w : view_str("cnrig:3")};
        o->n_candidates = ABOUT_CANDIDATES;
        o->candidates_total = 9;
    }
    if (all) {
        for (uint32_t i = 0; i < ABOUT_TAGS; i++)
            o->aws.tags[i] = (struct about_tag){w.n ? w : view_str("Name"), w.n ? w : view_str("web-1")};
        o->aws.n_tags = ABOUT_TAGS;
        o->aws.tags_total = 40;
        for (uint32_t i = 0; i < ABOUT_PARENTS; i++)
            o->process.parents[i] = w.n ? w : view_str("sh");
        o->process.n_parents = ABOUT_PARENTS;
    }
}

#endif
