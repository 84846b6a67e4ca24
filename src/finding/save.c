/*
 * save.c - the whole table as bytes, and a table from bytes.
 *
 * What a later record, tick or event depends on is saved; what follows from it, or belongs to the process (hash
 * tables, places in the orders, severity), is made anew. Bytes that were not written by us at all may claim
 * anything: every count, length and word is checked, and nothing is kept of a table that is not whole.
 */
#include "config.h"

#include "finding/allow.h"
#include "finding/codec.h"
#include "finding/score.h"
#include "finding/table.h"

#include "base/out.h"

#define SAVE_MAGIC 0x636d2d7461626c65ULL /* "cm-table" */
#define SAVE_VERSION 10

#define NUMBER_MAX (UINT64_C(1) << (ORDER_BITS - 1)) /* half of what there are: enough are left */

/* A number that was given out. */
static void codec_number(struct codec *c, uint64_t *v)
{
    codec_u64(c, v);
    if (*v > NUMBER_MAX) {
        c->bad = true;
        *v = 0;
    }
}

static void codec_flow(struct codec *c, struct finding_flow *fl)
{
    uint32_t *const counters[] = {&fl->packets[0], &fl->packets[1], &fl->n_messages, &fl->n_jobs,      &fl->n_submitted,
                                  &fl->n_accepted, &fl->n_rejected, &fl->n_gaps,     &fl->n_truncated, &fl->n_logins};

    codec_endpoint(c, &fl->miner);
    codec_endpoint(c, &fl->pool);
    codec_time(c, &fl->start_ns);
    codec_time(c, &fl->last_ns);
    codec_addr(c, &fl->outer_src);
    codec_addr(c, &fl->outer_dst);
    codec_u32(c, &fl->vni);
    codec_u8(c, &fl->flags, UINT8_MAX);
    codec_bool(c, &fl->copy);
    codec_u64(c, &fl->bytes[0]);
    codec_u64(c, &fl->bytes[1]);
    for (size_t i = 0; i < ARRAY_LEN(counters); i++)
        codec_u32(c, counters[i]);
    codec_time(c, &fl->session_last_ns);
    codec_u32(c, &fl->n_work);
    codec_double(c, &fl->work);
}

/* Words for people were escaped when they were made: only such come back. */
static bool is_clean(struct view v)
{
    size_t len;

    for (; v.n; v = view_skip(v, len)) {
        uint32_t cp = utf8_decode(v, &len);

        if (cp == UINT32_MAX || utf8_unsafe(cp))
            return false;
    }
    return true;
}

static void codec_evidence(struct codec *c, struct finding_evidence *ev)
{
    uint8_t n = (uint8_t)strnlen(ev->detail, sizeof(ev->detail) - 1);

    codec_bool(c, &ev->present);
    if (!ev->present)
        return;
    codec_u8(c, &ev->direction, DIRECTION_BOTH);
    codec_time(c, &ev->time_ns);
    codec_u32(c, &ev->file);
    codec_u64(c, &ev->frame);
    codec_u32(c, &ev->n);
    codec_u8(c, &n, sizeof(ev->detail) - 1);
    codec_bytes(c, ev->detail, n);
    if (c->load && (memchr(ev->detail, '\0', n) || !is_clean(view_of(ev->detail, n))))
        c->bad = true;
}
_Static_assert(FINDING_DETAIL_MAX - 1 <= UINT8_MAX, "the length of a detail is held in 8 bits");

/* Room for n items, as lists that grow item by item have it: the next power of two. */
static void *room_for(struct codec *c, uint32_t n, size_t size)
{
    uint32_t room = 1;
    void *list;

    while (room < n)
        room *= 2;
    list = n && !c->bad ? calloc(room, size) : NULL;
    if (!list && n)
        c->bad = true;
    return list;
}

static void codec_texts(struct codec *c, struct finding_text **list, uint32_t *n, uint32_t max)
{
    *n = codec_upto(c, *n, max);
    if (c->load)
        *list = room_for(c, *n, sizeof(**list));
    if (!*list)
        *n = 0;
    for (uint32_t i = 0; i < *n; i++)
        codec_text(c, &(*list)[i]);
}

static void codec_hashes(struct codec *c, uint64_t **list, uint32_t *n)
{
    *n = codec_upto(c, *n, FINDING_SEEN);
    if (c->load)
        *list = room_for(c, *n, sizeof(**list));
    if (!*list)
        *n = 0;
    for (uint32_t i = 0; i < *n; i++)
        codec_u64(c, &(*list)[i]);
}

