/*
 * flat.c - which pairs a line of CEF or LEEF has, of a finding and of an event.
 */
#include "config.h"

#include "output/flat.h"

#include "evidence/login.h"
#include "finding/mined.h"
#include "finding/score.h"
#include "finding/wording.h"
#include "output/flat_pair.h"
#include "output/json_owner.h"
#include "output/retain.h"

/* --- a finding ---------------------------------------------------------------------------------- */

ns_t flat_event_time(enum finding_state state, const struct finding *f)
{
    return state != FINDING_NEW && f->last_ns > f->detected_ns ? f->last_ns : f->detected_ns;
}

unsigned flat_severity(const char *severity_label)
{
    static const unsigned severity[RETAIN_CLASS_N] = {
        [RETAIN_INFO] = 0, [RETAIN_LOW] = 3, [RETAIN_MEDIUM] = 5, [RETAIN_HIGH] = 8, [RETAIN_CRITICAL] = 10,
    };

    return severity[retain_class_of(severity_label)];
}

/* LEEF's scale begins at 1. */
static void put_sev(struct flat *w, const char *severity_label)
{
    unsigned severity = flat_severity(severity_label);

    flat_put_u64(w, FLAT_SEV, severity ? severity : 1);
}

static bool has_pool_address(const struct finding *f)
{
    if (f->kind == FINDING_POOL_SCAN || f->kind == FINDING_COIN_NODE)
        return false;
    if (finding_is_lookup(f))
        return finding_is_contact(f);
    return !finding_is_fleet(f) || f->pool.port != 0;
}

static void put_parties(struct flat *w, const struct finding *f)
{
    bool lookup = finding_is_lookup(f);

    flat_put_addr(w, FLAT_SOURCE, FLAT_SOURCE_V6, &f->miner.addr);
    if (!lookup && f->kind != FINDING_POOL_SCAN)
        flat_put_u64(w, FLAT_SOURCE_PORT, f->miner.port);
    if (has_pool_address(f)) {
        flat_put_addr(w, FLAT_POOL, FLAT_POOL_V6, &f->pool.addr);
        flat_put_u64(w, FLAT_POOL_PORT, f->pool.port);
    }
    flat_put_text(w, FLAT_DOMAIN, lookup ? &f->name : &f->host);
    if (!lookup || finding_is_contact(f))
        flat_put_str(w, FLAT_PROTO, "TCP");
    if (!f->evidence[EVIDENCE_NODE].present) /* a coin's own protocol has no name here */
        flat_put_str(w, FLAT_PROTOCOL, lookup ? "dns" : mining_protocol_name((enum mining_protocol)f->protocol));
    flat_put_str(w, FLAT_STAGE, stage_name(f->stage));
    flat_put_real(w, FLAT_SEVERITY, f->severity);
    flat_put_u64(w, FLAT_CONFIDENCE, f->confidence);
}

/* "namespace/name". */
static void put_pod(struct flat *w, const struct about_kubernetes *k)
{
    char text[8 * JSON_OWNER_TEXT_MAX + 8]; /* each byte of both at most 4 when escaped */
    struct out s = out_of(text, sizeof(text));
    bool cut;

    if (!k->pod.n)
        return;
    out_escape(&s, json_owner_head(k->namespace, JSON_OWNER_TEXT_MAX, &cut));
    out_str(&s, "/");
    out_escape(&s, json_owner_head(k->pod, JSON_OWNER_TEXT_MAX, &cut));
    flat_put(w, FLAT_POD, out_view(&s));
}

/* The container that mines, of a task or of a pod; NULL when it is not known which it is. */
static const struct about_container *container_of(const struct about_owner *o)
{
    const struct about_containers *c = o->aws.ecs.containers.n ? &o->aws.ecs.containers : &o->kubernetes.containers;

    return c->n == 1 && c->total <= 1 ? &c->v[0] : NULL;
}

/* What an alarm is sent to somebody for. */
static void put_owner(struct flat *w, const struct about_owner *o)
{
    const struct about_container *c = container_of(o);

    flat_put_about(w, FLAT_ENI, o->aws.eni, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_TASK, o->aws.ecs.task, JSON_OWNER_TEXT_MAX);
    if (c)
        flat_put_about(w, FLAT_IMAGE, c->image, JSON_OWNER_TEXT_MAX);
    put_pod(w, &o->kubernetes);
    flat_put_about(w, FLAT_INSTANCE, o->aws.instance, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_PROCESS, o->process.name, JSON_OWNER_TEXT_MAX);
    if (o->process.pid)
        flat_put_u64(w, FLAT_PID, o->process.pid);
    if (o->candidate)
        flat_put_str(w, FLAT_CANDIDATE, "true");
}

