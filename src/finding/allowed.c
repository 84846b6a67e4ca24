/*
 * allowed.c - what the site lists keep silent: records of names and nodes before they are taken, findings of connections, and of
 * many connections, while they go on.
 *
 * A finding of a connection that is allowed stays in the table and is never said, as its login and its jobs were told once, and
 * the row may expire: then the next record makes it new. One that was said before is closed. What many
 * connections show together does without those that are allowed. A record of a name or of a node has all with it, so
 * nothing of it is kept.
 *
 * Where a login decides that has not come yet, a finding that shows no work is held back for HOLD_NS at most. Otherwise each
 * connection of an allowed wallet would be said and closed at once, as miners often subscribe before they log in.
 *
 * All of it depends on the rows and on the times of records alone, so that it is the same when it is done again.
 */
#include "config.h"

#include "finding/allow.h"
#include "finding/codec.h"
#include "finding/table.h"

#include "base/out.h"

/* --- what findings and records have to do with ------------------------------------------------ */

static void add_name(struct allow_facts *a, struct view text, bool cut)
{
    if (text.n > 0 && !cut && a->n_names < ALLOW_NAMES_MAX && name_parse(&a->names[a->n_names], text))
        a->n_names++;
}

static void add_text_name(struct allow_facts *a, const struct finding_text *t)
{
    add_name(a, view_of(t->bytes, t->len), t->cut);
}

static void add_login(struct allow_facts *a, const struct finding_text *t, uint8_t protocol)
{
    struct view login = view_of(t->bytes, t->len);

    if (login.n == 0 || a->n_logins == FINDING_LOGINS)
        return;
    a->logins[2 * a->n_logins] = login;
    a->logins[2 * a->n_logins + 1] = t->cut ? login : login_of(login, (enum mining_protocol)protocol).account;
    a->n_logins++;
}

/* All of its connections are listed, and went to the same place. */
static bool has_one_pool(const struct finding *f)
{
    for (uint32_t i = 0; i < f->n_flows_listed; i++)
        if (!endpoint_eq(&f->flows[i].pool, &f->pool))
            return false;
    return f->n_flows == f->n_flows_listed;
}

/* Where the work comes from, as far as there is one place. */
static const struct endpoint *destination_of(const struct finding *f)
{
    if (f->kind == FINDING_COIN_NODE)
        return f->evidence[EVIDENCE_NODE].n == 1 ? &f->server : NULL;
    if (finding_is_contact(f))
        return has_one_pool(f) ? &f->pool : NULL;
    return !finding_is_lookup(f) && f->kind != FINDING_POOL_SCAN && f->pool.port ? &f->pool : NULL;
}

static void facts_of(const struct entry *en, ns_t time_ns, struct allow_facts *a)
{
    const struct finding *f = &en->finding;

    a->kind = f->kind;
    a->time_ns = time_ns;
    a->client = f->kind == FINDING_CAMPAIGN ? NULL : &en->identity.miner;
    a->destination = destination_of(f);
    a->n_names = a->n_logins = 0;
    a->more_logins = f->n_logins > f->n_logins_listed;
    add_text_name(a, &f->host);
    add_text_name(a, &f->name);
    add_text_name(a, &f->asked);
    for (uint32_t i = 0; i < f->n_logins_listed; i++)
        add_login(a, &f->logins[i], f->protocol);
    if (f->kind == FINDING_CAMPAIGN)
        add_login(a, &f->login, f->protocol);
}

static bool is_of_name(const struct evidence *e)
{
    return e->kind == EVIDENCE_NAME_ASKED || e->kind == EVIDENCE_NAME_DENIED || e->kind == EVIDENCE_NAME_ANSWERED;
}

/* Of a lookup the other side is the DNS server, which is no destination. */
static void facts_of_record(const struct evidence *e, enum finding_kind kind, struct allow_facts *a)
{
    a->kind = kind;
    a->time_ns = e->time_ns;
    a->client = &e->miner.addr;
    a->destination = is_of_name(e) ? NULL : &e->pool;
    a->n_names = a->n_logins = 0;
    a->more_logins = false;
    add_name(a, evidence_text(e, TEXT_NAME), evidence_is_cut(e, TEXT_NAME));
    add_name(a, evidence_text(e, TEXT_ASKED), evidence_is_cut(e, TEXT_ASKED));
    add_name(a, evidence_text(e, TEXT_HOST), evidence_is_cut(e, TEXT_HOST));
}