static void codec_flows(struct codec *c, struct finding *f)
{
    f->n_flows_listed = codec_upto(c, f->n_flows_listed, FINDING_FLOWS);
    if (c->load)
        f->flows = room_for(c, f->n_flows_listed, sizeof(*f->flows));
    if (!f->flows)
        f->n_flows_listed = 0;
    for (uint32_t i = 0; i < f->n_flows_listed; i++)
        codec_flow(c, &f->flows[i]);
}

static void codec_work(struct codec *c, struct finding_work *w)
{
    codec_double(c, &w->hashes);
    codec_u64(c, &w->n_shares);
    codec_time(c, &w->busy_ns);
}

/* Of mining: who, what, with what. */
static void codec_mining(struct codec *c, struct finding *f)
{
    struct finding_text *const texts[] = {&f->login, &f->agent, &f->worker, &f->algorithm, &f->reason,
                                          &f->host,  &f->coin,  &f->tag,    &f->payout};

    if (f->kind == FINDING_MINING)
        codec_row(c, &f->row);
    codec_endpoint(c, &f->pool);
    codec_u8(c, &f->protocol, PROTOCOL_N - 1);
    codec_u32(c, &f->protocols);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        codec_text(c, texts[i]);
    codec_texts(c, &f->logins, &f->n_logins_listed, FINDING_LOGINS);
    codec_texts(c, &f->agents, &f->n_agents_listed, FINDING_AGENTS);
    codec_hashes(c, &f->seen_logins, &f->n_seen_logins);
    codec_hashes(c, &f->seen_agents, &f->n_seen_agents);
    codec_u32(c, &f->n_logins);
    codec_u32(c, &f->n_agents);
    codec_double(c, &f->difficulty);
    codec_double(c, &f->difficulty_min);
    codec_double(c, &f->difficulty_max);
    codec_work(c, &f->work);
    codec_time(c, &f->busy_until_ns);
    codec_u8(c, &f->rate_method, RATE_N - 1);
    codec_u8(c, &f->host_source, NAME_SOURCE_N - 1);
    for (size_t i = 0; i < EVIDENCE_TRANSPORTS; i++)
        codec_u8(c, &f->transport[i], TRANSPORT_N - 1);
    codec_u64(c, &f->height);
    codec_u64(c, &f->claimed_hs);
    codec_bool(c, &f->login_refused);
    codec_flows(c, f);
    codec_u32(c, &f->n_flows);
}

static void codec_members(struct codec *c, struct finding *f)
{
    f->n_members_listed = codec_upto(c, f->n_members_listed, FINDING_MEMBERS);
    if (c->load)
        f->members = room_for(c, f->n_members_listed, sizeof(*f->members));
    if (!f->members)
        f->n_members_listed = 0;
    for (uint32_t i = 0; i < f->n_members_listed; i++)
        codec_endpoint(c, &f->members[i]);
    codec_hashes(c, &f->seen_members, &f->n_seen_members);
    codec_u32(c, &f->n_members);
    codec_u32(c, &f->n_two_sided);
    codec_bool(c, &f->pools_differ);
}

static void codec_supersedes(struct codec *c, struct finding *f)
{
    f->n_supersedes = codec_upto(c, f->n_supersedes, FINDING_SUPERSEDES);
    for (uint32_t i = 0; i < f->n_supersedes; i++)
        codec_u64(c, &f->supersedes[i]);
}

static void codec_lookup(struct codec *c, struct finding *f)
{
    codec_row(c, &f->row);
    codec_text(c, &f->name);
    codec_hashes(c, &f->seen_names, &f->n_seen_names);
    codec_u32(c, &f->n_names);
    codec_text(c, &f->asked);
    codec_text(c, &f->answer);
    codec_text(c, &f->owner);
    codec_endpoint(c, &f->server);
    codec_u64(c, &f->n_asked);
    codec_u64(c, &f->n_answers);
    codec_endpoint(c, &f->pool);
    codec_flows(c, f);
    codec_u32(c, &f->n_flows);
}

/* "cm-" and 16 hex digits, or nothing before the first event. */
static void codec_id(struct codec *c, struct finding *f)
{
    codec_u32(c, &f->revision);
    if (f->revision == 0)
        return;
    codec_bytes(c, f->id, sizeof(f->id));
    if (memcmp(f->id, "cm-", 3) != 0 || f->id[sizeof(f->id) - 1] != '\0' ||
        strspn(f->id + 3, "0123456789abcdef") != sizeof(f->id) - 4)
        c->bad = true;
}

