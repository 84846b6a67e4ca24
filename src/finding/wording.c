/*
 * wording.c - English titles, summaries and details.
 */
#include "config.h"

#include "finding/wording.h"

#include "base/out.h"
#include "base/rfc3339.h"
#include "finding/allow.h"
#include "finding/mined.h"
#include "finding/wording_fleet.h"

#include <math.h>

#define SHORT_MAX 16
#define SHORT_CUT 12
#define COINS_SHOWN 40 /* bytes of the list of coins; some pools have 30 of them */

static struct view view_text(const struct finding_text *t)
{
    return view_of(t->bytes, t->len);
}

static void put_text(struct out *o, const struct finding_text *t)
{
    out_escape(o, view_text(t));
    if (t->cut)
        out_str(o, "…");
}

void wording_short_login(const struct finding_text *login, struct out *o)
{
    struct view v = view_text(login);

    if (login->cut) { /* what its end is, nobody knows */
        out_escape(o, view_head(v, SHORT_CUT));
        out_str(o, "…");
        return;
    }
    v = login_account(v);
    if (v.n <= SHORT_MAX) {
        out_escape(o, v);
        return;
    }
    out_escape(o, view_head(v, 6));
    out_str(o, "…");
    out_escape(o, view_skip(v, v.n - 4));
}

const char *wording_protocol(enum mining_protocol protocol)
{
    static const char *const names[PROTOCOL_N] = {
        [PROTOCOL_UNKNOWN] = "a stratum dialect",
        [PROTOCOL_STRATUM_V1] = "Stratum v1",
        [PROTOCOL_CRYPTONOTE] = "the CryptoNote dialect",
        [PROTOCOL_ETH_PROXY] = "eth-proxy",
        [PROTOCOL_EQUIHASH] = "Equihash stratum",
        [PROTOCOL_ETH_STRATUM_1] = "EthereumStratum 1.0",
        [PROTOCOL_ETH_STRATUM_2] = "EthereumStratum 2.0",
        [PROTOCOL_KAWPOW] = "KawPoW stratum",
        [PROTOCOL_ERGO] = "Ergo's stratum",
        [PROTOCOL_KASPA] = "Kaspa's stratum",
        [PROTOCOL_ALEPHIUM] = "Alephium's stratum",
        [PROTOCOL_IRONFISH] = "Iron Fish's stratum",
        [PROTOCOL_GRIN] = "Grin's stratum",
        [PROTOCOL_BEAM] = "Beam's stratum",
        [PROTOCOL_GETWORK] = "getwork over HTTP",
        [PROTOCOL_GETBLOCKTEMPLATE] = "getblocktemplate over HTTP",
        [PROTOCOL_DAEMON_RPC] = "XMRig's daemon mode",
        [PROTOCOL_STRATUM_V2] = "Stratum V2",
        [PROTOCOL_P2POOL] = "p2pool",
        [PROTOCOL_WEB_CRYPTONOTE] = "a web miner's dialect",
        [PROTOCOL_NIMIQ] = "Nimiq's pool dialect",
        [PROTOCOL_CHIA] = "Chia's pool dialect",
    };

    return names[protocol];
}

static const char *const feed_words[FEED_KIND_N] = {
    [FEED_POOL] = "a mining pool",
    [FEED_PROXY] = "a proxy of mining pools",
    [FEED_NICEHASH] = "a market for hash rate",
    [FEED_DEAD] = "a mining pool that is gone",
    [FEED_WEBMINER] = "a service for mining in browsers",
    [FEED_MALWARE] = "malware that mines",
    [FEED_NODE] = "a coin's own network, no pool",
    [FEED_ALLOW] = "nothing",
    [FEED_NEVER] = "nothing",
};

/* "a mining pool (XMR ETC)". */
static void put_row_kind(const struct finding_row *row, struct out *o)
{
    struct view coins = view_of(row->coins, row->coins_len);

    out_str(o, feed_words[row->kind]);
    if (coins.n == 0)
        return;
    if (coins.n > COINS_SHOWN) {
        struct view head = view_head(coins, COINS_SHOWN);

        coins = view_head(head, view_find_last(head, ' '));
    }
    out_str(o, " (");
    out_escape(o, coins);
    out_str(o, coins.n < row->coins_len ? " …)" : ")");
}

/* "pools, line 12, pool.example". */
static void put_place(const struct finding_row *row, struct out *o)
{
    out_escape(o, view_of(row->list, row->list_len));
    out_fmt(o, ", line %u, ", row->line);
    out_escape(o, view_of(row->name, row->name_len));
}

static void put_listed_as(const struct finding *f, struct out *o)
{
    put_row_kind(&f->row, o);
}

