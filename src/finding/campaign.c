/*
 * campaign.c - one wallet that several machines mine for is one infection, or one owner.
 *
 * A wallet is the account of a login that is an address of a coin. An account name or a mail address says nothing across
 * pools, and XMRig's donation is everybody's. Until a wallet has CAMPAIGN_MEMBERS miners it is only remembered: as
 * many wallets as findings, the one used longest ago goes first.
 *
 * A finding counts for the wallet of its newest login. One whose connections use several, as a proxy's do, is a member of
 * each campaign whose wallet it names, and goes on counting for the newest.
 */
#include "config.h"

#include "finding/fold.h"
#include "finding/score.h"
#include "finding/table.h"

#include "base/out.h"

/* An address of a coin that is known, whose checksum is not wrong. */
static bool is_wallet(const struct wallet *w)
{
    return w->kind && (w->check == WALLET_VALID || w->check == WALLET_UNCHECKED);
}

/* Hexadecimal addresses are one in any case; all others are as they are written. */
static struct hash128 hash_of(const struct finding_table *t, const struct wallet *w)
{
    char text[WALLET_MAX + 1];
    struct out o = out_of(text, sizeof(text));
    bool hex = view_starts(w->address, "0x");

    for (size_t i = 0; i < w->address.n; i++) {
        uint8_t c = w->address.p[i];

        out_char(&o, (char)(hex && c >= 'A' && c <= 'Z' ? c | 0x20 : c));
    }
    return hash_128(&t->id_key, out_view(&o));
}

/* Takes the wallet of the newest login, when the record brings one. */
static void take_login(const struct finding_table *t, struct entry *en, const struct evidence *e)
{
    const struct finding *f = &en->finding;
    struct hash128 wallet = {0, 0};
    struct login l;

    if (!evidence_text(e, TEXT_LOGIN).p)
        return;
    l = login_of(view_of(f->login.bytes, f->login.len), (enum mining_protocol)f->protocol);
    en->has_wallet = f->kind == FINDING_MINING && !f->login.cut && is_wallet(&l.wallet);
    if (en->has_wallet)
        wallet = hash_of(t, &l.wallet);
    if (wallet.lo == en->wallet.lo && wallet.hi == en->wallet.hi)
        return;
    en->wallet = wallet;
    en->counted_in = 0;
}

static void forget(struct finding_table *t, struct wallet_use *w)
{
    HASH_DEL(t->wallets, w);
    DL_DELETE(t->wallet_order, w);
    free(w);
}

void campaign_fini(struct finding_table *t)
{
    while (t->wallet_order)
        forget(t, t->wallet_order);
}

struct wallet_use *campaign_use(struct finding_table *t, const struct hash128 *wallet)
{
    unsigned hash = table_hash(t, wallet, sizeof(*wallet));
    struct wallet_use *w;

    HASH_FIND_BYHASHVALUE(hh, t->wallets, wallet, sizeof(*wallet), hash, w);
    if (w) {
        DL_DELETE(t->wallet_order, w);
        DL_APPEND(t->wallet_order, w);
        return w;
    }
    w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    if (HASH_COUNT(t->wallets) >= t->cap)
        forget(t, t->wallet_order);
    w->wallet = *wallet;
    HASH_ADD_BYHASHVALUE(hh, t->wallets, wallet, sizeof(w->wallet), hash, w);
    DL_APPEND(t->wallet_order, w);
    return w;
}

/* The pool that all share, or none. */
static void share_pool(struct finding *f, const struct endpoint *pool)
{
    if (f->pools_differ || endpoint_eq(&f->pool, pool))
        return;
    f->pools_differ = true;
    f->pool = (struct endpoint){.port = 0};
}

/* Counts the finding as one of the campaign. A machine may have several. */
static void count(const struct finding_table *t, struct entry *campaign, struct entry *en)
{
    struct finding *f = &campaign->finding;
    uint32_t n = f->n_members;

    en->counted_in = campaign->made;
    fleet_add_member(t, f, &en->finding.miner, en->identity.scope);
    fleet_count_all(campaign, &en->finding);
    share_pool(f, &en->finding.pool);
    en->two_sided = n == f->n_members || !en->finding.one_sided; /* of a machine one finding decides, the first */
    f->n_two_sided += n < f->n_members && !en->finding.one_sided;
}

/* Counts one that used the wallet before, if its finding is still there and still mines for it. */
static void count_user(struct finding_table *t, struct entry *campaign, const struct wallet_user *user,
                       const struct hash128 *wallet)
{
    struct finding *f = &campaign->finding;
    struct entry *en = entry_find(t, &user->identity);

    if (en && en->has_wallet && en->wallet.lo == wallet->lo && en->wallet.hi == wallet->hi) {
        count(t, campaign, en);
        return;
    }
    fleet_add_member(t, f, &user->miner, user->identity.scope);
    share_pool(f, &user->pool);
    f->n_two_sided += user->two_sided;
}

/* The campaign that its newest member makes. */
static struct entry *begin(struct finding_table *t, const struct identity *id, struct entry *en, struct wallet_use *w,
                           const struct evidence *e)
{
    struct entry *campaign = fleet_entry(t, id, en, e);
    struct finding *f;
    struct login l;

    if (!campaign)
        return NULL;
    f = &campaign->finding;
    if (w->first_ns < f->first_ns)
        f->first_ns = w->first_ns;
    f->miner = w->user[0].miner;
    f->pool = w->user[0].pool;
    for (uint32_t i = 0; i < w->n; i++)
        count_user(t, campaign, &w->user[i], &w->wallet);
    l = login_of(view_of(en->finding.login.bytes, en->finding.login.len), (enum mining_protocol)en->finding.protocol);
    f->login.len = (uint16_t)l.wallet.address.n;
    memcpy(f->login.bytes, l.wallet.address.p, l.wallet.address.n);
    forget(t, w);
    return campaign;
}

