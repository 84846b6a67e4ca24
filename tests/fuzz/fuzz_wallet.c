/*
 * fuzz_wallet.c - the input as an address, a login, a password, and, parted at the first line feed, as the halves of a
 * coinbase.
 *
 * Invariants: an answer is whole and the same at a second reading; parts lie inside the text; a right address has a right
 * length; the address of a payout is right, and of its coin; what is said of a cut coinbase is true of the whole.
 */
#include "config.h"

#include "evidence/login.h"
#include "evidence/payout.h"
#include "evidence/wallet.h"
#include "message/coinbase.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok)
        abort();
}

static bool is_inside(struct view part, struct view whole)
{
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_wallet(const struct wallet *w)
{
    check(!w->coin == !w->kind);
    check(w->check <= WALLET_UNCHECKED);
    check(w->check != WALLET_NONE || !w->coin);
    check(w->coin || w->check == WALLET_NONE || w->check == WALLET_VALID);
    check(w->check == WALLET_NONE || (w->address.n >= 14 && w->address.n <= WALLET_MAX));
}

static void try_wallet(struct view text)
{
    struct wallet w = wallet_of(text), again = wallet_of(text);

    check(w.coin == again.coin && w.check == again.check && view_eq(w.address, text));
    check_wallet(&w);
    w = wallet_of_iron_fish(text);
    check_wallet(&w);
    w = wallet_of_beam(text);
    check_wallet(&w);
}

static void try_login(struct view text)
{
    for (int p = 0; p < PROTOCOL_N; p++) {
        struct login l = login_of(text, (enum mining_protocol)p);

        check(is_inside(l.account, text) && is_inside(l.worker, text) && l.kind);
        check(l.account.n + l.worker.n <= text.n);
        check(isfinite(l.fixed_difficulty) && l.fixed_difficulty >= 0);
        check_wallet(&l.wallet);
        check(!l.coin || l.coin == l.wallet.coin);
        check(l.wallet.check == WALLET_NONE || view_eq(l.wallet.address, l.account));
    }
}

static void check_payout(const struct coinbase_payout *p)
{
    static const char *const coins[] = {"BTC", "BCH", "LTC", "DOGE", "DASH", "RVN", "ZEC"};

    for (size_t i = 0; i < ARRAY_LEN(coins); i++) {
        char text[PAYOUT_MAX];
        size_t n = payout_address(p, coins[i], text);
        struct wallet w = wallet_of(view_str(text));

        check(n == strlen(text));
        check(n == 0 || (w.check == WALLET_VALID && strcmp(w.coin, coins[i]) == 0));
    }
}

static void try_coinbase(struct view data)
{
    size_t part = view_find(data, '\n');
    struct json_val first = {.type = JSON_STRING, .text = view_head(data, part), .complete = true};
    struct json_val second = {.type = JSON_STRING, .text = view_skip(data, part + 1), .complete = true};
    struct coinbase whole, cut;

    coinbase_read(&first, &second, &whole);
    check(whole.tag_len <= COINBASE_TAG_MAX && whole.payout.hash_len <= sizeof(whole.payout.hash));
    check((whole.n_outputs > 0) == (whole.payout.script != COINBASE_SCRIPT_NONE));
    check(whole.height == 0 || whole.height == coinbase_height(first.text));
    check_payout(&whole.payout);
    second.complete = false;
    coinbase_read(&first, &second, &cut);
    check(cut.height == whole.height && (!cut.merge_mining || whole.merge_mining) && cut.n_outputs == 0 && cut.tag_len == 0);
    first.text = view_head(first.text, part / 2);
    first.complete = false;
    coinbase_read(&first, &second, &cut);
    check((cut.height == 0 || cut.height == whole.height) && cut.n_outputs == 0 && cut.tag_len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view text = view_of(data, size);

    try_wallet(text);
    try_login(text);
    try_coinbase(text);
    return 0;
}
