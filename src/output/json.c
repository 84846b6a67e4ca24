/*
 * json.c - a finding as JSON, its keys in the order of countermine-findings(5). What is unknown is absent.
 */
#include "config.h"

#include "output/json.h"

#include "base/addr.h"
#include "evidence/login.h"
#include "finding/mined.h"
#include "finding/score.h"
#include "finding/wording.h"
#include "output/community_id.h"
#include "output/json_owner.h"
#include "output/json_write.h"

#define SENTENCE_MAX 4096

static void json_text(struct out *o, const char *key, const struct finding_text *t)
{
    if (t->len)
        json_wire_text(o, key, view_of(t->bytes, t->len), t->cut);
}

static void put_addr(struct out *o, const char *key, const struct addr *a)
{
    char text[64];
    struct out s = out_of(text, sizeof(text));

    addr_print(a, &s);
    json_string(o, key, text);
}

static void put_endpoint(struct out *o, const char *key, const struct endpoint *e)
{
    char text[64];
    struct out s = out_of(text, sizeof(text));

    endpoint_print(e, &s);
    json_string(o, key, text);
}

static void put_supersedes(struct out *o, const struct finding *f)
{
    if (!f->n_supersedes)
        return;
    json_open(o, "supersedes", '[');
    for (uint32_t i = 0; i < f->n_supersedes; i++) {
        char text[20];
        struct out s = out_of(text, sizeof(text));

        out_fmt(&s, "cm-%016llx", (unsigned long long)f->supersedes[i]);
        json_string(o, NULL, text);
    }
    json_close(o, ']');
}

static void put_head(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                     enum json_part part, enum language language)
{
    char text[SENTENCE_MAX];

    json_string(o, "event", "finding");
    json_u64(o, "version", 1);
    json_string(o, "id", f->id);
    json_string(o, "state", finding_state_name(state));
    json_u64(o, "revision", f->revision);
    put_supersedes(o, f);
    json_string(o, "kind", finding_kind_name(f->kind));
    json_string(o, "stage", stage_name(f->stage));
    if (part < JSON_HEAD) {
        wording_title(f, about, language, text, sizeof(text));
        json_string(o, "title", text);
    }
    if (part < JSON_WITHOUT_LISTS) {
        wording_summary(f, about, language, text, sizeof(text));
        json_string(o, "summary", text);
        wording_advice(f, about, language, text, sizeof(text));
        json_string(o, "advice", text);
    }
    json_fixed(o, "severity", f->severity, 1);
    json_string(o, "severity_label", score_label(f->severity));
    json_u64(o, "confidence", f->confidence);
    json_time(o, "first_seen", f->first_ns);
    json_time(o, "last_seen", f->last_ns);
    json_time(o, "detected", f->detected_ns);
    json_u64(o, "count", f->count);
}

/* The coins of a row, which are separated by blanks. */
static void put_coins(struct out *o, struct view coins)
{
    if (!coins.n)
        return;
    json_open(o, "coins", '[');
    while (coins.n) {
        size_t n = view_find(coins, ' ');

        if (n)
            json_wire_text(o, NULL, view_head(coins, n), false);
        coins = view_skip(coins, n + 1);
    }
    json_close(o, ']');
}

static void put_feed(struct out *o, const struct finding_row *row)
{
    json_open(o, "feeds", '[');
    json_open(o, NULL, '{');
    json_wire_text(o, "list", view_of(row->list, row->list_len), false);
    json_wire_text(o, "entry", view_of(row->name, row->name_len), false);
    json_u64(o, "line", row->line);
    json_string(o, "kind", feed_kind_name(row->kind));
    put_coins(o, view_of(row->coins, row->coins_len));
    json_u64(o, "confidence", row->confidence);
    json_close(o, '}');
    json_close(o, ']');
}

static bool has_pool(const struct finding *f, enum json_part part)
{
    if (f->kind == FINDING_COIN_NODE || f->kind == FINDING_POOL_SCAN)
        return false;
    if (finding_is_lookup(f))
        return part < JSON_HEAD; /* only its name */
    return !finding_is_fleet(f) || f->pool.port != 0;
}

static void put_place(struct out *o, const struct about *about, enum json_part part)
{
    if (about && part < JSON_WITHOUT_OWNER)
        json_place(o, &about->pool);
}