/* "xmr.pool.example", or "updates.example, which leads to xmr.pool.example". */
static void put_name(const struct finding *f, struct out *o)
{
    if (f->asked.len) {
        put_text(o, &f->asked);
        out_str(o, ", which leads to ");
    }
    put_text(o, &f->name);
}

static void lookup_title(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_str(o, finding_is_contact(f) ? " connected to " : " asked for ");
    put_name(f, o);
    out_str(o, ", ");
    put_listed_as(f, o);
}

/* ", listed as a mining pool (XMR): list pools, line 12, pool.example." */
static void put_row(const struct finding *f, struct out *o)
{
    if (f->n_names > 1)
        out_fmt(o, " and %u other name%s", f->n_names - 1, f->n_names == 2 ? "" : "s");
    out_str(o, ", listed as ");
    put_listed_as(f, o);
    out_str(o, ": list ");
    put_place(&f->row, o);
    out_str(o, ".");
}

/* "10.0.3.17 connected 3 times to xmr.pool.example, listed as ... The newest connection went to 203.0.113.9:3333, which it got for that name." */
static void contact_summary(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_str(o, " connected");
    if (f->n_flows > 1)
        out_fmt(o, " %u times", f->n_flows);
    out_str(o, " to ");
    put_name(f, o);
    put_row(f, o);
    out_str(o, f->n_flows > 1 ? " The newest connection went to " : " The connection went to ");
    endpoint_print(&f->pool, o);
    out_str(o, ", which the name led to.");
    if (f->one_sided)
        out_str(o, " Only one side's packets were captured.");
    out_str(o, " Nothing that was said there is known to be mining: it may be encrypted, or a look at the pool's web site.");
}

/* "10.0.3.17 asked 10.0.0.2 3 times for xmr.pool.example, which is listed as a mining pool (XMR): list pools, line 12, pool.example." */
static void lookup_summary(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_str(o, " asked ");
    if (addr_is_none(&f->server.addr)) /* a log does not say which server */
        out_str(o, "the resolver");
    else
        addr_print(&f->server.addr, o);
    if (f->count > 1)
        out_fmt(o, " %llu times", (unsigned long long)f->count);
    out_str(o, " for ");
    put_name(f, o);
    put_row(f, o);
    if (f->answer.len) {
        out_str(o, " The newest answer: ");
        put_text(o, &f->answer);
        out_str(o, ".");
    } else if (f->n_answers == 0) {
        out_str(o, " No answer was captured.");
    }
    if (f->kind != FINDING_COIN_NODE)
        out_str(o, " A lookup is a lead: by itself it does not show that anything mines.");
}

static void put_mines(struct view coin, struct out *o)
{
    out_str(o, " mines ");
    if (coin.n) {
        out_escape(o, coin);
        out_char(o, ' ');
    }
    out_str(o, "at ");
}

/* True for a finding that was made by what a node said to another, perhaps beside what it asked for. */
static bool is_peer(const struct finding *f)
{
    return f->kind == FINDING_COIN_NODE && f->evidence[EVIDENCE_NODE].present;
}

static void put_network(const struct finding *f, struct out *o)
{
    struct view coin = view_of(f->row.coins, f->row.coins_len);

    out_str(o, coin.n ? "the peer protocol of the network of " : "the peer protocol of a coin's network");
    out_escape(o, coin);
}

static void node_title(const struct finding *f, struct out *o)
{
    addr_print(&f->miner.addr, o);
    out_str(o, " speaks ");
    put_network(f, o);
}

/* "/Satoshi:27.0.0/ on 10.0.3.17 spoke the peer protocol of the network of BTC in 3 connections, the newest with 203.0.113.9:8333." */
static void node_summary(const struct finding *f, struct out *o)
{
    if (f->agent.len) {
        put_text(o, &f->agent);
        out_str(o, " on ");
    }
    addr_print(&f->miner.addr, o);
    out_str(o, " spoke ");
    put_network(f, o);
    if (f->evidence[EVIDENCE_NODE].n > 1)
        out_fmt(o, " in %u connections, the newest", f->evidence[EVIDENCE_NODE].n);
    out_str(o, " with ");
    endpoint_print(&f->server, o);
    out_str(o, ". A node or a wallet: this is no mining.");
}

void wording_title(const struct finding *f, const struct about *about, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);

    (void)about;
    (void)language;
    if (is_peer(f)) {
        node_title(f, &o);
        return;
    }
    if (finding_is_lookup(f)) {
        lookup_title(f, &o);
        return;
    }
    if (finding_is_fleet(f)) {
        wording_fleet_title(f, &o);
        return;
    }
    addr_print(&f->miner.addr, &o);
    if (f->stage >= STAGE_MINING)
        put_mines(mined_of(f).coin, &o);
    else if (f->login_refused)
        out_str(&o, " tries in vain to log in to the mining pool ");
    else
        out_str(&o, " opens a mining session with ");
    if (f->host.len)
        put_text(&o, &f->host);
    else
        endpoint_print(&f->pool, &o);
    if (f->login.len) {
        out_str(&o, f->stage >= STAGE_MINING ? " for " : " as ");
        wording_short_login(&f->login, &o);
    }
}

