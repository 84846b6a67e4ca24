/*
 * login.c - login grammars.
 *
 * Order: a fixed difficulty behind the last '+' goes first; then what stands behind '%' (shares of other owners at
 * MoneroOcean); then '/' (worker or mail address); then the first '.'. A second component of 64 hex digits is a payment
 * id, not a worker. What is left may name a coin before '$' or ':'.
 *
 * Sources: MoneroOcean's nodejs-pool (lib/pool/protocol: '+', '%', '.'), p2pool's docs (name+difficulty), nanopool's and
 * dwarfpool's help as public captures show their logins, unMineable's help (COIN:ADDRESS.WORKER#CODE).
 */
#include "config.h"

#include "evidence/login.h"

#include "base/parse.h"

#define COIN_MAX 10    /* characters of a ticker before a wallet */
#define PAYMENT_ID 64  /* hexadecimal digits */
#define ACCOUNT_MAX 32 /* bytes of a name; longer ones are something else */

static bool is_email(struct view v)
{
    size_t at = view_find(v, '@');

    return at > 0 && at < v.n && view_find(view_skip(v, at), '.') < v.n - at && view_find(v, '/') == v.n;
}

/* Splits v at the first c at or behind an index: gives what is behind it and leaves in v what is before it. */
static struct view split_from(struct view *v, size_t from, uint8_t c)
{
    size_t at = from + view_find(view_skip(*v, from), c);
    struct view behind = view_skip(*v, at + 1);

    *v = view_head(*v, at);
    return behind;
}

static struct view split(struct view *v, uint8_t c)
{
    return split_from(v, 0, c);
}

/*
 * Takes off what stands behind the last '+', when it is a difficulty, or how MoneroOcean is asked to find one, or what is
 * before the first is a wallet.
 */
static void strip_difficulty(struct login *l)
{
    size_t plus = view_find_last(l->account, '+');
    struct view behind = view_skip(l->account, plus + 1);
    struct view before = view_head(l->account, view_find(l->account, '+'));
    double difficulty;

    if (plus == 0 || plus == l->account.n)
        return;
    if (parse_number(behind, &difficulty) && difficulty > 0)
        l->fixed_difficulty = difficulty;
    else if (!view_is(behind, "perf") && !view_is(behind, "perfauto") && wallet_of(before).check == WALLET_NONE)
        return;
    l->account.n = plus;
}

/* Conflux writes CFX:TYPE.USER:...; that point parts nothing. Gives where the search for one starts. */
static size_t point_from(struct view v)
{
    size_t type = sizeof("cfx:type.") - 1;

    return view_starts(v, "CFX:TYPE.") || view_starts(v, "cfx:type.") ? type : 0;
}

/* COIN$WALLET and COIN:WALLET: true when the account was one, and is the wallet now. */
static bool strip_coin(struct login *l, uint8_t separator)
{
    size_t at = view_find(l->account, separator);
    struct wallet w = {.check = WALLET_NONE};

    if (at > 0 && at <= COIN_MAX)
        w = wallet_of(view_skip(l->account, at + 1));
    if (w.check == WALLET_NONE)
        return false;
    l->account = w.address;
    l->wallet = w;
    return true;
}

/* WALLET@RIG, as farms write it into the address of their eth_getWork requests. */
static bool strip_rig(struct login *l)
{
    size_t at = view_find(l->account, '@');
    struct wallet w = {.check = WALLET_NONE};

    if (at < l->account.n)
        w = wallet_of(view_head(l->account, at));
    if (w.check == WALLET_NONE)
        return false;
    if (l->worker.n == 0)
        l->worker = view_skip(l->account, at + 1);
    l->account = w.address;
    l->wallet = w;
    return true;
}

static void read_worker(struct login *l, struct view behind_slash)
{
    l->worker = split_from(&l->account, point_from(l->account), '.');
    if (l->worker.n >= PAYMENT_ID && parse_is_hex(view_head(l->worker, PAYMENT_ID))) {
        struct view id = l->worker;

        l->worker = split(&id, '.');
    }
    if (l->worker.n == 0 && behind_slash.n > 0 && !is_email(behind_slash))
        l->worker = view_head(behind_slash, view_find(behind_slash, '/'));
}

/* pays_otherwise: the login names a coin before the wallet, as those of pools do that pay in others than are mined. */
static void classify(struct login *l, enum mining_protocol protocol, bool pays_otherwise)
{
    l->kind = "unknown";
    if (l->wallet.check == WALLET_NONE && protocol == PROTOCOL_IRONFISH)
        l->wallet = wallet_of_iron_fish(l->account);
    if (l->wallet.check == WALLET_NONE && protocol == PROTOCOL_BEAM)
        l->wallet = wallet_of_beam(l->account);
    if (l->wallet.check != WALLET_NONE) {
        if (!pays_otherwise)
            l->coin = l->wallet.coin;
        if (l->wallet.kind)
            l->kind = l->wallet.kind;
        return;
    }
    if (protocol == PROTOCOL_CRYPTONOTE && l->account.n == 64 && parse_is_hex(l->account))
        l->kind = "xmr-donation"; /* XMRig logs in with the Keccak-256 of its user while it mines for its authors */
    else if (is_email(l->account))
        l->kind = "email";
    else if (l->account.n > 0 && l->account.n <= ACCOUNT_MAX)
        l->kind = "account";
}

/* Takes off difficulty, shares and worker. Of a text that is no mail address. */
static struct login split_login(struct view text)
{
    struct login l = {.account = text, .wallet = {.address = text}};

    strip_difficulty(&l);
    split(&l.account, '%');
    read_worker(&l, split(&l.account, '/'));
    return l;
}

struct view login_account(struct view text)
{
    struct view account = is_email(text) ? text : split_login(text).account;

    for (size_t i = 0; i < account.n; i++)
        if (account.p[i] == '@' || account.p[i] == '$' || account.p[i] == ':')
            return login_of(text, PROTOCOL_UNKNOWN).account;
    return account;
}

struct login login_of(struct view text, enum mining_protocol protocol)
{
    struct login l = {.account = text, .kind = "email", .wallet = {.address = text}};
    bool pays_otherwise = false;

    if (is_email(text)) /* the point belongs to the address */
        return l;
    l = split_login(text);
    l.wallet = wallet_of(l.account);
    if (l.wallet.check == WALLET_NONE && !strip_rig(&l)) {
        pays_otherwise = strip_coin(&l, '$') || strip_coin(&l, ':');
        if (pays_otherwise)
            split(&l.worker, '#');
    }
    classify(&l, protocol, pays_otherwise);
    return l;
}
