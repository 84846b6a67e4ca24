/*
 * allow.c - which row of the site lists holds.
 *
 * Records come by the ten thousand a second in a storm, and a site may have thousands of rows. So a row that names one name,
 * one client or one destination is found by that; only rows of wider networks, wallets or kinds alone are gone through one by
 * one. The index has a fixed key: what lies in it is the operator's, not the wire's.
 */
#include "config.h"

#include "finding/allow_rows.h"

#include <stdlib.h>

#define INDEX_NUMBER 0x616c6c6f77ULL

struct allow *allow_new(void)
{
    struct allow *a = calloc(1, sizeof(*a));

    if (a)
        hash_key_fixed(&a->key, INDEX_NUMBER);
    return a;
}

void allow_free(struct allow *a)
{
    if (!a)
        return;
    free(a->rows);
    free(a);
}

struct allow *allow_copy(const struct allow *a)
{
    struct allow *copy = malloc(sizeof(*copy));

    if (!copy)
        return NULL;
    *copy = *a;
    copy->rows = a->n ? malloc(a->n * sizeof(*a->rows)) : NULL;
    copy->room = a->n;
    if (a->n && !copy->rows) {
        free(copy);
        return NULL;
    }
    if (a->n)
        memcpy(copy->rows, a->rows, a->n * sizeof(*a->rows));
    return copy;
}

uint32_t allow_n_rows(const struct allow *a)
{
    return a ? a->n : 0;
}

const struct allow_row *allow_row_at(const struct allow *a, uint32_t number)
{
    return a && number > 0 && number <= a->n ? &a->rows[number - 1] : NULL;
}

/* --- the index ------------------------------------------------------------------------------ */

/* What a row is found by. Each has a place of its own among the keys. */
enum by { BY_NAME, BY_CLIENT, BY_DESTINATION };

static size_t bucket_of(const struct allow *a, enum by by, struct view key)
{
    return (hash_64(&a->key, key) + (uint64_t)by * (ALLOW_BUCKETS / 4 + 1)) % ALLOW_BUCKETS;
}

static bool is_one(const struct net *net)
{
    return net->bits == 128;
}

static struct view addr_view(const struct addr *addr)
{
    return view_of(addr->b, sizeof(addr->b));
}

static uint32_t *list_of(struct allow *a, const struct allow_row *row)
{
    if (row->has_name)
        return &a->buckets[bucket_of(a, BY_NAME, name_view(&row->name))];
    if (row->has_client && is_one(&row->client))
        return &a->buckets[bucket_of(a, BY_CLIENT, addr_view(&row->client.addr))];
    if (row->has_destination && is_one(&row->destination))
        return &a->buckets[bucket_of(a, BY_DESTINATION, addr_view(&row->destination.addr))];
    return &a->wide;
}

static uint64_t id_of(const struct hash_key *key, const struct allow_row *row)
{
    char text[ALLOW_ROW_TEXT_MAX];
    struct out o = out_of(text, sizeof(text));

    allow_row_print(row, &o);
    return hash_64(key, out_view(&o));
}

bool allow_add(struct allow *a, const struct allow_row *row)
{
    struct allow_row *grown;
    uint32_t *list;

    if (a->n == ALLOW_ROWS_MAX)
        return false;
    if (a->n == a->room) {
        grown = reallocarray(a->rows, a->room ? 2 * (size_t)a->room : 16, sizeof(*grown));
        if (!grown)
            return false;
        a->rows = grown;
        a->room = a->room ? 2 * a->room : 16;
    }
    grown = &a->rows[a->n++];
    *grown = *row;
    grown->id = id_of(&a->key, row);
    list = list_of(a, grown);
    grown->next = *list;
    *list = a->n;
    a->n_wallets += row->has_wallet;
    return true;
}

/* --- conditions ----------------------------------------------------------------------------- */

bool allow_row_has_name(const struct allow_row *row, const struct name *name)
{
    unsigned n = row->name.n_labels;

    if (name->n_labels < n || (row->match == ALLOW_EXACT && name->n_labels > n) ||
        (row->match == ALLOW_BELOW && name->n_labels == n))
        return false;
    return view_eq(name_suffix(name, n), name_view(&row->name));
}

static bool has_destination(const struct allow_row *row, const struct endpoint *to)
{
    return to && addr_in_net(&to->addr, &row->destination) && (row->port == 0 || row->port == to->port);
}

/* Addresses in hexadecimal are one in any case; of all other logins case counts. */
static bool has_wallet(const struct allow_row *row, struct view login)
{
    struct view wallet = view_of(row->wallet, row->n_wallet);
    bool hex = view_starts(wallet, "0x") || view_starts(wallet, "0X");

    if (login.n < wallet.n || (login.n > wallet.n && !row->wallet_is_prefix))
        return false;
    if (!hex)
        return view_eq(view_head(login, wallet.n), wallet);
    for (size_t i = 0; i < wallet.n; i++)
        if (byte_lower(login.p[i]) != byte_lower(wallet.p[i]))
            return false;
    return true;
}

