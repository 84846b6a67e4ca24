/*
 * fold.c - how a finding grows by evidence.
 */
#include "config.h"

#include "finding/fold.h"

#include "finding/redact.h"
#include "finding/score.h"
#include "finding/wording.h"

#include <stdlib.h>

void *fold_grow(void *list, uint32_t n, size_t size)
{
    bool full = (n & (n - 1)) == 0;

    return full ? reallocarray(list, n ? 2 * (size_t)n : 1, size) : list;
}

void fold_fini(struct finding *f)
{
    free(f->logins);
    free(f->agents);
    free(f->seen_logins);
    free(f->seen_agents);
    free(f->seen_names);
    free(f->flows);
    free(f->members);
    free(f->seen_members);
}

/* A list of distinct texts with its count. */
struct texts {
    struct finding_text **list;
    uint64_t **seen;
    uint32_t *n_listed, *n_seen, *n;
    uint32_t cap;
};

static bool begins_with(const struct finding_text *whole, const struct finding_text *cut)
{
    return cut->cut && cut->len <= whole->len && memcmp(whole->bytes, cut->bytes, cut->len) == 0;
}

/* True when a listed text is this one; of a text that was cut the longer form is kept. */
static bool is_listed(const struct texts *t, const struct finding_text *text)
{
    for (uint32_t i = 0; i < *t->n_listed; i++) {
        struct finding_text *have = &(*t->list)[i];

        if (have->len == text->len && memcmp(have->bytes, text->bytes, text->len) == 0)
            return true;
        if (begins_with(have, text))
            return true;
        if (begins_with(text, have)) {
            *have = *text;
            return true;
        }
    }
    return false;
}

bool fold_seen(uint64_t **seen, uint32_t *n_seen, uint64_t h)
{
    uint64_t *grown;

    for (uint32_t i = 0; i < *n_seen; i++)
        if ((*seen)[i] == h)
            return true;
    if (*n_seen == FINDING_SEEN)
        return false;
    grown = fold_grow(*seen, *n_seen, sizeof(*grown));
    if (grown) {
        *seen = grown;
        grown[(*n_seen)++] = h;
    }
    return false;
}

static void add_text(const struct texts *t, const struct finding_text *text, const struct hash_key *key)
{
    struct finding_text *grown;

    if (is_listed(t, text) || fold_seen(t->seen, t->n_seen, hash_64(key, view_of(text->bytes, text->len))))
        return;
    (*t->n)++;
    if (*t->n_listed == t->cap)
        return;
    grown = fold_grow(*t->list, *t->n_listed, sizeof(*grown));
    if (grown) {
        *t->list = grown;
        grown[(*t->n_listed)++] = *text;
    }
}

/* Takes a text of the record; an empty one takes back what was there. False when the record has none. */
static bool set_text(struct finding_text *to, const struct evidence *e, enum evidence_text tag)
{
    struct view v = evidence_text(e, tag);

    if (!v.p)
        return false;
    to->len = (uint16_t)min_size(v.n, sizeof(to->bytes));
    memcpy(to->bytes, v.p, to->len);
    to->cut = evidence_is_cut(e, tag);
    return to->len > 0;
}

static void take_texts(struct finding *f, const struct evidence *e, const struct hash_key *key)
{
    struct texts logins = {&f->logins, &f->seen_logins, &f->n_logins_listed, &f->n_seen_logins, &f->n_logins, FINDING_LOGINS};
    struct texts agents = {&f->agents, &f->seen_agents, &f->n_agents_listed, &f->n_seen_agents, &f->n_agents, FINDING_AGENTS};

    if (set_text(&f->login, e, TEXT_LOGIN))
        add_text(&logins, &f->login, key);
    if (set_text(&f->agent, e, TEXT_AGENT))
        add_text(&agents, &f->agent, key);
    set_text(&f->worker, e, TEXT_WORKER);
    set_text(&f->algorithm, e, TEXT_ALGORITHM);
    set_text(&f->reason, e, TEXT_REASON);
    set_text(&f->coin, e, TEXT_COIN);
    set_text(&f->tag, e, TEXT_TAG);
    set_text(&f->payout, e, TEXT_PAYOUT);
    if (set_text(&f->host, e, TEXT_HOST))
        f->host_source = e->host_source;
}