/* --- records ---------------------------------------------------------------------------------- */

static void hit(struct finding_table *t, uint32_t row, ns_t time_ns)
{
    t->stats.allowed++;
    allow_hit(t->allow, row, time_ns);
}

bool allowed_record(struct finding_table *t, const struct evidence *e, enum finding_kind kind)
{
    struct allow_facts facts;
    uint32_t row;

    if (allow_n_rows(t->allow) == 0)
        return false;
    facts_of_record(e, kind, &facts);
    row = allow_find(t->allow, &facts);
    if (row)
        hit(t, row, e->time_ns);
    return row;
}

/* A row without kinds is about all that the machine does there. */
bool allowed_covers(const struct finding_table *t, const struct entry *en, enum finding_kind kind)
{
    const struct allow_row *row = allow_row_at(t->allow, en->allowed);

    return row && (row->kinds == 0 || row->kinds >> kind & 1);
}

/* What others counted of it is taken back. */
static void leave(struct finding_table *t, struct entry *en)
{
    scan_leave(t, en);
    service_leave(t, en);
    campaign_leave(t, en);
}

void allowed_settle(struct finding_table *t, struct entry *en, ns_t time_ns)
{
    uint32_t before = en->allowed;
    struct allow_facts facts;

    en->allowed = 0;
    if (allow_n_rows(t->allow) == 0)
        return;
    facts_of(en, time_ns, &facts);
    en->allowed = allow_find(t->allow, &facts);
    if (en->allowed)
        heap_take(&t->by[ORDER_HELD], &en->by[ORDER_HELD]);
    if (en->allowed && !before && !finding_is_fleet(&en->finding))
        leave(t, en);
}

/* Nothing but a login decides whether it is allowed, and the login is about to come: clients send it within the second. */
static bool may_be_allowed(const struct finding_table *t, const struct entry *en, const struct evidence *e)
{
    struct allow_facts facts;

    if (en->announced || en->allowed || allow_n_rows(t->allow) == 0 || entry_has_work(en) || e->flags & EVIDENCE_FLOW_END ||
        !entry_is_proven(en) || (heap_has(&en->by[ORDER_HELD]) && e->time_ns - en->held_ns > HOLD_NS))
        return false;
    facts_of(en, e->time_ns, &facts);
    return allow_may_find(t->allow, &facts);
}

void allowed_hold(struct finding_table *t, struct entry *en, const struct evidence *e)
{
    struct heap_node *node = &en->by[ORDER_HELD];

    if (!may_be_allowed(t, en, e)) {
        heap_take(&t->by[ORDER_HELD], node);
    } else if (!heap_has(node)) {
        en->held_ns = e->time_ns;
        en->held = t->clock;
        heap_put(&t->by[ORDER_HELD], node, ++t->number);
    }
}

void allowed_release(struct finding_table *t, ns_t held_ns)
{
    struct heap_node *first;

    while ((first = heap_first(&t->by[ORDER_HELD]))) {
        struct entry *en = first->owner;

        if (t->clock - en->held < held_ns)
            return;
        heap_take(&t->by[ORDER_HELD], first);
        if (scan_holds(en)) /* the scan speaks of it */
            continue;
        join_names(t, en);
        en->finding.detected_ns = en->held_ns;
        storm_due(t, en, FINDING_NEW);
        scan_settle(en);
    }
}

static void silence(struct finding_table *t, struct entry *en)
{
    t->stats.allowed_closed += en->finding.revision > 0 && en->announced;
    storm_silence(t, en);
}

bool allowed_take(struct finding_table *t, struct entry *en, ns_t time_ns)
{
    allowed_settle(t, en, time_ns);
    if (!en->allowed || !entry_is_proven(en))
        return false;
    hit(t, en->allowed, time_ns);
    silence(t, en);
    return true;
}

/* --- another list ----------------------------------------------------------------------------- */

static int by_making(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;

    return (*x)->made < (*y)->made ? -1 : (*x)->made > (*y)->made;
}

/* The findings that are of many connections, or those that are not, as they were made. Owned by the caller. */
static struct entry **list_entries(const struct finding_table *t, bool fleets, uint32_t *n)
{
    const struct heap *all = &t->by[ORDER_MADE];
    struct entry **list = calloc((size_t)all->n + 1, sizeof(struct entry *));

