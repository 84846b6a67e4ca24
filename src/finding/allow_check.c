/*
 * allow_check.c - rows of the site lists that have no effect, or more than was meant: for who writes them.
 */
#include "config.h"

#include "finding/allow_rows.h"

#include "base/rfc3339.h"

/* What is shorter narrows nothing down: half of the internet, all wallets of a coin (Monero's begin with 4, Ethereum's with 0x). */
#define NET_BITS_MIN_IPV4 8
#define NET_BITS_MIN_IPV6 16
#define WALLET_MIN 4

/* Conditions that findings of a kind cannot meet; allowed.c says what they have. */
static const struct {
    enum finding_kind kind;
    bool client, destination, name, wallet;
} has[] = {
    {FINDING_MINING, true, true, true, true},         {FINDING_POOL_LOOKUP, true, false, true, false},
    {FINDING_WEB_MINING, true, true, true, true},     {FINDING_COIN_NODE, true, true, true, false},
    {FINDING_POOL_SERVICE, true, true, false, false}, {FINDING_POOL_SCAN, true, false, false, false},
    {FINDING_CAMPAIGN, false, true, false, true},     {FINDING_POOL_CONTACT, true, true, true, false},
};

/* The condition that no finding of the row's kinds can meet, or NULL. */
static const char *impossible(const struct allow_row *row)
{
    const char *why = NULL;

    if (row->kinds == 0)
        return NULL;
    for (unsigned k = 0; k < FINDING_KIND_N; k++) {
        bool client = true, destination = true, name = true, wallet = true;

        if (!(row->kinds >> k & 1))
            continue;
        for (size_t i = 0; i < ARRAY_LEN(has); i++)
            if (has[i].kind == k) {
                client = has[i].client;
                destination = has[i].destination;
                name = has[i].name;
                wallet = has[i].wallet;
            }
        if (row->has_client && !client)
            why = "client";
        else if (row->has_destination && !destination)
            why = "destination";
        else if (row->has_name && !name)
            why = "name";
        else if (row->has_wallet && !wallet)
            why = "wallet";
        else
            return NULL; /* of this kind one can */
    }
    return why;
}

/* True when whatever name b's row has, a's row has. */
static bool covers_name(const struct allow_row *a, const struct allow_row *b)
{
    if (!a->has_name)
        return true;
    if (!b->has_name || b->name.n_labels < a->name.n_labels ||
        !view_eq(name_suffix(&b->name, a->name.n_labels), name_view(&a->name)))
        return false;
    if (b->name.n_labels > a->name.n_labels)
        return a->match != ALLOW_EXACT;
    return a->match == ALLOW_SUFFIX || a->match == b->match;
}

static bool covers_net(bool has_a, const struct net *a, bool has_b, const struct net *b)
{
    return !has_a || (has_b && b->bits >= a->bits && addr_in_net(&b->addr, a));
}

static bool covers_wallet(const struct allow_row *a, const struct allow_row *b)
{
    if (!a->has_wallet)
        return true;
    if (!b->has_wallet || b->n_wallet < a->n_wallet || memcmp(a->wallet, b->wallet, a->n_wallet) != 0)
        return false;
    return a->wallet_is_prefix || (b->n_wallet == a->n_wallet && !b->wallet_is_prefix);
}

/* True when a holds whenever b does. */
static bool covers(const struct allow_row *a, const struct allow_row *b)
{
    return (a->kinds == 0 || (b->kinds != 0 && (b->kinds & ~a->kinds) == 0)) &&
           (a->expires_ns == 0 || (b->expires_ns != 0 && b->expires_ns <= a->expires_ns)) && covers_name(a, b) &&
           covers_net(a->has_client, &a->client, b->has_client, &b->client) &&
           covers_net(a->has_destination, &a->destination, b->has_destination, &b->destination) &&
           (!a->has_destination || a->port == 0 || a->port == b->port) && covers_wallet(a, b);
}

static bool is_expired(const struct allow_row *row, ns_t now_ns)
{
    return row->expires_ns != 0 && row->expires_ns <= now_ns;
}

/* The row without which b would do the same; of two that say the same the later one is too many. 0 = there is none. */
static uint32_t covered_by(const struct allow *a, uint32_t b)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (i != b && covers(&a->rows[i], &a->rows[b]) && (i < b || !covers(&a->rows[b], &a->rows[i])))
            return i + 1;
    return 0;
}

static bool is_wide(const struct net *net)
{
    if (net->bits >= 96 && addr_is_v4(&net->addr))
        return net->bits < 96 + NET_BITS_MIN_IPV4;
    return net->bits < NET_BITS_MIN_IPV6;
}

/* True when none of the row's conditions narrows down what it allows, but for the kind. */
static bool allows_nearly_all(const struct allow_row *row)
{
    return !row->has_name && (!row->has_client || is_wide(&row->client)) &&
           (!row->has_destination || (is_wide(&row->destination) && row->port == 0)) &&
           (!row->has_wallet || (row->wallet_is_prefix && row->n_wallet < WALLET_MIN));
}

/* Writes why the row has no effect, or too much. False when there is nothing to say. */
static bool put_why(const struct allow *a, uint32_t i, ns_t now_ns, struct out *o)
{
    const struct allow_row *row = &a->rows[i];
    const char *condition = impossible(row);
    uint32_t other;

    if (is_expired(row, now_ns)) {
        out_str(o, "expired at ");
        rfc3339_print_short(row->expires_ns, o);
        return true;
    }
    if (condition) {
        out_fmt(o, "never holds: it asks for a %s, and no finding of its kind has one", condition);
        return true;
    }
    other = covered_by(a, i);
    if (other) {
        out_str(o, "has no effect of its own: all that it allows is allowed by ");
        allow_place_print(&a->rows[other - 1], o);
        return true;
    }
    if (row->has_name && row->name.n_labels < 2 && row->match != ALLOW_EXACT) {
        out_str(o, "allows all names below ");
        name_print(&row->name, o);
        return true;
    }
    if (allows_nearly_all(row)) {
        out_str(o, row->kinds ? "allows nearly all findings of its kinds" : "allows nearly all findings");
        return true;
    }
    return false;
}

uint32_t allow_check(const struct allow *a, ns_t now_ns, allow_say_fn *say, void *arg)
{
    char text[700];
    uint32_t n = 0;

    for (uint32_t i = 0; i < allow_n_rows(a); i++) {
        struct out o = out_of(text, sizeof(text));

        allow_place_print(&a->rows[i], &o);
        out_str(&o, ": ");
        if (!put_why(a, i, now_ns, &o))
            continue;
        n++;
        say(arg, text);
    }
    return n;
}