static struct finding_flow *find_flow(const struct finding *f, const struct finding_flow *same)
{
    for (uint32_t i = f->n_flows_listed; i > 0; i--) {
        struct finding_flow *fl = &f->flows[i - 1];

        if (fl->start_ns == same->start_ns && endpoint_eq(&fl->miner, &same->miner) && endpoint_eq(&fl->pool, &same->pool) &&
            fl->vni == same->vni && addr_cmp(&fl->outer_src, &same->outer_src) == 0 &&
            addr_cmp(&fl->outer_dst, &same->outer_dst) == 0)
            return fl;
    }
    return NULL;
}

struct finding_flow *fold_listed(const struct finding *f, const struct evidence *e)
{
    struct finding_flow same = {.miner = e->miner,
                                .pool = e->pool,
                                .start_ns = e->flow_start_ns,
                                .vni = e->vni,
                                .outer_src = e->outer_src,
                                .outer_dst = e->outer_dst};

    return find_flow(f, &same);
}

void fold_show(struct finding *f, const struct finding_flow *fl)
{
    struct finding_flow *place = find_flow(f, fl);

    if (!place && f->n_flows_listed == FINDING_FLOWS) {
        memmove(&f->flows[FINDING_FLOWS / 2], &f->flows[FINDING_FLOWS / 2 + 1], (FINDING_FLOWS / 2 - 1) * sizeof(*fl));
        place = &f->flows[FINDING_FLOWS - 1];
    } else if (!place) {
        struct finding_flow *grown = fold_grow(f->flows, f->n_flows_listed, sizeof(*grown));

        if (!grown)
            return;
        f->flows = grown;
        place = &grown[f->n_flows_listed++];
    }
    *place = *fl;
}

/*
 * The work of a flow may shrink when the way it is counted changes. The time moves by what is newer than both this flow's
 * newest message and the time that other flows have covered: connections at the same time are not counted twice, the
 * time between two of them not at all.
 */
static void take_work(struct finding *f, struct finding_flow *fl, const struct evidence *e)
{
    ns_t from = fl->session_last_ns > e->session_first_ns ? fl->session_last_ns : e->session_first_ns;

    if (!fl->copy) {
        f->work.hashes += e->work - fl->work;
        if (f->work.hashes < 0)
            f->work.hashes = 0;
        if (f->busy_until_ns > from)
            from = f->busy_until_ns;
        if (e->session_last_ns > from)
            f->work.busy_ns += e->session_last_ns - from;
        if (e->session_last_ns > f->busy_until_ns)
            f->busy_until_ns = e->session_last_ns;
        if (e->rate_method != RATE_NONE)
            f->rate_method = e->rate_method;
    }
    fl->work = e->work;
    if (e->session_last_ns > fl->session_last_ns)
        fl->session_last_ns = e->session_last_ns;
}

/* Replaces the flow's absolute counters and moves the sums by the difference; a copy moves none. */
static void take_counters(struct finding *f, struct finding_flow *fl, const struct evidence *e)
{
    bool counts = !fl->copy;

#define MOVE(sum, field, value)                    \
    do {                                           \
        if (counts)                                \
            f->sum += (uint64_t)(value)-fl->field; \
        fl->field = (value);                       \
    } while (0)
    MOVE(count, n_messages, e->n_messages);
    MOVE(n_jobs, n_jobs, e->n_jobs);
    MOVE(n_submitted, n_submitted, e->n_submitted);
    MOVE(n_accepted, n_accepted, e->n_accepted);
    MOVE(n_rejected, n_rejected, e->n_rejected);
    MOVE(n_gaps, n_gaps, e->n_gaps);
    MOVE(n_truncated, n_truncated, e->n_truncated);
    MOVE(work.n_shares, n_work, e->n_work);
#undef MOVE
    take_work(f, fl, e);
    fl->miner = e->miner;
    fl->pool = e->pool;
    fl->start_ns = e->flow_start_ns;
    fl->last_ns = e->flow_last_ns;
    fl->vni = e->vni;
    fl->outer_src = e->outer_src;
    fl->outer_dst = e->outer_dst;
    fl->flags = e->flags;
    memcpy(fl->bytes, e->bytes, sizeof(fl->bytes));
    memcpy(fl->packets, e->packets, sizeof(fl->packets));
}