static void put_parties(struct out *o, const struct finding *f, const struct about *about, enum json_part part)
{
    json_open(o, "miner", '{');
    put_addr(o, "ip", &f->miner.addr);
    if (!finding_is_lookup(f) && f->kind != FINDING_POOL_SCAN)
        json_u64(o, "port", f->miner.port);
    if (f->has_mac) {
        char text[18];
        struct out s = out_of(text, sizeof(text));

        out_fmt(&s, "%02x:%02x:%02x:%02x:%02x:%02x", f->mac[0], f->mac[1], f->mac[2], f->mac[3], f->mac[4], f->mac[5]);
        json_string(o, "mac", text);
    }
    if (about && part < JSON_STRONGEST_EVIDENCE)
        json_owner(o, &about->owner);
    else if (about && part < JSON_WITHOUT_OWNER)
        json_owner_short(o, &about->owner);
    json_close(o, '}');
    if (!has_pool(f, part))
        return;
    json_open(o, "pool", '{');
    if (!finding_is_lookup(f) || finding_is_contact(f)) {
        put_addr(o, "ip", &f->pool.addr);
        json_u64(o, "port", f->pool.port);
    }
    if (!finding_is_lookup(f)) {
        json_text(o, "domain", &f->host);
        if (f->host.len)
            json_string(o, "domain_source", mining_name_source((enum name_source)f->host_source));
        put_place(o, about, part);
        if (f->kind == FINDING_MINING && f->row.name_len && part < JSON_WITHOUT_LISTS)
            put_feed(o, &f->row);
    } else {
        json_text(o, "domain", &f->name);
        json_string(o, "domain_source", "dns");
        put_place(o, about, part);
        if (part < JSON_WITHOUT_LISTS)
            put_feed(o, &f->row);
    }
    json_close(o, '}');
}