static void put_count(struct out *o, uint64_t n, const char *thing)
{
    out_fmt(o, "%llu %s%s", (unsigned long long)n, thing, plural(n));
}

/* "XMRig/6.21.0 on 10.0.3.17 spoke the CryptoNote dialect with 203.0.113.9:3333 for 10 min 41 s, logged in as ...". */
static void put_who(const struct finding *f, struct out *o)
{
    if (f->agent.len) {
        put_text(o, &f->agent);
        out_str(o, " on ");
    }
    addr_print(&f->miner.addr, o);
    out_fmt(o, " spoke %s with ", wording_protocol((enum mining_protocol)f->protocol));
    if (f->host.len) {
        put_text(o, &f->host);
        out_str(o, " (");
        endpoint_print(&f->pool, o);
        out_str(o, ")");
    } else {
        endpoint_print(&f->pool, o);
    }
    out_str(o, " for ");
    rfc3339_print_span(f->last_ns - f->first_ns, o);
    if (f->n_flows > 1)
        out_fmt(o, " in %u connections", f->n_flows);
    if (f->login.len) {
        out_str(o, f->login_refused ? ", refused as " : ", logged in as ");
        put_text(o, &f->login);
    }
    if (f->n_logins > 1)
        out_fmt(o, " and %u other logins", f->n_logins - 1);
    out_str(o, ".");
}

double wording_rounded(double v)
{
    double step;

    if (!(v > 1e-12) || !isfinite(v)) /* the powers below stay far within a double */
        return 0;
    step = pow(10, floor(log10(v)) - 3);
    return step >= 1 ? nearbyint(v / step) * step : nearbyint(v / step) / nearbyint(1 / step);
}

/* "3.12 kH/s"; proofs of Equihash and of cycles are solutions, not hashes. */
static void put_per_second(const struct finding *f, double hs, struct out *o)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    bool solutions = f->protocol == PROTOCOL_EQUIHASH || f->protocol == PROTOCOL_BEAM;
    size_t i = 0;

    for (; hs >= 1000 && i + 1 < ARRAY_LEN(prefixes); i++)
        hs /= 1000;
    out_fmt(o, "%.3g %s%s/s", hs, prefixes[i], solutions ? "Sol" : "H");
}

/* " About 1.96 kH/s, give or take 1.5 %; the miner claims 2 kH/s." */
static void put_rate(const struct finding *f, struct out *o)
{
    if (f->rate.hs > 0) {
        out_str(o, " About ");
        put_per_second(f, f->rate.hs, o);
        out_fmt(o, ", give or take %.2g %%", f->rate.error_pct);
        if (f->claimed_hs) {
            out_str(o, "; the miner claims ");
            put_per_second(f, (double)f->claimed_hs, o);
        }
        out_str(o, ".");
    } else if (f->claimed_hs) {
        out_str(o, " The miner claims ");
        put_per_second(f, (double)f->claimed_hs, o);
        out_str(o, ".");
    }
}

static void put_work(const struct finding *f, struct out *o)
{
    struct view algorithm = mined_of(f).algorithm;

    if (f->n_jobs + f->n_submitted == 0)
        return;
    out_str(o, " ");
    put_count(o, f->n_jobs, "job");
    out_str(o, " received, ");
    put_count(o, f->n_submitted, "share");
    out_str(o, " submitted");
    if (f->n_accepted + f->n_rejected > 0)
        out_fmt(o, ", %llu accepted, %llu rejected", (unsigned long long)f->n_accepted, (unsigned long long)f->n_rejected);
    if (algorithm.n) {
        out_str(o, "; algorithm ");
        out_escape(o, algorithm);
    }
    if (f->difficulty > 0)
        out_fmt(o, "; difficulty %.10g", f->difficulty);
    out_str(o, ".");
    put_rate(f, o);
    if (f->tag.len) {
        out_str(o, " The pool signs its blocks as ");
        put_text(o, &f->tag);
        out_str(o, ".");
    }
}

static void put_gaps(const struct finding *f, struct out *o)
{
    bool midstream = f->n_flows_listed > 0 && f->flows[0].flags & EVIDENCE_MIDSTREAM;

    if (f->reason.len) {
        out_str(o, " The pool's newest refusal: ");
        put_text(o, &f->reason);
        out_str(o, ".");
    }
    if (midstream)
        out_str(o, " The start of the connection was not captured.");
    if (f->one_sided)
        out_str(o, " Only one side's packets were captured, and nothing shows that the other side answers.");
    if (f->n_truncated) {
        out_str(o, " ");
        put_count(o, f->n_truncated, "packet");
        out_str(o, " captured in part.");
    }
    if (f->n_gaps) {
        out_str(o, " ");
        put_count(o, f->n_gaps, "gap");
        out_str(o, " in the stream.");
    }
}

