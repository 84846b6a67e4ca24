/*
 * login.c - login grammars and wallet shapes.
 *
 * Order: a fixed difficulty behind the last '+' goes first; then what stands behind '%' (payment ids
 * of CryptoNote pools); then '/' (worker or mail address); then the first '.'. A second component of
 * 64 hex digits is a payment id, not a worker.
 */
#include "config.h"

#include "evidence/login.h"

#include "base/parse.h"

static bool is_base58(struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i];

        if (!((c >= '1' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O') || (c >= 'a' && c <= 'z' && c != 'l')))
            return false;
    }
    return v.n > 0;
}

/* bech32's 32 characters, lower case. */
static bool is_bech32(struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == 0 || !strchr("023456789acdefghjklmnpqrstuvwxyz", v.p[i]))
            return false;
    return v.n > 0;
}

struct shape {
    const char *prefix;
    size_t min, max; /* characters in all */
    bool (*body)(struct view v);
    const char *kind, *coin;
};

/*
 * Wallets whose shape names the coin. A Bitcoin-like base58 address of another coin with the same
 * first letter cannot be told apart, so only unmistakable ones are here.
 */
static const struct shape shapes[] = {
    {"4", 95, 95, is_base58, "xmr-address", "XMR"},   {"8", 95, 95, is_base58, "xmr-address", "XMR"},
    {"4", 106, 106, is_base58, "xmr-address", "XMR"}, {"0x", 42, 42, parse_is_hex, "eth-address", "ETH"},
    {"bc1", 42, 62, is_bech32, "btc-address", "BTC"}, {"1", 26, 34, is_base58, "btc-address", "BTC"},
    {"3", 26, 34, is_base58, "btc-address", "BTC"},   {"ltc1", 43, 63, is_bech32, "ltc-address", "LTC"},
    {"t1", 35, 35, is_base58, "zec-address", "ZEC"},  {"t3", 35, 35, is_base58, "zec-address", "ZEC"},
};

static bool fits(const struct shape *s, struct view v)
{
    struct view body;

    if (v.n < s->min || v.n > s->max || !view_starts(v, s->prefix))
        return false;
    body = view_skip(v, strlen(s->prefix));
    return s->body(body);
}

static bool is_email(struct view v)
{
    size_t at = view_find(v, '@');

    return at > 0 && at < v.n && view_find(view_skip(v, at), '.') < v.n - at && view_find(v, '/') == v.n;
}

static void classify(struct login *l, enum mining_protocol protocol)
{
    l->kind = "unknown";
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        if (fits(&shapes[i], l->account)) {
            l->kind = shapes[i].kind;
            l->coin = shapes[i].coin;
            return;
        }
    }
    if (protocol == PROTOCOL_CRYPTONOTE && l->account.n == 64 && parse_is_hex(l->account))
        l->kind = "xmr-donation"; /* XMRig logs in with the Keccak-256 of its user while it mines for its authors */
    else if (is_email(l->account))
        l->kind = "email";
    else if (l->account.n > 0 && l->account.n <= 32)
        l->kind = "account";
}

/* Splits v at the first c: gives what is behind it and leaves in v what is before it. */
static struct view split(struct view *v, uint8_t c)
{
    size_t at = view_find(*v, c);
    struct view behind = view_skip(*v, at + 1);

    v->n = at;
    return behind;
}

struct login login_of(struct view text, enum mining_protocol protocol)
{
    struct login l = {.account = text};
    struct view behind;
    size_t plus = view_find_last(text, '+');

    if (is_email(text)) { /* the point belongs to the address */
        l.kind = "email";
        return l;
    }
    if (plus < text.n && plus > 0)
        l.account.n = plus;
    split(&l.account, '%');
    behind = split(&l.account, '/');
    l.worker = split(&l.account, '.');
    if (l.worker.n >= 64 && parse_is_hex(view_head(l.worker, 64))) {
        struct view id = l.worker;

        l.worker = split(&id, '.');
    }
    if (l.worker.n == 0 && behind.n > 0 && !is_email(behind))
        l.worker = view_head(behind, view_find(behind, '/'));
    classify(&l, protocol);
    return l;
}