/* Who is served, or mines for the wallet; of a scan only how many were tried. */
static void put_members(struct out *o, const struct finding *f, enum json_part part)
{
    if (f->kind == FINDING_POOL_SCAN) {
        json_u64(o, "targets_total", f->n_members);
        return;
    }
    if (part < JSON_WITHOUT_LISTS) {
        json_open(o, "members", '[');
        for (uint32_t i = 0; i < f->n_members_listed; i++) {
            json_open(o, NULL, '{');
            put_addr(o, "ip", &f->members[i].addr);
            json_u64(o, "port", f->members[i].port);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    json_u64(o, "members_total", f->n_members);
}

static void put_texts(struct out *o, const char *key, const struct finding_text *list, uint32_t n)
{
    json_open(o, key, '[');
    for (uint32_t i = 0; i < n; i++)
        json_text(o, NULL, &list[i]);
    json_close(o, ']');
}

static void put_protocols(struct out *o, const struct finding *f)
{
    json_string(o, "protocol", mining_protocol_name((enum mining_protocol)f->protocol));
    if ((f->protocols & (f->protocols - 1)) == 0)
        return;
    json_open(o, "protocols", '[');
    for (int p = 0; p < PROTOCOL_N; p++)
        if (f->protocols & 1u << p)
            json_string(o, NULL, mining_protocol_name((enum mining_protocol)p));
    json_close(o, ']');
}

static void put_wallet(struct out *o, const struct wallet *w)
{
    if (w->check == WALLET_NONE)
        return;
    json_open(o, "wallet", '{');
    json_wire_text(o, "address", w->address, false);
    if (w->coin)
        json_string(o, "coin", w->coin);
    if (w->check != WALLET_UNCHECKED)
        json_bool(o, "valid", w->check == WALLET_VALID);
    json_close(o, '}');
}

static void put_login(struct out *o, const struct finding *f)
{
    struct login l = login_of(view_of(f->login.bytes, f->login.len), (enum mining_protocol)f->protocol);

    if (f->masked_kind) { /* what the login was; now it looks like nothing */
        l = (struct login){.kind = f->masked_kind, .wallet = f->masked_wallet};
        l.wallet.address = view_of(f->masked_address.bytes, f->masked_address.len);
    }
    json_text(o, "login", &f->login);
    if (f->login.len) {
        json_string(o, "login_kind", f->login.cut ? "unknown" : l.kind);
        if (!f->login.cut)
            put_wallet(o, &l.wallet);
    }
    if (f->worker.len)
        json_text(o, "worker", &f->worker);
    else if (l.worker.n && !f->login.cut)
        json_wire_text(o, "worker", l.worker, false);
}

/* The layers, outermost first: "socks5+ws"; "tcp" when there are none. */
static void put_transport(struct out *o, const struct finding *f)
{
    char text[64];
    struct out s = out_of(text, sizeof(text));

    for (int i = 0; i < EVIDENCE_TRANSPORTS && f->transport[i] != TRANSPORT_TCP; i++)
        out_fmt(&s, "%s%s", i ? "+" : "", transport_name((enum transport)f->transport[i]));
    json_string(o, "transport", s.n ? text : transport_name(TRANSPORT_TCP));
}

/* The rate in three digits and more only where the shares carry them. */
static void put_rate(struct out *o, const struct finding *f)
{
    const struct finding_rate *r = &f->rate;

    if (r->hs <= 0 && !f->claimed_hs)
        return;
    json_open(o, "hashrate", '{');
    if (r->hs > 0) {
        json_double(o, "hs", wording_rounded(r->hs));
        json_double(o, "error_pct", wording_rounded(r->error_pct));
        json_u64(o, "window_s", (uint64_t)(r->window_ns / NS_PER_SEC));
        json_string(o, "method", rate_method_name((enum rate_method)r->method));
    }
    if (f->claimed_hs)
        json_u64(o, "claimed_hs", f->claimed_hs);
    json_close(o, '}');
}

static void put_mining(struct out *o, const struct finding *f, enum json_part part)
{
    struct mined m = mined_of(f);

    json_open(o, "mining", '{');
    put_protocols(o, f);
    put_transport(o, f);
    if (m.coin.n) {
        json_open(o, "coins", '[');
        json_wire_text(o, NULL, m.coin, false);
        json_close(o, ']');
    }
    if (m.algorithm.n)
        json_wire_text(o, "algorithm", m.algorithm, f->algorithm.len && f->algorithm.cut);
    put_login(o, f);
    json_text(o, "agent", &f->agent);
    if (f->n_logins) {
        if (part < JSON_WITHOUT_LISTS)
            put_texts(o, "logins", f->logins, f->n_logins_listed);
        json_u64(o, "logins_total", f->n_logins);
    }
    if (f->n_agents) {
        if (part < JSON_WITHOUT_LISTS)
            put_texts(o, "agents", f->agents, f->n_agents_listed);
        json_u64(o, "agents_total", f->n_agents);
    }
    if (f->difficulty > 0)
        json_double(o, "difficulty", f->difficulty);
    if (f->difficulty_max > f->difficulty_min) {
        json_double(o, "difficulty_min", f->difficulty_min);
        json_double(o, "difficulty_max", f->difficulty_max);
    }
    json_u64(o, "jobs", f->n_jobs);
    if (f->height)
        json_u64(o, "height", f->height);
    json_text(o, "pool_tag", &f->tag);
    json_text(o, "payout", &f->payout);
    json_open(o, "shares", '{');
    json_u64(o, "submitted", f->n_submitted);
    json_u64(o, "accepted", f->n_accepted);
    json_u64(o, "rejected", f->n_rejected);
    json_close(o, '}');
    put_rate(o, f);
    json_close(o, '}');
}

static void put_one_evidence(struct out *o, const struct finding *f, int kind, const struct output_context *ctx)
{
    const struct finding_evidence *ev = &f->evidence[kind];

    json_open(o, NULL, '{');
    json_string(o, "kind", evidence_name((enum evidence_kind)kind));
    json_string(o, "class", evidence_class_name(evidence_class((enum evidence_kind)kind)));
    json_u64(o, "weight", evidence_weight((enum evidence_kind)kind));
    json_time(o, "time", ev->time_ns);
    if (ev->file < ctx->n_files)
        json_wire_text(o, "file", view_head(view_str(ctx->files[ev->file]), 1024), false);
    json_u64(o, "frame", ev->frame);
    json_string(o, "direction", direction_name((enum direction)ev->direction));
    json_string(o, "detail", ev->detail);
    json_string(o, "falsified_by", wording_falsified_by((enum evidence_kind)kind, ctx->language));
    json_close(o, '}');
}

/* The next in the order in which it came, or -1. */
static int next_evidence(const struct finding *f, const bool *done)
{
    int next = -1;

    for (int i = 0; i < EVIDENCE_N; i++)
        if (f->evidence[i].present && !done[i] && (next < 0 || f->evidence[i].time_ns < f->evidence[next].time_ns))
            next = i;
    return next;
}

/* The first of the greatest weight, or -1. */
static int strongest_evidence(const struct finding *f)
{
    int best = -1;

    for (int i = 0; i < EVIDENCE_N; i++)
        if (f->evidence[i].present &&
            (best < 0 || evidence_weight((enum evidence_kind)i) > evidence_weight((enum evidence_kind)best)))
            best = i;
    return best;
}

static void put_evidence(struct out *o, const struct finding *f, enum json_part part, const struct output_context *ctx)
{
    bool done[EVIDENCE_N] = {false};
    int next = part < JSON_STRONGEST_EVIDENCE ? next_evidence(f, done) : strongest_evidence(f);

    json_open(o, "evidence", '[');
    while (next >= 0) {
        done[next] = true;
        put_one_evidence(o, f, next, ctx);
        next = part < JSON_STRONGEST_EVIDENCE ? next_evidence(f, done) : -1;
    }
    json_close(o, ']');
}

static void put_flow(struct out *o, const struct finding_flow *fl)
{
    char id[COMMUNITY_ID_MAX];

    community_id_tcp(&fl->miner, &fl->pool, id);
    json_open(o, NULL, '{');
    json_string(o, "proto", "tcp");
    put_endpoint(o, "miner", &fl->miner);
    put_endpoint(o, "pool", &fl->pool);
    json_time(o, "start", fl->start_ns);
    json_time(o, "end", fl->last_ns);
    json_string(o, "community_id", id);
    json_open(o, "packets", '[');
    json_u64(o, NULL, fl->packets[0]);
    json_u64(o, NULL, fl->packets[1]);
    json_close(o, ']');
    json_open(o, "bytes", '[');
    json_u64(o, NULL, fl->bytes[0]);
    json_u64(o, NULL, fl->bytes[1]);
    json_close(o, ']');
    if (fl->flags & EVIDENCE_HAS_ENCAP) {
        if (fl->vni) /* IP-in-IP and plain GRE have none */
            json_u64(o, "vni", fl->vni);
        put_addr(o, "outer_src", &fl->outer_src);
    }
    json_bool(o, "midstream", fl->flags & EVIDENCE_MIDSTREAM);
    json_bool(o, "one_sided", fl->flags & EVIDENCE_ONE_SIDED);
    if (fl->flags & EVIDENCE_ONE_SIDED)
        json_bool(o, "answered", fl->flags & EVIDENCE_ANSWERED);
    if (fl->copy)
        json_bool(o, "copy", true);
    json_close(o, '}');
}

static void put_flows(struct out *o, const struct finding *f, enum json_part part)
{
    if (part < JSON_WITHOUT_FLOWS) {
        json_open(o, "flows", '[');
        for (uint32_t i = 0; i < f->n_flows_listed; i++)
            put_flow(o, &f->flows[i]);
        json_close(o, ']');
    }
    json_u64(o, "flows_total", f->n_flows);
}

void json_sensor(struct out *o, const struct output_context *ctx)
{
    json_open(o, "sensor", '{');
    if (ctx->sensor && ctx->sensor[0])
        json_wire_text(o, "name", view_str(ctx->sensor), false);
    json_string(o, "version", PACKAGE_VERSION);
    json_close(o, '}');
}

static void put_tail(struct out *o, const struct finding *f, enum json_part part, const struct output_context *ctx)
{
    json_open(o, "gaps", '{');
    json_u64(o, "dropped", f->n_dropped); /* a file has no drops of ours; those of its maker are in the closing summary */
    if (f->n_restarts)
        json_u64(o, "restarts", f->n_restarts);
    json_u64(o, "truncated", f->n_truncated);
    json_u64(o, "stream_gaps", f->n_gaps);
    if (f->out_of_sight)
        json_bool(o, "encrypted_dns", true);
    json_close(o, '}');
    if (f->kind != FINDING_COIN_NODE) {
        json_open(o, "attack", '[');
        json_string(o, NULL, "T1496.001");
        json_close(o, ']');
    }
    if (part < JSON_HEAD)
        json_sensor(o, ctx);
    if (part > JSON_WHOLE)
        json_bool(o, "cut", true);
}

void json_finding_part(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                       enum json_part part, const struct output_context *ctx)
{
    json_open(o, NULL, '{');
    put_head(o, state, f, about, part, ctx->language);
    put_parties(o, f, about, part);
    if (!finding_is_lookup(f) && part < JSON_HEAD)
        put_mining(o, f, part);
    if (finding_is_fleet(f))
        put_members(o, f, part);
    if (part < JSON_WITHOUT_LISTS)
        put_evidence(o, f, part, ctx);
    if ((!finding_is_lookup(f) || finding_is_contact(f)) && f->kind != FINDING_CAMPAIGN)
        put_flows(o, f, part);
    put_tail(o, f, part, ctx);
    json_close(o, '}');
    out_char(o, '\n');
}

void json_finding(struct out *o, enum finding_state state, const struct finding *f, const struct about *about,
                  const struct output_context *ctx)
{
    json_finding_part(o, state, f, about, JSON_WHOLE, ctx);
}