/* " Closed, because it is allowed: research cluster, ticket 4711, /etc/countermine/allow.csv:12." The words are the site's own. */
static void put_allowed(const struct allow_row *row, struct out *o)
{
    out_str(o, " Closed, because it is allowed: ");
    out_escape(o, view_of(row->reason, row->n_reason));
    out_str(o, ", ");
    allow_place_print(row, o);
    out_char(o, '.');
}

void wording_summary(const struct finding *f, const struct about *about, enum language language, char *text, size_t n)
{
    struct out o = out_of(text, n);

    (void)about;
    (void)language;
    if (is_peer(f)) {
        node_summary(f, &o);
    } else if (finding_is_contact(f)) {
        contact_summary(f, &o);
    } else if (finding_is_lookup(f)) {
        lookup_summary(f, &o);
    } else if (finding_is_fleet(f)) {
        wording_fleet_summary(f, &o);
    } else {
        put_who(f, &o);
        put_work(f, &o);
        put_gaps(f, &o);
    }
    if (f->allowed)
        put_allowed(f->allowed, &o);
}

static void lookup_detail(const struct finding *f, enum evidence_kind kind, struct out *o)
{
    out_str(o, " ");
    put_text(o, &f->name);
    if (f->asked.len) {
        out_str(o, ", to which ");
        put_text(o, &f->asked);
        out_str(o, " leads");
    }
    if (kind == EVIDENCE_CONTACT) {
        out_str(o, ": ");
        endpoint_print(&f->pool, o);
        return;
    }
    if (f->answer.len) {
        out_str(o, ": ");
        put_text(o, &f->answer);
    }
    if (addr_is_none(&f->server.addr)) {
        out_str(o, " (from a DNS log)");
        return;
    }
    out_str(o, " (DNS server ");
    addr_print(&f->server.addr, o);
    out_str(o, ")");
}

void wording_address(const struct finding_row *row, char *text, size_t n)
{
    struct out o = out_of(text, n);

    out_str(&o, evidence_meaning(EVIDENCE_LISTED));
    out_str(&o, ", as ");
    put_row_kind(row, &o);
    out_str(&o, ": list ");
    put_place(row, &o);
}

void wording_detail(const struct finding *f, enum evidence_kind kind, char *text, size_t n)
{
    struct out o = out_of(text, n);

    out_str(&o, evidence_meaning(kind));
    if (evidence_class(kind) == CLASS_NAME) {
        lookup_detail(f, kind, &o);
        return;
    }
    if ((kind == EVIDENCE_WALLET || kind == EVIDENCE_CAMPAIGN) && f->login.len) {
        out_str(&o, ": ");
        wording_short_login(&f->login, &o);
    }
    if (kind == EVIDENCE_NODE) {
        struct view coin = view_of(f->row.coins, f->row.coins_len);

        out_str(&o, coin.n ? ": " : "");
        out_escape(&o, coin);
        out_str(&o, " with ");
        endpoint_print(&f->server, &o);
        if (f->agent.len) {
            out_str(&o, " as ");
            put_text(&o, &f->agent);
        }
        return;
    }
    if ((kind == EVIDENCE_LOGIN || kind == EVIDENCE_SUBMIT || kind == EVIDENCE_REFUSED) && f->login.len) {
        out_str(&o, kind == EVIDENCE_SUBMIT ? " for " : " as ");
        wording_short_login(&f->login, &o);
    }
    if ((kind == EVIDENCE_LOGIN || kind == EVIDENCE_SUBSCRIBE) && f->agent.len) {
        out_str(&o, " with agent ");
        put_text(&o, &f->agent);
    }
    if (kind == EVIDENCE_JOB && f->algorithm.len) {
        out_str(&o, ", algorithm ");
        put_text(&o, &f->algorithm);
    }
    if ((kind == EVIDENCE_JOB || kind == EVIDENCE_DIFFICULTY) && f->difficulty > 0)
        out_fmt(&o, ", difficulty %.10g", f->difficulty);
    if (kind == EVIDENCE_HASHRATE && f->claimed_hs)
        out_fmt(&o, ": %llu H/s", (unsigned long long)f->claimed_hs);
    if ((kind == EVIDENCE_REJECTED || kind == EVIDENCE_REFUSED) && f->reason.len) {
        out_str(&o, ": ");
        put_text(&o, &f->reason);
    }
}