void fold_tunnel(struct finding *f, const struct evidence *e)
{
    f->tunnel = (struct finding_tunnel){.present = (e->flags & EVIDENCE_HAS_ENCAP) != 0};
    if (!f->tunnel.present)
        return;
    f->tunnel.outer_src = e->outer_src;
    f->tunnel.vni = e->vni;
}

void fold_miner(struct finding *f, const struct evidence *e)
{
    f->miner = e->miner;
    fold_tunnel(f, e);
    if (e->flags & EVIDENCE_HAS_MACS) {
        memcpy(f->mac, e->mac, sizeof(f->mac));
        f->has_mac = true;
    }
    f->out_of_sight |= (e->flags & EVIDENCE_OUT_OF_SIGHT) != 0;
    if (e->flow_start_ns < f->first_ns)
        f->first_ns = e->flow_start_ns;
    if (e->flow_last_ns > f->last_ns)
        f->last_ns = e->flow_last_ns;
}

static void take_facts(struct finding *f, const struct evidence *e)
{
    f->pool = e->pool;
    f->protocol = e->protocol;
    f->protocols |= e->protocols;
    if (e->difficulty > 0)
        f->difficulty = e->difficulty;
    if (e->height)
        f->height = e->height;
    if (e->claimed_hs)
        f->claimed_hs = e->claimed_hs;
    if (e->difficulty_min > 0 && (f->difficulty_min <= 0 || e->difficulty_min < f->difficulty_min))
        f->difficulty_min = e->difficulty_min;
    if (e->difficulty_max > f->difficulty_max)
        f->difficulty_max = e->difficulty_max;
    memcpy(f->transport, e->transport, sizeof(f->transport));
    if (e->stage > f->stage)
        f->stage = (enum stage)e->stage;
    f->login_refused = e->flags & EVIDENCE_REFUSED_ALL;
    /* One flow that showed both sides, itself or by its acknowledgements, is enough. */
    if (!(e->flags & EVIDENCE_ONE_SIDED) || e->flags & EVIDENCE_ANSWERED)
        f->one_sided = false;
}

/* Who showed it: what was made of several records is not the newest record's. */
static enum direction direction_of(enum evidence_kind kind, const struct evidence *e)
{
    switch (kind) {
    case EVIDENCE_SERVICE: return DIRECTION_TO_MINER;
    case EVIDENCE_SCAN:
    case EVIDENCE_CAMPAIGN:
    case EVIDENCE_DONATION:
    case EVIDENCE_WALLET: return DIRECTION_TO_POOL;
    default: return (enum direction)e->direction;
    }
}

/* The finding's evidence of this kind, which is to get its detail; NULL when it has one. */
static struct finding_evidence *note(struct finding *f, const struct evidence *e, enum evidence_kind kind)
{
    struct finding_evidence *ev = &f->evidence[kind];

    ev->n++;
    if (ev->present)
        return NULL;
    *ev = (struct finding_evidence){true, (uint8_t)direction_of(kind, e), e->time_ns, e->file, e->frame, ev->n, ""};
    return ev;
}

void fold_note(struct finding *f, const struct evidence *e, enum evidence_kind kind, const struct fold_words *words)
{
    struct finding_evidence *ev = note(f, e, kind);
    struct redacted r;

    if (!ev)
        return;
    if (words->redact)
        redact_finding(f, &r);
    wording_detail(words->redact ? &r.finding : f, kind, words->language, ev->detail, sizeof(ev->detail));
}

/* A right checksum shows that the login was made to be paid, not that anything mines. */
static void note_wallet(struct finding *f, const struct evidence *e, const struct fold_words *words)
{
    if (f->evidence[EVIDENCE_WALLET].present || !evidence_text(e, TEXT_LOGIN).n || f->login.cut)
        return;
    if (login_of(view_of(f->login.bytes, f->login.len), (enum mining_protocol)f->protocol).wallet.check == WALLET_VALID)
        fold_note(f, e, EVIDENCE_WALLET, words);
}