static void codec_finding(struct codec *c, struct finding *f)
{
    uint64_t *const sums[] = {&f->count,      &f->n_jobs, &f->n_submitted, &f->n_accepted,
                              &f->n_rejected, &f->n_gaps, &f->n_truncated};
    bool lookup = finding_is_lookup(f);

    codec_id(c, f);
    f->stage = (enum stage)codec_upto(c, f->stage, STAGE_N - 1);
    codec_time(c, &f->first_ns);
    codec_time(c, &f->last_ns);
    codec_time(c, &f->detected_ns);
    codec_endpoint(c, &f->miner);
    codec_bytes(c, f->mac, sizeof(f->mac));
    codec_bool(c, &f->has_mac);
    codec_bool(c, &f->tunnel.present);
    codec_addr(c, &f->tunnel.outer_src);
    codec_u32(c, &f->tunnel.vni);
    codec_bool(c, &lookup);
    if (lookup)
        codec_lookup(c, f);
    else
        codec_mining(c, f);
    if (finding_is_fleet(f))
        codec_members(c, f);
    codec_supersedes(c, f);
    if (lookup != finding_is_lookup(f)) /* by its kind, or by the row that it has */
        c->bad = true;
    for (int kind = 0; kind < EVIDENCE_N; kind++)
        codec_evidence(c, &f->evidence[kind]);
    for (size_t i = 0; i < ARRAY_LEN(sums); i++)
        codec_u64(c, sums[i]);
    codec_bool(c, &f->one_sided);
    codec_bool(c, &f->out_of_sight);
    codec_bool(c, &f->superseded);
    if (c->load)
        score_finding(f);
}

static void codec_identity(struct codec *c, struct identity *id)
{
    codec_addr(c, &id->miner);
    codec_addr(c, &id->pool);
    codec_addr(c, &id->outer_lo);
    codec_addr(c, &id->outer_hi);
    codec_u32(c, &id->vni);
    codec_u16(c, &id->port);
    codec_u8(c, &id->kind, FINDING_KIND_N - 1);
    codec_u8(c, &id->has_encap, 1);
    codec_u64(c, &id->scope);
}

/* Whether it is in an order, and with which number. */
static bool codec_order(struct codec *c, const struct entry *en, enum order order, uint64_t *key)
{
    bool in = heap_has(&en->by[order]);

    *key = en->by[order].key;
    codec_bool(c, &in);
    if (in)
        codec_number(c, key);
    return in;
}

static void codec_entry(struct codec *c, struct entry *en)
{
    codec_identity(c, &en->identity);
    en->finding.kind = (enum finding_kind)en->identity.kind;
    codec_number(c, &en->made);
    codec_time(c, &en->emitted_ns);
    en->said_stage = (enum stage)codec_upto(c, en->said_stage, STAGE_N - 1);
    codec_double(c, &en->said_severity);
    codec_u64(c, &en->said_scope);
    codec_u32(c, &en->said_logins);
    codec_u32(c, &en->said_agents);
    codec_u32(c, &en->said_names);
    codec_u32(c, &en->said_members);
    codec_bool(c, &en->said_pool);
    codec_bool(c, &en->said_host);
    codec_work(c, &en->said_work);
    codec_bool(c, &en->late);
    codec_bool(c, &en->worked);
    codec_number(c, &en->told);
    codec_bool(c, &en->has_wallet);
    codec_u64(c, &en->wallet.lo);
    codec_u64(c, &en->wallet.hi);
    codec_bool(c, &en->two_sided);
    codec_number(c, &en->counted_in);
    codec_bool(c, &en->announced);
    codec_u32(c, &en->allowed);
    codec_time(c, &en->held_ns);
    codec_time(c, &en->held);
    codec_bool(c, &en->changed);
    codec_u8(c, &en->due, (1u << FINDING_STATE_N) - 1);
    codec_time(c, &en->heard);
    codec_time(c, &en->said);
    codec_u64(c, &en->lost_drops);
    codec_u64(c, &en->lost_restarts);
    codec_finding(c, &en->finding);
    /* What waits to be new was never said, what was said is announced, or waits to be silent. */
    if (c->load && ((en->due & 1u << FINDING_NEW && en->finding.revision > 0) ||
                    ((en->due || en->finding.revision > 0) && !en->announced && !en->allowed)))
        c->bad = true;
}