    *n = 0;
    for (uint32_t i = 0; list && i < all->n; i++) {
        struct entry *en = all->slots[i].node->owner;

        if (finding_is_fleet(&en->finding) == fleets)
            list[(*n)++] = en;
    }
    if (list)
        qsort(list, *n, sizeof(struct entry *), by_making);
    return list;
}

/*
 * A lookup's finding may be of several names, of which only the newest is known: it is closed when the row allows all that the list's
 * entry has.
 */
static bool allows_all_names(const struct finding_table *t, const struct entry *en)
{
    const struct allow_row *row = allow_row_at(t->allow, en->allowed);
    const struct finding *f = &en->finding;
    struct name entry;

    if (f->n_names < 2 || !row->has_name)
        return true;
    return name_parse(&entry, view_of(f->row.name, f->row.name_len)) && allow_row_has_name(row, &entry);
}

static void apply_to(struct finding_table *t, struct entry *en, ns_t now_ns)
{
    bool is_record = finding_is_lookup(&en->finding) || en->finding.kind == FINDING_COIN_NODE;
    uint32_t before = en->allowed;

    allowed_settle(t, en, now_ns);
    if (before && !en->allowed)
        storm_revive(t, en);
    if (!en->allowed || !en->announced)
        return;
    if (!is_record) {
        silence(t, en);
        scan_settle(en);
    } else if (allows_all_names(t, en)) {
        t->stats.allowed_closed += en->finding.revision > 0;
        storm_close(t, en);
    } else {
        en->allowed = 0;
    }
}

void finding_allow(struct finding_table *t, struct allow *list, ns_t now_ns)
{
    if (list)
        allow_keep_hits(list, t->allow);
    allow_free(t->allow);
    t->allow = list;
    for (int fleets = 0; fleets < 2; fleets++) {
        uint32_t n;
        struct entry **entries = list_entries(t, fleets, &n);

        for (uint32_t i = 0; i < n; i++)
            apply_to(t, entries[i], now_ns);
        free(entries);
    }
    storm_drain(t);
}

const struct allow *finding_allowed(const struct finding_table *t)
{
    return t->allow;
}

/* --- saving ----------------------------------------------------------------------------------- */

static void save_row(struct codec *c, const struct allow_row *row)
{
    char text[ALLOW_ROW_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));
    uint32_t line = row->line, n;
    uint8_t n_list = row->n_list;
    uint64_t n_hits = row->n_hits;
    ns_t hit_ns = row->hit_ns;
    char list[ALLOW_LIST_MAX];

    allow_row_print(row, &o);
    n = (uint32_t)o.n;
    memcpy(list, row->list, n_list);
    codec_u32(c, &line);
    codec_u8(c, &n_list, ALLOW_LIST_MAX);
    codec_bytes(c, list, n_list);
    codec_u32(c, &n);
    codec_bytes(c, text, n);
    codec_u64(c, &n_hits);
    codec_time(c, &hit_ns);
}

static void load_row(struct codec *c, struct allow *a, uint32_t number)
{
    char text[ALLOW_ROW_TEXT_MAX], list[ALLOW_LIST_MAX];
    uint32_t line = 0, n;
    uint8_t n_list = 0;
    uint64_t n_hits = 0;
    ns_t hit_ns = 0;

    codec_u32(c, &line);
    codec_u8(c, &n_list, ALLOW_LIST_MAX);
    codec_bytes(c, list, n_list);
    n = codec_upto(c, 0, sizeof(text) - 1);
    codec_bytes(c, text, n);
    codec_u64(c, &n_hits);
    codec_time(c, &hit_ns);
    if (c->bad || !allow_add_printed(a, view_of(list, n_list), line, view_of(text, n)) || allow_n_rows(a) != number) {
        c->bad = true;
        return;
    }
    allow_set_hits(a, number, n_hits, hit_ns);
}

void allowed_codec(struct codec *c, struct finding_table *t)
{
    uint32_t n = codec_upto(c, allow_n_rows(t->allow), ALLOW_ROWS_MAX);

    if (!c->load) {
        for (uint32_t i = 1; i <= n; i++)
            save_row(c, allow_row_at(t->allow, i));
        return;
    }
    t->allow = n ? allow_new() : NULL;
    c->bad |= n && !t->allow;
    for (uint32_t i = 1; i <= n && !c->bad; i++)
        load_row(c, t->allow, i);
}