void fold_record(struct finding *f, struct finding_flow *fl, const struct evidence *e, const struct hash_key *key,
                 const struct fold_words *words)
{
    fold_miner(f, e);
    take_facts(f, e);
    take_texts(f, e, key);
    take_counters(f, fl, e);
    fold_show(f, fl);
    if (evidence_weight((enum evidence_kind)e->kind) > 0)
        fold_note(f, e, (enum evidence_kind)e->kind, words);
    note_wallet(f, e, words);
    score_finding(f);
}

void fold_opinion(struct finding *f, const struct evidence *e, const struct fold_words *words)
{
    fold_note(f, e, (enum evidence_kind)e->kind, words);
    score_finding(f);
}

void fold_address(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct fold_words *words)
{
    struct finding_evidence *ev = note(f, e, (enum evidence_kind)e->kind);

    if (ev)
        wording_address(f, row, words->language, ev->detail, sizeof(ev->detail));
    score_finding(f);
}

static void take_name(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct hash_key *key)
{
    fold_miner(f, e);
    f->row = *row;
    if (set_text(&f->name, e, TEXT_NAME) &&
        !fold_seen(&f->seen_names, &f->n_seen_names, hash_64(key, view_of(f->name.bytes, f->name.len))))
        f->n_names++;
    f->asked.len = 0;
    set_text(&f->asked, e, TEXT_ASKED);
}

void fold_contact(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct hash_key *key,
                  const struct fold_words *words)
{
    struct finding_flow fl = {.miner = e->miner,
                              .pool = e->pool,
                              .start_ns = e->flow_start_ns,
                              .last_ns = e->flow_last_ns,
                              .outer_src = e->outer_src,
                              .outer_dst = e->outer_dst,
                              .vni = e->vni,
                              .flags = (uint8_t)e->flags,
                              .bytes = {e->bytes[0], e->bytes[1]},
                              .packets = {e->packets[0], e->packets[1]}};

    if (!finding_is_contact(f)) /* what the lookup had */
        f->one_sided = true;
    if (!(e->flags & EVIDENCE_ONE_SIDED))
        f->one_sided = false;
    f->stage = STAGE_CONTACT;
    take_name(f, e, row, key);
    f->pool = e->pool;
    f->n_flows += !fold_listed(f, e);
    f->count = f->n_flows;
    fold_show(f, &fl);
    fold_note(f, e, (enum evidence_kind)e->kind, words);
    score_finding(f);
}

void fold_lookup(struct finding *f, const struct evidence *e, const struct finding_row *row, const struct hash_key *key,
                 const struct fold_words *words)
{
    take_name(f, e, row, key);
    f->server = e->pool;
    f->answer.len = 0;
    set_text(&f->answer, e, TEXT_ANSWER);
    set_text(&f->owner, e, TEXT_OWNER);
    if (e->direction == DIRECTION_TO_POOL)
        f->n_asked++;
    else
        f->n_answers++;
    if (!finding_is_contact(f)) {
        f->one_sided = false;
        f->stage = STAGE_LOOKUP;
        f->count = f->n_asked > f->n_answers ? f->n_asked : f->n_answers;
    }
    fold_note(f, e, (enum evidence_kind)e->kind, words);
    score_finding(f);
}

/* The row is that of a name of the coin's network; where none was asked for, it holds the coin alone. */
void fold_node(struct finding *f, const struct evidence *e, const struct hash_key *key, const struct fold_words *words)
{
    struct view coin = evidence_text(e, TEXT_COIN);

    fold_miner(f, e);
    take_texts(f, e, key);
    f->server = e->pool;
    if (f->row.name_len == 0) {
        f->row.kind = FEED_NODE;
        f->row.coins_len = (uint8_t)min_size(coin.n, sizeof(f->row.coins));
        if (coin.n)
            memcpy(f->row.coins, coin.p, f->row.coins_len);
    }
    if (e->stage > f->stage)
        f->stage = (enum stage)e->stage;
    if (!(e->flags & EVIDENCE_ONE_SIDED) || e->flags & EVIDENCE_ANSWERED)
        f->one_sided = false;
    f->count++;
    fold_note(f, e, (enum evidence_kind)e->kind, words);
    score_finding(f);
}