static void codec_tracked(struct codec *c, struct tracked *tr, uint64_t *use)
{
    struct flow_key_record *key = &tr->key;

    codec_endpoint(c, &key->pair[0]);
    codec_endpoint(c, &key->pair[1]);
    codec_addr(c, &key->outer_src);
    codec_addr(c, &key->outer_dst);
    codec_u32(c, &key->vni);
    codec_time(c, &key->start_ns);
    codec_u32(c, &key->worker);
    codec_bool(c, &tr->in_pairs);
    codec_number(c, &tr->counted_in);
    codec_flow(c, &tr->flow);
    *use = tr->by_use.key;
    codec_u64(c, use);
    if (*use >> ORDER_BITS > 1)
        c->bad = true;
}

static void codec_table(struct codec *c, struct finding_table *t)
{
    uint64_t magic = SAVE_MAGIC, tokens = (uint64_t)t->tokens, full = (uint64_t)t->burst * NS_PER_SEC;
    uint64_t *const counters[] = {&t->drops.sum,      &t->drops.newest,        &t->restarts.sum,  &t->restarts.newest,
                                  &t->stats.findings, &t->stats.records,       &t->stats.evicted, &t->stats.untracked,
                                  &t->stats.repeated, &t->stats.joined,        &t->stats.due,     &t->stats.emitted,
                                  &t->stats.allowed,  &t->stats.allowed_closed};

    codec_u64(c, &magic);
    if (magic != SAVE_MAGIC || codec_upto(c, SAVE_VERSION, SAVE_VERSION) != SAVE_VERSION)
        c->bad = true;
    codec_bytes(c, t->seen_key.secret, sizeof(t->seen_key.secret));
    codec_number(c, &t->number);
    codec_number(c, &t->service);
    codec_time(c, &t->now_ns);
    codec_time(c, &t->clock);
    codec_u64(c, &tokens);
    t->tokens = (int64_t)(tokens < full ? tokens : full); /* a smaller burst may be configured now */
    for (size_t i = 0; i < ARRAY_LEN(counters); i++)
        codec_u64(c, counters[i]);
    for (size_t i = 0; i < FINDING_KIND_N; i++)
        codec_u64(c, &t->stats.by_kind[i]);
    for (size_t i = 0; i < FINDING_STATE_N * FINDING_LABELS; i++) {
        codec_u64(c, &t->suppressed.n[i / FINDING_LABELS][i % FINDING_LABELS]);
        codec_u64(c, &t->told.n[i / FINDING_LABELS][i % FINDING_LABELS]);
    }
}

/* The sets of digests, each up to its first free place. */
static void codec_copies(struct codec *c, struct copies *copies)
{
    for (size_t i = 0; i < COPIES_SETS; i++) {
        uint8_t n = 0;

        while (n < COPIES_WAYS && copies->set[i][n].digest)
            n++;
        codec_u8(c, &n, COPIES_WAYS);
        for (uint8_t k = 0; k < n; k++) {
            codec_u64(c, &copies->set[i][k].digest);
            codec_time(c, &copies->set[i][k].time_ns);
        }
    }
}

static void codec_wallet(struct codec *c, struct wallet_use *w)
{
    codec_time(c, &w->first_ns);
    w->n = codec_upto(c, w->n, ARRAY_LEN(w->user));
    for (uint32_t i = 0; i < w->n; i++) {
        codec_identity(c, &w->user[i].identity);
        codec_endpoint(c, &w->user[i].miner);
        codec_endpoint(c, &w->user[i].pool);
        codec_bool(c, &w->user[i].two_sided);
    }
}

/* --- saving --------------------------------------------------------------------------------- */

static void save_entry(struct codec *c, struct entry *en)
{
    uint32_t n = en->n_tracked;
    struct tracked *tr;
    uint64_t key;

    codec_entry(c, en);
    codec_order(c, en, ORDER_HEARD, &key);
    codec_order(c, en, ORDER_SAID, &key);
    codec_order(c, en, ORDER_HELD, &key);
    codec_u32(c, &n);
    DL_FOREACH(en->tracked, tr)
    codec_tracked(c, tr, &key);
}

/* In the order of their use. */
static void save_wallets(struct codec *c, const struct finding_table *t)
{
    uint32_t n = HASH_COUNT(t->wallets);
    struct wallet_use *w;

    codec_u32(c, &n);
    DL_FOREACH(t->wallet_order, w)
    {
        codec_u64(c, &w->wallet.lo);
        codec_u64(c, &w->wallet.hi);
        codec_wallet(c, w);
    }
}