/* An address of two owners is two machines. */
static bool is_of(const struct wallet_user *user, const struct entry *en)
{
    return addr_cmp(&user->miner.addr, &en->finding.miner.addr) == 0 && user->identity.scope == en->identity.scope;
}

/* Remembers who uses the wallet; the campaign, when they are enough. */
static struct entry *use(struct finding_table *t, const struct identity *id, struct entry *en, const struct evidence *e)
{
    struct wallet_use *w = campaign_use(t, &en->wallet);
    const struct finding *f = &en->finding;

    if (!w)
        return NULL;
    if (w->n == 0 || f->first_ns < w->first_ns)
        w->first_ns = f->first_ns;
    for (uint32_t i = 0; i < w->n; i++) {
        if (!is_of(&w->user[i], en))
            continue;
        w->user[i].two_sided |= !f->one_sided;
        return NULL;
    }
    if (w->n == ARRAY_LEN(w->user))
        return begin(t, id, en, w, e);
    w->user[w->n++] = (struct wallet_user){en->identity, f->miner, f->pool, !f->one_sided};
    return NULL;
}

static void campaign_identity(const struct entry *en, struct identity *id)
{
    memset(id, 0, sizeof(*id));
    memcpy(id->pool.b, &en->wallet, sizeof(id->pool.b));
    id->kind = FINDING_CAMPAIGN;
}

static struct wallet_use *find_use(const struct finding_table *t, const struct entry *en)
{
    struct wallet_use *w;

    HASH_FIND_BYHASHVALUE(hh, t->wallets, &en->wallet, sizeof(en->wallet), table_hash(t, &en->wallet, sizeof(en->wallet)), w);
    return w;
}

/* A wallet that is not yet a campaign's forgets who used it. */
static void forget_user(struct finding_table *t, const struct entry *en)
{
    struct wallet_use *w = find_use(t, en);

    for (uint32_t i = 0; w && i < w->n; i++) {
        if (!is_of(&w->user[i], en))
            continue;
        w->n--;
        memmove(&w->user[i], &w->user[i + 1], (w->n - i) * sizeof(w->user[0]));
    }
    if (w && w->n == 0)
        forget(t, w);
}

void campaign_rename(struct finding_table *t, const struct entry *en, uint64_t scope)
{
    struct wallet_use *w;
    struct entry *campaign;
    struct identity id;

    if (!en->has_wallet)
        return;
    campaign_identity(en, &id);
    campaign = entry_find(t, &id);
    if (campaign && en->counted_in == campaign->made)
        fleet_rename_member(t, &campaign->finding, &en->finding.miner.addr, en->identity.scope, scope);
    w = campaign ? NULL : find_use(t, en);
    for (uint32_t i = 0; w && i < w->n; i++)
        if (memcmp(&w->user[i].identity, &en->identity, sizeof(en->identity)) == 0)
            w->user[i].identity.scope = scope;
}

/* True when another finding of the machine is one of the campaign's. */
static bool has_another(const struct entry *en, const struct entry *campaign)
{
    const struct entry *other = host_newest(en->host);

    for (int i = 0; other && i < HOST_WALK; i++, other = host_older(en->host, other))
        if (other != en && other->counted_in == campaign->made)
            return true;
    return false;
}

void campaign_leave(struct finding_table *t, struct entry *en)
{
    struct entry *campaign;
    struct identity id;

    if (!en->has_wallet)
        return;
    campaign_identity(en, &id);
    campaign = entry_find(t, &id);
    if (!campaign)
        forget_user(t, en);
    if (!campaign || en->counted_in != campaign->made)
        return;
    en->counted_in = 0;
    fleet_discount_all(campaign, &en->finding);
    if (!has_another(en, campaign) && fleet_drop_member(t, &campaign->finding, &en->finding.miner.addr, en->identity.scope))
        campaign->finding.n_two_sided -= !en->finding.one_sided && campaign->finding.n_two_sided > 0;
    score_finding(&campaign->finding);
    if (campaign->finding.n_members >= CAMPAIGN_MEMBERS)
        return;
    campaign->allowed = en->allowed;
    storm_evict(t, campaign);
}

void campaign_take(struct finding_table *t, struct entry *en, const struct tracked *tr, const struct finding_flow *before,
                   const struct evidence *e)
{
    struct entry *campaign;
    struct identity id;
    struct finding *f;

    take_login(t, en, e);
    if (!en->has_wallet || !en->announced)
        return;
    campaign_identity(en, &id);
    campaign = entry_find(t, &id);
    if (!campaign)
        campaign = use(t, &id, en, e);
    if (!campaign)
        return;
    f = &campaign->finding;
    if (en->counted_in == campaign->made)
        fleet_move(f, before, &tr->flow);
    else
        count(t, campaign, en);
    if (!en->two_sided && !en->finding.one_sided) {
        en->two_sided = true;
        f->n_two_sided++;
    }
    f->one_sided = f->n_two_sided < CAMPAIGN_MEMBERS; /* who can forge packets of miners makes no case against a wallet */
    fleet_take_facts(f, &en->finding);
    fleet_take_evidence(f, &en->finding, false);
    if (!f->evidence[EVIDENCE_CAMPAIGN].present)
        fold_note(f, e, EVIDENCE_CAMPAIGN, &t->words);
    score_finding(f);
    table_speak(t, campaign, e);
}
