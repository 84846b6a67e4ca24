/*
 * mined.c - from what the connection says to coin and algorithm.
 *
 * The order: what a message or the chain's heights say; the dialect of one coin; the algorithm of one coin; then a wallet
 * of a coin that this dialect can mine. A Bitcoin wallet says nothing about what is mined.
 */
#include "config.h"

#include "finding/mined.h"

static struct view view_text(const struct finding_text *t)
{
    return view_of(t->bytes, t->len);
}

/* Dialects whose pools mine one algorithm, or one coin. NULL where there are several. */
static const struct dialect {
    enum mining_protocol protocol;
    const char *coin, *algorithm;
} dialects[] = {
    {PROTOCOL_KAWPOW, NULL, "kawpow"},     {PROTOCOL_ERGO, "ERG", "autolykos2"}, {PROTOCOL_KASPA, NULL, "kheavyhash"},
    {PROTOCOL_ALEPHIUM, "ALPH", "blake3"}, {PROTOCOL_IRONFISH, "IRON", NULL},    {PROTOCOL_BEAM, "BEAM", NULL},
    {PROTOCOL_P2POOL, "XMR", "rx/0"},      {PROTOCOL_NIMIQ, "NIM", NULL},        {PROTOCOL_CHIA, "XCH", NULL},
};

/* Algorithms of one coin; most of Monero's kin use rx/0 too, but few miners do so without a wallet that tells. */
static const struct algorithm {
    const char *name, *coin;
} algorithms[] = {
    {"rx/wow", "WOW"}, {"rx/arq", "ARQ"}, {"rx/graft", "GRFT"}, {"rx/sfx", "SFX"}, {"rx/yada", "YDA"},
};

/* Bitcoin-like coins whose hash the chain tells. */
static const struct chain_hash {
    const char *coin, *algorithm;
} chain_hashes[] = {{"BTC", "sha256d"}, {"LTC", "scrypt"}, {"DOGE", "scrypt"}, {"DASH", "x11"}};

/* Coins that a wallet names as mined, because the dialect mines this coin or its close kin and pays in nothing else as a rule. */
static bool wallet_tells(enum mining_protocol protocol, const char *coin)
{
    static const char *const elsewhere[] = {"BTC",  "BCH", "LTC", "DOGE",
                                            "DASH", "ETH", "RVN", "ZEC"}; /* paid by pools of all kinds */

    switch (protocol) {
    case PROTOCOL_UNKNOWN: return false;
    case PROTOCOL_EQUIHASH: return strcmp(coin, "ZEC") == 0;
    case PROTOCOL_KAWPOW: return strcmp(coin, "RVN") == 0;
    default: break;
    }
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
        if (strcmp(coin, elsewhere[i]) == 0)
            return false;
    return true;
}

static const char *coin_of(const struct finding *f)
{
    const char *wallet;

    for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
        if (dialects[i].protocol == f->protocol && dialects[i].coin)
            return dialects[i].coin;
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
        if (view_is(view_text(&f->algorithm), algorithms[i].name))
            return algorithms[i].coin;
    if (f->login.cut || f->protocol == PROTOCOL_UNKNOWN)
        return NULL;
    wallet = f->masked_kind ? f->masked_coin : login_of(view_text(&f->login), (enum mining_protocol)f->protocol).coin;
    return wallet && wallet_tells((enum mining_protocol)f->protocol, wallet) ? wallet : NULL;
}

struct mined mined_of(const struct finding *f)
{
    struct mined m = {.coin = view_text(&f->coin), .algorithm = view_text(&f->algorithm)};
    const char *coin = m.coin.n ? NULL : coin_of(f);

    if (coin)
        m.coin = view_str(coin);
    for (size_t i = 0; m.algorithm.n == 0 && i < ARRAY_LEN(dialects); i++)
        if (dialects[i].protocol == f->protocol && dialects[i].algorithm)
            m.algorithm = view_str(dialects[i].algorithm);
    for (size_t i = 0; m.algorithm.n == 0 && f->protocol == PROTOCOL_STRATUM_V1 && i < ARRAY_LEN(chain_hashes); i++)
        if (view_is(m.coin, chain_hashes[i].coin))
            m.algorithm = view_str(chain_hashes[i].algorithm);
    return m;
}