/* Findings are saved in the order of the heap, which is good for loading. Saving changes nothing. */
bool finding_save(const struct finding_table *t, finding_write_fn *fn, void *arg)
{
    struct finding_table head = *t; /* codecs take what they could write */
    uint32_t n = t->by[ORDER_MADE].n;
    struct codec c;

    if (!codec_save(&c, fn, arg))
        return false;
    codec_table(&c, &head);
    allowed_codec(&c, &head);
    codec_copies(&c, &head.copies);
    save_wallets(&c, t);
    codec_u32(&c, &n);
    for (uint32_t i = 0; i < n && !c.bad; i++)
        save_entry(&c, t->by[ORDER_MADE].slots[i].node->owner);
    return codec_save_end(&c);
}

/* --- loading -------------------------------------------------------------------------------- */

static void load_tracked(struct codec *c, struct finding_table *t, struct entry *en)
{
    struct tracked *tr = calloc(1, sizeof(*tr)), *same = NULL;
    uint64_t use;

    if (!tr) {
        c->bad = true;
        return;
    }
    codec_tracked(c, tr, &use);
    HASH_FIND_BYHASHVALUE(hh, t->tracked, &tr->key, sizeof(tr->key), table_hash(t, &tr->key, sizeof(tr->key)), same);
    if (c->bad || same || !tracked_insert(t, en, tr)) {
        c->bad = true;
        free(tr);
        return;
    }
    heap_put(&t->by_use, &tr->by_use, use);
    if (tr->in_pairs) {
        tr->in_pairs = false;
        tracked_pair(t, tr);
        c->bad |= !tr->in_pairs; /* another one has that place */
    }
}

/* Puts the finding that was read into the table. False when there is one with its identity. */
static bool take_entry(struct codec *c, struct finding_table *t, struct entry *en)
{
    static const enum order orders[] = {ORDER_HEARD, ORDER_SAID, ORDER_HELD};

    if (c->bad || entry_find(t, &en->identity) || !entry_insert(t, en))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
        uint64_t key;

        if (codec_order(c, en, orders[i], &key) && !c->bad)
            heap_put(&t->by[orders[i]], &en->by[orders[i]], key);
    }
    return true;
}

static void load_entry(struct codec *c, struct finding_table *t)
{
    struct entry *en = calloc(1, sizeof(*en));
    uint32_t n = 0;

    if (!en) {
        c->bad = true;
        return;
    }
    codec_entry(c, en);
    c->bad |= en->allowed > allow_n_rows(t->allow);
    if (!take_entry(c, t, en)) {
        c->bad = true;
        entry_free(en);
        return;
    }
    codec_u32(c, &n);
    for (; n > 0 && !c->bad; n--)
        load_tracked(c, t, en);
}

static void load_wallets(struct codec *c, struct finding_table *t)
{
    uint32_t n = 0;

    codec_u32(c, &n); /* more than are kept now, perhaps: the first ones go again */
    for (; n > 0 && !c->bad; n--) {
        struct hash128 wallet;
        struct wallet_use *w;

        codec_u64(c, &wallet.lo);
        codec_u64(c, &wallet.hi);
        w = c->bad ? NULL : campaign_use(t, &wallet);
        if (!w || w->n > 0) { /* it is there already */
            c->bad = true;
            return;
        }
        codec_wallet(c, w);
        c->bad |= w->n == 0;
    }
}

static void clear(struct finding_table *t)
{
    struct heap_node *first;

    while ((first = heap_first(&t->by[ORDER_MADE])))
        entry_drop(t, first->owner);
    campaign_fini(t);
    allow_free(t->allow);
    t->allow = NULL;
    t->seen_key = t->key;
    t->number = 0;
    t->service = 0;
    t->now_ns = t->clock = 0;
    t->tokens = t->live ? (int64_t)t->burst * NS_PER_SEC : 0;
    t->drops = t->restarts = (struct lost){0};
    memset(&t->copies, 0, sizeof(t->copies));
    t->suppressed = t->told = (struct finding_suppressed){0};
    t->stats = (struct finding_stats){.malformed = t->stats.malformed};
}

bool finding_load(struct finding_table *t, struct view saved)
{
    struct codec c;
    uint32_t n = 0;
    bool ok;

    clear(t);
    ok = codec_load(&c, saved);
    if (ok) {
        codec_table(&c, t);
        allowed_codec(&c, t);
        codec_copies(&c, &t->copies);
        load_wallets(&c, t);
        codec_u32(&c, &n);
        for (; n > 0 && !c.bad; n--)
            load_entry(&c, t);
        host_sort(t);
        ok = codec_load_end(&c);
    }
    if (!ok)
        clear(t);
    return ok;
}