static void put_more_owner(struct flat *w, const struct about_owner *o)
{
    const struct about_container *c = container_of(o);

    if (c) {
        flat_put_about(w, FLAT_CONTAINER, c->name, JSON_OWNER_TEXT_MAX);
        flat_put_about(w, FLAT_DIGEST, c->digest, JSON_OWNER_TEXT_MAX);
    }
    flat_put_about(w, FLAT_DEFINITION, o->aws.ecs.definition, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_CLUSTER, o->aws.ecs.cluster, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_ACCOUNT, o->aws.account, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_REGION, o->aws.region, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_VPC, o->aws.vpc, JSON_OWNER_TEXT_MAX);
}

/* As the process tells it, or the task or pod. */
static void put_container_id(struct flat *w, const struct about_owner *o)
{
    const struct about_container *c = container_of(o);

    if (o->process.container.n || !c)
        flat_put_about(w, FLAT_CONTAINER_ID, o->process.container, JSON_OWNER_TEXT_MAX);
    else
        flat_put_about(w, FLAT_CONTAINER_ID, c->id, JSON_OWNER_TEXT_MAX);
}

static void put_mining(struct flat *w, const struct finding *f)
{
    struct mined m = mined_of(f);

    flat_put_text(w, FLAT_LOGIN, &f->login);
    flat_put_text(w, FLAT_AGENT, &f->agent);
    if (finding_is_lookup(f))
        flat_put_wire(w, FLAT_COIN, view_of(f->row.coins, f->row.coins_len), false);
    else
        flat_put_wire(w, FLAT_COIN, m.coin, false);
}

/* The newest connection that came in a tunnel, or NULL. */
static const struct finding_flow *tunnelled(const struct finding *f)
{
    for (uint32_t i = f->n_flows_listed; i > 0; i--)
        if (f->flows[i - 1].flags & EVIDENCE_HAS_ENCAP)
            return &f->flows[i - 1];
    return NULL;
}

/* The names of the kinds, with blanks between. */
static void put_evidence(struct flat *w, const struct finding *f)
{
    char text[1024]; /* all kinds have 500 bytes */
    struct out s = out_of(text, sizeof(text));

    for (int i = 0; i < EVIDENCE_N; i++)
        if (f->evidence[i].present)
            out_fmt(&s, "%s%s", s.n ? " " : "", evidence_name((enum evidence_kind)i));
    flat_put(w, FLAT_EVIDENCE, out_view(&s));
}

static void put_worker(struct flat *w, const struct finding *f)
{
    struct login l;

    if (f->worker.len || f->masked_kind || f->login.cut) {
        flat_put_text(w, FLAT_WORKER, &f->worker);
        return;
    }
    l = login_of(view_of(f->login.bytes, f->login.len), (enum mining_protocol)f->protocol);
    flat_put_wire(w, FLAT_WORKER, l.worker, false);
}

static void put_figures(struct flat *w, const struct finding *f)
{
    struct mined m = mined_of(f);

    if (f->n_submitted)
        flat_put_u64(w, FLAT_ACCEPTED, f->n_accepted);
    if (f->rate.hs > 0)
        flat_put_real(w, FLAT_HASHRATE, wording_rounded(f->rate.hs));
    put_worker(w, f);
    flat_put_wire(w, FLAT_ALGORITHM, m.algorithm, false);
    if (f->kind == FINDING_POOL_SCAN)
        flat_put_u64(w, FLAT_TARGETS, f->n_members);
    else if (finding_is_fleet(f))
        flat_put_u64(w, FLAT_MEMBERS, f->n_members);
}

static void put_place(struct flat *w, const struct about_place *place)
{
    if (place->asn)
        flat_put_u64(w, FLAT_ASN, place->asn);
    flat_put_about(w, FLAT_AS_ORG, place->organization, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_COUNTRY, place->country, JSON_OWNER_TEXT_MAX);
    flat_put_about(w, FLAT_CITY, place->city, JSON_OWNER_TEXT_MAX);
}

static void put_texts(struct flat *w, const struct finding *f)
{
    flat_put_wire(w, FLAT_FEED, view_of(f->row.name, f->row.name_len), false);
    if (finding_is_lookup(f)) {
        flat_put_text(w, FLAT_ASKED, &f->asked);
        flat_put_text(w, FLAT_ANSWER, &f->answer);
    }
    flat_put_text(w, FLAT_REASON, &f->reason);
    flat_put_text(w, FLAT_TAG, &f->tag);
    flat_put_text(w, FLAT_PAYOUT, &f->payout);
}