/* One allowed login does not hide another. */
static bool has_wallets(const struct allow_row *row, const struct allow_facts *f)
{
    if (f->n_logins == 0 || f->more_logins)
        return false;
    for (uint32_t i = 0; i < f->n_logins; i++)
        if (!has_wallet(row, f->logins[2 * i]) && !has_wallet(row, f->logins[2 * i + 1]))
            return false;
    return true;
}

static bool has_one_of_names(const struct allow_row *row, const struct allow_facts *f)
{
    for (uint32_t i = 0; i < f->n_names; i++)
        if (allow_row_has_name(row, &f->names[i]))
            return true;
    return false;
}

static bool holds_but_for_wallet(const struct allow_row *row, const struct allow_facts *f)
{
    return (row->kinds == 0 || row->kinds >> f->kind & 1) && (row->expires_ns == 0 || f->time_ns < row->expires_ns) &&
           (!row->has_client || (f->client && addr_in_net(f->client, &row->client))) &&
           (!row->has_destination || has_destination(row, f->destination)) && (!row->has_name || has_one_of_names(row, f));
}

static bool holds(const struct allow_row *row, const struct allow_facts *f)
{
    return holds_but_for_wallet(row, f) && (!row->has_wallet || has_wallets(row, f));
}

/* The first row of the list that holds, if it comes before best (0 = none). */
static uint32_t first_of(const struct allow *a, uint32_t list, const struct allow_facts *f, uint32_t best)
{
    for (uint32_t i = list; i; i = a->rows[i - 1].next)
        if ((best == 0 || i < best) && holds(&a->rows[i - 1], f))
            best = i;
    return best;
}

static uint32_t list_by(const struct allow *a, enum by by, struct view key)
{
    return a->buckets[bucket_of(a, by, key)];
}

uint32_t allow_find(const struct allow *a, const struct allow_facts *f)
{
    uint32_t best;

    if (!a || a->n == 0)
        return 0;
    best = first_of(a, a->wide, f, 0);
    for (uint32_t i = 0; i < f->n_names; i++)
        for (unsigned n = f->names[i].n_labels; n > 0; n--)
            best = first_of(a, list_by(a, BY_NAME, name_suffix(&f->names[i], n)), f, best);
    if (f->client)
        best = first_of(a, list_by(a, BY_CLIENT, addr_view(f->client)), f, best);
    if (f->destination)
        best = first_of(a, list_by(a, BY_DESTINATION, addr_view(&f->destination->addr)), f, best);
    return best;
}

bool allow_may_find(const struct allow *a, const struct allow_facts *f)
{
    if (!a || a->n_wallets == 0 || f->n_logins > 0 || f->more_logins)
        return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (a->rows[i].has_wallet && holds_but_for_wallet(&a->rows[i], f))
            return true;
    return false;
}

void allow_hit(struct allow *a, uint32_t number, ns_t time_ns)
{
    a->rows[number - 1].n_hits++;
    a->rows[number - 1].hit_ns = time_ns;
}

void allow_set_hits(struct allow *a, uint32_t number, uint64_t n_hits, ns_t hit_ns)
{
    a->rows[number - 1].n_hits = n_hits;
    a->rows[number - 1].hit_ns = hit_ns;
}

void allow_keep_hits(struct allow *a, const struct allow *from)
{
    for (uint32_t i = 0; i < a->n; i++) {
        for (uint32_t k = 0; k < allow_n_rows(from); k++) {
            if (a->rows[i].id != from->rows[k].id)
                continue;
            a->rows[i].n_hits = from->rows[k].n_hits;
            a->rows[i].hit_ns = from->rows[k].hit_ns;
            break;
        }
    }
}

bool allow_eq(const struct allow *a, const struct allow *b)
{
    if (allow_n_rows(a) != allow_n_rows(b))
        return false;
    for (uint32_t i = 0; i < allow_n_rows(a); i++) {
        const struct allow_row *x = &a->rows[i], *y = &b->rows[i];

        if (x->id != y->id || x->line != y->line || !view_eq(view_of(x->list, x->n_list), view_of(y->list, y->n_list)))
            return false;
    }
    return true;
}

void allow_mark_name(const struct allow *a, const struct name *name, bool *marks)
{
    for (unsigned n = allow_n_rows(a) ? name->n_labels : 0; n > 0; n--)
        for (uint32_t i = list_by(a, BY_NAME, name_suffix(name, n)); i; i = a->rows[i - 1].next)
            if (a->rows[i - 1].has_name && allow_row_has_name(&a->rows[i - 1], name))
                marks[i] = true;
}

/* --- for people ------------------------------------------------------------------------------ */

static void explain(uint32_t row, uint32_t *rows, uint32_t max, uint32_t *n)
{
    if (*n < max)
        rows[*n] = row;
    ++*n;
}

uint32_t allow_explain_name(const struct allow *a, const struct name *name, uint32_t *rows, uint32_t max)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < allow_n_rows(a); i++)
        if (a->rows[i].has_name && allow_row_has_name(&a->rows[i], name))
            explain(i + 1, rows, max, &n);
    return n;
}

uint32_t allow_explain_endpoint(const struct allow *a, const struct endpoint *to, uint32_t *rows, uint32_t max)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < allow_n_rows(a); i++)
        if (a->rows[i].has_destination && has_destination(&a->rows[i], to))
            explain(i + 1, rows, max, &n);
    return n;
}