static void put_link(struct flat *w, const struct finding *f)
{
    const struct finding_flow *flow = tunnelled(f);
    char text[18];
    struct out s = out_of(text, sizeof(text));

    if (flow)
        flat_put_addr(w, FLAT_OUTER_SOURCE, FLAT_OUTER_SOURCE, &flow->outer_src);
    for (int i = 0; f->has_mac && i < 6; i++)
        out_fmt(&s, "%s%02x", i ? ":" : "", f->mac[i]);
    flat_put(w, FLAT_MAC, out_view(&s));
    if (f->kind != FINDING_COIN_NODE)
        flat_put_str(w, FLAT_ATTACK, "T1496.001");
}

static void put_sensor(struct flat *w, const struct output_context *ctx)
{
    if (ctx->sensor)
        flat_put_wire(w, FLAT_SENSOR, view_str(ctx->sensor), false);
}

static void put_finding(struct flat *w, enum finding_state state, const struct finding *f, const struct about *about,
                        const struct output_context *ctx)
{
    static const struct about nothing;
    const struct about *known = about ? about : &nothing;
    const struct about_owner *owner = &known->owner;
    const struct finding_flow *flow = tunnelled(f);
    char sentence[FLAT_SENTENCE_MAX];

    flat_put_str(w, FLAT_ID, f->id);
    flat_put_str(w, FLAT_STATE, finding_state_name(state));
    flat_put_event_time(w, flat_event_time(state, f));
    put_sev(w, score_label(f->severity));
    flat_put_str(w, FLAT_CATEGORY, "CryptoMining");
    put_parties(w, f);
    put_owner(w, owner);
    wording_title(f, about, ctx->language, sentence, sizeof(sentence));
    flat_put_sentence(w, FLAT_TITLE, sentence);
    flat_put_time(w, FLAT_START, f->first_ns);
    flat_put_time(w, FLAT_END, f->last_ns);
    flat_put_u64(w, FLAT_COUNT, f->count);
    put_mining(w, f);
    put_more_owner(w, owner);
    if (flow && flow->vni)
        flat_put_u64(w, FLAT_VNI, flow->vni);
    flat_put_about(w, FLAT_NODE, owner->kubernetes.node, JSON_OWNER_TEXT_MAX);
    wording_summary(f, about, ctx->language, sentence, sizeof(sentence));
    flat_put_sentence(w, FLAT_SUMMARY, sentence);
    put_evidence(w, f);
    put_figures(w, f);
    flat_put_about(w, FLAT_EXE, owner->process.exe, JSON_OWNER_TEXT_MAX);
    put_container_id(w, owner);
    put_place(w, &known->pool);
    put_texts(w, f);
    put_link(w, f);
    put_sensor(w, ctx);
    flat_put_about(w, FLAT_CMDLINE, owner->process.cmdline, JSON_OWNER_CMDLINE_MAX);
}

void flat_finding(struct flat *w, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx)
{
    flat_begin(w);
    do {
        put_finding(w, state, f, about, ctx);
    } while (flat_again(w));
}

/* --- events ------------------------------------------------------------------------------------- */

/* "received=17 dropped=0". */
static void put_counters(struct flat *w, const struct sensor_event *e)
{
    char text[SENSOR_COUNTERS * 64];
    struct out s = out_of(text, sizeof(text));

    for (uint32_t i = 0; i < e->n_counters && i < SENSOR_COUNTERS; i++)
        out_fmt(&s, "%s%s=%llu", i ? " " : "", e->counters[i].name, (unsigned long long)e->counters[i].value);
    flat_put(w, FLAT_COUNTERS, out_view(&s));
}

static void put_event(struct flat *w, const struct sensor_event *e, const struct output_context *ctx)
{
    flat_put_event_time(w, e->time_ns);
    put_sev(w, e->severity_label);
    flat_put_str(w, FLAT_CATEGORY, "Sensor");
    flat_put_wire(w, FLAT_TITLE, view_of(e->detail, strnlen(e->detail, sizeof(e->detail))), false);
    if (e->worker >= 0)
        flat_put_u64(w, FLAT_WORKER_PROCESS, (uint64_t)e->worker);
    put_sensor(w, ctx);
    put_counters(w, e);
}

void flat_sensor(struct flat *w, const struct sensor_event *e, const struct output_context *ctx)
{
    flat_begin(w);
    do {
        put_event(w, e, ctx);
    } while (flat_again(w));
}

void flat_stats(struct flat *w, const struct sensor_event *e, const struct output_context *ctx)
{
    struct sensor_event figures = *e;

    figures.severity_label = NULL; /* figures have none */
    flat_sensor(w, &figures, ctx);
}
